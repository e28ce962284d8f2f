/* The store of a table: each cell comes back from the columns as it was added, in tables of one and
 * of thousands of columns, on any number of threads. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data_support.h"
#include "table/store.h"

/* What a cell says; NAN = a gap, INFINITY = a word. group: kept as a text if the store keeps
 * groups. */
typedef struct {
    const char *text;
    double number;
    bool group;
} cell;

static const cell cells[] = {{"7", 7, false},
                             {"-3.25", -3.25, false},
                             {"1.234", 1.234, true},
                             {"", NAN, false},
                             {"NA", NAN, false},
                             {"red", INFINITY, false},
                             {"1e3", 1000, false},
                             {"a longer word, with blanks", INFINITY, false},
                             {"5.", 5, false},
                             {".5", 0.5, false},
                             {"12345678", 12345678, false},
                             {"007", INFINITY, false},
                             {"reddish", INFINITY, false},
                             {"0.12345678901234567", 0.12345678901234567, false},
                             {"9223372036854775807", INFINITY, false},
                             {"-", NAN, false}};
enum { CELLS = sizeof cells / sizeof *cells };

/* Returns the cell of a row and a column: columns have cells of different kinds, some of them only
 * in later rows. */
static const cell *cell_of(int64_t row, size_t column)
{
    const uint64_t random = ((uint64_t)row * 2654435761u + column * 40503u) >> 7;
    const size_t kinds[] = {1, 3, CELLS, 6};
    const size_t from = column % 5 == 4 && row < 300 ? 1 : CELLS;
    const size_t most = kinds[column % 4] < from ? kinds[column % 4] : from;
    return &cells[random % most];
}

/* Adds a row, with two bytes between its cells. */
static void add_row(plm_store *t, int64_t row, char *text, plm_cell_span *span)
{
    size_t n = PLM_STORE_MARGIN;
    for (size_t i = 0; i < t->columns; i++) {
        const char *given = cell_of(row, i)->text;
        span[i].from = n;
        memcpy(text + n, given, strlen(given));
        n += strlen(given);
        span[i].to = n;
        memcpy(text + n, ",\"", 2);
        n += 2;
    }
    assert_int_equal(plm_store_add(t, row + 2, text, span, "t.csv"), PLM_OK);
}

/* The cell of a column in a row is as it was given. */
static void check_cell(const plm_store *t, int64_t row, size_t column)
{
    const plm_raw_column *c = &t->column[column];
    const cell *given = cell_of(row, column);
    const bool word = isinf(given->number) || (given->group && t->keep_groups);
    const int code = c->code ? c->code[row] : isnan(c->number[row]) ? PLM_CODE_MISSING : -2;
    if (isnan(given->number)) {
        assert_true(isnan(c->number[row]));
        assert_int_equal(code, PLM_CODE_MISSING);
    } else if (word) {
        assert_true(isinf(c->number[row]));
        assert_true(code >= 0 && (size_t)code < c->words);
        assert_string_equal(c->word[code], given->text);
    } else {
        assert_memory_equal(&c->number[row], &given->number, sizeof given->number);
        assert_int_equal(code, PLM_CODE_PLAIN);
    }
}

/* Counts and places of words are those of reading row by row. */
static void check_column(const plm_store *t, size_t column)
{
    const plm_raw_column *c = &t->column[column];
    int64_t missing = 0, texts = 0, groups = 0, seen = -1;
    for (int64_t i = 0; i < t->rows; i++) {
        const cell *given = cell_of(i, column);
        check_cell(t, i, column);
        missing += isnan(given->number);
        texts += isinf(given->number) || (given->group && t->keep_groups);
        groups += given->group && !t->keep_groups;
        if (c->code && c->code[i] > seen)
            assert_int_equal(c->code[i], ++seen); /* words are numbered as they appear */
    }
    assert_int_equal(c->missing, missing);
    assert_int_equal(c->texts, texts);
    assert_int_equal(c->groups, groups);
    assert_int_equal(seen + 1, c->words);
}

