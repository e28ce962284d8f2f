/* Writes a time as text: 2024-12-31, followed by the time of day if it is not midnight; or in the
 * notation of another date, so that the dates of added rows look like those of the file. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "table/store.h"

/* Writes a time; a time at midnight is written as a date alone. */
void plm_table_date_text(double seconds, char out[PLM_DATE_TEXT])
{
    const plm_date d = plm_table_date(seconds);
    const int second = (int)d.rest;
    const int length = snprintf(out, PLM_DATE_TEXT, "%04d-%02d-%02d", d.year, d.month, d.day);
    if (second != 0 && length > 0 && length < PLM_DATE_TEXT)
        snprintf(out + length, PLM_DATE_TEXT - (size_t)length, "T%02d:%02d:%02d", second / 3600,
                 second / 60 % 60, second % 60);
}

/* ---- in the notation of another date ---- */

/* PARTS: year, month, day, hour, minute, second. DATE: the first three of them. */
enum { PARTS = 6, DATE = 3 };

/* The shape of a date's text: where its numbers begin, and how many digits they have. */
typedef struct {
    size_t at[PARTS], digits[PARTS];
    size_t count;         /* how many numbers the text has; PARTS + 1 = more than PARTS */
    char letter;          /* the only letter of the text; 0 = it has none; ? = it has several */
    size_t word, letters; /* the first run of letters: where it begins, and its length */
} shape;

/* Returns an ASCII letter as a capital; 0 = the byte is not a letter. */
static char capital(char c)
{
    return (char)(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c >= 'A' && c <= 'Z' ? c : 0);
}

/* Finds the numbers and the letters in the text of a date. */
static shape shape_of(const char *text)
{
    shape s = {.count = 0};
    for (size_t i = 0; text[i] != '\0';) {
        const size_t n = strspn(text + i, "0123456789");
        if (n > 0 && s.count < PARTS) {
            s.at[s.count] = i;
            s.digits[s.count] = n;
        }
        s.count += n > 0 && s.count <= PARTS;
        if (n == 0 && capital(text[i]) != 0) {
            s.word = s.letters == 0 ? i : s.word;
            s.letters += s.word + s.letters == i;
            s.letter = s.letter == 0 ? capital(text[i]) : '?';
        }
        i += n > 0 ? n : 1;
    }
    return s;
}

/* Returns the number of the ISO week of a day. *year: the year that the week belongs to. */
static int week_of(double seconds, int *year)
{
    const double day = 86400,
                 monday = seconds - floor(plm_table_date_parts(seconds).week * 7) * day;
    const plm_date thursday = plm_table_date(monday + 3 * day);
    *year = thursday.year;
    return (int)(plm_table_days(thursday.year, thursday.month, thursday.day) -
                 plm_table_days(thursday.year, 1, 1)) /
               7 +
           1;
}

/* Sets value[0] to the year of a day, and value[1] to the number, in that year, of the period with
 * this day. letter: the kind of period, Q quarter, H or S half-year, W week, M or 0 month. Returns
 * false if the letter is unknown. */
static bool set_period(double seconds, char letter, int value[PARTS])
{
    const plm_date d = plm_table_date(seconds);
    value[0] = d.year;
    if (letter == 'W')
        value[1] = week_of(seconds, &value[0]);
    else
        value[1] = letter == 'Q'                    ? (d.month + 2) / 3
                   : letter == 'H' || letter == 'S' ? (d.month + 5) / 6
                                                    : d.month;
    return letter == 0 || strchr("QHSMW", letter) != NULL;
}

/* Sets value[] to day and year, or to the year alone, of a date whose month is a word, in the order
 * of the shape: the year has four digits, or it is the last number. */
static bool set_by_word(double seconds, const shape *s, int value[PARTS])
{
    const plm_date d = plm_table_date(seconds);
    const bool first = s->count == 1 || s->digits[0] == 4;
    value[0] = first ? d.year : d.day;
    value[1] = first ? d.day : d.year;
    return s->count <= 2;
}

