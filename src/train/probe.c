/* The cells of a probe: one for each chunk of a parameter that the update handles at once. */
#include "train/probe.h"

#include <string.h>

/* Returns how many cells a panel has: one for each 16 of its rows, since the chunks of a matrix are
 * pieces of panels that begin at a multiple of 16 rows. */
static size_t cells_of_panel(const plm_weight *weight)
{
    return (weight->rows + PLM_LANES - 1) / PLM_LANES;
}

/* Returns the number of cells that a parameter needs. A matrix has a cell for each panel and piece
 * of its rows, other parameters one for 16 numbers. */
size_t plm_probe_cells(const plm_weight *weight)
{
    return weight->layout == PLM_LAYOUT_PANELS
               ? (weight->columns + PLM_LANES - 1) / PLM_LANES * cells_of_panel(weight)
               : weight->size / PLM_LANES;
}

size_t plm_probe_cell_index(const plm_weight *weight, size_t offset)
{
    const size_t line = (offset - weight->offset) / PLM_LANES;
    if (weight->layout != PLM_LAYOUT_PANELS)
        return line;
    return line / weight->rows * cells_of_panel(weight) + line % weight->rows / PLM_LANES;
}

size_t plm_probe_cell_rest(const plm_weight *weight, size_t offset)
{
    if (weight->layout != PLM_LAYOUT_PANELS)
        return PLM_LANES;
    const size_t row = (offset - weight->offset) / PLM_LANES % weight->rows;
    const size_t end = (row / PLM_LANES + 1) * PLM_LANES;
    return ((end < weight->rows ? end : weight->rows) - row) * PLM_LANES;
}

/* Returns the cell in which a span of a parameter is measured. offset: where the span begins in the
 * long vector. */
plm_probe_cell *plm_probe_cell_of(const plm_probe_hook *probe, const plm_weight *weight,
                                  size_t offset)
{
    return probe->cell + probe->first[weight - probe->weight] +
           plm_probe_cell_index(weight, offset);
}

/* True if this step is measured; its cells then start from 0. */
bool plm_probe_begin(const plm_probe_hook *probe, int64_t step)
{
    if (probe == NULL || !probe->when(probe->self, step))
        return false;
    memset(probe->cell, 0, probe->cells * sizeof *probe->cell);
    return true;
}

/* Takes the place of the fused update in a look: measures weights and gradient, changes nothing.
 * Called in place of apply_fused by a look: measures weights and gradients, and changes nothing. */
void plm_probe_apply(void *self, const plm_weight *weight, size_t offset, plm_real *g, size_t count,
                     int thread)
{
    const plm_training *t = self;
    const plm_kernels *kernel = t->m->w->kernel;
    (void)thread;
    size_t n = weight->layout == PLM_LAYOUT_PANELS ? count : PLM_LANES;
    for (size_t i = 0; i < count; i += n) {
        plm_probe_cell *cell = plm_probe_cell_of(t->probe, weight, offset + i);
        n = count - i < n ? count - i : n;
        cell->weight += kernel->sum_squares(t->m->vector.p + offset + i, n);
        cell->gradient += kernel->sum_squares(g + i, n);
    }
}

/* Measures weights and stored gradients for a probe, before anything changes them, and keeps the
 * weights for plm_probe_update. */
void plm_probe_stored(const plm_training *t)
{
    const plm_kernels *kernel = t->m->w->kernel;
    const plm_parameters_vector *v = &t->m->vector;
    for (size_t i = 0; i < t->m->graph.weights; i++) {
        const plm_weight *weight = &t->m->graph.weight[i];
        if (!weight->trainable)
            continue;
        plm_probe_cell *cell = plm_probe_cell_of(t->probe, weight, weight->offset);
        cell->weight = kernel->sum_squares(v->p + weight->offset, weight->size);
        cell->gradient = kernel->sum_squares(v->g + weight->offset, weight->size);
    }
    memcpy(t->probe->old, v->p, v->trained * sizeof *v->p);
}

/* Measures how far a step with stored gradients has moved the weights. */
void plm_probe_update(const plm_training *t)
{
    for (size_t i = 0; i < t->m->graph.weights; i++) {
        const plm_weight *weight = &t->m->graph.weight[i];
        if (weight->trainable)
            plm_probe_cell_of(t->probe, weight, weight->offset)->update =
                t->m->w->kernel->update_after(t->m->vector.p + weight->offset,
                                              t->probe->old + weight->offset, weight->size);
    }
}
