/* Another head on a trained body: what stays keeps its parameters, what is frozen does not move,
 * donors stay whole. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "plummet.h"

enum { MOST = 64 * 32 };

static void check(const plm *w, plm_status status)
{
    if (status < 0)
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what,
                 plm_last_error(w)->hint);
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
    /* the old name and shape: a fresh head all the same */
    plm_add(b, "dense(10, activation=softmax)");
    check(w, plm_model_set_trainable(b, "body|nor*", false));
    check(w, plm_compile(b, "adam(0.01)", "sparse_categorical_crossentropy", "accuracy"));
    assert_true(same(a, b, "body/kernel"));
    assert_false(same(a, b, "dense/kernel"));
    check(w, plm_fit(b, data, PLM_FIT(.epochs = 1)));
    assert_true(same(a, b, "body/kernel") && same(a, b, "norm/gamma") &&
                same(a, b, "norm/moving_mean"));
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

/* Two heads on one body: the auxiliary one goes, what stays keeps its numbers and stays the
 * output. */
static void a_head_less(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 3));
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(6)");
    const plm_value body = plm_add(m, "dense(5, name=body)");
    const plm_value aux = plm_add(m, "dense(4, name=aux)");
    plm_output(m, plm_apply(m, aux, "dense(3, name=aux_head)"));
    plm_output(m, plm_apply(m, body, "dense(2, name=main)"));
    check(w, plm_compile(m, NULL, NULL, NULL));
    plm_model *before = plm_model_clone(m);
    assert_int_equal(plm_model_remove(m, "body"), PLM_E_ORDER);
    assert_non_null(strstr(plm_last_error(w)->what, "'aux' takes the output of 'body'"));
    check(w, plm_model_remove(m, "aux*"));
    check(w, plm_compile(m, NULL, NULL, NULL));
    assert_true(same(before, m, "body/kernel") && same(before, m, "main/kernel"));
    assert_int_equal(plm_parameters(m, 0, NULL), 4);
    assert_int_equal(plm_find(m, "aux").id, 0);
    float x[6] = {1, 2, 3, 4, 5, 6}, y[2];
    plm_view in = {.data = x, .dtype = PLM_F32, .rank = 2, .dims = {1, 6}};
    plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {1, 2}};
    check(w, plm_predict(m, &in, &out));
    plm_add(m, "dense(3, name=aux)"); /* the old name and other numbers */
    check(w, plm_compile(m, NULL, NULL, NULL));
    plm_model_free(m);
    plm_model_free(before);
    plm_close(w);
}

/* What one step of an optimizer moves a parameter by. */
static void step_of(plm *w, plm_model *m, const char *optimizer, const char *name, float *moved)
{
    static float before[MOST], after[MOST];
    plm_batch b;
    plm_data *data = plm_data_open(w, "digits | batch(32)");
    check(w, plm_compile(m, optimizer, "sparse_categorical_crossentropy", NULL));
    const int64_t n = read(m, name, before);
    check(w, plm_data_rewind(data, 0));
    check(w, plm_data_next(data, &b));
    check(w, plm_train_batch(m, &b, NULL, 0));
    read(m, name, after);
    for (int64_t i = 0; i < n; i++)
        moved[i] = after[i] - before[i];
    plm_data_free(data);
}

static plm_model *two_layers(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "dense(8, activation=tanh, name=low)");
    plm_add(m, "dense(10, activation=softmax, name=high)");
    return m;
}

/* A factor on a layer does what the same factor on the whole rate does to that layer, fused and
 * stored, and no more. */
static void rates_of_layers(void **state)
{
    (void)state;
    static const char *const optimizers[] = {"sgd(0.5)",
                                             "sgd(0.125)",
                                             "adam(0.5)",
                                             "adam(0.125)",
                                             "nadam(0.5, clipnorm=1)",
                                             "nadam(0.125, clipnorm=1)",
                                             "adamw(0.5, weight_decay=0.1)",
                                             "adamw(0.125, weight_decay=0.1)",
                                             NULL};
    static float slow[MOST], want[MOST], high[MOST], plain[MOST];
    for (int i = 0; optimizers[i] != NULL; i += 2) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 4));
        plm_model *a = two_layers(w), *b = two_layers(w), *c = two_layers(w), *d = two_layers(w);
        check(w, plm_model_set_learning_rate_factor(a, "low", 0.25));
        check(w, plm_model_set_learning_rate_factor(c, "lo*", 0.25));
        step_of(w, a, optimizers[i], "low/kernel", slow);
        step_of(w, b, optimizers[i + 1], "low/kernel", want);
        assert_memory_equal(slow, want, sizeof slow);
        step_of(w, c, optimizers[i], "high/kernel", high);
        step_of(w, d, optimizers[i], "high/kernel", plain);
        assert_memory_equal(high, plain, sizeof high);
        plm_model_free(a);
        plm_model_free(b);
        plm_model_free(c);
        plm_model_free(d);
        plm_close(w);
    }
}

/* A factor on parameters does what it says, times that of their layer; a copy has it, a new factor
 * replaces it, and patterns that match nothing are refused when the parameters are known. */
