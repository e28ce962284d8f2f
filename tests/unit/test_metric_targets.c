/* Metrics refuse targets that they cannot interpret, as losses do; metrics of any numbers take
 * them. */
#include "helper.h"

#include <math.h>

enum { ROWS = 6, WIDTH = 3 };

static float x[ROWS * WIDTH], y[ROWS * WIDTH];

/* Evaluates a net of `units` outputs with a metric on targets of which row 4 has `odd`. */
static plm_status judge(plm *w, int units, const char *loss, const char *metric, float odd,
                        double *value)
{
    plm_log log[3] = {{0}};
    for (int i = 0; i < ROWS * units; i++)
        y[i] = units > 1 ? (float)(i % units == i / units % units) : (float)(i % 2);
    y[4 * units] = odd;
    const plm_view in = {x, PLM_F32, 2, {ROWS, WIDTH}}, out = {y, PLM_F32, 2, {ROWS, units}};
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(2)");
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(%d, kernel_initializer=zeros, activation=sigmoid)", units);
    if (plm_compile(m, "sgd", loss, metric) < 0)
        fail_msg("%s: %s", metric, plm_last_error(w)->what);
    const plm_status status = plm_evaluate(m, d, log, 3);
    *value = status >= 0 ? log[1].value : (double)NAN;
    if (status >= 0)
        assert_int_equal(plm_fit(m, d, NULL), PLM_OK);
    else
        assert_int_equal(plm_fit(m, d, NULL), status);
    plm_model_free(m);
    plm_data_free(d);
    return status;
}

static void metrics_of_yes_and_no(void **state)
{
    static const char *const one[] = {"binary_accuracy",
                                      "accuracy",
                                      "auc",
                                      "precision",
                                      "recall",
                                      "true_negatives",
                                      "f1_score(threshold=0.5)",
                                      "fbeta_score(threshold=0.5)",
                                      "binary_io_u",
                                      "balanced_accuracy",
                                      "precision_at_recall(0.5)",
                                      "binary_crossentropy"};
    static const char *const several[] = {"categorical_accuracy",     "top_k(1)",
                                          "categorical_crossentropy", "one_hot_mean_io_u",
                                          "balanced_accuracy",        "auc(multi_label=true)"};
    static const float bad[] = {7, -0.5f, 1.5f};
    double value = 0;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t i = 0; i < sizeof one / sizeof *one + sizeof several / sizeof *several; i++) {
        const bool single = i < sizeof one / sizeof *one;
        const char *metric = single ? one[i] : several[i - sizeof one / sizeof *one];
        for (int k = 0; k < 3; k++) {
            assert_int_equal(judge(w, single ? 1 : 3, "mse", metric, bad[k], &value), PLM_E_DATA);
            assert_error(w, PLM_E_DATA, "takes targets between 0 and 1, but row 4", "metric");
            assert_string_equal(plm_last_error(w)->code, "S301");
        }
        assert_int_equal(judge(w, single ? 1 : 3, "mse", metric, 0, &value), PLM_OK);
        assert_int_equal(judge(w, single ? 1 : 3, "mse", metric, 0.25f, &value), PLM_OK);
    }
    plm_close(w);
}

/* -1 is the other way to write 0, where a metric asks whether the target is above 0. */
static void minus_one(void **state)
{
    double zero = 0, minus = 0;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    assert_int_equal(judge(w, 1, "hinge", "true_negatives", 0, &zero), PLM_OK);
    assert_int_equal(judge(w, 1, "hinge", "true_negatives", -1, &minus), PLM_OK);
    assert_true(zero == 3 && minus == 3);
    assert_int_equal(judge(w, 1, "hinge", "binary_accuracy", -1, &minus), PLM_E_DATA);
    assert_non_null(strstr(plm_last_error(w)->hint, "binary_accuracy(threshold=0)"));
    plm_close(w);
}

static void metrics_of_any_numbers(void **state)
{
    static const char *const any[] = {
        "mae", "mse", "r2_score", "root_mean_squared_error", "hinge", "pearson_correlation(axis=0)",
        "mean"};
    double value = 0;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t i = 0; i < sizeof any / sizeof *any; i++)
        assert_int_equal(judge(w, 1, "mse", any[i], 7, &value), PLM_OK);
    /* |0.5 - t| is 0.5 in five rows and 6.5 in one */
    assert_int_equal(judge(w, 1, "mse", "mae", 7, &value), PLM_OK);
    assert_float_equal(value, 9.0 / 6, 1e-6);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(metrics_of_yes_and_no),
                                       cmocka_unit_test(minus_one),
                                       cmocka_unit_test(metrics_of_any_numbers)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
