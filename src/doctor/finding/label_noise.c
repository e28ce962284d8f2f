/* D214: some rows have another class than the rows that are most similar to them. If the five
 * nearest rows of a row all have one class, the inputs determine the class there, so the row should
 * have this class, too. If classes overlap, few rows have five neighbours of one class, and most of
 * these rows have that class. Wrong labels disagree in the middle of a class as well as at its
 * border. Rows may also differ in something that the table does not contain, so this is never an
 * error. */
#include <math.h>

#include "assess/epochs.h"
#include "doctor/ladder.h"
#include "doctor/neighbours.h"

typedef struct {
    double note, warning, chance, gap, holds, noise, most, drawn, overlap, flipped, excess;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(
        thresholds, note, PLM_REAL, "0.06", 0, 1,
        "a note if, among the rows whose neighbours all have one class, the share with another "
        "class, minus two standard errors, is larger than this, and classes do not overlap"),
    PLM_FIELD(
        thresholds, warning, PLM_REAL, "0.11", 0, 1,
        "a warning if the share of `note`, times the ratio of `overlap` if that is below 1, is "
        "larger than this, and neighbours have one class far more often than by chance"),
    PLM_FIELD(thresholds, chance, PLM_REAL, "4", 1, 1e30,
              "`far more often than by chance` means: by more than this factor more often than "
              "among random rows"),
    PLM_FIELD(
        thresholds, overlap, PLM_REAL, "0.7", 0, 1,
        "classes overlap if in the third of the rows whose surroundings are purest, the share "
        "of rows with another class is less than this part of that of all rows"),
    PLM_FIELD(thresholds, gap, PLM_REAL, "0.15", 0, 1,
              "also a warning if the net memorizes wrong labels: its training accuracy is by this "
              "much above the validation accuracy, and above the accuracy of the nearest rows"),
    PLM_FIELD(thresholds, holds, PLM_REAL, "0.4", 0, 1,
              "the warning of `gap` also requires that the gain of accuracy over a constant "
              "prediction is less than this part as large in the validation rows as in the "
              "training rows, and that the model keeps the weights of the last epoch"),
    PLM_FIELD(thresholds, noise, PLM_REAL, "0.4", 0, 1,
              "for targets that are numbers: a note if the targets of nearly equal rows differ by "
              "more than this share of the variance; a warning if the net memorizes them"),
    PLM_FIELD(
        thresholds, most, PLM_REAL, "0.65", 0, 1,
        "for targets that are numbers: a warning if the share of `noise` is larger than this"),
    PLM_FIELD(thresholds, drawn, PLM_REAL, "0.25", 0, 1,
              "for at least 5 classes: a warning if more than this share of the rows, minus two "
              "standard errors, has another class than most of the nearest rows, and the labels "
              "that differ are as mixed as if they were drawn at random"),
    PLM_FIELD(thresholds, flipped, PLM_REAL, "0.15", 0, 1,
              "for two classes: a warning if around the rows of each class more than this share of "
              "the labels, and less than 0.45, is of the other class, and `excess` holds"),
    PLM_FIELD(thresholds, excess, PLM_REAL, "0.05", 0, 1e30,
              "the warning of `flipped` requires that this share is nearly the same everywhere, as "
              "of labels that were changed at random: the kurtosis of the mean label around a row "
              "is at most this above the least possible one"),
    {0}};

enum { LEAST = 20 }; /* rows with neighbours of one class */

/* True if the net memorizes wrong labels, and this does harm: its training score is far above the
 * validation score and above the score of k nearest neighbours, it predicts the validation rows
 * hardly better than a constant does, and the model keeps these weights. end: end of the metric's
 * name, "accuracy" or "r2_score". */
static bool is_memorized(const thresholds *t, const plm_case *c, const char *end)
{
    const plm_history *h = &c->history;
    const double own = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "", end)),
                 val = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "val_", end)),
                 constant = plm_case_constant(c);
    return own - val > t->gap && own > c->data->near.hits + t->gap &&
           val - constant < t->holds * (own - constant) && !plm_case_keeps_best(c);
}

/* Returns the share of rows whose class differs from the one class of all their neighbours, minus
 * two standard errors, so that a few such rows are not reported; NaN = unknown, or too few rows. */
static double least_share(const plm_case *c)
{
    if (c->data == NULL || c->data->classes < 2 || !plm_case_learns_classes(c))
        return (double)NAN;
    const plm_neighbours *n = &c->data->near;
    const double sure = n->sure * (double)n->rows;
    return sure < LEAST ? (double)NAN : n->wrong - 2 * sqrt(n->wrong * (1 - n->wrong) / sure);
}

/* Adds the remedies. */
static void add_remedies(plm_report *r)
{
    plm_report_remedy(r, "",
                      "look at such rows and their labels; plummet evaluate RUN lists the "
                      "worst rows");
    plm_report_remedy(r, "",
                      "dropout(0.3), kernel_regularizer=l2(1e-4) or early_stopping against "
                      "memorized labels");
}

