/* Errors of run files by plummet_run.h: they come back with their place and a hint, and nothing is
 * printed. */
#define _POSIX_C_SOURCE 200809L
#include "run_support.h"

/* A name that is too long for a definition. */
#define EIGHTY "a234567890123456789012345678901234567890123456789012345678901234567890123456789_"

#include <signal.h>
#include <sys/wait.h>

#include "run/conditions.h"
#include "base/folder_lock.h"

/* The file cannot be read as a run file. */
static void assert_unreadable(scene *s, const char *text, const char *where, const char *what,
                              const char *hint)
{
    write_file("net.yaml", text);
    assert_null(plm_run_file_open(s->w, "net.yaml", 0, NULL));
    assert_place(s->w, PLM_E_SPEC, where, what, hint);
}

static void files_that_are_none(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    assert_null(plm_run_file_open(s.w, "nowhere.yaml", 0, NULL));
    assert_place(s.w, PLM_E_IO, "nowhere.yaml", "cannot read the run file", "check its name");
    write_file("other.yml", net);
    assert_null(plm_run_file_open(s.w, "other.yaml", 0, NULL));
    assert_place(s.w, PLM_E_IO, "other.yaml", NULL, "did you mean other.yml?");
    assert_null(plm_run_file_open(s.w, "digit", 0, NULL));
    assert_place(s.w, PLM_E_SPEC, "digit", "no run file 'digit'", "did you mean digits?");
    assert_unreadable(&s, "data: digits\nepoch: 3\n", "net.yaml:2:1", "unknown key 'epoch'",
                      "did you mean epochs?");
    assert_unreadable(&s, "data: digits\nepochs: many\n", "net.yaml:2:9, epochs",
                      "epochs cannot be 'many'", "a whole number from 0");
    assert_unreadable(&s, "data: [digits, batch]\n", "net.yaml:1:7",
                      "'data' takes one value, not a list", "data: PIPELINE");
    assert_unreadable(&s, "data: digits\nepochs: {a: 1}\n", "net.yaml:2:9",
                      "'key: value' where a spec is expected", "= follows a key");
    assert_unreadable(&s, "data: digits\nmodel:\n  - dense(10): 3\n", "net.yaml:3:5",
                      "'key: value' where a spec is expected", "= follows a key");
    assert_unreadable(&s, "data: \"digits\\0\"\n", "net.yaml:1:7", "a NUL character",
                      "write only a text");
    assert_unreadable(&s, "data: digits\nfreeze: ['*']\n", "net.yaml:2:9",
                      "'freeze' takes one value, not a list", "freeze: 'NAME|NAME'");
    assert_unreadable(&s, "data: digits\nhe = VarianceScaling(scale=2.)\nepochs: 1\n",
                      "net.yaml:2:1", "a definition", "'  - he = ...'");
    assert_unreadable(&s, "he = VarianceScaling(scale=2.)\ndata: digits\n", "net.yaml:1:1",
                      "a definition", "below the key define");
    assert_unreadable(&s, "data: digits\ndata: digits\n", "net.yaml:2:1", "twice",
                      "the first is in line 1");
    assert_unreadable(&s, "data: digits\nkeep: worst\n", "net.yaml:2:7, keep",
                      "keep cannot be 'worst'", "best or last");
    assert_null(plm_run_file_resume(s.w, ".", 0, NULL));
    assert_place(s.w, PLM_E_IO, ".", "there is no ./run.yaml to continue from", "name the folder");
    end(&s);
}

/* An assignment without a name, or with one that is too long, is no definition. */
static void lines_that_assign_nothing(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    assert_unreadable(&s, "= digits\n", "net.yaml:1:1", "a run file consists of 'key: value' lines",
                      "shows a run file");
    assert_unreadable(&s, EIGHTY " = digits\n", "net.yaml:1:1",
                      "a run file consists of 'key: value' lines", "shows a run file");
    assert_unreadable(&s, "data: digits\n= 3\nepochs: 1\n", "net.yaml:3:1",
                      "a line is not 'key: value'", "write a ':'");
    assert_unreadable(&s, "data: digits\n" EIGHTY " = 3\nepochs: 1\n", "net.yaml:3:1",
                      "a line is not 'key: value'", "write a ':'");
    end(&s);
}

static void overrides_that_are_none(void **state)
{
    static const char *const nothing[] = {"epochs"}, *const unknown[] = {"epoch=3"},
                             *const far[] = {"model.7=dense(3)"};
    scene s;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    assert_null(plm_run_file_open(s.w, "net.yaml", 1, nothing));
    assert_place(s.w, PLM_E_SPEC, "epochs", "there is no '='", "write key=value");
    assert_null(plm_run_file_open(s.w, "net.yaml", 1, unknown));
    assert_place(s.w, PLM_E_SPEC, "epoch=3", "unknown key", "did you mean epochs?");
    assert_null(plm_run_file_open(s.w, "net.yaml", 1, far));
    assert_place(s.w, PLM_E_SPEC, "model.7=dense(3)", "model has no item '7'", "0 to 2");
    end(&s);
}

