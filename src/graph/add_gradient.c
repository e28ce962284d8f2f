/* An op that only the plan emits. The gradient of a value with several readers is the sum of the
 * gradients that the readers compute. The first reader (in backward order) writes its part into the
 * value's gradient buffer. Each further reader writes its part into a temporary buffer (grad_tmp),
 * and this pass then adds it. out.x is the value's gradient buffer, in[0].x is the temporary
 * buffer; both are [rows][lines * stride]. */
#include "graph/plan_parts.h"

/* Adds the temporary gradient to y, for rows first <= i < last. */
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
