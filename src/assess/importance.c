/* The importance of inputs over many rows, by shuffling. The importance of an input is how much
 * worse the predictions become when its values are shuffled among the rows. The column keeps its
 * distribution but loses its relation to the target (Breiman, Random forests, 2001). Each group of
 * columns is shuffled several times, since a single random order may be lucky; the interval is over
 * these repeats, not over other rows. The groups are sorted by the increase of the loss. If two
 * columns carry the same information, each seems unimportant, since the net can still read the
 * other one. */
#include "assess/importance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/data.h"

enum { ROWS = 2000, REPEATS = 5, MOST_REPEATS = 1000 };

/* What is measured of all rows. */
typedef struct {
    double loss, score; /* log loss or rmse; accuracy or r2 */
} quality;

/* The rows, and memory for their predictions. */
typedef struct {
    plm_predicted p; /* the rows and the predictions of the net for them */
    const plm_predicted_target *target;
    plm_arena *a;       /* memory of the result */
    float *y[PLM_SIDE]; /* [rows][numbers of the output] */
    /* the inputs of the next prediction; the input whose group is shuffled points to `copy` */
    float *x[PLM_SIDE];
    float *copy[PLM_SIDE];
    /* [rows] order[i]: the row from which row i gets its values of the shuffled group */
    int64_t *order;
    quality base; /* of the rows as they are */
    uint64_t seed;
} work;

/* Returns the class with the highest probability. */
static int best_class(const plm_predicted_target *t, const float *y)
{
    int best = 0;
    if (t->single)
        return plm_predicted_probability(t, y, 1) >= 0.5;
    for (int k = 1; k < t->classes; k++)
        best = y[k] > y[best] ? k : best;
    return best;
}

/* Returns the sum of the squared distances of the target values to their mean. */
static double spread_of(const plm_predicted_target *t, int64_t rows)
{
    double mean = 0, sum = 0;
    for (int64_t i = 0; i < rows; i++) {
        const double step = t->wanted[i] - mean;
        mean += step / (double)(i + 1);
        sum += step * (t->wanted[i] - mean);
    }
    return sum;
}

/* Predicts all rows from w->x and measures how good the predictions are. */
static plm_status measure(work *w, quality *out)
{
    const plm_predicted_target *t = w->target;
    const int64_t rows = w->p.rows, width = plm_output_numbers(w->p.model, t->output);
    double loss = 0, right = 0;
    PLM_TRY(plm_predicted_again(&w->p, rows, w->x, w->y));
    for (int64_t i = 0; i < rows; i++) {
        const float *y = w->y[t->output] + i * width;
        loss += plm_predicted_loss(t, i, y);
        right += t->classes > 0 && best_class(t, y) == t->truth[i];
    }
    const double n = (double)rows;
    if (t->classes > 0) {
        *out = (quality){loss / n, right / n};
    } else {
        const double spread = spread_of(t, rows);
        *out = (quality){sqrt(loss / n), spread > 0 ? 1 - loss / spread : (double)NAN};
    }
    return PLM_OK;
}

/* Makes a random order of the rows (Fisher and Yates). */
static void shuffle(work *w, uint64_t seed, int64_t group, int repeat)
{
    plm_random r =
        plm_random_open(seed, PLM_RANDOM_IMPORTANCE, 1 + (uint32_t)group, (uint32_t)repeat);
    for (int64_t i = 0; i < w->p.rows; i++)
        w->order[i] = i;
    for (int64_t i = w->p.rows - 1; i > 0; i--) {
        const int64_t k = (int64_t)plm_random_below(&r, (uint64_t)i + 1), kept = w->order[i];
        w->order[i] = w->order[k];
        w->order[k] = kept;
    }
}

/* Copies the values of a group from the inputs to the copy: row i of the copy gets those of row
 * w->order[i]. back: true = row i gets its own values, which restores the group. */
static void move_group(work *w, const plm_input_group *g, bool back)
{
    const int64_t width = w->p.input_width[g->input];
    for (int64_t i = 0; i < w->p.rows; i++)
        memcpy(w->copy[g->input] + i * width + g->first,
               w->p.input[g->input] + (back ? i : w->order[i]) * width + g->first,
               (size_t)g->count * sizeof(float));
}

/* Returns half the width of the 95 % interval of the mean of value[n], by Student's t. */
static double half_width(const double *value, int n, double mean)
{
    /* the quantile 0.975 of Student's t for 1, 2, ... degrees of freedom */
    static const double t[] = {12.706, 4.303, 3.182, 2.776, 2.571,
                               2.447,  2.365, 2.306, 2.262, 2.228};
    double square = 0;
    for (int i = 0; i < n; i++)
        square += (value[i] - mean) * (value[i] - mean);
    if (n < 2)
        return (double)NAN;
    const double factor = n - 2 < 10 ? t[n - 2] : n < 30 ? 2.2 : 2.0;
    return factor * sqrt(square / (n - 1) / n);
}

