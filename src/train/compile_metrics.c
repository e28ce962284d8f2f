/* Binds the metrics of a compiled model: each to its kind, its output, its memory and the names of
 * its values in the logs.
 *
 * The memory of a metric is taken here, so that adding a batch to it never allocates. Its names in
 * the logs are made here, too: name, name of the output if there are several, number if it has
 * several values. */
#include <string.h>

#include "base/letters.h"
#include "base/notation.h"
#include "train/sense.h"
#include "train/train.h"

/* Allocates the sums of a metric that is not a mean over rows, and its lists of predictions, one
 * for each curve. An exact area under a curve (AUC) needs all predictions of an epoch. All lists of
 * a metric together have at most MAX_SCORES of them, but each list may have MIN_SCORES. Beyond
 * this, predictions that are nearly equal are joined (scores.h). */
static plm_status prepare_gathered(plm_training *t, plm_metric *metric, const plm_shape *prediction)
{
    enum { MAX_SCORES = 1 << 19, MIN_SCORES = 1 << 12 };
    plm_gathered *g = &metric->gathered;
    const plm_metric_kind *kind = metric->kind;
    if (kind->totals == NULL)
        return PLM_OK;
    g->totals = kind->totals(metric->config, prediction);
    g->total = plm_arena_array(&t->m->built, g->totals + 1, sizeof *g->total);
    const int curves = kind->curves != NULL ? kind->curves(metric->config, prediction) : 0;
    g->scores = plm_arena_array(&t->m->built, (size_t)curves + 1, sizeof *g->scores);
    if (g->total == NULL || g->scores == NULL)
        return PLM_E_MEMORY;
    for (int k = 0; k < curves; k++)
        g->scores[k].max =
            MAX_SCORES / curves > MIN_SCORES ? MAX_SCORES / (size_t)curves : MIN_SCORES;
    g->curves = curves;
    return PLM_OK;
}

/* True if each unit of an output is a separate probability, as for several labels: the output has
 * more than one unit, and its loss compares each unit with 0 or 1. With softmax, the units are
 * classes of which one is chosen. */
static bool has_labels(const plm_model *m, int output)
{
    const plm_head h = plm_head_of(m, output);
    return h.units > 1 && h.loss != NULL && strncmp(h.loss, "binary_", strlen("binary_")) == 0 &&
           (h.function == NULL || strcmp(h.function, "softmax") != 0);
}

/* True if the targets of the metric's output are numbers of classes, and it would take one-hot
 * rows. */
static bool wants_one_hot(const plm_training *t, const plm_metric *metric)
{
    const plm_model_head *h = &t->m->head[metric->target];
    const plm_shape *of = plm_graph_shape(&t->m->graph, h->prediction);
    const char *why = NULL;
    return h->loss != NULL && h->loss->sparse &&
           plm_graph_shape(&t->m->graph, h->target)->rank < of->rank &&
           metric->kind->fits(metric->config, of, of, &why);
}

/* Fails because a metric does not fit the output. Numbers of classes are the usual case: Keras's
 * metrics of one-hot rows do not take them. */
static plm_status fail_fit(const plm_training *t, const plm_metric *metric, const char *name,
                           const char *why)
{
    if (wants_one_hot(t, metric))
        return plm_fail_key(
            t->m->w, PLM_E_SHAPE, "metrics",
            "choose accuracy, balanced_accuracy, sparse_top_k_categorical_accuracy or mean_io_u; "
            "or give one-hot rows: one_hot in the data, and categorical_crossentropy",
            "metric %s does not take numbers of classes, which the targets of this output are",
            name);
    return plm_fail_key(t->m->w, PLM_E_SHAPE, "metrics", "choose another metric",
                        "metric %s does not fit the output: %s", name, why);
}

/* Finds the kind of a metric, binds its own keys and those that all metrics share, and checks that
 * it fits the shapes of the output and its target. "accuracy" stands for one of three kinds,
 * depending on the shapes of the output and the target, and on its loss. */
static plm_status metric_kind(plm_training *t, plm_metric *metric, const plm_spec *spec,
                              plm_metric_common *common)
{
    plm_model *m = t->m;
    const plm_shape *prediction = plm_graph_shape(&m->graph, m->head[metric->target].prediction);
    const plm_shape *wanted = plm_graph_shape(&m->graph, m->head[metric->target].target);
    const char *resolved = NULL, *why = "the shapes differ";
    if (spec->type != PLM_SPEC_NAME)
        return plm_fail_key(m->w, PLM_E_SPEC, "metrics",
                            "separate the names of metrics by commas, as in accuracy, mae",
                            "a metric is not given by its name");
    const bool labels = has_labels(m, metric->target);
    PLM_TRY(plm_metric_resolve(m->w, spec->text, prediction, wanted, labels, &resolved));
    const plm_kind *kind = plm_kind_find(m->w, "metric", resolved);
    if (kind == NULL)
        return plm_last_error(m->w)->status;
    void *config = plm_arena_take(&m->built, kind->config_size + 1);
    if (config == NULL)
        return PLM_E_MEMORY;
    PLM_TRY(
        plm_fields_bind(&m->built, "metric", kind, spec, config, plm_metric_common_fields, common));
    metric->config = config;
    metric->kind = (const plm_metric_kind *)(const void *)kind;
    if (metric->kind->fits != NULL && !metric->kind->fits(metric->config, prediction, wanted, &why))
        return fail_fit(t, metric, spec->text, why);
    return prepare_gathered(t, metric, prediction);
}

