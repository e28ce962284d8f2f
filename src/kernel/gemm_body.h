/* The matrix product. C is cut into tiles that are computed in registers (gemm_tile_body.h). The
 * tiles are visited in an order that reuses the caches. The depth is cut, too: the accumulators for
 * the next piece of the depth start with the sums in C, so no bit depends on where the depth is
 * cut. From the outside in:
 *
 *     packed_all     blocks of A, read by columns, are packed (only with pack_a)
 *     strips_run     C is cut into strips, as wide as a tile
 *     strip_run      a strip is cut along the depth; its piece of B stays in the second cache
 *     rows_run       all rows of A pass by: one tile after the other down the strip
 *     tiles[][]      one tile, over the whole depth of the piece
 *
 * A small product needs only the tiles (shallow_run).
 *
 * While a tile computes, it prefetches one cache line every few steps of the depth (`ahead`). A
 * product whose operand does not fit in the second cache prefetches its own operands: the next
 * strip of B, also that of the next piece of a packed block, then the part of A that is packed
 * next. All other tiles prefetch what the caller will read next (plm_gemm.prefetch).
 *
 * Besides what the tiles need, the file of the instruction set provides:
 *
 *     tile_max_rows(halves)   the rows of the highest tile that is `halves` half panels wide
 *     tile_max_panels(rows)   the panels of the widest tile to use for `rows` rows
 *
 * All measurements named below were taken on two cores of an AMD EPYC (Zen 4: first cache 32 KiB,
 * second cache 1 MiB). */

#include "kernel/gemm_tile_body.h"

/* The largest depth of a piece of a strip. With 4 panels, the part of B of such a piece takes 256
 * KiB and stays in the second cache while all rows of A are multiplied by it. Pieces of 512 or 256
 * are slower by 1 to 5 % of the peak speed for a product of 512 x 4096 x 4096, since C is loaded
 * and stored more often. The depth is cut within a strip, not around all strips. So the part of C
 * that belongs to the strip is still in the cache, which gains 3 to 7 % of the peak speed for that
 * product. */
#define PLM_STRIP_DEPTH 1024

/* The largest depth of a piece of a strip if the product streams B (plm_gemm.stream_b). With 4
 * panels the part of B takes 32 KiB and stays in a first cache of 48 KiB. Depths of 64 and 256 were
 * slower on an Intel Xeon with such a cache (docs/decisions/0018). Narrow tiles prefetch anyway,
 * and were slower with short pieces. */
#define PLM_STREAM_DEPTH (PLM_TILE_NARROW ? PLM_STRIP_DEPTH : 128)

/* An operand with more numbers than this does not fit in the second cache (1 MiB). */
#define PLM_FAR (1u << 18)

/* A packed block of A has at most 96 rows and a depth of 96 for wide tiles, 48 rows and a depth of
 * 256 for narrow ones. It takes at most 51 KiB of the stack. It is multiplied by up to 32 panels;
 * their part of C then stays in the second cache. Packing may pay from a depth of 65 on, depending
 * on the processor, so the caller measures it (op/packing.c).
 *
 * Wide tiles read a block that is packed step by step: packed[depth][96]. The 4 panels of B that
 * they multiply it by take 24 KiB at a depth of 96, and stay in a first cache of 48 KiB, while the
 * block passes through it. On an Intel Xeon with such a cache (family 6, model 167) weight
 * gradients are 4 to 9 % faster than with 48 rows and a depth of 128, from 128 x 1024 x 1024 to
 * 512 x 4096 x 4096: panels of B are read half as often. 64 x 128 loses up to 3 %.
 *
 * Narrow tiles read a block that is packed row by row, packed[48][272]: they read it more often,
 * and this way from fewer cache lines. The rows are 16 numbers longer than 256, so that they do not
 * lie a power of two apart. */
enum {
    PACK_ROWS = PLM_TILE_NARROW ? 48 : 96,
    PACK_DEPTH = PLM_TILE_NARROW ? 256 : 96,
    PACK_STRIDE = PACK_DEPTH + PLM_LANES,
    PACK_PANELS = 32,
    PACK_FROM = 65,
    COLUMNS_AHEAD = 48
};
#define PLM_PACKS_FROM PACK_FROM

