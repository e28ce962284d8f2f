/* Pseudo-labels (Lee, Pseudo-label, ICML workshop, 2013): unlabelled rows whose class a model
 * predicts with confidence are joined to the labelled rows, with the predicted class as their
 * label. All rows are copied, so the new stream does not depend on the two given ones.
 *
 * A wrong label is learned like a right one. So only rows of high confidence are taken, and the
 * model should have been trained on the labelled rows before. The new stream is shuffled and has
 * the batch size of the labelled one. */
#include <string.h>

#include "train/train.h"

/* The rows gathered so far. x == NULL: rows are only counted. */
typedef struct {
    plm_model *m;     /* predicts the labels */
    double threshold; /* minimum confidence of a prediction; below 0 = rows have their own labels */
    /* number of rows gathered, or counted */
    int64_t rows;
    float *x, *y;         /* [rows, width], [rows, target] */
    size_t width, target; /* length of a row of x, and of y */
} gathering;

/* Returns the class of a prediction [width]: the index of the largest number. A single number is
 * class 1 if it is at least 1/2, else class 0. *confidence = the probability of that class. */
static int64_t class_of(const plm_real *y, int64_t width, double *confidence)
{
    int64_t best = 0;
    if (width == 1) {
        *confidence = y[0] >= (plm_real)0.5 ? (double)y[0] : 1 - (double)y[0];
        return y[0] >= (plm_real)0.5;
    }
    for (int64_t j = 1; j < width; j++)
        best = y[j] > y[best] ? j : best;
    *confidence = (double)y[best];
    return best;
}

/* Writes a label as the target stores it: the class number, or a one-hot row. */
static void write_label(float *y, size_t target, int64_t label)
{
    if (target == 1) {
        y[0] = (float)label;
        return;
    }
    memset(y, 0, target * sizeof *y);
    y[label] = 1;
}

/* Adds a row with its target y, or with `label` if y is NULL. */
static void take_row(gathering *g, const float *x, const float *y, int64_t label)
{
    if (g->x != NULL) {
        memcpy(g->x + (size_t)g->rows * g->width, x, g->width * sizeof *x);
        if (y != NULL)
            memcpy(g->y + (size_t)g->rows * g->target, y, g->target * sizeof *y);
        else
            write_label(g->y + (size_t)g->rows * g->target, g->target, label);
    }
    g->rows++;
}

/* Predicts a batch, and adds the rows whose confidence is high enough. */
static plm_status take_confident(gathering *g, const plm_batch *b)
{
    plm_model *m = g->m;
    plm_plan *plan = NULL;
    PLM_TRY(plm_model_check_batch(m, b, false));
    PLM_TRY(plm_model_plan(m, PLM_PLAN_PREDICT, b->rows, &plan));
    plm_model_bind(m, plan, b, 0, b->rows);
    plm_plan_run(plan);
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[0].prediction);
    const plm_real *y = plm_plan_read(plan, m->head[0].prediction);
    for (int64_t i = 0; i < b->rows; i++) {
        double confidence = 0;
        const int64_t label = class_of(y + i * s->stride, s->width, &confidence);
        if (confidence >= g->threshold)
            take_row(g, (const float *)b->input[0].data + (size_t)i * g->width, NULL, label);
    }
    return PLM_OK;
}

/* Adds the rows of a stream. threshold below 0 = all rows, with their own labels. */
static plm_status gather(gathering *g, plm_data *d, double threshold)
{
    plm_batch b;
    g->threshold = threshold;
    PLM_TRY(plm_data_rewind(d, 0));
    for (;;) {
        const plm_status status = plm_data_next(d, &b);
        if (status != PLM_OK)
            return status == PLM_END ? PLM_OK : status;
        if (threshold >= 0) {
            PLM_TRY(take_confident(g, &b));
            continue;
        }
        if (b.weight != NULL)
            return plm_fail(g->m->w, PLM_E_UNSUPPORTED, "plm_pseudo_labels",
                            "leave out the weights",
                            "rows with sample weights cannot be joined with others");
        for (int64_t i = 0; i < b.rows; i++)
            take_row(g, (const float *)b.input[0].data + (size_t)i * g->width,
                     (const float *)b.target[0].data + (size_t)i * g->target, 0);
    }
}

/* ---- checks ---- */

/* Returns the product of the dimensions. */
static size_t numbers(int rank, const int64_t *dims)
{
    size_t count = 1;
    for (int i = 0; i < rank; i++)
        count *= (size_t)dims[i];
    return count;
}

/* Checks that the model predicts one class and that rows of both streams have the same shape. */
static plm_status check(gathering *g, const plm_data_info *labelled,
                        const plm_data_info *unlabelled)
{
    plm *w = g->m->w;
    const plm_shape *s = plm_graph_shape(&g->m->graph, g->m->head[0].prediction);
    const char *where = "plm_pseudo_labels";
    g->width = numbers(labelled->input_rank[0], labelled->input_dims[0]);
    g->target = numbers(labelled->target_rank[0], labelled->target_dims[0]);
    if (g->m->heads != 1 || g->m->inputs != 1 || s->lines != 1 || labelled->targets != 1 ||
        labelled->inputs != 1 || unlabelled->inputs != 1)
        return plm_fail(w, PLM_E_SHAPE, where, "use a model and data with one input and one target",
                        "pseudo-labels are for nets that predict classes, with one output");
    if (g->target != 1 && g->target != (size_t)s->width)
        return plm_fail(w, PLM_E_SHAPE, where,
                        "use class numbers, or one-hot rows as the transform one_hot makes them",
                        "a target has %zu numbers, but the model predicts %lld classes", g->target,
                        (long long)s->width);
    const size_t width = numbers(unlabelled->input_rank[0], unlabelled->input_dims[0]);
    if (g->width != width)
        return plm_fail(
            w, PLM_E_SHAPE, where, "change the pipelines so that both give rows of the same shape",
            "labelled rows have %zu numbers, but unlabelled rows have %zu", g->width, width);
    return PLM_OK;
}

