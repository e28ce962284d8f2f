/* Run files: what `plummet train` is told, as YAML whose leaves are specs. */
#ifndef PLM_CLI_RUNFILE_H
#define PLM_CLI_RUNFILE_H

#include "settings.h"

/* The keys of a run file. */
extern const plm_cli_key plm_cli_run_keys[];

/* Whether an argument names a run file (by its ending) or one that is compiled in. */
bool plm_cli_is_run(const char *argument);
/* Reads the run file `name`, or the one of that name that is compiled in. Returns an exit code. */
int plm_cli_run_read(plm_cli_settings *s, const char *name);
/* The settings of a verb's run: its run file, then key=value of the command line, then the
 * checks. */
int plm_cli_run_settings(plm_cli_settings *s, const char *name, int overrides,
                         char *const *override);
/* Epochs between two checkpoints: 1 for true, 0 for false. Returns an exit code. */
int plm_cli_run_checkpoint(plm_cli_settings *s, int64_t *every);
enum { PLM_CLI_MOST_CLASSES = 4096 };
/* The numbers of class_weight, at most room; count 0 = not given. Returns an exit code. */
int plm_cli_run_class_weight(plm_cli_settings *s, float *out, int room, int *count);
/* Writes settings as a run file, without the key out: a copy of a run must not overwrite it.
 * folder: where the file will lie; then it says its directory; or NULL. */
void plm_cli_run_write(plm_cli_settings *s, FILE *f, const char *folder);
/* The short name of a run: the key name, else the file's stem. To be freed. */
char *plm_cli_run_name(plm_cli_settings *s, const char *argument);

/* ---- the key directory (directory.c) ---- */

/* Makes the directory of the settings one from where the command runs. */
void plm_cli_run_directory(plm_cli_settings *s);
/* Where relative names of files begin; NULL = where the command runs. */
const char *plm_cli_run_folder(plm_cli_settings *s);
/* That folder as a run file in `folder` says it; to be freed. NULL = it is gone. */
char *plm_cli_directory_from(plm_cli_settings *s, const char *folder);
/* folder/path, or path where it is absolute or folder is NULL; to be freed. */
char *plm_cli_below(const char *folder, const char *path);

/* Reads YAML text into settings; s->file names it in messages. Returns an exit code. (yaml.c) */
int plm_cli_yaml_read(plm_cli_settings *s, const char *text, size_t length);

#endif
