/* Arrays of numpy as tables: each value becomes the cell that it is, in every type and byte order;
 * archives that are damaged anywhere are refused. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <zlib.h>

#include "data/typed.h"
#include "data_support.h"

enum { ROOM = 1 << 14 };

/* Bytes of a file. */
typedef struct {
    unsigned char byte[ROOM];
    size_t n;
} bytes;

static void add(bytes *b, const void *more, size_t n)
{
    assert_true(b->n + n <= ROOM);
    memcpy(b->byte + b->n, more, n);
    b->n += n;
}

/* Appends a whole number of `size` bytes. */
static void add_number(bytes *b, uint64_t x, size_t size, bool high_first)
{
    for (size_t i = 0; i < size; i++) {
        const unsigned char c = (unsigned char)(x >> 8 * (high_first ? size - 1 - i : i));
        add(b, &c, 1);
    }
}

/* Begins an array. */
static void begin(bytes *b, const char *descr, const char *order, const char *shape)
{
    char text[512];
    const int n = snprintf(text, sizeof text, "{'descr': %s, 'fortran_order': %s, 'shape': %s, }\n",
                           descr, order, shape);
    b->n = 0;
    add(b, "\x93NUMPY\1\0", 8);
    add_number(b, (uint64_t)n, 2, false);
    add(b, text, (size_t)n);
}

/* Opens a file as a table without a target. */
static plm_data *open_table(plm *w, const char *path)
{
    plm_data *d = plm_data_open(w, "table('%s', target=none)", path);
    if (d == NULL)
        fail_msg("%s: %s", path, plm_last_error(w)->what);
    return d;
}

static const plm_store *store_of(const plm_data *d)
{
    return &((const plm_typed *)d->source->state)->store;
}

/* ---- values ---- */

/* A type, the bits of a value, low byte first, and what it is. */
static const struct {
    const char *type;
    size_t size;
    uint64_t bits;
    double number;
} numbers[] = {{"f2", 2, 0xC100, -2.5},
               {"f4", 4, 0x3DCCCCCD, 0.100000001490116119384765625},
               {"f8", 8, 0x3FB999999999999A, 0.1},
               {"f8", 8, 0x7FF8000000000000, NAN},
               {"i1", 1, 0xFE, -2},
               {"i2", 2, 0xFFFE, -2},
               {"i4", 4, 0x80000000, -2147483648.0},
               {"i8", 8, 0xFFFFFFFFFFFFFF00, -256},
               {"u1", 1, 0xFE, 254},
               {"u2", 2, 0xFFFE, 65534},
               {"u4", 4, 0x80000000, 2147483648.0},
               {"u8", 8, 0x100000000, 4294967296.0}};

