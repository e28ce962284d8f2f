/* Decodes text to UTF-8. If a file is UTF-8, its bytes are only checked. ASCII bytes, of which most
 * tables consist, are checked eight at a time. */
#include "data/decode.h"

#include <string.h>

#include "base/letters.h"
#include "base/names.h"

/* RAW: number of bytes read from the file at once. LONGEST: max bytes of a UTF-8 character. */
enum { RAW = 1 << 16, LONGEST = 4 };

/* Finds an encoding by its name. Latin-1 is read as Windows-1252, as in browsers: they differ only
 * in control characters, which do not occur in tables. */
bool plm_encoding_find(const char *name, plm_encoding *out)
{
    static const struct {
        const char *name;
        plm_encoding encoding;
    } known[] = {{"auto", PLM_ENCODING_AUTO},        {"utf-8", PLM_ENCODING_UTF8},
                 {"utf8", PLM_ENCODING_UTF8},        {"windows-1252", PLM_ENCODING_1252},
                 {"cp1252", PLM_ENCODING_1252},      {"latin-1", PLM_ENCODING_1252},
                 {"latin1", PLM_ENCODING_1252},      {"iso-8859-1", PLM_ENCODING_1252},
                 {"utf-16le", PLM_ENCODING_UTF16LE}, {"utf-16be", PLM_ENCODING_UTF16BE},
                 {"utf-16", PLM_ENCODING_UTF16LE}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (plm_name_equal(name, known[i].name)) {
            *out = known[i].encoding;
            return true;
        }
    return false;
}

/* ---- bytes ---- */

/* Moves the bytes that are not decoded yet to the beginning of `raw`, and fills the rest from the
 * file. If plm_reader_read returns fewer bytes than requested, the file has ended. */
static plm_status refill(plm_decoder *d)
{
    size_t got = 0;
    memmove(d->raw, d->raw + d->at, d->end - d->at);
    d->end -= d->at;
    d->at = 0;
    if (d->over)
        return PLM_OK;
    PLM_TRY(plm_reader_read(d->reader, (char *)d->raw + d->end, RAW - d->end, &got));
    d->end += got;
    d->over = d->end < RAW;
    return PLM_OK;
}

/* Skips a byte order mark, which determines the encoding. */
static void take_mark(plm_decoder *d)
{
    static const struct {
        const char *bytes;
        size_t length;
        plm_encoding encoding;
    } marks[] = {{"\xEF\xBB\xBF", 3, PLM_ENCODING_UTF8},
                 {"\xFF\xFE", 2, PLM_ENCODING_UTF16LE},
                 {"\xFE\xFF", 2, PLM_ENCODING_UTF16BE}};
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (d->end < marks[i].length || memcmp(d->raw, marks[i].bytes, marks[i].length) != 0)
            continue;
        d->at = d->mark = marks[i].length;
        d->encoding = marks[i].encoding;
        return;
    }
}

/* Fails for a file of another program, which is recognized by its first bytes, whatever its name
 * is. Read as text, it would be a meaningless table. */
static plm_status refuse_other(const plm_decoder *d)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *what, *hint;
    } others[] = {
        {"PK\3\4", 4, "a ZIP archive, as workbooks of Excel are", "save the sheet as CSV"},
        {"\xD0\xCF\x11\xE0", 4, "a workbook of an old Excel", "save the sheet as CSV"},
        {"PAR1", 4, "a Parquet file", "write the table as CSV, for example with to_csv of pandas"},
        {"\x89HDF", 4, "an HDF5 file", "write the table as CSV, for example with to_csv of pandas"},
        {"%PDF", 4, "a PDF document", "download or save the table as CSV"},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (d->end >= others[i].length && !memcmp(d->raw, others[i].bytes, others[i].length))
            return plm_fail(d->w, PLM_E_FORMAT, d->path, others[i].hint, "the file is %s",
                            others[i].what);
    return PLM_OK;
}

/* Begins decoding, also again from the beginning of the file. */
plm_status plm_decode_begin(plm_decoder *d)
{
    if (d->raw == NULL)
        d->raw = plm_allocate_unset(d->w, RAW);
    if (d->raw == NULL)
        return PLM_E_MEMORY;
    d->at = d->end = d->mark = 0;
    d->line = 0;
    d->over = false;
    PLM_TRY(plm_reader_rewind(d->reader));
    PLM_TRY(refill(d));
    PLM_TRY(refuse_other(d));
    take_mark(d);
    return PLM_OK;
}

