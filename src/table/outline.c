/* Sums up in one line what was decided about the columns of a table. The line is printed before
 * each training, since a column that was dropped or read as words is the most common reason why a
 * good net predicts badly, and few people read the whole report. */
#include "table/schema.h"

enum { NAMES = 4 }; /* dropped columns that are named */

/* Appends the number of inputs of each type: "4 number, 2 category". Columns of earlier rows, which
 * are in no file, are listed as lags. */
static void add_inputs(plm_text *t, const plm_schema *s)
{
    int64_t count[PLM_COLUMN_TYPES] = {0}, lags = 0;
    const char *between = "";
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        lags += c->role == PLM_ROLE_INPUT && c->lag > 0;
        count[c->type] += c->role == PLM_ROLE_INPUT && c->lag == 0;
    }
    for (int k = 0; k < PLM_COLUMN_TYPES; k++)
        if (count[k] > 0) {
            plm_text_format(t, "%s%lld %s", between, (long long)count[k], plm_column_types[k]);
            between = ", ";
        }
    if (lags > 0)
        plm_text_format(t, "%s%lld of earlier rows", between, (long long)lags);
}

/* Appends the names and types of the first dropped columns, and the number of others. */
static void add_dropped(plm_text *t, const plm_schema *s)
{
    size_t dropped = 0;
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        if (c->role != PLM_ROLE_DROPPED || c->lagged)
            continue;
        if (dropped < NAMES) {
            plm_text_add(t, dropped == 0 ? "; dropped: " : ", ");
            plm_text_add_printable(t, c->name);
            plm_text_format(t, " (%s)", plm_column_types[c->type]);
        }
        dropped++;
    }
    if (dropped > NAMES)
        plm_text_format(t, " and %zu more", dropped - NAMES);
}

/* Appends the names of the columns that are kept beside predictions. */
static void add_ids(plm_text *t, const plm_schema *s)
{
    const char *before = "; kept beside predictions: ";
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].role == PLM_ROLE_ID) {
            plm_text_add(t, before);
            plm_text_add_printable(t, s->column[i].name);
            before = ", ";
        }
}

/* Appends the line about the columns. Columns with values of earlier rows (lags) are listed as
 * inputs, and the columns from which they are made are not listed as dropped. */
void plm_schema_outline(plm_text *t, const plm_schema *s)
{
    plm_text_add(t, "columns: ");
    add_inputs(t, s);
    add_dropped(t, s);
    add_ids(t, s);
}
