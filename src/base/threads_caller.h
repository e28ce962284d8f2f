/* Decides on which core the caller of a pool of threads runs, and when it works alone. Only
 * threads.c uses this file. */
#ifndef PLM_BASE_THREADS_CALLER_H
#define PLM_BASE_THREADS_CALLER_H

#include <stdbool.h>
#include <stdint.h>

/* The caller of a pool. All times are in nanoseconds, as plm_nanoseconds gives them. */
typedef struct {
    int home;            /* a core without a worker; -1 = workers are not pinned */
    int64_t moved;       /* time at which the caller was last moved to `home` */
    int64_t alone_until; /* time until which the caller works alone */
    int64_t alone_for;   /* the length of that period */
} plm_caller;

/* Moves the caller to `home`, a core without a worker, at most once in 10 ms. now: the time. */
void plm_caller_go_home(plm_caller *c, int64_t now);
/* Notes that the caller worked from `begun` to `since` and then waited until `now`. If another
 * process seems to have a worker's core, the caller is to work alone for a while. */
void plm_caller_note_wait(plm_caller *c, int64_t begun, int64_t since, int64_t now);
/* True while the caller is to work alone. */
bool plm_caller_is_alone(const plm_caller *c);

#endif