/* Continues at a position in the text. This is only possible in UTF-8, where a position in the text
 * is a position in the file, after the byte order mark (BOM). */
plm_status plm_decode_go(plm_decoder *d, int64_t place)
{
    d->at = d->end = 0;
    d->over = false;
    PLM_TRY(plm_reader_rewind(d->reader));
    return plm_reader_skip(d->reader, (size_t)place + d->mark);
}

/* The decoder may be begun again. */
void plm_decode_end(plm_decoder *d)
{
    plm_release(d->w, d->raw);
    d->raw = NULL;
}

/* Fails because the next bytes are invalid in the encoding. out: the end of the text that was
 * decoded before them. */
static plm_status fail_bytes(const plm_decoder *d, const char *out, const char *what,
                             const char *hint)
{
    const unsigned char *at = d->raw + d->at;
    int64_t line = d->line + 1;
    for (const char *c = d->since; c && c < out; c++)
        line += *c == '\n';
    if (d->end - d->at < 2)
        return plm_fail(d->w, PLM_E_FORMAT, d->path, hint, "line %lld: the byte %02x is %s",
                        (long long)line, at[0], what);
    return plm_fail(d->w, PLM_E_FORMAT, d->path, hint, "line %lld: the bytes %02x %02x are %s",
                    (long long)line, at[0], at[1], what);
}

/* ---- UTF-8 ---- */

/* Counts ASCII bytes. The top bits of eight bytes are tested at once, which does not depend on the
 * byte order. */
size_t plm_decode_ascii(const char *s, size_t n)
{
    size_t i = 0;
    uint64_t eight = 0;
    for (; i + 8 <= n; i += 8) {
        memcpy(&eight, s + i, 8);
        if ((eight & UINT64_C(0x8080808080808080)) != 0)
            break;
    }
    while (i < n && (unsigned char)s[i] < 0x80)
        i++;
    return i;
}

/* Counts the bytes of valid characters. Most texts are ASCII, of which eight bytes are tested at a
 * time; only other characters are checked one by one. */
size_t plm_decode_letters(const char *s, size_t n)
{
    size_t i = 0;
    for (;;) {
        i += plm_decode_ascii(s + i, n - i);
        const size_t length = i < n ? plm_utf8_letter(s + i, n - i, NULL) : 0;
        if (length == 0)
            return i;
        i += length;
    }
}

/* Returns how many of the bytes raw[at .. at + n) are complete UTF-8 characters. *bad = true: the
 * bytes after them are not a character; otherwise they are the beginning of one. A character may be
 * cut off by the end of the buffer, so fewer than LONGEST bytes at the end are an error only at the
 * end of the file. */
static size_t count_utf8(const plm_decoder *d, size_t n, bool *bad)
{
    const size_t i = plm_decode_letters((const char *)d->raw + d->at, n);
    *bad = i < n && (n - i >= LONGEST || (d->over && d->at + n == d->end));
    return i;
}

/* Handles the next bytes, which are not valid UTF-8. If the encoding is not determined and all text
 * so far is ASCII, the file is regarded as Windows-1252; otherwise they are an error. One UTF-8
 * character beyond ASCII proves that the file is UTF-8; invalid bytes after it are an error, not
 * another encoding. */
static plm_status take_other(plm_decoder *d, const char *out)
{
    if (d->encoding != PLM_ENCODING_AUTO)
        return fail_bytes(d, out, "not valid UTF-8, although the text before is UTF-8",
                          "save the table as UTF-8, or set encoding='windows-1252'");
    d->encoding = PLM_ENCODING_1252;
    return PLM_OK;
}

