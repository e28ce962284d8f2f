/* Every function of every kernel table against its formula in double. The twin test compares the
 * tables with one another, and a mistake in the bodies that they share would be in all of them. */
#include "kernel_support.h"

/* Around the widths where the bodies begin another loop: 16 lanes, 4 times 16 lanes. */
static const size_t widths[] = {16, 48, 64, 80, 128, 144, 208};
static const size_t lengths[] = {0, 1, 7, 15, 16, 17, 31, 32, 63, 64, 65, 100, 128, 131};
enum { WIDTHS = sizeof widths / sizeof *widths, LENGTHS = sizeof lengths / sizeof *lengths };

/* How far a result may be from the exact one, for numbers and sums of about `size`. */
static void near(double got, double exact, double size, const char *isa, const char *what, size_t i)
{
    if (!(fabs(got - exact) <= 4e-6 * (size + 1e-3)))
        fail_msg("%s %s: number %zu is %.9g, should be %.9g", isa, what, i, got, exact);
}

/* Numbers beside the result stay as they were. */
static void untouched(const plm_real *now, const plm_real *before, size_t count, const char *isa,
                      const char *what)
{
    assert_same(now, before, count, isa, what);
}

static void columns_of(const plm_kernels *k, dice *d, size_t rows, size_t width, size_t beside)
{
    const size_t stride = width + beside;
    plm_real *a = numbers_unit(d, rows * stride), *mean = numbers_unit(d, width);
    plm_real *sum = numbers(width), *spread = numbers(width);
    k->column_sum(sum, a, rows, width, stride);
    k->column_deviation(spread, a, mean, rows, width, stride);
    for (size_t j = 0; j < width; j++) {
        double s = 0, v = 0;
        for (size_t i = 0; i < rows; i++) {
            const double x = a[i * stride + j], far = x - mean[j];
            s += x;
            v += far * far;
        }
        near(sum[j], s, (double)rows, k->isa, "column_sum", j);
        near(spread[j], v, 4 * (double)rows, k->isa, "column_deviation", j);
    }
    free(a), free(mean), free(sum), free(spread);
}

static void scaled_columns(const plm_kernels *k, dice *d, size_t rows, size_t width, bool shifts)
{
    const size_t stride = width + 16, y_stride = width + 32;
    plm_real *x = numbers_unit(d, rows * stride), *y = numbers_unit(d, rows * y_stride);
    plm_real *before = numbers_copy(y, rows * y_stride);
    plm_real *scale = numbers_unit(d, width), *shift = numbers_unit(d, width);
    k->scale_columns(y, x, scale, shifts ? shift : NULL, rows, width, y_stride, stride);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < width; j++) {
            const double exact =
                (double)x[i * stride + j] * scale[j] + (shifts ? (double)shift[j] : 0);
            near(y[i * y_stride + j], exact, 1, k->isa, "scale_columns", j);
        }
        untouched(y + i * y_stride + width, before + i * y_stride + width, y_stride - width, k->isa,
                  "beside scale_columns");
    }
    free(x), free(y), free(before), free(scale), free(shift);
}

static void columns(const plm_kernels *k)
{
    dice d = {7};
    for (size_t w = 0; w < WIDTHS; w++)
        for (size_t rows = 0; rows < 12; rows += 1 + rows / 2) {
            columns_of(k, &d, rows, widths[w], 16 * (w % 3));
            scaled_columns(k, &d, rows, widths[w], rows % 2);
        }
}

/* The sums of an update that is probed: weights a, gradients and later weights b. */
static void check_update_sums(const plm_kernels *k, const plm_real *a, const plm_real *b, size_t n)
{
    plm_real *old = numbers(n);
    double sums[2], squares[3] = {0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        const double moved = (double)b[i] - (double)a[i];
        squares[0] += (double)a[i] * (double)a[i];
        squares[1] += (double)b[i] * (double)b[i];
        squares[2] += moved * moved;
    }
    k->update_before(old, a, b, n, sums);
    near(sums[0], squares[0], 64, k->isa, "update_before, weights", n);
    near(sums[1], squares[1], 64, k->isa, "update_before, gradients", n);
    near(k->update_after(b, old, n), squares[2], 64, k->isa, "update_after", n);
    free(old);
}

static void arrays(const plm_kernels *k)
{
    dice d = {11};
    for (size_t l = 0; l < LENGTHS; l++) {
        const size_t n = lengths[l];
        plm_real *a = numbers_unit(&d, n), *b = numbers_unit(&d, n), *y = numbers(n);
        double total = 0, squares = 0;
        k->add(y, a, b, n);
        for (size_t i = 0; i < n; i++)
            near(y[i], (double)a[i] + b[i], 2, k->isa, "add", i);
        k->scale_shift(y, a, (plm_real)0.75, (plm_real)-0.25, n);
        for (size_t i = 0; i < n; i++) {
            near(y[i], 0.75 * a[i] - 0.25, 1, k->isa, "scale_shift", i);
            total += a[i];
            squares += (double)a[i] * a[i];
        }
        near(k->sum(a, n), total, 1e-6, k->isa, "sum", n);
        near(k->sum_squares(a, n), squares, 1e-6, k->isa, "sum_squares", n);
        check_update_sums(k, a, b, n / 16 * 16);
        free(a), free(b), free(y);
    }
}

