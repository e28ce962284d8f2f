/* What each observer makes of a series of values, against tables worked out by hand from Keras's
 * documentation: the epoch in which it ends the fit, the weights it gives back, the rates, the
 * files. An observer is given its moments directly, so that the values are those of the table. */
#define _POSIX_C_SOURCE 200809L /* mkdtemp */
#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "nn_support.h"
#include "train/run.h"

enum { MOST_EPOCHS = 12, MOST_METRICS = 4 };

/* A fit of one weight, as an observer sees it. */
typedef struct {
    plm *w;
    plm_model *m;
    plm_run run;
    plm_observer observer;
    const char *requested[2]; /* paths of checkpoints */
    plm_arena arena;
} stage;

static float x[4] = {0, 1, 1, 0}; /* inputs, and classes for every metric */

static void raise_stage(stage *s, const char *metrics, const char *observer)
{
    const void *config = NULL;
    plm_log log[4];
    *s = (stage){.w = open_runtime(NULL)};
    s->arena.w = s->w;
    s->m = plm_model_new(s->w);
    plm_add(s->m, "input(1)");
    plm_add(s->m, "dense(1, use_bias=false)");
    assert_int_equal(plm_compile(s->m, "sgd(0.5)", "mse", metrics), PLM_OK);
    plm_batch b = {.rows = 4, .inputs = 1, .targets = 1};
    b.input[0] = b.target[0] = (plm_view){x, PLM_F32, 2, {4, 1}};
    assert_int_equal(plm_evaluate_batch(s->m, &b, log, 4), PLM_OK);
    s->run = (plm_run){.model = s->m, .training = s->m->training, .epochs = MOST_EPOCHS};
    s->run.validates = true;
    s->run.requested = s->requested;
    s->run.validation_freq = 1;
    const plm_observer_kind *kind = (const void *)bind(&s->arena, "observer", observer, &config);
    assert_int_equal(kind->open(s->w, config, &s->observer), PLM_OK);
}

static void strike_stage(stage *s)
{
    if (s->observer.free != NULL)
        s->observer.free(s->observer.self);
    plm_arena_free(&s->arena);
    plm_model_free(s->m);
    plm_close(s->w);
}

/* The names there are, each with that value. */
static int fill_logs(stage *s, plm_log *log, double value)
{
    int logs = plm_run_values(&s->run, false, log, PLM_LOGS);
    logs += plm_run_values(&s->run, true, log + logs, PLM_LOGS - logs);
    for (int i = 0; i < logs; i++)
        log[i].value = value;
    return logs;
}

/* Notifies of a moment; the value is that of every name there is. */
static plm_status tell(stage *s, plm_event_kind moment, int64_t epoch, double value)
{
    plm_log log[PLM_LOGS];
    const int logs = fill_logs(s, log, value);
    const plm_event event = {.kind = moment,
                             .epoch = epoch,
                             .epochs = MOST_EPOCHS,
                             .log = log,
                             .logs = moment == PLM_FIT_BEGIN ? 0 : logs};
    return s->observer.on_event(s->observer.self, &s->run, &event);
}

/* The weight is the number of the epoch, from 1. As in a fit, the history has its row first. */
static plm_status end_epoch(stage *s, int64_t epoch, double value)
{
    plm_log log[PLM_LOGS];
    const int logs = fill_logs(s, log, value);
    assert_int_equal(plm_epochs_add(&s->m->epochs, epoch + 1, logs, log), PLM_OK);
    s->m->vector.p[0] = (plm_real)(epoch + 1);
    if (s->m->training->forced_rate >= 0)
        s->m->training->rate = s->m->training->forced_rate;
    return tell(s, PLM_EPOCH_END, epoch, value);
}

/* ---- early_stopping ---- */

#define NONE (-1)
typedef struct {
    const char *observer;
    double value[MOST_EPOCHS];
    int epochs;  /* how many values there are */
    int stopped; /* the epoch, from 1, that ends the fit; NONE = none */
    int weight;  /* the epoch whose weights the model ends with */
} stop_row;

