/* keep_classes and drop_classes: which rows stay, in their order, and what their labels become. */
#include "data_support.h"

#include <stdlib.h>
#include <string.h>

/* The stream holds the rows of digits whose label maps to 0 or more, in their order, with the
 * mapped labels. */
static void holds(plm *w, const char *pipeline, const int map[10], int64_t classes)
{
    plm_data *d = plm_data_open(w, "%s", pipeline), *all = plm_data_open(w, "digits");
    plm_data_info info;
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    assert_int_equal(info.classes, classes);
    test_rows r = test_read(d, 0), a = test_read(all, 0);
    int64_t n = 0;
    for (int64_t i = 0; i < a.rows; i++) {
        const int label = map[(int)a.y[i]];
        if (label < 0)
            continue;
        assert_true(n < r.rows && r.y[n] == (float)label);
        assert_memory_equal(r.x + 64 * n, a.x + 64 * i, 64 * sizeof *r.x);
        n++;
    }
    assert_int_equal(r.rows, n);
    assert_int_equal(info.rows, n);
    test_forget(&r);
    test_forget(&a);
    plm_data_free(d);
    plm_data_free(all);
}

static void rows_of_classes(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    holds(w, "digits | keep_classes(2, 0)", (int[]){0, -1, 1, -1, -1, -1, -1, -1, -1, -1}, 2);
    holds(w, "digits | keep_classes([7]) | batch(50)",
          (int[]){-1, -1, -1, -1, -1, -1, -1, 0, -1, -1}, 1);
    holds(w, "digits | drop_classes(0, 2)", (int[]){-1, 0, -1, 1, 2, 3, 4, 5, 6, 7}, 8);
    holds(w, "digits | drop_classes(1, relabel=false)", (int[]){0, -1, 2, 3, 4, 5, 6, 7, 8, 9}, 10);
    test_close(w, &m);
}

/* Beside other transforms: rows are counted after the classes are picked, shuffled, split and
 * made one-hot. */
static void among_others(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d =
        plm_data_open(w, "digits | skip(100) | keep_classes(3, 5) | take(40) | shuffle | one_hot");
    plm_data *v = plm_data_split(d, "split(0.25, shuffle=true)");
    plm_data_info info;
    assert_non_null(v);
    assert_int_equal(plm_data_get_info(v, &info), PLM_OK);
    assert_int_equal(info.target_dims[0][0], 2);
    assert_int_equal(info.rows, 10);
    test_rows r = test_read(d, 0), s = test_read(v, 0);
    assert_int_equal(r.rows, 30);
    float threes = 0;
    for (int i = 0; i < 60; i += 2)
        threes += r.y[i];
    for (int i = 0; i < 20; i += 2)
        threes += s.y[i];
    plm_data *all = plm_data_open(w, "digits | skip(100)");
    test_rows a = test_read(all, 0);
    int seen = 0, want = 0;
    for (int64_t i = 0; seen < 40; i++) {
        seen += a.y[i] == 3 || a.y[i] == 5;
        want += a.y[i] == 3;
    }
    assert_true(threes == (float)want);
    test_forget(&r);
    test_forget(&s);
    test_forget(&a);
    plm_data_free(all);
    plm_data_free(v);
    plm_data_free(d);
    test_close(w, &m);
}

static void refused(void **state)
{
    (void)state;
    static const struct {
        const char *pipeline, *part;
        plm_status status;
    } bad[] = {
        {"digits | keep_classes(10)", "class 10 does not exist: the classes are 0 to 9",
         PLM_E_SPEC},
        {"digits | drop_classes(0.5)", "class 0.5 does not exist", PLM_E_SPEC},
        {"digits | keep_classes", "classes", PLM_E_SPEC},
        {"digits | drop_classes(0, 1, 2, 3, 4, 5, 6, 7, 8, 9)", "no rows are left", PLM_E_DATA},
        {"digits | one_hot | keep_classes(1)", "10 values per row", PLM_E_SHAPE},
        {"digits | keep_classes(1, 2) | drop_classes(0)", "has two transforms that select classes",
         PLM_E_SPEC},
        {"digits | shuffle | take(9) | keep_classes(1)", "move this transform before", PLM_E_SPEC}};
    test_memory m;
    plm *w = test_open(&m, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        test_refused(w, bad[i].status, bad[i].part, "%s", bad[i].pipeline);
    const float x[3] = {1, 2, 3}, y[3] = {0.5f, 1.5f, 2.5f};
    const plm_view vx = {.data = (void *)(uintptr_t)x, .dtype = PLM_F32, .rank = 2, .dims = {3, 1}};
    plm_view vy = vx;
    vy.data = (void *)(uintptr_t)y;
    assert_null(plm_data_arrays(w, &vx, &vy, "keep_classes(1)"));
    test_error(w, PLM_E_DATA, "no rows are left");
    assert_null(plm_data_arrays(w, &vx, NULL, "keep_classes(1)"));
    test_error(w, PLM_E_SPEC, "has no target");
    const char *path = test_write_text("rows.csv", "a,y\n1,0\n2,1\n3,0\n");
    test_refused(w, PLM_E_UNSUPPORTED, "stream=false",
                 "csv('%s', target=y, stream=true) | keep_classes(1)", path);
    test_clean();
    test_close(w, &m);
}

static void every_allocation_fails_in_turn(void **state)
{
    (void)state;
    test_memory m;
    plm *w = test_open(&m, NULL);
    plm_data *d = NULL;
    for (long k = 1; d == NULL; k++) {
        m.calls = 0;
        m.fail_at = k;
        d = plm_data_open(w, "digits | keep_classes(1, 2) | batch(10)");
        if (d == NULL)
            assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
        assert_true(k < 1000);
    }
    m.fail_at = 0;
    plm_data_free(d);
    test_close(w, &m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(rows_of_classes),
                                       cmocka_unit_test(among_others), cmocka_unit_test(refused),
                                       cmocka_unit_test(every_allocation_fails_in_turn)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
