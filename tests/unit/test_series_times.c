/* The times of a series: quarters, weeks and months as dates, years and steps as numbers, the
 * column that the user names; times that go on by months on the same day; and gaps, which count as
 * the last number that is known before them. */
#include "series_support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Returns the date on which a period begins, as text. */
static const char *first_day(const char *cell)
{
    static char text[PLM_DATE_TEXT];
    const plm_cell_reading r = plm_cell_read(cell);
    if (!(r.fits >> PLM_FORMAT_YMD & 1))
        return "none";
    assert_true(r.fits == (1U << PLM_FORMAT_YMD | 1U << PLM_FORMAT_DMY | 1U << PLM_FORMAT_MDY));
    plm_table_date_text(r.value[PLM_FORMAT_YMD], text);
    return text;
}

static void periods_are_dates(void **state)
{
    static const struct {
        const char *cell, *day;
    } known[] = {{"2001Q3", "2001-07-01"},   {"2001-Q1", "2001-01-01"},
                 {"Q4 2001", "2001-10-01"},  {"q2/1999", "1999-04-01"},
                 {"2001 q2", "2001-04-01"},  {"2001-H2", "2001-07-01"},
                 {"2001S1", "2001-01-01"},   {"2001M12", "2001-12-01"},
                 {"2001m1", "2001-01-01"},   {"2001-W01", "2001-01-01"},
                 {"2001-W05", "2001-01-29"}, {"2004W53", "2004-12-27"},
                 {"2005-W01", "2005-01-03"}, {"2009-W01", "2008-12-29"},
                 {"W52 1969", "1969-12-22"}, {"2001Q5", "none"},
                 {"2001Q0", "none"},         {"2001M13", "none"},
                 {"2005W53", "none"},        {"2001W00", "none"},
                 {"2001Q", "none"},          {"12001Q3", "none"},
                 {"201Q3", "none"},          {"2001Q33", "none"},
                 {"2001Q3x", "none"},        {"0999Q3", "none"},
                 {"3000Q3", "none"},         {"Q3", "none"},
                 {"2001-H3", "none"}};
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(first_day(known[i].cell), known[i].day) != 0)
            fail_msg("%s: %s", known[i].cell, first_day(known[i].cell));
}

/* Times, texts in whose notation they are written, and the results. */
static const struct {
    const char *time, *like, *text;
    plm_cell_format format;
} known_texts[] = {
    {"2024-10-01", "2001Q3", "2024Q4", PLM_FORMAT_YMD},
    {"2024-10-01", "Q3 2001", "Q4 2024", PLM_FORMAT_YMD},
    {"2024-10-01", "2001-12", "2024-10", PLM_FORMAT_YMD},
    {"2024-07-01", "2001h1", "2024h2", PLM_FORMAT_YMD},
    {"2024-09-01", "2001M12", "2024M09", PLM_FORMAT_YMD},
    {"2024-12-30", "2001-W05", "2025-W01", PLM_FORMAT_YMD},
    {"2020-12-28", "2001W5", "2020W53", PLM_FORMAT_YMD},
    {"2024-10-05", "31.12.2001", "05.10.2024", PLM_FORMAT_DMY},
    {"2024-10-05", "1/2/2001", "10/5/2024", PLM_FORMAT_MDY},
    {"2024-10-05", "01/02/98", "10/05/24", PLM_FORMAT_MDY},
    {"2024-10-05", "2001/1/2", "2024/10/5", PLM_FORMAT_YMD},
    {"2024-10-05", "2001Q3", "2024-10-05", PLM_FORMAT_YMD},
    {"2024-10-02", "2001-12", "2024-10-02", PLM_FORMAT_YMD},
    {"2024-10-05 10:30", "31.12.2001", "2024-10-05T10:30:00", PLM_FORMAT_DMY},
    {"2124-10-05", "01/02/98", "2124-10-05", PLM_FORMAT_MDY},
    {"2024-10-05", "5 Oct 2023", "5 Oct 2024", PLM_FORMAT_DMY},
    {"2024-10-05", "31 MAR 2001", "05 OCT 2024", PLM_FORMAT_DMY},
    {"2024-10-05", "31 march 2001", "05 october 2024", PLM_FORMAT_DMY},
    {"2024-10-05", "Dec 31, 2001", "Oct 05, 2024", PLM_FORMAT_MDY},
    {"2024-10-01", "Sep-01", "Oct-24", PLM_FORMAT_YMD},
    {"2024-10-01", "Sep 2001", "Oct 2024", PLM_FORMAT_YMD},
    {"2024-10-05", "Sep 2001", "2024-10-05", PLM_FORMAT_YMD},
    {"2024-10-05 10:30", "2001-12-31 04:00", "2024-10-05 10:30", PLM_FORMAT_YMD},
    {"2024-10-05", "2001-12-31 04:00", "2024-10-05 00:00", PLM_FORMAT_YMD},
    {"2024-10-05 10:30", "2001-12-31T04:00:00", "2024-10-05T10:30:00", PLM_FORMAT_YMD},
    {"2024-10-05 10:30", "31.12.2001 4:00", "05.10.2024 10:30", PLM_FORMAT_DMY},
    {"2024-10-05 10:30:05", "31.12.2001 04:00", "2024-10-05T10:30:05", PLM_FORMAT_DMY},
    {"2024-10-05", "Monday, 31 Dec 2001", "2024-10-05", PLM_FORMAT_DMY},
    {"2024-10-05", "", "2024-10-05", PLM_FORMAT_YMD}};