/* Measures a group with this many repeats. */
static plm_status measure_group(work *w, const plm_input_group *g, int64_t index, int repeats,
                                plm_importance *out)
{
    double rise[MOST_REPEATS], sum = 0, fall = 0;
    w->x[g->input] = w->copy[g->input];
    for (int i = 0; i < repeats; i++) {
        quality q;
        shuffle(w, w->seed, index, i);
        move_group(w, g, false);
        PLM_TRY(measure(w, &q));
        rise[i] = q.loss - w->base.loss;
        sum += rise[i];
        fall += w->base.score - q.score;
    }
    move_group(w, g, true);
    w->x[g->input] = w->p.input[g->input];
    const double mean = sum / repeats, half = half_width(rise, repeats, mean);
    *out = (plm_importance){
        .group = index, .rise = {mean, mean - half, mean + half}, .fall = fall / repeats};
    return PLM_OK;
}

/* Allocates the memory, and measures the predictions of the unchanged rows. */
static plm_status prepare(work *w)
{
    const plm_predicted *p = &w->p;
    const int outputs = plm_model_outputs(p->model, -1, NULL);
    w->order = plm_arena_array(w->a, (size_t)p->rows + 1, sizeof *w->order);
    for (int k = 0; k < outputs; k++) {
        w->y[k] = plm_arena_array(w->a, (size_t)(p->rows * plm_output_numbers(p->model, k)) + 1,
                                  sizeof(float));
        if (!w->y[k])
            return PLM_E_MEMORY;
    }
    for (int i = 0; i < p->inputs; i++) {
        const size_t count = (size_t)(p->rows * p->input_width[i]);
        w->copy[i] = plm_arena_array(w->a, count + 1, sizeof(float));
        if (!w->copy[i])
            return PLM_E_MEMORY;
        memcpy(w->copy[i], p->input[i], count * sizeof(float));
        w->x[i] = p->input[i];
    }
    return w->order ? measure(w, &w->base) : PLM_E_MEMORY;
}

/* Compares two groups for qsort: the group with the larger increase of the loss comes first; if
 * equal, the first in the table. */
static int by_rise(const void *a, const void *b)
{
    const plm_importance *x = a, *y = b;
    if (x->rise.value < y->rise.value || x->rise.value > y->rise.value)
        return x->rise.value < y->rise.value ? 1 : -1;
    return (x->group > y->group) - (x->group < y->group);
}

/* Measures the importance of all groups on the rows that were read. */
static plm_status measure_groups(work *w, plm_input_groups groups, const plm_importance_options *o,
                                 plm_importance *list)
{
    const int wanted = o->repeats > 0 ? o->repeats : REPEATS;
    const int repeats = wanted < MOST_REPEATS ? wanted : MOST_REPEATS;
    if (w->p.rows == 0)
        return plm_fail(w->p.w, PLM_E_DATA, "explain", "give data with rows", "there are no rows");
    if (o->target >= w->p.targets)
        return plm_fail(w->p.w, PLM_E_UNSUPPORTED, "explain",
                        "importance can be measured only for outputs that choose one class, or "
                        "that have at most 8 numbers",
                        "no output of the model chooses one class or has at most 8 numbers");
    w->target = &w->p.target[o->target];
    PLM_TRY(prepare(w));
    for (int64_t k = 0; k < groups.count; k++)
        PLM_TRY(measure_group(w, &groups.at[k], k, repeats, &list[k]));
    qsort(list, (size_t)groups.count, sizeof *list, by_rise);
    return PLM_OK;
}

/* Measures the importance of all groups on a sample of the rows of d. o->rows becomes the number of
 * rows that were used. */
plm_status plm_importance_measure(plm_model *m, plm_data *d, plm_input_groups groups,
                                  plm_importance_options *o, plm_arena *a, plm_importance **out)
{
    work w = {.p = {.w = a->w}, .a = a, .seed = o->seed};
    *out = plm_arena_array(a, (size_t)groups.count + 1, sizeof **out);
    if (!*out)
        return PLM_E_MEMORY;
    plm_status status = plm_predicted_sample(&w.p, m, d, o->rows > 0 ? o->rows : ROWS, o->seed);
    if (status >= 0)
        status = measure_groups(&w, groups, o, *out);
    o->rows = w.p.rows;
    plm_predicted_free(&w.p);
    return status;
}
