/* Nets and fits that cannot learn are refused or warned of, and their healthy neighbours are left
 * alone; the usual loss of an output. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plummet.h"

/* The warnings of a runtime, one after the other. */
typedef struct {
    char text[2000];
} heard;

static void hear(void *user, int level, const char *line)
{
    heard *h = user;
    if (level == 1 && strlen(h->text) + strlen(line) + 2 < sizeof h->text) {
        strcat(h->text, line);
        strcat(h->text, "\n");
    }
}

static plm *open_runtime(heard *h)
{
    *h = (heard){""};
    return plm_open(PLM_OPTIONS(.threads = 1, .log = hear, .user = h));
}

typedef struct {
    const char *layer, *second; /* behind input(4) */
    const char *loss;
    const char *refused, *warned; /* a piece of the words; NULL = neither */
} net;

static const net nets[] = {
    /* no softmax under a crossentropy of probabilities */
    {"dense(3)", NULL, "sparse_categorical_crossentropy", "'dense' has the activation linear",
     NULL},
    {"dense(3, activation=relu)", NULL, "sparse_categorical_crossentropy",
     "has the activation relu", NULL},
    {"dense(3, activation=tanh)", NULL, "categorical_crossentropy", "has the activation tanh",
     NULL},
    {"dense(3)", "prelu", "categorical_crossentropy", "has the activation prelu", NULL},
    {"dense(3)", "reshape([3])", "categorical_crossentropy", "has the activation linear", NULL},
    {"dense(3, activation=log_softmax)", NULL, "sparse_categorical_crossentropy", "log_softmax",
     NULL},
    {"dense(3, activation=sigmoid)", NULL, "sparse_categorical_crossentropy", NULL, "has its own"},
    {"dense(3, activation=softmax)", NULL, "sparse_categorical_crossentropy", NULL, NULL},
    {"dense(3)", "softmax", "categorical_crossentropy", NULL, NULL},
    {"dense(3, activation=exponential)", NULL, "categorical_crossentropy", NULL, NULL},
    {"dense(3)", NULL, "sparse_categorical_crossentropy(from_logits=true)", NULL, NULL},
    /* dropout after the last activation: the activation counts, and a warning says where it is */
    {"dense(3, activation=softmax)", "dropout(0.1)", "categorical_crossentropy", NULL,
     "the output 'dropout' itself passes dropout or noise"},
    {"dense(3)", "gaussian_noise(0.1)", "categorical_crossentropy", "has the activation linear",
     NULL},
    {"dense(3, activation=softmax)", "dropout(0.1)", "categorical_crossentropy(from_logits=true)",
     "already has the activation softmax", NULL},
    /* softmax or sigmoid twice */
    {"dense(3, activation=softmax)", NULL, "sparse_categorical_crossentropy(from_logits=true)",
     "already has the activation softmax", NULL},
    {"dense(3, activation=sigmoid)", NULL, "categorical_crossentropy(from_logits=true)",
     "already has the activation sigmoid", NULL},
    {"dense(1, activation=sigmoid)", NULL, "binary_crossentropy(from_logits=true)",
     "already has the activation sigmoid", NULL},
    {"dense(1, activation=hard_sigmoid)", NULL, "binary_crossentropy(from_logits=true)",
     "already has the activation hard_sigmoid", NULL},
    {"dense(3, activation=softmax)", "softmax", "categorical_crossentropy", "result of a softmax",
     NULL},
    {"dense(1)", NULL, "binary_crossentropy(from_logits=true)", NULL, NULL},
    {"dense(3, activation=log_softmax)", NULL, "categorical_crossentropy(from_logits=true)", NULL,
     NULL},
    {"dense(1, activation=relu)", NULL, "binary_crossentropy(from_logits=true)", NULL,
     "relu limits"},
    {"dense(3, activation=tanh)", NULL, "categorical_crossentropy(from_logits=true)", NULL,
     "tanh limits"},
    {"dense(1, activation=elu)", NULL, "binary_crossentropy(from_logits=true)", NULL, NULL},
    /* softmax of one unit */
    {"dense(1, activation=softmax)", NULL, "binary_crossentropy", "softmax of one unit", NULL},
    {"dense(1, activation=softmax)", NULL, "mse", "softmax of one unit", NULL},
    {"dense(1, activation=softmax)", "dense(1)", "mse", "softmax of one unit", NULL},
    {"dense(2, activation=softmax)", "dense(1)", "mse", NULL, NULL},
    /* no sigmoid under the binary one */
    {"dense(1)", NULL, "binary_crossentropy", "'dense' has the activation linear", NULL},
    {"dense(1, activation=relu)", NULL, "bce", "has the activation relu", NULL},
    {"dense(1, activation=tanh)", NULL, "binary_crossentropy", "has the activation tanh", NULL},
    {"dense(1, activation=softplus)", NULL, "binary_crossentropy", "has the activation softplus",
     NULL},
    {"dense(1, activation=sigmoid)", NULL, "binary_crossentropy", NULL, NULL},
    {"dense(4, activation=hard_sigmoid)", NULL, "binary_crossentropy", NULL, NULL},
    {"dense(4)", "rescaling(0.1, offset=0.5)", "binary_crossentropy", NULL, NULL},
    /* the other losses that take probabilities */
    {"dense(1)", NULL, "binary_focal_crossentropy", "'dense' has the activation linear", NULL},
    {"dense(1, activation=sigmoid)", NULL, "binary_focal_crossentropy", NULL, NULL},
    {"dense(3)", NULL, "categorical_focal_crossentropy", "has the activation linear", NULL},
    {"dense(3, activation=softmax)", NULL, "categorical_focal_crossentropy", NULL, NULL},
    {"dense(3)", NULL, "categorical_generalized_cross_entropy", "has the activation linear", NULL},
    {"dense(3, activation=sigmoid)", NULL, "categorical_generalized_cross_entropy", NULL,
     "the usual choice is activation=softmax (S301"},
    {"dense(1)", NULL, "dice", NULL, "masks of numbers from 0 to 1"},
    {"dense(3, activation=relu)", NULL, "tversky", NULL, "masks of numbers from 0 to 1"},
    {"dense(3, activation=softmax)", NULL, "dice", NULL, NULL},
    {"dense(1, activation=sigmoid)", NULL, "tversky", NULL, NULL},
    /* others */
    {"dense(1, activation=sigmoid)", NULL, "hinge", NULL, "numbers of both signs"},
    {"dense(1, activation=relu)", NULL, "squared_hinge", NULL, "numbers of both signs"},
    {"dense(1, activation=tanh)", NULL, "hinge", NULL, NULL},
    {"dense(1)", NULL, "squared_hinge", NULL, NULL},
    {"dense(3)", NULL, "kl_divergence", NULL, "below 0"},
    {"dense(3, activation=softmax)", NULL, "kl_divergence", NULL, NULL},
    {"dense(1)", NULL, "poisson", NULL, "logarithm"},
    {"dense(1, activation=softplus)", NULL, "poisson", NULL, NULL},
    {"dense(1)", NULL, "mse", NULL, NULL},
    {"dense(1, activation=relu)", NULL, "mse", NULL, NULL},
    {"dense(3, trainable=false)", NULL, "mse", NULL, "frozen"},
    {"flatten", NULL, "mse", NULL, NULL},
};

