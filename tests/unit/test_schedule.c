/* Learning-rate schedules: rates at chosen steps, worked out by hand from Keras's definitions;
 * and refused rates. */
#include "nn_support.h"

typedef struct {
    const char *spec;
    int64_t step;
    double rate;
} item;

static const item items[] = {
    {"0.3", 0, 0.3},
    {"1/8", 1000000, 0.125},
    {"constant(0.2)", 5, 0.2},
    {"exponential_decay(0.01, 20000, 0.1)", 0, 0.01},
    {"exponential_decay(0.01, 20000, 0.1)", 10000, 0.01 * 0.31622776601683794},
    {"exponential_decay(0.01, 20000, 0.1)", 40000, 0.0001},
    {"exponential_decay(0.01, 20000, 0.1, staircase=true)", 39999, 0.001},
    {"exponential_decay(0.01, 20000, 0.1, staircase=true)", 40000, 0.0001},
    {"exponential_decay(0.01, 3, 0.5, staircase=true)", 2, 0.01},
    {"exponential_decay(0.01, 3, 0.5, staircase=true)", 3, 0.005},
    {"exponential_decay(0.01, 49, 0.5, staircase=true)", 146, 0.0025},
    {"exponential_decay(0.01, 49, 0.5, staircase=true)", 147, 0.00125},
    {"inverse_time_decay(0.01, 10000, 1)", 10000, 0.005},
    {"power(0.01, 10000, 1)", 5000, 0.01 / 1.5},
    {"inverse_time_decay(0.01, 10000, 1, true)", 9999, 0.01},
    {"inverse_time_decay(0.01, 10000, 1, true)", 10000, 0.005},
    {"inverse_time_decay(0.01, 10000, 1)", 0, 0.01},
    {"piecewise_constant_decay([50, 80], [0.01, 0.005, 0.001])", 0, 0.01},
    {"piecewise_constant_decay([0, 1], [0.01, 0.005, 0.001])", 0, 0.01},
    {"piecewise_constant_decay([0, 1], [0.01, 0.005, 0.001])", 1, 0.005},
    {"piecewise_constant_decay([0, 1], [0.01, 0.005, 0.001])", 2, 0.001},
    {"piecewise_constant_decay([50, 80], [0.01, 0.005, 0.001])", 81, 0.001},
    {"piecewise_constant_decay([50, 80], [0.01, 0.005, 0.001])", 50, 0.01},
    {"piecewise_constant_decay([50, 80], [0.01, 0.005, 0.001])", 51, 0.005},
    {"piecewise_constant_decay([50, 80], [0.01, 0.005, 0.001])", 80, 0.005},
    {"piecewise_constant_decay([50, 80], [0.01, 0.005, 0.001])", 1000, 0.001},
    {"piecewise_constant_decay(boundaries=[7], values=[1, 2])", 8, 2},
    {"polynomial_decay(0.1, 100, 0.02)", 50, 0.06},
    {"polynomial_decay(0.1, 100, 0.02, power=2)", 50, 0.02 + 0.08 * 0.25},
    {"polynomial_decay(0.1, 100, 0.02)", 500, 0.02},
    {"polynomial_decay(0.1, 100)", 100, 0.0001},
    {"polynomial_decay(0.1, 100, 0.02, cycle=true)", 150, 0.02 + 0.08 * 0.25},
    {"polynomial_decay(0.1, 100, 0.02, cycle=true)", 0, 0.1},
    {"polynomial_decay(0.1, 100, 0.02)", 0, 0.1},
    {"polynomial_decay(0.1, 100, 0.02)", 99, 0.02 + 0.08 / 100},
    {"polynomial_decay(0.1, 100, 0.02)", 100, 0.02},
    {"polynomial_decay(0.1, 7, 0.02)", 6, 0.02 + 0.08 / 7},
    {"polynomial_decay(0.1, 100, 0.02, cycle=true)", 99, 0.02 + 0.08 / 100},
    {"polynomial_decay(0.1, 100, 0.02, cycle=true)", 100, 0.02},
    {"polynomial_decay(0.1, 100, 0.02, cycle=true)", 101, 0.02 + 0.08 * 99 / 200},
    {"polynomial_decay(0.1, 100, 0.02, cycle=true)", 200, 0.02},
    {"cosine_decay(0.1, 100)", 0, 0.1},
    {"cosine_decay(0.1, steps=100)", 50, 0.05},
    {"cosine_decay(0.1, 100, alpha=0.1)", 100, 0.01},
    {"cosine_decay(0.1, 100, alpha=0.1)", 1000, 0.01},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 5, 0.025},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 20, 0.1},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 0, 0},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 19, 0.095},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 119, 0.1 * 0.00024671981713420017},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 120, 0},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20, alpha=0.5)", 500, 0.05},
    {"cosine_decay(0.3, 100, warmup_target=0.1, warmup_steps=0)", 0, 0.1},
    {"cosine_decay(0.3, 100, warmup_steps=20)", 0, 0.3},
    {"cosine_decay(0.1, 3)", 1, 0.075},
    {"cosine_decay(0.1, 3)", 2, 0.025},
    {"cosine_decay(0.1, 3)", 3, 0},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 70, 0.05},
    {"cosine_decay_restarts(0.1, 100)", 50, 0.05},
    {"cosine_decay_restarts(0.1, 100)", 100, 0.1},
    {"cosine_decay_restarts(0.1, 100)", 200, 0.05},
    {"cosine_decay_restarts(0.1, 100)", 0, 0.1},
    {"cosine_decay_restarts(0.1, 100)", 99, 0.1 * 0.00024671981713420017},
    {"cosine_decay_restarts(0.1, 100)", 299, 0.1 * 0.00006168375405722418},
    {"cosine_decay_restarts(0.1, 100)", 300, 0.1}, /* waves of 100, 200, 400 steps */
    {"cosine_decay_restarts(0.1, 100)", 500, 0.05},
    {"cosine_decay_restarts(0.1, 100)", 700, 0.1},
    {"cosine_decay_restarts(0.1, 3, t_mul=1)", 2, 0.025},
    {"cosine_decay_restarts(0.1, 3, t_mul=1)", 3, 0.1},
    {"cosine_decay_restarts(0.1, 3, t_mul=1, m_mul=0.5)", 147, 0.1 / 562949953421312},
    {"cosine_decay_restarts(0.1, 4, t_mul=1.5)", 9, 0.1 * 0.06698729810778065},
    {"cosine_decay_restarts(0.1, 4, t_mul=1.5)", 10, 0.1},
    {"cosine_decay_restarts(0.1, 8, t_mul=0.5)", 12, 0.1}, /* of 8, 4, 2 steps */
    {"cosine_decay_restarts(0.1, 8, t_mul=0.5)", 14, 0.1},
    {"cosine_decay_restarts(0.1, 100, m_mul=0.5)", 200, 0.025},
    {"cosine_decay_restarts(0.1, 100, m_mul=0.5, alpha=0.1)", 200, 0.1 * (0.9 * 0.25 + 0.1)},
    {"cosine_decay_restarts(0.1, 100, t_mul=1)", 250, 0.05},
    /* 100 steps: 11 at the end, 44 up, 44 down */
    {"one_cycle(0.1, steps=100)", 0, 0.01},
    {"one_cycle(0.1, steps=100)", 22, 0.055},
    {"one_cycle(0.1, steps=100)", 44, 0.1},
    {"one_cycle(0.1, steps=100)", 66, 0.055},
    {"one_cycle(0.1, steps=100)", 88, 0.01},
    {"one_cycle(0.1, steps=100)", 99, 0.01 - 0.00999 * 11 / 12},
    {"one_cycle(0.1, steps=100)", 100, 0.00001},
    {"one_cycle(0.1, steps=100)", 1000, 0.00001},
    /* 101 steps: 45 up, 45 down, 11 at the end */
    {"one_cycle(0.1, steps=101)", 44, 0.1 - 0.09 / 45},
    {"one_cycle(0.1, steps=101)", 45, 0.1},
    {"one_cycle(0.1, steps=101)", 46, 0.1 - 0.09 / 45},
    {"one_cycle(0.1, steps=101)", 90, 0.01},
    {"one_cycle(0.1, steps=101)", 91, 0.01 - 0.00999 / 11},
    {"one_cycle(0.1, steps=101)", 100, 0.01 - 0.00999 * 10 / 11},
    {"one_cycle(0.1, steps=101)", 101, 0.00001},
    {"one_cycle(0.1, steps=3)", 0, 0.01},
    {"one_cycle(0.1, steps=3)", 1, 0.1},
    {"one_cycle(0.1, steps=3)", 2, 0.01},
    {"one_cycle(0.1, steps=3)", 3, 0.00001},
    {"one_cycle(0.1, 100, start_learning_rate=0.02)", 22, 0.06},
    /* rules: 10 steps an epoch, 25 epochs, and a rate before that is the initial one */
    {"per_epoch('0.01 * 0.1 ** (epoch / 20)')", 0, 0.01},
    {"per_epoch('0.01 * 0.1 ** (epoch / 20)')", 200, 0.001},
    {"per_epoch('0.01 if epoch < 5 else 0.005 if epoch < 15 else 0.001')", 40, 0.01},
    {"per_epoch('0.01 if epoch < 5 else 0.005 if epoch < 15 else 0.001')", 50, 0.005},
    {"per_epoch('0.01 if epoch < 5 else 0.005 if epoch < 15 else 0.001')", 150, 0.001},
    {"per_epoch('learning_rate * 0.5', 0.02)", 30, 0.01},
    /* not the first step of its epoch */
    {"per_epoch('lr * 0.5', initial_learning_rate=0.02)", 31, 0.02},
    {"learning_rate_scheduler('initial_learning_rate * (1 - epoch / epochs)', 0.5)", 50, 0.4},
    {"per_step('0.01 * 0.1 ** (step / (20 * steps_per_epoch))')", 200, 0.001},
    {"per_step('0.01 * 0.1 ** (step / (20 * steps_per_epoch))')", 100, 0.01 * 0.31622776601683794},
    {"PerBatch('lr * 0.1 ** (1 / 200)', 0.01)", 7, 0.01 * 0.98855309465693886},
};

