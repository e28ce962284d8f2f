/* Supports optimizers that cannot update span by span: those that update a whole parameter at once,
 * with memory of their own, and those that have training weights besides evaluation weights, such
 * as schedule-free ones. */
#include "base/threads.h"
#include "train/train.h"

/* Rounds up to a multiple of 16, so that the memory of every parameter is aligned. */
static size_t rounded(size_t count)
{
    return (count + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
}

/* Allocates the optimizer's memory for each parameter, and the working memory of its calls. A
 * thread updates one parameter at a time, so its working memory is as large as the largest
 * parameter requires. */
plm_status plm_training_whole_open(plm_training *t)
{
    const plm_optimizer_kind *kind = t->optimizer;
    const plm_graph *g = &t->m->graph;
    for (size_t i = 0; i < g->weights; i++) {
        if (!g->weight[i].trainable)
            continue;
        t->rule[i].memory = t->memories;
        if (kind->memory != NULL)
            t->memories += rounded(kind->memory(t->config, &g->weight[i]));
        const size_t work = kind->work != NULL ? kind->work(t->config, &g->weight[i]) : 0;
        if (work > t->work_size)
            t->work_size = rounded(work);
    }
    const size_t threads = (size_t)plm_threads(t->m->w);
    if (t->memories > 0 &&
        (t->memory = plm_arena_array(&t->m->built, t->memories, sizeof *t->memory)) == NULL)
        return PLM_E_MEMORY;
    if (t->work_size > 0 &&
        (t->work = plm_arena_array(&t->m->built, threads * t->work_size, sizeof *t->work)) == NULL)
        return PLM_E_MEMORY;
    return PLM_OK;
}

/* The argument of the function turn: the training, and which weights it is to have. */
typedef struct {
    const plm_training *t;
    bool resting; /* true = evaluation weights, false = training weights */
} turning;

/* Replaces training weights by evaluation weights, or the reverse, in the spans that belong to one
 * thread. */
static void turn(void *argument, int thread, int threads)
{
    const turning *job = argument;
    const plm_training *t = job->t;
    plm_span span = t->span[0];
    int64_t first = 0, last = 0;
    plm_share((int64_t)t->m->vector.trained, PLM_LANES, thread, threads, &first, &last);
    span.isa = t->m->w->kernel->isa;
    span.kernel = t->m->w->kernel;
    span.p = t->m->vector.p + first;
    span.count = (size_t)(last - first);
    for (int i = 0; i < PLM_SLOTS; i++)
        span.slot[i] = t->m->vector.slot[i] != NULL ? t->m->vector.slot[i] + first : NULL;
    if (first < last)
        t->optimizer->rest(t->config, &span, job->resting);
}

/* Replaces all weights by the training or evaluation weights, unless the model has those already.
 * state[3] of the optimizer, which checkpoints contain, says which weights the model has: 1 =
 * evaluation weights. */
static void turn_all(plm_training *t, bool resting)
{
    turning job = {.t = t, .resting = resting};
    if (t->optimizer->rest == NULL || t->updates == 0 || (t->state[3] > 0) == resting)
        return;
    plm_parallel(t->m->w->pool, 0, turn, &job);
    t->state[3] = resting;
    plm_model_mark_dirty(t->m);
}

/* Replaces the training weights by the evaluation weights (plm_optimizer_kind.rest), unless this is
 * done already. */
void plm_training_rest(plm_training *t)
{
    turn_all(t, true);
}

/* Restores the training weights, which plm_training_rest has replaced. */
void plm_training_wake(plm_training *t)
{
    turn_all(t, false);
}
