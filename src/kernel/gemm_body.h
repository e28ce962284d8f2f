/* The matrix product: register tiles (gemm_tile_body.h) in blocks that fit the caches. Tiles are
 * cut from C wherever it suits the machine, and the depth too: the chain then goes on from C, so
 * no bit depends on it. Needs, beside what the tiles need,
 *   tile_most_rows(halves)  the rows of the highest tile that is `halves` half panels wide,
 *   tile_most_panels(rows)  the number of panels of the widest tile wanted for so few rows.
 *
 * What is measured below was measured on two cores of an AMD EPYC (Zen 4: 32 KiB first, 1 MiB
 * second cache). */

#include "kernel/gemm_tile_body.h"

/* Depth of a strip: with 4 panels it keeps 256 KiB in the second cache while all rows of A pass
 * by. Shorter ones (512, 256) lose 1 to 5 points at 512 x 4096 x 4096, since C is loaded and
 * stored more often. The depth is cut inside a strip, not around all of them, so that its part
 * of C is still in cache: 3 to 7 points there. */
#define PLM_STRIP_DEPTH 1024

/* Numbers that the second cache does not hold. */
#define PLM_FAR (1u << 18)

/* A block of A turned into rows: 48 x 256 numbers, 51 KiB of stack with 16 more for each row, so
 * that rows do not begin a power of two apart; used for up to 32 panels, whose part of C then
 * stays in the second cache. From 65 steps on turning may pay: 12 to 38 points for AVX2 from 128
 * and 512 rows on a Zen 4, where AVX-512 lost up to 10. So the caller measures it
 * (op/turning.c). */
enum {
    PACK_ROWS = 48,
    PACK_DEPTH = 256,
    PACK_STRIDE = PACK_DEPTH + PLM_LANES,
    PACK_PANELS = 32,
    PACK_LEAST = 65
};
#define PLM_PACKS_FROM PACK_LEAST

/* What is called for on behalf of the caller: each tile takes `share` numbers of one run, a line
 * a step at most. */
typedef struct {
    const float *const *run;
    size_t runs, share, step;
    size_t number, at; /* of the next tile: its run, its place there */
} caller_prefetch;

/* One block of the product: rows x panels x depth with everything already pointing at its
 * beginning. */
typedef struct {
    tile_strides s;
    const float *a, *b;
    float *c;
    const float *begin;
    size_t rows, panels, depth;
    bool half;                 /* of the last panel only the first half is wanted */
    bool looks;                /* ahead: what is beyond the second cache is called into it */
    caller_prefetch *prefetch; /* or this; or NULL */
    const float *next_a;       /* where A is a turned block: what will be turned next; else NULL */
    size_t next_step;
} block;

/* A length cut into `count` pieces of equal size, the first `larger` of them by one larger. */
typedef struct {
    size_t count, size, larger;
} cut;

/* Into as few pieces of at most `most` as there can be. Mostly that is one, and a division costs
 * as much as a small product. */
PLM_INLINE cut cut_evenly(size_t length, size_t most)
{
    if (length <= most)
        return (cut){1, length, 0};
    const size_t count = (length + most - 1) / most;
    return (cut){count, length / count, length % count};
}

/* The block beside k, or below it. */
PLM_INLINE void block_right(block *k, size_t panels)
{
    k->b += panels * k->s.b_panel;
    k->c += panels * k->s.c_panel;
    k->begin = k->begin ? k->begin + panels * k->s.begin_panel : NULL;
}

PLM_INLINE void block_down(block *k, size_t rows)
{
    k->a += rows * k->s.a_row;
    k->c += rows * k->s.c_row;
    k->begin = k->begin ? k->begin + rows * k->s.begin_row : NULL;
}

/* The block behind k: its chains go on from C. */
PLM_INLINE void block_behind(block *k, size_t depth)
{
    k->a += depth * k->s.a_step;
    k->b += depth * k->s.b_step;
    k->begin = k->c;
    k->s.begin_row = k->s.c_row;
    k->s.begin_panel = k->s.c_panel;
}

/* What tile t of a strip calls into the cache: its share of the next strip of B, or what stands
 * 48 columns on in A (in the chunks of a weight gradient, the next chunk's), or something that
 * is there already. Four steps of a dense loop call one line (gemm_tile_body.h), one step of the
 * other. */