/* Binary cross-entropy of logits, with its gradient and without. */
static void binary_logits(const plm_kernels *k)
{
    static const plm_real p[3] = {(plm_real)0.9, (plm_real)0.05, (plm_real)0.25};
    dice d = {23};
    for (size_t l = 0; l < LENGTHS; l++) {
        const size_t n = lengths[l];
        plm_real *x = numbers_unit(&d, n), *t = numbers_unit(&d, n), *g = numbers(n);
        double sum = 0;
        for (size_t i = 0; i < n; i++)
            x[i] *= 1 + (plm_real)(i % 12);
        const plm_real got = k->binary_logits(g, x, t, n, p);
        assert_true(same_number(got, k->binary_logits(NULL, x, t, n, p)));
        for (size_t i = 0; i < n; i++) {
            const double y = (double)p[0] * t[i] + p[1], e = exp(-fabs((double)x[i]));
            sum += fmax(x[i], 0) - x[i] * y + log1p(e);
            near(g[i], p[2] * (1 / (1 + exp(-(double)x[i])) - y), 1, k->isa, "its gradient", i);
        }
        near(got, sum, 1 + 8 * (double)n, k->isa, "binary_logits", n);
        free(x), free(t), free(g);
    }
}

/* What is below 2^-100 in magnitude becomes 0, all else stays. */
static void flush(const plm_kernels *k)
{
    const plm_real x[] = {0x1p-99f,  -0x1p-99f, 0x1p-100f, -0x1p-100f, 0x1.fffffep-101f, -0x1p-101f,
                          0x1p-126f, 0,         1,         -3,         INFINITY};
    const plm_real wanted[] = {0x1p-99f, -0x1p-99f, 0x1p-100f, -0x1p-100f, 0,       0,
                               0,        0,         1,         -3,         INFINITY};
    plm_real y[11];
    k->flush(y, x, 11);
    for (size_t i = 0; i < 11; i++)
        if (!(y[i] == wanted[i]))
            fail_msg("%s flush(%a) is %a", k->isa, (double)x[i], (double)y[i]);
}

/* The four softmax functions on rows of every width from 1 to past 4 times 16 lanes. */
static void softmax_of(const plm_kernels *k, dice *d, size_t rows, size_t width)
{
    const size_t stride = (width + 15) / 16 * 16, size = rows * stride;
    plm_real *x = numbers_unit(d, size), *dy = numbers_unit(d, size), *y = numbers(size),
             *logs = numbers(size), *dx = numbers(size), *log_dx = numbers(size),
             *log_sum = numbers(rows);
    k->softmax(y, x, rows, width, stride, stride, log_sum);
    k->log_softmax(logs, x, rows, width, stride, stride);
    k->softmax_backward(dx, dy, y, rows, width, stride);
    k->log_softmax_backward(log_dx, dy, logs, rows, width, stride);
    for (size_t i = 0; i < rows; i++) {
        const plm_real *row = x + i * stride, *slope = dy + i * stride;
        double total = 0, dot = 0, slopes = 0;
        for (size_t j = 0; j < width; j++)
            total += exp(row[j]);
        for (size_t j = 0; j < width; j++) {
            dot += slope[j] * exp(row[j]) / total;
            slopes += slope[j];
        }
        near(log_sum[i], log(total), 5, k->isa, "log_sum", i);
        for (size_t j = 0; j < stride; j++) {
            const size_t at = i * stride + j;
            const bool in = j < width;
            const double part = in ? exp(row[j]) / total : 0;
            near(y[at], part, 1, k->isa, "softmax", j);
            near(logs[at], in ? log(part) : 0, 5, k->isa, "log_softmax", j);
            near(dx[at], in ? part * (slope[j] - dot) : 0, 1, k->isa, "softmax_backward", j);
            near(log_dx[at], in ? slope[j] - part * slopes : 0, 4, k->isa, "log_softmax_backward",
                 j);
        }
    }
    free(x), free(dy), free(y), free(logs), free(dx), free(log_dx), free(log_sum);
}

static void softmax(const plm_kernels *k)
{
    dice d = {13};
    for (size_t width = 1; width < 70; width++)
        softmax_of(k, &d, 1 + width % 35, width);
}

static void transpose(const plm_kernels *k)
{
    dice d = {17};
    const size_t to_stride = 48, from_stride = 32, size = 15 * to_stride + 32;
    plm_real *from = numbers_unit(&d, 15 * from_stride + 16), *to = numbers_unit(&d, size);
    plm_real *before = numbers_copy(to, size);
    k->transpose16(to, to_stride, from, from_stride);
    for (size_t at = 0; at < size; at++) {
        const size_t j = at / to_stride, i = at % to_stride;
        const plm_real wanted = i < 16 ? from[i * from_stride + j] : before[at];
        assert_true(same_number(to[at], wanted));
    }
    free(from), free(to), free(before);
}

