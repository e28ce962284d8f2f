/* Manages the partial sums (cells) of a probe: sums of squares over weights, gradients and updates.
 * A sum over a parameter must not depend on which thread updates which part. So each chunk of a
 * parameter, a part that is updated in one piece, has a partial sum of its own, and the partial
 * sums are added up in a fixed order. */
#include "train/probe.h"

#include <string.h>

/* Returns the number of partial sums of a panel, 16 columns in which a matrix is stored: one for
 * each 16 rows, since the chunks of a matrix begin at a multiple of 16 rows of a panel. */
static size_t cells_of_panel(const plm_weight *weight)
{
    return (weight->rows + PLM_LANES - 1) / PLM_LANES;
}

/* Returns the number of partial sums of a parameter. A matrix has one for each panel and 16 rows;
 * another parameter has one for each 16 elements. */
size_t plm_probe_cells(const plm_weight *weight)
{
    return weight->layout == PLM_LAYOUT_PANELS
               ? (weight->columns + PLM_LANES - 1) / PLM_LANES * cells_of_panel(weight)
               : weight->size / PLM_LANES;
}

/* Returns the index of the partial sum of the element at `offset`. The partial sums of a panel
 * follow one another; each one covers 16 rows of the panel. */
size_t plm_probe_cell_index(const plm_weight *weight, size_t offset)
{
    const size_t line = (offset - weight->offset) / PLM_LANES;
    if (weight->layout != PLM_LAYOUT_PANELS)
        return line;
    return line / weight->rows * cells_of_panel(weight) + line % weight->rows / PLM_LANES;
}

/* Returns how many elements from `offset` on belong to the same partial sum. A span may begin
 * within the range of a partial sum, so this may be fewer than all elements of that range. */
size_t plm_probe_cell_rest(const plm_weight *weight, size_t offset)
{
    if (weight->layout != PLM_LAYOUT_PANELS)
        return PLM_LANES;
    const size_t row = (offset - weight->offset) / PLM_LANES % weight->rows;
    const size_t end = (row / PLM_LANES + 1) * PLM_LANES;
    return ((end < weight->rows ? end : weight->rows) - row) * PLM_LANES;
}

/* Returns the partial sums in which a span of a parameter is measured. offset: index in the
 * parameter vector at which the span begins. */
plm_probe_cell *plm_probe_cell_of(const plm_probe_hook *probe, const plm_weight *weight,
                                  size_t offset)
{
    return probe->cell + probe->first[weight - probe->weight] +
           plm_probe_cell_index(weight, offset);
}

/* True if the probe measures this step; the partial sums are then set to 0. */
bool plm_probe_begin(const plm_probe_hook *probe, int64_t step)
{
    if (probe == NULL || !probe->when(probe->self, step))
        return false;
    memset(probe->cell, 0, probe->cells * sizeof *probe->cell);
    return true;
}

/* Measures weights and gradient, and changes nothing. Called in place of the fused update
 * (apply_fused) in a pass that examines the net without an update. */
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

/* Measures by how much a step with stored gradients has changed the weights. */
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
