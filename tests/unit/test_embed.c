/* plummet inside a program of somebody else: NULL to every call, options half said, batches of
 * the caller's own making, numbers that are not finite, a fork with sleeping workers. */
#define _POSIX_C_SOURCE 200809L
#include "data_support.h"
#include "helper.h"

#include <math.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 64, WIDTH = 4, CLASSES = 3 };

typedef struct {
    float x[ROWS][WIDTH], y[ROWS], out[ROWS][CLASSES];
    plm_view in, target, result;
    plm *w;
    plm_model *m;
    plm_data *d;
} program;

static void begin(program *p, int threads, const char *transforms)
{
    *p = (program){.w = plm_open(PLM_OPTIONS(.threads = threads, .seed = 3))};
    for (int i = 0; i < ROWS; i++) {
        p->y[i] = (float)(i % CLASSES);
        for (int k = 0; k < WIDTH; k++)
            p->x[i][k] = (float)((i * 7 + k * 13) % 11) / 11;
    }
    p->in = (plm_view){p->x, PLM_F32, 2, {ROWS, WIDTH}};
    p->target = (plm_view){p->y, PLM_F32, 1, {ROWS}};
    p->result = (plm_view){p->out, PLM_F32, 2, {ROWS, CLASSES}};
    p->m = plm_model_new(p->w);
    plm_add(p->m, "input(%d)", WIDTH);
    plm_add(p->m, "dense(200, activation=relu)");
    plm_add(p->m, "dense(%d, activation=softmax)", CLASSES);
    assert_int_equal(plm_compile(p->m, "adam", "sparse_categorical_crossentropy", "accuracy"),
                     PLM_OK);
    p->d = plm_data_arrays(p->w, &p->in, &p->target, transforms);
    assert_non_null(p->d);
}

static void end(program *p)
{
    plm_data_free(p->d);
    plm_model_free(p->m);
    plm_close(p->w);
}

/* ---- NULL ---- */

/* Doers, whose handle is NULL. */
static void doers_refuse_null(void **state)
{
    (void)state;
    plm_view v = {0};
    plm_log log[2];
    plm_batch b = {0};
    plm_data_info info;
    plm_memory_need need;
    float number[4];
    const plm_status status[] = {plm_model_save(NULL, "x", NULL),
                                 plm_compile(NULL, "adam", "mse", NULL),
                                 plm_model_set_loss_weights(NULL, "1"),
                                 plm_model_pop(NULL, 1),
                                 plm_model_remove(NULL, "x"),
                                 plm_model_set_trainable(NULL, "x", true),
                                 plm_model_set_learning_rate_factor(NULL, "x", 1),
                                 plm_adapt(NULL, NULL),
                                 plm_model_memory(NULL, NULL, &need),
                                 plm_model_memory(NULL, NULL, NULL),
                                 plm_data_get_info(NULL, &info),
                                 plm_data_next(NULL, &b),
                                 plm_data_rewind(NULL, 0),
                                 plm_fit(NULL, NULL, NULL),
                                 plm_pretrain(NULL, NULL, NULL, NULL),
                                 plm_train_batch(NULL, &b, log, 2),
                                 plm_evaluate_batch(NULL, &b, log, 2),
                                 plm_evaluate(NULL, NULL, log, 2),
                                 plm_predict(NULL, &v, &v),
                                 plm_predict_several(NULL, 1, &v, 1, &v),
                                 plm_predict_with_error(NULL, 1, &v, 1, &v, NULL),
                                 plm_predict_monte_carlo(NULL, &v, 3, &v, &v),
                                 plm_predict_several_monte_carlo(NULL, 1, &v, 3, 1, &v, &v),
                                 plm_parameter_read(NULL, 0, number),
                                 plm_parameter_write(NULL, 0, number),
                                 plm_model_set_learning_rate(NULL, 1),
                                 plm_model_set_steps(NULL, 1),
                                 plm_checkpoint_get_info(NULL, "x", NULL)};
    for (size_t i = 0; i < sizeof status / sizeof *status; i++)
        assert_int_equal(status[i], PLM_E_ORDER);
}

