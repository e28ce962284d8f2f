/* Files that were still in the making when a run was killed. */
#ifndef PLM_CLI_TIDY_H
#define PLM_CLI_TIDY_H

#include "cli.h"

/* Removes the files NAME.XXXXXXXX.part of a run from its folder. To be called while nobody writes
 * there, or when the command leaves at once. */
void plm_cli_tidy(const char *folder);

#endif
