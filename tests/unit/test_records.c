/* Records of separated text: each cell comes back as it was written, in every notation of quotes
 * and line ends, wherever the buffer ends within it. */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/table_file.h"
#include "data/records.h"

/* ROOM: bytes of the first buffer of records.c. */
enum { ROOM = 1 << 18, TEXT = 1 << 20 };

/* A reader of records over a file. */
typedef struct {
    test_memory memory;
    plm_records r;
} opened;

static plm_status try_open(opened *o, const char *path, char delimiter)
{
    plm *w = test_open(&o->memory, NULL);
    o->r = (plm_records){.w = w,
                         .path = "t.csv",
                         .isa = NULL,
                         .delimiter = delimiter,
                         .quotes = true,
                         .most_cells = 100000,
                         .most_bytes = 1 << 26};
    assert_int_equal(plm_reader_open(w, path, &o->r.reader), PLM_OK);
    return plm_records_open(&o->r);
}

static void begin(opened *o, const char *path, char delimiter)
{
    assert_int_equal(try_open(o, path, delimiter), PLM_OK);
}

static void end(opened *o)
{
    plm *w = o->r.w;
    plm_records_close(&o->r);
    test_close(w, &o->memory);
}

/* Appends the records that are left to out: cells in brackets, a line for each record, with its
 * line in the file. */
static plm_status list(plm_records *r, char *out, size_t room)
{
    size_t n = strlen(out);
    for (;;) {
        bool got = false;
        const plm_status status = plm_records_next(r, &got);
        if (status < 0 || !got)
            return status;
        n += (size_t)snprintf(out + n, room - n, "%lld:", (long long)r->line);
        for (size_t i = 0; i < r->cells; i++)
            n +=
                (size_t)snprintf(out + n, room - n, "[%.*s]",
                                 (int)(r->cell[i].to - r->cell[i].from), r->text + r->cell[i].from);
        n += (size_t)snprintf(out + n, room - n, "\n");
        assert_true(n < room);
    }
}

/* ---- notations ---- */

static const struct {
    char delimiter;
    const char *text, *records;
} notations[] = {
    {',', "", ""},
    {',', "\n", ""},
    {',', "\r\n\r\n", ""},
    {',', "a", "1:[a]\n"},
    {',', "a\n", "1:[a]\n"},
    {',', "a,b\nc,d", "1:[a][b]\n2:[c][d]\n"},
    {',', "a,b\r\nc,d\r\n", "1:[a][b]\n2:[c][d]\n"},
    {',', "a,b\rc,d\r", "1:[a][b]\n2:[c][d]\n"},
    {',', "a,b\r\rc,d\n\n\ne", "1:[a][b]\n3:[c][d]\n6:[e]\n"},
    {',', ",\n", "1:[][]\n"},
    {',', "a,", "1:[a][]\n"},
    {',', " a\t, b c ,\n", "1:[a][b c][]\n"},
    {',', "\"a\",\"b,c\"\n", "1:[a][b,c]\n"},
    {',', " \"a\" ,b\n", "1:[a][b]\n"},
    {',', "\"\"\n", "1:[]\n"},
    {',', "\"\",\"\"\"\",\" \"\n", "1:[][\"][ ]\n"},
    {',', "\"a\"\"b\"\"\"\nc", "1:[a\"b\"]\n2:[c]\n"},
    {',', "\"a\nb\",c\nd,e\n", "1:[a\nb][c]\n3:[d][e]\n"},
    {',', "\"a\r\nb\rc\",d\re\n", "1:[a\r\nb\rc][d]\n4:[e]\n"},
    {',', "5\" x,b\"c\n", "1:[5\" x][b\"c]\n"},
    {',', "\"a\"", "1:[a]\n"},
    {',', "x,\"a\"", "1:[x][a]\n"},
    {';', "1,5;2\n", "1:[1,5][2]\n"},
    {'\t', "a\t\tb\n", "1:[a][][b]\n"},
    {'\t', " a \t\"b\tc\"\n", "1:[a][b\tc]\n"},
    {' ', "  a  b \t c  \n d\n", "1:[a][b][c]\n2:[d]\n"},
    {' ', "\"a b\" c\n", "1:[a b][c]\n"},
    {'|', "a|\"b|\"|c", "1:[a][b|][c]\n"},
};

