/* Looks for constraints on weights by which a net cannot learn well: constraints that change the
 * size of the initial weights much; constraints by which the output can only increase with every
 * input; and, after the training, constraints of a net that predicts worse than k nearest
 * neighbours do. */
#include "doctor/constrained.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/names.h"
#include "doctor/ladder.h"
#include "train/sense.h"

/* Returns the index of the layer of a weight among the examined layers; -1 = it is not among
 * them. */
int64_t plm_weight_layer(const plm_case *c, const plm_weight *w)
{
    for (int64_t i = 0; i < c->layers; i++)
        if (w->layer == plm_case_layer(c, i))
            return i;
    return -1;
}

/* Returns the Euclidean norm of a weight tensor, a part of the long vector p. */
static double norm_of(const plm_weight *w, const plm_real *p)
{
    double sum = 0;
    for (size_t i = 0; i < w->size; i++)
        sum += (double)p[w->offset + i] * (double)p[w->offset + i];
    return sqrt(sum);
}

/* Returns the factor by which the constraint of weight i changes the norm of its initial values; 1
 * = it has no constraint. p: scratch memory with the length of the parameter vector; the part of
 * the weight is overwritten. */
static double constrained_by(const plm_training *g, size_t i, plm_real *p)
{
    const plm_weight *w = &g->m->graph.weight[i];
    const plm_constraint *own = &g->rule[i].constraint;
    const plm_real *now = g->m->vector.p;
    const double norm = norm_of(w, now);
    if (own->kind == NULL || own->kept != NULL || !w->trainable || w->rank != 2 || !(norm > 0))
        return 1;
    memcpy(p + w->offset, now + w->offset, w->size * sizeof *p);
    plm_constraint_apply(own, p);
    return norm_of(w, p) / norm;
}

/* Reports a constraint that changes the norm of the initial weights by a large factor. */
static void report_change(const plm_case *c, int64_t at, double change, double limit, plm_report *r)
{
    const bool less = change < 1;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, at,
                     "the constraint of %s makes its weights %.3g times too %s",
                     plm_case_layer(c, at), less ? 1 / change : change, less ? "small" : "large");
    r->number = change;
    r->threshold = less ? 1 / limit : limit;
    plm_report_line(r, "norm of the initial weights %.3g, after the first step %.3g",
                    c->first[at].norm_w, change * c->first[at].norm_w);
    plm_report_change(r, c, at, "kernel_constraint", "max_norm(3)");
}

/* Looks for a constraint that will change the size of the initial weights much in the first
 * step. */
static void find_change(const plm_case *c, double limit, plm_report *r)
{
    const plm_training *g = c->model->training;
    plm_real *p = plm_arena_array(r->arena, g->m->vector.length + 1, sizeof *p);
    r->what.failed = p == NULL;
    for (size_t i = 0; p != NULL && !r->found && i < g->m->graph.weights; i++) {
        const double change = constrained_by(g, i, p);
        const int64_t at = plm_weight_layer(c, &g->m->graph.weight[i]);
        if (at >= 0 && (change > limit || change < 1 / limit))
            report_change(c, at, change, limit, r);
    }
}

/* Returns the first layer whose weight matrix has a constraint whose name matches the pattern; -1 =
 * none has one. *all: set to true if every trained matrix has such a constraint. */
static int64_t first_with(const plm_case *c, const char *pattern, bool *all)
{
    const plm_training *g = c->model->training;
    int64_t first = -1;
    *all = true;
    for (size_t i = g->m->graph.weights; i-- > 0;) {
        const plm_weight *w = &g->m->graph.weight[i];
        const plm_constraint *own = &g->rule[i].constraint;
        const bool has = own->kind != NULL && plm_pattern_matches(pattern, own->kind->kind.name);
        if (!w->trainable || w->rank != 2)
            continue;
        *all = *all && has;
        first = has && plm_weight_layer(c, w) >= 0 ? plm_weight_layer(c, w) : first;
    }
    return first;
}

/* Returns the column with the most negative correlation with the target; NULL = no column has a
 * negative one that is beyond chance. */
static const plm_data_column *falling_column(const plm_data_facts *d)
{
    const plm_data_column *most = NULL;
    double limit = -fmax(0.1, 4 / sqrt(fmax((double)d->rows, 1)));
    for (int64_t j = 0; j < d->columns; j++)
        if (d->column[j].correlation < limit) {
            limit = d->column[j].correlation;
            most = &d->column[j];
        }
    return most;
}

/* Rows of the sample in which a column is above or below its mean, and the column with which the
 * target falls there. */
typedef struct {
    int64_t column, other; /* other: the column that selects the rows; -1 = none found */
    bool above;
    double correlation;
} falling_part;

/* Returns the correlation of column j with the target in the rows whose column k is above or below
 * its mean, which is 0, as columns are scaled. *rows: set to the number of these rows. */
static double correlation_in(const plm_neighbours *n, int64_t j, int64_t k, bool above,
                             double *rows)
{
    double x = 0, y = 0, xx = 0, yy = 0, xy = 0, count = 0;
    for (int64_t i = 0; i < n->rows; i++) {
        const float *row = n->row + i * n->stride;
        const double a = (double)row[j], b = (double)n->target[i];
        if ((row[k] > 0) != above)
            continue;
        count++;
        x += a;
        y += b;
        xx += a * a;
        yy += b * b;
        xy += a * b;
    }
    *rows = count;
    const double vary = (xx - x * x / count) * (yy - y * y / count);
    return vary > 0 ? (xy - x * y / count) / sqrt(vary) : 0;
}

