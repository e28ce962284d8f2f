/* The inside of a plan. Internal to graph/: plan.c compiles it, run.c runs it. */
#ifndef PLM_GRAPH_PLAN_PARTS_H
#define PLM_GRAPH_PLAN_PARTS_H

#include "base/threads.h"
#include "base/trial.h"
#include "graph/memory.h"
#include "graph/plan.h"

typedef enum {
    PLM_PART_REFRESH,
    PLM_PART_FORWARD,
    PLM_PART_BACKWARD,
    PLM_PART_WEIGHTS
} plm_plan_part;

/* One pass of one step, in the order of running. */
typedef struct {
    const plm_step *step;
    const plm_pass *pass;
    plm_pass_function *run;
    plm_plan_part part;
    bool by_units; /* how it is cut */
    bool barrier;  /* all threads meet before it */
} plm_planned;

/* All passes, in the order of running. */
typedef struct {
    plm_planned *planned;
    size_t count;         /* planned passes */
    size_t first_running; /* passes before this one are refreshes */
    /* [stages + 1] where each stage begins: passes between two barriers */
    size_t *stage;
    size_t stages, first_stage; /* the first one after the refreshes */
} plm_pass_list;

/* A place where the pointer of a borrowed input value must be put. */
typedef struct {
    uint32_t value;
    plm_real **pointer;
} plm_borrower;

struct plm_plan {
    plm *w;
    plm_arena arena;
    plm_running running;
    plm_plan_options options;
    const plm_graph *graph;
    plm_reverse reverse;
    plm_memory memory;
    plm_real *block;
    size_t block_size; /* numbers */
    plm_step *step;
    size_t steps, step_room;
    plm_pass_list alone;    /* for one thread */
    plm_pass_list several;  /* for more, of a training plan: the same work, cut another way */
    plm_trial trial;        /* whether fewer threads are faster */
    int64_t (*clock)(void); /* nanoseconds, of the trial */
    int parts;              /* threads of the last run; 0 = there was none */
    plm_real **bound;       /* [values] where a bound input lies; NULL = in the block */
    plm_borrower *borrower;
    size_t borrowers;
    bool *begun; /* [values] while the list is made: a pass begins this parameter's gradient */
    double work; /* multiply-adds a row, all parts */
    bool stale;
};

/* Adds the gradient of a value's further reader to that of the first (add_gradient.c). */
extern const plm_op_kind plm_add_gradient;

/* Puts a barrier before every pass that needs one (barriers.c). */
PLM_CHECKED plm_status plm_barriers_find(plm_plan *plan, plm_pass_list *list);
/* The most threads that so many rows are worth. */
int plm_plan_threads(const plm_plan *plan, int64_t rows);
/* In how many ways it can be run: by all threads of the pool, half of them (of four or more), one
 * of them; by all of them alone where the caller fixed their number. */
int plm_plan_ways(const plm_plan *plan);

#endif
