/* Computes sums down columns and over whole arrays, and transposes blocks. A column is added up in
 * the order of the rows. An array is summed in 16 lanes (index mod 16), which are then halved in
 * the fixed order: 8, 4, 2, 1. Needs the vector functions of an instruction set (lanes_*.h). */

/* What the sum of a column adds up: the numbers a, or (a - mean)^2 by fused multiply-adds. */
typedef enum { COLUMN_SUM, COLUMN_DEVIATION } column_rule;

/* The columns that remain to be summed. The pointers point to the first of them. */
typedef struct {
    /* a: [rows][stride]. mean: [width], for COLUMN_DEVIATION */
    const plm_real *a, *mean;
    size_t stride, rows; /* distance between rows of a, in numbers; number of rows */
} column_place;

/* Adds the numbers a[16] of one row to the sums of 16 columns. */
PLM_INLINE lanes column_step(column_rule rule, lanes sum, const plm_real *a, lanes mean)
{
    if (rule == COLUMN_SUM)
        return lanes_add(sum, lanes_load(a));
    const lanes distance = lanes_subtract(lanes_load(a), mean);
    return lanes_fused(distance, distance, sum);
}

/* Computes out[64], the sums of 64 columns. Four vector accumulators at once hide the latency of
 * the additions, and each row is read in one piece. */
PLM_INLINE void column_four(column_rule rule, plm_real *out, const column_place *at)
{
    const plm_real *a = at->a;
    lanes s0 = lanes_fill(0), s1 = s0, s2 = s0, s3 = s0, m0 = s0, m1 = s0, m2 = s0, m3 = s0;
    if (rule == COLUMN_DEVIATION) {
        m0 = lanes_load(at->mean);
        m1 = lanes_load(at->mean + 16);
        m2 = lanes_load(at->mean + 32);
        m3 = lanes_load(at->mean + 48);
    }
    for (size_t i = 0; i < at->rows; i++, a += at->stride) {
        s0 = column_step(rule, s0, a, m0);
        s1 = column_step(rule, s1, a + 16, m1);
        s2 = column_step(rule, s2, a + 32, m2);
        s3 = column_step(rule, s3, a + 48, m3);
    }
    lanes_store(out, s0);
    lanes_store(out + 16, s1);
    lanes_store(out + 32, s2);
    lanes_store(out + 48, s3);
}

/* Computes out[16], the sums of 16 columns. */
PLM_INLINE void column_one(column_rule rule, plm_real *out, const column_place *at)
{
    const plm_real *a = at->a;
    lanes sum = lanes_fill(0);
    const lanes mean = rule == COLUMN_DEVIATION ? lanes_load(at->mean) : sum;
    for (size_t i = 0; i < at->rows; i++, a += at->stride)
        sum = column_step(rule, sum, a, mean);
    lanes_store(out, sum);
}

/* Computes out[width], the sums of `width` columns (a multiple of 16): 64 columns at a time, then
 * 16 at a time. */
PLM_INLINE void column_all(column_rule rule, plm_real *out, column_place at, size_t width)
{
    size_t j = 0;
    for (; j + 4 * PLM_LANES <= width;
         j += 4 * PLM_LANES, at.a += 4 * PLM_LANES, at.mean += 4 * PLM_LANES)
        column_four(rule, out + j, &at);
    for (; j < width; j += PLM_LANES, at.a += PLM_LANES, at.mean += PLM_LANES)
        column_one(rule, out + j, &at);
}

/* For plm_kernels.column_sum. */
static void column_sum(plm_real *out, const plm_real *x, size_t rows, size_t width, size_t stride)
{
    /* mean is not read; it points into x, so that moving the pointer to the next columns is
     * allowed */
    column_all(COLUMN_SUM, out, (column_place){.a = x, .mean = x, .stride = stride, .rows = rows},
               width);
    lanes_leave();
}

/* For plm_kernels.column_deviation. */
static void column_deviation(plm_real *out, const plm_real *x, const plm_real *mean, size_t rows,
                             size_t width, size_t stride)
{
    const column_place at = {.a = x, .mean = mean, .stride = stride, .rows = rows};
    column_all(COLUMN_DEVIATION, out, at, width);
    lanes_leave();
}

/* Returns the sum of x[n]. */
static double sum(const plm_real *x, size_t n)
{
    wide w = wide_zero();
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        w = wide_add(w, lanes_load(x + i));
    if (i < n)
        w = wide_add(w, lanes_load_part(x + i, n - i));
    const double total = wide_fold(w);
    lanes_leave();
    return total;
}

/* Returns the sum of the magnitudes of x[n]. */
static double sum_absolute(const plm_real *x, size_t n)
{
    wide w = wide_zero();
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        w = wide_add(w, lanes_absolute(lanes_load(x + i)));
    if (i < n)
        w = wide_add(w, lanes_absolute(lanes_load_part(x + i, n - i)));
    const double total = wide_fold(w);
    lanes_leave();
    return total;
}

/* Returns the sum of the squares of x[n]. */
static double sum_squares(const plm_real *x, size_t n)
{
    wide w = wide_zero();
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        w = wide_add_square(w, lanes_load(x + i));
    if (i < n)
        w = wide_add_square(w, lanes_load_part(x + i, n - i));
    const double total = wide_fold(w);
    lanes_leave();
    return total;
}

/* The function plm_kernels.update_before. Two accumulators for each sum hide the latency of the
 * multiply-adds. */
static void update_before(plm_real *old, const plm_real *p, const plm_real *g, size_t n,
                          double squares[2])
{
    lanes w0 = lanes_fill(0), w1 = w0, g0 = w0, g1 = w0;
    for (size_t i = 0; i + PLM_LANES <= n; i += 2 * PLM_LANES) {
        const lanes a = lanes_load(p + i), b = lanes_load(g + i);
        lanes_store(old + i, a);
        w0 = lanes_fused(a, a, w0);
        g0 = lanes_fused(b, b, g0);
        if (i + 2 * PLM_LANES > n)
            break;
        const lanes c = lanes_load(p + i + PLM_LANES), d = lanes_load(g + i + PLM_LANES);
        lanes_store(old + i + PLM_LANES, c);
        w1 = lanes_fused(c, c, w1);
        g1 = lanes_fused(d, d, g1);
    }
    squares[0] = (double)lanes_fold_sum(lanes_add(w0, w1));
    squares[1] = (double)lanes_fold_sum(lanes_add(g0, g1));
    lanes_leave();
}

/* Computes plm_kernels.update_after. */
static double update_after(const plm_real *p, const plm_real *old, size_t n)
{
    lanes s0 = lanes_fill(0), s1 = s0;
    for (size_t i = 0; i + PLM_LANES <= n; i += 2 * PLM_LANES) {
        const lanes a = lanes_subtract(lanes_load(p + i), lanes_load(old + i));
        s0 = lanes_fused(a, a, s0);
        if (i + 2 * PLM_LANES > n)
            break;
        const lanes b =
            lanes_subtract(lanes_load(p + i + PLM_LANES), lanes_load(old + i + PLM_LANES));
        s1 = lanes_fused(b, b, s1);
    }
    const double total = (double)lanes_fold_sum(lanes_add(s0, s1));
    lanes_leave();
    return total;
}

static void transpose16(plm_real *to, size_t to_stride, const plm_real *from, size_t from_stride)
{
    lanes_transpose(to, to_stride, from, from_stride);
    lanes_leave();
}
