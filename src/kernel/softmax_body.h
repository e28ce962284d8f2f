/* Computes softmax and its logarithm along rows, and their gradients. A row is read in 16 lanes
 * (column mod 16). The 16 lanes of a maximum or a sum are then halved in the fixed order: 8, 4, 2,
 * 1. Lanes beyond the width count as -inf in a maximum and as 0 in a sum, in every instruction set.
 *
 * Rows of at most 16 numbers are computed 16 rows at a time, transposed, if their strides leave
 * space for 16 numbers. Lane i of column j is then number j of row i. The order of the sums does
 * not change, so the bits do not change either, and this takes a third of the time.
 *
 * Needs the vector functions of an instruction set (lanes_*.h) and the functions of
 * functions_body.h. */

/* How many rows have the logarithms of their sums computed together, one row per lane. */
enum { SOFTMAX_ROWS = PLM_LANES };

/* Sets the padding of a row, row[width] to row[stride - 1], to 0. */
PLM_INLINE void clear_padding(plm_real *row, size_t width, size_t stride)
{
    for (; width + PLM_LANES <= stride; width += PLM_LANES)
        lanes_store(row + width, lanes_fill(0));
    if (width < stride)
        lanes_store_part(row + width, lanes_fill(0), stride - width);
}

/* Loads 16 numbers of a row from number j on. Lanes beyond the width become `other`. */
PLM_INLINE lanes row_load(const plm_real *x, size_t j, size_t width, plm_real other)
{
    if (j + PLM_LANES <= width)
        return lanes_load(x + j);
    return lanes_pick(lanes_first(width - j), lanes_load_part(x + j, width - j), lanes_fill(other));
}

/* Stores up to 16 numbers of a row from number j on, but none beyond the width. */
PLM_INLINE void row_store(plm_real *y, lanes x, size_t j, size_t width)
{
    if (j + PLM_LANES <= width)
        lanes_store(y + j, x);
    else
        lanes_store_part(y + j, x, width - j);
}

/* Returns the maximum of a row. In long rows, four accumulators at once hide the latency of the
 * instruction. The order does not matter for a maximum. */
PLM_INLINE plm_real row_max(const plm_real *x, size_t width)
{
    lanes max = lanes_fill((plm_real)-INFINITY);
    size_t j = 0;
    if (width >= 8 * PLM_LANES) {
        lanes other = max, third = max, fourth = max;
        for (; j + 4 * PLM_LANES <= width; j += 4 * PLM_LANES) {
            max = lanes_max(max, lanes_load(x + j));
            other = lanes_max(other, lanes_load(x + j + PLM_LANES));
            third = lanes_max(third, lanes_load(x + j + 2 * PLM_LANES));
            fourth = lanes_max(fourth, lanes_load(x + j + 3 * PLM_LANES));
        }
        max = lanes_max(lanes_max(max, other), lanes_max(third, fourth));
    }
    for (; j < width; j += PLM_LANES)
        max = lanes_max(max, row_load(x, j, width, (plm_real)-INFINITY));
    return lanes_fold_max(max);
}

/* Returns the sum of exp(x - max) over a row. If y is not NULL, stores the exponentials there. */
PLM_INLINE plm_real row_exp_sum(plm_real *y, const plm_real *x, size_t width, plm_real max)
{
    const lanes shift = lanes_fill(max);
    lanes total = lanes_fill(0);
    size_t j = 0;
    for (; j + PLM_LANES <= width; j += PLM_LANES) {
        const lanes e = function_exp(lanes_subtract(lanes_load(x + j), shift));
        if (y)
            lanes_store(y + j, e);
        total = lanes_add(total, e);
    }
    if (j < width) {
        const lanes e = function_exp(lanes_subtract(lanes_load_part(x + j, width - j), shift));
        if (y)
            lanes_store_part(y + j, e, width - j);
        total = lanes_add(total, lanes_pick(lanes_first(width - j), e, lanes_fill(0)));
    }
    return lanes_fold_sum(total);
}

/* Computes out[i] = max[i] + log(total[i]) for i < count <= 16. */
PLM_INLINE void log_of_sums(plm_real *out, const plm_real *max, const plm_real *total, size_t count)
{
    const lanes logarithm = function_log(lanes_load_part(total, count));
    lanes_store_part(out, lanes_add(lanes_load_part(max, count), logarithm), count);
}

/* Computes the softmax of a row of more than 16 numbers. Sets *max to the maximum of the row, and
 * *total to the sum of exp(x - max). */