/* Errors of the run's own runtime come to the caller's, with the place in the file before theirs;
 * no folder is left. */
static void faults_in_layers_and_data(void **state)
{
    static const char *const layer[] = {"out=run"}, *const data[] = {"out=run", "data=digts"};
    scene s;
    (void)state;
    begin(&s);
    write_file("net.yaml", "data: digits\nmodel:\n  - input(64)\n  - dens(3)\n");
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 1, layer);
    assert_non_null(f);
    assert_int_equal(plm_run_file_train(f, NULL), PLM_E_SPEC);
    assert_error(s.w, PLM_E_SPEC, "dens", "did you mean dense");
    assert_int_equal(strncmp(plm_last_error(s.w)->where, "net.yaml:4:5, model.1", 21), 0);
    assert_int_equal(plm_run_file_train(f, NULL), PLM_E_ORDER);
    plm_run_file_close(f);
    f = plm_run_file_open(s.w, "net.yaml", 2, data);
    assert_non_null(f);
    assert_int_equal(plm_run_file_train(f, NULL), PLM_E_SPEC);
    assert_error(s.w, PLM_E_SPEC, NULL, "did you mean digits");
    assert_int_equal(strncmp(plm_last_error(s.w)->where, "data", 4), 0);
    plm_run_file_close(f);
    assert_int_not_equal(access("run", F_OK), 0);
    end(&s);
}

/* Keys that do not fit this run are refused before the first step. */
static void keys_that_do_not_fit_the_run(void **state)
{
    static const char *const wrong[][2] = {
        {"keep=best", "there is no validation"},
        {"calibrate=true", "calibrate needs validation rows"},
        {"observers=best_weight", "unknown observer 'best_weight'"},
        {"class_weight=balanced", "class_weight: balanced needs"},
    };
    scene s;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    write_file("numbers.csv", "x,y\n1,2\n2,3.5\n3,5\n4,6.5\n");
    write_file("numbers.yaml",
               "data: csv('numbers.csv', y) | batch(2)\nmodel: [input(1), dense(1)]\n");
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *const over[] = {"out=run", "epochs=1", wrong[i][0]};
        const bool last = i + 1 == sizeof wrong / sizeof *wrong;
        plm_run_file *f = plm_run_file_open(s.w, last ? "numbers.yaml" : "net.yaml", 3, over);
        if (f) /* some are known when the file is read */
            assert_int_equal(plm_run_file_train(f, NULL), PLM_E_SPEC);
        assert_error(s.w, PLM_E_SPEC, wrong[i][1], NULL);
        plm_run_file_close(f);
        assert_int_not_equal(access("run", F_OK), 0);
    }
    end(&s);
}

/* A child has the lock of the folder until it is killed. */
static void folder_of_another_process(void **state)
{
    static const char *const out[] = {"out=run"};
    scene s;
    int ready[2];
    char byte = 0;
    (void)state;
    begin(&s);
    assert_int_equal(mkdir("run", 0700), 0);
    assert_int_equal(pipe(ready), 0);
    const pid_t child = fork();
    if (child == 0) {
        plm_folder_lock lock = {0};
        const plm_status status = plm_folder_lock_take(s.w, &lock, "run");
        if (status < 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        for (;;)
            pause();
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    write_file("net.yaml", net);
    plm_run_file *f = plm_run_file_open(s.w, "net.yaml", 1, out);
    assert_int_equal(plm_run_file_train(f, NULL), PLM_E_SPEC);
    assert_place(s.w, PLM_E_SPEC, "run", "another run is at work in this folder (process",
                 "wait until the other run is done");
    plm_run_file_close(f);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    close(ready[0]);
    close(ready[1]);
    end(&s);
}

static void calls_on_null(void **state)
{
    scene s;
    plm_history rows;
    (void)state;
    begin(&s);
    assert_null(plm_run_file_open(NULL, "digits", 0, NULL));
    assert_null(plm_run_file_open(s.w, NULL, 0, NULL));
    assert_error(s.w, PLM_E_ORDER, "no path", "pass a path");
    assert_null(plm_run_file_open(s.w, "digits", 1, NULL));
    assert_error(s.w, PLM_E_ORDER, "the array of overrides is NULL", NULL);
    assert_null(plm_run_file_resume(NULL, "x", 0, NULL));
    assert_int_equal(plm_run_file_train(NULL, NULL), PLM_E_ORDER);
    assert_null(plm_run_file_model(NULL));
    assert_null(plm_run_file_runtime(NULL));
    assert_string_equal(plm_run_file_setting(NULL, "epochs"), "");
    assert_null(plm_run_folder_open(NULL, "x"));
    assert_null(plm_run_folder_open(s.w, NULL));
    assert_null(plm_run_folder_model(NULL));
    assert_string_equal(plm_run_folder_setting(NULL, "epochs"), "");
    assert_int_equal(plm_run_folder_history(NULL, &rows), PLM_E_ORDER);
    assert_int_equal(plm_run_each(NULL, "x", NULL, NULL), PLM_E_ORDER);
    assert_int_equal(plm_run_each(s.w, "x", NULL, NULL), PLM_E_ORDER);
    plm_run_file_close(NULL);
    plm_run_folder_close(NULL);
    end(&s);
}

/* ---- memory ---- */

/* Every allocation of reading a run file fails in turn: E_MEMORY, and nothing is left. */
static void memory_runs_out(void **state)
{
    static const char *const over[] = {"model.1=dense(9)", "loss=[mse, mae]"};
    scene s;
    helper h = {0};
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .allocate = helper_allocate, .user = &h));
    const long before = h.live;
    plm_run_file *f = NULL;
    for (long n = 1; !f && n < 200; n++) {
        h.fail = h.taken + n;
        f = plm_run_file_open(w, "net.yaml", 2, over);
        h.fail = 0;
        if (!f) {
            assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
            assert_int_equal(h.live, before);
        }
    }
    assert_non_null(f);
    assert_string_equal(plm_run_file_setting(f, "loss"), "mse, mae");
    plm_run_file_close(f);
    assert_int_equal(h.live, before);
    plm_close(w);
    assert_int_equal(h.live, 0);
    end(&s);
}