static void rates_of_parameters(void **state)
{
    (void)state;
    static const char by[] = "high/bias|*/no_such", loss[] = "sparse_categorical_crossentropy";
    static float got[MOST], want[MOST], kernel[MOST], plain[MOST];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 4));
    plm_model *a = two_layers(w), *b = two_layers(w);
    check(w, plm_model_set_learning_rate_factor(a, "*/bias", 0.5));
    check(w, plm_model_set_learning_rate_factor(a, by, 7));
    check(w, plm_model_set_learning_rate_factor(a, by, 0.25));
    check(w, plm_model_set_learning_rate_factor(a, "high", 2));
    assert_string_equal(plm_model_setting(a, "learning_rate_factors"),
                        "*/bias=0.5; high/bias|*/no_such=0.25");
    check(w, plm_compile(a, "sgd(1)", loss, NULL));
    plm_model *copy = plm_model_clone(a);
    step_of(w, copy, "sgd(1)", "high/bias", got);
    step_of(w, b, "sgd(0.25)", "high/bias", want);
    assert_memory_equal(got, want, 10 * sizeof *got);
    step_of(w, a, "sgd(1)", "low/kernel", kernel);
    plm_model_free(b);
    b = two_layers(w);
    step_of(w, b, "sgd(1)", "low/kernel", plain);
    assert_memory_equal(kernel, plain, sizeof kernel);
    assert_int_equal(plm_model_set_learning_rate_factor(a, "low/bias;x", 1), PLM_E_SPEC);
    check(w, plm_model_set_learning_rate_factor(a, "low/bia", 0.5));
    assert_int_equal(plm_compile(a, "sgd(1)", loss, NULL), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->what, "no parameter's name matches 'low/bia'"));
    check(w, plm_model_set_learning_rate_factor(a, "low/bia", 1));
    check(w, plm_compile(a, "sgd(1)", loss, NULL));
    plm_model_free(a);
    plm_model_free(b);
    plm_model_free(copy);
    plm_close(w);
}

static void rates_survive_a_copy(void **state)
{
    (void)state;
    static float moved[MOST];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *a = two_layers(w);
    check(w, plm_model_set_learning_rate_factor(a, "low", 0));
    check(w, plm_compile(a, "sgd(1)", "sparse_categorical_crossentropy", NULL));
    plm_model *b = plm_model_clone(a);
    step_of(w, b, "sgd(1)", "low/kernel", moved);
    for (int i = 0; i < 64 * 8; i++)
        assert_true(moved[i] == 0);
    check(w, plm_model_set_learning_rate_factor(b, "low", 1));
    step_of(w, b, "sgd(1)", "low/kernel", moved);
    assert_true(moved[20] != 0);
    assert_int_equal(plm_model_set_learning_rate_factor(b, "low", -1), PLM_E_SPEC);
    assert_int_equal(plm_model_set_learning_rate_factor(b, "low", NAN), PLM_E_SPEC);
    assert_int_equal(plm_model_set_learning_rate_factor(b, "none", 1), PLM_E_SPEC);
    assert_int_equal(plm_model_set_learning_rate_factor(NULL, "low", 1), PLM_E_ORDER);
    plm_model_free(a);
    plm_model_free(b);
    plm_close(w);
}

/* A value of a removed layer is refused, though another layer has its number. Without a layer to
 * remove, values stay valid and only declared outputs are cleared. */
static void popped_values(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    const plm_value x = plm_add(m, "input(4)"), old = plm_add(m, "dense(2, name=old)");
    plm_output(m, old);
    assert_int_equal(plm_model_pop(m, 0), PLM_OK);
    assert_true(plm_apply(m, old, "dense(5, name=more)").id != 0);
    assert_int_equal(plm_model_pop(m, 2), PLM_OK);
    assert_true(plm_add(m, "dense(3, name=new)").id != 0);
    assert_true(plm_find(m, "input").id != 0 && plm_find(m, "input").id != x.id);
    assert_int_equal(plm_apply(m, old, "dense(1)").id, 0);
    assert_int_equal(plm_last_error(w)->status, PLM_E_ORDER);
    plm_model_free(m);
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
    assert_int_equal(plm_model_remove(m, "conv*"), PLM_E_SPEC);
    assert_non_null(strstr(plm_last_error(w)->hint, "input, dense"));
    assert_int_equal(plm_model_remove(NULL, "a"), PLM_E_ORDER);
    assert_int_equal(plm_checkpoint_epochs(w, "nowhere/checkpoint.safetensors"), PLM_E_IO);
    assert_int_equal(plm_checkpoint_epochs(NULL, NULL), PLM_E_ORDER);
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_head),
                                       cmocka_unit_test(frozen_layers_survive_a_file),
                                       cmocka_unit_test(a_head_less),
                                       cmocka_unit_test(rates_of_layers),
                                       cmocka_unit_test(rates_of_parameters),
                                       cmocka_unit_test(rates_survive_a_copy),
                                       cmocka_unit_test(faults),
                                       cmocka_unit_test(popped_values)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
