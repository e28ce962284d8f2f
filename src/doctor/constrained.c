/* Looks for constraints on weights by which a net cannot learn well: constraints that change the
 * size of the initial weights much; constraints by which the output can only increase with every
 * input; and, after the training, constraints of a net that predicts worse than k nearest
 * neighbours do. */
#include "doctor/constrained.h"

#include <math.h>
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

/* Looks for a net whose weights are all at least 0, although the target falls where a column
 * increases. The single output of such a net never falls if an input increases, since activations
 * do not fall either. */
static void find_monotone(const plm_case *c, plm_report *r)
{
    enum { NAME = 64 };
    char name[NAME];
    bool all = false;
    const int64_t at = first_with(c, "non_neg", &all);
    const plm_data_column *column = c->data != NULL ? falling_column(c->data) : NULL;
    if (at < 0 || !all || column == NULL || c->model->heads != 1 ||
        plm_head_of(c->model, 0).units != 1)
        return;
    plm_doctor_column(column, name, sizeof name);
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, at,
                     "with non_neg on all weights the output can only rise with an input, but the "
                     "target falls with %s",
                     name);
    r->number = column->correlation;
    plm_report_line(r, "correlation of %s with the target %.3g", name, column->correlation);
    plm_report_change(r, c, at, "kernel_constraint", "none");
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
