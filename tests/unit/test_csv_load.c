/* Tables that are cut into blocks of every size, and read by several threads, are what reading cell
 * by cell makes of them: rows, first rows in double, and faults with their lines. */
#include <stdio.h>
#include <string.h>

#include "data/csv.h"
#include "data_support.h"

enum { ROWS_MOST = 64, COLUMNS_MOST = 4, LOOKED_AT = 5 };

/* What came of reading a table. */
typedef struct {
    plm_status status;
    int64_t rows, line;
    size_t width[PLM_PARTS];
    float number[PLM_PARTS][ROWS_MOST * COLUMNS_MOST];
    int64_t exact_rows;
    double exact[ROWS_MOST * COLUMNS_MOST];
    int64_t lines[ROWS_MOST]; /* [rows] the line that each row begins on */
    plm_error_record error;
} result;

static const char *const tables[] = {
    "1,2,3\n4,5,6\n7,8,9\n",
    "1,2,3\r\n4,5,6\r\n7,8,9",
    "1,2,3\r4,5,6\r\r\r7,8,9\r",
    "a,b,c\n\n1,2,3\n\n\n \n4,5,6\n\n7,8,9\n10,11,12\n13,14,15\n\n",
    "a,b,c\n\"1\",2,\"3\"\n \"4\" ,5,6\n7,\"8\"\"\",9\n",
    "a,\"b\nb\",c\n1,2,3\n\"4\n\",5,6\n7,8,9\n",
    "a,b,c\n1,2,3\n4,5,\"6\n\"\n7,8,9\n\n10,11,12",
    "a,b,c\n1,2,3\r\n\n\r\n4,\"5\",6\n\r7,8,9\n1,2,3\n1,2,3\n",
    "0.1,-0.25,1e5\n+1,.5,5.\n 12345678.125 "
    ",123456789012345678901,0.000000000000000012345678901234\n"
    "-0,-0.0,1234567890123456789e-30\n1e-320,00012.5,0.12345678901234567\n",
    "1,2,3\n4,5,6\n7,8\n9,10,11\n",
    "1,2,3\n4,5,6\n\n7,8,9,10\n9,10,11\n",
    "1,2,3\n4,5,x\n7,8,9\n",
    "1,2,3\n4,5,6\n7,,9\n",
    "1,2,3\n4,5,6\n7,8,9\n1,\"2,3\n4,5,6\n",
    "1,2,3\n4,5,6\n7,8,9\n1,\"2\"x,3\n4,5,6\n",
    "1,2,3\n\"4\n\n\",5,6\n7,8,9\n1,1e39,3\n4,5,6\n",
    "1,2,3\n4,nan,6\n7,8,inf\n",
    "1,2,3\n4,0x10,6\n",
    "1600000000,2,12345678\n16000000001,123456789,0.123456789\n1234567,-1234567.5,-12345678901\n",
    "1;2;3\n4;5;6\n\n7;8,5;9\n",
    " 1  2\t3 \n4 5 6\n\n   \n7\t8  9\n \"1\" 2 3\n",
    "1\t2\t3\n4\t 5\t6 \n \n7\t8\t9\n",
    "1\n\n2\n3\n \n4\n\n\n5\n",
    "1\n2\n3\n4\n5", /* a last row of one byte */
    "1,2,3\n4,5,6\n# 7\"8\n",
    "a,b,c\n1,2,\"3\n\n\n\n4\"\n5,6,7\n8,9,1\n",
    /* blocks of 64 bytes end in every place of a cell in quotes, of blanks, of CRLF */
    "1.25,2,3\r\n4,5.125,6\r\n7,8,9.0625\r\n10,11,12\r\n13.5,14,15\r\n16,17,18.75\r\n1,2,3\r",
    "\"1.25\",\"-2\",\"3\"\n\"4\",\"5.5\",\"6\"\n\"7\",\"8\",\"9.5\"\r\n\"10\",\"11\",\"12."
    "25\"\n\"1\",\"2\",\"3\"\n",
    "\"1\",\"2\",3\n\"4\",\"5\" ,6\n \"7\",\"8\",\"9\"\n\"1\" , \"2\" , "
    "\"3\"\n\"1\",\"2,5\",\"3\"\n",
    "1,2,3\n\"1\",\"2\"\"\",3\n",
    "1,2,3\n1,\"\",3\n\"4\",5,6\n",
    "1,2,3\n1,\" 2\",3\n",
    "1,2,3\n4,\"5,6\n7\",8,9\n",
    "  1.5,   2,    3\n 14.5,  25,   36\n214.5, 225, -236\n  1.5 ,  2\t,\t3  \n  1.5,   2,    3\n",
    "   1.5    2     3\n  14.5   25    36  \n 214.5  225  -236\r\n\t 1.5\t\t2 \t 3\r\n   1.5    2  "
    "   3",
    "1,2,3\r\n4,\"5\r\n\",6\r\n7,8,9,10\r\n",
    "1,2,3\r4,\"5\r\r\",6\r7,8,9,10\r",
};

