/* The curve of a range test, and the rules that read a rate from it.
 *
 * Smoothing: the mean of the steps around, as many on either side, because an average of the past
 * would put everything at too high a rate. */
#include <math.h>
#include <string.h>

#include "study/lr_range.h"

enum {
    MIN_STEPS = 5,
    SMOOTHED = 50, /* 1/50 of the steps on either side are averaged */
    BEGINNING = 20 /* the first 1/20 of the steps shows where the loss begins */
};

/* Above this loss the test ends: 4 times the lowest one (the rule of fastai), and at least half of
 * the way back to where the loss began, since 4 times a loss near 0 is soon reached by chance. */
double plm_lr_range_bound(const plm_lr_range *t)
{
    return t->min + fmax(3 * fabs(t->min), (t->first - t->min) / 2);
}

/* How many steps on either side are taken into the mean. */
static int64_t reach(const plm_lr_range *t)
{
    return t->o.steps / SMOOTHED;
}

/* The step of a point of the curve. */
static int64_t step_of(const plm_lr_range *t, int point)
{
    return t->count > 1 ? point * (t->done - 1) / (t->count - 1) : 0;
}

/* The mean of the steps around; what blew up behind the minimum counts as the bound at which the
 * test ends, or one batch would hide all around it. */
static double smoothed(const plm_lr_range *t, int64_t at)
{
    const int64_t first = at < reach(t) ? 0 : at - reach(t);
    const int64_t last = at + reach(t) < t->done ? at + reach(t) : t->done - 1;
    double bound = plm_lr_range_bound(t), sum = 0;
    for (int64_t i = first; i <= last; i++)
        sum += i < t->min_at ? t->loss[i] : fmin(t->loss[i], bound);
    return sum / (double)(last - first + 1);
}

static void make_curve(plm_lr_range *t)
{
    t->count = t->done < PLM_LR_CURVE ? (int)t->done : PLM_LR_CURVE;
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
static int steepest(const plm_lr_range *t)
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
static int valley(const plm_lr_range *t)
{
    int length[PLM_LR_CURVE] = {0}, end = 0;
    for (int i = 0; i < t->count; i++) {
        length[i] = 1;
        for (int k = 0; k < i; k++)
            if (t->y[i] < t->y[k] && length[i] <= length[k])
                length[i] = length[k] + 1;
        end = length[i] > length[end] ? i : end;
    }
    return length[end] > 2 ? end - length[end] / 2 : -1;
}

/* How far points of the curve lie apart by chance: 4 deviations of a mean of the steps around, of
 * which the differences between one step and the next tell. */
static double chance(const plm_lr_range *t)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t i = 1; i < t->done && (i == 1 || i < t->min_at); i++, count++)
        sum += (t->loss[i] - t->loss[i - 1]) * (t->loss[i] - t->loss[i - 1]) / 2;
    return 4 * sqrt(sum / (double)(count * (2 * reach(t) + 1)));
}

/* Half way, over the logarithm of the rate, from where the loss has made half of its fall to its
 * lowest point; 0 = it hardly fell. */
static double midway(const plm_lr_range *t)
{
    const int64_t begin = 1 + t->done / BEGINNING;
    const double min = t->y[t->lowest];
    double start = 0;
    for (int64_t i = 0; i < begin; i++)
        start += t->loss[i] / (double)begin;
    if (start - min <= fabs(start) / 50 || start - min <= chance(t))
        return 0;
    int half = t->lowest;
    while (half > 0 && t->y[half] <= (start + min) / 2)
        half--;
    return sqrt(t->x[half] * t->x[t->lowest]);
}

double plm_lr_range_loss(const plm_lr_range *t, double rate)
{
    int i = 0;
    while (i + 1 < t->count && t->x[i + 1] <= rate)
        i++;
    return t->y[i];
}

void plm_lr_range_evaluate(plm_lr_range *t)
{
    static const plm_lr_rule rules[PLM_LR_RULES] = {
        {"midway", "midway",
         "half way from where the loss has made half of its fall to its lowest point", 0},
        {"steepest", "steepest", "where the loss falls fastest as the rate grows", 0},
        {"minimum / 10", "minimum_tenth", "a tenth of the rate at the lowest loss", 0},
        {"valley", "valley", "the middle of the longest fall of the loss (fastai)", 0}};
    if (t->done < MIN_STEPS)
        return;
    make_curve(t);
    memcpy(t->rule, rules, sizeof rules);
    int steep = steepest(t), middle = valley(t);
    double tenth = t->x[t->lowest] / 10;
    t->rule[0].rate = midway(t);
    t->rule[1].rate = steep < 0 ? 0 : t->x[steep];
    t->rule[2].rate = t->lowest > 0 && tenth >= t->o.from ? tenth : 0;
    t->rule[3].rate = middle < 0 ? 0 : t->x[middle];
}
