/* The gradient of a value with several readers is a sum. The first reader writes it; each further
 * one writes a buffer of its own, which this pass adds: out.x is where the sum is collected,
 * in[0].x the buffer. */
#include "graph/plan_parts.h"

static void add(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *shape = &s->out.shape;
    const size_t row = (size_t)(shape->lines * shape->stride);
    plm_real *y = s->out.x + (size_t)first * row;
    (void)thread;
    s->run->kernel->add(y, y, s->in[0].x + (size_t)first * row, (size_t)(last - first) * row);
}

const plm_op_kind plm_add_gradient = {.kind = {.name = "add_gradient"},
                                      .cpu = {.forward = {{.run = add, .split = PLM_SPLIT_ROWS}}}};
