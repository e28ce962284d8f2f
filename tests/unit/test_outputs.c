/* Several inputs and outputs: losses and what they weigh, metrics of each, sample weights,
 * predictions, and the words that a saved model keeps. Heads begin at zero, so that losses and
 * first steps are known by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <math.h>
#include <cmocka.h>

#include "data_support.h"
#include "plummet.h"

enum { ROWS = 4, CLASSES = 3 };

static float left[ROWS * 2] = {1, 2, -1, 0, 3, 1, 0.5f, -2}, right[ROWS] = {1, -1, 2, 0.5f};
static float price[ROWS] = {1, 2, -3, 0.5f}, kind[ROWS] = {0, 1, 2, 0},
             weight[ROWS] = {1, 0, 2, 0.5f};

static const plm_view inputs[2] = {{left, PLM_F32, 2, {ROWS, 2}}, {right, PLM_F32, 2, {ROWS, 1}}};
static const plm_view targets[2] = {{price, PLM_F32, 1, {ROWS}}, {kind, PLM_F32, 1, {ROWS}}};
static const plm_view weights = {weight, PLM_F32, 1, {ROWS}};

/* [left, right] -> price (a number), kind (one of three). */
static plm_model *net(plm *w)
{
    plm_model *m = plm_model_new(w);
    const plm_value a = plm_input(m, "left", 1, (const int64_t[]){2}),
                    b = plm_input(m, "right", 1, (const int64_t[]){1});
    const plm_value both = plm_merge(m, 2, (const plm_value[]){a, b}, "concatenate");
    plm_output(m, plm_apply(m, both, "dense(1, kernel_initializer=zeros, name=price)"));
    plm_output(
        m, plm_apply(m, both, "dense(3, activation=softmax, kernel_initializer=zeros, name=kind)"));
    return m;
}

static const char losses[] = "mse, sparse_categorical_crossentropy";

static plm_model *compiled(plm *w, const char *loss, const char *loss_weights, const char *metrics)
{
    plm_model *m = net(w);
    assert_int_equal(plm_model_set_loss_weights(m, loss_weights), PLM_OK);
    if (plm_compile(m, "sgd(0.5)", loss, metrics) < 0)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    return m;
}

static plm_data *data(plm *w, bool weighted, const char *transforms)
{
    plm_data *d = plm_data_from_arrays(
        w, PLM_ARRAYS(.inputs = 2, .input = inputs, .targets = 2, .target = targets,
                      .weight = weighted ? &weights : NULL, .transforms = transforms));
    assert_non_null(d);
    return d;
}

static void is_log(const plm_log *log, const char *name, double value)
{
    assert_non_null(log->name);
    assert_string_equal(log->name, name);
    if (!(log->value - value < 1e-6 && value - log->value < 1e-6))
        fail_msg("%s is %.9g, not %.9g", name, log->value, value);
}

static const double mean_square = (1 + 4 + 9 + 0.25) / 4, log_3 = 1.0986122886681098;

/* ---- losses ---- */

static void losses_are_weighed(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    static const char *const said[] = {"1, 0.25", "kind=0.25", "1, kind=0.25", "price=1, kind=1/4"};
    for (int i = 0; i < 4; i++) {
        plm_model *m = compiled(w, losses, said[i], "price=[mae, mse], kind=accuracy");
        plm_data *d = data(w, false, "batch(3)"); /* the last batch has one row */
        plm_log log[8];
        assert_int_equal(plm_evaluate(m, d, log, 8), PLM_OK);
        is_log(&log[0], "loss", mean_square + 0.25 * log_3);
        is_log(&log[1], "price_loss", mean_square);
        is_log(&log[2], "kind_loss", log_3);
        is_log(&log[3], "price_mae", 6.5 / 4);
        is_log(&log[4], "price_mse", mean_square);
        is_log(&log[5], "kind_accuracy", 0.5);
        assert_null(log[6].name);
        assert_string_equal(plm_model_setting(m, "loss_weights"), said[i]);
        plm_data_free(d);
        plm_model_free(m);
    }
    plm_close(w);
}

/* After one step of sgd(0.5) from zero, the bias of price is 0.5 * loss weight * mean of 2 *
 * weight * y. */
static void step(plm *w, const char *loss_weights, bool weighted, double expected,
                 double expected_kind)
{
    float bias[1], kinds[CLASSES];
    plm_model *m = compiled(w, losses, loss_weights, NULL);
    plm_data *d = data(w, weighted, NULL);
    if (plm_fit(m, d, NULL) != PLM_OK)
        fail_msg("%s: %s", plm_last_error(w)->where, plm_last_error(w)->what);
    assert_int_equal(plm_parameter_read(m, 1, bias), PLM_OK);
    assert_int_equal(plm_parameter_read(m, 3, kinds), PLM_OK);
    assert_float_equal(bias[0], expected, 1e-6);
    assert_float_equal(kinds[0], expected_kind, 1e-6);
    plm_data_free(d);
    plm_model_free(m);
}

