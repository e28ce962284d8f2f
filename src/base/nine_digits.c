/* Writes numbers with nine significant digits, as "%.9g" does, several times faster, since tables
 * of measurements have thousands of them. Nine digits are enough to read every float32 back
 * exactly. */
#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/notation.h"
#include "base/text.h"

/* DIGITS: number of digits written. LARGEST: 10^LARGEST is the largest power of ten that a double
 * holds exactly. */
enum { DIGITS = 9, LARGEST = 22 };

/* Returns |value| * 10^(8 - exponent), rounded once; NaN if a double does not hold that power of
 * ten exactly. */
static double scaled(double value, int exponent)
{
    static const double power[LARGEST + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                              1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    const int by = DIGITS - 1 - exponent;
    if (by > LARGEST || by < -LARGEST)
        return (double)NAN;
    return by < 0 ? fabs(value) / power[-by] : fabs(value) * power[by];
}

/* Finds nine digits and an exponent, so that the value, rounded to nine digits, is d.dddddddd *
 * 10^exponent. False = the number lies so near the middle between two results that the last digit
 * is uncertain, or the exponent is too large or too small. */
static bool find_digits(double value, int64_t *digits, int *exponent)
{
    static const double log10_of_2 = 0.30102999566398119521, near = 1e-5;
    int two = 0;
    (void)frexp(value, &two);
    *exponent = (int)floor((two - 1) * log10_of_2); /* this one, or one too low */
    if (scaled(value, *exponent) >= 1e9 - 0.5)
        ++*exponent;
    const double number = scaled(value, *exponent), whole = floor(number), rest = number - whole;
    if (!(number >= 1e8 && number < 1e9 - 0.5) || fabs(rest - 0.5) < near)
        return false;
    *digits = (int64_t)whole + (rest > 0.5);
    return true;
}

/* Writes digits, with a decimal point before digit number `point` (-1 = no point), without zeros at
 * the end. Returns the end. */
static char *write_digits(char *out, int64_t digits, int point)
{
    char all[DIGITS];
    int count = DIGITS;
    for (int i = DIGITS; i-- > 0; digits /= 10)
        all[i] = (char)('0' + digits % 10);
    while (count > 1 && all[count - 1] == '0')
        count--;
    for (int i = 0; i < (count > point ? count : point); i++) {
        if (i == point)
            *out++ = '.';
        *out++ = i < count ? all[i] : '0';
    }
    return out;
}

/* Writes digits and an exponent, as "%g" does for small and large numbers. Returns the end. The
 * exponent has two digits: find_digits refuses larger ones. */
static char *write_exponent(char *out, int64_t digits, int exponent)
{
    char *end = write_digits(out, digits, 1);
    const int size = abs(exponent);
    *end++ = 'e';
    *end++ = exponent < 0 ? '-' : '+';
    *end++ = (char)('0' + size / 10);
    *end++ = (char)('0' + size % 10);
    return end;
}

/* Writes digits without an exponent, as "%g" does for numbers that are neither small nor large.
 * Returns the end. */
static char *write_plain(char *out, int64_t digits, int exponent)
{
    const int zeros = exponent < 0 ? 1 - exponent : 0; /* "0.", "0.0", ... */
    memcpy(out, "0.0000", (size_t)zeros);
    return write_digits(out + zeros, digits, exponent < 0 ? -1 : exponent + 1);
}

/* Writes a number by printf. Returns its length. */
static size_t print(char *out, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    const int length = plm_text_print(out, PLM_NINE_DIGITS, format, list);
    va_end(list);
    return length < 0 ? 0 : (size_t)length;
}

/* Infinity, NaN, numbers near 0 and numbers with an uncertain digit are rare: printf writes
 * them. */
size_t plm_nine_digits(char out[PLM_NINE_DIGITS], double value)
{
    int64_t digits = 0;
    int exponent = 0;
    char *end = out;
    const bool zero = !(fabs(value) > 0) && !isnan(value);
    if (!zero &&
        (!isfinite(value) || fabs(value) < 1e-13 || !find_digits(value, &digits, &exponent)))
        return print(out, "%.9g", value);
    if (signbit(value))
        *end++ = '-';
    if (zero)
        *end++ = '0';
    else if (exponent < -4 || exponent >= DIGITS)
        end = write_exponent(end, digits, exponent);
    else
        end = write_plain(end, digits, exponent);
    return (size_t)(end - out);
}

/* Appends a number with nine digits. */
void plm_text_add_nine(plm_text *t, double value)
{
    char out[PLM_NINE_DIGITS];
    const size_t length = plm_nine_digits(out, value);
    plm_text_append(t, out, length);
}
