/* Stores and restores the predictions of an unfinished epoch. Metrics such as auc keep all
 * predictions of an epoch, so a checkpoint written within an epoch contains them:
 * training/scores/METRIC/CURVE, float64. The first number of a tensor is the number of bits of
 * precision that were dropped; then come the predictions, three numbers for each: score, weight of
 * positives, weight of negatives. */
#include "train/snapshot_scores.h"

#include <stdio.h>
#include <string.h>

/* Number of values of a prediction (plm_score), and the maximum number of dropped bits. */
enum { OF_SCORE = sizeof(plm_score) / sizeof(double), MAX_DROPPED = 52 };

#define NAME PLM_DOCUMENT_TRAINING "scores/%d/%d"

/* Returns the number of curves of all metrics. */
static int curves_of(const plm_training *t)
{
    int curves = 0;
    for (int i = 0; i < t->metrics; i++)
        curves += t->metric[i].gathered.curves;
    return curves;
}

/* Adds the predictions of one curve to the document. */
static plm_status add_scores(plm_document *d, plm_scores *s, const char *name)
{
    plm_scores_settle(s);
    const size_t count = 1 + OF_SCORE * s->count;
    double *number = plm_arena_array(&d->arena, count, sizeof *number);
    if (name == NULL || number == NULL)
        return PLM_E_MEMORY;
    number[0] = s->rough;
    if (s->count > 0)
        memcpy(number + 1, s->at, s->count * sizeof *s->at);
    d->tensor[d->tensors++] = (plm_document_tensor){.name = name,
                                                    .rank = 1,
                                                    .dims = {(int64_t)count},
                                                    .dtype = PLM_F64,
                                                    .data = number,
                                                    .bytes = count * sizeof *number};
    return PLM_OK;
}

/* Adds the predictions that metrics such as auc keep within an epoch to the document. Between two
 * epochs these metrics are empty, so there is nothing to add. */
plm_status plm_snapshot_add_scores(plm_run *r, plm_document *d)
{
    plm_training *t = r->training;
    const size_t curves = r->batch > 0 ? (size_t)curves_of(t) : 0;
    if (curves == 0)
        return PLM_OK;
    plm_document_tensor *more = plm_arena_array(&d->arena, d->tensors + curves, sizeof *more);
    if (more == NULL)
        return PLM_E_MEMORY;
    memcpy(more, d->tensor, d->tensors * sizeof *more);
    d->tensor = more;
    for (int i = 0; i < t->metrics; i++)
        for (int k = 0; k < t->metric[i].gathered.curves; k++)
            PLM_TRY(add_scores(d, &t->metric[i].gathered.scores[k],
                               plm_arena_format(&d->arena, NAME, i, k)));
    return PLM_OK;
}

/* Restores the predictions of one curve. The predictions are sorted again when they are needed, so
 * a wrong order in a damaged file does no harm. */
static plm_status read_scores(plm_run *r, const plm_document *d, plm_scores *s, const char *name)
{
    const plm_document_tensor *t = NULL;
    for (size_t i = 0; i < d->tensors; i++)
        t = strcmp(d->tensor[i].name, name) == 0 ? &d->tensor[i] : t;
    const size_t count = t != NULL ? t->bytes / sizeof(double) : 0;
    double rough = -1;
    if (count > 0 && t->dtype == PLM_F64)
        memcpy(&rough, t->data, sizeof rough);
    if (!(rough >= 0 && rough <= MAX_DROPPED) || (count - 1) % OF_SCORE != 0)
        return plm_fail(r->model->w, PLM_E_FORMAT, name,
                        "resume with the run file (layers, optimizer, metrics, observers) that "
                        "wrote the checkpoint",
                        "the checkpoint has no predictions of this metric");
    plm_scores_clear(s);
    PLM_TRY(plm_scores_reserve(r->model->w, s, count / OF_SCORE));
    s->rough = (int)rough;
    s->count = count / OF_SCORE;
    if (s->count > 0)
        memcpy(s->at, (const char *)t->data + sizeof rough, s->count * sizeof *s->at);
    return PLM_OK;
}

/* Restores the predictions of metrics such as auc, if the checkpoint was written within an epoch
 * (r->skip > 0). */
plm_status plm_snapshot_read_scores(plm_run *r, const plm_document *d)
{
    plm_training *t = r->training;
    for (int i = 0; r->skip > 0 && i < t->metrics; i++)
        for (int k = 0; k < t->metric[i].gathered.curves; k++) {
            char name[64];
            snprintf(name, sizeof name, NAME, i, k);
            PLM_TRY(read_scores(r, d, &t->metric[i].gathered.scores[k], name));
        }
    return PLM_OK;
}