/* A time is written like another one if nothing of it is lost. */
static void a_time_is_written_like_another(void **state)
{
    char text[PLM_DATE_TEXT];
    (void)state;
    for (size_t i = 0; i < sizeof known_texts / sizeof *known_texts; i++) {
        const double time = plm_cell_read(known_texts[i].time).value[PLM_FORMAT_YMD];
        plm_table_date_like(time, known_texts[i].like, known_texts[i].format, text);
        if (strcmp(text, known_texts[i].text) != 0)
            fail_msg("%s like %s: %s", known_texts[i].time, known_texts[i].like, text);
    }
}

/* The rows of these times, in this order in the file, v = 0, 1, ...; after training with lags=1 the
 * value before is the one of the time before. */
static void rows_are_sorted_by_times_that_are_no_dates(void **state)
{
    static const char *const known[][2] = {
        {"year,v\n1992,2\n1990,0\n1991,1\n1993,3\n1995,4\n", ""},
        {"q,v\n2001Q3,2\n2001Q1,0\n2001Q2,1\n2001Q4,3\n2002Q1,4\n", ""},
        {"w,v\n2001-W10,2\n2001-W02,0\n2001-W09,1\n2001-W11,3\n2001-W52,4\n", ""},
        {"step,v\n10,2\n8,0\n9,1\n11,3\n100,4\n", ""},
        {"z,v\n10.5,2\n8.25,0\n9,1\n11,3\n100,4\n", ", order=z"},
        {"d,z,v\n2024-01-01,3,2\n2024-01-02,1,0\n2024-01-03,2,1\n2024-01-04,4,3\n2024-01-05,5,4\n",
         ", order=z"},
        {"z,v\n3,2\n1,0\n2,1\n4,3\n5,4\n", ", order=z, columns='z=drop'"}};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        char more[80];
        snprintf(more, sizeof more, ", lags=1%s%s", known[k][1],
                 strstr(known[k][1], "columns") ? "" : ", columns='v=number'");
        plm_data *d = open_series(w, known[k][0], more);
        assert_non_null(d);
        assert_int_equal(d->source->rows, 4);
        for (int64_t i = 0; i < 4; i++)
            assert_true(number(d, "v", i) == (double)(i + 1) &&
                        number(d, "v (1 before)", i) == (double)i);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* A time that each of several series has once is not there twice. */
static void series_share_their_times(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d =
        open_series(w, "month,shop,v\n1,a,2\n2,a,0\n1,b,1\n3,a,3\n2,b,4\n3,b,5\n4,a,6\n4,b,7\n",
                    ", lags=1, group=shop, columns='v=number'");
    assert_non_null(d);
    assert_int_equal(d->source->schema->order, 0);
    plm_data_free(d);
    test_close(w, &memory);
}

/* A column of numbers that is not named like a time, or has a time twice, is no order by itself. */
static void numbers_are_no_times_by_chance(void **state)
{
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int k = 0; k < 2; k++) {
        plm_data *d = open_series(
            w, k == 0 ? "size,v\n3,2\n1,0\n2,1\n4,3\n5,4\n" : "month,v\n3,2\n1,0\n2,1\n1,3\n5,4\n",
            ", lags=1, columns='v=number'");
        assert_non_null(d);
        assert_true(d->source->schema->order == SIZE_MAX);
        assert_true(number(d, "v (1 before)", 0) == 2);
        plm_data_free(d);
    }
    assert_null(open_series(w, "z,v\na,2\nb,0\nc,1\nd,3\ne,4\n", ", lags=1, order=z"));
    test_error(w, PLM_E_DATA, "the cells of 'z', the order of the series, are neither all dates");
    assert_null(open_series(w, "z,v\n3,2\n1,0\n2,1\n4,3\n5,4\n", ", order=z"));
    test_error(w, PLM_E_SPEC, "order can be used only for a time series");
    assert_null(open_series(w, "z,v\n3,2\n1,0\n2,1\n4,3\n5,4\n", ", lags=1, order=v"));
    test_error(w, PLM_E_SPEC, "column 'v' is the target, so it cannot also be the order");
    test_close(w, &memory);
}

