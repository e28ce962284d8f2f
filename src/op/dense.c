/* The dense op, on the last axis:
 *
 *     forward    y[n, units] = act(x[n, fan_in] W[fan_in, units] + b[units])
 *     backward   dz = dy * act'(y), in place;  dx = dz W';  dW = x' dz;  db = column sums of dz
 *
 * n counts vectors: the rows of the batch times the vectors of a row. W lies in panels (kernel.h).
 * Backward needs W', so a training step keeps a transposed copy, or makes W' for each product of
 * few vectors. product.h does the work; this file fills in its arguments. */
#include "op/product.h"

typedef struct {
    const plm_spec *activation; /* applied while the result is in the cache */
} dense;

static const plm_field fields[] = {PLM_FIELD_OF(dense, activation, PLM_SPEC, "linear", "activation",
                                                "activation of the output; its derivative must be "
                                                "computable from the output, as for relu or tanh"),
                                   {0}};

/* Returns the number of rows of W, which is the width of x. */
static size_t fan_in(const plm_step *s)
{
    return (size_t)s->in[0].shape.width;
}
/* Returns the number of columns of W, which is the width of y. */
static size_t units_of(const plm_step *s)
{
    return (size_t)s->out.shape.width;
}

/* Checks the shape of W. y has the dims of x, with the last one replaced by the number of units.
 * Asks for W in panels, and finds the activation. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    plm_weight *kernel = o->inputs > 1 ? o->weight[1] : NULL;
    if (kernel == NULL || kernel->rank != 2 || kernel->dims[0] != x->width)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL, "dense needs a kernel of %lld rows",
                        (long long)x->width);
    o->out = plm_product_shape(x, kernel->dims[1]);
    plm_weight_as_matrix(kernel, kernel->dims[0], kernel->dims[1]);
    return plm_activation_state(o, ((const dense *)o->config)->activation);
}

/* Cuts W into the units of the weight pass; only training has this pass. W is cut once, for the
 * largest batch that the plan takes. */
static plm_status prepare(plm_step *s, plm_arena *a)
{
    plm_tiling *t = plm_arena_take(a, sizeof *t);
    if (t == NULL)
        return PLM_E_MEMORY;
    s->prepared = t;
    if (!s->run->training)
        return PLM_OK;
    const plm_kernels *kernel = s->run->kernel;
    PLM_TRY(
        plm_tiling_make(a, kernel, fan_in(s), units_of(s), plm_step_lines(s, s->run->capacity), t));
    PLM_TRY(plm_streaming_pays(a->w, kernel, fan_in(s), units_of(s), &t->stream_lines));
    return plm_streaming_pays(a->w, kernel, units_of(s), fan_in(s), &t->stream_lines_back);
}

/* ---- forward ---- */

/* Returns the arguments with which product.h computes y = act(x W + b). */
static plm_product forward_product(const plm_step *s)
{
    return (plm_product){.a = s->in[0].x,
                         .a_stride = (size_t)s->in[0].shape.stride,
                         .b = s->in[1].x,
                         .c = s->out.x,
                         .c_stride = (size_t)s->out.shape.stride,
                         .depth = fan_in(s),
                         .columns = units_of(s),
                         .start = s->inputs > 2 ? s->in[2].x : NULL,
                         .activation = s->state,
                         .stream_lines = ((const plm_tiling *)s->prepared)->stream_lines,
                         .next = plm_step_prefetch(s, &s->forward_prefetch)};
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_product p = forward_product(s);
    (void)thread;
    plm_product_lines(&p, s->run->kernel, plm_step_lines(s, first), plm_step_lines(s, last));
}

/* Computes the units first <= u < last of y. A unit is a block of vectors in one panel of y;
 * product.h says when units are faster than rows. */
static void forward_by_units(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_product p = forward_product(s);
    (void)thread;
    plm_product_by_units(&p, s->run->kernel, plm_step_lines(s, s->run->rows), first, last);
}

