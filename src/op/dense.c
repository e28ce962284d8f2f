/* y[n, units] = act(x[n, fan_in] W[fan_in, units] + b), each line by itself.
 * Backward: dz = dy * act'(y) in place; dx = dz W'; dW = x' dz; db = column sums of dz.
 *
 * W lives in panels (kernel.h). Backward wants W', so a training step keeps a transposed copy in
 * panels, brought up to date chunk by chunk where W is updated. The weight pass is split in
 * chunks of CHUNK rows of W by a group of panels: the chunk's gradient stays in cache until the
 * optimizer has used it. */
#include "op/op.h"

enum {
    /* panels of a chunk: with 96 rows the update finds runs long enough to be fetched ahead */
    GROUP = 2,
    /* where the kernel turns x for each chunk: AVX2 trains 5 to 8 % faster at batch 128 and 256 */
    WIDE_GROUP = 8,
    CHUNK = 96,      /* rows of W of a chunk: a multiple of 16, for the transposed copy */
    LINE_BLOCK = 48, /* lines after which the activation runs, while they are in cache */
    BLOCKS = 4,      /* of lines, in which a panel is shared out */
    BARRIER = 64     /* lines of cache that go from core to core in the time of a barrier */
};

typedef struct {
    const plm_spec *activation;
    plm_activation bound; /* filled by shape(): what the spec means */
} dense;

static const plm_field fields[] = {
    PLM_FIELD_OF(dense, activation, PLM_SPEC, "linear", "activation",
                 "applied to the result; one whose slope can be told from y"),
    {0}};

static size_t panels_of(int64_t columns)
{
    return (size_t)((columns + PLM_LANES - 1) / PLM_LANES);
}
static size_t fan_in(const plm_step *s)
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
    dense *c = (dense *)(uintptr_t)o->config; /* bound a moment ago for this node alone */
    PLM_TRY(plm_activation_bind(o->arena, c->activation, &c->bound));
    if (o->inputs < 2 || o->weight[1] == NULL || o->weight[1]->rank != 2 ||
        o->weight[1]->dims[0] != x->width)
        return plm_fail(o->graph->w, PLM_E_SHAPE, o->where, NULL,
                        "dense wants a kernel of %lld rows", (long long)x->width);
    o->weight[1]->layout = PLM_LAYOUT_PANELS;
    int64_t dims[PLM_RANK];
    for (int i = 0; i < x->rank; i++)
        dims[i] = x->dims[i];
    dims[x->rank > 0 ? x->rank - 1 : 0] = o->weight[1]->dims[1];
    const int rank = x->rank > 0 ? x->rank : 1;
    o->out = x->lines > 1 ? plm_shape_lines(rank, dims) : plm_shape_of(rank, dims);
    return PLM_OK;
}

/* ---- a product of lines and panels, whole or a piece of it ---- */

/* Lines [line, line + lines) and panels [panel, panel + panels) of a result. */
typedef struct {
    size_t line, lines, panel, panels;
} piece;

typedef void piece_function(const plm_step *s, const piece *a);

/* A panel is cut in blocks of lines, so that few panels can be shared out evenly, too. */
static size_t block_line(size_t lines, size_t block)
{
    return lines * block / BLOCKS;
}

/* Units are the blocks of a panel, panel after panel. Whole panels are taken in one piece. */
static void run_pieces(const plm_step *s, size_t first, size_t last, piece_function *run)
{
    const size_t lines = lines_of(s, s->run->rows);
    while (first < last) {
        const size_t block = first % BLOCKS, whole = (last - first) / BLOCKS;
        const size_t blocks = block == 0 && whole > 0         ? BLOCKS
                              : last - first < BLOCKS - block ? last - first
                                                              : BLOCKS - block;
        piece a = {.panel = first / BLOCKS, .panels = 1, .line = block_line(lines, block)};
        a.lines = block_line(lines, block + blocks) - a.line;
        if (blocks == BLOCKS)
            a.panels = whole;
        if (a.lines > 0)
            run(s, &a);
        first += blocks * a.panels;
    }
}

/* ---- forward ---- */

static int64_t forward_units(const plm_step *s)
{
    return (int64_t)(panels_of(s->out.shape.width) * BLOCKS);
}

/* Cut by rows, every thread reads all of W and writes into what others have read, line by line
 * of cache; cut by panels, W stays with the thread that updates it and lines of y are passed on
 * instead, after a barrier. */