PLM_INLINE void look_ahead(block *k, size_t t, const float *a, const float *next_b)
{
    const size_t shares = k->s.a_step == 1 && k->s.b_step == PLM_LANES ? 4 : 1;
    k->s.ahead = k->b;
    k->s.ahead_step = k->s.b_step;
    if (next_b && t / shares < k->panels) {
        k->s.ahead =
            next_b + t / shares * k->s.b_panel + t % shares * (k->depth / shares) * PLM_LANES;
    } else if (k->s.a_row == 1) {
        k->s.ahead = a + PACK_ROWS;
        k->s.ahead_step = k->s.a_step;
    } else if (k->next_a) {
        k->s.ahead = k->next_a + t * PLM_LANES % PACK_ROWS;
        k->s.ahead_step = k->next_step;
    }
}

/* The product has `count` tiles, more or less, of `depth` steps. */
PLM_INLINE caller_prefetch prefetch_begin(const plm_gemm *g, size_t count, size_t depth)
{
    const size_t takers = count > g->prefetches ? count / g->prefetches : 1,
                 share = g->prefetch_size / takers;
    const size_t step = depth > 0 ? share / depth : 0;
    return (caller_prefetch){
        g->prefetch, g->prefetches, share, step < PLM_LANES ? step : PLM_LANES, 0, 0};
}

PLM_INLINE void prefetch_next(caller_prefetch *k, tile_strides *s)
{
    s->ahead = k->run[k->number] + k->at;
    s->ahead_step = k->step;
    if (++k->number == k->runs) {
        k->number = 0;
        k->at += k->share;
    }
}

/* Rows of A against one strip of B: tiles of equal height, give or take one row. */
PLM_INLINE void rows_run(block *k, const float *next_b)
{
    const size_t halves = 2 * k->panels - k->half;
    const cut tall = cut_evenly(k->rows, tile_most_rows(halves));
    const float *a = k->a, *begin = k->begin;
    float *c = k->c;
    for (size_t t = 0; t < tall.count; t++) {
        const size_t height = tall.size + (t < tall.larger);
        if (k->looks)
            look_ahead(k, t, a, next_b);
        else if (k->prefetch)
            prefetch_next(k->prefetch, &k->s);
        tiles[halves][height](&k->s, a, k->b, c, begin, k->depth);
        a += height * k->s.a_row;
        c += height * k->s.c_row;
        begin = begin ? begin + height * k->s.begin_row : NULL;
    }
}

/* A strip, as wide as a tile. */
PLM_INLINE void strip_run(block k, const float *next_b)
{
    const cut deep = cut_evenly(k.depth, PLM_STRIP_DEPTH);
    for (size_t t = 0; t < deep.count; t++) {
        k.depth = deep.size + (t < deep.larger);
        rows_run(&k, t + 1 < deep.count ? k.b + k.depth * k.s.b_step : next_b);
        block_behind(&k, k.depth);
    }
}

/* Every strip of panels, of equal width, give or take one panel. */
PLM_INLINE void strips_run(block k)
{
    const cut across = cut_evenly(k.panels, tile_most_panels(k.rows));
    const bool half = k.half;
    for (size_t t = 0; t < across.count; t++) {
        k.panels = across.size + (t < across.larger);
        k.half = half && t + 1 == across.count;
        strip_run(k, t + 1 < across.count ? k.b + k.panels * k.s.b_panel : NULL);
        block_right(&k, k.panels);
    }
}

/* A block of A, read by columns, as rows. */
PLM_INLINE void pack_rows(float *to, const block *k)
{
    const float *from = k->a;
    const size_t step = k->s.a_step;
    size_t r = 0;
    for (; r + PLM_LANES <= k->depth; r += PLM_LANES, from += PLM_LANES * step) {
        size_t i = 0;
        for (; i + PLM_LANES <= k->rows; i += PLM_LANES)
            lanes_transpose(to + i * PACK_STRIDE + r, PACK_STRIDE, from + i, step);
        for (; i < k->rows; i++)
            for (size_t u = 0; u < PLM_LANES; u++)
                to[i * PACK_STRIDE + r + u] = from[u * step + i];
    }
    for (; r < k->depth; r++, from += step)
        for (size_t i = 0; i < k->rows; i++)
            to[i * PACK_STRIDE + r] = from[i];
}

/* At most PACK_ROWS x PACK_PANELS of C. By columns a tile reads one line of A for every step of
 * the depth, each in a page of its own when rows are long; turned, it reads a few lines that
 * follow each other. */