/* The memory to prefetch for the caller, and how much of it is prefetched already. run[runs]: the
 * pieces of this memory. Each tile prefetches `share` numbers of one piece, `step` numbers per step
 * of the depth, which is at most a cache line. */
typedef struct {
    const float *const *run;
    size_t runs, share, step;
    /* index of the piece from which the next tile prefetches, and the offset in it */
    size_t number, at;
} caller_prefetch;

/* A block of the product that is still to be computed: rows x panels x depth. All pointers point to
 * its beginning. begin: the values with which the accumulators start; NULL = zero. */
typedef struct {
    tile_strides s;
    const float *a, *b;
    float *c;
    const float *begin;
    size_t rows, panels, depth;
    size_t strip_depth; /* max depth of a piece of a strip */
    bool half;          /* only the first half of the last panel is wanted */
    bool looks_ahead;   /* true = the product prefetches its own operands */
    bool packed;        /* true = A is a packed block */
    /* memory to prefetch for the caller, if the product does not prefetch its own operands; NULL =
     * nothing */
    caller_prefetch *prefetch;
    /* if A is a packed block: the part of A that will be packed next, else NULL */
    const float *next_a;
    size_t next_step;    /* a_step of next_a */
    const float *next_b; /* the part of B that is read after this block; NULL = unknown */
} block;

/* A length that is cut into `count` pieces of `size`; the first `larger` pieces are longer by
 * one. */
typedef struct {
    size_t count, size, larger;
} cut;

/* Cuts a length evenly into as few pieces as possible, each of at most `max`. Usually one piece is
 * enough. The first two lines then return before the division, which costs as much as a small
 * product. */
PLM_INLINE cut cut_evenly(size_t length, size_t max)
{
    if (length <= max)
        return (cut){1, length, 0};
    const size_t count = (length + max - 1) / max;
    return (cut){count, length / count, length % count};
}

/* Moves k to the block on its right, by `panels` panels. */
PLM_INLINE void block_right(block *k, size_t panels)
{
    k->b += panels * k->s.b_panel;
    k->c += panels * k->s.c_panel;
    k->begin = k->begin ? k->begin + panels * k->s.begin_panel : NULL;
}

/* Moves k to the block below it, by `rows` rows. */
PLM_INLINE void block_down(block *k, size_t rows)
{
    k->a += rows * k->s.a_row;
    k->c += rows * k->s.c_row;
    k->begin = k->begin ? k->begin + rows * k->s.begin_row : NULL;
}

/* Moves k to the next piece of the depth. Its accumulators start with the sums in C. */
PLM_INLINE void block_behind(block *k, size_t depth)
{
    k->a += depth * k->s.a_step;
    k->b += depth * k->s.b_step;
    k->begin = k->c;
    k->s.begin_row = k->s.c_row;
    k->s.begin_panel = k->s.c_panel;
}

/* Chooses what tile t of a strip prefetches. It is the first of these that exists: the tile's share
 * of the next strip of B; its share of the part of A that will be packed next; if A is read by
 * columns, those COLUMNS_AHEAD further on, which in a weight gradient belong to the next chunk. If
 * none exists, it is memory that is in the cache anyway, and the function returns false: the tile
 * can prefetch for the caller. a: the part of A that the tile reads. next_b: the next strip of B,
 * or NULL.
 *
 * A tile in the dense layout prefetches one line every four steps (gemm_tile_body.h), so four tiles
 * share a panel. Another tile prefetches one line per step. */
PLM_INLINE bool look_ahead(block *k, size_t t, const float *a, const float *next_b)
{
    const bool dense = k->s.a_step == 1 && k->s.b_step == PLM_LANES;
    const size_t shares = dense && (PLM_TILE_NARROW || !k->s.must_prefetch) ? 4 : 1;
    const size_t for_b = next_b ? shares * k->panels : 0;
    k->s.ahead = k->b;
    k->s.ahead_step = k->s.b_step;
    if (t < for_b) {
        k->s.ahead =
            next_b + t / shares * k->s.b_panel + t % shares * (k->depth / shares) * PLM_LANES;
    } else if (k->next_a && t - for_b < PACK_ROWS / PLM_LANES) {
        k->s.ahead = k->next_a + (t - for_b) * PLM_LANES;
        k->s.ahead_step = k->next_step;
    } else if (k->s.a_row == 1 && !k->packed) {
        k->s.ahead = a + COLUMNS_AHEAD;
        k->s.ahead_step = k->s.a_step;
    } else {
        return false;
    }
    return true;
}

