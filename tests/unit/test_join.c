/* Joined models: their outputs are the means of the outputs of the single ones, to the bit, before
 * and after they went through a file; models that do not fit are refused. */
#include "data_support.h"

#include <string.h>

#include "model/model.h"

enum { ROWS = 30 };

/* A compiled model of input(4); seed: of its initializers. */
static plm_model *net_of(plm *w, const char *layers, int seed, const char *loss)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4, name=in%d)", seed);
    plm_add(m, "normalization | dense(5, tanh, kernel_initializer=glorot_normal(%d))", seed);
    plm_add(m, "batch_normalization");
    plm_add(m, "%s", layers);
    assert_int_equal(plm_compile(m, "adam(0.01)", loss, ""), PLM_OK);
    return m;
}

/* Predicts the rows of x into y [ROWS, 3]. */
static void predict(plm_model *m, const float *x, float *y)
{
    const plm_view in = plm_view_of(x, PLM_F32, 2, (int64_t[]){ROWS, 4});
    plm_view out = plm_view_of(y, PLM_F32, 2, (int64_t[]){ROWS, 3});
    assert_int_equal(plm_predict(m, &in, &out), PLM_OK);
}

static void outputs_are_means(void **state)
{
    plm *w = plm_open(NULL);
    float x[ROWS * 4], y[3][ROWS * 3], mean[ROWS * 3];
    plm_model *m[3];
    (void)state;
    for (int i = 0; i < ROWS * 4; i++)
        x[i] = (float)(i * 37 % 101) / 50 - 1;
    for (int k = 0; k < 3; k++) {
        m[k] = net_of(w, "dense(3, softmax)", k + 1, "sparse_categorical_crossentropy");
        predict(m[k], x, y[k]);
    }
    plm_model *joined = plm_model_join(3, (const plm_model *const *)m);
    assert_non_null(joined);
    predict(joined, x, mean);
    for (int i = 0; i < ROWS * 3; i++) {
        const plm_real sum = (plm_real)y[0][i] + (plm_real)y[1][i] + (plm_real)y[2][i];
        if (sizeof(plm_real) == sizeof(float))
            assert_true(mean[i] == (float)(sum * ((plm_real)1 / 3)));
        else
            assert_true((double)mean[i] - (double)sum / 3 < 1e-6 &&
                        (double)sum / 3 - (double)mean[i] < 1e-6);
    }
    assert_int_equal(plm_model_save(joined, test_path("joined.st"), NULL), PLM_OK);
    plm_model *again = plm_model_load(w, test_path("joined.st"), NULL);
    assert_non_null(again);
    predict(again, x, y[0]);
    assert_memory_equal(y[0], mean, sizeof mean);
    /* the nets are still their own, and a joined model can be joined again */
    plm_model *twice = plm_model_join(2, (const plm_model *const[]){joined, again});
    assert_non_null(twice);
    for (int k = 0; k < 3; k++)
        plm_model_free(m[k]);
    plm_model_free(joined);
    plm_model_free(again);
    plm_model_free(twice);
    plm_close(w);
}

static void unlike_models_are_refused(void **state)
{
    plm *w = plm_open(NULL);
    plm_model *a = net_of(w, "dense(3)", 1, "mse"), *b = net_of(w, "dense(2)", 2, "mse");
    plm_model *c = plm_model_new(w);
    (void)state;
    plm_add(c, "input(5)");
    plm_add(c, "dense(3)");
    assert_int_equal(plm_compile(c, "sgd", "mse", ""), PLM_OK);
    assert_null(plm_model_join(2, (const plm_model *const[]){a, b}));
    assert_int_equal(plm_last_error(w)->status, PLM_E_SHAPE);
    assert_null(plm_model_join(2, (const plm_model *const[]){a, c}));
    assert_non_null(strstr(plm_last_error(w)->what, "model 1 has other inputs"));
    assert_null(plm_model_join(1, (const plm_model *const[]){a}));
    assert_non_null(strstr(plm_last_error(w)->what, "1 models are given"));
    assert_null(plm_model_join(2, NULL));
    assert_null(plm_model_join(2, (const plm_model *const[]){a, NULL}));
    assert_int_equal(plm_last_error(w)->status, PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "model 1 is NULL"));
    assert_null(plm_model_join(2, (const plm_model *const[]){NULL, a}));
    assert_non_null(strstr(plm_last_error(w)->what, "model 0 is NULL"));
    assert_null(plm_model_join(2, (const plm_model *const[]){NULL, NULL}));
    assert_null(plm_model_join(0, (const plm_model *const[]){a, b}));
    assert_null(plm_model_join(-1, (const plm_model *const[]){a, b}));
    plm_model_free(a);
    plm_model_free(b);
    plm_model_free(c);
    plm_close(w);
}

/* All models belong to one runtime. */
static void runtimes_are_not_mixed(void **state)
{
    plm *w = plm_open(NULL), *other = plm_open(NULL);
    plm_model *a = net_of(w, "dense(3)", 1, "mse"), *b = net_of(w, "dense(3)", 2, "mse"),
              *c = net_of(other, "dense(3)", 3, "mse");
    (void)state;
    assert_null(plm_model_join(2, (const plm_model *const[]){a, c}));
    assert_int_equal(plm_last_error(w)->status, PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "model 1 has another runtime than model 0"));
    assert_null(plm_model_join(3, (const plm_model *const[]){a, b, c}));
    assert_non_null(strstr(plm_last_error(w)->what, "model 2 has another runtime than model 0"));
    plm_model_free(a);
    plm_model_free(b);
    plm_model_free(c);
    plm_close(other);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outputs_are_means),
        cmocka_unit_test(unlike_models_are_refused),
        cmocka_unit_test(runtimes_are_not_mixed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
