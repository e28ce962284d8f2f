/* Compiles a graph into flat lists of passes over one block of memory. After that nothing is
 * allocated. plan_fill, at the end of this file, is the whole compiler: it lists the stages of
 * compilation, with what each needs and leaves.
 *
 * A training plan of several threads has two lists over the same steps and memory, since the best
 * order differs. One thread trains a node's weights right after their gradient, while x, dz and W
 * are in its cache. Several threads first run all backward passes and then all weight passes, so
 * that they have to wait for one another only once. */
#include <string.h>

#include "base/system.h"
#include "graph/plan_parts.h"

/* The address of an offset in the block; NULL for PLM_NOWHERE. While the block does not exist yet,
 * the result is just not NULL: ops that are asked for their needs only test pointers for NULL. */
static plm_real *at(const plm_plan *plan, size_t offset)
{
    if (offset == PLM_NOWHERE)
        return NULL;
    return plan->block != NULL ? plan->block + offset : plan->running.p;
}

/* The operand for a value: its place in the block, or in the long vector for a parameter. */
static plm_operand operand(const plm_plan *plan, uint32_t id)
{
    const plm_graph_value *v = &plan->graph->value[id];
    plm_operand o = {.shape = v->shape, .id = id};
    if (v->origin == PLM_FROM_PARAMETER) {
        o.weight = &plan->graph->weight[v->index];
        o.x = plan->running.p + o.weight->offset;
        return o;
    }
    o.x = at(plan, plan->memory.value[id]);
    o.g = at(plan, plan->memory.gradient[id]);
    return o;
}

/* Fills step k from node k. It is called twice: before the block exists, to measure it, and
 * after. */
static void make_step(plm_plan *plan, size_t k)
{
    const plm_node *node = &plan->graph->node[k];
    plm_step *s = &plan->step[k];
    *s = (plm_step){.op = node->op,
                    .config = node->config,
                    .state = node->state,
                    .prepared = s->prepared,
                    .run = &plan->running,
                    .inputs = node->inputs,
                    .stream = (uint32_t)k};
    for (int i = 0; i < node->inputs; i++) {
        s->in[i] = operand(plan, node->input[i]);
        const size_t grad_tmp = plan->memory.grad_tmp[k * PLM_OPERANDS + (size_t)i];
        if (grad_tmp != PLM_NOWHERE)
            s->in[i].g = at(plan, grad_tmp);
    }
    s->out = operand(plan, node->output);
}

/* ---- the lists of passes ---- */

/* A list while it is made; `several`: for several threads, else for one. */
typedef struct {
    plm_plan *plan;
    plm_pass_list *list;
    bool several;
} making;

/* Appends up to `capacity` passes of a step; the first pass without a function ends the array. */
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

/* Appends the passes that refresh copies of parameters; a run skips them unless the plan is
 * dirty. */
static void plan_refresh(making *m)
{
    const plm_plan *plan = m->plan;
    for (size_t k = 0; plan->options.training && k < plan->graph->nodes; k++)
        if (plan->reverse.backward[k])
            plan_passes(m, &plan->step[k], plan->step[k].op->cpu.refresh, 1, PLM_PART_REFRESH);
    m->list->first_running = m->list->count;
}

/* Appends the forward passes of all needed nodes, or their passes for inference. */
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

/* Appends an adding step for each input of node k whose gradient went to a temporary buffer. Both
 * lists make the same extra steps, so they can share them. */
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
        s->out.x = at(plan, plan->memory.gradient[node->input[i]]);
        plan_passes(m, s, plm_add_gradient.cpu.forward, 1, PLM_PART_BACKWARD);
    }
}

/* Sets `adds` for the parameters of node k. Nodes come here from the last to the first. If several
 * nodes read a parameter, the first weight pass to run stores its gradient, and the others add to
 * it. */
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
 * behind a single barrier. */
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

/* Cuts a list into stages: a stage begins at each barrier, and at the first pass after the
 * refreshes. */
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

/* The matrix of weights that a step reads; empty if it reads none. */
static plm_prefetch_range panels_of_step(const plm_step *s)
{
    for (int i = 0; i < s->inputs; i++)
        if (s->in[i].weight != NULL && s->in[i].weight->layout == PLM_LAYOUT_PANELS)
            return (plm_prefetch_range){s->in[i].x, s->in[i].weight->size};
    return (plm_prefetch_range){0};
}

/* Sets the prefetch hints of all steps. Weights that do not stay in the cache from batch to batch
 * are prefetched while the op before is computing: in forward the next op's weights, in backward
 * the memory that it keeps (its transposed weights). Large blocks are left to the hardware, which
 * recognises them as streams. Ops use the hints only if a single thread runs the batch: see
 * plm_step_prefetch. */
