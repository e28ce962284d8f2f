/* O401: the net memorizes its training rows. The loss alone does not prove it: the loss also rises
 * if a net becomes more certain while as many predictions stay correct. So a warning requires that
 * the accuracy falls, if an accuracy is measured. */
#include <math.h>

#include "assess/epochs.h"
#include "doctor/finding.h"

typedef struct {
    double note, warning, lost, gap;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "1.1", 1, 1e30,
              "a note if the validation loss of the last epochs is this many times its best value"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "1.5", 1, 1e30,
              "a warning if it is this many times its best value and the validation accuracy has "
              "fallen, too"),
    PLM_FIELD(thresholds, lost, PLM_REAL, "0.02", 0, 1,
              "the validation accuracy or R2 counts as fallen if it fell by more than this and by "
              "more than chance"),
    PLM_FIELD(
        thresholds, gap, PLM_REAL, "0.15", 0, 1,
        "or if it is below that of the training rows by more than this and by more than chance"),
    {0}};

/* number of epochs that are averaged, and min number of epochs after the best one */
enum { LAST = 3 };

/* Returns the mean of LAST values of a column, up to row `last`. */
static double mean_to(const plm_history *h, int column, int64_t last)
{
    double mean = 0;
    for (int64_t i = last - LAST + 1; i <= last; i++)
        mean += plm_epochs_value(h, i, column) / LAST;
    return mean;
}

/* Returns the mean of the last values of a column. */
static double last_of(const plm_history *h, int column)
{
    return mean_to(h, column, h->rows - 1);
}

/* Returns the column of the score: an accuracy or R2; -1 = neither is measured. start: "" or
 * "val_". */
static int score_of(const plm_history *h, const char *start)
{
    const int hits = plm_epochs_like(h, start, "accuracy");
    return hits >= 0 ? hits : plm_epochs_like(h, start, "r2_score");
}

/* True if the score of the validation rows has fallen by more than chance since the epoch of the
 * lowest loss, or is far below the score of the training rows. The highest of all scores would be
 * high by chance. far: the loss has grown far; if there is no score, only this counts. */
static bool is_worse(const thresholds *t, const plm_case *c, int64_t epoch, bool far)
{
    const plm_history *h = &c->history;
    const int val = score_of(h, "val_"), own = score_of(h, "");
    if (val < 0)
        return far;
    const int64_t around =
        epoch + 1 > LAST - 1 ? epoch + 1 : LAST - 1; /* the epoch before and the one after, too */
    const double top = mean_to(h, val, around), last = last_of(h, val),
                 rows = c->data != NULL ? (double)c->data->validation_rows : 0,
                 chance = rows > 0 ? 3 * sqrt(fmax(top * (1 - top), 0.01) / rows) : 0;
    /* a net that is above what the nearest rows reach knows more of its rows than their inputs */
    const bool above = own >= 0 && c->data != NULL && c->data->near.rows > 0 &&
                       last_of(h, own) > c->data->near.hits + t->gap;
    return (far && top - last > fmax(t->lost, chance)) ||
           (own >= 0 && last_of(h, own) - last > t->gap + (above ? chance / 3 : chance));
}

/* Adds the best epoch and the last one. */
static void draw(plm_report *r, const plm_history *h, int64_t best, int loss, int val)
{
    const int64_t rows[2] = {best, h->rows - 1};
    plm_report_line(r, "%8s %12s %16s", "epoch", "loss", "validation loss");
    for (int i = 0; i < 2; i++)
        plm_report_line(r, "%8.0f %12.5g %16.5g", plm_epochs_value(h, rows[i], 0),
                        plm_epochs_value(h, rows[i], loss), plm_epochs_value(h, rows[i], val));
}

/* Returns how many epochs must follow the best epoch before it counts as the best: a fifth of the
 * planned epochs, since the validation loss may rise for a while and fall again. */
static int64_t patience_of(const plm_case *c)
{
    const double share =
        c->steps > 0 && c->planned > c->steps ? (double)c->planned / (double)c->steps : 1;
    const int64_t fifth = (int64_t)(0.2 * share * (double)c->history.rows);
    return fifth > LAST ? fifth : LAST;
}

/* Reports a net that memorizes its training rows. There are three conditions: the validation loss
 * has risen by a factor since its best epoch, enough epochs have passed since, and the training
 * loss has fallen since. It is a warning only if the score is worse, too. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_history *h = &c->history;
    const int loss = plm_epochs_column(h, "loss"), val = plm_epochs_column(h, "val_loss");
    const int64_t best = plm_epochs_best(h, val, false);
    if (c->not_finite || best < 0 || loss < 0 || h->rows - 1 - best < patience_of(c))
        return;
    const double smallest = plm_epochs_value(h, best, val), ratio = last_of(h, val) / smallest;
    if (!(smallest > 0) || !(ratio > t->note) ||
        !(last_of(h, loss) < plm_epochs_value(h, best, loss)))
        return;
    const bool warns = is_worse(t, c, best, ratio > t->warning);
    plm_report_found(r, warns ? PLM_WARNING : PLM_NOTE, PLM_PART_EVALUATION, -1,
                     "the net memorizes its training rows: since epoch %.0f the validation loss "
                     "has grown by a factor of %.3g, while the training loss has fallen",
                     plm_epochs_value(h, best, 0), ratio);
    r->epoch = (int64_t)plm_epochs_value(h, h->rows - 1, 0) - 1;
    r->number = ratio;
    r->threshold = warns ? t->warning : t->note;
    r->key = "epochs";
    draw(r, h, best, loss, val);
    plm_report_remedy(r, "observers", "early_stopping(patience=5, restore_best_weights=true)");
    plm_report_remedy(r, "",
                      "dropout(0.3) between the layers, kernel_regularizer=l2(1e-4), fewer "
                      "units, or more rows");
}

const plm_finding_kind plm_finding_overfitting = {
    .kind = {.name = "overfitting",
             .alias = "O401",
             .help = "the net memorizes its training rows",
             .formula = "mean validation loss of the last 3 epochs / the best one > note, a fifth "
                        "of all epochs after the best, and the training loss has fallen since",
             .notes =
                 "The model that train keeps has the weights of the best epoch; the epochs after "
                 "it did not help. Stop early, drop units, penalize weights, or get more rows.",
             .source = "Prechelt, Early stopping - but when?, 1998",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_GENERAL,
    .healthy = {1, 1.1},
    .causes = "D213|D214|D203|D205|D207|D209|D212|D215|D211|D206|S305|S309",
    .find = find,
};
