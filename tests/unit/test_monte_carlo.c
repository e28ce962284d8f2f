/* Monte Carlo prediction over several blocks of rows: each row draws numbers of its own, whatever
 * block it is in, and the next call goes on from them. */
#include "data_support.h"
#include "nn_support.h"

enum { ROWS = 2500, SAMPLES = 20 };

static plm_model *dropping(plm *w)
{
    plm_model *m = plm_model_new(w);
    plm_add(m, "input(1)");
    plm_add(m, "dropout(0.5)");
    plm_add(m, "dense(1, kernel_initializer=ones)");
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    return m;
}

/* Predicts rows of ones: mean and deviation of each. */
static void sample(plm_model *m, int64_t rows, float *mean, float *deviation)
{
    static float ones[2 * ROWS];
    for (int64_t i = 0; i < rows; i++)
        ones[i] = 1;
    const plm_view x = {ones, PLM_F32, 2, {rows, 1}};
    plm_view y = {mean, PLM_F32, 2, {rows, 1}}, d = {deviation, PLM_F32, 2, {rows, 1}};
    assert_int_equal(plm_predict_monte_carlo(m, &x, SAMPLES, &y, &d), PLM_OK);
}

static void blocks(void **state)
{
    static float all[2 * ROWS], first[ROWS], rest[ROWS], deviation[2 * ROWS], other[ROWS];
    (void)state;
    for (int threads = 1; threads <= 3; threads += 2) {
        plm *w = plm_open(PLM_OPTIONS(.threads = threads, .seed = 7));
        plm_model *m = dropping(w), *n = dropping(w);
        sample(m, 2 * ROWS, all, deviation);
        sample(n, ROWS, first, other); /* the same rows in two calls */
        assert_memory_equal(first, all, sizeof first);
        assert_memory_equal(other, deviation, sizeof other);
        sample(n, ROWS, rest, other);
        assert_memory_equal(rest, all + ROWS, sizeof rest);
        assert_memory_equal(other, deviation + ROWS, sizeof other);
        /* No two blocks are alike: of so many samples two rows rarely have the same mean. */
        double sum = 0;
        for (int block = 64; block < ROWS; block *= 2) {
            int same = 0;
            for (int i = 0; i < ROWS; i++)
                same += all[i] >= all[i + block] && all[i] <= all[i + block];
            assert_in_range(same, 0, ROWS / 4);
        }
        /* A sample is 0 or 2: mean 1; of 20 of them the deviation is 2 sqrt(q (1 - q)). */
        for (int i = 0; i < 2 * ROWS; i++) {
            const double q = (double)all[i] / 2;
            sum += (double)all[i];
            assert_near((double)deviation[i], 2 * sqrt(q * (1 - q)), 1e-5, "deviation", (size_t)i);
        }
        assert_near(sum / (2 * ROWS), 1, 0.02, "mean", 0);
        plm_model_free(m);
        plm_model_free(n);
        plm_close(w);
    }
}

/* random_leaky_relu draws its slopes in a sample, too: -1 becomes a number between the bounds. */
static void random_slopes(void **state)
{
    float x[] = {-1, -1, -1}, mean[3], deviation[3];
    const plm_view in = {x, PLM_F32, 2, {3, 1}};
    plm_view out = {mean, PLM_F32, 2, {3, 1}}, spread = {deviation, PLM_F32, 2, {3, 1}};
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 7));
    plm_model *m = plm_model_new(w);
    (void)state;
    plm_add(m, "input(1)");
    plm_add(m, "random_leaky_relu(0.1, 0.5)");
    assert_int_equal(plm_compile(m, NULL, NULL, NULL), PLM_OK);
    assert_int_equal(plm_predict_monte_carlo(m, &in, 200, &out, &spread), PLM_OK);
    for (size_t i = 0; i < 3; i++) {
        assert_near((double)mean[i], -0.3, 0.03, "mean", i);
        assert_near((double)deviation[i], 0.4 / sqrt(12), 0.02, "deviation", i);
    }
    plm_model_free(m);
    plm_close(w);
}

/* An output of several lines has a mean and a deviation for each of its numbers. */
static void outputs_of_several_lines(void **state)
{
    enum { COUNT = 40, LINES = 3, COLUMNS = 16, NUMBERS = COUNT * LINES * COLUMNS };
    static float x[NUMBERS], mean[NUMBERS], deviation[NUMBERS];
    const plm_view in = {x, PLM_F32, 3, {COUNT, LINES, COLUMNS}};
    plm_view out = {mean, PLM_F32, 3, {COUNT, LINES, COLUMNS}},
             spread = {deviation, PLM_F32, 3, {COUNT, LINES, COLUMNS}};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_model *m = plm_model_new(w);
    (void)state;
    for (int i = 0; i < NUMBERS; i++)
        x[i] = (float)(i % 7 + 1);
    plm_add(m, "input(%d, %d)", LINES, COLUMNS);
    plm_add(m, "dropout(0.5)");
    plm_add(m, "dense(%d, kernel_initializer=ones)", COLUMNS);
    assert_int_equal(plm_compile(m, "sgd", "mse", NULL), PLM_OK);
    assert_int_equal(plm_predict_monte_carlo(m, &in, 400, &out, &spread), PLM_OK);
    for (size_t i = 0; i < NUMBERS; i++) { /* sums of numbers that are 0 or doubled */
        double sum = 0, squares = 0;
        for (size_t k = i - i % COLUMNS; k < i - i % COLUMNS + COLUMNS; k++) {
            sum += (double)x[k];
            squares += (double)x[k] * (double)x[k];
        }
        assert_near((double)mean[i], sum, sqrt(squares) / 4, "mean", i);
        assert_near((double)deviation[i], sqrt(squares), sqrt(squares) / 5, "deviation", i);
    }
    plm_model_free(m);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(blocks), cmocka_unit_test(random_slopes),
                                       cmocka_unit_test(outputs_of_several_lines)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
