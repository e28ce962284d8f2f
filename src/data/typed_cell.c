/* A cell of a table with types as text. */
#include <math.h>

#include "base/notation.h"
#include "data/typed.h"

/* Appends a number or date that has no text in the file. digits: of a number that is not whole. */
static void add_number(const plm_raw_column *c, int64_t row, int digits, plm_text *out)
{
    const double x = c->number[row];
    char text[PLM_DATE_TEXT];
    if (!isfinite(x))
        return;
    if (plm_format_is_date(c->format))
        plm_table_date_like(x, c->words > 0 ? c->word[0] : "", c->format, text);
    else if (digits < 17 && floor(x) < x)
        plm_print(text, sizeof text, "%.*g", digits, x);
    else
        plm_text_from_number(x, text, sizeof text);
    plm_text_add(out, text);
}

/* Appends a cell for people: ten digits of a fraction are enough, a whole number may be an id.
 * Appends nothing for columns that were dropped, and for missing cells. */
void plm_typed_cell(const plm_source *s, size_t column, int64_t row, plm_text *out)
{
    const plm_typed *t = s->state;
    if (!s->schema || t->place[column] == SIZE_MAX || row < 0 || row >= t->store.rows)
        return;
    const plm_raw_column *c = &t->store.column[t->place[column]];
    if (c->code && c->code[row] >= 0)
        plm_text_add(out, c->word[c->code[row]]);
    else
        add_number(c, row, 10, out);
}

/* Appends a cell as text with all digits, so that it can be read back exactly. A forecast adds
 * rows that are not in the file: their dates are written in the notation of the first date of
 * the file. */
void plm_typed_text(const plm_typed *t, size_t i, int64_t row, plm_text *out)
{
    const plm_raw_column *c = &t->store.column[i];
    if (c->code && c->code[row] >= 0)
        plm_text_add(out, c->word[c->code[row]]);
    else
        add_number(c, row, 17, out);
}
