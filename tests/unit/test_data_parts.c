/* Several inputs and targets, and sample weights: from tables, npy files and arrays, in memory
 * and streamed. */
#include "data_support.h"

#include <stdio.h>
#include <string.h>

/* ---- an epoch as text: "1 2 | 3 > 4 | 5 * 0.5; ..." = inputs, targets, weight of each row ---- */

typedef struct {
    char text[4096];
    size_t n;
} said;

static void say(said *s, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    s->n += (size_t)vsnprintf(s->text + s->n, sizeof s->text - s->n, format, list);
    va_end(list);
    assert_true(s->n < sizeof s->text);
}

static void say_views(said *s, int count, const plm_view *view, int64_t row, const char *before)
{
    for (int i = 0; i < count; i++) {
        int64_t width = 1;
        for (int k = 1; k < view[i].rank; k++)
            width *= view[i].dims[k];
        say(s, "%s", i > 0 ? "| " : before);
        for (int64_t k = 0; k < width; k++)
            say(s, "%g ", (double)((const float *)view[i].data)[row * width + k]);
    }
}

static said read_all(plm_data *d, int64_t epoch)
{
    said s = {0};
    plm_batch b;
    plm_status status = plm_data_rewind(d, epoch);
    while (status >= 0 && (status = plm_data_next(d, &b)) == PLM_OK)
        for (int64_t row = 0; row < b.rows; row++) {
            say_views(&s, b.inputs, b.input, row, "");
            say_views(&s, b.targets, b.target, row, "> ");
            if (b.weight)
                say(&s, "* %g ", (double)b.weight[row]);
            say(&s, "; ");
        }
    if (status < 0)
        say(&s, "failed");
    return s;
}

static void check(plm *w, const char *expected, const char *pipeline, ...)
{
    char text[1024];
    va_list list;
    va_start(list, pipeline);
    (void)vsnprintf(text, sizeof text, pipeline, list);
    va_end(list);
    plm_data *d = plm_data_open(w, "%s", text);
    if (!d)
        fail_msg("%s: %s: %s", text, plm_last_error(w)->where, plm_last_error(w)->what);
    const said s = read_all(d, 0);
    if (strcmp(s.text, expected) != 0)
        fail_msg("%s gives\n%s\nnot\n%s", text, s.text, expected);
    plm_data_free(d);
}

/* ---- tables ---- */

static const char table[] = "a,b,c,y,z,w\n1,2,3,4,5,0.5\n6,7,8,9,10,0\n11,12,13,14,15,2\n";

static void columns_become_parts(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write_text("t.csv", table);
    for (int streamed = 0; streamed < 2; streamed++) {
        const char *how = streamed ? "true" : "false";
        check(w, "1 2 3 5 > 4 * 0.5 ; 6 7 8 10 > 9 * 0 ; 11 12 13 15 > 14 * 2 ; ",
              "csv('%s', target=y, weight=w, stream=%s) | batch(2)", path, how);
        check(w, "1 2 | 3 > 4 | 5 * 0.5 ; 6 7 | 8 > 9 | 10 * 0 ; 11 12 | 13 > 14 | 15 * 2 ; ",
              "csv('%s', inputs=[[a, b], c], target=[[y], [z]], weight=-1, stream=%s) | batch(1)",
              path, how);
        check(w, "1 2 3 > 5 4 ; 6 7 8 > 10 9 ; 11 12 13 > 15 14 ; ",
              "csv('%s', inputs='a:c', target=[z, y], stream=%s)", path, how);
        check(w, "3 | 2 | 1 > 5 ; 8 | 7 | 6 > 10 ; 13 | 12 | 11 > 15 ; ",
              "csv('%s', inputs=[[2], [b], [0]], target=4, stream=%s)", path, how);
        check(w, "2 3 4 > 5 ; 7 8 9 > 10 ; 12 13 14 > 15 ; ",
              "csv('%s', inputs=['1:y'], target=z, stream=%s)", path, how);
        check(w, "6 > 9 * 0 ; 11 > 14 * 2 ; ",
              "csv('%s', inputs=a, target=y, weight=w, stream=%s) | skip(1)", path, how);
        check(w, "1 > 4 * 0.5 ; ", "csv('%s', inputs=a, target=y, weight=w, stream=%s) | take(1)",
              path, how);
        check(w, "1 ; 6 ; 11 ; ", "csv('%s', inputs=[a], target=none, stream=%s)", path, how);
    }
    test_clean();
    test_close(w, &m);
}

