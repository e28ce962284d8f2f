/* The matrix product: register tiles of rows x panels, each element one chain of fused multiply-adds over the
 * depth. A tile is cut from C wherever it suits the machine, and the depth too: the chain then goes on from
 * C, so no bit depends on it. Needs a vocabulary and, of the instruction set,
 *   PLM_TILE_TABLE(TILE)   the tiles there are: TILE(rows, panels) each,
 *   tile_most_rows(panels) the highest tile of that width, tile_most_panels(rows) the widest one wanted,
 *   PLM_TILE_HIGHEST       the highest of all. */

/* Depth of a strip: of 4 panels it keeps 256 KiB in the second cache while all rows of A pass by. Measured by
 * turns on one busy Zen 5 (two equal builds differed by up to 3 points): pieces of 128, for the first cache,
 * lost 6 points at 128 x 1024 x 1024 and gained nowhere beyond that noise. Depths over 1024, where this cut first
 * acts, have not been measured. */
#define PLM_STRIP_DEPTH 1024

/* How a tile walks through its operands; begin = where its chains start. */
typedef struct {
    size_t a_row, a_step, b_panel, b_step, c_row, c_panel, begin_row, begin_panel;
} tile_strides;

typedef void tile_function(const tile_strides *s, const float *a, const float *b, float *c,
                           const float *begin, size_t depth);

/* For every panel of a tile, for every row of a tile. */
#define PANELS_1(DO, r) DO(r, 0)
#define PANELS_2(DO, r) PANELS_1(DO, r) DO(r, 1)
#define PANELS_3(DO, r) PANELS_2(DO, r) DO(r, 2)
#define PANELS_4(DO, r) PANELS_3(DO, r) DO(r, 3)
#define ROWS_1(DO, p) DO(0, p)
#define ROWS_2(DO, p) ROWS_1(DO, p) DO(1, p)
#define ROWS_3(DO, p) ROWS_2(DO, p) DO(2, p)
#define ROWS_4(DO, p) ROWS_3(DO, p) DO(3, p)
#define ROWS_5(DO, p) ROWS_4(DO, p) DO(4, p)
#define ROWS_6(DO, p) ROWS_5(DO, p) DO(5, p)
#define ROWS_7(DO, p) ROWS_6(DO, p) DO(6, p)
#define ROWS_8(DO, p) ROWS_7(DO, p) DO(7, p)
#define ROWS_9(DO, p) ROWS_8(DO, p) DO(8, p)
#define ROWS_10(DO, p) ROWS_9(DO, p) DO(9, p)
#define ROWS_11(DO, p) ROWS_10(DO, p) DO(10, p)
#define ROWS_12(DO, p) ROWS_11(DO, p) DO(11, p)
#define ROWS_13(DO, p) ROWS_12(DO, p) DO(12, p)
#define ROWS_14(DO, p) ROWS_13(DO, p) DO(13, p)
#define ROWS_15(DO, p) ROWS_14(DO, p) DO(14, p)
#define ROWS_16(DO, p) ROWS_15(DO, p) DO(15, p)

/* Where row r of A is: three rows share a pointer, since base + stride and base + 2 stride cost nothing. */
#define ROW_0 a0
#define ROW_1 a0 + row
#define ROW_2 a0 + 2 * row
#define ROW_3 a3
#define ROW_4 a3 + row
#define ROW_5 a3 + 2 * row
#define ROW_6 a6
#define ROW_7 a6 + row
#define ROW_8 a6 + 2 * row
#define ROW_9 a9
#define ROW_10 a9 + row
#define ROW_11 a9 + 2 * row
#define ROW_12 a12
#define ROW_13 a12 + row
#define ROW_14 a12 + 2 * row
#define ROW_15 a15

/* C and begin are walked row by row. The compiler would rather work out all 24 addresses beforehand and then
 * has nowhere to keep them, so where a pointer stands after the loop over the depth is hidden from it. */
#define TILE_HIDE(pointer) __asm__("" : "+r"(pointer))

#define TILE_ZERO(r, p) lanes c##r##_##p = lanes_fill(0);
#define TILE_BEGIN(r, p) c##r##_##p = lanes_load(begin + (p)*begin_panel);
#define TILE_PREFETCH(r, p) __builtin_prefetch(walk + (p)*c_panel, 1);
#define TILE_LOAD(r, p) const lanes b##p = lanes_load(b + (p)*b_panel);
#define TILE_FUSE(r, p) c##r##_##p = lanes_fused(x, b##p, c##r##_##p);
#define TILE_STORE(r, p) lanes_store(c + (p)*c_panel, c##r##_##p);

/* clang-format off */
#define ROW_ZERO(r, panels) PANELS_##panels(TILE_ZERO, r)
#define ROW_BEGIN(r, panels)        \
    PANELS_##panels(TILE_BEGIN, r)  \
    begin += begin_row;
#define ROW_PREFETCH(r, panels)       \
    PANELS_##panels(TILE_PREFETCH, r) \
    walk += c_row;
#define ROW_STORE(r, panels)       \
    PANELS_##panels(TILE_STORE, r) \
    c += c_row;
