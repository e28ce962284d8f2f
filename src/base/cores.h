/* Which cores this process may use, and how a thread is bound to one. The only part of the pool
 * that knows an operating system; where it knows nothing, nothing is pinned. */
#ifndef PLM_BASE_CORES_H
#define PLM_BASE_CORES_H

#include "base/threads.h"

/* Fills core[0 .. threads): first the one the caller is on, then one for each worker, another
 * physical core as long as there is one. Returns whether that could be done; else the workers
 * stay free. */
bool plm_cores_plan(int threads, int *core);
/* Binds the calling thread to a core of plm_cores_plan. */
void plm_core_pin(int core);
/* The core the calling thread is on; -1 = not known. */
int plm_core_here(void);
/* Moves the calling thread to a core without binding it there. */
void plm_core_move(int core);

#endif
