/* Nets around an example, and their batches. */
#include "battery.h"

#include <math.h>
#include <stdio.h>

/* force.c */
void battery_force_threads(plm_plan *plan);

/* ---- building ---- */

/* Inputs, and what lies below the tested layer. */
static void add_inputs(plm_model *m, const battery_example *e, const battery_form *form,
                       plm_value x[PLM_INPUTS])
{
    for (int i = 0; i < e->inputs; i++) {
        if (i > 0 && form->shared) {
            x[i] = x[0];
            continue;
        }
        x[i] = plm_input(m, NULL, e->rank[i], e->dims[i]);
        if (form->front)
            x[i] = plm_apply(m, x[i], "dense(%lld, kernel_initializer=identity, name=front_%d)",
                             (long long)e->dims[i][e->rank[i] - 1], i);
    }
    if (e->below[0] != '\0')
        x[0] = plm_apply(m, x[0], "%s", e->below);
}

static plm_status add_layers(plm_model *m, const battery_example *e, const battery_form *form)
{
    plm_value x[PLM_INPUTS];
    add_inputs(m, e, form, x);
    plm_value y = {0};
    if (form->wrapper == NULL) {
        y = plm_merge(m, e->inputs, x, "%s", e->spec);
    } else if ((y = plm_apply(m, x[0], "flatten(name=wrapper)")).id != 0) {
        plm_layer *l = &m->layer[(y.id & 0xFFFFF) - 1]; /* a kind of our own in its place */
        l->kind = form->wrapper;
        l->config = e->spec;
        for (l->inputs = 0; l->inputs < e->inputs; l->inputs++)
            l->input[l->inputs] = (int)(x[l->inputs].id & 0xFFFFF) - 1;
    }
    if (form->tapped)
        plm_output(m, y);
    if (form->head != NULL)
        y = plm_apply(m, y, "%s", form->head);
    plm_output(m, y);
    m->restoring = true; /* every loss is tried behind every layer, sensible or not */
    return plm_compile(m, form->optimizer != NULL ? form->optimizer : "sgd(0.05)",
                       form->loss != NULL ? form->loss : "mean_squared_error", form->metrics);
}

/* ---- batches ---- */

static plm_view view_of(const plm_shape *s, int64_t rows)
{
    plm_view v = {.dtype = PLM_F32, .rank = s->rank + 1, .dims = {rows}};
    size_t count = (size_t)rows;
    for (int i = 0; i < s->rank; i++) {
        if (i + 1 < PLM_RANK)
            v.dims[i + 1] = s->dims[i];
        count *= (size_t)s->dims[i];
    }
    v.data = battery_take(count, sizeof(float));
    return v;
}

static void fill_input(plm_view *v, int64_t count, uint32_t stream)
{
    for (int64_t i = 0; i < count; i++) {
        const double x = floor((4 * battery_uniform(stream, (uint64_t)i) - 2) * 4096) / 4096;
        ((float *)v->data)[i] = fabs(x) > 0 ? (float)x : 0.25f;
    }
}

/* Labels 0 .. classes - 1, numbers in (0.05, 0.95), or one-hot along the last axis. */
static void fill_target(plm_view *v, int64_t count, int64_t classes, bool sparse, bool one_hot)
{
    float *y = v->data;
    for (int64_t i = 0; i < count; i++) {
        const double u = battery_uniform(200, (uint64_t)i);
        y[i] = sparse ? (float)floor(u * (double)classes) : (float)(0.05 + 0.9 * u);
    }
    for (int64_t line = 0; one_hot && !sparse && line < count / classes; line++) {
        const int64_t hot = (int64_t)floor(battery_uniform(201, (uint64_t)line) * (double)classes);
        for (int64_t j = 0; j < classes; j++)
            y[line * classes + j] = j == hot ? 1 : 0;
    }
}

