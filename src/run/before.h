/* The files of a run in its folder, and those of an older run there while a new one takes its
 * place: they are linked in the hidden folder .before until the new one can be resumed. */
#ifndef PLM_RUN_BEFORE_H
#define PLM_RUN_BEFORE_H

#include "base/runtime.h"

/* Whether a folder holds a file that a run leaves. */
bool plm_before_holds(const char *folder);
/* Removes what a run leaves in its folder. */
PLM_CHECKED plm_status plm_before_remove(plm *w, const char *folder);
/* Keeps the files of the run aside, too; they stay where they are. */
PLM_CHECKED plm_status plm_before_keep(plm *w, const char *folder);
/* Whether files are kept aside: a run was killed while it took the place of another one. */
bool plm_before_is_kept(const char *folder);
/* Brings back what was kept aside, if anything was, in place of what a run left since. */
PLM_CHECKED plm_status plm_before_restore(plm *w, const char *folder);
/* Gives up what was kept aside. */
void plm_before_drop(const char *folder);

#endif
