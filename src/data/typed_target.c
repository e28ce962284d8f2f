/* Follows target= for a table that is read for a trained model: the column that holds the target
 * may have another name than in the training. No setting is ignored silently: a column that does
 * not exist, or that is an input of the model, is an error. */
#include <stdlib.h>
#include <string.h>

#include "base/spec.h"
#include "data/typed.h"

/* Finds a column of the table by its name or number, as in a training; SIZE_MAX = there is none. A
 * negative number counts from the last column. */
static size_t find_column(const plm_store *t, const char *name)
{
    char *end = NULL;
    for (size_t i = 0; i < t->columns && t->header; i++)
        if (strcmp(t->column[i].name, name) == 0)
            return i;
    const long number = strtol(name, &end, 10);
    const long at = number < 0 ? number + (long)t->columns : number;
    const bool good = end != name && *end == '\0' && at >= 0 && at < (long)t->columns;
    return good ? (size_t)at : SIZE_MAX;
}

/* Fails because the table lacks the column. */
static plm_status fail_lost(plm_source *s, const plm_store *t, const char *name)
{
    plm_text hint = {.w = &s->w};
    plm_store_advise(&hint, t, name);
    const plm_status status = hint.failed
                                  ? PLM_E_MEMORY
                                  : plm_fail(&s->w, PLM_E_SPEC, s->file, plm_text_get(&hint),
                                             "the table has no column '%.80s'", name);
    plm_text_free(&hint);
    return status;
}

/* Returns which column of the schema this column of the table is; SIZE_MAX = none. Columns are
 * compared by name. If there are no names, they are compared by position, provided that the table
 * has all columns. */
static size_t find_known(const plm_schema *m, const plm_store *t, size_t at)
{
    size_t columns = 0, i = 0;
    for (size_t k = 0; k < m->columns; k++)
        columns += m->column[k].lag == 0;
    if (!m->header || !t->header)
        return t->columns == columns ? at : SIZE_MAX;
    while (i < m->columns &&
           (m->column[i].lag > 0 || strcmp(m->column[i].name, t->column[at].name) != 0))
        i++;
    return i < m->columns ? i : SIZE_MAX;
}

/* Finds the target of the model: its only one, SIZE_MAX if it has none or several. *count: number
 * of its targets. */
static size_t only_target(const plm_schema *m, size_t *count)
{
    size_t found = SIZE_MAX;
    *count = 0;
    for (size_t i = 0; i < m->columns; i++)
        if (m->column[i].role == PLM_ROLE_TARGET && m->column[i].lag == 0) {
            found = i;
            ++*count;
        }
    return *count == 1 ? found : SIZE_MAX;
}

/* Gives the only target of the model the name of column `at` of the table, so that this column is
 * read as the target. The schema belongs to this source alone. Fails if the model has several
 * targets, or if the columns have no names. */
static plm_status rename_target(plm_source *s, const plm_store *t, size_t at, const char *name)
{
    size_t targets = 0;
    const plm_schema *m = s->schema;
    const size_t only = only_target(m, &targets);
    if (only == SIZE_MAX)
        return plm_fail(&s->w, PLM_E_SPEC, s->file,
                        "give the columns the names that they have in the training",
                        "column '%.80s' is none of the model's %zu targets", name, targets);
    if (!t->header || !m->header)
        return plm_fail(&s->w, PLM_E_SPEC, s->file,
                        "put the target at the place that it has in the training",
                        "column '%.80s' is not the target of the model", name);
    m->column[only].name = t->column[at].name;
    return PLM_OK;
}

/* Follows one name of target=. In rows for predictions it may be a column that the model does not
 * know, if names can show this. */
static plm_status aim(plm_source *s, const plm_store *t, const char *name)
{
    const plm_schema *m = s->schema;
    const bool wanted = s->known.wants_targets, named = t->header && m->header;
    const size_t at = find_column(t, name);
    if (at == SIZE_MAX)
        return !wanted && strcmp(name, "none") == 0 ? PLM_OK : fail_lost(s, t, name);
    const size_t known = find_known(m, t, at);
    const plm_column_role role = known != SIZE_MAX ? m->column[known].role : PLM_ROLE_DROPPED;
    if (role == PLM_ROLE_INPUT)
        return plm_fail(&s->w, PLM_E_SPEC, s->file, "name a column that the model does not read",
                        "column '%.80s' is an input of the model and cannot be its target", name);
    if (role == PLM_ROLE_TARGET || (!wanted && named))
        return PLM_OK;
    return rename_target(s, t, at, name);
}

/* The spec is parsed again: its bound keys do not show whether the user has written target=-1 or it
 * is the default. */
plm_status plm_typed_aim(plm_source *s, const plm_store *t)
{
    size_t targets = 0;
    const plm_spec *spec = NULL;
    PLM_TRY(plm_spec_parse(&s->arena, s->spec, &spec));
    const plm_spec *target = plm_spec_argument_of(spec, "target", 1);
    const bool list = target && target->type == PLM_SPEC_LIST;
    const size_t count = !target ? 0 : list ? target->count : 1;
    (void)only_target(s->schema, &targets);
    for (size_t i = 0; i < count; i++) {
        const plm_spec *one = list ? target->argument[i].value : target;
        if (one->type == PLM_SPEC_LIST || one->called)
            return plm_fail(&s->w, PLM_E_SPEC, s->spec, "target=price, or target=[price, kind]",
                            "the target is not a column or a list of columns");
        PLM_TRY(aim(s, t, one->text));
    }
    if (count > 0 && count != targets && s->known.wants_targets)
        return plm_fail(&s->w, PLM_E_SPEC, s->spec, "name all of them, or leave out target=",
                        "target= names %zu column%s, but the model has %zu targets", count,
                        count == 1 ? "" : "s", targets);
    return PLM_OK;
}
