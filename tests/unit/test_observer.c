/* Observers: one's own from C, told of every moment in order, able to stop and to set the rate;
 * and what those of the house make of their keys. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "plummet.h"

enum { EPOCHS = 4, LONGEST = 200 };

/* What an observer of one's own may do. */
typedef struct {
    char moments[LONGEST]; /* f e b d F */
    int64_t stop_after;    /* epochs; 0 = never */
    double rate;           /* set as an epoch begins; 0 = never */
    double seen_rate;
    char figures[LONGEST]; /* names at the end of the last epoch */
    int64_t rows_seen;     /* of the running epoch */
    double first_loss, loss, val_loss[EPOCHS];
} watcher;

/* Rows are counted from batch to batch; a rate of rows is known once one was trained. */
static void check_counts(watcher *o, const plm_event *e)
{
    const bool begins = e->kind == PLM_FIT_BEGIN || (e->kind == PLM_EPOCH_BEGIN && e->epoch == 0);
    if (e->kind == PLM_EPOCH_BEGIN)
        o->rows_seen = 0;
    if (e->kind == PLM_BATCH_END)
        assert_true(e->row > o->rows_seen && e->row <= e->rows && isfinite(e->batch_loss));
    else
        assert_true(isnan(e->batch_loss));
    if (e->kind == PLM_BATCH_END)
        o->rows_seen = e->row;
    if (e->kind == PLM_EPOCH_END)
        assert_int_equal(e->row, o->rows_seen);
    if (begins)
        assert_true(e->rows_per_second == 0);
    else if (e->kind != PLM_EPOCH_BEGIN && strchr(o->moments, 'b') != NULL)
        assert_true(e->rows_per_second > 1);
}

static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    watcher *o = self;
    const size_t length = strlen(o->moments);
    assert_true(length + 1 < LONGEST);
    o->moments[length] = "febdF"[e->kind];
    if (e->kind == PLM_EPOCH_BEGIN && o->rate > 0)
        assert_int_equal(plm_run_set_learning_rate(run, o->rate / (double)(e->epoch + 1)), PLM_OK);
    check_counts(o, e);
    if (e->kind == PLM_BATCH_END) {
        o->seen_rate = plm_run_learning_rate(run);
        assert_true(e->logs >= 1 && strcmp(e->log[0].name, "loss") == 0);
    }
    if (e->kind != PLM_EPOCH_END)
        return PLM_OK;
    o->figures[0] = '\0';
    for (int i = 0; i < e->logs; i++) {
        strcat(o->figures, e->log[i].name);
        strcat(o->figures, " ");
    }
    o->loss = e->log[0].value;
    o->val_loss[e->epoch] = e->log[2].value;
    o->first_loss = e->epoch == 0 ? o->loss : o->first_loss;
    return o->stop_after > 0 && e->epoch + 1 >= o->stop_after ? PLM_STOPPED : PLM_OK;
}

/* Lines of the log, joined. */
static void write_down(void *user, int level, const char *line)
{
    char *all = user;
    assert_int_equal(level, 0);
    assert_true(strlen(all) + strlen(line) + 2 < 5 * LONGEST);
    strcat(strcat(all, line), "\n");
}

/* Three batches an epoch, validated every so many. Returns what plm_fit did. log: room for 5 *
 * LONGEST, or NULL. */
static plm_status fit_with(watcher *o, const char *optimizer, const char *observers,
                           int64_t validation_freq, char *log)
{
    plm *w = plm_open(
        PLM_OPTIONS(.threads = 1, .seed = 2, .log = log != NULL ? write_down : NULL, .user = log));
    plm_data *train = plm_data_open(w, "digits | take(120) | batch(32)");
    plm_data *validation = plm_data_split(train, "split(0.2)");
    plm_model *m = plm_model_new(w);
    const plm_observer mine = {.name = "mine", .on_event = on_event, .self = o};
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "dense(10, activation=softmax)");
    assert_int_equal(plm_compile(m, optimizer, "sparse_categorical_crossentropy", "accuracy"),
                     PLM_OK);
    const plm_status status =
        plm_fit(m, train,
                PLM_FIT(.epochs = EPOCHS, .validation = validation, .observers = observers,
                        .validation_freq = validation_freq, .extra = &mine, .extras = 1));
    if (status < 0)
        print_message("%s: %s\n", plm_last_error(w)->where, plm_last_error(w)->what);
    plm_model_free(m);
    plm_data_free(validation);
    plm_data_free(train);
    plm_close(w);
    return status;
}