/* What gives a handle or a figure gives none, and what frees does nothing. */
static void builders_refuse_null(void **state)
{
    (void)state;
    plm_view v = {0};
    int64_t dims[8] = {4};
    const plm_value one = {1};
    const void *given[] = {plm_model_new(NULL),
                           plm_model_load(NULL, "x", NULL),
                           plm_model_clone(NULL),
                           plm_model_join(2, NULL),
                           plm_data_open(NULL, "digits"),
                           plm_data_open_for(NULL, true, "digits"),
                           plm_data_arrays(NULL, &v, &v, NULL),
                           plm_data_from_arrays(NULL, NULL),
                           plm_data_generator(NULL, NULL),
                           plm_data_split(NULL, "split(0.1)"),
                           plm_pseudo_labels(NULL, NULL, NULL, 0.5, NULL),
                           plm_run_model(NULL)};
    for (size_t i = 0; i < sizeof given / sizeof *given; i++)
        assert_null(given[i]);
    const uint32_t id[] = {plm_add(NULL, "dense(1)").id, plm_input(NULL, NULL, 1, dims).id,
                           plm_apply(NULL, one, "dense(1)").id, plm_merge(NULL, 1, &one, "add").id,
                           plm_find(NULL, "x").id};
    for (size_t i = 0; i < sizeof id / sizeof *id; i++)
        assert_int_equal(id[i], 0);
    assert_int_equal(plm_model_input_shape(NULL, dims) + plm_model_output_shape(NULL, dims), -2);
    assert_int_equal(plm_model_inputs(NULL, 0, NULL) + plm_model_outputs(NULL, 0, NULL), -2);
    assert_int_equal(plm_parameters(NULL, 0, NULL) + plm_threads(NULL), 0);
    assert_true(plm_checkpoint_epochs(NULL, "x") < 0 &&
                plm_run_learning_rate(NULL) + plm_model_learning_rate(NULL) == 0);
    assert_string_equal(plm_isa(NULL), "");
    assert_int_equal(plm_tuning(NULL, NULL, 0), 0);
    assert_non_null(plm_isa_available(0));
    assert_true(strlen(plm_version()) > 4 && strlen(plm_last_error(NULL)->what) > 0);
    assert_int_equal(plm_run_set_learning_rate(NULL, 1), PLM_E_ORDER);
    plm_output(NULL, one);
    plm_model_free(NULL);
    plm_data_free(NULL);
    plm_close(NULL);
}

/* Text can be printed whatever the handle is. */
static void text_is_never_null(void **state)
{
    (void)state;
    assert_string_equal(plm_model_summary(NULL, 80), "");
    assert_string_equal(plm_model_setting(NULL, "loss"), "");
    assert_string_equal(plm_describe(NULL, "layer", NULL), "");
    assert_string_equal(plm_describe_json(NULL, "layer"), "");
    assert_string_equal(plm_status_name(PLM_E_SHAPE), "PLM_E_SHAPE");
    assert_string_equal(plm_status_name((plm_status)77), "unknown");
}

