/* Computes the losses and metrics of an epoch. Values of rows are added in the
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
    plm_training_to_own(t, metric, &r);
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
    PLM_TRY(plm_training_reserve_own(t, rows));
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

/* True if some row of the batch has a sample weight above 0, so that the batch counts. */
bool plm_training_has_weight(const plm_batch *b)
{
    int64_t i = 0;
    while (b->weight != NULL && i < b->rows && !(b->weight[i] > 0))
        i++;
    return b->weight == NULL || i < b->rows;
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
    bool weighed = false;
    plm_training_reset(t);
    plm_training_rest(t);
    t->penalty = plm_training_penalty(t);
    t->data = d;
    PLM_TRY(plm_held_rewind(d, 0));
    for (;;) {
        const plm_status status = plm_held_next(d, &b);
        PLM_TRY(status);
        if (status == PLM_END)
            break;
        PLM_TRY(plm_training_evaluate_batch(t, &b));
        weighed = weighed || plm_training_has_weight(&b);
    }
    if (t->rows == 0)
        return plm_fail_key(t->m->w, PLM_E_DATA, "data", "give data with rows",
                            "there are no rows to evaluate");
    if (!weighed && !t->weightless)
        plm_warn(t->m->w, "all weights of the evaluated rows are 0: the loss is 0, whatever the "
                          "model predicts");
    t->weightless = t->weightless || !weighed;
    return PLM_OK;
}
