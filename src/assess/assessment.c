/* Assesses the predictions of one target: computes its metrics and finds the rows with the largest
 * loss. */
#include <string.h>

#include "assess/assessment.h"

/* Limits of the number of bootstrap samples: MOST, or fewer for many rows, so that about DRAWS rows
 * are drawn in total, but at least LEAST samples. */
enum { LEAST = 200, MOST = 1000, DRAWS = 5000000 };

/* Returns the number of bootstrap samples for this many rows. */
static int times_for(int64_t rows)
{
    const int64_t times = rows > 0 ? DRAWS / rows : MOST;
    return times < LEAST ? LEAST : times > MOST ? MOST : (int)times;
}

/* Returns the loss of row i: for classes, -log of the probability of the true class; for numbers,
 * the absolute error. */
static double loss_of(const plm_predicted_target *t, int64_t i)
{
    if (t->classes > 0)
        return plm_predicted_class_loss((double)t->probability[i * t->classes + t->truth[i]]);
    const double error = t->guess[i] - t->wanted[i];
    return error < 0 ? -error : error;
}

/* Lists the rows with the largest loss. Rows with equal losses are listed in their order. */
static void find_worst(plm_assessment *s)
{
    for (int64_t i = 0; i < s->rows; i++) {
        const double loss = loss_of(s->target, i);
        int at = s->worst;
        while (at > 0 && loss > s->worst_loss[at - 1])
            at--;
        if (at >= PLM_WORST)
            continue;
        const int last = s->worst < PLM_WORST ? s->worst++ : PLM_WORST - 1;
        memmove(s->worst_row + at + 1, s->worst_row + at, (size_t)(last - at) * sizeof(int64_t));
        memmove(s->worst_loss + at + 1, s->worst_loss + at, (size_t)(last - at) * sizeof(double));
        s->worst_row[at] = i;
        s->worst_loss[at] = loss;
    }
}

/* Assesses a target. The worst rows are found first, as they need no bootstrap samples. */
plm_status plm_assess(const plm_predicted *p, int k, uint64_t seed, int times, plm_arena *a,
                      plm_assessment *out)
{
    *out = (plm_assessment){.target = &p->target[k], .rows = p->rows};
    plm_bootstrap b = {
        .a = a, .rows = p->rows, .seed = seed, .times = times > 0 ? times : times_for(p->rows)};
    if (p->rows == 0)
        return plm_fail(p->w, PLM_E_DATA, "evaluate", "give data with rows", "there are no rows");
    find_worst(out);
    return out->target->classes > 0 ? plm_assess_classes(&b, out) : plm_assess_numbers(&b, out);
}

/* Finds a metric by its name. There are few metrics, so a linear search is fast enough. */
const plm_figure *plm_assessment_figure(const plm_assessment *s, const char *name)
{
    for (int i = 0; i < s->figures; i++)
        if (!strcmp(s->figure[i].name, name))
            return &s->figure[i];
    return NULL;
}
