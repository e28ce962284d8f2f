/* Reads and prints numbers with a decimal point. A program may set a locale with a decimal comma;
 * the library reads and writes a point all the same.
 *
 * Specs, run files and model files must mean the same on every machine, whatever language its user
 * speaks. Most programs never leave the C locale, so the locale is changed only where it has
 * another point. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* uselocale */
#endif
#include "base/decimal.h"
#include "base/notation.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

/* The C locale, which is in use while numbers are read or written, and the previous locale of the
 * thread. Both are 0 if the previous locale has a decimal point anyway. */
typedef struct {
    locale_t ours, theirs;
} notation;

/* Switches this thread to the C locale if needed. leave_notation undoes this. */
static notation enter_notation(void)
{
    notation n = {(locale_t)0, (locale_t)0};
    if (strcmp(nl_langinfo(RADIXCHAR), ".") == 0)
        return n;
    n.ours = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (n.ours)
        n.theirs = uselocale(n.ours);
    return n;
}

/* Restores the previous locale of the thread. */
static void leave_notation(notation n)
{
    if (n.ours) {
        uselocale(n.theirs);
        freelocale(n.ours);
    }
}

/* Prints as vsnprintf does, but in the C locale. Returns the length of the whole text. */
int plm_text_print(char *out, size_t capacity, const char *format, va_list list)
{
    const notation n = enter_notation();
    const int length = vsnprintf(out, capacity, format, list);
    leave_notation(n);
    return length;
}

/* Prints as snprintf does, but in the C locale. */
int plm_print(char *out, size_t capacity, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = plm_text_print(out, capacity, format, list);
    va_end(list);
    return length;
}

/* Reads a number by strtod in the C locale. */
static double read_slowly(const char *s, const char **end)
{
    const notation n = enter_notation();
    char *stop = NULL;
    const double value = strtod(s, &stop);
    leave_notation(n);
    *end = stop;
    return value;
}

/* Reads a number as strtod does, but with a decimal point, whatever the locale of the program is.
 * decimal.c reads decimal numbers, with the same bits as strtod and many times faster. Leading
 * blanks, hexadecimal digits, inf, nan and rare decimals that need more than 128 bits go to
 * strtod. */
double plm_text_number(const char *s, const char **end)
{
    const char *stop = NULL;
    const char **where = end ? end : &stop;
    plm_decimal d;
    double value = 0;
    const char *at = plm_decimal_read(s, &d);
    if (at == NULL || *at == 'x' || *at == 'X' || !plm_decimal_value(&d, &value))
        return read_slowly(s, where);
    *where = at;
    return value;
}

/* Prints whole numbers below 10^15 without an exponent, and other numbers with as few digits as
 * possible. */
void plm_text_from_number(double value, char *out, size_t capacity)
{
    if (isnan(value) || isinf(value)) {
        snprintf(out, capacity, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    if (fabs(value) < 1e15 && !(floor(value) < value)) { /* prints 500, not 5e+02 */
        snprintf(out, capacity, "%.0f", value);
        return;
    }
    const notation n = enter_notation();
    /* try more and more digits until the text gives the same number when it is read; 17 always
     * suffice */
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, capacity, "%.*g", digits, value);
        const double again = strtod(out, NULL);
        if (!(again < value) && !(again > value))
            break;
    }
    leave_notation(n);
}
