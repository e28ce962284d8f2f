/* Reads dates and times, and computes which share of the year, the week and the day has passed. The
 * Gregorian calendar is used for all dates, even before 1582. Names of months and days are English.
 * Times with an offset from UTC are converted to UTC. A net can use these positions in the year,
 * the week and the day: sales have seasons, traffic has hours. They are shares from 0 to 1, so that
 * leap years and months of 28 to 31 days need no special case. */
#include <math.h>
#include <string.h>
#include <strings.h>

#include "table/formats.h"
#include "table/store.h"

enum { DAY = 86400, HOUR = 3600, MINUTE = 60 };

/* Reads a whole number with at least `low` and at most `high` digits; false = there is no such
 * number. */
static bool digits(const char **s, int low, int high, int *out)
{
    int n = 0;
    for (*out = 0; n < high && **s >= '0' && **s <= '9'; n++)
        *out = 10 * *out + (*(*s)++ - '0');
    return n >= low;
}

/* True if the day exists. */
static bool exists(int year, int month, int day)
{
    return month >= 1 && month <= 12 && day >= 1 && day <= plm_table_month_length(year, month);
}

/* ---- words ---- */

/* Returns how many letters s begins with. */
static size_t count_letters(const char *s)
{
    return strspn(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

/* Returns the index of the name at the beginning of s; -1 = there is none. A name may be shortened
 * to three letters (September also to four), with or without a point. */
static int read_name(const char **s, const char *const *names, int count)
{
    const size_t n = count_letters(*s);
    const bool september = n == 4 && strncasecmp(*s, "sept", 4) == 0;
    for (int i = 0; i < count; i++) {
        const size_t length = strlen(names[i]);
        if ((n != length && n != 3 && !september) || strncasecmp(*s, names[i], n) != 0)
            continue;
        *s += n + ((*s)[n] == '.' && n < length);
        return i;
    }
    return -1;
}

/* Reads the name of a month: 1 to 12; 0 = s does not begin with the name of a month. */
static int read_month(const char **s)
{
    static const char *const names[] = {"January",   "February", "March",    "April",
                                        "May",       "June",     "July",     "August",
                                        "September", "October",  "November", "December"};
    return 1 + read_name(s, names, 12);
}

/* Skips the name of a day of the week, and a comma or a blank after it. */
static void pass_weekday(const char **s)
{
    static const char *const names[] = {"Monday", "Tuesday",  "Wednesday", "Thursday",
                                        "Friday", "Saturday", "Sunday"};
    const char *t = *s;
    if (read_name(&t, names, 7) < 0 || (*t != ',' && *t != ' '))
        return;
    t += *t == ',';
    *s = t + strspn(t, " ");
}

/* ---- time ---- */

/* Reads the name of a time zone, such as "UTC", "CET" or, in German, "MEZ". A name that is used for
 * several zones is not read. Returns its length, 0 = there is none. */
static size_t zone_name(const char *s, double *seconds)
{
    static const struct {
        const char *name;
        int hours;
    } zones[] = {{"UTC", 0},  {"GMT", 0},  {"Z", 0},    {"WET", 0},  {"WEST", 1}, {"WEZ", 0},
                 {"CET", 1},  {"CEST", 2}, {"MEZ", 1},  {"MESZ", 2}, {"EET", 2},  {"EEST", 3},
                 {"OEZ", 2},  {"OESZ", 3}, {"EST", -5}, {"EDT", -4}, {"CDT", -5}, {"MST", -7},
                 {"MDT", -6}, {"PST", -8}, {"PDT", -7}};
    const size_t n = strspn(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
    for (size_t i = 0; n > 0 && i < sizeof zones / sizeof *zones; i++)
        if (strlen(zones[i].name) == n && strncmp(s, zones[i].name, n) == 0) {
            *seconds = zones[i].hours * HOUR;
            return n;
        }
    return 0;
}

/* Reads an offset from UTC: "Z", "UTC", "CET", "+01:00", "-0530". Without one, *seconds is 0. */
static bool read_zone(const char **s, double *seconds)
{
    int hour = 0, minute = 0;
    const char *t = *s + (**s == ' ');
    *seconds = 0;
    const size_t name = zone_name(t, seconds);
    if (name > 0) {
        *s = t + name;
        return true;
    }
    if (*t != '+' && *t != '-')
        return true;
    const int sign = *t++ == '-' ? -1 : 1;
    if (!digits(&t, 2, 2, &hour))
        return false;
    t += *t == ':';
    if (*t != '\0' && !digits(&t, 2, 2, &minute))
        return false;
    *s = t;
    *seconds = sign * (hour * HOUR + minute * MINUTE);
    return hour < 24 && minute < 60;
}

/* Reads "AM" or "PM", with or without a blank before it, and converts *hour to 0 to 23. */
static bool read_half(const char **s, int *hour)
{
    const char *t = *s + (**s == ' ');
    const char half = (char)(*t | 0x20);
    if ((half != 'a' && half != 'p') || (t[1] | 0x20) != 'm')
        return true;
    *s = t + 2;
    if (*hour < 1 || *hour > 12)
        return false;
    *hour = *hour % 12 + (half == 'p' ? 12 : 0);
    return true;
}

/* Reads seconds with or without a fraction: ":05" or ":05.250". */
static bool read_seconds(const char **s, int *second, double *part)
{
    double unit = 0.1;
    ++*s;
    if (!digits(s, 2, 2, second))
        return false;
    if (**s == '.' || **s == ',')
        for (++*s; **s >= '0' && **s <= '9'; unit /= 10)
            *part += unit * (*(*s)++ - '0');
    return true;
}

/* Reads "12:30", "12:30:05", "12:30:05.250" or "2:30 PM", and an optional offset from UTC after it.
 * */
static bool read_time(const char **s, double *seconds)
{
    int hour = 0, minute = 0, second = 0;
    double part = 0, zone = 0;
    if (!digits(s, 1, 2, &hour) || *(*s)++ != ':' || !digits(s, 2, 2, &minute))
        return false;
    if (**s == ':' && !read_seconds(s, &second, &part))
        return false;
    if (!read_half(s, &hour) || !read_zone(s, &zone))
        return false;
    *seconds = hour * HOUR + minute * MINUTE + second + part - zone;
    return hour < 24 && minute < 60 && second <= 60;
}

/* ---- days ---- */

/* The three parts of a date in their written order, and how they are separated. */
typedef struct {
    int part[3];
    size_t length[3]; /* digits of each; 0 = the name of a month */
    int parts;        /* number of parts so far */
    char mark;        /* the character between the parts */
} day_parts;

/* Reads one part of a date: up to four digits, or the name of a month. */
static bool read_part(const char **s, day_parts *d)
{
    const char *start = *s;
    int *out = &d->part[d->parts];
    if (digits(s, 1, 4, out)) {
        d->length[d->parts++] = (size_t)(*s - start);
        return true;
    }
    *out = read_month(s);
    d->length[d->parts++] = 0;
    return *out > 0;
}

/* Returns the character that separates two parts of a date at s; *length = its bytes. A comma and a
 * blank, as in "Dec 31, 2024", are a blank, and so are the point and the blank in "31. Dec 2024".
 * In "31. 12. 2024" the separator is a point. */
static char separator(const char *s, size_t *length)
{
    const bool two = (*s == ',' || *s == '.') && s[1] == ' ';
    *length = two ? 2 : 1;
    return !two || (*s == '.' && s[2] >= '0' && s[2] <= '9') ? *s : ' ';
}

/* Reads two or three parts of a date that are separated by the same character: "2024-01-31",
 * "31.12.2024", "12/31/2024", "31 Dec 2024", "Dec 31, 2024", "2024-12". */
static bool read_parts(const char **s, day_parts *d)
{
    while (d->parts < 3) {
        if (!read_part(s, d))
            return false;
        size_t length = 0;
        const char mark = separator(*s, &length);
        if (d->parts == 3 || mark == '\0' || strchr("-/. ", mark) == NULL)
            break;
        if (d->parts > 1 && mark != d->mark)
            break;
        d->mark = mark;
        *s += length;
    }
    return d->parts >= 2;
}

/* Adds a format in which the cell is a date, with the date, if the day exists. Years of two digits
 * are 1969 to 2068, as in POSIX. */
static void add_date(plm_cell_reading *out, plm_cell_format format, int year, int month, int day,
                     double time)
{
    year += year < 69 ? 2000 : year < 100 ? 1900 : 0;
    if (!exists(year, month, day))
        return;
    out->fits |= 1u << format;
    out->value[format] = (double)plm_table_days(year, month, day) * DAY + time;
}

/* Adds the same date in all formats. For dates that are not ambiguous: they have the name of a
 * month, or begin with a year of four digits. */
static void add_clear(int year, int month, int day, double time, plm_cell_reading *out)
{
    for (int f = PLM_FORMAT_YMD; f <= PLM_FORMAT_MDY; f++)
        add_date(out, (plm_cell_format)f, year, month, day, time);
}

/* True if part i of two parts can be the month beside a year of four digits: it is a name, or it
 * has at most two digits and a - or / separates the parts. A point is no mark of a month, since
 * 12.2024 is a number. */
static bool may_be_month(const day_parts *d, int i)
{
    const bool marked = d->mark == '-' || d->mark == '/';
    return d->length[i] == 0 || (marked && d->length[i] <= 2);
}

/* Adds a month: "2024-12", "12/2024", "Dec 2024", "2024 Dec", "Dec-24". */
static void add_month(const day_parts *d, double time, plm_cell_reading *out)
{
    const int *p = d->part;
    const size_t *n = d->length;
    if (n[0] == 4 && may_be_month(d, 1))
        add_clear(p[0], p[1], 1, time, out);
    else if (n[1] == 4 && may_be_month(d, 0))
        add_clear(p[1], p[0], 1, time, out);
    else if (n[0] == 0 && n[1] == 2 && d->mark == '-')
        add_clear(p[1], p[0], 1, time, out);
}

/* Adds a date that begins with a year of four digits. It is not ambiguous, so it may occur among
 * dates of any other order. */
static void add_year_first(const day_parts *d, double time, plm_cell_reading *out)
{
    const int *p = d->part;
    if (d->length[1] <= 2 && d->length[2] >= 1 && d->length[2] <= 2)
        add_clear(p[0], p[1], p[2], time, out);
}

/* Adds a date that ends with a year of four or two digits, in all orders of day and month that its
 * parts allow. */
static void add_year_last(const day_parts *d, double time, plm_cell_reading *out)
{
    const int *p = d->part;
    const size_t *n = d->length;
    if (n[0] > 2 || n[1] > 2 || (n[2] != 4 && n[2] != 2) || n[0] + n[1] == 0)
        return;
    if (n[0] == 0) {
        add_clear(p[2], p[0], p[1], time, out);
    } else if (n[1] == 0) {
        add_clear(p[2], p[1], p[0], time, out);
    } else if (d->mark != ' ') {
        add_date(out, PLM_FORMAT_DMY, p[2], p[1], p[0], time);
        add_date(out, PLM_FORMAT_MDY, p[2], p[0], p[1], time);
    }
}

/* Finds all formats in which the text is a date. 03/04/2024 may be in March or in April: only the
 * other cells of the column can decide. */
void plm_cell_read_date(const char *cell, plm_cell_reading *out)
{
    double time = 0;
    day_parts d = {.mark = '\0'};
    const char *s = cell;
    if (plm_cell_read_period(cell, out))
        return;
    if (read_time(&s, &time) && *s == '\0') {
        out->fits |= 1u << PLM_FORMAT_TIME;
        out->value[PLM_FORMAT_TIME] = time;
        return;
    }
    s = cell;
    time = 0;
    pass_weekday(&s);
    if (!read_parts(&s, &d))
        return;
    s += *s == ',' && s[1] == ' ';
    if (*s == ' ' || *s == 'T') {
        s++;
        if (!read_time(&s, &time))
            return;
    }
    if (*s != '\0')
        return;
    if (d.parts == 2)
        add_month(&d, time, out);
    else if (d.length[0] == 4)
        add_year_first(&d, time, out);
    else
        add_year_last(&d, time, out);
    out->points = d.mark == '.';
}

/* ---- parts ---- */

/* Returns x modulo m, from 0 to below m. */
static double remainder_of(double x, double m)
{
    return x - m * floor(x / m);
}

/* Computes which share of the year, the week and the day has passed. Each year is taken as long as
 * the mean year of the calendar, so the share of the same date differs by less than a day between
 * years, which does not matter for seasons. */
plm_date_parts plm_table_date_parts(double seconds)
{
    const double year = 365.2425 * DAY; /* the mean year of the calendar */
    return (plm_date_parts){.year = remainder_of(seconds, year) / year,
                            /* 1970-01-01 was a Thursday */
                            .week = remainder_of(floor(seconds / DAY) + 3, 7) / 7,
                            .day = remainder_of(seconds, DAY) / DAY};
}

/* Computes the power series of sine and cosine. Terms up to x^29 are enough for an angle below pi.
 * */
void plm_table_turn(double share, double *sine, double *cosine)
{
    const double turn = 6.283185307179586;
    const double x = (share > 0.5 ? share - 1 : share) * turn;
    double term = 1;
    *sine = 0;
    *cosine = 0;
    for (int n = 0; n < 30; n++) {
        double *sum = n % 2 == 0 ? cosine : sine;
        *sum += n / 2 % 2 == 0 ? term : -term;
        term *= x / (n + 1);
    }
}
