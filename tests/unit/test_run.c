/* Run files by plummet_run.h: trained, stopped, resumed; folders of runs listed and opened. That
 * the model is the command's, byte for byte: tests/cli/run_program.sh. */
#define _POSIX_C_SOURCE 200809L
#include "run_support.h"

#include <math.h>

/* What the callbacks saw. */
typedef struct {
    int batches, epochs, stop_at; /* stops behind so many batches; 0 = never */
    int stages[PLM_RUN_FINDING + 1];
    char folder[64];
    int own; /* events of an observer of the program */
} seen;

static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    seen *s = self;
    assert_non_null(plm_run_model(run));
    s->epochs += e->kind == PLM_EPOCH_END;
    s->batches += e->kind == PLM_BATCH_END;
    return s->stop_at && s->batches >= s->stop_at ? PLM_STOPPED : PLM_OK;
}

static void on_stage(void *self, const plm_run_stage *stage)
{
    seen *s = self;
    s->stages[stage->kind]++;
    if (stage->kind == PLM_RUN_FOLDER)
        snprintf(s->folder, sizeof s->folder, "%s", stage->text);
}

static plm_status on_own(void *self, plm_run *run, const plm_event *e)
{
    seen *s = self;
    (void)run;
    s->own += e->kind == PLM_EPOCH_END;
    return PLM_OK;
}

static plm_status train(plm_run_file *f, seen *s, plm_run_result *result)
{
    const plm_observer own = {.name = "own", .on_event = on_own, .self = s};
    return plm_run_file_train(f,
                              PLM_RUN_TRAIN(.on_event = on_event, .on_stage = on_stage, .self = s,
                                            .extra = &own, .extras = 1, .result = result));
}

/* Two files have the same bytes. */
static void assert_same_file(const char *a, const char *b)
{
    char command[160];
    snprintf(command, sizeof command, "cmp -s %s %s", a, b);
    assert_int_equal(system(command), 0);
}

static void a_run_is_trained(void **state)
{
    static const char *const over[] = {"out=runs/a", "test=digits | skip(1700)", "epochs=2"};
    scene s;
    seen v = {0};
    plm_run_result r;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 3, over);
    assert_non_null(f);
    assert_string_equal(plm_run_file_setting(f, "epochs"), "2");
    assert_string_equal(plm_run_file_setting(f, "model"),
                        "input(64), dense(8, activation=relu), dense(10, activation=softmax)");
    assert_string_equal(plm_run_file_setting(f, "optimizer"), "");
    assert_string_equal(plm_run_file_setting(f, "colour"), "");
    assert_null(plm_run_file_model(f));
    assert_int_equal(train(f, &v, &r), PLM_OK);
    assert_int_equal(v.batches, 20);
    assert_int_equal(v.epochs, 2);
    assert_int_equal(v.own, 2);
    assert_int_equal(v.stages[PLM_RUN_FOLDER], 1);
    assert_int_equal(v.stages[PLM_RUN_CHOSE_LOSS], 1);
    assert_string_equal(v.folder, "runs/a");
    assert_int_equal(r.epochs, 2);
    assert_true(r.trained && !r.interrupted && r.seconds > 0);
    assert_string_equal(r.folder, "runs/a");
    assert_string_equal(r.model, "runs/a/model.safetensors");
    assert_int_equal(r.logs, 4);
    assert_string_equal(r.log[0].name, "loss");
    assert_int_equal(r.tests, 2);
    assert_string_equal(r.test[1].name, "accuracy");
    assert_string_equal(plm_run_file_setting(f, "optimizer"), "adam");
    assert_non_null(plm_run_file_model(f));
    assert_int_equal(plm_model_save(plm_run_file_model(f), "again.safetensors", NULL), PLM_OK);
    assert_same_file("again.safetensors", "runs/a/model.safetensors");
    assert_int_equal(plm_last_error(plm_run_file_runtime(f))->status, PLM_OK);
    plm_run_file_close(f);
    end(&s);
}

/* A run that was stopped within an epoch and resumed ends with the model of one that was not. */
static void a_run_is_stopped_and_resumed(void **state)
{
    static const char *const whole[] = {"out=whole"}, *const part[] = {"out=part"};
    scene s;
    seen all = {0}, some = {.stop_at = 15}, rest = {0};
    plm_run_result r;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 1, whole);
    assert_int_equal(train(f, &all, NULL), PLM_OK);
    plm_run_file_close(f);
    f = plm_run_file_open(s.w, "net.yaml", 1, part);
    assert_int_equal(train(f, &some, &r), PLM_STOPPED);
    assert_true(r.interrupted);
    assert_int_equal(r.epochs, 1);
    plm_run_file_close(f);
    f = plm_run_file_resume(s.w, "part", 0, NULL);
    assert_non_null(f);
    assert_int_equal(train(f, &rest, &r), PLM_OK);
    assert_int_equal(rest.batches, 15);
    assert_int_equal(r.epochs, 3);
    plm_run_file_close(f);
