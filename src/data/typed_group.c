/* Finds the groups of the rows of a table, such as the patient of each row. A split must not divide
 * the rows of a group, or the validation would contain data that is too similar to the training
 * rows. Groups are numbered from 0; both words and numbers may be names of groups. */
#include <math.h>
#include <stdlib.h>

#include "data/typed.h"

/* A row and the number in its group cell, for sorting. */
typedef struct {
    double number; /* of the cell, not NaN */
    int64_t row;
} labelled;

/* Compares two rows by the number in their group cell, for qsort. */
static int by_number(const void *a, const void *b)
{
    const labelled *x = a, *y = b;
    if (x->number != y->number)
        return x->number < y->number ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Numbers the groups of a column of numbers: rows with equal cells get the same group number. */
static plm_status number_groups(plm_source *s, const plm_raw_column *r, int64_t rows)
{
    labelled *list = plm_allocate_array(&s->w, (size_t)rows + 1, sizeof *list);
    int64_t group = 0;
    if (!list)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < rows; i++)
        list[i] = (labelled){r->number[i], i};
    qsort(list, (size_t)rows, sizeof *list, by_number);
    for (int64_t i = 0; i < rows; i++) {
        group += i > 0 && list[i].number != list[i - 1].number;
        s->group[list[i].row] = group;
    }
    plm_release(&s->w, list);
    return PLM_OK;
}

/* Returns the index of the group column in the schema; SIZE_MAX = there is no such column. */
static size_t find_group(const plm_schema *m)
{
    for (size_t i = 0; i < m->columns; i++)
        if (m->column[i].role == PLM_ROLE_GROUP)
            return i;
    return SIZE_MAX;
}

/* Checks that each row has a group. */
static plm_status check_cells(plm_source *s, const plm_typed *t, const plm_raw_column *r,
                              const char *name)
{
    for (int64_t i = 0; i < t->store.rows; i++)
        if (isnan(r->number[i]))
            return plm_fail(&s->w, PLM_E_DATA, s->file, "fill the cell, or remove the row",
                            "line %lld, column '%.60s': the row has no group",
                            (long long)t->store.line[i], name);
    return PLM_OK;
}

/* Finds the groups. A column of numbers is sorted to find equal ones; a column of words has codes
 * already, and the code is the number of the group. */
plm_status plm_typed_groups(plm_source *s, plm_typed *t)
{
    const size_t at = find_group(s->schema);
    s->grouped = at != SIZE_MAX;
    if (!s->grouped || t->place[at] == SIZE_MAX)
        return PLM_OK;
    const char *name = s->schema->column[at].name;
    plm_raw_column *r = &t->store.column[t->place[at]];
    s->group = plm_arena_array(&s->arena, (size_t)t->store.rows + 1, sizeof *s->group);
    if (!s->group)
        return PLM_E_MEMORY;
    PLM_TRY(check_cells(s, t, r, name));
    if (r->texts == 0)
        return number_groups(s, r, t->store.rows);
    PLM_TRY(plm_store_code(&t->store, t->place[at]));
    if (!r->coded)
        return plm_fail(&s->w, PLM_E_DATA, s->file, "replace the names of the groups by numbers",
                        "column '%.60s' has more than %d different groups", name,
                        (int)PLM_STORE_WORDS);
    for (int64_t i = 0; i < t->store.rows; i++)
        s->group[i] = r->code[i];
    return PLM_OK;
}
