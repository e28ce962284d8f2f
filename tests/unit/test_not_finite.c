/* What a loss that is not finite leaves: the state at the end of the last epoch with a finite loss,
 * of the weights and of the optimizer, in the model and in the checkpoint. The right numbers are
 * those of a model that never saw the NaN. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <unistd.h>

#include "nn_support.h"

enum { ROWS = 20, WEIGHTS = 3 * 4 + 4 + 4 + 1 };

static float x[ROWS][3], y[ROWS];

static const char *const optimizers[] = {
    "sgd(0.01)",
    "sgd(0.01, momentum=0.9, nesterov=true)",
    "adam(0.01)",
    "adam(0.01, use_ema=true, ema_momentum=0.9)",
    "adam(0.01, lookahead_steps=3)",
    "adam(0.01, gradient_accumulation_steps=3)",
    "adam(0.01, clipnorm=1)",
    "rmsprop(0.01, centered=true)",
    "adafactor(0.01)",
    "schedule_free_adamw(0.01)",
    "nadam(0.01)",
    "adagrad(0.01)",
};
enum { OPTIMIZERS = sizeof optimizers / sizeof *optimizers };

typedef struct {
    plm *w;
    plm_model *m;
    plm_data *data;
} stage;

static void raise_stage(stage *s, const char *optimizer)
{
    const plm_view inputs = {x, PLM_F32, 2, {ROWS, 3}}, targets = {y, PLM_F32, 2, {ROWS, 1}};
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < 3; k++)
            x[i][k] = (float)((i * 7 + k * 5) % 11) / 11;
        y[i] = x[i][0] - x[i][1] / 2;
    }
    s->w = open_runtime(NULL);
    s->data = plm_data_arrays(s->w, &inputs, &targets, "batch(5)");
    s->m = plm_model_new(s->w);
    plm_add(s->m, "input(3)");
    plm_add(s->m, "dense(4, activation=tanh)");
    plm_add(s->m, "dense(1)");
    assert_int_equal(plm_compile(s->m, optimizer, "mse", NULL), PLM_OK);
}

static void strike_stage(stage *s)
{
    plm_data_free(s->data);
    plm_model_free(s->m);
    plm_close(s->w);
}

static void read_weights(const plm_model *m, float *out)
{
    static const int at[4] = {0, 12, 16, 20};
    for (int i = 0; i < 4; i++)
        assert_int_equal(plm_parameter_read(m, i, out + at[i]), PLM_OK);
}

/* Trains from epoch `first` to `last`. */
static plm_status fit(stage *s, int64_t first, int64_t last)
{
    return plm_fit(s->m, s->data, PLM_FIT(.initial_epoch = first, .epochs = last));
}

/* Every optimizer: a fit that meets a NaN changes nothing, so a later one gives the same bits as if
 * there had been no such fit. */
static void later_fit(void **state)
{
    (void)state;
    for (int i = 0; i < OPTIMIZERS; i++) {
        float wanted[WEIGHTS], after[WEIGHTS], got[WEIGHTS];
        stage s;
        raise_stage(&s, optimizers[i]);
        assert_int_equal(fit(&s, 0, 2), PLM_OK);
        read_weights(s.m, after);
        assert_int_equal(fit(&s, 2, 4), PLM_OK);
        read_weights(s.m, wanted);
        strike_stage(&s);
        raise_stage(&s, optimizers[i]);
        assert_int_equal(fit(&s, 0, 2), PLM_OK);
        x[7][1] = NAN;
        assert_int_equal(fit(&s, 2, 4), PLM_E_NUMERIC);
        assert_non_null(strstr(plm_last_error(s.w)->hint, "the weights of before this epoch"));
        x[7][1] = (float)((7 * 7 + 5) % 11) / 11;
        read_weights(s.m, got);
        assert_memory_equal(got, after, sizeof got);
        assert_int_equal(fit(&s, 2, 4), PLM_OK);
        read_weights(s.m, got);
        assert_memory_equal(got, wanted, sizeof got);
        strike_stage(&s);
    }
}

#ifdef PLM_DOUBLE
#define HUGE_RATE 1e200
#else
#define HUGE_RATE 1e30
#endif

