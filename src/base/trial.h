/* A trial finds out, while work is done over and over, which of a few ways to do it takes the least
 * time. It has no clock: it learns how long each run took. The results of the work must not depend
 * on the way.
 *
 * Now and then a trial takes the ways in turn, a block of runs each, for a few rounds. A way
 * replaces the present one where it is faster by more than a margin in the median of the rounds.
 * Then the winner is taken for a pause. Pauses double while the winner stays the same, so that a
 * machine whose load changes is followed, and trials cost little. */
#ifndef PLM_BASE_TRIAL_H
#define PLM_BASE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

enum { PLM_TRIAL_WAYS = 3, PLM_TRIAL_ROUNDS = 5 };

typedef struct {
    int ways;   /* 1 = nothing to decide */
    int chosen; /* the way between trials, from 0 */
    int way;    /* the way of the next run */

    /* the pause */
    int64_t left;   /* nanoseconds of runs until the next trial */
    int64_t length; /* nanoseconds of the present pause */

    /* the trial, while left <= 0 */
    int round;
    int64_t rows; /* of the runs that count; 0 = not known yet */
    bool warm;    /* the present block has had its first run, which does not count */
    int64_t took, counted, spent; /* nanoseconds and runs of the block; nanoseconds of the trial */
    double block[PLM_TRIAL_ROUNDS][PLM_TRIAL_WAYS]; /* nanoseconds a run */
} plm_trial;

/* Way 0 is taken first; a trial begins with the second run. */
void plm_trial_open(plm_trial *t, int ways);
/* A run of `rows` rows by t->way took so many nanoseconds. Sets the way of the next run. */
void plm_trial_note(plm_trial *t, int64_t rows, int64_t nanoseconds);

#endif
