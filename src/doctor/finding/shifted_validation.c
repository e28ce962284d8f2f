/* D211: columns have other means or standard deviations in the validation rows than in the training
 * rows. Then the validation metrics tell little about the training rows, and vice versa: the files
 * were prepared differently, or the rows come from another time or place. A difference of the means
 * is reported if it is large relative to the standard deviation of the column, and more than five
 * standard errors, so that small data sets cause no false alarm. Labels may differ, too: if the
 * classes of the two files were numbered separately, the nearest training rows of a validation row
 * have another label than it. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "doctor/ladder.h"
#include "doctor/validation.h"

typedef struct {
    double shift, apart, spread, note, warning, below, learned, follows;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, shift, PLM_REAL, "0.5", 0, 1e30,
              "a column is shifted if its means in training and validation differ by more than "
              "this many standard deviations"),
    PLM_FIELD(
        thresholds, apart, PLM_REAL, "2.5", 0, 1e30,
        "a warning also if the end of the rows is split off, and the means of a column differ "
        "by more than this many standard deviations: the rows are sorted by it"),
    PLM_FIELD(thresholds, spread, PLM_REAL, "2.5", 1, 1e30,
              "a column is also shifted if one of its two standard deviations is this many times "
              "the other"),
    PLM_FIELD(thresholds, note, PLM_REAL, "0.1", 0, 1,
              "a note if more than this share of the columns is shifted"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.5", 0, 1,
              "a warning if more than this share of the columns is shifted"),
    PLM_FIELD(thresholds, below, PLM_REAL, "0.5", 0, 1,
              "a warning if the validation accuracy is, beyond chance, less than this part of what "
              "a guess reaches, and that of the training is above `learned`"),
    PLM_FIELD(thresholds, learned, PLM_REAL, "0.7", 0, 1, "see `below`"),
    PLM_FIELD(thresholds, follows, PLM_REAL, "0.5", 0, 1,
              "a warning if the nearest training rows predict the targets of the validation rows "
              "less than this part as well, beyond chance, as those of the training rows"),
    {0}};

/* Returns the distance between the means of a column in training and validation, in standard
 * deviations; 0 = it may be due to chance. */
static double shift_of(const plm_data_facts *d, const plm_data_column *c)
{
    enum { ERRORS = 5 };
    const double both = sqrt(
                     (c->deviation * c->deviation + c->other_deviation * c->other_deviation) / 2),
                 from = fabs(c->mean - c->other_mean),
                 chance = both * sqrt(1 / (double)d->rows + 1 / (double)d->validation_rows);
    return both > 0 && from > ERRORS * chance ? from / both : 0;
}

/* True if the means or the standard deviations of a column differ between training and validation.
 * The standard deviation of a column with outliers, or of mostly equal values, depends on few rows,
 * so it must differ by more. */
static bool is_shifted(const thresholds *t, const plm_data_facts *d, const plm_data_column *c)
{
    enum { HEAVY = 5, MORE = 4, FAR = 100 };
    const double low = fmin(c->deviation, c->other_deviation),
                 high = fmax(c->deviation, c->other_deviation);
    const double far = fmax(c->max - c->median, c->median - c->min);
    /* outliers in a few training rows: the rest may be alike, and D205 reports them */
    if (c->spread > 0 && far > FAR * c->spread && !(shift_of(d, c) > t->shift))
        return false;
    const bool heavy = c->deviation > HEAVY * c->spread || c->spread <= 0;
    return !c->id &&
           (shift_of(d, c) > t->shift || (low > 0 && high > (heavy ? MORE : 1) * t->spread * low));
}

/* Adds a table of the first shifted columns with their means and standard deviations. */
static void show_columns(const thresholds *t, const plm_data_facts *d, plm_report *r)
{
    enum { SHOWN = 6, NAME = 32 };
    int shown = 0;
    plm_report_line(r, "%-22s %11s %9s   %11s %9s", "column", "training", "std", "validation",
                    "std");
    for (int64_t i = 0; i < d->columns && shown < SHOWN; i++) {
        const plm_data_column *k = &d->column[i];
        char name[NAME];
        if (!is_shifted(t, d, k))
            continue;
        plm_doctor_column(k, name, sizeof name);
        plm_report_line(r, "%-22.22s %11.5g %9.3g   %11.5g %9.3g", name, plm_column_own(k, k->mean),
                        plm_column_own_deviation(k, k->deviation), plm_column_own(k, k->other_mean),
                        plm_column_own_deviation(k, k->other_deviation));
        shown++;
    }
}

/* Adds the remedies for labels that are coded in two ways. */
static void add_recoding_remedies(plm_report *r)
{
    r->key = "validation";
    plm_report_remedy(r, "",
                      "number the classes of both files in the same way: make the labels of both "
                      "in one program, or write the names of the classes into the files");
}

/* Reports labels of the validation that are coded in another way than those of the training. */
static bool find_recoded(const plm_data_facts *d, plm_report *r)
{
    const plm_recoding *k = &d->recoding;
    char own[PLM_CLASS_TEXT], other[PLM_CLASS_TEXT];
    if (k->classes < 2)
        return false;
    plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1,
                     "the labels of the validation are coded in another way than those of the "
                     "training: %d classes have changed places",
                     k->classes);
    r->number = k->recoded - k->same;
    plm_report_line(r, "%-24s %s", "rows like those of", "have in validation the label of");
    for (int i = 0; i < k->classes && i < PLM_RECODED - 2; i++)
        plm_report_line(r, "%-24.24s %s", plm_class_text(d, k->from[i], own),
                        plm_class_text(d, k->to[i], other));
    plm_report_line(r,
                    "%lld rows; the 5 nearest training rows predict %.0f %% of their labels, and",
                    (long long)k->rows, 100 * k->same);
    plm_report_line(r, "%.0f %% if the labels are translated", 100 * k->recoded);
    add_recoding_remedies(r);
    return true;
}

