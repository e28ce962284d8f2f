/* How users have columns of numbers scaled: columns='x=log', quantile, min_max, and the mean in
 * place of missing numbers. The expected values are formulas by libm. */
#include "data_support.h"

#include <math.h>

#include "data/typed.h"
#include "table/schema.h"

static const char rows[] = "x,y\n0,1.5\n1000,2\n-10,3.25\n30,4\n,5.5\n90,6\n";
/* The numbers of x, without the gap: their mean is 222, their median 30. */
static const double number[] = {0, 1000, -10, 30, 90};
enum { NUMBERS = 5 };

/* Fits the schema of the rows to all of them, and encodes x: out[6][2]. The second value of a row
 * is 1 for the gap. columns: the setting. Returns what the report says of x. */
static const char *encoded(plm *w, const char *columns, float *out)
{
    static char said[PLM_COLUMN_WORDS];
    static const int64_t all[] = {0, 1, 2, 3, 4, 5};
    plm_data *d = plm_data_open(w, "table('%s', target=y, columns='%s')",
                                test_write_text("scaling.csv", rows), columns);
    if (d == NULL)
        return NULL;
    const plm_typed *t = d->source->state;
    plm_arena arena = {.w = w};
    plm_schema *again = NULL;
    plm_text text = {.w = w};
    assert_int_equal(plm_schema_fit(d->source->schema, &t->store, all, 6), PLM_OK);
    assert_int_equal(plm_column_width(&d->source->schema->column[0]), 2);
    plm_schema_print(&text, d->source->schema);
    assert_int_equal(plm_schema_read(&arena, plm_text_get(&text), "here", &again), PLM_OK);
    assert_int_equal(plm_column_encode(&again->column[0], &t->store, 0, out, 2), PLM_OK);
    plm_column_describe(&again->column[0], said);
    plm_text_free(&text);
    plm_arena_free(&arena);
    plm_data_free(d);
    return said;
}

/* Asserts that value 0 of the rows is (f - mean) / deviation for f of the five numbers; `gap`: that
 * of the missing one. */
static void assert_standardized(const float *out, const double *f, double gap)
{
    double mean = 0, square = 0;
    for (int i = 0; i < NUMBERS; i++)
        mean += f[i] / NUMBERS;
    for (int i = 0; i < NUMBERS; i++)
        square += (f[i] - mean) * (f[i] - mean) / NUMBERS;
    for (int i = 0; i < 6; i++) {
        const double x = i == 4 ? gap : f[i < 4 ? i : 4];
        assert_true(fabs((double)out[2 * i] - (x - mean) / sqrt(square)) < 1e-6);
        assert_true(out[2 * i + 1] == (i == 4 ? 1.0F : 0.0F));
    }
}

static void a_logarithm_keeps_the_sign(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    float out[12];
    double f[NUMBERS];
    (void)state;
    for (int i = 0; i < NUMBERS; i++)
        f[i] = copysign(log1p(fabs(number[i])), number[i]);
    assert_string_equal(encoded(w, "x=log", out), "logarithm, standardized, gaps: median, marked");
    assert_standardized(out, f, log1p(30));
    test_close(w, &memory);
}

static void the_mean_fills_gaps(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    float out[12];
    (void)state;
    assert_string_equal(encoded(w, "x=mean", out), "standardized, gaps: mean, marked");
    assert_standardized(out, number, 222);
    assert_string_equal(encoded(w, "x=number", out), "standardized, gaps: median, marked");
    assert_standardized(out, number, 30);
    test_close(w, &memory);
}

static void a_range_becomes_0_to_1(void **state)
{
    static const double expected[] = {10 / 1010.0, 1, 0, 40 / 1010.0, 40 / 1010.0, 100 / 1010.0};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    float out[12];
    (void)state;
    assert_string_equal(encoded(w, "x=min_max", out), "scaled to 0 to 1, gaps: median, marked");
    for (int i = 0; i < 6; i++)
        assert_true(fabs((double)out[2 * i] - expected[i]) < 1e-7);
    test_close(w, &memory);
}

