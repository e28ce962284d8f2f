/* D212: the rows are sorted by class or by target, and the training sees them in that order.
 *
 * The measure is how much more often than by chance neighbouring rows have the same class. By
 * chance, two rows have the same class with probability sum of p^2, where p are the shares of the
 * classes. */
#include <math.h>
#include <string.h>

#include "doctor/finding.h"

typedef struct {
    double order, distance, trend;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, order, PLM_REAL, "0.5", 0, 1,
              "reported if neighbouring rows have the same class more often than by chance by more "
              "than this; 1 = sorted, 0 = shuffled"),
    PLM_FIELD(thresholds, distance, PLM_REAL, "0.3", 0, 1,
              "reported if the distance between the class shares in training and in validation is "
              "larger than this"),
    PLM_FIELD(thresholds, trend, PLM_REAL, "0.9", 0, 1,
              "for numbers: reported if the target increases from row to row (or falls) more often "
              "than by chance by more than this; 1 = sorted"),
    {0}};

/* Returns how much more often than by chance adjacent rows have the same class: 0 = as by chance, 1
 * = always. */
static double order_of(const plm_data_facts *d)
{
    double chance = 0, rows = 0;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        rows += (double)d->count[k];
    for (int k = 0; k < PLM_DOCTOR_CLASSES && rows > 0; k++)
        chance += (double)d->count[k] / rows * ((double)d->count[k] / rows);
    return chance < 0.99 ? (d->same_class - chance) / (1 - chance) : 0;
}

/* Returns the distance of the shares of the classes in training and validation, half the sum of
 * their absolute differences: 0 = the same shares, 1 = no class in common. */
static double distance_of(const plm_data_facts *d)
{
    double sum = 0;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++)
        sum += fabs((double)d->count[k] / (double)d->rows -
                    (double)d->validation_count[k] / (double)d->validation_rows);
    return sum / 2;
}

/* Reports a split of sorted rows. */
static bool find_split(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { LEAST = 20 };
    const plm_data_facts *d = c->data;
    const char *validation = plm_case_setting(c, "validation");
    if (d->validation_rows < LEAST ||
        (*validation != '\0' && strncmp(validation, "split", 5) != 0)) /* other rows: D207, D211 */
        return false;
    const double distance = distance_of(d),
                 chance = sqrt((double)d->classes / (double)d->validation_rows);
    if (!(distance > t->distance + chance))
        return false;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "training and validation have different shares of the classes: the rows were "
                     "sorted before they were split");
    r->number = distance;
    r->threshold = t->distance;
    r->key = "validation";
    plm_report_line(r, "%8s %12s %12s", "class", "training", "validation");
    for (int k = 0; k < d->classes && k < 6; k++)
        plm_report_line(r, "%8d %12lld %12lld", k, (long long)d->count[k],
                        (long long)d->validation_count[k]);
    if (!plm_report_shuffled_split(r, c))
        plm_report_remedy(r, "validation", "split(0.2, shuffle=true)");
    return true;
}

/* Returns how sorted the targets (numbers) are in the order of training: 1 = they increase, or
 * fall, at every row where they change; 0 = they increase as often as they fall. */
static double trend_of(const plm_data_facts *d)
{
    const double moves = 1 - d->level;
    return moves > 0 ? fabs(2 * d->rising / moves - 1) : 0;
}

/* Adds a remedy: the pipeline of the data with the transform shuffle before its batches. */
static void add_shuffle(const plm_case *c, plm_report *r)
{
    const char *batch = c->rest != NULL ? strstr(c->rest, " | batch(") : NULL;
    if (c->source == NULL || c->rest == NULL || c->alone)
        plm_report_remedy(r, "",
                          "write shuffle into the pipeline: data: SOURCE | shuffle | batch(32)");
    else if (batch != NULL)
        plm_report_remedy(r, "data", "%s%.*s | shuffle%s", c->source, (int)(batch - c->rest),
                          c->rest, batch);
    else
        plm_report_remedy(r, "data", "%s%s | shuffle", c->source, c->rest);
}

