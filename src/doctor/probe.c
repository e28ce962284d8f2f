/* Measures the values that a training step leaves in the memory of its plan. In a training plan
 * every activation and gradient has its own memory, so they can be measured after the step, without
 * another pass and without a barrier (docs/decisions/0015). Which steps are measured depends only
 * on the size of the net, so readings are the same on any machine and with any number of threads. A
 * few numbers reveal a fault: the size of activations, gradients and updates in each layer, and how
 * many units are always 0. The squares of weights, gradients and updates are summed while the
 * update has them in the cache (train/update.c); the rest is read from the plan. Measuring may take
 * only a share (SHARE) of the work of the training, which determines the interval between two
 * measured steps. When the memory for samples is full, every second sample is dropped and the
 * interval doubled: so the samples of a long training are as evenly spaced as those of a short one.
 * */
#include "doctor/probe.h"

#include <math.h>
#include <string.h>

/* FIRST_STEPS: the number of first steps that are all measured, since faults of initial weights and
 * of the learning rate appear early. WINDOW: units that were 0 for this many rows are dead. EARLY:
 * number of first losses that are kept. */
enum { FIRST_STEPS = 20, WINDOW = 1024, EARLY = 100 };

/* Max share of the work of the training that measuring may take. */
static const double SHARE = 0.0075;

/* ---- which steps ---- */

/* Returns the number of steps between two measured steps. Measuring reads each activation twice and
 * each weight three times; reading 4 values takes about as long as 16 multiply-adds. A training
 * step computes three products of all weights and all rows. */
static int64_t interval(const plm_probe *p, int64_t rows)
{
    static const int64_t steps[] = {10, 20, 50};
    const int64_t looked = rows < PLM_LOOK_ROWS ? rows : PLM_LOOK_ROWS;
    const double weights = (double)p->m->vector.trained;
    double numbers = 3 * weights;
    for (size_t i = 0; i < p->layers; i++) {
        const plm_shape *s = plm_graph_shape(&p->m->graph, p->spot[i].a);
        numbers += 2.0 * (double)looked * (double)(s->lines * s->width);
    }
    const double cost = 4 * numbers / (3 * weights * (double)rows + 1);
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        if (cost / (double)steps[i] <= SHARE)
            return steps[i];
    return 100;
}

/* True if this step is measured. */
static bool when(void *self, int64_t step)
{
    const plm_probe *p = self;
    return p->always || step < FIRST_STEPS || step % p->every == 0;
}

/* Stores the loss of a step, which is known only after the step was measured. */
static void keep_loss(void *self, int64_t step, double loss)
{
    plm_probe *p = self;
    p->last_loss = loss;
    p->steps = step + 1;
    /* in a resumed training, the losses of earlier steps come from readings.csv */
    if (step >= 0 && step < EARLY && step <= p->early_losses) {
        p->early_loss[step] = loss;
        p->early_losses = step + 1;
    }
    if (p->samples > 0 && p->sample[p->samples - 1].step == step)
        p->sample[p->samples - 1].loss = loss;
}

/* Frees space for one more sample (a measured step) by dropping the oldest. */
static void drop_first(plm_probe *p)
{
    const plm_sample first = p->sample[0];
    memmove(p->sample, p->sample + 1, (size_t)(p->capacity - 1) * sizeof first);
    p->sample[--p->samples] = first;
}

/* Frees space for more samples (measured steps): drops every second one after the first steps. From
 * now on half as many steps are measured. */
static void thin_out(plm_probe *p)
{
    int64_t kept = 0;
    p->every *= 2;
    for (int64_t i = 0; i < p->samples; i++) {
        const plm_sample s = p->sample[i];
        if (s.step >= FIRST_STEPS && s.step % p->every != 0)
            continue;
        p->sample[i] = p->sample[kept];
        p->sample[kept++] = s;
    }
    p->samples = kept;
}

/* ---- a look ---- */

/* Computes the norms of a layer from the sums over its weight matrices. Vectors such as biases are
 * left out: they begin at 0, so every update would be large relative to them. */
