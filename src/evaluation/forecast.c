/* Makes forecasts of a series. Its last rows have no target. The first of them is predicted from
 * the rows before it. The prediction then takes the place of its target, since later rows need the
 * target as an input. */
#include "evaluation/forecast.h"

#include <math.h>

#include "data/typed.h"
#include "model/schema.h"

/* True if `later` is the row that comes later - row time steps after `row` in the same series: no
 * time step between them is missing. */
static bool is_after(const plm_store *t, int64_t row, int64_t later)
{
    return later < t->rows &&
           (t->before == NULL || t->before[later] - t->before[row] == later - row);
}

/* Sets open[t->rows]: true for the rows to predict, which are the last rows of each series, if they
 * have no target. at: column of the target in the store. */
static void mark_open(const plm_store *t, size_t at, bool *open)
{
    for (int64_t i = t->rows; i-- > 0;)
        open[i] = isnan(t->column[at].number[i]) && (!is_after(t, i, i + 1) || open[i + 1]);
}

/* Returns the column of the store that has the values of a target of the series. SIZE_MAX = no
 * input is an earlier value (lag) of this target. */
static size_t values_of(const plm_schema *s, const plm_typed *t, const plm_column *target)
{
    for (size_t i = 0; i < s->columns; i++)
        if (s->column[i].lag > 0 && &s->column[s->column[i].from] == target)
            return t->store.column[t->place[i]].from;
    return SIZE_MAX;
}

/* Returns the encoded values of an input of the model in this row. */
static float *inputs_of(const plm_source *s, int input, int64_t row)
{
    return (float *)s->table[input].owned + (size_t)row * s->table[input].width;
}

/* Stores the predicted value y of a target of `row` wherever it is an input of a later row (a lag):
 * in the store and in the encoded inputs. */
static void put(plm_source *s, plm_typed *t, const plm_column *target, int64_t row, double y)
{
    const plm_schema *m = s->schema;
    size_t at = 0;
    for (size_t i = 0; i < m->columns; i++) {
        const plm_column *c = &m->column[i];
        const int64_t to = row + c->lag;
        if (c->role != PLM_ROLE_INPUT || plm_schema_part(m, i) > 0)
            continue;
        if (c->lag > 0 && &m->column[c->from] == target && is_after(&t->store, row, to)) {
            t->store.column[t->place[i]].number[to] = y;
            plm_column_encode_number(c, y, (double)NAN, inputs_of(s, 0, to) + at);
        }
        at += plm_column_width(c);
    }
}

/* Predicts one row. y [PLM_SIDE]: the outputs of the net, before they are scaled to the unit of the
 * target. */
static plm_status predict(const plm_job *j, int64_t row, float y[PLM_SIDE])
{
    plm_source *s = j->data->source;
    const int outputs = plm_model_outputs(j->model, -1, NULL);
    plm_view x[PLM_SIDE], out[PLM_SIDE];
    for (int i = 0; i < s->inputs; i++)
        x[i] = (plm_view){.data = inputs_of(s, i, row),
                          .dtype = PLM_F32,
                          .rank = 2,
                          .dims = {1, (int64_t)s->table[i].width}};
    for (int k = 0; k < outputs; k++)
        out[k] = (plm_view){.data = &y[k], .dtype = PLM_F32, .rank = 2, .dims = {1, 1}};
    return plm_predict_scaled(j->model, s->inputs, x, outputs, out);
}

/* Predicts a row. For each of its targets that is missing, stores the prediction as an input of
 * later rows. of [outputs]: for each output, the column of the store that has the values of its
 * target. */
static plm_status take_row(plm_job *j, int64_t row, const size_t *of)
{
    plm_source *s = j->data->source;
    plm_typed *t = s->state;
    const int outputs = plm_model_outputs(j->model, -1, NULL);
    float y[PLM_SIDE];
    const plm_status status = predict(j, row, y);
    if (status < 0)
        return plm_job_fail_at(j, status, s->file);
    for (int k = 0; k < outputs; k++) {
        const plm_scale unit = plm_model_scale(j->model, k);
        if (isnan(t->store.column[of[k]].number[row]))
            put(s, t, plm_schema_target(s->schema, k), row,
                (double)y[k] * unit.deviation + unit.center);
    }
    return PLM_OK;
}

/* Predicts the rows without a target at the end of each series, one after another. */
static plm_status go_on(plm_job *j, const size_t *of)
{
    const plm_store *t = &((const plm_typed *)j->data->source->state)->store;
    bool *open = plm_allocate_array(j->w, (size_t)t->rows + 1, sizeof *open);
    plm_status status = open ? PLM_OK : plm_job_fail_at(j, PLM_E_MEMORY, NULL);
    if (open)
        mark_open(t, of[0], open);
    for (int64_t row = 0; row < t->rows && status >= 0; row++)
        if (open[row])
            status = take_row(j, row, of);
    plm_release(j->w, open);
    return status;
}

/* True if each output is a number whose earlier values are inputs. of: for each output, set to the
 * column of the store that holds the values of its target. */
static bool is_series(const plm_job *j, size_t of[PLM_SIDE])
{
    const plm_source *s = j->data->source;
    const int outputs = plm_model_outputs(j->model, -1, NULL);
    if (!s->series || plm_pipeline_has(j->data, PLM_TRANSFORM_CHANGES) || outputs > PLM_SIDE)
        return false;
    for (int k = 0; k < outputs; k++) {
        const plm_column *target = plm_schema_target(s->schema, k);
        plm_port port;
        (void)plm_model_outputs(j->model, k, &port);
        of[k] = target ? values_of(s->schema, s->state, target) : SIZE_MAX;
        if (of[k] == SIZE_MAX || port.rank != 1 || port.dims[0] != 1)
            return false;
    }
    return true;
}

/* Predicts the last rows of a series. Does nothing for data that is no series. Rows are predicted
 * one at a time, as each needs the prediction of the row before it. */
plm_status plm_forecast(plm_job *j)
{
    size_t of[PLM_SIDE] = {0};
    if (!is_series(j, of))
        return PLM_OK;
    return go_on(j, of);
}
