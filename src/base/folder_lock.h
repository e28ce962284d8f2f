/* The lock of a folder makes sure that at most one process writes there. */
#ifndef PLM_BASE_FOLDER_LOCK_H
#define PLM_BASE_FOLDER_LOCK_H

#include "base/runtime.h"

/* The lock of one folder. Begin with {0}. */
typedef struct {
    bool locked;      /* true = the descriptors below are open (0 is a valid descriptor) */
    int folder, file; /* descriptors of the folder and of its file .lock */
} plm_folder_lock;

/* Locks a folder that exists, by a lock on the file DIR/.lock in it. The system frees the lock when
 * the process ends, however that happens. Error: E_SPEC if another process has the lock. */
PLM_CHECKED plm_status plm_folder_lock_take(plm *w, plm_folder_lock *l, const char *folder);
/* Fails with E_SPEC if another process has the lock of a folder. The folder need not exist. If this
 * process has the lock, the call frees it. */
PLM_CHECKED plm_status plm_folder_lock_check(plm *w, const char *folder);
/* True if another process has the lock of a folder. If this process has the lock, the call frees
 * it. */
bool plm_folder_lock_is_held(const char *folder);
/* Frees the lock and removes its file. If the lock was not taken, nothing happens. */
void plm_folder_lock_free(plm_folder_lock *l);
/* True if `path` still names the folder that is locked. */
bool plm_folder_lock_holds(const plm_folder_lock *l, const char *path);

#endif
