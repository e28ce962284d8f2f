/* Decoupled weight decay: x -= lr weight_decay x, for every optimizer, where no pattern leaves a
 * parameter out. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <string.h>

#include "plummet.h"

enum { ROWS = 8, WIDTH = 4, UNITS = 3, STEPS = 20 };

/* The kernel before (steps 0) or after some updates; rows of weight 0 have no gradient. */
static void train(const char *optimizer, float weight, int steps, float kernel[WIDTH * UNITS])
{
    float x[ROWS * WIDTH], y[ROWS * UNITS] = {0}, weights[ROWS];
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i] = (float)(i * 7 % 11) / 5 - 1;
    for (int i = 0; i < ROWS; i++)
        weights[i] = weight;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 3));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(%d, use_bias=false, name=d)", UNITS);
    if (plm_compile(m, optimizer, "mse", NULL) < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    const plm_batch b = {.rows = ROWS,
                         .inputs = 1,
                         .targets = 1,
                         .weight = weights,
                         .input = {{x, PLM_F32, 2, {ROWS, WIDTH}}},
                         .target = {{y, PLM_F32, 2, {ROWS, UNITS}}}};
    for (int i = 0; i < steps; i++)
        assert_int_equal(plm_train_batch(m, &b, NULL, 0), PLM_OK);
    assert_int_equal(plm_parameter_read(m, 0, kernel), PLM_OK);
    plm_model_free(m);
    plm_close(w);
}

static void decays_by_the_rate(void **state)
{
    static const struct {
        const char *optimizer;
        double each; /* what is left of a weight after an update */
    } cases[] = {{"sgd(0.1, weight_decay=0.5)", 0.95},
                 {"adam(0.1, weight_decay=0.5)", 0.95},
                 {"adamw(0.5)", 1 - 0.5 * 0.004},
                 {"adamw(0.1, weight_decay=0.5, amsgrad=true)", 0.95},
                 {"adam(0.1)", 1},
                 {"adamw(0.1, weight_decay=0)", 1},
                 {"adamw(0.5, exclude_from_weight_decay='d/*')", 1}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        float before[WIDTH * UNITS], after[WIDTH * UNITS];
        train(cases[i].optimizer, 0, 0, before);
        train(cases[i].optimizer, 0, STEPS, after);
        for (int k = 0; k < WIDTH * UNITS; k++)
            if (!(fabs((double)after[k] - (double)before[k] * pow(cases[i].each, STEPS)) < 1e-5))
                fail_msg("%s: %g became %g", cases[i].optimizer, (double)before[k],
                         (double)after[k]);
    }
}

static void assert_same(const char *a, const char *b, bool same)
{
    float x[WIDTH * UNITS], y[WIDTH * UNITS];
    train(a, 1, STEPS, x);
    train(b, 1, STEPS, y);
    if ((memcmp(x, y, sizeof x) == 0) != same)
        fail_msg("%s and %s", a, b);
}

static void adamw_is_adam_with_decay(void **state)
{
    (void)state;
    assert_same("adamw(0.01)", "adam(0.01, weight_decay=0.004)", true);
    assert_same("adamw(0.01)", "adam(0.01)", false);
    assert_same("adamw(0.01, exclude_from_weight_decay='*kernel')", "adam(0.01)", true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(decays_by_the_rate),
                                       cmocka_unit_test(adamw_is_adam_with_decay)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
