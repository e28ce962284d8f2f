/* Concatenates values along an axis: [.., a, ..] and [.., b, ..] -> [.., a + b, ..]. Along the last
 * axis (axis = -1) the operands are stored by vectors, and the op joins vectors. Along another axis
 * each row of an operand is stored as one vector, and the op joins blocks: a block is all numbers
 * that share the indices of the axes before the joined one. */
#include <string.h>

#include "graph/op.h"
#include "op/few.h"

typedef struct {
    int64_t axis; /* axis along which the inputs are joined */
} join;

static const plm_field fields[] = {PLM_FIELD(join, axis, PLM_INT, "-1", -1, PLM_RANK - 2,
                                             "axis of a row, counted from 0; -1 = the last one"),
                                   {0}};

/* Returns the index of the joined axis, counted from 0. */
static int axis_of(const plm_shaping *o)
{
    const int64_t axis = ((const join *)o->config)->axis;
    return axis < 0 ? o->in[0]->rank - 1 : (int)axis;
}

/* True if two shapes are equal apart from the length of `axis`. */
static bool joins(const plm_shape *x, const plm_shape *other, int axis)
{
    bool same = other->rank == x->rank && axis < x->rank && x->rank > 0 && other->lines == x->lines;
    for (int i = 0; same && i < x->rank; i++)
        same = i == axis || other->dims[i] == x->dims[i];
    return same;
}

/* Checks that the operands fit. The output has the dims of the first operand, except that its
 * length along the axis is the sum of all lengths. If the last of several axes is joined, each
 * vector of the output consists of vectors of the operands, side by side. Otherwise each row of the
 * output is one vector. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    const int axis = axis_of(o);
    int64_t dims[PLM_RANK], width = 0;
    char first[160], other[160];
    for (int i = 0; i < o->inputs; i++) {
        const plm_shape *v = o->in[i];
        if (!joins(x, v, axis)) {
            plm_shape_print(x, first, sizeof first);
            plm_shape_print(v, other, sizeof other);
            return plm_fail(o->graph->w, PLM_E_SHAPE, NULL,
                            "make all axes equal except the joined one", "cannot join %s and %s",
                            first, other);
        }
        width += v->dims[axis];
    }
    memcpy(dims, x->dims, sizeof dims);
    dims[axis] = width;
    const bool lines = axis == x->rank - 1 && x->rank > 1;
    o->out = lines ? plm_shape_lines(x->rank, dims) : plm_shape_of(x->rank, dims);
    return PLM_OK;
}

/* Returns the number of blocks that each operand contributes to a vector of y: the product of the
 * axes before the joined one, or 1 for the last axis. In y the first block of each operand comes
 * first, then the second block of each operand, and so on. A block of an operand has width / blocks
 * numbers. */
static int64_t blocks_of(const plm_step *s)
{
    const int64_t axis = ((const join *)s->config)->axis;
    int64_t blocks = 1;
    for (int i = 0; i < axis; i++)
        blocks *= s->out.shape.dims[i];
    return blocks;
}

/* Copies the blocks of all operands side by side into y, vector by vector. The padding of y becomes
 * 0. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *y = &s->out.shape;
    const int64_t blocks = blocks_of(s);
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        plm_real *to = s->out.x + line * y->stride;
        for (int64_t k = 0; k < blocks; k++)
            for (int i = 0; i < s->inputs; i++) {
                const plm_shape *x = &s->in[i].shape;
                const int64_t size = x->width / blocks;
                plm_few_copy(to, s->in[i].x + line * x->stride + k * size, (size_t)size);
                to += size;
            }
        plm_few_clear(to, (size_t)(y->stride - y->width));
    }
}

/* Copies the blocks of dy back to the gradients of the operands. Their padding becomes 0. The
 * blocks of an operand without a gradient are skipped. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *y = &s->out.shape;
    const int64_t blocks = blocks_of(s);
    (void)thread;
    for (int64_t line = first * y->lines; line < last * y->lines; line++) {
        const plm_real *from = s->out.g + line * y->stride;
        for (int64_t k = 0; k < blocks; k++)
            for (int i = 0; i < s->inputs; i++) {
                const plm_shape *x = &s->in[i].shape;
                const int64_t size = x->width / blocks;
                if (s->in[i].g != NULL)
                    plm_few_copy(s->in[i].g + line * x->stride + k * size, from, (size_t)size);
                from += size;
            }
        for (int i = 0; i < s->inputs; i++) {
            const plm_shape *x = &s->in[i].shape;
            if (s->in[i].g != NULL)
                plm_few_clear(s->in[i].g + line * x->stride + x->width,
                              (size_t)(x->stride - x->width));
        }
    }
}

const plm_op_kind plm_op_join_columns = {
    .kind = {.name = "join_columns",
             .help = "joins values along an axis",
             .config_size = sizeof(join),
             .fields = fields},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