static void gradients_are_weighed(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    /* gradient of the bias of class 0: mean of weight * (1/3 - [label = 0]) */
    step(w, NULL, false, 0.5 * 2 * 0.5 / 4, 0.5 * (2 - 4.0 / 3) / 4);
    step(w, "0.1, 1", false, 0.1 * 0.5 * 2 * 0.5 / 4, 0.5 * (2 - 4.0 / 3) / 4);
    step(w, "1, 0", false, 0.5 * 2 * 0.5 / 4, 0);
    step(w, "2, 3", true, 2 * 0.5 * 2 * (1 - 6 + 0.25) / 4, 3 * 0.5 * (1.5 - 3.5 / 3) / 4);
    plm_close(w);
}

/* ---- sample weights ---- */

static void sample_weights_as_in_keras(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = compiled(w, losses, NULL,
                            "price=[mae, mean_absolute_error(weighted=true)], kind=[accuracy, "
                            "accuracy(weighted=true, name=right)]");
    plm_data *d = data(w, true, "batch(3)");
    plm_log log[8];
    assert_int_equal(plm_evaluate(m, d, log, 8), PLM_OK);
    is_log(&log[1], "price_loss", (1 + 0 + 18 + 0.125) / 4); /* sum(w * l) / n */
    is_log(&log[2], "kind_loss", 3.5 * log_3 / 4);
    is_log(&log[3], "price_mae", 6.5 / 4); /* plain metrics leave weights out */
    is_log(&log[4], "price_mean_absolute_error", (1 + 6 + 0.25) / 3.5);
    is_log(&log[5], "kind_accuracy", 0.5);
    is_log(&log[6], "kind_right", 1.5 / 3.5);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* Nothing counts: the loss is 0, nothing is learned, nothing is divided by 0. */
static void all_weights_zero(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    float before[3], none[ROWS] = {0};
    const plm_view nothing = {none, PLM_F32, 1, {ROWS}};
    plm_model *m = compiled(w, losses, NULL, "price=mse(weighted=true)");
    plm_data *d = plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 2, .input = inputs, .targets = 2,
                                                     .target = targets, .weight = &nothing,
                                                     .transforms = "batch(1)"));
    plm_log log[8];
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2)), PLM_OK);
    assert_int_equal(plm_evaluate(m, d, log, 8), PLM_OK);
    is_log(&log[0], "loss", 0);
    assert_string_equal(log[3].name, "price_mse");
    assert_true(isnan(log[3].value)); /* there is nothing to divide by */
    assert_int_equal(plm_parameter_read(m, 0, before), PLM_OK);
    assert_true(before[0] == 0 && before[1] == 0 && before[2] == 0);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* A row that weighs nothing is as if ignored by ignore_class, but for the number of rows that
 * the mean is over. */
static void ignored_labels(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = compiled(w, "mse, sparse_categorical_crossentropy(ignore_class=0)", NULL, NULL);
    plm_data *d = data(w, true, NULL);
    plm_log log[4];
    assert_int_equal(plm_evaluate(m, d, log, 4), PLM_OK);
    /* labels 1 and 2 weigh 0 and 2; the mean is over these two */
    is_log(&log[2], "kind_loss", (0 + 2) * log_3 / 2);
    plm_data_free(d);
    d = data(w, true, "take(1)"); /* its only label is ignored */
    assert_int_equal(plm_evaluate(m, d, log, 4), PLM_OK);
    is_log(&log[2], "kind_loss", 0);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

static void class_weights_beside(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = compiled(w, losses, NULL, NULL);
    plm_data *d = data(w, true, NULL);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = weight, .classes = 3)), PLM_E_SPEC);
    test_error(w, PLM_E_SPEC, "class weights and sample weights exclude each other");
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* ---- words that do not fit ---- */

static void refused(plm *w, const char *loss, const char *loss_weights, const char *metrics,
                    const char *part)
{
    plm_model *m = net(w);
    assert_int_equal(plm_model_set_loss_weights(m, loss_weights), PLM_OK);
    const plm_status status = plm_compile(m, "sgd", loss, metrics);
    if (status != PLM_E_SPEC)
        fail_msg("%s, %s, %s: status %d, not E_SPEC", loss, loss_weights ? loss_weights : "",
                 metrics, status);
    test_error(w, PLM_E_SPEC, part);
    plm_model_free(m);
}

