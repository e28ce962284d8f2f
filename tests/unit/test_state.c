/* Weights that are copied from one model to another: those of the same name and shape, no more. */
#include "helper.h"

#include <string.h>

#include "study/state.h"

enum { NUMBERS = 100 };

/* Compiles a chain of layers; each seed gives other weights. */
static plm_model *make(plm *w, const char *layers)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "%s", layers);
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    return m;
}

/* Reads a parameter by its name; returns how many numbers. */
static size_t read(const plm_model *m, const char *name, float *out)
{
    plm_parameter p;
    for (int64_t i = 0; i < plm_parameters(m, i, &p); i++)
        if (strcmp(p.name, name) == 0) {
            size_t count = 1;
            for (int k = 0; k < p.rank; k++)
                count *= (size_t)p.dims[k];
            assert_true(count <= NUMBERS);
            assert_int_equal(plm_parameter_read(m, i, out), PLM_OK);
            return count;
        }
    fail_msg("no parameter %s", name);
    return 0;
}

/* Whether a parameter has the same values in two models. */
static bool same(const plm_model *a, const plm_model *b, const char *name)
{
    float one[NUMBERS] = {0}, other[NUMBERS] = {0};
    const size_t count = read(a, name, one);
    return read(b, name, other) == count && memcmp(one, other, count * sizeof *one) == 0;
}

static void test_names_and_shapes(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 1)),
        *v = plm_open(PLM_OPTIONS(.threads = 1, .seed = 2));
    const char *const from = "input(3) | dense(4, name=a) | dense(5, name=b) | dense(2, name=c)",
                      *const to = "input(3) | dense(4, name=a) | dense(6, name=b) | dense(2, "
                                  "name=d) | dense(2, name=c)";
    plm_model *m = make(w, from), *n = make(v, to), *untouched = make(v, to);
    assert_int_equal(plm_state_give(m, n), PLM_OK);
    assert_true(same(m, n, "a/kernel") && same(m, n, "a/bias"));
    assert_false(same(m, untouched, "a/kernel"));
    assert_true(same(n, untouched, "b/kernel")); /* another number of units */
    assert_true(same(n, untouched, "d/kernel")); /* another name */
    assert_true(same(n, untouched, "c/kernel")); /* another number of inputs */
    plm_model_free(m);
    plm_model_free(n);
    plm_model_free(untouched);
    plm_close(w);
    plm_close(v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_names_and_shapes)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
