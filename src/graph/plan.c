/* Compiles a graph into a flat list of passes over one block of memory. Once made, nothing is
 * allocated. */
#include <string.h>

#include "base/system.h"
#include "graph/plan_parts.h"

/* Before the block is there, any place will do: ops that tell their needs only ask whether there
 * is one. */
static plm_real *at(const plm_plan *plan, size_t offset)
{
    if (offset == PLM_NOWHERE)
        return NULL;
    return plan->block != NULL ? plan->block + offset : plan->running.p;
}

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
        const size_t detour = plan->memory.detour[k * PLM_OPERANDS + (size_t)i];
        if (detour != PLM_NOWHERE)
            s->in[i].g = at(plan, detour);
    }
    s->out = operand(plan, node->output);
}

/* ---- the lists of passes ---- */

/* A list that is made: for several threads, or for one. */
typedef struct {
    plm_plan *plan;
    plm_pass_list *list;
    bool several;
} making;

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

static void plan_refresh(making *m)
{
    const plm_plan *plan = m->plan;
    for (size_t k = 0; plan->options.training && k < plan->graph->nodes; k++)
        if (plan->reverse.backward[k])
            plan_passes(m, &plan->step[k], plan->step[k].op->cpu.refresh, 1, PLM_PART_REFRESH);
    m->list->first_running = m->list->count;
}

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

