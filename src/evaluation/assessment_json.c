/* Writes an assessment as JSON. Programs rely on the names and the order of the members, so these
 * change only with a new version. Rows and lines are numbered from 1, as in the text. */
#include <math.h>

#include "evaluation/assessment.h"
#include "run/json_text.h"

/* Appends a number with 9 digits; null if it is not finite. */
static void add_number(plm_text *t, double value)
{
    if (isfinite(value))
        plm_text_format(t, "%.9g", value);
    else
        plm_text_add(t, "null");
}

/* Appends "key": [value, low, high]. */
static void add_interval(plm_text *t, const char *key, const plm_interval *is)
{
    const double value[] = {is->value, is->low, is->high};
    plm_text_format(t, "\"%s\":[", key);
    for (int i = 0; i < 3; i++) {
        plm_text_add(t, i > 0 ? "," : "");
        add_number(t, value[i]);
    }
    plm_text_add(t, "]");
}

/* Appends the names of the classes, the confusion matrix and the metrics of each class. */
static void add_classes(plm_text *t, const plm_assessment *s)
{
    const int n = s->target->classes;
    plm_text_add(t, ",\"classes\":[");
    for (int k = 0; k < n; k++) {
        plm_text_add(t, k > 0 ? ",{\"name\":" : "{\"name\":");
        plm_json_text_string(t, s->target->label[k]);
        plm_text_format(t, ",\"rows\":%lld,", (long long)s->of_class[k].rows);
        add_interval(t, "precision", &s->of_class[k].precision);
        plm_text_add(t, ",");
        add_interval(t, "recall", &s->of_class[k].recall);
        plm_text_add(t, ",");
        add_interval(t, "f1", &s->of_class[k].f1);
        plm_text_add(t, "}");
    }
    plm_text_add(t, "],\"confusion\":[");
    for (int i = 0; i < n; i++) {
        plm_text_add(t, i > 0 ? ",[" : "[");
        for (int k = 0; k < n; k++)
            plm_text_format(t, "%s%lld", k > 0 ? "," : "", (long long)s->confusion[i * n + k]);
        plm_text_add(t, "]");
    }
    plm_text_add(t, "]");
}

/* Appends the bins of the calibration. */
static void add_calibration(plm_text *t, const plm_assessment *s)
{
    plm_text_add(t, ",\"calibration\":[");
    for (int i = 0; i < PLM_BINS; i++) {
        plm_text_format(t, "%s{\"low\":%.3g,\"high\":%.3g,\"confidence\":", i > 0 ? "," : "",
                        s->bin[i].low, s->bin[i].high);
        add_number(t, s->bin[i].confidence);
        plm_text_add(t, ",\"accuracy\":");
        add_number(t, s->bin[i].accuracy);
        plm_text_format(t, ",\"rows\":%lld}", (long long)s->bin[i].rows);
    }
    plm_text_add(t, "]");
}

/* Appends worst row i of target k: its row or line number, its loss, the true and the predicted
 * value, and the inputs that explain the prediction, if these were computed. */
static void add_worst(plm_text *t, const plm_assessments *a, int k, int i)
{
    const plm_predicted *p = &a->predicted;
    const plm_predicted_target *target = a->of[k].target;
    const int64_t at = a->of[k].worst_row[i];
    plm_text_format(t, "%s{\"row\":%lld,\"line\":%lld,\"loss\":", i > 0 ? "," : "",
                    (long long)p->row[at] + 1, (long long)p->line[at]);
    add_number(t, a->of[k].worst_loss[i]);
    plm_text_add(t, ",\"true\":");
    if (target->classes > 0)
        plm_json_text_string(t, target->label[target->truth[at]]);
    else
        add_number(t, plm_predicted_truth(target, at));
    plm_text_add(t, ",\"predicted\":");
    if (target->classes > 0)
        plm_json_text_string(t, target->label[plm_predicted_class(target, at)]);
    else
        add_number(t, target->guess[at]);
    if (a->reason[k][i] && *a->reason[k][i]) {
        plm_text_add(t, ",\"reason\":");
        plm_json_text_string(t, a->reason[k][i]);
    }
    plm_text_add(t, "}");
}

void plm_assessment_figures_json(plm_text *t, const plm_assessment *s)
{
    plm_text_add(t, "{");
    for (int i = 0; i < s->figures; i++) {
        plm_text_add(t, i > 0 ? "," : "");
        add_interval(t, s->figure[i].name, &s->figure[i].is);
    }
    plm_text_add(t, "}");
}

/* Appends one target: its metrics with intervals, the metrics of a constant prediction and, for a
 * series, of predicting the value of the row before, the classes
 * with their confusion matrix, the calibration, and the first `most` worst rows. */
void plm_assessment_json(plm_text *t, const plm_assessments *a, int k, int most)
{
    const plm_assessment *s = &a->of[k];
    plm_text_add(t, "{\"target\":");
    plm_json_text_string(t, s->target->name);
    plm_text_format(t, ",\"rows\":%lld,\"figures\":", (long long)s->rows);
    plm_assessment_figures_json(t, s);
    plm_text_format(t, ",\"%s\":",
                    s->target->classes > 0 ? "accuracy_of_the_most_frequent_class"
                                           : "rmse_of_the_mean");
    add_number(t, s->without);
    if (!isnan(s->before)) {
        plm_text_add(t, ",\"rmse_of_the_row_before\":");
        add_number(t, s->before);
    }
    if (s->of_class)
        add_classes(t, s);
    if (s->target->classes > 0)
        add_calibration(t, s);
    plm_text_add(t, ",\"worst\":[");
    for (int i = 0; i < s->worst && i < most; i++)
        add_worst(t, a, k, i);
    plm_text_add(t, "]}");
}