static plm_status fit(watcher *o, const char *optimizer, const char *observers)
{
    return fit_with(o, optimizer, observers, 0, NULL);
}

static void moments(void **state)
{
    watcher o = {0};
    (void)state;
    assert_int_equal(fit(&o, "sgd(0.1)", NULL), PLM_OK);
    assert_string_equal(o.moments, "febbbdebbbdebbbdebbbdF");
    assert_string_equal(o.figures,
                        "loss accuracy val_loss val_accuracy learning_rate gradient_norm ");
    assert_true(o.loss < o.first_loss);
}

/* Whatever ends a fit, here rows of validation that the net cannot take: its observers are told
 * of the end. */
static void the_end_comes_in_any_case(void **state)
{
    (void)state;
    static float x[12], y[4];
    const plm_view two = {x, PLM_F32, 2, {4, 2}}, three = {x, PLM_F32, 2, {4, 3}},
                   target = {y, PLM_F32, 2, {4, 1}};
    watcher o = {0};
    const plm_observer mine = {.name = "mine", .on_event = on_event, .self = &o};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *train = plm_data_arrays(w, &two, &target, NULL),
             *validation = plm_data_arrays(w, &three, &target, NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(
        plm_fit(m, train, PLM_FIT(.validation = validation, .extra = &mine, .extras = 1)),
        PLM_E_SHAPE);
    assert_string_equal(o.moments, "febF");
    plm_model_free(m);
    plm_data_free(validation);
    plm_data_free(train);
    plm_close(w);
}

static void stops(void **state)
{
    watcher o = {.stop_after = 2};
    (void)state;
    assert_int_equal(fit(&o, "sgd(0.1)", NULL), PLM_STOPPED);
    assert_string_equal(o.moments, "febbbdebbbdF");
}

static void sets_the_rate(void **state)
{
    watcher o = {.rate = 0.2};
    (void)state;
    assert_int_equal(fit(&o, "sgd(0.1)", NULL), PLM_OK);
    assert_true(fabs(o.seen_rate - 0.2 / EPOCHS) < 1e-12);
}

static void the_rate_that_moves_is_a_figure(void **state)
{
    watcher o = {0};
    (void)state;
    assert_int_equal(fit(&o, "sgd(per_epoch('0.1 / (1 + epoch)'))", NULL), PLM_OK);
    assert_string_equal(o.figures,
                        "loss accuracy val_loss val_accuracy learning_rate gradient_norm ");
    assert_true(fabs(o.seen_rate - 0.1 / EPOCHS) < 1e-12);
    memset(&o, 0, sizeof o);
    assert_int_equal(fit(&o, "sgd(0.1)", "reduce_lr_on_plateau"), PLM_OK);
    assert_string_equal(o.figures,
                        "loss accuracy val_loss val_accuracy learning_rate gradient_norm ");
}

/* With a min_delta that no gain reaches, epochs are counted: Keras's rules. */
static void early_stopping_counts(void **state)
{
    static const struct {
        const char *observers;
        int epochs; /* that are done */
    } items[] = {
        {"early_stopping(monitor=loss, min_delta=1e9)", 2},
        {"early_stopping(monitor=loss, min_delta=1e9, patience=2)", 3},
        {"early_stopping(monitor=loss, min_delta=1e9, patience=9)", 4},
        {"early_stopping(monitor=val_loss, min_delta=1e9, start_from_epoch=1)", 3},
        {"early_stopping(monitor=loss, min_delta=1e9, patience=2, baseline=-1)", 2},
        {"early_stopping(monitor=loss, mode=max)", 2}, /* the loss falls: no gain */
        {"early_stopping(monitor=loss)", 4},
    };
    (void)state;
    for (size_t i = 0; i < sizeof items / sizeof *items; i++) {
        watcher o = {0};
        int epochs = 0;
        const plm_status status = fit(&o, "sgd(0.1)", items[i].observers);
        for (const char *c = o.moments; *c != '\0'; c++)
            epochs += *c == 'd';
        if (epochs != items[i].epochs || status != (epochs < EPOCHS ? PLM_STOPPED : PLM_OK))
            fail_msg("%s: %d epochs, %d are right", items[i].observers, epochs, items[i].epochs);
    }
}

static void checkpoints_are_named(void **state)
{
    static const char *const wanted[] = {"n-02.safetensors", "n-04.safetensors"};
    char folder[64] = "/tmp/plummet-observer-XXXXXX", observers[256], path[128];
    watcher o = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(observers, sizeof observers, "checkpoint('%s/n-{epoch:02d}.safetensors', every=2)",
             folder);
    assert_int_equal(fit(&o, "sgd(0.1)", observers), PLM_OK);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, wanted[i]);
        assert_int_equal(unlink(path), 0);
    }
    snprintf(observers, sizeof observers,
             "checkpoint('%s/{loss:.0f}{epoch:3d}', save_best_only=true, monitor=loss)", folder);
    assert_int_equal(fit(&o, "sgd(1e-9)", observers), PLM_OK);
    snprintf(path, sizeof path, "%s/%.0f  1", folder, o.loss);
    assert_int_equal(unlink(path), 0);
    /* a rate of next to nothing still gains a little, or does not */
    for (int epoch = 2; epoch <= EPOCHS; epoch++) {
        snprintf(path, sizeof path, "%s/%.0f  %d", folder, o.loss, epoch);
        unlink(path);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* Epochs that are not validated have figures that are no numbers, and do not count for whoever
 * watches them. */
static void validation_now_and_then(void **state)
{
    watcher o = {0};
    (void)state;
    assert_int_equal(fit_with(&o, "sgd(0.1)", NULL, -1, NULL), PLM_E_SPEC);
    assert_int_equal(fit_with(&o, "sgd(0.1)", NULL, 2, NULL), PLM_OK);
    assert_string_equal(o.figures,
                        "loss accuracy val_loss val_accuracy learning_rate gradient_norm ");
    for (int epoch = 0; epoch < EPOCHS; epoch++)
        assert_int_equal(isnan(o.val_loss[epoch]), epoch % 2 == 0);
    memset(&o, 0, sizeof o); /* epoch 2 is the first watched one, epoch 4 has no gain */
    assert_int_equal(fit_with(&o, "sgd(0.1)", "early_stopping(min_delta=1e9, patience=1)", 2, NULL),
                     PLM_STOPPED);
    assert_string_equal(o.moments, "febbbdebbbdebbbdebbbdF");
    memset(&o, 0, sizeof o);
    assert_int_equal(fit_with(&o, "sgd(0.1)",
                              "early_stopping(min_delta=1e9, patience=2), "
                              "reduce_lr_on_plateau(min_delta=1e9, patience=2)",
                              2, NULL),
                     PLM_OK);
    assert_true(fabs(o.seen_rate - 0.1) < 1e-12);
}

static void progress_goes_to_the_log(void **state)
{
    watcher o = {0};
    char log[5 * LONGEST] = "";
    (void)state;
    assert_int_equal(fit_with(&o, "sgd(0.1)", "progress", 0, NULL), PLM_E_ORDER);
    assert_null(strchr(o.moments, 'b'));
    assert_int_equal(fit_with(&o, "sgd(0.1)", "progress(every=2)", 4, log), PLM_OK);
    const char *last = strstr(log, "epoch 4/4  loss ");
    assert_true(strncmp(log, "epoch 2/4  loss ", 16) == 0 && last != NULL);
    assert_true(strstr(log, "val_loss") > last && strstr(last, "  val_accuracy 0.") != NULL);
}

/* Four batches of 32 rows in 96 make three an epoch: files after batches 2, 4, 6, ... wherever
 * an epoch ends. */
static void checkpoints_between_batches(void **state)
{
    static const char *const wanted[] = {"1-2", "2-1", "2-3", "3-2", "4-1", "4-3"};
    char folder[64] = "/tmp/plummet-observer-XXXXXX", observers[256], path[128];
    watcher o = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(observers, sizeof observers, "checkpoint('%s/{epoch:d}-{batch:d}', save_freq=2)",
             folder);
    assert_int_equal(fit(&o, "sgd(0.1)", observers), PLM_OK);
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, wanted[i]);
        assert_int_equal(unlink(path), 0);
    }
    assert_int_equal(rmdir(folder), 0);
}

