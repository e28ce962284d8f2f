/* A dense op with tied weights: it multiplies by the transpose of a kernel W[rows, columns] that a
 * dense op owns.
 *
 *     forward    y[n, rows] = act(x[n, columns] W' + b[rows])
 *     backward   dz = dy * act'(y), in place;  dx = dz W;  dW = dz' x;  db = column sums of dz
 *
 * n counts vectors, as in dense.c. W is stored in panels of its columns, as the dense op needs it.
 * Forward needs the panels of W', so each batch begins by writing a copy of W'. dW is added to the
 * gradient that the dense op computes for W (plm_operand.adds). So the gradient of W is always
 * stored; its update is never fused. */
#include "op/product.h"

typedef struct {
    const plm_spec *activation; /* applied while the result is in the cache */
} dense_transpose;

static const plm_field fields[] = {PLM_FIELD_OF(dense_transpose, activation, PLM_SPEC, "linear",
                                                "activation",
                                                "activation of the output; its derivative must be "
                                                "computable from the output, as for relu or tanh"),
                                   {0}};

/* Returns the number of rows of W, which is the width of y. */
static size_t rows_of(const plm_step *s)
{
    return (size_t)s->out.shape.width;
}
/* Returns the number of columns of W, which is the width of x. */
static size_t columns_of(const plm_step *s)
{
    return (size_t)s->in[0].shape.width;
}

/* Checks the shape of W. y has the dims of x, with the last one replaced by the number of rows of
 * W. Asks for W in panels, and finds the activation. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    plm_weight *kernel = o->inputs > 1 ? o->weight[1] : NULL;
    if (kernel == NULL || kernel->rank != 2 || kernel->dims[1] != x->width)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                        "dense_transpose needs a kernel of %lld columns", (long long)x->width);
    o->out = plm_product_shape(x, kernel->dims[0]);
    plm_weight_as_matrix(kernel, kernel->dims[0], kernel->dims[1]);
    return plm_activation_state(o, ((const dense_transpose *)o->config)->activation);
}

/* Cuts W into units of work, which threads share when they write the copy W' and in the weight
 * pass. */
static plm_status prepare(plm_step *s, plm_arena *a)
{
    plm_tiling *t = plm_arena_take(a, sizeof *t);
    s->prepared = t;
    return t == NULL ? PLM_E_MEMORY
                     : plm_tiling_make(a, s->run->kernel, rows_of(s), columns_of(s),
                                       plm_step_lines(s, s->run->capacity), t);
}

/* Returns the number of units of work that W is cut into. */
static int64_t kernel_units(const plm_step *s)
{
    return (int64_t)((const plm_tiling *)s->prepared)->units;
}

/* ---- forward ---- */

/* Returns the size of the copy W' in panels, in numbers. */
static size_t memory(const plm_step *s)
{
    return plm_panel_size(columns_of(s), rows_of(s));
}

/* Writes the units first <= u < last of the copy W' into the memory of the op. */
static void transpose(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    plm_transpose_units(s->prepared, s->run->kernel, s->in[1].x, s->memory, first, last);
}

/* Computes y = act(x W' + b) for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_product p = {.a = s->in[0].x,
                           .a_stride = (size_t)s->in[0].shape.stride,
                           .b = s->memory,
                           .c = s->out.x,
                           .c_stride = (size_t)s->out.shape.stride,
                           .depth = columns_of(s),
                           .columns = rows_of(s),
                           .start = s->inputs > 2 ? s->in[2].x : NULL,
                           .activation = s->state};
    (void)thread;
    plm_product_lines(&p, s->run->kernel, plm_step_lines(s, first), plm_step_lines(s, last));
}

/* ---- backward ---- */

/* Writes dz in place of dy, then dx = dz W, for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_activation *f = s->state;
    const size_t stride = (size_t)s->out.shape.stride, begin = plm_step_lines(s, first),
                 end = plm_step_lines(s, last);
    plm_real *dz = s->out.g + begin * stride;
    (void)thread;
    /* Needed for a linear activation, too, since it sets the tiny numbers to 0 that a product may
     * have left in dz. */
    s->run->kernel->activation[f->id].backward(dz, dz, s->out.x + begin * stride,
                                               (end - begin) * stride, f->p);
    const plm_product p = {.a = s->out.g,
                           .a_stride = stride,
                           .b = s->in[1].x,
                           .c = s->in[0].g,
                           .c_stride = (size_t)s->in[0].shape.stride,
                           .depth = rows_of(s),
                           .columns = columns_of(s)};
    if (s->in[0].g != NULL)
        plm_product_lines(&p, s->run->kernel, begin, end);
}

/* ---- weights ---- */

/* Computes dW = dz' x for the units of work first <= u < last (see plm_tiling; not the units of the
 * layer). The thread that has unit 0 also computes the whole of db. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_lines dz = {s->out.g, (size_t)s->out.shape.stride};
    const plm_chunk all = {.panels = plm_panels(rows_of(s))};
    const plm_weight_pass w = {.tiling = s->prepared,
                               .kernel = &s->in[1],
                               .left = dz,
                               .right = {s->in[0].x, (size_t)s->in[0].shape.stride},
                               .lines = plm_step_lines(s, s->run->rows),
                               .clear = true};
    plm_weight_pass_run(&w, s->run, first, last, thread);
    if (first == 0 && s->inputs > 2 && plm_weight_wanted(&s->in[2]))
        plm_bias_pass(&s->in[2], s->run, dz, w.lines, &all, thread);
}

/* Returns the number of multiply-adds of forward for a row of the batch. */
static double work(const plm_step *s)
{
    return (double)s->out.shape.lines * (double)rows_of(s) * (double)columns_of(s);
}

const plm_op_kind plm_op_dense_transpose = {
    .kind = {.name = "dense_transpose",
             .help = "computes act(x W' + b) on the last axis, with the W of another op",
             .config_size = sizeof(dense_transpose),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_OUT,
    .cpu = {.prepare = prepare,
            .forward = {{.run = transpose, .split = PLM_SPLIT_UNITS, .units = kernel_units},
                        {.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = kernel_units}},
            .memory = memory,
            .work = work},
};

/* Returns the activation that is computed within a dense_transpose op; NULL = the node is not a
 * dense_transpose op. */
const plm_activation *plm_dense_transpose_function(const plm_node *node)
{
    return node->op == &plm_op_dense_transpose ? node->state : NULL;
}
