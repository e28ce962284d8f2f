/* The same seed gives byte-equal model files on any number of threads and every instruction set of this machine: nets of
 * several kinds of layers learn on digits for some steps, and the files are compared. */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { LARGEST = 1 << 20, LAYERS = 8 };

typedef struct {
    const char *name, *data, *optimizer, *loss, *metrics;
    const char *layer[LAYERS + 1];
} net;

/* 330 rows in batches of 32: the last one has 10. The nets are wide enough to be worth four threads, in widths that fill
 * no register. */
#define SPARSE "digits | take(330) | shuffle | batch(32)"
#define ONE_HOT "digits | take(330) | shuffle | one_hot | batch(32)"
#define SPARSE_LOSS "sparse_categorical_crossentropy"

static const net nets[] = {
    {"elu", SPARSE, "sgd(0.05, momentum=0.9, nesterov=true)", SPARSE_LOSS, "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(257, activation=elu, kernel_initializer=he_normal)",
      "dense(33, activation=elu)", "dense(10, activation=softmax)"}},
    {"selu", SPARSE, "adam(0.002)", SPARSE_LOSS, "accuracy",
     {"input(64)", "normalization", "dense(301, activation=selu, kernel_initializer=lecun_normal)", "alpha_dropout(0.1)",
      "dense(10, activation=softmax)"}},
    {"gelu", ONE_HOT, "adam(0.002, amsgrad=true)", "categorical_crossentropy(label_smoothing=0.1)", "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(131, activation=gelu)", "dense(116, activation=silu)",
      "dense(10, activation=softmax)"}},
    {"tanh", ONE_HOT, "sgd(0.1, clipnorm=1)", "mse", "mae",
     {"input(64)", "rescaling(1/16)", "dense(265, activation=tanh, kernel_initializer=orthogonal)",
      "dense(10, activation=sigmoid)"}},
    {"prelu", SPARSE, "sgd(exponential_decay(0.1, 10, 0.9))", SPARSE_LOSS "(from_logits=true)", "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(248)", "prelu", "dense(16)", "leaky_relu", "dense(10)"}},
    {"noise", SPARSE, "sgd(0.05, momentum=0.5)", SPARSE_LOSS, "accuracy",
     {"input(64)", "rescaling(1/16)", "gaussian_noise(0.1)", "dense(248, kernel_initializer=truncated_normal)",
      "random_leaky_relu", "dropout(0.2)", "dense(10, activation=softmax)"}},
    {"softplus", ONE_HOT, "adam(weight_decay=0.01, global_clipnorm=0.5)", "binary_crossentropy", "binary_accuracy",
     {"input(64)", "rescaling(1/16)", "dense(220, activation=softplus)", "dense(50, activation=mish)",
      "dense(20, activation=exponential)", "dense(10, activation=sigmoid)"}},
    {"normalized", SPARSE, "sgd(0.05, use_ema=true, gradient_accumulation_steps=2)", SPARSE_LOSS, "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(200, use_bias=false)", "batch_normalization", "relu",
      "dense(70, kernel_regularizer=l2(0.001), kernel_constraint=max_norm(2))", "layer_normalization",
      "dense(10, activation=softmax)"}},
    {"joined", SPARSE, "adam", SPARSE_LOSS, "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(210, activation=elu, name=left)", "dense(210, activation=tanh, name=right)",
      "add(name=sum) <- left right", "concatenate <- sum left", "rms_normalization", "dense(10, activation=softmax)"}},
};

static size_t read_all(const char *path, unsigned char *bytes)
{
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    const size_t length = fread(bytes, 1, LARGEST, file);
    assert_int_equal(fclose(file), 0);
    assert_true(length < LARGEST);
    return length;
}

static void must(const plm *w, const net *n, bool good)
{
    const plm_error *e = plm_last_error(w);
    if (!good)
        fail_msg("net %s: %s: %s (%s)", n->name, e->where, e->what, e->mend);
}

/* Trains and saves; returns the file's length. */
static size_t train(const net *n, int threads, const char *isa, unsigned char *bytes)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = threads, .seed = 11, .isa = isa, .unpinned = true));
    plm_model *m = plm_model_new(w);
    plm_data *d = plm_data_open(w, "%s", n->data);
    must(w, n, d != NULL);
    for (const char *const *layer = n->layer; *layer; layer++)
        plm_add(m, "%s", *layer);
    must(w, n, plm_compile(m, n->optimizer, n->loss, n->metrics) >= 0);
    must(w, n, plm_fit(m, d, PLM_FIT(.epochs = 2)) >= 0);
    const char *path = test_path("bits.safetensors");
    must(w, n, plm_model_save(m, path, NULL) >= 0);
    plm_data_free(d);
    plm_model_free(m);
    plm_close(w);
    return read_all(path, bytes);
}

static void any_threads_and_instructions_give_the_same_file(void **state)
{
    unsigned char *first = malloc(LARGEST), *other = malloc(LARGEST);
    int differences = 0;
    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
        const size_t length = train(&nets[i], 1, "plain", first);
        for (int k = 0; plm_isa_available(k) != NULL; k++)
            for (int threads = 1; threads <= 4; threads++) {
                const char *isa = plm_isa_available(k);
                if (train(&nets[i], threads, isa, other) == length && memcmp(first, other, length) == 0)
                    continue;
                print_error("net %s: %d threads with %s give another file than 1 thread with plain\n", nets[i].name,
                            threads, isa);
                differences++;
            }
    }
    free(first);
    free(other);
    assert_int_equal(differences, 0);
}

static void other_rows_give_another_file(void **state)
{
    unsigned char *first = malloc(LARGEST), *other = malloc(LARGEST);
    net changed = nets[0];
    (void)state;
    const size_t length = train(&nets[0], 1, NULL, first);
    changed.data = "digits | take(331) | shuffle | batch(32)";
    assert_int_equal(train(&changed, 1, NULL, other), length);
    assert_memory_not_equal(first, other, length); /* the comparison can tell files apart */
    free(first);
    free(other);
}

static int clean(void **state)
{
    (void)state;
    test_clean();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_threads_and_instructions_give_the_same_file),
        cmocka_unit_test(other_rows_give_another_file),
    };
    return cmocka_run_group_tests(tests, NULL, clean);
}
