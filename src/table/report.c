/* Writes the report of a table for people, with a line for each column. Only this report tells a
 * user before the training what was decided about a column, so it gives the reason: how many words,
 * which format, what is missing. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/letters.h"
#include "table/schema.h"

/* MANY: in a table with more columns, those that follow one another and are alike get one line,
 * since nobody reads a thousand. ROOM: if the last cell of a line has at least this many characters
 * on the screen, it is broken; else each row is a small block of lines. */
enum { CELLS = 5, WORDS = PLM_COLUMN_WORDS, MANY = 100, ROOM = 22 };

/* The cells of a line. */
typedef struct {
    char cell[CELLS][WORDS];
} line;

/* Describes how a column of numbers is scaled, and what its missing cells become. */
static void describe_number(const plm_column *c, char out[WORDS])
{
    static const char *const scaled[PLM_COLUMN_SCALINGS] = {
        "standardized", "scaled to 0 to 1", "logarithm, standardized", "share of smaller numbers"};
    const char *gaps = c->carried      ? ", gaps: last known number, marked"
                       : c->mean_fills ? ", gaps: mean, marked"
                                       : ", gaps: median, marked";
    snprintf(out, WORDS, "%s%s%s", scaled[c->scaling], c->indicator ? gaps : "",
             c->time ? ", sorts the rows" : "");
}

/* Describes what is done with an input. */
static void describe_input(const plm_column *c, char out[WORDS])
{
    const char *gap = c->indicator ? ", gaps marked" : "";
    const size_t width = plm_column_width(c);
    switch (c->encoding) {
    case PLM_ENCODE_STANDARDIZE:
        describe_number(c, out);
        break;
    case PLM_ENCODE_SIGNS:
        snprintf(out, WORDS, "1 or -1%s", gap);
        break;
    case PLM_ENCODE_ONE_HOT:
        if (c->rare > 0)
            snprintf(out, WORDS, "one-hot, %zu numbers; %lld rare words are treated as unknown%s",
                     width, (long long)c->rare, gap);
        else
            snprintf(out, WORDS, "one-hot%s", gap);
        break;
    case PLM_ENCODE_INDEX:
        snprintf(out, WORDS,
                 "embedding, %zu words; %lld rare words and all unknown ones share a vector%s",
                 c->words, (long long)c->rare, gap);
        break;
    case PLM_ENCODE_LABELS:
        snprintf(out, WORDS, "%zu numbers, one for each label", width);
        break;
    case PLM_ENCODE_DATE:
        snprintf(out, WORDS, "time and cycles%s%s", gap, c->time ? ", sorts the rows" : "");
        break;
    default:
        snprintf(out, WORDS, "nothing: the column cannot be used");
    }
}

/* Describes in few words how the column is encoded. */
void plm_column_describe(const plm_column *c, char out[PLM_COLUMN_WORDS])
{
    switch (c->role) {
    case PLM_ROLE_INPUT:
        describe_input(c, out);
        break;
    case PLM_ROLE_TARGET:
        snprintf(out, WORDS,
                 c->encoding == PLM_ENCODE_CLASSES  ? "learned: %zu classes"
                 : c->encoding == PLM_ENCODE_LABELS ? "learned: %zu labels"
                 : c->encoding == PLM_ENCODE_NONE   ? "nothing: the column cannot be used"
                                                    : "learned: a number",
                 c->words);
        break;
    case PLM_ROLE_WEIGHT:
        snprintf(out, WORDS, "%s",
                 c->encoding == PLM_ENCODE_NONE ? "nothing: the column cannot be used"
                                                : "weights of the rows");
        break;
    case PLM_ROLE_ID:
        snprintf(out, WORDS, "kept beside predictions");
        break;
    case PLM_ROLE_GROUP:
        snprintf(out, WORDS,
                 c->lagged ? "each group is a series of its own"
                           : "keeps the rows of a group together");
        break;
    default:
        snprintf(out, WORDS, "%s",
                 c->time     ? "sorts the rows"
                 : c->lagged ? "its earlier values are inputs"
                             : "dropped");
    }
}

/* Writes at most the first 100 bytes of a text of the file, with control characters escaped. The
 * width of the cell is that of the escaped text. */
static void show(plm *w, const char *text, char out[WORDS])
{
    plm_text shown = {.w = w};
    char part[101];
    snprintf(part, sizeof part, "%s", text);
    plm_text_add_printable(&shown, part);
    snprintf(out, WORDS, "%s", plm_text_get(&shown));
    plm_text_free(&shown);
}

