/* Makes the raw columns of a table when the number and the names of the columns are known. */
#include <string.h>

#include "data/table_file.h"

/* True if column i of the table is an input of the known model. */
static bool is_input(const plm_table_file *f, size_t i)
{
    bool input = false;
    for (size_t k = 0; k < f->known->columns; k++) {
        const plm_column *c = &f->known->column[k];
        const bool same = f->title ? strcmp(c->name, f->title[i]) == 0 : k == i;
        input = input || (same && c->role == PLM_ROLE_INPUT);
    }
    return input;
}

/* True if column i of the table reads marks of missing cells, such as NA, as words. */
static bool is_literal(const plm_table_file *f, size_t i)
{
    bool literal = false;
    for (size_t k = 0; f->literal && k < f->literal->columns; k++) {
        const plm_column *c = &f->literal->column[k];
        const bool same = f->title ? strcmp(c->name, f->title[i]) == 0 : k == i;
        literal = literal || (same && c->literal);
    }
    return literal;
}

/* Makes the columns. A column that is not an input of a known model keeps the texts of its cells,
 * as it may be copied beside predictions: 007 must not become 7. */
plm_status plm_table_file_columns(plm_table_file *f)
{
    plm_store *t = f->store;
    PLM_TRY(plm_store_open(t, f->columns));
    t->header = f->title != NULL;
    for (size_t i = 0; i < f->columns; i++) {
        t->column[i].name = f->title ? f->title[i] : NULL;
        t->column[i].literal = is_literal(f, i);
        t->column[i].keep = f->keep_others && !is_input(f, i);
    }
    return PLM_OK;
}
