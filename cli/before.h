/* The files of a run in its folder, and those of an older run there while a new one takes its
 * place: they are linked in the hidden folder .before until the new one can be resumed. */
#ifndef PLM_CLI_BEFORE_H
#define PLM_CLI_BEFORE_H

#include "cli.h"

/* Whether a folder holds a file that a run leaves. */
bool plm_cli_before_holds(const char *folder);
/* Removes what a run leaves in its folder. Returns an exit code. */
int plm_cli_before_remove(const char *folder);
/* Keeps the files of the run aside, too; they stay where they are. Returns an exit code. */
int plm_cli_before_keep(const char *folder);
/* Whether files are kept aside: a run was killed while it took the place of another one. */
bool plm_cli_before_is_kept(const char *folder);
/* Brings back what was kept aside, if anything was, in place of what a run left since. Returns an
 * exit code. */
int plm_cli_before_restore(const char *folder);
/* Gives up what was kept aside. */
void plm_cli_before_drop(const char *folder);

#endif
