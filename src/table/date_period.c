/* Reads periods as dates: quarters, half-years, months and weeks, marked by a letter, as
 * statistical offices write them: "2001Q3", "2001-Q3", "Q3 2001", "2001-H2", "2001M09", "2001-W05".
 * The date of such a cell is the first day of its period, so it can be sorted, and has a position
 * in the year. Weeks are those of ISO 8601: they begin on Monday, and week 1 contains the first
 * Thursday of the year. */
#include "table/formats.h"
#include "table/store.h"

enum { DAY = 86400, FIRST_YEAR = 1000, LAST_YEAR = 2999 };

/* A period: its year, the letter of its kind (Q quarter, H or S half-year, M month, W week), and
 * its number in the year. */
typedef struct {
    int year, number;
    char letter; /* Q, H, S (semester), M, W */
} period;

/* Reads a number of `low` to `high` digits. Returns false if there is no such number, or more
 * digits follow. */
static bool digits(const char **s, int low, int high, int *out)
{
    int n = 0;
    for (*out = 0; n <= high && **s >= '0' && **s <= '9'; n++)
        *out = 10 * *out + (*(*s)++ - '0');
    return n >= low && n <= high;
}

/* Reads the letter of a period and its number, such as "Q3". */
static bool read_number(const char **s, period *out)
{
    const char letter = (char)(**s >= 'a' && **s <= 'z' ? **s - 'a' + 'A' : **s);
    if (letter != 'Q' && letter != 'H' && letter != 'S' && letter != 'M' && letter != 'W')
        return false;
    ++*s;
    out->letter = letter;
    return digits(s, 1, letter == 'M' || letter == 'W' ? 2 : 1, &out->number);
}

/* Skips a separator between year and number. */
static void pass_sign(const char **s)
{
    *s += **s == '-' || **s == ' ' || **s == '/' || **s == '.';
}

/* Reads a period with the year before or after the letter and its number. */
static bool read(const char *s, period *out)
{
    const bool first = *s >= '0' && *s <= '9';
    if (!(first ? digits(&s, 4, 4, &out->year) : read_number(&s, out)))
        return false;
    pass_sign(&s);
    if (!(first ? read_number(&s, out) : digits(&s, 4, 4, &out->year)))
        return false;
    return *s == '\0' && out->year >= FIRST_YEAR && out->year <= LAST_YEAR;
}

/* Sets *day to the first day of a week. 1970-01-01 was a Thursday, and a week belongs to the year
 * of its Thursday. Returns false if the year has no such week. */
static bool week_day(const period *p, int64_t *day)
{
    const int64_t fourth = plm_table_days(p->year, 1, 4);
    const int64_t monday = fourth - ((fourth + 3) % 7 + 7) % 7;
    *day = monday + 7 * (int64_t)(p->number - 1);
    return p->number >= 1 && *day + 3 < plm_table_days(p->year + 1, 1, 1);
}

/* Sets *day to the first day of a period. Returns false if the year has no such period. */
static bool first_day(const period *p, int64_t *day)
{
    const int months = p->letter == 'Q' ? 3 : p->letter == 'M' ? 1 : 6;
    if (p->letter == 'W')
        return week_day(p, day);
    if (p->number < 1 || p->number * months > 12)
        return false;
    *day = plm_table_days(p->year, (p->number - 1) * months + 1, 1);
    return true;
}

/* Reads a quarter, half-year, month or week. It is a date in all formats, since these differ only
 * in the order of day and month. */
bool plm_cell_read_period(const char *cell, plm_cell_reading *out)
{
    period p;
    int64_t day = 0;
    if (!read(cell, &p) || !first_day(&p, &day))
        return false;
    for (int f = PLM_FORMAT_YMD; f <= PLM_FORMAT_MDY; f++) {
        out->fits |= 1u << f;
        out->value[f] = (double)day * DAY;
    }
    return true;
}
