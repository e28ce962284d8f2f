/* Sums down columns and over whole arrays. A column is one chain over rising rows. An array is
 * summed in 16 lanes (index mod 16), which fold in the fixed order. Needs a vocabulary. */

/* What the chain of a column adds for each row: a, or (a - mean)^2. */
typedef enum { COLUMN_SUM, COLUMN_DEVIATION } column_rule;

typedef struct {
    const plm_real *a, *mean; /* mean: of each column, for COLUMN_DEVIATION */
    size_t stride, rows;
} column_place;

/* Adds one row to the chains of 16 columns. */
PLM_INLINE lanes column_step(column_rule rule, lanes sum, const plm_real *a, lanes mean)
{
    if (rule == COLUMN_SUM)
        return lanes_add(sum, lanes_load(a));
    const lanes distance = lanes_subtract(lanes_load(a), mean);
    return lanes_fused(distance, distance, sum);
}

/* Sums 64 columns at once: four chains hide one another's latency, and each row is read in one
 * piece. */
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

/* Sums 16 columns. */
PLM_INLINE void column_one(column_rule rule, plm_real *out, const column_place *at)
{
    const plm_real *a = at->a;
    lanes sum = lanes_fill(0);
    const lanes mean = rule == COLUMN_DEVIATION ? lanes_load(at->mean) : sum;
    for (size_t i = 0; i < at->rows; i++, a += at->stride)
        sum = column_step(rule, sum, a, mean);
    lanes_store(out, sum);
}

/* Sums `width` columns. */
PLM_INLINE void column_all(column_rule rule, plm_real *out, column_place at, size_t width)
{
    size_t j = 0;
    for (; j + 4 * PLM_LANES <= width;
         j += 4 * PLM_LANES, at.a += 4 * PLM_LANES, at.mean += 4 * PLM_LANES)
        column_four(rule, out + j, &at);
    for (; j < width; j += PLM_LANES, at.a += PLM_LANES, at.mean += PLM_LANES)
        column_one(rule, out + j, &at);
}

static void column_sum(plm_real *out, const plm_real *x, size_t rows, size_t width, size_t stride)
{
    /* mean is not read; it moves along with x so that no pointer is ever invalid. */
    column_all(COLUMN_SUM, out, (column_place){.a = x, .mean = x, .stride = stride, .rows = rows},
               width);
    lanes_leave();
}

static void column_deviation(plm_real *out, const plm_real *x, const plm_real *mean, size_t rows,
                             size_t width, size_t stride)
{
    const column_place at = {.a = x, .mean = mean, .stride = stride, .rows = rows};
    column_all(COLUMN_DEVIATION, out, at, width);
    lanes_leave();
}

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

static void transpose16(plm_real *to, size_t to_stride, const plm_real *from, size_t from_stride)
{
    lanes_transpose(to, to_stride, from, from_stride);
    lanes_leave();
}
