/* D215: there are few rows for the number of parameters. A net with more parameters than all rows
 * have numbers can memorize the rows, so its predictions may be wrong for other rows. */
#include "doctor/ladder.h"

typedef struct {
    double rows, parameters, few, kept;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, rows, PLM_REAL, "50", 0, 1e9,
              "a note if there are fewer rows per class than this and more than `parameters` "
              "trained parameters per row"),
    PLM_FIELD(thresholds, parameters, PLM_REAL, "10", 0, 1e9,
              "a note if there are fewer than `rows` rows per class and more than this number of "
              "trained parameters per row"),
    PLM_FIELD(thresholds, few, PLM_REAL, "25", 0, 1e9,
              "a warning, instead of a note, if there are fewer rows per class than this and more "
              "than 2 x `parameters` trained parameters per row"),
    PLM_FIELD(thresholds, kept, PLM_REAL, "10", 0, 1e9,
              "as `few`, if the model keeps the weights of its best epoch, chosen by 30 or more "
              "validation rows, which is a remedy"),
    {0}};

/* Returns the number of rows per class below which the finding is a warning. */
static double few_of(const thresholds *t, const plm_case *c)
{
    enum { CHOOSE = 30 }; /* validation rows by which an epoch can be chosen */
    return c->data->validation_rows >= CHOOSE && plm_case_keeps_best(c) ? t->kept : t->few;
}

/* Returns the number of parameters that are trained. The vector of parameters is longer, since it
 * has gaps. */
static int64_t trained(const plm_model *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->graph.weights; i++) {
        const plm_weight *weight = &m->graph.weight[i];
        count += weight->trainable && !weight->state ? weight->count : 0;
    }
    return (int64_t)count;
}

/* Reports a net that has both few rows per class and many parameters per row. With more rows, large
 * nets can generalize well. A number as the target counts as two classes, since it takes more rows
 * to learn a number than a class. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (d == NULL || c->model == NULL || d->rows < 1)
        return;
    const bool classes = d->classes > 1 && plm_case_learns_classes(c);
    const int64_t count = trained(c->model);
    const double each = d->weighing / (classes ? d->classes : 2),
                 parameters = (double)count / d->weighing, few = few_of(t, c);
    if (!(each < t->rows) || !(parameters > t->parameters))
        return;
    plm_report_found(r, each < few && parameters > 2 * t->parameters ? PLM_WARNING : PLM_NOTE,
                     PLM_PART_STATIC, -1,
                     "%.0f rows train %lld parameters: the net can memorize each row", d->weighing,
                     (long long)count);
    r->number = parameters;
    r->threshold = t->parameters;
    r->key = "model";
    plm_report_line(r, "%.3g rows for each class, %.3g parameters for each row", each, parameters);
    if (d->weighing < 0.5 * (double)d->rows)
        plm_report_line(r, "the sample weights of %lld rows leave the effect of %.0f",
                        (long long)d->rows, d->weighing);
    if (!classes)
        plm_report_line(r, "a number as the target counts as 2 classes");
    plm_report_remedy(r, "",
                      "fewer units, dropout(0.3), or early_stopping(restore_best_weights="
                      "true) with validation rows");
    plm_report_remedy(r, "", "more rows help most");
}

const plm_finding_kind plm_finding_too_few_rows = {
    .kind = {.name = "too_few_rows",
             .alias = "D215",
             .help = "there are few rows for the number of parameters",
             .formula = "rows / classes < rows, and trained parameters / rows > parameters; with "
                        "sample weights, (sum of weights)^2 / (sum of their squares) takes the "
                        "place of the rows",
             .notes = "Nets with more parameters than rows can still do well, so this is a note: "
                      "watch the loss of validation rows.",
             .source = "Zhang et al., Understanding deep learning requires rethinking "
                       "generalization, 2017",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_GENERAL,
    .causes = "D206|D207",
    .healthy = {0, 10},
    .find = find,
};
