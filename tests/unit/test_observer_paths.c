/* Two observers of a fit must not write the same file, however its name is written. */
#define _XOPEN_SOURCE 700
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static float x[8], y[4];

/* Fits with these observers in the current folder. */
static plm_status fit(plm *w, const char *observers, const char *checkpoint, const char *folder)
{
    const plm_view in = {x, PLM_F32, 2, {4, 2}}, out = {y, PLM_F32, 1, {4}};
    plm_data *d = plm_data_arrays(w, &in, &out, "batch(2)");
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2)");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    const plm_status status = plm_fit(m, d,
                                      PLM_FIT(.observers = observers, .checkpoint = checkpoint,
                                              .folder = folder, .outside = folder != NULL));
    plm_model_free(m);
    plm_data_free(d);
    return status;
}

static const char *const same[] = {
    "csv_logger('a.csv'), csv_logger('a.csv')",
    "csv_logger('a.csv'), csv_logger('a.csv', append=true)",
    "csv_logger('a.csv'), step_logger('./a.csv')",
    "step_logger, csv_logger('steps.csv')",
    "csv_logger('in/a.csv'), step_logger('in/../in/a.csv')",
    "csv_logger('link.csv'), step_logger('target.csv')",
    "checkpoint('m.safetensors'), checkpoint('./m.safetensors')",
    "tensorboard('logs'), tensorboard('logs/')",
};
static const char *const other[] = {
    "csv_logger('b.csv'), csv_logger('c.csv')",
    "csv_logger('in/b.csv'), csv_logger('d.csv')",
    "csv_logger('/dev/null'), step_logger('/dev/null')",
};

static void one_file_has_one_writer(void **state)
{
    char folder[] = "/tmp/plummet-paths-XXXXXX", command[64];
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(chdir(folder), 0);
    assert_int_equal(mkdir("in", 0700), 0);
    assert_int_equal(symlink("target.csv", "link.csv"), 0);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (int again = 0; again < 2; again++) {
        for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
            assert_int_equal(fit(w, same[i], NULL, NULL), PLM_E_SPEC);
            assert_error(w, PLM_E_SPEC, "two observers write the same file", "for each observer");
            assert_string_equal(plm_last_error(w)->key, "observers");
        }
        for (size_t i = 0; i < sizeof other / sizeof *other; i++)
            assert_int_equal(fit(w, other[i], NULL, NULL), PLM_OK);
        assert_int_equal(fit(w, "checkpoint('k')", "k", NULL), PLM_E_SPEC);
        assert_error(w, PLM_E_SPEC, "the fit's own checkpoint", NULL);
        assert_int_equal(fit(w, "checkpoint('k')", "l", NULL), PLM_OK);
        assert_int_equal(fit(w, "checkpoint('k'), csv_logger('e.csv')", "in/k", "in"), PLM_E_SPEC);
        /* the second time the files are there */
        assert_int_equal(fit(w, "csv_logger('a.csv'), step_logger('steps.csv')", NULL, NULL),
                         PLM_OK);
    }
    plm_close(w);
    assert_int_equal(chdir("/"), 0);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    assert_int_equal(system(command), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(one_file_has_one_writer)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