/* Good handles, and NULL in the other places: a status, and an error that tells of this call. */
static void arguments_refuse_null(void **state)
{
    (void)state;
    program p;
    begin(&p, 1, NULL);
    assert_int_equal(plm_model_memory(p.m, NULL, NULL), PLM_E_ORDER);
    assert_error(p.w, PLM_E_ORDER, "NULL", "plm_memory_need");
    assert_int_equal(plm_model_input_shape(p.m, NULL) + plm_model_output_shape(p.m, NULL), 2);
    assert_int_equal(plm_model_set_trainable(p.m, NULL, true), PLM_E_ORDER);
    assert_string_equal(plm_last_error(p.w)->where, "plm_model_set_trainable");
    assert_int_equal(plm_model_set_learning_rate_factor(p.m, NULL, 1), PLM_E_ORDER);
    assert_string_equal(plm_last_error(p.w)->where, "plm_model_set_learning_rate_factor");
    assert_int_equal(plm_model_remove(p.m, NULL), PLM_E_ORDER);
    assert_string_equal(plm_last_error(p.w)->where, "plm_model_remove");
    plm_model *m = plm_model_new(p.w);
    assert_int_equal(plm_input(m, NULL, 2, NULL).id, 0);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_ORDER);
    assert_error(p.w, PLM_E_ORDER, "2 axes and dims is NULL", "length of each axis");
    plm_model_free(m);
    m = plm_model_new(p.w);
    /* and no axis beyond the first is read */
    assert_int_equal(plm_input(m, NULL, 99, (int64_t[1]){4}).id, 0);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SHAPE);
    assert_error(p.w, PLM_E_SHAPE, "99 axes", "at most 8");
    plm_model_free(m);
    m = plm_model_new(p.w);
    plm_add(m, "input(4)");
    assert_int_equal(plm_merge(m, 2, NULL, "add").id, 0);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_ORDER);
    plm_model_free(m);
    end(&p);
}

/* This file and those of runs and of the doctor call whatever the library exports. */
static void every_call_is_here(void **state)
{
    static const char *const file[] = {"tests/unit/test_embed.c", "tests/unit/test_run.c",
                                       "tests/unit/test_run_errors.c", "tests/unit/test_doctor.c"};
    static char text[1 << 17];
    size_t length = 0;
    (void)state;
    FILE *symbols = fopen("tests/abi/symbols.txt", "r");
    assert_non_null(symbols);
    for (size_t i = 0; i < sizeof file / sizeof *file; i++) {
        FILE *f = fopen(file[i], "r");
        assert_non_null(f);
        length += fread(text + length, 1, sizeof text - 1 - length, f);
        fclose(f);
    }
    text[length] = '\0';
    char name[64], call[72];
    while (fscanf(symbols, "%63s", name) == 1) {
        (void)snprintf(call, sizeof call, "%s(", name);
        if (strstr(text, call) == NULL)
            fail_msg("%s is exported and not called with NULL here", name);
    }
    fclose(symbols);
    assert_null(plm_model_default_loss(NULL, NULL, 0));
}

/* ---- options ---- */

static plm_status count_epochs(void *self, plm_run *run, const plm_event *event)
{
    (void)run;
    *(int *)self += event->kind == PLM_EPOCH_END;
    return PLM_OK;
}

static void options_are_read_whole(void **state)
{
    (void)state;
    program p;
    int epochs = 0;
    begin(&p, 1, NULL);
    const plm_observer observer = {.name = "count", .on_event = count_epochs, .self = &epochs};
    /* size 0 = as long as the library's */
    plm_fit_options o = {.epochs = 3, .extra = &observer, .extras = 1};
    assert_int_equal(plm_fit(p.m, p.d, &o), PLM_OK);
    assert_int_equal(epochs, 3);
    assert_int_equal(plm_fit(p.m, p.d, PLM_FIT(.extras = 2)), PLM_E_SPEC);
    assert_error(p.w, PLM_E_SPEC, "extras is 2 and extra is NULL", "observers");
    assert_int_equal(plm_fit(p.m, p.d, PLM_FIT(.extra = &observer, .extras = -1)), PLM_E_SPEC);
    assert_int_equal(plm_fit(p.m, p.d, PLM_FIT(.classes = 3)), PLM_E_SPEC);
    struct {
        plm_fit_options known;
        int64_t later;
    } next = {.known = {.size = sizeof next, .epochs = 2}};
    /* of a newer header that says nothing new */
    assert_int_equal(plm_fit(p.m, p.d, &next.known), PLM_OK);
    next.later = 1;
    assert_int_equal(plm_fit(p.m, p.d, &next.known), PLM_E_UNSUPPORTED);
    assert_int_equal(plm_pretrain(p.m, p.d, NULL, &(plm_pretrain_options){.extras = 1}),
                     PLM_E_SPEC);
    plm_data *d = plm_data_from_arrays(
        p.w, &(plm_arrays){.inputs = 1, .input = &p.in, .transforms = "batch(7)"});
    plm_data_info info;
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.batch, 7);
    plm_data_free(d);
    end(&p);
}

