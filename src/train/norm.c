/* Measures the norm of the gradient for the logs of an epoch. Squares are summed in partial sums
 * over fixed ranges of elements, which do not depend on how threads share the work, and the partial
 * sums are added in a fixed order. So the norm has the same bits on any number of threads.
 * Measuring every update would make a step some 2 % slower; so only the first update of an epoch
 * and every tenth are measured. */
#include <math.h>
#include <string.h>

#include "train/probe.h"

enum { EVERY = 10 };

/* Gives each trained parameter its range in the array of partial sums. */
plm_status plm_training_norm_open(plm_training *t)
{
    const plm_graph *g = &t->m->graph;
    t->norm = (plm_gradient_norm){
        .first = plm_arena_array(&t->m->built, g->weights + 1, sizeof *t->norm.first)};
    for (size_t i = 0; t->norm.first != NULL && i < g->weights; i++) {
        t->norm.first[i] = t->norm.cells;
        t->norm.cells += g->weight[i].trainable ? plm_probe_cells(&g->weight[i]) : 0;
    }
    t->norm.square = plm_arena_array(&t->m->built, t->norm.cells + 1, sizeof *t->norm.square);
    return t->norm.first != NULL && t->norm.square != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Decides whether the next update is measured. The first update of an epoch always is, so that
 * every epoch has a norm. */
void plm_training_norm_begin(plm_training *t, bool due)
{
    t->norm.measured = t->norm.wanted && due && (t->norm.count < 1 || t->updates % EVERY == 0);
    if (t->norm.measured)
        memset(t->norm.square, 0, t->norm.cells * sizeof *t->norm.square);
}

/* Adds the squares of a piece of a parameter's gradient to its partial sums. A matrix is stored in
 * panels of 16 columns; a partial sum covers 16 rows of a panel, or 16 elements of any other
 * parameter. */
void plm_training_norm_add(const plm_training *t, const plm_weight *weight, size_t offset,
                           const plm_real *g, size_t count)
{
    double *cell = t->norm.square + t->norm.first[weight - t->m->graph.weight];
    for (size_t i = 0, n = 0; i < count; i += n) {
        n = plm_probe_cell_rest(weight, offset + i);
        n = count - i < n ? count - i : n;
        cell[plm_probe_cell_index(weight, offset + i)] += t->m->w->kernel->sum_squares(g + i, n);
    }
}

/* Adds the partial sums in a fixed order, so that the norm has the same bits on any number of
 * threads. */
void plm_training_norm_end(plm_training *t)
{
    double square = 0;
    for (size_t i = 0; i < t->norm.cells; i++)
        square += t->norm.square[i];
    t->norm.sum += sqrt(square);
    t->norm.count++;
    t->norm.measured = false;
}

/* Returns the mean norm of the measured updates of the epoch; NaN = none was measured. */
double plm_training_norm(const plm_training *t)
{
    return t->norm.count > 0 ? t->norm.sum / t->norm.count : (double)NAN;
}
