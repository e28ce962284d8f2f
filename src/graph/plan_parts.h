/* The parts of a plan. Internal to graph/: plan.c and passes.c make a plan, run.c runs it. */
#ifndef PLM_GRAPH_PLAN_PARTS_H
#define PLM_GRAPH_PLAN_PARTS_H

#include "base/threads.h"
#include "base/trial.h"
#include "graph/memory.h"
#include "graph/plan.h"

/* The part of a run that a planned pass belongs to. */
typedef enum {
    PLM_PART_REFRESH,
    PLM_PART_FORWARD,
    PLM_PART_BACKWARD,
    PLM_PART_WEIGHTS
} plm_plan_part;

/* One pass of one step. */
typedef struct {
    const plm_step *step;
    const plm_pass *pass;
    plm_pass_function *run;
    plm_plan_part part;
    bool by_units; /* true = the pass is divided by units, false = by rows */
    /* true = this pass begins only after all threads have finished all earlier passes */
    bool barrier;
} plm_planned;

/* All passes in the order in which they run. */
typedef struct {
    plm_planned *planned;
    size_t count;         /* number of planned passes */
    size_t first_running; /* the passes before this one are refreshes */
    /* [stages + 1] the first pass of each stage; a stage is the passes between two barriers */
    size_t *stage;
    /* stages: number of stages. first_stage: index of the first stage after those that only refresh
     * copies of parameters. */
    size_t stages, first_stage;
} plm_pass_list;

/* The pointer of an operand that reads an input. It must be set whenever the caller gives other
 * rows. */
typedef struct {
    uint32_t value;
    plm_real **pointer;
} plm_borrower;

/* A plan. Its members are roughly in the order in which plan_fill (plan.c) sets them. */
struct plm_plan {
    plm *w;
    plm_arena arena;
    plm_running running;
    plm_plan_options options;
    const plm_graph *graph;
    plm_reverse reverse;
    plm_memory memory;
    /* the block: values and gradients, then the memory of ops, then scratch memory */
    plm_real *block;
    size_t block_size; /* numbers */
    plm_step *step;    /* [step_capacity] a step for each node, then the steps that add gradients */
    /* steps: number of entries of `step` in use, one for each node and, in training, one for each
     * add_gradient. step_capacity: length of `step` */
    size_t steps, step_capacity;
    plm_pass_list alone;    /* the passes in the order for one thread */
    plm_pass_list several;  /* the same passes, in the order in which several threads run them */
    plm_trial trial;        /* measures which number of threads is fastest */
    int64_t (*clock)(void); /* the trial's clock, in nanoseconds */
    int parts;              /* number of threads of the last run; 0 = no run yet */
    /* [values] the caller's rows from which an input is read; NULL = the rows are in the block */
    plm_real **bound;
    plm_borrower *borrower; /* [borrowers] */
    size_t borrowers;
    /* [values] used while a list is made: true = an earlier pass already stores the gradient of
     * this parameter */
    bool *begun;
    double work;    /* number of multiply-adds of forward per row, over all nodes */
    double updated; /* number of weights that a run updates; 0 in plans without training */
    bool dirty;     /* true = copies of parameters must be refreshed before the next run */
};

/* The address of an offset in the block; NULL for PLM_NOWHERE. While the block does not exist yet,
 * the result for any other offset is some pointer that is not NULL: at that time an op only says
 * how much memory it needs, and for that compares pointers with NULL. */
static inline plm_real *plm_plan_at(const plm_plan *plan, size_t offset)
{
    if (offset == PLM_NOWHERE)
        return NULL;
    return plan->block != NULL ? plan->block + offset : plan->running.p;
}

/* Makes the lists `alone` and `several` from the steps, and their prefetch hints (passes.c). */
PLM_CHECKED plm_status plm_plan_list(plm_plan *plan);

/* The op that adds the gradients from several readers of a value (add_gradient.c). */
extern const plm_op_kind plm_add_gradient;

/* Sets `barrier` of every pass in the list that needs one (barriers.c). */
PLM_CHECKED plm_status plm_barriers_find(plm_plan *plan, plm_pass_list *list);
/* Returns for how many threads a batch of `rows` rows has enough work: each further thread must
 * save more time than its barriers cost. */
int plm_plan_threads(const plm_plan *plan, int64_t rows);
/* Returns how many numbers of threads are tried: 1 = the number is fixed; 2 = all threads and one
 * thread; 3 = also half of the threads, if there are four or more. */
int plm_plan_ways(const plm_plan *plan);

#endif