/* The model alone: it loads, is smaller than with the training, and is no checkpoint. */
static void weights_alone(void **state)
{
    char folder[64] = "/tmp/plummet-observer-XXXXXX", observers[600], path[2][128];
    struct stat about[2];
    watcher o = {0};
    (void)state;
    assert_non_null(mkdtemp(folder));
    for (int i = 0; i < 2; i++)
        snprintf(path[i], sizeof path[i], "%s/%d", folder, i);
    snprintf(observers, sizeof observers,
             "checkpoint('%s'), checkpoint('%s', save_weights_only=true, save_freq=epoch)", path[0],
             path[1]);
    assert_int_equal(fit(&o, "adam(0.01)", observers), PLM_OK);
    assert_int_equal(stat(path[0], &about[0]) + stat(path[1], &about[1]), 0);
    assert_true(about[1].st_size < about[0].st_size / 2);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_load(w, path[1], NULL);
    assert_non_null(m);
    assert_int_equal(plm_checkpoint_epochs(w, path[0]), EPOCHS);
    assert_int_equal(plm_checkpoint_epochs(w, path[1]), PLM_E_FORMAT);
    plm_model_free(m);
    plm_close(w);
    unlink(path[0]);
    unlink(path[1]);
    assert_int_equal(rmdir(folder), 0);
}

