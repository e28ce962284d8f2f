/* Texts for the values of npy arrays. A table gets its cells as texts from every kind of file, so
 * that one set of rules decides what a column is. Numbers are the exception: they are stored
 * directly, as a conversion to text would take time without any benefit. */
#include "data/npy_value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/letters.h"
#include "base/notation.h"
#include "data/array_file.h"

/* MOST: max characters of a text. DAY: number of seconds of a day. */
enum { MOST = 1 << 20, DAY = 86400 };

/* ---- types ---- */

/* Reads the unit of dates, such as "[ms]". False: the unit is unknown. */
static bool read_unit(const char *text, plm_npy_type *out)
{
    static const struct {
        const char *text;
        int64_t ticks, seconds;
    } units[] = {{"[D]", 1, DAY},   {"[h]", 1, 3600},     {"[m]", 1, 60},         {"[s]", 1, 1},
                 {"[ms]", 1000, 1}, {"[us]", 1000000, 1}, {"[ns]", 1000000000, 1}};
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcmp(text, units[i].text) == 0) {
            out->ticks = units[i].ticks;
            out->seconds = units[i].seconds;
            return true;
        }
    return false;
}

/* True if values of this kind and size are supported. */
static bool is_known(char kind, long size)
{
    static const char *const numbers[] = {"b1", "f2", "f4", "f8", "i1", "i2",
                                          "i4", "i8", "u1", "u2", "u4", "u8"};
    bool known = strchr("USV", kind) != NULL && size >= 1 && size <= MOST;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        known = known || (kind == numbers[i][0] && size == numbers[i][1] - '0');
    return known;
}

/* Reads a type. Its first character is the byte order; | and = mean that it does not matter or is
 * that of the machine. */
bool plm_npy_type_read(const char *text, plm_npy_type *out)
{
    const bool order = *text != '\0' && strchr("<>|=", *text) != NULL;
    const char kind = text[order];
    if (kind == '\0')
        return false;
    char *end = NULL;
    const long size = strtol(text + order + 1, &end, 10);
    *out = (plm_npy_type){.kind = kind,
                          .bytes = (size_t)size * (kind == 'U' ? 4 : 1),
                          .swapped = *text == (plm_low_byte_first() ? '>' : '<')};
    return kind == 'M' ? size == 8 && read_unit(end, out) : *end == '\0' && is_known(kind, size);
}

/* ---- numbers ---- */

/* Returns the bytes of a number as an unsigned whole number. */
static uint64_t bits_of(const unsigned char *value, size_t bytes, bool swapped)
{
    const bool low_first = plm_low_byte_first() != swapped;
    uint64_t bits = 0;
    for (size_t i = 0; i < bytes; i++)
        bits = bits << 8 | value[low_first ? bytes - 1 - i : i];
    return bits;
}

/* Returns the signed whole number that has these lowest `bytes` bytes. The bits above are filled
 * with its sign; memcpy then converts it to a signed type, as the result of a cast would be
 * implementation-defined in C. */
static int64_t signed_of(uint64_t bits, size_t bytes)
{
    const unsigned unused = (unsigned)(64 - 8 * bytes);
    const uint64_t sign = UINT64_C(1) << (8 * bytes - 1);
    int64_t out = 0;
    bits = unused > 0 && (bits & sign) != 0 ? bits | ~UINT64_C(0) << 8 * bytes : bits;
    memcpy(&out, &bits, sizeof out);
    return out;
}

/* Returns the floating-point number with these bits. */
static double real_of(uint64_t bits, size_t bytes)
{
    double number = 0;
    float single = 0;
    if (bytes == 8) {
        memcpy(&number, &bits, sizeof number);
        return number;
    }
    if (bytes == 4) {
        const uint32_t four = (uint32_t)bits;
        memcpy(&single, &four, sizeof single);
    } else {
        const uint16_t two = (uint16_t)bits;
        plm_element_decode(PLM_F16, &single, (const char *)&two, 1);
    }
    return (double)single;
}

/* Returns the value as a double if it is a number; false for other values, for infinity, and for
 * whole numbers of more than 15 digits, which are read as texts with all digits, as in CSV files.
 */
bool plm_npy_value_number(const plm_npy_type *t, const unsigned char *value, double *out)
{
    if (strchr("fiu", t->kind) == NULL)
        return false;
    const uint64_t bits = bits_of(value, t->bytes, t->swapped);
    if (t->kind == 'f') {
        *out = real_of(bits, t->bytes);
        return !isinf(*out);
    }
    *out = t->kind == 'u' ? (double)bits : (double)signed_of(bits, t->bytes);
    return fabs(*out) < 1e15;
}