static void bad_words(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    refused(w, "mse, mae, mse", NULL, "", "3 entries are given for 2 outputs");
    refused(w, "price=mse", NULL, "", "output 'kind' has no loss");
    refused(w, "price=mse, kinds=mse", NULL, "", "the model has no output 'kinds'");
    refused(w, "mse, price=mse", NULL, "", "output 'price' is given twice");
    refused(w, "mse, mae, kind=mse", NULL, "", "output 'kind' is given twice");
    refused(w, "mse mse", NULL, "", "expected ',' or the end");
    refused(w, losses, "1, -1", "", "the loss of output 'kind' cannot have the weight -1");
    refused(w, losses, "1, mse", "", "cannot have the weight mse");
    refused(w, losses, "inf, 1", "", "cannot have the weight inf");
    refused(w, losses, "1, 1, 1", "", "3 entries are given for 2 outputs");
    refused(w, losses, "aux=2", "", "its outputs: price, kind");
    refused(w, losses, NULL, "mae, mse, accuracy", "3 entries are given for 2 outputs");
    refused(w, losses, NULL, "aux=mse", "the model has no output 'aux'");
    refused(w, losses, NULL, "price=[mse, 3]", "a metric is not given by its name");
    plm_model *m = compiled(w, losses, NULL, "mae, none");
    plm_log log[8];
    plm_data *d = data(w, false, NULL);
    assert_int_equal(plm_evaluate(m, d, log, 8), PLM_OK);
    is_log(&log[3], "price_mae", 6.5 / 4);
    assert_null(log[4].name);
    plm_data_free(d);
    d = plm_data_from_arrays(
        w, PLM_ARRAYS(.inputs = 1, .input = inputs, .targets = 2, .target = targets));
    assert_int_equal(plm_evaluate(m, d, log, 8), PLM_E_SHAPE);
    test_error(w, PLM_E_SHAPE, "the data has 1 input, but the model has 2");
    plm_data_free(d);
    d = plm_data_from_arrays(
        w, PLM_ARRAYS(.inputs = 2, .input = inputs, .targets = 1, .target = targets));
    assert_int_equal(plm_evaluate(m, d, log, 8), PLM_E_SHAPE);
    test_error(w, PLM_E_SHAPE, "the data has 1 target, but the model has 2 outputs");
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

/* A fault of plm_model_set_loss_weights leaves the model as it was; words that do not fit are
 * told by plm_compile, and again until they are taken back. */
static void loss_weights_refused(void **state)
{
    enum { LONG = 1 << 20 };
    (void)state;
    test_memory t;
    plm *w = test_open(&t, NULL);
    plm_model *m = compiled(w, losses, "kind=0.25", NULL);
    plm_data *d = data(w, false, NULL);
    plm_log before[8], after[8];
    assert_int_equal(plm_model_set_loss_weights(NULL, "1, 1"), PLM_E_ORDER);
    assert_int_equal(plm_evaluate(m, d, before, 8), PLM_OK);

    char *words = calloc(LONG + 1, 1); /* more than the model has room for */
    assert_non_null(words);
    memset(words, ' ', LONG);
    memcpy(words, "1, 1", 4);
    t.fail_at = t.calls + 1;
    assert_int_equal(plm_model_set_loss_weights(m, words), PLM_E_MEMORY);
    t.fail_at = 0;
    test_error(w, PLM_E_MEMORY, "out of memory");
    free(words);
    assert_string_equal(plm_model_setting(m, "loss_weights"), "kind=0.25");
    assert_int_equal(plm_evaluate(m, d, after, 8), PLM_OK); /* still compiled */
    assert_true(before[0].value == after[0].value);

    assert_int_equal(plm_model_set_loss_weights(m, "1, 1, 1"), PLM_OK);
    assert_int_equal(plm_evaluate(m, d, after, 8), PLM_E_ORDER); /* compile first */
    for (int i = 0; i < 2; i++) {
        assert_int_equal(plm_compile(m, "sgd", losses, NULL), PLM_E_SPEC);
        assert_string_equal(plm_last_error(w)->where, "loss_weights");
        test_error(w, PLM_E_SPEC, "3 entries are given for 2 outputs");
    }
    assert_int_equal(plm_model_set_loss_weights(m, "kind=0.25"), PLM_OK);
    assert_int_equal(plm_compile(m, "sgd", losses, NULL), PLM_OK);
    assert_int_equal(plm_evaluate(m, d, after, 8), PLM_OK);
    assert_true(before[0].value == after[0].value);
    plm_data_free(d);
    plm_model_free(m);
    test_close(w, &t);
}

/* ---- saved and loaded ---- */

static void words_are_kept(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = compiled(w, losses, "kind=0.25", "mae, accuracy");
    plm_data *d = data(w, true, NULL);
    plm_log before[8], after[8];
    plm_port port;
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 3)), PLM_OK);
    assert_int_equal(plm_evaluate(m, d, before, 8), PLM_OK);
    const char *path = test_path("two.safetensors");
    assert_int_equal(plm_model_save(m, path, NULL), PLM_OK);
    plm_model *back = plm_model_load(w, path, NULL);
    assert_non_null(back);
    assert_string_equal(plm_model_setting(back, "loss_weights"), "kind=0.25");
    assert_int_equal(plm_evaluate(back, d, after, 8), PLM_OK);
    for (int i = 0; before[i].name != NULL; i++)
        assert_true(strcmp(before[i].name, after[i].name) == 0 &&
                    before[i].value == after[i].value);
    assert_int_equal(plm_model_inputs(back, 1, &port), 2);
    assert_string_equal(port.name, "right");
    assert_true(port.rank == 1 && port.dims[0] == 1);
    assert_int_equal(plm_model_outputs(back, 1, &port), 2);
    assert_string_equal(port.name, "kind");
    assert_string_equal(port.loss, "sparse_categorical_crossentropy");
    assert_int_equal(plm_model_outputs(back, 2, &port), 2);
    assert_int_equal(plm_model_outputs(NULL, 0, NULL), -1);
    /* the weight of what is gone is forgotten */
    assert_int_equal(plm_model_remove(back, "kind"), PLM_OK);
    assert_int_equal(plm_compile(back, "sgd", "mse", NULL), PLM_OK);
    plm_model_free(back);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    test_clean();
}

