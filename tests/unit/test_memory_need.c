/* What plm_model_memory says is what training takes: the allocator of the runtime counts, and
 * both agree within a tenth. */
#define _POSIX_C_SOURCE 200809L /* posix_memalign */
#include "data_support.h"

#include <stdlib.h>
#include <string.h>

typedef struct {
    const char *name, *optimizer;
    int64_t rows, width, batch;
    const char *layer[10];
} net;

#define ELU(units) "dense(" units ", activation=elu)"
#define SOFTMAX "dense(10, activation=softmax)"

static const net nets[] = {
    {"W1", "sgd(0.01, momentum=0.9)", 64, 784, 32, {"input(784)", ELU("300"), ELU("100"), SOFTMAX}},
    {"W2", "adam", 512, 784, 256, {"input(784)", ELU("300"), ELU("100"), SOFTMAX}},
    {"W4", "adam", 128, 1024, 128, {"input(1024)", ELU("1024"), ELU("1024"), ELU("1024"), SOFTMAX}},
    {"normalized",
     "adam",
     512,
     784,
     256,
     {"input(784)", "dense(300, use_bias=false)", "batch_normalization", "elu",
      "dense(100, use_bias=false)", "batch_normalization", "elu", SOFTMAX}},
    {"stored",
     "adam(global_clipnorm=1, use_ema=true, gradient_accumulation_steps=2)",
     64,
     784,
     32,
     {"input(784)", ELU("300"), "dropout(0.2)", ELU("100"), SOFTMAX}},
};

static plm_model *build(plm *w, const net *n)
{
    plm_model *m = plm_model_new(w);
    for (const char *const *layer = n->layer; *layer != NULL; layer++)
        plm_add(m, "%s", *layer);
    if (plm_compile(m, n->optimizer, "sparse_categorical_crossentropy", "accuracy") < 0)
        fail_msg("%s: %s: %s", n->name, plm_last_error(w)->where, plm_last_error(w)->what);
    return m;
}

static void agree(const char *name, size_t said, size_t taken)
{
    if ((double)said < 0.9 * (double)taken || (double)said > 1.1 * (double)taken)
        fail_msg("%s: %zu bytes were said, %zu taken at most", name, said, taken);
}

static void train(const net *n)
{
    test_memory memory;
    plm_memory_need need;
    float *x = calloc((size_t)(n->rows * n->width), sizeof *x),
          *y = calloc((size_t)n->rows, sizeof *y);
    const plm_view rows = {x, PLM_F32, 2, {n->rows, n->width}}, labels = {y, PLM_F32, 1, {n->rows}};
    plm *w = test_open(&memory, NULL);
    const size_t before = memory.bytes;
    plm_model *m = build(w, n);
    plm_data *d =
        plm_data_arrays(w, &rows, &labels, n->batch == 32 ? "shuffle | batch(32)" : "batch(256)");
    assert_int_equal(plm_model_memory(m, d, &need), PLM_OK);
    assert_int_equal(need.batch, n->rows < n->batch ? n->rows : n->batch);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 1)), PLM_OK);
    agree(n->name, need.total, memory.most - before);
    agree(n->name, need.total,
          need.parameters + need.optimizer + need.activations + need.data + need.tables);
    plm_data_free(d);
    plm_model_free(m);
    test_close(w, &memory);
    free(x);
    free(y);
}

static void what_is_said_is_what_is_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++)
        train(&nets[i]);
}

/* Vectors of an optimizer, in vectors of the trained weights: adam has two slots, and each of them,
 * the average and the accumulated gradient count twice, since a fit keeps a copy. */
static void vectors_of_an_optimizer(void **state)
{
    static const struct {
        const char *optimizer;
        size_t vectors;
    } row[] = {{"sgd", 0},
               {"adam", 4},
               {"sgd(use_ema=true)", 2},
               {"sgd(gradient_accumulation_steps=2)", 2},
               {"sgd(use_ema=true, gradient_accumulation_steps=2)", 4},
               {"adam(use_ema=true, gradient_accumulation_steps=2)", 8}};
    size_t one = 0;
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (size_t i = 0; i < sizeof row / sizeof *row; i++) {
        plm_memory_need need;
        const net n = {"", row[i].optimizer, 0, 0, 0, {"input(64)", ELU("100"), SOFTMAX}};
        plm_model *m = build(w, &n);
        assert_int_equal(plm_model_memory(m, NULL, &need), PLM_OK);
        if (i == 1)
            one = need.optimizer / 4;
        assert_int_equal(need.optimizer, row[i].vectors * one);
        plm_model_free(m);
    }
    assert_true(one >= (64 * 100 + 100 * 10) * sizeof(float));
    plm_close(w);
}