/* Returns the number of units that y is cut into. */
static int64_t forward_units(const plm_step *s)
{
    return plm_product_units(units_of(s));
}

/* True if forward is estimated to be faster if threads share units (blocks of vectors in one panel)
 * instead of rows. Units need one more barrier. */
static bool forward_units_pay(const plm_step *s)
{
    return plm_product_units_pay(fan_in(s), units_of(s), plm_step_lines(s, s->run->capacity), 1);
}

/* ---- gradient of x ---- */

/* Writes dz = dy act'(y) in place of dy. This is also done for a linear activation, since it sets
 * the tiny numbers to 0 that a product may have left in dy. */
static void slope(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_activation *f = s->state;
    const size_t stride = (size_t)s->out.shape.stride;
    const size_t begin = plm_step_lines(s, first) * stride,
                 count = plm_step_lines(s, last) * stride - begin;
    plm_real *dz = s->out.g + begin;
    (void)thread;
    s->run->kernel->activation[f->id].backward(dz, dz, s->out.x + begin, count, f->p);
}

/* True if the batch has so few vectors that W' is made again for each product instead of kept. */
static bool few_lines(const plm_step *s)
{
    return plm_step_lines(s, s->run->capacity) <= PLM_FEW_LINES;
}

/* True if the batch has so few vectors that a single thread makes W' again for each product. */
static bool few_lines_alone(const plm_step *s)
{
    return plm_step_lines(s, s->run->capacity) <= PLM_FEW_LINES_ALONE;
}

/* True if this run makes W' for each product; it then neither reads nor updates a copy of W'. */
static bool makes_transpose(const plm_step *s)
{
    return few_lines(s) || (s->run->alone && few_lines_alone(s));
}

/* Returns the arguments with which product.h computes dx = dz W'. b is the transposed copy of W,
 * or W itself if the run makes W'. */
static plm_product input_product(const plm_step *s)
{
    return (plm_product){.a = s->out.g,
                         .a_stride = (size_t)s->out.shape.stride,
                         .b = makes_transpose(s) ? s->in[1].x : s->memory,
                         .c = s->in[0].g,
                         .c_stride = (size_t)s->in[0].shape.stride,
                         .depth = units_of(s),
                         .columns = fan_in(s),
                         .stream_lines = ((const plm_tiling *)s->prepared)->stream_lines_back,
                         .next = plm_step_prefetch(s, &s->backward_prefetch)};
}

/* Returns the scratch memory of a thread. */
static plm_real *scratch_of(const plm_step *s, int thread)
{
    return s->run->scratch + (size_t)thread * s->run->scratch_size;
}

/* Computes dx = dz W' for rows first <= n < last. */
static void input(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_product p = input_product(s);
    const size_t begin = plm_step_lines(s, first), end = plm_step_lines(s, last);
    if (s->in[0].g == NULL)
        return;
    if (makes_transpose(s))
        plm_product_transposed(
            &p, s->run->kernel,
            &(plm_piece){.line = begin, .lines = end - begin, .panels = plm_panels(fan_in(s))},
            scratch_of(s, thread));
    else
        plm_product_lines(&p, s->run->kernel, begin, end);
}

/* Computes the units first <= u < last of dx. For few vectors a unit is a whole panel of dx. */
static void input_by_units(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_product p = input_product(s);
    const size_t lines = plm_step_lines(s, s->run->rows);
    if (few_lines(s))
        plm_product_transposed(
            &p, s->run->kernel,
            &(plm_piece){.lines = lines, .panel = (size_t)first, .panels = (size_t)(last - first)},
            scratch_of(s, thread));
    else
        plm_product_by_units(&p, s->run->kernel, lines, first, last);
}

/* Returns the number of units that dx is cut into. */
static int64_t input_units(const plm_step *s)
{
    return few_lines(s) ? (int64_t)plm_panels(fan_in(s)) : plm_product_units(fan_in(s));
}

/* True if dx is estimated to be computed faster if threads share units instead of rows. Units need
 * two more barriers. */