static void each_notation(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof notations / sizeof *notations; i++) {
        char out[512] = "";
        opened o;
        begin(&o, test_write_text("t.csv", notations[i].text), notations[i].delimiter);
        assert_int_equal(list(&o.r, out, sizeof out), PLM_OK);
        assert_string_equal(out, notations[i].records);
        assert_int_equal(plm_records_rewind(&o.r), PLM_OK);
        out[0] = '\0';
        assert_int_equal(list(&o.r, out, sizeof out), PLM_OK);
        assert_string_equal(out, notations[i].records);
        end(&o);
    }
}

/* ---- borders of the buffer ---- */

/* A record that has all notations, 45 bytes, and its cells. */
static const char odd[] = "\"a\"\"b\", c d ,\"e\r\nf\rg\nh\",\"\"\"\",,\"i,j\"\r\nk\r\n";
static const char odd_cells[] = "[a\"b][c d][e\r\nf\rg\nh][\"][][i,j]\n";

/* Fills text with `before` bytes, lines of 64 bytes and one of the rest, which ends by LF. Returns
 * the number of lines. */
static int64_t pad(char *text, size_t before)
{
    int64_t lines = 0;
    memset(text, 'x', before);
    for (size_t at = 63; at + 64 < before; at += 64, lines++)
        text[at] = '\n';
    text[before - 1] = '\n';
    return lines + 1;
}

/* The first buffer ends within the odd record, at each of its bytes; also in a file that is
 * compressed, of CR only, and that has no line end at its end. */
static void buffers_end_within_records(void **state)
{
    char *text = malloc(TEXT), *out = malloc(TEXT);
    (void)state;
    for (size_t k = 0; k < sizeof odd + 70; k++) {
        const size_t before = ROOM - k;
        const int64_t lines = pad(text, before);
        memcpy(text + before, odd, sizeof odd - 1);
        const size_t n = before + sizeof odd - 1 - k % 3; /* the last line end is cut */
        char wanted[128];
        snprintf(wanted, sizeof wanted, "%lld:%s%lld:[k]\n", (long long)lines + 1, odd_cells,
                 (long long)lines + 5);
        opened o;
        begin(&o, k % 8 ? test_write("b.csv", text, n) : test_write_packed("b.gz", text, n), ',');
        out[0] = '\0';
        assert_int_equal(list(&o.r, out, TEXT), PLM_OK);
        assert_true(strlen(out) > strlen(wanted));
        assert_string_equal(out + strlen(out) - strlen(wanted), wanted);
        assert_int_equal(o.r.next_line, lines + 6 - (k % 3 == 2));
        end(&o);
    }
    free(text);
    free(out);
}

/* The place of the next record in bytes, over several buffers, and again after a rewind. */
static void places(void **state)
{
    char *text = malloc(TEXT);
    (void)state;
    for (size_t i = 0; i < TEXT; i++)
        text[i] = i % 8 == 7 ? '\n' : i % 8 == 3 ? ',' : 'x';
    opened o;
    begin(&o, test_write("p.csv", text, TEXT / 8 * 8), ',');
    for (int times = 0; times < 2; times++) {
        bool got = true;
        assert_int_equal(plm_records_place(&o.r), 0);
        for (int64_t i = 1; i <= TEXT / 8; i++) {
            assert_int_equal(plm_records_next(&o.r, &got), PLM_OK);
            assert_true(got);
            assert_int_equal(plm_records_place(&o.r), 8 * i);
        }
        assert_int_equal(plm_records_next(&o.r, &got), PLM_OK);
        assert_false(got);
        assert_int_equal(plm_records_rewind(&o.r), PLM_OK);
    }
    end(&o);
    free(text);
}

/* Cells longer than one and than several buffers. */
static void long_cells(void **state)
{
    static const size_t length[] = {ROOM / 2 - 1, ROOM / 2, ROOM - 64,
                                    ROOM - 1,     ROOM,     3 * ROOM + 7};
    char *text = malloc(2 * TEXT);
    (void)state;
    for (size_t i = 0; i < 2 * sizeof length / sizeof *length; i++) {
        const size_t n = length[i / 2], quoted = i % 2;
        size_t at = 0;
        at += (size_t)sprintf(text, "a,b\n1,%s", quoted ? "\"" : "");
        memset(text + at, 'y', n);
        at += n;
        at += (size_t)sprintf(text + at, "%s\n2,z\n", quoted ? "\"\"\"" : "");
        opened o;
        bool got = false;
        begin(&o, test_write("l.csv", text, at), ',');
        for (int k = 0; k < 2; k++)
            assert_int_equal(plm_records_next(&o.r, &got), PLM_OK);
        assert_int_equal(o.r.cells, 2);
        assert_int_equal(o.r.cell[1].to - o.r.cell[1].from, n + quoted);
        for (size_t k = 0; k < n; k++)
            assert_int_equal(o.r.text[o.r.cell[1].from + k], 'y');
        assert_int_equal(plm_records_next(&o.r, &got), PLM_OK);
        assert_true(got);
        assert_int_equal(o.r.line, 3);
        end(&o);
    }
    free(text);
}

