/* Class weights: the same as sample weights made from them, and errors that say what is wrong. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "plummet.h"

enum { ROWS = 12, CLASSES = 3, WIDTH = 4 };

static float x[ROWS * WIDTH], label[ROWS], one_hot[ROWS * CLASSES], weight[ROWS];
static const float of_class[CLASSES] = {0.5f, 1, 4};

static int make(void **state)
{
    (void)state;
    for (int i = 0; i < ROWS; i++) {
        label[i] = (float)(i % CLASSES);
        one_hot[i * CLASSES + i % CLASSES] = 1;
        weight[i] = of_class[i % CLASSES];
        for (int j = 0; j < WIDTH; j++)
            x[i * WIDTH + j] = (float)((i * 7 + j * 3) % 11) / 5.0f - 1;
    }
    return 0;
}

static plm_model *net(plm *w, const char *loss)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(%d, activation=softmax)", CLASSES);
    assert_int_equal(plm_compile(m, "sgd(0.5)", loss, NULL), PLM_OK);
    return m;
}

static void read(const plm_model *m, float out[WIDTH * CLASSES])
{
    assert_int_equal(plm_parameter_read(m, 0, out), PLM_OK);
}

/* One epoch of one batch by class weights against one update by sample weights. */
static void compare(const char *loss, plm_view y)
{
    float by_class[WIDTH * CLASSES], by_row[WIDTH * CLASSES];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 4));
    const plm_view rows = {x, PLM_F32, 2, {ROWS, WIDTH}};
    plm_data *d = plm_data_arrays(w, &rows, &y, "batch(12)");
    plm_model *a = net(w, loss), *b = net(w, loss);
    assert_int_equal(plm_fit(a, d, PLM_FIT(.class_weight = of_class, .classes = CLASSES)), PLM_OK);
    const plm_batch batch = {
        .rows = ROWS, .inputs = 1, .targets = 1, .input = {rows}, .target = {y}, .weight = weight};
    assert_int_equal(plm_train_batch(b, &batch, NULL, 0), PLM_OK);
    read(a, by_class);
    read(b, by_row);
    assert_memory_equal(by_class, by_row, sizeof by_class);
    plm_model_free(a);
    plm_model_free(b);
    plm_data_free(d);
    plm_close(w);
}

static void equal_sample_weights(void **state)
{
    (void)state;
    compare("sparse_categorical_crossentropy", (plm_view){label, PLM_F32, 1, {ROWS}});
    compare("categorical_crossentropy", (plm_view){one_hot, PLM_F32, 2, {ROWS, CLASSES}});
}

static void faults(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_data *d = plm_data_arrays(w, &(plm_view){x, PLM_F32, 2, {ROWS, WIDTH}},
                                  &(plm_view){label, PLM_F32, 1, {ROWS}}, "batch(4)");
    plm_model *m = net(w, "sparse_categorical_crossentropy");
    assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = of_class, .classes = 2)), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "2 numbers, but the output has 3 classes"));
    const float more[CLASSES + 1] = {1, 1, 1, 1};
    assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = more, .classes = CLASSES + 1)),
                     PLM_E_SPEC);
    assert_non_null(
        strstr(plm_last_error(w)->what, "a weight for class 3, but the output has 3 classes"));
    assert_string_equal(plm_last_error(w)->key, "class_weight");
    assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = more)), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "0 numbers, but the output has 3 classes"));
    assert_int_equal(plm_fit(m, d, PLM_FIT(.classes = 3)), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->what, "classes is 3 and class_weight is NULL");
    assert_int_equal(plm_fit(m, d, PLM_FIT(.classes = -1)), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->what, "classes is -1 and class_weight is NULL");
    assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = more, .classes = -1)), PLM_E_SPEC);
    assert_string_equal(plm_last_error(w)->what, "classes is -1");
    static const float cannot_be[] = {NAN, -1, INFINITY};
    for (int i = 0; i < 3; i++) {
        const float bad[CLASSES] = {1, cannot_be[i], 1};
        assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = bad, .classes = CLASSES)),
                         PLM_E_SPEC);
        assert_non_null(strstr(plm_last_error(w)->what, "the weight of class 1 is"));
    }
    assert_int_equal(plm_fit(m, d, NULL), PLM_OK); /* weights are of one fit */
    plm_model_free(m);
    plm_data_free(d);
    plm_close(w);
}

/* One sigmoid has two classes; one linear unit may have labels of any number. */
static void one_unit(void **state)
{
    static const float three[3] = {1, 2, 3};
    float yes[ROWS];
    (void)state;
    for (int i = 0; i < ROWS; i++)
        yes[i] = (float)(i % 2);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    const plm_view rows = {x, PLM_F32, 2, {ROWS, WIDTH}};
    for (int i = 0; i < 2; i++) {
        const plm_view y = {i == 0 ? yes : label, PLM_F32, 1, {ROWS}};
        plm_data *d = plm_data_arrays(w, &rows, &y, "batch(4)");
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(%d)", WIDTH);
        plm_add(m, i == 0 ? "dense(1, activation=sigmoid)" : "dense(1)");
        assert_int_equal(
            plm_compile(m, "sgd(0.1)", i == 0 ? "binary_crossentropy" : "mean_squared_error", NULL),
            PLM_OK);
        assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = three, .classes = 3)),
                         i == 0 ? PLM_E_SPEC : PLM_OK);
        assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = three, .classes = 2)),
                         i == 0 ? PLM_OK : PLM_E_DATA);
        plm_model_free(m);
        plm_data_free(d);
    }
    plm_close(w);
}

