/* Lists the passes of a plan in the order of running.
 *
 * A training plan of several threads has two lists over the same steps and memory, since the best
 * order differs. One thread trains a node's weights right after their gradient, while x, dz and W
 * are in its cache. Several threads first run all backward passes and then all weight passes, so
 * that they have to wait for one another only once. */
#include <string.h>

#include "base/system.h"
#include "graph/plan_parts.h"

/* A list in the making. several: true = a list for several threads, false = for one thread. */
typedef struct {
    plm_plan *plan;      /* its steps are made, with their addresses */
    plm_pass_list *list; /* one of the two lists of the plan */
    bool several;
} making;

/* Appends the passes of a step that an array holds. The array ends after `capacity` passes, or
 * before a pass without a function. */
static void plan_passes(making *m, const plm_step *s, const plm_pass *pass, size_t capacity,
                        plm_plan_part part)
{
    for (size_t i = 0; i < capacity && pass[i].run != NULL; i++) {
        plm_planned *p = &m->list->planned[m->list->count++];
        *p = (plm_planned){.step = s, .pass = &pass[i], .part = part, .run = pass[i].run};
        p->by_units = pass[i].split == PLM_SPLIT_UNITS;
        if (m->several && pass[i].run_units != NULL && pass[i].units_pay(s)) {
            p->by_units = true;
            p->run = pass[i].run_units;
        }
    }
}

/* Appends the passes that write the copies of parameters again (such as W'). A run skips these
 * passes unless the plan is dirty. */
static void plan_refresh(making *m)
{
    const plm_plan *plan = m->plan;
    for (size_t k = 0; plan->options.training && k < plan->graph->nodes; k++)
        if (plan->reverse.backward[k])
            plan_passes(m, &plan->step[k], plan->step[k].op->cpu.refresh, 1, PLM_PART_REFRESH);
    m->list->first_running = m->list->count;
}

/* Appends the forward passes of all needed nodes. In inference a node's `infer` passes are used if
 * there are any, except for nodes that draw random numbers in a noisy plan. */
static void plan_forward(making *m)
{
    const plm_plan *plan = m->plan;
    for (size_t k = 0; k < plan->graph->nodes; k++) {
        const plm_op_kind *op = plan->step[k].op;
        if (!plan->reverse.needed[k])
            continue;
        const bool acts = plan->options.training || (plan->options.noisy && op->random);
        const bool infer = !acts && op->cpu.infer[0].run != NULL;
        if (infer)
            plan_passes(m, &plan->step[k], op->cpu.infer, 2, PLM_PART_FORWARD);
        else
            plan_passes(m, &plan->step[k], op->cpu.forward, 3, PLM_PART_FORWARD);
    }
}

/* Appends a step that adds a temporary gradient to the gradient, for each input of node k that has
 * one (memory.h). Both lists make the same steps at the same places in plan->step, so they can
 * share them. */
static void plan_grad_tmps(making *m, size_t k)
{
    plm_plan *plan = m->plan;
    const plm_node *node = &plan->graph->node[k];
    for (int i = 0; i < node->inputs; i++) {
        if (plan->memory.grad_tmp[k * PLM_OPERANDS + (size_t)i] == PLM_NOWHERE)
            continue;
        plm_step *s = &plan->step[plan->steps++];
        *s = (plm_step){.op = &plm_add_gradient, .run = &plan->running, .inputs = 1};
        s->in[0] = plan->step[k].in[i];
        s->in[0].x = s->in[0].g;
        s->out = s->in[0];
        s->out.x = plm_plan_at(plan, plan->memory.gradient[node->input[i]]);
        plan_passes(m, s, plm_add_gradient.cpu.forward, 1, PLM_PART_BACKWARD);
    }
}

/* Sets plm_operand.adds for the parameters of node k. The function is called for the nodes from the
 * last to the first. If several nodes read a parameter, the first weight pass to run stores its
 * gradient, and the others add to it. */
static void mark_adding(plm_plan *plan, size_t k)
{
    plm_step *s = &plan->step[k];
    for (int i = 0; i < s->inputs; i++)
        s->in[i].adds = s->in[i].weight != NULL && plan->begun[s->in[i].id];
    for (int i = 0; i < s->inputs; i++)
        plan->begun[s->in[i].id] = true;
}

/* Appends the weight pass of node k. */
static void plan_weights(making *m, size_t k)
{
    const plm_step *s = &m->plan->step[k];
    mark_adding(m->plan, k);
    plan_passes(m, s, s->op->cpu.weights, 1, PLM_PART_WEIGHTS);
}

/* Appends the backward and weight passes. With one thread a node's weight pass follows its backward
 * passes, while x, dz and W are in cache. With several threads all weight passes come at the end,
 * after a single barrier. */
