/* Facts about activations, drawn weights and rates of schedules, against values that are known. */
#include "nn_support.h"

#include "study/activation.h"
#include "study/rates.h"
#include "study/variance_words.h"
#include "study/weights.h"

static void activations(void **state)
{
    plm *w = open_runtime(NULL);
    plm_activation_facts f;
    double limit[2];
    (void)state;
    /* relu of a normal number: mean 1 / sqrt(2 pi), variance (1 - 1 / pi) / 2 */
    assert_int_equal(plm_activation_measure(w, "relu", &f), PLM_OK);
    assert_near(f.mean, 0.398942, 1e-4, "mean of relu", 0);
    assert_near(f.deviation, 0.583796, 1e-4, "deviation of relu", 0);
    assert_near(f.flat, 0.5, 1e-3, "flat part of relu", 0);
    assert_true(f.nanoseconds > 0);
    assert_int_equal(plm_activation_measure(w, "linear", &f), PLM_OK);
    assert_near(f.mean, 0, 1e-6, "mean of linear", 0);
    assert_near(f.deviation, 1, 1e-5, "deviation of linear", 0);
    assert_int_equal(plm_activation_measure(w, "softmax", &f), PLM_E_SPEC);
    assert_int_equal(plm_activation_limits(w, "elu(alpha=2)", limit), PLM_OK);
    assert_near(limit[0], -2, 1e-6, "left limit of elu", 0);
    assert_true(isnan(limit[1]));
    assert_int_equal(plm_activation_limits(w, "sigmoid", limit), PLM_OK);
    assert_near(limit[0], 0, 1e-6, "left limit of sigmoid", 0);
    assert_near(limit[1], 1, 1e-6, "right limit of sigmoid", 0);
    assert_int_equal(plm_activation_limits(w, "softsign", limit), PLM_OK); /* slow to reach it */
    assert_near(limit[0], -1, 1e-5, "left limit of softsign", 0);
    assert_int_equal(plm_activation_limits(w, "no_such", limit), PLM_E_SPEC);
    plm_text t = {.w = w};
    plm_activation_label(&t, "elu");
    plm_text_add(&t, " ");
    plm_activation_label(&t, "elu(alpha=3)");
    plm_text_add(&t, " ");
    plm_activation_label(&t, "relu");
    assert_string_equal(plm_text_get(&t), "elu(alpha=1) elu(alpha=3) relu");
    plm_text_free(&t);
    plm_close(w);
}

static void weights(void **state)
{
    plm *w = open_runtime(NULL);
    plm_drawn_weights d;
    (void)state;
    assert_int_equal(plm_weights_draw(w, "glorot_uniform", 300, 100, 20, &d), PLM_OK);
    const double bound = sqrt(6.0 / 400);
    assert_near(d.deviation, bound / sqrt(3), 0.001, "deviation", 0);
    assert_true(d.low >= -bound && d.low < -0.99 * bound && d.high <= bound);
    assert_near(d.density.x[0], d.low, 0, "first point", 0);
    assert_near(d.density.x[d.density.count - 1], d.high, 1e-9, "last point", 0);
    double area = 0;
    for (int i = 1; i + 1 < d.density.count; i += 2)
        area += d.density.y[i] * (d.density.x[i + 1] - d.density.x[i]);
    assert_near(area, 1, 1e-9, "area of the histogram", 0);
    plm_curve_free(w, &d.density);
    assert_int_equal(plm_weights_draw(w, "zeros", 3, 2, 4, &d), PLM_OK);
    assert_near(d.deviation, 0, 0, "deviation of zeros", 0);
    plm_curve_free(w, &d.density);
    assert_int_equal(plm_weights_draw(w, "nothing", 3, 2, 4, &d), PLM_E_SPEC);
    plm_curve_free(w, &d.density);
    plm_close(w);
}

static void rates(void **state)
{
    plm *w = open_runtime(NULL);
    plm_curve c;
    (void)state;
    assert_int_equal(plm_rate_curve(w, "per_epoch('0.1 * 0.5 ** epoch')", 3, 4, &c), PLM_OK);
    assert_int_equal(c.count, 13);
    assert_near(c.x[5], 1.25, 1e-12, "the epoch of step 5", 0);
    assert_near(c.y[3], 0.1, 1e-12, "rate", 3);
    assert_near(c.y[4], 0.05, 1e-12, "rate", 4);
    assert_near(c.x[12], 3, 1e-12, "the end", 0);
    plm_curve_free(w, &c);
    assert_int_equal(plm_rate_curve(w, "0.25", 1, 2, &c), PLM_OK);
    assert_near(c.y[1], 0.25, 1e-12, "a constant", 1);
    plm_curve_free(w, &c);
    /* parts of the run: 3 epochs of 10 steps are 30 steps */
    assert_int_equal(plm_rate_curve(w, "cosine_decay(0.01, all)", 3, 10, &c), PLM_OK);
    assert_near(c.y[0], 0.01, 1e-12, "the first of 30 steps", 0);
    assert_near(c.y[15], 0.005, 1e-12, "half of the run", 15);
    assert_near(c.y[10], 0.0075, 1e-12, "a third of the run", 10);
    plm_curve_free(w, &c);
    assert_int_equal(plm_rate_curve(w, "warmup(0.1, 0.3)", 3, 10, &c), PLM_OK);
    assert_near(c.y[2], 0.2, 1e-12, "within the first tenth, of 3 steps", 2);
    assert_near(c.y[3], 0.3, 1e-12, "behind a tenth of the run", 3);
    assert_near(c.y[29], 0.3, 1e-12, "the last step", 29);
    plm_curve_free(w, &c);
    assert_int_equal(plm_rate_curve(w, "cyclical(0.1, 0.3, step_size=0.5)", 3, 10, &c), PLM_OK);
    assert_near(c.y[0], 0.1, 1e-12, "the lowest rate", 0);
    assert_near(c.y[15], 0.3, 1e-12, "half of the run", 15);
    plm_curve_free(w, &c);
    assert_int_equal(plm_rate_curve(w, "per_step('step / steps')", 3, 10, &c), PLM_OK);
    assert_near(c.y[15], 0.5, 1e-12, "the number of steps as a variable", 15);
    plm_curve_free(w, &c);
    assert_int_equal(plm_rate_curve(w, "nonsense(1)", 1, 2, &c), PLM_E_SPEC);
    plm_curve_free(w, &c);
    plm_close(w);
}

/* Ratios of variances as tables and pictures show them. */
static void ratios(void **state)
{
    static const struct {
        double ratio;
        const char *text;
    } cases[] = {{0, "0"},         {-1, "0"},       {(double)INFINITY, "inf"},
                 {1, "1.0"},       {0.994, "0.99"}, {9.94, "9.9"},
                 {12.4, "12"},     {999, "999"},    {999.6, "1e3"},
                 {0.01, "0.01"},   {0.009, "9e-3"}, {2.6e-5, "3e-5"},
                 {4e-10, "4e-10"}, {5e20, "5e20"},  {7e-123, "7e-123"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[16];
        plm_variance_ratio_text(text, sizeof text, cases[i].ratio);
        assert_string_equal(text, cases[i].text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(activations), cmocka_unit_test(weights),
                                       cmocka_unit_test(rates), cmocka_unit_test(ratios)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
