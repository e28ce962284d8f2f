/* A fault in the k-th batch, of whatever reads batches and in every phase: training, validation,
 * evaluation, adapting, pretraining. The call gives its status and says what it was, observers are
 * told of the end, and the model goes on to work. */
#define _POSIX_C_SOURCE 200809L
#include "data_support.h"
#include "fault_support.h"
#include "nn_support.h"

#include <sys/stat.h>
#include <unistd.h>

static plm_model *classifier(plm *w, const char *first)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "%s", first);
    plm_add(m, "dense(4, activation=relu)");
    plm_add(m, "dense(3, activation=softmax)");
    assert_int_equal(plm_compile(m, "sgd(0.1)", "sparse_categorical_crossentropy", "accuracy"),
                     PLM_OK);
    return m;
}

static plm_status last_moment(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    *(plm_event_kind *)self = e->kind;
    return PLM_OK;
}

static plm_status status_of(fault f)
{
    return f == REFUSES ? PLM_E_IO : f == NO_FAULT ? PLM_OK : PLM_E_DATA;
}

static void check(plm *w, plm_status status, plm_status wanted, const char *phase, int f, int batch)
{
    if (status != wanted)
        fail_msg("%s, fault %d in batch %d: status %d, %d is right (%s)", phase, f, batch, status,
                 wanted, plm_last_error(w)->what);
    if (wanted < 0)
        assert_true(plm_last_error(w)->what[0] != '\0');
}

/* The model still evaluates, to what any model gives: finite numbers. */
static void goes_on(plm_model *m, plm *w)
{
    maker good = {0};
    plm_data *d = open_rows(w, &good);
    plm_log log[2];
    assert_int_equal(plm_evaluate(m, d, log, 2), PLM_OK);
    assert_true(isfinite(log[0].value));
    plm_data_free(d);
}

static void training_and_validation(void **state)
{
    (void)state;
    for (int validating = 0; validating < 2; validating++)
        for (int f = NO_FAULT; f <= TOO_MANY; f++)
            for (int batch = 0; batch < BATCHES; batch += 2) {
                maker bad = {.fault = (fault)f, .in_epoch = validating ? 0 : 1, .in_batch = batch};
                maker good = {0};
                plm *w = open_runtime(NULL);
                plm_model *m = classifier(w, "rescaling(1)");
                plm_data *a = open_rows(w, &good), *b = open_rows(w, &bad);
                plm_event_kind moment = PLM_FIT_BEGIN;
                const plm_observer mine = {.on_event = last_moment, .self = &moment};
                const plm_status status =
                    plm_fit(m, validating ? a : b,
                            PLM_FIT(.epochs = 3, .validation = validating ? b : a, .extra = &mine,
                                    .extras = 1));
                check(w, status, status_of((fault)f), validating ? "validation" : "training", f,
                      batch);
                assert_int_equal(moment, PLM_FIT_END);
                goes_on(m, w);
                plm_data_free(a);
                plm_data_free(b);
                plm_model_free(m);
                plm_close(w);
            }
}

static void evaluation(void **state)
{
    (void)state;
    for (int f = NO_FAULT; f <= TOO_MANY; f++)
        for (int batch = 0; batch < BATCHES; batch++) {
            maker bad = {.fault = (fault)f, .in_batch = batch};
            plm *w = open_runtime(NULL);
            plm_model *m = classifier(w, "rescaling(1)");
            plm_data *d = open_rows(w, &bad);
            plm_log log[2];
            const plm_status status = plm_evaluate(m, d, log, 2);
            check(w, status, status_of((fault)f), "evaluation", f, batch);
            goes_on(m, w);
            plm_data_free(d);
            plm_model_free(m);
            plm_close(w);
        }
}

static void adapting(void **state)
{
    static const fault faults[] = {NO_FAULT, REFUSES, NOT_A_NUMBER, TOO_MANY};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int batch = 0; batch < BATCHES; batch++) {
            maker bad = {.fault = faults[i], .in_batch = batch};
            plm *w = open_runtime(NULL);
            plm_model *m = classifier(w, "normalization");
            plm_data *d = open_rows(w, &bad);
            const plm_status status = plm_adapt(m, d);
            check(w, status, status_of(faults[i]), "adapting", (int)faults[i], batch);
            plm_data_free(d);
            plm_model_free(m);
            plm_close(w);
        }
}

