/* Streams over what is in memory: the digits, caller's arrays, and every transform. */
#include "data_support.h"

#include <stdlib.h>
#include <string.h>

static void digits_are_whole(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = plm_data_open(w, "digits");
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.rows, 1797);
    assert_int_equal(info.batch, 32);
    assert_int_equal(info.classes, 10);
    assert_int_equal(info.input_rank[0], 1);
    assert_int_equal(info.input_dims[0][0], 64);
    assert_int_equal(info.target_rank[0], 0);
    assert_string_equal(info.name, "digits");
    test_rows r = test_read(d, 0);
    int count[10] = {0};
    double sum = 0;
    for (int64_t i = 0; i < r.rows; i++)
        count[(int)r.y[i]]++;
    for (int64_t i = 0; i < r.rows * 64; i++)
        sum += (double)r.x[i];
    const int known[10] = {178, 182, 177, 183, 181, 182, 181, 179, 174, 180};
    for (int i = 0; i < 10; i++)
        assert_int_equal(count[i], known[i]);
    assert_true(sum == 561718);
    assert_int_equal(r.batches, 57);
    test_forget(&r);
    plm_data_free(d);
    test_close(w, &m);
}

/* ---- arrays ---- */

static void check_dtype(plm *w, plm_dtype dtype, const void *numbers, const float *expected)
{
    const plm_view x = {
        .data = (void *)(uintptr_t)numbers, .dtype = dtype, .rank = 2, .dims = {2, 2}};
    plm_data *d = plm_data_arrays(w, &x, NULL, NULL);
    assert_non_null(d);
    test_rows r = test_read(d, 0);
    assert_int_equal(r.rows, 2);
    assert_int_equal(r.width[0], 2);
    assert_memory_equal(r.x, expected, 4 * sizeof(float));
    test_forget(&r);
    plm_data_free(d);
}

static void arrays_of_every_dtype(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const float small[4] = {0, 1, 2, 250}, reals[4] = {-1.5f, 0, 0.25f, 1024},
                bools[4] = {0, 1, 1, 0};
    check_dtype(w, PLM_F32, reals, reals);
    check_dtype(w, PLM_F64, (const double[]){-1.5, 0, 0.25, 1024}, reals);
    check_dtype(w, PLM_F16, (const uint16_t[]){0xBE00, 0, 0x3400, 0x6400}, reals);
    check_dtype(w, PLM_BF16, (const uint16_t[]){0xBFC0, 0, 0x3E80, 0x4480}, reals);
    check_dtype(w, PLM_I32, (const int32_t[]){0, 1, 2, 250}, small);
    check_dtype(w, PLM_I64, (const int64_t[]){0, 1, 2, 250}, small);
    check_dtype(w, PLM_U8, (const uint8_t[]){0, 1, 2, 250}, small);
    check_dtype(w, PLM_BOOL8, (const uint8_t[]){0, 1, 7, 0}, bools);
    test_close(w, &m);
}

static void half_floats(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    /* least, greatest subnormal, least normal, greatest */
    const uint16_t halves[4] = {0x0001, 0x83FF, 0x0400, 0x7BFF};
    const float expected[4] = {0x1p-24f, -1023 * 0x1p-24f, 0x1p-14f, 65504};
    check_dtype(w, PLM_F16, halves, expected);
    test_close(w, &m);
}

