/* The lock of a run's folder: at most one process writes there. */
#ifndef PLM_CLI_LOCK_H
#define PLM_CLI_LOCK_H

#include "cli.h"

typedef struct {
    int folder, file; /* descriptors; 0 = not locked */
} plm_cli_lock;

/* Locks a folder that is there. Exit code 2 with a message when another process has it. The lock
 * is DIR/.lock; it ends with the process, whatever ends that. */
int plm_cli_lock_take(plm_cli_lock *l, const char *folder);
/* Exit code 2 with a message when another process has the lock of a folder; the folder may be
 * absent. A process that has the lock itself loses it. */
int plm_cli_lock_check(const char *folder);
/* Gives it back; a lock that was not taken is fine. */
void plm_cli_lock_free(plm_cli_lock *l);
/* Is the locked folder still what `path` names? */
bool plm_cli_lock_holds(const plm_cli_lock *l, const char *path);

#endif
