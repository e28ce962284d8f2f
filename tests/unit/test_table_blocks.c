/* Tables that are cut into blocks of every size, and read by 1 to 8 threads, are what reading them
 * in order makes of them: rows, lines, numbers, words, warnings, and the first fault. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "data/table_file.h"
#include "data_support.h"

/* IN_ORDER: blocks that are longer than any file. */
enum { LOG = 8000, ERROR_BYTES = 1000, MOST_THREADS = 8, IN_ORDER = 1 << 30 };

/* A table that was read. */
typedef struct {
    plm *w;
    plm_arena arena;
    plm_store store;
    plm_table_file f;
    plm_status status;
    char log[LOG];              /* the warnings */
    char error[3][ERROR_BYTES]; /* what, where and hint of an error */
} result;

static const char *const tables[] = {
    "a,b,c\n1,2,3\n4,5,6\n7,8,9\n",
    "a,b,c\r\n1,2,3\r\n4,5,6\r\n7,8,9",
    "a,b,c\r1,2,x\r4,5,y\r\r\r7,8,x\r",
    "a,b,c\n\n1,2,3\n\n\n \n4,5,6\n\n7,8,9\n10,11,12\n13,14,15\n\n",
    "a,b,c\n\"1\",2,\"3\"\n \"4\" ,5,6\n7,\"8\"\"\",9\n\"x \"\"y\"\"\",8,9\n",
    "a,\"b\nb\",c\n1,2,3\n\"4\n\",5,6\n7,8,\"x\r\ny\"\n\"\n1,2,3\n\",5,6\n",
    "a,b,c\n1,2,3\n4,5,\"6\n\"\n7,8,9\n\n10,11,12",
    "a,b,c\nred,2,3\nblue,,6\nred,NA,9\ngreen,1e3,.5\n,,\n,,\nblue,2,-\n,,\n,,\n",
    "a,b,c\n1,2,3\n4,5,6\n7,8\n9,10,11\n",
    "a,b,c\n1,2,3\n4,5,6\n7,8,9,10\n9,10,11\n",
    "a,b,c\n1,2,3\n4,5,6\na,b,c\n7,8,9\na,b,c\n1,2,3\n",
    "a,b,c\n1,2,3\n4,5,6\nTotal,7,9\n",
    "a,b,c\n1,2,3\n4,5,6\nSource: x,,\n",
    "a,b,c\n1,2,3\nnote,,\n4,5,6\nTotal,7,9\n,,\nSource: x,,\n,,\nas of May,,\n",
    "a,b,c\nx,2,3\n,,\nword,,\ny,,\nTotal,7,9\ny,5,6\n,,\nz,,\n",
    "a,b,c\nx,2,3\nTotal,7,9\ny,5,6\nz,5,6\nTotal,7,9\nSum:,1,2\n",
    "a,b,c\n1,2,3\n4,5,6\n\nsource: a book\n",
    "a,b,c\n1,2,3\nsource: a book\n4,5,6\n",
    "a,b,c\n# one\n1,2,3\n# two\n# three\n4,5,6\n#7,8,9\n",
    "a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n1,2,3\n",
    "a,b,c\n1,2,3\n4,\"5\"x,6\n7,8,9\n",
    "a,b,c\n1,2,3\n4,\"5,6\n7,8,9\n1,2\",3\n7,8,9\n",
    "a;b;c\n1,5;2;3\n1.234;5;6\n\n7;8,5;\"1.234,5\"\n",
    "a b c\n 1  2\t3 \n4 5 6\n\n   \n7\t8  9\n \"1\" 2 3\n",
    "a\tb\tc\n1\t2\t3\n4\t 5\t6 \n \n7\t8\t9\n",
    "a\n1\n\n2\n3\n \n4\n\"\"\n\n5\n",
    "a,b,c\n1,2,3,\n4,5,6,,\n7,8,9\n1,2,3,x\n",
    ("\xEF\xBB\xBF"
     "a,b,c\n1,2,3\n4,5,6\n7,\"8\",9\nx,y,z\n"),
    "a,b,c\n1,2,caf\xC3\xA9\n4,\xC3\xA9\xC3\xA9,6\n7,8,\xE2\x82\xAC 5\n",
    "a,b,c\n1,2,caf\xE9\n4,\xE9\xE8,6\n7,8,9\n",
    "a,b,c\n1,2,\xC3\xA9\n4,5,caf\xE9\n7,8,9\n",
    "a,b,c\n1,2,\xC3\xA9\n4,5,caf\xC3\n7,8,9\n",
    "a,b,c\n1,2024-01-31,3\n4,2024-02-01,$6\n7,31.12.2023,9 %\n",
    "a,b,c\n12345678,0.1,1e300\n1,123456789012345678901,-0\n007,1e-320,9\n",
};

