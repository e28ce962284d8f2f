/* While a call such as a fit runs on a model, its callbacks may read the model, but may not change
 * it or start another such call. This file makes such calls fail. It also keeps a borrowed model
 * from being freed, and keeps an error of a model to record it again later. */
#include "model/borrowed.h"
#include "model/model.h"

/* Fails if a call is running on the model; the error names that call. */
plm_status plm_model_idle(const plm_model *m, const char *caller)
{
    if (m == NULL)
        return PLM_E_ORDER;
    if (m->running == NULL)
        return PLM_OK;
    return plm_fail(m->w, PLM_E_ORDER, caller,
                    "end the fit by PLM_STOPPED and call it afterwards, or use a plm_model_clone",
                    "this call came from a callback of %s, which is still running on this model",
                    m->running);
}

/* Marks the model as used by a running call; E_ORDER if another call is running. Every call that
 * changes or runs the model begins with plm_model_begin and ends with plm_model_end. */
plm_status plm_model_begin(plm_model *m, const char *caller)
{
    PLM_TRY(plm_model_idle(m, caller));
    m->running = caller;
    return PLM_OK;
}

/* Sets who may free the model: only its owner, or every caller. */
void plm_model_set_borrowed(plm_model *m, bool borrowed)
{
    if (m)
        m->borrowed = borrowed;
}

/* ---- stored errors ---- */

/* Copies the last error into the model's arena. If there is no memory for its text,
 * plm_model_report_error later gives only the status. */
void plm_model_keep_error(plm_model *m, plm_error *kept, plm_status status)
{
    const plm_error *e = plm_last_error(m->w);
    *kept = (plm_error){.status = status};
    if (e->status != status)
        return;
    kept->what = plm_arena_text(&m->arena, e->what, SIZE_MAX);
    kept->where = plm_arena_text(&m->arena, e->where, SIZE_MAX);
    kept->hint = plm_arena_text(&m->arena, e->hint, SIZE_MAX);
    kept->code = plm_arena_text(&m->arena, e->code, SIZE_MAX);
    kept->key = plm_arena_text(&m->arena, e->key, SIZE_MAX);
    kept->file = plm_arena_text(&m->arena, e->file, SIZE_MAX);
    kept->line = e->line;
    kept->item = e->item;
    kept->layer = e->layer;
}

/* Records an error stored by plm_model_keep_error again, so that the caller sees the cause instead
 * of its consequence. */
plm_status plm_model_report_error(const plm_model *m, const plm_error *kept)
{
    if (kept->status >= 0 || kept->what == NULL)
        return kept->status;
    return plm_fail_again(m->w, kept, kept->status);
}