static void compiled_nets(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
        const net *n = &nets[i];
        heard h;
        plm *w = open_runtime(&h);
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(4)");
        plm_add(m, "%s", n->layer);
        if (n->second != NULL)
            plm_add(m, "%s", n->second);
        const plm_status status = plm_compile(m, "adam", n->loss, NULL);
        const char *what = plm_last_error(w)->what;
        if (status != (n->refused != NULL ? PLM_E_SPEC : PLM_OK) ||
            (n->refused != NULL && strstr(what, n->refused) == NULL) ||
            (n->warned == NULL ? h.text[0] != '\0' : strstr(h.text, n->warned) == NULL))
            fail_msg("%s %s, %s: status %d, '%s', warned '%s'", n->layer,
                     n->second != NULL ? n->second : "", n->loss, status, what, h.text);
        plm_model_free(m);
        plm_close(w);
    }
}

/* What was saved by an older version can still be loaded. */
static void loaded_nets_are_not_judged(void **state)
{
    (void)state;
    heard h;
    plm *w = open_runtime(&h);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4)");
    plm_add(m, "dense(1, activation=relu)");
    assert_int_equal(plm_compile(m, "adam", "hinge", NULL), PLM_OK);
    assert_non_null(strstr(h.text, "both signs"));
    h.text[0] = '\0';
    plm_model *copy = plm_model_clone(m);
    assert_non_null(copy);
    assert_string_equal(h.text, "");
    plm_model_free(copy);
    plm_model_free(m);
    plm_close(w);
}