/* Fills the cells of a line. */
static void fill(plm *w, const plm_column *c, line *out)
{
    show(w, c->name, out->cell[0]);
    snprintf(out->cell[1], WORDS, "%s", plm_column_types[c->type]);
    show(w, c->why, out->cell[2]);
    if (c->missing > 0)
        snprintf(out->cell[3], WORDS, "%lld", (long long)c->missing);
    plm_column_describe(c, out->cell[4]);
}

/* True if two lines say the same of their columns. */
static bool are_alike(const line *a, const line *b)
{
    for (int i = 1; i < CELLS; i++)
        if (strcmp(a->cell[i], b->cell[i]) != 0)
            return false;
    return true;
}

/* Fills the cells of the line that begins with column i. Returns the index of the column after the
 * last one of this line. */
static size_t fill_next(plm *w, const plm_schema *s, size_t i, line *out)
{
    size_t next = i + 1;
    line other = {{""}};
    fill(w, &s->column[i], out);
    for (; next < s->columns && s->columns > MANY; next++) {
        line l = {{""}};
        fill(w, &s->column[next], &l);
        if (!are_alike(out, &l))
            break;
        other = l;
    }
    if (next < i + 3)
        return i + 1;
    line first = *out;
    snprintf(out->cell[0], WORDS, "%.60s ... %.60s (%zu columns)", first.cell[0], other.cell[0],
             next - i);
    return next;
}

/* Appends a row of the report; wide[i]: width of column i in characters. The last cell is broken at
 * `width`; 0 = it stays in one line. */
static void add_line(plm_text *t, const line *l, const int wide[CELLS], int width)
{
    int at = 0;
    for (int i = 0; i + 1 < CELLS; i++) {
        const int blanks = wide[i] - plm_utf8_letters(l->cell[i]);
        plm_text_add_blanks(t, i == 3 ? blanks : 0);
        plm_text_add(t, l->cell[i]);
        plm_text_add_blanks(t, i == 3 ? 2 : blanks + 2);
        at += wide[i] + 2;
    }
    plm_text_wrap(t, at, at, width > 0 ? width : INT16_MAX, l->cell[CELLS - 1]);
}

/* Appends a text in lines of `width` characters, each after `indent` blanks. */
static void add_wrapped(plm_text *t, int indent, int width, const char *text)
{
    plm_text_add_blanks(t, indent);
    plm_text_wrap(t, indent, indent + 2, width, text);
}

/* Appends the cells of a row below one another, for a narrow screen. */
static void add_block(plm_text *t, const line *l, int width)
{
    char text[2 * WORDS + 8];
    add_wrapped(t, 0, width, l->cell[0]);
    snprintf(text, sizeof text, "%s: %s", l->cell[1], l->cell[2]);
    add_wrapped(t, 2, width, text);
    snprintf(text, sizeof text, "%s missing", l->cell[3]);
    if (*l->cell[3] != '\0')
        add_wrapped(t, 2, width, text);
    add_wrapped(t, 2, width, l->cell[4]);
}

/* Widens the columns for a line. */
static void widen(const line *l, int wide[CELLS])
{
    for (int k = 0; k < CELLS; k++) {
        const int letters = plm_utf8_letters(l->cell[k]);
        wide[k] = letters > wide[k] ? letters : wide[k];
    }
}

/* Returns the width of a line. */
static int sum(const int wide[CELLS])
{
    int width = 2 * (CELLS - 1);
    for (int k = 0; k < CELLS; k++)
        width += wide[k];
    return width;
}

/* Appends the report of the columns. The widths of all cells are computed first, so that the
 * columns are aligned. If a row is wider than the screen, its last cell is broken into lines or, if
 * there is no room for that, each row is written as a small block of lines. */
void plm_schema_report(plm_text *t, const plm_schema *s, int width)
{
    static const line head = {{"column", "type", "why", "missing", "what is done"}};
    int wide[CELLS] = {0};
    widen(&head, wide);
    for (size_t i = 0; i < s->columns;) {
        line l = {{""}};
        i = fill_next(t->w, s, i, &l);
        widen(&l, wide);
    }
    const bool narrow =
        width > 0 && sum(wide) > width && sum(wide) - wide[CELLS - 1] + ROOM > width;
    if (!narrow)
        add_line(t, &head, wide, width);
    for (size_t i = 0; i < s->columns;) {
        line l = {{""}};
        i = fill_next(t->w, s, i, &l);
        if (narrow)
            add_block(t, &l, width);
        else
            add_line(t, &l, wide, width);
    }
}
