/* The thread pool: one per runtime, workers pinned on Linux, spin then yield inside a call,
 * asleep between calls. plm_stages is the only way in and never nests. */
#ifndef PLM_BASE_THREADS_H
#define PLM_BASE_THREADS_H

#include "base/runtime.h"

typedef struct plm_pool plm_pool;

/* threads >= 1; the caller is thread 0, threads - 1 workers are started. Where the
 * system starts fewer, the pool has as many as it started, with a warning. NULL = no memory. */
plm_pool *plm_pool_open(plm *w, int threads, bool pinned);
void plm_pool_close(plm_pool *p);
int plm_pool_threads(const plm_pool *p);
/* Cores this process may use: affinity and the container's CPU quota (cgroup v1 and v2) taken
 * into account; >= 1. */
int plm_cores(void);

/* Runs part(argument, stage, thread, threads) for each thread number 0 .. threads - 1 (threads 0
 * = all of the pool), stage after stage: a stage begins when all parts of the one before are
 * done. A part belongs to no thread of the system: each takes its own first, then whatever
 * nobody has begun. So nobody waits for a worker that got no core. Where others keep taking the
 * workers' cores, calls are done by the caller alone for a while; and so is a call while another
 * caller has the pool. */
typedef void plm_part_function(void *argument, int stage, int thread, int threads);
void plm_stages(plm_pool *p, int threads, int stages, plm_part_function *part, void *argument);

/* One stage of body(argument, thread, threads). */
void plm_parallel(plm_pool *p, int threads, void (*body)(void *argument, int thread, int threads),
                  void *argument);

/* The part [first, last) of count that thread `thread` of `threads` takes, in steps of `grain`. */
void plm_share(int64_t count, int64_t grain, int thread, int threads, int64_t *first,
               int64_t *last);

#endif
