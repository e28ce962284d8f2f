/* A probe measures a training while it runs. Code above this folder owns it and sets
 * plm_training.probe; NULL = nothing is measured, which costs a step only the test of a pointer. A
 * probe never changes the training: model files are the same with and without it. */
#ifndef PLM_TRAIN_PROBE_H
#define PLM_TRAIN_PROBE_H

#include "train/train.h"

/* Sums of squares over a chunk of a parameter: the weights before the step, their gradient (of the
 * loss, without penalties, before it is clipped) and their update. */
typedef struct {
    double weight, gradient, update;
} plm_probe_cell;

/* A probe. */
typedef struct plm_probe_hook {
    void *self;
    /* True if a step is measured; steps count from 0. */
    bool (*when)(void *self, int64_t step);
    /* Called after a measured step. The plan still has all activations and gradients of the
     * batch, the weights are updated, and the cells are filled. */
    void (*look)(void *self, plm_plan *plan, int64_t step);
    /* Called after every step with the mean loss of its batch. */
    void (*loss)(void *self, int64_t step, double loss);
    plm_probe_cell *cell; /* [cells] each cell is written by one thread only */
    size_t cells;
    const size_t *first;      /* [graph.weights] the first cell of each parameter */
    const plm_weight *weight; /* [graph.weights] the parameters of the graph */
    plm_real *old;            /* [trained] weights before the step; used if gradients are stored */
} plm_probe_hook;

/* Returns the number of cells that a parameter needs. */
size_t plm_probe_cells(const plm_weight *weight);
/* Returns the index of the cell, among those of its parameter, that the number at `offset` of the
 * long vectors belongs to. */
size_t plm_probe_cell_index(const plm_weight *weight, size_t offset);
/* Returns how many numbers from `offset` on belong to the same cell. */
size_t plm_probe_cell_rest(const plm_weight *weight, size_t offset);
/* The long vector of parameters is updated in chunks, and each chunk has a cell for its sums of
 * squares. Returns the cell of the chunk that starts at `offset`. */
plm_probe_cell *plm_probe_cell_of(const plm_probe_hook *probe, const plm_weight *weight,
                                  size_t offset);
/* True if this step is measured; the cells are then set to 0. probe may be NULL. */
bool plm_probe_begin(const plm_probe_hook *probe, int64_t step);

/* Measures weights and gradient, and changes nothing. A look calls it in place of the fused
 * update. */
void plm_probe_apply(void *self, const plm_weight *weight, size_t offset, plm_real *g, size_t count,
                     int thread);
/* Measure a step with stored gradients: before anything changes gradients and weights, and after
 * the update. */
void plm_probe_stored(const plm_training *t);
void plm_probe_update(const plm_training *t);

/* Runs forward and backward of a bound plan like a step, but updates nothing. There must be a
 * probe, which measures the step. Layers with moving statistics (batch_normalization) change them,
 * so the caller must restore them. (update.c) */
void plm_training_look(plm_training *t, plm_plan *plan);

#endif