static double ask(plm *w, const plm_schedule *s, int64_t step)
{
    const plm_clock clock = {.step = step,
                             .epoch = step / 10,
                             .epochs = 25,
                             .steps_per_epoch = 10,
                             .fresh = step % 10 == 0,
                             .rate = plm_schedule_first(s)};
    double rate = 0;
    assert_int_equal(plm_schedule_ask(w, s, &clock, &rate), PLM_OK);
    return rate;
}

static void test_rates(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        plm_arena a = {.w = w};
        plm_schedule s;
        if (plm_schedule_bind(&a, parse(&a, items[i].spec), &s) < 0)
            fail_msg("%s: %s", items[i].spec, plm_last_error(w)->what);
        assert_near(ask(w, &s, items[i].step), items[i].rate, 1e-12, items[i].spec, i);
        plm_arena_free(&a);
    }
    plm_close(w);
}

static void test_refused(void **state)
{
    static const char *const bad[][2] = {
        {"-1", "learning_rate must be above 0 and finite, got -1"},
        {"0", "above 0"},
        {"inf", "above 0"},
        {"exponential_decay(-0.1, 100, 0.5)", ""},
        {"exponential_decay(0, 100, 0.5)", "above 0"},
        {"exponential_decay(0.1, 0, 0.5)", "steps"},
        {"exponential_decay(0.1)", "steps"},
        {"piecewise_constant_decay([5], [1])", "one more value"},
        {"piecewise_constant_decay([5, 5], [1, 2, 3])", "ascending order"},
        {"piecewise_constant_decay([5], [1, -2])", "0 or more"},
        {"piecewise_constant_decay([0.5, 100], [1, 2, 3])", "not both"},
        {"piecewise_constant_decay([100, 0.5], [1, 2, 3])", "not both"},
        {"piecewise_constant_decay([0.2, 0.5, 100, 200], [1, 2, 3, 4, 5])", "not both"},
        {"cosin_decay(1)", "unknown"},
        {"constant(-2)", "above 0"},
        {"one_cycle(0.1, 100, max_momentum=0.9)", "give both"},
        {"one_cycle(0.1, 100, max_momentum=0.8, min_momentum=0.9)", "below min_momentum"},
        {"one_cycle(0.1, 100, max_momentum=1.5, min_momentum=0.9)", "max_momentum"},
        {"per_epoch()", "rule"},
        {"per_epoch('0.01 * ')", "the rule ends"},
        {"per_epoch('0.01 * epok')", "unknown name 'epok'"},
        {"per_epoch('learning_rate * 0.9')", "its initial value is not given"},
        {"per_step('0.01', -1)", "initial_learning_rate"},
    };
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm_arena a = {.w = w};
        plm_schedule s;
        assert_int_equal(plm_schedule_bind(&a, parse(&a, bad[i][0]), &s), PLM_E_SPEC);
        if (!strstr(plm_last_error(w)->what, bad[i][1]))
            fail_msg("%s: '%s' lacks '%s'", bad[i][0], plm_last_error(w)->what, bad[i][1]);
        plm_arena_free(&a);
    }
    plm_close(w);
}

