/* Finds words that look like numbers or dates, but cannot be read as such: 12.3 cm, <0.1, 75:30:00,
 * dates in several notations, and dates among numbers. As categories they would be useless, so such
 * a column is an error. */
#include <stdio.h>
#include <string.h>

#include "table/vocabulary.h"

/* UNIT: max bytes of a unit of measure, such as "cm". UNITS: max number of different units of a
 * column. MEASURES: a column with more different words than this that look like measures is an
 * error. */
enum { UNIT = 12, UNITS = 3, MEASURES = PLM_STORE_DIFFERENT };

static const char digits[] = "0123456789";

/* The units that were found. */
typedef struct {
    char unit[UNITS][2 * UNIT];
    int64_t count;
} units;

/* True if the word is a number with a sign such as < before it, or a unit after it. unit: set to
 * the sign and the unit. */
static bool is_measure(const char *word, char unit[2 * UNIT])
{
    const size_t sign = strspn(word, "<>=~ ");
    const char *s = word + sign + (word[sign] == '-' || word[sign] == '+');
    const size_t length = strspn(s, "0123456789.,");
    const char *behind = s + length + strspn(s + length, " ");
    const size_t rest = strlen(behind);
    if (sign >= UNIT || strspn(s, digits) == 0 || rest >= UNIT || sign + rest == 0 ||
        strpbrk(behind, digits) != NULL || *behind == '-' || *behind == '/')
        return false;
    memcpy(unit, word, sign);
    memcpy(unit + sign, behind, rest + 1);
    return true;
}

/* Adds a unit if it is new. */
static void add_unit(units *u, const char *unit)
{
    int64_t i = 0;
    while (i < u->count && i < UNITS && strcmp(u->unit[i], unit) != 0)
        i++;
    if (i < UNITS && i == u->count)
        snprintf(u->unit[i], sizeof u->unit[i], "%s", unit);
    u->count += i == u->count || i == UNITS;
}

/* True if the word is a duration in hours and minutes, or minutes and seconds, optionally with a
 * further part: 75:30:00, 90:05. */
static bool is_duration(const char *word)
{
    const size_t first = strspn(word, digits);
    const char *s = word + first;
    int parts = 0;
    for (; *s == ':' && strspn(s + 1, digits) == 2; s += 3)
        parts++;
    if (parts > 0 && *s == '.')
        s += 1 + strspn(s + 1, digits);
    return first > 0 && (parts == 1 || parts == 2) && *s == '\0';
}

/* Records two dates that have no notation in common, as examples for the error. other_date: the
 * first date after which no notation fits all dates so far. date: the last date before it that
 * excluded a notation. common: the notations that fit all dates so far, as a bit set. */
static void note_date(plm_word_looks *out, const char *word, unsigned fits, unsigned *common)
{
    out->dates++;
    if (out->other_date != NULL)
        return;
    if ((*common & fits) == 0)
        out->other_date = word;
    else if (out->date == NULL || (*common & ~fits) != 0)
        out->date = word; /* this date excludes notations */
    *common &= fits;
}

void plm_words_look(const plm_raw_column *r, plm_word_looks *out)
{
    const unsigned numbers = 1u << PLM_FORMAT_POINT | 1u << PLM_FORMAT_COMMA;
    units u = {.count = 0};
    char unit[2 * UNIT];
    unsigned common = ~0U;
    *out = (plm_word_looks){.good = 0};
    for (size_t i = 0; i < r->words; i++) {
        const unsigned fits = plm_cell_read(r->word[i]).fits;
        const bool good = r->format != PLM_FORMATS && (fits >> r->format & 1);
        if ((fits & numbers) != 0) {
            out->numbers++;
            out->number = out->number ? out->number : r->word[i];
        }
        out->good += good;
        out->odd += !good;
        if ((fits & ~numbers) != 0)
            note_date(out, r->word[i], fits, &common);
        if (is_duration(r->word[i])) {
            out->durations++;
            out->duration = good || out->duration ? out->duration : r->word[i];
        } else if (fits == 0 && is_measure(r->word[i], unit)) {
            add_unit(&u, unit);
            out->measures++;
            out->measure = out->measure ? out->measure : r->word[i];
        }
    }
    out->units = u.count;
}

/* True if most words are dates, but not in one notation. */
static bool has_notations(const plm_word_looks *l, int64_t words)
{
    return l->other_date != NULL && words - l->dates <= PLM_FEW_ODD && l->dates > words / 2;
}

/* True if some words are dates and most others are numbers. A spreadsheet saves the day number,
 * such as 45292, of a date whose cell has the wrong format; 20240131 is a number, too. */
static bool has_dates_among_numbers(const plm_word_looks *l, int64_t words)
{
    return l->dates > PLM_FEW_ODD && l->numbers > PLM_FEW_ODD && words > MEASURES &&
           words - l->dates - l->numbers <= PLM_FEW_ODD;
}

bool plm_words_are_refused(plm_arena *a, plm_column *c, const plm_word_looks *l)
{
    const int64_t words = l->good + l->odd;
    if (has_notations(l, words)) {
        c->why = plm_arena_format(a, "dates in several notations: '%.24s', '%.24s'", l->date,
                                  l->other_date);
        c->hint = "write dates as 2024-12-31, or set the type: columns='NAME=category' or "
                  "'NAME=drop'";
    } else if (has_dates_among_numbers(l, words)) {
        c->why = plm_arena_format(a, "dates and numbers, such as '%.24s' and '%.24s'",
                                  l->date ? l->date : l->other_date, l->number);
        c->hint = "write all of them as dates such as 2024-12-31 (a spreadsheet saves 45292 if a "
                  "cell has no date format), or set the type: columns='NAME=category' or "
                  "'NAME=drop'";
    } else if (l->durations > MEASURES && words - l->durations <= PLM_FEW_ODD &&
               l->odd > PLM_FEW_ODD) {
        c->why = plm_arena_format(a, "durations, such as '%.24s'", l->duration);
        c->hint = "write durations as numbers, such as seconds, or set the type: "
                  "columns='NAME=category' or 'NAME=drop'";
    } else if (l->measures > MEASURES && l->units <= UNITS && l->odd - l->measures <= PLM_FEW_ODD) {
        c->why = plm_arena_format(a, "numbers with signs or units, such as '%.24s'", l->measure);
        c->hint = "write plain numbers, or set the type: columns='NAME=category' or 'NAME=drop'";
    }
    return c->hint != NULL;
}