/* Each number becomes the share of smaller ones: -10, 0, 30, 90, 1000 are 0, 1/4, 2/4, 3/4, 1. */
static void quantiles_are_shares(void **state)
{
    static const double share[] = {0.25, 1, 0, 0.5, 0.5, 0.75};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    float out[12];
    (void)state;
    assert_string_equal(encoded(w, "x=quantile", out),
                        "share of smaller numbers, gaps: median, marked");
    for (int i = 0; i < 6; i++)
        assert_true(fabs((double)out[2 * i] - (share[i] - 0.5) * sqrt(12)) < 1e-6);
    test_close(w, &memory);
}

/* Numbers between quantiles, beyond them, and equal to several. */
static void shares_of_new_numbers(void **state)
{
    double knot[] = {1, 2, 2, 2, 10};
    const plm_column c = {.scaling = PLM_SCALE_QUANTILE, .deviation = 1, .knot = knot, .knots = 5};
    static const double expected[][2] = {{-1e300, 0}, {1, 0},  {1.5, 0.125}, {2, 0.5},
                                         {4, 0.8125}, {10, 1}, {11, 1},      {1e300, 1}};
    (void)state;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++)
        assert_true(plm_scaled(&c, expected[i][0]) == (float)expected[i][1]);
}

/* More numbers than quantiles: 1 to 1001, of which 101 quantiles are kept. A constant is 0. */
static void many_numbers(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    plm_column c = {.scaling = PLM_SCALE_QUANTILE};
    double x[1001];
    (void)state;
    for (int i = 0; i < 1001; i++)
        x[i] = (i * 5) % 1001 + 1;
    assert_int_equal(plm_scaling_fit(&a, &c, x, 1001), PLM_OK);
    assert_int_equal(c.knots, PLM_QUANTILES);
    for (int i = 0; i < 101; i++)
        assert_true(c.knot[i] == 1 + 10 * i);
    assert_true(fabs((double)plm_scaled(&c, 251) - -0.25 * sqrt(12)) < 1e-6);
    for (int i = 0; i < 3; i++)
        x[i] = 7;
    for (c.scaling = PLM_SCALE_MIN_MAX; c.scaling < PLM_COLUMN_SCALINGS; c.scaling++) {
        assert_int_equal(plm_scaling_fit(&a, &c, x, 3), PLM_OK);
        assert_true(plm_scaled(&c, 9) == 0);
        for (int i = 0; i < 3; i++)
            x[i] = 7;
    }
    plm_arena_free(&a);
    test_close(w, &memory);
}

static void only_inputs_are_scaled(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    float out[12];
    (void)state;
    assert_null(encoded(w, "y=log", out));
    test_error(w, PLM_E_SPEC, "column 'y' is the target, but columns= sets it to log");
    assert_null(encoded(w, "x=logarithm", out));
    test_error(w, PLM_E_SPEC, "the type of column 'x' cannot be 'logarithm'");
    test_close(w, &memory);
}

/* A setting beside a model must be that of the model. */
static void a_model_keeps_its_scaling(void **state)
{
    const char *schema = NULL;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_arena arena = {.w = w};
    (void)state;
    plm_data *d = plm_data_open(w, "table('%s', target=y, columns='x=log')",
                                test_write_text("scaling.csv", rows));
    assert_non_null(d);
    assert_int_equal(plm_data_schema(d, &arena, &schema), PLM_OK);
    const plm_known_columns known = {.schema = schema};
    const char *file = test_write_text("scaling.csv", rows);
    plm_data *same = plm_data_open_known(w, &known, "table('%s', columns='x=log')", file);
    assert_non_null(same);
    plm_data_free(same);
    file = test_write_text("scaling.csv", rows);
    assert_null(plm_data_open_known(w, &known, "table('%s', columns='x=quantile')", file));
    test_error(w, PLM_E_SPEC, "columns= sets column 'x' to quantile, but in the model it is");
    plm_data_free(d);
    plm_arena_free(&arena);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_logarithm_keeps_the_sign), cmocka_unit_test(the_mean_fills_gaps),
        cmocka_unit_test(a_range_becomes_0_to_1),     cmocka_unit_test(quantiles_are_shares),
        cmocka_unit_test(shares_of_new_numbers),      cmocka_unit_test(many_numbers),
        cmocka_unit_test(only_inputs_are_scaled),     cmocka_unit_test(a_model_keeps_its_scaling)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
