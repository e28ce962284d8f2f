/* What the library refuses from a program: sample weights that are no weights, arrays of a wrong
 * type, entries of arrays that are NULL, statuses that do not exist. */
#include "nn_support.h"
#include "plummet_run.h"

enum { ROWS = 4 };

static float x[ROWS][2] = {{1, 2}, {3, 4}, {5, 6}, {7, 8}}, y[ROWS] = {1, 2, 3, 4};

static plm_model *small_net(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_compile(m, "adam(0.01)", "mse", NULL), PLM_OK);
    return m;
}

static void assert_said(plm *w, plm_status got, plm_status wanted, const char *what)
{
    assert_int_equal(got, wanted);
    if (strstr(plm_last_error(w)->what, what) == NULL)
        fail_msg("the error is '%s', not '%s'", plm_last_error(w)->what, what);
}

/* No weight of the net changes by a batch that is refused. */
static void weights(void **state)
{
    static const float bad[] = {-1, NAN, INFINITY, -INFINITY};
    plm *w = open_runtime(NULL);
    plm_model *m = small_net(w);
    float before[2], after[2];
    (void)state;
    assert_int_equal(plm_parameter_read(m, 0, before), PLM_OK);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        const float weight[ROWS] = {1, 0, bad[i], 1};
        const plm_batch b = {.rows = ROWS,
                             .inputs = 1,
                             .targets = 1,
                             .input = {{x, PLM_F32, 2, {ROWS, 2}}},
                             .target = {{y, PLM_F32, 2, {ROWS, 1}}},
                             .weight = weight};
        assert_said(w, plm_train_batch(m, &b, NULL, 0), PLM_E_DATA, "weight of row 2");
        assert_said(w, plm_evaluate_batch(m, &b, NULL, 0), PLM_E_DATA, "weight of row 2");
    }
    assert_int_equal(plm_parameter_read(m, 0, after), PLM_OK);
    assert_memory_equal(before, after, sizeof before);
    plm_model_free(m);
    plm_close(w);
}

static void output_type(void **state)
{
    plm *w = open_runtime(NULL);
    plm_model *m = small_net(w);
    double out[ROWS];
    plm_view in = {x, PLM_F32, 2, {ROWS, 2}}, to = {out, PLM_F64, 2, {ROWS, 1}};
    (void)state;
    assert_said(w, plm_predict(m, &in, &to), PLM_E_UNSUPPORTED, "output 0 must be float32");
    plm_model_free(m);
    plm_close(w);
}

static void null_setting(void **state)
{
    const char *none[] = {NULL}, *second[] = {"epochs=1", NULL};
    plm *w = open_runtime(NULL);
    (void)state;
    assert_null(plm_run_file_open(w, "digits", 1, none));
    assert_said(w, plm_last_error(w)->status, PLM_E_SPEC, "setting 0");
    assert_null(plm_run_file_open(w, "digits", 2, second));
    assert_said(w, plm_last_error(w)->status, PLM_E_SPEC, "setting 1");
    assert_null(plm_run_file_open(w, "digits", 1, NULL));
    assert_null(plm_run_file_resume(w, "digits", 1, none));
    plm_close(w);
}

static plm_status unknown_status(void *self, plm_run *run, const plm_event *e)
{
    (void)run;
    (void)e;
    return *(const plm_status *)self;
}

static void statuses(void **state)
{
    plm *w = open_runtime(NULL);
    plm_model *m = small_net(w);
    const plm_view in = {x, PLM_F32, 2, {ROWS, 2}}, out = {y, PLM_F32, 2, {ROWS, 1}};
    plm_data *d = plm_data_arrays(w, &in, &out, NULL);
    plm_status status = (plm_status)-999;
    const plm_observer o = {.on_event = unknown_status, .self = &status};
    (void)state;
    assert_said(w, plm_fit(m, d, PLM_FIT(.extra = &o, .extras = 1)), PLM_E_SPEC, "-999");
    status = PLM_E_INTERNAL;
    assert_int_equal(plm_fit(m, d, PLM_FIT(.extra = &o, .extras = 1)), PLM_E_INTERNAL);
    assert_said(w, plm_data_rewind(d, -1), PLM_E_SPEC, "epoch -1");
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(weights), cmocka_unit_test(output_type),
                                       cmocka_unit_test(null_setting), cmocka_unit_test(statuses)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
