/* permute(dims): puts the axes of a row into another order. Axis dims[i] of x (counted from 1)
 * becomes axis i of y. Backward visits the elements in the same order and copies in the other
 * direction. */
#include <string.h>

#include "graph/op.h"

typedef struct {
    plm_ints dims; /* the new order of the axes, counted from 1 */
} permute;

static const plm_field fields[] = {
    PLM_FIELD(permute, dims, PLM_INTS, NULL, 1, 8,
              "the axes of the input, counted from 1, in their new order"),
    {0}};

/* Sets the shape of the output: the dims in the new order. Every axis must be named once. */
static plm_status shape(plm_shaping *o)
{
    static const char hint[] = "name each axis once, counted from 1, as in permute(2, 1)";
    const permute *c = o->config;
    const plm_shape *x = o->in[0];
    int64_t dims[PLM_RANK] = {0};
    unsigned seen = 0;
    for (int i = 0; i < c->dims.count; i++)
        seen |= 1u << (c->dims.at[i] - 1);
    if (c->dims.count != x->rank)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, hint,
                        "%d axes are named, but the input has %d besides the batch", c->dims.count,
                        x->rank);
    if (seen != (1u << x->rank) - 1)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, hint,
                        "an axis is named twice, or is not one of the %d axes of the input",
                        x->rank);
    for (int i = 0; i < x->rank; i++)
        dims[i] = x->dims[c->dims.at[i] - 1];
    o->out = plm_shape_of(x->rank, dims);
    return PLM_OK;
}

/* Returns the offset, within a stored row with padding, of an element whose row-major index is
 * `number`. */
static size_t place(const plm_shape *s, int64_t number)
{
    return (size_t)(number / s->width * s->stride + number % s->width);
}

/* Copies one row. Goes through the elements of y in row-major order. `at` counts the index along
 * each axis of y, and `source` is the row-major index of the matching element of x. back = true:
 * copies from the layout of y to that of x. The index counts like a car's odometer: the last axis
 * moves fastest, and an axis at its end goes back to 0, and the axis before it moves by 1. So the
 * index of x is computed by additions alone. */
static void walk(const plm_step *s, const plm_real *from, plm_real *to, bool back)
{
    const permute *c = s->config;
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    int64_t step[PLM_RANK], at[PLM_RANK] = {0}, source = 0;
    for (int i = 0; i < y->rank; i++) {
        step[i] = 1;
        for (int64_t k = c->dims.at[i]; k < x->rank; k++)
            step[i] *= x->dims[k];
    }
    for (int64_t number = 0; number < y->lines * y->width; number++) {
        const size_t in_y = place(y, number), in_x = place(x, source);
        to[back ? in_x : in_y] = from[back ? in_y : in_x];
        for (int i = y->rank - 1; i >= 0; i--) {
            source += step[i];
            if (++at[i] < y->dims[i])
                break;
            source -= step[i] * y->dims[i];
            at[i] = 0;
        }
    }
}

/* Copies rows first <= n < last from x to y or, if `back`, from the gradient of y to the gradient
 * of x. */
static void run(const plm_step *s, int64_t first, int64_t last, bool back)
{
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    const int64_t of_x = x->lines * x->stride, of_y = y->lines * y->stride,
                  written = back ? of_x : of_y;
    plm_real *to = back ? s->in[0].g : s->out.x;
    const plm_real *from = back ? s->out.g : s->in[0].x;
    if (to == NULL)
        return;
    /* padding becomes 0, too */
    memset(to + first * written, 0, (size_t)((last - first) * written) * sizeof *to);
    for (int64_t i = first; i < last; i++)
        walk(s, from + i * (back ? of_y : of_x), to + i * written, back);
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    run(s, first, last, false);
}

/* Computes dx for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    run(s, first, last, true);
}

const plm_op_kind plm_op_permute = {
    .kind = {.name = "permute",
             .help = "puts the axes into another order",
             .config_size = sizeof(permute),
             .fields = fields},
    .shape = shape,
    .moves = true,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
