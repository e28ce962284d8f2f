/* y[n, fan_in] = act(x[n, units] W' + b), with the kernel W[fan_in, units] of a dense layer:
 * tied weights. Backward: dz = dy * act'(y) in place; dx = dz W; dW = dz' x; db = column sums of
 * dz.
 *
 * W belongs to the dense op, which has it in panels of its own columns; forward wants W' in
 * panels, so each batch begins by writing that copy. dW joins what other ops have found for W
 * (plm_operand.adds), so it is always stored. */
#include "op/op.h"

enum {
    GROUP = 4,      /* panels of W of a chunk */
    CHUNK = 48,     /* rows of W of a chunk: a multiple of 16, for the transposed copy */
    LINE_BLOCK = 24 /* lines after which the activation runs, while they are in cache */
};

typedef struct {
    const plm_spec *activation;
    plm_activation bound; /* filled by shape(): what the spec means */
} dense_transpose;

static const plm_field fields[] = {
    PLM_FIELD_OF(dense_transpose, activation, PLM_SPEC, "linear", "activation",
                 "applied to the result; one whose slope can be told from y"),
    {0}};

static size_t panels_of(size_t columns)
{
    return (columns + PLM_LANES - 1) / PLM_LANES;
}
/* W is [rows, columns]: the lines of y have `rows` numbers, those of x `columns`. */
static size_t rows_of(const plm_step *s)
{
    return (size_t)s->out.shape.width;
}
static size_t columns_of(const plm_step *s)
{
    return (size_t)s->in[0].shape.width;
}
static size_t lines_of(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines);
}

static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    /* bound a moment ago for this node alone */
    dense_transpose *c = (dense_transpose *)(uintptr_t)o->config;
    PLM_TRY(plm_activation_bind(o->arena, c->activation, &c->bound));
    if (o->inputs < 2 || o->weight[1] == NULL || o->weight[1]->rank != 2 ||
        o->weight[1]->dims[1] != x->width)
        return plm_fail(o->graph->w, PLM_E_SHAPE, o->where, NULL,
                        "dense_transpose wants a kernel of %lld columns", (long long)x->width);
    o->weight[1]->layout = PLM_LAYOUT_PANELS;
    int64_t dims[PLM_RANK];
    for (int i = 0; i < x->rank; i++)
        dims[i] = x->dims[i];
    dims[x->rank > 0 ? x->rank - 1 : 0] = o->weight[1]->dims[0];
    const int rank = x->rank > 0 ? x->rank : 1;
    o->out = x->lines > 1 ? plm_shape_lines(rank, dims) : plm_shape_of(rank, dims);
    return PLM_OK;
}

/* ---- chunks of W ---- */

typedef struct {
    size_t k, rows; /* of W */
    size_t p, panels;
} chunk;

static size_t chunks_down(const plm_step *s)
{
    return (rows_of(s) + CHUNK - 1) / CHUNK;
}

static int64_t chunk_count(const plm_step *s)
{
    return (int64_t)(chunks_down(s) * ((panels_of(columns_of(s)) + GROUP - 1) / GROUP));
}

static chunk chunk_at(const plm_step *s, int64_t unit)
{
    const size_t down = chunks_down(s), panels = panels_of(columns_of(s));
    chunk c = {.k = (size_t)unit % down * CHUNK, .p = (size_t)unit / down * GROUP};
    c.rows = rows_of(s) - c.k < CHUNK ? rows_of(s) - c.k : CHUNK;
    c.panels = panels - c.p < GROUP ? panels - c.p : GROUP;
    return c;
}

/* ---- forward ---- */

/* 16 rows of W from i on, panel j: to their place in W', [ceil(rows / 16)][columns][16]. */
static void transpose_block(const plm_step *s, size_t i, size_t j)
{
    const size_t depth = rows_of(s), columns = columns_of(s);
    const plm_real *from = s->in[1].x + (j * depth + i) * PLM_LANES;
    plm_real *to = s->memory + (i / PLM_LANES * columns + j * PLM_LANES) * PLM_LANES;
    const size_t some = depth - i < PLM_LANES ? depth - i : PLM_LANES;
    const size_t wide = columns - j * PLM_LANES < PLM_LANES ? columns - j * PLM_LANES : PLM_LANES;
    if (some == PLM_LANES && wide == PLM_LANES) {
        s->run->kernel->transpose16(to, PLM_LANES, from, PLM_LANES);
        return;
    }
    for (size_t a = 0; a < some; a++)
        for (size_t b = 0; b < wide; b++)
            to[b * PLM_LANES + a] = from[a * PLM_LANES + b];
}

static void transpose(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    for (int64_t unit = first; unit < last; unit++) {
        const chunk c = chunk_at(s, unit);
        for (size_t j = c.p; j < c.p + c.panels; j++)
            for (size_t i = c.k; i < c.k + c.rows; i += PLM_LANES)
                transpose_block(s, i, j);
    }
}

static size_t memory(const plm_step *s)
{
    return panels_of(rows_of(s)) * columns_of(s) * PLM_LANES;
}

