/* D213: the targets are unrelated to the inputs: labels belong to other rows, since inputs or
 * labels were shifted or shuffled. Then rows with similar inputs have targets as different as any
 * two rows. It is a note if targets of similar rows agree a little, since in some tables the inputs
 * say little about the target. It is a warning if they do not agree at all, or if a training does
 * not progress; an error if the validation stays at chance. */
#include <math.h>

#include "base/names.h"
#include "assess/epochs.h"
#include "doctor/codes.h"
#include "doctor/neighbours.h"

typedef struct {
    double beyond, doubt, sure, loss, power;
    int64_t steps, rows, columns;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, beyond, PLM_REAL, "3", 0, 1e9,
              "a note if the targets of neighbouring rows agree by less than this many standard "
              "errors above chance"),
    PLM_FIELD(thresholds, doubt, PLM_REAL, "2", -1e9, 1e9,
              "a warning or an error only if these targets agree by less than this many standard "
              "errors: from there on they probably agree a little, and wrong labels may be why the "
              "validation is bad"),
    PLM_FIELD(thresholds, sure, PLM_REAL, "1.5", -1e9, 1e9,
              "before a training: a warning if these targets agree by less than this many standard "
              "errors, at least `rows` rows, which are at least half of all, were compared, and "
              "there are at most `columns` columns"),
    PLM_FIELD(thresholds, rows, PLM_INT, "200", 1, 1e9,
              "the warning of `sure` requires at least this number of rows"),
    PLM_FIELD(thresholds, columns, PLM_INT, "32", 1, 1e9,
              "the warning of `sure` requires at most this number of columns: with more, the "
              "nearest rows may be nearest by chance"),
    PLM_FIELD(
        thresholds, loss, PLM_REAL, "0.97", 0, 1,
        "a warning if the training loss is above this share of the loss of a constant prediction"),
    PLM_FIELD(thresholds, power, PLM_REAL, "20", 0, 1e9,
              "nothing is reported if even full agreement of all neighbours would be at most this "
              "many standard errors above chance, as with one very frequent class"),
    PLM_FIELD(thresholds, steps, PLM_INT, "50", 1, 1e9,
              "the training loss is used only after this number of steps"),
    {0}};

/* Returns the loss of the best constant prediction; NaN = unknown. */
static double constant_loss(const plm_case *c)
{
    const plm_data_facts *d = c->data;
    const plm_loss_kind *loss =
        c->model != NULL && c->model->heads == 1 && c->spot != NULL ? c->model->head[0].loss : NULL;
    double rows = 0, entropy = 0;
    if (loss == NULL)
        return (double)NAN;
    if (plm_pattern_matches("mean_squared_error", loss->kind.name))
        return d->target_deviation * d->target_deviation;
    if (!plm_pattern_matches("*crossentropy", loss->kind.name) || d->classes < 2)
        return (double)NAN;
    for (int k = 0; k < d->classes; k++)
        rows += (double)d->count[k];
    for (int k = 0; k < d->classes; k++)
        if (d->count[k] > 0)
            entropy -= (double)d->count[k] / rows * log((double)d->count[k] / rows);
    return entropy;
}

/* Returns the mean loss of the last measured steps, or of the last epoch; NaN = too few steps. */
static double last_loss(const thresholds *t, const plm_case *c)
{
    enum { LAST = 10 };
    const plm_history *h = &c->history;
    double sum = 0;
    int64_t count = 0;
    if (c->steps < t->steps || c->not_finite)
        return (double)NAN;
    if (h->rows > 0)
        return plm_epochs_value(h, h->rows - 1, plm_epochs_column(h, "loss"));
    for (int64_t i = c->samples; i-- > 0 && count < LAST; count++)
        sum += c->sample[i].loss;
    return count > 0 ? sum / (double)count : (double)NAN;
}

/* True if the validation accuracy or R2 is not better than that of a constant prediction, although
 * half of the training is done. Before, this is usual if one class is rare. A constant is then
 * nearly as good as any net, so a quarter of the rest above it is enough. */
static bool fails_validation(const plm_case *c)
{
    enum { EPOCHS = 3 };
    const plm_history *h = &c->history;
    const plm_data_facts *d = c->data;
    const int hits = plm_epochs_like(h, "val_", "accuracy"),
              r2 = plm_epochs_column(h, "val_r2_score");
    int64_t most = 0;
    if (h->rows < EPOCHS || d->validation_rows < 1 || (!c->ended && 2 * c->steps < c->planned))
        return false;
    for (int k = 0; k < d->classes; k++)
        most = d->validation_count[k] > most ? d->validation_count[k] : most;
    const double rows = (double)d->validation_rows, share = (double)most / rows,
                 limit = share + fmin(2 * sqrt(share * (1 - share) / rows), (1 - share) / 4),
                 accuracy = plm_epochs_value(h, h->rows - 1, hits);
    if (d->classes > 1 && !isnan(accuracy))
        return accuracy < limit;
    return plm_epochs_value(h, h->rows - 1, r2) < 0.02;
}

