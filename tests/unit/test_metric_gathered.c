/* Metrics that gather over an epoch, against the examples of Keras's documentation and sums by
 * hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plummet.h"

/* The metric of given predictions: a net that gives its input back. */
static double figure(const char *metric, int rows, int width, const float *prediction,
                     const float *target, const float *weight)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_log log[2];
    plm_add(m, "input(%d)", width);
    plm_add(m, "rescaling(1)");
    plm_add(m, "dense(%d, kernel_initializer=identity)", width);
    if (plm_compile(m, "sgd(1e-30)", "mse", metric) < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    plm_batch b = {.rows = rows, .inputs = 1, .targets = 1, .weight = weight};
    b.input[0] = (plm_view){(void *)(uintptr_t)prediction, PLM_F32, 2, {rows, width}};
    b.target[0] = (plm_view){(void *)(uintptr_t)target, PLM_F32, 2, {rows, width}};
    assert_int_equal(plm_train_batch(m, &b, log, 2), PLM_OK);
    plm_model_free(m);
    plm_close(w);
    return log[1].value;
}

static void assert_near(double x, double wanted)
{
    if (!(fabs(x - wanted) < 1e-6))
        fail_msg("%.9g where %.9g is right", x, wanted);
}

static void counts(void **state)
{
    (void)state;
    static const float said[4] = {1, 0, 1, 1}, is[4] = {0, 1, 1, 1}, one[4] = {0, 0, 1, 0};
    assert_near(figure("precision", 4, 1, said, is, NULL), 2.0 / 3);
    assert_near(figure("recall", 4, 1, said, is, NULL), 2.0 / 3);
    assert_near(figure("precision(weighted=true)", 4, 1, said, is, one), 1.0);
    /* weights count only where asked */
    assert_near(figure("precision", 4, 1, said, is, one), 2.0 / 3);
    assert_near(figure("true_positives", 4, 1, said, is, NULL), 2);
    assert_near(figure("false_positives", 4, 1, said, is, NULL), 1);
    assert_near(figure("false_negatives", 4, 1, said, is, NULL), 1);
    assert_near(figure("true_negatives", 4, 1, said, is, NULL), 0);
    assert_near(figure("recall(threshold=1)", 4, 1, said, is, NULL), 0);
}

/* Rows of three classes: the positives of a row are its k largest, or one class alone is looked
 * at. */
static void choices(void **state)
{
    (void)state;
    static const float said[9] = {0.7f, 0.2f, 0.1f, 0.3f, 0.4f, 0.3f, 0.6f, 0.55f, 0.1f},
                       is[9] = {1, 0, 0, 1, 0, 0, 0, 1, 0};
    assert_near(figure("precision(top_k=1)", 3, 3, said, is, NULL), 1.0 / 3);
    assert_near(figure("recall(top_k=1)", 3, 3, said, is, NULL), 1.0 / 3);
    /* of equal ones the first counts */
    assert_near(figure("recall(top_k=2)", 3, 3, said, is, NULL), 1);
    assert_near(figure("precision(top_k=2)", 3, 3, said, is, NULL), 3.0 / 6);
    assert_near(figure("precision(top_k=2, threshold=0.5)", 3, 3, said, is, NULL), 2.0 / 3);
    assert_near(figure("precision(class_id=0)", 3, 3, said, is, NULL), 0.5);
    assert_near(figure("recall(class_id=1)", 3, 3, said, is, NULL), 1);
    assert_near(figure("true_negatives(class_id=2)", 3, 3, said, is, NULL), 3);
    /* by class: 1 of 3 right, 1 wrong; 1 right; none */
    const double first = 5 * 0.5 * 0.5 / (4 * 0.5 + 0.5);
    assert_near(figure("fbeta_score(beta=2, threshold=0.5)", 3, 3, said, is, NULL),
                (first + 1) / 3);
    assert_near(figure("fbeta_score(threshold=0.5)", 3, 3, said, is, NULL),
                figure("f1_score(threshold=0.5)", 3, 3, said, is, NULL));
}