static void plan_prefetches(plm_plan *plan)
{
    /* In numbers: half of a second-level cache of 1 MiB, and a quarter of it. */
    enum { KEPT = 1 << 17, LARGE = 1 << 16 };
    const size_t nodes = plan->graph->nodes;
    plm_prefetch_range next = {0};
    size_t all = 0;
    for (size_t k = 0; k < nodes; k++)
        all += panels_of_step(&plan->step[k]).count;
    if (all < KEPT)
        return;
    for (size_t k = nodes; k-- > 0;) {
        const plm_prefetch_range own = panels_of_step(&plan->step[k]);
        /* much less than the op's own weights would not be worth the instructions */
        if (next.count <= LARGE && next.count >= own.count / 4)
            plan->step[k].forward_prefetch = next;
        if (own.count > 0)
            next = own;
    }
    next.count = 0;
    for (size_t k = 0; k < nodes; k++) {
        plm_step *s = &plan->step[k];
        if (next.count <= LARGE)
            s->backward_prefetch = next;
        if (s->memory != NULL)
            next = (plm_prefetch_range){s->memory, s->op->cpu.memory(s)};
    }
}

/* Makes one list: appends all passes in the order of running, then finds barriers and stages. */
static plm_status plan_list(plm_plan *plan, bool several)
{
    making m = {plan, several ? &plan->several : &plan->alone, several};
    /* per node at most: forward, backward, weights, refresh, and an adding step for each operand */
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
static plm_status plan_lists(plm_plan *plan)
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

/* ---- memory ---- */

static size_t rounded(size_t n)
{
    return (n + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Asks every op how much memory it keeps and how much scratch it needs, and adds up the work. The
 * steps must have been made, since ops read their shapes. *kept: numbers for all ops. */
static plm_status reserve(plm_plan *plan, size_t *kept)
{
    size_t scratch = 0, total = 0;
    for (size_t k = 0; k < plan->graph->nodes; k++) {
        const plm_step *s = &plan->step[k];
        if (!plan->reverse.needed[k])
            continue;
        if (s->op->cpu.scratch != NULL) {
            const size_t n = rounded(s->op->cpu.scratch(s));
            scratch = n > scratch ? n : scratch;
        }
        if (s->op->cpu.memory != NULL &&
            !plm_checked_add(total, rounded(s->op->cpu.memory(s)), &total))
            return plm_fail_memory(plan->w, "plan");
        plan->work += s->op->cpu.work != NULL ? s->op->cpu.work(s)
                                              : (double)(s->out.shape.lines * s->out.shape.width);
    }
    plan->running.scratch_size = scratch;
    *kept = total;
    return PLM_OK;
}

/* Lets every op prepare what it needs once for this plan. */
static plm_status prepare(plm_plan *plan)
{
    for (size_t k = 0; k < plan->graph->nodes; k++) {
        plm_step *s = &plan->step[k];
        if (plan->reverse.needed[k] && s->op->cpu.prepare != NULL)
            PLM_TRY(s->op->cpu.prepare(s, &plan->arena));
    }
    return PLM_OK;
}

/* Finds the size of the block: values and gradients, then the memory that ops keep, then scratch
 * memory for each thread. */
static plm_status measure_block(plm_plan *plan)
{
    size_t kept = 0, total = 0, scratch = 0, bytes = 0;
    for (size_t k = 0; k < plan->graph->nodes; k++)
        make_step(plan, k); /* only for their shapes; take_block sets the pointers */
    PLM_TRY(prepare(plan));
    PLM_TRY(reserve(plan, &kept));
    if (!plm_checked_multiply(plan->running.scratch_size, (size_t)plan->running.threads,
                              &scratch) ||
        !plm_checked_add(plan->memory.total, kept, &total) ||
        !plm_checked_add(total, scratch, &total) ||
        !plm_checked_multiply(total, sizeof(plm_real), &bytes))
        return plm_fail_memory(plan->w, "plan");
    plan->block_size = total;
    return PLM_OK;
}

/* Allocates the block and makes the steps that point into it. */
static plm_status take_block(plm_plan *plan)
{
    plan->block = plm_allocate(plan->w, plan->block_size * sizeof(plm_real) + 64);
    if (plan->block == NULL)
        return PLM_E_MEMORY;
    size_t next = plan->memory.total;
    for (size_t k = 0; k < plan->graph->nodes; k++) {
        plm_step *s = &plan->step[k];
        make_step(plan, k);
        if (plan->reverse.needed[k] && s->op->cpu.memory != NULL) {
            s->memory = plan->block + next;
            next += rounded(s->op->cpu.memory(s));
        }
    }
    plan->running.scratch = plan->block + next;
    return PLM_OK;
}

/* Lists the operands that read inputs. Inputs whose rows are stored without gaps are read where the
 * caller has them, so plm_plan_bind must be able to set these pointers. */
static plm_status find_borrowers(plm_plan *plan)
{
    size_t capacity = 0;
    for (size_t k = 0; k < plan->graph->nodes; k++)
        capacity += (size_t)plan->step[k].inputs;
    plan->borrower = plm_arena_array(&plan->arena, capacity + 1, sizeof *plan->borrower);
    plan->bound = plm_arena_array(&plan->arena, plan->graph->values, sizeof *plan->bound);
    if (plan->borrower == NULL || plan->bound == NULL)
        return PLM_E_MEMORY;
    for (size_t k = 0; k < plan->graph->nodes; k++)
        for (int i = 0; i < plan->step[k].inputs; i++) {
            plm_operand *o = &plan->step[k].in[i];
            const plm_origin from = plan->graph->value[o->id].origin;
            if (from != PLM_FROM_OP && from != PLM_FROM_PARAMETER)
                plan->borrower[plan->borrowers++] =
                    (plm_borrower){.value = o->id, .pointer = &o->x};
        }
    return PLM_OK;
}

/* The compiler. Its stages, each with what it needs and what it leaves behind:
 *
 *     stage              needs               leaves
 *     plm_reverse_find   the graph, losses   which nodes run, which values get gradients
 *     plm_memory_place   plan->reverse       offsets of values and gradients
 *     measure_block      the offsets         steps without addresses, the size of the block
 *     take_block         the size            the block, steps with addresses
 *     plan_prefetches    the steps           prefetch hints of each step
 *     plan_list          the steps           all passes in the order of running
 *     plm_barriers_find  the list            planned[].barrier
 *     plan_stages        the barriers        stage[]
 *     find_borrowers     the steps           the operands that read bound inputs
 */
static plm_status plan_fill(plm_plan *plan)
{
    const size_t grad_tmps = plan->graph->nodes * PLM_OPERANDS;
    PLM_TRY(plm_reverse_find(plan->graph, &plan->options, &plan->arena, &plan->reverse));
    PLM_TRY(
        plm_memory_place(plan->graph, &plan->options, &plan->reverse, &plan->arena, &plan->memory));
    plan->step_capacity = plan->graph->nodes + grad_tmps + 1;
    plan->step = plm_arena_array(&plan->arena, plan->step_capacity, sizeof *plan->step);
    if (plan->step == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(measure_block(plan));
    if (plan->options.measured)
        return PLM_OK;
    PLM_TRY(take_block(plan));
    PLM_TRY(plan_lists(plan));
    return find_borrowers(plan);
}

plm_status plm_plan_open(const plm_graph *g, const plm_plan_options *o, plm_real *p, plm_plan **out)
{
    plm_plan *plan = plm_allocate(g->w, sizeof *plan);
    *out = NULL;
    if (plan == NULL)
        return PLM_E_MEMORY;
    plan->w = g->w;
    plan->arena.w = g->w;
    plan->graph = g;
    plan->options = *o;
    plan->dirty = true;
    plan->running = (plm_running){.kernel = g->w->kernel,
                                  .capacity = o->capacity,
                                  .training = o->training,
                                  .seed = g->w->options.seed,
                                  .p = p,
                                  .threads = plm_pool_threads(g->w->pool)};
    const plm_status status = plan_fill(plan);
    if (status < 0) {
        plm_plan_close(plan);
        return status;
    }
    *out = plan;
    return PLM_OK;
}

void plm_plan_close(plm_plan *plan)
{
    if (plan == NULL)
        return;
    plm_release(plan->w, plan->block);
    plm_arena_free(&plan->arena);
    plm_release(plan->w, plan);
}

plm_running *plm_plan_running(plm_plan *plan)
{
    return &plan->running;
}

const plm_real *plm_plan_read(const plm_plan *plan, plm_value v)
{
    if (v.id == 0 || v.id >= plan->graph->values)
        return NULL;
    return plan->bound[v.id] != NULL ? plan->bound[v.id] : at(plan, plan->memory.value[v.id]);
}

plm_real *plm_plan_gradient(const plm_plan *plan, plm_value v)
{
    return v.id > 0 && v.id < plan->graph->values ? at(plan, plan->memory.gradient[v.id]) : NULL;
}

size_t plm_plan_bytes(const plm_plan *plan)
{
    return plan->block_size * sizeof(plm_real) + plm_arena_bytes(&plan->arena);
}
