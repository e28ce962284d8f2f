/* Lines that wait. A line with a cell for each column may still be no row, if it is at the end of
 * the table: totals ("Total;;99"), a note to which a spreadsheet has appended empty cells ("Source:
 * the office;;"), an empty row between them. Whether it is at the end is known only when a row
 * follows or the file ends. Until then its text is kept here. If a row follows, the lines become
 * rows; at the end of the file they are left out, each with a warning. */
#include <string.h>
#include <strings.h>

#include "data/table_rows.h"

/* Max number of totals and notes at the end of a table. */
enum { MOST = 8 };

/* ---- what a line is ---- */

size_t plm_table_first_filled(const plm_records *r)
{
    size_t i = 0;
    while (i < r->cells && r->cell[i].from == r->cell[i].to)
        i++;
    return i;
}

/* Copies the beginning of a cell. */
void plm_table_quote(const plm_records *r, size_t cell, char out[PLM_NOTE_TOLD + 1])
{
    const size_t length = r->cell[cell].to - r->cell[cell].from;
    const size_t n = length < PLM_NOTE_TOLD ? length : PLM_NOTE_TOLD;
    memcpy(out, r->text + r->cell[cell].from, n);
    out[n] = '\0';
}

bool plm_table_row_is_empty(const plm_records *r)
{
    return r->cell[0].from == r->cell[0].to && plm_table_first_filled(r) == r->cells;
}

/* True if the record repeats the header, that is, the names of the columns. */
bool plm_table_is_header(const plm_table_file *f, const plm_records *r)
{
    for (size_t i = 0; i < f->columns; i++) {
        const size_t length = r->cell[i].to - r->cell[i].from;
        if (!f->title || strlen(f->title[i]) != length ||
            memcmp(f->title[i], r->text + r->cell[i].from, length) != 0)
            return false;
    }
    return true;
}

/* True if the first cell with a value marks the line as totals or means, such as "Total:"; *at =
 * its index, word = its text without a colon. */
static bool is_total_word(const plm_records *r, size_t *at, char word[PLM_NOTE_TOLD + 1])
{
    static const char *const words[] = {
        "total",      "totals",        "grand total", "subtotal",       "sum",          "summe",
        "gesamt",     "insgesamt",     "gesamtsumme", "totale",         "totaal",       "suma",
        "somme",      "total general", "average",     "mittelwert",     "durchschnitt", "saldo",
        "kontostand", "endsaldo",      "balance",     "closing balance"};
    *at = plm_table_first_filled(r);
    if (*at == r->cells)
        return false;
    const char first = r->text[r->cell[*at].from];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (((*words[i] ^ first) & ~0x20) != 0)
            continue; /* most words of most rows */
        plm_table_quote(r, *at, word);
        word[strcspn(word, ":")] = '\0';
        if (strcasecmp(word, words[i]) == 0 || strncasecmp(word, "grand total ", 12) == 0)
            return true;
    }
    return false;
}

/* True if a single cell of the line has a value, which is a text, and is not in the last column;
 * *at = its index, word = its text. Most rows are excluded by their last cell. */
static bool is_lone_text(const plm_records *r, size_t columns, size_t *at,
                         char word[PLM_NOTE_TOLD + 1])
{
    if (columns < 3 || r->cell[columns - 1].from != r->cell[columns - 1].to)
        return false;
    *at = plm_table_first_filled(r);
    for (size_t i = *at + 1; i < r->cells; i++)
        if (r->cell[i].from != r->cell[i].to)
            return false;
    if (*at == r->cells)
        return false;
    plm_table_quote(r, *at, word);
    return !plm_table_missing(word) && plm_cell_read(word).fits == 0;
}

