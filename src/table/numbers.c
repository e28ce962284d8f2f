/* Reads numbers as people write them in tables: 507,501.43 and 1.234,56, $1,200 and 5 EUR, 12 %,
 * (1,200) for a negative number, 1 234.5 and 1'234.5. 1.234 is a number a little above 1 in one
 * country, and a thousand times as much in another. So a text may fit several formats, with a value
 * in each. All are reported, and settle.c decides for the whole column. */
#include <math.h>
#include <string.h>

#include "base/notation.h"
#include "table/formats.h"

enum { LONGEST = 64 }; /* bytes of a number with all its signs */

static const char digits[] = "0123456789";

/* ---- signs ---- */

/* Signs of currencies. The signs of one currency have the same number. Longer signs are listed
 * first, since a sign may begin with a shorter one. */
static const struct {
    const char *sign;
    int number;
} currencies[] = {{"US$", 1},           {"$", 1},        {"USD", 1},           {"\xE2\x82\xAC", 2},
                  {"EUR", 2},           {"\xC2\xA3", 3}, {"GBP", 3},           {"\xC2\xA5", 4},
                  {"JPY", 4},           {"CHF", 5},      {"Fr.", 5},           {"\xE2\x82\xB9", 6},
                  {"INR", 6},           {"SEK", 7},      {"NOK", 8},           {"DKK", 9},
                  {"kr", 10},           {"PLN", 11},     {"z\xC5\x82", 11},    {"R$", 12},
                  {"\xE2\x82\xBD", 13}, {"RUB", 13},     {"\xE2\x82\xA9", 14}, {"CNY", 15},
                  {"CAD", 16},          {"AUD", 17}};
enum { CURRENCIES = sizeof currencies / sizeof *currencies };

/* Returns the sign of a currency. A currency may have several signs; the first one in the table is
 * returned. */
const char *plm_currency_sign(int currency)
{
    for (int i = 0; i < CURRENCIES; i++)
        if (currencies[i].number == currency)
            return i == 0 ? "$" : currencies[i].sign;
    return "";
}

/* Returns the index in the table of the currency sign at the beginning of s, or -1. */
static int currency_before(const char *s)
{
    if (*s >= '0' && *s <= '9')
        return -1;
    for (int i = 0; i < CURRENCIES; i++)
        if (strncmp(s, currencies[i].sign, strlen(currencies[i].sign)) == 0)
            return i;
    return -1;
}

/* Returns the index in the table of the currency sign that ends s[0 .. n), or -1. */
static int currency_behind(const char *s, size_t n)
{
    if (s[n - 1] >= '0' && s[n - 1] <= '9')
        return -1;
    for (int i = 0; i < CURRENCIES; i++) {
        const size_t length = strlen(currencies[i].sign);
        if (length <= n && memcmp(s + n - length, currencies[i].sign, length) == 0)
            return i;
    }
    return -1;
}

/* Copies the cell, and replaces characters by ASCII characters with the same meaning: non-breaking
 * and thin blanks, the minus sign and the curly apostrophe. False: the cell is too long for a
 * number. */
static bool simplify(const char *cell, char out[LONGEST])
{
    static const char *const same[][2] = {{"\xC2\xA0", " "},
                                          {"\xE2\x80\xAF", " "},
                                          {"\xE2\x80\x89", " "},
                                          {"\xE2\x88\x92", "-"},
                                          {"\xE2\x80\x99", "'"}};
    size_t n = 0;
    while (*cell != '\0' && n + 1 < LONGEST) {
        const size_t all = sizeof same / sizeof *same;
        size_t i = (unsigned char)*cell < 0x80 ? all : 0;
        while (i < all && strncmp(cell, same[i][0], strlen(same[i][0])) != 0)
            i++;
        const bool other = i < all;
        out[n++] = other ? *same[i][1] : *cell;
        cell += other ? strlen(same[i][0]) : 1;
    }
    out[n] = '\0';
    return *cell == '\0';
}

/* A number without its signs: the digits, and the meaning of the signs before and after them. */
typedef struct {
    char *core;
    int signs, brackets, percents, currencies, currency;
    bool negative;
} stripped;

