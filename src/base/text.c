/* Text that grows, names compared as people mean them, numbers in the C locale's notation.
 * A program may set a locale with a decimal comma; what we read and write never follows it. */
#ifndef _POSIX_C_SOURCE
#define _POSIX_C_SOURCE 200809L /* uselocale */
#endif
#include "base/text.h"

#include <langinfo.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __APPLE__
#include <xlocale.h>
#endif

/* ---- locale ---- */

/* The C locale for this thread while numbers are read or written; zero where the radix is a point already. */
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

/* ---- text ---- */

static bool make_room(plm_text *t, size_t more)
{
    if (t->failed)
        return false;
    size_t need = 0;
    if (plm_checked_add(t->length + 1, more, &need) && need <= t->room)
        return true;
    size_t room = t->room ? t->room : 256;
    while (need && room < need && room <= SIZE_MAX / 2)
        room *= 2;
    char *data = need && room >= need ? plm_allocate(t->w, room) : NULL;
    if (!data) {
        t->failed = true;
        return false;
    }
    if (t->data)
        memcpy(data, t->data, t->length);
    plm_release(t->w, t->data);
    t->data = data;
    t->room = room;
    return true;
}

void plm_text_append(plm_text *t, const char *s, size_t length)
{
    if (!make_room(t, length))
        return;
    if (length > 0)
        memcpy(t->data + t->length, s, length);
    t->length += length;
    t->data[t->length] = '\0';
}

void plm_text_add(plm_text *t, const char *s)
{
    plm_text_append(t, s, strlen(s));
}

void plm_text_format_list(plm_text *t, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    const int length = plm_text_print(NULL, 0, format, list);
    if (length < 0)
        t->failed = true;
    else if (make_room(t, (size_t)length)) {
        plm_text_print(t->data + t->length, (size_t)length + 1, format, again);
        t->length += (size_t)length;
    }
    va_end(again);
}

void plm_text_format(plm_text *t, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    plm_text_format_list(t, format, list);
    va_end(list);
}

const char *plm_text_get(const plm_text *t)
{
    return t->data ? t->data : "";
}

void plm_text_free(plm_text *t)
{
    plm_release(t->w, t->data);
    *t = (plm_text){.w = t->w};
}

/* ---- names ---- */

enum { NAME_ROOM = 64, FAR = 1000 };

static int lower(char c)
{
    return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : (unsigned char)c;
}

bool plm_name_equal(const char *a, const char *b)
{
    for (;; a++, b++) {
        while (*a == '_')
            a++;
        while (*b == '_')
            b++;
        if (lower(*a) != lower(*b))
            return false;
        if (*a == '\0')
            return true;
    }
}

/* Lower case without underscores; the length, or -1 when it does not fit. */
static int fold(const char *name, char out[NAME_ROOM])
{
    int length = 0;
    for (; *name; name++) {
        if (*name == '_')
            continue;
        if (length == NAME_ROOM - 1)
            return -1;
        out[length++] = (char)lower(*name);
    }
    out[length] = '\0';
    return length;
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* Damerau's distance, restricted (no edit inside a swapped pair): three rows of the usual table. */
int plm_name_distance(const char *a, const char *b)
{
    char x[NAME_ROOM], y[NAME_ROOM];
    const int m = fold(a, x), n = fold(b, y);
    if (m < 0 || n < 0)
        return FAR;
    int rows[3][NAME_ROOM];
    int *before = rows[0], *last = rows[1], *now = rows[2];
    for (int j = 0; j <= n; j++)
        last[j] = before[j] = j;
    for (int i = 1; i <= m; i++) {
        now[0] = i;
        for (int j = 1; j <= n; j++) {
            const int replace = last[j - 1] + (x[i - 1] != y[j - 1]);
            now[j] = smaller(replace, smaller(last[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && x[i - 1] == y[j - 2] && x[i - 2] == y[j - 1])
                now[j] = smaller(now[j], before[j - 2] + 1);
        }
        int *spare = before;
        before = last;
        last = now;
        now = spare;
    }
    return last[n];
}

/* One is the beginning of the other, and long enough to mean something. */
static bool begins(const char *a, const char *b)
{
    char x[NAME_ROOM], y[NAME_ROOM];
    const int m = fold(a, x), n = fold(b, y), shared = smaller(m, n);
    return shared >= 3 && strncmp(x, y, (size_t)shared) == 0;
}

const char *plm_name_nearest(const char *name, const char *const *names, size_t count)
{
    const size_t length = strlen(name);
    const int limit = length <= 4 ? 1 : length <= 8 ? 2 : 3;
    const char *best = NULL;
    int nearest = limit + 1;
    for (size_t i = 0; i < count; i++) {
        const int distance = plm_name_distance(name, names[i]);
        if (distance < nearest && (size_t)distance < length) {
            nearest = distance;
            best = names[i];
        }
    }
    for (size_t i = 0; i < count && !best; i++)
        if (begins(name, names[i]))
            best = names[i];
    return best;
}

/* ---- numbers ---- */

/* Powers of ten that a double holds exactly. */
static const double exact_power[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                     1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

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

/* The usual short number, digits[.digits], by one exact integer and one correctly rounded division (Clinger 1990):
 * many times faster than strtod, and the same bits. Everything else goes to strtod. */
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

/* ---- patterns ---- */

/* '*' any text, '?' any letter, '|' between patterns. */
static bool pattern_matches(const char *pattern, size_t length, const char *name)
{
    if (length == 0)
        return *name == '\0';
    if (*pattern == '*') {
        for (const char *rest = name;; rest++) {
            if (pattern_matches(pattern + 1, length - 1, rest))
                return true;
            if (*rest == '\0')
                return false;
        }
    }
    return *name != '\0' && (*pattern == '?' || *pattern == *name) &&
           pattern_matches(pattern + 1, length - 1, name + 1);
}

bool plm_pattern_matches(const char *patterns, const char *name)
{
    for (const char *at = patterns; at != NULL && *at != '\0';) {
        const size_t length = strcspn(at, "|");
        if (pattern_matches(at, length, name))
            return true;
        at += length + (at[length] == '|');
    }
    return false;
}
