/* Register tiles of the matrix product. A tile computes rows x panels of C. Each element is summed
 * by fused multiply-adds over the depth, in one accumulator, and all accumulators stay in
 * registers. Macros write out a function for each size of tile, since gcc 12 keeps arrays of
 * registers in memory.
 *
 * Needs the vector functions of an instruction set (lanes_*.h), and from the file of the
 * instruction set:
 *
 *     PLM_TILE_TABLE(TILE)   the sizes of tiles that exist: TILE(rows, panels) for each
 *     PLM_TILE_HIGHEST       the largest number of rows
 *     PLM_TILE_NARROW        1 if a step of the largest tile has so few fused multiply-adds that
 *                            the other instructions of the loop matter, else 0
 *     tile_fuse(sum, x, b)   *sum = x b + *sum; tile_fuse_half does it for half a panel
 *
 * The tile 6 x 1 (six rows, one panel), as the compiler sees it where A lies in rows and B in
 * panels:
 *
 *     static void tile_6_1(s, a, b, c, begin, depth)
 *     {
 *         lanes c0_0 = 0, c1_0 = 0, c2_0 = 0, c3_0 = 0, c4_0 = 0, c5_0 = 0;   ROWS_6(ROW_ZERO, 1)
 *         if (begin != c)
 *             prefetch the six rows of c                                   ROWS_6(ROW_PREFETCH, 1)
 *         if (begin) {                                                     ROWS_6(ROW_BEGIN, 1)
 *             c0_0 = load(begin);  begin += begin_row;
 *             c1_0 = load(begin);  begin += begin_row;  ...
 *         }
 *         a0 = a;  a3 = a + 3 * row;
 *         for (; depth > 0; depth--) {                                     TILE_DENSE(6, 1)
 *             const lanes b0 = load(b);                                    PANELS_1(TILE_LOAD, 0)
 *             { x = fill(a0[0]);          tile_fuse(&c0_0, x, b0); }       ROWS_6(ROW_FUSE_0, 1)
 *             { x = fill(a0[row]);        tile_fuse(&c1_0, x, b0); }
 *             { x = fill(a0[2 * row]);    tile_fuse(&c2_0, x, b0); }
 *             { x = fill(a3[0]);          tile_fuse(&c3_0, x, b0); }
 *             { x = fill(a3[row]);        tile_fuse(&c4_0, x, b0); }
 *             { x = fill(a3[2 * row]);    tile_fuse(&c5_0, x, b0); }
 *             b += 16;  a0++;  a3++;                                       TILE_MOVE(1, 16)
 *         }
 *         store(c, c0_0);  c += c_row;                                     ROWS_6(ROW_STORE, 1)
 *         store(c, c1_0);  c += c_row;  ...
 *     }
 *
 * How the macros nest:
 *
 *     PANELS_n(DO, r)     DO(r, 0) DO(r, 1) ... for n panels
 *     ROWS_n(DO, panels)  DO(0, panels) DO(1, panels) ... for n rows
 *     ROW_X(r, panels)    does X for row r: PANELS_panels(TILE_X, r)
 *     TILE_X(r, p)        does X for row r of panel p, summed in the register c<r>_<p> */

/* The strides with which a tile goes through its operands, as in plm_gemm (kernel.h). begin_row,
 * begin_panel: the strides of `begin`, the initial values of the accumulators (NULL = zero).
 * `ahead` points to memory that later tiles will read. It is prefetched into the second cache, and
 * moves by ahead_step for each k of the depth. */
typedef struct {
    size_t a_row, a_step, b_panel, b_step, c_row, c_panel, begin_row, begin_panel;
    const float *ahead;
    size_t ahead_step;
    /* True if `ahead` is not the next part of the panels of B. The hardware prefetches these panels
     * by itself, but nothing else, so a wide tile, too, must then prefetch `ahead`. */
    bool must_prefetch;
} tile_strides;

/* Computes a tile: c = begin + a b. begin == NULL means zero. */
typedef void tile_function(const tile_strides *s, const float *a, const float *b, float *c,
                           const float *begin, size_t depth);

