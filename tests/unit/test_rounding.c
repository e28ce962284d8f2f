/* Digits lost on the way to float32: the warning for csv, npy and arrays, its counts and hints, and
 * the columns that get none. */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/rounding.h"

enum { ROWS = 2000, TEXT = 1 << 20 };

/* The warnings of a runtime, one after the other. */
typedef struct {
    char text[4000];
    int lines;
} heard;

static void hear(void *user, int level, const char *line)
{
    heard *h = user;
    h->lines += level == 1;
    if (level == 1 && strlen(h->text) + strlen(line) + 2 < sizeof h->text) {
        strcat(h->text, line);
        strcat(h->text, "\n");
    }
}

static plm *open_runtime(heard *h)
{
    *h = (heard){.lines = 0};
    return plm_open(PLM_OPTIONS(.threads = 1, .log = hear, .user = h));
}

/* ---- csv ---- */

typedef double column(int64_t row);

static double seconds(int64_t i)
{
    return 1600000000 + (double)i;
}

static double hours(int64_t i)
{
    return 1600000000 + 3600 * (double)i;
}

static double tenths(int64_t i)
{
    return (double)i / 10;
}

static double thirds(int64_t i) /* 17 digits, none of which float32 rounds together */
{
    return 20 + (double)i / 300;
}

static double odd(int64_t i) /* 2^24 + 1 is the first whole number that float32 has not */
{
    return 16777216 + (double)i;
}

static double whole(int64_t i)
{
    return 16777216 - (double)i;
}

static double near(int64_t i)
{
    return 1e6 + (double)(i * 7 % ROWS) / ROWS;
}

/* Different digits beyond float32, in a spread against which they are nothing. */
static double noisy(int64_t i)
{
    return 100 + (double)(i % 50) + (double)i * 1e-9;
}

static double tiny(int64_t i)
{
    return ((double)i + 1) * 1e-50;
}

static double two_places(int64_t i) /* no constant helps: dense around 0 and around 1e12 */
{
    return i % 2 == 0 ? (double)i / 2 : 1e12 + (double)i;
}

static double classes(int64_t i)
{
    return (double)(i % 10);
}

static const struct {
    const char *name;
    column *column;
    const char *words; /* of the warning; NULL = none */
} columns[] = {
    {"seconds", seconds,
     "2000 different numbers become 17 as float32: subtract a constant from "
     "the column, such as 1600000000, before"},
    {"hours", hours, NULL},
    {"tenths", tenths, NULL},
    {"thirds", thirds, NULL},
    {"odd", odd, "2000 different numbers become 1001 as float32: subtract"},
    {"whole", whole, NULL},
    {"near", near,
     "2000 different numbers become 17 as float32: subtract a constant from the column, such "
     "as 1000000, before"},
    {"noisy", noisy, NULL},
    {"tiny", tiny,
     "2000 different numbers become 1 as float32: multiply the column by a power of ten"},
    {"two_places", two_places, "become 1001 as float32: split the column into two columns"},
    {"classes", classes, NULL}};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static const char *write_table(const char *name, column *const *c, size_t count, int64_t rows)
{
    char *text = malloc(TEXT * 4);
    int n = 0;
    assert_non_null(text);
    for (size_t k = 0; k < count; k++)
        n += sprintf(text + n, "%sc%zu", k > 0 ? "," : "", k);
    for (int64_t i = 0; i < rows; i++)
        for (size_t k = 0; k < count; k++)
            n += sprintf(text + n, "%s%.17g", k > 0 ? "," : "\n", c[k](i));
    assert_true(n < TEXT * 4 - 1000);
    const char *path = test_write(name, text, (size_t)n);
    free(text);
    return path;
}

