/* Removes blanks of other widths than the usual one from both ends of a cell: the no-break space of
 * web pages and spreadsheets, thin and wide ones. Nobody sees them, so "cat" with and without one
 * would be two classes that look the same. */
#include <string.h>

#include "table/store.h"

/* Returns the number of bytes of the blank in UTF-8 at s, of which n bytes are left; 0 = there is
 * none. These are U+00A0, U+2000 to U+200A, U+202F, U+205F and U+3000. */
static size_t blank_at(const char *s, size_t n)
{
    static const char *const blanks[] = {" ",
                                         "\t",
                                         "\xC2\xA0",
                                         "\xE2\x80\x80",
                                         "\xE2\x80\x81",
                                         "\xE2\x80\x82",
                                         "\xE2\x80\x83",
                                         "\xE2\x80\x84",
                                         "\xE2\x80\x85",
                                         "\xE2\x80\x86",
                                         "\xE2\x80\x87",
                                         "\xE2\x80\x88",
                                         "\xE2\x80\x89",
                                         "\xE2\x80\x8A",
                                         "\xE2\x80\xAF",
                                         "\xE2\x81\x9F",
                                         "\xE3\x80\x80"};
    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++) {
        const size_t size = strlen(blanks[i]);
        if (size <= n && memcmp(s, blanks[i], size) == 0)
            return size;
    }
    return 0;
}

/* If the first and the last byte of a cell are ASCII, the cell has no blanks beyond ASCII at its
 * ends and is left unchanged. ASCII blanks were removed before, or are in quotes. */
const char *plm_trim_wide(const char *s, size_t *n)
{
    size_t size = *n > 0 && (unsigned char)*s >= 0x80 ? blank_at(s, *n) : 0;
    while (size > 0) {
        s += size;
        *n -= size;
        size = blank_at(s, *n);
    }
    if (*n == 0 || (unsigned char)s[*n - 1] < 0x80)
        return s;
    for (bool more = true; more;) {
        more = false;
        for (size_t k = 1; k <= 3 && k <= *n && !more; k++)
            if (blank_at(s + *n - k, k) == k) {
                *n -= k;
                more = true;
            }
    }
    return s;
}