static void loss_weights(void **state)
{
    (void)state;
    heard h;
    plm *w = open_runtime(&h);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4)");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_model_set_loss_weights(m, "0"), PLM_OK);
    assert_int_equal(plm_compile(m, "adam", "mse", NULL), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "all loss weights are 0"));
    plm_model_free(m);
    plm_close(w);
}

/* A probability is no class number: intersections of classes would all be of class 0. */
static void classes_of_a_probability(void **state)
{
    for (int i = 0; i < 3; i++) {
        heard h;
        plm *w = open_runtime(&h);
        plm_model *m = plm_model_new(w);
        plm_add(m, "%s", i < 2 ? "input(4) | dense(1, activation=sigmoid)" : "input(4) | dense(1)");
        assert_int_equal(plm_compile(m, "sgd", "mse", i == 1 ? "binary_io_u" : "mean_io_u"), 0);
        assert_true((strstr(h.text, "which counts as class 0") != NULL) == (i == 0));
        plm_model_free(m);
        plm_close(w);
    }
    (void)state;
}

/* ---- fits ---- */

enum { ROWS = 10 };

/* y = 3 x of ten rows; weight: all rows' sample weight, or below 0 for none. */
static plm_data *line(plm *w, float scale, float weight, const char *transforms)
{
    static float x[ROWS], y[ROWS], each[ROWS];
    for (int i = 0; i < ROWS; i++) {
        x[i] = (float)i / ROWS;
        y[i] = scale * x[i];
        each[i] = weight;
    }
    static plm_view vx, vy, vw;
    vx = (plm_view){x, PLM_F32, 2, {ROWS, 1}};
    vy = (plm_view){y, PLM_F32, 1, {ROWS}};
    vw = (plm_view){each, PLM_F32, 1, {ROWS}};
    return plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .input = &vx, .targets = 1,
                                              .target = &vy, .weight = weight < 0 ? NULL : &vw,
                                              .transforms = transforms));
}

static plm_model *dense_of(plm *w, const char *layer, const char *optimizer)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1)");
    plm_add(m, "%s", layer);
    assert_int_equal(plm_compile(m, optimizer, "mse", NULL), PLM_OK);
    return m;
}

static float kernel_of(const plm_model *m)
{
    float value = 0;
    assert_int_equal(plm_parameter_read(m, 0, &value), PLM_OK);
    return value;
}

typedef struct {
    const char *layer, *optimizer, *transforms;
    float scale, weight;
    int64_t epochs;
    plm_status status;
    const char *words; /* of the error or the warning; NULL = silent */
} fit;

static const fit fits[] = {
    {"dense(1)", "sgd(0.1)", "batch(5)", 3, -1, 1, PLM_OK, NULL},
    {"dense(1)", "sgd(0.1)", "batch(5)", 3, 0.5f, 1, PLM_OK, NULL},
    {"dense(1)", "sgd(0.1)", "batch(5)", 3, 0, 1, PLM_OK, "all sample weights are 0"},
    {"dense(1)", "sgd(0.1, gradient_accumulation_steps=50)", "batch(1)", 3, -1, 4, PLM_OK,
     "the fit has only 40 batches"},
    {"dense(1)", "sgd(0.1, gradient_accumulation_steps=40)", "batch(1)", 3, -1, 4, PLM_OK, NULL},
    {"dense(1, activation=tanh)", "sgd(0.1)", "batch(5)", 3, -1, 1, PLM_OK, "between 0 and 2.7"},
    {"dense(1, activation=tanh)", "sgd(0.1)", "batch(5)", 1, -1, 1, PLM_OK, NULL},
    {"dense(1, activation=relu)", "sgd(0.1)", "batch(5)", -1, -1, 1, PLM_OK, "relu"},
    {"dense(1, activation=relu)", "sgd(0.1)", "batch(5)", 50, -1, 1, PLM_OK, NULL},
};