/* More cells than there is memory for at first, and a record that ends with the file. */
static void many_cells(void **state)
{
    char *text = malloc(TEXT);
    opened o;
    bool got = false;
    size_t n = 0;
    (void)state;
    for (int i = 0; i < 10000; i++)
        n += (size_t)sprintf(text + n, i ? ",%d" : "%d", i);
    begin(&o, test_write("m.csv", text, n), ',');
    assert_int_equal(plm_records_next(&o.r, &got), PLM_OK);
    assert_int_equal(o.r.cells, 10000);
    for (size_t i = 0; i < o.r.cells; i++)
        assert_int_equal(atoll(o.r.text + o.r.cell[i].from), i);
    end(&o);
    free(text);
}

/* What loads bytes behind the last cell finds zeros, whatever was there. */
static void zeros_behind_the_text(void **state)
{
    opened o;
    bool got = false;
    (void)state;
    begin(&o, test_write_text("z.csv", "1,2"), ',');
    assert_int_equal(plm_records_next(&o.r, &got), PLM_OK);
    for (size_t i = 0; i < 64; i++)
        assert_int_equal(o.r.text[o.r.cell[1].to + i], 0);
    end(&o);
}

/* ---- lines ---- */

/* Lines mean no quotes; samples leave the place as it is. */
static void lines(void **state)
{
    opened o;
    bool got = false;
    const char *text = NULL;
    size_t n = 0;
    char out[64] = "";
    (void)state;
    begin(&o, test_write_text("n.csv", "a \"b\r\n\rc,\"d\nlast\"x"), ',');
    assert_int_equal(plm_records_sample(&o.r, &text, &n), PLM_OK);
    assert_int_equal(n, 18);
    assert_int_equal(plm_records_line(&o.r, &text, &n, &got), PLM_OK);
    assert_true(got && n == 4 && memcmp(text, "a \"b", 4) == 0);
    assert_int_equal(plm_records_line(&o.r, &text, &n, &got), PLM_OK);
    assert_true(got && n == 0);
    assert_int_equal(plm_records_skip(&o.r, &got), PLM_OK);
    assert_int_equal(o.r.next_line, 4);
    assert_int_equal(plm_records_line(&o.r, &text, &n, &got), PLM_OK);
    assert_true(got && n == 6 && memcmp(text, "last\"x", 6) == 0);
    assert_int_equal(plm_records_line(&o.r, &text, &n, &got), PLM_OK);
    assert_false(got);
    assert_int_equal(plm_records_rewind(&o.r), PLM_OK);
    assert_int_equal(plm_records_skip(&o.r, &got), PLM_OK);
    assert_int_equal(plm_records_skip(&o.r, &got), PLM_OK);
    assert_int_equal(list(&o.r, out, sizeof out), PLM_E_FORMAT); /* c,"d is never closed */
    end(&o);
}

/* Comments are counted, and the first is remembered; with quotes in them. */
static void comments(void **state)
{
    opened o;
    char out[64] = "";
    (void)state;
    begin(&o, test_write_text("c.csv", "#\"x\n1,2\n# y\n\n3,4"), ',');
    o.r.comments = true;
    assert_int_equal(list(&o.r, out, sizeof out), PLM_OK);
    assert_string_equal(out, "2:[1][2]\n5:[3][4]\n");
    assert_int_equal(o.r.passed, 2);
    assert_int_equal(o.r.first_passed, 1);
    end(&o);
}

/* ---- errors ---- */

static void errors(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        plm_status status;
        const char *error;
    } cases[] = {
        {"a,b\n\"c,d\ne,f\n", 0, PLM_E_FORMAT, "line 2: the quote that opens here is never closed"},
        {"a\n\"b\nc\" d\n", 0, PLM_E_FORMAT, "line 3: there is text after a closing quote"},
        {"a\n\"b\" \"c\"\n", 0, PLM_E_FORMAT, "line 2: there is text after a closing quote"},
        {"a\n\n1,\0002\n", 7, PLM_E_FORMAT, "line 3: the file has a zero byte"},
        {"a\n\"", 0, PLM_E_FORMAT, "line 2: the quote that opens here is never closed"},
        {"a,b\n1,2,3,4,5,6\n", 0, PLM_E_DATA,
         "line 2: the row has too many columns, the limit is 4"},
        {"a,b\n1,2\n3,long long long long long long\n", 0, PLM_E_DATA,
         "line 3: the row has too many bytes, the limit is 24"},
        {"a,b\n\"x\n\n\nlong long long long long long", 0, PLM_E_FORMAT, "line 2: the quote"}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char out[256] = "";
        opened o;
        const size_t n = cases[i].n > 0 ? cases[i].n : strlen(cases[i].text);
        begin(&o, test_write("e.csv", cases[i].text, n), ',');
        o.r.most_cells = 4;
        o.r.most_bytes = 24;
        assert_int_equal(list(&o.r, out, sizeof out), cases[i].status);
        test_error(o.r.w, cases[i].status, cases[i].error);
        end(&o);
    }
}

