/* How a fit ends: what plm_fit_result and plm_model_history tell of it, which weights stay, and
 * that a fit which had ended is only given again when it is resumed.
 *
 * One weight w learns y = 2x from w = 0 and is validated by y = x: an epoch is one batch, after
 * epoch k it is 2 - 2 * 0.7^k, and the validation is best where it comes nearest to 1, in epoch 2.
 */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <unistd.h>

#include "nn_support.h"

enum { BEST = 2, EPOCHS = 6 };

typedef struct {
    plm *w;
    plm_model *m;
    plm_data *train, *validation;
    int batches; /* trained */
    plm_fit_result result;
} stage;

static float x[4] = {1, 2, 3, 4}, twice[4] = {2, 4, 6, 8};

static void raise_stage(stage *s, const char *optimizer)
{
    *s = (stage){.w = open_runtime(NULL)};
    const plm_view inputs = {x, PLM_F32, 2, {4, 1}}, targets = {twice, PLM_F32, 2, {4, 1}};
    s->train = plm_data_arrays(s->w, &inputs, &targets, NULL);
    s->validation = plm_data_arrays(s->w, &inputs, &inputs, NULL);
    s->m = plm_model_new(s->w);
    plm_add(s->m, "input(1)");
    plm_add(s->m, "dense(1, use_bias=false, kernel_initializer=zeros)");
    assert_int_equal(plm_compile(s->m, optimizer, "mse", NULL), PLM_OK);
}

static void strike_stage(stage *s)
{
    plm_data_free(s->train);
    plm_data_free(s->validation);
    plm_model_free(s->m);
    plm_close(s->w);
}

static plm_status count_batch(void *self, plm_run *run, const plm_event *e)
{
    stage *s = self;
    (void)run;
    s->batches += e->kind == PLM_BATCH_END;
    return PLM_OK;
}

static plm_status fit(stage *s, int64_t epochs, const char *observers, const char *resume,
                      const char *checkpoint)
{
    const plm_observer counter = {.on_event = count_batch, .self = s};
    s->batches = 0;
    memset(&s->result, 0x55, sizeof s->result);
    return plm_fit(s->m, s->train,
                   PLM_FIT(.epochs = epochs, .validation = s->validation, .observers = observers,
                           .extra = &counter, .extras = 1, .resume = resume,
                           .checkpoint = checkpoint, .result = &s->result));
}

/* The weight after an epoch, from 1. */
static double weight_of(int64_t epoch)
{
    return 2 - 2 * pow(0.7, (double)epoch);
}

static void check_weight(const stage *s, int64_t epoch)
{
    float weight = 0;
    assert_int_equal(plm_parameter_read(s->m, 0, &weight), PLM_OK);
    assert_near((double)weight, weight_of(epoch), 1e-5, "the weight of epoch", (size_t)epoch);
}

static void check_history(const stage *s, int64_t epochs)
{
    plm_history h;
    assert_int_equal(plm_model_history(s->m, &h), PLM_OK);
    assert_int_equal(h.rows, epochs);
    assert_true(h.columns >= 3);
    assert_string_equal(h.name[0], "epoch");
    int column = 1;
    while (column < h.columns && strcmp(h.name[column], "val_loss") != 0)
        column++;
    assert_true(column < h.columns);
    for (int64_t k = 0; k < h.rows; k++) {
        const double error = weight_of(k + 1) - 1;
        assert_near(h.value[k * h.columns], (double)k + 1, 0, "epoch", (size_t)k);
        assert_near(h.value[k * h.columns + column], 7.5 * error * error, 1e-5, "val_loss",
                    (size_t)k);
    }
}

/* ---- ends ---- */

typedef struct {
    const char *optimizer, *observers;
    plm_status status;
    int64_t epochs, best, kept;
    const char *by;
    bool averaged;
    int64_t weight; /* the epoch whose weight stays; 0 = of none */
} end_row;

#define SGD "sgd(0.02)"
#define STOPPING "early_stopping(patience=2)"
#define RESTORING "early_stopping(patience=2, restore_best_weights=true)"

static const end_row ends[] = {
    {SGD, NULL, PLM_OK, EPOCHS, 0, 0, "", false, EPOCHS},
    {SGD, "best_weights", PLM_OK, EPOCHS, BEST, BEST, "", false, BEST},
    {SGD, "best_weights(monitor=loss)", PLM_OK, EPOCHS, EPOCHS, EPOCHS, "", false, EPOCHS},
    {SGD, "best_weights(monitor=loss, mode=max)", PLM_OK, EPOCHS, 1, 1, "", false, 1},
    {SGD, "best_weights(monitor=loss, min_delta=3)", PLM_OK, EPOCHS, 4, 4, "", false, 4},
    {SGD, STOPPING, PLM_STOPPED, 4, BEST, 0, "early_stopping", false, 4},
    {SGD, RESTORING, PLM_STOPPED, 4, BEST, BEST, "early_stopping", false, BEST},
    {SGD, STOPPING ", best_weights", PLM_STOPPED, 4, BEST, BEST, "early_stopping", false, BEST},
    {SGD, "best_weights, " STOPPING, PLM_STOPPED, 4, BEST, BEST, "early_stopping", false, BEST},
    {SGD, RESTORING ", best_weights(monitor=loss)", PLM_STOPPED, 4, BEST, BEST, "early_stopping",
     false, BEST},
    {"sgd(0.02, use_ema=true)", "best_weights", PLM_OK, EPOCHS, BEST, 0, "", true, 0},
};