static void areas(void **state)
{
    (void)state;
    static const float p[4] = {0, 0.5f, 0.3f, 0.9f}, t[4] = {0, 0, 1, 1}, ends[4] = {1, 0, 0, 1};
    assert_near(figure("auc(num_thresholds=3)", 4, 1, p, t, NULL), 0.75);
    assert_near(figure("auc(num_thresholds=3, weighted=true)", 4, 1, p, t, ends), 1.0);
    assert_near(figure("auc", 4, 1, p, t, NULL), 0.75);
    static const float best[4] = {0.1f, 0.2f, 0.8f, 0.9f};
    assert_near(figure("auc", 4, 1, best, t, NULL), 1.0);
    assert_near(figure("auc(curve=PR)", 4, 1, best, t, NULL), 1.0);
    static const float logits[4] = {-2, -1, 1, 2};
    assert_near(figure("auc(from_logits=true)", 4, 1, logits, t, NULL), 1.0);
}

/* Many random scores against the probability that a positive outranks a negative, ties half. */
static void area_is_a_probability(void **state)
{
    (void)state;
    enum { ROWS = 400 };
    static float p[ROWS], t[ROWS];
    unsigned s = 3;
    for (int i = 0; i < ROWS; i++) {
        s = s * 1664525u + 1013904223u;
        t[i] = (float)(s >> 31);
        s = s * 1664525u + 1013904223u;
        p[i] = 0.7f * (float)(s >> 8) / 16777216.0f + 0.3f * t[i];
    }
    double higher = 0, pairs = 0;
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < ROWS; j++)
            if (t[i] > t[j]) {
                higher += p[i] > p[j] ? 1 : p[i] < p[j] ? 0 : 0.5;
                pairs++;
            }
    assert_true(fabs(figure("auc(num_thresholds=10000)", ROWS, 1, p, t, NULL) - higher / pairs) <
                1e-3);
}

static void ratios(void **state)
{
    (void)state;
    static const float t[3] = {1, 4, 3}, p[3] = {2, 4, 4};
    assert_near(figure("r2_score", 3, 1, p, t, NULL), 1 - 2 / (14.0 / 3));
    static const float a[4] = {0, 1, 0, 0}, b[4] = {1, 1, 0, 0};
    assert_near(figure("rmse", 2, 2, b, a, NULL), 0.5);
    static const float first[2] = {1, 0};
    assert_near(figure("rmse(weighted=true)", 2, 2, b, a, first), sqrt(0.5));
    static const float truth[9] = {1, 1, 1, 1, 0, 0, 1, 1, 0};
    static const float said[9] = {0.2f, 0.6f, 0.7f, 0.2f, 0.6f, 0.6f, 0.6f, 0.8f, 0.0f};
    const double macro = figure("f1_score(threshold=0.5)", 3, 3, said, truth, NULL);
    assert_near(macro, (0.5 + 0.8 + 2.0 / 3) / 3);
    assert_near(figure("f1_score(threshold=0.5, average=micro)", 3, 3, said, truth, NULL),
                2 * 4.0 / (6 + 6));
    assert_near(figure("f1_score(threshold=0.5, average=weighted)", 3, 3, said, truth, NULL),
                (3 * 0.5 + 2 * 0.8 + 2.0 / 3) / 6);
}

/* Batches that do not fit the model, made of one of three rows that does. */
static void refuse_batches(plm_model *m, plm_batch b)
{
    plm_log log[12];
    b.inputs = 0;
    assert_int_equal(plm_evaluate_batch(m, &b, log, 12), PLM_E_SHAPE);
    b.inputs = 1, b.rows = 0;
    assert_int_equal(plm_train_batch(m, &b, log, 12), PLM_E_SHAPE);
    b.rows = 3, b.target[0].dtype = PLM_F64;
    assert_int_equal(plm_train_batch(m, &b, log, 12), PLM_E_SHAPE);
}

