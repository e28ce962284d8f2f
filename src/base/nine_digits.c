/* Writes numbers with nine digits, as "%.9g" does, several times faster: tables of measurements have
 * thousands of them. Nine digits bring every float back as it was. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* DIGITS: number of digits. LARGEST: powers of ten up to 10^22 are exact doubles. */
enum { DIGITS = 9, LARGEST = 22 };

/* Returns |value| * 10^(8 - exponent), with one rounding; NaN = the power is not exact. */
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

/* Finds nine digits and the exponent of the first one, so that the value is d.dddddddd *
 * 10^exponent. False = the product that was rounded is so near to a half that the last digit is not
 * certain, or the exponent is too large. */
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

/* Writes digits with a point before those from `point` on (-1 = none), without zeros at the end.
 * Returns the end. */
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

/* Small and large numbers have an exponent, as with "%g"; all that is rare is left to printf. */
void plm_text_add_nine(plm_text *t, double value)
{
    enum { SPACE = 40 };
    char out[SPACE], *end = out;
    int64_t digits = 0;
    int exponent = 0;
    if (!(fabs(value) > 0) && !signbit(value) && !isnan(value)) {
        plm_text_add(t, "0");
        return;
    }
    if (!isfinite(value) || fabs(value) < 1e-13 || !find_digits(value, &digits, &exponent)) {
        plm_text_format(t, "%.9g", value);
        return;
    }
    if (value < 0)
        *end++ = '-';
    if (exponent < -4 || exponent >= DIGITS) {
        end = write_digits(end, digits, 1);
        snprintf(end, (size_t)(out + SPACE - end), "e%c%02d", exponent < 0 ? '-' : '+',
                 exponent < 0 ? -exponent : exponent);
        plm_text_add(t, out);
        return;
    }
    if (exponent < 0) {
        memcpy(end, "0.0000", (size_t)(1 - exponent));
        end = write_digits(end + 1 - exponent, digits, -1);
    } else {
        end = write_digits(end, digits, exponent + 1);
    }
    *end = '\0';
    plm_text_add(t, out);
}