/* ---- predictions ---- */

/* The shapes of a row, input and output; before the model is compiled they are not known. */
static void shapes(void **state)
{
    (void)state;
    int64_t dims[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(2, 3) | dense(5)");
    assert_int_equal(plm_model_input_shape(m, dims), -1);
    assert_int_equal(dims[0], -1);
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_model_input_shape(m, dims), 2);
    assert_true(dims[0] == 2 && dims[1] == 3);
    assert_int_equal(plm_model_output_shape(m, dims), 2);
    assert_true(dims[0] == 2 && dims[1] == 5);
    assert_int_equal(plm_model_input_shape(m, NULL), 2);
    plm_model_free(m);
    plm_close(w);
}

static void predictions_of_all(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = compiled(w, losses, NULL, NULL);
    plm_data *d = data(w, false, NULL);
    float kernel[3], bias[1], first[ROWS], kinds[ROWS * CLASSES], spread[ROWS],
        spreads[ROWS * CLASSES];
    plm_view y[3] = {{first, PLM_F32, 2, {ROWS, 1}}, {kinds, PLM_F32, 2, {ROWS, CLASSES}}, {0}};
    plm_view deviation[2] = {{spread, PLM_F32, 2, {ROWS, 1}},
                             {spreads, PLM_F32, 2, {ROWS, CLASSES}}};
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2)), PLM_OK);
    if (plm_predict_several(m, 2, inputs, 2, y) < 0)
        fail_msg("%s", plm_last_error(w)->what);
    assert_int_equal(plm_parameter_read(m, 0, kernel), PLM_OK);
    assert_int_equal(plm_parameter_read(m, 1, bias), PLM_OK);
    for (int i = 0; i < ROWS; i++) {
        const float expected =
            left[2 * i] * kernel[0] + left[2 * i + 1] * kernel[1] + right[i] * kernel[2] + bias[0];
        assert_float_equal(first[i], expected, 1e-5);
        assert_float_equal(kinds[3 * i] + kinds[3 * i + 1] + kinds[3 * i + 2], 1, 1e-6);
    }
    float alone[ROWS], mean[ROWS * CLASSES];
    plm_view only = {alone, PLM_F32, 2, {ROWS, 1}};
    assert_int_equal(plm_predict_several(m, 2, inputs, 1, &only), PLM_OK);
    assert_memory_equal(alone, first, sizeof alone);
    plm_view means[2] = {only, {mean, PLM_F32, 2, {ROWS, CLASSES}}};
    assert_int_equal(plm_predict_several_monte_carlo(m, 2, inputs, 3, 2, means, deviation), PLM_OK);
    assert_memory_equal(mean, kinds, sizeof mean); /* without dropout all samples are the same */
    assert_true(spread[0] == 0 && spreads[3] == 0);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

