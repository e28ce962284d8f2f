/* Manages the plans of a compiled model. The model keeps one plan of each use, for one call at a
 * time. Predictions may run at the same time, so each prediction has a context with its own plan;
 * contexts are kept for later calls. */
#include "model/model.h"

/* Returns the error of the runtime, or the stored error of plm_add and similar calls. plm_add and
 * similar calls return no status, so the first of their errors is kept for the next call that
 * returns one. It is recorded again, since other errors may have come after it. */
plm_status plm_model_sound(const plm_model *m)
{
    if (m == NULL)
        return PLM_E_ORDER;
    if (m->w->fault < 0)
        return m->w->fault;
    if (m->fault < 0 && m->kept_fault.status == m->fault)
        return plm_model_report_error(m, &m->kept_fault);
    return m->fault < 0 ? m->fault : PLM_OK;
}

/* Fails if the model has an error or is not compiled. If the last plm_compile failed, its error is
 * recorded again. */
plm_status plm_model_ready(const plm_model *m)
{
    PLM_TRY(plm_model_sound(m));
    if (!m->compiled && m->kept_compile.status < 0)
        return plm_model_report_error(m, &m->kept_compile);
    if (!m->compiled)
        return plm_fail_key(m->w, PLM_E_ORDER, "model", "call plm_compile first",
                            "the model is not compiled");
    return PLM_OK;
}

/* ---- plans ---- */

/* Makes sure that m->ones has `rows` sample weights of 1, for batches without weights. */
static plm_status reserve_ones(plm_model *m, int64_t rows)
{
    if (rows <= m->ones_rows)
        return PLM_OK;
    plm_release(m->w, m->ones);
    m->ones_rows = 0;
    m->ones = plm_allocate_array(m->w, (size_t)rows, sizeof *m->ones);
    if (m->ones == NULL)
        return PLM_E_MEMORY;
    m->ones_rows = rows;
    for (int64_t i = 0; i < rows; i++)
        m->ones[i] = 1;
    return PLM_OK;
}

/* True if plans of this use have targets, sample weights and losses. */
static bool has_loss(plm_plan_use use)
{
    return use == PLM_PLAN_TRAIN || use == PLM_PLAN_EVALUATE;
}

/* Returns the options of a plan for this use and number of rows. output: memory for the list of
 * outputs, to which the options point. A training plan does not compute predictions that no metric
 * reads. */
static plm_plan_options options_of(const plm_model *m, plm_plan_use use, int64_t rows,
                                   plm_value output[PLM_TARGETS])
{
    for (int i = 0; i < m->heads; i++)
        output[i] = m->head[i].prediction;
    return (plm_plan_options){.training = use == PLM_PLAN_TRAIN,
                              .capacity = rows,
                              .outputs = has_loss(use) && m->outputs_unread ? 0 : m->heads,
                              .output = output,
                              .losses = has_loss(use) ? m->parts : 0,
                              .loss = m->part,
                              .noisy = use == PLM_PLAN_NOISY};
}

/* Makes a plan of the model for one use. rows: the max number of rows of a batch. */
plm_status plm_model_new_plan(plm_model *m, plm_plan_use use, int64_t rows, plm_plan **out)
{
    plm_value output[PLM_TARGETS];
    const plm_plan_options o = options_of(m, use, rows, output);
    return plm_plan_open(&m->graph, &o, m->vector.p, out);
}

/* Keeps the current plan if it is large enough, else replaces it. A plan with losses also needs
 * sample weights of 1 for as many rows. A plan for fewer rows is closed before the new one is made,
 * so that the memory of both is never allocated at once. */
plm_status plm_model_plan(plm_model *m, plm_plan_use use, int64_t rows, plm_plan **out)
{
    *out = m->plan[use];
    /* a plan that is large enough is used again */
    if (*out != NULL && plm_plan_running(*out)->capacity >= rows)
        return PLM_OK;
    if (has_loss(use))
        PLM_TRY(reserve_ones(m, rows));
    plm_plan_close(m->plan[use]);
    m->plan[use] = NULL;
    PLM_TRY(plm_model_new_plan(m, use, rows, &m->plan[use]));
    *out = m->plan[use];
    return PLM_OK;
}

/* Sets *out to the memory, in bytes, that a plan would take. The plan is made without its block. */
plm_status plm_model_plan_bytes(plm_model *m, plm_plan_use use, int64_t rows, size_t *out)
{
    plm_plan *plan = NULL;
    plm_value output[PLM_TARGETS];
    plm_plan_options o = options_of(m, use, rows, output);
    o.measured = true;
    PLM_TRY(plm_plan_open(&m->graph, &o, m->vector.p, &plan));
    *out = plm_plan_bytes(plan);
    plm_plan_close(plan);
    return PLM_OK;
}

/* Returns the number of threads that training steps use. 0 = the model has not been trained yet. */
int plm_model_threads(const plm_model *m)
{
    const plm_plan *plan = m != NULL ? m->plan[PLM_PLAN_TRAIN] : NULL;
    return plan != NULL && plm_plan_parts(plan) > 0 ? plm_plan_chosen_threads(plan) : 0;
}

/* ---- contexts ---- */

/* Frees a context, its plan and its memory. */
static void context_close(plm_model *m, plm_context *c)
{
    plm_plan_close(c->plan);
    for (int i = 0; i < PLM_INPUTS; i++)
        plm_release(m->w, c->block[i]);
    plm_release(m->w, c);
}

/* Takes an idle context of this use for at least `rows` rows out of the list; NULL = there is none.
 * Frees contexts of this use that are too small, since the next calls usually have as many rows as
 * this one. Called under the model's lock. */
static plm_context *context_idle(plm_model *m, plm_plan_use use, int64_t rows)
{
    /* at: the pointer to the entry in the list, so that the entry can be unlinked */
    plm_context **at = &m->idle, *found = NULL;
    while (*at != NULL && found == NULL) {
        if ((*at)->use != use) {
            at = &(*at)->next;
            continue;
        }
        found = *at;
        *at = found->next;
        if (found->rows < rows) {
            context_close(m, found);
            found = NULL;
        }
    }
    return found;
}

/* Makes a new context if no idle one fits. */
plm_status plm_model_take_context(plm_model *m, plm_plan_use use, int64_t rows, plm_context **out)
{
    *out = context_idle(m, use, rows);
    if (*out != NULL)
        return PLM_OK;
    plm_context *c = plm_allocate(m->w, sizeof *c);
    if (c == NULL)
        return PLM_E_MEMORY;
    c->use = use;
    c->rows = rows;
    const plm_status status = plm_model_new_plan(m, use, rows, &c->plan);
    if (status < 0) {
        context_close(m, c);
        return status;
    }
    *out = c;
    return PLM_OK;
}

/* ---- freeing ---- */

/* Frees all contexts that no prediction uses. */
static void forget_contexts(plm_model *m)
{
    while (m->idle != NULL) {
        plm_context *c = m->idle;
        m->idle = c->next;
        context_close(m, c);
    }
}

/* Frees the plans, then the contexts. */
void plm_model_forget_plans(plm_model *m)
{
    for (int use = 0; use < PLM_PLANS; use++) {
        plm_plan_close(m->plan[use]);
        m->plan[use] = NULL;
    }
    forget_contexts(m);
}

/* Tells the training plan that parameters have changed, since the plan has copies of weights, which
 * it must then make again. Call it whenever parameters change other than by a training step. */
void plm_model_mark_dirty(plm_model *m)
{
    if (m->plan[PLM_PLAN_TRAIN] != NULL)
        plm_plan_set_dirty(m->plan[PLM_PLAN_TRAIN]);
}
