/* plm_doctor, the call for C programs: it examines data, settings and the untrained net (by a
 * forward and backward pass without an update). The program then trains with the observer of the
 * diagnosis, which examines the training. */
#include "doctor/diagnosis.h"

/* Measures groups of the validation rows (NULL = none) if the net was trained before. */
static plm_status measure_groups(plm_diagnosis *d, plm_data *validation)
{
    plm_history history = {0};
    int fresh = 0;
    PLM_TRY(plm_model_history(d->model, &history));
    if (validation == NULL || history.rows == 0)
        return PLM_OK;
    return plm_diagnosis_groups(d, d->model, validation, false, &fresh);
}

/* Examines data, settings, the look and, of a trained net, groups of rows. */
static plm_status examine(plm_diagnosis *d, plm_data *data, const plm_doctor_options *o)
{
    plm_data_info info;
    d->c.alone = d->model == NULL || o->only_data;
    if (!d->c.alone)
        PLM_TRY(plm_model_ready(d->model));
    if (!d->c.alone)
        PLM_TRY(plm_model_idle(d->model, "plm_doctor"));
    if (!d->c.alone && d->model->training == NULL)
        return plm_fail(d->w, PLM_E_ORDER, "plm_doctor",
                        "call plm_compile with an optimizer and a loss",
                        "the model was compiled without an optimizer");
    if (!d->c.alone)
        PLM_TRY(plm_diagnosis_find_spots(d));
    PLM_TRY(plm_diagnosis_data(d, data, o->validation));
    if (d->c.alone || o->only_static || d->c.refusal != NULL)
        return PLM_OK;
    PLM_TRY(plm_data_get_info(data, &info));
    const int64_t batches = info.rows > 0 ? (info.rows + info.batch - 1) / info.batch : 0;
    plm_diagnosis_plan(d, o->epochs * batches);
    PLM_TRY(plm_diagnosis_look(d, data));
    d->groups_at_end = true;
    PLM_TRY(measure_groups(d, o->validation));
    return plm_diagnosis_watch(d, info.batch, o->epochs * batches);
}

/* Makes a diagnosis. Errors are recorded on the runtime of the model or, without a model, on that
 * of the data. */
plm_diagnosis *plm_doctor(plm_model *m, plm_data *data, const plm_doctor_options *options)
{
    plm_diagnosis *d = NULL;
    plm_doctor_options o = {0};
    if (data == NULL && m != NULL)
        (void)plm_fail(m->w, PLM_E_ORDER, "plm_doctor", "give the training rows",
                       "the data is NULL");
    if (data == NULL)
        return NULL;
    plm *w = m != NULL ? m->w : data->w;
    if (plm_take_options(w, "plm_doctor", options, options != NULL ? options->size : 0, &o,
                         sizeof o) < 0 ||
        plm_diagnosis_open(w, m, o.rules, &d) < 0)
        return NULL;
    if (examine(d, data, &o) >= 0)
        return d;
    plm_diagnosis_free(d);
    return NULL;
}
