/* Measures which of several ways to do the same work is fastest; see trial.h. Trials and pauses
 * alternate; each call of plm_trial_note adds one run to the trial or the pause. Other programs
 * disturb a machine, so single durations mean little. The ways are measured in turn in short blocks
 * of runs, and the medians of the ratios of their times are compared: a disturbance during some
 * blocks then changes nothing. */
#include "base/trial.h"

#include <string.h>

enum {
    BLOCK = 2000000, /* min nanoseconds of a block of runs */
    /* a run that takes at least this many nanoseconds is recorded even if the caches were cold */
    LONG_RUN = 5000000,
    MIN_PAUSE = 100000000, /* nanoseconds of the first pause between trials */
    PAUSE_TRIALS = 16, /* a pause lasts at least this many times as long as the trial before it */
    CLEAR_ROUNDS = 2,  /* number of rounds after which a clear result ends the trial */
    SURE_ROUNDS = 5    /* number of rounds from which on agreement of the rounds ends the trial */
};
static const int64_t MAX_PAUSE = 60000000000; /* nanoseconds of the longest pause */
/* A way that takes more of the machine (more threads) replaces the chosen one if its time is less
 * than MARGIN times that of the chosen one; a way that takes less, if its time is less at all. */
static const double MARGIN = 0.97;
/* A way is ruled out if it took more than CLEAR times as long as the chosen way in every round. */
static const double CLEAR = 1.2;

/* Starts a block of runs by one way. */
static void begin_block(plm_trial *t, int way)
{
    t->way = way;
    t->warm = false;
    t->took = t->counted = 0;
}

/* Starts a trial with the chosen way. */
static void begin_trial(plm_trial *t)
{
    t->round = 0;
    t->rows = 0;
    t->spent = 0;
    begin_block(t, t->chosen);
}

/* Starts with a pause of 1 nanosecond, so that the first trial begins with the second run. */
void plm_trial_open(plm_trial *t, int ways)
{
    memset(t, 0, sizeof *t);
    t->ways = ways < 1 ? 1 : ways > PLM_TRIAL_WAYS ? PLM_TRIAL_WAYS : ways;
    t->length = MIN_PAUSE / 2;
    t->left = 1; /* the first run, with cold caches, is not recorded */
}

/* Returns the time of a way divided by the time of the chosen way, in one round. */
static double ratio(const plm_trial *t, int round, int way)
{
    return t->block[round][way] / t->block[round][t->chosen];
}

/* Returns the median, over the rounds so far, of the time of a way divided by that of the chosen
 * way. */
static double median_ratio(const plm_trial *t, int way)
{
    double sorted[PLM_TRIAL_ROUNDS];
    for (int i = 0; i < t->round; i++) {
        int at = i;
        for (; at > 0 && sorted[at - 1] > ratio(t, i, way); at--)
            sorted[at] = sorted[at - 1];
        sorted[at] = ratio(t, i, way);
    }
    return sorted[t->round / 2];
}

/* True if, in all rounds so far, every other way took more than CLEAR times as long as the chosen
 * one. */
static bool is_clear(const plm_trial *t)
{
    for (int way = 0; way < t->ways; way++)
        for (int i = 0; i < t->round; i++)
            if (way != t->chosen && !(ratio(t, i, way) > CLEAR))
                return false;
    return true;
}

/* Returns the ratio of times below which a way replaces the chosen one. */
static double limit(const plm_trial *t, int way)
{
    return way < t->chosen ? MARGIN : 1;
}

/* True if, for every other way, nearly all rounds so far agree whether the way should replace the
 * chosen one: at most one in five says otherwise. */
static bool is_sure(const plm_trial *t)
{
    for (int way = 0; way < t->ways; way++) {
        int faster = 0;
        for (int i = 0; i < t->round && way != t->chosen; i++)
            faster += ratio(t, i, way) < limit(t, way);
        const int fewer = faster < t->round - faster ? faster : t->round - faster;
        if (5 * fewer > t->round)
            return false;
    }
    return true;
}

