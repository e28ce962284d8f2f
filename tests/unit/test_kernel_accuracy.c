/* The kernels against libm in double, over float32 by a stride (prime, so that no pattern of
 * bits is favoured). With the argument "full", or PLUMMET_FULL set, over every float there is:
 * minutes for each function instead of a second for all; "full exp tanh" does these two. All
 * tables give the same bits (test_kernel_twin), so the best one of this machine stands for all. */
#include "kernel_support.h"

#ifdef PLM_DOUBLE
int main(void)
{
    puts("skipped: in the double build the functions are libm's own");
    return 77;
}
#else

enum { BATCH = 4096, STRIDE = 6151 };

static uint64_t stride = STRIDE;
static char **only; /* names of the functions that are measured, NULL behind them; NULL = all */

typedef struct {
    const char *name;
    double (*reference)(double x);
    plm_map *map;   /* what is measured, or */
    int activation; /* the forward or backward of an activation when map is NULL */
    bool backward;
    double ulp;      /* allowed, in units of the last place of the result, or */
    double absolute; /* allowed, times max(1, |reference|) */
    double from, to; /* arguments outside are left out */
} measure;

static const plm_real settings[4] = {1, 0, 0, 0};

static void run(const measure *m, plm_real *y, const plm_real *x, size_t n)
{
    const plm_kernels *k = plm_kernels_find(NULL);
    if (m->map) {
        m->map(y, x, n);
    } else if (m->backward) {
        plm_real *one = numbers(n);
        for (size_t i = 0; i < n; i++)
            one[i] = 1;
        k->activation[m->activation].backward(y, one, x, n, settings);
        free(one);
    } else {
        k->activation[m->activation].forward(y, x, n, settings);
    }
}

/* The size of a unit in the last place of a float near x. */
static double last_place(double x)
{
    const int exponent = x == 0 ? -126 : ilogb(x);
    return ldexp(1, (exponent < -126 ? -126 : exponent) - 23);
}

/* The error of y in the unit that m allows. */
static double error_of(const measure *m, double y, double exact)
{
    if (isnan(y) || isnan(exact))
        return isnan(y) && isnan(exact) ? 0 : INFINITY;
    /* what rounds to infinity may be it */
    if (y == exact || (isinf(y) && fabs(exact) >= 0x1.ffffffp127))
        return 0;
    if (isinf(y) || isinf(exact))
        return INFINITY;
    return fabs(y - exact) / (m->ulp > 0 ? last_place(exact) : fmax(1, fabs(exact)));
}

static bool asked_for(const char *name)
{
    for (char **at = only; at && *at; at++)
        if (strcmp(*at, name) == 0)
            return true;
    return only == NULL;
}

static void sweep(const measure *m)
{
    if (!asked_for(m->name))
        return;
    plm_real *x = numbers(BATCH), *y = numbers(BATCH);
    double most = 0, where = 0, got = 0;
    uint64_t bits = 0;
    while (bits <= UINT32_MAX) {
        size_t n = 0;
        for (; n < BATCH && bits <= UINT32_MAX; bits += stride) {
            x[n] = float_from_bits((uint32_t)bits);
            n += isnan(x[n]) || (x[n] >= m->from && x[n] <= m->to);
        }
        run(m, y, x, n);
        for (size_t i = 0; i < n; i++) {
            const double error = error_of(m, y[i], m->reference(x[i]));
            if (error > most)
                most = error, where = x[i], got = y[i];
        }
    }
    free(x), free(y);
    printf("    %-22s largest error %.3g %s at %a\n", m->name, most,
           m->ulp > 0 ? "ulp" : "absolute", where);
    if (most > (m->ulp > 0 ? m->ulp : m->absolute))
        fail_msg("%s(%a) is %a, should be %a", m->name, where, got, m->reference(where));
}

/* ---- the references ---- */

