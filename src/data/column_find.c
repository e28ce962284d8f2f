/* Finds the columns that a spec names: by name, by number or as a range 'a:b'. The error for a
 * column that does not exist has the most similar name. */
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "data/columns.h"

/* Adds a hint for a column that was not found: the most similar name, then the names of as many
 * columns as fit; if there are no names, how columns are numbered. */
void plm_columns_advise(plm_text *hint, const plm_columns *c, const char *name)
{
    const char *const nearest = c->name && name ? plm_name_nearest(name, c->name, c->count) : NULL;
    if (!c->name)
        plm_text_format(hint, "the file has no header: columns are 0 to %zu, or -1 for the last",
                        c->count - 1);
    if (nearest)
        plm_text_format(hint, "did you mean '%.80s'? ", nearest);
    for (size_t i = 0; c->name && i < c->count; i++) {
        const bool fits = hint->length < PLM_HINT_CAPACITY - 60;
        plm_text_format(hint, "%s%.40s", i > 0 ? ", " : "columns: ", fits ? c->name[i] : "...");
        if (!fits)
            break;
    }
}

/* Reports a column that does not exist, with the most similar name and all columns. */
static plm_status fail_column(plm_source *s, const plm_columns *c, const plm_spec *given)
{
    const char *text = plm_spec_text(&s->arena, given);
    if (!text)
        return PLM_E_MEMORY;
    plm_text hint = {.w = &s->w};
    plm_columns_advise(&hint, c, given->text);
    const plm_status status = plm_fail(&s->w, PLM_E_SPEC, s->spec, plm_text_get(&hint),
                                       "the table has no column %s", text);
    plm_text_free(&hint);
    return status;
}

/* Finds a column by its name: the same text or, if no column has exactly this name, a name that
 * differs only in case and underscores. False: there is no such column, or the table has no names.
 * */
bool plm_columns_find_name(const plm_columns *c, const char *text, size_t *out)
{
    for (int alike = 0; alike < 2 && c->name && text; alike++)
        for (size_t i = 0; i < c->count; i++)
            if (alike ? plm_name_equal(c->name[i], text) : strcmp(c->name[i], text) == 0) {
                *out = i;
                return true;
            }
    return false;
}

/* Finds the column with this number; a negative number is counted from the last column. False: the
 * number is out of range, or not a whole number. */
static bool find_number(const plm_columns *c, double number, size_t *out)
{
    const double n = number < 0 ? number + (double)c->count : number;
    if (!(n >= 0 && n < (double)c->count))
        return false;
    *out = (size_t)n;
    return n == (double)*out;
}

/* Finds the column at one end of a range. from: its name or number, `length` bytes. False: there is
 * no such column, or no memory. */
static bool find_end(plm_source *s, const plm_columns *c, const char *from, size_t length,
                     size_t *out)
{
    const char *text = plm_arena_text(&s->arena, from, length), *end = NULL;
    if (!text || plm_columns_find_name(c, text, out))
        return text != NULL;
    const double number = plm_text_number(text, &end);
    return end != text && !*end && find_number(c, number, out);
}

/* Fails if several columns have this name, since the name is ambiguous. */
static plm_status check_single(plm_source *s, const plm_columns *c, const char *given, size_t found)
{
    const bool alike = strcmp(c->name[found], given) != 0;
    for (size_t i = found + 1; i < c->count; i++)
        if (alike ? plm_name_equal(c->name[i], given) : strcmp(c->name[i], given) == 0)
            return plm_fail(
                &s->w, PLM_E_SPEC, s->spec,
                "use the number of the column, counted from 0, or rename one of the two",
                "columns %zu and %zu are both called '%.80s'", found, i, given);
    return PLM_OK;
}

/* Finds the columns first .. last that an item of a list names: by a name, by a number, or by a
 * range 'a:b' of names or numbers. Fails if there is no such column, or if the range is backwards.
 * */
plm_status plm_columns_find(plm_source *s, const plm_columns *c, const plm_spec *given,
                            size_t *first, size_t *last)
{
    if (given->type == PLM_SPEC_NUMBER ? given->whole && find_number(c, given->number, first)
                                       : plm_columns_find_name(c, given->text, first)) {
        *last = *first;
        return given->type == PLM_SPEC_NUMBER ? PLM_OK : check_single(s, c, given->text, *first);
    }
    const char *colon = given->type == PLM_SPEC_TEXT ? strchr(given->text, ':') : NULL;
    if (!colon || !find_end(s, c, given->text, (size_t)(colon - given->text), first) ||
        !find_end(s, c, colon + 1, strlen(colon + 1), last))
        return fail_column(s, c, given);
    if (*first <= *last)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name the left column first",
                    "the range %s is backwards: its second column is left of the first",
                    given->text);
}