/* True if all validation targets are beyond all training targets, and the validation is the last
 * part of the rows. If rows are in the order of time, the two overlap, even with a trend. */
static bool is_end(const plm_case *c)
{
    enum { LEAST = 20 };
    const plm_data_facts *d = c->data;
    return d->validation_rows >= LEAST && d->classes < 2 &&
           strncmp(plm_case_setting(c, "validation"), "split", 5) == 0 &&
           (d->other_target_min >= d->target_max || d->other_target_max <= d->target_min);
}

/* Reports a validation that is the last part of rows that are sorted by their target. */
static void report_end(const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "training and validation have different targets: the rows were sorted before "
                     "they were split");
    r->key = "validation";
    plm_report_line(r, "targets %.5g to %.5g in training, %.5g to %.5g in validation",
                    plm_target_own(d, d->target_min), plm_target_own(d, d->target_max),
                    plm_target_own(d, d->other_target_min), plm_target_own(d, d->other_target_max));
    if (!plm_report_shuffled_split(r, c))
        plm_report_remedy(r, "", "take random rows as validation");
}

/* Reports rows that are sorted by a target that is a number (a regression): the training sees the
 * rows in that order, or the validation rows are the end of the sorted table. Rows in order of time
 * may have a trend, too, but their target hardly ever rises, or falls, in nearly every row. */
static void find_numbers(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { LEAST = 60 };
    const plm_data_facts *d = c->data;
    if (d->rows < LEAST || !(d->target_deviation > 0))
        return;
    if (is_end(c)) {
        report_end(c, r);
        return;
    }
    if (!(trend_of(d) > t->trend) || d->level > 0.9 || (!c->alone && c->batch >= d->rows))
        return;
    plm_report_found(r, c->alone ? PLM_NOTE : PLM_WARNING, PLM_PART_DATA, -1,
                     "the rows are sorted by the target%s",
                     c->alone ? "" : ", and the training sees them in that order");
    r->number = trend_of(d);
    r->threshold = t->trend;
    r->key = "data";
    plm_report_line(r, "in %.1f %% of the rows the target is larger than in the row before",
                    100 * d->rising);
    add_shuffle(c, r);
}

/* Reports rows that are sorted by class. Without a shuffle, each batch has rows of one class only,
 * and moves the net towards this class. If a batch contains all rows, their order does not matter.
 * The split is examined first, since it can leave out whole classes. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (d != NULL && d->classes < 2)
        find_numbers(t, c, r);
    if (d == NULL || d->classes < 2 || d->rows < 20 * (int64_t)d->classes || find_split(t, c, r))
        return;
    const double order = order_of(d);
    if (!(order > t->order) || (!c->alone && c->batch >= d->rows))
        return;
    plm_report_found(r, c->alone ? PLM_NOTE : PLM_WARNING, PLM_PART_DATA, -1,
                     "the rows are sorted by class%s",
                     c->alone ? "" : ", and the training sees them in that order");
    r->number = order;
    r->threshold = t->order;
    r->key = "data";
    plm_report_line(r, "%.1f %% of the rows have the class of the row before", 100 * d->same_class);
    add_shuffle(c, r);
}

const plm_finding_kind plm_finding_sorted_rows = {
    .kind = {.name = "sorted_rows",
             .alias = "D212",
             .help = "the rows are sorted by class or target, and not shuffled",
             .formula = "(share of rows with the class of the row before - chance) / (1 - chance) "
                        "> order, as the training sees them; or the shares of the classes in "
                        "training and validation differ by more than `distance`; of a "
                        "regression, the share of rows whose target is larger than in the row "
                        "before, or the ranges of the targets do not overlap",
             .notes = "Batches of a single class pull the net to that class and away from the "
                      "others; and the end of a sorted table is no fair test. If only a table is "
                      "examined it is a note, since the run file can still shuffle.",
             .source = "Bengio, Practical recommendations for gradient-based training, 2012",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {-1, 0.5},
    .still = true,
    .find = find,
};
