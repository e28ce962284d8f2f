/* Characters of UTF-8. Texts from other people's files (names of layers and columns, cells, file
 * names) may hold escape sequences that move the cursor, rename the window or reorder the text
 * before them. plm_printable is the one function that makes a text safe for a terminal or a log:
 * every message of the library passes through it. */
#include "base/letters.h"

#include <stdio.h>
#include <string.h>

/* Size of a buffer for one escape: the longest, such as \U000e0001, and a NUL, rounded up. */
enum { MAX_ESCAPE = 12 };

/* Table 3-7 of the Unicode standard: range of the first byte, range of the second byte, number of
 * bytes. */
static const struct {
    unsigned char first, last, low, high;
    size_t bytes;
} letters[] = {
    {0x00, 0x7F, 0x00, 0xFF, 1}, {0xC2, 0xDF, 0x80, 0xBF, 2}, {0xE0, 0xE0, 0xA0, 0xBF, 3},
    {0xE1, 0xEC, 0x80, 0xBF, 3}, {0xED, 0xED, 0x80, 0x9F, 3}, {0xEE, 0xEF, 0x80, 0xBF, 3},
    {0xF0, 0xF0, 0x90, 0xBF, 4}, {0xF1, 0xF3, 0x80, 0xBF, 4}, {0xF4, 0xF4, 0x80, 0x8F, 4}};

/* Characters that become escapes, since they control the terminal, reorder the text around them,
 * end the line or are invisible. Joiners (U+200C, U+200D) do not become escapes: Persian and Indian
 * languages need them inside words. */
static const struct {
    uint32_t first, last;
} hidden[] = {{0x00, 0x1F},     {0x7F, 0x9F},      {0x061C, 0x061C}, {0x200B, 0x200B},
              {0x200E, 0x200F}, {0x2028, 0x202E},  {0x2060, 0x206F}, {0xFEFF, 0xFEFF},
              {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

/* Returns the code point of the character whose bytes are s[0 .. bytes). */
static uint32_t code_of(const unsigned char *s, size_t bytes)
{
    uint32_t code = bytes == 1 ? s[0] : s[0] & (0xFFu >> (bytes + 1));
    for (size_t i = 1; i < bytes; i++)
        code = code << 6 | (s[i] & 0x3Fu);
    return code;
}

/* Returns the row of the table that fits the first byte of s, if all bytes of the character are
 * there; -1 = none. */
static int row_of(const unsigned char *s, size_t left)
{
    const int rows = (int)(sizeof letters / sizeof letters[0]);
    int row = 0;
    while (row < rows && (s[0] < letters[row].first || s[0] > letters[row].last))
        row++;
    return row < rows && letters[row].bytes <= left ? row : -1;
}

/* Finds the row of the table for the first byte, which gives the number of bytes and the range of
 * the second one. All later bytes must be 0x80 to 0xBF. */
size_t plm_utf8_letter(const char *text, size_t left, uint32_t *code)
{
    const unsigned char *s = (const unsigned char *)text;
    const int row = left > 0 ? row_of(s, left) : -1;
    if (row < 0)
        return 0;
    const size_t bytes = letters[row].bytes;
    if (bytes > 1 && (s[1] < letters[row].low || s[1] > letters[row].high))
        return 0;
    for (size_t i = 2; i < bytes; i++)
        if (s[i] < 0x80 || s[i] > 0xBF)
            return 0;
    if (code)
        *code = code_of(s, bytes);
    return bytes;
}

/* Writes a character as UTF-8. The bytes after the first hold six bits each, from the last byte up;
 * the leading ones of the first byte give the number of bytes. */
size_t plm_utf8_put(uint32_t code, char out[4])
{
    unsigned char *o = (unsigned char *)out;
    if (code < 0x80) {
        o[0] = (unsigned char)code;
        return 1;
    }
    const size_t bytes = code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    for (size_t i = bytes - 1; i > 0; i--, code >>= 6)
        o[i] = (unsigned char)(0x80 | (code & 0x3F));
    o[0] = (unsigned char)(code | (0xF00u >> bytes & 0xFF));
    return bytes;
}

/* True if the text is UTF-8. Goes from character to character; a length of 0 means that the bytes
 * are not UTF-8. */
bool plm_utf8_valid(const char *s, size_t length)
{
    for (size_t at = 0, n = 0; at < length; at += n) {
        n = plm_utf8_letter(s + at, length - at, NULL);
        if (n == 0)
            return false;
    }
    return true;
}

/* Returns the number of characters. A byte that is not UTF-8 is one character. */
int plm_utf8_letters(const char *s)
{
    const size_t length = strlen(s);
    int count = 0;
    for (size_t at = 0; at < length; count++) {
        const size_t n = plm_utf8_letter(s + at, length - at, NULL);
        at += n > 0 ? n : 1;
    }
    return count;
}

/* True if the character is invisible, that is, in the table `hidden`. */
static bool hides(uint32_t code)
{
    for (size_t i = 0; i < sizeof hidden / sizeof hidden[0]; i++)
        if (code >= hidden[i].first && code <= hidden[i].last)
            return true;
    return false;
}

/* True if every character is printable. Bytes that are not UTF-8 and hidden characters are not. */
bool plm_is_printable(const char *s)
{
    const size_t length = strlen(s);
    uint32_t code = 0;
    for (size_t at = 0, n = 0; at < length; at += n) {
        n = plm_utf8_letter(s + at, length - at, &code);
        if (n == 0 || hides(code))
            return false;
    }
    return true;
}

/* Writes the character of n bytes at s, whose code point is `code`. A hidden character, such as a
 * line feed or a tab, becomes an escape. n = 0: s is a byte that is not UTF-8. Returns the number
 * of bytes written. */
static size_t shown(const char *s, size_t n, uint32_t code, char out[MAX_ESCAPE])
{
    static const char *const named[] = {"\tt", "\nn", "\rr"};
    for (size_t i = 0; i < sizeof named / sizeof named[0]; i++)
        if (*s == named[i][0])
            return (size_t)snprintf(out, MAX_ESCAPE, "\\%c", named[i][1]);
    if (n == 0 || (hides(code) && code < 0x80))
        return (size_t)snprintf(out, MAX_ESCAPE, "\\x%02x", (unsigned)(unsigned char)*s);
    if (hides(code))
        return (size_t)snprintf(out, MAX_ESCAPE, code > 0xFFFF ? "\\U%08x" : "\\u%04x",
                                (unsigned)code);
    memcpy(out, s, n);
    return n;
}

/* Makes a text printable. Writes as many whole characters and escapes as fit, and returns the
 * number of bytes of the whole result. */
size_t plm_printable(const char *text, char *out, size_t capacity)
{
    const char *s = text ? text : "";
    const size_t length = strlen(s);
    size_t all = 0;
    bool full = out == NULL || capacity == 0;
    if (!full)
        out[0] = '\0';
    for (size_t at = 0; at < length;) {
        char letter[MAX_ESCAPE];
        uint32_t code = 0;
        const size_t n = plm_utf8_letter(s + at, length - at, &code),
                     bytes = shown(s + at, n, code, letter);
        /* after the first character that does not fit, only the length is counted */
        full = full || all + bytes >= capacity;
        if (!full) {
            memcpy(out + all, letter, bytes);
            out[all + bytes] = '\0';
        }
        all += bytes;
        at += n > 0 ? n : 1;
    }
    return all;
}
