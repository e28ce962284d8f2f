/* Reads the text of a cell: as a number, or as a mark of a missing value. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "table/store.h"

enum { LONGEST = 64 }; /* bytes of a number with signs around it */

bool plm_table_missing(const char *cell)
{
    static const char *const marks[] = {"NA",  "N/A",     "#N/A", "nan", "null", "nil",
                                        "n.a", "missing", "?",    "-",   "--",   "."};
    if (*cell == '\0')
        return true;
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
        if (strcmp(cell, marks[i]) == 0 || plm_name_equal(cell, marks[i]))
            return true;
    return false;
}

/* Reads a plain number. Hexadecimal ones, infinite ones and NaN are none. */
static bool read_plain(const char *cell, double *out)
{
    const char *end = NULL;
    if (*cell == '\0' || strpbrk(cell, "xXpPnN") != NULL)
        return false;
    *out = plm_text_number(cell, &end);
    return end != cell && *end == '\0' && isfinite(*out);
}

/* Returns the number of bytes of a currency sign at s; 0 = there is none. */
static size_t currency(const char *s)
{
    static const char *const signs[] = {"$", "\xE2\x82\xAC", "\xC2\xA3", "\xC2\xA5"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (strncmp(s, signs[i], strlen(signs[i])) == 0)
            return strlen(signs[i]);
    return 0;
}

/* Copies a cell without currency and percent signs and blanks beside them. Returns false if it has
 * none of them. */
static bool strip_signs(const char *cell, char out[LONGEST])
{
    size_t n = 0, signs = 0;
    for (const char *s = cell; *s != '\0' && n + 1 < LONGEST;) {
        const size_t skip = currency(s) > 0 ? currency(s) : *s == '%' && s[1] == '\0' ? 1 : 0;
        signs += skip > 0;
        if (skip > 0)
            s += skip;
        else
            out[n++] = *s++;
    }
    while (n > 0 && out[n - 1] == ' ')
        n--;
    out[n] = '\0';
    memmove(out, out + strspn(out, " "), strlen(out + strspn(out, " ")) + 1);
    return signs == 1;
}

bool plm_table_number(const char *cell, double *out)
{
    char bare[LONGEST];
    if (read_plain(cell, out))
        return true;
    return strlen(cell) < LONGEST && strip_signs(cell, bare) && read_plain(bare, out);
}
