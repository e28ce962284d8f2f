/* Computes the gradient of a weight matrix W in panels, chunk by chunk; see product.h. A chunk is
 * small enough to stay in cache while its gradient is computed, the optimizer updates it, and its
 * part of the transposed copy is written. */
#include <string.h>

#include "op/product.h"

enum {
    FEW_COLUMNS = 4, /* the last panel is computed apart if it has at most this many columns of W */
    /* max rows of a chunk whose last columns are computed apart; no larger chunk can be chosen */
    FEW_ROWS = 192
};

/* ---- how W is cut ---- */

/* Returns the largest number of panels in a chunk. cache: size of the second cache in numbers. */
size_t plm_chunk_panels(bool pack_x, size_t cache)
{
    /* A chunk gets one panel for this many numbers of the second cache: 16 panels per MiB. */
    enum { CACHE_OF_A_PANEL = (1 << 18) / 16 };
    const size_t fit = cache / CACHE_OF_A_PANEL;
    if (!pack_x)
        return PLM_CHUNK_PANELS;
    return fit < PLM_CHUNK_WIDE ? PLM_CHUNK_WIDE : fit < PLM_CHUNK_WIDEST ? fit : PLM_CHUNK_WIDEST;
}

/* Returns how many numbers of scratch memory a thread needs: those of the largest chunk's
 * gradient. */
size_t plm_tiling_scratch(const plm_tiling *t)
{
    return t->chunk_rows * t->group * PLM_LANES;
}

/* Returns the first row of piece number `cut`, if `rows` rows are cut into `cuts` pieces as equal
 * as possible. Pieces begin at multiples of 16. */
static size_t cut_at(size_t rows, size_t cuts, size_t cut)
{
    const size_t at = (rows + PLM_LANES - 1) / PLM_LANES * cut / cuts * PLM_LANES;
    return at < rows ? at : rows;
}

/* Cuts the panels evenly into groups of at most t.group panels, and the rows into pieces of at most
 * chunk_rows. A unit is one panel of one row piece. A chunk is all panels of a group in one row
 * piece. The loops show the order of the units: over groups, then over row pieces, then over
 * panels. How W is cut decides only who computes what: each element of dW is one sum over all
 * vectors, whatever chunk it is in. */
plm_status plm_tiling_make(plm_arena *a, const plm_kernels *kernel, size_t rows, size_t columns,
                           size_t lines, plm_tiling *out)
{
    plm_tiling t = {.rows = rows, .columns = columns};
    PLM_TRY(plm_packing_pays(a->w, kernel, lines, rows, &t.pack_x));
    t.group = plm_chunk_panels(t.pack_x, a->w->second_cache);
    const size_t panels = plm_panels(columns);
    const int chosen = a->w->tuning.chunk_rows;
    const size_t usual = lines <= PLM_CHUNK_LINES ? PLM_CHUNK_TALL : PLM_CHUNK_ROWS;
    t.chunk_rows = chosen > 0 ? (size_t)chosen : usual;
    const size_t cuts = (rows + t.chunk_rows - 1) / t.chunk_rows,
                 groups = (panels + t.group - 1) / t.group;
    t.unit = plm_arena_array(a, cuts * panels, sizeof *t.unit);
    if (t.unit == NULL)
        return PLM_E_MEMORY;
    for (size_t g = 0; g < groups; g++) {
        const size_t begin = panels * g / groups, end = panels * (g + 1) / groups;
        for (size_t cut = 0; cut < cuts; cut++)
            for (size_t panel = begin; panel < end; panel++) {
                plm_unit *u = &t.unit[t.units++];
                *u = (plm_unit){.row = cut_at(rows, cuts, cut), .panel = panel};
                u->rows = cut_at(rows, cuts, cut + 1) - u->row;
                u->joins = panel > begin;
            }
    }
    *out = t;
    return PLM_OK;
}

/* Returns the chunk that begins at unit `first`: this unit and the units after it that join it, up
 * to `last`. Joined units are neighbouring panels, so one product computes them together. */
plm_chunk plm_tiling_chunk(const plm_tiling *t, int64_t first, int64_t last)
{
    const plm_unit *u = &t->unit[first];
    plm_chunk c = {.row = u->row, .rows = u->rows, .panel = u->panel, .panels = 1};
    while (first + (int64_t)c.panels < last && u[c.panels].joins)
        c.panels++;
    return c;
}