static void fits_that_cannot_learn(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof fits / sizeof fits[0]; i++) {
        const fit *f = &fits[i];
        heard h;
        plm *w = open_runtime(&h);
        plm_model *m = dense_of(w, f->layer, f->optimizer);
        plm_data *d = line(w, f->scale, f->weight, f->transforms);
        const plm_status status = plm_fit(m, d, PLM_FIT(.epochs = f->epochs));
        const char *said = status < 0 ? plm_last_error(w)->what : h.text;
        if (status != f->status ||
            (f->words == NULL ? said[0] != '\0' : strstr(said, f->words) == NULL))
            fail_msg("fit %zu: status %d, '%s'", i, status, said);
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

/* Targets of two numbers: a single one that the output cannot reach, in any row and column. */
static void one_number_out_of_reach(void **state)
{
    (void)state;
    for (int at = 0; at < 2 * ROWS; at++) {
        heard h;
        float x[ROWS], y[2 * ROWS];
        plm *w = open_runtime(&h);
        plm_model *m = dense_of(w, "dense(2, activation=tanh)", "sgd(0.1)");
        for (int i = 0; i < ROWS; i++)
            x[i] = y[2 * i] = y[2 * i + 1] = (float)i / ROWS;
        y[at] = 5;
        const plm_view vx = {x, PLM_F32, 2, {ROWS, 1}}, vy = {y, PLM_F32, 2, {ROWS, 2}};
        plm_data *d = plm_data_arrays(w, &vx, &vy, "batch(5)");
        assert_int_equal(plm_fit(m, d, NULL), PLM_OK);
        assert_non_null(strstr(h.text, at > 1 ? "between 0 and 5" : "and 5"));
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

static void class_weights_of_zero(void **state)
{
    (void)state;
    heard h;
    plm *w = open_runtime(&h);
    plm_model *m = dense_of(w, "dense(1)", "sgd(0.1)");
    plm_data *d = line(w, 0, -1, "batch(5)");
    assert_int_equal(plm_fit(m, d, PLM_FIT(.class_weight = (const float[]){0, 0}, .classes = 2)),
                     PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "all class weights are 0"));
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
}

typedef struct {
    int64_t given;
    float weight;
} maker;

static plm_status begin(void *self, int64_t epoch)
{
    (void)epoch;
    ((maker *)self)->given = 0;
    return PLM_OK;
}

static plm_status next(void *self, plm_batch *room, float *weight)
{
    maker *g = self;
    int64_t n = 0;
    for (; n < room->rows && g->given < ROWS; n++, g->given++) {
        ((float *)room->input[0].data)[n] = (float)g->given;
        ((float *)room->target[0].data)[n] = (float)g->given;
        weight[n] = g->weight;
    }
    room->rows = n;
    return PLM_OK;
}

/* Rows of an evaluation and of a validation whose weights are all 0 are told, once a fit. */
static void evaluated_weights_of_zero(void **state)
{
    (void)state;
    static const char words[] = "all weights of the evaluated rows are 0";
    for (int weight = -1; weight < 2; weight++) {
        heard h;
        plm_log log[2];
        plm *w = open_runtime(&h);
        plm_data *d = line(w, 1, -1, "batch(5)"), *rows = line(w, 1, (float)weight, "batch(5)");
        plm_model *m = dense_of(w, "dense(1)", "sgd(0.1)");
        assert_int_equal(plm_evaluate(m, rows, log, 2), PLM_OK);
        assert_true((strstr(h.text, words) != NULL) == (weight == 0));
        h.text[0] = '\0';
        assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2, .validation = rows)), PLM_OK);
        const char *first = strstr(h.text, words);
        assert_true(weight == 0 ? first && !strstr(first + 1, words) : !first);
        plm_model_free(m);
        plm_data_free(rows);
        plm_data_free(d);
        plm_close(w);
    }
}

/* Streams are not looked at before: the end of their first epoch tells. */
static void streamed_weights_of_zero(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        heard h;
        plm *w = open_runtime(&h);
        maker g = {.weight = (float)k};
        plm_model *m = dense_of(w, "dense(1)", "sgd(0.001)");
        plm_generator made = {.size = sizeof made,
                              .inputs = 1,
                              .targets = 1,
                              .input_rank = {1},
                              .weighted = true,
                              .begin = begin,
                              .next = next,
                              .self = &g};
        made.input_dims[0][0] = 1;
        plm_data *d = plm_data_generator(w, &made);
        assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 2)), PLM_OK);
        assert_true((strstr(h.text, "all weights of the epoch's rows are 0") != NULL) == (k == 0));
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

/* What is left of a fit makes an update of its own, by the mean of what there is: 10 batches of one
 * row with 50 to gather are one batch of 10 rows; with 6, the last 4 rows are the second batch. */