/* ---- batches of the caller's own ---- */

static void batches_are_checked(void **state)
{
    (void)state;
    program p;
    begin(&p, 1, NULL);
    const plm_batch good = {
        .rows = ROWS, .inputs = 1, .targets = 1, .input = {p.in}, .target = {p.target}};
    plm_batch b = good;
    plm_log log[2];
    b.rows = ROWS + 1; /* more than the arrays have */
    assert_int_equal(plm_train_batch(p.m, &b, log, 2), PLM_E_SHAPE);
    assert_error(p.w, PLM_E_SHAPE, "65 rows, but input 0 of the data has 64", "make dims[0]");
    b = good;
    b.input[0].data = NULL;
    assert_int_equal(plm_train_batch(p.m, &b, log, 2), PLM_E_SHAPE);
    b = good;
    b.target[0].data = NULL;
    assert_int_equal(plm_evaluate_batch(p.m, &b, log, 2), PLM_E_SHAPE);
    assert_error(p.w, PLM_E_SHAPE, "target 0 of the data is NULL", "pointer");
    b = good;
    b.input[0].rank = 9;
    assert_int_equal(plm_train_batch(p.m, &b, log, 2), PLM_E_SHAPE);
    assert_int_equal(plm_train_batch(p.m, &good, log, 2), PLM_OK);
    end(&p);
}

static void a_number_that_is_not_finite_is_found(void **state)
{
    (void)state;
    program p;
    plm_log log[2];
    begin(&p, 1, "batch(16)");
    const plm_batch b = {
        .rows = ROWS, .inputs = 1, .targets = 1, .input = {p.in}, .target = {p.target}};
    p.x[35][2] = (float)NAN;
    assert_int_equal(plm_fit(p.m, p.d, NULL), PLM_E_NUMERIC);
    assert_error(p.w, PLM_E_NUMERIC, "input 0 has NaN or infinity in row 3 of the batch, element 2",
                 "the model has the weights of before this epoch");
    assert_string_equal(plm_last_error(p.w)->where, "plm_fit");
    assert_int_equal(plm_train_batch(p.m, &b, log, 2), PLM_E_NUMERIC);
    assert_error(p.w, PLM_E_NUMERIC, "row 35 of the batch", NULL);
    assert_string_equal(plm_last_error(p.w)->where, "plm_train_batch");
    end(&p);
}

static void the_ending_of_another_format_is_refused(void **state)
{
    (void)state;
    program p;
    begin(&p, 1, NULL);
    assert_int_equal(plm_model_save(p.m, test_path("net.onnx"), NULL), PLM_E_UNSUPPORTED);
    assert_error(p.w, PLM_E_UNSUPPORTED, ".onnx files cannot be written", ".safetensors");
    assert_int_equal(plm_model_save(p.m, test_path("net.onnx"), "safetensors"), PLM_OK);
    /* a folder's name says nothing */
    assert_int_equal(plm_model_save(p.m, test_path("net.onnx/net"), NULL), PLM_E_IO);
    assert_int_equal(plm_model_save(p.m, test_path("net.v2"), NULL), PLM_OK);
    end(&p);
    test_clean();
}

/* ---- fork ---- */

/* What a child does with all it got; 0 = as the parent would. It must end, too. */
static int use_in_child(program *p, const float *expected)
{
    (void)alarm(60);
    if (plm_predict(p->m, &p->in, &p->result) != PLM_OK ||
        memcmp(p->out, expected, sizeof p->out) != 0)
        return 1;
    if (plm_fit(p->m, p->d, NULL) != PLM_OK)
        return 2;
    end(p);
    return 0;
}