#ifndef PLM_DOUBLE /* checkpoints hold float32: the engine in double does not go on with its bits */
    assert_same_file("whole/model.safetensors", "part/model.safetensors");
#endif
    f = plm_run_file_resume(s.w, "part", 0, NULL);
    assert_int_equal(train(f, &rest, &r), PLM_OK);
    assert_false(r.trained);
    plm_run_file_close(f);
    end(&s);
}

/* Closes its own run file with every batch. */
static plm_status on_close(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    if (e->kind == PLM_BATCH_END)
        plm_run_file_close(*(plm_run_file **)self);
    return PLM_OK;
}

static void a_run_file_closed_within_its_training_goes_behind_it(void **state)
{
    static const char *const over[] = {"out=closed", "epochs=1"};
    scene s;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 2, over);
    assert_int_equal(plm_run_file_train(f, PLM_RUN_TRAIN(.on_event = on_close, .self = &f)),
                     PLM_OK);
    plm_model *m = plm_model_load(s.w, "closed/model.safetensors", NULL);
    assert_non_null(m);
    plm_model_free(m);
    end(&s);
}

/* Frees the model and closes the runtime that its run file lends, with every batch. */
static plm_status on_free(void *self, plm_run *run, const plm_event *e)
{
    if (e->kind == PLM_BATCH_END) {
        plm_model_free(plm_run_model(run));
        plm_close(plm_run_file_runtime(self));
    }
    return PLM_OK;
}

/* What a run file lends is the run file's to free: within the training and after it. */
static void what_a_run_file_lends_is_not_freed(void **state)
{
    static const char *const over[][4] = {{"out=free", "epochs=1", "nets=1"},
                                          {"out=frees", "epochs=1", "nets=2"}};
    scene s;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    for (size_t i = 0; i < 2; i++) {
        plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 3, over[i]);
        assert_int_equal(plm_run_file_train(f, PLM_RUN_TRAIN(.on_event = on_free, .self = f)),
                         PLM_OK);
        plm_model *m = plm_run_file_model(f);
        plm_model_free(m);
        plm_close(plm_run_file_runtime(f));
        assert_ptr_equal(plm_run_file_model(f), m);
        assert_non_null(plm_model_summary(m, 80));
        assert_int_equal(plm_last_error(plm_run_file_runtime(f))->status, PLM_OK);
        plm_run_file_close(f);
    }
    end(&s);
}

/* Several nets are one training for the caller: an epoch is told once, when all have ended it. */
static void nets_are_told_as_one(void **state)
{
    static const char *const over[] = {"out=nets", "nets=2", "epochs=2"};
    scene s;
    seen v = {0};
    plm_run_result r;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 3, over);
    assert_int_equal(
        plm_run_file_train(f, PLM_RUN_TRAIN(.on_event = on_event, .self = &v, .result = &r)),
        PLM_OK);
    assert_int_equal(v.epochs, 2);
    assert_true(v.batches > 0);
    assert_int_equal(r.epochs, 2);
    /* without a validation both nets keep the last epoch: the result is the last row of the
     * history, which has the means over the nets */
    plm_history h;
    plm_run_folder *folder = plm_run_folder_open(s.w, "nets");
    assert_non_null(folder);
    assert_int_equal(plm_run_folder_history(folder, &h), PLM_OK);
    assert_true(r.logs >= 2);
    assert_string_equal(r.log[0].name, "loss");
    for (int k = 0, found = 0; k < r.logs; k++, found = 0) {
        for (int c = 0; c < h.columns; c++)
            if (strcmp(h.name[c], r.log[k].name) == 0) {
                assert_true(fabs(h.value[(h.rows - 1) * h.columns + c] - r.log[k].value) < 1e-6);
                found = 1;
            }
        assert_true(found);
    }
    plm_run_folder_close(folder);
    plm_run_file_close(f);
    end(&s);
}

static void a_folder_is_not_overwritten(void **state)
{
    static const char *const out[] = {"out=run"};
    scene s;
    seen v = {0};
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 1, out);
    assert_int_equal(train(f, &v, NULL), PLM_OK);
    plm_run_file_close(f);
    f = plm_run_file_open(s.w, "net.yaml", 1, out);
    assert_int_equal(train(f, &v, NULL), PLM_E_SPEC);
    assert_place(s.w, PLM_E_SPEC, "run", "the folder already holds a run", "overwrite=true");
    plm_run_file_close(f);
    end(&s);
}

/* The folder goes away meanwhile: the run goes on, the model is saved, and the end is E_IO. */
static plm_status on_remove(void *self, plm_run *run, const plm_event *e)
{
    (void)self;
    (void)run;
    if (e->kind == PLM_EPOCH_END && e->epoch == 0)
        assert_int_equal(rename("run", "gone"), 0);
    return PLM_OK;
}

static void a_folder_that_goes_away(void **state)
{
    static const char *const out[] = {"out=run"};
    scene s;
    plm_run_result r;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 1, out);
    assert_int_equal(plm_run_file_train(f, PLM_RUN_TRAIN(.on_event = on_remove, .result = &r)),
                     PLM_E_IO);
    assert_error(s.w, PLM_E_IO, "the folder of the run was moved or removed", NULL);
    assert_int_equal(access(r.model, F_OK), 0);
    plm_run_file_close(f);
    end(&s);
}