static void gathered_gradients_are_applied(void **state)
{
    (void)state;
    heard h;
    plm *w = open_runtime(&h);
    plm_data *d = line(w, 3, -1, "batch(1)"), *whole = line(w, 3, -1, "batch(10)");
    plm_data *six = line(w, 3, -1, "batch(6)");
    plm_model *m =
        dense_of(w, "dense(1, use_bias=false)", "sgd(0.5, gradient_accumulation_steps=50)");
    plm_model *same = dense_of(w, "dense(1, use_bias=false)", "sgd(0.5)");
    const float before = kernel_of(m);
    assert_int_equal(plm_fit(m, d, NULL), PLM_OK);
    assert_int_equal(plm_fit(same, whole, NULL), PLM_OK);
    assert_true(kernel_of(m) != before);
    assert_float_equal(kernel_of(m), kernel_of(same), 1e-6);
    plm_model_free(m);
    plm_model_free(same);
    m = dense_of(w, "dense(1, use_bias=false)", "sgd(0.5, gradient_accumulation_steps=6)");
    same = dense_of(w, "dense(1, use_bias=false)", "sgd(0.5)");
    assert_int_equal(plm_fit(m, d, NULL), PLM_OK);
    assert_int_equal(plm_fit(same, six, NULL), PLM_OK);
    assert_float_equal(kernel_of(m), kernel_of(same), 1e-6);
    plm_model_free(m);
    plm_model_free(same);
    plm_data_free(d);
    plm_data_free(whole);
    plm_data_free(six);
    plm_close(w);
}

/* ---- the usual loss ---- */

typedef struct {
    const char *layer, *second, *data, *loss;
} usual;

static const usual usuals[] = {
    {"dense(10, activation=softmax)", NULL, "digits", "sparse_categorical_crossentropy"},
    {"dense(10)", "softmax", "digits", "sparse_categorical_crossentropy"},
    {"dense(10, activation=softmax)", "dropout(0.5)", "digits", "sparse_categorical_crossentropy"},
    {"dense(10)", "dropout(0.5)", "digits", "sparse_categorical_crossentropy(from_logits=true)"},
    {"dense(10, activation=softmax)", NULL, "digits | one_hot(10)", "categorical_crossentropy"},
    {"dense(10)", NULL, "digits", "sparse_categorical_crossentropy(from_logits=true)"},
    {"dense(10)", NULL, "digits | one_hot(10)", "mean_squared_error"},
    {"dense(1, activation=sigmoid)", NULL, "digits | keep_classes([0, 1])", "binary_crossentropy"},
};

static void usual_losses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof usuals / sizeof usuals[0]; i++) {
        const usual *u = &usuals[i];
        heard h;
        plm *w = open_runtime(&h);
        plm_data *d = plm_data_open(w, "%s", u->data);
        plm_model *m = plm_model_new(w);
        plm_add(m, "input(64)");
        plm_add(m, "%s", u->layer);
        if (u->second != NULL)
            plm_add(m, "%s", u->second);
        const char *loss = plm_model_default_loss(m, d, 0);
        assert_non_null(loss);
        if (strcmp(loss, u->loss) != 0)
            fail_msg("%s on %s: %s, expected %s", u->layer, u->data, loss, u->loss);
        assert_null(plm_model_default_loss(m, d, 1));
        assert_int_equal(plm_compile(m, "adam", loss, NULL), PLM_OK);
        plm_data_free(d);
        plm_model_free(m);
        plm_close(w);
    }
}

/* Names of inputs are checked like those of layers. */
static void names_of_inputs(void **state)
{
    static const char *const bad[] = {"taken", "in\tvisible"};
    const int64_t dims[] = {2};
    (void)state;
    for (int i = 0; i < 2; i++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_model *m = plm_model_new(w);
        plm_output(m, plm_apply(m, plm_input(m, "taken", 1, dims), "dense(1)"));
        assert_int_equal(plm_input(m, bad[i], 1, dims).id, 0);
        assert_int_equal(plm_last_error(w)->status, PLM_E_SPEC);
        assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_E_SPEC);
        plm_model_free(m);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_of_inputs),
        cmocka_unit_test(compiled_nets),
        cmocka_unit_test(loaded_nets_are_not_judged),
        cmocka_unit_test(loss_weights),
        cmocka_unit_test(fits_that_cannot_learn),
        cmocka_unit_test(one_number_out_of_reach),
        cmocka_unit_test(class_weights_of_zero),
        cmocka_unit_test(evaluated_weights_of_zero),
        cmocka_unit_test(classes_of_a_probability),
        cmocka_unit_test(streamed_weights_of_zero),
        cmocka_unit_test(gathered_gradients_are_applied),
        cmocka_unit_test(usual_losses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