static plm *runtime[MOST_THREADS + 1]; /* [threads]; opened when needed */
static result *reading;                /* gets the warnings */

static void keep_line(void *user, int level, const char *line)
{
    (void)user;
    (void)level;
    strncat(reading->log, line, LOG - 2 - strlen(reading->log));
    strcat(reading->log, "\n");
}

static int close_runtimes(void **state)
{
    for (int i = 0; i <= MOST_THREADS; i++)
        plm_close(runtime[i]);
    return test_clean_group(state);
}

/* Describes a file, to be read in blocks of some bytes. */
static void set_table(result *r, const char *path, int64_t bytes)
{
    r->arena.w = r->store.arena.w = r->w;
    r->f = (plm_table_file){.w = r->w,
                            .arena = &r->arena,
                            .path = path,
                            .name = "blocks.csv",
                            .store = &r->store,
                            .delimiter = "auto",
                            .header = "auto",
                            .encoding = "auto",
                            .quotes = "auto",
                            .comments = "auto",
                            .skip = -1,
                            .table = "",
                            .query = "",
                            .most_cells = 1000,
                            .most_bytes = 100000,
                            .block_bytes = bytes};
}

/* Reads a file in blocks of some bytes. */
static void open_table(result *r, const char *path, int threads, int64_t bytes)
{
    if (!runtime[threads])
        runtime[threads] =
            plm_open(PLM_OPTIONS(.threads = threads, .unpinned = true, .log = keep_line));
    memset(r, 0, sizeof *r);
    reading = r;
    r->w = runtime[threads];
    set_table(r, path, bytes);
    r->status = plm_table_file_read(&r->f);
    if (r->status < 0) {
        const plm_error *e = plm_last_error(r->w);
        snprintf(r->error[0], ERROR_BYTES, "%s", e->what);
        snprintf(r->error[1], ERROR_BYTES, "%s", e->where);
        snprintf(r->error[2], ERROR_BYTES, "%s", e->hint);
    }
}

static void close_table(result *r)
{
    plm_store_free(&r->store);
    plm_arena_free(&r->arena);
}

/* Returns the text of a cell, or NULL. */
static const char *word_of(const plm_raw_column *c, int64_t row)
{
    return c->code != NULL && c->code[row] >= 0 ? c->word[c->code[row]] : NULL;
}

static bool same_cell(const plm_raw_column *a, const plm_raw_column *b, int64_t row)
{
    const char *x = word_of(a, row), *y = word_of(b, row);
    return memcmp(&a->number[row], &b->number[row], sizeof(double)) == 0 &&
           strcmp(x ? x : "", y ? y : "") == 0 && (a->code == NULL || a->code[row] == b->code[row]);
}

static bool same_column(const plm_raw_column *a, const plm_raw_column *b, int64_t rows)
{
    const int64_t counts[2][4] = {{a->texts, a->missing, a->points, a->groups},
                                  {b->texts, b->missing, b->points, b->groups}};
    bool same = a->words == b->words && a->many == b->many &&
                memcmp(counts[0], counts[1], sizeof counts[0]) == 0 &&
                (a->code == NULL) == (b->code == NULL);
    for (size_t i = 0; same && i < a->words; i++)
        same = strcmp(a->word[i], b->word[i]) == 0;
    for (int64_t i = 0; same && i < rows; i++)
        same = same_cell(a, b, i);
    return same;
}

