/* A file with timing measurements of this machine (plm_options.tuning), kept from run to run. Only
 * the speed depends on it, so it is no error if the file cannot be read or written, is damaged or
 * comes from another machine. */
#ifndef PLM_RUN_TUNING_H
#define PLM_RUN_TUNING_H

#include "plummet.h"

/* Reads the file at `path` (NULL = none) for all jobs that are opened for the caller's runtime
 * `home`. */
void plm_tuning_file_read(plm *home, const char *path);
/* Writes the file, and makes its folder, if jobs of the runtime `home` measured something that the
 * file does not have. */
void plm_tuning_file_write(plm *home, const char *path);

#endif
