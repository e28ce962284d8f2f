/* The transforms for training alone: mixup and label_noise. Each row is known by its place, so what
 * was mixed with what can be read from the batch. */
#include "data_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 64 };

static float unit[ROWS * ROWS], number[ROWS];

/* Rows that are unit vectors, with their number as the target. */
static plm_data *open_units(plm *w, const char *transforms)
{
    memset(unit, 0, sizeof unit);
    for (int i = 0; i < ROWS; i++) {
        unit[i * ROWS + i] = 1;
        number[i] = (float)i;
    }
    const plm_view x = {unit, PLM_F32, 2, {ROWS, ROWS}}, y = {number, PLM_F32, 2, {ROWS, 1}};
    plm_data *d = plm_data_arrays(w, &x, &y, transforms);
    assert_non_null(d);
    return d;
}

/* Checks that each row is a mean of two and its target the same mean of theirs. Adds the weights of
 * the rows themselves and their squares to the sums. */
static void check_means(const test_rows *r, double *sum, double *squares)
{
    for (int64_t i = 0; i < r->rows; i++) {
        double whole = 0, target = 0;
        int parts = 0;
        for (int k = 0; k < ROWS; k++) {
            const double part = (double)r->x[i * ROWS + k];
            assert_true(part >= 0 && part <= 1);
            parts += part > 0;
            whole += part;
            target += part * k;
        }
        assert_true(parts == 1 || parts == 2);
        assert_true(fabs(whole - 1) < 1e-6);
        assert_true(fabs(target - (double)r->y[i]) < 1e-4);
        *sum += (double)r->x[i * ROWS + i];
        *squares += (double)r->x[i * ROWS + i] * (double)r->x[i * ROWS + i];
    }
}

/* The variance of Beta(a, a) is 1 / (4 (2 a + 1)). */
static void mixup_mixes(void **state)
{
    static const double alpha[] = {0.1, 0.2, 0.7, 1, 4, 30};
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t k = 0; k < sizeof alpha / sizeof *alpha; k++) {
        char text[64];
        double sum = 0, squares = 0;
        const double wanted = 1 / (4 * (2 * alpha[k] + 1)), count = 200.0 * ROWS;
        snprintf(text, sizeof text, "mixup(%g) | batch(%d)", alpha[k], ROWS);
        plm_data *d = open_units(w, text);
        for (int epoch = 0; epoch < 200; epoch++) {
            test_rows r = test_read(d, epoch);
            assert_int_equal(r.rows, ROWS);
            check_means(&r, &sum, &squares);
            test_forget(&r);
        }
        const double mean = sum / count, variance = squares / count - mean * mean;
        assert_true(fabs(mean - 0.5) < 5 * sqrt(wanted / count));
        assert_true(fabs(variance / wanted - 1) < 0.05);
        plm_data_free(d);
    }
    test_close(w, &m);
}

/* The same epoch is mixed in the same way, another one and another batch in another. A row alone
 * stays as it is. */
static void mixup_is_drawn_by_epoch(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = open_units(w, "mixup(1) | batch(21)"); /* the last batch is one row */
    test_rows first = test_read(d, 3), again = test_read(d, 3), other = test_read(d, 4);
    const size_t bytes = (size_t)ROWS * ROWS * sizeof(float);
    assert_memory_equal(first.x, again.x, bytes);
    assert_true(memcmp(first.x, other.x, bytes) != 0);
    assert_memory_equal(first.x + 63 * ROWS, unit + 63 * ROWS, ROWS * sizeof(float));
    plm_data_free(d);
    test_forget(&first);
    test_forget(&again);
    test_forget(&other);
    test_close(w, &m);
}

static void rows_split_off_are_not_mixed(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = plm_data_open(w, "digits | label_noise(1) | shuffle | one_hot | mixup(1)");
    plm_data *v = plm_data_split(d, "split(0.2)");
    assert_non_null(v);
    plm_data *plain = plm_data_open(w, "digits | skip(1437) | one_hot");
    test_rows got = test_read(v, 0), want = test_read(plain, 0);
    assert_int_equal(got.rows, want.rows);
    assert_memory_equal(got.x, want.x, (size_t)got.rows * 64 * sizeof(float));
    assert_memory_equal(got.y, want.y, (size_t)got.rows * 10 * sizeof(float));
    test_forget(&got);
    test_forget(&want);
    plm_data_free(plain);
    plm_data_free(v);
    plm_data_free(d);
    test_close(w, &m);
}

/* Labels are wrong for the share of rows that was asked for, in the same way in every epoch and in
 * any order, and evenly among the other classes. */
static void labels_are_wrong(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *plain = plm_data_open(w, "digits"),
             *noisy = plm_data_open(w, "digits | label_noise(0.3)"),
             *mixed = plm_data_open(w, "digits | shuffle | label_noise(0.3)");
    test_rows want = test_read(plain, 0), got = test_read(noisy, 0), again = test_read(noisy, 7),
              shuffled = test_read(mixed, 2);
    int wrong = 0, by_step[10] = {0};
    double sum = 0, of_shuffled = 0;
    for (int64_t i = 0; i < want.rows; i++) {
        const int step = ((int)got.y[i] - (int)want.y[i] + 10) % 10;
        wrong += step != 0;
        by_step[step]++;
        sum += (double)got.y[i] * (1 + (double)got.x[i * 64 + 20]);
        of_shuffled += (double)shuffled.y[i] * (1 + (double)shuffled.x[i * 64 + 20]);
    }
    assert_true(abs(wrong - 539) < 80); /* 0.3 of 1,797, four deviations */
    for (int step = 1; step < 10; step++)
        assert_true(by_step[step] > 30 && by_step[step] < 95);
    assert_memory_equal(got.y, again.y, (size_t)got.rows * sizeof(float));
    assert_true(fabs(sum - of_shuffled) < 0.5);
    test_forget(&want);
    test_forget(&got);
    test_forget(&again);
    test_forget(&shuffled);
    plm_data_free(plain);
    plm_data_free(noisy);
    plm_data_free(mixed);
    test_close(w, &m);
}

static void what_is_refused(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    test_refused(w, PLM_E_SPEC, "one_hot | mixup", "digits | mixup");
    test_refused(w, PLM_E_SHAPE, "before one_hot", "digits | one_hot | label_noise(0.1)");
    test_refused(w, PLM_E_SPEC, "between 0 and 1", "digits | label_noise(1.5)");
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mixup_mixes),
        cmocka_unit_test(mixup_is_drawn_by_epoch),
        cmocka_unit_test(rows_split_off_are_not_mixed),
        cmocka_unit_test(labels_are_wrong),
        cmocka_unit_test(what_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
