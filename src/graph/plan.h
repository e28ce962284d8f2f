/* Plans, for whoever runs a graph: the passes of all its nodes, over one block of memory. */
#ifndef PLM_GRAPH_PLAN_H
#define PLM_GRAPH_PLAN_H

#include "graph/op.h"

typedef struct plm_plan plm_plan;

typedef struct {
    bool training;
    int64_t capacity; /* rows */
    int outputs;      /* values that must be there at the end */
    const plm_value *output;
    int losses; /* values (one number a row) whose gradient is 1: where backward begins */
    const plm_value *loss;
    bool noisy;    /* not in training, but random ops act (Monte Carlo dropout) */
    bool measured; /* only to learn plm_plan_bytes: no block is taken, and the plan cannot run */
} plm_plan_options;

/* Plans a graph. The block for all values is taken once. p: the long vector. */
PLM_CHECKED plm_status plm_plan_open(const plm_graph *g, const plm_plan_options *o, plm_real *p,
                                     plm_plan **out);
void plm_plan_close(plm_plan *plan);
/* The state shared by the steps, to be filled before a run: rows, seed, step, apply, g. */
plm_running *plm_plan_running(plm_plan *plan);
/* Copies (or, where the layout allows, borrows) rows of an input, target or sample weight value. */
void plm_plan_bind(plm_plan *plan, plm_value v, const float *rows, int64_t count);
/* After p was changed from outside: copies of parameters are brought up to date before the next
 * run. */
void plm_plan_stale(plm_plan *plan);
/* Runs forward, and in a training plan backward and weight passes. */
void plm_plan_run(plm_plan *plan);
/* For stored gradients: brings copies up to date after p was updated in parallel. */
void plm_plan_refresh(plm_plan *plan);
/* Threads of the last run, for what goes with it; 0 = there was none. */
int plm_plan_parts(const plm_plan *plan);
/* Threads that a run of `capacity` rows takes between the trials that compare their numbers. */
int plm_plan_chosen_threads(const plm_plan *plan);
/* The buffer of a value: lines of width numbers, stride apart. NULL = not kept by this plan. */
const plm_real *plm_plan_read(const plm_plan *plan, plm_value v);
/* The buffer of its gradient, after a training run. NULL = it has none. */
plm_real *plm_plan_gradient(const plm_plan *plan, plm_value v);
/* Bytes of the plan's block and lists. */
size_t plm_plan_bytes(const plm_plan *plan);

#endif
