/* Assigns the columns of a table to the parts of a source. The spec names columns by names, numbers
 * and ranges. A "side" is the inputs, the targets or the weights, each set by one key of the spec.
 * If the spec does not set a side, the columns that the model was trained on are used; without a
 * model, all remaining columns are inputs. A side has one part, or several if the key is a list of
 * lists. */
#include "data/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/letters.h"
#include "base/notation.h"

/* ---- parts ---- */

/* Assigns the columns of an entry (a column or a range) to a part. *width: number of columns of the
 * part so far; updated. Fails if a column already belongs to a part. Sets c->run if the entry is a
 * range: a model then cannot find its columns by name in another table, since the columns of a
 * range depend on their order. */
static plm_status add_columns(plm_source *s, plm_columns *c, const plm_spec *given, int part,
                              size_t *width)
{
    size_t first = 0, last = 0;
    PLM_TRY(plm_columns_find(s, c, given, &first, &last));
    c->run = c->run || first != last;
    for (size_t i = first; i <= last; i++) {
        if (c->part[i] >= 0)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                            s->known.inputs[0]
                                ? "use the column only once; a column that is an input of the "
                                  "model cannot be a target, unless inputs= lists other columns"
                                : "use the column only once",
                            "column %zu%s%.80s%s is used twice", i, c->name ? ", '" : "",
                            c->name ? c->name[i] : "", c->name ? "'," : "");
        c->part[i] = part;
        c->place[i] = (*width)++;
    }
    return PLM_OK;
}

/* Assigns the columns of one part. given: a column, or a list of columns. */
static plm_status add_part(plm_source *s, plm_columns *c, const plm_spec *given, int part,
                           size_t *width)
{
    if (given->type != PLM_SPEC_LIST)
        return add_columns(s, c, given, part, width);
    for (size_t i = 0; i < given->count; i++) {
        const plm_spec *column = given->argument[i].value;
        if (column->type == PLM_SPEC_LIST)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                            "use a list of lists of columns: [[a, b], [c]]",
                            "the lists of columns are nested too deep");
        PLM_TRY(add_columns(s, c, column, part, width));
    }
    if (*width > 0)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->spec, "list the columns, or write none",
                    "the list of columns is empty");
}

/* True for a list of lists: several parts. */
static bool has_lists(const plm_spec *given)
{
    for (size_t i = 0; given->type == PLM_SPEC_LIST && i < given->count; i++)
        if (given->argument[i].value->type == PLM_SPEC_LIST)
            return true;
    return false;
}

/* Assigns the columns of one side. given: the columns of a single part or, if it is a list of
 * lists, one list for each part; NULL = the side has no parts. first: number of the side's first
 * part. *parts: set to the number of parts. width[PLM_PARTS]: number of columns of each part. */
static plm_status add_side(plm_source *s, plm_columns *c, const plm_spec *given, int first,
                           size_t width[PLM_PARTS], int *parts)
{
    *parts = !given ? 0 : 1;
    if (!given || !has_lists(given))
        return given ? add_part(s, c, given, first, &width[first]) : PLM_OK;
    if (given->count > PLM_SIDE)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "combine some of the groups",
                        "there are %zu groups of columns; the limit is 4", given->count);
    *parts = (int)given->count;
    for (int i = 0; i < *parts; i++)
        PLM_TRY(add_part(s, c, given->argument[i].value, first + i, &width[first + i]));
    return PLM_OK;
}

/* True if the target is the default. The default is parsed from a separate text, so it begins in
 * column 1 of this text; a target in the spec comes after the name of the source. */
static bool is_default(const plm_spec *given)
{
    return given && given->type == PLM_SPEC_NUMBER && given->column == 1;
}

/* Assigns all columns that belong to no part to part 0, the input. */
static void take_rest(plm_columns *c, size_t *width)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->part[i] < 0) {
            c->part[i] = 0;
            c->place[i] = (*width)++;
        }
}

/* Drops the targets if the caller needs no targets and the spec does not set them. The column of
 * the default target is then not read, neither as a target nor as an input. */
static void forget_targets(plm_source *s, plm_columns *c, const plm_spec *given)
{
    if (s->known.wants_targets || !is_default(given) || s->weighted)
        return;
    for (size_t i = 0; i < c->count; i++)
        c->part[i] = c->part[i] >= s->inputs ? -1 : c->part[i];
    s->targets = 0;
}

/* Assigns all columns: first the targets and weights, then the inputs. If no inputs are listed, all
 * remaining columns are inputs, so targets must be assigned before. The part numbers of the targets
 * depend on the number of inputs, which is known from the lists. */
