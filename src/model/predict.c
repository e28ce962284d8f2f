/* Prediction: runs a plan without gradients over the rows, in blocks that fit the plan.
 *
 * Several threads of the program may predict with one model at the same time. A call takes a
 * context, which has a plan and its buffers, from the list of idle contexts, and puts it back at
 * the end. Everything that can fail, allocates or records an error happens before the work, under
 * the model's lock; the work itself takes the lock only to report a bad id.
 *
 * With a plan for all rows at once, every activation would go through memory. So the rows are cut
 * into blocks whose activations stay in the second-level cache while all layers run over them. */
#include <math.h>
#include <string.h>

#include "base/threads.h"
#include "data/data.h"
#include "model/predict.h"

/* Minimum and maximum number of rows of a block, for each thread. With fewer rows the weights would
 * be read more often; more rows give no further speed. */
enum { MIN_ROWS = 48, MAX_ROWS = 256 };

/* ---- before and after the work ---- */

/* Allocates memory to convert inputs that are not float32. */
static plm_status reserve_blocks(const plm_prediction *c)
{
    for (int i = 0; i < c->inputs; i++) {
        const plm_shape *in = plm_graph_shape(&c->m->graph, c->m->input[i]);
        if (c->x[i].dtype == PLM_F32 || c->context->block[i] != NULL)
            continue;
        c->context->block[i] = plm_allocate_array(
            c->m->w, (size_t)(c->context->rows * in->lines * in->width), sizeof(float));
        if (c->context->block[i] == NULL)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Returns the size of a row of the net's largest value in memory, in numbers, padding included. */
static int64_t widest(const plm_graph *g)
{
    int64_t max = 1;
    for (size_t v = 1; v < g->values; v++) {
        const plm_shape *s = &g->value[v].shape;
        if (g->value[v].origin != PLM_FROM_PARAMETER && s->lines * s->stride > max)
            max = s->lines * s->stride;
    }
    return max;
}

/* Returns the number of rows that are predicted at a time: so many that the input and the output of
 * a layer fill at most a quarter of each core's second-level cache. The rest is for the weights. */
static int64_t block_rows(const plm_prediction *c)
{
    if (c->rows <= MIN_ROWS)
        return c->rows;
    const plm_model *m = c->m;
    const int64_t fit = (int64_t)m->w->second_cache / 4 / (2 * widest(&m->graph));
    const int64_t each = fit < MIN_ROWS ? MIN_ROWS : fit > MAX_ROWS ? MAX_ROWS : fit;
    const int64_t max_rows = each * plm_pool_threads(m->w->pool);
    return c->rows < max_rows ? c->rows : max_rows;
}

/* Allocates the moments of each output. */
static plm_status open_moments(plm_prediction *c)
{
    c->arena.w = c->m->w;
    for (int k = 0; k < c->outputs; k++) {
        const plm_shape *out = plm_graph_shape(&c->m->graph, c->m->head[k].prediction);
        c->moments[k].count = (size_t)(c->rows * out->lines * out->width);
        c->moments[k].mean = plm_arena_array(&c->arena, c->moments[k].count, sizeof(double));
        c->moments[k].square = plm_arena_array(&c->arena, c->moments[k].count, sizeof(double));
        if (c->moments[k].mean == NULL || c->moments[k].square == NULL)
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Prepares a Monte Carlo prediction. Its rows are numbered after those of earlier calls, so that
 * each row has its own noise. */
static plm_status prepare_samples(plm_prediction *c)
{
    PLM_TRY(plm_prediction_check_outputs(c, c->deviation));
    if (c->samples < 1)
        return plm_fail(c->m->w, PLM_E_SPEC, c->caller, "give 1 sample or more, such as 100",
                        "the number of samples is %d, but must be at least 1", c->samples);
    PLM_TRY(open_moments(c));
    c->first_row = c->m->noisy_rows;
    c->m->noisy_rows += c->rows;
    return PLM_OK;
}

/* Does everything in a prediction that can fail. Called under the model's lock, since errors and
 * memory belong to the runtime. */
static plm_status prepare(plm_prediction *c, plm_plan_use use)
{
    PLM_TRY(plm_prediction_check_inputs(c));
    PLM_TRY(plm_prediction_check_outputs(c, c->y));
    c->block = block_rows(c);
    PLM_TRY(plm_model_take_context(c->m, use, c->block, &c->context));
    PLM_TRY(reserve_blocks(c));
    return use == PLM_PLAN_NOISY ? prepare_samples(c) : PLM_OK;
}

/* Fails because the model is NULL. Without a model there is no runtime, so the error is stored only
 * in the caller's record. */
static plm_status refuse_null(plm_error_record *out)
{
    if (out != NULL)
        *out = (plm_error_record){.status = PLM_E_ORDER,
                                  .what = "the model is NULL",
                                  .where = "plm_predict_with_error",
                                  .hint = "give a model that was compiled or loaded"};
    return PLM_E_ORDER;
}

/* Starts a call of plm_predict or a variant: checks its arguments and takes a context, under the
 * model's lock. */
static plm_status open_call(plm_prediction *c, plm_plan_use use)
{
    if (c->error != NULL)
        *c->error = (plm_error_record){.status = PLM_OK};
    if (c->m == NULL)
        return refuse_null(c->error);
    plm_lock_take(&c->m->predicting);
    plm_status status = plm_model_ready(c->m);
    if (status >= 0)
        status = prepare(c, use);
    if (status < 0 && c->error != NULL)
        plm_error_take(c->m->w, c->error); /* still under the lock */
    plm_lock_give(&c->m->predicting);
    return status;
}

/* Returns the context of the call to the list for the next call, and frees the moments. */
static void close_call(plm_prediction *c)
{
    if (c->context == NULL)
        return;
    plm_lock_take(&c->m->predicting);
    plm_arena_free(&c->arena);
    c->context->next = c->m->idle;
    c->m->idle = c->context;
    plm_lock_give(&c->m->predicting);
}

/* ---- blocks ---- */

/* Returns rows of input i as float32. Other types are converted into the context's block. */
static const float *rows_of(const plm_prediction *c, int i, int64_t first, int64_t rows)
{
    const plm_shape *in = plm_graph_shape(&c->m->graph, c->m->input[i]);
    const int64_t width = in->lines * in->width;
    const plm_dtype element = c->x[i].dtype;
    const char *from =
        (const char *)c->x[i].data + (size_t)(first * width) * plm_element_size(element);
    if (c->x[i].dtype == PLM_F32)
        return (const float *)(const void *)from;
    plm_element_decode(element, c->context->block[i], from, (size_t)(rows * width));
    return c->context->block[i];
}

/* Copies rows of an output to the caller's memory. A row consists of `lines` vectors along the last
 * axis. from: [rows * lines, stride], padded; to: [rows * lines, width]. */
static void copy_out(const plm_real *from, const plm_shape *s, int64_t rows, float *to)
{
    for (int64_t i = 0; i < rows * s->lines; i++)
        for (int64_t j = 0; j < s->width; j++)
            to[i * s->width + j] = (float)from[i * s->stride + j];
}

/* Gives rows of input i to the plan. Fails if the input must have ids but has other numbers; the
 * error is recorded under the lock, as in open_call. */
static plm_status bind_rows(const plm_prediction *c, int i, int64_t first, int64_t rows)
{
    const plm_shape *in = plm_graph_shape(&c->m->graph, c->m->input[i]);
    const float *x = rows_of(c, i, first, rows);
    plm_plan_bind(c->context->plan, c->m->input[i], x, rows);
    if (c->m->ids[i] == 0)
        return PLM_OK;
    plm_lock_take(&c->m->predicting);
    const plm_status status = plm_model_check_ids(c->m, i, x, rows * in->lines * in->width);
    if (status < 0 && c->error != NULL)
        plm_error_take(c->m->w, c->error);
    plm_lock_give(&c->m->predicting);
    return status;
}

/* Converts the numbers y[count] of output k to the target's own unit, if the schema standardized
 * the target. */
static void unscale(const plm_model *m, int k, int64_t count, float *y)
{
    const plm_column *target = plm_model_target(m, k);
    if (target == NULL || target->encoding != PLM_ENCODE_STANDARDIZE)
        return;
    const plm_scale unit = plm_model_scale(m, k);
    for (int64_t i = 0; i < count; i++)
        y[i] = (float)((double)y[i] * unit.deviation + unit.center);
}

/* Predicts all rows, block by block. Each output is copied from the plan, which pads each vector,
 * to the caller's dense array [rows, ...]. */
static plm_status predict_blocks(const plm_prediction *c)
{
    plm_plan *plan = c->context->plan;
    /* one block after the other: give its rows to the plan, run, copy the outputs */
    for (int64_t first = 0; first < c->rows; first += c->block) {
        const int64_t rows = c->rows - first < c->block ? c->rows - first : c->block;
        plm_plan_running(plan)->rows = rows;
        plm_plan_running(plan)->first_row = c->first_row + first;
        for (int i = 0; i < c->inputs; i++)
            PLM_TRY(bind_rows(c, i, first, rows));
        plm_plan_run(plan);
        for (int k = 0; k < c->outputs; k++) {
            const plm_shape *out = plm_graph_shape(&c->m->graph, c->m->head[k].prediction);
            float *y = (float *)c->y[k].data + first * out->lines * out->width;
            copy_out(plm_plan_read(plan, c->m->head[k].prediction), out, rows, y);
            if (!c->scaled && c->samples == 0)
                unscale(c->m, k, rows * out->lines * out->width, y);
        }
    }
    return PLM_OK;
}

/* Carries out a call of plm_predict or one of its variants, from the checks to the results. */
static plm_status predict(plm_prediction *c)
{
    plm_status status = open_call(c, PLM_PLAN_PREDICT);
    if (status >= 0)
        status = predict_blocks(c);
    close_call(c);
    return status;
}

/* Predicts with one input and one output. */
plm_status plm_predict(plm_model *m, const plm_view *x, plm_view *y)
{
    return predict(&(plm_prediction){
        .m = m, .caller = "plm_predict", .inputs = 1, .x = x, .outputs = 1, .y = y});
}

/* Predicts with several inputs and outputs. */
plm_status plm_predict_several(plm_model *m, int inputs, const plm_view *x, int outputs,
                               plm_view *y)
{
    return predict(&(plm_prediction){.m = m,
                                     .caller = "plm_predict_several",
                                     .inputs = inputs,
                                     .x = x,
                                     .outputs = outputs,
                                     .y = y});
}

/* Predicts as plm_predict_several does, and copies an error to the caller's record. */
plm_status plm_predict_with_error(plm_model *m, int inputs, const plm_view *x, int outputs,
                                  plm_view *y, plm_error_record *error)
{
    return predict(&(plm_prediction){.m = m,
                                     .caller = "plm_predict_with_error",
                                     .inputs = inputs,
                                     .x = x,
                                     .outputs = outputs,
                                     .y = y,
                                     .error = error});
}

/* Predicts in the scale in which the net is trained. */
plm_status plm_predict_scaled(plm_model *m, int inputs, const plm_view *x, int outputs, plm_view *y)
{
    return predict(&(plm_prediction){.m = m,
                                     .caller = "plm_predict_scaled",
                                     .inputs = inputs,
                                     .x = x,
                                     .outputs = outputs,
                                     .y = y,
                                     .scaled = true});
}

/* ---- Monte Carlo dropout ---- */

/* Adds a sample y [count] to the running means and sums of squared deviations (Welford, 1962).
 * sample: the number of the sample, from 0. */
static void add_sample(const plm_moments *s, const float *y, int sample)
{
    for (size_t i = 0; i < s->count; i++) {
        const double before = (double)y[i] - s->mean[i];
        s->mean[i] += before / (sample + 1);
        s->square[i] += before * ((double)y[i] - s->mean[i]);
    }
}

/* Writes the means and the standard deviations of output k, each [count]. */
static void give_moments(const plm_prediction *c, int k)
{
    const plm_moments *s = &c->moments[k];
    const plm_scale unit = c->scaled ? (plm_scale){0, 1} : plm_model_scale(c->m, k);
    float *mean = c->y[k].data, *deviation = c->deviation[k].data;
    for (size_t i = 0; i < s->count; i++) {
        mean[i] = (float)(s->mean[i] * unit.deviation + unit.center);
        deviation[i] = (float)(sqrt(s->square[i] / c->samples) * unit.deviation);
    }
}

/* Makes a whole call of plm_predict_monte_carlo or one of its variants: predicts c->samples times
 * with noise and writes the mean and the standard deviation of each element. Each sample is
 * predicted into the memory of the mean, and added to the moments. The random numbers of dropout
 * depend on the number of the step, so every sample has its own noise. */
static plm_status monte_carlo(plm_prediction *c)
{
    plm_status status = open_call(c, PLM_PLAN_NOISY);
    for (int sample = 0; status >= 0 && sample < c->samples; sample++) {
        plm_plan_running(c->context->plan)->step = sample;
        status = predict_blocks(c);
        for (int k = 0; status >= 0 && k < c->outputs; k++)
            add_sample(&c->moments[k], c->y[k].data, sample);
    }
    for (int k = 0; status >= 0 && k < c->outputs; k++)
        give_moments(c, k);
    close_call(c);
    return status;
}

/* Predicts with noise, with one input and one output. */
plm_status plm_predict_monte_carlo(plm_model *m, const plm_view *x, int samples, plm_view *mean,
                                   plm_view *deviation)
{
    return monte_carlo(&(plm_prediction){.m = m,
                                         .caller = "plm_predict_monte_carlo",
                                         .inputs = 1,
                                         .x = x,
                                         .outputs = 1,
                                         .y = mean,
                                         .samples = samples,
                                         .deviation = deviation});
}

/* Predicts with noise, with several inputs and outputs. */
plm_status plm_predict_several_monte_carlo(plm_model *m, int inputs, const plm_view *x, int samples,
                                           int outputs, plm_view *mean, plm_view *deviation)
{
    return monte_carlo(&(plm_prediction){.m = m,
                                         .caller = "plm_predict_several_monte_carlo",
                                         .inputs = inputs,
                                         .x = x,
                                         .outputs = outputs,
                                         .y = mean,
                                         .samples = samples,
                                         .deviation = deviation});
}

/* Predicts with noise, in the scale in which the net is trained. */
plm_status plm_predict_scaled_monte_carlo(plm_model *m, int inputs, const plm_view *x, int samples,
                                          int outputs, plm_view *mean, plm_view *deviation)
{
    return monte_carlo(&(plm_prediction){.m = m,
                                         .caller = "plm_predict_scaled_monte_carlo",
                                         .inputs = inputs,
                                         .x = x,
                                         .outputs = outputs,
                                         .y = mean,
                                         .samples = samples,
                                         .deviation = deviation,
                                         .scaled = true});
}
