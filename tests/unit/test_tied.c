/* Tied weights: a decoder that shares the encoder's kernel, against one with a copy of it; same
 * bits on any number of threads; save, load and resume; frozen; wrong use. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plummet.h"

enum { INPUTS = 64, UNITS = 20, ROWS = 33, KERNEL = INPUTS * UNITS };

static void check(const plm *w, plm_status status)
{
    if (status < 0)
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what,
                 plm_last_error(w)->hint);
}

static plm_model *autoencoder(plm *w, const char *decoder, const char *optimizer)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", INPUTS);
    /* its padding is 1/2, not 0 */
    plm_add(m, "dense(%d, activation=sigmoid, name=encoder)", UNITS);
    plm_add(m, "%s", decoder);
    check(w, plm_compile(m, optimizer, "mean_squared_error", NULL));
    return m;
}

static void read(const plm_model *m, const char *name, float *out)
{
    plm_parameter p;
    for (int64_t i = 0; plm_parameters(m, i, &p) > i; i++)
        if (strcmp(p.name, name) == 0) {
            assert_int_equal(plm_parameter_read(m, i, out), PLM_OK);
            return;
        }
    fail_msg("no parameter %s", name);
}

static void write(plm_model *m, const char *name, const float *values)
{
    plm_parameter p;
    for (int64_t i = 0; plm_parameters(m, i, &p) > i; i++)
        if (strcmp(p.name, name) == 0)
            assert_int_equal(plm_parameter_write(m, i, values), PLM_OK);
}

static float x_of[ROWS * INPUTS];

static plm_batch batch(void)
{
    for (int i = 0; i < ROWS * INPUTS; i++)
        x_of[i] = (float)((i * 37) % 101) / 101.0f;
    plm_batch b = {.rows = ROWS, .inputs = 1, .targets = 1};
    b.input[0] = (plm_view){.data = x_of, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, INPUTS}};
    b.target[0] = b.input[0];
    return b;
}

/* An untied decoder that begins with the transposed kernel: its gradient and the encoder's are
 * the two parts of the tied one, so the tied kernel moves by the sum of both. */
static void the_parts_add_up(void **state)
{
    (void)state;
    static float start[KERNEL], turned[KERNEL], tied[KERNEL], encoder[KERNEL], decoder[KERNEL];
    plm *w = plm_open(PLM_OPTIONS(.threads = 2, .seed = 1));
    plm_model *a = autoencoder(w, "dense_transpose(encoder)", "sgd(0.5)");
    plm_model *b = autoencoder(w, "dense(64, name=decoder)", "sgd(0.5)");
    const plm_batch rows = batch();
    read(a, "encoder/kernel", start);
    write(b, "encoder/kernel", start);
    for (int i = 0; i < INPUTS; i++)
        for (int k = 0; k < UNITS; k++)
            turned[k * INPUTS + i] = start[i * UNITS + k];
    write(b, "decoder/kernel", turned);
    plm_log of_a, of_b;
    check(w, plm_train_batch(a, &rows, &of_a, 1));
    check(w, plm_train_batch(b, &rows, &of_b, 1));
    assert_true(fabs(of_a.value - of_b.value) < 1e-6);
    read(a, "encoder/kernel", tied);
    read(b, "encoder/kernel", encoder);
    read(b, "decoder/kernel", decoder);
    for (int i = 0; i < INPUTS; i++)
        for (int k = 0; k < UNITS; k++) {
            const int at = i * UNITS + k;
            const float sum = encoder[at] - start[at] + decoder[k * INPUTS + i] - start[at];
            assert_true(fabsf(tied[at] - start[at] - sum) < 1e-6f);
        }
    plm_model_free(a);
    plm_model_free(b);
    plm_close(w);
}

static void train(int threads, const char *isa, const char *optimizer, float *kernel)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .seed = 1, .isa = isa, .unpinned = true));
    plm_model *m = autoencoder(w, "dense_transpose(encoder, sigmoid)", optimizer);
    const plm_batch rows = batch();
    for (int i = 0; i < 20; i++)
        check(w, plm_train_batch(m, &rows, NULL, 0));
    read(m, "encoder/kernel", kernel);
    plm_model_free(m);
    plm_close(w);
}

static void same_bits(void **state)
{
    (void)state;
    static const char *const optimizers[] = {
        "adam(0.01)", "sgd(0.1, momentum=0.9, global_clipnorm=0.1)",
        "adam(0.01, gradient_accumulation_steps=2, use_ema=true)", NULL};
    static float one[KERNEL], other[KERNEL];
    for (int i = 0; optimizers[i] != NULL; i++) {
        train(1, NULL, optimizers[i], one);
        for (int threads = 2; threads <= 4; threads++) {
            train(threads, threads == 4 ? "plain" : NULL, optimizers[i], other);
            assert_memory_equal(one, other, sizeof one);
        }
    }
}

