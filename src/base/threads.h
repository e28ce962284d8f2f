/* The thread pool. A runtime has one. Its workers are pinned to cores on Linux; within a call they
 * spin, then yield; between calls they sleep. plm_stages is the only way to use it, and it cannot
 * be nested. */
#ifndef PLM_BASE_THREADS_H
#define PLM_BASE_THREADS_H

#include "base/runtime.h"

typedef struct plm_pool plm_pool;

/* Starts a pool of `threads` threads, 1 or more: the caller is thread 0, the others are workers.
 * If the system starts fewer workers, the pool is smaller and logs a warning. NULL = no memory. */
plm_pool *plm_pool_open(plm *w, int threads, bool pinned);
/* Stops the workers and frees the pool; NULL is fine. */
void plm_pool_close(plm_pool *p);
/* Returns the number of threads, the caller included. */
int plm_pool_threads(const plm_pool *p);
/* Returns the number of cores this process may use, at least 1, as limited by affinity and by the
 * CPU quota of a container (control groups, versions 1 and 2). */
int plm_cores(void);

/* One part of a stage. */
typedef void plm_part_function(void *argument, int stage, int thread, int threads);
/* Runs part(argument, stage, thread, threads) for each thread number 0 .. threads - 1 and each
 * stage 0 .. stages - 1. threads == 0: all threads of the pool.
 * A stage begins when all parts of the previous stage are done.
 * A part is not tied to a thread of the system: each thread runs its own part first, then any part
 * that has not begun. So no thread waits for a worker that the system does not run. While other
 * processes keep taking the workers' cores, or while another caller uses the pool, the caller runs
 * all parts alone. */
void plm_stages(plm_pool *p, int threads, int stages, plm_part_function *part, void *argument);

/* Runs body(argument, thread, threads) for each thread; this is plm_stages with a single stage. */
void plm_parallel(plm_pool *p, int threads, void (*body)(void *argument, int thread, int threads),
                  void *argument);

/* Gives the part [first, last) of 0 .. count that thread `thread` of `threads` works on. Parts
 * begin at multiples of `grain`. */
void plm_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first,
               int64_t *last);

#endif
