/* Text of every encoding becomes the same UTF-8, wherever a buffer ends within a letter; bytes that
 * an encoding does not have are an error with their line. */
#include "data_support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/decode.h"

/* RAW: bytes that decode.c reads from the file at once. LEAST: the smallest capacity that
 * plm_decode allows. */
enum { RAW = 1 << 16, LEAST = 16, MOST = 2 * RAW + 256 };

/* A text that grows. */
typedef struct {
    char *byte;
    size_t length;
} bytes;

static bytes new_bytes(void)
{
    return (bytes){.byte = calloc(1, 4 * (size_t)MOST)};
}

static void add(bytes *b, const char *text, size_t n)
{
    assert_true(b->length + n < 4 * (size_t)MOST);
    memcpy(b->byte + b->length, text, n);
    b->length += n;
}

/* Appends a letter as UTF-8. */
static void add_utf8(bytes *b, uint32_t code)
{
    char out[4];
    size_t n = 1;
    out[0] = (char)code;
    if (code >= 0x80) {
        n = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
        for (size_t i = n; i-- > 1; code >>= 6)
            out[i] = (char)(0x80 | (code & 0x3F));
        out[0] = (char)((0xF00u >> n & 0xFF) | code);
    }
    add(b, out, n);
}

/* Appends a letter as UTF-16; low: the low byte of each half comes first. */
static void add_utf16(bytes *b, uint32_t code, bool low)
{
    uint32_t half[2] = {code, 0};
    if (code >= 0x10000) {
        half[0] = 0xD800 + ((code - 0x10000) >> 10);
        half[1] = 0xDC00 + ((code - 0x10000) & 0x3FF);
    }
    for (int i = 0; i < 1 + (code >= 0x10000); i++) {
        const char two[2] = {(char)(half[i] >> (low ? 0 : 8)), (char)(half[i] >> (low ? 8 : 0))};
        add(b, two, 2);
    }
}

/* A decoder over bytes in a file. */
typedef struct {
    test_memory memory;
    plm_decoder d;
} opened;

static void begin(opened *o, const char *path, plm_encoding encoding)
{
    plm *w = test_open(&o->memory, NULL);
    o->d = (plm_decoder){.w = w, .path = "t.csv", .encoding = encoding};
    assert_int_equal(plm_reader_open(w, path, &o->d.reader), PLM_OK);
    assert_int_equal(plm_decode_begin(&o->d), PLM_OK);
}

static void end(opened *o)
{
    plm_decode_end(&o->d);
    plm_reader_close(o->d.reader);
    test_close(o->d.w, &o->memory);
}

/* Decodes all, in pieces of `capacity` bytes at most, each whole letters. */
static plm_status decode_all(plm_decoder *d, size_t capacity, bytes *out)
{
    out->length = 0;
    for (;;) {
        size_t got = 0;
        assert_true(out->length + capacity < 4 * (size_t)MOST);
        d->since = out->byte;
        const plm_status status = plm_decode(d, out->byte + out->length, capacity, &got);
        if (status < 0 || got == 0)
            return status;
        assert_true(got <= capacity);
        assert_int_not_equal(out->byte[out->length] & 0xC0, 0x80);
        out->length += got;
    }
}

/* The file becomes `wanted`, whatever the capacity is; and the encoding is `found`. */
static void becomes(const bytes *file, plm_encoding given, plm_encoding found, const bytes *wanted)
{
    static const size_t capacity[] = {LEAST, 17, 18, 19, 1000, RAW, MOST};
    const char *path = test_write("decode", file->byte, file->length);
    bytes out = new_bytes();
    for (size_t i = file->length < 1000 ? 0 : 4; i < sizeof capacity / sizeof *capacity; i++) {
        opened o;
        begin(&o, path, given);
        for (int again = 0; again < 2; again++) {
            assert_int_equal(decode_all(&o.d, capacity[i], &out), PLM_OK);
            assert_int_equal(out.length, wanted->length);
            assert_memory_equal(out.byte, wanted->byte, wanted->length);
            assert_int_equal(o.d.encoding, found);
            assert_int_equal(plm_decode_begin(&o.d), PLM_OK); /* and from the beginning once more */
        }
        end(&o);
    }
    free(out.byte);
}

/* ---- all encodings ---- */

/* Letters of one to four bytes, at every place around the end of a buffer. */
static void letters_cross_buffers(void **state)
{
    static const uint32_t letter[] = {'a', 0xE9, 0x20AC, 0x1F600, '\n', 0x10FFFF, 0x800, 0xFFFD};
    enum { LETTERS = sizeof letter / sizeof *letter };
    static const plm_encoding encoding[] = {PLM_ENCODING_UTF8, PLM_ENCODING_UTF16LE,
                                            PLM_ENCODING_UTF16BE};
    bytes file = new_bytes(), wanted = new_bytes();
    (void)state;
    for (int e = 0; e < 3; e++)
        for (size_t before = 0; before < 28; before++) {
            const size_t width = e == 0 ? 1 : 2;
            file.length = wanted.length = 0;
            const size_t padding = before < 14 ? before : RAW / width - (before - 14);
            for (size_t i = 0; i < padding + LETTERS; i++) {
                const uint32_t code = i < padding ? 'x' : letter[i - padding];
                add_utf8(&wanted, code);
                if (e == 0)
                    add_utf8(&file, code);
                else
                    add_utf16(&file, code, e == 1);
            }
            becomes(&file, encoding[e], encoding[e], &wanted);
        }
    free(file.byte);
    free(wanted.byte);
}

