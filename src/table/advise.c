/* Writes hints about columns that a table lacks: the similar names of its columns, and a list of
 * them. Names that differ only in case are similar, but not the same, since a table may have
 * both. */
#include <string.h>

#include "base/names.h"
#include "table/schema.h"

/* Max number of columns that are listed, of similar names, and of names for which one is
 * searched. */
enum { LISTED = 8, NEAR = 3, SEARCHED = 20 };

/* Appends the names of the first columns of a table. */
static void list_columns(plm_text *hint, const plm_store *t)
{
    for (size_t i = 0; i < t->columns && i < LISTED; i++)
        plm_text_format(hint, "%s%.24s", i > 0 ? ", " : "its columns: ", t->column[i].name);
    if (t->columns > LISTED)
        plm_text_format(hint, ", ... (%zu columns)", t->columns);
}

/* True if a column of the schema has this name. */
static bool is_known(const plm_schema *s, const char *name)
{
    size_t i = 0;
    while (i < s->columns && strcmp(s->column[i].name, name) != 0)
        i++;
    return i < s->columns;
}

/* Finds the column of the table with the most similar name, which no other column of the schema
 * has. s: NULL = any column. list [t->columns]: room. NULL = there is none. */
static const char *find_near(const plm_schema *s, const plm_store *t, const char *name,
                             const char **list)
{
    size_t count = 0;
    for (size_t i = 0; i < t->columns; i++)
        if (s == NULL || !is_known(s, t->column[i].name))
            list[count++] = t->column[i].name;
    return plm_name_nearest(name, list, count);
}

void plm_store_advise(plm_text *hint, const plm_store *t, const char *name)
{
    plm *w = t->arena.w;
    const char **list = plm_allocate_array(w, t->columns + 1, sizeof *list);
    const char *near = list != NULL && t->header ? find_near(NULL, t, name, list) : NULL;
    if (near != NULL)
        plm_text_format(hint, "did you mean '%.80s'? ", near);
    if (list == NULL)
        hint->failed = true;
    else if (t->header)
        list_columns(hint, t);
    else
        plm_text_format(hint, "it has no names of columns; they are 0 to %zu, or -1 for the last",
                        t->columns - 1);
    plm_release(w, list);
}

/* Returns what to do about columns that have no similar name. inputs: inputs are among them. */
static const char *advice(const plm_schema *s, bool inputs)
{
    if (inputs)
        return "give the columns the names of the training; ";
    return s->before > 0 ? "the model of a series needs the target of the rows before; "
                         : "rows without a target can only be predicted: plummet predict; ";
}

void plm_schema_advise(plm_text *hint, const plm_schema *s, const plm_store *t, const size_t *place,
                       bool targets)
{
    plm *w = t->arena.w;
    const char **list = plm_allocate_array(w, t->columns + 1, sizeof *list);
    size_t count = 0, lost = 0, inputs = 0;
    for (size_t i = 0; i < s->columns && list != NULL && count < NEAR && lost < SEARCHED; i++) {
        const char *name = s->column[i].name;
        if (place[i] != SIZE_MAX || !plm_column_is_needed(&s->column[i], targets))
            continue;
        lost++;
        inputs += s->column[i].role == PLM_ROLE_INPUT;
        const char *near = find_near(s, t, name, list);
        if (near != NULL)
            plm_text_format(hint, "%s'%.40s' to '%.40s'", count++ > 0 ? ", " : "rename ", near,
                            name);
    }
    hint->failed = hint->failed || list == NULL;
    plm_text_add(hint, count > 0 ? "; " : advice(s, inputs > 0));
    list_columns(hint, t);
    plm_release(w, list);
}