/* Returns the fastest way, by the medians of the rounds; see trial.h. */
static int fastest(const plm_trial *t)
{
    double min = 1;
    int best = t->chosen;
    for (int way = 0; way < t->ways; way++) {
        const double found = way != t->chosen ? median_ratio(t, way) : 1;
        if (found < limit(t, way) && found < min) {
            min = found;
            best = way;
        }
    }
    return best;
}

/* Ends a trial: chooses a way and sets the length of the pause until the next trial. The pause is
 * short if the choice changed, and twice as long as the last one if the trial confirmed the choice.
 * It stays as it was if the rounds disagreed to the end. */
static void end_trial(plm_trial *t)
{
    const int best = fastest(t);
    if (best != t->chosen)
        t->length = MIN_PAUSE;
    else if (is_sure(t))
        t->length = 2 * t->length;
    if (t->length < PAUSE_TRIALS * t->spent)
        t->length = PAUSE_TRIALS * t->spent;
    if (t->length > MAX_PAUSE)
        t->length = MAX_PAUSE;
    t->left = t->length;
    t->chosen = t->way = best;
}

/* True if no further round is needed: the result is clear, or the rounds agree, or there is no
 * room for more. */
static bool is_over(const plm_trial *t)
{
    if (t->round == CLEAR_ROUNDS)
        return is_clear(t);
    return t->round == PLM_TRIAL_ROUNDS || (t->round >= SURE_ROUNDS && is_sure(t));
}

/* Returns the way that is measured at position `turn` of a round. Every other round has the reverse
 * order, so that no way has an advantage if the machine becomes faster or slower meanwhile. */
static int way_at(const plm_trial *t, int turn)
{
    const int step = t->round % 2 == 0 ? turn : t->ways - 1 - turn;
    return (t->chosen + step) % t->ways;
}

/* Returns the position in the round at which the way of this block is measured: the inverse of
 * way_at. */
static int turn_of(const plm_trial *t)
{
    const int step = (t->way - t->chosen + t->ways) % t->ways;
    return t->round % 2 == 0 ? step : t->ways - 1 - step;
}

/* Stores the time of the block, then starts the next block or round, or ends the trial. */
static void end_block(plm_trial *t)
{
    const int turn = turn_of(t) + 1;
    t->block[t->round][t->way] = (double)t->took / (double)t->counted;
    if (turn < t->ways) {
        begin_block(t, way_at(t, turn));
        return;
    }
    t->round++;
    if (is_over(t))
        end_trial(t);
    else
        begin_block(t, way_at(t, 0));
}

/* Adds a run to the block and ends the block if it is long enough. The first run of a block, with
 * cold caches, is only recorded if it takes LONG_RUN or more. Only runs with as many rows as the
 * first run of the trial are recorded, so the last batch of an epoch is not. */
static void note_in_trial(plm_trial *t, int64_t rows, int64_t nanoseconds)
{
    if (t->rows == 0)
        t->rows = rows;
    t->spent += nanoseconds;
    const bool counts = (t->warm || nanoseconds >= LONG_RUN) && rows == t->rows;
    t->warm = true;
    if (!counts)
        return;
    t->took += nanoseconds;
    t->counted++;
    if (t->took >= BLOCK)
        end_block(t);
}

/* Records the time of a run: during a pause it shortens the pause, during a trial it is part of the
 * measurement. */
void plm_trial_note(plm_trial *t, int64_t rows, int64_t nanoseconds)
{
    if (t->ways <= 1)
        return;
    const int64_t took = nanoseconds > 0 ? nanoseconds : 1;
    if (t->left <= 0) {
        note_in_trial(t, rows, took);
        return;
    }
    t->left -= took;
    if (t->left <= 0)
        begin_trial(t);
}
