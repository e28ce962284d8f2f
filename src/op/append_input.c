/* append_input gives each number of x the numbers made from it and itself: with m numbers
 * [.., w, m] made from x [.., w], y = (m of x[0], x[0], m of x[1], x[1], ..), [.., w (m + 1)], each
 * row as one vector. The layer periodic_embedding ends with it. */
#include "graph/op.h"
#include "op/few.h"

/* Sets the shape of the output. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *made = o->in[0], *x = o->in[1];
    const int rank = x->rank;
    bool fits = made->rank == rank + 1 && rank > 0 && x->width == x->dims[rank - 1] &&
                made->width == made->dims[rank];
    for (int i = 0; fits && i < rank; i++)
        fits = made->dims[i] == x->dims[i];
    if (!fits)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                        "append_input takes vectors, and a vector for each of their numbers");
    int64_t dims[PLM_RANK];
    for (int i = 0; i < rank; i++)
        dims[i] = x->dims[i];
    dims[rank - 1] *= made->width + 1;
    o->out = plm_shape_of(rank, dims);
    return PLM_OK;
}

/* Computes y for rows first <= n < last. Its padding becomes 0. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *made = &s->in[0].shape, *x = &s->in[1].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t n = first; n < last; n++) {
        plm_real *to = s->out.x + n * y->stride;
        for (int64_t line = n * x->lines; line < (n + 1) * x->lines; line++)
            for (int64_t c = 0; c < x->width; c++) {
                plm_few_copy(to, s->in[0].x + (line * x->width + c) * made->stride,
                             (size_t)made->width);
                to[made->width] = s->in[1].x[line * x->stride + c];
                to += made->width + 1;
            }
        plm_few_clear(to, (size_t)(y->stride - y->width));
    }
}

/* Copies the gradients of rows first <= n < last back to those that are wanted. Their padding
 * becomes 0. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *made = &s->in[0].shape, *x = &s->in[1].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t n = first; n < last; n++) {
        const plm_real *from = s->out.g + n * y->stride;
        for (int64_t line = n * x->lines; line < (n + 1) * x->lines; line++) {
            for (int64_t c = 0; c < x->width; c++, from += made->width + 1) {
                if (s->in[0].g != NULL) {
                    plm_real *to = s->in[0].g + (line * x->width + c) * made->stride;
                    plm_few_copy(to, from, (size_t)made->width);
                    plm_few_clear(to + made->width, (size_t)(made->stride - made->width));
                }
                if (s->in[1].g != NULL)
                    s->in[1].g[line * x->stride + c] = from[made->width];
            }
            if (s->in[1].g != NULL)
                plm_few_clear(s->in[1].g + line * x->stride + x->width,
                              (size_t)(x->stride - x->width));
        }
    }
}

const plm_op_kind plm_op_append_input = {
    .kind = {.name = "append_input", .help = "appends each number to the numbers made from it"},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