static void fill_norms(const plm_probe *p, const char *layer, plm_reading *out)
{
    plm_probe_cell sum = {0};
    bool any = false;
    for (size_t i = 0; i < p->m->graph.weights; i++) {
        const plm_weight *weight = &p->m->graph.weight[i];
        if (!weight->trainable || weight->rank < 2 || weight->layer != layer)
            continue;
        const size_t last = p->hook.first[i] + plm_probe_cells(weight);
        for (size_t c = p->hook.first[i]; c < last; c++) {
            sum.weight += p->hook.cell[c].weight;
            sum.gradient += p->hook.cell[c].gradient;
            sum.update += p->hook.cell[c].update;
        }
        any = true;
    }
    out->norm_w = any ? sqrt(sum.weight) : (double)NAN;
    out->norm_g = any ? sqrt(sum.gradient) : (double)NAN;
    out->norm_u = any ? sqrt(sum.update) : (double)NAN;
}

/* Ends a window of rows, over which dead units are counted: records their share in each layer, and
 * begins the next window. */
static void end_window(plm_probe *p)
{
    if (p->window < p->enough)
        return;
    for (size_t i = 0; i < p->layers; i++) {
        const int64_t units = plm_graph_shape(&p->m->graph, p->spot[i].a)->width;
        int64_t dead = 0;
        for (int64_t k = 0; p->seen[i] != NULL && k < units; k++)
            dead += p->seen[i][k] > 0 ? 0 : 1;
        if (p->seen[i] == NULL)
            continue;
        p->dead[i] = (double)dead / (double)units;
        memset(p->seen[i], 0, (size_t)units * sizeof *p->seen[i]);
    }
    p->window = 0;
}

/* Measures one layer. */
static void look_at(plm_probe *p, const plm_plan *plan, int64_t rows, size_t layer,
                    plm_reading *out)
{
    const plm_spot *s = &p->spot[layer];
    const char *name = p->m->layer[s->layer].name;
    *out = (plm_reading){.layer = name,
                         .finite = true,
                         .mean = NAN,
                         .variance = NAN,
                         .largest = NAN,
                         .zero = NAN,
                         .low = NAN,
                         .high = NAN,
                         .dead = NAN};
    const plm_spot_values values = {.spot = s,
                                    .shape_a = plm_graph_shape(&p->m->graph, s->a),
                                    .shape_z = plm_graph_shape(&p->m->graph, s->z),
                                    .a = plm_plan_read(plan, s->a),
                                    .dz = plm_plan_gradient(plan, s->z),
                                    .rows = rows,
                                    .seen = p->seen[layer]};
    plm_spot_measure(&p->columns, p->m->w->kernel->isa, &values, out);
    fill_norms(p, name, out);
    const bool weights = isfinite(out->norm_w) && !isfinite(out->norm_g + out->norm_u);
    p->suspect =
        p->suspect || !out->finite || weights || (values.dz != NULL && !isfinite(out->rms_dz));
}

/* Measures a step: adds a sample, which has the measurements of all layers. */
static void look(void *self, plm_plan *plan, int64_t step)
{
    plm_probe *p = self;
    const int64_t rows = plm_plan_running(plan)->rows;
    while (!p->always && p->samples > 0 && p->sample[p->samples - 1].step >= step)
        p->samples--; /* a resumed training repeats the steps after its checkpoint, so their old
                       * samples are replaced */
    if (p->samples == p->capacity)
        (p->always ? drop_first : thin_out)(p);
    if (p->samples == p->capacity) /* no sample could be dropped, so the newest one is replaced */
        p->samples--;
    plm_sample *s = &p->sample[p->samples++];
    s->step = step;
    s->epoch = p->epoch;
    s->loss = (double)NAN;
    p->suspect = false;
    for (size_t i = 0; i < p->layers; i++)
        look_at(p, plan, rows, i, &s->reading[i]);
    if (p->suspect && !p->bad.known) {
        plm_probe_find_bad(p, &p->bad);
        p->bad.step = step;
    }
    p->window += rows;
    end_window(p);
    for (size_t i = 0; i < p->layers; i++) {
        s->reading[i].step = plm_step_number(step);
        s->reading[i].dead = p->dead[i];
    }
}

/* ---- opening ---- */