/* Each type in both byte orders; a second row, so that the column is not constant. */
static void each_number(void **state)
{
    static bytes b;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < 2 * sizeof numbers / sizeof *numbers; i++) {
        char type[64];
        const bool high = i % 2;
        snprintf(type, sizeof type, "[('a', '%c%s'), ('b', '|u1')]", high ? '>' : '<',
                 numbers[i / 2].type);
        begin(&b, type, "False", "(3,)");
        for (uint64_t row = 0; row < 3; row++) {
            add_number(&b, row == 2 ? 0 : numbers[i / 2].bits, numbers[i / 2].size, high);
            add_number(&b, row, 1, false);
        }
        plm_data *d = open_table(w, test_write("n.npy", b.byte, b.n));
        const plm_store *t = store_of(d);
        assert_int_equal(t->rows, 3);
        assert_string_equal(t->column[0].name, "a");
        const double got = t->column[0].number[1], wanted = numbers[i / 2].number;
        assert_true(isnan(wanted) ? isnan(got) && t->column[0].missing == 2
                                  : memcmp(&got, &wanted, sizeof got) == 0);
        assert_true(fabs(t->column[1].number[2] - 2) < 1e-9);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* Dates of each unit: ticks since 1970, and the seconds that the cell has. */
static void each_date(void **state)
{
    static const struct {
        const char *unit;
        int64_t ticks;
        double seconds;
    } dates[] = {{"D", 19723, 1704067200},
                 {"D", -1, -86400},
                 {"h", 473353, 1704070800},
                 {"m", -1, -60},
                 {"s", 1709210096, 1709210096},
                 {"s", -59011459200, -59011459200.0},
                 {"ms", 1709210096250, 1709210096.25},
                 {"us", -1, -0.000001},
                 {"ns", 1709210096000000000, 1709210096},
                 {"D", INT64_MIN, NAN}};
    static bytes b;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof dates / sizeof *dates; i++) {
        char type[64];
        snprintf(type, sizeof type, "[('a', '<M8[%s]'), ('b', '|i1')]", dates[i].unit);
        begin(&b, type, "False", "(3,)");
        for (uint64_t row = 0; row < 3; row++) {
            add_number(&b, row == 2 ? 1 : (uint64_t)dates[i].ticks, 8, false);
            add_number(&b, row, 1, false);
        }
        plm_data *d = open_table(w, test_write("d.npy", b.byte, b.n));
        const double got = store_of(d)->column[0].number[1], wanted = dates[i].seconds;
        if (!(isnan(wanted) ? isnan(got) : fabs(got - wanted) < 1e-3))
            fail_msg("%s %lld is %.9g, not %.9g", dates[i].unit, (long long)dates[i].ticks, got,
                     wanted);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* Texts, bool, bytes that are left out, and large whole numbers, which are words. */
static void each_text(void **state)
{
    static bytes b;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    begin(
        &b,
        "[('u', '>U2'), ('', '|V3'), ('s', '|S4'), ('ok', '|b1'), ('large', '<u8'), ('n', '<i4')]",
        "False", "(3,)");
    for (uint64_t row = 0; row < 3; row++) {
        add_number(&b, row == 1 ? 0x1F600 : ' ', 4, true);
        add_number(&b, row == 1 ? 'x' : 0, 4, true);
        add(&b, "???", 3);
        add(&b, row == 1 ? " ab" : "c\0\0", 4);
        add_number(&b, row == 1, 1, false);
        add_number(&b, UINT64_MAX - row, 8, false);
        add_number(&b, row, 4, false);
    }
    plm_data *d = open_table(w, test_write("t.npy", b.byte, b.n));
    const plm_store *t = store_of(d);
    assert_int_equal(t->columns, 5);
    assert_int_equal(t->column[0].missing, 2);
    assert_string_equal(t->column[0].word[0], "\xF0\x9F\x98\x80x");
    assert_string_equal(t->column[1].word[t->column[1].code[1]], "ab");
    assert_string_equal(t->column[2].word[t->column[2].code[1]], "true");
    assert_string_equal(t->column[3].word[0], "18446744073709551615");
    assert_int_equal(t->line[2], 3);
    plm_data_free(d);
    test_close(w, &memory);
}

/* Both orders of the axes, without names. */
static void orders(void **state)
{
    static bytes b;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int by_column = 0; by_column < 2; by_column++) {
        begin(&b, "'<i2'", by_column ? "True" : "False", "(3, 2)");
        for (uint64_t k = 0; k < 6; k++)
            add_number(&b, by_column ? k % 3 * 10 + k / 3 : k / 2 * 10 + k % 2, 2, false);
        plm_data *d = open_table(w, test_write_packed("o.npy.gz", b.byte, b.n));
        const plm_store *t = store_of(d);
        assert_int_equal(t->columns, 2);
        assert_null(t->column[0].name);
        for (int row = 0; row < 3; row++)
            for (int k = 0; k < 2; k++)
                assert_true(fabs(t->column[k].number[row] - (10 * row + k)) < 1e-9);
        plm_data_free(d);
    }
    test_close(w, &memory);
}

/* ---- archives ---- */

/* Appends a member to an archive, and its entry to the list. */
static void add_member(bytes *zip, bytes *list, const char *name, const bytes *b, bool deflated)
{
    static unsigned char packed[ROOM];
    z_stream z = {.next_in = (Bytef *)(uintptr_t)b->byte,
                  .avail_in = (uInt)b->n,
                  .next_out = packed,
                  .avail_out = ROOM};
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY), Z_OK);
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    const size_t place = zip->n, n = deflated ? z.total_out : b->n, length = strlen(name);
    for (int entry = 0; entry < 2; entry++) {
        bytes *to = entry ? list : zip;
        add(to, entry ? "PK\1\2\0\0\0\0\0" : "PK\3\4\0\0\0", entry ? 8 : 6);
        add_number(to, 0, 2, false);
        add_number(to, deflated ? 8 : 0, 2, false);
        add_number(to, 0, 4, false);
        add_number(to, crc32(0, b->byte, (uInt)b->n), 4, false);
        add_number(to, n, 4, false);
        add_number(to, b->n, 4, false);
        add_number(to, length, 2, false);
        add_number(to, entry ? 0 : 3, 2, false); /* bytes that mean nothing, as numpy has them */
        if (entry) {
            add(to, "\0\0\0\0\0\0\0\0\0\0", 2 + 2 + 2 + 4);
            add_number(to, place, 4, false);
        }
        add(to, name, length);
        if (!entry)
            add(to, "xyz", 3);
    }
    add(zip, deflated ? packed : b->byte, n);
    deflateEnd(&z);
}

