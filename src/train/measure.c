/* Computes the losses and metrics of an epoch, and checks targets. Values of rows are added in the
 * order of the rows, in double, so that the sums do not depend on the number of threads. A row of
 * an output consists of `lines` vectors of `width` numbers (the last axis). Losses and metrics give
 * one value for each vector; the value of a row is the mean over its vectors.
 *
 * The plan computes the values of the losses, as it can share exponentials with the gradients.
 * Metrics are computed here, from the outputs. Some metrics are means over rows. The others collect
 * counts, or a list of all predictions for the areas under curves, and have a value only for the
 * whole epoch. */
#include <math.h>
#include <string.h>

#include "kernel/per_isa.h"
#include "train/train.h"

/* Sets all sums of losses and metrics to 0. It is called when an epoch or an evaluation begins. */
void plm_training_reset(plm_training *t)
{
    t->loss_sum = t->penalty_sum = 0;
    t->norm.sum = t->norm.count = 0;
    t->rows = 0;
    for (int k = 0; k < PLM_TARGETS; k++)
        t->head[k].loss_sum = 0;
    for (int i = 0; i < t->metrics; i++) {
        t->metric[i].sum = t->metric[i].weight = 0;
        t->metric[i].shown_rows = 0;
        for (size_t k = 0; k < t->metric[i].gathered.totals; k++)
            t->metric[i].gathered.total[k] = 0;
        for (int k = 0; k < t->metric[i].gathered.curves; k++)
            plm_scores_clear(&t->metric[i].gathered.scores[k]);
    }
}

/* Returns the sum of the losses of the batch's rows: the weighted sum over outputs, plus penalties
 * on activations. The loss of each output, and the penalties, are also added to sums of their own.
 * The values already include sample weights. value[i] has one number for each row, without padding,
 * since losses have the shape []. */
static double batch_loss(plm_training *t, const plm_plan *plan, int64_t rows)
{
    double all = 0;
    /* The first parts are the losses of the outputs, the others are penalties on activations. */
    for (int k = 0; k < t->m->parts; k++) {
        const plm_real *value = plm_plan_read(plan, t->m->part[k]);
        const bool output = k < t->m->heads;
        double sum = 0;
        for (int64_t i = 0; value != NULL && i < rows; i++)
            sum += (double)value[i];
        if (output)
            t->head[k].loss_sum += sum;
        all += output ? t->m->head[k].loss_weight * sum : sum;
        t->penalty_sum += output ? 0 : sum;
    }
    return all;
}

/* Returns the sample weights [count] of vectors first, first + 1, ..., where a row has `each`
 * vectors; a vector has the weight of its row. They are written to t->value. */
static const plm_real *line_weights(plm_training *t, const plm_plan *plan, size_t first,
                                    size_t count, size_t each)
{
    const plm_real *weight = plm_plan_read(plan, t->m->weight);
    for (size_t i = 0; i < count; i++)
        t->value[i] = weight[(first + i) / each];
    return t->value;
}

/* Returns the label of a vector of the batch, for targets that are labels. The prediction has one
 * vector for each label, but the target may store several labels as one vector. */
static plm_real label_of(const plm_training *t, const plm_metric *metric, const plm_plan *plan,
                         size_t line)
{
    const plm_shape *s = plm_graph_shape(&t->m->graph, t->m->head[metric->target].target);
    const size_t width = (size_t)s->width;
    return plm_plan_read(
        plan, t->m->head[metric->target].target)[line / width * (size_t)s->stride + line % width];
}

/* Adds the values in t->value [lines] to the sums of a metric that is a mean over rows: the sum of
 * the values and the sum of their weights. Rows whose label the loss ignores are added to neither
 * sum. A row has `each` vectors, so each vector has the weight 1 / each, and every row has the same
 * influence, however many vectors it has. */