/* A label that the loss leaves out needs no class weight; the weights of the others hold. Without
 * ignore_class it is an error, whose hint names it. */
static void ignored_label(void **state)
{
    static const float outside[] = {-1, 255};
    float masked[ROWS], by_class[WIDTH * CLASSES], by_row[WIDTH * CLASSES];
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 4));
    const plm_view rows = {x, PLM_F32, 2, {ROWS, WIDTH}}, y = {masked, PLM_F32, 1, {ROWS}};
    for (int k = 0; k < 2; k++) {
        char loss[80];
        snprintf(loss, sizeof loss, "sparse_categorical_crossentropy(ignore_class=%g)",
                 (double)outside[k]);
        memcpy(masked, label, sizeof masked);
        masked[2] = masked[7] = outside[k];
        plm_data *d = plm_data_arrays(w, &rows, &y, "batch(12)");
        plm_model *a = net(w, loss), *b = net(w, loss);
        assert_int_equal(plm_fit(a, d, PLM_FIT(.class_weight = of_class, .classes = CLASSES)),
                         PLM_OK);
        const plm_batch batch = {.rows = ROWS,
                                 .inputs = 1,
                                 .targets = 1,
                                 .input = {rows},
                                 .target = {y},
                                 .weight = weight};
        assert_int_equal(plm_train_batch(b, &batch, NULL, 0), PLM_OK);
        read(a, by_class);
        read(b, by_row);
        assert_memory_equal(by_class, by_row, sizeof by_class);
        plm_model *strict = net(w, "sparse_categorical_crossentropy");
        assert_int_equal(plm_fit(strict, d, PLM_FIT(.class_weight = of_class, .classes = CLASSES)),
                         PLM_E_DATA);
        assert_string_equal(plm_last_error(w)->key, "class_weight");
        plm_model_free(strict);
        plm_model_free(a);
        plm_model_free(b);
        plm_data_free(d);
    }
    plm_close(w);
}

/* Rows of several classes or none have no class weight; shares of classes, as after mixup, have
 * that of the largest. */
static void several_classes(void **state)
{
    float many[ROWS * CLASSES];
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    const plm_view rows = {x, PLM_F32, 2, {ROWS, WIDTH}};
    const plm_view y = {many, PLM_F32, 2, {ROWS, CLASSES}};
    static const float row[][CLASSES] = {{1, 0, 1}, {0, 0, 0}, {0.25f, 0.25f, 0.5f}, {-1, 1, -1}};
    for (int i = 0; i < 4; i++) {
        memcpy(many, one_hot, sizeof many);
        memcpy(many + 5 * CLASSES, row[i], sizeof row[i]);
        plm_data *d = plm_data_arrays(w, &rows, &y, "batch(4)");
        plm_model *m = net(w, "mean_squared_error");
        assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = of_class, .classes = CLASSES)),
                         i < 2 ? PLM_E_DATA : PLM_OK);
        if (i < 2)
            assert_string_equal(plm_last_error(w)->what,
                                "class weights need one class a row, but the target in row 5, "
                                "counted from 0, of 'y' has several classes or none");
        plm_model_free(m);
        plm_data_free(d);
    }
    plm_close(w);
}

/* A target with a class at each of several positions has no class of its row. */
static void positions(void **state)
{
    static float place[ROWS * 2], every[ROWS * 2 * CLASSES];
    (void)state;
    for (int i = 0; i < ROWS * 2; i++)
        every[i * CLASSES] = 1;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    const plm_view rows = {x, PLM_F32, 3, {ROWS, 2, WIDTH / 2}};
    const plm_view y[2] = {{place, PLM_F32, 2, {ROWS, 2}}, {every, PLM_F32, 3, {ROWS, 2, CLASSES}}};
    for (int i = 0; i < 2; i++) {
        plm_data *d = plm_data_arrays(w, &rows, &y[i], "batch(4)");
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(2, %d)", WIDTH / 2);
        plm_add(m, "dense(%d, activation=softmax)", CLASSES);
        assert_int_equal(
            plm_compile(m, "sgd(0.1)",
                        i == 0 ? "sparse_categorical_crossentropy" : "categorical_crossentropy",
                        NULL),
            PLM_OK);
        assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = of_class, .classes = CLASSES)),
                         PLM_E_SHAPE);
        assert_string_equal(plm_last_error(w)->key, "class_weight");
        assert_int_equal(plm_fit(m, d, NULL), PLM_OK);
        plm_model_free(m);
        plm_data_free(d);
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(several_classes),
                                       cmocka_unit_test(positions),
                                       cmocka_unit_test(equal_sample_weights),
                                       cmocka_unit_test(ignored_label),
                                       cmocka_unit_test(one_unit),
                                       cmocka_unit_test(faults)};
    return cmocka_run_group_tests(tests, make, NULL);
}