/* Finds the part of the rows in which the target falls most clearly with a column, although it may
 * not fall over all rows: a square falls below 0, a product falls where the other factor is
 * negative. It must fall by more than chance, with as many parts as are compared. */
static falling_part find_falling_part(const plm_data_facts *d)
{
    enum { COLUMNS = 32 };
    falling_part most = {.other = -1};
    const int64_t columns = d->near.rows > 0 && d->columns <= COLUMNS ? d->columns : 0;
    for (int64_t i = 0; i < 2 * columns * columns; i++) {
        const int64_t j = i / 2 / columns, k = i / 2 % columns;
        double rows = 0;
        const double now = correlation_in(&d->near, j, k, i % 2 != 0, &rows);
        if (now < -fmax(0.2, 4.5 / sqrt(fmax(rows, 1))) && now < most.correlation)
            most = (falling_part){j, k, i % 2 != 0, now};
    }
    return most;
}

/* Reports that the target falls with a column. where: in which rows, or "". */
static void report_falling(const plm_case *c, int64_t at, const plm_data_column *column,
                           double correlation, const char *where, plm_report *r)
{
    enum { NAME = 64 };
    char name[NAME];
    plm_doctor_column(column, name, sizeof name);
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, at,
                     "with non_neg on all weights the output can only rise with an input, but the "
                     "target falls with %s%s",
                     name, where);
    r->number = correlation;
    plm_report_line(r, "correlation of %s with the target %.3g%s", name, correlation, where);
    plm_report_change(r, c, at, "kernel_constraint", "none");
}

/* True if a value may fall when an input of the layers between rises, although no weight is below
 * 0: an activation falls somewhere, or a layer subtracts, divides by the size of a row, or changes
 * the sign. */
static bool may_fall(const plm_case *c)
{
    static const char *const activations =
        "sin|cos|gelu|silu|mish|hard_silu|*glu|softmax|log_softmax|sparsemax";
    static const char *const layers =
        "subtract|multiply|dot|layer_normalization|rms_normalization|group_normalization|"
        "unit_normalization|scale|prelu|periodic_embedding|category_encoding|discretization|"
        "embedding|*_lookup";
    for (int64_t i = 0; i < c->layers; i++) {
        const char *own = c->spot[i].function;
        if ((own != NULL && plm_pattern_matches(activations, own)) ||
            plm_case_layer_is(c, i, layers) || plm_case_layer_is(c, i, activations) ||
            (plm_case_layer_is(c, i, "rescaling") && plm_case_argument(c, i, "scale") < 0))
            return true;
    }
    return false;
}

/* Looks for a net whose weights are all at least 0, although the target falls where a column
 * increases, in all rows or in a part of them. The single output of such a net never falls if an
 * input increases, as long as its activations do not fall either. */
static void find_monotone(const plm_case *c, plm_report *r)
{
    enum { NAME = 64, WHERE = 96 };
    char name[NAME], where[WHERE] = "";
    bool all = false;
    const int64_t at = first_with(c, "non_neg", &all);
    if (at < 0 || !all || c->data == NULL || c->model->heads != 1 || may_fall(c) ||
        plm_head_of(c->model, 0).units != 1)
        return;
    const plm_data_column *column = falling_column(c->data);
    const falling_part part =
        column == NULL ? find_falling_part(c->data) : (falling_part){.other = -1};
    if (part.other >= 0) {
        plm_doctor_column(&c->data->column[part.other], name, sizeof name);
        snprintf(where, sizeof where, " where %s is %s its mean", name,
                 part.above ? "above" : "below");
        column = &c->data->column[part.column];
    }
    if (column != NULL)
        report_falling(c, at, column, part.other >= 0 ? part.correlation : column->correlation,
                       where, r);
}

/* Looks for a constraint of a net that has learned too little by the end of the training and has
 * stopped improving. */
static void find_harm(const plm_case *c, plm_report *r)
{
    enum { STEPS = 100 };
    bool all = false;
    const int64_t at = first_with(c, "non_neg|spectral_norm", &all);
    if (at < 0 || c->steps < STEPS || !plm_case_falls_short(c) || plm_case_still_falls(c))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, at,
                     "with the constraint of %s the net is worse than the 5 nearest rows",
                     plm_case_layer(c, at));
    plm_report_line(r, "non_neg and spectral_norm limit the functions that a net can learn");
    plm_report_change(r, c, at, "kernel_constraint", "none");
}

/* Looks for all constraints by which a net cannot learn well, first for those that are visible
 * before the training. */
void plm_find_constrained(const plm_case *c, double limit, plm_report *r)
{
    const plm_training *g = c->model->training;
    if (g == NULL || !g->constrained)
        return;
    if (c->samples == 0)
        find_monotone(c, r);
    if (c->samples == 0 && c->first != NULL && !r->found)
        find_change(c, limit, r);
    if (c->samples > 0)
        find_harm(c, r);
}
