/* Numbers as text in the C locale's notation: a program may set a locale with a decimal comma;
 * what we read and write never follows it. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* uselocale */
#endif
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

/* Powers of ten that a double holds exactly. */
static const double exact_power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

static double read_slowly(const char *s, const char **end)
{
    const notation n = enter_notation();
    char *stop = NULL;
    const double value = strtod(s, &stop);
    leave_notation(n);
    *end = stop;
    return value;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* A run of digits: value so far and how many. */
typedef struct {
    uint64_t mantissa;
    int digits;
} decimal;

static const char *read_digits(const char *at, decimal *d)
{
    for (; is_digit(*at); at++, d->digits++)
        d->mantissa = d->mantissa * 10 + (uint64_t)(*at - '0');
    return at;
}

/* The usual short number, digits[.digits], by one exact integer and one correctly rounded
 * division (Clinger 1990): many times faster than strtod, and the same bits. Everything else
 * goes to strtod. */
double plm_text_number(const char *s, const char **end)
{
    const char *stop = NULL;
    const char **where = end ? end : &stop;
    decimal d = {0};
    const char *at = read_digits(s + (*s == '-' || *s == '+'), &d);
    const int before = d.digits;
    if (*at == '.' && is_digit(at[1]))
        at = read_digits(at + 1, &d);
    if (d.digits == 0 || d.digits > 15 || (*at && strchr(".eExX", *at))) /* x: 0x1p3 */
        return read_slowly(s, where);
    *where = at;
    const double value = (double)d.mantissa / exact_power[d.digits - before];
    return *s == '-' ? -value : value;
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