/* Appends a number. */
static void add_number(const plm_npy_type *t, const unsigned char *value, plm_text *out)
{
    char text[32];
    const uint64_t bits = bits_of(value, t->bytes, t->swapped);
    if (t->kind == 'f' && isnan(real_of(bits, t->bytes)))
        return;
    if (t->kind == 'f') {
        plm_text_from_number(real_of(bits, t->bytes), text, sizeof text);
        plm_text_add(out, text);
    } else if (t->kind == 'i')
        plm_text_format(out, "%lld", (long long)signed_of(bits, t->bytes));
    else if (t->kind == 'u')
        plm_text_format(out, "%llu", (unsigned long long)bits);
    else
        plm_text_add(out, bits != 0 ? "true" : "false");
}

/* ---- dates ---- */

/* Sets *year, *month and *day to the date that is `days` days after 1970-01-01 (Howard Hinnant,
 * "chrono-compatible low-level date algorithms", 2013). Days are counted from 0000-03-01, so that a
 * leap day is the last day of a year, and the rest are divisions: 400 years have 146097 days. */
static void date_of(int64_t days, int64_t *year, int *month, int *day)
{
    days += 719468;
    const int64_t era = (days >= 0 ? days : days - 146096) / 146097, of_era = days - era * 146097;
    const int64_t y = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int64_t of_year = of_era - (365 * y + y / 4 - y / 100), m = (5 * of_year + 2) / 153;
    *day = (int)(of_year - (153 * m + 2) / 5 + 1);
    *month = (int)(m < 10 ? m + 3 : m - 9);
    *year = y + era * 400 + (*month <= 2);
}

/* Returns the largest whole number that is at most a / b, for b > 0. */
static int64_t floor_of(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Appends a date and time as ISO 8601. False: its year is not from 100 to 9999. The value counts
 * ticks, each of t->seconds / t->ticks seconds. At least one of these two members is 1, so the
 * products do not overflow once the value is in range. The division rounds down, so that times
 * before 1970 are correct. */
static bool add_date(const plm_npy_type *t, const unsigned char *value, plm_text *out)
{
    const int64_t tick = signed_of(bits_of(value, 8, t->swapped), 8);
    int64_t year = 0;
    int month = 0, day = 0;
    if (tick == INT64_MIN) /* not a time */
        return true;
    if (tick > INT64_MAX / t->seconds || tick < -(INT64_MAX / t->seconds))
        return false;
    const int64_t second = floor_of(tick, t->ticks) * t->seconds, days = floor_of(second, DAY);
    const int64_t rest = second - days * DAY, part = tick - floor_of(tick, t->ticks) * t->ticks;
    date_of(days, &year, &month, &day);
    /* a year with fewer digits would be read as a year of the 20th or 21st century */
    if (year < 100 || year > 9999)
        return false;
    plm_text_format(out, "%04lld-%02d-%02d", (long long)year, month, day);
    if (t->seconds != DAY)
        plm_text_format(out, "T%02d:%02d:%02d", (int)(rest / 3600), (int)(rest / 60 % 60),
                        (int)(rest % 60));
    if (part != 0)
        plm_text_format(out, ".%06lld",
                        (long long)((double)part * 1e6 / (double)t->ticks)); /* microseconds */
    return true;
}

/* ---- texts ---- */

/* Appends a text in UTF-32 as UTF-8, without the zeros at its end. False: a code is not a valid
 * character. */
static bool add_letters(const plm_npy_type *t, const unsigned char *value, plm_text *out)
{
    char letter[4];
    size_t n = t->bytes / 4;
    while (n > 0 && bits_of(value + 4 * (n - 1), 4, false) == 0)
        n--;
    for (size_t i = 0; i < n; i++) {
        const uint64_t code = bits_of(value + 4 * i, 4, t->swapped);
        if (code == 0 || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000))
            return false;
        plm_text_append(out, letter, plm_utf8_put((uint32_t)code, letter));
    }
    return true;
}

/* Appends bytes without the zeros at their end. False: the bytes are not UTF-8. */
static bool add_bytes(const plm_npy_type *t, const unsigned char *value, plm_text *out)
{
    size_t n = t->bytes;
    while (n > 0 && value[n - 1] == 0)
        n--;
    if (memchr(value, 0, n) != NULL || !plm_utf8_valid((const char *)value, n))
        return false;
    plm_text_append(out, (const char *)value, n);
    return true;
}

/* Appends a value as the text that it would have in a cell of a CSV file. False: it has no such
 * text. */
bool plm_npy_value_text(const plm_npy_type *t, const unsigned char *value, plm_text *out)
{
    if (t->kind == 'U')
        return add_letters(t, value, out);
    if (t->kind == 'S')
        return add_bytes(t, value, out);
    if (t->kind == 'M')
        return add_date(t, value, out);
    add_number(t, value, out);
    return true;
}