static const stop_row stops[] = {
    /* patience counts epochs without a gain; the default is 0 */
    {"early_stopping", {5, 4, 4, 3}, 4, 3, 3},
    {"early_stopping", {5, 4, 3, 2}, 4, NONE, 4},
    {"early_stopping", {5, 6}, 2, 2, 2},
    {"early_stopping(patience=1)", {5, 4, 4, 3}, 4, 3, 3},
    {"early_stopping(patience=2)", {5, 4, 4, 3, 3, 3}, 6, 6, 6},
    {"early_stopping(patience=2)", {5, 6, 4, 6, 3, 6}, 6, NONE, 6},
    {"early_stopping(patience=3)", {1, 2, 3, 4, 5}, 5, 4, 4},
    /* the weights of the best epoch come back, whether or not it stopped */
    {"early_stopping(patience=2, restore_best_weights=true)", {5, 3, 4, 4}, 4, 4, 2},
    {"early_stopping(patience=9, restore_best_weights=true)", {5, 3, 4, 4}, 4, NONE, 2},
    {"early_stopping(patience=2, restore_best_weights=true)", {5, 3, 3, 4}, 4, 4, 2},
    {"early_stopping(patience=9, restore_best_weights=true)", {5, 3, 4, 2}, 4, NONE, 4},
    /* 12 epochs of 3 waves end after epochs 2, 5 and 12; of 4 waves after 1, 2, 6 and 12 */
    {"best_weights(waves=3)", {5, 4, 6, 6, 6, 3}, 6, 5, 2},
    {"best_weights(waves=3)", {4, 5, 6, 6, 4, 3}, 6, 5, 1},
    {"best_weights(waves=3)", {5, 4, 3, 6, 6, 6}, 6, NONE, 3},
    {"best_weights(waves=3)", {5, 4, 6, 6, 3, 6}, 6, NONE, 5},
    {"best_weights(waves=3, min_delta=1)", {5, 4, 6, 6, 4.5, 6}, 6, 5, 1},
    {"best_weights(waves=4)", {5, 4, 6, 6, 6, 6, 3}, 7, 6, 2},
    {"best_weights(waves=4)", {5, 6, 6, 6, 6, 4, 6}, 7, NONE, 6},
    /* waves of fewer than 3 epochs, and no wave before the last but one, do not end it */
    {"best_weights(waves=6)", {5, 6, 6, 6, 6, 6, 6}, 7, 6, 1},
    {"best_weights(waves=2)", {5, 6, 6, 6, 6, 6, 6}, 7, NONE, 1},
    {"best_weights(waves=1)", {5, 6, 6, 6, 6, 6, 6}, 7, NONE, 1},
    {"best_weights", {5, 6, 6, 6, 6, 6, 6}, 7, NONE, 1},
    /* min_delta: a gain must be larger; its sign does not matter */
    {"early_stopping(min_delta=1)", {5, 4, 2.5}, 3, 2, 2},
    {"early_stopping(min_delta=1)", {5, 3.5, 2.25}, 3, NONE, 3},
    {"early_stopping(min_delta=-1)", {5, 4, 2.5}, 3, 2, 2},
    {"early_stopping(min_delta=1, patience=2)", {5, 4.5, 3.75, 3.25}, 4, NONE, 4},
    /* mode */
    {"early_stopping(mode=max, restore_best_weights=true)", {1, 2, 3, 3}, 4, 4, 3},
    {"early_stopping(mode=max, min_delta=0.5)", {1, 1.5, 3}, 3, 2, 2},
    {"early_stopping(mode=min)", {3, 2, 2}, 3, 3, 3},
    {"early_stopping(monitor=val_hits, patience=1, restore_best_weights=true)",
     {.2, .5, .4, .6},
     4,
     3,
     2},
    {"early_stopping(monitor=hits, patience=2, restore_best_weights=true)",
     {.2, .5, .4, .6},
     4,
     NONE,
     4},
    {"early_stopping(monitor=val_hits, mode=min)", {.2, .5}, 2, 2, 2},
    {"early_stopping(monitor=val_mae, patience=1)", {.2, .5}, 2, 2, 2},
    {"early_stopping(monitor=true_positives, mode=max)", {1, 2, 2}, 3, 3, 3},
    /* the baseline: gains below it do not begin the count again */
    {"early_stopping(baseline=3, patience=2)", {5, 4, 3.5}, 3, NONE, 3},
    {"early_stopping(baseline=3, patience=2)", {5, 4, 4}, 3, 3, 3},
    {"early_stopping(baseline=3, patience=2)", {5, 2, 4, 4}, 4, 4, 4},
    {"early_stopping(baseline=3, patience=2, mode=max)", {5, 2, 4}, 3, 3, 3},
    {"early_stopping(baseline=9, patience=1, mode=max)", {5, 6, 6}, 3, 3, 3},
    /* epochs that are not watched */
    {"early_stopping(start_from_epoch=2)", {1, 2, 9, 8, 8}, 5, 5, 5},
    {"early_stopping(start_from_epoch=2, restore_best_weights=true)", {1, 2, 9, 8, 8}, 5, 5, 4},
    {"early_stopping(start_from_epoch=1, patience=1)", {1, 5, 5}, 3, 3, 3},
    /* NaN is never a gain */
    {"early_stopping(patience=2)", {NAN, NAN}, 2, 2, 2},
    {"early_stopping(patience=2, restore_best_weights=true)", {4, NAN, NAN}, 3, 3, 1},
    {"early_stopping(patience=2)", {NAN, 4, 3}, 3, NONE, 3},
    {"early_stopping(mode=max, patience=2, restore_best_weights=true)",
     {4, NAN, 5, NAN},
     4,
     NONE,
     3},
};