/* A byte order mark is no letter, and decides. */
static void marks(void **state)
{
    static const struct {
        const char *file;
        size_t n;
        const char *text;
        plm_encoding found;
    } cases[] = {{"\xEF\xBB\xBF", 3, "", PLM_ENCODING_UTF8},
                 {"\xFF\xFE", 2, "", PLM_ENCODING_UTF16LE},
                 {"\xFE\xFF", 2, "", PLM_ENCODING_UTF16BE},
                 {"\xEF\xBB\xBF\x61", 4, "a", PLM_ENCODING_UTF8},
                 {"\xEF\xBB\xBF\xEF\xBB\xBF", 6, "\xEF\xBB\xBF", PLM_ENCODING_UTF8},
                 {"\xFF\xFE\x61\0\xAC\x20", 6, "a\xE2\x82\xAC", PLM_ENCODING_UTF16LE},
                 {"\xFE\xFF\0a\x20\xAC", 6, "a\xE2\x82\xAC", PLM_ENCODING_UTF16BE},
                 {"\xFF\xFE\xFF\xFE", 4, "\xEF\xBB\xBF", PLM_ENCODING_UTF16LE},
                 {"", 0, "", PLM_ENCODING_AUTO},
                 {"a", 1, "a", PLM_ENCODING_AUTO},
                 {"\xEF\xBB", 2, "\xC3\xAF\xC2\xBB", PLM_ENCODING_1252},
                 {"\xFF", 1, "\xC3\xBF", PLM_ENCODING_1252}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bytes file = new_bytes(), wanted = new_bytes();
        add(&file, cases[i].file, cases[i].n);
        add(&wanted, cases[i].text, strlen(cases[i].text));
        becomes(&file, PLM_ENCODING_AUTO, cases[i].found, &wanted);
        free(file.byte);
        free(wanted.byte);
    }
}

/* Each byte of Windows-1252, those that it does not define as the Latin-1 control that they are;
 * found out where no letter before them is UTF-8, however far behind. */
static void windows_1252(void **state)
{
    static const uint32_t high[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    static const size_t padding[] = {0, 15, RAW - 2, RAW - 1, RAW, RAW + 1};
    (void)state;
    for (size_t p = 0; p < sizeof padding / sizeof *padding; p++) {
        bytes file = new_bytes(), wanted = new_bytes();
        for (size_t i = 0; i < padding[p]; i++) {
            add(&file, "x", 1);
            add(&wanted, "x", 1);
        }
        for (uint32_t c = 0x80; c < 0x100; c++) {
            add(&file, (const char[2]){(char)c, 'y'}, 2);
            add_utf8(&wanted, c < 0xA0 ? high[c - 0x80] : c);
            add(&wanted, "y", 1);
        }
        becomes(&file, PLM_ENCODING_1252, PLM_ENCODING_1252, &wanted);
        becomes(&file, PLM_ENCODING_AUTO, PLM_ENCODING_1252, &wanted);
        free(file.byte);
        free(wanted.byte);
    }
}

/* Zeros are letters, which the reader of records refuses later, and gzip is unpacked. */
static void zeros_and_gzip(void **state)
{
    static const char text[] = "a\0b\xC3\xA9\n\0";
    opened o;
    bytes out = new_bytes();
    (void)state;
    begin(&o, test_write_packed("decode.gz", text, sizeof text), PLM_ENCODING_AUTO);
    assert_int_equal(decode_all(&o.d, LEAST, &out), PLM_OK);
    assert_int_equal(out.length, sizeof text);
    assert_memory_equal(out.byte, text, sizeof text);
    assert_int_equal(o.d.encoding, PLM_ENCODING_UTF8);
    end(&o);
    free(out.byte);
}

/* ---- errors ---- */

/* Bytes that the encoding does not have, with their line. */
static void wrong_bytes(void **state)
{
    static const struct {
        const char *file;
        size_t n;
        plm_encoding given;
        const char *error;
    } cases[] = {
        {"a\nb\n\xE9x\n", 7, PLM_ENCODING_UTF8, "line 3: the bytes e9 78 are not valid UTF-8"},
        {"\xC3\xA9\n\xE9x\n", 6, PLM_ENCODING_AUTO, "line 2: the bytes e9 78 are not valid UTF-8"},
        {"a\n\xC3", 3, PLM_ENCODING_UTF8, "line 2: the byte c3 is not valid UTF-8"},
        {"a\xC0\xAF", 3, PLM_ENCODING_UTF8, "line 1: the bytes c0 af"},         /* too long */
        {"a\xED\xA0\x80z", 5, PLM_ENCODING_UTF8, "line 1: the bytes ed a0"},    /* half a pair */
        {"a\xF4\x90\x80\x80", 5, PLM_ENCODING_UTF8, "line 1: the bytes f4 90"}, /* above 10FFFF */
        {"a\0\n\0\0", 5, PLM_ENCODING_UTF16LE, "half a letter of UTF-16"},
        {"a\0\n\0\x3D\xD8", 6, PLM_ENCODING_UTF16LE, "line 2: the bytes 3d d8 are half a letter"},
        {"a\0\x3D\xD8z\0z\0", 8, PLM_ENCODING_UTF16LE, "line 1: the bytes 3d d8 are half a letter"},
        {"\xD8\x3D\xD8\x3D", 4, PLM_ENCODING_UTF16BE, "the bytes d8 3d are half a letter"},
        {"\xDE\0\xD8\x3D", 4, PLM_ENCODING_UTF16BE, "the bytes de 00 are half a letter"}};
    bytes out = new_bytes();
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        opened o;
        begin(&o, test_write("wrong", cases[i].file, cases[i].n), cases[i].given);
        assert_int_equal(decode_all(&o.d, LEAST, &out), PLM_E_FORMAT);
        test_error(o.d.w, PLM_E_FORMAT, cases[i].error);
        end(&o);
    }
    free(out.byte);
}

