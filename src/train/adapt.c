/* Adapts layers that take statistics from the data, such as normalization. For each such layer, one
 * pass over the data computes the mean and variance of each column, in double. The sums are over
 * differences from the first vector, so that large means cost no precision. For a layer that needs
 * quartiles there are further passes; each one keeps as many whole columns as fit in 256 MiB. The
 * statistics are those of the input of the layer, or of the targets of the output that it
 * computes. */
#include <string.h>

#include "train/adapt.h"
#include "train/train.h"

/* The numbers whose statistics are computed. value: their id in the graph. target: index of the
 * target, if they are a target; -1 = the net computes them. */
typedef struct {
    /* the model; all layers before the one that reads the measured value are adapted already */
    plm_model *m;
    plm_data *d; /* the training rows */
    plm_value value;
    int target;
} place;

/* The statistics of each column of the measured value: sums over the rows and, if the layer needs
 * them, quartiles. */
typedef struct {
    /* [width] for each column: the first value; sum and sum of squares of the differences from the
     * first value */
    double *first, *sum, *square;
    /* width: number of columns; lines: number of vectors added so far */
    int64_t width, lines;
    /* [width] each, in the order of plm_quartiles; used only if the layer needs them */
    double *quartiles[5];
    /* [kept][kept_lines] the numbers of the columns that this pass keeps, from column kept_first
     * on */
    plm_real *values;
    int64_t kept_first, kept, kept_lines;
} columns;

/* Returns the op whose inputs are the parameters of a layer; NULL = none. Its first input is the
 * value to measure. A layer that is adapted has one such op; the other inputs are its
 * parameters. */
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

/* Adds each of the `lines` vectors of x to the sums of the columns. A vector begins `stride`
 * numbers after the one before. */
static void add_lines(columns *c, const plm_real *x, int64_t stride, int64_t lines)
{
    for (int64_t i = 0; i < lines; i++, c->lines++)
        for (int64_t j = 0; j < c->width; j++) {
            const double value = (double)x[i * stride + j];
            /* sums differences from the first vector instead of the values, so that a large mean
             * costs no precision */
            if (c->lines == 0)
                c->first[j] = value;
            const double d = value - c->first[j];
            c->sum[j] += d;
            c->square[j] += d * d;
        }
}

/* Stores, of `lines` vectors, the numbers in the columns that this pass keeps for quartiles. */
static void keep_lines(columns *c, const plm_real *x, int64_t stride, int64_t lines)
{
    for (int64_t i = 0; i < lines && c->lines < c->kept_lines; i++, c->lines++)
        for (int64_t j = 0; j < c->kept; j++)
            c->values[j * c->kept_lines + c->lines] = x[i * stride + c->kept_first + j];
}

/* Gives the plan the rows of a batch. */
static void bind_batch(const place *p, plm_plan *plan, const plm_batch *b)
{
    plm_plan_running(plan)->rows = b->rows;
    if (p->target >= 0)
        plm_plan_bind(plan, p->value, b->target[p->target].data, b->rows);
    for (int i = 0; i < p->m->inputs && p->target < 0; i++)
        plm_plan_bind(plan, p->m->input[i], b->input[i].data, b->rows);
}

/* Computes the values that are measured for all rows, and passes their vectors to `take`. The plan
 * has the measured value as its only output, so nothing above it is computed. */
static plm_status sweep(const place *p, columns *c,
                        void (*take)(columns *c, const plm_real *x, int64_t stride, int64_t lines))
{
    const plm_shape *s = plm_graph_shape(&p->m->graph, p->value);
    plm_batch b;
    plm_plan *plan = NULL;
    plm_data_info info;
    PLM_TRY(plm_data_get_info(p->d, &info));
    const plm_plan_options o = {.capacity = info.batch, .outputs = 1, .output = &p->value};
    PLM_TRY(plm_plan_open(&p->m->graph, &o, p->m->vector.p, &plan));
    /* the part of the net below the layer runs on every batch */
    plm_status status = plm_held_rewind(p->d, 0);
    while (status >= 0 && (status = plm_held_next(p->d, &b)) == PLM_OK) {
        status = plm_model_check_batch(p->m, &b, p->target >= 0);
        if (status < 0)
            break;
        bind_batch(p, plan, &b);
        plm_plan_run(plan);
        take(c, plm_plan_read(plan, p->value), s->stride, b.rows * s->lines);
    }
    plm_plan_close(plan);
    return status < 0 ? status : PLM_OK;
}

