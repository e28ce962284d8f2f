/* Runs a forward and a backward pass over some batches of the training rows, without an update (a
 * probe pass). It must leave no trace: statistics that layers store are saved and restored, sums of
 * the training are reset to 0, and the stream is rewound. So a training after a probe pass has the
 * same bits as one without. */
#include "doctor/look.h"

#include <math.h>
#include <string.h>

enum { LOOK_ROWS = 1024, MAX_BATCHES = 1024 };

/* Runs one batch without an update. */
static plm_status look_at_batch(plm_training *t, const plm_batch *b, double *loss)
{
    plm_plan *plan = NULL;
    PLM_TRY(plm_model_check_batch(t->m, b, true));
    PLM_TRY(plm_training_check_targets(t, b));
    PLM_TRY(plm_model_plan(t->m, PLM_PLAN_TRAIN, b->rows, &plan));
    PLM_TRY(plm_training_reserve(t, b->rows));
    plm_plan_running(plan)->first_row = 0;
    plm_model_bind(t->m, plan, b, 0, b->rows);
    plm_training_look(t, plan);
    *loss = plm_training_add_batch(t, plan, b->rows);
    return PLM_OK;
}

/* True if dead units are counted in some layer. If not, one batch is enough for all measurements.
 * */
static bool counts_dead(const plm_probe *p)
{
    for (size_t i = 0; i < p->layers; i++)
        if (p->seen[i] != NULL)
            return true;
    return false;
}

/* True if every unit was active in some row. Then no unit is dead, whatever further rows would
 * show, and the share of dead units is set to 0. */
static bool are_all_alive(plm_probe *p)
{
    for (size_t i = 0; i < p->layers; i++) {
        const int64_t units = plm_graph_shape(&p->m->graph, p->spot[i].a)->width;
        for (int64_t k = 0; p->seen[i] != NULL && k < units; k++)
            if (!(p->seen[i][k] > 0))
                return false;
    }
    for (size_t i = 0; i < p->layers; i++)
        if (p->seen[i] != NULL)
            p->dead[i] = 0;
    return true;
}

/* Measures batches until enough rows were seen to count dead units, or until none can be dead. */
static plm_status look_at_rows(plm_probe *p, plm_data *d)
{
    plm_training *t = p->m->training;
    plm_batch b;
    const int64_t wanted = counts_dead(p) ? LOOK_ROWS : 1;
    int64_t rows = 0;
    PLM_TRY(plm_data_rewind(d, 0));
    for (int64_t i = 0; i < MAX_BATCHES && rows < wanted; i++) {
        double loss = 0;
        if (i > 0 && are_all_alive(p))
            break;
        const plm_status status = plm_data_next(d, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        PLM_TRY(look_at_batch(t, &b, &loss));
        rows += b.rows;
        if (i == 0) {
            p->sample[0].loss = loss;
            p->penalty = t->penalty_sum / (double)b.rows;
        }
        /* later batches count for dead units only */
        p->samples = p->samples > 1 ? 1 : p->samples;
    }
    for (size_t k = 0; k < p->layers && p->samples > 0; k++) {
        p->sample[0].reading[k].dead = p->dead[k];
        p->sample[0].reading[k].step = 0;
    }
    return PLM_OK;
}

/* Runs the probe pass. Layers that take statistics from the data, such as normalization, are
 * adapted first, as by a fit. */
plm_status plm_probe_look(plm_probe *p, plm_data *d)
{
    plm_model *m = p->m;
    const plm_parameters_vector *v = &m->vector;
    const size_t state = (v->length - v->trained) * sizeof *v->p;
    if (!m->adapted)
        PLM_TRY(plm_adapt(m, d));
    /* statistics, such as those of batch_normalization, are stored after the trained weights in the
     * vector of parameters */
    plm_real *kept = plm_allocate(m->w, state + 1);
    if (kept == NULL)
        return PLM_E_MEMORY;
    memcpy(kept, v->p + v->trained, state);
    p->always = true;
    plm_probe_attach(p);
    plm_training_reset(m->training);
    const plm_status status = look_at_rows(p, d);
    plm_training_reset(m->training);
    plm_probe_detach(p);
    p->always = false;
    memcpy(v->p + v->trained, kept, state);
    plm_model_mark_dirty(m);
    plm_release(m->w, kept);
    return status < 0 ? status : plm_data_rewind(d, 0);
}

/* Does the work of plm_look. */
static plm_status look(plm_model *m, plm_data *d, plm_probe *p)
{
    plm_data_info info;
    PLM_TRY(plm_model_ready(m));
    PLM_TRY(plm_model_idle(m, "plm_look"));
    if (m->training == NULL || d == NULL)
        return plm_fail(
            m->w, PLM_E_ORDER, "plm_look", "call plm_compile with an optimizer and a loss",
            d == NULL ? "the data is NULL" : "the model was compiled without an optimizer");
    PLM_TRY(plm_data_get_info(d, &info));
    PLM_TRY(plm_probe_open(p, m, info.batch, 2));
    plm_probe_set_rows(p, info.rows);
    return plm_probe_look(p, d);
}

/* The public call: measures a model by a probe pass, and returns the measurements. */
int64_t plm_look(plm_model *m, plm_data *d, plm_reading *out, int64_t capacity, double *loss)
{
    plm_probe p = {0};
    if (m == NULL)
        return PLM_E_ORDER;
    plm_status status = look(m, d, &p);
    const int64_t layers = (int64_t)p.layers;
    for (int64_t i = 0; status >= 0 && out != NULL && i < layers && i < capacity; i++)
        out[i] = p.sample[0].reading[i];
    if (status >= 0 && loss != NULL)
        *loss = p.sample[0].loss;
    if (p.m != NULL)
        plm_probe_close(&p);
    return status < 0 ? (int64_t)status : layers;
}