typedef struct {
    int count;
    char path[4][32];
} list;

static plm_status on_run(void *self, const char *path)
{
    list *l = self;
    snprintf(l->path[l->count], sizeof l->path[0], "%s", path);
    return ++l->count == 3 ? PLM_STOPPED : PLM_OK;
}

/* runs/net-0001 and runs/net-0002. */
static void train_two(scene *s)
{
    static const char *const over[] = {"epochs=2"};
    write_file("net.yaml", net);
    for (int i = 0; i < 2; i++) {
        plm_run_file *f = plm_run_file_open(s->w, "net.yaml", 1, over);
        assert_int_equal(plm_run_file_train(f, NULL), PLM_OK);
        plm_run_file_close(f);
    }
}

static void runs_are_listed_and_opened(void **state)
{
    scene s;
    list l = {0};
    plm_history rows;
    plm_parameter p;
    (void)state;
    begin(&s);
    train_two(&s);
    assert_int_equal(mkdir("runs/empty", 0700), 0);
    assert_int_equal(plm_run_each(s.w, "runs", on_run, &l), PLM_OK);
    assert_int_equal(l.count, 2);
    assert_string_equal(l.path[0], "runs/net-0001");
    assert_string_equal(l.path[1], "runs/net-0002");
    assert_int_equal(plm_run_each(s.w, "runs", on_run, &l), PLM_STOPPED);
    assert_int_equal(plm_run_each(s.w, "nowhere", on_run, &l), PLM_E_IO);
    plm_run_folder *r = plm_run_folder_open(s.w, "runs/net-0001");
    assert_non_null(r);
    assert_string_equal(plm_run_folder_setting(r, "epochs"), "2");
    assert_string_equal(plm_run_folder_setting(r, "loss"), "sparse_categorical_crossentropy");
    assert_int_equal(plm_run_folder_history(r, &rows), PLM_OK);
    assert_int_equal(rows.rows, 2);
    assert_int_equal(rows.columns, 6);
    assert_string_equal(rows.name[1], "loss");
    assert_string_equal(rows.name[5], "seconds");
    assert_true(rows.value[6] >= 2 && rows.value[6] <= 2 && rows.value[7] < rows.value[1]);
    plm_model *m = plm_run_folder_model(r);
    assert_non_null(m);
    assert_int_equal(plm_parameters(m, 0, &p), 4);
    assert_int_equal(p.dims[0], 64);
    plm_model_free(m);
    plm_run_folder_close(r);
    assert_null(plm_run_folder_open(s.w, "runs/empty"));
    assert_error(s.w, PLM_E_IO, "cannot read the run file", NULL);
    end(&s);
}

static void histories_that_are_none(void **state)
{
    static const char *const bad[] = {"\n", "loss,seconds\n1,2\n", "epoch,loss,seconds\n1,2\n",
                                      "epoch,loss,seconds\n1,2,3,4\n",
                                      "epoch,loss,seconds\n1,two,3\n"};
    scene s;
    plm_history rows;
    (void)state;
    begin(&s);
    assert_int_equal(mkdir("run", 0700), 0);
    write_file("run/run.yaml", net);
    plm_run_folder *r = plm_run_folder_open(s.w, "run");
    assert_int_equal(plm_run_folder_history(r, &rows), PLM_OK);
    assert_int_equal(rows.rows, 0);
    assert_null(plm_run_folder_model(r));
    assert_place(s.w, PLM_E_IO, "run", "this run has no model yet", "--resume run");
    write_file("run/history.csv", ""); /* as a run leaves it that ends within its first epoch */
    assert_int_equal(plm_run_folder_history(r, &rows), PLM_OK);
    assert_true(rows.rows == 0 && rows.columns == 0);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        write_file("run/history.csv", bad[i]);
        assert_int_equal(plm_run_folder_history(r, &rows), PLM_E_FORMAT);
        assert_string_equal(plm_last_error(s.w)->where, "run/history.csv");
    }
    write_file("run/history.csv", "epoch,\"a, \"\"b\"\"\",seconds\n1,,0.5");
    assert_int_equal(plm_run_folder_history(r, &rows), PLM_OK);
    assert_string_equal(rows.name[1], "a, \"b\"");
    assert_true(rows.rows == 1 && rows.value[1] != rows.value[1] && rows.value[2] == 0.5);
    plm_run_folder_close(r);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_trained),
        cmocka_unit_test(a_run_is_stopped_and_resumed),
        cmocka_unit_test(what_a_run_file_lends_is_not_freed),
        cmocka_unit_test(nets_are_told_as_one),
        cmocka_unit_test(a_run_file_closed_within_its_training_goes_behind_it),
        cmocka_unit_test(a_folder_is_not_overwritten),
        cmocka_unit_test(a_folder_that_goes_away),
        cmocka_unit_test(runs_are_listed_and_opened),
        cmocka_unit_test(histories_that_are_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
