/* Streamed files: the same rows as loaded ones, in bounded memory, read ahead by a thread. */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 20000, WIDTH = 16 };

/* An IDX pair of ROWS rows: x = bytes by a rule, y = the row's number. */
static void write_pair(const char **x, const char **y)
{
    static unsigned char images[12 + ROWS * WIDTH], labels[8 + ROWS * 4];
    const unsigned char size[4] = {0, 0, ROWS >> 8, ROWS & 255};
    memcpy(images, "\0\0\x08\2", 4);
    memcpy(images + 4, size, 4);
    memcpy(images + 8, "\0\0\0\x10", 4);
    memcpy(labels, "\0\0\x0C\1", 4);
    memcpy(labels + 4, size, 4);
    for (int i = 0; i < ROWS; i++) {
        for (int k = 0; k < WIDTH; k++)
            images[12 + i * WIDTH + k] = (unsigned char)(i * 7 + k * k);
        labels[8 + 4 * i + 2] = (unsigned char)(i >> 8);
        labels[8 + 4 * i + 3] = (unsigned char)i;
    }
    *x = test_write("x.idx", images, sizeof images);
    *y = test_write("y.idx", labels, sizeof labels);
}

static plm_data *open_pair(plm *w, bool streamed, const char *transforms)
{
    const char *x, *y;
    write_pair(&x, &y);
    plm_data *d = plm_data_open(w, "idx('%s', '%s', stream=%s)%s", x, y,
                                streamed ? "true" : "false", transforms);
    if (!d)
        fail_msg("%s", plm_last_error(w)->what);
    return d;
}

static void check_equal(const test_rows *a, const test_rows *b)
{
    assert_int_equal(a->end, PLM_END);
    assert_int_equal(b->end, PLM_END);
    assert_int_equal(a->rows, b->rows);
    assert_int_equal(a->batches, b->batches);
    assert_memory_equal(a->x, b->x, (size_t)a->rows * a->width[0] * sizeof(float));
    assert_memory_equal(a->y, b->y, (size_t)a->rows * a->width[1] * sizeof(float));
}

static void streaming_equals_loaded(void **state)
{
    (void)state;
    static const char *const transforms[] = {
        "",
        " | batch(100)",
        " | batch(33, drop_remainder=true) | prefetch(0)",
        " | skip(17) | take(500) | rescaling(1/255) | prefetch(5)",
        " | one_hot(20000) | take(50)",
        " | take(7) | batch(64)"};
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof transforms / sizeof transforms[0]; i++) {
        plm_data *loaded = open_pair(w, false, transforms[i]),
                 *streamed = open_pair(w, true, transforms[i]);
        plm_data_info a, b;
        assert_int_equal(plm_data_get_info(loaded, &a), PLM_OK);
        assert_int_equal(plm_data_get_info(streamed, &b), PLM_OK);
        assert_int_equal(a.rows, b.rows);
        for (int64_t epoch = 0; epoch < 2; epoch++) {
            test_rows x = test_read(loaded, epoch), y = test_read(streamed, epoch);
            check_equal(&x, &y);
            test_forget(&x);
            test_forget(&y);
        }
        plm_data_free(loaded);
        plm_data_free(streamed);
    }
    test_clean();
    test_close(w, &m);
}

static void tables_stream_too(void **state)
{
    (void)state;
    static char text[400000];
    size_t n = 0;
    for (int i = 0; i < ROWS / 2; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%d;\"%d\";%d.25\n", i, i % 7, -i);
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write_packed("t.csv.gz", text, n);
    plm_data *a = plm_data_open(w, "csv('%s', target=1) | skip(3) | batch(77)", path);
    plm_data *b = plm_data_open(w, "csv('%s', target=1, stream=true) | skip(3) | batch(77)", path);
    plm_data_info info;
    assert_non_null(a);
    assert_non_null(b);
    assert_int_equal(plm_data_get_info(b, &info), PLM_OK);
    assert_int_equal(info.rows, -1);
    for (int64_t epoch = 0; epoch < 2; epoch++) {
        test_rows x = test_read(a, epoch), y = test_read(b, epoch);
        check_equal(&x, &y);
        test_forget(&x);
        test_forget(&y);
    }
    assert_null(plm_data_split(b, "split(0.1)"));
    plm_data_free(a);
    plm_data_free(b);
    b = plm_data_open(w, "csv('%s', target=1, stream=true)", path);
    assert_null(plm_data_split(b, "split(0.1)"));
    test_error(w, PLM_E_UNSUPPORTED, "stream=false");
    plm_data_free(b);
    test_clean();
    test_close(w, &m);
}