static void keep_exact(const plm_csv *t, result *out)
{
    out->exact_rows = t->first.rows;
    if (t->first.rows > 0)
        memcpy(out->exact, t->first.number,
               (size_t)t->first.rows * t->first.width * sizeof *out->exact);
}

/* Row by row, each of which is taken for one that is not simple. */
static void read_slowly(plm_source *s, plm_csv *t, result *out)
{
    plm_rows_sink sink = {.most = ROWS_MOST};
    bool over = false;
    t->shape.most_bytes = 1;
    for (int i = 0; i < plm_source_parts(s); i++) {
        sink.out[i] = out->number[i];
        sink.step[i] = s->table[i].width;
    }
    assert_int_equal(plm_collect_rows(&t->first, ROWS_MOST, &sink.exact, &sink.exact_rows), PLM_OK);
    out->status = plm_csv_read(s, t, INT64_MAX, &sink, &over);
    assert_true(over || out->status < 0);
    t->first.rows = sink.rows < LOOKED_AT ? sink.rows : LOOKED_AT;
    out->rows = sink.rows;
    bool got = out->status >= 0;
    for (int64_t i = 0; i < sink.rows && got; i++) {
        assert_int_equal(plm_csv_seek(t, i), PLM_OK);
        assert_int_equal(plm_cells_next(&t->cells, &got), PLM_OK);
        out->lines[i] = t->cells.line;
    }
}

/* All at once, as for a table that is loaded. */
static void find_lines(plm_source *s, result *out)
{
    int64_t row[ROWS_MOST];
    for (int i = 0; i < ROWS_MOST; i++)
        row[i] = i;
    plm_csv_close(s->state);
    plm_csv_lines(s, (int)out->rows, row, out->lines);
}

static void read_blocks(plm_source *s, plm_csv *t, int64_t bytes, int64_t tail, result *out)
{
    out->status = plm_csv_load_cut(s, t, bytes, tail);
    out->rows = out->status < 0 ? 0 : s->rows;
    for (int i = 0; i < plm_source_parts(s) && out->rows > 0; i++)
        memcpy(out->number[i], s->table[i].rows,
               (size_t)s->rows * s->table[i].width * sizeof(float));
    if (out->status >= 0)
        find_lines(s, out);
}

/* bytes 0 = cell by cell. */
static void read_table(plm *w, const char *path, int64_t bytes, int64_t tail, result *out)
{
    char spec[600];
    plm_source *s = NULL;
    snprintf(spec, sizeof spec, "csv('%s', target=none, stream=true)", path);
    memset(out, 0, sizeof *out);
    out->status = plm_source_open(w, spec, NULL, &s);
    if (out->status < 0)
        fail_msg("%s: %s", path, plm_last_error(w)->what);
    plm_csv *t = s->state;
    t->first = (plm_collected_rows){.w = &s->w, .width = t->columns.count, .most = LOOKED_AT};
    if (bytes == 0)
        read_slowly(s, t, out);
    else
        read_blocks(s, t, bytes, tail, out);
    if (out->status >= 0)
        keep_exact(t, out);
    else
        plm_error_take(&s->w, &out->error);
    plm_source_release(s);
}

static void check_same(const result *a, const result *b, const char *text, int bytes, int tail)
{
    const bool same_rows = a->status < 0 || (a->rows == b->rows && a->exact_rows <= b->exact_rows &&
                                             memcmp(a->number, b->number, sizeof a->number) == 0 &&
                                             memcmp(a->lines, b->lines, sizeof a->lines) == 0);
    const bool same_exact =
        memcmp(a->exact, b->exact, (size_t)a->exact_rows * sizeof *a->exact) == 0;
    if (a->status != b->status || !same_rows || !same_exact ||
        strcmp(a->error.what, b->error.what) != 0 || strcmp(a->error.where, b->error.where) != 0 ||
        strcmp(a->error.hint, b->error.hint) != 0)
        fail_msg("blocks of %d and %d:\n%s\n%lld rows, %s: %s, not %lld, %s: %s", bytes, tail, text,
                 (long long)a->rows, a->error.where, a->error.what, (long long)b->rows,
                 b->error.where, b->error.what);
}

static void every_cut(void **state)
{
    static const int tails[] = {0, 1, 7, 64};
    static result slow, cut;
    plm *w = plm_open(PLM_OPTIONS(.threads = 3, .unpinned = true));
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
        const char *path = test_write_text("cut.csv", tables[i]);
        read_table(w, path, 0, 0, &slow);
        for (int bytes = 1; bytes <= (int)strlen(tables[i]) + 1; bytes++)
            for (size_t k = 0; k < sizeof tails / sizeof tails[0]; k++) {
                read_table(w, path, bytes, tails[k], &cut);
                check_same(&cut, &slow, tables[i], bytes, tails[k]);
            }
    }
    test_clean();
    plm_close(w);
}

