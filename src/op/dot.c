/* dot: the dot products of the vectors of two values, row by row. With x [..., d] and
 * y [..., d], the output is [leading axes of x, leading axes of y]:
 *
 *     z[a, b] = sum over j of x[a, j] y[b, j]
 *     dx[a] = sum over b of dz[a, b] y[b];  dy[b] = sum over a of dz[a, b] x[a]
 *
 * a and b count the vectors of a row of x and of y. If x and y both have a single vector, the
 * output is one number, [1]. */
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

/* Checks that there are two values whose last axes have the same length, and that the output has
 * not too many axes: it has all axes of both values except their last axes. */
static plm_status check_shapes(const plm_shaping *o)
{
    const plm_shape *x = o->in[0], *y = o->in[1];
    plm *w = o->graph->w;
    char first[160], other[160];
    if (o->inputs != 2 || x->rank < 1 || y->rank < 1)
        return plm_fail(w, PLM_E_SHAPE, NULL, "use two values of at least one axis",
                        "dot: takes two values of at least one axis each");
    plm_shape_print(x, first, sizeof first);
    plm_shape_print(y, other, sizeof other);
    if (x->width != y->width)
        return plm_fail(w, PLM_E_SHAPE, NULL, "use values whose last axes have the same length",
                        "dot: the last axes of %s and %s differ in length", first, other);
    if (x->rank + y->rank - 2 > PLM_RANK)
        return plm_fail(w, PLM_E_SHAPE, NULL, "use values of fewer axes",
                        "dot: the products of %s and %s would have %d axes, at most %d are allowed",
                        first, other, x->rank + y->rank - 2, (int)PLM_RANK);
    return PLM_OK;
}

/* Sets the shape of the output to [leading axes of x, leading axes of y]. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0], *y = o->in[1];
    int64_t dims[2 * PLM_RANK] = {0};
    int rank = 0; /* of the output */
    PLM_TRY(check_shapes(o));
    for (int i = 0; i + 1 < x->rank; i++)
        dims[rank++] = x->dims[i];
    for (int i = 0; i + 1 < y->rank; i++)
        dims[rank++] = y->dims[i];
    /* two values of one axis have one product, which still needs an axis */
    if (rank == 0)
        dims[rank++] = 1;
    o->out = plm_shape_of(rank, dims);
    return PLM_OK;
}

/* Computes *z, the dot product of x[count] and y[count]. Product j is added to lane j mod 16; then
 * the 16 lanes are added pairwise until one is left. */
static PLM_BODY void product_body(plm_real *restrict z, const plm_real *restrict x,
                                  const plm_real *restrict y, size_t count)
{
    plm_real lane[PLM_LANES] = {0};
    size_t j = 0;
    for (; j + PLM_LANES <= count; j += PLM_LANES)
        for (size_t i = 0; i < PLM_LANES; i++)
            lane[i] += x[j + i] * y[j + i];
    for (size_t i = 0; j + i < count; i++)
        lane[i] += x[j + i] * y[j + i];
    for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] += lane[i + half];
    *z = lane[0];
}
PLM_PER_ISA(product,
            (const char *isa, plm_real *restrict z, const plm_real *restrict x,
             const plm_real *restrict y, size_t count),
            (z, x, y, count))

/* Adds factor from[count] to to[count]. */
static PLM_BODY void add_times_body(plm_real *restrict to, const plm_real *restrict from,
                                    plm_real factor, size_t count)
{
    for (size_t j = 0; j < count; j++)
        to[j] += factor * from[j];
}
PLM_PER_ISA(add_times,
            (const char *isa, plm_real *restrict to, const plm_real *restrict from, plm_real factor,
             size_t count),
            (to, from, factor, count))

/* Computes z[a, b] for all pairs of vectors, for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *x = &s->in[0].shape, *y = &s->in[1].shape, *z = &s->out.shape;
    (void)thread;
    for (int64_t row = first; row < last; row++) {
        plm_real *to = s->out.x + row * z->stride;
        for (int64_t a = row * x->lines; a < (row + 1) * x->lines; a++)
            for (int64_t b = row * y->lines; b < (row + 1) * y->lines; b++)
                product(s->run->kernel->isa, to++, s->in[0].x + a * x->stride,
                        s->in[1].x + b * y->stride, (size_t)x->width);
    }
}

/* Computes the gradient of operand `mine` (0 or 1) in one row of the batch. In a row of dz, the
 * products of neighbouring vectors of this operand are own_step numbers apart; the products of
 * neighbouring vectors of the other operand are other_step numbers apart. The gradient starts at 0;
 * the terms are added in the order of the other operand's vectors, whichever operand this is. */
static void pull(const plm_step *s, int64_t row, int mine, int64_t own_step, int64_t other_step)
{
    const plm_operand *me = &s->in[mine], *other = &s->in[1 - mine];
    const plm_real *dz = s->out.g + row * s->out.shape.stride;
    for (int64_t a = 0; me->g != NULL && a < me->shape.lines; a++) {
        plm_real *to = me->g + (row * me->shape.lines + a) * me->shape.stride;
        memset(to, 0, (size_t)me->shape.stride * sizeof *to);
        for (int64_t b = 0; b < other->shape.lines; b++)
            add_times(s->run->kernel->isa, to,
                      other->x + (row * other->shape.lines + b) * other->shape.stride,
                      dz[a * own_step + b * other_step], (size_t)me->shape.width);
    }
}

/* Computes dx and dy for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t wide = s->in[1].shape.lines;
    (void)thread;
    for (int64_t row = first; row < last; row++) {
        pull(s, row, 0, wide, 1);
        pull(s, row, 1, 1, wide);
    }
    plm_step_flush(s, 0, first, last);
    plm_step_flush(s, 1, first, last);
}

/* Returns the number of multiply-adds of forward for a row of the batch. */
static double work(const plm_step *s)
{
    return (double)(s->in[0].shape.lines * s->in[1].shape.lines * s->in[0].shape.width);
}

const plm_op_kind plm_op_dot = {
    .kind = {.name = "dot", .help = "computes the dot products of the vectors of two values"},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_IN(1),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .work = work},
};
