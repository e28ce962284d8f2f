/* Runs a plan, stage after stage. Each pass of a stage is cut into as many shares as there are
 * threads. Only the numbers of rows, units and threads determine the shares, and the result of a
 * row or unit does not depend on the share it is in. So the bits are the same for any number of
 * threads.
 *
 * The stages are run by a pool (base/threads.h), which knows nothing of passes; this file turns a
 * stage and a share into calls of passes. */
#include <string.h>

#include "graph/plan_parts.h"

/* Min number of multiply-adds per thread. With fewer, a barrier costs more time than another thread
 * saves. */
static const double WORK_WORTH_A_THREAD = 400000.0;
/* Number of multiply-adds that take at most as long as the update of one weight, which moves the
 * weight, its gradient and the slots of the optimizer between the core and its caches. */
static const double WORK_OF_UPDATE = 8.0;

/* Runs the share of one thread of a pass. */
static void run_pass(const plm_plan *plan, const plm_planned *p, int thread, int threads)
{
    int64_t count = plan->running.rows, first = 0, last = 0;
    if (p->by_units)
        count = p->pass->units(p->step);
    /* A single thread takes everything without plm_share, whose divisions take a noticeable time in
     * nets of many small layers. */
    if (threads == 1)
        last = count;
    else
        plm_share(count, 1, thread, threads, &first, &last);
    if (first < last)
        p->run(p->step, first, last, thread);
}

/* The argument of run_part. */
typedef struct {
    const plm_plan *plan;      /* plan->running.rows is the number of rows of this batch */
    const plm_pass_list *list; /* the list for one thread or for several */
    size_t from;               /* the first stage to run */
} stages_run;

/* Runs one thread's share of a stage. plm_stages calls it. */
static void run_part(void *argument, int stage, int thread, int threads)
{
    const stages_run *r = argument;
    const size_t k = r->from + (size_t)stage;
    for (size_t i = r->list->stage[k]; i < r->list->stage[k + 1]; i++)
        run_pass(r->plan, &r->list->planned[i], thread, threads);
}

/* Returns for how many threads a run of `rows` rows has enough work. A training run has about three
 * times the work of a forward run: forward, backward, weights; and it updates all weights, which
 * takes most of the time of small batches. The work is counted in multiply-adds, so the answer does
 * not depend on the load of the machine. A trial finds whether more threads are really faster. */
int plm_plan_threads(const plm_plan *plan, int64_t rows)
{
    const double parts = plan->options.training ? 3.0 : 1.0;
    const double total = plan->work * parts * (double)rows + WORK_OF_UPDATE * plan->updated;
    const int max = plm_pool_threads(plan->w->pool);
    if (total >= WORK_WORTH_A_THREAD * max)
        return max;
    const int worth = (int)(total / WORK_WORTH_A_THREAD);
    return worth < 1 ? 1 : worth;
}

/* Returns how many numbers of threads a trial compares, to find the fastest: all threads, one
 * thread and, if there are four or more, half of them, since many machines have two threads per
 * core. With fixed_threads the user has chosen, so the result is 1. */
int plm_plan_ways(const plm_plan *plan)
{
    const int threads = plan->running.threads;
    if (threads == 1 || plan->w->options.fixed_threads)
        return 1;
    return threads >= 4 ? 3 : 2;
}

/* Returns the number of threads, at most `max`, that the trial uses for the next run. trial.way is
 * 0 for all threads, ways - 1 for one thread, and between them for half of the threads. */
static int threads_of_way(const plm_plan *plan, int max)
{
    const plm_trial *t = &plan->trial;
    const int half = plan->running.threads / 2;
    if (t->way == 0)
        return max;
    if (t->way + 1 == t->ways)
        return 1;
    return half < max ? half : max;
}

/* Runs stages on `threads` threads. refreshes: runs the stages that refresh copies of parameters.
 * runs: runs all other stages. An op may do without its copies when a single thread runs the batch,
 * and then leaves them as they were, so several threads after a single one refresh them first. */
