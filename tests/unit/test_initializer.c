/* Initializers: mean, variance and bounds by statistics at several fans, orthogonality, seeds,
 * faults. */
#include "nn_support.h"

typedef struct {
    plm *w;
    plm_arena a;
    plm_initialize about;
    plm_real *values;
} weights;

static void fill(weights *f, const char *spec, int rank, const int64_t *dims, uint64_t seed,
                 uint32_t stream)
{
    f->w = open_runtime(NULL);
    f->a = (plm_arena){.w = f->w};
    f->about = (plm_initialize){.rank = rank, .count = 1, .seed = seed, .stream = stream};
    for (int i = 0; i < rank; i++) {
        f->about.dims[i] = dims[i];
        f->about.count *= (size_t)dims[i];
    }
    plm_fans(rank, dims, &f->about.fan_in, &f->about.fan_out);
    f->values = calloc(f->about.count, sizeof *f->values);
    if (plm_initialize_weight(&f->a, parse(&f->a, spec), &f->about, f->values) < 0)
        fail_msg("%s: %s", spec, plm_last_error(f->w)->what);
}

static void drop(weights *f)
{
    free(f->values);
    plm_arena_free(&f->a);
    plm_close(f->w);
}

static const double cut = 0.87962566103423978;

/* variance = scale / n with n the fan in the mode: 'i', 'o' or 'a'. */
typedef struct {
    const char *spec;
    char form; /* 'u'niform, 't'runcated, 'n'ormal */
    double scale;
    char mode;
} scaled;

static const scaled scaled_items[] = {
    {"glorot_uniform", 'u', 1, 'a'},
    {"GlorotNormal", 't', 1, 'a'},
    {"he_uniform", 'u', 2, 'i'},
    {"he_normal", 't', 2, 'i'},
    {"lecun_uniform", 'u', 1, 'i'},
    {"lecun_normal", 't', 1, 'i'},
    {"variance_scaling", 't', 1, 'i'},
    {"variance_scaling(scale=2, mode=fan_avg, distribution=uniform)", 'u', 2, 'a'},
    {"variance_scaling(0.5, fan_out, normal)", 't', 0.5, 'o'},
    {"variance_scaling(3, fan_out, untruncated_normal)", 'n', 3, 'o'},
    {"variance_scaling(activation=relu)", 't', 2, 'i'},
    {"variance_scaling(2, activation=leaky_relu(0.5), distribution=uniform)", 'u', 3.2, 'i'},
    {"variance_scaling(activation=selu, mode=fan_out)", 't', 1, 'o'},
    {"he_uniform(negative_slope=0.5)", 'u', 1.6, 'i'},
};

static void statistics(const weights *f, double *mean, double *variance, double *most)
{
    double sum = 0, square = 0;
    *most = 0;
    for (size_t i = 0; i < f->about.count; i++) {
        const double x = (double)f->values[i];
        sum += x;
        square += x * x;
        *most = fmax(*most, fabs(x));
    }
    *mean = sum / (double)f->about.count;
    *variance = square / (double)f->about.count - *mean * *mean;
}

/* The estimate of a variance from N draws scatters by about sqrt(2 / N) of it; four times that
 * is let pass. */
static void check_scaled(const scaled *of, int rank, const int64_t *dims)
{
    weights f;
    double mean = 0, variance = 0, most = 0;
    fill(&f, of->spec, rank, dims, 1, 4);
    const double fans = of->mode == 'i'   ? f.about.fan_in
                        : of->mode == 'o' ? f.about.fan_out
                                          : (f.about.fan_in + f.about.fan_out) / 2;
    const double expected = of->scale / fans, deviation = sqrt(expected), n = (double)f.about.count;
    const double limit = of->form == 'u'   ? sqrt(3 * expected)
                         : of->form == 't' ? 2 * deviation / cut
                                           : INFINITY;
    statistics(&f, &mean, &variance, &most);
    assert_near(mean / deviation, 0, 4 / sqrt(n), of->spec, 0);
    assert_near(variance / expected, 1, 4 * sqrt(2 / n), of->spec, 1);
    assert_true(most <= limit * (1 + 1e-6));
    if (n > 1000 && of->form != 'n')
        assert_true(most > limit * 0.97);
    drop(&f);
}

static void test_variances(void **state)
{
    static const int64_t dims[][2] = {{3, 5}, {300, 100}, {1000, 10}, {10, 1000}};
    (void)state;
    for (size_t i = 0; i < sizeof scaled_items / sizeof *scaled_items; i++) {
        for (size_t k = 0; k < sizeof dims / sizeof *dims; k++)
            check_scaled(&scaled_items[i], 2, dims[k]);
        check_scaled(&scaled_items[i], 4, (int64_t[]){3, 3, 20, 30});
        check_scaled(&scaled_items[i], 1, (int64_t[]){2000});
    }
}

