/* D211: columns have other means in the validation rows than in the training rows.
 *
 * If columns are distributed differently in the validation, its metrics tell little about the
 * training rows, and vice versa: the files were prepared differently, or the rows come from another
 * time or place. A difference of the means counts if it is large in relation to the standard
 * deviation of the column, and more than five standard errors of the means, so that small sets
 * cause no false alarm. */
#include <math.h>

#include "doctor/finding.h"

typedef struct {
    double shift, note, warning;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, shift, PLM_REAL, "0.5", 0, 1e30,
              "a column is shifted if its two means differ by more standard deviations"),
    PLM_FIELD(thresholds, note, PLM_REAL, "0.1", 0, 1,
              "a note if a larger share of the columns is shifted"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.5", 0, 1, "a warning beyond this share"),
    {0}};

/* Returns the distance of the two means in standard deviations; 0 = the distance is not
 * significant. */
static double shift_of(const plm_data_facts *d, const plm_data_column *c)
{
    enum { ERRORS = 5 };
    const double both = sqrt(
                     (c->deviation * c->deviation + c->other_deviation * c->other_deviation) / 2),
                 from = fabs(c->mean - c->other_mean),
                 chance = both * sqrt(1 / (double)d->rows + 1 / (double)d->validation_rows);
    return both > 0 && from > ERRORS * chance ? from / both : 0;
}

/* Reports validation rows whose columns have other means. The share of columns that are shifted
 * decides. With few rows means differ by chance, so both sides need at least LEAST rows. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 100, SHOWN = 6, NAME = 32 };
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    int64_t count = 0;
    int shown = 0;
    if (d == NULL || d->rows < LEAST || d->validation_rows < LEAST || d->columns == 0)
        return;
    for (int64_t i = 0; i < d->columns; i++)
        count += shift_of(d, &d->column[i]) > t->shift;
    const double share = (double)count / (double)d->columns;
    if (!(share > t->note))
        return;
    plm_report_found(r, share > t->warning ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "%lld of %lld columns have another mean in validation than in training",
                     (long long)count, (long long)d->columns);
    r->number = share;
    r->threshold = share > t->warning ? t->warning : t->note;
    r->key = "validation";
    plm_report_line(r, "%-30s %11s %11s %11s", "column", "training", "validation", "deviation");
    for (int64_t i = 0; i < d->columns && shown < SHOWN; i++) {
        const plm_data_column *k = &d->column[i];
        char name[NAME];
        if (!(shift_of(d, k) > t->shift))
            continue;
        plm_doctor_column(k, name, sizeof name);
        plm_report_line(r, "%-30.30s %11.5g %11.5g %11.5g", name, k->mean, k->other_mean,
                        k->deviation);
        shown++;
    }
    plm_report_remedy(r, "", "prepare both files in the same way");
    plm_report_remedy(r, "validation", "split(0.2, shuffle=true)");
}

const plm_finding_kind plm_finding_shifted_validation = {
    .kind = {.name = "shifted_validation",
             .alias = "D211",
             .help = "validation rows differ from training rows",
             .formula = "the share of columns with |mean in training - mean in validation| > shift "
                        "* deviation > note; only differences of more than 5 standard errors count",
             .notes = "The usual reasons are two files that were scaled in different ways, or a "
                      "table in order of time whose end was split off. If new rows will differ in "
                      "the same way, the split is right, and the finding is only information.",
             .source = "Quinonero-Candela et al., Dataset shift in machine learning, 2009",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0, 0.1},
    .causes = "D212|D207",
    .find = find,
};