static void arrays_that_do_not_fit(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    float x[6] = {0}, y[4] = {0, 1, 0, 1};
    plm_view vx = {.data = x, .rank = 2, .dims = {3, 2}}, vy = {.data = y, .rank = 1, .dims = {4}};
    assert_null(plm_data_arrays(w, &vx, &vy, NULL));
    test_error(w, PLM_E_SHAPE, "x has 3 rows, y has 4");
    assert_null(plm_data_arrays(w, NULL, NULL, NULL));
    test_error(w, PLM_E_DATA, "x is NULL");
    vy.dims[0] = 3;
    y[1] = (float)strtod("nan", NULL);
    assert_null(plm_data_arrays(w, &vx, &vy, NULL));
    test_error(w, PLM_E_DATA, "row 1, number 0 is NaN");
    vx.dims[0] = 0;
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    test_error(w, PLM_E_DATA, "no rows");
    vx.dims[0] = INT64_MAX;
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    test_error(w, PLM_E_SHAPE, "too large for memory");
    vx.dims[0] = -1;
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    vx = (plm_view){.data = x, .dtype = (plm_dtype)99, .rank = 1, .dims = {6}};
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    test_error(w, PLM_E_DATA, "dtype 99");
    vx = (plm_view){.data = NULL, .rank = 1, .dims = {6}};
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    test_error(w, PLM_E_DATA, "NULL");
    vx = (plm_view){.data = x, .rank = 2, .dims = {3, 0}};
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    test_error(w, PLM_E_SHAPE, "has no values");
    vx = (plm_view){.data = x, .rank = 9, .dims = {1, 1, 1, 1, 1, 1, 1, 1}};
    assert_null(plm_data_arrays(w, &vx, NULL, NULL));
    test_error(w, PLM_E_SHAPE, "9 dimensions");
    test_close(w, &m);
}

static void shapes_of_parts(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    float x[6] = {0};
    int32_t labels[6] = {0, 3, 1, 0, 2, 1};
    const plm_view vx = {.data = x, .rank = 1, .dims = {6}};
    const plm_view vy = {.data = labels, .dtype = PLM_I32, .rank = 2, .dims = {6, 1}};
    plm_data *d = plm_data_arrays(w, &vx, &vy, "batch(4)");
    plm_data_info info;
    plm_batch b;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.input_rank[0], 1); /* [n] becomes [n, 1] */
    assert_int_equal(info.input_dims[0][0], 1);
    assert_int_equal(info.target_rank[0], 0); /* [n, 1] becomes [n] */
    assert_int_equal(info.classes, 4);
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    assert_int_equal(b.rows, 4);
    assert_int_equal(b.target[0].rank, 1);
    assert_int_equal(b.input[0].rank, 2);
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    assert_int_equal(b.rows, 2);
    assert_int_equal(plm_data_next(d, &b), PLM_END);
    assert_int_equal(plm_data_next(d, &b), PLM_END);
    plm_data_free(d);
    test_close(w, &m);
}

/* ---- transforms ---- */

enum { COUNT = 1000 };

/* Rows 0, 1, 2, ...: x = [i, -i], y = i. */
static plm_data *count_up(plm *w, const char *transforms)
{
    static float x[COUNT][2];
    static int32_t y[COUNT];
    for (int i = 0; i < COUNT; i++) {
        x[i][0] = (float)i;
        x[i][1] = (float)-i;
        y[i] = i;
    }
    const plm_view vx = {.data = x, .rank = 2, .dims = {COUNT, 2}};
    const plm_view vy = {.data = y, .dtype = PLM_I32, .rank = 1, .dims = {COUNT}};
    plm_data *d = plm_data_arrays(w, &vx, &vy, transforms);
    if (!d)
        print_message("%s\n", plm_last_error(w)->what);
    assert_non_null(d);
    return d;
}

/* Every row of [0, COUNT) comes at most once, inputs and targets together. */
static void check_rows(const test_rows *r, int64_t rows)
{
    bool seen[COUNT] = {false};
    assert_int_equal(r->end, PLM_END);
    assert_int_equal(r->rows, rows);
    for (int64_t i = 0; i < r->rows; i++) {
        const int row = (int)r->y[i];
        assert_true(r->x[2 * i] == (float)row && r->x[2 * i + 1] == (float)-row);
        assert_false(seen[row]);
        seen[row] = true;
    }
}