static void every_cell(void **state)
{
    static const struct {
        size_t columns;
        int64_t rows;
    } sizes[] = {{1, 20000}, {5, 9000}, {70, 1500}, {5000, 40}, {20000, 3}, {3, 255}, {3, 257}};
    (void)state;
    for (size_t k = 0; k < 2 * sizeof sizes / sizeof *sizes; k++)
        for (int threads = 1; threads < 4; threads += 2) {
            const size_t columns = sizes[k / 2].columns;
            plm *w = plm_open(PLM_OPTIONS(.threads = threads, .unpinned = true));
            plm_store t = {.arena = {.w = w}, .keep_groups = k % 2};
            char *text = calloc(columns + 2, 32);
            plm_cell_span *span = calloc(columns, sizeof *span);
            assert_int_equal(plm_store_open(&t, columns), PLM_OK);
            for (int64_t i = 0; i < sizes[k / 2].rows; i++)
                add_row(&t, i, text, span);
            assert_int_equal(plm_store_flush(&t), PLM_OK);
            assert_int_equal(t.rows, sizes[k / 2].rows);
            for (int64_t i = 0; i < t.rows; i++)
                assert_int_equal(t.line[i], i + 2);
            for (size_t i = 0; i < columns; i++)
                check_column(&t, i);
            plm_store_free(&t);
            free(text);
            free(span);
            plm_close(w);
        }
}

/* Memory is taken for the rows that are expected, unless that is above the limit; an estimate far
 * above it is refused. */
static void expected_rows(void **state)
{
    char text[3 * PLM_STORE_MARGIN] = "                7                ";
    plm_cell_span span = {PLM_STORE_MARGIN, PLM_STORE_MARGIN + 1};
    static const struct {
        int64_t expected;
        size_t most_bytes;
        plm_status status;
        int64_t capacity;
    } cases[] = {{0, 0, PLM_OK, 512},
                 {10000, 0, PLM_OK, 10625},
                 {10000, 250000, PLM_OK, 10625},
                 {10000, 165000, PLM_OK, 512},
                 {20000, 165000, PLM_E_DATA, 0},
                 {INT64_MAX, 0, PLM_OK, 512}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        test_memory memory;
        plm *w = test_open(&memory, NULL);
        plm_store t = {.arena = {.w = w}, .most_bytes = cases[k].most_bytes};
        assert_int_equal(plm_store_open(&t, 1), PLM_OK);
        for (int i = 0; i < 256; i++)
            assert_int_equal(plm_store_add(&t, i + 1, text, &span, "t.csv"), PLM_OK);
        t.expected = cases[k].expected;
        assert_int_equal(plm_store_add(&t, 257, text, &span, "t.csv"), cases[k].status);
        if (cases[k].status == PLM_OK)
            assert_int_equal(t.capacity, cases[k].capacity);
        else
            test_error(w, PLM_E_DATA, "the table has about 20000 rows, whose cells need");
        plm_store_free(&t);
        test_close(w, &memory);
    }
}

/* More words than a column may keep stay only if all of them are in one notation: dates do. One
 * word at any place that is no date, and the codes go; the words stay. */
static void many_words(void **state)
{
    static const struct {
        int64_t odd; /* the row with another word; -1 = none */
        bool kept;
    } cases[] = {{-1, true}, {3, false}, {PLM_STORE_WORDS - 1, false}, {PLM_STORE_WORDS, false}};
    (void)state;
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        test_memory memory;
        plm *w = test_open(&memory, NULL);
        plm_store t = {.arena = {.w = w}};
        char text[64] = "";
        assert_int_equal(plm_store_open(&t, 1), PLM_OK);
        for (int64_t i = 0; i < PLM_STORE_WORDS + 3; i++) {
            const int n =
                snprintf(text + PLM_STORE_MARGIN, sizeof text - PLM_STORE_MARGIN,
                         i == cases[k].odd ? "a word%d" : "%04d-%02d-%02d,\"",
                         1000 + (int)(i / 336), 1 + (int)(i % 336 / 28), 1 + (int)(i % 28));
            const plm_cell_span span = {PLM_STORE_MARGIN,
                                        PLM_STORE_MARGIN + (size_t)(i == cases[k].odd ? n : 10)};
            assert_int_equal(plm_store_add(&t, i + 1, text, &span, "t.csv"), PLM_OK);
        }
        assert_int_equal(plm_store_flush(&t), PLM_OK);
        assert_int_equal(t.column[0].texts, PLM_STORE_WORDS + 3);
        assert_int_equal(t.column[0].code != NULL, cases[k].kept);
        assert_true(t.column[0].words >= PLM_STORE_WORDS);
        plm_store_free(&t);
        test_close(w, &memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_cell),
                                       cmocka_unit_test(expected_rows),
                                       cmocka_unit_test(many_words)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
