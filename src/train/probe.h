/* A probe measures a training while it runs. Code above this folder owns it and sets
 * plm_training.probe; NULL = nothing is measured, which costs a step only the test of a pointer. A
 * probe never changes the training: model files are the same with and without it. */
#ifndef PLM_TRAIN_PROBE_H
#define PLM_TRAIN_PROBE_H

#include "train/train.h"

/* Partial sums of squares over a chunk of a parameter: of the weights before the step, of their
 * gradient (of the loss, without penalties, before it is clipped) and of their update. */
typedef struct {
    double weight, gradient, update;
} plm_probe_cell;

/* A probe. */
typedef struct plm_probe_hook {
    void *self;
    /* Returns whether a step is to be measured; steps count from 0. */
    bool (*when)(void *self, int64_t step);
    /* Called after a measured step. The plan still has all activations and gradients of the batch,
     * the weights are updated, and the partial sums (cells) are complete. */
    void (*look)(void *self, plm_plan *plan, int64_t step);
    /* Called after every step with the mean loss of its batch. */
    void (*loss)(void *self, int64_t step, double loss);
    plm_probe_cell *cell; /* [cells] partial sums; each is written by one thread only */
    size_t cells;
    const size_t *first; /* [graph.weights] index in `cell` of the first partial sum of each
                               * parameter */
    /* [graph.weights] the parameters of the graph, to which `first` refers */
    const plm_weight *weight;
    /* [trained] weights before the step; used only if the plan stores gradients */
    plm_real *old;
} plm_probe_hook;

/* Returns the number of partial sums (cells) of a parameter. */
size_t plm_probe_cells(const plm_weight *weight);
/* Returns the index, among the partial sums of a parameter, of the one that contains the element at
 * `offset` of the parameter vector. */
size_t plm_probe_cell_index(const plm_weight *weight, size_t offset);
/* Returns how many elements from `offset` on belong to the same partial sum. */
size_t plm_probe_cell_rest(const plm_weight *weight, size_t offset);
/* The parameter vector is updated in chunks, and each chunk has partial sums of squares of its own.
 * Returns those of the chunk that starts at `offset`. */
plm_probe_cell *plm_probe_cell_of(const plm_probe_hook *probe, const plm_weight *weight,
                                  size_t offset);
/* True if the probe measures this step; the partial sums are then set to 0. probe may be NULL. */
bool plm_probe_begin(const plm_probe_hook *probe, int64_t step);

/* Measures weights and gradient, and changes nothing. Called in place of the fused update by
 * plm_training_look. */
void plm_probe_apply(void *self, const plm_weight *weight, size_t offset, plm_real *g, size_t count,
                     int thread);
/* Measure a step whose gradients are stored: plm_probe_stored before gradients and weights are
 * changed, plm_probe_update after the update. */
void plm_probe_stored(const plm_training *t);
void plm_probe_update(const plm_training *t);

/* Runs forward and backward of a bound plan as in a step, but updates nothing. The training must
 * have a probe, which measures the step. Layers with moving statistics (batch_normalization) change
 * them, so the caller must restore them. (update.c) */
void plm_training_look(plm_training *t, plm_plan *plan);

#endif