/* A zero byte within quotes. */
static void zero_within_quotes(void **state)
{
    char out[64] = "";
    opened o;
    (void)state;
    begin(&o, test_write("q.csv", "a\n\"b\0c\"\n", 8), ',');
    assert_int_equal(list(&o.r, out, sizeof out), PLM_E_FORMAT);
    test_error(o.r.w, PLM_E_FORMAT, "line 2: the file has a zero byte");
    end(&o);
}

/* A quote that swallows rows of a table, and one that holds a text of lines. */
static void swallowed_rows(void **state)
{
    char out[128] = "";
    opened o;
    (void)state;
    begin(&o, test_write_text("s.csv", "a,b,c\n1,\"2,3\n4,5\",6\n7,8,9\n"), ',');
    o.r.columns = 3;
    assert_int_equal(list(&o.r, out, sizeof out), PLM_E_FORMAT);
    test_error(o.r.w, PLM_E_FORMAT, "line 2: a cell in quotes begins here and continues to line 3");
    end(&o);
    begin(&o, test_write_text("s.csv", "a,b,c\n1,\"2\n4,5\",6\n7,8,9\n"), ',');
    o.r.columns = 3;
    out[0] = '\0';
    assert_int_equal(list(&o.r, out, sizeof out), PLM_OK);
    assert_string_equal(out, "1:[a][b][c]\n2:[1][2\n4,5][6]\n4:[7][8][9]\n");
    end(&o);
}

/* Memory that fails at each block in turn is an error, and nothing is lost. */
static void memory_fails(void **state)
{
    const char *path = test_write_text("f.csv", "a,b\n\"1\"\"\",2\n");
    plm_status status = PLM_E_MEMORY;
    (void)state;
    for (long k = 1; status != PLM_OK; k++) {
        opened o;
        char out[64] = "";
        plm *w = test_open(&o.memory, NULL);
        o.r = (plm_records){.w = w,
                            .path = "t.csv",
                            .delimiter = ',',
                            .quotes = true,
                            .most_cells = 9,
                            .most_bytes = 999};
        o.memory.fail_at = o.memory.calls + k;
        status = plm_reader_open(w, path, &o.r.reader);
        status = status < 0 ? status : plm_records_open(&o.r);
        status = status < 0 ? status : list(&o.r, out, sizeof out);
        assert_true(status == PLM_OK || status == PLM_E_MEMORY);
        o.memory.fail_at = 0;
        end(&o);
    }
}

/* What begins with an object that begins with a name; not what only lies behind the text. */
static void lines_of_json(void **state)
{
    static const struct {
        const char *text;
        size_t n;
        bool json;
    } cases[] = {{"{\"a\": 1}", 8, true},
                 {" \t\r\n{ \"a\": 1}", 13, true},
                 {"{}", 2, true},
                 {"{ }", 3, true},
                 {"{a, b}", 6, false},
                 {"", 0, false},
                 {"   {\"a\":1}", 2, false},
                 {"   {\"a\":1}", 3, false},
                 {"a{\"b\"}", 6, false},
                 {"[{\"a\":1}]", 9, true},
                 {"[1, 2]", 6, false},
                 {"{1}", 3, false}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (plm_table_is_json(cases[i].text, cases[i].n) != cases[i].json)
            fail_msg("%zu bytes of '%s'", cases[i].n, cases[i].text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_notation),  cmocka_unit_test(buffers_end_within_records),
        cmocka_unit_test(places),         cmocka_unit_test(long_cells),
        cmocka_unit_test(many_cells),     cmocka_unit_test(zeros_behind_the_text),
        cmocka_unit_test(lines),          cmocka_unit_test(comments),
        cmocka_unit_test(errors),         cmocka_unit_test(zero_within_quotes),
        cmocka_unit_test(swallowed_rows), cmocka_unit_test(lines_of_json),
        cmocka_unit_test(memory_fails)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
