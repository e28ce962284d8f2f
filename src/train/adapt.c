/* Layers that take their numbers from the data: one pass per such layer, means and variances of
 * its input's columns in double, around the first line so that large means cost no figures. */
#include <string.h>

#include "train/train.h"

typedef struct {
    double *first, *sum, *square; /* [width] */
    int64_t width, lines;
} columns;

/* The op of a layer that takes its parameters, and so the value that is to be measured. */
static const plm_node *node_of(const plm_model *m, const char *layer)
{
    for (size_t k = 0; k < m->graph.nodes; k++) {
        const plm_node *node = &m->graph.node[k];
        for (int i = 1; i < node->inputs; i++) {
            const plm_graph_value *v = &m->graph.value[node->input[i]];
            if (v->origin == PLM_FROM_PARAMETER &&
                strcmp(m->graph.weight[v->index].layer, layer) == 0)
                return node;
        }
    }
    return NULL;
}

static void add_lines(columns *c, const plm_real *x, const plm_shape *s, int64_t lines)
{
    for (int64_t i = 0; i < lines; i++, c->lines++)
        for (int64_t j = 0; j < c->width; j++) {
            const double value = (double)x[i * s->stride + j];
            if (c->lines == 0)
                c->first[j] = value;
            const double d = value - c->first[j];
            c->sum[j] += d;
            c->square[j] += d * d;
        }
}

static plm_status sweep(plm_model *m, plm_data *d, plm_value value, columns *c)
{
    const plm_shape *s = plm_graph_shape(&m->graph, value);
    plm_batch b;
    plm_plan *plan = NULL;
    plm_data_info info;
    PLM_TRY(plm_data_about(d, &info));
    const plm_plan_options o = {.capacity = info.batch, .outputs = 1, .output = &value};
    PLM_TRY(plm_plan_open(&m->graph, &o, m->vector.p, &plan));
    plm_status status = plm_data_rewind(d, 0);
    while (status >= 0 && (status = plm_data_next(d, &b)) == PLM_OK) {
        status = plm_model_check_batch(m, &b, false);
        if (status < 0)
            break;
        plm_plan_running(plan)->rows = b.rows;
        for (int i = 0; i < m->inputs; i++)
            plm_plan_bind(plan, m->input[i], b.input[i].data, b.rows);
        plm_plan_run(plan);
        add_lines(c, plm_plan_read(plan, value), s, b.rows * s->lines);
    }
    plm_plan_close(plan);
    return status < 0 ? status : PLM_OK;
}

static plm_status write_values(plm_model *m, const plm_layer *l, const plm_statistics *statistics)
{
    float *values[PLM_OPERANDS] = {0};
    size_t at[PLM_OPERANDS], count = 0;
    plm_arena a = {.w = m->w};
    for (size_t i = 0; i < m->graph.weights && count < PLM_OPERANDS; i++)
        if (strcmp(m->graph.weight[i].layer, l->name) == 0 && m->graph.weight[i].state) {
            at[count] = i;
            values[count] = plm_arena_array(&a, m->graph.weight[i].count, sizeof(float));
            if (values[count++] == NULL) {
                plm_arena_free(&a);
                return PLM_E_MEMORY;
            }
        }
    l->kind->adapt(l->config, statistics, values);
    plm_status status = PLM_OK;
    for (size_t i = 0; i < count && status >= 0; i++)
        status = plm_parameter_write(m, (int64_t)at[i], values[i]);
    plm_arena_free(&a);
    return status;
}

static plm_status adapt_layer(plm_model *m, const plm_layer *l, plm_data *d)
{
    const plm_node *node = node_of(m, l->name);
    if (node == NULL)
        return PLM_OK;
    const plm_value value = {node->input[0]};
    plm_arena a = {.w = m->w};
    columns c = {.width = plm_graph_shape(&m->graph, value)->width};
    c.first = plm_arena_array(&a, (size_t)c.width * 3, sizeof(double));
    c.sum = c.first != NULL ? c.first + c.width : NULL;
    c.square = c.first != NULL ? c.sum + c.width : NULL;
    plm_status status = c.first != NULL ? sweep(m, d, value, &c) : PLM_E_MEMORY;
    if (status >= 0 && c.lines == 0)
        status = plm_fail(m->w, PLM_E_DATA, l->where, "give data with rows",
                          "there are no rows to measure");
    if (status >= 0) {
        for (int64_t j = 0; j < c.width; j++) {
            const double mean = c.sum[j] / (double)c.lines;
            const double variance = c.square[j] / (double)c.lines - mean * mean;
            c.sum[j] = c.first[j] + mean;
            c.square[j] = variance > 0 ? variance : 0;
        }
        const plm_statistics s = {
            .rows = c.lines, .width = c.width, .mean = c.sum, .variance = c.square};
        status = write_values(m, l, &s);
    }
    plm_arena_free(&a);
    return status;
}

plm_status plm_adapt(plm_model *m, plm_data *d)
{
    PLM_TRY(plm_model_ready(m));
    if (d == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_adapt",
                        "open it with plm_data_open or plm_data_arrays",
                        "there is no data to measure");
    PLM_TRY(plm_model_check_columns(m, d, true, PLM_COLUMNS_NEW));
    PLM_TRY(plm_model_learn_columns(m, d, true));
    return plm_training_adapt(m, d);
}

plm_status plm_training_adapt(plm_model *m, plm_data *d)
{
    for (size_t i = 0; i < m->layers; i++)
        if (m->layer[i].kind != NULL && m->layer[i].kind->adapt != NULL)
            PLM_TRY(adapt_layer(m, &m->layer[i], d));
    m->adapted = true;
    return PLM_OK;
}
