/* Series: the inputs of a row are numbers of the rows before; rows are sorted by time and split by
 * it; nothing that is fitted sees the last rows. And rows in groups, which no split takes apart. */
#include "series_support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROWS = 30 };

/* A series of days: v = 10 i in row i, u = i * i. order: 1 = rising, -1 = the last row first. last:
 * replaces v in the last 6 rows; NULL = it is not replaced. */
static const char *series_text(int order, const char *last)
{
    static char text[4][4096];
    static int at;
    char *out = text[at++ % 4];
    size_t n = (size_t)snprintf(out, sizeof text[0], "day,v,u\n");
    for (int k = 0; k < ROWS; k++) {
        const int i = order > 0 ? k : ROWS - 1 - k;
        n += (size_t)snprintf(out + n, sizeof text[0] - n, "2024-01-%02d,", i + 1);
        n += (size_t)(last && i >= ROWS - 6
                          ? snprintf(out + n, sizeof text[0] - n, "%s%d,%d\n", last, i, i * i)
                          : snprintf(out + n, sizeof text[0] - n, "%d,%d\n", 10 * i, i * i));
    }
    return out;
}

/* Row 0 of the data is row 3 of the table. Rows in falling order are sorted. */
static void rows_before_are_inputs(void **state)
{
    test_memory memory;
    plm_data_info info;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int order = 1; order >= -1; order -= 2) {
        plm_data *d = open_series(w, series_text(order, NULL), ", lags=3");
        assert_non_null(d);
        assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
        assert_int_equal(info.rows, ROWS - 3);
        for (int64_t i = 0; i < info.rows; i++) {
            assert_true(number(d, "v", i) == (double)(10 * (i + 3)));
            assert_true(number(d, "v (1 before)", i) == (double)(10 * (i + 2)));
            assert_true(number(d, "v (3 before)", i) == (double)(10 * i));
        }
        assert_int_equal(plm_data_line(d, 0), order > 0 ? 2 + 3 : 1 + ROWS - 3);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* With windows the row's own number u is no input, but its rows before are. */
static void windows_take_all_numbers(void **state)
{
    test_memory memory;
    plm_data_info info;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d = open_series(w, series_text(1, NULL), ", windows=2");
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    const plm_schema *s = d->source->schema;
    assert_int_equal(s->column[plm_schema_column(s, "u")].role, PLM_ROLE_DROPPED);
    assert_int_equal(s->column[plm_schema_column(s, "day")].role, PLM_ROLE_INPUT);
    assert_true(number(d, "u (2 before)", 5) == 25);
    assert_true(number(d, "v (1 before)", 5) == 60);
    plm_data_free(d);
    test_close(w, &memory);
}

/* Returns the schema that is fitted after the last rows were split off, or, a planted leak, before
 * that; in the arena. */
static const char *fitted(plm *w, plm_arena *a, const char *last, bool leak)
{
    const char *text = NULL;
    plm_data *d = open_series(w, series_text(1, last), ", lags=3"), *test = NULL;
    assert_non_null(d);
    if (!leak) {
        test = plm_data_split(d, "split(0.25)");
        assert_non_null(test);
    }
    assert_int_equal(plm_data_schema(d, a, &text), PLM_OK);
    plm_data_free(test);
    plm_data_free(d);
    return text;
}

/* The last 6 of 30 rows differ, and lie within the last quarter: nothing that is fitted shows it.
 * The comparison finds a leak, which is planted by a fit to all rows. */
static void a_leak_is_found(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    for (int leak = 0; leak < 2; leak++)
        assert_int_equal(strcmp(fitted(w, &a, "77", leak), fitted(w, &a, "99", leak)) == 0, !leak);
    plm_arena_free(&a);
    test_close(w, &memory);
}

static void series_are_split_by_time(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d = open_series(w, series_text(1, NULL), ", lags=3");
    assert_non_null(d);
    assert_null(plm_data_split(d, "split(0.2, shuffle=true)"));
    test_error(w, PLM_E_SPEC, "split by time");
    /* several nets ask for folds; all get the last rows */
    plm_data *last = plm_data_fold(d, "split(0.2)", 2, -1);
    assert_non_null(last);
    test_rows r = test_read(last, 0);
    assert_int_equal(r.rows, 6);
    assert_int_equal(plm_data_row(last, 0), ROWS - 3 - 6);
    test_forget(&r);
    plm_data_free(last);
    plm_data_free(d);
    test_close(w, &memory);
}

/* A model's schema reads a table that goes on, and adds rows whose time goes on. */
static void a_schema_knows_its_lags(void **state)
{
    test_memory memory;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    plm_data *d = open_series(w, series_text(1, NULL), ", lags=3, columns='u=drop'");
    assert_non_null(d);
    assert_int_equal(plm_data_schema(d, &a, &schema), PLM_OK);
    const plm_known_columns known = {.schema = schema};
    plm_data *p = plm_data_open_known(
        w, &known, "table('%s', horizon=2)",
        test_write_text("new.csv", "v,day\n1,2024-02-26\n2,2024-02-27\n4,2024-02-28\n"));
    assert_non_null(p);
    assert_int_equal(p->source->rows, 2);
    assert_true(number(p, "v (1 before)", 0) == 4 && number(p, "v (3 before)", 0) == 1);
    assert_true(isnan(number(p, "v (1 before)", 1)) && number(p, "v (2 before)", 1) == 4);
    assert_true(number(p, "day", 1) - number(p, "day", 0) == 86400);
    plm_text day = {.w = w};
    plm_typed_text(p->source->state, 1, 1, &day);
    assert_string_equal(plm_text_get(&day), "2024-03-01");
    plm_text_free(&day);
    plm_data_free(p);
    assert_null(plm_data_open_known(w, &known, "table('%s')",
                                    test_write_text("less.csv", "day\n2024-02-26\n")));
    test_error(w, PLM_E_DATA, "no column 'v'");
    assert_null(plm_data_open_known(w, &known, "table('%s')",
                                    test_write_text("few.csv", "day,v\n2024-02-26,1\n")));
    test_error(w, PLM_E_DATA, "too few: the model needs the 3 rows before each");
    assert_null(plm_data_open_known(
        w, &known, "table('%s')",
        test_write_text("word.csv", "day,v\n2024-02-28,1\n2024-02-27,abc\n2024-02-26,2\n"
                                    "2024-02-25,2\n2024-02-29,\n")));
    test_error(w, PLM_E_DATA, "line 3, column 'v': 'abc' is not a number");
    plm_data_free(d);
    plm_arena_free(&a);
    test_close(w, &memory);
}

static void months_go_on(void **state)
{
    char text[PLM_DATE_TEXT];
    const double november = plm_cell_read("2023-11").value[PLM_FORMAT_YMD],
                 december = plm_cell_read("2023-12").value[PLM_FORMAT_YMD];
    (void)state;
    plm_table_date_text(plm_table_next_month(november, december, 3, 1), text);
    assert_string_equal(text, "2024-03-01");
    plm_table_date_text(plm_cell_read("1969-12-31 23:59:58").value[PLM_FORMAT_YMD], text);
    assert_string_equal(text, "1969-12-31T23:59:58");
    plm_table_date_text(plm_cell_read("2000-02-29").value[PLM_FORMAT_YMD], text);
    assert_string_equal(text, "2000-02-29");
}

/* The times of new rows go on as those before do: month ends stay month ends, and working days
 * leave out the weekend. */
static void times_go_on(void **state)
{
    static const going_on known[] = {
        {"2023-10-31 2023-11-30 2023-12-31 2024-01-31", {"2024-02-29", "2024-03-31", "2024-04-30"}},
        {"2022-12-31 2023-03-31 2023-06-30 2023-09-30", {"2023-12-31", "2024-03-31", "2024-06-30"}},
        {"2020-12-31 2021-12-31 2022-12-31", {"2023-12-31", "2024-12-31", "2025-12-31"}},
        {"2023-10-01 2023-11-01 2023-12-01", {"2024-01-01", "2024-02-01", "2024-03-01"}},
        /* a Thursday to a Friday */
        {"2024-01-04 2024-01-05 2024-01-08 2024-01-09 2024-01-10 2024-01-11 2024-01-12",
         {"2024-01-15", "2024-01-16", "2024-01-17"}},
        /* to a Monday */
        {"2024-01-04 2024-01-05 2024-01-08 2024-01-09 2024-01-10 2024-01-11 2024-01-12 2024-01-15",
         {"2024-01-16", "2024-01-17", "2024-01-18"}},
        /* with a Saturday */
        {"2024-01-03 2024-01-04 2024-01-05 2024-01-06 2024-01-07 2024-01-08 2024-01-09 2024-01-10 "
         "2024-01-11 2024-01-12",
         {"2024-01-13", "2024-01-14", "2024-01-15"}},
        {"2024-01-03 2024-01-10 2024-01-17", {"2024-01-24", "2024-01-31", "2024-02-07"}},
        {"2024-01-03 2024-01-04 2024-01-05 2024-01-07",
         {"2024-01-09", "2024-01-11", "2024-01-13"}}};
    test_memory memory;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    plm_data *d = open_series(w, series_text(1, NULL), ", lags=1, columns='u=drop'");
    assert_int_equal(plm_data_schema(d, &a, &schema), PLM_OK);
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        check_next(w, schema, "day", &known[k]);
    plm_data_free(d);
    plm_arena_free(&a);
    test_close(w, &memory);
}

static void bad_series_are_refused(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    assert_null(open_series(w, series_text(1, NULL), ", lags=29"));
    test_error(w, PLM_E_DATA, "30 rows are too few for lags=29");
    assert_null(open_series(w, series_text(1, "word"), ", lags=3"));
    test_error(w, PLM_E_DATA, "v");
    assert_null(open_series(w, series_text(1, NULL), ", lags=3, group=u"));
    test_error(w, PLM_E_DATA, "no group has a row with the 3 rows before it");
    assert_null(open_series(w,
                            "day,v,shop\n2024-01-01,1,a\n2024-01-02,2,\n2024-01-03,3,a\n"
                            "2024-01-04,4,a\n",
                            ", lags=1, group=shop, columns='v=number'"));
    test_error(w, PLM_E_DATA, "line 3, column 'shop': the row has no group");
    assert_null(open_series(w, "day,v\n2024-01-01,1.5\n,2.5\n2024-01-03,3.5\n2024-01-04,5.5\n",
                            ", lags=1, columns='v=number'"));
    test_error(w, PLM_E_DATA, "line 3, column 'day': the row of a series has no time");
    assert_null(open_series(w, series_text(1, NULL), ", horizon=3"));
    test_error(w, PLM_E_SPEC, "horizon is only for predictions");
    test_close(w, &memory);
}

/* ---- groups ---- */

enum { PEOPLE = 23, VISITS = 200 };

/* Visits of people, some of whom come often. as_words: people are words. */
static plm_data *open_groups(plm *w, bool as_words)
{
    static char text[8192];
    size_t n = (size_t)snprintf(text, sizeof text, "who,x,y\n");
    for (int i = 0; i < VISITS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%d,%d.5,%d.25\n", as_words ? "p" : "",
                              1000 + i * i % PEOPLE, i * 37 % 91, i * 17 % 83);
    return plm_data_open(w, "table('%s', target=y, group=who)",
                         test_write_text("groups.csv", text));
}

/* Marks the people of a stream in seen[PEOPLE]. Returns its rows. */
static int64_t mark_people(plm_data *d, bool seen[PEOPLE])
{
    test_rows r = test_read(d, 0);
    for (int64_t i = 0; i < r.rows; i++) {
        const int64_t row = plm_data_row(d, i);
        seen[row * row % PEOPLE] = true;
    }
    const int64_t rows = r.rows;
    test_forget(&r);
    return rows;
}

/* All folds together are all rows, and no person is in a fold and in what it leaves. */
static void groups_stay_together(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int k = 0; k < 2 * 5; k++) {
        bool left[PEOPLE] = {false}, gone[PEOPLE] = {false};
        plm_data *d = open_groups(w, k % 2 == 0);
        assert_non_null(d);
        plm_data *part = plm_data_fold(d, "split(0.2, shuffle=true)", k / 2, 7);
        assert_non_null(part);
        const int64_t rows = mark_people(part, gone);
        assert_int_equal(rows + mark_people(d, left), VISITS);
        assert_true(rows >= VISITS / 10 && rows <= VISITS * 3 / 10);
        for (int i = 0; i < PEOPLE; i++)
            assert_false(left[i] && gone[i]);
        plm_data_free(part);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* Opens a table with groups of these sizes, 0 = the end, and `singles` groups of one row. */
static plm_data *open_sizes(plm *w, const int *size, int singles)
{
    static char text[16384];
    size_t n = (size_t)snprintf(text, sizeof text, "who,x,y\n");
    for (int g = 0; size[g] > 0; g++)
        for (int i = 0; i < size[g]; i++)
            n += (size_t)snprintf(text + n, sizeof text - n, "g%d,%d.5,%d.25\n", g, i * 37 % 91,
                                  i * 17 % 83);
    for (int i = 0; i < singles; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "s%d,%d.5,1.25\n", i, i);
    return plm_data_open(w, "table('%s', target=y, group=who)", test_write_text("sizes.csv", text));
}

/* A part for the test comes as near to its share as whole groups allow, large groups or not; then
 * three nets find folds to hold out in what is left. */
static void parts_of_groups_are_as_near_as_possible(void **state)
{
    static const struct {
        int size[6], singles, test;
    } known[] = {{{160, 80, 40, 20}, 0, 60}, /* 40 + 20 */
                 {{200}, 100, 60},           {{100, 100, 100}, 0, 100},
                 {{75, 75, 75, 75}, 0, 75},  {{50, 30, 30, 190}, 0, 60}, /* 30 + 30, not 50 */
                 {{270, 30}, 0, 30}};
    test_memory memory;
    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (int seed = 1; seed < 6; seed++) {
            plm *w = test_open(&memory, NULL);
            plm_data_info info;
            plm_data *d = open_sizes(w, known[k].size, known[k].singles);
            assert_non_null(d);
            plm_data *part = plm_data_split(d, "split(0.2, shuffle=true, seed=%d)", seed);
            assert_non_null(part);
            assert_int_equal(plm_data_get_info(part, &info), PLM_OK);
            assert_int_equal(info.rows, known[k].test);
            plm_data_free(part);
            plm_data_free(d);
            test_close(w, &memory);
        }
}

/* A group larger than a fold stays in training if there are others; few groups are a fold each. */
static void folds_of_groups_have_rows(void **state)
{
    static const struct {
        int size[6], singles, folds, least, most;
    } known[] = {{{200}, 40, 5, 8, 8}, {{80, 80, 80}, 0, 3, 80, 80}, {{160, 80}, 0, 2, 80, 160}};
    test_memory memory;
    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        for (int fold = 0; fold < known[k].folds; fold++) {
            plm *w = test_open(&memory, NULL);
            plm_data_info info;
            plm_data *d = open_sizes(w, known[k].size, known[k].singles);
            assert_non_null(d);
            plm_data *part = plm_data_fold(d, "split(0.2, shuffle=true)", fold, 7);
            assert_non_null(part);
            assert_int_equal(plm_data_get_info(part, &info), PLM_OK);
            assert_in_range(info.rows, known[k].least, known[k].most);
            plm_data_free(part);
            plm_data_free(d);
            test_close(w, &memory);
        }
}

static void bad_groups_are_refused(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d = open_groups(w, true);
    assert_non_null(d);
    assert_null(plm_data_split(d, "split(0.2, shuffle=true, stratify=true)"));
    test_error(w, PLM_E_SPEC, "rows in groups cannot be stratified");
    plm_data_free(d);
    d = plm_data_open(w, "table('%s', target=y, group=g)",
                      test_write_text("one.csv", "g,x,y\n1,1.5,2\n1,3.5,4\n1,4.5,9\n"));
    assert_non_null(d);
    assert_null(plm_data_split(d, "split(0.4)"));
    test_error(w, PLM_E_DATA, "the rows to split belong to only 1 group");
    plm_data_free(d);
    test_refused(w, PLM_E_DATA, "line 3, column 'g': the row has no group",
                 "table('%s', target=y, group=g)",
                 test_write_text("gap.csv", "g,x,y\n1,1.5,2\n,3.5,4\n2,4.5,9\n"));
    test_close(w, &memory);
}

/* Every allocation that fails ends in an error, and no memory is lost. */
static void memory_may_fail(void **state)
{
    const char *const text = series_text(-1, NULL);
    (void)state;
    for (long at = 1;; at += 3) {
        test_memory memory;
        plm *w = test_open(&memory, NULL);
        memory.fail_at = memory.calls + at;
        plm_data *d = open_series(w, text, ", lags=3"), *part = NULL;
        if (d)
            part = plm_data_split(d, "0.2");
        const bool good = d && part;
        memory.fail_at = 0;
        plm_data_free(part);
        plm_data_free(d);
        test_close(w, &memory);
        if (good)
            break;
        assert_true(at < 10000);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_before_are_inputs),
        cmocka_unit_test(windows_take_all_numbers),
        cmocka_unit_test(a_leak_is_found),
        cmocka_unit_test(series_are_split_by_time),
        cmocka_unit_test(a_schema_knows_its_lags),
        cmocka_unit_test(months_go_on),
        cmocka_unit_test(times_go_on),
        cmocka_unit_test(bad_series_are_refused),
        cmocka_unit_test(groups_stay_together),
        cmocka_unit_test(parts_of_groups_are_as_near_as_possible),
        cmocka_unit_test(folds_of_groups_have_rows),
        cmocka_unit_test(bad_groups_are_refused),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
