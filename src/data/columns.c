/* Columns said by names, numbers and runs, or known to a model, become the parts of a source. */
#include "data/columns.h"

#include <stdlib.h>
#include <string.h>

#include "base/letters.h"
#include "base/names.h"
#include "base/notation.h"

/* ---- finding ---- */

/* "did you mean 'age'? columns: size, rooms, age", as far as there is room. */
static void advise(plm_text *hint, const plm_columns *c, const char *name)
{
    const char *const nearest = c->name && name ? plm_name_nearest(name, c->name, c->count) : NULL;
    if (!c->name)
        plm_text_format(hint, "the file has no header: columns are 0 to %zu, or -1 for the last",
                        c->count - 1);
    if (nearest)
        plm_text_format(hint, "did you mean '%.80s'? ", nearest);
    for (size_t i = 0; c->name && i < c->count; i++) {
        const bool room = hint->length < PLM_HINT_ROOM - 60;
        plm_text_format(hint, "%s%.40s", i > 0 ? ", " : "columns: ", room ? c->name[i] : "...");
        if (!room)
            break;
    }
}

static plm_status fail_column(plm_source *s, const plm_columns *c, const plm_spec *said)
{
    const char *text = plm_spec_text(&s->arena, said);
    plm_text hint = {.w = &s->w};
    advise(&hint, c, said->text);
    const plm_status status = plm_fail(&s->w, PLM_E_SPEC, s->spec, plm_text_get(&hint),
                                       "there is no column %s", text ? text : "of that name");
    plm_text_free(&hint);
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
static bool find_end(plm_source *s, const plm_columns *c, const char *from, size_t length,
                     size_t *out)
{
    const char *text = plm_arena_text(&s->arena, from, length), *end = NULL;
    if (!text || find_name(c, text, out))
        return text != NULL;
    const double number = plm_text_number(text, &end);
    return end != text && !*end && find_number(c, number, out);
}

/* A name that two columns have says neither. */
static plm_status check_single(plm_source *s, const plm_columns *c, const char *said, size_t found)
{
    const bool alike = strcmp(c->name[found], said) != 0;
    for (size_t i = found + 1; i < c->count; i++)
        if (alike ? plm_name_equal(c->name[i], said) : strcmp(c->name[i], said) == 0)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                            "say its number, counted from 0, or rename one of them",
                            "columns %zu and %zu are both called '%.80s'", found, i, said);
    return PLM_OK;
}

/* The columns first..last that a word says: one, or a run 'a:b'. */
static plm_status find_columns(plm_source *s, const plm_columns *c, const plm_spec *said,
                               size_t *first, size_t *last)
{
    if (said->type == PLM_SPEC_NUMBER ? said->whole && find_number(c, said->number, first)
                                      : find_name(c, said->text, first)) {
        *last = *first;
        return said->type == PLM_SPEC_NUMBER ? PLM_OK : check_single(s, c, said->text, *first);
    }
    const char *colon = said->type == PLM_SPEC_TEXT ? strchr(said->text, ':') : NULL;
    if (!colon || !find_end(s, c, said->text, (size_t)(colon - said->text), first) ||
        !find_end(s, c, colon + 1, strlen(colon + 1), last))
        return fail_column(s, c, said);
    if (*first <= *last)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->spec, "say the column further left first",
                    "the run %s goes backwards", said->text);
}

/* ---- parts ---- */

static plm_status add_columns(plm_source *s, plm_columns *c, const plm_spec *said, int part,
                              size_t *width)
{
    size_t first = 0, last = 0;
    PLM_TRY(find_columns(s, c, said, &first, &last));
    c->run = c->run || first != last;
    for (size_t i = first; i <= last; i++) {
        if (c->part[i] >= 0)
            return plm_fail(
                &s->w, PLM_E_SPEC, s->spec,
                s->known.inputs[0]
                    ? "name it once; a column that the model takes as input is no target, unless "
                      "inputs= says others"
                    : "name it once",
                "column %zu%s%.80s%s is said twice", i, c->name ? ", '" : "",
                c->name ? c->name[i] : "", c->name ? "'," : "");
        c->part[i] = part;
        c->place[i] = (*width)++;
    }
    return PLM_OK;
}

/* One part: a column, or a list of them. */
static plm_status add_part(plm_source *s, plm_columns *c, const plm_spec *said, int part,
                           size_t *width)
{
    if (said->type != PLM_SPEC_LIST)
        return add_columns(s, c, said, part, width);
    for (size_t i = 0; i < said->count; i++) {
        const plm_spec *column = said->argument[i].value;
        if (column->type == PLM_SPEC_LIST)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec,
                            "say [[a, b], [c]]: a list of lists of columns",
                            "the columns are nested too deep");
        PLM_TRY(add_columns(s, c, column, part, width));
    }
    if (*width > 0)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name its columns, or say none",
                    "an empty list of columns");
}