/* Columns that nobody names may hold anything. */
static void columns_left_out(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write_text("t.csv", "name,x,y\nAda,1,2\n,3,4\n");
    check(w, "1 > 2 ; 3 > 4 ; ", "csv('%s', inputs=x, target=y)", path);
    test_refused(w, PLM_E_DATA, "'Ada' is not a number", "csv('%s', target=y)", path);
    test_clean();
    test_close(w, &m);
}

static void bad_columns(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write_text("t.csv", table);
    test_refused(w, PLM_E_SPEC, "column 0, 'a', is used twice",
                 "csv('%s', inputs=[[a], [a]], target=y)", path);
    test_refused(w, PLM_E_SPEC, "column 3, 'y', is used twice",
                 "csv('%s', inputs=['a:y'], target=y)", path);
    test_refused(w, PLM_E_SPEC, "the table has no column d", "csv('%s', inputs=[[a], d], target=y)",
                 path);
    test_refused(w, PLM_E_SPEC, "the table has no column 'a:d'",
                 "csv('%s', inputs='a:d', target=y)", path);
    test_refused(w, PLM_E_SPEC, "is backwards", "csv('%s', inputs='c:a', target=y)", path);
    test_refused(w, PLM_E_SPEC, "nested too deep", "csv('%s', inputs=[[[a]]], target=y)", path);
    test_refused(w, PLM_E_SPEC, "the limit is 4",
                 "csv('%s', inputs=[[a], [b], [c], [z], [w]], target=y)", path);
    test_refused(w, PLM_E_SPEC, "the limit is 4", "csv('%s', target=[[a], [b], [c], [z], [w]])",
                 path);
    test_refused(w, PLM_E_SPEC, "list of columns is empty", "csv('%s', target=[])", path);
    test_refused(w, PLM_E_SPEC, "list of columns is empty", "csv('%s', target=[[y], []])", path);
    test_refused(w, PLM_E_SPEC, "2 groups of columns", "csv('%s', target=y, weight=[[w], [z]])",
                 path);
    test_refused(w, PLM_E_SHAPE, "there are 2 weights per row",
                 "csv('%s', target=y, weight=[w, z])", path);
    test_refused(w, PLM_E_DATA, "no column is left", "csv('%s', target=[a, b, c, y, z], weight=w)",
                 path);
    path = test_write_text("bad.csv", "x,y,w\n1,2,3\n4,5,-0.5\n");
    test_refused(w, PLM_E_DATA, "row 2 (line 3), column 'w'", "csv('%s', target=y, weight=w)",
                 path);
    test_error(w, PLM_E_DATA, "the weight is negative");
    path = test_write_text("bad.csv", "x,y,w\n1,2,3\n4,5,inf\n");
    test_refused(w, PLM_E_DATA, "infinite", "csv('%s', target=y, weight=w)", path);
    path = test_write_text("bad.csv", "x,y,w\n1,2,3\n4,5,\n");
    test_refused(w, PLM_E_DATA, "the cell is empty", "csv('%s', target=y, weight=w)", path);
    test_clean();
    test_close(w, &m);
}

/* ---- through the transforms ---- */

/* Weights go with their rows: here a row's weight is its input, and its second target ten times
 * that. */
static void check_travel(plm *w, const char *pipeline, const char *path, int64_t rows)
{
    plm_data *d = plm_data_open(w, pipeline, path);
    plm_batch b;
    int64_t seen = 0, moved = 0;
    if (!d)
        fail_msg("%s: %s", pipeline, plm_last_error(w)->what);
    for (int64_t epoch = 0; epoch < 2; epoch++) {
        assert_int_equal(plm_data_rewind(d, epoch), PLM_OK);
        for (; plm_data_next(d, &b) == PLM_OK; seen += b.rows)
            for (int64_t i = 0; i < b.rows; i++) {
                const float x = ((const float *)b.input[0].data)[i];
                moved += x != (float)(seen % rows + i);
                assert_true(b.weight[i] == x && ((const float *)b.target[1].data)[i] == 10 * x);
            }
    }
    assert_int_equal(seen, 2 * rows);
    assert_true((moved > 0) == (strstr(pipeline, "shuffle") != NULL));
    plm_data_free(d);
}

