/* D206: some classes are much rarer than others. A net that always predicts the most frequent class
 * then has a small loss and a high accuracy, so it may learn nothing else, and the accuracy does
 * not reveal this. Class weights increase the influence of the rare classes. */
#include "base/notation.h"
#include "doctor/ladder.h"

typedef struct {
    double note, rows, weight, harm, margin;
    int64_t steps;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.1", 0, 1,
              "a note if (rows of the rarest class) / (rows of the most frequent class) is less "
              "than this"),
    PLM_FIELD(thresholds, rows, PLM_REAL, "10", 0, 1e9,
              "a warning, instead of a note, if the rarest class also has fewer than this number "
              "of rows; than twice this number if fewer than 4 validation rows have it"),
    PLM_FIELD(thresholds, weight, PLM_REAL, "0.06", 0, 1,
              "a warning if class_weight, or the sample weights, give a class less than this part "
              "of the total weight of another class, and less than a fifth of its weight without "
              "them"),
    PLM_FIELD(thresholds, harm, PLM_REAL, "0.2", 0, 1,
              "as `weight`, if the training is over, and the net predicts worse than always the "
              "most frequent class"),
    PLM_FIELD(thresholds, margin, PLM_REAL, "0.05", 0, 1,
              "a warning if the training is over, and its accuracy exceeds the share of the most "
              "frequent class by less than this"),
    PLM_FIELD(thresholds, steps, PLM_INT, "100", 1, 1e9,
              "the warning of `margin` requires at least this number of steps"),
    {0}};

/* True if a class has training rows, or is so rare that all its rows, fewer than t->rows, are in
 * the validation by chance. */
static bool exists(const thresholds *t, const plm_data_facts *d, int class)
{
    const int64_t other = d->validation_count[class];
    return d->count[class] > 0 || (other > 0 && (double)other < t->rows);
}

/* Finds the rarest class and the most frequent one; -1 = there are no rows. */
static void extremes(const thresholds *t, const plm_data_facts *d, int *rare, int *common)
{
    *rare = *common = -1;
    for (int k = 0; k < PLM_DOCTOR_CLASSES; k++) {
        if (exists(t, d, k) && (*rare < 0 || d->count[k] < d->count[*rare]))
            *rare = k;
        if (*common < 0 || d->count[k] > d->count[*common])
            *common = k;
    }
}

/* Reads the numbers of class_weight. Returns the number of weights; 0 = none, or class_weight is
 * `balanced`. */
static int read_weights(const plm_case *c, double weight[PLM_DOCTOR_CLASSES])
{
    const char *at = plm_case_setting(c, "class_weight");
    int count = 0;
    while (*at != '\0' && count < PLM_DOCTOR_CLASSES) {
        const char *end = at;
        const double number = plm_text_number(at, &end);
        if (end > at)
            weight[count++] = number;
        at = end > at ? end : at + 1;
    }
    return count;
}

/* Multiplies the weights [classes] by the number of rows of their classes. Sets *least and *most to
 * the classes with the smallest and the largest product, among those that have rows. False = no
 * class has rows. */
static bool weigh(const plm_data_facts *d, double *weight, int classes, int *least, int *most)
{
    *least = *most = -1;
    for (int k = 0; k < classes; k++) {
        weight[k] *= (double)d->count[k];
        if (d->count[k] == 0)
            continue;
        *most = *most < 0 || weight[k] > weight[*most] ? k : *most;
        *least = *least < 0 || weight[k] < weight[*least] ? k : *least;
    }
    return *most >= 0 && *most != *least && weight[*most] > 0;
}

/* Adds a table of the classes with their share of the total weight. */
static void draw_weights(const plm_data_facts *d, const double *weight, int classes, plm_report *r)
{
    enum { SHOWN = 6 };
    double all = 0;
    for (int k = 0; k < classes; k++)
        all += weight[k];
    plm_report_line(r, "%8s %12s %22s", "class", "rows", "share of all weight");
    for (int k = 0; k < classes && k < SHOWN; k++)
        plm_report_line(r, "%8d %12lld %22.3g", k, (long long)d->count[k], weight[k] / all);
}

/* True if the training is over, and the net predicts worse than always the most frequent class. */
static bool is_below_constant(const plm_case *c)
{
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    return over && !c->not_finite && plm_case_reach(c, true) < plm_case_constant(c);
}

