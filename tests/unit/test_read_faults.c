/* A file that can be read up to a place and no further: whoever reads it says so, wherever the
 * place lies, and gives what comes before it. Such a file is a gzip whose data are damaged there.
 */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "data/cells.h"

/* PIECE: what cells.c reads at once. The damage lies MORE bytes behind a piece, so that the first
 * one can be read whole and the next one not at all. */
enum { PIECE = 1 << 18, MORE = 8 };

/* Writes n bytes that can be read, and damage behind them; returns the path. */
static const char *write_broken(const char *name, const void *bytes, size_t n)
{
    unsigned char *out = malloc(2 * PIECE + 1024);
    z_stream z = {.next_in = (Bytef *)(uintptr_t)bytes,
                  .avail_in = (uInt)n,
                  .next_out = out,
                  .avail_out = 2 * PIECE};
    assert_int_equal(deflateInit2(&z, 1, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FULL_FLUSH), Z_OK);
    memset(z.next_out, 0xff, 64); /* a block of a kind that there is not */
    const char *path = test_write(name, out, z.total_out + 64);
    deflateEnd(&z);
    free(out);
    return path;
}

/* ---- cells ---- */

/* Quotes, blanks and both line ends in every place where a byte is looked at. */
static const char *const lines[] = {
    "\"q\"\"x\" , 2\r\n", " \n", "\r\n", "\r", "3,\"4\"\n", "5 ,6 \n", "7,\n", " 8,9\r", "a,b\r\n"};
enum { LINES = sizeof lines / sizeof *lines };

static bool is_blank_line(const char *line)
{
    return strspn(line, " \r\n") == strlen(line);
}

/* PIECE bytes that end `shift` bytes into the lines; *good = rows that are there with their line
 * end, of which behind \r or \n alone another byte must be known. */
static void fill_piece(char *piece, size_t shift, int *good)
{
    size_t at = 0;
    *good = 0;
    while (at < PIECE - shift) {
        const size_t left = PIECE - shift - at, n = left < 80 ? left : 40;
        memset(piece + at, '1', n);
        piece[at + n / 2] = n > 2 ? ',' : '1';
        at += n;
        piece[at - 1] = '\n';
        *good += n > 1 && at < PIECE;
    }
    for (int i = 0; at < PIECE; i++) {
        const size_t n = strlen(lines[i]), take = n < PIECE - at ? n : PIECE - at;
        memcpy(piece + at, lines[i], take);
        at += take;
        const bool whole = take == n && (at < PIECE || strstr(lines[i], "\r\n") != NULL);
        *good += whole && !is_blank_line(lines[i]);
    }
}

static int count_rows(plm *w, const char *path, char delimiter, plm_status *end)
{
    plm_cells c = {.w = w, .path = path, .delimiter = delimiter};
    bool got = true;
    int rows = 0;
    assert_int_equal(plm_reader_open(w, path, &c.reader), PLM_OK);
    *end = plm_cells_open(&c);
    while (*end >= 0 && got) {
        *end = plm_cells_next(&c, &got);
        rows += *end >= 0 && got;
    }
    plm_cells_close(&c);
    return rows;
}

static void rows_before_the_damage(void **state)
{
    static char piece[PIECE + MORE];
    test_memory memory = {0};
    size_t length = 0;
    (void)state;
    plm *w = test_open(&memory, NULL);
    for (int i = 0; i < LINES; i++)
        length += strlen(lines[i]);
    for (size_t shift = 0; shift <= length; shift++) {
        int good = 0;
        plm_status end = PLM_OK;
        fill_piece(piece, shift, &good);
        const int rows = count_rows(w, write_broken("rows.gz", piece, sizeof piece), ',', &end);
        if (rows != good || end != PLM_E_FORMAT)
            fail_msg("%zu bytes into the lines: %d rows, not %d; status %d", shift, rows, good,
                     end);
    }
    test_close(w, &memory);
}

/* The first line is longer than what is read at once: its delimiter, lines that are left out. */
static void a_first_line_that_is_not_whole(void **state)
{
    static char line[PIECE + MORE];
    test_memory memory = {0};
    char delimiter = 0;
    (void)state;
    plm *w = test_open(&memory, NULL);
    memset(line, 'x', sizeof line);
    for (int ends = 0; ends < 3; ends++) {
        if (ends > 0)
            line[PIECE - 1] = ends == 1 ? '\r' : '\n';
        const char *path = write_broken("line.gz", line, sizeof line);
        plm_cells c = {.w = w, .path = path, .skip = 1};
        assert_int_equal(plm_reader_open(w, path, &c.reader), PLM_OK);
        assert_int_equal(plm_cells_open(&c), PLM_E_FORMAT);
        plm_cells_close(&c);
        c = (plm_cells){.w = w, .path = path};
        assert_int_equal(plm_reader_open(w, path, &c.reader), PLM_OK);
        assert_int_equal(plm_cells_open(&c), PLM_OK);
        assert_int_equal(plm_cells_guess(&c, &delimiter), ends == 0 ? PLM_E_FORMAT : PLM_OK);
        plm_cells_close(&c);
    }
    test_close(w, &memory);
}