static plm_status add_all(plm_source *s, plm_columns *c, const plm_columns_given *given,
                          size_t width[PLM_PARTS])
{
    int weights = 0;
    s->inputs = given->inputs && has_lists(given->inputs) ? (int)given->inputs->count : 1;
    if (s->inputs <= PLM_SIDE) /* else add_side reports it */
        PLM_TRY(add_side(s, c, given->target, s->inputs, width, &s->targets));
    s->named_targets = given->target && !is_default(given->target) && !c->run;
    if (s->inputs <= PLM_SIDE && given->weight)
        PLM_TRY(add_side(s, c, given->weight, s->inputs + s->targets, width, &weights));
    if (weights > 1)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "set one column as the weight",
                        "the weight has %d groups of columns", weights);
    s->weighted = weights > 0;
    c->run = false;
    if (given->inputs) {
        PLM_TRY(add_side(s, c, given->inputs, 0, width, &s->inputs));
        s->named_inputs = !c->run;
        return PLM_OK;
    }
    take_rest(c, &width[0]);
    return PLM_OK;
}

/* Sets the texts with the names of input and target columns, for messages. */
static plm_status keep_words(plm_source *s, const plm_columns *c)
{
    s->input_words = plm_columns_words(s, c, 0, s->inputs);
    s->target_words = plm_columns_words(s, c, s->inputs, s->targets);
    return s->input_words && s->target_words ? PLM_OK : PLM_E_MEMORY;
}

/* ---- columns that a model knows ---- */

/* Returns how many names in a list, or in a list of lists, are not columns of the table. *first:
 * the first such name. exact: names must be equal; otherwise case and underscores are ignored.
 * Inner lists are treated as one list. */
static size_t count_missing(const plm_columns *c, const plm_spec *known, bool exact,
                            const char **first)
{
    size_t missing = 0, at = 0;
    for (size_t i = 0; i < known->count; i++) {
        const plm_spec *name = known->argument[i].value;
        if (name->type == PLM_SPEC_LIST)
            missing += count_missing(c, name, exact, first);
        else if (!plm_columns_find_name(c, name->text, &at) ||
                 (exact && strcmp(c->name[at], name->text) != 0)) {
            *first = missing == 0 ? name->text : *first;
            missing++;
        }
    }
    return missing;
}

/* Sets *out to true if the table has all input columns that the model was trained on. */
plm_status plm_columns_are_known(plm_source *s, const plm_columns *c, bool *out)
{
    const plm_spec *known = NULL;
    const char *first = NULL;
    *out = false;
    if (!s->known.inputs[0])
        return PLM_OK;
    PLM_TRY(plm_spec_parse(&s->arena, s->known.inputs, &known));
    *out = count_missing(c, known, true, &first) == 0;
    return PLM_OK;
}

/* Parses a list of columns that the model was trained on into *out, and fails if the table lacks
 * one of them. */
static plm_status take_known(plm_source *s, const plm_columns *c, const char *known,
                             const char *file, const plm_spec **out)
{
    const char *first = NULL;
    PLM_TRY(plm_spec_parse(&s->arena, known, out));
    const size_t missing = count_missing(c, *out, false, &first);
    if (missing == 0)
        return PLM_OK;
    plm_text hint = {.w = &s->w}, more = {.w = &s->w};
    plm_columns_advise(&hint, c, first);
    if (missing > 1)
        plm_text_format(&more, ", nor %zu more", missing - 1);
    const plm_status status =
        plm_fail(&s->w, PLM_E_DATA, file, plm_text_get(&hint),
                 "the table has no column '%.80s', which the model was trained on%s", first,
                 plm_text_get(&more));
    plm_text_free(&hint);
    plm_text_free(&more);
    return status;
}

/* Completes the spec with the columns that the model was trained on. Inputs are found by their
 * names, if there are any. For predictions there need not be a target: if inputs are found by name,
 * or if the table has only as many columns as the model has inputs, no column is taken as the
 * target. So a model can be used on tables with and without targets. */
static plm_status follow_known(plm_source *s, const plm_columns *c, plm_columns_given *given,
                               const char *file)
{
    const plm_known_columns *known = &s->known;
    const bool by_name = c->name && known->inputs[0] && !given->inputs;
    if (by_name)
        PLM_TRY(take_known(s, c, known->inputs, file, &given->inputs));
    if (!is_default(given->target))
        return PLM_OK;
    if (known->wants_targets && c->name && known->targets[0])
        return take_known(s, c, known->targets, file, &given->target);
    if (!known->wants_targets &&
        (given->inputs || (int64_t)c->count - (given->weight != NULL) == known->width))
        given->target = NULL;
    return PLM_OK;
}

/* ---- names ---- */

/* Returns a copy of a cell in the arena, for the name of a column. A cell that is not UTF-8 is
 * converted from Latin-1: the code of a Latin-1 character is its Unicode code point, so a byte from
 * 0x80 on becomes two bytes of UTF-8. */