/* Sets weight[classes] to class_weight or, if the run has none, to the mean sample weights of the
 * classes. *rows: they are sample weights. Returns the number of classes; 0 = there are no
 * weights. */
static int find_class_weights(const plm_case *c, double weight[PLM_DOCTOR_CLASSES], bool *rows)
{
    const plm_data_facts *d = c->data;
    const int classes = read_weights(c, weight);
    *rows = classes == 0 && d->weight > 0 && *plm_case_setting(c, "class_weight") == '\0';
    for (int k = 0; *rows && k < d->classes; k++)
        weight[k] = d->count[k] > 0 ? d->class_weight[k] / (double)d->count[k] : 0;
    return *rows ? d->classes : classes;
}

/* Reports class_weight, or sample weights, that give a class nearly no share of the loss. The share
 * of a class is its weight times its number of rows. */
static void find_weights(const thresholds *t, const plm_case *c, plm_report *r)
{
    double weight[PLM_DOCTOR_CLASSES];
    char first[PLM_CLASS_TEXT], second[PLM_CLASS_TEXT];
    const plm_data_facts *d = c->data;
    bool of_rows = false;
    const int classes = find_class_weights(c, weight, &of_rows);
    int least, most;
    if (!weigh(d, weight, classes, &least, &most))
        return;
    const double share = weight[least] / weight[most],
                 rows = (double)d->count[least] / (double)d->count[most];
    const bool clear = share < t->weight;
    if (!(share < rows / 5) || (!clear && !(share < t->harm && is_below_constant(c))))
        return;
    plm_report_found(r, PLM_WARNING, clear ? PLM_PART_STATIC : PLM_PART_EVALUATION, -1,
                     "%s %s %.2g of the weight of %s, so it is hardly learned",
                     of_rows ? "the sample weights give" : "class_weight gives",
                     plm_class_text(d, least, first), share, plm_class_text(d, most, second));
    r->number = share;
    r->threshold = clear ? t->weight : t->harm;
    r->key = of_rows ? "data" : "class_weight";
    draw_weights(d, weight, classes, r);
    if (!clear)
        plm_report_line(r, "accuracy %.4g; that of always the most frequent class is %.4g",
                        plm_case_reach(c, true), plm_case_constant(c));
    if (of_rows)
        plm_report_remedy(r, "", "look at the column of the weights: is it the right one?");
    else
        plm_report_remedy(r, "class_weight", "balanced");
}

/* Reports the class `only` if all rows have it: there is nothing to learn then. */
static void find_constant(const plm_data_facts *d, int only, plm_report *r)
{
    enum { LEAST = 2 }; /* number of rows; a single row necessarily has one class */
    char name[PLM_CLASS_TEXT];
    if (d->rows < LEAST || d->count[only] != d->rows)
        return;
    plm_report_found(r, PLM_ERROR, PLM_PART_DATA, -1, "the target is %s in all %lld rows",
                     plm_class_text(d, only, name), (long long)d->rows);
    r->key = "data";
    plm_report_bar(r, plm_class_text(d, only, name), (double)d->count[only], 1);
    plm_report_remedy(r, "", "give a target with at least two different values, and rows of each");
}

/* Draws the number of rows of each of the first classes as a bar. common: the most frequent
 * class. */
static void draw_counts(const plm_data_facts *d, int common, plm_report *r)
{
    enum { SHOWN = 6 };
    char name[PLM_CLASS_TEXT];
    for (int k = 0; k < d->classes && k < SHOWN; k++)
        plm_report_bar(r, plm_class_text(d, k, name), (double)d->count[k],
                       (double)d->count[k] / (double)d->count[common]);
}

