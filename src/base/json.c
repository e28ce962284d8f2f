/* A strict JSON reader that hands out one piece at a time, and the quoting of strings for a writer. */
#include "base/json.h"

#include <string.h>

plm_json plm_json_open(plm_arena *a, const char *where, const char *part, const char *text, size_t length)
{
    return (plm_json){.a = a, .where = where, .part = part, .text = text, .length = length};
}

plm_status plm_json_fail(const plm_json *j, const char *what)
{
    return plm_fail(j->a->w, PLM_E_FORMAT, j->where, "the file is damaged or was made by a faulty writer: get it again",
                    "%s, byte %zu: %s", j->part, j->at, what);
}

/* The next byte that is no blank, or -1 at the end. */
static int peek(plm_json *j)
{
    while (j->at < j->length && memchr(" \t\n\r", j->text[j->at], 4) != NULL)
        j->at++;
    return j->at < j->length ? (unsigned char)j->text[j->at] : -1;
}

static plm_status take(plm_json *j, char wanted, const char *what)
{
    if (peek(j) != (unsigned char)wanted)
        return plm_json_fail(j, what);
    j->at++;
    return PLM_OK;
}

plm_status plm_json_enter(plm_json *j, char bracket)
{
    PLM_TRY(take(j, bracket, bracket == '{' ? "expected an object { }" : "expected a list [ ]"));
    j->first = true;
    return PLM_OK;
}

plm_status plm_json_more(plm_json *j, char close, bool *more)
{
    const bool first = j->first;
    j->first = false;
    *more = peek(j) != (unsigned char)close;
    if (!*more) {
        j->at++;
        return PLM_OK;
    }
    if (!first)
        return take(j, ',', close == '}' ? "expected ',' or '}'" : "expected ',' or ']'");
    return PLM_OK;
}

plm_status plm_json_end(plm_json *j)
{
    return peek(j) < 0 ? PLM_OK : plm_json_fail(j, "expected the end");
}

/* ---- numbers ---- */

plm_status plm_json_whole(plm_json *j, int64_t *out)
{
    int64_t value = 0;
    peek(j);
    const size_t first = j->at;
    for (; j->at < j->length && j->text[j->at] >= '0' && j->text[j->at] <= '9'; j->at++) {
        const int digit = j->text[j->at] - '0';
        if (value > (INT64_MAX - digit) / 10)
            return plm_json_fail(j, "the number is too large");
        value = value * 10 + digit;
    }
    const bool fraction = j->at < j->length && memchr(".eE", j->text[j->at], 3) != NULL;
    if (j->at == first || fraction)
        return plm_json_fail(j, "expected a whole number of 0 or more");
    if (j->text[first] == '0' && j->at > first + 1)
        return plm_json_fail(j, "a number begins with a needless 0");
    *out = value;
    return PLM_OK;
}

/* ---- strings ---- */