static void check_same(const result *a, const result *b, const char *text, int threads, int bytes)
{
    bool same = a->status == b->status && strcmp(a->log, b->log) == 0 &&
                memcmp(a->error, b->error, sizeof a->error) == 0;
    if (same && a->status >= 0) {
        same = a->store.rows == b->store.rows && a->store.columns == b->store.columns &&
               a->f.records.decoder.encoding == b->f.records.decoder.encoding;
        for (int64_t i = 0; same && i < a->store.rows; i++)
            same = a->store.line[i] == b->store.line[i];
        for (size_t i = 0; same && i < a->store.columns; i++)
            same = same_column(&a->store.column[i], &b->store.column[i], a->store.rows);
    }
    if (!same)
        fail_msg("%d threads, blocks of %d bytes:\n%s\n%d: %lld rows, %s\n%s\nnot\n%d: %lld rows, "
                 "%s\n%s",
                 threads, bytes, text, a->status, (long long)a->store.rows, a->error[0], a->log,
                 b->status, (long long)b->store.rows, b->error[0], b->log);
}

static void every_cut(void **state)
{
    static result order, cut;
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        const char *path = test_write_text("blocks.csv", tables[i]);
        const int length = (int)strlen(tables[i]);
        open_table(&order, path, 1, IN_ORDER);
        for (int bytes = 1; bytes <= length; bytes++) {
            const int threads = 1 + bytes % 3;
            open_table(&cut, path, threads, bytes);
            check_same(&cut, &order, tables[i], threads, bytes);
            close_table(&cut);
        }
        close_table(&order);
        test_clean();
    }
}

/* Appends parts of tables in a random order: most of them whole rows of three cells, some of them
 * parts of quotes, lines of other lengths and bytes that are no UTF-8. */
static void write_random(uint64_t seed, char *out)
{
    static const char *const part[] = {
        "1,2,3\n", "0.5,red,7\r\n", "-4,blue,1e3\n", ",,\n", "8,\"a\nb\",9\n", "x,NA,\"1,5\"\n",
        "12.25,red,100\n", "3,\"say \"\"yes\"\"\",4\n", "2024-01-02,\xC3\xA9,5\n", "\n",
        /* seldom */
        "\"", "1,2\n", "# note\n", "a,b,c\n", "Total,1,2\n", "Note,,\n", ",,\n", "\xE9,1,2\n",
        "1,2,3,\n", "9,9,9,9\n", "\r", ","};
    enum { PARTS = sizeof part / sizeof *part, USUAL = 10, ROWS = 40 };
    plm_random r = plm_random_open(seed, PLM_RANDOM_TEST, 0, 0);
    const bool clean = seed % 3 > 0;
    strcpy(out, "a,b,c\n");
    for (int i = 0; i < ROWS; i++) {
        const bool odd = !clean && plm_random_below(&r, 15) == 0;
        const uint64_t k = odd ? USUAL + plm_random_below(&r, PARTS - USUAL)
                               : plm_random_below(&r, clean ? USUAL - 1 : USUAL);
        strcat(out, part[k]);
    }
}

static void random_tables(void **state)
{
    static const int threads[] = {1, 2, 3, 8};
    static result order, cut;
    static char text[4000];
    (void)state;
    for (uint64_t seed = 1; seed <= 120; seed++) {
        write_random(seed, text);
        const char *path = test_write_text("blocks.csv", text);
        open_table(&order, path, 1, IN_ORDER);
        for (int i = 0; i < 4; i++) {
            const int bytes = 7 + (int)(seed * 13 + (uint64_t)i * 31) % 150;
            open_table(&cut, path, threads[i], bytes);
            check_same(&cut, &order, text, threads[i], bytes);
            close_table(&cut);
        }
        close_table(&order);
        test_clean();
    }
}