/* PANELS_n calls DO for each of n panels, ROWS_n for each of n rows. */
#define PANELS_1(DO, r) DO(r, 0)
#define PANELS_2(DO, r) PANELS_1(DO, r) DO(r, 1)
#define PANELS_3(DO, r) PANELS_2(DO, r) DO(r, 2)
#define PANELS_4(DO, r) PANELS_3(DO, r) DO(r, 3)
/* PANELS_Hn does the same as PANELS_n, but the last panel has only its first 8 columns. */
#define PANELS_H1(DO, r) DO##_HALF(r, 0)
#define PANELS_H2(DO, r) PANELS_1(DO, r) DO##_HALF(r, 1)
#define PANELS_H3(DO, r) PANELS_2(DO, r) DO##_HALF(r, 2)
#define PANELS_H4(DO, r) PANELS_3(DO, r) DO##_HALF(r, 3)
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

/* The address of row r of A. Three rows share a pointer: the processor can add stride or 2 stride
 * to an address at no cost. */
#define ROW_0 (a0)
#define ROW_1 (a0 + row)
#define ROW_2 (a0 + 2 * row)
#define ROW_3 (a3)
#define ROW_4 (a3 + row)
#define ROW_5 (a3 + 2 * row)
#define ROW_6 (a6)
#define ROW_7 (a6 + row)
#define ROW_8 (a6 + 2 * row)
#define ROW_9 (a9)
#define ROW_10 (a9 + row)
#define ROW_11 (a9 + 2 * row)
#define ROW_12 (a12)
#define ROW_13 (a12 + row)
#define ROW_14 (a12 + 2 * row)
#define ROW_15 (a15)

/* Hides the value of a pointer from the compiler. The tile goes through C and `begin` row by row;
 * if the compiler knew the pointers, it would compute all 24 addresses beforehand and lack
 * registers for them. */
#define TILE_HIDE(pointer) __asm__("" : "+r"(pointer))

#define TILE_ZERO(r, p) lanes c##r##_##p = lanes_fill(0);
#define TILE_BEGIN(r, p) c##r##_##p = lanes_load(begin + (p) * begin_panel);
#define TILE_PREFETCH(r, p) __builtin_prefetch(walk + (p) * c_panel, 1);
#define TILE_LOAD(step, p) const lanes b##p = lanes_load(b + (p) * b_panel + (step) * PLM_LANES);
#define TILE_FUSE(r, p) tile_fuse(&c##r##_##p, x, b##p);
#define TILE_STORE(r, p) lanes_store(c + (p) * c_panel, c##r##_##p);
#define TILE_ZERO_HALF(r, p) half_lanes c##r##_##p = half_zero();
#define TILE_BEGIN_HALF(r, p) c##r##_##p = half_load(begin + (p) * begin_panel);
#define TILE_PREFETCH_HALF(r, p) TILE_PREFETCH(r, p)
#define TILE_LOAD_HALF(step, p)                                                                    \
    const half_lanes b##p = half_load(b + (p) * b_panel + (step) * PLM_LANES);
