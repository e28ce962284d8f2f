/* While a call works on a model, the functions that it calls back may read the model, but not
 * change it, and not start another such call. */
#include "model/model.h"

plm_status plm_model_idle(const plm_model *m, const char *caller)
{
    if (m == NULL)
        return PLM_E_ORDER;
    if (m->running == NULL)
        return PLM_OK;
    return plm_fail(m->w, PLM_E_ORDER, caller,
                    "end the fit by PLM_STOPPED and call it then, or work on a plm_model_clone",
                    "it was called from within %s, which is at work on this model", m->running);
}

plm_status plm_model_begin(plm_model *m, const char *caller)
{
    PLM_TRY(plm_model_idle(m, caller));
    m->running = caller;
    return PLM_OK;
}

/* ---- errors that stay ---- */

void plm_model_keep_error(plm_model *m, plm_error *kept, plm_status status)
{
    const plm_error *e = plm_last_error(m->w);
    *kept = (plm_error){.status = status};
    if (e->status != status)
        return;
    kept->what = plm_arena_text(&m->arena, e->what, SIZE_MAX);
    kept->where = plm_arena_text(&m->arena, e->where, SIZE_MAX);
    kept->hint = plm_arena_text(&m->arena, e->hint, SIZE_MAX);
}

plm_status plm_model_tell_error(const plm_model *m, const plm_error *kept)
{
    if (kept->status >= 0 || kept->what == NULL)
        return kept->status;
    return plm_fail(m->w, kept->status, kept->where, kept->hint, "%s", kept->what);
}
