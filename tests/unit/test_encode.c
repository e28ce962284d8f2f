/* How cells become numbers: each encoding with its values, by hand. */
#include "helper.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "table/schema.h"
#include "table/store.h"

enum { MOST = 9 };

/* Checks that a number becomes these values, and that none is written behind them. */
static void check(plm_column c, double x, size_t width, const float *wanted)
{
    float out[MOST + 1];
    for (size_t i = 0; i <= MOST; i++)
        out[i] = 77;
    assert_int_equal(plm_column_width(&c), width);
    plm_column_encode_number(&c, x, (double)NAN, out);
    for (size_t i = 0; i < width; i++)
        if (fabsf(out[i] - wanted[i]) > 1e-6F || isnan(out[i]))
            fail_msg("%g: value %zu is %g, not %g", x, i, (double)out[i], (double)wanted[i]);
    assert_true(out[width] == 77);
}

#define VALUES(...)                                                                                \
    (const float[])                                                                                \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

static void numbers(void **state)
{
    (void)state;
    plm_column c = {.encoding = PLM_ENCODE_STANDARDIZE, .center = 3, .deviation = 2, .fill = 4};
    check(c, 7, 1, VALUES(2));
    check(c, NAN, 1, VALUES(0.5F));
    c.indicator = true;
    check(c, 1, 2, VALUES(-1, 0));
    check(c, NAN, 2, VALUES(0.5F, 1));
    c.deviation = 0; /* constant */
    check(c, 7, 2, VALUES(0, 0));
    c = (plm_column){.encoding = PLM_ENCODE_AS_IT_IS, .center = 3, .deviation = 2, .fill = 4};
    check(c, 7, 1, VALUES(7));
    check(c, NAN, 1, VALUES(4));
}

/* 1970-01-01 was a Thursday, day 3 of a week that begins on Monday. */
static void dates(void **state)
{
    (void)state;
    const double day = 86400, year = 365.2425 * day;
    const float sine = (float)sin(2 * acos(-1) * 3 / 7), cosine = (float)cos(2 * acos(-1) * 3 / 7);
    plm_column c = {.encoding = PLM_ENCODE_DATE, .center = day, .deviation = day, .fill = day};
    check(c, 3 * day, 1, VALUES(2));
    c.parts = PLM_DATE_YEAR;
    check(c, year / 4, 3, VALUES((float)(year / 4 / day - 1), 1, 0));
    check(c, year / 2, 3, VALUES((float)(year / 2 / day - 1), 0, -1));
    check(c, -year / 4, 3, VALUES((float)(-year / 4 / day - 1), -1, 0));
    c.parts = PLM_DATE_WEEK;
    check(c, 0, 3, VALUES(-1, sine, cosine));
    check(c, 0.9 * day, 3, VALUES(-0.1F, sine, cosine));
    check(c, 4 * day, 3, VALUES(3, 0, 1)); /* a Monday */
    c.parts = PLM_DATE_DAY;
    check(c, 0.25 * day, 3, VALUES(-0.75F, 1, 0));
    check(c, 5.5 * day, 3, VALUES(4.5F, 0, -1));
    c.parts = PLM_DATE_YEAR | PLM_DATE_DAY;
    check(c, 0.75 * day, 5,
          VALUES(-0.25F, (float)sin(2 * acos(-1) * 0.75 * day / year),
                 (float)cos(2 * acos(-1) * 0.75 * day / year), -1, 0));
    c.parts = PLM_DATE_YEAR | PLM_DATE_WEEK | PLM_DATE_DAY;
    c.indicator = true;
    check(c, 0, 8, VALUES(-1, 0, 1, sine, cosine, 0, 1, 0));
    c.fill = 4 * day;
    c.parts = PLM_DATE_WEEK | PLM_DATE_DAY;
    check(c, NAN, 6, VALUES(3, 0, 1, 0, 1, 1));
}

/* The names of the values, and their number. */
static void titles(void **state)
{
    (void)state;
    static const char *words[] = {"no", "yes"};
    static const struct {
        plm_column c;
        const char *title[MOST];
    } rows[] = {
        {{.name = "age", .encoding = PLM_ENCODE_STANDARDIZE}, {"age"}},
        {{.name = "age", .encoding = PLM_ENCODE_STANDARDIZE, .indicator = true},
         {"age", "age missing"}},
        {{.name = "a", .encoding = PLM_ENCODE_ONE_HOT, .words = 2, .word = words},
         {"a=no", "a=yes"}},
        {{.name = "a", .encoding = PLM_ENCODE_SIGNS, .words = 2, .word = words, .indicator = true},
         {"a=no", "a missing"}},
        {{.name = "d", .encoding = PLM_ENCODE_DATE, .parts = PLM_DATE_YEAR | PLM_DATE_DAY},
         {"d", "d (sine of year)", "d (cosine of year)", "d (sine of day)", "d (cosine of day)"}},
        {{.name = "d", .encoding = PLM_ENCODE_DATE, .parts = PLM_DATE_WEEK, .indicator = true},
         {"d", "d (sine of week)", "d (cosine of week)", "d missing"}},
        {{.name = "i", .encoding = PLM_ENCODE_INDEX, .words = 2, .indicator = true}, {"i"}},
        {{.name = "n", .encoding = PLM_ENCODE_NONE, .indicator = true}, {NULL}},
    };
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_arena a = {.w = w};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t count = 0;
        for (; rows[i].title[count] != NULL; count++)
            assert_string_equal(plm_column_title(&a, &rows[i].c, count), rows[i].title[count]);
        assert_int_equal(plm_column_width(&rows[i].c), count);
    }
    plm_arena_free(&a);
    plm_close(w);
}

/* The median that a schema is fitted with, of numbers in one of five orders; i < n. */
static double in_order(int order, int64_t i, int64_t n)
{
    const double orders[] = {(double)i, (double)(n - i), (double)(i < n / 2 ? i : n - i),
                             (double)(i * 7919 % 31), 4};
    return orders[order];
}

static int by_size(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median replaces a missing number: it is that of the sorted numbers, whatever their order. */
static void medians(void **state)
{
    (void)state;
    enum { LONGEST = 70 };
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    for (int order = 0; order < 5; order++)
        for (int64_t n = 1; n <= LONGEST; n++) {
            double x[LONGEST], sorted[LONGEST];
            int64_t row[LONGEST];
            for (int64_t i = 0; i < n; i++) {
                row[i] = i;
                x[i] = sorted[i] = in_order(order, i, n) / 8;
            }
            qsort(sorted, (size_t)n, sizeof *sorted, by_size);
            plm_arena a = {.w = w};
            plm_column c = {.encoding = PLM_ENCODE_STANDARDIZE};
            plm_raw_column raw = {.number = x};
            plm_schema s = {.arena = &a, .column = &c, .columns = 1};
            const plm_store t = {.column = &raw, .columns = 1, .rows = n};
            assert_int_equal(plm_schema_fit(&s, &t, row, n), PLM_OK);
            if (c.fill != (sorted[(n - 1) / 2] + sorted[n / 2]) / 2)
                fail_msg("order %d, %d numbers: median %g", order, (int)n, c.fill);
            plm_arena_free(&a);
        }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(numbers), cmocka_unit_test(medians),
                                       cmocka_unit_test(dates), cmocka_unit_test(titles)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
