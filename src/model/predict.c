/* Rows in, rows out: the plan without gradients, in blocks of rows that fit it. */
#include <math.h>
#include <string.h>

#include "data/data.h"
#include "model/model.h"

enum { PREDICT_ROWS = 256 };

static plm_status view_size(const plm_model *m, const plm_view *v, plm_value value, const char *which,
                            int64_t *rows)
{
    const plm_shape *s = plm_graph_shape(&m->graph, value);
    int64_t all = 0;
    char want[160];
    if (v == NULL || v->data == NULL || v->rank < 1 || v->rank > 8 ||
        !plm_checked_product(v->rank, v->dims, &all) || v->dims[0] < 1 ||
        all / v->dims[0] != s->lines * s->width) {
        plm_shape_print(s, want, sizeof want);
        return plm_fail(m->w, PLM_E_SHAPE, "plm_predict",
                        "see plm_model_input_shape and plm_model_output_shape",
                        "%s must be an array of shape %s", which, want);
    }
    *rows = v->dims[0];
    return PLM_OK;
}

static plm_status check(const plm_model *m, const plm_view *x, const plm_view *y, int64_t *rows)
{
    int64_t out = 0;
    PLM_TRY(plm_model_ready(m));
    if (m->inputs != 1)
        return plm_fail(m->w, PLM_E_UNSUPPORTED, "plm_predict", "use a model of one input",
                        "the model has %d inputs", m->inputs);
    PLM_TRY(view_size(m, x, m->input[0], "x", rows));
    PLM_TRY(view_size(m, y, m->prediction[0], "y", &out));
    if (out != *rows || y->dtype != PLM_F32)
        return plm_fail(m->w, PLM_E_SHAPE, "plm_predict", "give y one row of float32 for each row of x",
                        "x has %lld rows and y %lld", (long long)*rows, (long long)out);
    return PLM_OK;
}

static void copy_out(const plm_real *from, const plm_shape *s, int64_t rows, float *to)
{
    for (int64_t i = 0; i < rows * s->lines; i++)
        for (int64_t j = 0; j < s->width; j++)
            to[i * s->width + j] = (float)from[i * s->stride + j];
}

static void predict_blocks(plm_model *m, plm_plan *plan, const plm_view *x, const plm_view *y, float *block)
{
    const plm_shape *in = plm_graph_shape(&m->graph, m->input[0]),
                    *out = plm_graph_shape(&m->graph, m->prediction[0]);
    const int64_t width = in->lines * in->width, wide = out->lines * out->width;
    plm_element element = 0;
    plm_element_of(x->dtype, &element);
    for (int64_t first = 0; first < x->dims[0]; first += PREDICT_ROWS) {
        const int64_t rows = x->dims[0] - first < PREDICT_ROWS ? x->dims[0] - first : PREDICT_ROWS;
        const char *from = (const char *)x->data + (size_t)(first * width) * plm_element_size(element);
        plm_element_decode(element, block, from, (size_t)(rows * width));
        plm_plan_running(plan)->rows = rows;
        plm_plan_running(plan)->first_row =
            m->noisy_rows + first; /* rows of later calls draw other numbers */
        plm_plan_bind(plan, m->input[0], block, rows);
        plm_plan_run(plan);
        copy_out(plm_plan_read(plan, m->prediction[0]), out, rows, (float *)y->data + first * wide);
    }
}

plm_status plm_predict(plm_model *m, const plm_view *x, plm_view *y)
{
    plm_plan *plan = NULL;
    plm_element element = 0;
    int64_t rows = 0;
    PLM_TRY(check(m, x, y, &rows));
    if (!plm_element_of(x->dtype, &element))
        return plm_fail(m->w, PLM_E_UNSUPPORTED, "plm_predict", "convert x to float32",
                        "x has an unknown dtype");
    PLM_TRY(plm_model_plan(m, PLM_PLAN_PREDICT, rows < PREDICT_ROWS ? rows : PREDICT_ROWS, &plan));
    const plm_shape *in = plm_graph_shape(&m->graph, m->input[0]);
    const int64_t room = rows < PREDICT_ROWS ? rows : PREDICT_ROWS;
    float *block = plm_allocate_array(m->w, (size_t)(room * in->lines * in->width), sizeof *block);
    if (block == NULL)
        return PLM_E_MEMORY;
    predict_blocks(m, plan, x, y, block);
    plm_release(m->w, block);
    return PLM_OK;
}

