/* Stores the same numbers in another layout: each row as one vector, or with vectors along the last
 * axis (plm_shape in graph/build.h). It can also change the dims without changing the numbers, for
 * the layers flatten and reshape. Backward makes the same copy in the other direction. */
#include "graph/op.h"
#include "op/few.h"

typedef struct {
    /* lines = true: store vectors along the last axis. flatten = true: join all axes to one. If
     * both are false, dims is the new shape, and a row is stored as one vector. */
    bool lines, flatten;
    plm_ints dims; /* no dims = those of x */
} repack;

static const plm_field fields[] = {
    PLM_FIELD(repack, lines, PLM_BOOL, "false", 0, 0, "true = store vectors along the last axis"),
    PLM_FIELD(repack, flatten, PLM_BOOL, "false", 0, 0, "true = all axes become one"),
    PLM_FIELD(repack, dims, PLM_INTS, "", 1, 1e9,
              "the new dims; a row is then stored as one vector"),
    {0}};

/* True if a shape with these dims has `count` numbers. */
static bool as_many(const plm_ints *dims, int64_t count)
{
    int64_t product = 1;
    return plm_checked_product(dims->count, dims->at, &product) && product == count;
}

/* Sets the shape of the output. It has as many numbers as x; the config gives its dims and says how
 * a row is stored. */
static plm_status shape(plm_shaping *o)
{
    const repack *c = o->config;
    const plm_shape *x = o->in[0];
    int64_t count = 1;
    if (!plm_checked_product(x->rank, x->dims, &count))
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL, "the shape has too many elements");
    if (c->dims.count > 0 && !as_many(&c->dims, count))
        return plm_fail(o->graph->w, PLM_E_INTERNAL, NULL, NULL,
                        "a repack changes the number of elements");
    if (c->dims.count > 0)
        o->out = plm_shape_of(c->dims.count, c->dims.at);
    else if (c->flatten)
        o->out = plm_shape_of(1, &count);
    else
        o->out = c->lines ? plm_shape_lines(x->rank, x->dims) : plm_shape_of(x->rank, x->dims);
    return PLM_OK;
}

/* Copies a row from the memory layout f to the layout t, piece by piece: a piece ends where a
 * vector of either layout ends. The padding in `to` becomes 0. If both layouts have vectors of the
 * same width, a piece is a whole vector. */
static void copy_row(plm_real *to, const plm_shape *t, const plm_real *from, const plm_shape *f)
{
    const int64_t t_gap = t->stride - t->width, f_gap = f->stride - f->width;
    int64_t left = t->lines * t->width, t_left = t->width, f_left = f->width;
    while (left > 0) {
        const int64_t n = t_left < f_left ? t_left : f_left;
        plm_few_copy(to, from, (size_t)n);
        to += n;
        from += n;
        left -= n;
        t_left -= n;
        f_left -= n;
        if (t_left == 0) {
            plm_few_clear(to, (size_t)t_gap);
            to += t_gap;
            t_left = t->width;
        }
        if (f_left == 0) {
            from += f_gap;
            f_left = f->width;
        }
    }
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t i = first; i < last; i++)
        copy_row(s->out.x + i * y->lines * y->stride, y, s->in[0].x + i * x->lines * x->stride, x);
}

/* Computes dx for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    (void)thread;
    for (int64_t i = first; i < last && s->in[0].g != NULL; i++)
        copy_row(s->in[0].g + i * x->lines * x->stride, x, s->out.g + i * y->lines * y->stride, y);
}

const plm_op_kind plm_op_repack = {
    .kind = {.name = "repack",
             .help = "stores the same numbers in another layout",
             .config_size = sizeof(repack),
             .fields = fields},
    .shape = shape,
    .moves = true,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
