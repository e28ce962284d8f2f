/* Another head on a trained body: what stays keeps its parameters, what is frozen does not move, donors stay whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#include "plummet.h"

enum { MOST = 64 * 32 };

static void check(const plm *w, plm_status status)
{
    if (status < 0)
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what, plm_last_error(w)->mend);
}

static plm_model *donor(plm *w, plm_data *data)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "dense(24, activation=elu, name=body)");
    plm_add(m, "batch_normalization(name=norm)");
    plm_add(m, "dense(10, activation=softmax)");
    check(w, plm_compile(m, "adam(0.01)", "sparse_categorical_crossentropy", "accuracy"));
    check(w, plm_fit(m, data, PLM_FIT(.epochs = 2)));
    return m;
}

/* The numbers of a parameter by name; how many. */
static int64_t read(const plm_model *m, const char *name, float *out)
{
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, 0, NULL); i++) {
        plm_parameters(m, i, &p);
        if (strcmp(p.name, name) != 0)
            continue;
        int64_t count = 1;
        for (int k = 0; k < p.rank; k++)
            count *= p.dims[k];
        assert_int_equal(plm_parameter_read(m, i, out), PLM_OK);
        return count;
    }
    fail_msg("no parameter %s", name);
    return 0;
}

static bool same(const plm_model *a, const plm_model *b, const char *name)
{
    static float x[MOST], y[MOST];
    const int64_t n = read(a, name, x);
    return read(b, name, y) == n && memcmp(x, y, (size_t)n * sizeof *x) == 0;
}

static void another_head(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 2));
    plm_data *data = plm_data_open(w, "digits | take(300) | shuffle");
    plm_model *a = donor(w, data), *b = plm_model_clone(a);
    assert_non_null(b);
    assert_true(same(a, b, "body/kernel") && same(a, b, "dense/kernel"));
    check(w, plm_model_pop(b, 1));
    plm_add(b, "dense(10, activation=softmax)"); /* the old name and shape: a fresh head all the same */
    check(w, plm_model_set_trainable(b, "body|nor*", false));
    check(w, plm_compile(b, "adam(0.01)", "sparse_categorical_crossentropy", "accuracy"));
    assert_true(same(a, b, "body/kernel"));
    assert_false(same(a, b, "dense/kernel"));
    check(w, plm_fit(b, data, PLM_FIT(.epochs = 1)));
    assert_true(same(a, b, "body/kernel") && same(a, b, "norm/gamma") && same(a, b, "norm/moving_mean"));
    check(w, plm_model_set_trainable(b, "*", true));
    check(w, plm_compile(b, "adam(0.001)", "sparse_categorical_crossentropy", "accuracy"));
    assert_true(same(a, b, "body/kernel"));
    check(w, plm_fit(b, data, PLM_FIT(.epochs = 1)));
    assert_false(same(a, b, "body/kernel"));
    assert_false(same(a, b, "norm/moving_mean"));
    plm_model_free(a);
    plm_model_free(b);
    plm_data_free(data);
    plm_close(w);
}

static void frozen_layers_survive_a_file(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 2));
    plm_data *data = plm_data_open(w, "digits | take(100)");
    plm_model *a = donor(w, data);
    plm_parameter p;
    check(w, plm_model_set_trainable(a, "body", false));
    check(w, plm_compile(a, "sgd(0.01)", "sparse_categorical_crossentropy", NULL));
    plm_model *b = plm_model_clone(a);
    assert_non_null(b);
    plm_parameters(b, 0, &p);
    assert_string_equal(p.name, "body/kernel");
    assert_false(p.trainable);
    plm_model_free(a);
    plm_model_free(b);
    plm_data_free(data);
    plm_close(w);
}

static void faults(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4)");
    plm_add(m, "dense(2)");
    assert_int_equal(plm_model_set_trainable(m, "conv*", false), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "conv*"));
    assert_int_equal(plm_model_pop(m, 3), PLM_E_ORDER);
    assert_int_equal(plm_model_pop(NULL, 1), PLM_E_ORDER);
    assert_null(plm_model_clone(m)); /* not compiled */
    assert_null(plm_model_clone(NULL));
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_head),
                                       cmocka_unit_test(frozen_layers_survive_a_file),
                                       cmocka_unit_test(faults)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
