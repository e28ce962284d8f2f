/* Checks the arguments of table(...) that give columns a role or a type, if a trained model reads
 * the table. The model has these already: another weight, group or type would be ignored without a
 * word, so it is refused. The formats of numbers and dates may differ, since they say how the cells
 * of this file are written. */
#include <stdio.h>
#include <string.h>

#include "data/typed.h"

/* Fails because the model has another value of the argument `key`. own: that value, or "" if the
 * model was trained without the argument. */
static plm_status fail_other(plm_source *s, const char *key, const char *own)
{
    if (!*own)
        return plm_fail(&s->w, PLM_E_SPEC, s->file, "remove the argument",
                        "%s= has no effect: the model was trained without it", key);
    return plm_fail(&s->w, PLM_E_SPEC, s->file, "remove the argument",
                    "%s= has no effect: the model was trained with %s=%.80s", key, key, own);
}

/* Returns the name of the first column of the model with a role; "" = there is none. */
static const char *name_of(const plm_schema *m, plm_column_role role)
{
    for (size_t i = 0; i < m->columns; i++)
        if (m->column[i].role == role && m->column[i].lag == 0)
            return m->column[i].name;
    return "";
}

/* Checks an argument that names a column: it must be the column that the model has. */
static plm_status check_column(plm_source *s, const plm_spec *spec, const char *key,
                               const char *own)
{
    const plm_spec *given = plm_spec_argument_of(spec, key, SIZE_MAX);
    if (!given || (given->type == PLM_SPEC_NAME && !strcmp(given->text, "none")))
        return PLM_OK;
    const size_t at = given->text ? plm_schema_column(s->schema, given->text) : SIZE_MAX;
    return at != SIZE_MAX && !strcmp(s->schema->column[at].name, own) ? PLM_OK
                                                                      : fail_other(s, key, own);
}

/* Returns the number of earlier rows whose targets (others = false) or other columns are inputs. */
static int64_t lags_of(const plm_schema *m, bool others)
{
    int64_t most = 0;
    for (size_t i = 0; i < m->columns; i++) {
        const plm_column *c = &m->column[i];
        const bool target = m->column[c->from].role == PLM_ROLE_TARGET;
        most = c->lag > most && target != others ? c->lag : most;
    }
    return most;
}

/* Checks lags= and windows=. A model with windows= has the earlier values of all columns. */
static plm_status check_lags(plm_source *s, const plm_spec *spec)
{
    static const char *const keys[] = {"lags", "windows"};
    for (int i = 0; i < 2; i++) {
        char own[32] = "";
        const plm_spec *given = plm_spec_argument_of(spec, keys[i], SIZE_MAX);
        const int64_t lags = lags_of(s->schema, i > 0),
                      known = lags > 0 || i == 0 ? lags : lags_of(s->schema, false);
        if (!given || (given->type == PLM_SPEC_NUMBER && given->number == (double)known))
            continue;
        if (known > 0)
            snprintf(own, sizeof own, "%lld", (long long)known);
        return fail_other(s, keys[i], own);
    }
    return PLM_OK;
}

/* Checks the arguments of the spec. The spec is read again, since its bound keys do not tell a
 * default from a given value. */
static plm_status check_roles(plm_source *s)
{
    const plm_spec *spec = NULL;
    const plm_schema *m = s->schema;
    PLM_TRY(plm_spec_parse(&s->arena, s->spec, &spec));
    PLM_TRY(check_column(s, spec, "weight", name_of(m, PLM_ROLE_WEIGHT)));
    PLM_TRY(check_column(s, spec, "group", name_of(m, PLM_ROLE_GROUP)));
    PLM_TRY(check_column(s, spec, "order", m->order != SIZE_MAX ? m->column[m->order].name : ""));
    return check_lags(s, spec);
}

/* Reads the schema, then compares it with the arguments. */
plm_status plm_typed_known(plm_source *s, const char *columns, const char *file)
{
    PLM_TRY(plm_schema_read(&s->arena, s->known.schema, file, &s->schema));
    PLM_TRY(check_roles(s));
    return plm_schema_follow(s->schema, columns, file);
}