static bool forward_units_pay(const plm_step *s)
{
    return fan_in(s) * panels_of(s->out.shape.width) >
           lines_of(s, s->run->capacity) * panels_of(s->out.shape.width) + BARRIER;
}

static void activate(const plm_step *s, const piece *a)
{
    const plm_activation *f = &((const dense *)s->config)->bound;
    plm_activation_forward *run = s->run->kernel->activation[f->id].forward;
    const size_t stride = (size_t)s->out.shape.stride, count = a->panels * PLM_LANES;
    plm_real *y = s->out.x + a->line * stride + a->panel * PLM_LANES;
    if (a->panels == panels_of(s->out.shape.width))
        run(y, y, a->lines * stride, f->p);
    else
        for (size_t i = 0; i < a->lines; i++)
            run(y + i * stride, y + i * stride, count, f->p);
}

static void forward_piece(const plm_step *s, const piece *of)
{
    const size_t in_stride = (size_t)s->in[0].shape.stride,
                 out_stride = (size_t)s->out.shape.stride;
    const bool plain = ((const dense *)s->config)->bound.id == PLM_ACTIVATION_linear;
    plm_gemm g = {.a_row = in_stride,
                  .a_step = 1,
                  .b = s->in[1].x + of->panel * fan_in(s) * PLM_LANES,
                  .b_panel = fan_in(s) * PLM_LANES,
                  .b_step = PLM_LANES,
                  .c_row = out_stride,
                  .c_panel = PLM_LANES,
                  .start = s->inputs > 2 ? s->in[2].x + of->panel * PLM_LANES : NULL,
                  .panels = of->panels,
                  .depth = fan_in(s),
                  .half = plm_panel_half((size_t)s->out.shape.width, of->panel + of->panels),
                  .later = &s->forward_soon.x,
                  .later_size = s->forward_soon.count};
    const size_t count = plain ? 1 : (of->lines + LINE_BLOCK - 1) / LINE_BLOCK;
    for (size_t i = 0; i < count; i++) {
        piece a = *of;
        a.line = of->line + of->lines * i / count;
        a.lines = of->line + of->lines * (i + 1) / count - a.line;
        g.rows = a.lines;
        g.laters = i + 1 == count && s->forward_soon.count > 0;
        g.a = s->in[0].x + a.line * in_stride;
        g.c = s->out.x + a.line * out_stride + a.panel * PLM_LANES;
        s->run->kernel->gemm(&g);
        if (!plain)
            activate(s, &a);
    }
}

static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t begin = lines_of(s, first);
    (void)thread;
    forward_piece(s, &(piece){.line = begin,
                              .lines = lines_of(s, last) - begin,
                              .panels = panels_of(s->out.shape.width)});
}

static void forward_by_units(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    run_pieces(s, (size_t)first, (size_t)last, forward_piece);
}

/* ---- gradient of x ---- */

/* dz = dy act'(y), in place. */
static void slope(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_activation *f = &((const dense *)s->config)->bound;
    const size_t stride = (size_t)s->out.shape.stride;
    const size_t begin = lines_of(s, first) * stride, count = lines_of(s, last) * stride - begin;
    plm_real *dz = s->out.g + begin;
    (void)thread;
    if (f->id != PLM_ACTIVATION_linear)
        s->run->kernel->activation[f->id].backward(dz, dz, s->out.x + begin, count, f->p);
}

static void input_piece(const plm_step *s, const piece *a)
{
    const size_t units = (size_t)s->out.shape.width, stride = (size_t)s->out.shape.stride;
    const size_t in_stride = (size_t)s->in[0].shape.stride;
    const plm_gemm g = {.a = s->out.g + a->line * stride,
                        .a_row = stride,
                        .a_step = 1,
                        .b = s->memory + a->panel * units * PLM_LANES,
                        .b_panel = units * PLM_LANES,
                        .b_step = PLM_LANES,
                        .c = s->in[0].g + a->line * in_stride + a->panel * PLM_LANES,
                        .c_row = in_stride,
                        .c_panel = PLM_LANES,
                        .rows = a->lines,
                        .panels = a->panels,
                        .depth = units,
                        .half = plm_panel_half((size_t)s->in[0].shape.width, a->panel + a->panels),
                        .later = &s->backward_soon.x,
                        .laters = s->backward_soon.count > 0,
                        .later_size = s->backward_soon.count};
    s->run->kernel->gemm(&g);
}