/* Makes an archive of x [4, 2], y [4] and a text. */
static void make_archive(bytes *zip, bool deflated, const char *rows_of_y)
{
    static bytes list, b;
    zip->n = list.n = 0;
    begin(&b, "'<f4'", "False", "(4, 2)");
    for (uint64_t k = 0; k < 8; k++)
        add_number(&b, 0x3F800000 + k * k * 65536, 4, false);
    add_member(zip, &list, "x.npy", &b, deflated);
    begin(&b, "'<U3'", "False", rows_of_y);
    for (uint64_t k = 0; k < 12; k++)
        add_number(&b, 'a' + (k / 3) % 2, 4, false);
    add_member(zip, &list, "y.npy", &b, deflated);
    b.n = 0;
    add(&b, "hello", 5);
    add_member(zip, &list, "note.txt", &b, false);
    const size_t place = zip->n;
    add(zip, list.byte, list.n);
    add(zip, "PK\5\6\0\0\0", 8);
    add_number(zip, 3, 2, false);
    add_number(zip, 3, 2, false);
    add_number(zip, list.n, 4, false);
    add_number(zip, place, 4, false);
    add_number(zip, 0, 2, false);
}

static void archives(void **state)
{
    static bytes zip;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int deflated = 0; deflated < 2; deflated++) {
        make_archive(&zip, deflated, "(4,)");
        plm_data *d = open_table(w, test_write("a.npz", zip.byte, zip.n));
        const plm_store *t = store_of(d);
        assert_int_equal(t->rows, 4);
        assert_int_equal(t->columns, 3);
        assert_string_equal(t->column[1].name, "x1");
        assert_string_equal(t->column[2].name, "y");
        assert_string_equal(t->column[2].word[t->column[2].code[3]], "bbb");
        plm_data_free(d);
    }
    make_archive(&zip, false, "(3,)");
    test_refused(w, PLM_E_SHAPE, "array 'x' has 4 rows", "table('%s')",
                 test_write("a.npz", zip.byte, zip.n));
    test_close(w, &memory);
}