static void predictions_refused(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = compiled(w, losses, NULL, NULL);
    float first[ROWS], kinds[ROWS * CLASSES];
    plm_view y[3] = {{first, PLM_F32, 2, {ROWS, 1}}, {kinds, PLM_F32, 2, {ROWS, CLASSES}}, {0}};
    assert_true(plm_predict(m, inputs, y) < 0);
    test_error(w, PLM_E_UNSUPPORTED, "the model has 2 inputs, but 1 is given");
    assert_int_equal(plm_predict_several(m, 1, inputs, 1, y), PLM_E_SHAPE);
    assert_int_equal(plm_predict_several(m, 2, inputs, 3, y), PLM_E_SHAPE);
    test_error(w, PLM_E_SHAPE, "3 outputs were requested");
    y[1].dims[1] = 2;
    assert_int_equal(plm_predict_several(m, 2, inputs, 2, y), PLM_E_SHAPE);
    char message[160];
    snprintf(message, sizeof message, "output 1 must be an array of shape [n, %d], not [%d, 2]",
             CLASSES, ROWS);
    test_error(w, PLM_E_SHAPE, message);
    const plm_view few[2] = {inputs[0], {right, PLM_F32, 2, {ROWS - 1, 1}}};
    assert_int_equal(plm_predict_several(m, 2, few, 1, y), PLM_E_SHAPE);
    test_error(w, PLM_E_SHAPE, "input 0 has 4 rows, but input 1 has 3");
    assert_int_equal(plm_predict_several(m, 2, NULL, 1, y), PLM_E_SHAPE);
    test_error(w, PLM_E_SHAPE, "not nothing");
    const plm_view flat[2] = {inputs[0], {right, PLM_F32, 0, {0}}};
    assert_int_equal(plm_predict_several(m, 2, flat, 1, y), PLM_E_SHAPE);
    test_error(w, PLM_E_SHAPE, "input 1 must be an array of shape [n, 1], not an array of rank 0");
    assert_int_equal(plm_predict_several(NULL, 2, inputs, 1, y), PLM_E_ORDER);
    plm_model_free(m);
    plm_close(w);
}

/* Every block of memory of a whole life fails in turn. */
static void failed_memory(void **state)
{
    (void)state;
    for (long k = 1;; k++) {
        test_memory t;
        plm_log log[8];
        float first[ROWS], kinds[ROWS * CLASSES];
        plm_view y[2] = {{first, PLM_F32, 2, {ROWS, 1}}, {kinds, PLM_F32, 2, {ROWS, CLASSES}}};
        plm *w = test_open(&t, NULL);
        t.fail_at = t.calls + k;
        plm_model *m = net(w);
        plm_status status = plm_model_set_loss_weights(m, "1, kind=0.5");
        if (status >= 0)
            status = plm_compile(m, "sgd", losses, "price=[mae], kind=accuracy");
        plm_data *d = plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 2, .input = inputs, .targets = 2,
                                                         .target = targets, .weight = &weights,
                                                         .transforms = "batch(2)"));
        if (status >= 0)
            status = plm_fit(m, d, NULL);
        if (status >= 0)
            status = plm_evaluate(m, d, log, 8);
        if (status >= 0)
            status = plm_predict_several(m, 2, inputs, 2, y);
        plm_data_free(d);
        plm_model_free(m);
        const bool enough = t.calls < t.fail_at;
        test_close(w, &t);
        if (enough) {
            assert_int_equal(status, PLM_OK);
            break;
        }
        assert_true(status < 0 && k < 10000);
    }
}

static void a_layer_without_inputs(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    plm_add(m, "dense(2)");
    assert_int_equal(plm_compile(m, "adam", "mse", NULL), PLM_E_SHAPE);
    assert_string_equal(plm_last_error(w)->what, "dense takes 1 input, but was given 0");
    assert_non_null(strstr(plm_last_error(w)->hint, "begin the model with its input"));
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_layer_without_inputs),     cmocka_unit_test(losses_are_weighed),
        cmocka_unit_test(gradients_are_weighed),      cmocka_unit_test(all_weights_zero),
        cmocka_unit_test(sample_weights_as_in_keras), cmocka_unit_test(ignored_labels),
        cmocka_unit_test(class_weights_beside),       cmocka_unit_test(bad_words),
        cmocka_unit_test(loss_weights_refused),       cmocka_unit_test(words_are_kept),
        cmocka_unit_test(predictions_of_all),         cmocka_unit_test(shapes),
        cmocka_unit_test(predictions_refused),        cmocka_unit_test(failed_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
