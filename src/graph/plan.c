/* Compiles a graph into flat lists of passes over one block of memory. After that nothing is
 * allocated. plan_fill, at the end of this file, is the whole compiler: it lists the stages of
 * compilation, with what each needs and leaves.
 *
 * The work is split between this file and its neighbours: reverse.c finds what must be computed,
 * memory.c where it lies, passes.c in which order it runs, barriers.c where threads must wait. */
#include "graph/plan_parts.h"

/* Returns the operand for a value. It points to the value's place in the block, or for a parameter
 * to its place in the parameter vector. */
static plm_operand operand(const plm_plan *plan, uint32_t id)
{
    const plm_graph_value *v = &plan->graph->value[id];
    plm_operand o = {.shape = v->shape, .id = id};
    if (v->origin == PLM_FROM_PARAMETER) {
        o.weight = &plan->graph->weight[v->index];
        o.x = plan->running.p + o.weight->offset;
        return o;
    }
    o.x = plm_plan_at(plan, plan->memory.value[id]);
    o.g = plm_plan_at(plan, plan->memory.gradient[id]);
    return o;
}

/* Fills step k from node k. It is called twice for each node: before the block exists, to find its
 * size, and afterwards, to set the pointers. */
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
            s->in[i].g = plm_plan_at(plan, grad_tmp);
    }
    s->out = operand(plan, node->output);
}

/* ---- memory ---- */

/* Rounds a count of numbers up to a multiple of PLM_LANES. */
static size_t rounded(size_t n)
{
    return (n + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Returns the number of weights that a run of a plan updates. */
static double count_updated(const plm_plan *plan)
{
    double count = 0;
    for (size_t i = 0; i < plan->graph->weights && plan->options.training; i++)
        if (plan->graph->weight[i].trainable)
            count += (double)plan->graph->weight[i].count;
    return count;
}

/* Asks every op how much memory it keeps and how much scratch it needs, and adds up the work. The
 * steps must exist already, since ops read the shapes in them. *kept becomes the size of the kept
 * memory of all ops together, in numbers. */
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
    plan->updated = count_updated(plan);
    plan->running.scratch_size = scratch;
    *kept = total;
    return PLM_OK;
}

/* Calls prepare() of every op that has one, once for this plan. */
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
        /* these steps serve only for their shapes; take_block makes them again with pointers */
        make_step(plan, k);
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

/* Lists the operands that read the caller's inputs. Rows without gaps are read in the caller's
 * memory, so plm_plan_bind must set the pointers of these operands. */
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
 *     plm_plan_list      the steps           (passes.c, in these stages:)
 *       plan_prefetches  the steps           prefetch hints of each step
 *       plan_list        the steps           all passes in the order of running
 *       plm_barriers_find  the list          planned[].barrier
 *       plan_stages      the barriers        stage[]
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
    PLM_TRY(plm_plan_list(plan));
    return find_borrowers(plan);
}

/* Sets the initial state of a plan, then compiles it. */
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
                                  .control = g->control,
                                  .threads = plm_pool_threads(g->w->pool)};
    const plm_status status = plan_fill(plan);
    plan->options.output = plan->options.loss = NULL; /* the caller owns these lists */
    if (status < 0) {
        plm_plan_close(plan);
        return status;
    }
    *out = plan;
    return PLM_OK;
}

/* Frees the plan and its block. Its graph belongs to the model and stays. */
void plm_plan_close(plm_plan *plan)
{
    if (plan == NULL)
        return;
    plm_release(plan->w, plan->block);
    plm_arena_free(&plan->arena);
    plm_release(plan->w, plan);
}

/* Returns the state that the caller sets before a run, such as the number of rows. */
plm_running *plm_plan_running(plm_plan *plan)
{
    return &plan->running;
}

/* Returns the numbers of a value after a run; NULL = this plan does not have the value. An input
 * whose rows need no padding is read in the caller's memory; every other value has a place in the
 * plan's block. */
const plm_real *plm_plan_read(const plm_plan *plan, plm_value v)
{
    if (v.id == 0 || v.id >= plan->graph->values)
        return NULL;
    return plan->bound[v.id] != NULL ? plan->bound[v.id]
                                     : plm_plan_at(plan, plan->memory.value[v.id]);
}

/* Returns the gradient of a value after a run; NULL = the value has no gradient, and so no place in
 * the block. */
plm_real *plm_plan_gradient(const plm_plan *plan, plm_value v)
{
    return v.id > 0 && v.id < plan->graph->values ? plm_plan_at(plan, plan->memory.gradient[v.id])
                                                  : NULL;
}

/* Returns the size of the plan in bytes: its block of numbers, and the arena with its steps, passes
 * and lists. */
size_t plm_plan_bytes(const plm_plan *plan)
{
    return plan->block_size * sizeof(plm_real) + plm_arena_bytes(&plan->arena);
}
