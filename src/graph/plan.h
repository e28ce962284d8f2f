/* Plans and runs a graph. A plan is the list of the passes of all nodes of the graph, over one
 * block of memory. A plan serves one purpose (training, inference, ...) and batches of up to
 * `capacity` rows. Opening a plan allocates everything; running it allocates nothing. */
#ifndef PLM_GRAPH_PLAN_H
#define PLM_GRAPH_PLAN_H

#include "graph/op.h"

typedef struct plm_plan plm_plan;

/* What a plan is made for. */
typedef struct {
    bool training;           /* true = backward and weight passes run, too */
    int64_t capacity;        /* max rows of a batch */
    int outputs;             /* number of values that must be readable at the end of a run */
    const plm_value *output; /* [outputs] */
    /* number of losses; a loss has one number per row, whose gradient is 1 at the start of
     * backward */
    int losses;
    const plm_value *loss; /* [losses] */
    /* true = inference in which random ops act as in training (Monte Carlo dropout) */
    bool noisy;
    /* true = the plan only serves for plm_plan_bytes: no block is allocated, and it cannot run */
    bool measured;
} plm_plan_options;

/* Plans a graph, which must outlive the plan. p: the parameter vector. Errors:
 * E_MEMORY. */
PLM_CHECKED plm_status plm_plan_open(const plm_graph *g, const plm_plan_options *o, plm_real *p,
                                     plm_plan **out);
/* Frees a plan; NULL is allowed. */
void plm_plan_close(plm_plan *plan);
/* Returns the state that all steps share. Before a run the caller sets rows, seed, step, apply and
 * g in it. */
plm_running *plm_plan_running(plm_plan *plan);
/* Sets the rows [count][numbers of a row] of an input, a target or the sample weights for the next
 * run. If the layout allows it, the caller's rows are read in place instead of copied; they must
 * stay valid until the run is done. */
void plm_plan_bind(plm_plan *plan, plm_value v, const float *rows, int64_t count);
/* Tells the plan that other code has changed p. The next run then first updates the plan's copies
 * of parameters. */
void plm_plan_set_dirty(plm_plan *plan);
/* Runs the forward passes, and in a training plan the backward and weight passes. */
void plm_plan_run(plm_plan *plan);
/* Updates the copies of parameters now, after an update with stored gradients has changed p. */
void plm_plan_refresh(plm_plan *plan);
/* Returns the number of threads of the last run, so that related work can use as many; 0 = no run
 * yet. */
int plm_plan_parts(const plm_plan *plan);
/* Returns the number of threads that a run of `capacity` rows uses when it is not trying numbers of
 * threads (base/trial.h). */
int plm_plan_chosen_threads(const plm_plan *plan);
/* Returns the numbers of a value after a run, [rows][lines][stride]. NULL = this plan does not keep
 * the value. */
const plm_real *plm_plan_read(const plm_plan *plan, plm_value v);
/* Returns the gradient of a value after a training run, with the layout of the value. NULL = the
 * value has no gradient. */
plm_real *plm_plan_gradient(const plm_plan *plan, plm_value v);
/* Returns the number of bytes of the plan's block and of its lists. */
size_t plm_plan_bytes(const plm_plan *plan);

#endif