static void files(void **state)
{
    (void)state;
    static float kept[KERNEL], loaded[KERNEL];
    static const char path[] = "test_tied.safetensors";
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = autoencoder(w, "dense_transpose(encoder)", "adam(0.01)");
    const plm_batch rows = batch();
    check(w, plm_train_batch(m, &rows, NULL, 0));
    check(w, plm_model_save(m, path, NULL));
    plm_model *again = plm_model_load(w, path, NULL);
    assert_non_null(again);
    assert_int_equal(plm_parameters(again, 0, NULL), 3);
    read(m, "encoder/kernel", kept);
    read(again, "encoder/kernel", loaded);
    assert_memory_equal(kept, loaded, sizeof kept);
    static float one[ROWS * INPUTS], other[ROWS * INPUTS];
    plm_view y = {.data = one, .dtype = PLM_F32, .rank = 2, .dims = {ROWS, INPUTS}}, z = y;
    z.data = other;
    check(w, plm_predict(m, &rows.input[0], &y));
    check(w, plm_predict(again, &rows.input[0], &z));
    assert_memory_equal(one, other, sizeof one);
    remove(path);
    plm_model_free(m);
    plm_model_free(again);
    plm_close(w);
}

/* Frozen with its owner; the decoder's own bias still learns. */
static void frozen(void **state)
{
    (void)state;
    static float before[KERNEL], after[KERNEL], bias[INPUTS];
    plm *w = plm_open(PLM_OPTIONS(.threads = 2));
    plm_model *m = autoencoder(w, "dense_transpose(encoder, name=decoder)", "sgd(0.5)");
    const plm_batch rows = batch();
    check(w, plm_model_set_trainable(m, "encoder", false));
    check(w, plm_compile(m, "sgd(0.5)", "mean_squared_error", NULL));
    read(m, "encoder/kernel", before);
    check(w, plm_train_batch(m, &rows, NULL, 0));
    read(m, "encoder/kernel", after);
    read(m, "decoder/bias", bias);
    assert_memory_equal(before, after, sizeof before);
    assert_true(bias[3] != 0);
    plm_model_free(m);
    plm_close(w);
}

/* Straight on an input, whose memory may lie anywhere, with a number too many in front. */
static void on_an_input(void **state)
{
    (void)state;
    static float x[3 * 16 + 1];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = plm_model_new(w);
    const plm_value in = plm_input(m, NULL, 1, (int64_t[]){16});
    const plm_value low = plm_apply(m, in, "dense(16, name=low)");
    const plm_value up = plm_apply(m, in, "dense_transpose(low)");
    plm_merge(m, 2, (plm_value[]){low, up}, "add");
    check(w, plm_compile(m, "sgd(0.1)", "mean_squared_error", NULL));
    plm_batch b = {.rows = 3, .inputs = 1, .targets = 1};
    b.input[0] = (plm_view){.data = x + 1, .dtype = PLM_F32, .rank = 2, .dims = {3, 16}};
    b.target[0] = b.input[0];
    for (int i = 0; i < 3; i++)
        check(w, plm_train_batch(m, &b, NULL, 0));
    plm_model_free(m);
    plm_close(w);
}

static void refused(plm *w, const char *layer, plm_status status, const char *part)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(8)");
    plm_add(m, "dense(4, name=low)");
    plm_add(m, "batch_normalization(name=norm)");
    plm_add(m, "dense(5)");
    plm_add(m, "%s", layer);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), status);
    if (strstr(plm_last_error(w)->what, part) == NULL)
        fail_msg("'%s' says nothing of '%s'", plm_last_error(w)->what, part);
    plm_model_free(m);
}

static void wrong_use(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    refused(w, "dense_transpose(lov)", PLM_E_SPEC, "no dense layer 'lov' before");
    refused(w, "dense_transpose(norm)", PLM_E_SPEC, "no dense layer 'norm' before");
    refused(w, "dense_transpose(low)", PLM_E_SHAPE,
            "'low' has 4 units, but the input has rows of 5 numbers");
    refused(w, "dense_transpose(dense, activation=rellu)", PLM_E_SPEC, "rellu");
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(the_parts_add_up),
                                       cmocka_unit_test(same_bits),
                                       cmocka_unit_test(files),
                                       cmocka_unit_test(frozen),
                                       cmocka_unit_test(on_an_input),
                                       cmocka_unit_test(wrong_use)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