/* Reports the rarest class. */
static void report_rare(const thresholds *t, const plm_data_facts *d, int rare, int common,
                        plm_report *r)
{
    enum { FEW = 4 };
    char name[PLM_CLASS_TEXT];
    const long long own = (long long)d->count[rare], other = (long long)d->validation_count[rare];
    /* a validation with hardly any of its rows does not show whether the class is learned; if all
     * classes have few rows, the table is too small (D215), and some have fewer by chance */
    const bool small = (double)d->count[common] < 2 * t->rows;
    const double least = small ? 0 : t->rows * (d->validation_rows > 0 && other < FEW ? 2 : 1);
    /* labels of other classes are this class, which makes them rare (D214) */
    const bool named = d->near.sided_rows > 0 && d->near.sided_to == common;
    plm_class_text(d, rare, name);
    if (own == 0)
        plm_report_found(r, PLM_WARNING, PLM_PART_DATA, -1,
                         "%s has no training row and only %lld validation row%s", name, other,
                         other == 1 ? "" : "s");
    else
        plm_report_found(r, (double)own < least && !named ? PLM_WARNING : PLM_NOTE, PLM_PART_DATA,
                         -1, "%s has %lld of %lld rows", name, own, (long long)d->rows);
}

/* True if the training is over, and the net hardly predicts anything but the most frequent class,
 * although its accuracy could be higher. */
static bool ignores_rare(const thresholds *t, const plm_case *c, int rare, int common)
{
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    const double share = (double)c->data->count[common] / (double)c->data->rows,
                 reach = plm_case_reach(c, true);
    return over && c->data->count[rare] > 0 && !c->not_finite && c->steps >= t->steps &&
           share < 1 - t->margin && reach < share + t->margin;
}

/* Reports that the net has learned the most frequent class alone. */
static void report_ignored(const plm_case *c, int rare, int common, plm_report *r)
{
    char name[PLM_CLASS_TEXT];
    const plm_data_facts *d = c->data;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "%s has %lld of %lld rows, and the net has learned only the most frequent "
                     "class",
                     plm_class_text(d, rare, name), (long long)d->count[rare], (long long)d->rows);
    plm_report_line(r, "accuracy %.4g; that of always predicting %s is %.4g",
                    plm_case_reach(c, true), plm_class_text(d, common, name),
                    (double)d->count[common] / (double)d->rows);
}

/* Adds the remedies. If the net ignores the rare class, class weights come first; otherwise a
 * metric does that shows whether it is learned. */
static void add_remedies(const plm_case *c, int64_t rows, plm_report *r)
{
    const bool ignored = r->part == PLM_PART_EVALUATION,
               weights = rows > 0 && *plm_case_setting(c, "class_weight") == '\0';
    if (rows == 0)
        plm_report_remedy(r, "", "add rows of this class, or leave it out");
    if (weights && ignored)
        plm_report_remedy(r, "class_weight", "balanced");
    plm_report_remedy(r, "metrics", "balanced_accuracy");
    if (weights && !ignored)
        plm_report_remedy(r, "class_weight", "balanced");
}

/* Compares the rarest class with the most frequent one. The finding is usually a note, since many
 * tables are correctly imbalanced. But the accuracy then says little, so another metric is the
 * first remedy. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    int rare, common;
    if (d == NULL || d->classes < 1 || !plm_case_learns_classes(c))
        return;
    if (d->classes == 1) {
        find_constant(d, 0, r);
        return;
    }
    find_weights(t, c, r);
    extremes(t, d, &rare, &common);
    if (!r->found && rare >= 0)
        find_constant(d, common, r);
    if (r->found || rare < 0 || !((double)d->count[rare] < t->note * (double)d->count[common]))
        return;
    if (ignores_rare(t, c, rare, common))
        report_ignored(c, rare, common, r);
    else
        report_rare(t, d, rare, common, r);
    r->number = (double)d->count[rare] / (double)d->count[common];
    r->threshold = t->note;
    r->key = "data";
    draw_counts(d, common, r);
    add_remedies(c, d->count[rare], r);
}

const plm_finding_kind plm_finding_class_imbalance = {
    .kind = {.name = "class_imbalance",
             .alias = "D206",
             .help = "some classes have far fewer rows than others",
             .formula = "rows of the rarest class / rows of the most frequent one < note; a "
                        "warning if the accuracy of the training ends below the share of the most "
                        "frequent class + margin",
             .notes = "A net can then reach a high accuracy without ever predicting the rare "
                      "class: look at a metric for each class.",
             .source = "He and Garcia, Learning from imbalanced data, 2009",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {0.1, 1},
    .causes = "D212|S310|G105|S301|S302|S304|S303|G103|S305|S308|O403|S307|S306",
    .find = find,
};