static void shuffle_is_a_permutation(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = count_up(w, "shuffle | batch(64)"),
             *same = count_up(w, "shuffle | rescaling(1) | batch(100)");
    plm_data *other = count_up(w, "shuffle(seed=8)");
    test_rows a = test_read(d, 0), b = test_read(d, 1), c = test_read(same, 0),
              e = test_read(other, 0);
    check_rows(&a, COUNT);
    check_rows(&b, COUNT);
    check_rows(&c, COUNT);
    check_rows(&e, COUNT);
    assert_memory_equal(a.y, c.y, COUNT * sizeof(float)); /* the same seed and epoch */
    assert_true(memcmp(a.y, b.y, COUNT * sizeof(float)) != 0);
    assert_true(memcmp(a.y, e.y, COUNT * sizeof(float)) != 0);
    int fixed = 0;
    for (int i = 0; i < COUNT; i++)
        fixed += (int)a.y[i] == i;
    assert_true(fixed < 10); /* one is expected */
    test_forget(&a);
    test_forget(&b);
    test_forget(&c);
    test_forget(&e);
    plm_data_free(d);
    plm_data_free(same);
    plm_data_free(other);
    test_close(w, &m);
}

static void take_and_skip(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = count_up(w, "skip(10) | take(100) | skip(5) | batch(32, drop_remainder=true)");
    test_rows r = test_read(d, 0);
    check_rows(&r, 64); /* 95 rows, whole batches only */
    assert_true(r.y[0] == 15 && r.y[63] == 78);
    test_forget(&r);
    plm_data_free(d);
    d = count_up(w, "take(100) | shuffle | take(7) | skip(2) | take(6)");
    plm_data_info info;
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.rows, 5);
    r = test_read(d, 3);
    check_rows(&r, 5);
    for (int i = 0; i < 5; i++)
        assert_true(r.y[i] < 100);
    test_forget(&r);
    plm_data_free(d);
    test_close(w, &m);
}

static void numbers_are_changed(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = plm_data_open(w, "digits | one_hot | rescaling(1/16, offset=-0.5) | batch(50)");
    plm_data *plain = plm_data_open(w, "digits | batch(70)");
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.target_rank[0], 1);
    assert_int_equal(info.target_dims[0][0], 10);
    test_rows r = test_read(d, 0), p = test_read(plain, 0);
    assert_int_equal(r.rows, 1797);
    for (int64_t i = 0; i < r.rows * 64; i++)
        assert_true(r.x[i] == p.x[i] / 16 - 0.5f);
    for (int64_t i = 0; i < r.rows; i++)
        for (int k = 0; k < 10; k++)
            assert_true(r.y[i * 10 + k] == (float)((int)p.y[i] == k));
    test_forget(&r);
    test_forget(&p);
    plm_data_free(d);
    plm_data_free(plain);
    d = plm_data_open(w, "digits | one_hot(5)");
    r = test_read(d, 0);
    assert_int_equal(r.end, PLM_E_DATA);
    test_error(w, PLM_E_DATA, "is not one of 0..4");
    test_forget(&r);
    plm_data_free(d);
    test_close(w, &m);
}

/* ---- split ---- */

static void split_takes_the_last_rows(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = count_up(w, "shuffle | rescaling(2) | batch(64, drop_remainder=true)");
    plm_data *v = plm_data_split(d, "split(0.1)"), *u = plm_data_split(d, "%g", 0.25);
    assert_non_null(v);
    assert_non_null(u);
    test_rows r = test_read(v, 4), q = test_read(u, 0);
    assert_int_equal(r.rows, 100);
    assert_int_equal(r.batches, 2);
    assert_int_equal(q.rows, 225); /* 900 - floor(900 * 0.75) */
    for (int i = 0; i < 100; i++)
        /* transformed, in order */
        assert_true(r.y[i] == (float)(900 + i) && r.x[2 * i] == (float)(1800 + 2 * i));
    for (int i = 0; i < 225; i++)
        assert_true(q.y[i] == (float)(675 + i));
    test_forget(&r);
    r = test_read(d, 0);
    assert_int_equal(r.rows, 675 / 64 * 64);
    for (int64_t i = 0; i < r.rows; i++)
        assert_true(r.y[i] < 675);
    test_forget(&r);
    test_forget(&q);
    plm_data_free(d); /* the source lives on */
    r = test_read(v, 0);
    assert_int_equal(r.rows, 100);
    test_forget(&r);
    plm_data_free(u);
    plm_data_free(v);
    test_close(w, &m);
}

