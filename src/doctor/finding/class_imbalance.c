/* D206: some classes are much rarer than others. */
#include <stdio.h>

#include "doctor/finding.h"

typedef struct {
    double note, rows;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, note, PLM_REAL, "0.1", 0, 1,
        "a note if the rarest class has a smaller share of the rows of the most frequent class"),
    PLM_FIELD(thresholds, rows, PLM_REAL, "10", 0, 1e9,
              "a warning if the rarest class also has fewer rows than this"),
    {0}};

/* Finds the rarest class that has rows, and the most frequent one; -1 = there are no rows. */
static void extremes(const plm_data_facts *d, int *rare, int *common)
{
    *rare = *common = -1;
    for (int k = 0; k < d->classes; k++) {
        if (d->count[k] > 0 && (*rare < 0 || d->count[k] < d->count[*rare]))
            *rare = k;
        if (*common < 0 || d->count[k] > d->count[*common])
            *common = k;
    }
}

/* Compares the rarest class with the most frequent one. The finding is usually a note, since many
 * such tables are correct. But the accuracy then says little, so another metric is the first
 * remedy. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { SHOWN = 6 };
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    int rare, common;
    if (d == NULL || d->classes < 2 || !plm_case_learns_classes(c))
        return;
    extremes(d, &rare, &common);
    if (rare < 0 || !((double)d->count[rare] < t->note * (double)d->count[common]))
        return;
    plm_report_found(r, (double)d->count[rare] < t->rows ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA,
                     -1, "class %d has %lld of %lld rows", rare, (long long)d->count[rare],
                     (long long)d->rows);
    r->number = (double)d->count[rare] / (double)d->count[common];
    r->threshold = t->note;
    r->key = "data";
    for (int k = 0; k < d->classes && k < SHOWN; k++) {
        char name[32];
        snprintf(name, sizeof name, "class %d", k);
        plm_report_bar(r, name, (double)d->count[k],
                       (double)d->count[k] / (double)d->count[common]);
    }
    plm_report_remedy(r, "metrics", "f1_score");
    plm_report_remedy(r, "", "class_weight in the run file makes rare classes count more");
}

const plm_finding_kind plm_finding_class_imbalance = {
    .kind = {.name = "class_imbalance",
             .alias = "D206",
             .help = "some classes have far fewer rows than others",
             .formula = "rows of the rarest class / rows of the most frequent one < note",
             .notes = "A net can then reach a high accuracy without ever predicting the rare "
                      "class: look at a metric for each class.",
             .source = "He and Garcia, Learning from imbalanced data, 2009",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0.1, 1},
    .causes = "D212|D207",
    .find = find,
};