/* ---- quartiles ---- */

/* Computes the quartiles of the columns that the last pass kept. */
static void find_quartiles(columns *c)
{
    for (int64_t j = 0; j < c->kept; j++) {
        const plm_quartiles q = plm_quartiles_of(c->values + j * c->kept_lines, (size_t)c->lines);
        const double found[5] = {q.lowest, q.quarter, q.median, q.three_quarters, q.highest};
        for (int k = 0; k < 5; k++)
            c->quartiles[k][c->kept_first + j] = found[k];
    }
}

/* Computes the quartiles of all columns, in as many passes as the limit of memory requires.
 * `lines`: the number of vectors, which an earlier pass has counted. The columns are stored one
 * after the other, since quartiles need a column as a whole. Each further pass runs the net below
 * the layer again, which costs time and saves memory. */
static plm_status measure_quartiles(const place *p, columns *c, int64_t lines)
{
    const int64_t limit = (int64_t)1 << 26, at_once = limit / lines > 0 ? limit / lines : 1;
    c->kept_lines = lines;
    c->values = plm_allocate_array(
        p->m->w, (size_t)(at_once < c->width ? at_once : c->width) * (size_t)lines,
        sizeof *c->values);
    plm_status status = c->values != NULL ? PLM_OK : PLM_E_MEMORY;
    for (c->kept_first = 0; c->kept_first < c->width && status >= 0; c->kept_first += at_once) {
        c->kept = c->width - c->kept_first < at_once ? c->width - c->kept_first : at_once;
        c->lines = 0;
        status = sweep(p, c, keep_lines);
        if (status >= 0 && c->lines > 0)
            find_quartiles(c);
    }
    plm_release(p->m->w, c->values);
    c->lines = lines;
    return status;
}

/* Lets the layer compute its state parameters from the statistics, and writes them to the model. */
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

/* ---- layers ---- */

/* Replaces the sums by means and variances, in the memory of the sums, and returns them. Rounding
 * may make a variance slightly negative; it is then set to 0. */
static plm_statistics finish(const columns *c)
{
    for (int64_t j = 0; j < c->width; j++) {
        /* the sums are of differences from the first value of a column */
        const double mean = c->sum[j] / (double)c->lines;
        const double variance = c->square[j] / (double)c->lines - mean * mean;
        c->sum[j] = c->first[j] + mean;
        c->square[j] = variance > 0 ? variance : 0;
    }
    return (plm_statistics){.rows = c->lines,
                            .width = c->width,
                            .mean = c->sum,
                            .variance = c->square,
                            .lowest = c->quartiles[0],
                            .quarter = c->quartiles[1],
                            .median = c->quartiles[2],
                            .three_quarters = c->quartiles[3],
                            .highest = c->quartiles[4]};
}

/* Computes the statistics that a layer needs, gives warnings, and sets the layer's parameters. */
static plm_status measure(const place *p, const plm_layer *l, columns *c)
{
    PLM_TRY(sweep(p, c, add_lines));
    if (c->lines == 0)
        return plm_model_fail_in_layer(p->m, (size_t)(l - p->m->layer),
                                       plm_fail(p->m->w, PLM_E_DATA, NULL, "give data with rows",
                                                "there are no rows to measure"));
    if (c->quartiles[0] != NULL)
        PLM_TRY(measure_quartiles(p, c, c->lines));
    const plm_statistics s = finish(c);
    PLM_TRY(plm_adapt_warn(p->m, p->d, p->value, &s));
    return write_values(p->m, l, &s);
}