/* Names one value of a metric in the logs: "accuracy"; "price_mae" if there are several outputs;
 * "precision_0.25" if the metric gives several values. The number then is the threshold, or the
 * index of the class. name and val_name share one text: name begins after the "val_" of
 * val_name. */
static plm_status name_result(plm_training *t, plm_metric *metric, const char *given, int at)
{
    plm_model *m = t->m;
    const plm_metric_kind *kind = metric->kind;
    const bool outputs = m->heads > 1, several = metric->results > 1;
    char number[32] = "";
    if (several)
        plm_text_from_number(kind->number != NULL ? kind->number(metric->config, at) : at, number,
                             sizeof number);
    metric->val_name[at] = plm_arena_format(&m->built, "val_%s%s%s%s%s",
                                            outputs ? plm_model_output_name(m, metric->target) : "",
                                            outputs ? "_" : "", given, several ? "_" : "", number);
    if (metric->val_name[at] == NULL)
        return PLM_E_MEMORY;
    metric->name[at] = metric->val_name[at] + strlen("val_");
    return PLM_OK;
}

/* Names all values of a metric, at most PLM_RESULTS of them: this bounds the columns of history.csv
 * and the arrays of events. */
static plm_status name_results(plm_training *t, plm_metric *metric, const char *given)
{
    plm_model *m = t->m;
    const plm_shape *prediction = plm_graph_shape(&m->graph, m->head[metric->target].prediction);
    metric->results =
        metric->kind->results != NULL ? metric->kind->results(metric->config, prediction) : 1;
    t->results += metric->results;
    if (t->results > PLM_RESULTS)
        return plm_fail(m->w, PLM_E_SPEC, NULL, "use metrics that give at most 64 values",
                        "the metrics give %d values", t->results);
    metric->name = plm_arena_array(&m->built, (size_t)metric->results, sizeof *metric->name);
    metric->val_name =
        plm_arena_array(&m->built, (size_t)metric->results, sizeof *metric->val_name);
    if (metric->name == NULL || metric->val_name == NULL)
        return PLM_E_MEMORY;
    for (int at = 0; at < metric->results; at++)
        PLM_TRY(name_result(t, metric, given, at));
    return PLM_OK;
}

/* Returns the name of a metric in the logs: the key name, or what the user wrote. The name of a
 * class of Keras, which begins with a capital, becomes that of its kind, as in Keras:
 * SparseCategoricalAccuracy() is called sparse_categorical_accuracy. */
static const char *name_of(const plm_metric *metric, const plm_spec *spec, const char *given)
{
    if (given != NULL && given[0] != '\0')
        return given;
    return spec->text[0] >= 'A' && spec->text[0] <= 'Z' ? metric->kind->kind.name : spec->text;
}

/* Binds one metric of an output and names its values. The name may come from a file and ends up in
 * logs and in the terminal, so it must be printable. */
static plm_status bind_metric(plm_training *t, const plm_spec *spec, int target)
{
    plm_metric *metric = &t->metric[t->metrics];
    plm_metric_common common = {0};
    *metric = (plm_metric){.target = target};
    PLM_TRY(plm_spec_unquoted(&t->m->built, spec, &spec));
    PLM_TRY(metric_kind(t, metric, spec, &common));
    const char *given = name_of(metric, spec, common.name);
    if (!plm_is_printable(given))
        return plm_fail_key(t->m->w, PLM_E_SPEC, "metrics",
                            "use letters, digits and other visible characters",
                            "the name '%s' has invisible characters", given);
    metric->weighted = common.weighted;
    metric->named = given == common.name;
    PLM_TRY(name_results(t, metric, given));
    t->metrics++;
    return PLM_OK;
}

/* Binds the metrics of one output. The user gives one metric, or several in brackets. The word none
 * leaves an output without metrics. */
static plm_status bind_output(plm_training *t, const plm_spec *given, int target)
{
    const bool several = given != NULL && given->type == PLM_SPEC_LIST;
    const bool none = given == NULL || (given->type == PLM_SPEC_NAME && !given->called &&
                                        strcmp(given->text, "none") == 0);
    const size_t count = several ? given->count : none ? 0 : 1;
    for (size_t i = 0; i < count; i++) {
        if (t->metrics >= PLM_METRICS)
            return plm_fail(t->m->w, PLM_E_SPEC, NULL, "use at most 16 metrics",
                            "too many metrics");
        PLM_TRY(bind_metric(t, several ? given->argument[i].value : given, target));
    }
    return PLM_OK;
}

/* Binds all metrics. With one output, the text is the list of its metrics. With several outputs,
 * the text has an entry for each output, by order or by name, as in the other settings of
 * outputs. */
plm_status plm_training_metrics(plm_training *t, const char *text)
{
    size_t count = 0;
    const plm_spec *const *spec = NULL, *given[PLM_TARGETS];
    if (text[0] == '\0')
        return PLM_OK;
    if (t->m->heads > 1) {
        PLM_TRY(plm_model_by_output(t->m, &t->m->built, "metrics", text, given));
        for (int target = 0; target < t->m->heads; target++)
            PLM_TRY(bind_output(t, given[target], target));
        return PLM_OK;
    }
    PLM_TRY(plm_spec_parse_sequence(&t->m->built, text, ',', &count, &spec));
    for (size_t i = 0; i < count; i++)
        PLM_TRY(bind_output(t, spec[i], 0));
    return PLM_OK;
}