/* True if a date of this format consists of three numbers, and perhaps a time of two or three. */
static bool is_by_numbers(const shape *s, plm_cell_format format)
{
    const bool timed = s->count == PARTS || s->count == PARTS - 1;
    return (s->count == DATE || timed) && (s->letter == 0 || (timed && s->letter == 'T')) &&
           plm_format_is_date(format) && format <= PLM_FORMAT_MDY;
}

/* Sets value[] to the numbers of a date, such as year, month and day, in the order that the shape
 * has, and then to the time of day. Returns false if the shape is unknown. */
static bool set_values(double seconds, const shape *s, plm_cell_format format, int value[PARTS])
{
    const plm_date d = plm_table_date(seconds);
    const int orders[][DATE] = {[PLM_FORMAT_YMD] = {d.year, d.month, d.day},
                                [PLM_FORMAT_DMY] = {d.day, d.month, d.year},
                                [PLM_FORMAT_MDY] = {d.month, d.day, d.year}};
    const int second = (int)d.rest,
              time[PARTS - DATE] = {second / 3600, second / 60 % 60, second % 60};
    if (s->letters >= 3)
        return set_by_word(seconds, s, value);
    if (is_by_numbers(s, format)) {
        memcpy(value, orders[format], sizeof orders[format]);
        memcpy(value + DATE, time, sizeof time);
        return true;
    }
    if (s->count != 2 || !set_period(seconds, s->letter, value))
        return false;
    if (s->digits[0] != 4) { /* the year is the second number */
        const int number = value[1];
        value[1] = value[0];
        value[0] = number;
    }
    return true;
}

/* Writes the text `like` with other numbers. A number that has two digits there, such as 05, is
 * written with two digits. */
static void write_like(const char *like, const shape *s, const int value[PARTS],
                       char out[PLM_DATE_TEXT])
{
    size_t n = 0, from = 0;
    for (size_t i = 0; i < s->count && n < PLM_DATE_TEXT; i++) {
        const int digits = s->digits[i] > 1 ? (int)s->digits[i] : 1;
        const int shown = s->digits[i] == 2 ? value[i] % 100 : value[i];
        n += (size_t)snprintf(out + n, PLM_DATE_TEXT - n, "%.*s%0*d", (int)(s->at[i] - from),
                              like + from, digits, shown);
        from = s->at[i] + s->digits[i];
    }
    if (n < PLM_DATE_TEXT)
        snprintf(out + n, PLM_DATE_TEXT - n, "%s", like + from);
}

/* Writes the text `like` with another month, if it has a word: the name of the month or its first
 * three letters, in capitals or small letters as there. */
static void name_month(double seconds, const char *like, char out[PLM_DATE_TEXT])
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    const shape s = shape_of(like);
    const char *name = names[plm_table_date(seconds).month - 1], *word = like + s.word;
    const int length = s.letters == 3 ? 3 : (int)strlen(name);
    if (s.letters < 3) {
        snprintf(out, PLM_DATE_TEXT, "%s", like);
        return;
    }
    snprintf(out, PLM_DATE_TEXT, "%.*s%.*s%s", (int)s.word, like, length, name, word + s.letters);
    for (int i = 0; i < length; i++)
        if (word[i > 0] < 'a')
            out[s.word + (size_t)i] = capital(name[i]);
}

/* Writes a time in the notation of another date. The text is read back: it is used only if it gives
 * the same time. */
void plm_table_date_like(double seconds, const char *like, plm_cell_format format,
                         char out[PLM_DATE_TEXT])
{
    enum { LONGEST = 24 };
    int value[PARTS] = {0};
    char named[PLM_DATE_TEXT] = "";
    if (strlen(like) <= LONGEST)
        name_month(seconds, like, named);
    const shape s = shape_of(named);
    if (s.count > 0 && set_values(seconds, &s, format, value)) {
        write_like(named, &s, value, out);
        const plm_cell_reading r = plm_cell_read(out);
        if ((r.fits >> format & 1) && r.value[format] == seconds)
            return;
    }
    plm_table_date_text(seconds, out);
}
