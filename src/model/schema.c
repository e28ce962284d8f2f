/* Reads the schema of the table that a model is trained on. Its text is a setting of the model and
 * is stored in the model file. */
#include <string.h>

#include "model/model.h"

/* Sets the schema from its text, which may come from an untrusted file; NULL or "" = none. The new
 * schema replaces the old one only when it has been read without an error. */
plm_status plm_model_set_schema(plm_model *m, const char *text, const char *where)
{
    plm_schema *schema = NULL;
    if (text == NULL || strcmp(text, m->setting[PLM_SETTING_SCHEMA]) == 0)
        return PLM_OK;
    const char *copy = plm_arena_text(&m->arena, text, SIZE_MAX);
    if (copy == NULL)
        return PLM_E_MEMORY;
    if (*copy != '\0')
        PLM_TRY(plm_schema_read(&m->arena, copy, where, &schema));
    m->setting[PLM_SETTING_SCHEMA] = copy;
    m->schema = schema;
    return PLM_OK;
}

/* Returns the column of the table that output k predicts; NULL = the model has no schema, or fewer
 * targets. A model whose head was removed has no targets until it is trained again. */
const plm_column *plm_model_target(const plm_model *m, int k)
{
    return m->schema != NULL && m->setting[PLM_SETTING_TARGETS][0] != '\0'
               ? plm_schema_target(m->schema, k)
               : NULL;
}

/* Returns the scale of output k: center and deviation, by which number * deviation + center is in
 * the target's own unit. For a target that is not standardized, the scale changes nothing. */
plm_scale plm_model_scale(const plm_model *m, int k)
{
    const plm_column *c = plm_model_target(m, k);
    if (c == NULL || c->encoding != PLM_ENCODE_STANDARDIZE)
        return (plm_scale){.deviation = 1};
    return (plm_scale){c->center, c->deviation};
}

/* Returns the schema of the table that the model was trained on; NULL = it was not a table with
 * types. */
const plm_schema *plm_model_columns(const plm_model *m)
{
    return m->schema;
}