/* The same for a whole training: what was taken is given back, wherever memory ran out. */
static void memory_runs_out_while_it_trains(void **state)
{
    static const char *const over[] = {"epochs=1", "threads=1", "overwrite=true", "out=run"};
    enum { STEP = 3, MOST = 20000 };
    scene s;
    helper h = {0};
    plm_status status = PLM_E_MEMORY;
    long n = 1;
    (void)state;
    begin(&s);
    write_file("net.yaml", net);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .allocate = helper_allocate, .user = &h));
    const long before = h.live;
    for (; status != PLM_OK && n < MOST; n += STEP) {
        plm_run_file *f = plm_run_file_open(w, "net.yaml", 4, over);
        assert_non_null(f);
        h.fail = h.taken + n;
        status = plm_run_file_train(f, NULL);
        h.fail = 0;
        assert_true(status == PLM_OK || status == PLM_E_MEMORY);
        plm_run_file_close(f);
        assert_int_equal(h.live, before);
    }
    assert_int_equal(status, PLM_OK);
    plm_close(w);
    end(&s);
}

/* ---- conditions ---- */

static void conditions_of_metrics(void **state)
{
    static const plm_log log[] = {{"loss", 0.25}, {"accuracy", 0.9}};
    scene s;
    bool hold = false;
    (void)state;
    begin(&s);
    assert_int_equal(plm_conditions_check(s.w, "here", NULL), PLM_OK);
    assert_int_equal(plm_conditions_check(s.w, "here", " loss < 1 , accuracy>=0.5"), PLM_OK);
    assert_int_equal(plm_conditions_check(s.w, "here", "loss=1"), PLM_E_SPEC);
    assert_place(s.w, PLM_E_SPEC, "here", "'loss=1' is not a condition", "accuracy>=0.97");
    assert_int_equal(plm_conditions_hold(s.w, "here", "loss<=0.25, accuracy>0.8", log, 2, &hold),
                     PLM_OK);
    assert_true(hold);
    assert_int_equal(plm_conditions_hold(s.w, "here", "acuracy>0.8", log, 2, &hold), PLM_E_SPEC);
    assert_true(hold);
    assert_error(s.w, PLM_E_SPEC, "no metric", "did you mean accuracy?");
    assert_int_equal(plm_conditions_hold(s.w, "here", "loss<0.25", log, 2, &hold), PLM_E_DATA);
    assert_false(hold);
    assert_error(s.w, PLM_E_DATA, "loss<0.25 does not hold: loss is 0.25", NULL);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_that_are_none),
        cmocka_unit_test(lines_that_assign_nothing),
        cmocka_unit_test(overrides_that_are_none),
        cmocka_unit_test(faults_in_layers_and_data),
        cmocka_unit_test(keys_that_do_not_fit_the_run),
        cmocka_unit_test(folder_of_another_process),
        cmocka_unit_test(calls_on_null),
        cmocka_unit_test(memory_runs_out),
        cmocka_unit_test(memory_runs_out_while_it_trains),
        cmocka_unit_test(conditions_of_metrics),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