#define TILE_FUSE_HALF(r, p) tile_fuse_half(&c##r##_##p, x, b##p);
#define TILE_STORE_HALF(r, p) half_store(c + (p) * c_panel, c##r##_##p);

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
#define ROW_FUSE(r, panels, step)                   \
    {                                               \
        const lanes x = lanes_fill(ROW_##r[step]);  \
        PANELS_##panels(TILE_FUSE, r)               \
    }
/* ROW_FUSE with the number of the step in its name, since ROWS_n passes only two arguments: the row
 * and the number of panels. */
#define ROW_FUSE_0(r, panels) ROW_FUSE(r, panels, 0)
#define ROW_FUSE_1(r, panels) ROW_FUSE(r, panels, 1)
#define ROW_FUSE_2(r, panels) ROW_FUSE(r, panels, 2)
#define ROW_FUSE_3(r, panels) ROW_FUSE(r, panels, 3)

/* TILE_STEP is one step of the depth. The barrier keeps the compiler from moving loads of the next
 * step before it, since there are no registers for them. A narrow tile takes four steps at once,
 * and its barrier also hides the stride of A. Otherwise the compiler computes the address of each
 * step beforehand. It then saves and restores registers to hold them, which costs time in a small
 * product. */
#if PLM_TILE_NARROW
#define TILE_BARRIER __asm__ volatile("" : "+r"(row) : : "memory");
#else
#define TILE_BARRIER __asm__ volatile("" : : : "memory");
#endif
#define TILE_STEP(rows, panels, step)        \
    {                                        \
        PANELS_##panels(TILE_LOAD, step)     \
        ROWS_##rows(ROW_FUSE_##step, panels) \
        TILE_BARRIER                         \
    }
#define TILE_MOVE(a_by, b_by) \
    b += (b_by);              \
    a0 += (a_by);             \
    a3 += (a_by);             \
    a6 += (a_by);             \
    a9 += (a_by);             \
    a12 += (a_by);            \
    a15 += (a_by);

/* The loop over the depth for the dense layout, where A lies in rows and B in panels, so that the
 * strides between two k of the depth are constants. In a narrow tile the counter and the jump of
 * the loop take a large part of the time, so each round handles four k, and prefetches `ahead`
 * once. In a wide tile they do not matter, and nothing is prefetched here: the hardware recognizes
 * the panels of B as a stream and prefetches them by itself. */
#if PLM_TILE_NARROW
#define TILE_DENSE(rows, panels)                                                                   \
    for (; depth >= 4; depth -= 4, ahead += PLM_LANES) {                                           \
        TILE_STEP(rows, panels, 0)                                                                 \
        __builtin_prefetch(ahead, 0, 2);                                                           \
        TILE_STEP(rows, panels, 1)                                                                 \
        TILE_STEP(rows, panels, 2)                                                                 \
        TILE_STEP(rows, panels, 3)                                                                 \
        TILE_MOVE(4, 4 * PLM_LANES)                                                                \
    }                                                                                              \
    for (; depth > 0; depth--) {                                                                   \
        TILE_STEP(rows, panels, 0)                                                                 \
        TILE_MOVE(1, PLM_LANES)                                                                    \
    }
#else
#define TILE_DENSE(rows, panels)    \
    for (; depth > 0; depth--) {    \
        TILE_STEP(rows, panels, 0)  \
        TILE_MOVE(1, PLM_LANES)     \
    }
#endif

/* Defines the function of a tile. In the dense layout the first loop runs over the whole depth, and
 * nothing is left for the second loop. In other layouts only the second loop runs, with strides and
 * prefetches. */
#define PLM_TILE(rows, panels)                                                                     \
    static void tile_##rows##_##panels(const tile_strides *s, const float *a, const float *b,      \
                                       float *c, const float *begin, size_t depth)                 \
    {                                                                                              \
        const size_t c_row = s->c_row, c_panel = s->c_panel;                                       \
        ROWS_##rows(ROW_ZERO, panels)                                                              \
        if (begin != c) {                                                                          \
            const float *walk = c;                                                                 \
            ROWS_##rows(ROW_PREFETCH, panels)                                                      \
            TILE_HIDE(walk);                                                                       \
        }                                                                                          \
        if (begin) {                                                                               \
            const size_t begin_row = s->begin_row, begin_panel = s->begin_panel;                   \
            ROWS_##rows(ROW_BEGIN, panels)                                                         \
        }                                                                                          \
        const size_t a_step = s->a_step, b_step = s->b_step, b_panel = s->b_panel;                 \
        size_t row = s->a_row;                                                                     \
        const float *a0 = a, *a3 = a0 + 3 * row, *a6 = a3 + 3 * row, *a9 = a6 + 3 * row;           \
        const float *a12 = a9 + 3 * row, *a15 = a12 + 3 * row;                                     \
        const float *ahead = s->ahead;                                                             \
        const size_t ahead_step = s->ahead_step;                                                   \
        if (a_step == 1 && b_step == PLM_LANES && !(s->must_prefetch && !PLM_TILE_NARROW)) {       \
            TILE_DENSE(rows, panels)                                                               \
        }                                                                                          \
        for (; depth > 0; depth--, ahead += ahead_step) {                                          \
            TILE_STEP(rows, panels, 0)                                                             \
            __builtin_prefetch(ahead, 0, 2);                                                       \
            TILE_MOVE(a_step, b_step)                                                              \
        }                                                                                          \
        (void)a3, (void)a6, (void)a9, (void)a12, (void)a15;                                        \
        TILE_HIDE(c);                                                                              \
        ROWS_##rows(ROW_STORE, panels)                                                             \
    }
/* clang-format on */

PLM_TILE_TABLE(PLM_TILE)

/* tiles[halves][rows]: the function of each tile, by its width in half panels and its height. */
enum {
    HALVES_H1 = 1,
    HALVES_1,
    HALVES_H2,
    HALVES_2,
    HALVES_H3,
    HALVES_3,
    HALVES_H4,
    HALVES_4,
    HALVES_COUNT
};
#define PLM_TILE_ROW(rows, panels) [HALVES_##panels][rows] = tile_##rows##_##panels,

static tile_function *const tiles[HALVES_COUNT][PLM_TILE_HIGHEST + 1] = {
    PLM_TILE_TABLE(PLM_TILE_ROW)};