static bool has_lists(const plm_spec *said)
{
    for (size_t i = 0; said->type == PLM_SPEC_LIST && i < said->count; i++)
        if (said->argument[i].value->type == PLM_SPEC_LIST)
            return true;
    return false;
}

/* All parts of a side: one, or as many as there are lists in the list. */
static plm_status add_side(plm_source *s, plm_columns *c, const plm_spec *said, int first,
                           size_t width[PLM_PARTS], int *parts)
{
    *parts = !said ? 0 : 1;
    if (!said || !has_lists(said))
        return said ? add_part(s, c, said, first, &width[first]) : PLM_OK;
    if (said->count > PLM_SIDE)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "join some of them",
                        "%zu groups of columns, and 4 are the most", said->count);
    *parts = (int)said->count;
    for (int i = 0; i < *parts; i++)
        PLM_TRY(add_part(s, c, said->argument[i].value, first + i, &width[first + i]));
    return PLM_OK;
}

/* The default is a text of its own; what was said stands behind the name of the source. */
static bool is_default(const plm_spec *said)
{
    return said && said->type == PLM_SPEC_NUMBER && said->column == 1;
}

/* What is left is the input. */
static void take_rest(plm_columns *c, size_t *width)
{
    for (size_t i = 0; i < c->count; i++)
        if (c->part[i] < 0) {
            c->part[i] = 0;
            c->place[i] = (*width)++;
        }
}

/* Answers that nobody asked for are no inputs, and are not read. */
static void forget_targets(plm_source *s, plm_columns *c, const plm_spec *said)
{
    if (s->known.answers || !is_default(said) || s->weighted)
        return;
    for (size_t i = 0; i < c->count; i++)
        c->part[i] = c->part[i] >= s->inputs ? -1 : c->part[i];
    s->targets = 0;
}

/* Targets and weights are found first; then inputs that nobody named are what is left. */
static plm_status add_all(plm_source *s, plm_columns *c, const plm_columns_said *said,
                          size_t width[PLM_PARTS])
{
    int weights = 0;
    s->inputs = said->inputs && has_lists(said->inputs) ? (int)said->inputs->count : 1;
    if (s->inputs <= PLM_SIDE) /* else add_side tells */
        PLM_TRY(add_side(s, c, said->target, s->inputs, width, &s->targets));
    s->named_targets = said->target && !is_default(said->target) && !c->run;
    if (s->inputs <= PLM_SIDE && said->weight)
        PLM_TRY(add_side(s, c, said->weight, s->inputs + s->targets, width, &weights));
    if (weights > 1)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name one column",
                        "there are %d groups of weights", weights);
    s->weighted = weights > 0;
    c->run = false;
    if (said->inputs) {
        PLM_TRY(add_side(s, c, said->inputs, 0, width, &s->inputs));
        s->named_inputs = !c->run;
        return PLM_OK;
    }
    take_rest(c, &width[0]);
    return PLM_OK;
}

/* Keeps which columns became what, for messages. */
static plm_status keep_words(plm_source *s, const plm_columns *c)
{
    s->input_words = plm_columns_words(s, c, 0, s->inputs);
    s->target_words = plm_columns_words(s, c, s->inputs, s->targets);
    return s->input_words && s->target_words ? PLM_OK : PLM_E_MEMORY;
}

/* ---- what a model knows ---- */

/* How many names of a list, or of a list of lists, are no column; *first = one of them. exact:
 * in the same letters. */
static size_t count_missing(const plm_columns *c, const plm_spec *known, bool exact,
                            const char **first)
{
    size_t missing = 0, at = 0;
    for (size_t i = 0; i < known->count; i++) {
        const plm_spec *name = known->argument[i].value;
        if (name->type == PLM_SPEC_LIST)
            missing += count_missing(c, name, exact, first);
        else if (!find_name(c, name->text, &at) ||
                 (exact && strcmp(c->name[at], name->text) != 0)) {
            *first = missing == 0 ? name->text : *first;
            missing++;
        }
    }
    return missing;
}

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