/* Returns the accuracy of guessing a class of the validation rows by the shares of the training. */
static double guess_of(const plm_data_facts *d)
{
    double guess = 0;
    for (int k = 0; k < d->classes; k++)
        guess += (double)d->count[k] / (double)d->rows * (double)d->validation_count[k] /
                 (double)d->validation_rows;
    return guess;
}

/* Reports a validation accuracy that is far below that of guessing, although the net has learned
 * the training rows: a net that knows nothing about rows does not avoid their labels. */
static bool find_below_chance(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    const plm_history *h = &c->history;
    const double own = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "", "accuracy")),
                 val = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "val_", "accuracy")),
                 guess = guess_of(d),
                 error = sqrt(guess * (1 - guess) / (double)d->validation_rows);
    if (!(own > t->learned) || !(val + 4 * error < guess) || !(val < t->below * guess))
        return false;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "the validation accuracy is far below that of guessing: its labels may be "
                     "coded in another way than those of the training");
    r->number = val;
    r->threshold = t->below * guess;
    plm_report_line(r, "accuracy of the training rows %.3g, of the validation rows %.3g,", own,
                    val);
    plm_report_line(r, "of guessing %.3g", guess);
    add_recoding_remedies(r);
    return true;
}

/* True if the end of the rows is the validation, and the rows are sorted by a column, so that both
 * have other values of it. */
static bool is_sorted_by_column(const thresholds *t, const plm_case *c)
{
    const plm_data_facts *d = c->data;
    const char *split = plm_case_setting(c, "validation");
    if (strncmp(split, "split", 5) != 0 || strstr(split, "shuffle") != NULL)
        return false;
    for (int64_t i = 0; i < d->columns; i++)
        if (!d->column[i].id && shift_of(d, &d->column[i]) > t->apart)
            return true;
    return false;
}

/* Returns the share of the columns that are shifted. */
static double share_of(const thresholds *t, const plm_data_facts *d)
{
    int64_t count = 0;
    for (int64_t i = 0; i < d->columns; i++)
        count += is_shifted(t, d, &d->column[i]);
    return (double)count / (double)d->columns;
}

/* Reports validation rows whose columns have other means or standard deviations. The share of
 * shifted columns decides, or a column by which the rows are sorted. */
static void find_shifted(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_data_facts *d = c->data;
    const double share = share_of(t, d);
    if (!(share > t->note))
        return;
    const bool sorted = is_sorted_by_column(t, c);
    plm_report_found(r, share > t->warning || sorted ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA, -1,
                     "%lld of %lld columns have another mean or spread in validation than in "
                     "training",
                     (long long)round(share * (double)d->columns), (long long)d->columns);
    r->number = share;
    r->threshold = share > t->warning ? t->warning : t->note;
    r->key = "validation";
    show_columns(t, d, r);
    if (sorted)
        plm_report_line(r, "the rows are sorted by a column, and the last ones are split off");
    if (plm_case_is_series(c)) {
        plm_report_line(r, "the rows are in order of time: later rows differ from earlier ones");
        plm_report_remedy(r, "",
                          "learn the change since the previous row instead of the value itself");
        return;
    }
    plm_report_shuffled_split(r, c);
    plm_report_remedy(r, "", "prepare both files in the same way");
}

/* Reports labels of the validation that are coded in another way. */
static bool find_labels(const thresholds *t, const plm_case *c, plm_report *r)
{
    return plm_case_predicts_classes(c) && (find_recoded(c->data, r) || find_below_chance(t, c, r));
}

/* Reports rows whose columns have changed places, whose targets do not follow from them, or whose
 * columns have other values. If most columns have, their targets cannot be compared. */
static void find_rows(const thresholds *t, const plm_case *c, plm_report *r)
{
    const bool most = share_of(t, c->data) > t->warning;
    if (!plm_find_swapped(c->data, r) && (most || !plm_find_unfollowed(c, t->follows, r)))
        find_shifted(t, c, r);
}

/* Reports validation rows that differ from the training rows in their labels or their columns. With
 * few rows means differ by chance, so training and validation need at least LEAST rows each. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    enum { LEAST = 100 };
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (d == NULL || d->columns == 0 || d->validation_rows == 0)
        return;
    if (!plm_find_other_columns(d, r) && !find_labels(t, c, r) && d->rows >= LEAST &&
        d->validation_rows >= LEAST)
        find_rows(t, c, r);
}

const plm_finding_kind plm_finding_shifted_validation = {
    .kind =
        {.name = "shifted_validation",
         .alias = "D211",
         .help = "validation rows differ from training rows",
         .formula =
             "the share of columns with |mean in training - mean in validation| > shift "
             "* deviation, by more than 5 standard errors, or with deviations that "
             "differ by the factor spread (by 4 times this factor in a column with outliers), > "
             "note; or classes whose validation rows nearly all have one other label than the "
             "nearest training rows; or columns in another order, or another target; or targets "
             "that the nearest training rows predict less than `follows` as well as their own",

         .notes = "The usual reasons are two files that were scaled in different ways, or a "
                  "table in order of time whose end was split off. If new rows will differ in "
                  "the same way, the split is right, and the finding is only information.",
         .source = "Quinonero-Candela et al., Dataset shift in machine learning, 2009",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0, 0.1},
    .causes = "D212|D207",
    .still = true,
    .find = find,
};