static double sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}
static double softplus(double x)
{
    return fmax(x, 0) + log1p(exp(-fabs(x)));
}
static double softplus_or_nan(double x)
{
    return isnan(x) ? x : softplus(x);
}
static double log_sigmoid(double x)
{
    return isnan(x) ? x : -softplus(-x);
}
static double elu(double x)
{
    return x > 0 ? x : expm1(x);
}
static double selu(double x)
{
    return 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * expm1(x));
}
static double cdf(double x)
{
    return erfc(-x * 0.70710678118654752440) / 2;
}
static double gelu(double x)
{
    return isinf(x) ? fmax(x, 0) : x * cdf(x);
}
static double gelu_slope(double x)
{
    return isinf(x) ? x > 0 : cdf(x) + x * exp(-x * x / 2) * 0.39894228040143267794;
}
static double rate(double x)
{
    return 2 * 0.79788456080286535588 * (x + 0.044715 * x * x * x);
}
static double gelu_tanh(double x)
{
    return x * sigmoid(rate(x));
}
static double gelu_tanh_slope(double x)
{
    if (fabs(x) > 50)
        return x > 0;
    const double s = sigmoid(rate(x));
    return s + x * s * (1 - s) * 2 * 0.79788456080286535588 * (1 + 3 * 0.044715 * x * x);
}
static double silu(double x)
{
    return x * sigmoid(x);
}
static double silu_slope(double x)
{
    return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
}
static double mish(double x)
{
    return x * tanh(softplus_or_nan(x));
}
static double mish_slope(double x)
{
    const double t = tanh(softplus_or_nan(x));
    return fabs(x) > 200 ? x > 0 : t + x * (1 - t * t) * sigmoid(x);
}
static double squareplus(double x)
{
    const double s = hypot(x, 1);
    return x < 0 ? 0.5 / (s - x) : (x + s) / 2;
}
static double squareplus_slope(double x)
{
    return squareplus(x) / hypot(x, 1);
}
static double tanh_shrink(double x)
{
    return x - tanh(x);
}
static double minus_sin(double x)
{
    return -sin(x);
}
static double softsign(double x)
{
    return x / (1 + fabs(x));
}
static double hard_sigmoid(double x)
{
    return isnan(x) ? x : fmin(fmax(x / 6 + 0.5, 0), 1);
}
static double hard_silu(double x)
{
    return x * hard_sigmoid(x);
}
static double sigmoid_slope(double y)
{
    return y * (1 - y);
}
static double tanh_slope(double y)
{
    return 1 - y * y;
}
static double softplus_slope(double y)
{
    return -expm1(-y);
}
static double log_sigmoid_slope(double y)
{
    return -expm1(y);
}