static int exit_code_of_child(program *p, const float *expected)
{
    int status = 0;
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(use_in_child(p, expected));
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void a_forked_child_works_alone(void **state)
{
    (void)state;
    static float expected[ROWS][CLASSES];
    program p;
    begin(&p, 3, "shuffle | batch(32)");
    assert_int_equal(plm_fit(p.m, p.d, NULL), PLM_OK);
    assert_int_equal(plm_predict(p.m, &p.in, &p.result), PLM_OK);
    memcpy(expected, p.out, sizeof expected);
    assert_int_equal(exit_code_of_child(&p, expected[0]), 0);
    nanosleep(&(struct timespec){.tv_nsec = 50000000}, NULL); /* until the workers sleep */
    assert_int_equal(exit_code_of_child(&p, expected[0]), 0);
    memset(p.out, 0, sizeof p.out);
    assert_int_equal(plm_predict(p.m, &p.in, &p.result), PLM_OK);
    assert_memory_equal(p.out, expected, sizeof expected);
    end(&p);
}

static void a_stream_that_reads_ahead_is_for_one_process(void **state)
{
    (void)state;
    const char *path = test_write_text("ahead.csv", "1,0\n2,1\n3,0\n4,1\n5,0\n6,1\n7,0\n8,1\n");
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *d = plm_data_open(w, "csv('%s', target=1, stream=true) | batch(2)", path);
    plm_batch b;
    int status = 0;
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    const pid_t child = fork();
    if (child == 0) {
        (void)alarm(60);
        const bool refused =
            plm_data_next(d, &b) == PLM_E_ORDER && plm_data_rewind(d, 0) == PLM_E_ORDER;
        plm_data_free(d);
        plm_close(w);
        _exit(!refused);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    plm_data_free(d);
    plm_close(w);
    test_clean();
}

static void what_a_fit_left_refuses_null(void **state)
{
    (void)state;
    assert_int_equal(plm_checkpoint_get_info(NULL, "x", NULL), PLM_E_ORDER);
    assert_int_equal(plm_model_history(NULL, NULL), PLM_E_ORDER);
    assert_int_equal(plm_model_threads(NULL), 0);
}

/* Files: a NULL file is an error of order, and freeing it does nothing. */
static void files_refuse_null(void **state)
{
    (void)state;
    plm *w = plm_open(NULL);
    assert_null(plm_file_open(NULL, "x"));
    assert_null(plm_file_append(NULL, "x"));
    assert_null(plm_file_open(w, NULL));
    assert_error(w, PLM_E_ORDER, "no path", "path of the file");
    assert_null(plm_file_append(w, NULL));
    assert_string_equal(plm_last_error(w)->where, "plm_file_append");
    assert_int_equal(plm_file_write(NULL, "x", 1), PLM_E_ORDER);
    assert_int_equal(plm_file_print(NULL, "x"), PLM_E_ORDER);
    assert_int_equal(plm_file_write_at(NULL, 0, "x", 1), PLM_E_ORDER);
    assert_int_equal(plm_file_flush(NULL), PLM_E_ORDER);
    assert_int_equal(plm_file_sync(NULL), PLM_E_ORDER);
    assert_int_equal(plm_file_commit(NULL), PLM_E_ORDER);
    assert_int_equal(plm_file_tidy(NULL, "x"), PLM_E_ORDER);
    assert_int_equal(plm_file_tidy(w, NULL), PLM_E_ORDER);
    plm_file_abandon(NULL);
    plm_close(w);
}

/* Constant arrays are inputs without a cast; no dims are no shape. */
static void constant_arrays_are_read(void **state)
{
    (void)state;
    static const float x[2][WIDTH] = {{1, 2, 3, 4}, {5, 6, 7, 8}};
    const int64_t dims[] = {2, WIDTH};
    program p;
    begin(&p, 1, NULL);
    const plm_view in = plm_view_of(x, PLM_F32, 2, dims);
    plm_view out = {p.out, PLM_F32, 2, {2, CLASSES}};
    assert_ptr_equal(in.data, x);
    assert_true(in.rank == 2 && in.dims[0] == 2 && in.dims[1] == WIDTH && in.dims[2] == 0);
    assert_int_equal(plm_predict(p.m, &in, &out), PLM_OK);
    const plm_view none = plm_view_of(NULL, PLM_F32, 2, NULL),
                   many = plm_view_of(x, PLM_F32, 9, (int64_t[9]){2, WIDTH, 1, 1, 1, 1, 1, 1, 1});
    assert_int_equal(plm_predict(p.m, &none, &out), PLM_E_SHAPE);
    assert_error(p.w, PLM_E_SHAPE, "data is NULL", NULL);
    assert_int_equal(plm_predict(p.m, &many, &out), PLM_E_SHAPE);
    assert_error(p.w, PLM_E_SHAPE, "an array of rank 9", NULL);
    end(&p);
}

/* A copy of an error says what plm_last_error says, and nothing after a success. */
static void a_prediction_gives_its_own_error(void **state)
{
    (void)state;
    program p;
    plm_error_record e = {.status = PLM_E_IO, .what = "old"};
    begin(&p, 1, NULL);
    assert_int_equal(plm_predict_with_error(p.m, 1, &p.in, 1, &p.result, &e), PLM_OK);
    assert_true(e.status == PLM_OK && e.what[0] + e.where[0] + e.hint[0] == 0);
    p.in.dims[1]++;
    assert_int_equal(plm_predict_with_error(p.m, 1, &p.in, 1, &p.result, NULL), PLM_E_SHAPE);
    assert_int_equal(plm_predict_with_error(p.m, 1, &p.in, 1, &p.result, &e), PLM_E_SHAPE);
    assert_int_equal(e.status, PLM_E_SHAPE);
    assert_string_equal(e.what, plm_last_error(p.w)->what);
    assert_string_equal(e.where, "plm_predict_with_error");
    assert_string_equal(e.hint, plm_last_error(p.w)->hint);
    assert_int_equal(plm_predict_with_error(NULL, 1, &p.in, 1, &p.result, &e), PLM_E_ORDER);
    assert_true(e.status == PLM_E_ORDER && strstr(e.what, "NULL") != NULL);
    end(&p);
}

/* Text of strangers: NULL is the empty text, and no byte is written without capacity. */
static void texts_take_null(void **state)
{
    (void)state;
    char out[4] = "abc";
    assert_int_equal(plm_printable(NULL, NULL, 0), 0);
    assert_int_equal(plm_printable("\x1b", NULL, 0), 4);
    assert_int_equal(plm_printable(NULL, out, sizeof out), 0);
    assert_string_equal(out, "");
    assert_int_equal(plm_csv_cell(NULL, NULL, NULL, 0), 0);
    assert_int_equal(plm_csv_cell("a,b", NULL, NULL, 0), 5);
    assert_int_equal(plm_csv_cell(NULL, ";", out, sizeof out), 0);
    assert_string_equal(out, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(doers_refuse_null),
        cmocka_unit_test(builders_refuse_null),
        cmocka_unit_test(text_is_never_null),
        cmocka_unit_test(what_a_fit_left_refuses_null),
        cmocka_unit_test(files_refuse_null),
        cmocka_unit_test(texts_take_null),
        cmocka_unit_test(constant_arrays_are_read),
        cmocka_unit_test(a_prediction_gives_its_own_error),
        cmocka_unit_test(arguments_refuse_null),
        cmocka_unit_test(every_call_is_here),
        cmocka_unit_test(options_are_read_whole),
        cmocka_unit_test(batches_are_checked),
        cmocka_unit_test(a_number_that_is_not_finite_is_found),
        cmocka_unit_test(the_ending_of_another_format_is_refused),
        cmocka_unit_test(a_forked_child_works_alone),
        cmocka_unit_test(a_stream_that_reads_ahead_is_for_one_process)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
