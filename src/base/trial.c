/* Which way is fastest: see trial.h. */
#include "base/trial.h"

#include <string.h>

enum {
    BLOCK = 2000000,         /* nanoseconds of a block, unless one run takes longer */
    LONG_RUN = 5000000,      /* a run so long needs no run before it that warms the caches */
    PAUSE_LEAST = 100000000, /* nanoseconds of the first pause */
    PAUSE_TRIALS = 16,       /* a pause lasts at least so many times as long as its trial */
    CLEAR_ROUNDS = 2         /* rounds after which a clear result ends the trial */
};
static const int64_t PAUSE_MOST = 60000000000; /* nanoseconds of the longest pause */
/* A way replaces the present one where it takes less than this part of its time. */
static const double MARGIN = 0.97;
/* A way that takes this many times as long in every round so far has lost. */
static const double CLEAR = 1.2;

static void begin_block(plm_trial *t, int way)
{
    t->way = way;
    t->warm = false;
    t->took = t->counted = 0;
}

static void begin_trial(plm_trial *t)
{
    t->round = 0;
    t->rows = 0;
    t->spent = 0;
    begin_block(t, t->chosen);
}

void plm_trial_open(plm_trial *t, int ways)
{
    memset(t, 0, sizeof *t);
    t->ways = ways < 1 ? 1 : ways > PLM_TRIAL_WAYS ? PLM_TRIAL_WAYS : ways;
    t->length = PAUSE_LEAST / 2;
    t->left = 1; /* the first run fills the caches */
}

/* The time of a way divided by that of the chosen one, in a round. */
static double ratio(const plm_trial *t, int round, int way)
{
    return t->block[round][way] / t->block[round][t->chosen];
}

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

/* After `t->round` rounds: has every other way clearly lost? */
static bool is_clear(const plm_trial *t)
{
    for (int way = 0; way < t->ways; way++)
        for (int i = 0; i < t->round; i++)
            if (way != t->chosen && !(ratio(t, i, way) > CLEAR))
                return false;
    return true;
}

static void end_trial(plm_trial *t)
{
    double least = MARGIN;
    int best = t->chosen;
    for (int way = 0; way < t->ways; way++)
        if (way != t->chosen && median_ratio(t, way) < least) {
            least = median_ratio(t, way);
            best = way;
        }
    t->length = best != t->chosen ? PAUSE_LEAST : 2 * t->length;
    if (t->length < PAUSE_TRIALS * t->spent)
        t->length = PAUSE_TRIALS * t->spent;
    if (t->length > PAUSE_MOST)
        t->length = PAUSE_MOST;
    t->left = t->length;
    t->chosen = t->way = best;
}

/* Ways are taken in turn, the chosen one first; every other round in reverse, so that a machine
 * that becomes faster or slower meanwhile favours none. */
static int way_at(const plm_trial *t, int turn)
{
    const int step = t->round % 2 == 0 ? turn : t->ways - 1 - turn;
    return (t->chosen + step) % t->ways;
}

static int turn_of(const plm_trial *t)
{
    const int step = (t->way - t->chosen + t->ways) % t->ways;
    return t->round % 2 == 0 ? step : t->ways - 1 - step;
}

static void end_block(plm_trial *t)
{
    const int turn = turn_of(t) + 1;
    t->block[t->round][t->way] = (double)t->took / (double)t->counted;
    if (turn < t->ways) {
        begin_block(t, way_at(t, turn));
        return;
    }
    t->round++;
    if (t->round == PLM_TRIAL_ROUNDS || (t->round == CLEAR_ROUNDS && is_clear(t)))
        end_trial(t);
    else
        begin_block(t, way_at(t, 0));
}

/* Runs of another number of rows, such as the last batch of an epoch, do not count. */
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
