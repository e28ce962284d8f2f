/* Run files: the settings of a training as YAML. Each value is a text, usually a spec, or a list of
 * texts. */
#ifndef PLM_RUN_RUNFILE_H
#define PLM_RUN_RUNFILE_H

#include "base/system.h"
#include "run/settings.h"

/* The table of keys that a run file may have, terminated by {0}. (keys.c) */
extern const plm_setting_key plm_run_keys[];

/* True if an argument names a run file, by its ending or by the name of a built-in one. */
bool plm_is_run_file(const char *argument);
/* Reads the run file `name`, or the built-in one with this name, into s. Errors: E_SPEC, with the
 * line; E_IO if it cannot be read. */
PLM_CHECKED plm_status plm_run_settings_read(plm_settings *s, const char *name);
/* Makes the settings of a run: reads its run file, replaces keys by the caller's key=value, and
 * checks the result. override: [overrides]. */
PLM_CHECKED plm_status plm_run_settings_load(plm_settings *s, const char *name, int overrides,
                                             const char *const *override);
/* Reads the key checkpoint. *every = number of epochs between two checkpoints: 1 for true; 0 (no
 * checkpoints) for false. */
PLM_CHECKED plm_status plm_run_settings_checkpoint(plm_settings *s, int64_t *every);
/* Reads the key time: 90s, 10m, 2h, or seconds. *seconds = 0 if the key is not set. */
PLM_CHECKED plm_status plm_run_settings_time(plm_settings *s, double *seconds);
/* Adds the settings to t as a run file, without keys such as out that must not be repeated. folder:
 * where the file will be; the key directory is written relative to it; NULL = the key directory is
 * left out. origins: write after each value whether it was chosen or is a default. */
void plm_run_settings_write(plm_settings *s, plm_text *t, const char *folder, bool origins);
/* Sets the origins of the settings from the run.yaml of a folder, see plm_settings_origins.
 * (origins.c) */
PLM_CHECKED plm_status plm_run_settings_find_origins(plm_settings *s, const char *folder);
/* Returns the short name of a run: the key name or, without it, the name of the run file without
 * its ending. NULL = no memory. */
const char *plm_run_settings_name(plm_settings *s, const char *argument);

/* ---- the key directory (directory.c) ---- */

/* Adds the settings to t as a run file for the current folder, see plm_run_settings_write. */
void plm_run_settings_print(plm_settings *s, plm_text *t);
/* Makes the key directory, which is relative to the run file, relative to the current folder. */
PLM_CHECKED plm_status plm_run_settings_resolve(plm_settings *s);
/* Returns the folder that relative file names start from. NULL = the current folder. */
const char *plm_run_settings_directory(plm_settings *s);
/* Returns the folder that relative file names start from as a path that is relative to `folder`,
 * for a run file there. NULL = it does not exist, or memory ran out. */
const char *plm_run_directory_from(plm_settings *s, const char *folder);

/* Reads YAML text[length] into settings. Errors name s->file as the file. (yaml.c) */
PLM_CHECKED plm_status plm_yaml_read(plm_settings *s, const char *text, size_t length);

#endif