/* Allocates the cells of all parameters. */
static plm_status open_cells(plm_probe *p)
{
    const plm_graph *g = &p->m->graph;
    size_t *first = plm_arena_array(&p->arena, g->weights + 1, sizeof *first), cells = 0;
    for (size_t i = 0; first != NULL && i < g->weights; i++) {
        first[i] = cells;
        cells += plm_probe_cells(&g->weight[i]);
    }
    p->hook.first = first;
    p->hook.weight = g->weight;
    p->hook.cells = cells;
    p->hook.cell = plm_arena_array(&p->arena, cells + 1, sizeof *p->hook.cell);
    if (!p->m->fused)
        p->hook.old = plm_arena_array(&p->arena, p->m->vector.trained + 1, sizeof(plm_real));
    return first && p->hook.cell && (p->m->fused || p->hook.old) ? PLM_OK : PLM_E_MEMORY;
}

/* Allocates the memory for the measurements of each layer. */
static plm_status open_layers(plm_probe *p)
{
    size_t widest = 1;
    p->seen = plm_arena_array(&p->arena, p->layers, sizeof *p->seen);
    p->dead = plm_arena_array(&p->arena, p->layers, sizeof *p->dead);
    if (p->seen == NULL || p->dead == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < p->layers; i++) {
        const size_t a = (size_t)plm_graph_shape(&p->m->graph, p->spot[i].a)->width,
                     z = (size_t)plm_graph_shape(&p->m->graph, p->spot[i].z)->width;
        widest = a > widest ? a : widest;
        widest = z > widest ? z : widest;
        p->dead[i] = (double)NAN;
        if (p->spot[i].zeroes)
            p->seen[i] = plm_arena_array(&p->arena, a + PLM_LANES, sizeof(plm_real));
        if (p->spot[i].zeroes && p->seen[i] == NULL)
            return PLM_E_MEMORY;
    }
    return plm_sums_open(&p->columns, &p->arena, widest);
}

/* Allocates the samples. */
static plm_status open_samples(plm_probe *p, int64_t samples)
{
    enum { MOST = 512 };
    p->capacity = samples > MOST ? MOST : samples;
    p->sample = plm_arena_array(&p->arena, (size_t)p->capacity, sizeof *p->sample);
    plm_reading *all = plm_arena_array(&p->arena, (size_t)p->capacity * p->layers, sizeof *all);
    if (p->sample == NULL || all == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < p->capacity; i++)
        p->sample[i].reading = all + (size_t)i * p->layers;
    return PLM_OK;
}

/* Opens a probe. All memory is allocated here; measuring a step allocates nothing. */
plm_status plm_probe_open(plm_probe *p, plm_model *m, int64_t rows, int64_t samples)
{
    *p = (plm_probe){.m = m, .arena = {.w = m->w}, .last_loss = NAN};
    p->hook = (plm_probe_hook){.self = p, .when = when, .look = look, .loss = keep_loss};
    PLM_TRY(plm_model_spots(m, &p->arena, &p->spot, &p->layers));
    PLM_TRY(open_cells(p));
    PLM_TRY(open_layers(p));
    p->every = interval(p, rows);
    p->enough = WINDOW;
    return open_samples(p, samples);
}

/* Sets the number of rows over which dead units are counted: WINDOW, or all if there are fewer. */
void plm_probe_set_rows(plm_probe *p, int64_t rows)
{
    p->enough = rows > 0 && rows < WINDOW ? rows : WINDOW;
}

void plm_probe_close(plm_probe *p)
{
    plm_arena_free(&p->arena);
}

void plm_probe_attach(plm_probe *p)
{
    p->m->training->probe = &p->hook;
}

/* Detaches the probe. If another probe has been attached to the model instead, that probe is kept.
 * */
void plm_probe_detach(plm_probe *p)
{
    if (p->m->training != NULL && p->m->training->probe == &p->hook)
        p->m->training->probe = NULL;
}

/* Derives the state of the probe from the samples (measured steps) of the earlier part of a
 * training. The interval is the largest distance between two samples after the first steps. A step
 * that was not measured is assumed to have the loss of the measured step before it. */
