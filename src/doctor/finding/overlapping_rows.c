/* D209: validation rows are also training rows. The validation then measures memorization, so that
 * overfitting is not noticed and early stopping stops too late. */
#include "doctor/finding.h"

typedef struct {
    double note, warning, nearly;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, note, PLM_REAL, "0.01", 0, 1,
        "a note if the share of validation rows that are also training rows is larger than this"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.05", 0, 1,
              "a warning if the share of validation rows that are also training rows is larger "
              "than this"),
    PLM_FIELD(thresholds, nearly, PLM_REAL, "0.3", 0, 1,
              "a warning if most training rows have nearly equal copies, and more than this share "
              "of the validation rows are as near to a training row"),
    {0}};

/* Reports validation rows that are nearly equal to training rows: copies with a little noise that
 * were made before the rows were split. */
static void find_nearly(const thresholds *t, const plm_data_facts *d, plm_report *r)
{
    const plm_neighbours *n = &d->near;
    if (!(n->common > t->nearly))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "%.0f %% of the validation rows are nearly equal to training rows",
                     100 * n->common);
    r->number = n->common;
    r->threshold = t->nearly;
    r->key = "validation";
    plm_report_line(r, "%.0f %% of the training rows have copies, too, with the same target: far",
                    100 * n->copied);
    plm_report_line(r, "nearer than all other rows, though no number need be equal");
    plm_report_line(r, "the validation will look better than the results on new rows");
    plm_report_remedy(r, "",
                      "split the rows before copies of them are made, or keep all copies of "
                      "a row on one side");
}

/* Reports validation rows that are equal to training rows. Real tables have a few equal rows, and
 * rows whose columns have few different values (`discrete`) are equal by chance: in both cases it
 * is a note. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (d == NULL || d->validation_rows < 1 || d->rows < 1)
        return;
    const double share = (double)d->common / (double)d->validation_rows;
    if (!(share > t->warning))
        find_nearly(t, d, r);
    if (r->found || !(share > t->note))
        return;
    const bool warns = share > t->warning && !d->discrete;
    plm_report_found(r, warns ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "%lld of %lld validation rows are also training rows", (long long)d->common,
                     (long long)d->validation_rows);
    r->number = share;
    r->threshold = warns ? t->warning : t->note;
    r->key = "validation";
    plm_report_line(r, "%lld training rows were read, %lld of them are different",
                    (long long)d->rows, (long long)d->different);
    plm_report_line(r, "%s",
                    d->discrete ? "columns of few values: new rows repeat by chance, too"
                                : "the validation will look better than the results on new rows");
    if (d->different < d->rows)
        plm_report_remedy(r, "", "keep one copy of each row before the rows are split");
    else
        plm_report_remedy(r, "", "use validation rows that training does not see");
}

const plm_finding_kind plm_finding_overlapping_rows = {
    .kind = {.name = "overlapping_rows",
             .alias = "D209",
             .help = "validation rows are also training rows",
             .formula = "validation rows that are equal to a training row / validation rows > "
                        "note, in the split that is used; or the share of those that are nearly "
                        "equal to one > nearly",
             .notes = "A net can memorize such rows, so the validation looks better than the "
                      "results on new rows will be. The usual reason is a table with duplicate "
                      "rows that was split at random.",
             .source = "Kaufman et al., Leakage in data mining, 2012",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_GENERAL, /* no training fails for this */
    .healthy = {0, 0.01},
    .find = find,
};