static void windows_mix(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = open_pair(w, true, " | shuffle(500) | batch(128)");
    test_rows a = test_read(d, 0), b = test_read(d, 1), again = test_read(d, 0);
    check_equal(&a, &again);
    assert_int_equal(a.rows, ROWS);
    assert_true(memcmp(a.y, b.y, ROWS * sizeof(float)) != 0);
    static bool seen[ROWS];
    memset(seen, 0, sizeof seen);
    for (int64_t i = 0; i < ROWS; i++) {
        const int row = (int)a.y[i];
        assert_false(seen[row]);
        seen[row] = true;
        assert_true(row <= i + 500 + 128); /* no row comes from beyond the window */
        for (int k = 0; k < WIDTH; k++)
            assert_true(a.x[i * WIDTH + k] == (float)(unsigned char)(row * 7 + k * k));
    }
    test_forget(&a);
    test_forget(&b);
    test_forget(&again);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

/* What skip and take leave of a mixed stream is a part of the order that the mixed stream has. */
static void mixed_rows_are_picked(void **state)
{
    (void)state;
    enum { SKIP = 37, TAKE = 300 };
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *all = open_pair(w, true, " | shuffle(500) | batch(128)"),
             *some = open_pair(w, true, " | shuffle(500) | skip(37) | take(300) | batch(16)");
    for (int64_t epoch = 0; epoch < 2; epoch++) {
        test_rows a = test_read(all, epoch), b = test_read(some, epoch);
        assert_int_equal(b.end, PLM_END);
        assert_int_equal(b.rows, TAKE);
        assert_memory_equal(b.y, a.y + SKIP, TAKE * sizeof(float));
        assert_memory_equal(b.x, a.x + SKIP * WIDTH, TAKE * WIDTH * sizeof(float));
        test_forget(&a);
        test_forget(&b);
    }
    plm_data_free(all);
    plm_data_free(some);
    some = open_pair(w, true, " | shuffle(500) | skip(19990) | take(300)");
    test_rows few = test_read(some, 0);
    assert_int_equal(few.rows, ROWS - 19990); /* the stream ends before take has its rows */
    test_forget(&few);
    plm_data_free(some);
    test_clean();
    test_close(w, &m);
}

static void streams_split(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = open_pair(w, true, " | skip(100) | shuffle | batch(64)");
    assert_null(plm_data_split(d, "split(0.1, shuffle=true)"));
    test_error(w, PLM_E_UNSUPPORTED, "stream=false");
    plm_data *v = plm_data_split(d, "split(0.25)");
    assert_non_null(v);
    test_rows a = test_read(d, 0), b = test_read(v, 0), c = test_read(v, 1);
    check_equal(&b, &c);
    assert_int_equal(a.rows, (ROWS - 100) / 4 * 3);
    assert_int_equal(b.rows, (ROWS - 100) / 4);
    for (int64_t i = 0; i < b.rows; i++)
        assert_true(b.y[i] == (float)(100 + a.rows + i));
    for (int64_t i = 0; i < a.rows; i++)
        assert_true(a.y[i] >= 100 && a.y[i] < (float)(100 + a.rows));
    test_forget(&a);
    test_forget(&b);
    test_forget(&c);
    plm_data_free(d);
    plm_data_free(v);
    test_clean();
    test_close(w, &m);
}

static void memory_stays_bounded(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = open_pair(w, true, " | shuffle(64) | batch(32)");
    plm_batch b;
    assert_int_equal(plm_data_next(d, &b), PLM_OK);
    const long calls = m.calls;
    for (int64_t epoch = 1; epoch < 3; epoch++) {
        assert_int_equal(plm_data_rewind(d, epoch), PLM_OK);
        while (plm_data_next(d, &b) == PLM_OK) {}
    }
    assert_int_equal(m.calls, calls);
    plm_data_free(d);
    /* less than the bytes of the file, which is 40 times a batch */
    assert_true(m.most < (size_t)ROWS * WIDTH);
    test_clean();
    test_close(w, &m);
}

static void rewinding_in_the_middle(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = open_pair(w, true, " | batch(10) | prefetch(3)");
    plm_batch b;
    for (int turn = 0; turn < 200; turn++) {
        assert_int_equal(plm_data_rewind(d, turn), PLM_OK);
        for (int k = 0; k < turn % 7; k++) {
            assert_int_equal(plm_data_next(d, &b), PLM_OK);
            assert_true(((const float *)b.target[0].data)[0] == (float)(10 * k));
        }
    }
    plm_data_free(d); /* while the thread may be at work */
    test_clean();
    test_close(w, &m);
}

static void errors_reach_the_caller(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    char text[4096];
    size_t n = 0;
    for (int i = 0; i < 100; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, i == 70 ? "1,x\n" : "1,2\n");
    plm_data *d =
        plm_data_open(w, "csv('%s', stream=true) | batch(8)", test_write("t.csv", text, n));
    assert_non_null(d);
    for (int64_t epoch = 0; epoch < 2; epoch++) {
        test_rows r = test_read(d, epoch);
        plm_batch b;
        assert_int_equal(r.end, PLM_E_DATA);
        assert_int_equal(r.rows, 64);
        test_error(w, PLM_E_DATA, "row 71 (line 71), column 1");
        assert_int_equal(plm_data_next(d, &b), PLM_E_DATA); /* it stays */
        test_forget(&r);
    }
    plm_data_free(d);
    d = open_pair(w, true, " | one_hot(300) | batch(100)");
    test_rows r = test_read(d, 0);
    assert_int_equal(r.end, PLM_E_DATA);
    assert_int_equal(r.rows, 300);
    test_error(w, PLM_E_DATA, "label 300 is not one of 0..299");
    test_forget(&r);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

static void a_file_that_shrinks(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = open_pair(w, true, "");
    (void)test_write("x.idx", "\0\0\x08\2", 4);
    test_rows r = test_read(d, 0);
    assert_int_equal(r.end, PLM_E_FORMAT);
    test_error(w, PLM_E_FORMAT, "x.idx");
    test_forget(&r);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streaming_equals_loaded),
        cmocka_unit_test(tables_stream_too),
        cmocka_unit_test(windows_mix),
        cmocka_unit_test(mixed_rows_are_picked),
        cmocka_unit_test(streams_split),
        cmocka_unit_test(memory_stays_bounded),
        cmocka_unit_test(rewinding_in_the_middle),
        cmocka_unit_test(errors_reach_the_caller),
        cmocka_unit_test(a_file_that_shrinks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