/* ---- the stream ---- */

/* Returns a view [rows, dims...] of float32 data. */
static plm_view view_of(float *data, int64_t rows, int rank, const int64_t *dims)
{
    plm_view v = {.data = data, .dtype = PLM_F32, .rank = rank + 1, .dims = {rows}};
    for (int i = 0; i < rank; i++)
        v.dims[i + 1] = dims[i];
    return v;
}

/* Makes the new stream: shuffled, in batches of the same size as the labelled stream. It takes over
 * the memory of x and y. On error the caller keeps x and y. */
static plm_data *stream(gathering *g, const plm_data_info *about)
{
    plm *w = g->m->w;
    plm_arena words = {.w = w};
    const plm_view x = view_of(g->x, g->rows, about->input_rank[0], about->input_dims[0]);
    const plm_view y = view_of(g->y, g->rows, about->target_rank[0], about->target_dims[0]);
    const char *transforms =
        plm_arena_format(&words, "shuffle | batch(%lld)", (long long)about->batch);
    plm_data *d = NULL;
    if (transforms != NULL)
        d = plm_data_from_arrays(w, PLM_ARRAYS(.inputs = 1, .targets = 1, .input = &x, .target = &y,
                                               .transforms = transforms));
    plm_arena_free(&words);
    if (d == NULL)
        return NULL;
    d->classes = about->classes;
    d->source->table[0].owned = g->x;
    d->source->table[1].owned = g->y;
    return d;
}

/* Counts the rows of both streams and allocates memory for them. */
static plm_status count_rows(gathering *g, plm_data *labelled, plm_data *unlabelled,
                             double threshold, int64_t *added)
{
    PLM_TRY(gather(g, labelled, -1));
    const int64_t own = g->rows;
    PLM_TRY(gather(g, unlabelled, threshold));
    *added = g->rows - own;
    size_t x = 0, y = 0;
    if (!plm_checked_multiply((size_t)g->rows, g->width, &x) ||
        !plm_checked_multiply((size_t)g->rows, g->target, &y))
        return plm_fail_memory(g->m->w, "plm_pseudo_labels");
    g->x = plm_allocate_array(g->m->w, x, sizeof *g->x);
    g->y = plm_allocate_array(g->m->w, y, sizeof *g->y);
    g->rows = 0;
    return g->x != NULL && g->y != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Checks both streams, counts their rows, then gathers them. *added = number of pseudo-labelled
 * rows; *about = description of the labelled stream. */
static plm_status gather_all(gathering *g, plm_data *labelled, plm_data *unlabelled,
                             double threshold, int64_t *added, plm_data_info *about)
{
    plm_data_info others;
    PLM_TRY(plm_data_get_info(labelled, about));
    PLM_TRY(plm_data_get_info(unlabelled, &others));
    PLM_TRY(check(g, about, &others));
    PLM_TRY(plm_model_check_columns(g->m, labelled, true, PLM_COLUMNS_SAME));
    PLM_TRY(plm_model_check_columns(g->m, unlabelled, false, PLM_COLUMNS_SAME));
    PLM_TRY(count_rows(g, labelled, unlabelled, threshold, added));
    PLM_TRY(gather(g, labelled, -1));
    return gather(g, unlabelled, threshold);
}

/* Checks the arguments of plm_pseudo_labels, and marks the model as used until plm_model_end. */
static plm_status begin(plm_model *m, const plm_data *labelled, const plm_data *unlabelled,
                        double threshold)
{
    PLM_TRY(plm_model_ready(m));
    if (labelled == NULL || unlabelled == NULL || !(threshold >= 0 && threshold <= 1))
        return plm_fail(m->w, PLM_E_SPEC, "plm_pseudo_labels",
                        "give two streams, and a confidence between 0 and 1, such as 0.95",
                        labelled == NULL || unlabelled == NULL
                            ? "a stream is NULL"
                            : "the confidence is %g, which is not between 0 and 1",
                        threshold);
    return plm_model_begin(m, "plm_pseudo_labels");
}

/* Makes a stream of all labelled rows and of the unlabelled rows whose class the model predicts
 * with enough confidence; these rows get the predicted class as label. Both streams are read twice:
 * the first pass counts the rows, so that memory is allocated once. */
plm_data *plm_pseudo_labels(plm_model *m, plm_data *labelled, plm_data *unlabelled,
                            double threshold, int64_t *added)
{
    gathering g = {.m = m};
    plm_data_info about = {0};
    int64_t count = 0;
    if (begin(m, labelled, unlabelled, threshold) < 0)
        return NULL;
    plm_data *d = NULL;
    if (gather_all(&g, labelled, unlabelled, threshold, &count, &about) >= 0)
        d = stream(&g, &about);
    if (d == NULL) {
        plm_release(m->w, g.x);
        plm_release(m->w, g.y);
    }
    if (added != NULL)
        *added = count;
    return plm_model_end(m, PLM_OK) == PLM_OK ? d : NULL;
}
