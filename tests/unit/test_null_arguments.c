/* NULL for each argument of the public functions: what may be NULL counts as said in the headers,
 * and anything else is an error with a text, never a crash. */
#include "helper.h"
#include "plummet_doctor.h"
#include "plummet_run.h"

#include <string.h>

enum { ROWS = 10, WIDTH = 3 };

typedef struct {
    plm *w;
    plm_data *d;
    plm_model *m, *empty;
    plm_view x, y;
    plm_batch b;
    float in[ROWS][WIDTH], out[ROWS];
} scene;

static void begin(scene *s)
{
    *s = (scene){.w = plm_open(PLM_OPTIONS(.threads = 1))};
    for (int i = 0; i < ROWS * WIDTH; i++)
        s->in[i / WIDTH][i % WIDTH] = (float)i;
    s->x = (plm_view){s->in, PLM_F32, 2, {ROWS, WIDTH}};
    s->y = (plm_view){s->out, PLM_F32, 2, {ROWS, 1}};
    s->d = plm_data_arrays(s->w, &s->x, &s->y, "batch(5)");
    s->m = plm_model_new(s->w);
    s->empty = plm_model_new(s->w);
    plm_input(s->m, NULL, 1, (int64_t[]){WIDTH});
    plm_add(s->m, "dense(1)");
    assert_int_equal(plm_compile(s->m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_data_next(s->d, &s->b), PLM_OK);
}

static void end(scene *s)
{
    plm_model_free(s->m);
    plm_model_free(s->empty);
    plm_data_free(s->d);
    plm_close(s->w);
}

/* The call returns this status, and the error of the runtime has a text and that status. */
#define FAILS(status_, call)                                                                       \
    do {                                                                                           \
        assert_int_equal(call, status_);                                                           \
        assert_int_equal(plm_last_error(s.w)->status, status_);                                    \
        assert_true(plm_last_error(s.w)->what[0] != '\0');                                         \
    } while (0)

/* The call returns NULL, and the error of the runtime has a text. */
#define GIVES_NULL(call)                                                                           \
    do {                                                                                           \
        assert_null(call);                                                                         \
        assert_true(plm_last_error(s.w)->status < 0);                                              \
        assert_true(plm_last_error(s.w)->what[0] != '\0');                                         \
    } while (0)

static plm_status on_run(void *self, const char *path)
{
    (void)self;
    (void)path;
    return PLM_OK;
}

/* All calls returned E_ORDER. */
static void assert_refused(const plm_status *status, size_t count)
{
    for (size_t i = 0; i < count; i++)
        assert_int_equal(status[i], PLM_E_ORDER);
}

/* Without the object there is no runtime that could hold an error, so the status alone tells. */
static void no_model(void **state)
{
    plm_model *const m = NULL;
    plm_data *const d = NULL;
    plm_history h;
    plm_memory_need need;
    (void)state;
    const plm_status refused[] = {plm_model_save(m, "x", NULL),
                                  plm_compile(m, "sgd", "mse", NULL),
                                  plm_model_set_loss_weights(m, "1"),
                                  plm_model_pop(m, 1),
                                  plm_model_remove(m, "a"),
                                  plm_model_set_trainable(m, "*", true),
                                  plm_model_set_learning_rate_factor(m, "*", 1),
                                  plm_adapt(m, d),
                                  plm_model_memory(m, d, &need),
                                  plm_fit(m, d, NULL),
                                  plm_model_history(m, &h),
                                  plm_pretrain(m, d, "rbm", NULL)};
    assert_refused(refused, sizeof refused / sizeof *refused);
}

/* The rest of the calls on models. */
static void no_model_to_run(void **state)
{
    plm_model *const m = NULL;
    plm_data *const d = NULL;
    plm_view y;
    plm_log log;
    plm_batch b = {.rows = 1};
    float value;
    (void)state;
    const plm_status refused[] = {plm_train_batch(m, &b, &log, 1),
                                  plm_evaluate_batch(m, &b, &log, 1),
                                  plm_evaluate(m, d, &log, 1),
                                  plm_predict(m, &y, &y),
                                  plm_predict_several(m, 1, &y, 1, &y),
                                  plm_predict_with_error(m, 1, &y, 1, &y, NULL),
                                  plm_predict_monte_carlo(m, &y, 2, &y, &y),
                                  plm_predict_several_monte_carlo(m, 1, &y, 2, 1, &y, &y),
                                  plm_parameter_read(m, 0, &value),
                                  plm_parameter_write(m, 0, &value),
                                  plm_model_set_learning_rate(m, .1),
                                  plm_model_set_steps(m, 3),
                                  (plm_status)plm_look(m, d, NULL, 0, NULL)};
    assert_refused(refused, sizeof refused / sizeof *refused);
}

/* Streams, checkpoints, files and runs. */
static void no_stream_file_or_run(void **state)
{
    plm_data *const d = NULL;
    plm *const w = NULL;
    plm_history h;
    plm_fit_result r;
    plm_batch b = {.rows = 1};
    plm_data_info info;
    (void)state;
    const plm_status refused[] = {plm_data_get_info(d, &info),
                                  plm_data_next(d, &b),
                                  plm_data_rewind(d, 0),
                                  (plm_status)plm_checkpoint_epochs(w, "x"),
                                  plm_checkpoint_get_info(w, "x", &r),
                                  plm_run_set_learning_rate(NULL, .1),
                                  plm_file_write(NULL, "a", 1),
                                  plm_file_print(NULL, "a"),
                                  plm_file_write_at(NULL, 0, "a", 1),
                                  plm_file_flush(NULL),
                                  plm_file_sync(NULL),
                                  plm_file_commit(NULL),
                                  plm_file_tidy(w, "x"),
                                  plm_run_file_train(NULL, NULL),
                                  plm_run_each(w, "x", on_run, NULL),
                                  plm_run_folder_history(NULL, &h)};
    assert_refused(refused, sizeof refused / sizeof *refused);
}

/* Counts are -1 or 0, and texts are empty. */
static void no_object_to_ask(void **state)
{
    plm_model *const m = NULL;
    plm *const w = NULL;
    plm_port port;
    (void)state;
    assert_int_equal(plm_model_input_shape(m, NULL), -1);
    assert_int_equal(plm_model_output_shape(m, NULL), -1);
    assert_int_equal(plm_model_inputs(m, 0, &port), -1);
    assert_int_equal(plm_model_outputs(m, 0, &port), -1);
    assert_int_equal(plm_parameters(m, 0, NULL), 0);
    assert_int_equal(plm_model_threads(m), 0);
    assert_int_equal(plm_threads(w), 0);
    assert_int_equal(plm_diagnosis_findings(NULL, 0, NULL), 0);
    assert_int_equal(plm_diagnosis_readings(NULL, 0, NULL), 0);
    assert_string_equal(plm_isa(w), "");
    assert_string_equal(plm_last_error(w)->what, "there is no runtime");
}

static void without_an_object_nothing_is_made(void **state)
{
    (void)state;
    plm *const w = NULL;
    const void *made[] = {plm_model_new(w),
                          plm_model_load(w, "x", NULL),
                          plm_model_clone(NULL),
                          plm_model_join(2, NULL),
                          plm_model_default_loss(NULL, NULL, 0),
                          plm_data_open(w, "digits"),
                          plm_data_open_for(NULL, true, "digits"),
                          plm_data_arrays(w, NULL, NULL, NULL),
                          plm_data_from_arrays(w, NULL),
                          plm_data_generator(w, NULL),
                          plm_data_split(NULL, "0.2"),
                          plm_pseudo_labels(NULL, NULL, NULL, .9, NULL),
                          plm_run_model(NULL),
                          plm_file_open(w, "x"),
                          plm_file_append(w, "x"),
                          plm_doctor(NULL, NULL, NULL),
                          plm_diagnosis_text(NULL, 80),
                          plm_diagnosis_json(NULL),
                          plm_run_file_open(w, "x", 0, NULL),
                          plm_run_file_resume(w, "x", 0, NULL),
                          plm_run_file_model(NULL),
                          plm_run_file_runtime(NULL),
                          plm_run_folder_open(w, "x"),
                          plm_run_folder_model(NULL)};
    for (size_t i = 0; i < sizeof made / sizeof *made; i++)
        assert_null(made[i]);
}

/* Layers are not added, settings are empty, and there is nothing to free. */
static void without_an_object_nothing_happens(void **state)
{
    (void)state;
    assert_int_equal(plm_add(NULL, "dense(1)").id, 0);
    assert_int_equal(plm_input(NULL, NULL, 0, NULL).id, 0);
    assert_int_equal(plm_apply(NULL, (plm_value){0}, "dense(1)").id, 0);
    assert_int_equal(plm_merge(NULL, 0, NULL, "add").id, 0);
    assert_int_equal(plm_find(NULL, "a").id, 0);
    plm_output(NULL, (plm_value){0});
    plm_model_free(NULL);
    plm_data_free(NULL);
    plm_close(NULL);
    plm_file_abandon(NULL);
    plm_diagnosis_free(NULL);
    plm_run_file_close(NULL);
    plm_run_folder_close(NULL);
    assert_string_equal(plm_run_file_setting(NULL, "x"), "");
    assert_string_equal(plm_run_folder_setting(NULL, "x"), "");
    assert_string_equal(plm_model_setting(NULL, "x"), "");
}

static void models_say_what_is_missing(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    FAILS(PLM_E_ORDER, plm_model_save(s.m, NULL, NULL));
    FAILS(PLM_E_ORDER, plm_compile(s.empty, NULL, NULL, NULL));
    FAILS(PLM_E_ORDER, plm_model_remove(s.m, NULL));
    FAILS(PLM_E_ORDER, plm_model_set_trainable(s.m, NULL, true));
    FAILS(PLM_E_ORDER, plm_model_set_learning_rate_factor(s.m, NULL, 1));
    FAILS(PLM_E_ORDER, plm_adapt(s.m, NULL));
    FAILS(PLM_E_ORDER, plm_model_memory(s.m, s.d, NULL));
    FAILS(PLM_E_ORDER, plm_model_history(s.m, NULL));
    FAILS(PLM_E_ORDER, plm_parameter_read(s.m, 0, NULL));
    FAILS(PLM_E_ORDER, plm_parameter_write(s.m, 0, NULL));
    GIVES_NULL(plm_model_load(s.w, NULL, NULL));
    GIVES_NULL(plm_model_join(2, (const plm_model *[]){s.m, NULL}));
    GIVES_NULL(plm_model_default_loss(s.m, s.d, 9));
    assert_int_equal(plm_model_input_shape(s.m, NULL), 1);
    assert_int_equal(plm_model_output_shape(s.m, NULL), 1);
    assert_int_equal(plm_model_inputs(s.m, 0, NULL), 1);
    assert_int_equal(plm_parameters(s.m, 0, NULL), 2);
    assert_int_equal(plm_add(s.empty, NULL).id, 0);
    assert_int_equal(plm_input(s.empty, NULL, 1, NULL).id, 0);
    assert_int_equal(plm_merge(s.empty, 2, NULL, "add").id, 0);
    assert_int_equal(plm_find(s.m, NULL).id, 0);
    /* what may be NULL: no loss, equal weights, the usual batch */
    plm_memory_need need;
    assert_int_equal(plm_model_memory(s.m, NULL, &need), PLM_OK);
    assert_int_equal(plm_model_set_loss_weights(s.m, NULL), PLM_OK);
    end(&s);
}

static void streams_say_what_is_missing(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    GIVES_NULL(plm_data_open(s.w, NULL));
    GIVES_NULL(plm_data_open_for(s.m, true, NULL));
    GIVES_NULL(plm_data_arrays(s.w, NULL, &s.y, NULL));
    GIVES_NULL(plm_data_from_arrays(s.w, NULL));
    GIVES_NULL(plm_data_generator(s.w, NULL));
    GIVES_NULL(plm_data_split(s.d, NULL));
    FAILS(PLM_E_ORDER, plm_data_get_info(s.d, NULL));
    FAILS(PLM_E_ORDER, plm_data_next(s.d, NULL));
    FAILS(PLM_E_SPEC, plm_data_rewind(s.d, -1));
    plm_data *inputs = plm_data_arrays(s.w, &s.x, NULL, NULL); /* rows without targets */
    assert_non_null(inputs);
    plm_data_free(inputs);
    end(&s);
}

static void trainings_say_what_is_missing(void **state)
{
    plm_reading r;
    scene s;
    (void)state;
    begin(&s);
    FAILS(PLM_E_ORDER, plm_fit(s.m, NULL, NULL));
    FAILS(PLM_E_SPEC, plm_fit(s.m, s.d, PLM_FIT(.epochs = 1, .extras = 1)));
    FAILS(PLM_E_ORDER, plm_pretrain(s.m, NULL, "rbm", NULL));
    GIVES_NULL(plm_pseudo_labels(s.m, NULL, s.d, .9, NULL));
    GIVES_NULL(plm_pseudo_labels(s.m, s.d, NULL, .9, NULL));
    FAILS(PLM_E_ORDER, (plm_status)plm_checkpoint_epochs(s.w, NULL));
    FAILS(PLM_E_ORDER, plm_checkpoint_get_info(s.w, NULL, NULL));
    FAILS(PLM_E_ORDER, plm_checkpoint_get_info(s.w, "x", NULL));
    FAILS(PLM_E_ORDER, plm_train_batch(s.m, NULL, NULL, 0));
    FAILS(PLM_E_ORDER, plm_evaluate_batch(s.m, NULL, NULL, 0));
    FAILS(PLM_E_ORDER, plm_evaluate(s.m, NULL, NULL, 0));
    FAILS(PLM_E_SHAPE, plm_predict(s.m, NULL, &s.y));
    FAILS(PLM_E_SHAPE, plm_predict(s.m, &s.x, NULL));
    FAILS(PLM_E_SHAPE, plm_predict_several(s.m, 1, NULL, 1, &s.y));
    FAILS(PLM_E_SHAPE, plm_predict_several(s.m, 1, &s.x, 1, NULL));
    FAILS(PLM_E_SHAPE, plm_predict_monte_carlo(s.m, &s.x, 3, NULL, &s.y));
    FAILS(PLM_E_SHAPE, plm_predict_monte_carlo(s.m, &s.x, 3, &s.y, NULL));
    FAILS(PLM_E_ORDER, (plm_status)plm_look(s.m, NULL, &r, 1, NULL));
    GIVES_NULL(plm_doctor(s.m, NULL, NULL));
    assert_int_equal(plm_train_batch(s.m, &s.b, NULL, 4), PLM_OK); /* metrics not wanted */
    assert_int_equal(plm_evaluate_batch(s.m, &s.b, NULL, 4), PLM_OK);
    end(&s);
}

static void files_and_texts_say_what_is_missing(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    GIVES_NULL(plm_file_open(s.w, NULL));
    GIVES_NULL(plm_file_append(s.w, NULL));
    FAILS(PLM_E_ORDER, plm_file_tidy(s.w, NULL));
    plm_file *f = plm_file_open(s.w, "null_arguments.txt");
    assert_non_null(f);
    FAILS(PLM_E_ORDER, plm_file_write(f, NULL, 1));
    FAILS(PLM_E_ORDER, plm_file_print(f, NULL));
    FAILS(PLM_E_ORDER, plm_file_write_at(f, 0, NULL, 1));
    assert_int_equal(plm_file_write(f, NULL, 0), PLM_OK); /* the file is as usable as before */
    plm_file_abandon(f);
    assert_int_equal(plm_printable(NULL, NULL, 9), 0);
    assert_int_equal(plm_printable("a\033b", NULL, 9), 6); /* a\x1bb */
    assert_int_equal(plm_csv_cell(NULL, NULL, NULL, 9), 0);
    assert_int_equal(plm_csv_cell("a,b", NULL, NULL, 9), 5);
    assert_int_equal(plm_tuning(NULL, NULL, 9), 0);
    assert_non_null(plm_describe(NULL, NULL, NULL));
    assert_non_null(plm_describe_json(NULL, NULL));
    end(&s);
}

static void runs_say_what_is_missing(void **state)
{
    scene s;
    (void)state;
    begin(&s);
    GIVES_NULL(plm_run_file_open(s.w, NULL, 0, NULL));
    GIVES_NULL(plm_run_file_open(s.w, "digits", 1, NULL));
    GIVES_NULL(plm_run_file_open(s.w, "digits", -1, NULL));
    GIVES_NULL(plm_run_file_resume(s.w, NULL, 0, NULL));
    GIVES_NULL(plm_run_file_resume(s.w, "x", 1, NULL));
    GIVES_NULL(plm_run_folder_open(s.w, NULL));
    FAILS(PLM_E_ORDER, plm_run_each(s.w, NULL, on_run, NULL));
    FAILS(PLM_E_ORDER, plm_run_each(s.w, ".", NULL, NULL));
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_model),
        cmocka_unit_test(no_model_to_run),
        cmocka_unit_test(no_stream_file_or_run),
        cmocka_unit_test(no_object_to_ask),
        cmocka_unit_test(without_an_object_nothing_is_made),
        cmocka_unit_test(without_an_object_nothing_happens),
        cmocka_unit_test(models_say_what_is_missing),
        cmocka_unit_test(streams_say_what_is_missing),
        cmocka_unit_test(trainings_say_what_is_missing),
        cmocka_unit_test(files_and_texts_say_what_is_missing),
        cmocka_unit_test(runs_say_what_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