PLM_INLINE void softmax_row(plm_real *y, const plm_real *x, size_t width, plm_real *max,
                            plm_real *total)
{
    *max = row_max(x, width);
    *total = row_exp_sum(y, x, width, *max);
    const lanes scale = lanes_fill(1 / *total);
    for (size_t j = 0; j < width; j += PLM_LANES)
        row_store(y, lanes_multiply(row_load(y, j, width, 0), scale), j, width);
}

/* Does the same as softmax_row for a row of at most 16 numbers, which fits in one vector. padded: y
 * has space for 16 numbers, and its padding becomes 0. */
PLM_INLINE void softmax_short_row(plm_real *y, const plm_real *x, size_t width, bool padded,
                                  plm_real *max, plm_real *total)
{
    const choice first = lanes_first(width);
    const lanes row = lanes_load_part(x, width);
    *max = lanes_fold_max(lanes_pick(first, row, lanes_fill((plm_real)-INFINITY)));
    /* Lanes beyond the width compute e^0, not e^-inf: numbers that underflow would take many times
     * as long. */
    const lanes distance = lanes_pick(first, lanes_subtract(row, lanes_fill(*max)), lanes_fill(0));
    const lanes e = lanes_pick(first, function_exp(distance), lanes_fill(0));
    *total = lanes_fold_sum(e);
    const lanes share = lanes_multiply(e, lanes_fill(1 / *total));
    if (padded)
        lanes_store(y, lanes_pick(first, share, lanes_fill(0)));
    else
        lanes_store_part(y, share, width);
}

/* ---- 16 short rows at once ---- */

/* The transposed rows: number j of row i is x[16 * j + i], that is, lane i of column j. */
typedef struct {
    plm_real x[PLM_LANES * PLM_LANES];
} columns __attribute__((aligned(64)));

PLM_INLINE lanes column_get(const columns *c, size_t j)
{
    return lanes_load(c->x + j * PLM_LANES);
}

PLM_INLINE void column_set(columns *c, size_t j, lanes x)
{
    lanes_store(c->x + j * PLM_LANES, x);
}

/* Fills the columns from `width` on with `other`. The barrier keeps the compiler from replacing the
 * loop by a call of memset. */
PLM_INLINE void columns_fill(columns *c, size_t width, plm_real other)
{
    for (size_t j = width; j < PLM_LANES; j++) {
        column_set(c, j, lanes_fill(other));
        __asm__ volatile("" ::: "memory");
    }
}

/* True if rows are short enough, and their strides long enough, to be computed 16 at a time. */
PLM_INLINE bool columns_fit(size_t width, size_t stride, size_t other_stride)
{
    return width <= PLM_LANES && stride >= PLM_LANES && other_stride >= PLM_LANES;
}

/* Reduces 16 columns to one by `fold` (a sum or a maximum), in the fixed order: j and j + 8 first,
 * then 4, 2, 1. A lane is a row, so each row gets the same bits as a fold along that row. */
#define COLUMNS_PAIR(fold, c, j) fold(column_get(c, j), column_get(c, (j) + 8))
#define COLUMNS_FOUR(fold, c, j) fold(COLUMNS_PAIR(fold, c, j), COLUMNS_PAIR(fold, c, (j) + 4))
#define COLUMNS_EIGHT(fold, c, j) fold(COLUMNS_FOUR(fold, c, j), COLUMNS_FOUR(fold, c, (j) + 2))
#define COLUMNS_FOLD(fold, c) fold(COLUMNS_EIGHT(fold, c, 0), COLUMNS_EIGHT(fold, c, 1))

PLM_INLINE lanes columns_sum(const columns *c)
{
    return COLUMNS_FOLD(lanes_add, c);
}

PLM_INLINE lanes columns_max(const columns *c)
{
    return COLUMNS_FOLD(lanes_max, c);
}

/* Transposes the columns back into 16 rows of y, and sets the padding of the rows to 0. */
PLM_INLINE void columns_store(plm_real *y, size_t stride, columns *c, size_t width)
{
    columns_fill(c, width, 0);
    lanes_transpose(y, stride, c->x, PLM_LANES);
    for (size_t i = 0; stride > PLM_LANES && i < PLM_LANES; i++)
        clear_padding(y + i * stride, PLM_LANES, stride);
}

/* For each of 16 rows: sets max to the row's maximum, x to x - max, and e to exp(x - max). Returns
 * the sums of e, one per row. */
PLM_INLINE lanes columns_exp_sum(columns *x, columns *e, size_t width, plm_real *max)
{
    columns_fill(x, width, (plm_real)-INFINITY);
    const lanes top = columns_max(x);
    lanes_store(max, top);
    for (size_t j = 0; j < width; j++) {
        const lanes distance = lanes_subtract(column_get(x, j), top);
        column_set(x, j, distance);
        column_set(e, j, function_exp(distance));
    }
    columns_fill(e, width, 0);
    return columns_sum(e);
}

