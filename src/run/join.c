/* Joins trained models, see join.h. */
#include "run/join.h"

#include "base/system.h"
#include "run/recipe.h"

/* The models that are joined. */
typedef struct {
    plm_model *model[PLM_JOIN_MODELS]; /* [count] */
    int count;                         /* number of models that are open */
} nets;

/* Fails if the joined model would be written over a model that it is made of, or under the name of
 * a table. */
static plm_status check_out(plm_job *j, plm_settings *s, int count, char *const *path,
                            const char *out)
{
    static const char hint[] = "name another file, such as -o joined.safetensors";
    if (plm_recipe_is_table(out))
        return plm_fail(j->home, PLM_E_SPEC, out, hint,
                        "a model file cannot have the name of a table");
    for (int k = 0; k < count; k++) {
        const char *file = plm_run_model_file(&s->arena, path[k]);
        if (!file)
            return PLM_E_MEMORY;
        if (plm_path_is_file(out) && plm_path_is_same(out, file))
            return plm_fail(j->home, PLM_E_SPEC, out, hint,
                            "the joined model would overwrite one of its own models, %s", path[k]);
    }
    return PLM_OK;
}

/* Fails if two paths lead to the same model: it would count twice in the mean. */
static plm_status check_different(plm_job *j, plm_settings *s, int count, char *const *path)
{
    for (int k = 1; k < count; k++)
        for (int i = 0; i < k; i++) {
            const char *one = plm_run_model_file(&s->arena, path[i]),
                       *other = plm_run_model_file(&s->arena, path[k]);
            if (!one || !other)
                return PLM_E_MEMORY;
            if (plm_path_is_file(one) && plm_path_is_same(one, other))
                return plm_fail(j->home, PLM_E_SPEC, path[k],
                                "name each model once; each has the same weight in the mean",
                                "%s and %s are the same model", path[i], path[k]);
        }
    return PLM_OK;
}

/* Loads a model by the runtime of the job. */
static plm_status load(plm_job *j, plm_settings *s, const char *path, nets *n)
{
    PLM_TRY(plm_run_model_check(&s->arena, path));
    const char *file = plm_run_model_file(&s->arena, path);
    if (!file)
        return PLM_E_MEMORY;
    plm_model *m = plm_model_load(j->w, file, NULL);
    n->model[n->count] = m;
    n->count += m != NULL;
    return m ? PLM_OK : plm_job_fail(j, s, PLM_OK);
}

/* Joins the models and saves the result. */
static plm_status save(plm_job *j, plm_settings *s, const nets *n, const char *out)
{
    const plm_model *given[PLM_JOIN_MODELS] = {NULL};
    for (int k = 0; k < n->count; k++)
        given[k] = n->model[k];
    plm_job_keep_model(j, plm_model_join(n->count, given));
    if (!j->model || plm_model_save(j->model, out, NULL) < 0)
        return plm_job_fail(j, s, PLM_OK);
    return PLM_OK;
}

/* Loads all models, then joins them. After an error, those that were loaded are freed. */
plm_status plm_job_join(plm_job *j, plm_settings *s, int count, char *const *path, const char *out)
{
    nets n = {.count = 0};
    plm_status status = plm_job_open(j, s);
    status = status < 0 ? status : check_out(j, s, count, path, out);
    status = status < 0 ? status : check_different(j, s, count, path);
    for (int k = 0; k < count && k < PLM_JOIN_MODELS && status >= 0; k++)
        status = load(j, s, path[k], &n);
    status = status < 0 ? status : save(j, s, &n, out);
    for (int k = 0; k < n.count; k++)
        plm_model_free(n.model[k]);
    return status;
}
