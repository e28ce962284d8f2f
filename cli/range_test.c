/* The range test: rate of step k = from * (to / from)^(k / (steps - 1)).
 *
 * Smoothing while it runs, only to decide when to stop: an exponential average over about a
 * fiftieth of the steps, freed of its start as Adam's are. Smoothing of the curve: the mean of
 * the steps around, as many on either side, because an average of the past would put everything
 * at too high a rate. */
#include "range_test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LEAST_STEPS = 5, SMOOTHED = 50 };

void plm_cli_range_test_open(plm_cli_range_test *t, double from, double to, int64_t steps)
{
    *t = (plm_cli_range_test){.from = from, .to = to, .steps = steps, .least = INFINITY};
    t->rate = plm_cli_take((size_t)steps * sizeof *t->rate);
    t->loss = plm_cli_take((size_t)steps * sizeof *t->loss);
}

void plm_cli_range_test_free(plm_cli_range_test *t)
{
    free(t->rate);
    free(t->loss);
    t->rate = t->loss = NULL;
}

static double rate_of(const plm_cli_range_test *t, int64_t step)
{
    return t->from * pow(t->to / t->from, (double)step / (double)(t->steps - 1));
}

/* The events tell the mean of the epoch so far: the batch's own loss is what it added. */
static double batch_loss(plm_cli_range_test *t, const plm_event *e)
{
    double before = t->sum, rows = (double)(e->row - t->rows);
    t->sum = e->log[0].value * (double)e->row;
    t->rows = e->row;
    return rows > 0 ? (t->sum - before) / rows : e->log[0].value;
}

/* Whether the loss has left 4 times its minimum (the rule of fastai). */
static bool blows_up(plm_cli_range_test *t, double loss)
{
    double share = 1 / (1 + (double)t->steps / SMOOTHED);
    t->mean += share * (loss - t->mean);
    t->weight += share * (1 - t->weight);
    double mean = t->mean / t->weight;
    if (t->done > 1 && mean > t->least + 3 * fabs(t->least))
        return true;
    if (mean < t->least) {
        t->least = mean;
        t->least_at = t->done;
    }
    return false;
}

static plm_status batch_end(plm_cli_range_test *t, plm_run *run, const plm_event *e)
{
    double loss = batch_loss(t, e);
    t->rate[t->done] = rate_of(t, t->done);
    t->loss[t->done++] = loss;
    if (t->watch)
        t->watch(t->user, e);
    t->blown = blows_up(t, loss);
    if (t->blown || t->done == t->steps)
        return PLM_STOPPED;
    plm_run_set_rate(run, rate_of(t, t->done));
    return PLM_OK;
}

static plm_status notice(void *self, plm_run *run, const plm_event *e)
{
    plm_cli_range_test *t = self;
    if (e->moment == PLM_FIT_BEGIN)
        plm_run_set_rate(run, t->from);
    if (e->moment == PLM_EPOCH_BEGIN) {
        t->sum = 0;
        t->rows = 0;
    }
    return e->moment == PLM_BATCH_END ? batch_end(t, run, e) : PLM_OK;
}

plm_observer plm_cli_range_test_observer(plm_cli_range_test *t)
{
    return (plm_observer){.name = "range test", .notice = notice, .self = t};
}

/* ---- the curve ---- */

/* How many steps on either side are taken into the mean. */
static int64_t reach(const plm_cli_range_test *t)
{
    return t->steps / SMOOTHED;
}

/* The step of a point of the curve. */
static int64_t step_of(const plm_cli_range_test *t, int point)
{
    return t->count > 1 ? point * (t->done - 1) / (t->count - 1) : 0;
}

/* The mean of the steps around; what blew up behind the minimum counts as the bound at which the
 * test stops, or one batch would hide all around it. */
static double smoothed(const plm_cli_range_test *t, int64_t at)
{
    int64_t half = reach(t);
    half = half < at ? half : at;
    half = half < t->done - 1 - at ? half : t->done - 1 - at;
    double bound = t->least + 3 * fabs(t->least), sum = 0;
    for (int64_t i = at - half; i <= at + half; i++)
        sum += i < t->least_at ? t->loss[i] : fmin(t->loss[i], bound);
    return sum / (double)(2 * half + 1);
}

static void make_curve(plm_cli_range_test *t)
{
    t->count = t->done < PLM_CLI_CURVE ? (int)t->done : PLM_CLI_CURVE;
    for (int i = 0; i < t->count; i++) {
        int64_t at = step_of(t, i);
        t->x[i] = t->rate[at];
        t->y[i] = smoothed(t, at);
        if (t->y[i] < t->y[t->lowest])
            t->lowest = i;
    }
}

/* The point where the loss falls fastest over the logarithm of the rate, up to the minimum; -1 =
 * it never falls. The slope at a point is that between its neighbours. The first points are
 * means of few steps: what falls there is noise. */
static int steepest(const plm_cli_range_test *t)
{
    int best = -1;
    double lowest = 0;
    for (int i = 1; i < t->lowest; i++) {
        if (step_of(t, i - 1) < reach(t))
            continue;
        double slope = (t->y[i + 1] - t->y[i - 1]) / log(t->x[i + 1] / t->x[i - 1]);
        if (slope < lowest) {
            lowest = slope;
            best = i;
        }
    }
    return best;
}

/* The middle of the longest fall, as fastai 2 has it: the longest series of points, each lower
 * than the one before, others between them left out; the middle of as many points back from its
 * end. */
static int valley(const plm_cli_range_test *t)
{
    int length[PLM_CLI_CURVE] = {0}, end = 0;
    for (int i = 0; i < t->count; i++) {
        length[i] = 1;
        for (int k = 0; k < i; k++)
            if (t->y[i] < t->y[k] && length[i] <= length[k])
                length[i] = length[k] + 1;
        end = length[i] > length[end] ? i : end;
    }
    return length[end] > 2 ? end - length[end] / 2 : -1;
}

/* The point of the curve nearest to a rate, to draw a mark on. */
static double loss_at(const plm_cli_range_test *t, double rate)
{
    int i = 0;
    while (i + 1 < t->count && t->x[i + 1] <= rate)
        i++;
    return t->y[i];
}

bool plm_cli_range_test_judge(plm_cli_range_test *t)
{
    static const plm_cli_suggestion rules[PLM_CLI_SUGGESTIONS] = {
        {'A', "steepest descent", "steepest", "where the loss falls fastest as the rate grows", 0,
         0},
        {'B', "minimum / 10", "minimum_tenth",
         "a tenth of the rate at the lowest loss, which is too near to the edge", 0, 0},
        {'C', "valley", "valley", "the middle of the longest fall of the loss (fastai)", 0, 0}};
    if (t->done < LEAST_STEPS)
        return false;
    make_curve(t);
    memcpy(t->suggestion, rules, sizeof rules);
    int steep = steepest(t), middle = valley(t);
    double tenth = t->x[t->lowest] / 10;
    t->suggestion[0].rate = steep < 0 ? 0 : t->x[steep];
    t->suggestion[1].rate = t->lowest > 0 && tenth >= t->from ? tenth : 0;
    t->suggestion[2].rate = middle < 0 ? 0 : t->x[middle];
    for (int i = 0; i < PLM_CLI_SUGGESTIONS; i++)
        t->suggestion[i].loss = loss_at(t, t->suggestion[i].rate);
    return true;
}