/* Divides the caller's memory to prefetch among about `count` tiles, each with `depth` steps. */
PLM_INLINE caller_prefetch prefetch_begin(const plm_gemm *g, size_t count, size_t depth)
{
    const size_t takers = count > g->prefetches ? count / g->prefetches : 1,
                 share = g->prefetch_size / takers;
    const size_t step = depth > 0 ? share / depth : 0;
    return (caller_prefetch){
        g->prefetch, g->prefetches, share, step < PLM_LANES ? step : PLM_LANES, 0, 0};
}

/* Makes the next tile prefetch its share of the caller's memory. Each tile takes the next of the
 * pieces; after the last piece, the first one is next. */
PLM_INLINE void prefetch_next(caller_prefetch *k, tile_strides *s)
{
    s->ahead = k->run[k->number] + k->at;
    s->ahead_step = k->step;
    if (++k->number == k->runs) {
        k->number = 0;
        k->at += k->share;
    }
}

/* Multiplies all rows of A by one piece of a strip of B, tile by tile. The heights of the tiles
 * differ by at most one row. next_b: the piece of B that is multiplied next; NULL = none. */
PLM_INLINE void rows_run(block *k, const float *next_b)
{
    const size_t halves = 2 * k->panels - k->half;
    const cut tall = cut_evenly(k->rows, tile_max_rows(halves));
    const float *a = k->a, *begin = k->begin;
    float *c = k->c;
    for (size_t t = 0; t < tall.count; t++) {
        const size_t height = tall.size + (t < tall.larger);
        const bool looked = k->looks_ahead && look_ahead(k, t, a, next_b);
        if (!looked && k->prefetch)
            prefetch_next(k->prefetch, &k->s);
        tiles[halves][height](&k->s, a, k->b, c, begin, k->depth);
        a += height * k->s.a_row;
        c += height * k->s.c_row;
        begin = begin ? begin + height * k->s.begin_row : NULL;
    }
}

/* Computes one strip, which is as wide as a tile, piece by piece of the depth. next_b: B of the
 * next strip, or NULL. */
PLM_INLINE void strip_run(block k, const float *next_b)
{
    const cut deep = cut_evenly(k.depth, k.strip_depth);
    for (size_t t = 0; t < deep.count; t++) {
        k.depth = deep.size + (t < deep.larger);
        rows_run(&k, t + 1 < deep.count ? k.b + k.depth * k.s.b_step : next_b);
        block_behind(&k, k.depth);
    }
}

/* Computes a block strip by strip. The widths of the strips differ by at most one panel. The first
 * strip prefetches the part of A that is packed next, the last one the panels that are read after
 * the block. */
PLM_INLINE void strips_run(block k)
{
    const cut across = cut_evenly(k.panels, tile_max_panels(k.rows));
    const bool half = k.half;
    for (size_t t = 0; t < across.count; t++) {
        k.panels = across.size + (t < across.larger);
        k.half = half && t + 1 == across.count;
        strip_run(k, t + 1 < across.count ? k.b + k.panels * k.s.b_panel : k.next_b);
        block_right(&k, k.panels);
        k.next_a = NULL;
    }
}

#include "kernel/gemm_pack_body.h"

/* Computes a small product, tile by tile. Its depth is not cut, and it does not prefetch its own
 * operands, so there is less to decide for each tile. prefetch: what to prefetch for the caller, or
 * NULL. */
