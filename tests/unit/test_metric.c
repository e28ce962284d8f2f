/* Metrics: figures of rows by hand, names that go by shape, and those of losses. */
#include "nn_support.h"

enum { STRIDE = 16 };

/* One row's figure. */
static double figure(plm *w, const char *spec, size_t k, const double *p, size_t targets,
                     const double *t)
{
    plm_arena a = {.w = w};
    const void *config = NULL;
    const plm_metric_kind *kind = (const void *)bind(&a, "metric", spec, &config);
    plm_real prediction[2 * STRIDE], target[2 * STRIDE], value[2] = {-1, -1};
    for (size_t i = 0; i < 2 * STRIDE; i++) {
        /* padding may hold anything */
        prediction[i] = i % STRIDE < k ? (plm_real)p[i % STRIDE] : 1000;
        target[i] = i % STRIDE < targets ? (plm_real)t[i % STRIDE] : 1000;
    }
    kind->rows(&(plm_metric_rows){.kernel = w->kernel,
                                  .config = config,
                                  .prediction = prediction,
                                  .target = target,
                                  .value = value,
                                  .rows = 2,
                                  .width = k,
                                  .stride = STRIDE,
                                  .target_width = targets,
                                  .target_stride = STRIDE});
    assert_true(value[0] == value[1] || (value[0] != value[0] && value[1] != value[1]));
    plm_arena_free(&a);
    return (double)value[0];
}

#define ROW(...)                                                                                   \
    sizeof((const double[]){__VA_ARGS__}) / sizeof(double), (const double[])                       \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void test_accuracies(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    const char *sparse = "sparse_categorical_accuracy", *dense = "categorical_accuracy",
               *binary = "binary_accuracy";
    assert_near(figure(w, sparse, ROW(0.1, 0.7, 0.2), ROW(1)), 1, 0, sparse, 0);
    assert_near(figure(w, sparse, ROW(0.1, 0.7, 0.2), ROW(2)), 0, 0, sparse, 1);
    assert_near(figure(w, sparse, ROW(0.4, 0.4, 0.2), ROW(0)), 1, 0, "the first of equals", 0);
    assert_near(figure(w, sparse, ROW(0.4, 0.4, 0.2), ROW(1)), 0, 0, "the first of equals", 1);
    assert_near(figure(w, sparse, ROW(NAN, NAN, NAN), ROW(0)), 0, 0, "nothing is right about NaN",
                0);
    assert_near(figure(w, dense, ROW(0.1, 0.7, 0.2), ROW(0, 1, 0)), 1, 0, dense, 0);
    assert_near(figure(w, dense, ROW(0.1, 0.7, 0.2), ROW(1, 0, 0)), 0, 0, dense, 1);
    assert_near(figure(w, binary, ROW(0.6), ROW(1)), 1, 0, binary, 0);
    assert_near(figure(w, binary, ROW(0.5), ROW(1)), 0, 0, "0.5 is not above 0.5", 0);
    assert_near(figure(w, binary, ROW(0.6, 0.2, 0.9, 0.1), ROW(1, 0, 0, 0)), 0.75, 0, binary, 1);
    assert_near(figure(w, "binary_accuracy(0.95)", ROW(0.6, 0.2, 0.9, 0.1), ROW(1, 0, 0, 0)), 0.75,
                0, binary, 2);
    assert_near(figure(w, "binary_accuracy(threshold=0)", ROW(-2, 3), ROW(0, 1)), 1, 0, binary, 3);
    assert_near(figure(w, "sparse_top_k_categorical_accuracy(2)", ROW(3, 1, 2), ROW(2)), 1, 0,
                "top 2", 0);
    assert_near(figure(w, "sparse_top_k_categorical_accuracy(2)", ROW(3, 1, 2), ROW(1)), 0, 0,
                "top 2", 1);
    assert_near(figure(w, "top_k_categorical_accuracy(1)", ROW(3, 3, 2), ROW(0, 1, 0)), 1, 0,
                "ties count", 0);
    assert_near(figure(w, "top_k_categorical_accuracy", ROW(3, 1, 2), ROW(0, 1, 0)), 1, 0,
                "top 5 of 3", 0);
    plm_close(w);
}

static void test_loss_named(void **state)
{
    plm *w = open_runtime(NULL);
    (void)state;
    assert_near(figure(w, "mse", ROW(1, 2, 3), ROW(1, 0, 0)), 13.0 / 3, 1e-6, "mse", 0);
    assert_near(figure(w, "mae", ROW(1, 2, 3), ROW(1, 0, 0)), 5.0 / 3, 1e-6, "mae", 0);
    assert_near(figure(w, "MeanSquaredError", ROW(1), ROW(3)), 4, 1e-6, "mse", 1);
    assert_near(figure(w, "sparse_categorical_crossentropy", ROW(0.25, 0.75), ROW(0)), log(4), 1e-6,
                "sparse", 0);
    assert_near(figure(w, "categorical_crossentropy", ROW(0.25, 0.75), ROW(1, 0)), log(4), 1e-6,
                "categorical", 0);
    assert_near(figure(w, "binary_crossentropy", ROW(0.25), ROW(1)), log(4), 1e-6, "binary", 0);
    assert_near(figure(w, "cosine_similarity", ROW(1, 1), ROW(1, 0)), sqrt(0.5), 1e-6, "cosine", 0);
    plm_close(w);
}

static void test_names_by_shape(void **state)
{
    plm *w = open_runtime(NULL);
    const plm_shape ten = plm_shape_of(1, (int64_t[]){10}), one = plm_shape_of(1, (int64_t[]){1});
    const plm_shape none = plm_shape_of(0, NULL);
    const char *name = NULL;
    (void)state;
    assert_int_equal(plm_metric_resolve(w, "accuracy", &ten, &none, false, &name), PLM_OK);
    assert_string_equal(name, "sparse_categorical_accuracy");
    plm_metric_resolve(w, "acc", &ten, &one, false, &name);
    assert_string_equal(name, "sparse_categorical_accuracy");
    plm_metric_resolve(w, "Accuracy", &ten, &ten, false, &name);
    assert_string_equal(name, "categorical_accuracy");
    plm_metric_resolve(w, "accuracy", &one, &none, false, &name);
    assert_string_equal(name, "binary_accuracy");
    plm_metric_resolve(w, "crossentropy", &one, &one, false, &name);
    assert_string_equal(name, "binary_crossentropy");
    plm_metric_resolve(w, "accuracy", &ten, &ten, true, &name);
    assert_string_equal(name, "binary_accuracy");
    plm_metric_resolve(w, "ce", &ten, &ten, true, &name);
    assert_string_equal(name, "binary_crossentropy");
    plm_metric_resolve(w, "mse", &one, &one, false, &name);
    assert_string_equal(name, "mse");
    assert_int_equal(plm_metric_resolve(w, NULL, &one, &one, false, &name), PLM_E_ORDER);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_accuracies),
        cmocka_unit_test(test_loss_named),
        cmocka_unit_test(test_names_by_shape),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