static void input(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t begin = lines_of(s, first);
    (void)thread;
    if (s->in[0].g != NULL)
        input_piece(s, &(piece){.line = begin,
                                .lines = lines_of(s, last) - begin,
                                .panels = panels_of(s->in[0].shape.width)});
}

static int64_t input_units(const plm_step *s)
{
    return (int64_t)(panels_of(s->in[0].shape.width) * BLOCKS);
}

static bool input_units_pay(const plm_step *s)
{
    const size_t panels = panels_of(s->in[0].shape.width);
    return s->in[0].g != NULL && (size_t)s->out.shape.width * panels >
                                     lines_of(s, s->run->capacity) * panels + 2 * BARRIER;
}

static void input_by_units(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    run_pieces(s, (size_t)first, (size_t)last, input_piece);
}

/* ---- the transposed copy: W' in panels of fan_in, [ceil(fan_in / 16)][units][16] ---- */

/* Rows [k, k + rows) of W, panels [p, p + panels): written to their place in the copy. */
static void transpose_chunk(const plm_step *s, size_t k, size_t rows, size_t p, size_t panels)
{
    const size_t depth = fan_in(s), units = (size_t)s->out.shape.width;
    for (size_t j = p; j < p + panels; j++) {
        const size_t columns =
            units - j * PLM_LANES < PLM_LANES ? units - j * PLM_LANES : PLM_LANES;
        for (size_t i = k; i < k + rows; i += PLM_LANES) {
            const plm_real *from = s->in[1].x + (j * depth + i) * PLM_LANES;
            plm_real *to = s->memory + (i / PLM_LANES * units + j * PLM_LANES) * PLM_LANES;
            if (columns == PLM_LANES && depth - i >= PLM_LANES) {
                s->run->kernel->transpose16(to, PLM_LANES, from, PLM_LANES);
                continue;
            }
            const size_t some = depth - i < PLM_LANES ? depth - i : PLM_LANES;
            for (size_t a = 0; a < some; a++)
                for (size_t b = 0; b < columns; b++)
                    to[b * PLM_LANES + a] = from[a * PLM_LANES + b];
        }
    }
}

static bool wants_copy(const plm_step *s)
{
    return s->in[0].g != NULL && s->memory != NULL;
}

static size_t memory(const plm_step *s)
{
    const bool wanted = s->run->training && s->in[0].g != NULL;
    return wanted ? panels_of(s->in[0].shape.width) * (size_t)s->out.shape.width * PLM_LANES : 0;
}

/* ---- chunks of the weight pass ---- */

typedef struct {
    size_t k, rows; /* of W */
    size_t p, panels;
} chunk;

/* fan_in is cut at multiples of 16, the panels anywhere, both evenly. A unit is one panel of one
 * cut of rows; the panels of a group follow one another, so that neighbouring units make a
 * chunk. */
static size_t cuts_down(const plm_step *s)
{
    return (fan_in(s) + CHUNK - 1) / CHUNK;
}

static size_t cut_at(const plm_step *s, size_t cut)
{
    const size_t at = (fan_in(s) + PLM_LANES - 1) / PLM_LANES * cut / cuts_down(s) * PLM_LANES;
    return at < fan_in(s) ? at : fan_in(s);
}

static int64_t weight_units(const plm_step *s)
{
    return (int64_t)(cuts_down(s) * panels_of(s->out.shape.width));
}

static size_t group_of(const plm_step *s)
{
    const size_t from = s->run->kernel->turns_from;
    return from > 0 && lines_of(s, s->run->capacity) >= from ? WIDE_GROUP : GROUP;
}

/* The chunk that begins with unit `first` and ends before unit `last`. */
static chunk chunk_at(const plm_step *s, size_t first, size_t last)
{
    const size_t down = cuts_down(s), panels = panels_of(s->out.shape.width);
    const size_t groups = (panels + group_of(s) - 1) / group_of(s);
    size_t group = first / down * groups / panels;
    while (panels * (group + 1) / groups <= first / down)
        group++;
    const size_t begin = panels * group / groups, wide = panels * (group + 1) / groups - begin;
    const size_t within = first - begin * down, cut = within / wide;
    chunk c = {.k = cut_at(s, cut), .p = begin + within % wide, .panels = wide - within % wide};
    c.rows = cut_at(s, cut + 1) - c.k;
    c.panels = last - first < c.panels ? last - first : c.panels;
    return c;
}