static void early_stopping(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof stops / sizeof *stops; i++) {
        const stop_row *row = &stops[i];
        stage s;
        int stopped = NONE;
        raise_stage(&s, "binary_accuracy(name=hits), mae, true_positives", row->observer);
        assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
        for (int epoch = 0; epoch < row->epochs && stopped == NONE; epoch++) {
            const plm_status status = end_epoch(&s, epoch, row->value[epoch]);
            assert_true(status == PLM_OK || status == PLM_STOPPED);
            stopped = status == PLM_STOPPED ? epoch + 1 : NONE;
        }
        assert_int_equal(tell(&s, PLM_FIT_END, MOST_EPOCHS, 0), PLM_OK);
        if (stopped != row->stopped || !(fabs((double)s.m->vector.p[0] - row->weight) < 1e-6))
            fail_msg("row %zu, %s: ends in epoch %d with the weights of epoch %g; %d and %d are "
                     "right",
                     i, row->observer, stopped, (double)s.m->vector.p[0], row->stopped,
                     row->weight);
        strike_stage(&s);
    }
}

/* ---- reduce_lr_on_plateau ---- */

typedef struct {
    const char *observer;
    double value[MOST_EPOCHS], rate[MOST_EPOCHS]; /* the rate after each epoch; it begins at 0.5 */
    int epochs;
} plateau_row;