/* Quartiles need the rows twice. Each time they are read, the first batch may be refused. */
static void adapting_twice(void **state)
{
    int64_t begins = 0;
    (void)state;
    for (int64_t k = 0; k <= begins; k++) {
        maker bad = {.fails_begin = k};
        plm *w = open_runtime(NULL);
        plm_model *m = classifier(w, "normalization(method=robust)");
        plm_data *d = open_rows(w, &bad);
        const plm_status status = plm_adapt(m, d);
        check(w, status, k == 0 ? PLM_OK : PLM_E_IO, "adapting", (int)k, 0);
        begins = k == 0 ? bad.begins : begins;
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
    assert_true(begins >= 2);
}

static void pretraining(void **state)
{
    static const fault faults[] = {NO_FAULT, REFUSES, NOT_A_NUMBER, TOO_MANY};
    (void)state;
    for (size_t i = 0; i < sizeof faults / sizeof *faults; i++)
        for (int batch = 0; batch < BATCHES; batch += 2) {
            maker bad = {.fault = faults[i], .in_epoch = 1, .in_batch = batch};
            plm *w = open_runtime(NULL);
            plm_model *m = classifier(w, "rescaling(1)");
            plm_data *d = open_rows(w, &bad);
            const plm_status status = plm_pretrain(m, d, "autoencoder(3)", NULL);
            check(w, status, status_of(faults[i]), "pretraining", (int)faults[i], batch);
            plm_data_free(d);
            plm_model_free(m);
            plm_close(w);
        }
}

/* A phase, and which rows of it have the fault. */
static plm_status of_phase(int phase, plm_model *m, plm_data *good, plm_data *bad)
{
    plm_log log[2];
    switch (phase) {
    case 0:
        return plm_fit(m, bad, PLM_FIT(.epochs = 3, .validation = good));
    case 1:
        return plm_fit(m, good, PLM_FIT(.epochs = 3, .validation = bad));
    case 2:
        return plm_evaluate(m, bad, log, 2);
    case 3:
        return plm_adapt(m, bad);
    case 4:
        return plm_pretrain(m, bad, "autoencoder(2)", NULL);
    default: /* resumed in the middle of an epoch */
        return plm_fit(m, bad, PLM_FIT(.epochs = 4, .resume = test_path("stopped.st")));
    }
}

static plm_status stop(void *self, plm_run *run, const plm_event *e)
{
    (void)self;
    (void)run;
    return e->kind == PLM_BATCH_END && e->step == 2 ? PLM_STOPPED : PLM_OK;
}

/* Leaves a checkpoint of a fit that was stopped after two batches. */
static void stop_early(void)
{
    maker rows = {0};
    const plm_observer stops = {.on_event = stop};
    plm *w = open_runtime(NULL);
    plm_model *m = classifier(w, "rescaling(1)");
    plm_data *d = open_rows(w, &rows);
    assert_int_equal(plm_fit(m, d,
                             PLM_FIT(.epochs = 4, .checkpoint = test_path("stopped.st"),
                                     .extra = &stops, .extras = 1)),
                     PLM_STOPPED);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* A resumed fit: a fault in a batch that it only reads, or trains on. */
static void resumed(void **state)
{
    (void)state;
    stop_early();
    for (int f = NO_FAULT; f <= TOO_MANY; f++)
        for (int batch = 0; batch < BATCHES; batch++) {
            maker bad = {.fault = (fault)f, .in_batch = batch};
            plm *w = open_runtime(NULL);
            plm_model *m = classifier(w, "rescaling(1)");
            plm_data *d = open_rows(w, &bad);
            const bool seen = batch >= 2 || f != BAD_LABEL; /* a loss is not computed */
            check(w, of_phase(5, m, NULL, d), seen ? status_of((fault)f) : PLM_OK, "resumed fit", f,
                  batch);
            plm_data_free(d);
            plm_model_free(m);
            plm_close(w);
        }
}

/* An epoch that cannot begin, the first or a later one. */
static void begins(void **state)
{
    (void)state;
    stop_early();
    for (int phase = 0; phase < 6; phase++) {
        bool reached = true;
        for (int64_t k = 1; reached; k++) {
            maker bad = {.fails_begin = k}, good = {0};
            plm *w = open_runtime(NULL);
            plm_model *m = classifier(w, phase == 3 ? "normalization" : "rescaling(1)");
            plm_data *a = open_rows(w, &good), *b = open_rows(w, &bad);
            const plm_status status = of_phase(phase, m, a, b);
            reached = bad.begins >= k;
            assert_true(reached || k > 1);
            check(w, status, reached ? PLM_E_IO : PLM_OK, "begin of an epoch", phase, (int)k);
            plm_data_free(a);
            plm_data_free(b);
            plm_model_free(m);
            plm_close(w);
        }
    }
}

/* ---- what fails after the fault ---- */

typedef struct {
    char folder[256], checkpoint[272];
    plm_status at_end; /* what the observer returns at FIT_END */
    int warnings;      /* that speak of the checkpoint */
} aftermath;

/* The folder of the checkpoint goes away in the epoch of the fault. */
static plm_status take_folder_away(void *self, plm_run *run, const plm_event *e)
{
    aftermath *o = self;
    (void)run;
    if (e->kind == PLM_BATCH_END && e->epoch == 1) {
        (void)remove(o->checkpoint); /* gone after the first batch */
        (void)rmdir(o->folder);
    }
    return e->kind == PLM_FIT_END ? o->at_end : PLM_OK;
}

static void count_warnings(void *self, int level, const char *line)
{
    aftermath *o = self;
    o->warnings += level == 1 && strstr(line, "the checkpoint could not be written") != NULL;
}

/* Neither the checkpoint after a fault nor an observer at the end hides the fault; that the
 * checkpoint failed is a warning. */
static void the_fault_is_the_error_that_is_reported(void **state)
{
    (void)state;
    aftermath o = {.at_end = PLM_E_SHAPE};
    (void)snprintf(o.folder, sizeof o.folder, "%s", test_path("aftermath"));
    (void)snprintf(o.checkpoint, sizeof o.checkpoint, "%s/c", o.folder);
    assert_int_equal(mkdir(o.folder, 0777), 0);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .log = count_warnings, .user = &o));
    plm_model *m = classifier(w, "rescaling(1)");
    maker bad = {.fault = REFUSES, .in_epoch = 1, .in_batch = 2};
    plm_data *d = open_rows(w, &bad);
    const plm_observer mine = {.on_event = take_folder_away, .self = &o};
    const plm_status status = plm_fit(
        m, d, PLM_FIT(.epochs = 3, .checkpoint = o.checkpoint, .extra = &mine, .extras = 1));
    assert_int_equal(status, PLM_E_IO);
    assert_int_equal(plm_last_error(w)->status, PLM_E_IO);
    assert_non_null(strstr(plm_last_error(w)->what, "returned status -5"));
    assert_int_equal(o.warnings, 1);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    test_clean();
}

