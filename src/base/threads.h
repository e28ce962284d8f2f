/* The thread pool: one per runtime, workers pinned on Linux, spin then yield inside a call, asleep between calls.
 * plm_parallel is the only way in and never nests. */
#ifndef PLM_BASE_THREADS_H
#define PLM_BASE_THREADS_H

#include "base/runtime.h"

typedef struct plm_pool plm_pool;

/* threads >= 1; the caller is thread 0, threads - 1 workers are started. NULL = no memory or no threads. */
plm_pool *plm_pool_open(plm *w, int threads, bool pinned);
void plm_pool_close(plm_pool *p);
int plm_pool_threads(const plm_pool *p);
/* Cores this process may use: affinity and the container's CPU quota (cgroup v1 and v2) taken into account; >= 1. */
int plm_cores(void);

/* Runs body(argument, thread, threads) on `threads` threads of the pool (0 = all) and waits for them. */
void plm_parallel(plm_pool *p, int threads, void (*body)(void *argument, int thread, int threads), void *argument);
/* Inside a body: waits until all threads of this call are here. */
void plm_barrier(plm_pool *p);

/* The part [first, last) of count that thread `thread` of `threads` takes, in steps of `grain`. */
void plm_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first, int64_t *last);

#endif
