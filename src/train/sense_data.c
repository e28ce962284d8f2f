/* Detects fits that cannot learn, before their first step, by comparing the data with the net. Only
 * data in memory is inspected, and targets only in about MAX_SAMPLES rows, so that the check costs
 * little time.
 *
 * Each check is about a mistake that looks like a training that goes well or slowly: a target
 * beyond the range of the output, weights that are all 0, fewer batches than one update needs. */
#include "train/sense.h"

#include <math.h>
#include <string.h>

#include "base/names.h"

enum { MAX_SAMPLES = 4096 }; /* number of rows of the data that are inspected, evenly spread */

/* ---- weights ---- */

/* True if the sample weight of the row at this position of the stream is above 0. */
static bool is_positive(const plm_data *d, int part, int64_t position)
{
    const plm_table *t = &d->source->table[part];
    const int64_t row = d->chosen != NULL ? d->chosen[position] : position;
    float value = 0;
    plm_element_gather(NULL, t->element, &value, t->rows, 1, &row, 1);
    return value > 0;
}

/* Warns if all sample weights are 0. Weights of streams are checked after the first epoch
 * (loop.c). */
static void warn_sample_weights(const plm_sense_fit *f)
{
    const plm_data *d = f->data;
    const int part = plm_source_weight(d->source);
    if (part < 0 || d->source->streamed)
        return;
    for (int64_t i = d->first; i < d->last; i++)
        if (is_positive(d, part, i))
            return;
    plm_warn(f->training->m->w, "all sample weights are 0: nothing can be learned");
}

/* Fails unless there is a class weight for each class of the first output, and no other. The output
 * is not asked about the number of classes if it has one unit and is no yes-or-no question, or if
 * the data has more classes than it: the labels are the fault then. */
static plm_status check_class_count(const plm_sense_fit *f)
{
    const plm_training *t = f->training;
    const plm_loss_kind *loss = t->m->head[0].loss;
    const plm_shape *s = plm_graph_shape(&t->m->graph, t->m->head[0].prediction);
    const int64_t units = s->rank > 0 ? s->dims[s->rank - 1] : 1;
    const int64_t classes = units > 1 ? units : loss != NULL && loss->shares ? 2 : INT64_MAX;
    if (t->class_weight != NULL && t->classes < units)
        return plm_fail_key(t->m->w, PLM_E_SPEC, "class_weight",
                            "give a weight for every class, beginning with class 0",
                            "class_weight has %d numbers, but the output has %lld classes",
                            t->classes, (long long)units);
    if (t->classes > classes && f->data->classes <= classes)
        return plm_fail_key(t->m->w, PLM_E_SPEC, "class_weight",
                            "give a weight for each class of the output, and no other",
                            "class_weight has a weight for class %d, but the output has %lld "
                            "classes, which are numbered from 0",
                            t->classes - 1, (long long)classes);
    return PLM_OK;
}

/* Fails if a class weight cannot be, if there are too few or too many, or if all are 0. */
static plm_status check_class_weights(const plm_sense_fit *f)
{
    const plm_training *t = f->training;
    bool any = t->classes == 0;
    for (int i = 0; i < t->classes; i++) {
        if (!(t->class_weight[i] >= 0) || isinf(t->class_weight[i]))
            return plm_fail_key(t->m->w, PLM_E_SPEC, "class_weight", "give weights of 0 or more",
                                "the weight of class %d is %g", i, (double)t->class_weight[i]);
        any = any || t->class_weight[i] > 0;
    }
    PLM_TRY(check_class_count(f));
    return any ? PLM_OK
               : plm_fail_key(t->m->w, PLM_E_SPEC, "class_weight",
                              "make at least one class weight larger than 0",
                              "all class weights are 0: nothing can be learned");
}

/* ---- accumulation ---- */

/* Warns if gradients are accumulated over more batches than the fit has. */
static void warn_accumulation(const plm_sense_fit *f)
{
    const int64_t steps = f->training->common.gradient_accumulation_steps;
    if (f->batches > 0 && steps > f->batches)
        plm_warn(
            f->training->m->w,
            "gradient_accumulation_steps is %lld, but the fit has only %lld batches: the weights "
            "are updated once, at its end",
            (long long)steps, (long long)f->batches);
}

/* ---- targets that the output cannot reach ---- */

/* Minimum and maximum of a target, over rows spread over the data, the number of its elements
 * outside of the output's bounds, and of those between 0 and 1. */
typedef struct {
    double min, max; /* of the elements that are finite */
    int64_t outside, numbers, soft;
    double first_soft; /* the first element between 0 and 1, in the target's own unit */
} spread;