static __attribute__((noinline)) void packed_run(block k)
{
    float packed[PACK_ROWS * PACK_STRIDE] __attribute__((aligned(64)));
    const cut deep = cut_evenly(k.depth, PACK_DEPTH);
    for (size_t t = 0; t < deep.count; t++) {
        k.depth = deep.size + (t < deep.larger);
        pack_rows(packed, &k);
        block piece = k;
        piece.a = packed;
        piece.s.a_row = PACK_STRIDE;
        piece.s.a_step = 1;
        piece.next_a = k.a + k.rows;
        piece.next_step = k.s.a_step;
        strips_run(piece);
        block_behind(&k, k.depth);
    }
}

static __attribute__((noinline)) void packed_all(block line)
{
    const cut tall = cut_evenly(line.rows, PACK_ROWS),
              across = cut_evenly(line.panels, PACK_PANELS);
    for (size_t t = 0; t < tall.count; t++) {
        line.rows = tall.size + (t < tall.larger);
        block piece = line;
        for (size_t u = 0; u < across.count; u++) {
            piece.panels = across.size + (u < across.larger);
            piece.half = line.half && u + 1 == across.count;
            packed_run(piece);
            block_right(&piece, piece.panels);
        }
        block_down(&line, line.rows);
    }
}

/* A small product has no pieces of the depth and nothing to look ahead to: less to decide for
 * each tile. */
PLM_INLINE void shallow_run(const plm_gemm *g, tile_strides *s, const float *begin,
                            caller_prefetch *prefetch)
{
    const cut across = cut_evenly(g->panels, tile_most_panels(g->rows));
    const float *b = g->b;
    float *c_strip = g->c;
    for (size_t t = 0; t < across.count; t++) {
        const size_t panels = across.size + (t < across.larger);
        const size_t halves = 2 * panels - (g->half && t + 1 == across.count);
        const cut tall = cut_evenly(g->rows, tile_most_rows(halves));
        const float *a = g->a, *from = begin;
        float *c = c_strip;
        for (size_t u = 0; u < tall.count; u++) {
            const size_t height = tall.size + (u < tall.larger);
            if (prefetch)
                prefetch_next(prefetch, s);
            tiles[halves][height](s, a, b, c, from, g->depth);
            a += height * s->a_row;
            c += height * s->c_row;
            from = from ? from + height * s->begin_row : NULL;
        }
        b += panels * s->b_panel;
        c_strip += panels * s->c_panel;
        begin = begin ? begin + panels * s->begin_panel : NULL;
    }
}

PLM_INLINE void deep_run(const plm_gemm *g, const tile_strides *s, const float *begin, bool looks,
                         bool packs, caller_prefetch *prefetch)
{
    block k = {.s = *s,
               .a = g->a,
               .b = g->b,
               .c = g->c,
               .begin = begin,
               .rows = g->rows,
               .panels = g->panels,
               .depth = g->depth,
               .half = g->half,
               .looks = looks,
               .prefetch = prefetch};
    if (packs)
        packed_all(k);
    else
        strips_run(k);
}

/* How many tiles a product is cut into, more or less. */
PLM_INLINE size_t tiles_about(const plm_gemm *g, bool packs)
{
    const cut across = cut_evenly(g->panels, tile_most_panels(g->rows));
    const size_t down = cut_evenly(g->rows, tile_most_rows(2 * across.size)).count;
    return across.count * down * (packs ? cut_evenly(g->depth, PACK_DEPTH).count : 1);
}

static void gemm(const plm_gemm *g)
{
    if (g->rows == 0 || g->panels == 0)
        return;
    const float *begin = g->accumulate ? g->c : g->start;
    tile_strides s = {g->a_row,
                      g->a_step,
                      g->b_panel,
                      g->b_step,
                      g->c_row,
                      g->c_panel,
                      g->accumulate ? g->c_row : 0,
                      g->accumulate ? g->c_panel : PLM_LANES,
                      g->b,
                      0,
                      false};
    const bool by_columns = g->a_row == 1;
    const bool looks = (by_columns ? g->depth * g->a_step : g->panels * g->b_panel) > PLM_FAR;
    const bool packs = g->pack_a && by_columns && g->depth >= PACK_LEAST && g->panels > 1;
    s.calls = g->prefetches > 0 && !looks;
    caller_prefetch prefetch;
    if (g->prefetches > 0)
        prefetch = prefetch_begin(g, tiles_about(g, packs),
                                  packs && g->depth > PACK_DEPTH ? PACK_DEPTH : g->depth);
    caller_prefetch *const looked = g->prefetches > 0 ? &prefetch : NULL;
    if (looks || packs || g->depth > PLM_STRIP_DEPTH)
        deep_run(g, &s, begin, looks, packs, looked);
    else
        shallow_run(g, &s, begin, looked);
    lanes_leave();
}