static void rows_in_memory_count(void **state)
{
    test_memory memory;
    plm_memory_need need;
    (void)state;
    plm *w = test_open(&memory, NULL);
    const size_t before = memory.bytes;
    plm_data *d = plm_data_open(w, "digits | shuffle | batch(64)");
    static const net digits = {"digits", "adam", 0, 0, 0, {"input(64)", ELU("100"), SOFTMAX}};
    plm_model *m = build(w, &digits);
    assert_int_equal(plm_model_memory(m, d, &need), PLM_OK);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 1)), PLM_OK);
    agree("digits", need.total, memory.bytes - before);
    assert_int_equal(plm_model_memory(m, d, &need), PLM_OK); /* the same once it runs */
    agree("digits", need.total, memory.bytes - before);
    plm_data_free(d);
    plm_model_free(m);
    test_close(w, &memory);
}

/* The weights of rows count: a third of this table. */
static void weights_count(void **state)
{
    enum { ROWS = 60000 };
    test_memory memory;
    plm_memory_need need;
    char *text = malloc(ROWS * 6 + 1);
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < ROWS; i++)
        memcpy(text + 6 * (size_t)i, "1,0,1\n", 6);
    text[6 * (size_t)ROWS] = '\0';
    const char *path = test_write_text("weights.csv", text);
    free(text);
    plm *w = test_open(&memory, NULL);
    const size_t before = memory.bytes;
    plm_data *d = plm_data_open(w, "csv('%s', target=1, weight=2) | batch(100)", path);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1)");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_compile(m, "sgd(1e-9)", "mse", NULL), PLM_OK);
    assert_int_equal(plm_model_memory(m, d, &need), PLM_OK);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 1)), PLM_OK);
    agree("weights", need.total, memory.bytes - before);
    plm_data_free(d);
    plm_model_free(m);
    test_clean();
    test_close(w, &memory);
}

/* Trains on a streamed table with `ahead` batches in advance. Returns what was said, and through
 * `taken` the most that was taken. */
static size_t train_streamed(const char *path, int ahead, size_t *taken)
{
    test_memory memory;
    plm_memory_need need;
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    plm_data *d = plm_data_open(w, "csv('%s', target=1, stream=true) | batch(100) | prefetch(%d)",
                                path, ahead);
    plm_add(m, "input(500)");
    plm_add(m, "dense(1)");
    assert_int_equal(plm_compile(m, "sgd(1e-9)", "mse", NULL), PLM_OK);
    assert_int_equal(plm_model_memory(m, d, &need), PLM_OK);
    assert_int_equal(plm_fit(m, d, PLM_FIT(.epochs = 1)), PLM_OK);
    *taken = memory.most;
    plm_data_free(d);
    plm_model_free(m);
    test_close(w, &memory);
    return need.total;
}

/* The batches that a stream reads in advance count. (What its reader holds does not: it is less
 * than a megabyte, for a file of any size.) */
static void batches_in_advance_count(void **state)
{
    enum { ROWS = 1200, COLUMNS = 501 };
    size_t taken[2];
    char *text = malloc(ROWS * COLUMNS * 2), *end = text;
    (void)state;
    assert_non_null(text);
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < COLUMNS; j++) {
            *end++ = (char)('0' + (i + j) % 10);
            *end++ = j == COLUMNS - 1 ? '\n' : ',';
        }
    const char *path = test_write("wide.csv", text, ROWS * COLUMNS * 2);
    free(text);
    const size_t one = train_streamed(path, 1, &taken[0]),
                 eight = train_streamed(path, 8, &taken[1]);
    agree("streamed", eight - one, taken[1] - taken[0]);
}

static void a_model_that_only_predicts_has_no_training(void **state)
{
    test_memory memory;
    plm_memory_need need;
    (void)state;
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(4)");
    plm_add(m, "dense(2)");
    assert_int_equal(plm_model_memory(m, NULL, &need), PLM_E_ORDER);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_model_memory(m, NULL, &need), PLM_E_ORDER);
    assert_int_equal(need.total, 0);
    plm_model_free(m);
    test_close(w, &memory);
}

/* An allocator that has no block of a megabyte or more. */
static void *small_blocks(void *user, void *old, size_t bytes, size_t align)
{
    (void)user;
    void *block = NULL;
    if (bytes >= 1 << 20)
        return NULL;
    if (bytes > 0 && posix_memalign(&block, align < 16 ? 16 : align, bytes) != 0)
        return NULL;
    free(old);
    return block;
}

/* A net that is too large: the message names its largest layer. */
static void the_largest_layer_is_named(void **state)
{
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .allocate = small_blocks));
    assert_non_null(w);
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "dense(100)");
    plm_add(m, "dense(100000, name=huge)");
    plm_add(m, "dense(10)");
    assert_int_equal(plm_compile(m, "adam", "mse", NULL), PLM_E_MEMORY);
    test_error(w, PLM_E_MEMORY, "huge/kernel 10000000 of them");
    assert_string_equal(plm_last_error(w)->where, "huge");
    plm_model_free(m);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_said_is_what_is_taken),
        cmocka_unit_test(vectors_of_an_optimizer),
        cmocka_unit_test(rows_in_memory_count),
        cmocka_unit_test(weights_count),
        cmocka_unit_test(the_largest_layer_is_named),
        cmocka_unit_test(batches_in_advance_count),
        cmocka_unit_test(a_model_that_only_predicts_has_no_training),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