/* Several numbers of one metric are several figures, called by what tells them apart. */
static void several_numbers(void **state)
{
    static const char *const wanted[] = {
        "loss", "precision_0.25", "precision_0.5", "precision_1", "f_0",
        "f_1",  "r2_0",           "r2_1",          "auc"};
    static const float said[6] = {0.3f, 0.9f, 0.6f, 0.1f, 0.8f, 0.7f}, is[6] = {0, 1, 1, 0, 1, 0};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_log log[12];
    (void)state;
    plm_add(m, "input(2)");
    plm_add(m, "rescaling(1)");
    plm_batch b = {.rows = 3, .inputs = 1, .targets = 1};
    b.input[0] = (plm_view){(void *)(uintptr_t)said, PLM_F32, 2, {3, 2}};
    b.target[0] = (plm_view){(void *)(uintptr_t)is, PLM_F32, 2, {3, 2}};
    assert_int_equal(
        plm_compile(
            m, "sgd", "mse",
            "precision(thresholds=[0.25, 0.5, 1]), f1_score(average=none, threshold=0.5, name=f), "
            "r2(class_aggregation=none), auc"),
        PLM_OK);
    assert_int_equal(plm_train_batch(m, &b, log, 12), PLM_OK);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        if (strcmp(log[i].name, wanted[i]) != 0)
            fail_msg("figure %zu is called %s", i, log[i].name);
    assert_null(log[9].name);
    plm_log again[12]; /* nothing here learns: the same figures without the update */
    assert_int_equal(plm_evaluate_batch(m, &b, again, 12), PLM_OK);
    for (size_t i = 0; i < 12; i++)
        assert_true(again[i].value == log[i].value ||
                    (isnan(again[i].value) && isnan(log[i].value)));
    assert_int_equal(plm_evaluate_batch(m, NULL, again, 12), PLM_E_ORDER);
    refuse_batches(m, b);
    assert_near(log[1].value, 3.0 / 5);
    assert_near(log[2].value, 3.0 / 4);
    assert_near(log[3].value, 0);
    assert_near(log[4].value, 1);
    assert_near(log[5].value, 2.0 / 3);
    plm_model_free(m);
    plm_close(w);
}

/* What does not fit is told when the model is compiled. */
static void misfits(void **state)
{
    static const char *const bad[][2] = {{"precision(thresholds=[0.5, 1.5])", "between 0 and 1"},
                                         {"recall(threshold=-1)", "between 0 and 1"},
                                         {"precision(thresholds=0.5, threshold=0.5)", "twice"},
                                         {"auc(thresholds=[2])", "between 0 and 1"},
                                         {"auc(label_weights=[1, 2])", "a number for each output"},
                                         {"auc(label_weights=[0, 0, 0])", "and one above 0"},
                                         {"auc(label_weights=[1, -1, 1])", "label_weights"},
                                         {"auc(num_labels=3)", "multi_label=true"},
                                         {"auc(multi_label=true, num_labels=2)", "num_labels"},
                                         {"auc(summation_method=middle)", "minoring"},
                                         {"auc(curve=pr2)", "ROC"},
                                         {"r2_score(class_aggregation=sum)", "uniform_average"},
                                         {"f1_score(average=all)", "macro"},
                                         {"precision(class_id=3)", "class_id"}};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(3)");
        plm_add(m, "rescaling(1)");
        const plm_status status = plm_compile(m, "sgd", "mse", bad[i][0]);
        const plm_error *e = plm_last_error(w);
        if ((status != PLM_E_SPEC && status != PLM_E_SHAPE) || strstr(e->what, bad[i][1]) == NULL)
            fail_msg("%s: %d, %s", bad[i][0], status, e->what);
        plm_model_free(m);
        plm_close(w);
    }
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(100)");
    plm_add(m, "rescaling(1)");
    assert_int_equal(plm_compile(m, "sgd", "mse", "f1_score(average=none)"), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "the metrics give 100 values"));
    plm_model_free(m);
    plm_close(w);
}

static void weighted_means(void **state)
{
    (void)state;
    static const float p[2] = {1, 3}, t[2] = {0, 0}, w[2] = {3, 1};
    assert_near(figure("mae", 2, 1, p, t, w), 2);
    assert_near(figure("mae(weighted=true)", 2, 1, p, t, w), (3 * 1 + 1 * 3) / 4.0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts),          cmocka_unit_test(choices),
        cmocka_unit_test(areas),           cmocka_unit_test(area_is_a_probability),
        cmocka_unit_test(ratios),          cmocka_unit_test(weighted_means),
        cmocka_unit_test(several_numbers), cmocka_unit_test(misfits)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
