/* Procedures above a fit: variance through nets, curves of activations, the range test and trials
 * of learning rates. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "study/curve.h"
#include "study/lr_range.h"
#include "study/lr_trials.h"
#include "study/variance.h"

static bool near(double a, double b)
{
    return fabs(a - b) <= 1e-5 * fabs(b);
}

static void check(const plm *w, plm_status status)
{
    if (status < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
}

static void fails_with(const plm *w, plm_status status, const char *where, const char *what)
{
    assert_int_equal(status, PLM_E_SPEC);
    assert_int_equal(plm_last_error(w)->status, PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->where, where);
    assert_non_null(strstr(plm_last_error(w)->what, what));
}

/* ---- variance ---- */

/* A kernel of 2 times the identity multiplies every variance by 4 in each layer. */
static void identity_times_two(void **state)
{
    (void)state;
    const char *const initializer[] = {"identity(gain=1)", "identity(gain=2)"},
                      *const activation[] = {"linear"};
    const plm_variance_plan p = {.initializers = 2,
                                 .activations = 1,
                                 .depths = 2,
                                 .initializer = initializer,
                                 .activation = activation,
                                 .depth = {1, 3},
                                 .width = {8},
                                 .widths = 1,
                                 .rows = 4,
                                 .nets = 2};
    plm_variance v[2];
    plm *w = plm_open(NULL);
    check(w, plm_variance_measure(w, &p, v));
    for (int i = 0; i < 2; i++)
        for (int layer = 0; layer <= 3; layer++)
            assert_true(near(v[i].output_line[layer], pow(4, i * (double)layer)));
    for (int i = 0; i < 2; i++)
        for (int d = 0; d < 2; d++) {
            assert_true(near(v[i].outputs[d], pow(4, i * (double)p.depth[d])));
            assert_true(near(v[i].gradients[d], pow(4, i * (double)p.depth[d])));
        }
    assert_int_equal(plm_variance_evaluate_pair(&p, &v[0]), PLM_VARIANCE_KEEPS);
    assert_int_equal(plm_variance_evaluate_pair(&p, &v[1]), PLM_VARIANCE_EXPLODES);
    plm_close(w);
}

/* Half of the gradients end at a relu, and the median of three nets is one of theirs. */
static void relu_and_median(void **state)
{
    (void)state;
    const char *const initializer[] = {"he_normal"}, *const activation[] = {"relu"};
    plm_variance_plan p = {.initializers = 1,
                           .activations = 1,
                           .depths = 1,
                           .initializer = initializer,
                           .activation = activation,
                           .depth = {1},
                           .width = {8},
                           .widths = 1,
                           .rows = 4,
                           .nets = 1};
    plm_variance one[3], all;
    plm *w = plm_open(NULL);
    for (int i = 0; i < 3; i++) {
        p.seed = 1 + i;
        check(w, plm_variance_measure(w, &p, &one[i]));
    }
    p.seed = 1;
    p.nets = 3;
    check(w, plm_variance_measure(w, &p, &all));
    const double a = one[0].outputs[0], b = one[1].outputs[0], c = one[2].outputs[0];
    const double median = fmax(fmin(a, b), fmin(fmax(a, b), c));
    assert_true(near(all.outputs[0], median) && !near(a, b) && !near(b, c));
    p.initializer = (const char *const[]){"identity"};
    check(w, plm_variance_measure(w, &p, &all));
    assert_true(all.gradients[0] > 0.2 && all.gradients[0] < 0.8);
    plm_close(w);
}

static void verdicts(void **state)
{
    (void)state;
    const plm_variance_plan p = {.depths = 1, .depth = {100}};
    const plm_variance good_gradients = {.outputs = {1e6}, .gradients = {1}},
                       bad_gradients = {.outputs = {1}, .gradients = {1e-6}},
                       both = {.outputs = {1e6}, .gradients = {1e-6}};
    assert_int_equal(plm_variance_evaluate(72, 100), PLM_VARIANCE_KEEPS);
    assert_int_equal(plm_variance_evaluate(73, 100), PLM_VARIANCE_DRIFTS);
    assert_int_equal(plm_variance_evaluate(1 / 8000.0, 100), PLM_VARIANCE_DRIFTS);
    assert_int_equal(plm_variance_evaluate(1 / 9000.0, 100), PLM_VARIANCE_VANISHES);
    assert_int_equal(plm_variance_evaluate(INFINITY, 100), PLM_VARIANCE_EXPLODES);
    assert_int_equal(plm_variance_evaluate(NAN, 100), PLM_VARIANCE_EXPLODES);
    assert_int_equal(plm_variance_evaluate_pair(&p, &good_gradients), PLM_VARIANCE_EXPLODES);
    assert_int_equal(plm_variance_evaluate_pair(&p, &bad_gradients), PLM_VARIANCE_VANISHES);
    assert_int_equal(plm_variance_evaluate_pair(&p, &both), PLM_VARIANCE_VANISHES);
}