/* True if the text begins as notes below tables do. */
static bool begins_note(const char *word)
{
    static const char *const begins[] = {"source",  "note",     "*",         "\xC2\xA9", "(c)",
                                         "quelle",  "hinweis",  "anmerkung", "stand:",   "fuente",
                                         "nota",    "fonte",    "remarque",  "legend",   "end of",
                                         "created", "erstellt", "generated", "exported", "1)"};
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncasecmp(word, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

/* True if a text cannot be a cell of the column, whose cells so far are numbers or dates. */
static bool contradicts(const plm_store *t, const plm_raw_column *c)
{
    return c->words > 0 ? plm_cell_read(c->word[0]).fits != 0 : c->missing < t->rows;
}

/* True if a text, the only one of its line, is a note: no earlier row has it in its column, and it
 * begins like a note, or is below an empty line or another line that waits, or does not fit the
 * column. */
static bool is_note(const plm_table_rows *b, size_t at, const char *word)
{
    const plm_store *t = b->f->store;
    const plm_raw_column *c = &t->column[at];
    if (t->rows == 0 || plm_index_find(&c->find, word) != SIZE_MAX)
        return false;
    return begins_note(word) || b->f->records.behind_blank || b->empty > 0 || b->waits > 0 ||
           contradicts(t, c);
}

bool plm_table_row_is_plain(const plm_table_file *f, const plm_records *r)
{
    char word[PLM_NOTE_TOLD + 1];
    size_t at = 0;
    return !is_total_word(r, &at, word) && !is_lone_text(r, f->columns, &at, word) &&
           !plm_table_is_header(f, r);
}

/* "Total" may be an ordinary value of a column of words: if it occurred before, this is an ordinary
 * row. The search needs all earlier rows, so buffered rows are stored first, which takes time only
 * for lines that begin with such a word. */
plm_status plm_table_row_kind(plm_table_rows *b, plm_row_kind *out)
{
    char word[PLM_NOTE_TOLD + 1];
    size_t at = 0;
    const plm_records *r = &b->f->records;
    *out = PLM_ROW_PLAIN;
    if (plm_table_row_is_empty(r)) {
        *out = b->waits > 0 || b->notes > 0 ? PLM_ROW_EMPTY : PLM_ROW_PLAIN;
        return PLM_OK;
    }
    if (is_total_word(r, &at, word)) {
        PLM_TRY(plm_store_flush(b->f->store));
        if (plm_index_find(&b->f->store->column[at].find, word) == SIZE_MAX)
            *out = PLM_ROW_TOTAL;
        else
            plm_table_count_total(b, r->line);
    } else if (is_lone_text(r, b->f->columns, &at, word)) {
        PLM_TRY(plm_store_flush(b->f->store));
        *out = is_note(b, at, word) ? PLM_ROW_NOTE : PLM_ROW_PLAIN;
    }
    return PLM_OK;
}

/* ---- the lines ---- */

/* Counts a line that looks like totals but is kept as a row. */
void plm_table_count_total(plm_table_rows *b, int64_t line)
{
    b->totals_line = b->totals++ == 0 ? line : b->totals_line;
}

bool plm_table_may_wait(const plm_table_rows *b, plm_row_kind kind)
{
    return kind == PLM_ROW_EMPTY || (kind != PLM_ROW_PLAIN && b->marked < MOST);
}

/* Copies the record, since the next one overwrites it. Its text has PLM_STORE_MARGIN readable bytes
 * on both sides, as plm_store_add requires. */
plm_status plm_table_wait(plm_table_rows *b, plm_row_kind kind)
{
    const plm_records *r = &b->f->records;
    plm_arena *a = b->f->arena;
    plm_waiting *list = plm_arena_grow(a, b->waiting, b->waits, &b->waiting_room, sizeof *list);
    plm_cell_span *cell = plm_arena_array(a, b->f->columns, sizeof *cell);
    if (!list || !cell)
        return PLM_E_MEMORY;
    b->waiting = list;
    if (b->text.length == 0)
        plm_text_add_blanks(&b->text, PLM_STORE_MARGIN);
    for (size_t i = 0; i < b->f->columns; i++) {
        const size_t from = b->text.length;
        plm_text_append(&b->text, r->text + r->cell[i].from, r->cell[i].to - r->cell[i].from);
        cell[i] = (plm_cell_span){from, b->text.length};
        plm_text_append(&b->text, "\n", 1);
    }
    list[b->waits++] = (plm_waiting){.line = r->line, .kind = kind, .cell = cell};
    b->marked += kind != PLM_ROW_EMPTY;
    return b->text.failed ? PLM_E_MEMORY : PLM_OK;
}

/* Another row follows, so they are rows, too. */
plm_status plm_table_add_waiting(plm_table_rows *b)
{
    plm_text_add_blanks(&b->text, PLM_STORE_MARGIN);
    if (b->text.failed)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < b->waits; i++) {
        const plm_waiting *w = &b->waiting[i];
        if (w->kind == PLM_ROW_TOTAL)
            plm_table_count_total(b, w->line);
        PLM_TRY(plm_store_add(b->f->store, w->line, plm_text_get(&b->text), w->cell, b->f->name));
    }
    b->waits = b->marked = 0;
    b->text.length = 0;
    return PLM_OK;
}

int64_t plm_table_waiting_empty(const plm_table_rows *b)
{
    return (int64_t)(b->waits - b->marked);
}

/* Warns of each line but the empty ones: they are at the end of the table. */
void plm_table_warn_waiting(const plm_table_rows *b)
{
    for (size_t i = 0; i < b->waits; i++) {
        const plm_waiting *w = &b->waiting[i];
        size_t k = 0;
        while (k + 1 < b->f->columns && w->cell[k].from == w->cell[k].to)
            k++;
        const int length = (int)(w->cell[k].to - w->cell[k].from);
        const char *text = plm_text_get(&b->text) + w->cell[k].from;
        const int told = length < PLM_NOTE_TOLD ? length : PLM_NOTE_TOLD;
        if (w->kind == PLM_ROW_NOTE)
            plm_warn(b->f->w, "%.100s: line %lld is skipped as a note after the table: '%.*s'",
                     b->f->name, (long long)w->line, told, text);
        else if (w->kind == PLM_ROW_TOTAL)
            plm_warn(b->f->w,
                     "%.100s: line %lld is skipped, since it has the totals of the table: '%.*s'",
                     b->f->name, (long long)w->line, told, text);
    }
}