static void times_go_on(void **state)
{
    static const going_on dates[] = {
        {"2023-10-15 2023-11-15 2023-12-15", {"2024-01-15", "2024-02-15", "2024-03-15"}},
        {"2023-12-30 2024-01-30 2024-02-29 2024-03-30", {"2024-04-30", "2024-05-30", "2024-06-30"}},
        {"2023-11-30 2023-12-30 2024-01-30", {"2024-02-29", "2024-03-30", "2024-04-30"}},
        {"2022-08-29 2022-11-29 2023-02-28", {"2023-05-29", "2023-08-29", "2023-11-29"}},
        {"2022-11-30 2022-12-31 2023-01-31", {"2023-02-28", "2023-03-31", "2023-04-30"}},
        {"2019-02-28 2019-03-28 2019-04-28", {"2019-05-28", "2019-06-28", "2019-07-28"}},
        {"2016-02-29 2017-02-28 2018-02-28", {"2019-02-28", "2020-02-29", "2021-02-28"}},
        {"2023-10-15T06:30 2023-11-15T06:30",
         {"2023-12-15T06:30", "2024-01-15T06:30", "2024-02-15T06:30"}},
        {"2023-10-15 2023-11-14 2023-12-14", {"2024-01-13", "2024-02-12", "2024-03-13"}},
        {"2023-07 2023-10", {"2024-01", "2024-04", "2024-07"}},
        {"2023Q3 2023Q4", {"2024Q1", "2024Q2", "2024Q3"}},
        {"2020-W51 2020-W52", {"2020-W53", "2021-W01", "2021-W02"}}};
    static const going_on numbers[] = {{"1990 1991", {"1992", "1993", "1994"}},
                                       {"0 86400 172800", {"259200", "345600", "432000"}},
                                       {"0.5 1 1.5", {"2", "2.5", "3"}}};
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    for (int k = 0; k < 2; k++) {
        const char *schema = NULL;
        plm_data *d = open_series(w,
                                  k == 0 ? "year,v\n2024-01-01,1\n2024-02-01,2\n2024-03-01,4\n"
                                         : "year,v\n1,1\n2,2\n3,4\n",
                                  ", lags=1, columns='v=number'");
        assert_int_equal(plm_data_schema(d, &a, &schema), PLM_OK);
        for (size_t i = 0; i < (k == 0 ? sizeof dates / sizeof *dates : 3); i++)
            check_next(w, schema, "year", k == 0 ? &dates[i] : &numbers[i]);
        plm_data_free(d);
    }
    plm_arena_free(&a);
    test_close(w, &memory);
}

/* ---- gaps ---- */

/* Shop 1 has v = 1 to 12 and shop 2 v = 1001 to 1012 on 12 days, with gaps in v and in the input u
 * = 10 v; the first rows are those of the second shop. last: replaces v of the days after the
 * 8th. */
static const char *gap_text(int last)
{
    static char text[4096];
    size_t n = (size_t)snprintf(text, sizeof text, "shop,day,u,v\n");
    for (int s = 2; s > 0; s--)
        for (int i = 1; i <= 12; i++) {
            const int v = i > 8 && last > 0 ? last : 1000 * (s - 1) + i;
            n += (size_t)snprintf(text + n, sizeof text - n, "%d,2024-01-%02d,", s, i);
            n += (size_t)(i == 1 || i == 6 ? snprintf(text + n, sizeof text - n, ",")
                                           : snprintf(text + n, sizeof text - n, "%d,", 10 * v));
            n += (size_t)(i == 4 || i == 5 ? snprintf(text + n, sizeof text - n, "\n")
                                           : snprintf(text + n, sizeof text - n, "%d\n", v));
        }
    return text;
}

/* Returns the number that a column counts as in the row with a certain v: mean + deviation * value.
 * y: NULL, or gets the value as the net sees it. */
static double counts_as(const plm_data *d, const char *column, double v, float *y)
{
    const plm_schema *s = d->source->schema;
    const size_t at = plm_schema_column(s, column);
    const plm_typed *t = d->source->state;
    const plm_column *c = &s->column[at];
    for (int64_t i = 0; i < d->source->rows; i++) {
        float value[2];
        if (number(d, "v", i) != v)
            continue;
        const plm_raw_column *r = &t->store.column[t->place[at]];
        plm_column_encode_number(c, r->number[i], plm_cell_carried(c, r, i), value);
        if (y != NULL)
            *y = value[0];
        return c->center + c->deviation * (double)value[0];
    }
    fail_msg("no row with v = %g", v);
    return 0;
}