/* Reports targets that are in another unit in a part of the rows. */
static void report_units(const plm_neighbours *n, plm_report *r)
{
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "the targets seem to be in two units: around each row some are far above the "
                     "others, and differ %.2g times as much from place to place",
                     n->unit_factor);
    r->number = n->unit_factor;
    r->threshold = 1.5;
    r->key = "data";
    plm_report_line(r, "%.0f %% of the targets of similar rows are the higher ones, everywhere",
                    100 * n->unit_share);
    plm_report_line(r, "%lld rows with the rows around them were compared", (long long)n->rows);
    plm_report_remedy(r, "", "look for rows in another unit, and convert their targets");
}

/* Reports targets that are numbers and differ among nearly equal rows. In some tables this is
 * normal, and a net that predicts the mean of such targets is right, so it is a warning only if the
 * net memorizes them. Targets that are unrelated to those of neighbouring rows are another finding
 * (D213). */
static void find_numbers(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_neighbours *n = &c->data->near;
    if (n->unit_factor > 0) {
        report_units(n, r);
        return;
    }
    if (!(n->noise > t->noise) || !plm_targets_follow(c->data, 3))
        return;
    const bool memorized = c->history.rows > 0 && is_memorized(t, c, "r2_score");
    const bool most = n->noise > t->most;
    plm_report_found(r, memorized || most ? PLM_WARNING : PLM_NOTE,
                     memorized && !most ? PLM_PART_EVALUATION : PLM_PART_DATA, -1,
                     "targets may be wrong, or depend on more than the inputs: rows that are "
                     "nearly equal differ in them by %.0f %% of the variance",
                     100 * fmin(n->noise, 1));
    r->number = n->noise;
    r->threshold = most ? t->most : t->noise;
    r->key = "data";
    plm_report_line(r,
                    "%lld rows with their 5 nearest were compared; R2 of the mean of the 5: %.2g",
                    (long long)n->rows, n->hits);
    if (memorized)
        plm_report_line(r, "the net memorizes these targets: the validation is far worse");
    add_remedies(r);
}

/* Reports labels of many classes a large share of which was drawn at random: neighbours then seldom
 * all have one class, but those that differ from most of them have any label, while classes that
 * overlap are mixed with few others. */
static void find_drawn(const thresholds *t, const plm_case *c, plm_report *r)
{
    enum { CLASSES = 5, PAIRS = 30 };
    const plm_neighbours *n = &c->data->near;
    const double rows = n->most_of * (double)n->rows,
                 least = n->astray - 2 * sqrt(n->astray * (1 - n->astray) / fmax(rows, 1)),
                 error = sqrt(n->pairs_chance * (1 - n->pairs_chance) / fmax((double)n->pairs, 1));
    if (c->data->classes < CLASSES || n->pairs < PAIRS || !(least > t->drawn) ||
        n->pairs_equal > n->pairs_chance + 2 * error)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "many labels may be drawn at random: %.0f %% of the rows have another class "
                     "than most of their 5 nearest rows",
                     100 * n->astray);
    r->number = least;
    r->threshold = t->drawn;
    r->key = "data";
    plm_report_line(r, "%lld rows were compared; two labels that differ from most are equal in",
                    (long long)n->rows);
    plm_report_line(r, "%.0f %% of the cases, at random in %.0f %%; of classes that overlap, more",
                    100 * n->pairs_equal, 100 * n->pairs_chance);
    add_remedies(r);
}

/* Reports labels of two classes of which a share was changed at random. Where two classes overlap,
 * the share of rows with the other class changes from place to place: none deep in a class, a half
 * between them. Labels that were changed at random have the same share everywhere. */
static void find_flipped(const thresholds *t, const plm_case *c, plm_report *r)
{
    static const double spread = 0.1, most = 0.45; /* less is known only by chance */
    const plm_neighbours *n = &c->data->near;
    const double less = fmin(n->two_flipped[0], n->two_flipped[1]),
                 more = fmax(n->two_flipped[0], n->two_flipped[1]);
    if (c->data->classes != 2 || !(n->two_spread > spread) || !(n->two_excess < t->excess) ||
        !(less > t->flipped) || !(more < most))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "many labels may be wrong: around the rows of each class, %.0f %% and %.0f %% "
                     "of the labels are of the other class",
                     100 * n->two_flipped[0], 100 * n->two_flipped[1]);
    r->number = less;
    r->threshold = t->flipped;
    r->key = "data";
    plm_report_line(r, "%lld rows with the rows around them were compared; the share is nearly",
                    (long long)n->rows);
    plm_report_line(r, "the same everywhere, as of labels that were changed at random; where");
    plm_report_line(r, "classes overlap, it is small in the middle of a class");
    add_remedies(r);
}