/* Computes the softmax of 16 short rows. Sets max[16] to the maxima of the rows, total[16] to the
 * sums of exp(x - max). */
static void softmax_columns(plm_real *y, const plm_real *x, size_t width, size_t y_stride,
                            size_t x_stride, plm_real *max, plm_real *total)
{
    columns c, e;
    lanes_transpose(c.x, PLM_LANES, x, x_stride);
    const lanes sum = columns_exp_sum(&c, &e, width, max);
    lanes_store(total, sum);
    const lanes scale = lanes_divide(lanes_fill(1), sum);
    for (size_t j = 0; j < width; j++)
        column_set(&e, j, lanes_multiply(column_get(&e, j), scale));
    columns_store(y, y_stride, &e, width);
}

/* Computes dx = y (dy - sum(dy y)) for 16 short rows. */
static void softmax_columns_backward(plm_real *dx, const plm_real *dy, const plm_real *y,
                                     size_t width, size_t stride)
{
    columns g, v, product;
    lanes_transpose(g.x, PLM_LANES, dy, stride);
    lanes_transpose(v.x, PLM_LANES, y, stride);
    for (size_t j = 0; j < width; j++)
        column_set(&product, j, lanes_fused(column_get(&g, j), column_get(&v, j), lanes_fill(0)));
    columns_fill(&product, width, 0);
    const lanes mean = columns_sum(&product);
    for (size_t j = 0; j < width; j++) {
        const lanes distance = lanes_subtract(column_get(&g, j), mean);
        column_set(&g, j, lanes_flushed(lanes_multiply(column_get(&v, j), distance)));
    }
    columns_store(dx, stride, &g, width);
}

/* Computes y = x - max - log(sum of exp(x - max)) for 16 short rows. */
static void log_softmax_columns(plm_real *y, const plm_real *x, size_t width, size_t y_stride,
                                size_t x_stride)
{
    columns c, e;
    plm_real max[PLM_LANES];
    lanes_transpose(c.x, PLM_LANES, x, x_stride);
    const lanes logarithm =
        lanes_add(lanes_fill(0), function_log(columns_exp_sum(&c, &e, width, max)));
    for (size_t j = 0; j < width; j++)
        column_set(&c, j, lanes_subtract(column_get(&c, j), logarithm));
    columns_store(y, y_stride, &c, width);
}

/* Computes dx = dy - exp(y) sum(dy) for 16 short rows. */
static void log_softmax_columns_backward(plm_real *dx, const plm_real *dy, const plm_real *y,
                                         size_t width, size_t stride)
{
    columns g, v;
    lanes_transpose(g.x, PLM_LANES, dy, stride);
    lanes_transpose(v.x, PLM_LANES, y, stride);
    columns sums;
    for (size_t j = 0; j < width; j++)
        column_set(&sums, j, lanes_add(lanes_fill(0), column_get(&g, j)));
    columns_fill(&sums, width, 0);
    const lanes whole = columns_sum(&sums);
    for (size_t j = 0; j < width; j++) {
        const lanes share = function_exp(column_get(&v, j));
        column_set(&g, j, lanes_flushed(lanes_fused_minus(share, whole, column_get(&g, j))));
    }
    columns_store(dx, stride, &g, width);
}

/* ---- the functions of the table ---- */

/* The function plm_kernels.softmax. It takes 16 rows at a time, transposed if the rows are short,
 * and computes the logarithms of their 16 sums in one call. */
static void softmax(plm_real *y, const plm_real *x, size_t rows, size_t width, size_t y_stride,
                    size_t x_stride, plm_real *log_sum)
{
    plm_real max[SOFTMAX_ROWS], total[SOFTMAX_ROWS];
    for (size_t first = 0; first < rows; first += SOFTMAX_ROWS) {
        const size_t count = rows - first < SOFTMAX_ROWS ? rows - first : SOFTMAX_ROWS;
        const bool transposed = count == SOFTMAX_ROWS && columns_fit(width, x_stride, y_stride);
        if (transposed) {
            softmax_columns(y, x, width, y_stride, x_stride, max, total);
            x += count * x_stride;
            y += count * y_stride;
        }
        for (size_t i = 0; !transposed && i < count; i++, x += x_stride, y += y_stride) {
            if (width <= PLM_LANES)
                softmax_short_row(y, x, width, y_stride >= PLM_LANES, &max[i], &total[i]);
            else
                softmax_row(y, x, width, &max[i], &total[i]);
            clear_padding(y, width, y_stride);
        }
        if (log_sum)
            log_of_sums(log_sum + first, max, total, count);
    }
    lanes_leave();
}