/* A gap counts as the last number before it in its own shop, and is still marked as a gap. */
static void a_gap_counts_as_the_number_before(void **state)
{
    test_memory memory;
    plm_data_info info;
    plm *w = test_open(&memory, NULL);
    (void)state;
    plm_data *d = open_series(w, gap_text(0), ", lags=2, group=shop");
    assert_non_null(d);
    assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
    for (int s = 0; s < 2; s++) {
        const double level = 1000 * s;
        assert_true(fabs(counts_as(d, "v (1 before)", level + 6, NULL) - (level + 3)) < 0.01);
        assert_true(fabs(counts_as(d, "v (2 before)", level + 6, NULL) - (level + 3)) < 0.01);
        assert_true(fabs(counts_as(d, "v (2 before)", level + 7, NULL) - (level + 3)) < 0.01);
        assert_true(fabs(counts_as(d, "v (1 before)", level + 8, NULL) - (level + 7)) < 0.01);
        /* u of the row itself: day 6 has a gap, and the last u before it is that of day 5 */
        assert_true(fabs(counts_as(d, "u", level + 6, NULL) - 10 * (level + 5)) < 0.1);
    }
    const plm_column *c = &d->source->schema->column[plm_schema_column(d->source->schema, "u")];
    assert_true(c->indicator && c->carried && plm_column_width(c) == 2);
    plm_data_free(d);
    test_close(w, &memory);
}

/* Later rows have no part in what a gap counts as; and what a row before the first known number
 * counts as, the median, is that of the training rows. */
static void later_rows_do_not_fill_gaps(void **state)
{
    test_memory memory;
    plm_data_info info;
    plm *w = test_open(&memory, NULL);
    float value[2][2];
    (void)state;
    for (int k = 0; k < 2; k++) {
        plm_data *d = open_series(w, gap_text(k == 0 ? 77 : 99), ", lags=1, group=shop"),
                 *test = NULL;
        assert_non_null(d);
        test = plm_data_split(d, "split(0.5)");
        assert_non_null(test);
        assert_int_equal(plm_data_get_info(d, &info), PLM_OK);
        counts_as(d, "v (1 before)", 6, &value[k][0]);
        counts_as(d, "u", 1006, &value[k][1]);
        plm_data_free(test);
        plm_data_free(d);
    }
    assert_memory_equal(value[0], value[1], sizeof value[0]);
    test_close(w, &memory);
}

/* The model file knows how gaps are filled: a schema without the word uses the median, as
 * before. */
static void a_schema_knows_how_gaps_are_filled(void **state)
{
    test_memory memory;
    const char *schema = NULL;
    plm *w = test_open(&memory, NULL);
    plm_arena a = {.w = w};
    (void)state;
    plm_data *d = open_series(w, gap_text(0), ", lags=1, group=shop");
    assert_int_equal(plm_data_schema(d, &a, &schema), PLM_OK);
    assert_non_null(strstr(schema, "\"carried\": true"));
    plm_data_free(d);
    for (int old = 0; old < 2; old++) {
        char *text = plm_arena_text(&a, schema, SIZE_MAX);
        for (char *at = text; old && (at = strstr(at, "\"carried\": true")) != NULL; at++)
            memcpy(at, "\"carries\"", 9);
        plm_data *p = plm_data_open_known(
            w, &(plm_known_columns){.schema = text}, "table('%s')",
            test_write_text("new.csv", "shop,day,u,v\n9,2024-01-01,1,7\n9,2024-01-02,2,\n"
                                       "9,2024-01-03,3,5\n9,2024-01-04,4,9\n"));
        assert_non_null(p);
        const plm_column *c = &p->source->schema->column[4];
        assert_string_equal(c->name, "v (1 before)");
        const double wanted = old ? c->fill : 7;
        const double got =
            c->center +
            c->deviation *
                (double)((float *)p->source->table[0]
                             .owned)[p->source->table[0].width + p->source->table[0].width - 2];
        assert_true(fabs(got - wanted) < 0.01);
        plm_data_free(p);
    }
    plm_arena_free(&a);
    test_close(w, &memory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(periods_are_dates),
        cmocka_unit_test(a_time_is_written_like_another),
        cmocka_unit_test(rows_are_sorted_by_times_that_are_no_dates),
        cmocka_unit_test(numbers_are_no_times_by_chance),
        cmocka_unit_test(series_share_their_times),
        cmocka_unit_test(times_go_on),
        cmocka_unit_test(a_gap_counts_as_the_number_before),
        cmocka_unit_test(later_rows_do_not_fill_gaps),
        cmocka_unit_test(a_schema_knows_how_gaps_are_filled),
    };
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