static void run_list(plm_plan *plan, int threads, bool refreshes, bool runs)
{
    stages_run r = {.plan = plan, .list = threads > 1 ? &plan->several : &plan->alone};
    const size_t to = runs ? r.list->stages : r.list->first_stage;
    const bool old_copies = plan->running.alone && threads > 1;
    r.from = refreshes || old_copies ? 0 : r.list->first_stage;
    plan->running.alone = threads == 1;
    plm_stages(plan->w->pool, threads, (int)(to - r.from), run_part, &r);
    plan->dirty = false;
}

/* Runs the forward passes, and in a training plan the backward and weight passes. A run with enough
 * work for several threads is timed, to find out whether fewer threads are faster. The bits do not
 * depend on the number of threads. */
void plm_plan_run(plm_plan *plan)
{
    const int max = plm_plan_threads(plan, plan->running.rows);
    const bool tried = max > 1 && plan->trial.ways > 1;
    plan->parts = tried ? threads_of_way(plan, max) : max;
    const int64_t begun = tried ? plan->clock() : 0;
    run_list(plan, plan->parts, plan->dirty, true);
    if (tried)
        plm_trial_note(&plan->trial, plan->running.rows, plan->clock() - begun);
}

/* Tells the plan that other code has changed p. The next training run then begins with the refresh
 * passes, which copy the parameters again. */
void plm_plan_set_dirty(plm_plan *plan)
{
    plan->dirty = true;
}

/* Runs only the refresh passes, which write transposed copies of weights. */
void plm_plan_refresh(plm_plan *plan)
{
    run_list(plan, plan->parts > 0 ? plan->parts : 1, true, false);
}

/* Returns the number of threads of the last run, so that related work can use as many. 0 = no run
 * yet. */
int plm_plan_parts(const plm_plan *plan)
{
    return plan->parts;
}

/* Returns the number of threads that the trial has chosen for a batch of `capacity` rows. It is
 * computed on a copy of the plan, since threads_of_way reads the trial's current way. */
int plm_plan_chosen_threads(const plm_plan *plan)
{
    plm_plan between = *plan;
    between.trial.way = plan->trial.chosen;
    return threads_of_way(&between, plm_plan_threads(plan, plan->options.capacity));
}

/* Copies rows [count][lines * width] to padded rows `to` [count][lines][stride], and sets the
 * padding to 0. */
static void copy_rows(plm_real *to, const plm_shape *s, const float *rows, int64_t count)
{
    const size_t width = (size_t)s->width, stride = (size_t)s->stride;
    for (size_t i = 0; i < (size_t)(count * s->lines); i++) {
        plm_real *line = to + i * stride;
        for (size_t j = 0; j < width; j++)
            line[j] = rows[i * width + j];
        memset(line + width, 0, (stride - width) * sizeof *line);
    }
}

/* Returns a pointer to the caller's rows without its const, for an operand. The rows are not
 * changed, since no op writes to an input. */
static plm_real *without_const(const float *rows)
{
    union {
        const void *from;
        void *to;
    } pun = {.from = rows};
    return pun.to;
}

/* Sets the rows of an input. If the plan computes in float and vectors have no padding, the rows
 * are read in the caller's memory; otherwise they are copied into the block. Then sets the pointers
 * of all operands that read the input. */
void plm_plan_bind(plm_plan *plan, plm_value v, const float *rows, int64_t count)
{
    const plm_shape *s = &plan->graph->value[v.id].shape;
    plm_real *own =
        plan->memory.value[v.id] == PLM_NOWHERE ? NULL : plan->block + plan->memory.value[v.id];
    plm_real *x = own;
    if (sizeof(plm_real) == sizeof(float) && s->width == s->stride)
        x = without_const(rows);
    else if (own != NULL)
        copy_rows(own, s, rows, count);
    plan->bound[v.id] = x;
    for (size_t i = 0; i < plan->borrowers; i++)
        if (plan->borrower[i].value == v.id)
            *plan->borrower[i].pointer = x;
}
