/* A trial finds out which of a few ways to do the same work, such as numbers of threads, is
 * fastest. It measures while the work is repeated. It has no clock; the caller gives the time that
 * each run took. The results of the work must not depend on the way.
 * The ways are numbered from the one that takes most of the machine (all threads) to the one that
 * takes least (one thread).
 * In a round of a trial, each way is used for a block of runs. In the median of the rounds, a way
 * that takes more of the machine must be faster than the chosen one by a margin to become the
 * chosen one; for a way that takes less it is enough to be faster at all. A trial has five rounds,
 * or up to eleven if the rounds disagree. A pause follows, in which the chosen way is used. Pauses
 * double while trials confirm the choice. So trials cost little, yet the choice adapts when the
 * load of the machine changes. */
#ifndef PLM_BASE_TRIAL_H
#define PLM_BASE_TRIAL_H

#include <stdbool.h>
#include <stdint.h>

/* The maximum number of ways, and the maximum number of rounds of a trial. */
enum { PLM_TRIAL_WAYS = 3, PLM_TRIAL_ROUNDS = 11 };

/* The state of the trials of one kind of work. */
typedef struct {
    int ways;   /* number of ways to do the work that are compared; 1 = no time is measured */
    int chosen; /* the way used between trials, from 0 */
    int way;    /* the way to use in the next run */

    /* The pause: nanoseconds of work that remain until the next trial, and the whole length of this
     * pause. */
    int64_t left;
    int64_t length;

    /* The state of the trial, which runs while left <= 0. */
    int round;    /* number of complete rounds */
    int64_t rows; /* only runs with this number of rows are recorded; 0 = not known yet */
    /* true = the block has had its first run, which is not recorded because caches were cold */
    bool warm;
    /* took: nanoseconds of the runs recorded in this block. counted: their number. spent:
     * nanoseconds of all runs of the trial. */
    int64_t took, counted, spent;
    double block[PLM_TRIAL_ROUNDS][PLM_TRIAL_WAYS]; /* nanoseconds of a run, by round and way */
} plm_trial;

/* Starts with way 0. The first trial begins with the second run. */
void plm_trial_open(plm_trial *t, int ways);
/* Notes that a run of `rows` rows by t->way took this many nanoseconds, and sets t->way for the
 * next run. */
void plm_trial_note(plm_trial *t, int64_t rows, int64_t nanoseconds);

#endif
