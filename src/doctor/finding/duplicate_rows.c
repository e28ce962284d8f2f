/* D208: the same rows are in the table more than once. Copies have a multiple weight in the loss,
 * and a random split puts copies of the same row into both parts, so that validation rows were seen
 * in training. */
#include "doctor/finding.h"

typedef struct {
    double note, warning;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.01", 0, 1,
              "a note if the share of rows that are copies of other rows is larger than this"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.05", 0, 1,
              "a warning if the share of copied rows is larger than this"),
    {0}};

/* Reports the share of rows that are copies of other rows. If the columns have few different values
 * (`discrete`), rows repeat by chance, so it is only a note. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (d == NULL || d->rows < 20)
        return;
    const double share = (double)(d->rows - d->different) / (double)d->rows;
    if (!(share > t->note))
        return;
    const bool warns = share > t->warning && !d->discrete;
    plm_report_found(r, warns ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "%.3g %% of the rows are copies of other rows, with the same target",
                     100 * share);
    r->number = share;
    r->threshold = warns ? t->warning : t->note;
    r->key = "data";
    plm_report_line(r, "%lld training rows were read, %lld of them are different",
                    (long long)d->rows, (long long)d->different);
    if (d->discrete)
        plm_report_line(r, "columns of few values: rows repeat by chance");
    plm_report_remedy(r, "",
                      "keep one copy of each row, or make sure that rows are meant to count twice");
}

const plm_finding_kind plm_finding_duplicate_rows = {
    .kind = {.name = "duplicate_rows",
             .alias = "D208",
             .help = "the same rows are in the table more than once",
             .formula = "(rows - different rows) / rows > note; a row is its inputs and targets",
             .notes = "Rows that occur twice count twice, and a random split can put one copy into "
                      "training and the other into validation. Rows whose columns have few values, "
                      "such as yes and no, repeat by chance: that is no fault.",
             .source = "Barz and Denzler, Do we train on test data?, 2020",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_GENERAL, /* no training fails for this */
    .healthy = {0, 0.01},
    .causes = "D209",
    .find = find,
};