/* Whatever stands between the rows and who reads them passes the fault on: of a batch, and of the
 * begin of an epoch. */
static void transforms(void **state)
{
    static const char *const way[] = {"batch(8)",
                                      "skip(12) | batch(8)",
                                      "shuffle(buffer=16) | batch(8)",
                                      "take(40) | batch(8)",
                                      "shuffle(buffer=9) | skip(3) | batch(5)",
                                      "batch(8) | prefetch(2)"};
    (void)state;
    plm *w = open_runtime(NULL);
    for (size_t i = 0; i < sizeof way / sizeof *way; i++)
        for (int64_t k = 0; k <= BATCHES; k++) {
            maker bad = {.fault = REFUSES, .in_epoch = 1, .in_batch = k};
            if (k == BATCHES)
                bad = (maker){.fails_begin = 2};
            plm_data *d = open_rows_through(w, &bad, way[i]);
            test_rows good = test_read(d, 0), fails = test_read(d, 1);
            assert_int_equal(good.end, PLM_END);
            check(w, fails.end, PLM_E_IO, way[i], REFUSES, (int)k);
            assert_true(fails.rows < good.rows);
            test_forget(&good);
            test_forget(&fails);
            plm_data_free(d);
        }
    plm_close(w);
}

static plm_status stop_at_once(void *self, plm_run *run, const plm_event *e)
{
    (void)self;
    (void)run;
    return e->kind == PLM_EPOCH_END ? PLM_STOPPED : PLM_OK;
}

/* An observer that cannot do its last work is an error, also when another one ended the fit. */
static void a_fault_at_the_end_of_a_stopped_fit_is_an_error(void **state)
{
    (void)state;
    aftermath o = {.at_end = PLM_E_IO};
    plm *w = open_runtime(NULL);
    plm_model *m = classifier(w, "rescaling(1)");
    maker good = {0};
    plm_data *d = open_rows(w, &good);
    const plm_observer both[] = {{.on_event = stop_at_once},
                                 {.name = "last", .on_event = take_folder_away, .self = &o}};
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 3, .extra = both, .extras = 1)), PLM_STOPPED);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 3, .extra = both, .extras = 2)), PLM_E_IO);
    assert_non_null(strstr(plm_last_error(w)->where, "last"));
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(training_and_validation),
        cmocka_unit_test(evaluation),
        cmocka_unit_test(adapting),
        cmocka_unit_test(adapting_twice),
        cmocka_unit_test(pretraining),
        cmocka_unit_test(begins),
        cmocka_unit_test(transforms),
        cmocka_unit_test(resumed),
        cmocka_unit_test(the_fault_is_the_error_that_is_reported),
        cmocka_unit_test(a_fault_at_the_end_of_a_stopped_fit_is_an_error)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