static void add_values(plm_training *t, plm_metric *metric, const plm_plan *plan, size_t lines,
                       size_t each)
{
    const plm_real *weight = metric->weighted ? plm_plan_read(plan, t->m->weight) : NULL;
    const plm_metric_kind *kind = metric->kind;
    double sum = 0, total = 0;
    for (size_t i = 0; i < lines; i++) {
        const double w = weight != NULL ? (double)weight[i / each] : 1.0;
        if (kind->counts != NULL && !kind->counts(metric->config, label_of(t, metric, plan, i)))
            continue;
        sum += w * (double)t->value[i];
        total += w;
    }
    metric->sum += sum / (double)each;
    metric->weight += total / (double)each;
}

/* Describes the vectors for one call of a metric. Usually these are all vectors of the batch. If
 * the target stores a row in fewer vectors than the prediction, a call gets only the vectors of one
 * row, here the first; the labels of such a row are neighbours in memory, with the same number of
 * labels for each vector. An example is sparse_categorical_crossentropy over sequences: the
 * prediction of a row is [steps, classes], stored as `steps` vectors, and its target [steps] is a
 * single vector of labels. */
static plm_metric_rows first_lines(const plm_training *t, const plm_metric *metric,
                                   const plm_plan *plan, int64_t rows)
{
    const plm_graph *g = &t->m->graph;
    const plm_shape *prediction = plm_graph_shape(g, t->m->head[metric->target].prediction);
    const plm_shape *target = plm_graph_shape(g, t->m->head[metric->target].target);
    /* usually each vector of the prediction has one vector of the target */
    const bool alike = target->lines == prediction->lines;
    const size_t per_line = (size_t)(target->lines * target->width) / (size_t)prediction->lines;
    return (plm_metric_rows){.kernel = t->m->w->kernel,
                             .config = metric->config,
                             .prediction =
                                 plm_plan_read(plan, t->m->head[metric->target].prediction),
                             .target = plm_plan_read(plan, t->m->head[metric->target].target),
                             .value = t->value,
                             .rows = (size_t)(alike ? rows * prediction->lines : prediction->lines),
                             .width = (size_t)prediction->width,
                             .stride = (size_t)prediction->stride,
                             .target_width = per_line,
                             .target_stride = alike ? (size_t)target->stride : per_line};
}

/* Adds a batch to one metric. each: number of vectors in a row of the prediction. row: size of a
 * row of the target in numbers, with padding. */
static void count_metric(plm_training *t, plm_metric *metric, const plm_plan *plan, int64_t rows)
{
    const plm_shape *target = plm_graph_shape(&t->m->graph, t->m->head[metric->target].target);
    const size_t each =
        (size_t)plm_graph_shape(&t->m->graph, t->m->head[metric->target].prediction)->lines;
    const size_t lines = (size_t)rows * each, row = (size_t)(target->lines * target->stride);
    plm_metric_rows r = first_lines(t, metric, plan, rows);
    /* a call gets only as many vectors as have their labels in one vector of the target */
    for (size_t done = 0; done < lines; done += r.rows) {
        if (metric->kind->gather != NULL) {
            if (metric->weighted)
                r.weight = line_weights(t, plan, done, r.rows, each);
            metric->kind->gather(&r, &metric->gathered);
        } else {
            metric->kind->rows(&r);
        }
        r.prediction += r.rows * r.stride;
        r.target += row;
        r.value += r.rows;
    }
    if (metric->kind->gather == NULL)
        add_values(t, metric, plan, lines, each);
}

/* Adds the losses and metrics of a batch to the sums. The penalty of the regularizers is a single
 * number for the net. It is added once for each row, so that the mean over rows contains it
 * once. */
double plm_training_add_batch(plm_training *t, const plm_plan *plan, int64_t rows)
{
    const double sum = batch_loss(t, plan, rows) + t->penalty * (double)rows;
    t->loss_sum += sum;
    t->penalty_sum += t->penalty * (double)rows;
    t->rows += rows;
    for (int i = 0; i < t->metrics; i++)
        count_metric(t, &t->metric[i], plan, rows);
    return sum / (double)rows;
}

/* ---- labels ---- */

/* True if a label is a class number, or one that the loss ignores (ignore_class). An ignored label
 * is often -1, outside of the classes. */