/* Each as an input and as the target, read whole and streamed. */
static void csv_columns(void **state)
{
    (void)state;
    for (size_t k = 0; k < COLUMNS; k++)
        for (int turn = 0; turn < 4; turn++) {
            heard h;
            plm *w = open_runtime(&h);
            column *const c[2] = {columns[k].column, classes}, *const back[2] = {c[1], c[0]};
            plm_data *d = plm_data_open(w, "csv('%s', stream=%s)",
                                        write_table("t.csv", turn < 2 ? c : back, 2, ROWS),
                                        turn % 2 ? "true" : "false");
            char place[40];
            snprintf(place, sizeof place, "t.csv: column 'c%d': ", turn >= 2);
            assert_non_null(d);
            const char *words = columns[k].words;
            if (h.lines != (words != NULL) ||
                (words != NULL && (strstr(h.text, words) == NULL || strstr(h.text, place) == NULL)))
                fail_msg("%s, turn %d: '%s'", columns[k].name, turn, h.text);
            if (turn % 2) { /* the look ahead costs no row */
                test_rows r = test_read(d, 0);
                assert_int_equal(r.rows, ROWS);
                test_forget(&r);
            }
            plm_data_free(d);
            plm_close(w);
        }
}

/* Columns without names, columns that nobody reads, weights, and more columns than are listed. */
static void csv_places(void **state)
{
    heard h;
    plm *w = open_runtime(&h);
    column *const c[6] = {seconds, seconds, seconds, seconds, seconds, classes};
    const char *path = write_table("many.csv", c, 6, ROWS);
    (void)state;
    plm_data_free(plm_data_open(w, "csv('%s')", path));
    assert_int_equal(h.lines, 4);
    assert_non_null(strstr(h.text, "many.csv: 2 more columns lose digits"));
    h = (heard){.lines = 0};
    plm_data_free(plm_data_open(w, "csv('%s', inputs=[c0], target=c5, weight=c3)", path));
    assert_int_equal(h.lines, 1);
    assert_non_null(strstr(h.text, "'c0'"));
    h = (heard){.lines = 0};
    plm_data_free(plm_data_open(w, "csv('%s', header=false, skip=1, inputs=[2], target=5)", path));
    assert_int_equal(h.lines, 1);
    assert_non_null(strstr(h.text, "many.csv: column 2: 2000 different"));
    plm_close(w);
}

/* Of long tables the first 65,536 rows are looked at. */
static void csv_long(void **state)
{
    heard h;
    plm *w = open_runtime(&h);
    column *const c[2] = {seconds, classes};
    (void)state;
    plm_data_free(plm_data_open(w, "csv('%s')", write_table("long.csv", c, 2, 65600)));
    assert_int_equal(h.lines, 1);
    assert_non_null(
        strstr(h.text, "in the first 65536 rows, 65536 different numbers become 513 as float32"));
    plm_close(w);
}

/* ---- arrays and npy ---- */

typedef struct {
    plm_dtype dtype;
    const char *words; /* of column 1; NULL = no warning */
} typed;

static void arrays(void **state)
{
    static double f64[ROWS][2];
    static int64_t i64[ROWS][2];
    static int32_t i32[ROWS][2];
    static float f32[ROWS][2], y[ROWS];
    void *const numbers[] = {f64, i64, i32, f32};
    static const typed all[] = {
        {PLM_F64, "x: column 1: 2000 different numbers become 17 as float32"},
        /* more digits than a double has */
        {PLM_I64, "x: column 1: 2000 different numbers become 1 as float32: subtract"},
        {PLM_I32, "x: column 1: 2000 different numbers become 17 as float32"},
        {PLM_F32, NULL}};
    (void)state;
    for (int64_t i = 0; i < ROWS; i++) {
        f64[i][0] = tenths(i);
        f64[i][1] = seconds(i);
        i64[i][0] = -i;
        i64[i][1] = (INT64_C(1) << 50) + i;
        i32[i][0] = 3;
        i32[i][1] = (int32_t)seconds(i);
        f32[i][1] = (float)seconds(i);
    }
    for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
        heard h;
        plm *w = open_runtime(&h);
        const plm_view x = {.data = numbers[k],
                            .dtype = all[k].dtype,
                            .rank = 2,
                            .dims = {ROWS, 2}},
                       t = {.data = y, .dtype = PLM_F32, .rank = 1, .dims = {ROWS}};
        plm_data *d = plm_data_arrays(w, &x, &t, NULL);
        assert_non_null(d);
        if (h.lines != (all[k].words != NULL) ||
            (all[k].words != NULL && strstr(h.text, all[k].words) == NULL))
            fail_msg("dtype %d: '%s'", (int)all[k].dtype, h.text);
        plm_data_free(d);
        plm_close(w);
    }
}