/* Sets p->value and p->target to the target of the output that layer i computes. */
static plm_status find_target(place *p, size_t i)
{
    const plm_model *m = p->m;
    for (int k = 0; k < m->heads; k++)
        if ((m->outputs > 0 ? (size_t)m->output[k] : m->layers - 1) == i &&
            m->head[k].target.id != 0) {
            p->value = m->head[k].target;
            p->target = k;
            return PLM_OK;
        }
    return plm_model_fail_in_layer(m, i,
                                   plm_fail(m->w, PLM_E_SPEC, NULL,
                                            "give mean and variance, or make the layer the last "
                                            "one: it then takes both from the targets",
                                            "the layer is inverted, but is not an output of the "
                                            "model and has no mean and variance"));
}

/* Finds the numbers that are measured for layer i. Returns true if *p was filled. */
static plm_status find_place(place *p, size_t i, bool *wanted)
{
    const plm_layer *l = &p->m->layer[i];
    const plm_node *node = node_of(p->m, l->name);
    *wanted = node != NULL &&
              (l->kind->measures == NULL || l->kind->measures(l->config) != PLM_MEASURE_NOTHING);
    if (!*wanted)
        return PLM_OK;
    p->value = (plm_value){node->input[0]};
    p->target = -1;
    if (l->kind->adapts_to_targets != NULL && l->kind->adapts_to_targets(l->config))
        return find_target(p, i);
    return PLM_OK;
}

/* Adapts layer i. Does nothing if no op uses its parameters, or if all of them are given. One block
 * holds all statistics: 3 or 8 numbers for each column. */
static plm_status adapt_layer(plm_model *m, size_t i, plm_data *d)
{
    const plm_layer *l = &m->layer[i];
    place p = {.m = m, .d = d};
    bool wanted = false;
    PLM_TRY(find_place(&p, i, &wanted));
    if (!wanted)
        return PLM_OK;
    const bool quartiles =
        l->kind->measures != NULL && l->kind->measures(l->config) == PLM_MEASURE_QUARTILES;
    plm_arena a = {.w = m->w};
    columns c = {.width = plm_graph_shape(&m->graph, p.value)->width};
    double *memory = plm_arena_array(&a, (size_t)c.width * (quartiles ? 8 : 3), sizeof(double));
    for (int k = 0; k < 5 && quartiles && memory != NULL; k++)
        c.quartiles[k] = memory + (3 + k) * c.width;
    c.first = memory;
    c.sum = memory != NULL ? memory + c.width : NULL;
    c.square = memory != NULL ? memory + 2 * c.width : NULL;
    const plm_status status = memory != NULL ? measure(&p, l, &c) : PLM_E_MEMORY;
    plm_arena_free(&a);
    return status;
}

/* Computes the statistics of layers such as normalization from the data: the work of plm_adapt,
 * after the columns were checked. Layers are adapted in their order, since the input of a layer
 * depends on the layers that were adapted before it. */
plm_status plm_training_adapt(plm_model *m, plm_data *d)
{
    for (size_t i = 0; i < m->layers; i++)
        if (m->layer[i].kind != NULL && m->layer[i].kind->adapt != NULL)
            PLM_TRY(adapt_layer(m, i, d));
    m->adapted = true;
    return PLM_OK;
}

/* Checks the arguments of plm_adapt, then adapts all layers. */
static plm_status adapt(plm_model *m, plm_data *d)
{
    PLM_TRY(plm_model_ready(m));
    if (d == NULL)
        return plm_fail(m->w, PLM_E_ORDER, "plm_adapt",
                        "open the data with plm_data_open or plm_data_arrays",
                        "there is no data to measure");
    PLM_TRY(plm_model_check_columns(m, d, true, PLM_COLUMNS_NEW));
    PLM_TRY(plm_model_learn_columns(m, d, true));
    return plm_training_adapt(m, d);
}

/* Does the work of plm_adapt for programs that train batch by batch; plm_fit adapts by itself. */
plm_status plm_adapt(plm_model *m, plm_data *d)
{
    PLM_TRY(plm_data_idle(d, "plm_adapt"));
    PLM_TRY(plm_model_begin(m, "plm_adapt"));
    const char *before = plm_data_hold(d, "plm_adapt");
    const plm_status status = adapt(m, d);
    plm_data_let(d, before);
    return plm_model_end(m, status);
}