/* Errors of the nets' own runtimes arrive at the caller's. */
static void wrong_specs(void **state)
{
    (void)state;
    const char *const initializer[] = {"identity", "nonsense"}, *const activation[] = {"softmax"};
    plm_variance_plan p = {.initializers = 1,
                           .activations = 1,
                           .depths = 1,
                           .initializer = initializer,
                           .activation = activation,
                           .depth = {2},
                           .width = {4},
                           .widths = 1,
                           .rows = 2,
                           .nets = 1};
    plm_variance v;
    plm *w = plm_open(NULL);
    fails_with(w, plm_variance_measure(w, &p, &v), "softmax", "whole row");
    p.initializer++;
    assert_int_equal(plm_variance_measure(w, &p, &v), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "unknown initializer 'nonsense'"));
    plm_close(w);
}

/* ---- curves ---- */

static void curve_of_relu(void **state)
{
    (void)state;
    plm_curve value, derivative;
    plm *w = plm_open(NULL);
    check(w, plm_activation_curves(w, "relu", -1, 2, &value, &derivative));
    assert_int_equal(value.count, 3); /* what lies on straight lines is left out */
    const double x[] = {-1, 0, 2}, y[] = {0, 0, 2};
    assert_memory_equal(value.x, x, sizeof x);
    assert_memory_equal(value.y, y, sizeof y);
    assert_int_equal(derivative.count, 4);
    assert_true(near(derivative.y[3], 1));
    plm_curve_free(w, &value);
    plm_curve_free(w, &derivative);
    /* no slope where the function jumps */
    check(w, plm_activation_curves(w, "threshold(0.1, 20)", -1, 1, &value, &derivative));
    int gaps = 0;
    for (int i = 0; i < derivative.count; i++) {
        gaps += isnan(derivative.y[i]) != 0;
        assert_true(isnan(derivative.y[i]) || fabs(derivative.y[i]) <= 1.001);
    }
    assert_int_equal(gaps, 1);
    plm_curve_free(w, &value);
    plm_curve_free(w, &derivative);
    fails_with(w, plm_activation_curves(w, "softmax", -1, 1, &value, &derivative), "softmax",
               "whole row");
    fails_with(w, plm_activation_curves(w, "reluu", -1, 1, &value, &derivative), "reluu",
               "unknown activation 'reluu'");
    plm_close(w);
}

/* ---- learning rates ---- */

enum { ROWS = 64, STEPS = 60 };

/* What the callbacks see. */
typedef struct {
    plm *w;
    plm_model *m;
    int watched, nets, stop_after;
} seen;

static void watch(void *user, const plm_event *e)
{
    assert_int_equal(e->kind, PLM_BATCH_END);
    ((seen *)user)->watched++;
}

static bool stop(void *user)
{
    const seen *s = user;
    return s->stop_after && s->watched >= s->stop_after;
}

static plm_status fresh(void *user, plm_model **out)
{
    seen *s = user;
    plm_model_free(s->m);
    s->m = *out = plm_model_new(s->w);
    s->nets++;
    plm_add(s->m, "input(2)");
    plm_add(s->m, "dense(1)");
    return plm_compile(s->m, "sgd", "mse", NULL);
}

/* y = 3 a - b */
static plm_data *line(plm *w)
{
    static float x[ROWS][2], y[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i][0] = (float)((i * 7) % 13) / 6 - 1;
        x[i][1] = (float)((i * 5) % 11) / 5 - 1;
        y[i] = 3 * x[i][0] - x[i][1];
    }
    const plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 2}};
    const plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, 1}};
    return plm_data_arrays(w, &in, &out, "batch(16)");
}

static void range_test(void **state)
{
    (void)state;
    plm_lr_range t;
    seen s = {.w = plm_open(PLM_OPTIONS(.threads = 1))};
    plm_data *d = line(s.w);
    const plm_lr_range_options o = {
        .from = 1e-4, .to = 100, .steps = STEPS, .watch = watch, .stop = stop, .user = &s};
    check(s.w, fresh(&s, &s.m));
    check(s.w, plm_lr_range_run(s.m, d, &o, &t));
    assert_true(t.blown && !t.stopped && t.done < STEPS); /* a line diverges beyond a rate of 2 */
    assert_int_equal(s.watched, t.done);
    assert_true(t.loss[t.done - 1] < 1e4); /* it does not wait for infinity */
    assert_true(near(t.rate[1] / t.rate[0], pow(1e6, 1.0 / (STEPS - 1))));
    assert_int_equal(t.count, t.done);
    assert_true(t.rule[0].rate > 0.01 && t.rule[0].rate < t.x[t.lowest]);
    assert_true(near(plm_lr_range_loss(&t, t.x[3]), t.y[3]));
    plm_lr_range_free(&t);
    check(s.w, fresh(&s, &s.m));
    s.watched = 0;
    s.stop_after = 7;
    check(s.w, plm_lr_range_run(s.m, d, &o, &t));
    assert_true(t.stopped && t.done == 7 && t.count == 0);
    plm_lr_range_free(&t);
    plm_data_free(d);
    plm_model_free(s.m);
    plm_close(s.w);
}