static void check_result(const stage *s, const end_row *row, bool trained)
{
    const plm_fit_result *r = &s->result;
    assert_int_equal(r->epochs, row->epochs);
    assert_int_equal(r->epochs_requested, EPOCHS);
    assert_int_equal(r->batches, 0);
    assert_int_equal(r->best_epoch, row->best);
    assert_int_equal(r->kept_epoch, row->kept);
    assert_int_equal(r->averaged, row->averaged);
    assert_int_equal(r->trained, trained);
    assert_int_equal(r->ended, true);
    assert_string_equal(r->stopped_by, row->by);
    if (row->weight > 0) {
        check_weight(s, row->weight);
        check_history(s, row->epochs);
    }
}

static void results(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        stage s;
        raise_stage(&s, ends[i].optimizer);
        assert_int_equal(fit(&s, EPOCHS, ends[i].observers, NULL, NULL), ends[i].status);
        check_result(&s, &ends[i], true);
        assert_int_equal(s.batches, ends[i].epochs);
        strike_stage(&s);
    }
}

/* Whoever stops a fit from outside has not ended it. */
static plm_status stop_in_third(void *self, plm_run *run, const plm_event *e)
{
    (void)self;
    (void)run;
    return e->kind == PLM_EPOCH_END && e->epoch == 2 ? PLM_STOPPED : PLM_OK;
}

static void interrupted(void **state)
{
    const plm_observer mine = {.name = "mine", .on_event = stop_in_third};
    stage s;
    (void)state;
    raise_stage(&s, SGD);
    assert_int_equal(plm_fit(s.m, s.train,
                             PLM_FIT(.epochs = EPOCHS, .validation = s.validation, .extra = &mine,
                                     .extras = 1, .observers = STOPPING, .result = &s.result)),
                     PLM_STOPPED);
    assert_int_equal(s.result.epochs, 3);
    assert_int_equal(s.result.ended, false);
    assert_int_equal(s.result.trained, true);
    assert_int_equal(s.result.best_epoch, BEST);
    assert_string_equal(s.result.stopped_by, "mine");
    check_history(&s, 3);
    strike_stage(&s);
}

static void best_of_nothing(void **state)
{
    stage s;
    (void)state;
    raise_stage(&s, SGD);
    assert_int_equal(plm_fit(s.m, s.train, PLM_FIT(.epochs = 2, .observers = "best_weights")),
                     PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(s.w)->what, "val_loss"));
    check_weight(&s, 0);
    strike_stage(&s);
}

/* ---- resumed ---- */

static size_t read_all(const char *path, char *out, size_t capacity)
{
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    const size_t n = fread(out, 1, capacity, f);
    assert_true(n < capacity);
    fclose(f);
    return n;
}

static void given_again(const end_row *row, const char *path)
{
    enum { MOST = 1 << 17 };
    static char before[MOST], after[MOST];
    stage s;
    plm_fit_result about;
    raise_stage(&s, row->optimizer);
    assert_int_equal(fit(&s, EPOCHS, row->observers, NULL, path), row->status);
    strike_stage(&s);
    const size_t n = read_all(path, before, MOST);
    raise_stage(&s, row->optimizer);
    assert_int_equal(plm_checkpoint_get_info(s.w, path, &about), PLM_OK);
    assert_int_equal(about.epochs, row->epochs);
    assert_int_equal(about.best_epoch, row->best);
    assert_int_equal(about.ended, true);
    assert_string_equal(about.stopped_by, row->by);
    assert_int_equal(fit(&s, EPOCHS, row->observers, path, path), row->status);
    check_result(&s, row, false);
    assert_int_equal(s.batches, 0);
    assert_int_equal(read_all(path, after, MOST), n);
    assert_memory_equal(before, after, n);
    strike_stage(&s);
}

/* Epochs beyond: the same as if they had been asked for at once; whoever ended it waits anew. */
static void goes_on(const end_row *row, const char *path)
{
    const bool stopped = row->status == PLM_STOPPED;
    const int64_t epochs = stopped ? row->epochs + 2 : EPOCHS + 3;
    stage s;
    raise_stage(&s, row->optimizer);
    assert_int_equal(fit(&s, EPOCHS + 3, row->observers, path, NULL), row->status);
    assert_int_equal(s.result.epochs, epochs);
    assert_int_equal(s.result.trained, true);
    assert_int_equal(s.batches, epochs - row->epochs);
    assert_string_equal(s.result.stopped_by, row->by);
    if (row->weight > 0)
        check_history(&s, epochs);
    strike_stage(&s);
}

static void resumed(void **state)
{
    char folder[64] = "/tmp/plummet-fit-end-XXXXXX", path[80];
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/c", folder);
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        given_again(&ends[i], path);
        goes_on(&ends[i], path);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(results), cmocka_unit_test(interrupted),
                                       cmocka_unit_test(best_of_nothing),
                                       cmocka_unit_test(resumed)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
