/* Looks for settings of optimizers that make its steps too large, whatever the gradient is. */
#include "doctor/optimizers.h"

#include <math.h>
#include <string.h>

#include "base/names.h"
#include "doctor/rates.h"

/* Adds a remedy with another value of an argument of the optimizer. */
static void suggest(const plm_case *c, plm_report *r, const char *key, const char *value)
{
    const char *t = plm_optimizer_with(r->arena, c->model, key, value);
    if (t != NULL)
        plm_report_remedy(r, "optimizer", "%s", t);
}

/* Reports betas of adam for which beta_1^2 < sqrt(beta_2) is not true, as the proofs of convergence
 * require (Kingma and Ba, 2015): a gradient near 0 then makes a huge step. */
static void find_short_memory(const plm_case *c, plm_report *r, double one, double two)
{
    const double root = sqrt(two);
    const bool first = one * one >= sqrt(0.999);
    if (!(one * one > root))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "%s=%g is too %s for %s=%g: if the last gradient is near 0, the step is far "
                     "too large",
                     first ? "beta_1" : "beta_2", first ? one : two, first ? "large" : "small",
                     first ? "beta_2" : "beta_1", first ? two : one);
    r->number = one * one / fmax(root, 1e-9);
    r->threshold = 1;
    r->key = "optimizer";
    plm_report_line(r, "beta_1^2 = %.5g must be less than sqrt(beta_2) = %.5g", one * one, root);
    suggest(c, r, first ? "beta_1" : "beta_2", first ? "0.9" : "0.999");
}

/* A beta_1 near 1 averages gradients most of which belong to weights that have changed since. */
void plm_find_betas(const plm_case *c, double limit, plm_report *r)
{
    const plm_training *g = c->model != NULL ? c->model->training : NULL;
    const double one = plm_case_option(c, "beta_1"), two = plm_case_option(c, "beta_2"),
                 updates = plm_case_updates(c), memory = 1 / (1 - one);
    if (g == NULL || g->optimizer == NULL ||
        !plm_pattern_matches("adam|adamw|nadam", g->optimizer->kind.name))
        return;
    find_short_memory(c, r, one, two);
    if (r->found || !(one > 0.99) || !(updates > 0) || !(memory > limit * updates))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "beta_1=%g averages the gradients of %.3g steps in a training of %.0f steps",
                     one, memory, updates);
    r->number = memory / updates;
    r->threshold = limit;
    r->key = "optimizer";
    plm_report_line(r, "most of these gradients belong to weights that the net no longer has");
    suggest(c, r, "beta_1", "0.9");
}

/* True if the optimizer uses the signs of the gradient: lion, or an average of squares that forgets
 * all but the last gradient. Its steps then do not become smaller near the minimum. */
static bool uses_signs(const plm_case *c)
{
    static const double forgets = 0.1;
    const char *name = c->model->training->optimizer->kind.name;
    if (strcmp(name, "lion") == 0)
        return true;
    const bool adam = plm_pattern_matches("adam|adamw|nadam", name);
    return plm_case_option(c, adam ? "beta_2" : "rho") < forgets &&
           (adam ? plm_case_option(c, "beta_1") < forgets : strcmp(name, "rmsprop") == 0);
}

/* A schedule may make the steps smaller, so only a constant rate is reported. */
void plm_find_signs(const plm_case *c, double limit, double update, int64_t layer, plm_report *r)
{
    const plm_training *t = c->model->training;
    if (t->optimizer == NULL || t->schedule.kind != NULL || !uses_signs(c) || !(update > limit))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, layer,
                     "the learning rate is too high for %s: each step moves %s by %.3g of its size",
                     t->optimizer->kind.name, plm_case_layer(c, layer), update);
    r->number = update;
    r->threshold = limit;
    r->key = "optimizer";
    plm_report_line(r, "it uses only the signs of the gradient, so each step moves each weight by");
    plm_report_line(r, "the whole rate, %.3g, also near the minimum", t->rate);
    plm_rate_remedy(r, c, 0.01 / update);
}
