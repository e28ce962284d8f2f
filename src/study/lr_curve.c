/* Computes the curve of a range test, and applies the rules that read a learning rate from it.
 *
 * A point of the curve is the mean loss of the steps around it, with equally many steps before and
 * after it. An average over earlier steps only would shift the curve to higher rates. */
#include <math.h>
#include <string.h>

#include "study/lr_range.h"

enum {
    /* minimum number of steps that make a curve */
    MIN_STEPS = 5,
    SMOOTHED = 50, /* a point of the curve is a mean over 1/50 of all steps before its step and 1/50
                    * after it */
    BEGINNING = 20 /* the first 1/20 of the steps shows where the loss begins */
};

/* Returns the loss at which a test ends. The bound is 4 times the lowest loss (the rule of fastai),
 * but at least the middle between the lowest loss and the loss at the beginning. Otherwise a single
 * bad batch would end the test if the lowest loss is near 0. */
double plm_lr_range_bound(const plm_lr_range *t)
{
    return t->min + fmax(3 * fabs(t->min), (t->first - t->min) / 2);
}

/* Returns the number of steps that are averaged on each side of a point. */
static int64_t reach(const plm_lr_range *t)
{
    return t->o.steps / SMOOTHED;
}

/* Returns the step at which a point of the curve is. Points are spread evenly over the steps. */
static int64_t step_of(const plm_lr_range *t, int point)
{
    return t->count > 1 ? point * (t->done - 1) / (t->count - 1) : 0;
}

/* Returns the mean loss of the steps around step `at`. After the minimum, each loss is limited to
 * the bound at which the test ends: otherwise a single huge loss would hide the losses around
 * it. */
static double smoothed(const plm_lr_range *t, int64_t at)
{
    const int64_t first = at < reach(t) ? 0 : at - reach(t);
    const int64_t last = at + reach(t) < t->done ? at + reach(t) : t->done - 1;
    double bound = plm_lr_range_bound(t), sum = 0;
    for (int64_t i = first; i <= last; i++)
        sum += i < t->min_at ? t->loss[i] : fmin(t->loss[i], bound);
    return sum / (double)(last - first + 1);
}

/* Fills the points of the curve, and finds the lowest one. */
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

/* Returns the point, before the lowest one, where the loss falls fastest over the logarithm of the
 * rate; -1 = the loss never falls. The slope at a point is the slope between its two neighbours.
 * The first points are skipped: they are means of fewer steps, so their slopes are mostly noise. */
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

/* Returns the middle of the longest fall, as fastai 2 defines it; -1 = there is none. The longest
 * fall is the longest decreasing subsequence of the curve, of n points; other points may lie
 * between them. Its middle is n / 2 points before its last point. length[i]: length of the longest
 * decreasing subsequence that ends with point i. */
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

/* Returns the largest difference between two points of the curve that chance alone can explain: 4
 * standard deviations of a point. A point is a mean of 2 reach + 1 steps (`reach` of them on either
 * side). The variance of one step is estimated as half of the mean squared difference between
 * neighbouring steps before the minimum. */
static double chance(const plm_lr_range *t)
{
    double sum = 0;
    int64_t count = 0;
    for (int64_t i = 1; i < t->done && (i == 1 || i < t->min_at); i++, count++)
        sum += (t->loss[i] - t->loss[i - 1]) * (t->loss[i] - t->loss[i - 1]) / 2;
    return 4 * sqrt(sum / (double)(count * (2 * reach(t) + 1)));
}

/* Returns the geometric mean of two rates: the one where the loss has made half of its fall, and
 * the one at the lowest point. 0 = the loss hardly fell: by at most 2 %, or by no more than chance
 * can do. */
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

/* Returns the loss of the curve at a rate, to draw a mark on the curve: y of the last point whose
 * rate is at most `rate`. Rates increase along the curve, so the search ends at the first point
 * above `rate`. */
double plm_lr_range_loss(const plm_lr_range *t, double rate)
{
    int i = 0;
    while (i + 1 < t->count && t->x[i + 1] <= rate)
        i++;
    return t->y[i];
}

/* Smooths the losses to a curve and applies the rules. A rule that finds nothing has the rate 0. */
void plm_lr_range_evaluate(plm_lr_range *t)
{
    static const plm_lr_rule rules[PLM_LR_RULES] = {
        {"midway", "midway",
         "half way between the rate where the loss has made half of its fall and the rate at its "
         "lowest point",
         0},
        {"steepest", "steepest", "where the loss falls fastest as the rate increases", 0},
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