static void functions(void **state)
{
    (void)state;
    const plm_kernels *k = plm_kernels_find(NULL);
    const measure all[] = {
        {"log", log, k->log, 0, false, 2, 0, -INFINITY, INFINITY},
        {"tanh", tanh, k->tanh, 0, false, 0, 2e-7, -INFINITY, INFINITY},
        {"softplus", softplus_or_nan, k->softplus, 0, false, 0, 2e-7, -INFINITY, INFINITY},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sweep(&all[i]);
}

static void forwards(void **state)
{
    (void)state;
    const measure all[] = {
        {"sigmoid", sigmoid, NULL, PLM_ACTIVATION_sigmoid, false, 0, 2e-7, -INFINITY, INFINITY},
        {"elu", elu, NULL, PLM_ACTIVATION_elu, false, 0, 2e-7, -INFINITY, INFINITY},
        {"selu", selu, NULL, PLM_ACTIVATION_selu, false, 0, 2e-7, -INFINITY, 1e38},
        {"celu", elu, NULL, PLM_ACTIVATION_celu, false, 0, 2e-7, -INFINITY, INFINITY},
        {"gelu", gelu, NULL, PLM_ACTIVATION_gelu, false, 0, 2e-7, -INFINITY, INFINITY},
        {"gelu_tanh", gelu_tanh, NULL, PLM_ACTIVATION_gelu_tanh, false, 0, 2e-7, -1e12, 1e12},
        {"silu", silu, NULL, PLM_ACTIVATION_silu, false, 0, 2e-7, -3e38, 3e38},
        {"mish", mish, NULL, PLM_ACTIVATION_mish, false, 0, 2e-7, -3e38, 3e38},
        {"log_sigmoid", log_sigmoid, NULL, PLM_ACTIVATION_log_sigmoid, false, 0, 2e-7, -INFINITY,
         INFINITY},
        {"squareplus", squareplus, NULL, PLM_ACTIVATION_squareplus, false, 3, 0, -1e17, 3e38},
        {"tanh_shrink", tanh_shrink, NULL, PLM_ACTIVATION_tanh_shrink, false, 0, 2e-7, -3e38, 3e38},
        {"sin", sin, NULL, PLM_ACTIVATION_sin, false, 0, 3e-7, -1e9, 1e9},
        {"cos", cos, NULL, PLM_ACTIVATION_cos, false, 0, 3e-7, -1e9, 1e9},
        {"softsign", softsign, NULL, PLM_ACTIVATION_softsign, false, 1.5, 0, -3e38, 3e38},
        {"exponential", exp, NULL, PLM_ACTIVATION_exponential, false, 1.5, 0, -INFINITY, INFINITY},
        {"hard_sigmoid", hard_sigmoid, NULL, PLM_ACTIVATION_hard_sigmoid, false, 0, 1e-7, -INFINITY,
         INFINITY},
        {"hard_silu", hard_silu, NULL, PLM_ACTIVATION_hard_silu, false, 0, 2e-7, -3e38, 3e38},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sweep(&all[i]);
}

/* Slopes, from x or from y as backward reads them. */
static void backwards(void **state)
{
    (void)state;
    const measure all[] = {
        {"slope of gelu", gelu_slope, NULL, PLM_ACTIVATION_gelu, true, 0, 3e-7, -INFINITY,
         INFINITY},
        {"slope of gelu_tanh", gelu_tanh_slope, NULL, PLM_ACTIVATION_gelu_tanh, true, 0, 3e-7,
         -INFINITY, INFINITY},
        {"slope of silu", silu_slope, NULL, PLM_ACTIVATION_silu, true, 0, 3e-7, -1e30, 1e30},
        {"slope of mish", mish_slope, NULL, PLM_ACTIVATION_mish, true, 0, 3e-7, -INFINITY,
         INFINITY},
        {"slope of squareplus", squareplus_slope, NULL, PLM_ACTIVATION_squareplus, true, 0, 3e-7,
         -1e17, 1e17},
        {"slope of sin", cos, NULL, PLM_ACTIVATION_sin, true, 0, 3e-7, -1e9, 1e9},
        {"slope of cos", minus_sin, NULL, PLM_ACTIVATION_cos, true, 0, 3e-7, -1e9, 1e9},
        {"slope of sigmoid", sigmoid_slope, NULL, PLM_ACTIVATION_sigmoid, true, 0, 2e-7, 0, 1},
        {"slope of tanh", tanh_slope, NULL, PLM_ACTIVATION_tanh, true, 0, 2e-7, -1, 1},
        {"slope of softplus", softplus_slope, NULL, PLM_ACTIVATION_softplus, true, 0, 2e-7, 0,
         INFINITY},
        {"slope of log_sigmoid", log_sigmoid_slope, NULL, PLM_ACTIVATION_log_sigmoid, true, 0, 2e-7,
         -INFINITY, 0},
    };
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        sweep(&all[i]);
}

/* A function of a table at one place: what it must be exactly. */
static void expect(plm_map *map, float x, float expected)
{
    plm_real y;
    map(&y, &x, 1);
    if (!same_number(y, expected))
        fail_msg("at %a: %a, should be %a", (double)x, (double)y, (double)expected);
}

static void borders(void **state)
{
    (void)state;
    for (int i = 0; plm_kernels_name(i); i++) {
        const plm_kernels *k = plm_kernels_find(plm_kernels_name(i));
        expect(k->log, 1, 0);
        expect(k->log, 0, -INFINITY);
        expect(k->log, -0.0f, -INFINITY);
        expect(k->log, -1, NAN);
        expect(k->log, INFINITY, INFINITY);
        expect(k->log, NAN, NAN);
        expect(k->tanh, INFINITY, 1);
        expect(k->tanh, -INFINITY, -1);
        expect(k->tanh, -0.0f, -0.0f);
        expect(k->tanh, NAN, NAN);
        expect(k->softplus, INFINITY, INFINITY);
        expect(k->softplus, -INFINITY, 0);
        expect(k->softplus, NAN, NAN);
    }
}

/* Every activation says NaN when it is told NaN: otherwise a net could hide that it diverged. */
static void not_a_number_stays(void **state)
{
    (void)state;
    const plm_kernels *k = plm_kernels_find(NULL);
    const plm_real p[4] = {(plm_real)0.1, INFINITY, 0, 0};
    for (int a = 0; a < PLM_ACTIVATION_COUNT; a++) {
        plm_real y, x = NAN;
        k->activation[a].forward(&y, &x, 1, p);
        assert_true(isnan(y));
    }
}

static void softmax_rows(void **state)
{
    (void)state;
    const plm_kernels *k = plm_kernels_find(NULL);
    dice d = {0x9E3779B97F4A7C15u};
    for (size_t width = 1; width < 300; width = width * 3 / 2 + 1) {
        plm_real *x = numbers(width), *y = numbers(width), log_sum, *z = numbers(width);
        double most = -INFINITY, total = 0;
        for (size_t j = 0; j < width; j++) {
            x[j] = 20 * dice_unit(&d);
            most = fmax(most, x[j]);
        }
        for (size_t j = 0; j < width; j++)
            total += exp(x[j] - most);
        k->softmax(y, x, 1, width, width, width, &log_sum);
        k->log_softmax(z, x, 1, width, width, width);
        assert_true(fabs(log_sum - (most + log(total))) < 1e-5);
        for (size_t j = 0; j < width; j++) {
            assert_true(fabs(y[j] - exp(x[j] - most) / total) < 5e-7);
            assert_true(fabs(z[j] - (x[j] - most - log(total))) < 1e-5);
        }
        free(x), free(y), free(z);
    }
}

/* Binary cross-entropy of single logits and its slope, against double. */
static void binary_logits(void **state)
{
    (void)state;
    const plm_kernels *k = plm_kernels_find(NULL);
    for (float x = -100; x <= 100; x += 0.37f)
        for (int i = 0; i <= 4; i++) {
            const plm_real given = x, t = (plm_real)i / 4, p[3] = {(plm_real)0.8, (plm_real)0.1, 3};
            const double y = (double)t * 0.8 + 0.1, wanted = softplus(x) - y * (double)x;
            plm_real g;
            const double value = k->binary_logits(&g, &given, &t, 1, p);
            assert_true(fabs(value - wanted) < 2e-7 * (1 + fabs((double)x)));
            assert_true(fabs(g - 3 * (sigmoid(x) - y)) < 1e-6);
            assert_true(k->binary_logits(NULL, &given, &t, 1, p) == (plm_real)value);
        }
    const plm_real bad = NAN, t = 1, p[3] = {1, 0, 1};
    plm_real g;
    assert_true(isnan(k->binary_logits(&g, &bad, &t, 1, p)) && isnan(g));
}

/* The product of the twin, which all others equal, against double. */
static void gemm(void **state)
{
    (void)state;
    dice d = {12345};
    const size_t rows = 7, depth = 300, panels = 3, wide = 16 * panels;
    plm_real *a = numbers_unit(&d, rows * depth), *b = numbers_unit(&d, depth * wide);
    plm_real *c = numbers(rows * wide), *start = numbers_unit(&d, wide);
    const plm_gemm g = {.a = a,
                        .a_row = depth,
                        .a_step = 1,
                        .b = b,
                        .b_panel = depth * 16,
                        .b_step = 16,
                        .c = c,
                        .c_row = wide,
                        .c_panel = 16,
                        .start = start,
                        .rows = rows,
                        .panels = panels,
                        .depth = depth};
    plm_kernels_find(NULL)->gemm(&g);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < wide; j++) {
            double exact = start[j];
            for (size_t r = 0; r < depth; r++)
                exact += (double)a[i * depth + r] * b[j / 16 * depth * 16 + r * 16 + j % 16];
            assert_true(fabs(c[i * wide + j] - exact) < 2e-5);
        }
    free(a), free(b), free(c), free(start);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions),          cmocka_unit_test(forwards),
        cmocka_unit_test(backwards),          cmocka_unit_test(borders),
        cmocka_unit_test(not_a_number_stays), cmocka_unit_test(softmax_rows),
        cmocka_unit_test(binary_logits),      cmocka_unit_test(gemm),
    };
    if (getenv("PLUMMET_FULL") || (argc > 1 && strcmp(argv[1], "full") == 0))
        stride = 1;
    if (argc > 2)
        only = argv + 2;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
#endif