/* ---- Monte Carlo dropout ---- */

/* Adds a sample to the running mean and sum of squared deviations of each output (Welford, 1962). */
static void add_sample(double *mean, double *square, const float *y, size_t count, int sample)
{
    for (size_t i = 0; i < count; i++) {
        const double before = (double)y[i] - mean[i];
        mean[i] += before / (sample + 1);
        square[i] += before * ((double)y[i] - mean[i]);
    }
}

static void give_moments(const double *mean, const double *square, size_t count, int samples, float *out,
                         float *deviation)
{
    for (size_t i = 0; i < count; i++) {
        out[i] = (float)mean[i];
        deviation[i] = (float)sqrt(square[i] / samples);
    }
}

static plm_status run_samples(plm_model *m, const plm_view *x, int samples, plm_view *mean,
                              plm_view *deviation)
{
    const plm_shape *in = plm_graph_shape(&m->graph, m->input[0]),
                    *out = plm_graph_shape(&m->graph, m->prediction[0]);
    const int64_t room = x->dims[0] < PREDICT_ROWS ? x->dims[0] : PREDICT_ROWS;
    const size_t count = (size_t)(x->dims[0] * out->lines * out->width);
    plm_plan *plan = NULL;
    plm_arena a = {.w = m->w};
    PLM_TRY(plm_model_plan(m, PLM_PLAN_NOISY, room, &plan));
    float *block = plm_arena_array(&a, (size_t)(room * in->lines * in->width), sizeof *block);
    double *sum = plm_arena_array(&a, count, sizeof *sum),
           *square = plm_arena_array(&a, count, sizeof *square);
    const plm_status status = block != NULL && sum != NULL && square != NULL ? PLM_OK : PLM_E_MEMORY;
    for (int sample = 0; status >= 0 && sample < samples; sample++) {
        plm_plan_running(plan)->step = sample;
        predict_blocks(m, plan, x, mean, block);
        add_sample(sum, square, mean->data, count, sample);
    }
    if (status >= 0)
        give_moments(sum, square, count, samples, mean->data, deviation->data);
    plm_arena_free(&a);
    return status;
}

plm_status plm_predict_monte_carlo(plm_model *m, const plm_view *x, int samples, plm_view *mean,
                                   plm_view *deviation)
{
    plm_element element = 0;
    int64_t rows = 0;
    PLM_TRY(check(m, x, mean, &rows));
    PLM_TRY(check(m, x, deviation, &rows));
    if (!plm_element_of(x->dtype, &element))
        return plm_fail(m->w, PLM_E_UNSUPPORTED, "plm_predict_monte_carlo", "convert x to float32",
                        "x has an unknown dtype");
    if (samples < 1)
        return plm_fail(m->w, PLM_E_SPEC, "plm_predict_monte_carlo", "give 1 or more, such as 100",
                        "%d samples make no mean", samples);
    const plm_status status = run_samples(m, x, samples, mean, deviation);
    m->noisy_rows += rows;
    return status;
}

/* ---- shapes ---- */

static int shape_out(const plm_model *m, const plm_value *value, int64_t dims[8])
{
    if (plm_model_ready(m) < 0)
        return -1;
    const plm_shape *s = plm_graph_shape(&m->graph, *value);
    memcpy(dims, s->dims, sizeof s->dims);
    return s->rank;
}

int plm_model_input_shape(const plm_model *m, int64_t dims[8])
{
    return m != NULL ? shape_out(m, &m->input[0], dims) : -1;
}

int plm_model_output_shape(const plm_model *m, int64_t dims[8])
{
    return m != NULL ? shape_out(m, &m->prediction[0], dims) : -1;
}