void plm_probe_resume(plm_probe *p)
{
    const plm_sample *before = NULL;
    for (int64_t i = 0; i < p->samples; i++) {
        const plm_sample *s = &p->sample[i];
        const int64_t next = i + 1 < p->samples ? p->sample[i + 1].step : s->step + 1;
        for (int64_t k = s->step; k < next && k < EARLY && k == p->early_losses; k++)
            p->early_loss[p->early_losses++] = s->loss;
        if (s->step < FIRST_STEPS)
            continue;
        if (before != NULL && p->every < s->step - before->step)
            p->every = s->step - before->step;
        before = s;
    }
    p->steps = p->samples > 0 ? p->sample[p->samples - 1].step + 1 : 0;
    p->last_loss = p->samples > 0 ? p->sample[p->samples - 1].loss : (double)NAN;
}

/* ---- numbers that are not finite ---- */

/* Looks for the first number that is not finite in an array. */
static bool find_in(const plm_real *x, const plm_shape *s, int64_t rows, int64_t *row,
                    int64_t *unit)
{
    for (int64_t i = 0; i < rows * s->lines; i++)
        for (int64_t k = 0; k < s->width; k++)
            if (!isfinite((double)x[i * s->stride + k])) {
                *row = i / s->lines;
                *unit = i % s->lines * s->width + k;
                return true;
            }
    return false;
}

/* Searches the outputs of the layers, from the first to the last. The value before the activation
 * is searched first, since a softmax of infinity is NaN. */
static bool find_value(const plm_probe *p, const plm_plan *plan, int64_t rows, plm_bad *out)
{
    for (size_t i = 0; i < p->layers; i++) {
        const plm_value at[2] = {p->spot[i].z, p->spot[i].a};
        for (int k = 0; k < 2; k++) {
            const plm_real *x = plm_plan_read(plan, at[k]);
            const plm_shape *s = plm_graph_shape(&p->m->graph, at[k]);
            out->layer = (int64_t)i;
            if (x != NULL && find_in(x, s, rows, &out->row, &out->unit))
                return true;
        }
    }
    return false;
}

/* Searches the gradients of the layers, from the last to the first. */
static bool find_gradient(const plm_probe *p, const plm_plan *plan, int64_t rows, plm_bad *out)
{
    for (size_t i = p->layers; i-- > 0;) {
        const plm_real *dz = plm_plan_gradient(plan, p->spot[i].z);
        const plm_shape *s = plm_graph_shape(&p->m->graph, p->spot[i].z);
        out->layer = (int64_t)i;
        if (dz != NULL && find_in(dz, s, rows, &out->row, &out->unit))
            return true;
    }
    return false;
}

/* Searches the weight matrices after the update, from the last layer to the first. */
static bool find_weight(const plm_probe *p, plm_bad *out)
{
    const plm_graph *g = &p->m->graph;
    for (size_t i = p->layers; i-- > 0;)
        for (size_t k = 0; k < g->weights; k++) {
            const plm_weight *w = &g->weight[k];
            if (w->layer != p->m->layer[p->spot[i].layer].name || w->rank != 2 || w->state)
                continue;
            plm_real *x = plm_allocate_array(p->m->w, w->count, sizeof *x);
            size_t at = 0;
            if (x != NULL)
                plm_weight_read(w, p->m->vector.p, x);
            while (x != NULL && at < w->count && isfinite((double)x[at]))
                at++;
            const bool found = x != NULL && at < w->count;
            plm_release(p->m->w, x);
            out->layer = (int64_t)i;
            out->row = (int64_t)at / w->dims[1];
            out->unit = (int64_t)at % w->dims[1];
            if (found)
                return true;
        }
    return false;
}

/* Searches for the first number that is not finite in the order of computation: forward values,
 * gradients, then weights. So the first one found is the cause of the others. */
void plm_probe_find_bad(const plm_probe *p, plm_bad *out)
{
    const plm_plan *plan = p->m->plan[PLM_PLAN_TRAIN];
    const int64_t rows = plan != NULL ? plm_plan_running(p->m->plan[PLM_PLAN_TRAIN])->rows : 0;
    *out = (plm_bad){.known = true, .step = p->steps - 1};
    if (plan == NULL)
        out->known = false;
    else if (find_value(p, plan, rows, out))
        out->part = PLM_BAD_VALUE;
    else if (find_gradient(p, plan, rows, out))
        out->part = PLM_BAD_GRADIENT;
    else if (find_weight(p, out))
        out->part = PLM_BAD_WEIGHT;
    else
        out->known = false;
}