/* Table 3-7 of the Unicode standard: lead bytes, the range of the second byte, bytes in all. */
static const struct {
    unsigned char first, last, low, high;
    size_t bytes;
} letters[] = {{0x00, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
               {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
               {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};

/* Bytes of the UTF-8 letter at s (at most `left`), 0 = none. */
static size_t utf8_letter(const unsigned char *s, size_t left)
{
    size_t row = 0;
    while (row < sizeof letters / sizeof letters[0] && (s[0] < letters[row].first || s[0] > letters[row].last))
        row++;
    if (row == sizeof letters / sizeof letters[0] || letters[row].bytes > left)
        return 0;
    if (letters[row].bytes > 1 && (s[1] < letters[row].low || s[1] > letters[row].high))
        return 0;
    for (size_t i = 2; i < letters[row].bytes; i++)
        if (s[i] < 0x80 || s[i] > 0xBF)
            return 0;
    return letters[row].bytes;
}

bool plm_utf8_valid(const char *s, size_t length)
{
    for (size_t at = 0, n = 0; at < length; at += n) {
        n = utf8_letter((const unsigned char *)s + at, length - at);
        if (n == 0)
            return false;
    }
    return true;
}

/* The four hexadecimal digits at the place reached. */
static plm_status read_unit(plm_json *j, uint32_t *out)
{
    uint32_t unit = 0;
    for (int i = 0; i < 4; i++, j->at++) {
        const char c = j->at < j->length ? j->text[j->at] : '\0';
        if (c >= '0' && c <= '9')
            unit = unit * 16 + (uint32_t)(c - '0');
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            unit = unit * 16 + (uint32_t)((c | 32) - 'a' + 10);
        else
            return plm_json_fail(j, "\\u wants four hexadecimal digits");
    }
    *out = unit;
    return PLM_OK;
}

/* Behind "\u": a letter, from one unit or a pair of surrogates. */
static plm_status read_code(plm_json *j, uint32_t *out)
{
    uint32_t high = 0, low = 0;
    PLM_TRY(read_unit(j, &high));
    *out = high;
    if (high == 0)
        return plm_json_fail(j, "a NUL in a string");
    if (high < 0xD800 || high > 0xDFFF)
        return PLM_OK;
    if (high <= 0xDBFF && j->length - j->at >= 2 && memcmp(j->text + j->at, "\\u", 2) == 0) {
        j->at += 2;
        PLM_TRY(read_unit(j, &low));
    }
    if (low < 0xDC00 || low > 0xDFFF)
        return plm_json_fail(j, "half a pair of surrogates");
    *out = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
    return PLM_OK;
}

/* A letter as UTF-8 in out; returns its bytes, 1 to 4. */
static size_t encode(uint32_t c, char *out)
{
    static const unsigned char lead[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    const size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
    for (size_t i = n; i-- > 1; c >>= 6)
        out[i] = (char)(0x80 | (c & 0x3F));
    out[0] = (char)(lead[n] | c);
    return n;
}

/* One letter as it stands in the text, to out; *n = its bytes. */
static plm_status read_letter(plm_json *j, char *out, size_t *n)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const unsigned char c = (unsigned char)j->text[j->at];
    if (c < 0x20)
        return plm_json_fail(j, "a control character in a string");
    if (c != '\\') {
        *n = utf8_letter((const unsigned char *)j->text + j->at, j->length - j->at);
        if (*n == 0)
            return plm_json_fail(j, "not UTF-8");
        memcpy(out, j->text + j->at, *n);
        j->at += *n;
        return PLM_OK;
    }
    j->at++;
    const char escape = j->at < j->length ? j->text[j->at] : '\0';
    const char *found = escape != '\0' ? strchr(from, escape) : NULL;
    if (found == NULL && escape != 'u')
        return plm_json_fail(j, "an unknown escape in a string");
    j->at++;
    if (found != NULL) {
        *out = to[found - from];
        *n = 1;
        return PLM_OK;
    }
    uint32_t code = 0;
    PLM_TRY(read_code(j, &code));
    *n = encode(code, out);
    return PLM_OK;
}

/* Bytes from the place reached to the closing quote, or SIZE_MAX. An escaped letter is never shorter than its UTF-8. */
static size_t raw_length(const plm_json *j)
{
    for (size_t at = j->at; at < j->length; at++) {
        if (j->text[at] == '"')
            return at - j->at;
        at += j->text[at] == '\\';
    }
    return SIZE_MAX;
}

plm_status plm_json_string(plm_json *j, const char **out)
{
    char letter[4] = "";
    size_t length = 0, n = 0;
    PLM_TRY(take(j, '"', "expected a string"));
    const size_t room = raw_length(j);
    if (room == SIZE_MAX)
        return plm_json_fail(j, "a string does not end");
    char *text = plm_arena_text(j->a, j->text + j->at, room);
    if (text == NULL)
        return PLM_E_MEMORY;
    while (j->text[j->at] != '"') {
        PLM_TRY(read_letter(j, letter, &n));
        memcpy(text + length, letter, n);
        length += n;
    }
    text[length] = '\0';
    j->at++;
    *out = text;
    return PLM_OK;
}

plm_status plm_json_key(plm_json *j, const char **out)
{
    PLM_TRY(plm_json_string(j, out));
    return take(j, ':', "expected ':'");
}

/* ---- writing ---- */

void plm_json_quote(plm_text *t, const char *s)
{
    plm_text_add(t, "\"");
    while (*s != '\0') {
        const size_t plain = strcspn(s, "\"\\\x01\x02\x03\x04\x05\x06\x07\b\t\n\x0b\f\r\x0e\x0f\x10\x11\x12\x13\x14"
                                        "\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f");
        plm_text_append(t, s, plain);
        s += plain;
        if (*s == '"' || *s == '\\')
            plm_text_format(t, "\\%c", *s++);
        else if (*s != '\0')
            plm_text_format(t, "\\u%04x", (unsigned)(unsigned char)*s++);
    }
    plm_text_add(t, "\"");
}