/* A file of several blocks of the usual size, with many words and long rows. */
static void usual_blocks(void **state)
{
    enum { BYTES = 3000000 };
    static result order, cut;
    char *text = malloc(BYTES + 200);
    size_t n = (size_t)sprintf(text, "a,b,c,d\n");
    (void)state;
    assert_non_null(text);
    for (int i = 0; n < BYTES; i++)
        n += (size_t)sprintf(text + n,
                             i % 997 == 0 ? "%d,\"w\n%d\",%d.5,t\"%d\n" : "%d,w%d,%d.25,t%d\n", i,
                             i % 30011, i * 7 % 1000, i % 13);
    const char *path = test_write("blocks.csv", text, n);
    open_table(&order, path, 1, IN_ORDER);
    assert_int_equal(order.status, PLM_OK);
    assert_true(order.store.rows > 100000);
    for (int threads = 1; threads <= 8; threads += threads) {
        open_table(&cut, path, threads, 0);
        check_same(&cut, &order, "a long one", threads, 0);
        close_table(&cut);
    }
    close_table(&order);
    test_clean();
    free(text);
}

/* Characters that are not ASCII come so late that the beginning of the file, which is decoded
 * first, does not decide the encoding. */
static void late_encoding(void **state)
{
    static const char *const tail[] = {
        "4,\xC3\xA9,6\n7,8,9\n7,8,caf\xE9\n",     /* UTF-8, then a fault */
        "4,caf\xE9,6\n7,8,9\n4,\xC3\xA9,6\n",     /* Windows-1252 */
        "4,\xC3\xA9,6\n7,8,9\n7,8,\xE2\x82\xAC\n" /* UTF-8 */
    };
    enum { ROWS = 60000, ROW = 6, BYTES = ROWS * ROW, MORE = 2000 };
    static char text[BYTES + 100 + 8 * MORE];
    static result order, cut;
    (void)state;
    for (int i = 0; i < ROWS; i++)
        memcpy(text + i * ROW, i == 0 ? "a,b,c\n" : "1,2,3\n", ROW);
    for (size_t i = 0; i < sizeof tail / sizeof *tail; i++) {
        char *end = text + BYTES + sprintf(text + BYTES, "%s", tail[i]);
        for (int k = 0; k < MORE; k++)
            end += sprintf(end, "1,\xC3\xA9,3\n");
        const char *path = test_write_text("blocks.csv", text);
        open_table(&order, path, 1, IN_ORDER);
        assert_true((order.status < 0) == (i == 0));
        for (int bytes = 4999; bytes <= 5006; bytes++) {
            open_table(&cut, path, 2, bytes);
            check_same(&cut, &order, tail[i], 2, bytes);
            close_table(&cut);
        }
        close_table(&order);
        test_clean();
    }
}

/* Every allocation fails once. */
static void memory_fails(void **state)
{
    const char *path =
        test_write_text("blocks.csv", "a,b,c\n1,2,3\nred,5,6\n7,8,9\n\"x\"\"y\",8,9\n");
    plm_status status = PLM_E_MEMORY;
    (void)state;
    for (long k = 1; status != PLM_OK; k++) {
        test_memory memory;
        result r = {.w = test_open(&memory, NULL)};
        set_table(&r, path, 10);
        memory.fail_at = memory.calls + k;
        status = plm_table_file_read(&r.f);
        assert_true(status == PLM_OK || status == PLM_E_MEMORY);
        memory.fail_at = 0;
        plm_store_free(&r.store);
        plm_arena_free(&r.arena);
        test_close(r.w, &memory);
    }
    test_clean();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cut),    cmocka_unit_test(random_tables),
        cmocka_unit_test(usual_blocks), cmocka_unit_test(late_encoding),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, NULL, close_runtimes);
}