/* Every list has the same steps here, each at the same place. */
static void plan_detours(making *m, size_t k)
{
    plm_plan *plan = m->plan;
    const plm_node *node = &plan->graph->node[k];
    for (int i = 0; i < node->inputs; i++) {
        if (plan->memory.detour[k * PLM_OPERANDS + (size_t)i] == PLM_NOWHERE)
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

/* Nodes come here from the last to the first. The first pass of a parameter begins its gradient,
 * those of other nodes that read it add to that. */
static void mark_adding(plm_plan *plan, size_t k)
{
    plm_step *s = &plan->step[k];
    for (int i = 0; i < s->inputs; i++)
        s->in[i].adds = s->in[i].weight != NULL && plan->begun[s->in[i].id];
    for (int i = 0; i < s->inputs; i++)
        plan->begun[s->in[i].id] = true;
}

static void plan_weights(making *m, size_t k)
{
    const plm_step *s = &m->plan->step[k];
    mark_adding(m->plan, k);
    plan_passes(m, s, s->op->cpu.weights, 1, PLM_PART_WEIGHTS);
}

/* One thread trains a node's weights as soon as it has their gradient, while x, dz and W are in
 * cache; several take all weights together, behind one barrier. */
static void plan_backward(making *m)
{
    plm_plan *plan = m->plan;
    memset(plan->begun, 0, plan->graph->values * sizeof *plan->begun);
    plan->steps = plan->graph->nodes;
    for (size_t k = plan->graph->nodes; k-- > 0;) {
        if (!plan->reverse.backward[k])
            continue;
        plan_passes(m, &plan->step[k], plan->step[k].op->cpu.backward, 3, PLM_PART_BACKWARD);
        plan_detours(m, k);
        if (!m->several)
            plan_weights(m, k);
    }
    for (size_t k = plan->graph->nodes; m->several && k-- > 0;)
        if (plan->reverse.backward[k])
            plan_weights(m, k);
}

/* Stages: the passes between two barriers; the first pass after the refreshes begins one, too. */
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

/* Weights of kernels that an op reads. */
static plm_soon panels_of_step(const plm_step *s)
{
    for (int i = 0; i < s->inputs; i++)
        if (s->in[i].weight != NULL && s->in[i].weight->layout == PLM_LAYOUT_PANELS)
            return (plm_soon){s->in[i].x, s->in[i].weight->size};
    return (plm_soon){0};
}

/* What the caches do not keep from batch to batch is called for while the op before is busy:
 * going forward the next op's weights, going backward what it keeps. What is large is a stream
 * that the machine foresees. Ops ask only where one thread runs the batch: see plm_step_soon. */
static void plan_soon(plm_plan *plan)
{
    /* numbers: half of a second cache of 1 MiB, a quarter of it */
    enum { KEPT = 1 << 17, LARGE = 1 << 16 };
    const size_t nodes = plan->graph->nodes;
    plm_soon soon = {0};
    size_t all = 0;
    for (size_t k = 0; k < nodes; k++)
        all += panels_of_step(&plan->step[k]).count;
    if (all < KEPT)
        return;
    for (size_t k = nodes; k-- > 0;) {
        const plm_soon own = panels_of_step(&plan->step[k]);
        if (soon.count <= LARGE && soon.count >= own.count / 4) /* less is not worth the calls */
            plan->step[k].forward_soon = soon;
        if (own.count > 0)
            soon = own;
    }
    soon.count = 0;
    for (size_t k = 0; k < nodes; k++) {
        plm_step *s = &plan->step[k];
        if (soon.count <= LARGE)
            s->backward_soon = soon;
        if (s->memory != NULL)
            soon = (plm_soon){s->memory, s->op->cpu.memory(s)};
    }
}

static plm_status plan_list(plm_plan *plan, bool several)
{
    making m = {plan, several ? &plan->several : &plan->alone, several};
    const size_t most = plan->graph->nodes * (3 + 3 + 1 + 1 + PLM_OPERANDS) + 1;
    m.list->planned = plm_arena_array(&plan->arena, most, sizeof *m.list->planned);
    if (m.list->planned == NULL)
        return PLM_E_MEMORY;
    plan_refresh(&m);
    plan_forward(&m);
    if (plan->options.training)
        plan_backward(&m);
    PLM_TRY(plm_barriers_find(plan, m.list));
    return plan_stages(plan, m.list);
}

static plm_status plan_lists(plm_plan *plan)
{
    plan->begun = plm_arena_array(&plan->arena, plan->graph->values, sizeof *plan->begun);
    if (plan->begun == NULL)
        return PLM_E_MEMORY;
    plan_soon(plan);
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

/* Asks every op what it wants to keep and to scribble on; steps must be made (their shapes are
 * read). */
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

/* What ops work out once for this plan. */
static plm_status prepare(plm_plan *plan)
{
    for (size_t k = 0; k < plan->graph->nodes; k++) {
        plm_step *s = &plan->step[k];
        if (plan->reverse.needed[k] && s->op->cpu.prepare != NULL)
            PLM_TRY(s->op->cpu.prepare(s, &plan->arena));
    }
    return PLM_OK;
}

/* Values and gradients, what ops keep, what threads scribble on. */
static plm_status measure_block(plm_plan *plan)
{
    size_t kept = 0, total = 0, scratch = 0, bytes = 0;
    for (size_t k = 0; k < plan->graph->nodes; k++)
        make_step(plan, k); /* pointers come later, shapes now */
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

/* Inputs whose rows are stored without gaps can be read where the caller has them. */
static plm_status find_borrowers(plm_plan *plan)
{
    size_t room = 0;
    for (size_t k = 0; k < plan->graph->nodes; k++)
        room += (size_t)plan->step[k].inputs;
    plan->borrower = plm_arena_array(&plan->arena, room + 1, sizeof *plan->borrower);
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

static plm_status plan_fill(plm_plan *plan)
{
    const size_t detours = plan->graph->nodes * PLM_OPERANDS;
    PLM_TRY(plm_reverse_find(plan->graph, &plan->options, &plan->arena, &plan->reverse));
    PLM_TRY(
        plm_memory_place(plan->graph, &plan->options, &plan->reverse, &plan->arena, &plan->memory));
    plan->step_room = plan->graph->nodes + detours + 1;
    plan->step = plm_arena_array(&plan->arena, plan->step_room, sizeof *plan->step);
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
    plan->stale = true;
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