/* A learning rate whose loss overflows, mended by a lower one. */
static void lower_rate(void **state)
{
    stage s;
    (void)state;
    raise_stage(&s, "adam(0.01)");
    assert_int_equal(plm_model_set_learning_rate(s.m, HUGE_RATE), PLM_OK);
    assert_int_equal(fit(&s, 0, 3), PLM_E_NUMERIC);
    assert_int_equal(plm_model_set_learning_rate(s.m, 1e-3), PLM_OK);
    assert_int_equal(fit(&s, 0, 3), PLM_OK);
    strike_stage(&s);
}

/* ---- the checkpoint ----
 * It holds float32, so the engine in double does not go on with its bits. */
#ifndef PLM_DOUBLE

/* In epoch 4, after `self` batches: a cell becomes NaN, and the rate changes. */
static plm_status spoil(void *self, plm_run *run, const plm_event *e)
{
    const int *batches = self;
    if (e->kind == PLM_BATCH_END && e->epoch == 3 && e->row == 5 * *batches) {
        for (int i = 0; i < ROWS; i++)
            x[i][0] = NAN;
        assert_int_equal(plm_run_set_learning_rate(run, 0.5), PLM_OK);
    }
    return PLM_OK;
}

/* Stops in epoch 4 after the first batch. */
static plm_status stop(void *self, plm_run *run, const plm_event *e)
{
    (void)self;
    (void)run;
    return e->kind == PLM_BATCH_END && e->epoch == 3 ? PLM_STOPPED : PLM_OK;
}

static plm_status fit_to(stage *s, int64_t epochs, const plm_observer *o, const char *resume,
                         const char *checkpoint, plm_fit_result *result)
{
    return plm_fit(s->m, s->data,
                   PLM_FIT(.epochs = epochs, .extra = o, .extras = o != NULL, .resume = resume,
                           .checkpoint = checkpoint, .result = result));
}

/* The fit fails in epoch 4, at once or after it was stopped there and resumed. A fit that is
 * resumed from its checkpoint has the bits of one that never failed. */
static void check_checkpoint(const char *optimizer, const char *path, bool stops)
{
    static int batches = 2;
    const plm_observer spoiler = {.on_event = spoil, .self = &batches},
                       stopper = {.on_event = stop};
    float wanted[WEIGHTS], got[WEIGHTS];
    plm_fit_result r;
    stage s;
    raise_stage(&s, optimizer);
    assert_int_equal(fit_to(&s, 6, NULL, NULL, NULL, &r), PLM_OK);
    read_weights(s.m, wanted);
    strike_stage(&s);
    raise_stage(&s, optimizer);
    if (stops) {
        assert_int_equal(fit_to(&s, 6, &stopper, NULL, path, &r), PLM_STOPPED);
        strike_stage(&s);
        raise_stage(&s, optimizer);
    }
    assert_int_equal(fit_to(&s, 6, &spoiler, stops ? path : NULL, path, &r), PLM_E_NUMERIC);
    assert_int_equal(r.kept_epoch, 3);
    assert_int_equal(r.batches, 0);
    strike_stage(&s);
    raise_stage(&s, optimizer);
    assert_int_equal(plm_checkpoint_get_info(s.w, path, &r), PLM_OK);
    assert_int_equal(r.epochs, 3);
    assert_int_equal(r.batches, stops ? 1 : 0);
    assert_int_equal(r.ended, false);
    assert_int_equal(fit_to(&s, 6, NULL, path, NULL, &r), PLM_OK);
    read_weights(s.m, got);
    assert_memory_equal(got, wanted, sizeof got);
    strike_stage(&s);
}

static void checkpoint(void **state)
{
    char folder[64] = "/tmp/plummet-not-finite-XXXXXX", path[80];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/c", folder);
    for (int i = 0; i < OPTIMIZERS; i++) {
        check_checkpoint(optimizers[i], path, false);
        check_checkpoint(optimizers[i], path, true);
    }
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(later_fit),
        cmocka_unit_test(lower_rate),
#ifndef PLM_DOUBLE
        cmocka_unit_test(checkpoint),
#endif
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