static void test_plain_distributions(void **state)
{
    weights f;
    double mean = 0, variance = 0, most = 0;
    const int64_t dims[] = {200, 200};
    (void)state;
    fill(&f, "random_normal(mean=1, stddev=0.5)", 2, dims, 1, 0);
    statistics(&f, &mean, &variance, &most);
    assert_near(mean, 1, 0.01, "mean", 0);
    assert_near(variance, 0.25, 0.01, "variance", 0);
    drop(&f);
    fill(&f, "uniform", 2, dims, 1, 0);
    statistics(&f, &mean, &variance, &most);
    assert_near(variance, 0.01 / 12, 2e-5, "variance", 1);
    assert_true(most <= 0.05 + 1e-9 && most > 0.0499);
    drop(&f);
    fill(&f, "truncated_normal(stddev=2)", 2, dims, 1, 0);
    statistics(&f, &mean, &variance, &most);
    assert_near(sqrt(variance), 2 * cut, 0.02, "deviation", 2);
    assert_true(most <= 4);
    drop(&f);
    fill(&f, "constant(0.25)", 1, dims, 1, 0);
    statistics(&f, &mean, &variance, &most);
    assert_near(mean, 0.25, 0, "constant", 0);
    drop(&f);
    fill(&f, "ones", 0, NULL, 1, 0);
    assert_near((double)f.values[0], 1, 0, "ones", 0);
    drop(&f);
    fill(&f, "identity(3)", 2, (int64_t[]){2, 3}, 1, 0);
    const double expected[] = {3, 0, 0, 0, 3, 0};
    for (size_t i = 0; i < 6; i++)
        assert_near((double)f.values[i], expected[i], 0, "identity", i);
    drop(&f);
}

/* The shorter side's vectors have length gain and stand at right angles. */
static void check_orthogonal(int rank, const int64_t *dims, double gain)
{
    weights f;
    char spec[64];
    snprintf(spec, sizeof spec, "orthogonal(%g)", gain);
    fill(&f, spec, rank, dims, 1, 2);
    const size_t columns = (size_t)dims[rank - 1], rows = f.about.count / columns;
    const size_t narrow = rows < columns ? rows : columns, tall = rows < columns ? columns : rows;
    const size_t across = rows < columns ? columns : 1, along = rows < columns ? 1 : columns;
    for (size_t i = 0; i < narrow; i++)
        for (size_t j = 0; j <= i; j++) {
            double dot = 0;
            for (size_t k = 0; k < tall; k++)
                dot += (double)f.values[i * across + k * along] *
                       (double)f.values[j * across + k * along];
            assert_near(dot, i == j ? gain * gain : 0, rounding(2e-6, 1e-12), "orthogonal", i);
        }
    drop(&f);
}

static void test_orthogonal(void **state)
{
    (void)state;
    check_orthogonal(2, (int64_t[]){7, 7}, 1);
    check_orthogonal(2, (int64_t[]){40, 12}, 2);
    check_orthogonal(2, (int64_t[]){12, 40}, 0.5);
    check_orthogonal(3, (int64_t[]){3, 5, 6}, 1);
    check_orthogonal(2, (int64_t[]){1, 1}, 1);
    /* Evenly spread: over many matrices every entry has mean 0, also the diagonal (hence the
     * signs of R). */
    double sum = 0;
    for (uint32_t stream = 0; stream < 600; stream++) {
        weights f;
        fill(&f, "orthogonal", 2, (int64_t[]){3, 3}, 1, stream);
        sum += (double)f.values[0] + (double)f.values[4];
        drop(&f);
    }
    assert_near(sum / 1200, 0, 0.07, "mean of the diagonal", 0);
}

static int compare(const weights *a, const weights *b)
{
    return memcmp(a->values, b->values, a->about.count * sizeof *a->values);
}