/* Copies letters of UTF-8. */
static plm_status copy_utf8(plm_decoder *d, char *out, size_t capacity, size_t *got)
{
    bool bad = false;
    const size_t there = d->end - d->at, n = there < capacity ? there : capacity;
    const size_t good = count_utf8(d, n, &bad);
    if (d->encoding == PLM_ENCODING_AUTO &&
        plm_decode_ascii((const char *)d->raw + d->at, good) < good)
        d->encoding = PLM_ENCODING_UTF8;
    if (bad && good == 0)
        return take_other(d, out);
    memcpy(out, d->raw + d->at, good);
    d->at += good;
    *got = good;
    return PLM_OK;
}

/* ---- other encodings ---- */

/* Decodes Windows-1252: each byte is a character. 80 to 9f differ from Latin-1 (WHATWG,
 * Encoding). */
static plm_status copy_1252(plm_decoder *d, char *out, size_t capacity, size_t *got)
{
    static const uint16_t high[32] = {
        0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0x8D,   0x017D, 0x8F,   0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178};
    size_t at = d->at;
    for (; at < d->end && *got + LONGEST <= capacity; at++) {
        const unsigned char c = d->raw[at];
        *got += plm_utf8_put(c >= 0x80 && c < 0xA0 ? high[c - 0x80] : c, out + *got);
    }
    d->at = at;
    return PLM_OK;
}

/* Reads the next character of UTF-16. A code point above 16 bits consists of two halves (a
 * surrogate pair). Returns the number of bytes of the character; 0 = its last bytes are missing.
 * *code = UINT32_MAX: half of a pair is missing. At the end of the file a missing second half is
 * read as 0, which is not a valid half, so it is reported. */
static size_t read_utf16(const plm_decoder *d, uint32_t *code)
{
    const size_t low = d->encoding == PLM_ENCODING_UTF16LE ? 0 : 1, left = d->end - d->at;
    const unsigned char *s = d->raw + d->at;
    if (left < 2)
        return 0;
    *code = (uint32_t)(s[low] | s[1 - low] << 8);
    if (*code < 0xD800 || *code >= 0xE000)
        return 2;
    if (left < 4 && !d->over)
        return 0;
    const uint32_t next = left < 4 ? 0 : (uint32_t)(s[2 + low] | s[3 - low] << 8);
    const bool pair = *code < 0xDC00 && next >= 0xDC00 && next < 0xE000;
    *code = pair ? 0x10000 + ((*code - 0xD800) << 10) + (next - 0xDC00) : UINT32_MAX;
    return 4;
}

/* Decodes UTF-16. */
static plm_status copy_utf16(plm_decoder *d, char *out, size_t capacity, size_t *got)
{
    uint32_t code = 0;
    while (*got + LONGEST <= capacity) {
        const size_t bytes = read_utf16(d, &code);
        if (bytes == 0)
            break;
        if (code == UINT32_MAX)
            return fail_bytes(d, out + *got, "half a letter of UTF-16", "save the table as UTF-8");
        *got += plm_utf8_put(code, out + *got);
        d->at += bytes;
    }
    if (*got == 0 && d->over && d->end - d->at == 1)
        return fail_bytes(d, out, "half a letter of UTF-16",
                          "the file is truncated: download or create it again");
    return PLM_OK;
}

/* ---- all together ---- */

/* Decodes what is in `raw`. */
static plm_status copy(plm_decoder *d, char *out, size_t capacity, size_t *got)
{
    if (d->encoding == PLM_ENCODING_1252)
        return copy_1252(d, out, capacity, got);
    if (d->encoding == PLM_ENCODING_UTF16LE || d->encoding == PLM_ENCODING_UTF16BE)
        return copy_utf16(d, out, capacity, got);
    return copy_utf8(d, out, capacity, got);
}

/* Decodes text. If a step decodes nothing, since the encoding has changed or a character is
 * incomplete, it is repeated, so that *got == 0 only means the end. */
plm_status plm_decode(plm_decoder *d, char *out, size_t capacity, size_t *got)
{
    *got = 0;
    while (*got == 0) {
        if (d->at == d->end || (d->end - d->at < LONGEST && !d->over))
            PLM_TRY(refill(d));
        if (d->at == d->end && d->over)
            return PLM_OK;
        const plm_encoding before = d->encoding;
        PLM_TRY(copy(d, out, capacity, got));
        if (*got == 0 && d->encoding == before && !d->over)
            PLM_TRY(refill(d));
    }
    return PLM_OK;
}
