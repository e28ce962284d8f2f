/* Finds which values of the inputs belong to which column of the data. */
#include <string.h>

#include "assess/importance.h"
#include "data/data.h"
#include "model/schema.h"

/* Fills the groups of a table with a schema: its input columns, in their order. */
static void group_columns(const plm_schema *s, plm_input_group *out)
{
    int64_t first[2] = {0}, at = 0;
    for (size_t i = 0; i < s->columns; i++) {
        const plm_column *c = &s->column[i];
        const int64_t width = c->role == PLM_ROLE_INPUT ? (int64_t)plm_column_width(c) : 0;
        if (width == 0)
            continue;
        const int part = plm_schema_part(s, i);
        out[at++] = (plm_input_group){c->name, part, first[part], width, (int64_t)i};
        first[part] += width;
    }
}

/* Returns a name for value number `at` of a part of the rows: the name of its column or, if there
 * is none, its position, such as "row 3, column 5". part: number of the part, such as that of an
 * input. NULL = no memory. */
static const char *number_name(plm_arena *a, const plm_data *d, int part, int64_t at)
{
    const plm_part *p = &d->part[part];
    const plm_table *t = &d->source->table[part];
    if (t->column && (int64_t)t->width == (int64_t)p->width)
        return t->column[at];
    if (p->rank == 2)
        return plm_arena_format(a, "row %lld, column %lld", (long long)(at / p->dims[1]),
                                (long long)(at % p->dims[1]));
    return d->source->inputs > 1 ? plm_arena_format(a, "input %d, number %lld", part, (long long)at)
                                 : plm_arena_format(a, "number %lld", (long long)at);
}

/* Fills the groups of data without a schema: each value of each input is a group. */
static plm_status group_numbers(plm_arena *a, const plm_data *d, plm_input_group *out)
{
    int64_t at = 0;
    for (int i = 0; i < d->source->inputs; i++)
        for (int64_t k = 0; k < (int64_t)d->part[i].width; k++, at++) {
            out[at] = (plm_input_group){number_name(a, d, i, k), i, k, 1, -1};
            if (!out[at].name)
                return PLM_E_MEMORY;
        }
    return PLM_OK;
}

/* Finds the groups of values that are shuffled together. All values that encode one column form a
 * group: a single value of a one-hot encoding means nothing alone. Without a schema, each value is
 * a group. */
plm_status plm_input_groups_find(const plm_model *m, const plm_data *d, plm_arena *a,
                                 plm_input_groups *out)
{
    const plm_schema *s = d->source->schema ? plm_model_columns(m) : NULL;
    out->count = 0;
    for (size_t i = 0; s && i < s->columns; i++)
        out->count += s->column[i].role == PLM_ROLE_INPUT && plm_column_width(&s->column[i]) > 0;
    for (int i = 0; !s && i < d->source->inputs; i++)
        out->count += (int64_t)d->part[i].width;
    out->at = plm_arena_array(a, (size_t)out->count + 1, sizeof *out->at);
    if (!out->at)
        return PLM_E_MEMORY;
    if (!s)
        return group_numbers(a, d, out->at);
    group_columns(s, out->at);
    return PLM_OK;
}