static void test_seeds(void **state)
{
    const int64_t dims[] = {20, 30};
    static const char *const specs[] = {"glorot_uniform", "he_normal", "orthogonal",
                                        "random_uniform"};
    static const char *const own[] = {"glorot_uniform(seed=42)", "he_normal(seed=42)",
                                      "orthogonal(seed=42)", "random_uniform(seed=42)"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        weights first, again, stream, seed, mine, elsewhere;
        fill(&first, specs[i], 2, dims, 1, 0);
        fill(&again, specs[i], 2, dims, 1, 0);
        fill(&stream, specs[i], 2, dims, 1, 1);
        fill(&seed, specs[i], 2, dims, 2, 0);
        fill(&mine, own[i], 2, dims, 1, 0);
        fill(&elsewhere, own[i], 2, dims, 9, 5);
        assert_int_equal(compare(&first, &again), 0);
        assert_int_not_equal(compare(&first, &stream), 0);
        assert_int_not_equal(compare(&first, &seed), 0);
        assert_int_not_equal(compare(&first, &mine), 0);
        assert_int_equal(compare(&mine, &elsewhere), 0);
        drop(&first);
        drop(&again);
        drop(&stream);
        drop(&seed);
        drop(&mine);
        drop(&elsewhere);
    }
}

static void test_fans(void **state)
{
    double in = 0, out = 0;
    (void)state;
    plm_fans(0, NULL, &in, &out);
    assert_true(in == 1 && out == 1);
    plm_fans(1, (int64_t[]){7}, &in, &out);
    assert_true(in == 7 && out == 7);
    plm_fans(2, (int64_t[]){7, 5}, &in, &out);
    assert_true(in == 7 && out == 5);
    plm_fans(4, (int64_t[]){3, 2, 7, 5}, &in, &out);
    assert_true(in == 42 && out == 30);
}

static void test_faults(void **state)
{
    static const char *const bad[] = {"he_norml",
                                      "variance_scaling(scale=0)",
                                      "variance_scaling(mode=fan)",
                                      "random_uniform(1, 0)",
                                      "identity",
                                      "orthogonal"};
    (void)state;
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    const plm_initialize about = {.rank = 1, .dims = {4}, .fan_in = 4, .fan_out = 4, .count = 4};
    plm_real values[4];
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(plm_initialize_weight(&a, parse(&a, bad[i]), &about, values),
                         i < 4 ? PLM_E_SPEC : PLM_E_SHAPE);
    assert_int_equal(plm_initialize_weight(&a, NULL, &about, values), PLM_OK);
    assert_true(values[3] == 0);
    plm_arena_free(&a);
    plm_close(w);
}

/* Activations for which no variance of the weights keeps that of the signals. The status is E_SPEC,
 * and the values are not changed. */
static void test_no_gain(void **state)
{
    static const char *const bad[][2] = {
        {"softmax", "softmax works on whole rows and has no gain"},
        {"glu", "glu works on whole rows and has no gain"},
        {"hard_shrink(1000)", "hard_shrink makes normal numbers all 0 or infinite"},
        {"threshold(1000, 0)", "threshold makes normal numbers all 0 or infinite"},
        {"reluu", "reluu"},
    };
    (void)state;
    plm *w = open_runtime(NULL);
    plm_arena a = {.w = w};
    const plm_initialize about = {.rank = 1, .dims = {4}, .fan_in = 4, .fan_out = 4, .count = 4};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm_real values[4] = {7, 7, 7, 7};
        char spec[80];
        snprintf(spec, sizeof spec, "variance_scaling(activation=%s)", bad[i][0]);
        assert_int_equal(plm_initialize_weight(&a, parse(&a, spec), &about, values), PLM_E_SPEC);
        if (strstr(plm_last_error(w)->what, bad[i][1]) == NULL)
            fail_msg("%s: %s", spec, plm_last_error(w)->what);
        for (int k = 0; k < 4; k++)
            assert_true(values[k] == 7);
    }
    plm_arena_free(&a);
    plm_close(w);
}

/* He's variance for a slope a below 0 is 2 / (1 + a^2): the same numbers, each by 1 / sqrt(1 + a^2)
 * of those for a = 0. */
static void test_slopes(void **state)
{
    static const char *const names[] = {"he_normal", "he_uniform"};
    const int64_t dims[] = {30, 20};
    (void)state;
    for (int k = 0; k < 2; k++) {
        weights plain, leaky;
        char spec[64];
        snprintf(spec, sizeof spec, "%s(negative_slope=0.75)", names[k]);
        fill(&plain, names[k], 2, dims, 5, 1);
        fill(&leaky, spec, 2, dims, 5, 1);
        for (size_t i = 0; i < plain.about.count; i++)
            assert_near((double)leaky.values[i], (double)plain.values[i] * 0.8, 1e-7, spec, i);
        drop(&plain);
        drop(&leaky);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_slopes),
        cmocka_unit_test(test_variances),
        cmocka_unit_test(test_plain_distributions),
        cmocka_unit_test(test_orthogonal),
        cmocka_unit_test(test_seeds),
        cmocka_unit_test(test_fans),
        cmocka_unit_test(test_faults),
        cmocka_unit_test(test_no_gain),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
