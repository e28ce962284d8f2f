/* Predictions on one model from several threads at once: the bits of calls one after another,
 * errors returned to who made them, plans kept for the next calls. Under the thread sanitizer
 * this is a test of races, too. */
#include "helper.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 20, CLASSES = 5, MOST_ROWS = 600, CALLERS = 4, CALLS = 40 };

typedef struct {
    plm_model *m;
    float *x;
    const float *expected; /* [MOST_ROWS][CLASSES] */
    double *x64;
    int number;
    int wrong; /* calls with other bits, or without the error that was due */
} caller;

static plm_model *net_of(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(%d)", WIDTH);
    plm_add(m, "dense(70, activation=elu)");
    plm_add(m, "batch_normalization");
    plm_add(m, "dropout(0.3)");
    plm_add(m, "dense(33, activation=gelu)");
    plm_add(m, "layer_normalization");
    plm_add(m, "dense(%d, activation=softmax)", CLASSES);
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    return m;
}

static plm_status rows_through(plm_model *m, const void *x, plm_dtype dtype, int64_t rows,
                               int64_t width, float *y)
{
    const plm_view in = {(void *)(uintptr_t)x, dtype, 2, {rows, width}};
    plm_view out = {y, PLM_F32, 2, {rows, CLASSES}};
    return plm_predict(m, &in, &out);
}

/* Calls of 1 to 600 rows that begin anywhere; every seventh has rows that are too narrow, every
 * third is in double. */
static void *call_often(void *argument)
{
    caller *c = argument;
    float *y = malloc(sizeof *y * MOST_ROWS * CLASSES);
    for (int i = 0; y != NULL && i < CALLS; i++) {
        const int64_t rows = i % 5 == 0 ? 1 : (int64_t)(i * 37 + c->number * 101) % MOST_ROWS + 1;
        const int64_t first = (i * 13 + c->number) % (MOST_ROWS - rows + 1);
        const bool wide = i % 3 == 0;
        const void *x = wide ? (const void *)(c->x64 + first * WIDTH) : c->x + first * WIDTH;
        if (i % 7 == 0) {
            c->wrong += rows_through(c->m, x, PLM_F32, rows, WIDTH - 1, y) != PLM_E_SHAPE;
            continue;
        }
        const plm_status status = rows_through(c->m, x, wide ? PLM_F64 : PLM_F32, rows, WIDTH, y);
        c->wrong += status != PLM_OK || memcmp(y, c->expected + first * CLASSES,
                                               sizeof *y * (size_t)(rows * CLASSES)) != 0;
    }
    c->wrong += y == NULL;
    free(y);
    return NULL;
}