const char *plm_column_name(plm_arena *a, const char *cell)
{
    const size_t length = strlen(cell);
    if (plm_utf8_valid(cell, length))
        return plm_arena_text(a, cell, length);
    char *name = plm_arena_array(a, 2, length + 1);
    for (size_t i = 0, n = 0; name && i < length; i++) {
        const unsigned char letter = (unsigned char)cell[i];
        if (letter >= 0x80)
            name[n++] = (char)(0xC0 | letter >> 6);
        name[n++] = (char)(letter >= 0x80 ? 0x80 | (letter & 0x3F) : letter);
    }
    return name;
}

/* For qsort of names. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Sets s->duplicate if two columns of inputs or targets have the same name, so that names do not
 * identify columns. It sorts the names, so that equal names are neighbours. */
static plm_status find_duplicate(plm_source *s, const plm_columns *c)
{
    size_t n = 0;
    const char **sorted = plm_allocate_array(&s->w, c->count, sizeof *sorted);
    if (!sorted)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        if (c->part[i] >= 0 && c->part[i] < s->inputs + s->targets)
            sorted[n++] = c->name[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 1; i < n && !s->duplicate; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            s->duplicate = sorted[i];
    plm_release(&s->w, sorted);
    return PLM_OK;
}

/* Stores the names of the columns in the parts, unless names are ambiguous. */
static plm_status keep_names(plm_source *s, const plm_columns *c)
{
    const char **name[PLM_PARTS] = {NULL};
    s->no_header = !c->name;
    if (!c->name)
        return PLM_OK;
    PLM_TRY(find_duplicate(s, c));
    for (int i = 0; !s->duplicate && i < plm_source_parts(s); i++) {
        name[i] = plm_arena_array(&s->arena, s->table[i].width, sizeof *name[i]);
        if (!name[i])
            return PLM_E_MEMORY;
        s->table[i].column = name[i];
    }
    for (size_t i = 0; !s->duplicate && i < c->count; i++)
        if (c->part[i] >= 0)
            name[c->part[i]][c->place[i]] = c->name[i];
    return PLM_OK;
}

/* Appends the names of a part's columns as a list: "['age', 'height']". */
static void print_part(plm_text *t, const plm_table *part)
{
    for (size_t i = 0; i < part->width; i++) {
        plm_text_add(t, i > 0 ? ", " : "[");
        plm_spec_quote(t, part->column[i]);
    }
    plm_text_add(t, "]");
}

/* Prints the names as a list, or as a list of lists if there are several inputs or targets. */
plm_status plm_data_columns(const plm_data *d, plm_arena *a, bool targets, const char **out)
{
    const plm_source *s = d->source;
    const int first = targets ? s->inputs : 0, count = targets ? s->targets : s->inputs;
    plm_text t = {.w = d->w};
    *out = "";
    if (count == 0 || !s->table[first].column)
        return PLM_OK;
    for (int i = 0; i < count; i++) {
        plm_text_add(&t, count == 1 ? "" : i > 0 ? ", " : "[");
        print_part(&t, &s->table[first + i]);
    }
    plm_text_add(&t, count == 1 ? "" : "]");
    *out = t.failed ? NULL : plm_arena_text(a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return *out ? PLM_OK : PLM_E_MEMORY;
}

/* ---- all together ---- */

/* Completes the spec with the columns that the model was trained on, assigns the columns, then
 * describes each part in s->table. */
plm_status plm_columns_choose(plm_source *s, plm_columns *c, const plm_columns_given *words,
                              const char *name)
{
    size_t width[PLM_PARTS] = {0};
    plm_columns_given all = *words, *given = &all;
    PLM_TRY(follow_known(s, c, given, name));
    c->part = plm_arena_array(&s->arena, c->count, sizeof *c->part);
    c->place = plm_arena_array(&s->arena, c->count, sizeof *c->place);
    if (!c->part || !c->place)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        c->part[i] = -1;
    PLM_TRY(add_all(s, c, given, width));
    PLM_TRY(keep_words(s, c));
    if (!given->inputs)
        forget_targets(s, c, given->target);
    if (width[0] == 0)
        return plm_fail(&s->w, PLM_E_DATA, name, "check the delimiter, or use target=none",
                        "no column is left for the inputs: the table has %zu columns", c->count);
    for (int i = 0; i < plm_source_parts(s); i++) {
        s->table[i] = (plm_table){.name = name, .element = PLM_F32};
        PLM_TRY(plm_source_shape(s, &s->table[i], 2, (int64_t[]){1, (int64_t)width[i]}));
    }
    return keep_names(s, c);
}
