/* A cell of a table with types as text. */
#include <math.h>

#include "base/notation.h"
#include "data/typed.h"

/* Appends a cell for people: ten digits are enough. Appends nothing for columns that were dropped,
 * and for missing cells. */
void plm_typed_cell(const plm_source *s, size_t column, int64_t row, plm_text *out)
{
    const plm_typed *t = s->state;
    if (!s->schema || t->place[column] == SIZE_MAX || row < 0 || row >= t->store.rows)
        return;
    const plm_raw_column *c = &t->store.column[t->place[column]];
    if (c->code && c->code[row] >= 0)
        plm_text_add(out, c->word[c->code[row]]);
    else if (isfinite(c->number[row]))
        plm_text_format(out, "%.10g", c->number[row]);
}

/* Appends a cell as text with all digits, so that it can be read back exactly. A forecast adds
 * rows that are not in the file: their dates are written in the notation of the first date of
 * the file. */
void plm_typed_text(const plm_typed *t, size_t i, int64_t row, plm_text *out)
{
    const plm_raw_column *c = &t->store.column[i];
    char number[PLM_DATE_TEXT];
    if (c->code && c->code[row] >= 0) {
        plm_text_add(out, c->word[c->code[row]]);
    } else if (plm_format_is_date(c->format) && isfinite(c->number[row])) {
        plm_table_date_like(c->number[row], c->words > 0 ? c->word[0] : "", c->format, number);
        plm_text_add(out, number);
    } else if (isfinite(c->number[row])) {
        plm_text_from_number(c->number[row], number, sizeof number);
        plm_text_add(out, number);
    }
}
