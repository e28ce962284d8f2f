/* Columns said by names, numbers and runs become the parts of a source. */
#include "data/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"

/* ---- finding ---- */

static plm_status fail_column(plm_source *s, const plm_columns *c, const plm_spec *said)
{
    const char *text = plm_spec_text(&s->arena, said);
    const char *const nearest = c->name && said->text ? plm_name_nearest(said->text, c->name, c->count) : NULL;
    plm_text mend = {.w = &s->w};
    if (nearest)
        plm_text_format(&mend, "did you mean '%s'?", nearest);
    else if (c->name)
        plm_text_add(&mend, "columns: ");
    else
        plm_text_format(&mend, "the file has no header: columns are 0 to %zu, or -1 for the last", c->count - 1);
    for (size_t i = 0; !nearest && c->name && i < c->count && mend.length < PLM_MEND_ROOM - 60; i++)
        plm_text_format(&mend, "%s%.40s", i > 0 ? ", " : "", c->name[i]);
    const plm_status status = plm_fail(&s->w, PLM_E_SPEC, s->spec, plm_text_get(&mend), "there is no column %s",
                                       text ? text : "of that name");
    plm_text_free(&mend);
    return status;
}

static bool find_name(const plm_columns *c, const char *text, size_t *out)
{
    for (int alike = 0; alike < 2 && c->name && text; alike++)
        for (size_t i = 0; i < c->count; i++)
            if (alike ? plm_name_equal(c->name[i], text) : strcmp(c->name[i], text) == 0) {
                *out = i;
                return true;
            }
    return false;
}

static bool find_number(const plm_columns *c, double number, size_t *out)
{
    const double n = number < 0 ? number + (double)c->count : number;
    if (!(n >= 0 && n < (double)c->count))
        return false;
    *out = (size_t)n;
    return n == (double)*out;
}

/* One end of a run: a name or a number, as text. */
static bool find_end(plm_source *s, const plm_columns *c, const char *from, size_t length, size_t *out)
{
    const char *text = plm_arena_text(&s->arena, from, length), *end = NULL;
    if (!text || find_name(c, text, out))
        return text != NULL;
    const double number = plm_text_number(text, &end);
    return end != text && !*end && find_number(c, number, out);
}

/* A name that two columns have says neither. */
static plm_status check_single(plm_source *s, const plm_columns *c, size_t found)
{
    for (size_t i = found + 1; i < c->count; i++)
        if (strcmp(c->name[i], c->name[found]) == 0)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec, "say its number, counted from 0, or rename one of them",
                            "columns %zu and %zu are both called '%.80s'", found, i, c->name[found]);
    return PLM_OK;
}

/* The columns first..last that a word says: one, or a run 'a:b'. */
static plm_status find_columns(plm_source *s, const plm_columns *c, const plm_spec *said, size_t *first, size_t *last)
{
    if (said->type == PLM_SPEC_NUMBER ? said->whole && find_number(c, said->number, first)
                                      : find_name(c, said->text, first)) {
        *last = *first;
        return said->type == PLM_SPEC_NUMBER ? PLM_OK : check_single(s, c, *first);
    }
    const char *colon = said->type == PLM_SPEC_TEXT ? strchr(said->text, ':') : NULL;
    if (!colon || !find_end(s, c, said->text, (size_t)(colon - said->text), first)
        || !find_end(s, c, colon + 1, strlen(colon + 1), last))
        return fail_column(s, c, said);
    if (*first <= *last)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->spec, "say the column further left first", "the run %s goes backwards",
                    said->text);
}

/* ---- parts ---- */

static plm_status add_columns(plm_source *s, plm_columns *c, const plm_spec *said, int part, size_t *width)
{
    size_t first = 0, last = 0;
    PLM_TRY(find_columns(s, c, said, &first, &last));
    for (size_t i = first; i <= last; i++) {
        if (c->part[i] >= 0)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name it once", "column %zu is said twice", i);
        c->part[i] = part;
        c->place[i] = (*width)++;
    }
    return PLM_OK;
}

/* One part: a column, or a list of them. */
static plm_status add_part(plm_source *s, plm_columns *c, const plm_spec *said, int part, size_t *width)
{
    if (said->type != PLM_SPEC_LIST)
        return add_columns(s, c, said, part, width);
    for (size_t i = 0; i < said->count; i++) {
        const plm_spec *column = said->argument[i].value;
        if (column->type == PLM_SPEC_LIST)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec, "say [[a, b], [c]]: a list of lists of columns",
                            "the columns are nested too deep");
        PLM_TRY(add_columns(s, c, column, part, width));
    }
    if (*width > 0)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name its columns, or say none", "an empty list of columns");
}

static bool has_lists(const plm_spec *said)
{
    for (size_t i = 0; said->type == PLM_SPEC_LIST && i < said->count; i++)
        if (said->argument[i].value->type == PLM_SPEC_LIST)
            return true;
    return false;
}

/* All parts of a side: one, or as many as there are lists in the list. */
static plm_status add_side(plm_source *s, plm_columns *c, const plm_spec *said, int first, size_t width[PLM_PARTS],
                           int *parts)
{
    *parts = !said ? 0 : 1;
    if (!said || !has_lists(said))
        return said ? add_part(s, c, said, first, &width[first]) : PLM_OK;
    if (said->count > PLM_SIDE)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "join some of them", "%zu groups of columns, and 4 are the most",
                        said->count);
    *parts = (int)said->count;
    for (int i = 0; i < *parts; i++)
        PLM_TRY(add_part(s, c, said->argument[i].value, first + i, &width[first + i]));
    return PLM_OK;
}

/* Targets and weights are found first; then inputs that nobody named are what is left. */
static plm_status add_all(plm_source *s, plm_columns *c, const plm_columns_said *said, size_t width[PLM_PARTS])
{
    int weights = 0;
    s->inputs = said->inputs && has_lists(said->inputs) ? (int)said->inputs->count : 1;
    if (s->inputs <= PLM_SIDE) /* else add_side tells */
        PLM_TRY(add_side(s, c, said->target, s->inputs, width, &s->targets));
    if (s->inputs <= PLM_SIDE && said->weight)
        PLM_TRY(add_side(s, c, said->weight, s->inputs + s->targets, width, &weights));
    if (weights > 1)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name one column", "there are %d groups of weights", weights);
    s->weighted = weights > 0;
    if (said->inputs)
        return add_side(s, c, said->inputs, 0, width, &s->inputs);
    for (size_t i = 0; i < c->count; i++)
        if (c->part[i] < 0) {
            c->part[i] = 0;
            c->place[i] = width[0]++;
        }
    return PLM_OK;
}

plm_status plm_columns_choose(plm_source *s, plm_columns *c, const plm_columns_said *said, const char *name)
{
    size_t width[PLM_PARTS] = {0};
    c->part = plm_arena_array(&s->arena, c->count, sizeof *c->part);
    c->place = plm_arena_array(&s->arena, c->count, sizeof *c->place);
    if (!c->part || !c->place)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        c->part[i] = -1;
    PLM_TRY(add_all(s, c, said, width));
    if (width[0] == 0)
        return plm_fail(&s->w, PLM_E_DATA, name, "check the delimiter, or say target=none",
                        "no column is left for the inputs: the table has %zu", c->count);
    for (int i = 0; i < plm_source_parts(s); i++) {
        s->table[i] = (plm_table){.name = name, .element = PLM_ELEMENT_F32};
        PLM_TRY(plm_source_shape(s, &s->table[i], 2, (int64_t[]){1, (int64_t)width[i]}));
    }
    return PLM_OK;
}