/* A test that is over, with these losses at the rates 1e-5, 1e-4.9, ... */
static void evaluate(plm_lr_range *t, double *loss)
{
    static double rate[ROWS];
    *t = (plm_lr_range){.o = {.from = 1e-5, .to = 1, .steps = 50}, .done = 50, .min = 1};
    for (int i = 0; i < 50; i++)
        rate[i] = pow(10, i / 10.0 - 5);
    t->rate = rate;
    t->loss = loss;
    t->first = loss[0];
    t->min_at = 40;
    plm_lr_range_evaluate(t);
}

/* A fall of 1 from step 20 to step 40, smoothed: half of it is made at 29, all of it at 39. */
static void rules(void **state)
{
    (void)state;
    double loss[50];
    plm_lr_range t;
    for (int i = 0; i < 50; i++)
        loss[i] = i < 20 ? 2 : i <= 40 ? 2 - (i - 20) / 20.0 : 3;
    evaluate(&t, loss);
    assert_int_equal(t.count, 50);
    assert_true(fabs(log10(t.rule[0].rate) + 1.6) < 0.01);
    assert_true(fabs(log10(t.rule[2].rate) + 2.1) < 0.01); /* a tenth of the rate at the minimum */
    for (int i = 0; i < 50; i++)                           /* a fall that may be chance */
        loss[i] = 2 + (i % 2 ? 0.3 : -0.3) - i / 500.0;
    evaluate(&t, loss);
    assert_true(t.rule[0].rate >= 0 && t.rule[0].rate <= 0);
    assert_true(t.y[t.lowest] < 1.95);
}

static void trials(void **state)
{
    (void)state;
    seen s = {.w = plm_open(PLM_OPTIONS(.threads = 1))};
    plm_data *d = line(s.w), *validation = line(s.w);
    plm_lr_trials t = {.steps = STEPS,
                       .optimizer = "sgd(cosine_decay(0.1, 60))",
                       .data = d,
                       .validation = validation,
                       .fresh = fresh,
                       .watch = watch,
                       .stop = stop,
                       .user = &s};
    check(s.w, plm_lr_trials_run(s.w, &t, 0.03));
    assert_int_equal(s.nets, t.count);
    assert_true(t.count >= 5 && t.logs == 1);
    for (int i = 1; i < t.count; i++)
        assert_true(t.trial[i].rate > t.trial[i - 1].rate);
    assert_true(t.best > 0 && t.best < t.count - 1);
    assert_true(t.trial[t.best].value[0] < 1e-3 && t.trial[0].value[0] > 1e-3);
    assert_string_equal(t.name[0], "loss");
    const double shaped = t.trial[1].value[0], rate = t.trial[1].rate;
    t.optimizer = "sgd(0.1)"; /* without the shape of a schedule */
    check(s.w, plm_lr_trials_run(s.w, &t, 0.03));
    assert_true(near(t.trial[1].rate, rate) && !near(t.trial[1].value[0], shaped));
    check(s.w, plm_lr_trials_run(s.w, &t, 10)); /* too high: it goes on below */
    assert_true(t.trial[0].rate < 1 && t.best > 0);
#ifndef PLM_DOUBLE /* a double does not overflow in so few steps */
    assert_true(t.trial[t.count - 1].diverged);
#endif
    for (int i = 1; i < t.count; i++)
        assert_true(t.trial[i].rate > t.trial[i - 1].rate);
    t.optimizer = "nonsense";
    assert_int_equal(plm_lr_trials_run(s.w, &t, 0.03), PLM_E_SPEC);
    assert_int_equal(strncmp(plm_last_error(s.w)->where, "optimizer", 9), 0);
    plm_data_free(d);
    plm_data_free(validation);
    plm_model_free(s.m);
    plm_close(s.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(identity_times_two), cmocka_unit_test(verdicts),
        cmocka_unit_test(relu_and_median),    cmocka_unit_test(rules),
        cmocka_unit_test(wrong_specs),        cmocka_unit_test(curve_of_relu),
        cmocka_unit_test(range_test),         cmocka_unit_test(trials)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