/* Reads the part before the digits: blanks, a sign, a bracket, a currency. */
static void strip_front(stripped *s)
{
    for (;;) {
        const int currency = currency_before(s->core);
        if (*s->core == '-' || *s->core == '+') {
            s->negative ^= *s->core == '-';
            s->signs++;
        } else if (*s->core == '(') {
            s->brackets++;
        } else if (currency >= 0) {
            s->currencies++;
            s->currency = currencies[currency].number;
            s->core += strlen(currencies[currency].sign) - 1;
        } else if (*s->core != ' ') {
            return;
        }
        s->core++;
    }
}

/* Takes what stands behind the digits. */
static void strip_back(stripped *s)
{
    for (size_t n = strlen(s->core); n > 0;) {
        const int currency = currency_behind(s->core, n);
        const char last = s->core[n - 1];
        size_t length = 1;
        if (last == '%') {
            s->percents++;
        } else if (last == ')') {
            s->brackets += 8;
        } else if (last == '-') {
            s->signs++;
            s->negative = true;
        } else if (currency >= 0) {
            s->currencies++;
            s->currency = currencies[currency].number;
            length = strlen(currencies[currency].sign);
        } else if (last != ' ') {
            return;
        }
        n -= length;
        s->core[n] = '\0';
    }
}

/* True if the number has at most one plus, minus or pair of brackets, and at most one percent or
 * currency sign. */
static bool is_consistent(const stripped *s)
{
    return s->signs <= 1 && (s->brackets == 0 || (s->brackets == 9 && s->signs == 0)) &&
           s->percents + s->currencies <= 1;
}

/* ---- digits ---- */

/* Copies a whole number whose digits may be in groups: "12,345,678", "12 345 678". The first group
 * has 1 to 3 digits and is not 0, all other groups have 3 digits; in India, all groups but the last
 * have 2. All groups are separated by the same character: `separator`, a blank or an apostrophe.
 * Moves *s past the number. False: the groups are not of this kind. */
static bool copy_groups(const char **s, char separator, char **out)
{
    size_t n = strspn(*s, digits);
    const char *first = *s;
    memcpy(*out, *s, n);
    *out += n;
    *s += n;
    const char mark = **s;
    if (mark == '\0' || (mark != separator && mark != ' ' && mark != '\''))
        return true;
    if (n < 1 || n > 3 || *first == '0')
        return false;
    while (**s == mark) {
        n = strspn(*s + 1, digits);
        if (n != 3 && !(n == 2 && (*s)[3] == mark))
            return false;
        memcpy(*out, *s + 1, n);
        *out += n;
        *s += n + 1;
    }
    return n == 3;
}

/* Reads digits, with decimals after `point` and thousands separated by `separator`. */
static bool read_core(const char *s, char point, char separator, double *out)
{
    char plain[LONGEST + 8], *to = plain;
    const char *end = NULL;
    if (!copy_groups(&s, separator, &to))
        return false;
    if (*s == point) {
        const size_t n = strspn(++s, digits);
        *to++ = '.';
        memcpy(to, s, n);
        to += n;
        s += n;
    }
    if (to == plain || (to == plain + 1 && *plain == '.'))
        return false;
    if (*s == 'e' || *s == 'E') {
        const size_t sign = s[1] == '-' || s[1] == '+', n = strspn(s + 1 + sign, digits);
        if (n == 0)
            return false;
        memcpy(to, s, 1 + sign + n);
        to += 1 + sign + n;
        s += 1 + sign + n;
    }
    *to = '\0';
    *out = plm_text_number(plain, &end);
    return *s == '\0' && *end == '\0' && isfinite(*out);
}

/* Reads a number: removes everything that does not change the value, such as a currency, then
 * compares the rest with each format. */
void plm_cell_read_number(const char *cell, plm_cell_reading *out)
{
    static const char sign[PLM_FORMAT_COMMA + 1][2] = {{'.', ','}, {',', '.'}};
    char text[LONGEST];
    stripped s = {.core = text};
    if (strpbrk(cell, digits) == NULL || !simplify(cell, text))
        return;
    strip_front(&s);
    strip_back(&s);
    if (!is_consistent(&s))
        return;
    for (int f = 0; f <= PLM_FORMAT_COMMA; f++) {
        double x = 0;
        if (!read_core(s.core, sign[f][0], sign[f][1], &x))
            continue;
        out->fits |= 1u << f;
        out->value[f] = s.negative || s.brackets > 0 ? -x : x;
        out->percent = s.percents > 0;
        out->currency = s.currency;
    }
}