static void weights_travel_with_rows(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    char text[8192] = "x,y,z,w\n";
    for (int i = 0; i < 200; i++)
        (void)snprintf(text + strlen(text), 64, "%d,%d,%d,%d\n", i, i % 3, 10 * i, i);
    const char *path = test_write_text("t.csv", text);
    check_travel(w, "csv('%s', target=[[y], [z]], weight=w) | shuffle | batch(7)", path, 200);
    check_travel(w, "csv('%s', target=[[y], [z]], weight=w) | batch(7) | prefetch(2)", path, 200);
    check_travel(w, "csv('%s', target=[[y], [z]], weight=w, stream=true) | shuffle(20) | batch(7)",
                 path, 200);
    check_travel(w, "csv('%s', target=[[y], [z]], weight=w, stream=true) | take(50) | batch(1)",
                 path, 50);
    plm_data *d =
        plm_data_open(w, "csv('%s', target=[[y], [z]], weight=w) | shuffle | batch(64)", path);
    plm_data *part = plm_data_split(d, "split(0.1, shuffle=true)");
    plm_batch b;
    assert_non_null(part);
    assert_int_equal(plm_data_next(part, &b), PLM_OK);
    assert_int_equal(b.rows, 20);
    for (int i = 0; i < 20; i++)
        assert_true(b.weight[i] == ((const float *)b.input[0].data)[i]);
    plm_data_free(part);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

static void targets_are_added(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *path = test_write_text("t.csv", "a,b,y,w\n2,4,1,3\n6,8,0,5\n");
    check(w, "2 4 > 1 | 2 4 * 3 ; 6 8 > 0 | 6 8 * 5 ; ",
          "csv('%s', target=y, weight=w) | also_target", path);
    check(w, "1 2 > 1 | 1 2 | 1 ; 3 4 > 0 | 3 4 | 0 ; ",
          "csv('%s', inputs=[a, b], target=y) | rescaling(1/2) | also_target(input) | "
          "also_target(target)",
          path);
    check(w, "1 2 > 0 1 | 2 4 ; 3 4 > 1 0 | 6 8 ; ",
          "csv('%s', inputs=[a, b], target=y) | also_target | rescaling(1/2) | one_hot(2)", path);
    check(w, "2 > 2 ; 6 > 6 ; ",
          "csv('%s', inputs=a, target=none, stream=true) | also_target | batch(1)", path);
    test_refused(w, PLM_E_SPEC, "no target to copy", "csv('%s', target=none) | also_target(target)",
                 path);
    test_refused(w, PLM_E_SPEC, "more than 4 targets",
                 "csv('%s') | also_target | also_target | also_target | also_target", path);
    plm_data *d = plm_data_open(w, "digits | also_target | batch(16)"),
             *part = plm_data_split(d, "split(0.5)");
    plm_data_info info;
    assert_int_equal(plm_data_get_info(part, &info), PLM_OK);
    assert_int_equal(info.targets, 2);
    assert_int_equal(info.target_rank[0], 0);
    assert_int_equal(info.target_rank[1], 1);
    assert_int_equal(info.target_dims[1][0], 64);
    assert_false(info.weighted);
    plm_data_free(part);
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

/* ---- npy ---- */

static const char *write_npy(const char *name, const char *type, const char *shape,
                             const void *numbers, size_t bytes)
{
    char file[512] = {"\x93NUMPY\x01\x00\x76\x00"};
    const int length = snprintf(
        file + 10, 118, "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", type, shape);
    memset(file + 10 + length, ' ', (size_t)(117 - length));
    file[127] = '\n';
    memcpy(file + 128, numbers, bytes);
    return test_write(name, file, 128 + bytes);
}

static void arrays_in_files(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const char *a = write_npy("a.npy", "|u1", "(3, 2)", (const uint8_t[]){1, 2, 3, 4, 5, 6}, 6);
    const char *b = write_npy("b.npy", "<f4", "(3,)", (const float[]){7, 8, 9}, 12);
    const char *y = write_npy("y.npy", "|u1", "(3,)", (const uint8_t[]){0, 2, 1}, 3);
    const char *weight = write_npy("w.npy", "<f8", "(3, 1)", (const double[]){0.5, 0, 4}, 24);
    const char *bad = write_npy("bad.npy", "<f4", "(3,)", (const float[]){1, -1, 1}, 12);
    for (int streamed = 0; streamed < 2; streamed++) {
        const char *how = streamed ? "true" : "false";
        check(w, "1 2 | 7 > 0 | 7 * 0.5 ; 3 4 | 8 > 2 | 8 * 0 ; 5 6 | 9 > 1 | 9 * 4 ; ",
              "npy(['%s', '%s'], ['%s', '%s'], weight='%s', stream=%s) | batch(2)", a, b, y, b,
              weight, how);
        check(w, "1 2 * 0.5 ; 3 4 * 0 ; 5 6 * 4 ; ", "npy('%s', weight='%s', stream=%s)", a, weight,
              how);
    }
    test_refused(w, PLM_E_DATA, "row 1 has the weight -1", "npy('%s', '%s', weight='%s')", a, y,
                 bad);
    test_refused(w, PLM_E_SHAPE, "there are 2 weights per row", "npy('%s', '%s', weight='%s')", b,
                 y, a);
    test_refused(w, PLM_E_SPEC, "no file with inputs", "npy([])");
    test_refused(w, PLM_E_SPEC, "inputs must be a file name", "npy(3)");
    test_refused(w, PLM_E_SPEC, "targets has 5 files", "npy('%s', [a, b, c, d, e])", a);
    plm_data *d = plm_data_open(w, "npy('%s', '%s', weight='%s', stream=true)", a, y, bad);
    plm_batch batch;
    assert_non_null(d);
    assert_int_equal(plm_data_next(d, &batch), PLM_E_DATA);
    test_error(w, PLM_E_DATA, "row 1 has the weight -1");
    plm_data_free(d);
    test_clean();
    test_close(w, &m);
}

/* ---- arrays of the program ---- */

static void arrays_in_memory(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    const float left[6] = {1, 2, 3, 4, 5, 6}, z[3] = {7, 8, 9};
    const uint8_t right[3] = {10, 20, 30};
    const int32_t label[3] = {0, 2, 1};
    double weight[3] = {1, 0, 0.25};
    const plm_view x[2] = {{(void *)(uintptr_t)left, PLM_F32, 2, {3, 2}},
                           {(void *)(uintptr_t)right, PLM_U8, 1, {3}}};
    const plm_view y[2] = {{(void *)(uintptr_t)label, PLM_I32, 1, {3}},
                           {(void *)(uintptr_t)z, PLM_F32, 1, {3}}};
    plm_view v = {weight, PLM_F64, 1, {3}};
    plm_data *d =
        plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 2, .input = x, .targets = 2, .target = y,
                                           .weight = &v, .transforms = "batch(2)"));
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_true(info.weighted);
    assert_int_equal(info.inputs, 2);
    assert_int_equal(info.targets, 2);
    assert_int_equal(info.classes, 3);
    assert_string_equal(read_all(d, 0).text,
                        "1 2 | 10 > 0 | 7 * 1 ; 3 4 | 20 > 2 | 8 * 0 ; 5 6 | 30 > 1 | 9 * 0.25 ; ");
    plm_data_free(d);
    weight[2] = -1;
    assert_null(plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .input = x, .weight = &v)));
    test_error(w, PLM_E_DATA, "row 2 has the weight -1");
    weight[2] = 1.0 / (weight[1]);
    assert_null(plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .input = x, .weight = &v)));
    test_error(w, PLM_E_DATA, "row 2, number 0 is infinite");
    v.dims[0] = 2;
    assert_null(plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 2, .input = x, .weight = &v)));
    test_error(w, PLM_E_SHAPE, "x 0 has 3 rows, weight has 2");
    assert_null(plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 5, .input = x)));
    test_error(w, PLM_E_DATA, "x: 5 arrays");
    assert_null(plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .input = x, .targets = 2)));
    test_error(w, PLM_E_DATA, "y: 2 arrays, which are NULL");
    assert_null(plm_data_from_arrays(w, NULL));
    test_error(w, PLM_E_DATA, "x is NULL");
    test_close(w, &m);
}

