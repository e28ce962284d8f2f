/* Compares gradients by layer, from the lowest hidden layer, next to the inputs, to the highest. A
 * rung of the ladder is a hidden dense layer; rungs are ordered by their distance from the output.
 * The gradient with respect to the weighted sums, dz, is compared, since it does not depend on the
 * size of the layer's own weights. */
#include "doctor/ladder.h"

#include <math.h>
#include <string.h>
#include <stdlib.h>

#include "assess/epochs.h"
#include "base/names.h"

/* Returns the nearest hidden layer from which layer `at` takes its input, by the first input of
 * each layer between them; -1 = none. */
static int64_t hidden_below(const plm_case *c, int64_t at)
{
    const plm_layer *l = &c->model->layer[c->spot[at].layer];
    for (int64_t i = at; i-- > 0;) {
        if (l->inputs < 1 || (int)c->spot[i].layer != l->input[0])
            continue;
        if (plm_case_is_hidden(c, i))
            return i;
        l = &c->model->layer[c->spot[i].layer];
    }
    return -1;
}

/* Finds the hidden dense layers and sorts them by their distance from the output, by insertion,
 * since models list them nearly in order. */
void plm_ladder_find(const plm_case *c, plm_ladder *l)
{
    l->count = 0;
    for (int64_t i = 0; i < c->layers; i++) {
        if (!plm_case_is_hidden(c, i))
            continue;
        if (l->count == PLM_LADDER)
            l->count--;
        int64_t at = l->count++;
        for (; at > 0 && c->spot[l->layer[at - 1]].depth < c->spot[i].depth; at--)
            l->layer[at] = l->layer[at - 1];
        l->layer[at] = i;
    }
    l->below = l->count > 0 ? 1 + hidden_below(c, l->layer[0]) : 0;
}

/* True if the net has at least half as many normalization layers as hidden layers. They keep the
 * size of signals, whatever the weights are. */
bool plm_ladder_is_normalized(const plm_case *c, const plm_ladder *l)
{
    int64_t count = 0;
    for (int64_t i = l->count > 0 ? l->layer[0] : c->layers; i < c->layers; i++) {
        const plm_layer_kind *kind = c->model->layer[c->spot[i].layer].kind;
        count += kind != NULL && plm_pattern_matches("*_normalization", kind->kind.name);
    }
    return l->count > 0 && 2 * count >= l->count;
}

/* Returns the gradient of the lowest hidden layer divided by that of the highest one. NaN = there
 * are fewer than three hidden layers, or no gradient. */
double plm_ladder_ratio(const plm_ladder *l, const plm_reading *reading)
{
    if (l->count < 3 || reading == NULL)
        return (double)NAN;
    double low = reading[l->layer[0]].rms_dz;
    const double high = reading[l->layer[l->count - 1]].rms_dz;
    if (l->below > 0)
        low = fmax(low, reading[l->below - 1].rms_dz);
    if (!(high > 0) || !isfinite(high) || isnan(low))
        return (double)NAN;
    return low / high;
}

