/* Run files: what a training is given, as YAML whose leaves are specs. */
#ifndef PLM_RUN_RUNFILE_H
#define PLM_RUN_RUNFILE_H

#include "base/system.h"
#include "run/settings.h"

/* The keys of a run file. */
extern const plm_setting_key plm_run_keys[];

/* Whether an argument names a run file (by its ending) or one that is compiled in. */
bool plm_is_run_file(const char *argument);
/* Reads the run file `name`, or the one of that name that is compiled in. E_SPEC, E_IO. */
PLM_CHECKED plm_status plm_run_settings_read(plm_settings *s, const char *name);
/* The settings of a run: its run file, then key=value of the caller, then the checks. */
PLM_CHECKED plm_status plm_run_settings_load(plm_settings *s, const char *name, int overrides,
                                             const char *const *override);
/* Epochs between two checkpoints: 1 for true, 0 for false. */
PLM_CHECKED plm_status plm_run_settings_checkpoint(plm_settings *s, int64_t *every);
enum { PLM_RUN_MAX_CLASSES = 4096 };
/* The numbers of class_weight, at most `capacity`; count 0 = not given. */
PLM_CHECKED plm_status plm_run_settings_class_weight(plm_settings *s, float *out, int capacity,
                                                     int *count);
/* Writes settings as a run file, without the key out: a copy of a run must not overwrite it.
 * folder: where the file will lie; then it says its directory; or NULL. */
void plm_run_settings_write(plm_settings *s, plm_text *t, const char *folder);
/* The short name of a run: the key name, else the file's stem. NULL = no memory. */
const char *plm_run_settings_name(plm_settings *s, const char *argument);

/* ---- the key directory (directory.c) ---- */

/* Makes the directory of the settings one from where the program runs. */
PLM_CHECKED plm_status plm_run_settings_resolve(plm_settings *s);
/* Where relative names of files begin; NULL = where the program runs. */
const char *plm_run_settings_directory(plm_settings *s);
/* That folder as a run file in `folder` says it; NULL = it is gone. */
const char *plm_run_directory_from(plm_settings *s, const char *folder);

/* Reads YAML text into settings; s->file names it in messages. (yaml.c) */
PLM_CHECKED plm_status plm_yaml_read(plm_settings *s, const char *text, size_t length);

#endif