/* What a rule gives is judged when it is asked: each text, the clock, and what the message says. */
static void test_rules_that_fail(void **state)
{
    static const struct {
        const char *spec;
        plm_clock clock;
        const char *says;
    } bad[] = {
        {"per_epoch('0.01 - epoch')",
         {.epoch = 3, .fresh = true},
         "gives the rate -2.99 in epoch 4"},
        {"per_step('1 / step')", {.epoch = 0}, "gives the rate inf"},
        {"per_step('log(-1 - step)')", {.epoch = -1, .step = 8}, "nan in epoch 0, step 8"},
        {"per_epoch('0.1')", {.epoch = -1}, "epochs are known only in plm_fit"},
        {"per_step('0.1 / (1 + epoch)')", {.epoch = -1}, "epochs are known only in plm_fit"},
        {"per_step('0.1 * step / steps_per_epoch')", {.epoch = 0}, "steps_per_epoch is not known"},
    };
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        plm_arena a = {.w = w};
        plm_schedule s;
        double rate = 0;
        assert_int_equal(plm_schedule_bind(&a, parse(&a, bad[i].spec), &s), PLM_OK);
        assert_true(plm_schedule_ask(w, &s, &bad[i].clock, &rate) < 0);
        if (!strstr(plm_last_error(w)->what, bad[i].says))
            fail_msg("%s: '%s' lacks '%s'", bad[i].spec, plm_last_error(w)->what, bad[i].says);
        plm_arena_free(&a);
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_rules_that_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
