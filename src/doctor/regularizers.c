/* What makes weights smaller, or mixes rows, more than a net bears. An L1 penalty of the optimizer
 * is not part of the loss, so it shows only in the weights. */
#include "doctor/regularizers.h"

#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "doctor/ladder.h"
#include "doctor/rates.h"

#define L1 "l1_regularization_strength"

/* Returns the L1 penalty of the optimizer; 0 = it has none. */
static double own_penalty(const plm_case *c)
{
    const double l1 = plm_case_option(c, L1);
    return l1 > 0 ? l1 : 0;
}

/* True if the model or its optimizer has something that makes weights smaller, such as a
 * penalty. */
static bool shrinks(const plm_case *c)
{
    const plm_training *g = c->model->training;
    return g->penalized || g->penalized_whole || g->constrained || g->weight_decay > 0 ||
           plm_training_has_penalty(g) || own_penalty(c) > 0;
}

/* Adds the remedy: another L1 penalty of the optimizer if it has one. */
static void add_weaker(const plm_case *c, plm_report *r)
{
    const char *other =
        own_penalty(c) > 0 ? plm_optimizer_with(r->arena, c->model, L1, "0.001") : NULL;
    if (other != NULL)
        plm_report_remedy(r, "optimizer", "%s", other);
    else
        plm_report_remedy(r, "", "leave them out, or make their factors 100 times smaller");
}

void plm_find_shrunk(const plm_case *c, double limit, plm_report *r)
{
    plm_ladder l;
    double most = 0;
    if (c->model->training == NULL || !shrinks(c) || c->first == NULL || c->samples == 0 ||
        c->not_finite || plm_case_learns(c))
        return;
    plm_ladder_find(c, &l);
    const plm_reading *now = c->sample[c->samples - 1].reading;
    for (int64_t i = 0; i < l.count; i++)
        most = fmax(most, now[l.layer[i]].norm_w / c->first[l.layer[i]].norm_w);
    if (l.count == 0 || !(most < limit))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_RUN, l.layer[0],
                     "penalties, constraints or weight decay have drawn all hidden weights to %.2g "
                     "of their first size",
                     most);
    r->number = most;
    r->threshold = limit;
    for (int64_t i = 0; i < l.count && i < 6; i++)
        plm_report_bar(r, plm_case_layer(c, l.layer[i]), now[l.layer[i]].norm_w,
                       now[l.layer[i]].norm_w / c->first[l.layer[i]].norm_w);
    add_weaker(c, r);
}

/* Returns the root mean square of what the first step of ftrl adds to the linear term of a weight
 * of a layer: g - (sqrt(n + g^2) - sqrt(n)) / lr * w, with the sum of squares n. NaN = unknown. */
static double first_term(const plm_case *c, int64_t layer)
{
    const plm_reading *own = &c->first[layer];
    const double count = (double)plm_layer_weights(c, layer), g = own->norm_g / sqrt(count),
                 w = own->norm_w / sqrt(count), n = plm_case_option(c, "initial_accumulator_value"),
                 kept = (sqrt(n + g * g) - sqrt(n)) / c->model->training->rate * w;
    return count > 0 ? sqrt(g * g + kept * kept) : (double)NAN;
}

/* A weight is 0 after the first step if its linear term is smaller than the penalty. If those of
 * all hidden layers are 0, no gradient reaches them any more. */
void plm_find_emptied(const plm_case *c, double limit, plm_report *r)
{
    plm_ladder l;
    double most = 0;
    const double l1 = c->model->training != NULL ? own_penalty(c) : 0;
    if (!(l1 > 0) || c->first == NULL || c->samples > 0)
        return;
    plm_ladder_find(c, &l);
    for (int64_t i = 0; i < l.count; i++)
        most = fmax(most, first_term(c, l.layer[i]));
    if (l.count == 0 || !(most > 0) || !(l1 > limit * most))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, l.layer[0],
                     "the L1 penalty %.3g of the optimizer makes all hidden weights 0 in the first "
                     "step, and then no gradient reaches them",
                     l1);
    r->number = l1 / most;
    r->threshold = limit;
    r->key = "optimizer";
    plm_report_line(r, "a weight is 0 while its linear term is below the penalty; the first step");
    plm_report_line(r, "makes this term %.2g (rms)", most);
    add_weaker(c, r);
}

/* Returns alpha of the mixup in the pipeline of the rows; 0 = there is none. */
static double alpha_of(const plm_case *c)
{
    static const char name[] = "| mixup";
    const char *at = c->rest != NULL ? strstr(c->rest, name) : NULL;
    if (at == NULL)
        return 0;
    at += sizeof name - 1;
    at += strspn(at, " (");
    if (strncmp(at, "alpha", 5) == 0)
        at += 5 + strspn(at + 5, " =");
    const char *end = at;
    const double alpha = plm_text_number(at, &end);
    return end > at ? alpha : 0;
}

/* The weight of a row has the standard deviation 0.5 / sqrt(2 alpha + 1) around one half. */
void plm_find_mixed(const plm_case *c, double limit, plm_report *r)
{
    const double alpha = alpha_of(c);
    if (!(alpha > limit))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "mixup with alpha = %.3g makes nearly every row the mean of two: the net "
                     "hardly sees a row as it is",
                     alpha);
    r->number = alpha;
    r->threshold = limit;
    r->key = "data";
    plm_report_line(r, "the weight of a row is 0.5 with a standard deviation of %.2g",
                    0.5 / sqrt(2 * alpha + 1));
    plm_report_remedy(r, "", "mixup(0.2), as usual, or leave it out");
}
