/* A file with timing measurements of this machine (plm_options.tuning), kept from run to run. Only
 * the speed depends on it, so it is no error if the file cannot be read or written, is damaged or
 * comes from another machine. */
#ifndef PLM_RUN_TUNING_H
#define PLM_RUN_TUNING_H

#include "plummet.h"

/* Reads the measured choices of this machine from the file at `path` (NULL = there is no file),
 * once, into the runtime `home` of the caller. Every job that is opened with `home` uses them. */
void plm_tuning_file_read(plm *home, const char *path);
/* Writes the file, and makes its folder, if jobs of the runtime `home` measured something that the
 * file does not have. */
void plm_tuning_file_write(plm *home, const char *path);

#endif
