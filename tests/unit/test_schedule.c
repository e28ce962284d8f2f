/* Learning-rate schedules: rates at chosen steps, worked out by hand from Keras's definitions; and refused rates. */
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
    {"inverse_time_decay(0.01, 10000, 1)", 10000, 0.005},
    {"power(0.01, 10000, 1)", 5000, 0.01 / 1.5},
    {"inverse_time_decay(0.01, 10000, 1, true)", 9999, 0.01},
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
    {"cosine_decay(0.1, 100)", 0, 0.1},
    {"cosine_decay(0.1, steps=100)", 50, 0.05},
    {"cosine_decay(0.1, 100, alpha=0.1)", 100, 0.01},
    {"cosine_decay(0.1, 100, alpha=0.1)", 1000, 0.01},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 5, 0.025},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 20, 0.1},
    {"cosine_decay(0, 100, warmup_target=0.1, warmup_steps=20)", 70, 0.05},
    {"cosine_decay_restarts(0.1, 100)", 50, 0.05},
    {"cosine_decay_restarts(0.1, 100)", 100, 0.1},
    {"cosine_decay_restarts(0.1, 100)", 200, 0.05},
    {"cosine_decay_restarts(0.1, 100, m_mul=0.5)", 200, 0.025},
    {"cosine_decay_restarts(0.1, 100, m_mul=0.5, alpha=0.1)", 200, 0.1 * (0.9 * 0.25 + 0.1)},
    {"cosine_decay_restarts(0.1, 100, t_mul=1)", 250, 0.05},
    /* 100 steps: 11 at the end, 44 up, 44 down */
    {"one_cycle(0.1, steps=100)", 0, 0.01},
    {"one_cycle(0.1, steps=100)", 22, 0.055},
    {"one_cycle(0.1, steps=100)", 44, 0.1},
    {"one_cycle(0.1, steps=100)", 66, 0.055},
    {"one_cycle(0.1, steps=100)", 88, 0.01},
    {"one_cycle(0.1, steps=100)", 99, 0.00001},
    {"one_cycle(0.1, 100, start_learning_rate=0.02)", 22, 0.06},
};

static void test_rates(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        plm_arena a = {.w = w};
        plm_schedule s;
        if (plm_schedule_bind(&a, parse(&a, items[i].spec), &s) < 0)
            fail_msg("%s: %s", items[i].spec, plm_last_error(w)->what);
        assert_near(plm_schedule_rate(&s, items[i].step), items[i].rate, 1e-12, items[i].spec, i);
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
        {"piecewise_constant_decay([5], [1])", "one value more"},
        {"piecewise_constant_decay([5, 5], [1, 2, 3])", "rise"},
        {"piecewise_constant_decay([5], [1, -2])", "above 0"},
        {"cosin_decay(1)", "unknown"},
        {"constant(-2)", "above 0"},
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rates),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