static bool label_fits(const plm_model *m, int k, float label, int64_t classes)
{
    const plm_real value = label;
    if (label >= 0 && label < (float)classes && label == floorf(label))
        return true;
    return m->head[k].loss->counted != NULL &&
           m->head[k].loss->counted(m->head[k].loss_config, &value, 1, 1) == 0;
}

/* Appends where a row of the batch comes from, for errors about a target: its file and line, or its
 * number in an array. A batch of the caller has no source, so the text has the number of the row in
 * the batch. */
void plm_training_place(const plm_training *t, int64_t row, int target, plm_text *out)
{
    if (t->data != NULL)
        plm_data_place(t->data, t->rows + row, plm_data_target(t->data, target), out);
    if (out->length == 0)
        plm_text_format(out, "row %lld of the batch that begins at row %lld", (long long)row,
                        (long long)t->rows);
}

/* Fails on a label that is not a class; the message gives its place in the data. */
static plm_status fail_label(const plm_training *t, float label, int64_t row, int k,
                             int64_t classes)
{
    plm_text place = {.w = t->m->w};
    plm_training_place(t, row, k, &place);
    const plm_status status =
        plm_fail_key(t->m->w, PLM_E_DATA, "data",
                     "make labels whole numbers from 0, or give the last layer more units",
                     "label %g in %s is not one of the %lld classes", (double)label,
                     plm_text_get(&place), (long long)classes);
    plm_text_free(&place);
    return plm_fail_code(t->m->w, "S301", status);
}

/* Checks the labels of target k. An index beyond the classes would make the loss read beyond its
 * row, so all labels are checked before each step. */
static plm_status check_labels(const plm_training *t, const plm_batch *b, int k)
{
    const plm_model *m = t->m;
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[k].target);
    const plm_shape *prediction = plm_graph_shape(&m->graph, m->head[k].prediction);
    const int64_t classes = prediction->dims[prediction->rank - 1], each = s->lines * s->width;
    const float *label = b->target[k].data;
    for (int64_t i = 0; i < b->rows * each; i++)
        if (!label_fits(m, k, label[i], classes))
            return fail_label(t, label[i], i / each, k, classes);
    return PLM_OK;
}

/* Fails on a target that is not between 0 and 1; the message gives its place in the data. */
static plm_status fail_share(const plm_training *t, float target, int64_t row, int k)
{
    plm_text place = {.w = t->m->w};
    plm_training_place(t, row, k, &place);
    const plm_status status =
        plm_fail_key(t->m->w, PLM_E_DATA, "data",
                     "for class numbers use sparse_categorical_crossentropy and one unit for each "
                     "class; for a regression use mean_squared_error",
                     "%s takes targets between 0 and 1, but %s has %g",
                     t->m->head[k].loss->kind.name, plm_text_get(&place), (double)target);
    plm_text_free(&place);
    return plm_fail_code(t->m->w, "S301", status);
}

/* Sets *found to true if an element of x [count] is below 0, above 1, or NaN. The loop has no early
 * exit, so that the compiler can use vectors. A NaN fails both comparisons. */
static PLM_BODY void find_outside_body(const float *restrict x, size_t count, bool *restrict found)
{
    unsigned outside = 0;
    for (size_t i = 0; i < count; i++)
        outside |= x[i] >= 0 && x[i] <= 1 ? 0 : 1;
    *found = outside != 0;
}
PLM_PER_ISA(find_outside,
            (const char *isa, const float *restrict x, size_t count, bool *restrict found),
            (x, count, found))

/* Checks that the targets of output k are probabilities. A fit does this only in its first epoch,
 * in which every row is read once. A quick test finds out whether there is an error; only then a
 * slow one finds its row. */
static plm_status check_shares(const plm_training *t, const plm_batch *b, int k)
{
    const plm_model *m = t->m;
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[k].target);
    const int64_t each = s->lines * s->width;
    const float *target = b->target[k].data;
    bool found = false;
    if (t->clock.epoch <= 0)
        find_outside(m->w->kernel->isa, target, (size_t)(b->rows * each), &found);
    for (int64_t i = 0; found && i < b->rows * each; i++)
        if (!(target[i] >= 0 && target[i] <= 1))
            return fail_share(t, target[i], i / each, k);
    return PLM_OK;
}