static const plateau_row plateaus[] = {
    {"reduce_lr_on_plateau(patience=1)", {5, 4, 4, 3, 3}, {.5, .5, .05, .05, .005}, 5},
    {"reduce_lr_on_plateau(patience=1, factor=0.5)", {5, 5, 5, 5}, {.5, .25, .125, .0625}, 4},
    {"reduce_lr_on_plateau(patience=2, factor=0.5)",
     {5, 5, 5, 5, 5, 5},
     {.5, .5, .25, .25, .125, .125},
     6},
    {"reduce_lr_on_plateau(patience=2, factor=0.5)",
     {5, 5, 4, 4, 4, 3},
     {.5, .5, .5, .5, .25, .25},
     6},
    /* ten epochs of patience, a tenth, and gains of at least 1e-4 unless told otherwise */
    {"reduce_lr_on_plateau",
     {5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5, 5},
     {.5, .5, .5, .5, .5, .5, .5, .5, .5, .5, .05, .05},
     12},
    {"reduce_lr_on_plateau(patience=1)", {5, 4.99995, 4.9998}, {.5, .05, .05}, 3},
    {"reduce_lr_on_plateau(patience=1, min_delta=1)", {5, 4, 2.5}, {.5, .05, .05}, 3},
    {"reduce_lr_on_plateau(patience=1, min_delta=0)", {5, 4.99999, 4.99998}, {.5, .5, .5}, 3},
    /* rest after a fall: patience begins when it ends */
    {"reduce_lr_on_plateau(patience=1, factor=0.5, cooldown=2)",
     {5, 5, 5, 5, 5, 5, 5},
     {.5, .25, .25, .125, .125, .0625, .0625},
     7},
    {"reduce_lr_on_plateau(patience=2, factor=0.5, cooldown=1)",
     {5, 5, 5, 5, 5, 5},
     {.5, .5, .25, .25, .125, .125},
     6},
    /* never below min_lr */
    {"reduce_lr_on_plateau(patience=1, min_lr=0.2)", {5, 5, 5}, {.5, .2, .2}, 3},
    {"reduce_lr_on_plateau(patience=1, factor=0.5, min_lr=0.25)", {5, 5, 5}, {.5, .25, .25}, 3},
    /* mode */
    {"reduce_lr_on_plateau(patience=1, mode=max)", {1, 2, 3, 3}, {.5, .5, .5, .05}, 4},
    {"reduce_lr_on_plateau(patience=1, mode=max)", {3, 2}, {.5, .05}, 2},
    {"reduce_lr_on_plateau(patience=1, monitor=val_hits)", {.1, .2, .3, .2}, {.5, .5, .5, .05}, 4},
    {"reduce_lr_on_plateau(patience=1, monitor=mae)", {3, 2, 2}, {.5, .5, .05}, 3},
    {"reduce_lr_on_plateau(patience=2)", {NAN, NAN, 3, NAN}, {.5, .05, .05, .05}, 4},
};

static void reduce_lr_on_plateau(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof plateaus / sizeof *plateaus; i++) {
        const plateau_row *row = &plateaus[i];
        stage s;
        raise_stage(&s, "binary_accuracy(name=hits), mae", row->observer);
        assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
        for (int epoch = 0; epoch < row->epochs; epoch++) {
            assert_int_equal(end_epoch(&s, epoch, row->value[epoch]), PLM_OK);
            const double forced = s.m->training->forced_rate, rate = forced >= 0 ? forced : 0.5;
            if (!(fabs(rate - row->rate[epoch]) < 1e-9))
                fail_msg("row %zu, %s: the rate after epoch %d is %g, %g is right", i,
                         row->observer, epoch + 1, rate, row->rate[epoch]);
        }
        strike_stage(&s);
    }
}

/* ---- which way is better is not guessed from letters ---- */