#define ROW_FUSE(r, panels)                     \
    {                                           \
        const lanes x = lanes_fill(*(ROW_##r)); \
        PANELS_##panels(TILE_FUSE, r)           \
    }

#define PLM_TILE(rows, panels)                                                                              \
    static void tile_##rows##_##panels(const tile_strides *s, const float *a, const float *b, float *c,     \
                                       const float *begin, size_t depth)                                    \
    {                                                                                                       \
        const size_t c_row = s->c_row, c_panel = s->c_panel;                                                \
        ROWS_##rows(ROW_ZERO, panels)                                                                       \
        if (begin != c) {                                                                                   \
            const float *walk = c;                                                                          \
            ROWS_##rows(ROW_PREFETCH, panels)                                                               \
            TILE_HIDE(walk);                                                                                \
        }                                                                                                   \
        if (begin) {                                                                                        \
            const size_t begin_row = s->begin_row, begin_panel = s->begin_panel;                            \
            ROWS_##rows(ROW_BEGIN, panels)                                                                  \
        }                                                                                                   \
        const size_t row = s->a_row, a_step = s->a_step, b_step = s->b_step, b_panel = s->b_panel;          \
        const float *a0 = a, *a3 = a0 + 3 * row, *a6 = a3 + 3 * row, *a9 = a6 + 3 * row;                    \
        const float *a12 = a9 + 3 * row, *a15 = a12 + 3 * row;                                              \
        for (; depth > 0; depth--) {                                                                        \
            PANELS_##panels(TILE_LOAD, 0)                                                                   \
            ROWS_##rows(ROW_FUSE, panels)                                                                   \
            b += b_step;                                                                                    \
            a0 += a_step;                                                                                   \
            a3 += a_step;                                                                                   \
            a6 += a_step;                                                                                   \
            a9 += a_step;                                                                                   \
            a12 += a_step;                                                                                  \
            a15 += a_step;                                                                                  \
        }                                                                                                   \
        (void)a3, (void)a6, (void)a9, (void)a12, (void)a15;                                                 \
        TILE_HIDE(c);                                                                                       \
        ROWS_##rows(ROW_STORE, panels)                                                                      \
    }
/* clang-format on */

PLM_TILE_TABLE(PLM_TILE)

#define PLM_TILE_ROW(rows, panels) [panels][rows] = tile_##rows##_##panels,

static tile_function *const tiles[5][PLM_TILE_HIGHEST + 1] = {PLM_TILE_TABLE(PLM_TILE_ROW)};

/* One block of the product: rows x panels x depth with everything already pointing at its beginning. */
typedef struct {
    tile_strides s;
    const float *a, *b;
    float *c;
    const float *begin;
    size_t rows, panels, depth;
} block;

/* A length cut into `count` pieces of equal size, the first `larger` of them by one larger. */
typedef struct {
    size_t count, size, larger;
} cut;

/* Into as few pieces of at most `most` as there can be. Mostly that is one, and a division costs as much as a
 * small product. */
PLM_INLINE cut cut_evenly(size_t length, size_t most)
{
    if (length <= most)
        return (cut){1, length, 0};
    const size_t count = (length + most - 1) / most;
    return (cut){count, length / count, length % count};
}

/* Rows of A against one strip of B: tiles of equal height, give or take one row. */
PLM_INLINE void rows_run(const tile_strides *s, size_t rows, size_t panels, const block *k)
{
    const cut tall = cut_evenly(rows, tile_most_rows(panels));
    const size_t depth = k->depth;
    const float *a = k->a, *b = k->b, *begin = k->begin;
    float *c = k->c;
    for (size_t t = 0; t < tall.count; t++) {
        const size_t height = tall.size + (t < tall.larger);
        tiles[panels][height](s, a, b, c, begin, depth);
        a += height * s->a_row;
        c += height * s->c_row;
        begin = begin ? begin + height * s->begin_row : NULL;
    }
}

/* A strip of `panels` <= 4 panels, its depth cut so that a piece of B stays in cache while all rows of A pass
 * by; from the second piece on, the chains begin from C. */
PLM_INLINE void strip_run(const block *k, size_t panels, const float *b, float *c, const float *begin)
{
    const cut deep = cut_evenly(k->depth, PLM_STRIP_DEPTH);
    tile_strides s = k->s;
    block piece = {.a = k->a, .b = b, .c = c, .begin = begin};
    for (size_t t = 0; t < deep.count; t++) {
        piece.depth = deep.size + (t < deep.larger);
        rows_run(&s, k->rows, panels, &piece);
        piece.a += piece.depth * s.a_step;
        piece.b += piece.depth * s.b_step;
        piece.begin = c;
        s.begin_row = s.c_row;
        s.begin_panel = s.c_panel;
    }
}

/* Every strip of panels, of equal width, give or take one panel. */
static void block_run(const block *k)
{
    const cut across = cut_evenly(k->panels, tile_most_panels(k->rows));
    const float *b = k->b, *begin = k->begin;
    float *c = k->c;
    for (size_t t = 0; t < across.count; t++) {
        const size_t panels = across.size + (t < across.larger);
        strip_run(k, panels, b, c, begin);
        b += panels * k->s.b_panel;
        c += panels * k->s.c_panel;
        begin = begin ? begin + panels * k->s.begin_panel : NULL;
    }
}

static void gemm(const plm_gemm *g)
{
    if (g->rows == 0 || g->panels == 0)
        return;
    block k = {
        .s = {g->a_row, g->a_step, g->b_panel, g->b_step, g->c_row, g->c_panel, 0, PLM_LANES},
        .a = g->a,
        .b = g->b,
        .c = g->c,
        .begin = g->accumulate ? g->c : g->start,
        .rows = g->rows,
        .panels = g->panels,
        .depth = g->depth,
    };
    if (g->accumulate) {
        k.s.begin_row = g->c_row;
        k.s.begin_panel = g->c_panel;
    }
    block_run(&k);
}
