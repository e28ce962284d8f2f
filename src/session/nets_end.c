/* Calibrates trained nets and joins them to one model, see nets.h. The nets are calibrated before
 * they are joined, each on the rows that it has held out, since its confidence on these rows is the
 * same as on new rows. One temperature is fitted for all nets together and stored in each, so that
 * the joined model is an ordinary model. */
#include <stdio.h>
#include <string.h>

#include "session/nets_inside.h"
#include "study/temperature.h"
#include "train/join.h"

/* Makes the joined model on the runtime of the run, and replaces the run's model by it. */
static plm_status join(plm_run_training *t)
{
    plm_run_nets *n = t->nets;
    const plm_model *models[PLM_TURNS];
    for (int k = 0; k < n->count; k++)
        models[k] = n->net[k].job.model;
    plm_model *one = plm_models_join(t->job.w, n->count, models);
    if (!one)
        return plm_job_fail_at(&t->job, PLM_OK, "nets");
    plm_job_keep_model(&t->job, one);
    return PLM_OK;
}

/* Fits a temperature to the nets, if the run has the key calibrate. */
static plm_status calibrate(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    const plm_run_nets *n = t->nets;
    const int count = n ? n->count : 1;
    plm_model *model[PLM_TURNS];
    plm_data *held[PLM_TURNS];
    if (!plm_setting_truth(s, "calibrate"))
        return PLM_OK;
    for (int k = 0; k < count; k++) {
        const plm_job *j = n ? &n->net[k].job : &t->job;
        model[k] = j->model;
        held[k] = j->validation;
    }
    const plm_status status = plm_temperature_apply(count, model, held, &t->temperature);
    return status < 0 ? plm_job_fail_at(n ? &t->nets->net[0].job : &t->job, status, "calibrate")
                      : PLM_OK;
}

/* Calibrates, then joins. The model of the job is replaced; the nets keep their models until they
 * are freed. */
plm_status plm_run_nets_join(plm_run_training *t)
{
    PLM_TRY(calibrate(t));
    return t->nets ? join(t) : PLM_OK;
}

/* Checks the key calibrate before the training, so that the error does not come only after the
 * training. */
plm_status plm_run_calibrate_check(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    const plm_job *j = t->nets ? &t->nets->net[0].job : &t->job;
    const bool wanted = plm_setting_truth(s, "calibrate");
    if (wanted && !j->validation)
        return plm_setting_fail(
            s, "calibrate", 0, "add validation: split(0.2), or remove calibrate",
            "calibrate needs validation rows to fit its temperature, but the run has none");
    if (wanted && !plm_temperature_fits(j->model))
        return plm_setting_fail(
            s, "calibrate", 0,
            "let the model end with dense(CLASSES, activation=softmax), or remove calibrate",
            "only nets that predict classes can be calibrated");
    return PLM_OK;
}

/* Adds the metrics of net k to sum[logs]: those of the epoch whose weights the net kept. Returns 1,
 * or 0 if the net has no metrics for this epoch. */
static int add_kept(const plm_run_nets *n, int k, double *sum, int logs)
{
    const plm_means_net *net = &n->means.net[k];
    const plm_fit_result *r = &n->net[k].result;
    const size_t epoch = (size_t)(r->kept_epoch > 0 ? r->kept_epoch : r->epochs);
    if (epoch < 1 || epoch > net->rows)
        return 0;
    for (int i = 0; i < logs; i++)
        sum[i] += net->value[(epoch - 1) * (size_t)n->means.columns + (size_t)i + 1];
    return 1;
}

/* Sets the final metrics of the run: for each metric, the mean over the nets. A net is measured in
 * the epoch whose weights it kept. */
void plm_run_nets_metrics(plm_run_training *t)
{
    const plm_run_nets *n = t->nets;
    const int all = n->means.columns - 1;
    int count = 0;
    memset(t->value, 0, sizeof t->value);
    t->logs = all < 0 ? 0 : all < PLM_RUN_MAX_LOGS ? all : PLM_RUN_MAX_LOGS;
    for (int k = 0; k < n->count; k++)
        count += add_kept(n, k, t->value, t->logs);
    for (int i = 0; i < t->logs && count > 0; i++) {
        t->value[i] /= count;
        snprintf(t->log_name[i], sizeof t->log_name[i], "%s", n->means.name[i + 1]);
    }
    if (count == 0)
        t->logs = 0;
    t->epochs = t->result.epochs > t->epochs ? t->result.epochs : t->epochs;
}

/* Which net failed first does not depend on how many train at the same time (plm_turns_fail). */
int plm_run_nets_first_failed(const plm_run_nets *n)
{
    int first = -1;
    for (int k = 0; k < n->count; k++) {
        const plm_run_net *one = &n->net[k], *best = first >= 0 ? &n->net[first] : NULL;
        if (one->status >= 0)
            continue;
        const bool lost = one->status == PLM_E_NUMERIC;
        if (!best ||
            (best->status == PLM_E_NUMERIC && (!lost || one->result.epochs < best->result.epochs)))
            first = k;
    }
    return first;
}

/* Finds the first net whose fit failed, after all fits have ended. */
const plm_job *plm_run_nets_failed(const plm_run_nets *n, int *index, int64_t *epochs)
{
    const int first = plm_run_nets_first_failed(n);
    if (first < 0)
        return NULL;
    *index = first;
    *epochs = n->net[first].result.epochs;
    return &n->net[first].job;
}

/* Writes which epochs the weights of the nets come from, for the last line of the log. */
void plm_run_nets_weights(const plm_run_nets *n, char *out, size_t capacity)
{
    bool kept = false, best = true;
    size_t length = (size_t)snprintf(out, capacity, "of epochs");
    for (int k = 0; k < n->count && length < capacity; k++) {
        const plm_fit_result *r = &n->net[k].result;
        kept = kept || r->kept_epoch > 0;
        best = best && r->kept_epoch == r->best_epoch;
        length += (size_t)snprintf(out + length, capacity - length, "%s %lld", k ? "," : "",
                                   (long long)(r->kept_epoch ? r->kept_epoch : r->epochs));
    }
    if (best && length < capacity)
        snprintf(out + length, capacity - length, ", the best of each net");
    if (!kept)
        out[0] = '\0';
}