/* The columns that are known, all of which must be there. */
static plm_status take_known(plm_source *s, const plm_columns *c, const char *known,
                             const char *file, const plm_spec **out)
{
    const char *first = NULL;
    PLM_TRY(plm_spec_parse(&s->arena, known, out));
    const size_t missing = count_missing(c, *out, false, &first);
    if (missing == 0)
        return PLM_OK;
    plm_text hint = {.w = &s->w}, more = {.w = &s->w};
    advise(&hint, c, first);
    if (missing > 1)
        plm_text_format(&more, ", nor %zu more", missing - 1);
    const plm_status status = plm_fail(
        &s->w, PLM_E_DATA, file, plm_text_get(&hint),
        "there is no column '%.80s', which the model was trained on%s", first, plm_text_get(&more));
    plm_text_free(&hint);
    plm_text_free(&more);
    return status;
}

/* Fills in what the words leave open. Rows for predictions need no answers: a table that has
 * just the columns of the inputs has none, and where columns are known by name it does not
 * matter whether it has any. */
static plm_status follow_known(plm_source *s, const plm_columns *c, plm_columns_said *said,
                               const char *file)
{
    const plm_known_columns *known = &s->known;
    const bool by_name = c->name && known->inputs[0] && !said->inputs;
    if (by_name)
        PLM_TRY(take_known(s, c, known->inputs, file, &said->inputs));
    if (!is_default(said->target))
        return PLM_OK;
    if (known->answers && c->name && known->targets[0])
        return take_known(s, c, known->targets, file, &said->target);
    if (!known->answers &&
        (said->inputs || (int64_t)c->count - (said->weight != NULL) == known->width))
        said->target = NULL;
    return PLM_OK;
}

/* ---- names ---- */

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

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Notes a name that two columns of inputs and targets have: then names say nothing. */
static plm_status find_twice(plm_source *s, const plm_columns *c)
{
    size_t n = 0;
    const char **sorted = plm_allocate_array(&s->w, c->count, sizeof *sorted);
    if (!sorted)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        if (c->part[i] >= 0 && c->part[i] < s->inputs + s->targets)
            sorted[n++] = c->name[i];
    qsort(sorted, n, sizeof *sorted, by_name);
    for (size_t i = 1; i < n && !s->twice; i++)
        if (strcmp(sorted[i - 1], sorted[i]) == 0)
            s->twice = sorted[i];
    plm_release(&s->w, sorted);
    return PLM_OK;
}

/* Gives the parts the names of their columns. */
static plm_status keep_names(plm_source *s, const plm_columns *c)
{
    const char **name[PLM_PARTS] = {NULL};
    s->headless = !c->name;
    if (!c->name)
        return PLM_OK;
    PLM_TRY(find_twice(s, c));
    for (int i = 0; !s->twice && i < plm_source_parts(s); i++) {
        name[i] = plm_arena_array(&s->arena, s->table[i].width, sizeof *name[i]);
        if (!name[i])
            return PLM_E_MEMORY;
        s->table[i].column = name[i];
    }
    for (size_t i = 0; !s->twice && i < c->count; i++)
        if (c->part[i] >= 0)
            name[c->part[i]][c->place[i]] = c->name[i];
    return PLM_OK;
}

static void print_part(plm_text *t, const plm_table *part)
{
    for (size_t i = 0; i < part->width; i++) {
        plm_text_add(t, i > 0 ? ", " : "[");
        plm_spec_quote(t, part->column[i]);
    }
    plm_text_add(t, "]");
}

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

plm_status plm_columns_choose(plm_source *s, plm_columns *c, const plm_columns_said *words,
                              const char *name)
{
    size_t width[PLM_PARTS] = {0};
    plm_columns_said all = *words, *said = &all;
    PLM_TRY(follow_known(s, c, said, name));
    c->part = plm_arena_array(&s->arena, c->count, sizeof *c->part);
    c->place = plm_arena_array(&s->arena, c->count, sizeof *c->place);
    if (!c->part || !c->place)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < c->count; i++)
        c->part[i] = -1;
    PLM_TRY(add_all(s, c, said, width));
    PLM_TRY(keep_words(s, c));
    if (!said->inputs)
        forget_targets(s, c, said->target);
    if (width[0] == 0)
        return plm_fail(&s->w, PLM_E_DATA, name, "check the delimiter, or say target=none",
                        "no column is left for the inputs: the table has %zu", c->count);
    for (int i = 0; i < plm_source_parts(s); i++) {
        s->table[i] = (plm_table){.name = name, .element = PLM_ELEMENT_F32};
        PLM_TRY(plm_source_shape(s, &s->table[i], 2, (int64_t[]){1, (int64_t)width[i]}));
    }
    return keep_names(s, c);
}