static void split_at_random(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = count_up(w, "take(500) | batch(10)"), *e = count_up(w, "take(500)");
    plm_data *v = plm_data_split(d, "split(0.2, shuffle=true)"),
             *u = plm_data_split(d, "split(0.5, shuffle=true)");
    plm_data *same = plm_data_split(e, "split(0.2, shuffle=true)");
    test_rows a = test_read(d, 0), b = test_read(v, 0), c = test_read(u, 0), s = test_read(same, 0);
    bool seen[COUNT] = {false};
    const test_rows *all[3] = {&a, &b, &c};
    for (int k = 0; k < 3; k++)
        for (int64_t i = 0; i < all[k]->rows; i++) {
            assert_true(i == 0 || all[k]->y[i] > all[k]->y[i - 1]); /* in their order */
            assert_false(seen[(int)all[k]->y[i]]);
            seen[(int)all[k]->y[i]] = true;
        }
    assert_int_equal(a.rows, 200);
    assert_int_equal(b.rows, 100);
    assert_int_equal(c.rows, 200);
    assert_memory_equal(b.y, s.y, 100 * sizeof(float));
    assert_true(b.y[0] < 50 && b.y[99] > 450);
    test_forget(&a);
    test_forget(&b);
    test_forget(&c);
    test_forget(&s);
    plm_data_free(v);
    plm_data_free(u);
    plm_data_free(same);
    plm_data_free(d);
    plm_data_free(e);
    test_close(w, &m);
}

static void splits_that_cannot_be(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = count_up(w, "take(3)");
    plm_batch b;
    assert_null(plm_data_split(d, "split(0)"));
    test_error(w, PLM_E_DATA, "keeps 3 and splits off 0");
    assert_null(plm_data_split(d, "split(1)"));
    test_error(w, PLM_E_DATA, "keeps 0 and splits off");
    assert_null(plm_data_split(d, "split(1.5)"));
    test_error(w, PLM_E_SPEC, "between 0 and 1");
    assert_null(plm_data_split(d, "batch(3)"));
    test_error(w, PLM_E_SPEC, "split(0.1)");
    assert_null(plm_data_split(d, "splitt(0.1)"));
    test_error(w, PLM_E_SPEC, "did you mean split?");
    assert_null(plm_data_split(NULL, "split(0.1)"));
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    assert_null(plm_data_split(d, "split(0.5)"));
    test_error(w, PLM_E_ORDER, "before the first batch");
    plm_data_free(d);
    test_close(w, &m);
}

/* A split that leaves too few rows for a batch takes none. */
static void failed_split_takes_nothing(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = count_up(w, "batch(64, drop_remainder=true)");
    assert_null(plm_data_split(d, "split(0.99)"));
    test_error(w, PLM_E_DATA, "drop_remainder");
    test_rows r = test_read(d, 0);
    assert_int_equal(r.rows, 1000 / 64 * 64);
    test_forget(&r);
    plm_data_free(d);
    test_close(w, &m);
}

/* ---- refusals ---- */