/* ---- memory that runs out ---- */

static void survives(const char *pipeline, const char *path)
{
    for (long k = 1;; k++) {
        test_memory m;
        plm *w = test_open(&m, NULL);
        m.fail_at = m.calls + k;
        plm_data *d = plm_data_open(w, pipeline, path, path, path);
        const said s = d ? read_all(d, 0) : (said){0};
        const bool whole = d && !strstr(s.text, "failed");
        if (!whole)
            test_error(w, PLM_E_MEMORY, "memory");
        plm_data_free(d);
        const bool enough = m.calls < m.fail_at;
        test_close(w, &m);
        if (enough)
            break;
        assert_true(k < 10000);
    }
}

static void failed_memory(void **state)
{
    (void)state;
    const char *path = test_write_text("t.csv", table);
    survives("csv('%s', inputs=['a:b', c], target=[[y], [z]], weight=w) | also_target | shuffle | "
             "batch(2)",
             path);
    survives("csv('%s', inputs=['a:b', c], target=[[y], [z]], weight=w, stream=true) | also_target "
             "| batch(2) | prefetch(0)",
             path);
    path = write_npy("a.npy", "|u1", "(3,)", (const uint8_t[]){1, 2, 3}, 3);
    survives("npy(['%s', '%s'], weight='%s') | also_target", path);
    test_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_become_parts), cmocka_unit_test(columns_left_out),
        cmocka_unit_test(bad_columns),          cmocka_unit_test(weights_travel_with_rows),
        cmocka_unit_test(targets_are_added),    cmocka_unit_test(arrays_in_files),
        cmocka_unit_test(arrays_in_memory),     cmocka_unit_test(failed_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