/* ---- products ---- */

typedef struct {
    size_t rows, panels, depth;
    bool by_columns, packed_b, packed_c, starts, accumulates, half, packs_a;
} product;

/* One element, in double; of the half panel that is not wanted it is 0. */
static double element(const plm_gemm *g, const plm_real *c, size_t i, size_t j)
{
    const size_t at = j / 16 * g->c_panel + i * g->c_row + j % 16;
    double sum = g->accumulate ? (double)c[at] : g->start != NULL ? (double)g->start[j] : 0;
    for (size_t r = 0; r < g->depth; r++)
        sum += (double)g->a[i * g->a_row + r * g->a_step] *
               g->b[j / 16 * g->b_panel + r * g->b_step + j % 16];
    return g->half && j >= g->panels * 16 - 8 ? 0 : sum;
}

static void compare(const plm_kernels *k, const plm_gemm *g, const plm_real *before, size_t beside)
{
    for (size_t i = 0; i < g->rows; i++) {
        for (size_t j = 0; j < g->panels * 16; j++) {
            const size_t at = j / 16 * g->c_panel + i * g->c_row + j % 16;
            near(g->c[at], element(g, before, i, j), 1 + sqrt((double)g->depth), k->isa, "gemm",
                 at);
        }
        const size_t end = i * g->c_row + g->panels * 16;
        untouched(g->c + end, before + end, beside, k->isa, "beside gemm");
    }
}

static void check_product(const plm_kernels *k, dice *d, product p)
{
    const size_t wide = p.panels * 16 + 16, a_stride = (p.by_columns ? p.rows : p.depth) + 3;
    const size_t a_size = (p.by_columns ? p.depth : p.rows) * a_stride, c_size = p.rows * wide;
    plm_real *a = numbers_unit(d, a_size), *b = numbers_unit(d, p.depth * wide),
             *start = numbers_unit(d, p.panels * 16), *c = numbers_unit(d, c_size);
    plm_real *before = numbers_copy(c, c_size);
    plm_gemm g = {.a = a,
                  .a_row = a_stride,
                  .a_step = 1,
                  .b = b,
                  .b_panel = 16,
                  .b_step = wide,
                  .c = c,
                  .c_row = wide,
                  .c_panel = 16,
                  .start = p.starts ? start : NULL,
                  .accumulate = p.accumulates,
                  .rows = p.rows,
                  .panels = p.panels,
                  .depth = p.depth,
                  .pack_a = p.packs_a,
                  .half = p.half};
    if (p.by_columns)
        g.a_row = 1, g.a_step = a_stride;
    if (p.packed_b)
        g.b_panel = p.depth * 16, g.b_step = 16;
    if (p.packed_c)
        g.c_row = 16, g.c_panel = p.rows * 16;
    k->gemm(&g);
    compare(k, &g, before, p.packed_c ? 0 : 16);
    free(a), free(b), free(start), free(c), free(before);
}

static void products(const plm_kernels *k)
{
    static const size_t shapes[][3] = {{1, 1, 1},   {5, 2, 3},    {13, 3, 17},  {16, 4, 64},
                                       {33, 5, 40}, {2, 9, 1030}, {52, 3, 260}, {7, 33, 20}};
    dice d = {19};
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (unsigned way = 0; way < 128; way++)
            if (s < 4 || dice_below(&d, 8) == 0)
                check_product(k, &d,
                              (product){.rows = shapes[s][0],
                                        .panels = shapes[s][1],
                                        .depth = shapes[s][2],
                                        .by_columns = way & 1,
                                        .packs_a = (way & 1) && (way & 2),
                                        .packed_b = way & 4,
                                        .packed_c = way & 8,
                                        .starts = way & 16,
                                        .accumulates = way & 32,
                                        .half = way & 64});
    for (int half = 0; half < 2; half++) /* several blocks of packed panels, half of the last one */
        check_product(k, &d,
                      (product){.rows = 3,
                                .panels = 34,
                                .depth = 66,
                                .by_columns = true,
                                .packs_a = true,
                                .half = half});
}

/* ---- every table ---- */

static void each_table(void (*check)(const plm_kernels *k))
{
    for (int i = 0; plm_kernels_name(i); i++)
        check(plm_kernels_find(plm_kernels_name(i)));
}

#define TEST(check)                                                                                \
    static void test_##check(void **state)                                                         \
    {                                                                                              \
        (void)state, each_table(check);                                                            \
    }
TEST(columns)
TEST(arrays)
TEST(flush)
TEST(binary_logits)
TEST(softmax)
TEST(transpose)
TEST(products)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_columns), cmocka_unit_test(test_arrays),
        cmocka_unit_test(test_flush),   cmocka_unit_test(test_binary_logits),
        cmocka_unit_test(test_softmax), cmocka_unit_test(test_transpose),
        cmocka_unit_test(test_products)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