/* Wrong names are told before the first step: no batch is seen. */
static void names_are_checked_at_once(void **state)
{
    static const char *const bad[] = {"early_stopping(monitor=val_los)",
                                      "reduce_lr_on_plateau(monitor=f2)",
                                      "checkpoint('x', save_best_only=true, monitor=f1)",
                                      "checkpoint('/tmp/{val_f2:.2f}')",
                                      "checkpoint('/tmp/{epoch:n}')",
                                      "checkpoint('/tmp/{epoch:.2d}')",
                                      "checkpoint('/tmp/{epoch')",
                                      "checkpoint('/tmp/{}')",
                                      "checkpoint('/tmp/{loss:999.9999999f}')",
                                      "checkpoint('/tmp/x', save_freq=0)",
                                      "checkpoint('/tmp/x', save_freq=batch)",
                                      "checkpoint('/tmp/x', save_freq=1.5)",
                                      "checkpoint('/tmp/{batch}')",
                                      "checkpoint('/tmp/{val_loss:.2f}', save_freq=2)",
                                      "checkpoint('/tmp/x', save_freq=2, save_best_only=true)"};
    (void)state;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        watcher o = {0};
        assert_int_equal(fit(&o, "sgd(0.1)", bad[i]), PLM_E_SPEC);
        assert_null(strchr(o.moments, 'b'));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(moments),
        cmocka_unit_test(the_end_comes_in_any_case),
        cmocka_unit_test(stops),
        cmocka_unit_test(sets_the_rate),
        cmocka_unit_test(the_rate_that_moves_is_a_figure),
        cmocka_unit_test(early_stopping_counts),
        cmocka_unit_test(checkpoints_are_named),
        cmocka_unit_test(checkpoints_between_batches),
        cmocka_unit_test(validation_now_and_then),
        cmocka_unit_test(progress_goes_to_the_log),
        cmocka_unit_test(weights_alone),
        cmocka_unit_test(names_are_checked_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