/* Inspects the target of an output, and counts the elements outside of the bounds of the output. */
static spread spread_of(const plm_data *d, const plm_head *h)
{
    const plm_table *t = &d->source->table[d->source->inputs + h->output];
    const int64_t rows = d->last - d->first, step = rows / MAX_SAMPLES + 1;
    const plm_scale scale = plm_model_scale(h->model, h->output);
    spread s = {.min = INFINITY, .max = -INFINITY};
    for (int64_t i = d->first; i < d->last; i += step) {
        const int64_t row = d->chosen != NULL ? d->chosen[i] : i;
        const char *numbers =
            (const char *)t->rows + (size_t)row * t->width * plm_element_size(t->element);
        for (size_t j = 0; j < t->width; j++, s.numbers++) {
            float value = 0;
            plm_element_decode(t->element, &value, numbers + j * plm_element_size(t->element), 1);
            s.min = fmin(s.min, (double)value);
            s.max = fmax(s.max, (double)value);
            s.outside += (double)value < h->low || (double)value > h->high;
            const double own = plm_own_number(scale, (double)value);
            if (own > 0 && own < 1 && s.soft++ == 0)
                s.first_soft = own;
        }
    }
    return s;
}

/* True if the net gets target k unchanged from the source, and the target is in memory: no
 * transform changes its width. */
static bool is_plain(const plm_data *d, int k)
{
    const plm_source *s = d->source;
    if (s->streamed || k >= s->targets)
        return false;
    return d->part[s->inputs + k].width == s->table[s->inputs + k].width;
}

const char plm_sense_distances[] =
    "mean_squared_error|mean_absolute_error|huber|log_cosh|mean_absolute_percentage_error|"
    "mean_squared_logarithmic_error|poisson";

/* Warns if the output's activation cannot reach more than 1 % of a target's elements. */
static void warn_range(const plm_sense_fit *f, int k)
{
    const plm_model *m = f->training->m;
    const plm_head h = plm_head_of(m, k);
    if (h.function == NULL || h.loss == NULL || !plm_pattern_matches(plm_sense_distances, h.loss) ||
        !is_plain(f->data, k) || !(isfinite(h.low) || isfinite(h.high)))
        return;
    const spread s = spread_of(f->data, &h);
    if (s.outside * 100 <= s.numbers || m->w->examined)
        return;
    const bool several = m->heads > 1;
    plm_warn(m->w,
             "the target%s%s is %sbetween %g and %g, which %s of the last layer cannot reach; the "
             "usual choice is a last layer without an activation",
             several ? " of " : "", several ? plm_model_output_name(m, k) : "",
             plm_is_standardized(m, k) ? "standardized, to numbers " : "", s.min, s.max,
             h.function);
}

/* Warns if a loss gets standardized numbers although it depends on the unit: relative errors and
 * logarithms of such numbers have no meaning. Losses of shares fail (targets.c). */
static void warn_unit(const plm_sense_fit *f, int k)
{
    const plm_model *m = f->training->m;
    const plm_loss_kind *loss = m->head[k].loss;
    if (loss == NULL || loss->of_difference || loss->shares || loss->sparse ||
        !plm_is_standardized(m, k) || m->w->examined)
        return;
    plm_warn(m->w,
             "%s depends on the unit of its numbers, but the target '%s' is standardized for the "
             "training (mean 0, deviation 1), so the loss has little meaning; the usual choice is "
             "mean_squared_error, mean_absolute_error, huber or log_cosh",
             loss->kind.name, plm_model_target(m, k)->name);
}

/* ---- targets that a metric cannot count ---- */

/* Returns the name of a metric of output k that compares the target with exactly 0 and 1; NULL =
 * there is none. */
static const char *exact_metric(const plm_training *t, int k)
{
    for (int i = 0; i < t->metrics; i++)
        if (t->metric[i].target == k &&
            strcmp(t->metric[i].kind->kind.name, "binary_accuracy") == 0)
            return t->metric[i].name[0];
    return NULL;
}

/* Warns if a target has values between 0 and 1, such as probabilities, and a metric counts each of
 * them as wrong. */
static void warn_soft(const plm_sense_fit *f, int k)
{
    const plm_model *m = f->training->m;
    const char *metric = exact_metric(f->training, k);
    const plm_head h = plm_head_of(m, k);
    if (metric == NULL || !is_plain(f->data, k))
        return;
    const spread s = spread_of(f->data, &h);
    if (s.soft > 0 && !m->w->examined)
        plm_warn(
            m->w,
            "the target has values between 0 and 1, such as %.4g; %s counts them all as wrong, "
            "since it compares the class with the target; binary_crossentropy and "
            "mean_absolute_error measure probabilities",
            s.first_soft, metric);
}

/* Checks a fit whose data is known, before its first step. Warnings are given only when a training
 * starts, not when it continues; errors of class weights are given at every fit. */
plm_status plm_sense_fitted(const plm_sense_fit *f)
{
    PLM_TRY(check_class_weights(f));
    if (!f->first)
        return PLM_OK;
    warn_sample_weights(f);
    warn_accumulation(f);
    for (int k = 0; k < f->training->m->heads; k++) {
        warn_range(f, k);
        warn_unit(f, k);
        warn_soft(f, k);
    }
    return PLM_OK;
}
