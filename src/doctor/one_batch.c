/* Trains on one batch and measures how well it is memorized. A net with more weights than the
 * numbers of a batch can memorize it. If it cannot, the fault is not in the data but in the
 * learning rate, the loss, or a layer that blocks the gradient. The test takes seconds and is often
 * the first one that practitioners make by hand. */
#include "doctor/one_batch.h"

#include <math.h>
#include <string.h>

#include "base/runtime.h"

enum { STEPS = 1000, EVERY = 25, LOGS = 16 };

/* A batch is memorized if every row is predicted as its class; without classes, if at most this
 * share of the initial loss remains. */
static const double least = 0.01;

/* Measures the batch without an update. */
static plm_status measure(plm_model *m, const plm_batch *b, plm_one_batch *out)
{
    plm_log log[LOGS] = {0};
    PLM_TRY(plm_evaluate_batch(m, b, log, LOGS));
    out->last = log[0].value;
    out->right = (double)NAN;
    for (int i = 1; i < LOGS && log[i].name != NULL; i++)
        if (isnan(out->right) && strstr(log[i].name, "accuracy") != NULL)
            out->right = log[i].value;
    return PLM_OK;
}

/* For classes, returns the share of rows that are still predicted wrongly; otherwise the last loss
 * divided by the initial loss. 1 if the loss is not finite. */
double plm_one_batch_left(const plm_one_batch *b)
{
    if (b->steps == 0)
        return (double)NAN;
    if (!isfinite(b->last) || !isfinite(b->first))
        return 1;
    return isnan(b->right) ? b->last / b->first : 1 - b->right;
}

/* True if the batch is learned. */
static bool is_fitted(const plm_one_batch *b)
{
    return plm_one_batch_left(b) <= (isnan(b->right) ? least : 0);
}

/* Trains on the first batch. A step whose loss is not finite is not an error; it is the result of
 * the test. */
plm_status plm_one_batch_train(plm_model *m, plm_data *d, plm_one_batch *out)
{
    plm_batch b;
    *out = (plm_one_batch){.right = (double)NAN};
    PLM_TRY(plm_adapt(m, d));
    PLM_TRY(plm_data_rewind(d, 0));
    const plm_status status = plm_data_next(d, &b);
    PLM_TRY(status);
    if (status == PLM_END)
        return PLM_OK;
    out->rows = b.rows;
    PLM_TRY(measure(m, &b, out));
    out->first = out->last;
    while (out->steps < STEPS && isfinite(out->last) && !(out->steps > 0 && is_fitted(out))) {
        for (int i = 0; i < EVERY; i++, out->steps++) {
            const plm_status trained = plm_train_batch(m, &b, NULL, 0);
            if (trained != PLM_E_NUMERIC)
                PLM_TRY(trained);
        }
        PLM_TRY(measure(m, &b, out));
    }
    return plm_data_rewind(d, 0);
}
