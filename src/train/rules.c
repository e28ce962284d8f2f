/* Prepares the rules around the update of an optimizer: penalties, decay, clipping, averages,
 * constraints. Most rules work element by element and run within the backward pass (fused). Rules
 * that need a whole gradient or a whole parameter make the plan store gradients first.
 *
 * Fused means that an optimizer updates a piece of a parameter as soon as the backward pass has
 * computed the gradient of that piece, while it is in the cache. The gradient is then never stored.
 * A clipping by norm, an accumulation over batches, a constraint, or a parameter that two layers
 * share needs the whole gradient or parameter, so with it no update of the model is fused.
 *
 * Parameters with the same learning rate factor form a group, which has one set of coefficients for
 * each step. */
#include <string.h>

#include "train/train.h"

#include "base/names.h"

const plm_field plm_optimizer_common_fields[] = {
    PLM_FIELD_OF(plm_optimizer_common, weight_decay, PLM_SPEC, "0", "schedule",
                 "decoupled: x -= weight_decay * rate * x; 0 to 1, or a schedule"),
    PLM_FIELD(plm_optimizer_common, exclude_from_weight_decay, PLM_TEXT, "", 0, 0,
              "names of parameters without weight decay: '*bias|*gamma'"),
    PLM_FIELD(plm_optimizer_common, clipnorm, PLM_REAL, "0", 0, 1e30,
              "maximum norm of each parameter's gradient"),
    PLM_FIELD(plm_optimizer_common, clipvalue, PLM_REAL, "0", 0, 1e30,
              "maximum magnitude of each element of the gradient"),
    PLM_FIELD(plm_optimizer_common, global_clipnorm, PLM_REAL, "0", 0, 1e30,
              "maximum norm of the gradient of all parameters together"),
    PLM_FIELD(plm_optimizer_common, use_ema, PLM_BOOL, "false", 0, 0,
              "true = end with the moving average of the weights"),
    PLM_FIELD(plm_optimizer_common, ema_momentum, PLM_REAL, "0.99", 0, 1,
              "weight of the old average in each update of the average"),
    PLM_FIELD(plm_optimizer_common, ema_overwrite_frequency, PLM_INT, "0", 0, 1e15,
              "replace the weights by the average after this many updates; 0 = only at the end"),
    PLM_FIELD(plm_optimizer_common, gradient_accumulation_steps, PLM_INT, "0", 0, 1e6,
              "number of batches whose mean gradient is used for one update"),
    PLM_FIELD(plm_optimizer_common, lookahead_steps, PLM_INT, "0", 0, 1e15,
              "lookahead: number of updates between two steps of the slow weights"),
    PLM_FIELD(
        plm_optimizer_common, lookahead_rate, PLM_REAL, "0.5", 0, 1,
        "fraction of the way to the weights by which the slow weights move; 1 = no lookahead"),
    {0}};

/* Fails if more than one kind of clipping is given. */
static plm_status check_clipping(const plm_training *t)
{
    const plm_optimizer_common *c = &t->common;
    if ((c->clipnorm > 0) + (c->clipvalue > 0) + (c->global_clipnorm > 0) <= 1)
        return PLM_OK;
    return plm_fail_key(t->m->w, PLM_E_SPEC, "optimizer",
                        "give only one of clipnorm, clipvalue and global_clipnorm",
                        "clipnorm, clipvalue and global_clipnorm exclude each other");
}

/* Returns the group of a parameter: all parameters with the same learning rate factor are a group.
 * Makes a new group for a new factor. Factors are compared exactly, as they come from the same
 * texts. Frozen parameters are never updated, so they need no group. */
static int group_of(plm_training *t, const plm_weight *weight)
{
    int k = 0;
    if (!weight->trainable)
        return 0;
    while (k < t->groups && t->factor[k] != weight->learning_rate_factor)
        k++;
    if (k == t->groups)
        t->factor[t->groups++] = weight->learning_rate_factor;
    return k;
}

/* Allocates the groups of parameters and makes group 0, which has the learning rate factor 1. There
 * are at most as many further groups as parameters. */
static plm_status take_groups(plm_training *t)
{
    const size_t max = t->m->graph.weights + 1;
    t->span = plm_arena_array(&t->m->built, max, sizeof *t->span);
    t->factor = plm_arena_array(&t->m->built, max, sizeof *t->factor);
    if (t->span == NULL || t->factor == NULL)
        return PLM_E_MEMORY;
    t->factor[0] = 1;
    t->groups = 1;
    return PLM_OK;
}

/* Allocates the working memory of a penalty that needs the whole parameter, which must be a
 * matrix. */