static bool input_units_pay(const plm_step *s)
{
    return s->in[0].g != NULL &&
           plm_product_units_pay(units_of(s), fan_in(s), plm_step_lines(s, s->run->capacity), 2);
}

/* ---- weights ---- */

/* Returns the size of the memory that the op keeps, in numbers, which is that of the transposed
 * copy W'. Only training needs W', and only if x gets a gradient. The first layer of a net has no
 * gradient of x, and often the largest kernel, so it keeps no copy. */
static size_t memory(const plm_step *s)
{
    const bool made = few_lines(s) || (s->run->threads == 1 && few_lines_alone(s));
    const bool wanted = s->run->training && s->in[0].g != NULL && !made;
    return wanted ? plm_panel_size(units_of(s), fan_in(s)) : 0;
}

/* Returns the transposed copy W'; NULL = this run does not need it. */
static plm_real *copy_of(const plm_step *s)
{
    return s->in[0].g != NULL && !makes_transpose(s) ? s->memory : NULL;
}

/* Returns how many numbers of scratch memory a thread needs: for the gradient of a chunk, and to
 * make W' for few vectors. */
static size_t scratch(const plm_step *s)
{
    if (!s->run->training)
        return 0;
    const size_t few = few_lines_alone(s) ? plm_product_transposed_scratch() : 0;
    const size_t chunk = plm_tiling_scratch(s->prepared);
    return few > chunk ? few : chunk;
}

/* Returns the number of units that W is cut into, for the weight pass and for refresh. */
static int64_t weight_units(const plm_step *s)
{
    return (int64_t)((const plm_tiling *)s->prepared)->units;
}

/* Writes the transposed copy again from W, after W has changed outside the weight pass. A fused
 * weight pass keeps the copy up to date by itself. This pass is for everything else that writes
 * parameters: loading, a stored update, a constraint, a user's call. */
static void refresh(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    if (copy_of(s) != NULL)
        plm_transpose_units(s->prepared, s->run->kernel, s->in[1].x, s->memory, first, last);
}

/* Computes dW and db for units first <= u < last, and updates W and b at once if updates are
 * fused. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_weight_pass w = {.tiling = s->prepared,
                               .kernel = &s->in[1],
                               .bias = s->inputs > 2 ? &s->in[2] : NULL,
                               .left = {s->in[0].x, (size_t)s->in[0].shape.stride},
                               .right = {s->out.g, (size_t)s->out.shape.stride},
                               .lines = plm_step_lines(s, s->run->rows),
                               .copy = copy_of(s)};
    plm_weight_pass_run(&w, s->run, first, last, thread);
}

/* Returns the number of multiply-adds of forward for a row of the batch. */
static double work(const plm_step *s)
{
    return (double)s->out.shape.lines * (double)fan_in(s) * (double)units_of(s);
}

const plm_op_kind plm_op_dense = {
    .kind = {.name = "dense",
             .help = "computes act(x W + b) on the last axis",
             .config_size = sizeof(dense),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_OUT,
    .cpu = {.prepare = prepare,
            .forward = {{.run = forward,
                         .split = PLM_SPLIT_ROWS,
                         .run_units = forward_by_units,
                         .units = forward_units,
                         .units_pay = forward_units_pay}},
            .backward = {{.run = slope, .split = PLM_SPLIT_ROWS},
                         {.run = input,
                          .split = PLM_SPLIT_ROWS,
                          .run_units = input_by_units,
                          .units = input_units,
                          .units_pay = input_units_pay}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = weight_units}},
            .weights_alone = few_lines_alone,
            .refresh = {{.run = refresh, .split = PLM_SPLIT_UNITS, .units = weight_units}},
            .memory = memory,
            .scratch = scratch,
            .work = work},
};

/* Returns the activation that is computed within a dense op; NULL = the node is not a dense op. */
const plm_activation *plm_dense_function(const plm_node *node)
{
    return node->op == &plm_op_dense ? node->state : NULL;
}