/* Writes units first <= unit < last of the transposed copy of w, chunk by chunk. */
void plm_transpose_units(const plm_tiling *t, const plm_kernels *kernel, const plm_real *w,
                         plm_real *copy, int64_t first, int64_t last)
{
    while (first < last) {
        const plm_chunk c = plm_tiling_chunk(t, first, last);
        plm_transpose_chunk(t, kernel, w, copy, &c);
        first += (int64_t)c.panels;
    }
}

/* ---- gradients ---- */

/* Lists in at[] the memory that the optimizer will read to update a chunk. For each vector that the
 * optimizer reads (parameters, slots) and each panel of the chunk, this is a run of rows * 16
 * numbers. Returns the number of runs. */
static size_t list_fused_reads(const plm_weight_pass *w, const plm_running *run, const plm_chunk *c,
                               const plm_real **at)
{
    size_t n = 0;
    for (size_t j = 0; j < c->panels; j++)
        for (int v = 0; v < run->fused_reads; v++)
            at[n++] = run->fused_read[v] + w->kernel->weight->offset +
                      ((c->panel + j) * w->tiling->rows + c->row) * PLM_LANES;
    return n;
}

/* Sets the gradient to 0 in the padding of W's last panel, if w->clear asks for it and the chunk
 * contains that panel. c_first: the gradient of the chunk, whose panels are c_panel numbers
 * apart. */
static void clear_padding(const plm_weight_pass *w, const plm_chunk *c, plm_real *c_first,
                          size_t c_panel)
{
    const size_t last = plm_panels(w->tiling->columns) - 1;
    if (!w->clear || c->panel + c->panels <= last)
        return;
    plm_real *panel = c_first + (last - c->panel) * c_panel;
    for (size_t i = 0; i < c->rows; i++)
        for (size_t k = w->tiling->columns - last * PLM_LANES; k < PLM_LANES; k++)
            panel[i * PLM_LANES + k] = 0;
}

/* Returns the number of columns of W in the last panel of a chunk if there are so few that
 * few_columns computes them; else 0. */
static size_t few_of(const plm_weight_pass *w, const plm_chunk *c)
{
    const size_t before = (c->panel + c->panels - 1) * PLM_LANES,
                 count = w->tiling->columns < before + PLM_LANES ? w->tiling->columns - before
                                                                 : PLM_LANES;
    const bool pays = w->tiling->pack_x && c->rows <= FEW_ROWS;
    return count <= FEW_COLUMNS && pays && !w->kernel->adds ? count : 0;
}

/* Computes dW for the last panel of a chunk, of which only the first `count` columns exist. A tile
 * would compute 16 columns. Here 16 rows of W are the lanes of a vector, and each column is one row
 * of the product dW' = right' left, of which the blocks of 16 x 16 numbers are then transposed into
 * c. Each number is the same sum of the same products in the same order. */
static void few_columns(const plm_weight_pass *w, const plm_kernels *kernel, const plm_chunk *c,
                        size_t count, plm_real *to)
{
    enum { BLOCK = PLM_LANES * PLM_LANES };
    plm_real block[(FEW_ROWS / PLM_LANES) * BLOCK] __attribute__((aligned(64)));
    plm_real rest[BLOCK] __attribute__((aligned(64)));
    const size_t blocks = plm_panels(c->rows), whole = c->rows / PLM_LANES;
    const plm_gemm g = {.a = w->right.x + (c->panel + c->panels - 1) * PLM_LANES,
                        .a_row = 1,
                        .a_step = w->right.stride,
                        .b = w->left.x + c->row,
                        .b_panel = PLM_LANES,
                        .b_step = w->left.stride,
                        .c = block,
                        .c_row = PLM_LANES,
                        .c_panel = BLOCK,
                        .rows = count,
                        .panels = blocks,
                        .depth = w->lines};
    for (size_t i = 0; i < blocks; i++)
        memset(block + i * BLOCK + count * PLM_LANES, 0,
               (PLM_LANES - count) * PLM_LANES * sizeof *block);
    kernel->gemm(&g);
    for (size_t i = 0; i < whole; i++)
        kernel->transpose16(to + i * BLOCK, PLM_LANES, block + i * BLOCK, PLM_LANES);
    if (whole < blocks) {
        kernel->transpose16(rest, PLM_LANES, block + whole * BLOCK, PLM_LANES);
        memcpy(to + whole * BLOCK, rest, (c->rows % PLM_LANES) * PLM_LANES * sizeof *to);
    }
}