static void npy(void **state)
{
    static struct {
        unsigned char head[128];
        double number[ROWS];
    } file;
    char header[119];
    (void)state;
    memcpy(file.head, "\x93NUMPY\x01\x00\x76\x00", 10);
    snprintf(header, sizeof header, "%-118s",
             "{'descr': '<f8', 'fortran_order': False, 'shape': (2000,), }");
    memcpy(file.head + 10, header, 118);
    file.head[127] = '\n';
    for (int64_t i = 0; i < ROWS; i++)
        file.number[i] = seconds(i);
    const char *path = test_write("s.npy", &file, sizeof file);
    for (int turn = 0; turn < 2; turn++) {
        heard h;
        plm *w = open_runtime(&h);
        plm_data *d = plm_data_open(w, "npy('%s', stream=%s)", path, turn > 0 ? "true" : "false");
        test_rows r = test_read(d, 0);
        assert_int_equal(r.rows, ROWS);
        assert_int_equal(h.lines, 1);
        assert_non_null(strstr(h.text, "s.npy: 2000 different numbers become 17 as float32"));
        test_forget(&r);
        plm_data_free(d);
        plm_close(w);
    }
}

/* Arrays of the program, of each type whose numbers may need more than 24 bits. */
static void whole_numbers(void **state)
{
    (void)state;
    static union {
        int64_t i64[ROWS];
        uint64_t u64[ROWS];
        int32_t i32[ROWS];
        uint32_t u32[ROWS];
    } x;
    static const plm_dtype dtype[] = {PLM_I64, PLM_U64, PLM_I32, PLM_U32};
    for (int k = 0; k < 4; k++)
        for (int far = 0; far < 2; far++) {
            heard h;
            plm *w = open_runtime(&h);
            for (int64_t i = 0; i < ROWS; i++) {
                const int64_t value = (far ? 1600000000 : 1600000) + i;
                if (k < 2)
                    x.i64[i] = value;
                else
                    x.i32[i] = (int32_t)value;
            }
            const plm_view view = {.data = &x, .dtype = dtype[k], .rank = 2, .dims = {ROWS, 1}};
            plm_data *d = plm_data_arrays(w, &view, NULL, NULL);
            assert_non_null(d);
            if (h.lines != far ||
                (far && !strstr(h.text, "2000 different numbers become 17 as float32")))
                fail_msg("type %d: '%s'", k, h.text);
            plm_data_free(d);
            plm_close(w);
        }
}

/* Memory for the rows that are wanted and no more, one or many at a time. */
static void rows_are_collected(void **state)
{
    (void)state;
    for (int64_t step = 1; step < 9; step++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1));
        plm_collected_rows c = {.w = w, .width = 2, .most = 100};
        double *out = NULL;
        int64_t wanted = 0;
        for (int64_t rows = 0; rows < 100; rows += wanted) {
            assert_int_equal(plm_collect_rows(&c, step, &out, &wanted), PLM_OK);
            assert_int_equal(wanted, step < 100 - rows ? step : 100 - rows);
            assert_non_null(out);
            for (int64_t i = 0; i < 2 * wanted; i++) {
                assert_true(out[i] == 0);
                out[i] = (double)(2 * rows + i);
            }
            c.rows += wanted;
        }
        for (int i = 0; i < 200; i++)
            assert_true(c.number[i] == i);
        assert_int_equal(plm_collect_rows(&c, step, &out, &wanted), PLM_OK);
        assert_true(out == NULL && wanted == 0);
        plm_collected_free(&c);
        plm_close(w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_columns),  cmocka_unit_test(csv_places),
        cmocka_unit_test(csv_long),     cmocka_unit_test(arrays),
        cmocka_unit_test(npy),          cmocka_unit_test(rows_are_collected),
        cmocka_unit_test(whole_numbers)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