static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const dense_transpose *c = s->config;
    const size_t in_stride = (size_t)s->in[0].shape.stride,
                 out_stride = (size_t)s->out.shape.stride;
    const size_t end = lines_of(s, last);
    (void)thread;
    plm_gemm g = {.a_row = in_stride,
                  .a_step = 1,
                  .b = s->memory,
                  .b_panel = columns_of(s) * PLM_LANES,
                  .b_step = PLM_LANES,
                  .c_row = out_stride,
                  .c_panel = PLM_LANES,
                  .start = s->inputs > 2 ? s->in[2].x : NULL,
                  .panels = panels_of(rows_of(s)),
                  .depth = columns_of(s),
                  .half = plm_panel_half(rows_of(s), panels_of(rows_of(s)))};
    const bool plain = c->bound.id == PLM_ACTIVATION_linear;
    const size_t block = plain ? end : LINE_BLOCK;
    for (size_t i = lines_of(s, first); i < end; i += block) {
        g.rows = end - i < block ? end - i : block;
        g.a = s->in[0].x + i * in_stride;
        g.c = s->out.x + i * out_stride;
        s->run->kernel->gemm(&g);
        if (!plain)
            s->run->kernel->activation[c->bound.id].forward(g.c, g.c, g.rows * out_stride,
                                                            c->bound.p);
    }
}

/* ---- backward ---- */

static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const dense_transpose *c = s->config;
    const size_t stride = (size_t)s->out.shape.stride, in_stride = (size_t)s->in[0].shape.stride;
    const size_t begin = lines_of(s, first), count = lines_of(s, last) - begin;
    plm_real *dz = s->out.g + begin * stride;
    (void)thread;
    if (c->bound.id != PLM_ACTIVATION_linear)
        s->run->kernel->activation[c->bound.id].backward(dz, dz, s->out.x + begin * stride,
                                                         count * stride, c->bound.p);
    if (s->in[0].g == NULL)
        return;
    const plm_gemm g = {.a = dz,
                        .a_row = stride,
                        .a_step = 1,
                        .b = s->in[1].x,
                        .b_panel = rows_of(s) * PLM_LANES,
                        .b_step = PLM_LANES,
                        .c = s->in[0].g + begin * in_stride,
                        .c_row = in_stride,
                        .c_panel = PLM_LANES,
                        .rows = count,
                        .panels = panels_of(columns_of(s)),
                        .depth = rows_of(s),
                        .half = plm_panel_half(columns_of(s), panels_of(columns_of(s)))};
    s->run->kernel->gemm(&g);
}

/* ---- weights ---- */

/* What stands in the padding of x is not zero, what stands in that of a gradient must be. */
static void clear_padding(plm_real *panel, size_t rows, size_t columns)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t k = columns; k < PLM_LANES; k++)
            panel[i * PLM_LANES + k] = 0;
}

static void kernel_gradient(const plm_step *s, const chunk *c)
{
    const size_t depth = rows_of(s), panel = depth * PLM_LANES, last = panels_of(columns_of(s)) - 1;
    const plm_gemm g = {.a = s->out.g + c->k,
                        .a_row = 1,
                        .a_step = (size_t)s->out.shape.stride,
                        .b = s->in[0].x + c->p * PLM_LANES,
                        .b_panel = PLM_LANES,
                        .b_step = (size_t)s->in[0].shape.stride,
                        .c =
                            s->run->g + s->in[1].weight->offset + (c->p * depth + c->k) * PLM_LANES,
                        .c_row = PLM_LANES,
                        .c_panel = panel,
                        .accumulate = s->in[1].adds,
                        .rows = c->rows,
                        .panels = c->panels,
                        .depth = lines_of(s, s->run->rows),
                        .half = plm_panel_half(columns_of(s), c->p + c->panels)};
    s->run->kernel->gemm(&g);
    if (c->p + c->panels > last)
        clear_padding(g.c + (last - c->p) * panel, c->rows, columns_of(s) - last * PLM_LANES);
}

static void bias_gradient(const plm_step *s)
{
    const size_t offset = s->in[2].weight->offset;
    s->run->kernel->column_sum(s->run->g + offset, s->out.g, lines_of(s, s->run->rows),
                               s->in[2].weight->size, (size_t)s->out.shape.stride);
}

static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    for (int64_t unit = first; unit < last; unit++) {
        const chunk c = chunk_at(s, unit);
        if (plm_weight_wanted(&s->in[1]))
            kernel_gradient(s, &c);
        if (unit == 0 && s->inputs > 2 && plm_weight_wanted(&s->in[2]))
            bias_gradient(s);
    }
}

static double work(const plm_step *s)
{
    return (double)s->out.shape.lines * (double)rows_of(s) * (double)columns_of(s);
}

const plm_op_kind plm_op_dense_transpose = {
    .kind = {.name = "dense_transpose",
             .help = "act(x W' + b) on the last axis, with the W of another op",
             .config_size = sizeof(dense_transpose),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_OUT,
    .forward = {{.run = transpose, .split = PLM_SPLIT_UNITS, .units = chunk_count},
                {.run = forward, .split = PLM_SPLIT_ROWS}},
    .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
    .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = chunk_count}},
    .memory = memory,
    .work = work,
};
