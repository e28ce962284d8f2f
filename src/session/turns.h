/* Several threads train, and the caller's thread handles their reports. So a program's callbacks
 * run in the thread that called plummet, one at a time. Threads beyond the number of cores train in
 * turns, an epoch each. */
#ifndef PLM_SESSION_TURNS_H
#define PLM_SESSION_TURNS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/runtime.h"

/* Max number of threads. */
enum { PLM_TURNS = 8 };

typedef struct plm_turns plm_turns;

/* Makes the state for `threads` threads, of which `slots` may train at the same time. NULL =
 * failed. */
plm_turns *plm_turns_open(plm *w, int threads, int slots);
/* Frees the state, after plm_turns_handle. NULL is allowed. */
void plm_turns_close(plm_turns *t);
/* Starts work(self) in thread k, 0 .. PLM_TURNS - 1. E_MEMORY if the system has no thread left. */
PLM_CHECKED plm_status plm_turns_start(plm_turns *t, int k, void (*work)(void *self), void *self);
/* Handles reports, in the calling thread, until all threads have ended. */
void plm_turns_handle(plm_turns *t);
/* Asks the threads to end. */
void plm_turns_stop(plm_turns *t);

/* ---- in the threads ---- */

/* Says that thread k has failed in this epoch, from 0. The others go on as far as it matters which
 * fails first: in the earliest epoch, and in that the thread with the lowest number. So the result
 * does not depend on how many train at the same time. */
void plm_turns_fail(plm_turns *t, int k, int64_t epoch);

/* Calls handle(self, what) in the thread that runs plm_turns_handle, waits, and returns its result.
 * */
PLM_CHECKED plm_status plm_turns_report(plm_turns *t, plm_status (*handle)(void *self, void *what),
                                        void *self, void *what);
/* Waits until all threads have called this function or have been asked to end. */
void plm_turns_meet(plm_turns *t);
/* True if thread k, which trains this epoch, is asked to end. */
bool plm_turns_stopping(plm_turns *t, int k, int64_t epoch);
/* Waits for a slot. epoch: number of epochs that thread k has trained. The waiting thread with the
 * fewest epochs gets the next slot. */
void plm_turns_take(plm_turns *t, int k, int64_t epoch);
/* Returns the slot of thread k, if it has one. */
void plm_turns_give(plm_turns *t, int k);

#endif