/* Checks the targets of a batch: labels must be classes, probabilities must be between 0 and 1.
 * Other losses take any number. */
plm_status plm_training_check_targets(const plm_training *t, const plm_batch *b)
{
    const plm_model *m = t->m;
    for (int k = 0; k < m->heads; k++) {
        if (m->head[k].loss != NULL && m->head[k].loss->sparse)
            PLM_TRY(check_labels(t, b, k));
        if (m->head[k].loss != NULL && m->head[k].loss->shares)
            PLM_TRY(check_shares(t, b, k));
    }
    return PLM_OK;
}

/* Allocates memory for the predictions of a batch, for each curve of a metric. This is done before
 * the batch is added to any sum, so that adding cannot fail. */
static plm_status reserve_scores(plm_training *t, plm_metric *metric, int64_t rows)
{
    const plm_shape *s = plm_graph_shape(&t->m->graph, t->m->head[metric->target].prediction);
    plm_gathered *g = &metric->gathered;
    for (int k = 0; k < g->curves; k++)
        PLM_TRY(plm_scores_reserve(t->m->w, &g->scores[k],
                                   (size_t)(rows * s->lines * s->width) / (size_t)g->curves));
    return PLM_OK;
}

/* memory grows to the largest batch so far; an ordinary step allocates nothing */
plm_status plm_training_reserve(plm_training *t, int64_t rows)
{
    int64_t lines = 1;
    for (int k = 0; k < t->m->heads; k++) {
        const plm_shape *s = plm_graph_shape(&t->m->graph, t->m->head[k].prediction);
        lines = s->lines > lines ? s->lines : lines;
    }
    for (int i = 0; i < t->metrics; i++)
        PLM_TRY(reserve_scores(t, &t->metric[i], rows));
    if (rows * lines <= t->value_rows)
        return PLM_OK;
    plm_release(t->m->w, t->value);
    t->value_rows = 0;
    plm_release(t->m->w, t->row_weight);
    t->value = plm_allocate_array(t->m->w, (size_t)(rows * lines), sizeof *t->value);
    t->row_weight = plm_allocate_array(t->m->w, (size_t)(rows * lines), sizeof *t->row_weight);
    if (t->value == NULL || t->row_weight == NULL)
        return PLM_E_MEMORY;
    t->value_rows = rows * lines;
    return PLM_OK;
}

/* Evaluates one batch without training and adds it to the sums. The plan is that for evaluation, so
 * noise is off, and layers use their moving statistics. */
plm_status plm_training_evaluate_batch(plm_training *t, const plm_batch *b)
{
    plm_plan *plan = NULL;
    PLM_TRY(plm_model_check_batch(t->m, b, true));
    PLM_TRY(plm_training_check_targets(t, b));
    PLM_TRY(plm_model_plan(t->m, PLM_PLAN_EVALUATE, b->rows, &plan));
    PLM_TRY(plm_training_reserve(t, b->rows));
    plm_model_bind(t->m, plan, b, 0, b->rows);
    plm_plan_run(plan);
    plm_training_add_batch(t, plan, b->rows);
    return PLM_OK;
}

/* Evaluates the model on one pass through d. If the optimizer distinguishes training weights from
 * evaluation weights, the model gets the evaluation weights (plm_training_rest). */
plm_status plm_training_evaluate(plm_training *t, plm_data *d)
{
    plm_batch b;
    plm_training_reset(t);
    plm_training_rest(t);
    t->penalty = plm_training_penalty(t);
    t->data = d;
    PLM_TRY(plm_data_rewind(d, 0));
    for (;;) {
        const plm_status status = plm_data_next(d, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        PLM_TRY(plm_training_evaluate_batch(t, &b));
    }
    if (t->rows == 0)
        return plm_fail_key(t->m->w, PLM_E_DATA, "data", "give data with rows",
                            "there are no rows to evaluate");
    return PLM_OK;
}