static void refresh(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    while (first < last && wants_copy(s)) {
        const chunk c = chunk_at(s, (size_t)first, (size_t)last);
        transpose_chunk(s, c.k, c.rows, c.p, c.panels);
        first += (int64_t)c.panels;
    }
}

static size_t scratch(const plm_step *s)
{
    return s->run->training ? CHUNK * group_of(s) * PLM_LANES + (size_t)s->out.shape.stride : 0;
}

/* What the optimizer will read for a chunk: as many runs as there are panels, in each of its
 * vectors. */
static size_t later_of(const plm_step *s, const chunk *c, const plm_real **run)
{
    size_t n = 0;
    for (size_t j = 0; j < c->panels; j++)
        for (int v = 0; v < s->run->applieds; v++)
            run[n++] = s->run->applied[v] + s->in[1].weight->offset +
                       ((c->p + j) * fan_in(s) + c->k) * PLM_LANES;
    return n;
}

/* Gradient of a chunk of W: into scratch and on to the optimizer, or into the long vector. */
static void kernel_gradient(const plm_step *s, const chunk *c, int thread)
{
    const size_t depth = fan_in(s);
    const bool fused = s->run->apply != NULL;
    plm_real *scratch = s->run->scratch + (size_t)thread * s->run->scratch_size;
    plm_real *stored =
        fused ? NULL : s->run->g + s->in[1].weight->offset + (c->p * depth + c->k) * PLM_LANES;
    const size_t panel = fused ? (size_t)CHUNK * PLM_LANES : depth * PLM_LANES;
    const plm_real *later[WIDE_GROUP * PLM_APPLIED];
    const plm_gemm g = {.a = s->in[0].x + c->k,
                        .a_row = 1,
                        .a_step = (size_t)s->in[0].shape.stride,
                        .b = s->out.g + c->p * PLM_LANES,
                        .b_panel = PLM_LANES,
                        .b_step = (size_t)s->out.shape.stride,
                        .c = fused ? scratch : stored,
                        .c_row = PLM_LANES,
                        .c_panel = panel,
                        .accumulate = s->in[1].adds,
                        .rows = c->rows,
                        .panels = c->panels,
                        .depth = lines_of(s, s->run->rows),
                        .half = plm_panel_half((size_t)s->out.shape.width, c->p + c->panels),
                        .later = later,
                        .laters = fused && s->run->applieds > 0 ? later_of(s, c, later) : 0,
                        .later_size = c->rows * PLM_LANES};
    s->run->kernel->gemm(&g);
    for (size_t j = 0; fused && j < c->panels; j++)
        s->run->apply(s->run->apply_self, s->in[1].weight,
                      s->in[1].weight->offset + ((c->p + j) * depth + c->k) * PLM_LANES,
                      scratch + j * panel, c->rows * PLM_LANES, thread);
}

static void bias_gradient(const plm_step *s, const chunk *c, int thread)
{
    const bool fused = s->run->apply != NULL;
    const size_t offset = s->in[2].weight->offset + c->p * PLM_LANES, count = c->panels * PLM_LANES;
    plm_real *scratch = s->run->scratch + (size_t)thread * s->run->scratch_size;
    plm_real *db = fused ? scratch : s->run->g + offset;
    s->run->kernel->column_sum(db, s->out.g + c->p * PLM_LANES, lines_of(s, s->run->rows), count,
                               (size_t)s->out.shape.stride);
    if (fused)
        s->run->apply(s->run->apply_self, s->in[2].weight, offset, db, count, thread);
}

static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    while (first < last) {
        const chunk c = chunk_at(s, (size_t)first, (size_t)last);
        first += (int64_t)c.panels;
        if (plm_weight_wanted(&s->in[1])) {
            kernel_gradient(s, &c, thread);
            if (s->run->apply != NULL && wants_copy(s))
                transpose_chunk(s, c.k, c.rows, c.p, c.panels);
        }
        if (c.k == 0 && s->inputs > 2 && plm_weight_wanted(&s->in[2]))
            bias_gradient(s, &c, thread);
    }
}

static double work(const plm_step *s)
{
    return (double)s->out.shape.lines * (double)s->in[0].shape.width * (double)s->out.shape.width;
}

const plm_op_kind plm_op_dense = {
    .kind = {.name = "dense",
             .help = "act(x W + b) on the last axis",
             .config_size = sizeof(dense),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_OUT,
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
    .refresh = {{.run = refresh, .split = PLM_SPLIT_UNITS, .units = weight_units}},
    .memory = memory,
    .scratch = scratch,
    .work = work,
};
