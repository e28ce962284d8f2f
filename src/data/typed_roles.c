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

/* True if inputs of a row are its own numbers or words, not only its time. Then the model was not
 * trained with windows= alone. */
static bool has_own_inputs(const plm_schema *m)
{
    for (size_t i = 0; i < m->columns; i++) {
        const plm_column *c = &m->column[i];
        if (c->role == PLM_ROLE_INPUT && c->lag == 0 && c->encoding != PLM_ENCODE_DATE && !c->time)
            return true;
    }
    return false;
}

/* Returns the value of an argument that is a whole number; 0 if it is not given. *given becomes
 * true if it is. */
static int64_t number_of(const plm_spec *spec, const char *key, bool *given)
{
    const plm_spec *value = plm_spec_argument_of(spec, key, SIZE_MAX);
    *given = *given || value != NULL;
    return value && value->type == PLM_SPEC_NUMBER ? (int64_t)value->number : 0;
}

/* Fails because the model has other columns of earlier rows than lags= and windows= say. targets,
 * others: the numbers of earlier rows in the model. */
static plm_status fail_lags(plm_source *s, const char *key, int64_t targets, int64_t others)
{
    char own[64], also[32] = "";
    if (s->schema->before == 0)
        return fail_other(s, key, "");
    if (others > 0 && targets > others)
        snprintf(also, sizeof also, " and lags=%lld", (long long)targets);
    snprintf(own, sizeof own, "%s=%lld%s", others > 0 ? "windows" : "lags",
             (long long)(others > 0 ? others : targets), also);
    return plm_fail(&s->w, PLM_E_SPEC, s->file, "remove the argument",
                    "%s= has no effect: the model was trained with %s", key, own);
}

/* Checks lags= and windows=: they must give the columns of earlier rows that the model has. If the
 * target and its time are the only columns, both words mean the same. */
static plm_status check_lags(plm_source *s, const plm_spec *spec)
{
    bool given = false;
    const int64_t lags = number_of(spec, "lags", &given),
                  windows = number_of(spec, "windows", &given);
    const int64_t targets = lags_of(s->schema, false), others = lags_of(s->schema, true);
    const int64_t most = lags > windows ? lags : windows;
    const bool same = others > 0 ? windows == others : !windows || !has_own_inputs(s->schema);
    if (!given || (same && (most == targets || (targets == 0 && lags == 0))))
        return PLM_OK;
    return fail_lags(s, windows > 0 ? "windows" : "lags", targets, others);
}

/* Checks embed=: a column that the model has as ids must not be one-hot by it, and the other way
 * round. The model may have fewer words than the table of its training had, so that a number above
 * its words is not refused for ids. */
static plm_status check_embed(plm_source *s, const plm_spec *spec)
{
    bool given = false;
    const int64_t embed = number_of(spec, "embed", &given);
    for (size_t i = 0; i < s->schema->columns && given; i++) {
        const plm_column *c = &s->schema->column[i];
        const bool ids = c->encoding == PLM_ENCODE_INDEX,
                   hot = c->encoding == PLM_ENCODE_ONE_HOT && c->type == PLM_COLUMN_CATEGORY;
        if ((ids && embed == 0) || (hot && embed > 0 && (int64_t)c->words > embed))
            return plm_fail(&s->w, PLM_E_SPEC, s->file, "remove the argument",
                            "embed=%lld has no effect: in the model, column '%.60s' is %s",
                            (long long)embed, c->name, ids ? "embedded" : "one-hot");
        if (ids && embed >= (int64_t)c->words + c->rare)
            plm_warn(&s->w,
                     "%.100s: embed=%lld has no effect: in the model, column '%.60s' is embedded, "
                     "and its training had %lld words",
                     s->file, (long long)embed, c->name, (long long)c->words + (long long)c->rare);
    }
    return PLM_OK;
}

/* Checks horizon=: rows that are evaluated or explained are those of the table. */
static plm_status check_horizon(plm_source *s, const plm_spec *spec)
{
    bool given = false;
    if (!s->known.wants_targets || number_of(spec, "horizon", &given) == 0)
        return PLM_OK;
    return plm_fail(&s->w, PLM_E_SPEC, s->file, "remove the argument",
                    "horizon= has no effect: it adds rows that are predicted, and these have no "
                    "targets");
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
    PLM_TRY(check_embed(s, spec));
    PLM_TRY(check_horizon(s, spec));
    return check_lags(s, spec);
}

/* Reads the schema, then compares it with the arguments. */
plm_status plm_typed_known(plm_source *s, const char *columns, const char *file)
{
    PLM_TRY(plm_schema_read(&s->arena, s->known.schema, file, &s->schema));
    PLM_TRY(check_roles(s));
    return plm_schema_follow(s->schema, columns, file);
}
