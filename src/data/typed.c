/* Makes the parts of a source of a table with types: one part for the inputs, one for the ids of
 * embeddings if there are some, one for each target, one for the weights. */
#include "data/typed.h"

#include <string.h>

/* Returns the index of the part to which a column belongs; -1 = none. Targets are numbered in the
 * order of their columns. */
static int part_of(const plm_source *s, size_t column)
{
    const plm_schema *m = s->schema;
    const plm_column_role role = m->column[column].role;
    int target = 0;
    for (size_t i = 0; i < column; i++)
        target += m->column[i].role == PLM_ROLE_TARGET;
    if (role == PLM_ROLE_INPUT)
        return plm_schema_part(m, column);
    if (role == PLM_ROLE_TARGET && target < s->targets)
        return s->inputs + target;
    return role == PLM_ROLE_WEIGHT ? plm_source_weight(s) : -1;
}

/* Returns the number of columns of a role. */
static int count_role(const plm_schema *m, plm_column_role role)
{
    int count = 0;
    for (size_t i = 0; i < m->columns; i++)
        count += m->column[i].role == role;
    return count;
}

/* Lists at most eight names, and how many columns there are. */
const char *plm_typed_words_of(plm_source *s, plm_column_role role)
{
    plm_text t = {.w = &s->w};
    size_t count = 0;
    for (size_t i = 0; i < s->schema->columns; i++)
        if (s->schema->column[i].role == role && count++ < 8)
            plm_text_format(&t, "%s%.40s", count > 1 ? ", " : "", s->schema->column[i].name);
    if (count > 8)
        plm_text_format(&t, ", ... (%zu columns)", count);
    const char *text = t.failed ? NULL : plm_arena_text(&s->arena, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return text;
}

/* Gives the source its texts for messages. */
plm_status plm_typed_name_source(plm_source *s, const char *file)
{
    s->name = plm_source_short_name(s, file);
    s->file = plm_arena_text(&s->arena, file, SIZE_MAX);
    return s->name && s->file ? PLM_OK : PLM_E_MEMORY;
}

/* Sets the shape of a part to rows of `width` values. A target with one value per row has rank
 * 0. */
static void shape_part(plm_source *s, int part, size_t width)
{
    plm_table *t = &s->table[part];
    plm_release(&s->w, t->owned);
    *t = (plm_table){.name = s->file,
                     .element = PLM_F32,
                     .rank = part < s->inputs || width > 1 ? 1 : 0,
                     .dims = {(int64_t)width},
                     .width = width};
}

/* Returns the number of values in a row of a part of the source (an input, a target, or the
 * weights). For a target it is known even before the schema is fitted. */
static size_t width_of(const plm_source *s, int part)
{
    size_t width = 0;
    for (size_t i = 0; i < s->schema->columns && part != plm_source_weight(s); i++)
        width += part_of(s, i) == part ? plm_column_width(&s->schema->column[i]) : 0;
    return part == plm_source_weight(s) ? 1 : width;
}

/* Describes the parts of the source by its schema: inputs, targets and weights, their shapes, and
 * the classes. The width of the inputs is unknown before the schema is fitted, so they are
 * described with one value per row until then. */
plm_status plm_typed_parts(plm_source *s, plm_typed *t, bool targets)
{
    const plm_schema *m = s->schema;
    const int wanted = count_role(m, PLM_ROLE_TARGET);
    if (wanted > PLM_SIDE)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "use fewer targets",
                        "the table has %d targets, the limit is %d", wanted, (int)PLM_SIDE);
    s->inputs = 1;
    for (size_t i = 0; i < m->columns; i++)
        if (m->column[i].role == PLM_ROLE_INPUT && plm_schema_part(m, i) > 0)
            s->inputs = 2;
    s->targets = targets ? wanted : 0;
    s->weighted = targets && count_role(m, PLM_ROLE_WEIGHT) > 0;
    s->rows = t->store.rows;
    const plm_column *first = plm_schema_target(m, 0);
    s->classes =
        targets && first && first->encoding == PLM_ENCODE_CLASSES ? (int64_t)first->words : 0;
    for (int i = 0; i < plm_source_parts(s); i++)
        shape_part(s, i, i < s->inputs ? 1 : width_of(s, i));
    return PLM_OK;
}

/* The columns of an input of ids share one embedding, in which each has its own range of ids: adds
 * `first`, the beginning of this range, to the ids of a column. */
static void move_ids(const plm_source *s, float *id, size_t step, size_t first)
{
    for (int64_t i = 0; i < s->rows && first > 0; i++)
        id[(size_t)i * step] += (float)first;
}

/* Allocates the rows of a part and encodes its columns. */
static plm_status fill_part(plm_source *s, plm_typed *t, int part)
{
    const plm_schema *m = s->schema;
    plm_table *table = &s->table[part];
    float *rows = plm_source_take_rows(s, table, s->rows);
    const char **name = plm_arena_array(&s->arena, table->width, sizeof *name);
    size_t at = 0, ids = 0;
    if (!rows || !name)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < m->columns; i++) {
        const plm_column *c = &m->column[i];
        if (part_of(s, i) != part)
            continue;
        PLM_TRY(plm_column_encode(c, &t->store, t->place[i], rows + at, table->width));
        move_ids(s, rows + at, table->width, plm_column_ids(c) > 0 ? ids : 0);
        ids += plm_column_ids(c);
        for (size_t k = 0; k < plm_column_width(c); k++) {
            name[at + k] = plm_column_title(&s->arena, c, k);
            if (!name[at + k])
                return PLM_E_MEMORY;
        }
        at += plm_column_width(c);
    }
    table->column = name;
    return PLM_OK;
}

/* Fills the rows of all parts by the fitted schema. A column that is empty in all training rows is
 * encoded as no value. If all columns of an input are empty, it is an error. */
plm_status plm_typed_fill(plm_source *s, plm_typed *t)
{
    for (int i = 0; i < plm_source_parts(s); i++) {
        const size_t width = width_of(s, i);
        if (width == 0)
            return plm_fail(&s->w, PLM_E_DATA, s->spec, "train on more rows, or keep other columns",
                            "the inputs are empty in all training rows");
        shape_part(s, i, width);
        PLM_TRY(fill_part(s, t, i));
    }
    return PLM_OK;
}

/* Fills the rows of those targets that are classes. Their class numbers follow from the words of
 * the column, which are known when the table is opened, before the fit. */
plm_status plm_typed_fill_classes(plm_source *s, plm_typed *t)
{
    for (int k = 0; k < s->targets; k++)
        if (plm_column_has_words(plm_schema_target(s->schema, k)))
            PLM_TRY(fill_part(s, t, s->inputs + k));
    return PLM_OK;
}
