/* Numbers as text in the C locale's notation: a program may set a locale with a decimal comma;
 * what we read and write never follows it. */
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

/* The C locale for this thread while numbers are read or written; zero where the radix is a
 * point already. */
typedef struct {
    locale_t ours, theirs;
} notation;

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

static void leave_notation(notation n)
{
    if (n.ours) {
        uselocale(n.theirs);
        freelocale(n.ours);
    }
}

int plm_text_print(char *out, size_t room, const char *format, va_list list)
{
    const notation n = enter_notation();
    const int length = vsnprintf(out, room, format, list);
    leave_notation(n);
    return length;
}

static double read_slowly(const char *s, const char **end)
{
    const notation n = enter_notation();
    char *stop = NULL;
    const double value = strtod(s, &stop);
    leave_notation(n);
    *end = stop;
    return value;
}

/* Decimal numbers are read here, many times faster than by strtod, with the same bits. Blanks
 * before them, hexadecimal digits, inf, nan and the rare decimal that needs more than 128 bits go
 * to it. */
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

void plm_text_from_number(double value, char *out, size_t room)
{
    if (isnan(value) || isinf(value)) {
        snprintf(out, room, "%s", isnan(value) ? "nan" : value < 0 ? "-inf" : "inf");
        return;
    }
    if (fabs(value) < 1e15 && !(floor(value) < value)) { /* 500, not 5e+02 */
        snprintf(out, room, "%.0f", value);
        return;
    }
    const notation n = enter_notation();
    for (int digits = 1; digits <= 17; digits++) {
        snprintf(out, room, "%.*g", digits, value);
        const double again = strtod(out, NULL);
        if (!(again < value) && !(again > value))
            break;
    }
    leave_notation(n);
}
