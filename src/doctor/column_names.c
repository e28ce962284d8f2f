/* The names of columns and classes. */
#include <string.h>

#include "doctor/facts.h"
#include "doctor/rows_seen.h"

/* Sets the names of the columns. */
static void name_columns(const plm_data *d, const plm_batch *b, plm_data_facts *f)
{
    plm_data_column *c = f->column;
    for (int i = 0; f->columns > 0 && i < b->inputs; i++) {
        const plm_table *t = &d->source->table[i];
        const int64_t width = plm_view_width(&b->input[i]);
        const bool named = t->column != NULL && (int64_t)t->width == width;
        f->named = f->named || named;
        f->images = f->images || b->input[i].rank > 2;
        for (int64_t j = 0; j < width; j++, c++) {
            c->name = named ? t->column[j] : NULL;
            c->input = i;
            c->index = (int)j;
        }
    }
}

/* Sets the names of the classes: the words of a target column of categories. */
static void name_classes(const plm_data *d, plm_data_facts *f)
{
    const plm_schema *s = d->source->schema;
    const plm_column *target = s != NULL ? plm_schema_target(s, 0) : NULL;
    if (target == NULL || target->encoding != PLM_ENCODE_CLASSES)
        return;
    f->class_name = target->word;
    f->class_names = (int)target->words;
}

/* Returns the name of the column that is the only target; NULL = it has none. */
static const char *target_of(const plm_data *d, const plm_batch *b)
{
    const plm_table *t = &d->source->table[d->source->inputs];
    return d->source->targets == 1 && b->targets == 1 && t->column != NULL && t->width == 1
               ? t->column[0]
               : NULL;
}

void plm_facts_name(const plm_data *train, const plm_batch *b, plm_data_facts *f)
{
    name_columns(train, b, f);
    name_classes(train, f);
    f->target_name = target_of(train, b);
}

void plm_facts_name_others(const plm_data *validation, const plm_batch *b, plm_data_facts *f)
{
    plm_data_column *c = f->column;
    for (int i = 0; i < b->inputs; i++) {
        const plm_table *t = &validation->source->table[i];
        const int64_t width = plm_view_width(&b->input[i]);
        const bool named = t->column != NULL && (int64_t)t->width == width;
        for (int64_t j = 0; j < width; j++, c++)
            c->other_name = named ? t->column[j] : NULL;
    }
    f->other_target_name = target_of(validation, b);
}
