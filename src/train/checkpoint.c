/* Writes checkpoints: files with a model and the state of its training (snapshot.h). A checkpoint
 * is also a model file. An observer only requests one; it is written between two steps, after all
 * observers were called, since it must hold their state, too. */
#include "base/system.h"
#include "format/format.h"
#include "train/snapshot.h"

/* The minimum time between two checkpoints of a fit: in seconds, and as a multiple of the time that
 * writing the last one took. So writing takes at most about a tenth of the time. */
enum { SECONDS_BETWEEN = 1, TIMES_AS_LONG = 10 };

/* Writes the model and the state of the training: r->state.epochs epochs are done, and r->batch
 * batches of the next one. The file appears whole or not at all, so if the program is killed while
 * it writes, the previous file remains. */
plm_status plm_checkpoint_write(plm_run *r, const char *path)
{
    plm_document d = {.arena = {.w = r->model->w}};
    plm_status status = plm_snapshot_take(r, &d);
    if (status >= 0)
        status = plm_document_save(r->model->w, &d, path, "safetensors");
    plm_document_free(&d);
    return status;
}

/* Requests a checkpoint after this event. path: borrowed until all observers have been called. */
void plm_checkpoint_request(plm_run *r, const char *path)
{
    r->requested[r->requests++] = path;
}

/* Writes the checkpoint of the fit itself (plm_fit_options.checkpoint), if there is one. A file
 * that takes long to write is written less often: the pause is TIMES_AS_LONG times the time of
 * writing. */
plm_status plm_checkpoint_own(plm_run *r)
{
    if (r->own == NULL)
        return PLM_OK;
    const double begun = plm_seconds();
    const plm_status status = plm_checkpoint_write(r, r->own);
    r->own_written = plm_seconds();
    const double pause = TIMES_AS_LONG * (r->own_written - begun);
    r->own_pause = pause > SECONDS_BETWEEN ? pause : SECONDS_BETWEEN;
    return status;
}

/* True if the fit's own checkpoint should be written after this epoch. The last state is written at
 * the end of the fit, together with the reason why the fit ended. */
static bool own_due(const plm_run *r)
{
    return r->own != NULL && !r->state.ended && r->state.epochs % r->own_epochs == 0 &&
           plm_seconds() - r->own_written >= r->own_pause;
}

/* Writes the checkpoints that observers requested, and the fit's own checkpoint if it is due.
 * Called after the observers, so that the file has the state of all observers. result: the status
 * of the observers. */
plm_status plm_checkpoint_write_requested(plm_run *r, plm_event_kind moment, plm_status result)
{
    plm_status status = PLM_OK;
    for (int i = 0; i < r->requests && result >= 0 && status >= 0; i++)
        status = plm_checkpoint_write(r, r->requested[i]);
    r->requests = 0;
    if (status >= 0 && result == PLM_OK && moment == PLM_EPOCH_END && own_due(r))
        status = plm_checkpoint_own(r);
    return status < 0 ? status : result;
}

/* a fit that is resumed from this file continues at this step */
plm_status plm_checkpoint_read(plm_run *r, const char *path)
{
    plm_document d = {.arena = {.w = r->model->w}};
    plm_status status = plm_document_load(r->model->w, path, "safetensors", &d);
    if (status >= 0)
        status = plm_snapshot_restore(r, &d, path);
    plm_document_free(&d);
    return status;
}

/* Returns the progress of the training in a checkpoint. Reads the whole document, though only
 * counts are needed, so that a damaged file is detected. */
plm_status plm_checkpoint_get_info(plm *w, const char *path, plm_fit_result *out)
{
    if (w == NULL || path == NULL || out == NULL)
        return plm_fail(w, PLM_E_ORDER, "plm_checkpoint_get_info",
                        "give a runtime, a path and a plm_fit_result to fill",
                        "an argument is NULL");
    plm_document d = {.arena = {.w = w}};
    plm_status status = plm_document_load(w, path, "safetensors", &d);
    if (status >= 0)
        status = plm_snapshot_get_info(w, &d, path, out);
    plm_document_free(&d);
    return status;
}

/* Reads the whole document, as plm_checkpoint_get_info. */
plm_status plm_checkpoint_since(plm *w, const char *path, plm_since *out)
{
    plm_document d = {.arena = {.w = w}};
    double sum = 0;
    plm_status status = plm_document_load(w, path, "safetensors", &d);
    if (status >= 0)
        status = plm_snapshot_get_since(w, &d, path, out, &sum);
    plm_document_free(&d);
    return status;
}

/* Returns the number of epochs that were done when a checkpoint was written; a plm_status below 0
 * on failure. */
int64_t plm_checkpoint_epochs(plm *w, const char *path)
{
    plm_fit_result state;
    if (w == NULL || path == NULL)
        return plm_fail(w, PLM_E_ORDER, "plm_checkpoint_epochs", "give a runtime and a path",
                        "an argument is NULL");
    const plm_status status = plm_checkpoint_get_info(w, path, &state);
    return status < 0 ? status : state.epochs;
}
