/* Computes what each input contributed to the prediction of one row, by sampled Shapley values. The
 * Shapley value of an input is its mean effect over all orders in which the inputs can be set to
 * their values (Strumbelj and Kononenko, 2010, An efficient explanation of individual
 * classifications using game theory). There are too many orders, so some are drawn at random; the
 * spread over them gives the standard error of the result. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "assess/importance.h"
#include "base/random.h"
#include "data/data.h"

/* LEAST, MOST: limits of the number of random orders. Between them the number is chosen so that
 * about ROWS rows are predicted in total. */
enum { ROWS = 100000, LEAST = 20, MOST = 500 };

/* The work on one explanation. For each random order, groups + 1 rows are predicted. The first is
 * another row of the data; each further one takes over the values of one more group from the row
 * that is explained. */
typedef struct {
    plm_predicted *row;                 /* the row that is explained */
    const plm_predicted *others;        /* the rows that values are taken from */
    const plm_predicted_target *target; /* the output that is explained */
    const plm_input_group *group;       /* [groups] which inputs belong together */
    int64_t groups;
    int chosen;         /* the class that is explained */
    int64_t *order;     /* [groups] */
    float *x[PLM_SIDE]; /* [groups + 1][width] */
    float *y[PLM_SIDE]; /* [groups + 1][numbers of the output] */
    /* [groups] over all orders: the sum of the contributions of a group, and of their squares */
    double *sum, *square;
    double usual; /* sum of the predictions of the other rows */
} work;

/* Makes a random order of the groups. */
static void shuffle(work *w, plm_random *r)
{
    for (int64_t i = 0; i < w->groups; i++)
        w->order[i] = i;
    for (int64_t i = w->groups - 1; i > 0; i--) {
        const int64_t k = (int64_t)plm_random_below(r, (uint64_t)i + 1), kept = w->order[i];
        w->order[i] = w->order[k];
        w->order[k] = kept;
    }
}

/* Fills the rows of one order. Row 0 is row `other`. Row i + 1 is row i, but the values of group
 * order[i] come from the explained row. */
static void fill_rows(work *w, int64_t other)
{
    for (int k = 0; k < w->row->inputs; k++) {
        const int64_t width = w->row->input_width[k];
        memcpy(w->x[k], w->others->input[k] + other * width, (size_t)width * sizeof(float));
        for (int64_t i = 0; i < w->groups; i++) {
            const plm_input_group *g = &w->group[w->order[i]];
            float *to = w->x[k] + (i + 1) * width;
            memcpy(to, to - width, (size_t)width * sizeof(float));
            if (g->input == k)
                memcpy(to + g->first, w->row->input[k] + g->first,
                       (size_t)g->count * sizeof(float));
        }
    }
}

/* Returns the prediction for row i of this order: the probability of the class that is explained,
 * or the number. */
static double answer(const work *w, int64_t i)
{
    const plm_predicted_target *t = w->target;
    const float *y = w->y[t->output] + i * plm_output_numbers(w->row->model, t->output);
    return t->classes > 0 ? plm_predicted_probability(t, y, w->chosen) : plm_predicted_number(t, y);
}

/* Draws a random order and another row, and adds the contribution of each group to the sums. */
static plm_status add_order(work *w, plm_random *r)
{
    shuffle(w, r);
    fill_rows(w, (int64_t)plm_random_below(r, (uint64_t)w->others->rows));
    PLM_TRY(plm_predicted_again(w->row, w->groups + 1, w->x, w->y));
    double before = answer(w, 0);
    w->usual += before;
    for (int64_t i = 0; i < w->groups; i++) {
        const double now = answer(w, i + 1), part = now - before;
        w->sum[w->order[i]] += part;
        w->square[w->order[i]] += part * part;
        before = now;
    }
    return PLM_OK;
}

/* Allocates the memory. */
static plm_status take_room(work *w, plm_arena *a)
{
    const size_t groups = (size_t)w->groups + 1;
    const int outputs = plm_model_outputs(w->row->model, -1, NULL);
    w->order = plm_arena_array(a, groups, sizeof *w->order);
    w->sum = plm_arena_array(a, groups, sizeof *w->sum);
    w->square = plm_arena_array(a, groups, sizeof *w->square);
    if (!w->order || !w->sum || !w->square)
        return PLM_E_MEMORY;
    for (int k = 0; k < w->row->inputs; k++) {
        w->x[k] = plm_arena_array(a, groups, (size_t)w->row->input_width[k] * sizeof(float));
        if (!w->x[k])
            return PLM_E_MEMORY;
    }
    for (int k = 0; k < outputs; k++) {
        w->y[k] = plm_arena_array(a, groups,
                                  (size_t)plm_output_numbers(w->row->model, k) * sizeof(float));
        if (!w->y[k])
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Compares two contributions for qsort: the larger absolute value first; if equal, the lower group
 * number. */
static int by_size(const void *a, const void *b)
{
    const plm_contribution *x = a, *y = b;
    const double one = fabs(x->value), two = fabs(y->value);
    if (one < two || one > two)
        return one < two ? 1 : -1;
    return (x->group > y->group) - (x->group < y->group);
}

/* Sets the result: the mean and the standard error of each contribution, from the sums over all
 * orders. */
static plm_status conclude(const work *w, int samples, plm_arena *a, plm_explanation *out)
{
    const double n = samples;
    const plm_predicted_target *t = w->target;
    out->part = plm_arena_array(a, (size_t)w->groups + 1, sizeof *out->part);
    if (!out->part)
        return PLM_E_MEMORY;
    out->chosen = w->chosen;
    out->usual = w->usual / n;
    out->is = t->classes > 0 ? (double)t->probability[w->chosen] : t->guess[0];
    for (int64_t k = 0; k < w->groups; k++) {
        const double mean = w->sum[k] / n, variance = w->square[k] / n - mean * mean;
        out->part[k] = (plm_contribution){
            .group = k, .value = mean, .error = variance > 0 ? sqrt(variance / n) : 0};
    }
    qsort(out->part, (size_t)w->groups, sizeof *out->part, by_size);
    return PLM_OK;
}

/* Sampled Shapley values: in each random order, the columns change one after the other from the
 * values of another row to those of the row that is explained, and each change of the prediction is
 * attributed to the column that changed. The mean over the orders does not depend on which column
 * came first. */
plm_status plm_explain(plm_predicted *row, const plm_predicted *others, plm_input_groups groups,
                       const plm_explain_options *o, plm_arena *a, plm_explanation *out)
{
    const int64_t fit = ROWS / (groups.count + 1);
    const int usual = fit < LEAST ? LEAST : fit > MOST ? MOST : (int)fit;
    const int samples = o->samples > 0 ? o->samples : usual;
    work w = {.row = row, .others = others, .group = groups.at, .groups = groups.count};
    if (o->target >= row->targets)
        return plm_fail(
            row->w, PLM_E_UNSUPPORTED, "explain",
            "only outputs that choose one class, or that have at most 8 numbers, can be explained",
            "no output of the model chooses one class or has at most 8 numbers");
    w.target = &row->target[o->target];
    w.chosen = w.target->classes > 0 ? plm_predicted_class(w.target, 0) : 0;
    PLM_TRY(take_room(&w, a));
    for (int i = 0; i < samples; i++) {
        plm_random r = plm_random_open(o->seed, PLM_RANDOM_IMPORTANCE, UINT32_MAX, (uint32_t)i);
        PLM_TRY(add_order(&w, &r));
    }
    return conclude(&w, samples, a, out);
}