PLM_INLINE void shallow_run(const plm_gemm *g, tile_strides *s, const float *begin,
                            caller_prefetch *prefetch)
{
    const cut across = cut_evenly(g->panels, tile_max_panels(g->rows));
    const float *b = g->b;
    float *c_strip = g->c;
    for (size_t t = 0; t < across.count; t++) {
        const size_t panels = across.size + (t < across.larger);
        const size_t halves = 2 * panels - (g->half && t + 1 == across.count);
        const cut tall = cut_evenly(g->rows, tile_max_rows(halves));
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

/* Computes a product of depth 1, such as the gradient of a batch of one row: panel by panel, row by
 * row. Tiles would be no faster here, since each sum has a single step. Nothing is prefetched,
 * since the product ends before anything would arrive. */
static __attribute__((noinline)) void outer_run(const plm_gemm *g, const tile_strides *s,
                                                const float *begin)
{
    for (size_t p = 0; p < g->panels; p++) {
        const lanes b = lanes_load(g->b + p * s->b_panel);
        const float *a = g->a;
        float *c = g->c + p * s->c_panel;
        for (size_t i = 0; i < g->rows; i++, a += s->a_row, c += s->c_row) {
            lanes sum =
                begin ? lanes_load(begin + p * s->begin_panel + i * s->begin_row) : lanes_fill(0);
            tile_fuse(&sum, lanes_fill(*a), b);
            lanes_store(c, sum);
        }
    }
}

/* Computes a larger product: by packed blocks of A if `packs`, else by strips. */
PLM_INLINE void deep_run(const plm_gemm *g, const tile_strides *s, const float *begin,
                         bool looks_ahead, bool packs, caller_prefetch *prefetch)
{
    block k = {.s = *s,
               .a = g->a,
               .b = g->b,
               .c = g->c,
               .begin = begin,
               .rows = g->rows,
               .panels = g->panels,
               .depth = g->depth,
               .strip_depth = g->stream_b ? PLM_STREAM_DEPTH : PLM_STRIP_DEPTH,
               .half = g->half,
               .looks_ahead = looks_ahead,
               .prefetch = prefetch};
    if (packs)
        packed_all(k);
    else
        strips_run(k);
}

/* Returns the approximate number of tiles of a product. If blocks of A are packed, each piece of
 * the depth has tiles of its own. */
PLM_INLINE size_t tiles_about(const plm_gemm *g, bool packs)
{
    const cut across = cut_evenly(g->panels, tile_max_panels(g->rows));
    const size_t down = cut_evenly(g->rows, tile_max_rows(2 * across.size)).count;
    return across.count * down * (packs ? cut_evenly(g->depth, PACK_DEPTH).count : 1);
}

/* True if an operand that is read more than once does not fit in the second cache. This operand is
 * A if A is read by columns, else B. If A is packed, it may also be B, since each block of A reads
 * all of B. */
PLM_INLINE bool is_far(const plm_gemm *g, bool packs)
{
    if (g->a_row != 1)
        return g->panels * g->b_panel > PLM_FAR;
    return g->depth * g->a_step > PLM_FAR || (packs && g->depth * g->b_step > PLM_FAR);
}

/* plm_kernels.gemm: sets up strides and prefetches, and chooses how the product is computed. */
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
    if (g->depth == 1 && !g->half) {
        outer_run(g, &s, begin);
        lanes_leave();
        return;
    }
    const bool by_columns = g->a_row == 1;
    const bool packs = g->pack_a && by_columns && g->depth >= PACK_FROM && g->panels > 1;
    const bool looks_ahead = g->stream_b || is_far(g, packs);
    s.must_prefetch = g->stream_b || (g->prefetches > 0 && !looks_ahead);
    caller_prefetch prefetch;
    if (g->prefetches > 0)
        prefetch = prefetch_begin(g, tiles_about(g, packs) / (looks_ahead ? 2 : 1),
                                  packs && g->depth > PACK_DEPTH ? PACK_DEPTH : g->depth);
    caller_prefetch *const looked = g->prefetches > 0 ? &prefetch : NULL;
    if (looks_ahead || packs || g->depth > PLM_STRIP_DEPTH)
        deep_run(g, &s, begin, looks_ahead, packs, looked);
    else
        shallow_run(g, &s, begin, looked);
    lanes_leave();
}
