/* From which epoch on the values of a resumed fit can be compared (since.h), in a checkpoint: the
 * tensor training/since. It also has a checksum of the loss, so that a resume with another loss is
 * noticed without an observer that monitors it. Older versions wrote no such tensor. */
#include <string.h>

#include "train/event_file.h"
#include "train/monitor.h"
#include "train/snapshot.h"

static const char tensor[] = PLM_DOCUMENT_TRAINING "since";

/* A loss is the same if its checksum is. */
plm_status plm_snapshot_loss_sum(const plm_model *m, uint32_t *sum)
{
    const char *loss = m->setting[PLM_SETTING_LOSS],
               *weights = m->setting[PLM_SETTING_LOSS_WEIGHTS];
    plm_text all = {.w = m->w};
    plm_text_format(&all, "%s\n%s", loss != NULL ? loss : "", weights != NULL ? weights : "");
    *sum = plm_crc32c(plm_text_get(&all), all.length);
    const plm_status status = all.failed ? PLM_E_MEMORY : PLM_OK;
    plm_text_free(&all);
    return status;
}

/* Observers that keep weights are watchers. */
bool plm_snapshot_keeps(const plm_run *r, int observer)
{
    return r->kind[observer]->weights != NULL &&
           ((const plm_watcher *)r->observer[observer].self)->keeps;
}

/* True for a number of epochs. */
static bool is_count(double number)
{
    return number >= 0 && number <= 0x1p53 && number == (double)(int64_t)number;
}

/* Copies the numbers of the tensor; false = it is damaged. Without the tensor they stay. */
static bool read(const plm_document *d, double number[PLM_SNAPSHOT_SINCES])
{
    const size_t bytes = PLM_SNAPSHOT_SINCES * sizeof *number;
    for (size_t i = 0; i < d->tensors; i++) {
        const plm_document_tensor *t = &d->tensor[i];
        if (strcmp(t->name, tensor) != 0)
            continue;
        if (t->dtype != PLM_F64 || t->bytes != bytes)
            return false;
        memcpy(number, t->data, bytes);
    }
    return is_count(number[PLM_SNAPSHOT_SINCE_LOSS]) && is_count(number[PLM_SNAPSHOT_SINCE_BEST]);
}

/* Needs no training, so that a program can ask for a run alone. */
plm_status plm_snapshot_get_since(plm *w, const plm_document *d, const char *path, plm_since *out,
                                  double *sum)
{
    double number[PLM_SNAPSHOT_SINCES] = {[PLM_SNAPSHOT_LOSS_SUM] = -1};
    if (!read(d, number))
        return plm_fail(w, PLM_E_FORMAT, path, "the file is damaged: get it again",
                        "the checkpoint has no counts in %s", tensor);
    *out = (plm_since){.loss = (int64_t)number[PLM_SNAPSHOT_SINCE_LOSS],
                       .best = (int64_t)number[PLM_SNAPSHOT_SINCE_BEST]};
    *sum = number[PLM_SNAPSHOT_LOSS_SUM];
    return PLM_OK;
}

/* Another loss begins at the epoch at which the fit goes on. */
plm_status plm_snapshot_restore_since(plm_run *r, const plm_document *d, const char *path,
                                      bool more)
{
    uint32_t now = 0;
    double then = 0;
    PLM_TRY(plm_snapshot_get_since(r->model->w, d, path, &r->since, &then));
    PLM_TRY(plm_snapshot_loss_sum(r->model, &now));
    if (more && then >= 0 && then != (double)now)
        r->since.loss = r->state.epochs;
    return PLM_OK;
}

/* Without an observer that keeps weights, the best epoch is the one of the least loss. */
plm_since plm_fit_since(const plm_run *r)
{
    bool keeps = false;
    for (int i = 0; i < r->opened; i++)
        keeps = keeps || plm_snapshot_keeps(r, i);
    return (plm_since){.loss = r->since.loss, .best = keeps ? r->since.best : r->since.loss};
}