static void bad_pipelines(void **state)
{
    (void)state;
    static const struct {
        const char *pipeline, *part;
        plm_status status;
    } bad[] = {
        {"", "empty", PLM_E_SPEC},
        {"digitz", "did you mean digits?", PLM_E_SPEC},
        {"digits | shufle", "did you mean shuffle?", PLM_E_SPEC},
        {"digits | batch(0)", "between 1 and", PLM_E_SPEC},
        {"digits | batch(2.5)", "whole number", PLM_E_SPEC},
        {"digits | batch(rows=2, row=3)", "did you mean rows?", PLM_E_SPEC},
        {"digits | batch(2) | batch(3)", "two batch sizes", PLM_E_SPEC},
        {"digits | batch(2) | shuffle", "before the batch", PLM_E_SPEC},
        {"digits | prefetch | batch(2)", "move prefetch to the end", PLM_E_SPEC},
        {"digits | split(0.1)", "validation", PLM_E_SPEC},
        {"digits | skip(1797)", "no rows are left of the 1797 rows", PLM_E_DATA},
        {"digits | batch(1798, drop_remainder=true)", "drop_remainder", PLM_E_DATA},
        {"digits | rescaling", "needs scale", PLM_E_SPEC},
        {"digits | one_hot | one_hot", "10 values per row", PLM_E_SHAPE},
        {"digits | ", "", PLM_E_SPEC},
        {"batch(3)", "unknown source", PLM_E_SPEC},
    };
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        test_refused(w, bad[i].status, bad[i].part, "%s", bad[i].pipeline);
    assert_null(plm_data_open(w, NULL));
    test_error(w, PLM_E_ORDER, "NULL");
    assert_null(plm_data_open(NULL, "digits"));
    plm_data_free(NULL);
    plm_batch b;
    plm_data_info info;
    assert_int_equal(plm_data_next(NULL, &b), PLM_E_ORDER);
    assert_int_equal(plm_data_rewind(NULL, 0), PLM_E_ORDER);
    assert_int_equal(plm_data_get_info(NULL, &info), PLM_E_ORDER);
    test_close(w, &m);
}

/* ---- memory ---- */

static void a_step_allocates_nothing(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = plm_data_open(w, "digits | shuffle | one_hot | rescaling(1/16) | batch(32)");
    plm_batch b;
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    const long calls = m.calls;
    for (int64_t epoch = 1; epoch < 4; epoch++) {
        assert_int_equal(plm_data_rewind(d, epoch), PLM_OK);
        while (plm_data_next(d, &b) == PLM_OK) {}
    }
    assert_int_equal(m.calls, calls);
    plm_data_free(d);
    test_close(w, &m);
}

static void every_allocation_fails_in_turn(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    bool done = false;
    for (long k = 1; !done; k++) {
        m.calls = 0;
        m.fail_at = k;
        plm_data *d = plm_data_open(w, "digits | shuffle | one_hot | batch(100)");
        plm_data *v = d ? plm_data_split(d, "split(0.2, shuffle=true)") : NULL;
        test_rows r = {0};
        if (v)
            r = test_read(v, 0);
        done = v && r.end == PLM_END;
        if (!done)
            assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
        m.fail_at = 0;
        test_forget(&r);
        plm_data_free(v);
        plm_data_free(d);
        assert_true(k < 1000);
    }
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(digits_are_whole),
        cmocka_unit_test(arrays_of_every_dtype),
        cmocka_unit_test(half_floats),
        cmocka_unit_test(arrays_that_do_not_fit),
        cmocka_unit_test(shapes_of_parts),
        cmocka_unit_test(shuffle_is_a_permutation),
        cmocka_unit_test(take_and_skip),
        cmocka_unit_test(numbers_are_changed),
        cmocka_unit_test(split_takes_the_last_rows),
        cmocka_unit_test(split_at_random),
        cmocka_unit_test(splits_that_cannot_be),
        cmocka_unit_test(failed_split_takes_nothing),
        cmocka_unit_test(bad_pipelines),
        cmocka_unit_test(a_step_allocates_nothing),
        cmocka_unit_test(every_allocation_fails_in_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