static plm_status take_matrix(plm_training *t, const plm_weight *weight, plm_rule *rule)
{
    const plm_penalty *p = &rule->penalty;
    if (p->whole == NULL || !weight->trainable)
        return PLM_OK;
    if (weight->rank != 2)
        return plm_fail(t->m->w, PLM_E_SHAPE, NULL, "use this penalty as kernel_regularizer",
                        "%s is a penalty on a matrix, but the parameter has %d axes",
                        p->whole->kind.name, weight->rank);
    rule->work =
        plm_arena_array(&t->m->built, p->whole->work(p->config, weight), sizeof *rule->work);
    t->penalized_whole = true;
    return rule->work != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* True if the weights of the parameter decay, or may do so in a later step. A schedule may begin at
 * 0 and increase, so a parameter under a schedule is always treated as decaying. */
static bool decays(const plm_training *t, const plm_rule *rule, const plm_weight *weight)
{
    if (!weight->trainable ||
        plm_pattern_matches(t->common.exclude_from_weight_decay, weight->name))
        return false;
    return rule->decay < 0 ? t->decay.kind != NULL || t->weight_decay > 0 : rule->decay > 0;
}

/* Finds the vector to which a constraint keeps the parameter. The layer made it under this name
 * (add_kept in nn/layer.c). */
static plm_status find_kept(plm_training *t, plm_constraint *c)
{
    const plm_graph *g = &t->m->graph;
    if (c->kind == NULL || !c->kind->keeps)
        return PLM_OK;
    const char *name = plm_arena_format(&t->m->built, "%s_u", c->weight->name);
    const plm_value v = name != NULL ? plm_graph_find_parameter(g, name) : (plm_value){0};
    if (v.id == 0)
        return PLM_E_MEMORY;
    c->kept = &g->weight[g->value[v.id].index];
    if (c->kept->count != c->weight->columns)
        return plm_fail(t->m->w, PLM_E_UNSUPPORTED, NULL, "use this constraint on a matrix",
                        "%s is a constraint on a matrix, but the parameter has %d axes",
                        c->kind->kind.name, c->weight->rank);
    t->constrains_first = true;
    return PLM_OK;
}

/* Binds the penalty and the constraint of parameter i. Those of frozen parameters are bound, too,
 * so that a wrong spec is an error even if the layer is never trained. */
static plm_status bind_rule(plm_training *t, size_t i)
{
    const plm_weight *weight = &t->m->graph.weight[i];
    plm_rule *rule = &t->rule[i];
    plm_status status = plm_penalty_bind(&t->m->built, weight->regularizer, &rule->penalty);
    if (status >= 0)
        status = take_matrix(t, weight, rule);
    if (status >= 0)
        status = plm_constraint_bind(&t->m->built, weight, &rule->constraint);
    if (status >= 0)
        status = find_kept(t, &rule->constraint);
    if (status < 0) {
        plm_fail_within(t->m->w, "parameter %s", weight->name);
        return status;
    }
    rule->group = group_of(t, weight);
    rule->penalized = rule->penalty.l1 != 0 || rule->penalty.l2 != 0;
    rule->decay = t->optimizer->decay != NULL ? t->optimizer->decay(t->config, weight) : -1;
    rule->decays = decays(t, rule, weight);
    t->penalized = t->penalized || rule->penalized;
    t->constrained = t->constrained || (rule->constraint.kind != NULL && weight->trainable);
    return PLM_OK;
}

/* Allocates the moving average, the accumulated gradient and the slow weights of lookahead, as far
 * as they are used. */
static plm_status take_vectors(plm_training *t)
{
    const size_t count = t->m->vector.trained + PLM_LANES;
    if (t->common.use_ema &&
        (t->average = plm_arena_array(&t->m->built, count, sizeof(plm_real))) == NULL)
        return PLM_E_MEMORY;
    if (t->common.gradient_accumulation_steps > 1 &&
        (t->gathered = plm_arena_array(&t->m->built, count, sizeof(plm_real))) == NULL)
        return PLM_E_MEMORY;
    if (t->common.lookahead_steps > 0 &&
        (t->slow = plm_arena_array(&t->m->built, count, sizeof(plm_real))) == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(plm_training_norm_open(t));
    return plm_training_whole_open(t);
}

/* Binds penalties, constraints and the options that all optimizers share. The update is fused only
 * if nothing needs whole gradients, since a single such rule makes the plan store them. */
plm_status plm_training_rules(plm_training *t)
{
    const plm_optimizer_common *c = &t->common;
    t->rule = plm_arena_array(&t->m->built, t->m->graph.weights + 1, sizeof *t->rule);
    if (t->rule == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(check_clipping(t));
    PLM_TRY(take_groups(t));
    for (size_t i = 0; i < t->m->graph.weights; i++)
        PLM_TRY(bind_rule(t, i));
    const bool whole = c->clipnorm > 0 || c->global_clipnorm > 0 ||
                       c->gradient_accumulation_steps > 1 || t->optimizer->update_whole != NULL;
    t->m->fused =
        !whole && !t->constrained && !t->penalized_whole && !plm_graph_shares(&t->m->graph);
    return take_vectors(t);
}

/* Returns the penalty of one parameter x. Frozen parameters have none, as in Keras. */
static double penalty_of(const plm_training *t, const plm_rule *rule, const plm_weight *weight,
                         const plm_real *x)
{
    const plm_penalty *p = &rule->penalty;
    if (rule->work != NULL)
        return p->whole->matrix(p->config, weight, t->m->w->kernel->isa, x, NULL, rule->work);
    if (!rule->penalized || !weight->trainable)
        return 0;
    return plm_penalty_sum(p, t->m->w->kernel, x, weight->size);
}

/* Returns the sum of all penalties for the current weights. Like the loss, it is computed from the
 * weights before the update. */
double plm_training_penalty(const plm_training *t)
{
    double sum = 0;
    if (!t->penalized && !t->penalized_whole)
        return 0;
    for (size_t i = 0; i < t->m->graph.weights; i++) {
        const plm_weight *weight = &t->m->graph.weight[i];
        sum += penalty_of(t, &t->rule[i], weight, t->m->vector.p + weight->offset);
    }
    return sum;
}

/* True if the loss contains penalties, on weights or on activations. The latter are the parts of
 * the loss after those of the outputs. */
bool plm_training_has_penalty(const plm_training *t)
{
    return t->penalized || t->penalized_whole || t->m->parts > t->m->heads;
}