static void make_batch(battery_net *n, int64_t rows, bool one_hot)
{
    const plm_model *m = n->m;
    n->batch = (plm_batch){
        .rows = rows, .inputs = m->inputs, .targets = m->head[0].losses.id != 0 ? m->heads : 0};
    for (int i = 0; i < m->inputs; i++) {
        const plm_shape *s = plm_graph_shape(&m->graph, m->input[i]);
        n->batch.input[i] = view_of(s, rows);
        fill_input(&n->batch.input[i], rows * s->lines * s->width, 100 + (uint32_t)i);
    }
    for (int i = 0; i < n->batch.targets; i++) {
        const plm_shape *s = plm_graph_shape(&m->graph, m->head[i].target),
                        *p = plm_graph_shape(&m->graph, m->head[i].prediction);
        const int64_t last = p->rank > 0 ? p->dims[p->rank - 1] : 1;
        n->batch.target[i] = view_of(s, rows);
        fill_target(&n->batch.target[i], rows * s->lines * s->width, last, m->head[i].loss->sparse,
                    one_hot);
    }
}

plm_status battery_net_open(battery_net *n, plm *w, const battery_example *e,
                            const battery_form *form, int64_t rows)
{
    *n = (battery_net){.m = plm_model_new(w)};
    if (n->m == NULL)
        fail_msg("out of memory");
    plm_status status = add_layers(n->m, e, form);
    if (status >= 0 && form->stored) {
        n->m->fused = false;
        status = plm_parameters_slots(n->m, 0, true);
    }
    if (status < 0) {
        battery_net_close(n);
        return status;
    }
    for (int i = 0; i < n->m->inputs; i++)
        n->front[i] = n->m->value[form->front ? 2 * i + 1 : i];
    make_batch(n, rows, form->one_hot);
    return PLM_OK;
}

void battery_net_close(battery_net *n)
{
    for (int i = 0; i < n->batch.inputs; i++)
        free(n->batch.input[i].data);
    for (int i = 0; i < n->batch.targets; i++)
        free(n->batch.target[i].data);
    plm_model_free(n->m);
    *n = (battery_net){0};
}

void battery_net_stir(battery_net *n, uint32_t stream)
{
    plm_model *m = n->m;
    for (size_t k = 0; k < m->graph.weights; k++) {
        const plm_weight *weight = &m->graph.weight[k];
        if (strncmp(weight->layer, "front_", 6) == 0)
            continue;
        plm_real *values = battery_take(weight->count, sizeof *values);
        plm_weight_read(weight, m->vector.p, values);
        for (size_t i = 0; i < weight->count; i++) {
            const double u = battery_uniform(stream + 1000 * (uint32_t)k, i);
            values[i] += (plm_real)(weight->state ? 0.1 + 0.4 * u : 0.3 * (u - 0.5));
        }
        plm_weight_write(weight, m->vector.p, values);
        free(values);
    }
    plm_model_mark_dirty(m);
}

/* ---- running ---- */

plm_plan *battery_net_bind(battery_net *n, plm_plan_use use, int64_t first, int64_t rows,
                           bool all_threads)
{
    plm_plan *plan = NULL;
    char line[1200];
    if (plm_model_plan(n->m, use, n->batch.rows, &plan) < 0)
        fail_msg("no plan: %s", battery_error(n->m->w, line, sizeof line));
    if (all_threads)
        battery_force_threads(plan);
    plm_plan_running(plan)->g = n->m->fused ? NULL : n->m->vector.g;
    plm_model_bind(n->m, plan, &n->batch, first, rows);
    return plan;
}

double battery_net_loss(const battery_net *n, const plm_plan *plan)
{
    double sum = 0;
    for (int k = 0; k < n->m->parts; k++) {
        const plm_real *value = plm_plan_read(plan, n->m->part[k]);
        for (int64_t i = 0; i < n->batch.rows; i++)
            sum += (double)value[i];
    }
    return sum / (double)n->batch.rows;
}

size_t battery_net_output(const battery_net *n, const plm_plan *plan, int64_t rows, plm_real *out)
{
    const plm_shape *s = plm_graph_shape(&n->m->graph, n->m->head[0].prediction);
    const plm_real *y = plm_plan_read(plan, n->m->head[0].prediction);
    for (int64_t i = 0; out != NULL && i < rows * s->lines; i++)
        memcpy(out + i * s->width, y + i * s->stride, (size_t)s->width * sizeof *out);
    return (size_t)(s->lines * s->width);
}