/* Computes the gradient of a chunk, dW = left' right. If updates are fused, the gradient is written
 * to the thread's scratch memory, while the product prefetches the memory that the optimizer will
 * read. Then the gradient is passed to the optimizer panel by panel. Otherwise the gradient is
 * written directly to the gradient vector, g. The product has left' as A, read by columns (a_row
 * 1), and right as B: columns of dz, 16 at a time, are panels whose rows are `stride` numbers
 * apart. c is a matrix in panels with the rows of W. If several ops read a parameter, a later pass
 * adds its gradient to the one in g (adds), so the update of such a parameter is never fused. */
static void chunk_gradient(const plm_weight_pass *w, const plm_running *run, const plm_chunk *c,
                           int thread)
{
    const plm_weight *weight = w->kernel->weight;
    const bool fused = run->apply != NULL;
    const size_t rows = w->tiling->rows, few = few_of(w, c);
    const size_t offset = weight->offset + (c->panel * rows + c->row) * PLM_LANES;
    const plm_real *prefetch[PLM_CHUNK_WIDEST * PLM_FUSED_READS];
    const plm_gemm g = {
        .a = w->left.x + c->row,
        .a_row = 1,
        .a_step = w->left.stride,
        .b = w->right.x + c->panel * PLM_LANES,
        .b_panel = PLM_LANES,
        .b_step = w->right.stride,
        .c = fused ? run->scratch + (size_t)thread * run->scratch_size : run->g + offset,
        .c_row = PLM_LANES,
        .c_panel = (fused ? w->tiling->chunk_rows : rows) * PLM_LANES,
        .accumulate = w->kernel->adds,
        .pack_a = w->tiling->pack_x,
        .rows = c->rows,
        .panels = c->panels - (few > 0),
        .depth = w->lines,
        .half = few == 0 && plm_panel_half(w->tiling->columns, c->panel + c->panels),
        .prefetch = prefetch,
        .prefetches = fused && run->fused_reads > 0 ? list_fused_reads(w, run, c, prefetch) : 0,
        .prefetch_size = c->rows * PLM_LANES};
    run->kernel->gemm(&g);
    if (few > 0)
        few_columns(w, run->kernel, c, few, g.c + g.panels * g.c_panel);
    clear_padding(w, c, g.c, g.c_panel);
    for (size_t j = 0; fused && j < c->panels; j++)
        run->apply(run->apply_self, weight, offset + j * rows * PLM_LANES, g.c + j * g.c_panel,
                   c->rows * PLM_LANES, thread);
}

/* Computes the gradient of each chunk and, if updates are fused, updates the chunk and writes its
 * part of the transposed copy. A chunk that has row 0 of W also computes the gradient of the bias
 * for its columns. */
void plm_weight_pass_run(const plm_weight_pass *w, const plm_running *run, int64_t first,
                         int64_t last, int thread)
{
    while (first < last) {
        const plm_chunk c = plm_tiling_chunk(w->tiling, first, last);
        first += (int64_t)c.panels;
        if (plm_weight_wanted(w->kernel)) {
            chunk_gradient(w, run, &c, thread);
            if (run->apply != NULL && w->copy != NULL)
                plm_transpose_chunk(w->tiling, run->kernel, w->kernel->x, w->copy, &c);
        }
        if (c.row == 0 && w->bias != NULL && plm_weight_wanted(w->bias))
            plm_bias_pass(w->bias, run, w->right, w->lines, &c, thread);
    }
}

/* Computes the gradient of the bias for the columns of a chunk: the column sums of
 * dz[lines][stride]. If updates are fused, the gradient is first written to the scratch memory of
 * the thread. Only the chunks that have row 0 of W call this, so each column is summed once. */
void plm_bias_pass(const plm_operand *bias, const plm_running *run, plm_lines dz, size_t lines,
                   const plm_chunk *c, int thread)
{
    const bool fused = run->apply != NULL;
    const size_t begin = c->panel * PLM_LANES, count = c->panels * PLM_LANES;
    const size_t offset = bias->weight->offset + begin;
    plm_real *scratch = run->scratch + (size_t)thread * run->scratch_size;
    plm_real *db = fused ? scratch : run->g + offset;
    run->kernel->column_sum(db, dz.x + begin, lines, count, dz.stride);
    if (fused)
        run->apply(run->apply_self, bias->weight, offset, db, count, thread);
}