/* Compares two numbers for qsort. */
static int rising(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Returns the median of values [count], and sorts them. For an even count, it is the upper one of
 * the two middle values. NaN = there are no values. */
double plm_median(double *values, int64_t count)
{
    if (count == 0)
        return (double)NAN;
    qsort(values, (size_t)count, sizeof *values, rising);
    return values[count / 2];
}

/* Returns the gradient of the lowest hidden layer divided by that of the highest one in the
 * training so far: the median over the last measured steps, since a single step can be unusual.
 * With fewer than three measured steps, it is the value in the untrained net, before the
 * training. */
double plm_ladder_ratio_of(const plm_case *c, const plm_ladder *l, plm_part_of_finding *part,
                           const plm_reading **reading)
{
    enum { LAST = 10, LEAST = 3 };
    double ratio[LAST];
    int64_t count = 0;
    for (int64_t i = c->samples; i-- > 0 && count < LAST;) {
        const double now = plm_ladder_ratio(l, c->sample[i].reading);
        if (!isnan(now))
            ratio[count++] = now;
    }
    *part = count >= LEAST ? PLM_PART_RUN : PLM_PART_INIT;
    *reading = count >= LEAST ? c->sample[c->samples - 1].reading : c->first;
    return count >= LEAST ? plm_median(ratio, count) : plm_ladder_ratio(l, c->first);
}

/* Measures how the gradient changes from layer to layer. False if the loss falls, since the net
 * then learns in spite of its gradients. */
bool plm_ladder_change_find(const plm_case *c, double warning, double error, plm_ladder_change *out)
{
    *out = (plm_ladder_change){.level = PLM_NOTE};
    plm_ladder *l = &out->ladder;
    plm_ladder_find(c, l);
    out->ratio = plm_ladder_ratio_of(c, l, &out->part, &out->reading);
    out->each = pow(out->ratio, 1 / (double)(l->count > 1 ? l->count - 1 : 1));
    return plm_report_level(out->ratio, warning, error, &out->level) && !plm_case_learns(c);
}

/* Adds a bar for each hidden layer, on a logarithmic scale. If there are more than six, six evenly
 * spaced ones are drawn. */
void plm_ladder_draw(plm_report *r, const plm_case *c, const plm_ladder *l,
                     const plm_reading *reading)
{
    enum { SHOWN = 6 };
    const int64_t shown = l->count < SHOWN ? l->count : SHOWN;
    double low = INFINITY, high = 0;
    for (int64_t i = 0; i < l->count; i++) {
        const double now = reading[l->layer[i]].rms_dz;
        low = now > 0 && now < low ? now : low;
        high = now > high && isfinite(now) ? now : high;
    }
    plm_report_line(r, "%-22s %9s  from 1e%.0f to 1e%.0f, log scale", "layer", "rms of dz",
                    floor(log10(low)), ceil(log10(high)));
    for (int64_t i = shown; i-- > 0;) {
        const int64_t layer = l->layer[shown > 1 ? i * (l->count - 1) / (shown - 1) : 0];
        const double now = reading[layer].rms_dz, bottom = floor(log10(low));
        plm_report_bar(r, plm_case_layer(c, layer), now,
                       now > 0 ? (log10(now) - bottom) / (ceil(log10(high)) - bottom + 1e-9) : 0);
    }
}

/* True if the loss is below half of that of the first step. Then several findings are only notes,
 * since they do not keep the net from learning. */
bool plm_case_learns(const plm_case *c)
{
    if (c->samples == 0 || c->early_losses == 0)
        return false;
    const double first = c->early_loss[0], now = c->sample[c->samples - 1].loss;
    return now < 0.5 * first;
}

/* Returns the larger of two numbers. If one is NaN, returns the other one. */
static double larger(double a, double b)
{
    return isnan(a) || b > a ? b : a;
}

/* Returns the better one of a metric in training, which noise such as dropout lowers, and in
 * validation, which a difficult split lowers. */
double plm_case_reach(const plm_case *c, bool classes)
{
    const plm_history *h = &c->history;
    if (h->rows == 0)
        return (double)NAN;
    const int own = classes ? plm_epochs_like(h, "", "accuracy") : plm_epochs_column(h, "r2_score"),
              other = classes ? plm_epochs_like(h, "val_", "accuracy")
                              : plm_epochs_column(h, "val_r2_score");
    return larger(plm_epochs_value(h, h->rows - 1, own), plm_epochs_value(h, h->rows - 1, other));
}

/* True if the net predicts classes. Whole numbers may also be targets of a regression, such as
 * counts; a metric of classes, or a loss for classes, decides. */
bool plm_case_predicts_classes(const plm_case *c)
{
    return c->data != NULL && c->data->classes > 1 &&
           (plm_case_learns_classes(c) || plm_epochs_like(&c->history, "", "accuracy") >= 0);
}

/* Returns the accuracy of k nearest neighbours if the net predicts classes, otherwise their R2. */
double plm_case_nearest(const plm_case *c)
{
    if (c->data == NULL || c->data->near.rows == 0)
        return (double)NAN;
    return plm_case_predicts_classes(c) ? c->data->near.hits : c->data->near.r2;
}

/* True if the net predicts clearly worse than k nearest neighbours do. A net is judged only at the
 * end of its training, as it may still improve before. What the neighbours predict can certainly be
 * learned; a net that is a tenth below it misses simple patterns. */
bool plm_case_falls_short(const plm_case *c)
{
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    return over && plm_case_reach(c, plm_case_predicts_classes(c)) < plm_case_nearest(c) - 0.1;
}

/* Returns the mean of a column of the history over the epochs first <= i < last. */
static double mean_of(const plm_history *h, int column, int64_t first, int64_t last)
{
    double sum = 0;
    for (int64_t i = first; i < last; i++)
        sum += plm_epochs_value(h, i, column) / (double)(last - first);
    return sum;
}

/* Returns the mean of the losses of the early steps first <= i < last. */
static double mean_early(const plm_case *c, int64_t first, int64_t last)
{
    double sum = 0;
    for (int64_t i = first; i < last; i++)
        sum += c->early_loss[i] / (double)(last - first);
    return sum;
}

/* True if the loss was still falling. The loss of a batch is noisy, so means over epochs are
 * compared or, if there are few epochs, means over steps. */
bool plm_case_still_falls(const plm_case *c)
{
    enum { EPOCHS = 6, STEPS = 6 };
    const plm_history *h = &c->history;
    const int64_t n = h->rows, part = n / 3, third = c->early_losses / 3;
    const int loss = plm_epochs_column(h, "loss");
    if (n >= EPOCHS)
        return mean_of(h, loss, n - part, n) < 0.95 * mean_of(h, loss, n - 2 * part, n - part);
    if (n > 1 && !(plm_epochs_value(h, n - 1, loss) < 0.98 * plm_epochs_value(h, 0, loss)))
        return false;
    return n > 1 ||
           (c->early_losses >= STEPS && mean_early(c, c->early_losses - third, c->early_losses) <
                                            0.98 * mean_early(c, 0, third));
}

/* Returns the score of a constant prediction. For R2 it is 0 by definition. */
double plm_case_constant(const plm_case *c)
{
    const plm_data_facts *d = c->data;
    int64_t most = 0;
    for (int k = 0; d != NULL && k < d->classes; k++)
        most = d->validation_count[k] > most ? d->validation_count[k] : most;
    return most > 0 ? (double)most / (double)d->validation_rows : 0;
}

/* Returns the factor by which the loss of a batch is larger than the mean of its rows, without
 * their weights. */
static double scale_of_loss(const plm_case *c, const plm_model_head *head)
{
    static const char sum[] = "reduction=sum";
    const char *text = head->loss_text != NULL ? strstr(head->loss_text, sum) : NULL;
    const bool added = text != NULL && text[sizeof sum - 1] != '_'; /* not sum_over_batch_size */
    const double weight = c->data != NULL && c->data->weight > 0 ? c->data->weight : 1;
    return weight * head->loss_weight * (added && c->batch > 0 ? (double)c->batch : 1);
}

/* For classes it is the logarithm of their number, for a squared error the variance of the target.
 * */
double plm_case_constant_loss(const plm_case *c)
{
    const plm_model_head *head = c->model->heads == 1 ? &c->model->head[0] : NULL;
    const char *loss = head != NULL && head->loss != NULL ? head->loss->kind.name : "";
    const plm_data_facts *d = c->data;
    if (d == NULL)
        return 0;
    if (strcmp(loss, "mean_squared_error") == 0)
        return d->target_deviation * d->target_deviation * scale_of_loss(c, head);
    const bool classes = strcmp(loss, "sparse_categorical_crossentropy") == 0 ||
                         strcmp(loss, "binary_crossentropy") == 0;
    return classes && d->classes > 1 ? log((double)d->classes) * scale_of_loss(c, head) : 0;
}

/* True if the arguments of an observer, as text from "(" on, name a metric of the training rows to
 * monitor. The default is one of the validation. The first argument may have no name. */
static bool watches_training(const char *arguments)
{
    const size_t length = strcspn(arguments, ")");
    const char *end = arguments + length, *value = strstr(arguments, "monitor=");
    if (*arguments != '(')
        return false;
    if (value == NULL || value > end) {
        value = arguments + 1;
        if (value[strcspn(value, ",=)")] == '=')
            return false;
    } else
        value += strlen("monitor=");
    return value < end && strncmp(value, "val_", 4) != 0;
}

/* True if the key observers has the named observer, with the argument if it is not NULL, and it
 * compares epochs by validation rows. */
static bool observes(const char *observers, const char *name, const char *argument)
{
    for (const char *at = observers; (at = strstr(at, name)) != NULL;) {
        const bool part = at > observers && at[-1] == '_'; /* of restore_best_weights */
        at += strlen(name);
        if (part)
            continue;
        const char *given = argument != NULL ? strstr(at, argument) : NULL;
        const bool has = argument == NULL || (given != NULL && given < at + strcspn(at, ")"));
        if (has && !watches_training(at))
            return true;
    }
    return false;
}

/* True if the final model has the weights of its best epoch, because of keep=best, which is the
 * default with a validation, or because of an observer that watches the validation: an epoch that
 * is best for the training rows is one of the last. False for a C program without a run file, for
 * which this is unknown. */
bool plm_case_keeps_best(const plm_case *c)
{
    const char *keep = plm_case_setting(c, "keep"), *rows = plm_case_setting(c, "validation"),
               *observers = plm_case_setting(c, "observers");
    if (observes(observers, "early_stopping", "restore_best_weights=true") ||
        observes(observers, "best_weights", NULL))
        return true;
    return *rows != '\0' && strcmp(rows, "none") != 0 && strcmp(keep, "last") != 0;
}

/* Looks at all layers that read layer i: each must be a sum. */
bool plm_case_is_added(const plm_case *c, int64_t i)
{
    const plm_model *m = c->model;
    const int own = (int)c->spot[i].layer;
    int readers = 0, added = 0;
    for (size_t k = 0; k < m->layers; k++)
        for (int j = 0; j < m->layer[k].inputs; j++) {
            const plm_layer_kind *kind = m->layer[k].kind;
            if (m->layer[k].input[j] != own || kind == NULL)
                continue;
            readers++;
            added += m->layer[k].inputs > 1 && strcmp(kind->kind.name, "add") == 0;
        }
    return readers > 0 && added == readers;
}