static void plan_backward(making *m)
{
    plm_plan *plan = m->plan;
    memset(plan->begun, 0, plan->graph->values * sizeof *plan->begun);
    plan->steps = plan->graph->nodes;
    for (size_t k = plan->graph->nodes; k-- > 0;) {
        if (!plan->reverse.backward[k])
            continue;
        plan_passes(m, &plan->step[k], plan->step[k].op->cpu.backward, 3, PLM_PART_BACKWARD);
        plan_grad_tmps(m, k);
        if (!m->several)
            plan_weights(m, k);
    }
    for (size_t k = plan->graph->nodes; m->several && k-- > 0;)
        if (plan->reverse.backward[k])
            plan_weights(m, k);
}

/* Cuts a list into stages. A stage begins at each barrier, and at the first pass after those that
 * refresh copies of parameters. */
static plm_status plan_stages(plm_plan *plan, plm_pass_list *list)
{
    list->stage = plm_arena_array(&plan->arena, list->count + 2, sizeof *list->stage);
    if (list->stage == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < list->count; i++) {
        if (i == list->first_running)
            list->first_stage = list->stages;
        if (i == 0 || i == list->first_running || list->planned[i].barrier)
            list->stage[list->stages++] = i;
    }
    list->stage[list->stages] = list->count;
    return PLM_OK;
}

/* Returns the matrix of weights that a step reads; empty if it reads none. */
static plm_prefetch_range panels_of_step(const plm_step *s)
{
    for (int i = 0; i < s->inputs; i++)
        if (s->in[i].weight != NULL && s->in[i].weight->layout == PLM_LAYOUT_PANELS)
            return (plm_prefetch_range){s->in[i].x, s->in[i].weight->size};
    return (plm_prefetch_range){0};
}

/* Returns the memory that a step reads backward: what the op keeps, such as transposed weights. If
 * it keeps nothing and has a gradient to compute, these are its weights. */
static plm_prefetch_range read_backward(const plm_step *s)
{
    const bool weights = s->op->cpu.weights_alone != NULL && s->op->cpu.weights_alone(s);
    const size_t memory = s->memory != NULL && !weights ? s->op->cpu.memory(s) : 0;
    if (memory > 0)
        return (plm_prefetch_range){s->memory, memory};
    return s->in[0].g != NULL ? panels_of_step(s) : (plm_prefetch_range){0};
}

/* Sets the prefetch hints of all steps. Weights that do not stay in the cache from batch to batch
 * are prefetched while the previous op computes. Forward, these are the next op's weights;
 * backward, they are what the next op reads there. Large blocks are not prefetched, since the
 * hardware recognises them as streams. Ops use the hints only if a single thread runs the batch:
 * see plm_step_prefetch. */
static void plan_prefetches(plm_plan *plan)
{
    const size_t kept = plan->w->second_cache / 2, large = plan->w->second_cache / 4;
    const size_t nodes = plan->graph->nodes;
    plm_prefetch_range next = {0};
    size_t all = 0;
    for (size_t k = 0; k < nodes; k++)
        all += panels_of_step(&plan->step[k]).count;
    if (all < kept)
        return;
    for (size_t k = nodes; k-- > 0;) {
        const plm_prefetch_range own = panels_of_step(&plan->step[k]);
        /* Prefetching is worth its instructions only if the memory is not much smaller than the
         * op's own weights. */
        if (next.count <= large && next.count >= own.count / 4)
            plan->step[k].forward_prefetch = next;
        if (own.count > 0)
            next = own;
    }
    next.count = 0;
    for (size_t k = 0; k < nodes; k++) {
        plm_step *s = &plan->step[k];
        if (next.count <= large)
            s->backward_prefetch = next;
        const plm_prefetch_range own = read_backward(s);
        if (own.count > 0)
            next = own;
    }
}

/* Makes one list: appends all passes in the order of running, then finds barriers and stages. */
static plm_status plan_list(plm_plan *plan, bool several)
{
    making m = {plan, several ? &plan->several : &plan->alone, several};
    /* Upper bound of the number of passes. A node has up to 3 forward, 3 backward, 1 weight and 1
     * refresh pass, and one pass that adds gradients for each input. */
    const size_t max = plan->graph->nodes * (3 + 3 + 1 + 1 + PLM_OPERANDS) + 1;
    m.list->planned = plm_arena_array(&plan->arena, max, sizeof *m.list->planned);
    if (m.list->planned == NULL)
        return PLM_E_MEMORY;
    plan_refresh(&m);
    plan_forward(&m);
    if (plan->options.training)
        plan_backward(&m);
    PLM_TRY(plm_barriers_find(plan, m.list));
    return plan_stages(plan, m.list);
}

/* Makes the list for one thread and, where it differs, the list for several. */
plm_status plm_plan_list(plm_plan *plan)
{
    plan->begun = plm_arena_array(&plan->arena, plan->graph->values, sizeof *plan->begun);
    if (plan->begun == NULL)
        return PLM_E_MEMORY;
    plan_prefetches(plan);
    PLM_TRY(plan_list(plan, false));
    if (!plan->options.training || plan->running.threads == 1)
        plan->several = plan->alone;
    else
        PLM_TRY(plan_list(plan, true));
    plan->clock = plm_nanoseconds;
    plm_trial_open(&plan->trial, plm_plan_ways(plan));
    return PLM_OK;
}