static void directions(void **state)
{
    static const struct {
        const char *monitor;
        bool known;
    } rows[] = {{"loss", true},    {"val_loss", true},    {"val_hits", true},  {"val_auc", true},
                {"spread", false}, {"val_spread", false}, {"accurate", false}, {"r2", true}};
    static const char *const observers[] = {"early_stopping(monitor=%s)",
                                            "reduce_lr_on_plateau(monitor=%s)",
                                            "checkpoint('x', save_best_only=true, monitor=%s)"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (size_t k = 0; k < sizeof observers / sizeof *observers; k++) {
            char text[200];
            stage s;
            snprintf(text, sizeof text, observers[k], rows[i].monitor);
            raise_stage(&s,
                        "binary_accuracy(name=hits), auc, false_negatives(name=spread), "
                        "true_positives(name=accurate), r2",
                        text);
            const plm_status status = tell(&s, PLM_FIT_BEGIN, 0, 0);
            if (status != (rows[i].known ? PLM_OK : PLM_E_SPEC))
                fail_msg("%s: %d", text, status);
            if (!rows[i].known)
                assert_non_null(strstr(plm_last_error(s.w)->hint, "mode=max"));
            strike_stage(&s);
            snprintf(text + strlen(text) - 1, sizeof text - strlen(text), ", mode=min)");
            raise_stage(&s,
                        "binary_accuracy(name=hits), auc, false_negatives(name=spread), "
                        "true_positives(name=accurate), r2",
                        text);
            assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
            strike_stage(&s);
        }
}

/* ---- checkpoint ---- */

typedef struct {
    const char *keys;
    double value[MOST_EPOCHS];
    int epochs;
    const char *files; /* in the order of their names */
} file_row;

static const file_row files[] = {
    {"", {5, 4, 6}, 3, "1 2 3"},
    {"every=2", {5, 4, 6, 7, 3}, 5, "2 4"},
    {"save_best_only=true", {5, 4, 6, 3, 3}, 5, "1 2 4"},
    {"save_best_only=true, mode=max", {5, 4, 6, 3, 6}, 5, "1 3"},
    {"save_best_only=true, monitor=val_hits", {.5, .4, .6}, 3, "1 3"},
    {"save_best_only=true, monitor=mae", {.5, .4, .6}, 3, "1 2"},
    {"save_best_only=true, initial_value_threshold=4.5", {5, 4, 6, 3}, 4, "2 4"},
    {"save_best_only=true, initial_value_threshold=4.5, mode=max", {4, 5, 6, 3}, 4, "2 3"},
    {"save_best_only=true", {NAN, 4, NAN, 3}, 4, "2 4"},
    {"save_best_only=true, save_weights_only=true", {5, 4, 6}, 3, "1 2"},
};

/* Names of the files in a folder, joined; they are removed, and the folder. */
static void take_files(const char *folder, char *out, size_t room)
{
    out[0] = '\0';
    for (int epoch = 1; epoch <= MOST_EPOCHS; epoch++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%d", folder, epoch);
        if (unlink(path) == 0)
            snprintf(out + strlen(out), room - strlen(out), "%s%d", out[0] ? " " : "", epoch);
    }
    assert_int_equal(rmdir(folder), 0);
}

static void checkpoints(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const file_row *row = &files[i];
        char folder[64] = "/tmp/plummet-decisions-XXXXXX", text[256], found[64];
        stage s;
        assert_non_null(mkdtemp(folder));
        snprintf(text, sizeof text, "checkpoint('%s/{epoch:d}'%s%s)", folder,
                 row->keys[0] ? ", " : "", row->keys);
        raise_stage(&s, "binary_accuracy(name=hits), mae", text);
        assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
        for (int epoch = 0; epoch < row->epochs; epoch++) {
            assert_int_equal(end_epoch(&s, epoch, row->value[epoch]), PLM_OK);
            if (s.run.requests > 0)
                assert_int_equal(plm_checkpoint_write(&s.run, s.requested[0]), PLM_OK);
            s.run.requests = 0;
        }
        take_files(folder, found, sizeof found);
        if (strcmp(found, row->files) != 0)
            fail_msg("%s: writes after epochs %s; %s is right", text, found, row->files);
        strike_stage(&s);
    }
}

/* ---- terminate_on_nan, csv_logger, progress ---- */