/* True if the targets of neighbouring rows agree only by chance, although they would agree if the
 * inputs said anything about them: enough rows were compared, at least half of all, and there are
 * few columns, so that neighbours are similar. (A small sample of a long series lacks the most
 * similar rows, which are the previous and the next.) */
static bool is_sure(const thresholds *t, const plm_data_facts *d)
{
    return d->near.beyond < t->sure && d->near.rows >= t->rows && 2 * d->near.rows >= d->rows &&
           d->columns <= t->columns;
}

/* True if the model reads its inputs as codes, whose size means nothing: then rows with near
 * numbers are not similar, and nothing follows from their targets. True also if the inputs may be
 * codes and the model is still to come. */
static bool reads_codes(const plm_case *c)
{
    const plm_data_facts *d = c->data;
    bool coded = c->spot == NULL && !c->alone && c->refusal == NULL, whole = true;
    for (int64_t i = 0; c->spot != NULL && i < c->layers && !coded; i++)
        coded = plm_case_layer_is(c, i, "embedding|*_lookup|category_encoding|hashing");
    for (int64_t j = 0; j < d->columns && whole; j++)
        whole = d->column[j].whole;
    return coded && whole;
}

/* True if the numbers of some columns are codes that tell something about the target: then inputs
 * and targets belong together, and rows with near numbers are not similar. D202 reports them. */
static bool has_codes(const plm_data_facts *d)
{
    int64_t values;
    return plm_count_codes(d, &values) >= PLM_CODES;
}

/* True if rows were compared with their neighbours and the targets could agree, but do not. Labels
 * that are coded in two ways, and targets in two units, belong to their rows, and are another
 * finding (D214). */
static bool disagree(const thresholds *t, const plm_case *c)
{
    const plm_data_facts *d = c->data;
    if (d == NULL || reads_codes(c) || has_codes(d) ||
        (d->near.turned > 0 && (c->model == NULL || plm_case_learns_classes(c))))
        return false;
    return d->near.rows > 0 && !(d->near.unit_factor > 0) && !plm_targets_follow(d, t->beyond) &&
           d->near.most > t->power;
}

/* Reports targets that do not agree among neighbouring rows. The level depends on the progress of
 * the training. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_data_facts *d = c->data;
    if (!disagree(t, c))
        return;
    const double chance = constant_loss(c), loss = last_loss(t, c);
    const bool few = d->near.beyond < t->doubt, stuck = few && loss > t->loss * chance,
               fails = few && fails_validation(c), sure = is_sure(t, d);
    const plm_level harm = stuck || sure ? PLM_WARNING : PLM_NOTE;
    const plm_part_of_finding part = stuck && !sure ? PLM_PART_RUN : PLM_PART_DATA;
    plm_report_found(r, fails ? PLM_ERROR : harm, fails ? PLM_PART_EVALUATION : part, -1,
                     "the targets of similar rows are no more alike than the targets of any two "
                     "rows: inputs and targets may not belong together");
    r->number = d->near.beyond;
    r->threshold = t->beyond;
    r->key = "data";
    plm_report_line(r, "%lld rows with their 5 nearest: agreement %.2g standard errors above",
                    (long long)d->near.rows, d->near.beyond);
    plm_report_line(r, "chance; tables from which a net can learn have 10 or more");
    if (stuck)
        plm_report_line(r, "training loss after %lld steps %.4g, of a constant prediction %.4g",
                        (long long)c->steps, loss, chance);
    if (fails)
        plm_report_line(r, "validation is no better than a constant prediction after %lld epochs",
                        (long long)c->history.rows);
    plm_report_remedy(r, "",
                      "look at some rows with their targets: was one file sorted or shuffled "
                      "without the other? is the target the right column?");
}

const plm_finding_kind plm_finding_shuffled_labels = {
    .kind = {.name = "shuffled_labels",
             .alias = "D213",
             .help = "the targets have nothing to do with the inputs",
             .formula =
                 "(share of the 5 nearest rows with the same class - chance) / standard "
                 "error < beyond; for a regression, the correlation with the mean of the 5, and "
                 "neither a single column nor the rows around tell more",
             .notes =
                 "A net can only memorize such rows: the validation stays at chance. No change of "
                 "the net helps. Tables whose inputs say little about the target look similar, so "
                 "this is a note; but it is a warning if neighbouring rows are no more alike than "
                 "by chance or a training does not progress, and an error if the validation of a "
                 "training stays at chance.",
             .source = "Cover and Hart, Nearest neighbor pattern classification, 1967",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_DATA,
    .healthy = {10, 1e9},
    .find = find,
};