/* ---- sources ---- */

static plm_status read_all(plm *w, const char *pipeline, int epochs, int64_t *rows)
{
    plm_data *d = plm_data_open(w, "%s", pipeline);
    plm_status status = d != NULL ? PLM_OK : plm_last_error(w)->status;
    plm_batch b;
    *rows = 0;
    for (int epoch = 0; epoch < epochs && status >= 0; epoch++) {
        status = plm_data_rewind(d, epoch);
        while (status == PLM_OK) {
            status = plm_data_next(d, &b);
            *rows += status == PLM_OK ? b.rows : 0;
        }
    }
    plm_data_free(d);
    return status;
}

static size_t make_table(char *text, int rows)
{
    size_t n = (size_t)sprintf(text, "a,b,y\n");
    for (int i = 0; i < rows; i++)
        n += (size_t)sprintf(text + n, "%d,%d,%d\n", i, i % 7, i % 2);
    return n;
}

static void check(plm *w, const char *format, const char *path)
{
    char pipeline[600];
    int64_t rows = 0;
    snprintf(pipeline, sizeof pipeline, format, path, path);
    const plm_status status = read_all(w, pipeline, 2, &rows);
    if (status != PLM_E_FORMAT || strstr(plm_last_error(w)->what, "damaged") == NULL)
        fail_msg("%s: status %d after %lld rows: %s", pipeline, status, (long long)rows,
                 plm_last_error(w)->what);
}

/* A table that is damaged in its first, second or last piece, read at once, as a stream, and
 * through what keeps or leaves out rows. */
static void tables(void **state)
{
    static const char *const ways[] = {
        "csv('%s')", "csv('%s', stream=true) | batch(64)",
        "csv('%s', stream=true) | shuffle(buffer=100) | batch(64)",
        "csv('%s', stream=true) | skip(50) | batch(7)",
        "csv('%s', stream=true, skip=1, header=false) | batch(64) | prefetch(2)"};
    static char text[1 << 20];
    test_memory memory = {0};
    (void)state;
    plm *w = test_open(&memory, NULL);
    const size_t n = make_table(text, 60000);
    const size_t ends[] = {3, 100, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 40, n - 3};
    assert_true(n > 2 * PIECE + 100);
    for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
        const char *path = write_broken("table.csv.gz", text, ends[e]);
        for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
            check(w, ways[i], path);
    }
    test_close(w, &memory);
}

/* The file is damaged only after the stream has looked at it: each epoch that follows says so. */
static void a_table_that_is_damaged_later(void **state)
{
    static const char *const ways[] = {"csv('%s', stream=true) | batch(64)",
                                       "csv('%s', stream=true) | shuffle(buffer=100) | batch(64)",
                                       "csv('%s', stream=true) | skip(5000) | batch(64)",
                                       "csv('%s', stream=true) | take(9000) | batch(64)"};
    static char text[1 << 20];
    test_memory memory = {0};
    (void)state;
    plm *w = test_open(&memory, NULL);
    const size_t n = make_table(text, 60000);
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++)
        for (size_t end = 3; end < n; end = end * 3 + 1000) {
            char path[512];
            plm_batch b = {0};
            snprintf(path, sizeof path, "%s", test_write_packed("later.csv.gz", text, n));
            plm_data *d = plm_data_open(w, ways[i], path);
            assert_non_null(d);
            (void)write_broken("later.csv.gz", text, end);
            plm_status status = plm_data_rewind(d, 1);
            while (status == PLM_OK)
                status = plm_data_next(d, &b);
            if (end < PIECE - 9000 && status != PLM_E_FORMAT && status != PLM_E_DATA)
                fail_msg("%s, damaged at %zu: status %d", ways[i], end, status);
            plm_data_free(d);
        }
    test_close(w, &memory);
}

/* An array of objects that cannot be read to its end is damaged, not incomplete. */
static void an_array_of_objects(void **state)
{
    static char text[2 * PIECE];
    size_t n = 1;
    (void)state;
    text[0] = '[';
    for (int i = 0; n < PIECE + PIECE / 2; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "{\"a\": %d, \"y\": %d},\n", i, i % 3);
    const char *path = write_broken("array.json.gz", text, n);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    assert_null(plm_data_open(w, "table('%s', target=y)", path));
    assert_int_equal(plm_last_error(w)->status, PLM_E_FORMAT);
    assert_non_null(strstr(plm_last_error(w)->what, "is damaged"));
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_before_the_damage), cmocka_unit_test(a_first_line_that_is_not_whole),
        cmocka_unit_test(tables), cmocka_unit_test(a_table_that_is_damaged_later),
        cmocka_unit_test(an_array_of_objects)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
