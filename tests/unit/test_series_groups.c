/* Several series in one table: the rows before are those of the same group, the last rows are those
 * of each group, and each goes on. */
#include "series_support.h"

#include <stdio.h>
#include <string.h>

/* Two shops whose days alternate, from the last to the first: v = 1000 s + day in shop s = 1, 2,
 * and shop 2 has only the first 10 of 20 days; then a shop of one row. words: shops are words. */
static const char *panel_text(bool words)
{
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "shop,day,v\n");
    for (int i = 20; i > 0; i--)
        for (int s = 1; s <= (i <= 10 ? 2 : 1); s++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%d,2024-01-%02d,%d\n",
                                  words ? "s" : "", s, i, 1000 * s + i);
    (void)snprintf(text + n, sizeof text - n, "%s3,2024-01-01,3\n", words ? "s" : "");
    return text;
}

/* The rows before are those of the same shop, and the last fifth is that of each shop: four of
 * shop 1 and two of shop 2. */
static void each_group_is_a_series(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int words = 0; words < 2; words++) {
        int64_t last[2] = {0};
        plm_data *d = open_series(w, panel_text(words), ", lags=2, group=shop");
        assert_non_null(d);
        assert_int_equal(d->source->rows, 18 + 8);
        assert_false(d->source->grouped);
        for (int64_t i = 0; i < d->source->rows; i++) {
            assert_true(number(d, "v (1 before)", i) == number(d, "v", i) - 1);
            assert_true(number(d, "v (2 before)", i) == number(d, "v", i) - 2);
        }
        plm_data *test = plm_data_split(d, "split(0.2)");
        assert_non_null(test);
        test_rows r = test_read(test, 0);
        assert_int_equal(r.rows, 6);
        for (int64_t i = 0; i < r.rows; i++) {
            const double v = number(d, "v", plm_data_row(test, i));
            assert_true(v > 1016 && (v <= 1020 || (v > 2008 && v <= 2010)));
            last[v > 2000]++;
        }
        assert_int_equal(last[0], 4);
        assert_int_equal(last[1], 2);
        test_forget(&r);
        plm_data_free(test);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* New rows come at the end of each shop, with its name and its next days. A shop with too few rows
 * gets none. */
static void each_group_goes_on(void **state)
{
    test_memory memory;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    plm_data *d = open_series(w, panel_text(true), ", lags=2, group=shop");
    assert_int_equal(plm_data_schema(d, &a, &schema), PLM_OK);
    plm_data *p = plm_data_open_known(
        w, &(plm_known_columns){.schema = schema}, "table('%s', horizon=2)",
        test_write_text("more.csv", "v,day,shop\n7,2024-03-01,s9\n4,2024-02-11,x\n5,2024-02-12,x\n"
                                    "6,2024-02-13,x\n8,2024-03-04,s9\n"
                                    "1,2024-01-01,one\n2,2024-05-01,z\n"));
    assert_non_null(p);
    /* s9: two new rows; x: its third row and two new rows; the shops of one row: none */
    static const char *const shop[] = {"s9", "s9", "x", "x", "x"}, *const day[] = {
                                                                       "2024-03-07", "2024-03-10",
                                                                       "2024-02-13", "2024-02-14",
                                                                       "2024-02-15"};
    assert_int_equal(p->source->rows, 5);
    for (int64_t i = 0; i < 5; i++) {
        plm_text is = {.w = w};
        plm_typed_text(p->source->state, 2, i, &is);
        assert_string_equal(plm_text_get(&is), shop[i]);
        is.length = 0;
        plm_typed_text(p->source->state, 1, i, &is);
        assert_string_equal(plm_text_get(&is), day[i]);
        plm_text_free(&is);
    }
    assert_true(number(p, "v (1 before)", 0) == 8 && number(p, "v (2 before)", 0) == 7);
    assert_true(number(p, "v (1 before)", 3) == 6 && number(p, "v (2 before)", 3) == 5);
    plm_data_free(p);
    assert_null(plm_data_open_known(w, &(plm_known_columns){.schema = schema}, "table('%s')",
                                    test_write_text("less.csv", "v,day\n1,2024-03-01\n")));
    test_error(w, PLM_E_DATA, "no column 'shop'");
    plm_data_free(d);
    plm_arena_free(&a);
    test_close(w, &memory);
}

/* A shop of one row goes on only if there are no times: a time has no step without a second one. */
static void one_row_goes_on_without_times(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int times = 0; times < 2; times++) {
        plm_arena a = {.w = w};
        const char *schema = NULL;
        plm_data *d = open_series(
            w, times ? panel_text(true) : "shop,v\ns1,1\ns1,2\ns1,3\ns2,4\ns2,5\ns2,6\n",
            ", lags=1, group=shop");
        assert_non_null(d);
        assert_int_equal(plm_data_schema(d, &a, &schema), PLM_OK);
        plm_data *p = plm_data_open_known(
            w, &(plm_known_columns){.schema = schema}, "table('%s', horizon=1)",
            test_write_text("one.csv", times ? "v,day,shop\n7,2024-03-01,one\n4,2024-02-11,x\n"
                                               "5,2024-02-12,x\n"
                                             : "v,shop\n7,one\n4,x\n5,x\n"));
        assert_non_null(p);
        assert_int_equal(p->source->rows, times ? 2 : 3);
        const int64_t last = p->source->rows - 1;
        assert_true(number(p, "v (1 before)", 0) == (times ? 4 : 7));
        assert_true(number(p, "v (1 before)", last - 1) == 4);
        assert_true(number(p, "v (1 before)", last) == 5);
        plm_data_free(p);
        plm_data_free(d);
        plm_arena_free(&a);
    }
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_group_is_a_series),
        cmocka_unit_test(each_group_goes_on),
        cmocka_unit_test(one_row_goes_on_without_times),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