/* Returns the sum of the products of two rows. */
PLM_INLINE plm_real row_dot(const plm_real *a, const plm_real *b, size_t width)
{
    lanes total = lanes_fill(0);
    for (size_t j = 0; j < width; j += PLM_LANES)
        total = lanes_fused(row_load(a, j, width, 0), row_load(b, j, width, 0), total);
    return lanes_fold_sum(total);
}

/* The function plm_kernels.softmax_backward. It takes 16 short rows at a time while there are 16,
 * then goes row by row. */
static void softmax_backward(plm_real *dx, const plm_real *dy, const plm_real *y, size_t rows,
                             size_t width, size_t stride)
{
    size_t i = 0;
    for (; columns_fit(width, stride, stride) && i + PLM_LANES <= rows; i += PLM_LANES) {
        softmax_columns_backward(dx, dy, y, width, stride);
        dx += PLM_LANES * stride;
        dy += PLM_LANES * stride;
        y += PLM_LANES * stride;
    }
    for (; i < rows; i++, dx += stride, dy += stride, y += stride) {
        const lanes mean = lanes_fill(row_dot(dy, y, width));
        for (size_t j = 0; j < width; j += PLM_LANES) {
            const lanes distance = lanes_subtract(row_load(dy, j, width, 0), mean);
            const lanes product = lanes_multiply(row_load(y, j, width, 0), distance);
            row_store(dx, lanes_flushed(product), j, width);
        }
        clear_padding(dx, width, stride);
    }
    lanes_leave();
}

/* The function plm_kernels.log_softmax. It takes 16 rows at a time. Longer rows are read twice:
 * once for the sums, once for x - max - log(sum). */
static void log_softmax(plm_real *y, const plm_real *x, size_t rows, size_t width, size_t y_stride,
                        size_t x_stride)
{
    plm_real max[SOFTMAX_ROWS], total[SOFTMAX_ROWS];
    for (size_t first = 0; first < rows; first += SOFTMAX_ROWS) {
        const size_t count = rows - first < SOFTMAX_ROWS ? rows - first : SOFTMAX_ROWS;
        if (count == SOFTMAX_ROWS && columns_fit(width, x_stride, y_stride)) {
            log_softmax_columns(y + first * y_stride, x + first * x_stride, width, y_stride,
                                x_stride);
            continue;
        }
        for (size_t i = 0; i < count; i++) {
            max[i] = row_max(x + (first + i) * x_stride, width);
            total[i] = row_exp_sum(NULL, x + (first + i) * x_stride, width, max[i]);
        }
        log_of_sums(total, (plm_real[SOFTMAX_ROWS]){0}, total, count);
        for (size_t i = 0; i < count; i++) {
            const plm_real *from = x + (first + i) * x_stride;
            plm_real *to = y + (first + i) * y_stride;
            const lanes shift = lanes_fill(max[i]), logarithm = lanes_fill(total[i]);
            for (size_t j = 0; j < width; j += PLM_LANES) {
                const lanes distance = lanes_subtract(row_load(from, j, width, 0), shift);
                row_store(to, lanes_subtract(distance, logarithm), j, width);
            }
            clear_padding(to, width, y_stride);
        }
    }
    lanes_leave();
}

/* The function plm_kernels.log_softmax_backward. It takes 16 short rows at a time while there are
 * 16, then goes row by row. */
static void log_softmax_backward(plm_real *dx, const plm_real *dy, const plm_real *y, size_t rows,
                                 size_t width, size_t stride)
{
    size_t i = 0;
    for (; columns_fit(width, stride, stride) && i + PLM_LANES <= rows; i += PLM_LANES) {
        log_softmax_columns_backward(dx, dy, y, width, stride);
        dx += PLM_LANES * stride;
        dy += PLM_LANES * stride;
        y += PLM_LANES * stride;
    }
    for (; i < rows; i++, dx += stride, dy += stride, y += stride) {
        lanes total = lanes_fill(0);
        for (size_t j = 0; j < width; j += PLM_LANES)
            total = lanes_add(total, row_load(dy, j, width, 0));
        const lanes whole = lanes_fill(lanes_fold_sum(total));
        for (size_t j = 0; j < width; j += PLM_LANES) {
            const lanes share = function_exp(row_load(y, j, width, 0));
            const lanes rest = lanes_fused_minus(share, whole, row_load(dy, j, width, 0));
            row_store(dx, lanes_flushed(rest), j, width);
        }
        clear_padding(dx, width, stride);
    }
    lanes_leave();
}
