/* Adapts layers that take statistics from the data (normalization, ...). For each such layer one
 * pass over the data computes the mean and variance of each column of its input, in double. The
 * sums are over differences from the first vector, so that large means cost no precision. */
#include <float.h>
#include <math.h>
#include <string.h>

#include "train/train.h"

/* Sums for each column of a layer's input. */
typedef struct {
    /* [width] for each column: the first value; sum and sum of squares of the differences from the
     * first value */
    double *first, *sum, *square;
    /* number of columns; number of vectors added so far */
    int64_t width, lines;
} columns;

/* Returns the op that uses the parameters of a layer; NULL = none. The first input of this op is
 * the value to measure. */
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

/* Adds the vectors x [lines, stride] to the sums. s: the shape of x. */
static void add_lines(columns *c, const plm_real *x, const plm_shape *s, int64_t lines)
{
    for (int64_t i = 0; i < lines; i++, c->lines++)
        for (int64_t j = 0; j < c->width; j++) {
            const double value = (double)x[i * s->stride + j];
            /* differences are taken from the first vector */
            if (c->lines == 0)
                c->first[j] = value;
            const double d = value - c->first[j];
            c->sum[j] += d;
            c->square[j] += d * d;
        }
}

/* Computes `value` for all rows of d and adds its vectors to the sums. */
static plm_status sweep(plm_model *m, plm_data *d, plm_value value, columns *c)
{
    const plm_shape *s = plm_graph_shape(&m->graph, value);
    plm_batch b;
    plm_plan *plan = NULL;
    plm_data_info info;
    PLM_TRY(plm_data_get_info(d, &info));
    const plm_plan_options o = {.capacity = info.batch, .outputs = 1, .output = &value};
    PLM_TRY(plm_plan_open(&m->graph, &o, m->vector.p, &plan));
    /* run the part of the net below the layer on every batch */
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

/* ---- warnings about columns ---- */

/* A measured column. */
typedef struct {
    int64_t column;
    double mean, deviation;
} measured;

/* True if the column has the same value in all rows. Only columns with names are checked: those
 * without are mostly pixels, and the margins of images often are constant. */
static bool is_constant(const measured *c, bool named)
{
    return named && c->deviation == 0;
}

/* True if the column only has the rounding noise of float32, or varies so little that the layer
 * would divide by its smallest allowed deviation. */
static bool is_nearly_constant(const measured *c, bool named)
{
    (void)named;
    return c->deviation > 0 && (c->deviation < 1e-6 * fabs(c->mean) || c->deviation < 1e-7);
}

/* True if the variance does not fit in float32. */
static bool is_too_wide(const measured *c, bool named)
{
    (void)named;
    return c->deviation * c->deviation > (double)FLT_MAX;
}

/* A warning about columns: the test when it applies, and the text that follows the name of one
 * column or the names of several. */
typedef struct {
    bool (*holds)(const measured *c, bool named);
    const char *one, *several;
} finding;

static const finding findings[] = {
    {is_constant, "is the same in every row: its scale is left as it is",
     "are the same in every row: their scale is left as it is"},
    {is_nearly_constant,
     "hardly varies (deviation %.2g, mean %.6g): normalization makes its noise as large as other "
     "columns; leave it out, or scale it before",
     "hardly vary (the first: deviation %.2g, mean %.6g): normalization makes their noise as large "
     "as other columns; leave them out, or scale them before"},
    {is_too_wide,
     "varies too much for float32 (deviation %.2g, mean %.6g): normalization makes it 0; divide it "
     "by a power of ten before",
     "vary too much for float32 (the first: deviation %.2g, mean %.6g): normalization makes them "
     "0; divide them by a power of ten before"}};

/* Returns the names of the columns that a value holds, or NULL. */
static const char *const *names_of(const plm_model *m, const plm_data *d, plm_value value,
                                   int64_t width)
{
    const plm_graph_value *v = &m->graph.value[value.id];
    if (v->origin != PLM_FROM_INPUT || (int64_t)d->source->table[v->index].width != width)
        return NULL;
    return d->source->table[v->index].column;
}

/* Adds the name of a column, or its number if it has none. */
static void list_column(plm_text *list, const char *const *name, int64_t j)
{
    plm_text_add(list, list->length > 0 ? ", " : "");
    if (name != NULL)
        plm_text_format(list, "'%.60s'", name[j]);
    else
        plm_text_format(list, "%lld", (long long)j);
}

/* Finds the columns that a finding applies to, and returns how many.
 * list: their names "'a', 'b', 'c' and 4 more"; text: what is found of them. Both are filled. */
static int64_t find_columns(const plm_statistics *s, const char *const *name, const finding *f,
                            plm_text *list, plm_text *text)
{
    enum { LISTED = 3 };
    measured first = {0};
    int64_t found = 0;
    for (int64_t j = 0; j < s->width; j++) {
        const measured c = {j, s->mean[j], sqrt(s->variance[j])};
        if (!f->holds(&c, name != NULL))
            continue;
        first = found == 0 ? c : first;
        if (found++ < LISTED)
            list_column(list, name, j);
    }
    if (found > LISTED)
        plm_text_format(list, " and %lld more", (long long)(found - LISTED));
    if (found > 0)
        plm_text_format(text, found > 1 ? f->several : f->one, first.deviation, first.mean);
    return found;
}

/* Warns of all columns that a finding applies to: "column 'a' ..." or "columns 'a', 'b', 'c' and 4
 * more ...". */
static plm_status warn_columns(const plm_model *m, const plm_statistics *s, const char *const *name,
                               const finding *f)
{
    plm_text list = {.w = m->w}, text = {.w = m->w};
    const int64_t found = find_columns(s, name, f, &list, &text);
    const bool whole = !list.failed && !text.failed;
    if (found > 0 && whole)
        plm_warn(m->w, "column%s %s %s", found > 1 ? "s" : "", plm_text_get(&list),
                 plm_text_get(&text));
    plm_text_free(&list);
    plm_text_free(&text);
    return whole ? PLM_OK : PLM_E_MEMORY;
}

/* ---- layers ---- */

/* Replaces the sums by means and variances, and returns these. They use the memory of the sums. */
static plm_statistics finish(const columns *c)
{
    for (int64_t j = 0; j < c->width; j++) {
        /* both sums are of differences from the first value */
        const double mean = c->sum[j] / (double)c->lines;
        const double variance = c->square[j] / (double)c->lines - mean * mean;
        c->sum[j] = c->first[j] + mean;
        c->square[j] = variance > 0 ? variance : 0;
    }
    return (plm_statistics){
        .rows = c->lines, .width = c->width, .mean = c->sum, .variance = c->square};
}

/* Measures the input of a layer, gives warnings, sets the layer's parameters. */
static plm_status measure(plm_model *m, const plm_layer *l, plm_data *d, plm_value value,
                          columns *c)
{
    PLM_TRY(sweep(m, d, value, c));
    if (c->lines == 0)
        return plm_fail(m->w, PLM_E_DATA, l->where, "give data with rows",
                        "there are no rows to measure");
    const plm_statistics s = finish(c);
    for (size_t i = 0; i < sizeof findings / sizeof findings[0]; i++)
        PLM_TRY(warn_columns(m, &s, names_of(m, d, value, c->width), &findings[i]));
    return write_values(m, l, &s);
}

/* Adapts one layer. Does nothing if no op uses its parameters. */
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
    const plm_status status = c.first != NULL ? measure(m, l, d, value, &c) : PLM_E_MEMORY;
    plm_arena_free(&a);
    return status;
}

plm_status plm_training_adapt(plm_model *m, plm_data *d)
{
    for (size_t i = 0; i < m->layers; i++)
        if (m->layer[i].kind != NULL && m->layer[i].kind->adapt != NULL)
            PLM_TRY(adapt_layer(m, &m->layer[i], d));
    m->adapted = true;
    return PLM_OK;
}

/* Checks the arguments of plm_adapt, then adapts all layers. */
static plm_status adapt(plm_model *m, plm_data *d)
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

plm_status plm_adapt(plm_model *m, plm_data *d)
{
    PLM_TRY(plm_model_begin(m, "plm_adapt"));
    return plm_model_end(m, adapt(m, d));
}
