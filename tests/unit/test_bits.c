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

/* 330 rows in batches of 32: the last one has 10. */
#define SPARSE "digits | take(330) | shuffle | batch(32)"
#define ONE_HOT "digits | take(330) | shuffle | one_hot | batch(32)"

static const net nets[] = {
    {"elu", SPARSE, "sgd(0.05, momentum=0.9, nesterov=true)", "sparse_categorical_crossentropy", "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(33, activation=elu, kernel_initializer=he_normal)", "dense(17, activation=elu)",
      "dense(10, activation=softmax)"}},
    {"selu", SPARSE, "adam(0.002)", "sparse_categorical_crossentropy", "accuracy",
     {"input(64)", "normalization", "dense(40, activation=selu, kernel_initializer=lecun_normal)",
      "dense(10, activation=softmax)"}},
    {"gelu", ONE_HOT, "adam(0.002, amsgrad=true)", "categorical_crossentropy(label_smoothing=0.1)", "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(31, activation=gelu)", "dense(16, activation=silu)",
      "dense(10, activation=softmax)"}},
    {"tanh", ONE_HOT, "sgd(0.1)", "mse", "mae",
     {"input(64)", "rescaling(1/16)", "dense(65, activation=tanh, kernel_initializer=orthogonal)",
      "dense(10, activation=sigmoid)"}},
    {"prelu", SPARSE, "sgd(exponential_decay(0.1, 10, 0.9))", "sparse_categorical_crossentropy(from_logits=true)",
     "accuracy", {"input(64)", "rescaling(1/16)", "dense(48)", "prelu", "dense(16)", "leaky_relu", "dense(10)"}},
    {"noise", SPARSE, "sgd(0.05, momentum=0.5)", "sparse_categorical_crossentropy", "accuracy",
     {"input(64)", "rescaling(1/16)", "dense(48, kernel_initializer=truncated_normal)", "random_leaky_relu",
      "dense(10, activation=softmax)"}},
    {"softplus", ONE_HOT, "adam", "binary_crossentropy", "binary_accuracy",
     {"input(64)", "rescaling(1/16)", "dense(20, activation=softplus)", "dense(20, activation=mish)",
      "dense(20, activation=exponential)", "dense(10, activation=sigmoid)"}},
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