/* An archive that is cut off anywhere is refused; one with any byte changed is read or refused. */
static void damage(void **state)
{
    static bytes zip;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (int deflated = 0; deflated < 2; deflated++) {
        make_archive(&zip, deflated, "(4,)");
        for (size_t n = 0; n < zip.n; n++) {
            assert_null(plm_data_open(w, "table('%s')", test_write("c.npz", zip.byte, n)));
            assert_true(*plm_last_error(w)->what);
        }
        for (size_t k = 0; k < zip.n; k++)
            for (int bit = 0; bit < 8; bit += 7) {
                zip.byte[k] ^= (unsigned char)(1 << bit);
                plm_data_free(plm_data_open(w, "table('%s', max_memory=1000000)",
                                            test_write("c.npz", zip.byte, zip.n)));
                zip.byte[k] ^= (unsigned char)(1 << bit);
            }
    }
    test_close(w, &memory);
}

/* ---- errors ---- */

static void errors(void **state)
{
    static const struct {
        const char *descr, *shape;
        plm_status status;
        const char *error;
    } cases[] = {
        {"'|O'", "(1,)", PLM_E_UNSUPPORTED, "pickle"},
        {"'<c8'", "(1,)", PLM_E_UNSUPPORTED, "values of type '<c8' cannot be read"},
        {"'<M8[Y]'", "(1,)", PLM_E_UNSUPPORTED, "values of type '<M8[Y]' cannot be read"},
        {"'<f4'", "()", PLM_E_SHAPE, "does not have the shape [rows]"},
        {"'<f4'", "(1, 1, 1)", PLM_E_SHAPE, "does not have the shape [rows]"},
        {"[('a', '<f4')]", "(1, 1)", PLM_E_SHAPE, "does not have the shape [rows]"},
        {"[('a', '<f4', (2,))]", "(1,)", PLM_E_UNSUPPORTED,
         "the field 'a' consists of several numbers"},
        {"[('a', [('b', '<f4')])]", "(1,)", PLM_E_UNSUPPORTED,
         "the field 'a' consists of several numbers"},
        {"[]", "(1,)", PLM_E_DATA, "have no columns"},
        {"'<f4'", "(1, 0)", PLM_E_DATA, "have no columns"},
        {"'<f4'", "(0,)", PLM_E_DATA, "has no rows"},
        {"'<f8'", "(5,)", PLM_E_FORMAT, "fewer bytes than its header says"},
        {"'<f8'", "(999999999999, 999999999999)", PLM_E_FORMAT, "fewer bytes"},
        {"'<U2'", "(2,)", PLM_E_DATA, "row 1, column '': the value is not a valid text or date"},
        {"[('a', '<f4'), ('a', '<f4')]", "(2,)", PLM_E_DATA, "the same name"}};
    static bytes b;
    test_memory memory;
    plm *w = test_open(&memory, NULL);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        begin(&b, cases[i].descr, "False", cases[i].shape);
        add(&b, "\xFF\xFF\xFF\xFF\0\0\0\1\0\0\0\0\0\0\0\1", 16);
        test_refused(w, cases[i].status, cases[i].error, "table('%s')",
                     test_write("e.npy", b.byte, b.n));
    }
    test_close(w, &memory);
}

static void memory_fails(void **state)
{
    static bytes zip;
    make_archive(&zip, true, "(4,)");
    const char *path = test_write("m.npz", zip.byte, zip.n);
    plm_data *d = NULL;
    (void)state;
    for (long k = 1; d == NULL; k++) {
        test_memory memory;
        plm *w = test_open(&memory, NULL);
        memory.fail_at = memory.calls + k;
        d = plm_data_open(w, "table('%s', target=y)", path);
        if (d == NULL)
            assert_int_equal(plm_last_error(w)->status, PLM_E_MEMORY);
        memory.fail_at = 0;
        plm_data_free(d);
        test_close(w, &memory);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_number), cmocka_unit_test(each_date),   cmocka_unit_test(each_text),
        cmocka_unit_test(orders),      cmocka_unit_test(archives),    cmocka_unit_test(damage),
        cmocka_unit_test(errors),      cmocka_unit_test(memory_fails)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