/* Reports labels of one class of which a share was changed to another class. */
static void find_sided(const plm_data_facts *d, plm_report *r)
{
    const plm_neighbours *n = &d->near;
    char from[PLM_CLASS_TEXT], to[PLM_CLASS_TEXT];
    if (n->sided_rows == 0)
        return;
    plm_report_found(
        r, PLM_WARNING, PLM_PART_DATA, -1,
        "labels may be wrong: %.0f %% of the rows that look like %s are %s, everywhere "
        "the same share, but not the reverse",
        100 * n->sided, plm_class_text(d, n->sided_from, from), plm_class_text(d, n->sided_to, to));
    r->number = n->sided;
    r->threshold = 0.35;
    r->key = "data";
    plm_report_line(r, "%lld rows with the rows around them were compared; where classes",
                    (long long)n->sided_rows);
    plm_report_line(r, "overlap, the share changes from place to place");
    plm_report_line(r, "did different people label these rows?");
    add_remedies(r);
}

/* Reports labels that are coded in another way from some row of the file on. */
static void find_turned(const plm_data_facts *d, plm_report *r)
{
    const plm_neighbours *n = &d->near;
    if (n->turned == 0)
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                     "from row %lld of the file on the labels are coded in another way than before",
                     (long long)n->turned + 1);
    r->number = n->turned_across;
    r->threshold = n->turned_chance;
    r->key = "data";
    plm_report_line(r, "rows that are similar have the same class in %.0f %% of the pairs if both",
                    100 * n->turned_same);
    plm_report_line(r,
                    "are before or both behind that row, in %.0f %% if not, by chance in %.0f %%",
                    100 * n->turned_across, 100 * n->turned_chance);
    plm_report_remedy(r, "",
                      "number the classes in the same way in all parts of the file: were several "
                      "files put together?");
}

/* Reports rows whose class differs from the one class of all their neighbours. least: their share,
 * minus two standard errors. */
static void find_wrong(const thresholds *t, const plm_case *c, double least, plm_report *r)
{
    const plm_neighbours *n = &c->data->near;
    const double pure = least * fmin(n->deep, 1);
    const bool memorized = c->history.rows > 0 && is_memorized(t, c, "accuracy"),
               clear = pure > t->warning && n->sure > t->chance * n->sure_chance;
    if (n->deep < t->overlap && !memorized)
        return;
    plm_report_found(r, memorized || clear ? PLM_WARNING : PLM_NOTE,
                     memorized && !clear ? PLM_PART_EVALUATION : PLM_PART_DATA, -1,
                     "labels may be wrong: %.0f %% of the rows whose 5 nearest rows all have one "
                     "class have another class",
                     100 * n->wrong);
    r->number = clear ? pure : least;
    r->threshold = clear ? t->warning : t->note;
    r->key = "data";
    plm_report_line(r, "%lld rows were compared; the neighbours of %.0f %% all have one class,",
                    (long long)n->rows, 100 * n->sure);
    plm_report_line(r, "by chance %.2g %%; two standard errors are subtracted from the share",
                    100 * n->sure_chance);
    if (memorized)
        plm_report_line(r, "the net memorizes these labels: validation is far worse");
    add_remedies(r);
}

/* Reports labels that may be wrong. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const double least = least_share(c);
    if (c->data == NULL)
        return;
    if (c->data->classes < 2 && !plm_case_takes_labels(c))
        find_numbers(t, c, r);
    else if (plm_case_learns_classes(c)) {
        find_turned(c->data, r);
        if (!r->found)
            find_drawn(t, c, r);
        if (!r->found)
            find_flipped(t, c, r);
        if (!r->found)
            find_sided(c->data, r);
    }
    if (!r->found && least > t->note)
        find_wrong(t, c, least, r);
}

const plm_finding_kind plm_finding_label_noise = {
    .kind =
        {.name = "label_noise",
         .alias = "D214",
         .help = "some rows have another class than the rows most similar to them",
         .formula =
             "of the rows whose 5 nearest rows all have one class, the share with another "
             "class, minus two standard errors, > note; for numbers, the variance of targets of "
             "nearly equal rows / the variance of all > noise; or, of two classes, a share of one, "
             "everywhere the same, has the label of the other, but not the reverse; or, from some "
             "row of the file on, "
             "similar rows have the class of rows before it less often than by chance",
         .notes = "Wrong labels teach what is wrong, and a large net memorizes them. Classes "
                  "that overlap look similar, so this is a note unless neighbours agree far more "
                  "often than by chance elsewhere, a net memorizes the labels, or those of two "
                  "classes are wrong at the same rate everywhere. It is never "
                  "an error.",
         .source = "Northcutt et al., Confident learning, 2021; Wilson, Asymptotic properties "
                   "of nearest neighbor rules using edited data, 1972",
         .config_size = sizeof(thresholds),
         .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0, 0.06},
    .causes = "D206|D207|D213",
    .find = find,
};
