/* Makes rows of a table from texts, one cell after the other, for files that are not separated
 * text. plm_store_add_typed reads numbers with loads of several bytes, which must not run into the
 * next cell or beyond the memory. So the row is one text in which each cell is followed by a line
 * end, and the text by a margin. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/notation.h"
#include "data/table_file.h"

#include "base/split.h"

/* The number of columns must be known. */
plm_status plm_table_texts_open(plm_table_texts *r, plm_table_file *f)
{
    *r = (plm_table_texts){.f = f, .text = {.w = f->w}};
    PLM_TRY(plm_table_file_columns(f));
    r->cell = plm_allocate_array(f->w, f->columns + 1, sizeof *r->cell);
    r->number = plm_allocate_array(f->w, f->columns + 1, sizeof *r->number);
    return r->cell != NULL && r->number != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Begins a row. The text has a margin at both ends. */
void plm_table_texts_begin(plm_table_texts *r)
{
    r->text.length = 0;
    r->cells = 0;
    plm_text_add_blanks(&r->text, PLM_STORE_MARGIN);
}

/* Blanks, tabs and line ends go. */
void plm_table_trim(const char *text, size_t *from, size_t *to)
{
    const char *rest = text + *from;
    const size_t length = plm_trim(&rest, *to - *from);
    *from = (size_t)(rest - text);
    *to = *from + length;
}

/* Appends a cell. Cells beyond the number of columns are dropped; the caller has checked their
 * number. */
void plm_table_texts_add(plm_table_texts *r, const char *text, size_t n)
{
    size_t first = 0;
    plm_table_trim(text, &first, &n);
    const size_t from = r->text.length;
    plm_text_append(&r->text, text + first, n - first);
    if (r->cells < r->f->columns) {
        r->number[r->cells] = (double)NAN;
        r->cell[r->cells++] = (plm_cell_span){from, r->text.length};
    }
    plm_text_append(&r->text, "\n", 1); /* a number must not go on in the next cell */
}

/* Appends a number with its text, which is used if a column keeps the texts of its cells. */
static void add_number(plm_table_texts *r, double x, const char *text)
{
    const size_t at = r->cells;
    plm_table_texts_add(r, text, strlen(text));
    if (at < r->cells)
        r->number[at] = isfinite(x) ? x : (double)NAN;
}

/* Appends a number. Its text has enough digits to be read back exactly. An infinite number is a
 * word, as in separated text. */
void plm_table_texts_add_real(plm_table_texts *r, double x)
{
    char text[32];
    plm_text_from_number(x, text, sizeof text);
    add_number(r, x, text);
}

/* Appends a whole number. An integer of more than 15 digits may be an identifier, such as an
 * account number, and a double may not hold it exactly; so it is treated as text, as in CSV files.
 * */
void plm_table_texts_add_whole(plm_table_texts *r, long long x)
{
    const long long most = 999999999999999;
    char text[32];
    snprintf(text, sizeof text, "%lld", x);
    add_number(r, x >= -most && x <= most ? (double)x : (double)NAN, text);
}

/* line: for messages. */
plm_status plm_table_texts_end(plm_table_texts *r, int64_t line)
{
    plm_text_add_blanks(&r->text, PLM_STORE_MARGIN);
    if (r->text.failed)
        return PLM_E_MEMORY;
    return plm_store_add_typed(r->f->store, line, plm_text_get(&r->text), r->cell, r->number,
                               r->f->name);
}

/* To be called also after an error. */
void plm_table_texts_close(plm_table_texts *r)
{
    plm_text_free(&r->text);
    plm_release(r->f->w, r->cell);
    plm_release(r->f->w, r->number);
}