static void terminate_on_nan(void **state)
{
    static const double value[] = {1, 0, -3, 1e30, INFINITY, -INFINITY, NAN};
    (void)state;
    for (size_t i = 0; i < sizeof value / sizeof *value; i++) {
        stage s;
        raise_stage(&s, "mae", "terminate_on_nan");
        assert_int_equal(tell(&s, PLM_EPOCH_END, 0, value[i]), PLM_OK);
        assert_int_equal(tell(&s, PLM_BATCH_END, 0, value[i]),
                         isfinite(value[i]) ? PLM_OK : PLM_STOPPED);
        strike_stage(&s);
    }
}

static void read_all(const char *path, char *out, size_t room)
{
    FILE *f = fopen(path, "r");
    assert_non_null(f);
    out[fread(out, 1, room - 1, f)] = '\0';
    fclose(f);
}

static void csv_logger(void **state)
{
    char folder[64] = "/tmp/plummet-decisions-XXXXXX", path[80], text[200], got[600];
    stage s;
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/log", folder);
    snprintf(text, sizeof text, "csv_logger('%s')", path);
    raise_stage(&s, "auc", text);
    assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
    assert_int_equal(end_epoch(&s, 0, 0.5), PLM_OK);
    assert_int_equal(tell(&s, PLM_BATCH_END, 1, 7), PLM_OK);
    assert_int_equal(end_epoch(&s, 1, NAN), PLM_OK);
    assert_int_equal(end_epoch(&s, 2, 1e-7), PLM_OK);
    strike_stage(&s);
    read_all(path, got, sizeof got);
    assert_string_equal(got, "epoch,loss,auc,val_loss,val_auc,learning_rate,gradient_norm\n"
                             "1,0.5,0.5,0.5,0.5,0.5,0.5\n2,nan,nan,nan,nan,nan,nan\n"
                             "3,1e-07,1e-07,1e-07,1e-07,1e-07,1e-07\n");
    snprintf(text, sizeof text, "csv_logger('%s', separator=';', append=true)", path);
    raise_stage(&s, "auc", text);
    assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
    assert_int_equal(end_epoch(&s, 3, 2), PLM_OK);
    strike_stage(&s);
    read_all(path, got, sizeof got);
    assert_non_null(strstr(got, "1e-07\n4;2;2;2;2;2;2\n"));
    unlink(path);
    assert_int_equal(rmdir(folder), 0);
}

static void keep_line(void *user, int level, const char *line)
{
    if (level == 0)
        snprintf(user, 200, "%s", line);
}

static void progress(void **state)
{
    char line[200] = "";
    stage s;
    (void)state;
    raise_stage(&s, "auc", "progress(every=2)");
    s.w->options.log = keep_line;
    s.w->options.user = line;
    assert_int_equal(tell(&s, PLM_FIT_BEGIN, 0, 0), PLM_OK);
    assert_int_equal(end_epoch(&s, 0, 0.25), PLM_OK);
    assert_string_equal(line, "");
    assert_int_equal(end_epoch(&s, 1, 0.25), PLM_OK);
    assert_string_equal(line,
                        "epoch 2/12  loss 0.25  auc 0.25  val_loss 0.25  val_auc 0.25  0.0 s");
    assert_int_equal(end_epoch(&s, 2, 0.5), PLM_OK);
    assert_non_null(strstr(line, "epoch 2/12"));
    assert_int_equal(end_epoch(&s, 3, NAN), PLM_OK); /* without a meaning */
    assert_string_equal(line, "epoch 4/12  loss nan  auc nan  val_loss nan  val_auc nan  0.0 s");
    s.run.skips_validation = true; /* not validated */
    assert_int_equal(end_epoch(&s, 5, 0.25), PLM_OK);
    assert_string_equal(line, "epoch 6/12  loss 0.25  auc 0.25  0.0 s");
    strike_stage(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(early_stopping),   cmocka_unit_test(reduce_lr_on_plateau),
        cmocka_unit_test(directions),       cmocka_unit_test(checkpoints),
        cmocka_unit_test(terminate_on_nan), cmocka_unit_test(csv_logger),
        cmocka_unit_test(progress),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