/* A wrong byte far behind is found, too. */
static void wrong_byte_behind_a_buffer(void **state)
{
    bytes file = new_bytes(), out = new_bytes();
    (void)state;
    add_utf8(&file, 0xE9);
    while (file.length < RAW + 5)
        add(&file, file.length % 100 == 99 ? "\n" : "x", 1);
    add(&file, "\xE9z", 2);
    opened o;
    begin(&o, test_write("wrong", file.byte, file.length), PLM_ENCODING_AUTO);
    assert_int_equal(decode_all(&o.d, 1000, &out), PLM_E_FORMAT);
    test_error(o.d.w, PLM_E_FORMAT, "line 656: the bytes e9 7a are not valid UTF-8");
    end(&o);
    free(file.byte);
    free(out.byte);
}

/* Files of other kinds are refused by their first bytes; a file of fewer bytes is text. */
static void files_of_other_kinds(void **state)
{
    static const char *const kinds[][2] = {{"PK\3\4", "a ZIP archive, as workbooks of Excel are"},
                                           {"\xD0\xCF\x11\xE0", "a workbook of an old Excel"},
                                           {"PAR1", "a Parquet file"},
                                           {"\x89HDF", "an HDF5 file"},
                                           {"%PDF", "a PDF document"}};
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t length = 3; length < 6; length++) {
            char text[8], what[100];
            test_memory memory;
            plm *w = test_open(&memory, NULL);
            plm_decoder d = {.w = w, .path = "t.csv", .encoding = PLM_ENCODING_1252};
            snprintf(text, sizeof text, "%sx", kinds[i][0]);
            snprintf(what, sizeof what, "the file is %s", kinds[i][1]);
            assert_int_equal(plm_reader_open(w, test_write("other", text, length), &d.reader),
                             PLM_OK);
            assert_int_equal(plm_decode_begin(&d), length < 4 ? PLM_OK : PLM_E_FORMAT);
            if (length >= 4)
                assert_string_equal(plm_last_error(w)->what, what);
            plm_decode_end(&d);
            plm_reader_close(d.reader);
            test_close(w, &memory);
        }
}

static void names(void **state)
{
    static const struct {
        const char *name;
        plm_encoding encoding;
    } known[] = {{"auto", PLM_ENCODING_AUTO},       {"UTF-8", PLM_ENCODING_UTF8},
                 {"latin-1", PLM_ENCODING_1252},    {"ISO-8859-1", PLM_ENCODING_1252},
                 {"cp1252", PLM_ENCODING_1252},     {"utf-16", PLM_ENCODING_UTF16LE},
                 {"utf-16be", PLM_ENCODING_UTF16BE}};
    plm_encoding found;
    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        assert_true(plm_encoding_find(known[i].name, &found));
        assert_int_equal(found, known[i].encoding);
    }
    assert_false(plm_encoding_find("", &found));
    assert_false(plm_encoding_find("utf-32", &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_cross_buffers), cmocka_unit_test(marks),
        cmocka_unit_test(windows_1252),          cmocka_unit_test(zeros_and_gzip),
        cmocka_unit_test(wrong_bytes),           cmocka_unit_test(wrong_byte_behind_a_buffer),
        cmocka_unit_test(files_of_other_kinds),  cmocka_unit_test(names)};
    return cmocka_run_group_tests(tests, NULL, test_clean_group);
}
