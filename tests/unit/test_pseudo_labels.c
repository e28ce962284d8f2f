/* The rows that pseudo-labels join: each once, with its own label or the class that the model
 * gives. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "plummet.h"

static void check(const plm *w, plm_status status)
{
    if (status < 0)
        fail_msg("%s: %s (%s)", plm_last_error(w)->where, plm_last_error(w)->what,
                 plm_last_error(w)->hint);
}

static plm *open_with(int threads)
{
    return plm_open(PLM_OPTIONS(.threads = threads, .seed = 7, .unpinned = true));
}

static plm_model *line(plm *w, const char *layer, const char *loss)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(64)");
    plm_add(m, "rescaling(1/16)");
    plm_add(m, "%s", layer);
    check(w, plm_compile(m, "adam(0.05)", loss, NULL));
    return m;
}

enum { KNOWN = 30, FOUND = 9, SIZE = 64 };

/* Reads all rows of data: x [rows, SIZE], y [rows, width]. */
static int64_t read_all(plm *w, plm_data *d, int64_t width, float *x, float *y)
{
    plm_batch b;
    int64_t rows = 0;
    check(w, plm_data_rewind(d, 0));
    while (plm_data_next(d, &b) == PLM_OK) {
        assert_true(rows + b.rows <= KNOWN + FOUND);
        memcpy(x + rows * SIZE, b.input[0].data, (size_t)(b.rows * SIZE) * sizeof *x);
        memcpy(y + rows * width, b.target[0].data, (size_t)(b.rows * width) * sizeof *y);
        rows += b.rows;
    }
    return rows;
}

/* The place of a row among all; it is there once. */
static int64_t row_of(const float *all, const float *row)
{
    int64_t at = -1;
    for (int64_t i = 0; i < KNOWN + FOUND; i++)
        if (memcmp(all + i * SIZE, row, SIZE * sizeof *row) == 0) {
            assert_int_equal(at, -1);
            at = i;
        }
    assert_true(at >= 0);
    return at;
}

/* Each row is there once: known rows keep their labels, the others have the class that the model
 * finds the most probable. */
static void check_joined(plm *w, const char *known, plm_model *m, int64_t width)
{
    static float x[3][(KNOWN + FOUND) * SIZE], y[3][(KNOWN + FOUND) * 10], p[FOUND * 10];
    int64_t sure = 0;
    plm_data *few = plm_data_open(w, "%s", known);
    plm_data *rest = plm_data_open(w, "digits | skip(30) | take(9)");
    plm_data *joined = plm_pseudo_labels(m, few, rest, 0, &sure);
    assert_non_null(joined);
    assert_int_equal(read_all(w, few, width, x[0], y[0]), KNOWN);
    assert_int_equal(read_all(w, rest, 1, x[1], y[1]), FOUND);
    assert_int_equal(read_all(w, joined, width, x[2], y[2]), KNOWN + FOUND);
    const plm_view in = {.data = x[1], .dtype = PLM_F32, .rank = 2, .dims = {FOUND, SIZE}};
    plm_view out = {.data = p, .dtype = PLM_F32, .rank = 2, .dims = {FOUND, 10}};
    check(w, plm_predict(m, &in, &out));
    for (int64_t i = 0; i < KNOWN; i++)
        assert_memory_equal(y[2] + row_of(x[2], x[0] + i * SIZE) * width, y[0] + i * width,
                            (size_t)width * sizeof y[0][0]);
    for (int64_t i = 0; i < FOUND; i++) {
        const float *found = y[2] + row_of(x[2], x[1] + i * SIZE) * width;
        int best = 0;
        for (int k = 1; k < 10; k++)
            best = p[i * 10 + k] > p[i * 10 + best] ? k : best;
        for (int64_t k = 0; k < width; k++)
            assert_int_equal((int)found[k], width == 1 ? best : k == best);
    }
    plm_data_free(joined);
    plm_data_free(few);
    plm_data_free(rest);
}

static void joined_rows(void **state)
{
    (void)state;
    plm *w = open_with(1);
    plm_model *hot = line(w, "dense(10, activation=softmax)", "categorical_crossentropy");
    plm_model *one = line(w, "dense(10, activation=softmax)", "sparse_categorical_crossentropy");
    check_joined(w, "digits | take(30) | one_hot | batch(7)", hot, 10);
    check_joined(w, "digits | take(30) | batch(7)", one, 1);
    plm_model_free(hot);
    plm_model_free(one);
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(joined_rows)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
