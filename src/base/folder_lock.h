/* The lock of a folder: at most one process writes there. */
#ifndef PLM_BASE_FOLDER_LOCK_H
#define PLM_BASE_FOLDER_LOCK_H

#include "base/runtime.h"

typedef struct {
    int folder, file; /* descriptors; 0 = not locked */
} plm_folder_lock;

/* Locks a folder that is there. E_SPEC when another process has it. The lock
 * is DIR/.lock; it ends with the process, whatever ends that. */
PLM_CHECKED plm_status plm_folder_lock_take(plm *w, plm_folder_lock *l, const char *folder);
/* E_SPEC when another process has the lock of a folder; the folder may be absent. A process that
 * has the lock itself loses it. */
PLM_CHECKED plm_status plm_folder_lock_check(plm *w, const char *folder);
/* Gives it back; a lock that was not taken is fine. */
void plm_folder_lock_free(plm_folder_lock *l);
/* Is the locked folder still what `path` names? */
bool plm_folder_lock_holds(const plm_folder_lock *l, const char *path);

#endif