static void run_callers(plm_model *m, float *x, double *x64, const float *expected)
{
    caller c[CALLERS];
    pthread_t thread[CALLERS];
    for (int i = 0; i < CALLERS; i++) {
        c[i] = (caller){.m = m, .x = x, .x64 = x64, .expected = expected, .number = i};
        assert_int_equal(pthread_create(&thread[i], NULL, call_often, &c[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(c[i].wrong, 0);
    }
}

static void callers_do_not_disturb_each_other(void **state)
{
    (void)state;
    float *x = malloc(sizeof *x * MOST_ROWS * WIDTH),
          *expected = malloc(sizeof *expected * MOST_ROWS * CLASSES);
    double *x64 = malloc(sizeof *x64 * MOST_ROWS * WIDTH);
    assert_true(x != NULL && expected != NULL && x64 != NULL);
    for (int i = 0; i < MOST_ROWS * WIDTH; i++)
        x64[i] = x[i] = (float)((i * 7919) % 201 - 100) / 64;
    for (int threads = 1; threads <= 3; threads += 2) {
        plm *w = plm_open(PLM_OPTIONS(.threads = threads, .seed = 5));
        plm_model *m = net_of(w);
        for (int i = 0; i < MOST_ROWS; i++)
            assert_int_equal(
                rows_through(m, x + i * WIDTH, PLM_F32, 1, WIDTH, expected + i * CLASSES), PLM_OK);
        run_callers(m, x, x64, expected);
        plm_model_free(m);
        plm_close(w);
    }
    free(x64);
    free(expected);
    free(x);
}

/* However many rows a cache makes a block of, a row has the same bits. */
static void blocks_do_not_show(void **state)
{
    enum { ROWS = 700 };
    static const size_t caches[] = {1, 1 << 16, (size_t)1 << 40};
    static float x[ROWS * WIDTH], y[ROWS * CLASSES], alone[CLASSES];
    (void)state;
    for (int i = 0; i < ROWS * WIDTH; i++)
        x[i] = (float)((i * 7919) % 201 - 100) / 64;
    for (size_t k = 0; k < sizeof caches / sizeof caches[0]; k++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 2, .seed = 5));
        w->second_cache = caches[k];
        plm_model *m = net_of(w);
        assert_int_equal(rows_through(m, x, PLM_F32, ROWS, WIDTH, y), PLM_OK);
        for (int i = 0; i < ROWS; i += 7) {
            assert_int_equal(rows_through(m, x + i * WIDTH, PLM_F32, 1, WIDTH, alone), PLM_OK);
            assert_memory_equal(alone, y + i * CLASSES, sizeof alone);
        }
        plm_model_free(m);
        plm_close(w);
    }
}

/* ---- errors ---- */

/* Calls with rows of a width of its own, and looks for that width in the error of the call. */
static void *fail_often(void *argument)
{
    caller *c = argument;
    float x[MOST_ROWS] = {0}, y[CLASSES];
    const int64_t width = 100 + c->number;
    const plm_view in = {x, PLM_F32, 2, {1, width}};
    plm_view out = {y, PLM_F32, 2, {1, CLASSES}};
    char own[32];
    (void)snprintf(own, sizeof own, "not [1, %d]", (int)width);
    for (int i = 0; i < 20 * CALLS; i++) {
        plm_error_record e;
        c->wrong += plm_predict_with_error(c->m, 1, &in, 1, &out, &e) != PLM_E_SHAPE ||
                    e.status != PLM_E_SHAPE || strstr(e.what, own) == NULL;
    }
    return NULL;
}

static void each_caller_reads_its_own_error(void **state)
{
    (void)state;
    caller c[CALLERS];
    pthread_t thread[CALLERS];
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = net_of(w);
    for (int i = 0; i < CALLERS; i++) {
        c[i] = (caller){.m = m, .number = i};
        assert_int_equal(pthread_create(&thread[i], NULL, fail_often, &c[i]), 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        assert_int_equal(pthread_join(thread[i], NULL), 0);
        assert_int_equal(c[i].wrong, 0);
    }
    plm_model_free(m);
    plm_close(w);
}

/* Calls that do not fit, and what they give. */
static float some_x[2 * WIDTH], some_y[2 * CLASSES];
static const struct {
    int inputs, outputs;
    plm_view x, y;
    plm_status status;
    const char *what;
} refused[] = {
    {0,
     1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "the model has 1 input, but 0 are given"},
    {-1,
     1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "but -1 are given"},
    {2,
     1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "but 2 are given"},
    {1,
     0,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "0 outputs were requested, but the model has 1"},
    {1,
     -1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "-1 outputs were requested"},
    {1,
     1,
     {NULL, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "not an array whose data is NULL"},
    {1,
     1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {NULL, PLM_F32, 2, {2, CLASSES}},
     PLM_E_SHAPE,
     "output 0 must be an array of shape [n, 5], not an array whose data is NULL"},
    {1,
     1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {1, CLASSES}},
     PLM_E_SHAPE,
     "the inputs have 2 rows, but output 0 has 1"},
    {1,
     1,
     {some_x, (plm_dtype)77, 2, {2, WIDTH}},
     {some_y, PLM_F32, 2, {2, CLASSES}},
     PLM_E_UNSUPPORTED,
     "input 0 has an unknown dtype"},
    {1,
     1,
     {some_x, PLM_F32, 2, {2, WIDTH}},
     {some_y, PLM_F64, 2, {1, CLASSES}},
     PLM_E_UNSUPPORTED,
     "output 0 must be float32"},
};

/* Numbers of arrays, and arrays, that do not fit: the status, and nothing is written. */
static void counts_and_arrays_that_do_not_fit(void **state)
{
    float before[2 * CLASSES];
    (void)state;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_model *m = net_of(w), *raw = plm_model_new(w);
    for (int i = 0; i < 2 * CLASSES; i++)
        before[i] = some_y[i] = (float)i - 3;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        plm_error_record e;
        plm_view out[2] = {refused[i].y, refused[i].y};
        const plm_view in[2] = {refused[i].x, refused[i].x};
        assert_int_equal(plm_predict_several(m, refused[i].inputs, in, refused[i].outputs, out),
                         refused[i].status);
        assert_error(w, refused[i].status, refused[i].what, NULL);
        assert_int_equal(
            plm_predict_with_error(m, refused[i].inputs, in, refused[i].outputs, out, &e),
            refused[i].status);
        assert_non_null(strstr(e.what, refused[i].what));
        assert_memory_equal(some_y, before, sizeof before);
    }
    const plm_view in = {some_x, PLM_F32, 2, {2, WIDTH}};
    plm_view out = {some_y, PLM_F32, 2, {2, CLASSES}};
    assert_int_equal(plm_predict_several(m, 1, NULL, 1, &out), PLM_E_SHAPE);
    assert_int_equal(plm_predict_several(m, 1, &in, 1, NULL), PLM_E_SHAPE);
    assert_int_equal(plm_predict_several(raw, 1, &in, 1, &out), PLM_E_ORDER);
    assert_memory_equal(some_y, before, sizeof before);
    assert_int_equal(plm_predict_several(m, 1, &in, 1, &out), PLM_OK);
    plm_model_free(m);
    plm_model_free(raw);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(callers_do_not_disturb_each_other),
                                       cmocka_unit_test(blocks_do_not_show),
                                       cmocka_unit_test(each_caller_reads_its_own_error),
                                       cmocka_unit_test(counts_and_arrays_that_do_not_fit)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