/* A few rows at a time: nothing is written behind those that are wanted. */
static void in_pieces(void **state)
{
    static result slow;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++)
        for (int64_t most = 1; most < 4; most++) {
            char spec[600];
            plm_source *s = NULL;
            const char *path = test_write_text("pieces.csv", tables[i]);
            read_table(w, path, 0, 0, &slow);
            snprintf(spec, sizeof spec, "csv('%s', target=none, stream=true)", path);
            assert_int_equal(plm_source_open(w, spec, NULL, &s), PLM_OK);
            bool over = false;
            for (int64_t row = 0; !over && slow.status >= 0;) {
                const size_t width = s->table[0].width;
                float out[4 * COLUMNS_MOST] = {0};
                plm_rows_sink sink = {.most = most, .out = {out}, .step = {width}};
                assert_int_equal(plm_csv_read(s, s->state, INT64_MAX, &sink, &over), PLM_OK);
                assert_memory_equal(out, slow.number[0] + (size_t)row * width,
                                    (size_t)sink.rows * width * sizeof *out);
                for (size_t k = (size_t)sink.rows * width; k < 4 * COLUMNS_MOST; k++)
                    assert_true(out[k] == 0 || (over && k < (size_t)(sink.rows + 1) * width));
                row += sink.rows;
                assert_true(!over || row == slow.rows);
            }
            plm_source_release(s);
        }
    test_clean();
    plm_close(w);
}

/* Each number of simple rows, on every instruction set, is what strtod makes of it. */
static void every_instruction_set(void **state)
{
    static result slow, cut;
    (void)state;
    for (int k = 0; plm_isa_available(k); k++) {
        plm *w = plm_open(PLM_OPTIONS(.threads = 1, .isa = plm_isa_available(k)));
        for (size_t i = 0; i < sizeof tables / sizeof tables[0]; i++) {
            const char *path = test_write_text("isa.csv", tables[i]);
            read_table(w, path, 0, 0, &slow);
            read_table(w, path, 10000, 64, &cut);
            check_same(&cut, &slow, tables[i], 10000, 64);
        }
        test_clean();
        plm_close(w);
    }
}

/* Lines of rows in rising order, with one of them twice; then without the file. If each line is a
 * row, the lines are known all the same. */
static void lines_of_rows(void **state)
{
    static const struct {
        const char *text;
        int64_t line[4]; /* of the rows 0, 2, 2 and 3 */
        bool counted;
    } of[] = {
        {"a,b,c\n1,2,x\n3,4,x\n5,6,x\n7,8,x\n", {2, 4, 4, 5}, true},
        {"1,2,3\r\n3,4,3\r\n5,6,3\r\n7,8,3", {1, 3, 3, 4}, true},
        {"1,2,3\r3,4,3\r5,6,3\r7,8,3\r", {1, 3, 3, 4}, true},
        {"a,b,c\n1,2,x\n\n3,4,x\n5,6,x\n7,8,x\n", {2, 5, 5, 6}, false},
        {"a,b,c\n1,2,x\n3,4,\"x\ny\"\n5,6,x\n7,8,x", {2, 5, 5, 6}, false},
        {"\"a\nb\",b,c\n1,2,x\n3,4,x\n5,6,\"\r\n\"\n7,8,x\n", {3, 5, 5, 7}, false},
        {"a,b,c\n\n\n1,2,x\n3,4,x\n5,6,x\n7,8,x\n", {4, 6, 6, 7}, false},
    };
    static const int64_t row[] = {-1, 0, 2, 2, 3};
    plm *w = plm_open(PLM_OPTIONS(.threads = 2));
    (void)state;
    for (size_t i = 0; i < sizeof of / sizeof *of; i++) {
        const char *path = test_write_text("lines.csv", of[i].text);
        plm_data *d = plm_data_open(w, "csv('%s', inputs=[0, 1], target=none)", path);
        if (!d)
            fail_msg("%s: %s", of[i].text, plm_last_error(w)->what);
        int64_t line[5];
        for (int gone = 0; gone < 2; gone++) {
            plm_data_lines(d, 5, row, line);
            assert_int_equal(line[0], 0);
            for (int k = 0; k < 4; k++)
                assert_int_equal(line[k + 1], gone && !of[i].counted ? 0 : of[i].line[k]);
            assert_int_equal(plm_data_line(d, 2), line[2]);
            test_clean();
        }
        plm_data_free(d);
    }
    plm_close(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut),
        cmocka_unit_test(in_pieces),
        cmocka_unit_test(lines_of_rows),
        cmocka_unit_test(every_instruction_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
