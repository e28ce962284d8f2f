/* O401: the net memorizes its training rows. A validation loss that increases is no harm by itself:
 * it also increases if a net becomes more confident while as many predictions stay correct, and it
 * does not matter if the weights of the best epoch are kept. So it is a warning only if a remedy
 * would improve the model: the model keeps the weights of the last epoch, and its validation score
 * (accuracy or R2) has fallen by more than chance, or most of what it learned from the training
 * rows is wrong for other rows. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "doctor/ladder.h"

typedef struct {
    double note, warning, lost, certain, gap, holds, learned, fallen, doubled;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "1.1", 1, 1e30,
              "a note if the mean validation loss of the last 3 epochs is this many times its "
              "lowest value"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "1.5", 1, 1e30,
              "a warning if the factor of `note` is larger than this, and neither accuracy nor "
              "r2_score is measured"),
    PLM_FIELD(thresholds, lost, PLM_REAL, "0.03", 0, 1,
              "a warning if the validation accuracy or R2 has fallen by more than this since the "
              "epoch of the lowest loss, after `certain` standard errors are subtracted"),
    PLM_FIELD(
        thresholds, certain, PLM_REAL, "1.3", 0, 1e30,
        "number of standard errors that are subtracted from the fall; twice as many before the "
        "training is over, since the rows are compared after each epoch"),
    PLM_FIELD(
        thresholds, gap, PLM_REAL, "0.15", 0, 1,
        "also a warning if the validation accuracy or R2 is below that of the training by more "
        "than this, and the condition of `holds` is met"),
    PLM_FIELD(
        thresholds, holds, PLM_REAL, "0.4", 0, 1,
        "a condition of `gap`: the gain over a constant prediction is, beyond chance, less than "
        "this part as large in the validation rows as in the training rows"),
    PLM_FIELD(thresholds, learned, PLM_REAL, "0.985", 0, 1,
              "also a warning, when the training is over, if the training accuracy is more than "
              "this, the validation accuracy is less by more than 0.1 and two standard errors, and "
              "the condition of `doubled` is met"),
    PLM_FIELD(
        thresholds, fallen, PLM_REAL, "0.02", -1, 1,
        "a condition of `learned`: the validation accuracy has fallen by more than this since "
        "the epoch of the lowest validation loss"),
    PLM_FIELD(
        thresholds, doubled, PLM_REAL, "2", 1, 1e30,
        "a condition of `learned`: the validation loss is more than this many times its lowest "
        "value, which is that of an epoch in the first fifth of the training"),
    {0}};

/* number of epochs of a mean, and min number of epochs after the best one */
enum { LAST = 3 };

/* How the score (accuracy or R2) of a training has changed. NaN = neither is measured. */
typedef struct {
    const char *name; /* name of the validation score in the history; "" = none */
    bool classes;     /* true = the score is an accuracy; false = R2 */
    /* validation score near the epoch with the lowest validation loss, and at the end */
    double top, last;
    double own;      /* training score now */
    double constant; /* score of the best constant prediction */
    /* fell: the validation score has fallen by more than chance; forgets: it is far below the
     * training score; by_heart: the net knows every training row, and the validation loss has
     * doubled */
    bool fell, forgets, by_heart;
} outcome;

/* Returns the mean of LAST values of a column, the last of which is in the given row. */
static double mean_to(const plm_history *h, int column, int64_t last)
{
    double mean = 0;
    for (int64_t i = last - LAST + 1; i <= last; i++)
        mean += plm_epochs_value(h, i, column) / LAST;
    return mean;
}

/* Returns the mean of the last LAST (3) values of a column of the history. */
static double last_of(const plm_history *h, int column)
{
    return mean_to(h, column, h->rows - 1);
}

/* Returns the standard error of a fall of the score, which is measured twice on the same rows. The
 * fall of an accuracy is the difference of two counts: rows that became wrong, and rows that became
 * right; their sum is assumed to be twice the difference. For R2, the predictions are assumed to
 * move at random around the earlier ones, whose mean squared error is 1 - top: the squared error of
 * a row then changes by a number with this variance. */
static double error_of_fall(const outcome *o, double rows)
{
    const double fall = fmax(o->top - o->last, 0), rest = fmax(1 - o->top, 0.05);
    return sqrt((o->classes ? 2 * fall : 4 * rest * fall + 2 * fall * fall) / fmax(rows, 1));
}

/* Returns the standard error of a score of the validation rows. */
static double error_of_score(const outcome *o, double rows)
{
    const double rest = fmax(1 - o->last, 0.05);
    return sqrt((o->classes ? rest * fmax(o->last, 0.05) : 2 * rest * rest) / fmax(rows, 1));
}

/* True if the net knows its training rows by heart, and this does harm. A net whose training
 * accuracy is 1 knows wrong and ambiguous labels, too; if its validation loss was best after a few
 * epochs and has doubled since, all that it learned later is of this kind. The few validation rows
 * may not show this clearly in their accuracy, but it must have fallen. error: the standard error
 * of the validation accuracy. */
static bool is_by_heart(const thresholds *t, const plm_history *h, int64_t best, double ratio,
                        double error, const outcome *o)
{
    return o->classes && o->own > t->learned && o->own - o->last > 0.1 + 2 * error &&
           o->top - o->last > t->fallen && ratio > t->doubled && 5 * (best + 1) <= h->rows;
}

/* Decides whether the change of the score does harm. ratio: of the last validation loss to the
 * best, in row `best`. */
static void judge(const thresholds *t, const plm_case *c, int64_t best, double ratio, outcome *o)
{
    const bool over = c->ended || c->planned <= 0 || c->steps >= c->planned;
    const double certain = t->certain * (over ? 1 : 2),
                 rows = c->data != NULL ? (double)c->data->validation_rows : 0,
                 error = error_of_score(o, rows);
    o->fell = o->top - o->last - certain * error_of_fall(o, rows) > t->lost;
    o->forgets = o->own - o->last > t->gap && o->own > o->constant &&
                 o->last + certain * error - o->constant < t->holds * (o->own - o->constant);
    o->by_heart = over && is_by_heart(t, &c->history, best, ratio, error, o);
}

/* Measures how the score has changed. best: row of the lowest validation loss. The highest of all
 * scores would be high by chance, so the mean of the best epoch and its neighbours is used. */
static outcome find_outcome(const thresholds *t, const plm_case *c, int64_t best, double ratio)
{
    const plm_history *h = &c->history;
    const bool classes = plm_epochs_like(h, "val_", "accuracy") >= 0;
    const char *end = classes ? "accuracy" : "r2_score";
    const int val = plm_epochs_like(h, "val_", end), own = plm_epochs_like(h, "", end);
    outcome o = {.name = "", .classes = classes, .top = NAN, .last = NAN, .own = NAN};
    if (val < 0)
        return o;
    o.name = h->name[val];
    o.top = mean_to(h, val, best + 1 > LAST - 1 ? best + 1 : LAST - 1);
    o.last = last_of(h, val);
    o.own = own >= 0 ? last_of(h, own) : (double)NAN;
    o.constant = classes ? plm_case_constant(c) : 0;
    judge(t, c, best, ratio, &o);
    return o;
}

/* Adds lines about the best epoch and the last epoch, and which of both the model's weights are
 * from. */
static void draw(plm_report *r, const plm_history *h, int64_t best, const outcome *o)
{
    const int loss = plm_epochs_column(h, "loss"), val = plm_epochs_column(h, "val_loss");
    const int64_t rows[2] = {best, h->rows - 1};
    plm_report_line(r, "%8s %12s %16s", "epoch", "loss", "validation loss");
    for (int i = 0; i < 2; i++)
        plm_report_line(r, "%8.0f %12.5g %16.5g", plm_epochs_value(h, rows[i], 0),
                        plm_epochs_value(h, rows[i], loss), plm_epochs_value(h, rows[i], val));
    if (isfinite(o->last))
        plm_report_line(r, "%s %.3g at the best epoch, %.3g in the last %d%s", o->name, o->top,
                        o->last, LAST, o->fell || o->by_heart ? "" : "; no certain loss");
    if (o->by_heart)
        plm_report_line(r, "all training rows are known by heart, also those with wrong labels");
    if (isfinite(o->own))
        plm_report_line(r, "%s of the training rows %.3g", o->name + strlen("val_"), o->own);
}

/* Returns the number of epochs after which an epoch with the lowest validation loss is accepted as
 * the best: a fifth of the planned epochs, since the validation loss may increase for a while and
 * fall again. */
static int64_t patience_of(const plm_case *c)
{
    const double share =
        c->steps > 0 && c->planned > c->steps ? (double)c->planned / (double)c->steps : 1;
    const int64_t fifth = (int64_t)(0.2 * share * (double)c->history.rows);
    return fifth > LAST ? fifth : LAST;
}

/* Adds the remedies. last: true = the model keeps the weights of the last epoch, although those of
 * an earlier epoch are better. */
static void add_remedies(const plm_case *c, plm_report *r, bool last)
{
    if (last && strcmp(plm_case_setting(c, "keep"), "last") == 0)
        plm_report_remedy(r, "keep", "best");
    plm_report_remedy(r, "observers", "early_stopping(patience=5, restore_best_weights=true)");
    plm_report_remedy(r, "",
                      "dropout(0.3) between the layers, kernel_regularizer=l2(1e-4), fewer "
                      "units, or more rows");
}

/* Finds the epoch of the lowest validation loss. Returns the factor by which the loss has increased
 * since then; 0 = it has not increased, too few epochs have passed, or the training loss has not
 * fallen since then. */
static double rise_of(const thresholds *t, const plm_case *c, int64_t *best)
{
    const plm_history *h = &c->history;
    const int loss = plm_epochs_column(h, "loss"), val = plm_epochs_column(h, "val_loss");
    *best = plm_epochs_best(h, val, false);
    if (c->not_finite || *best < 0 || loss < 0 || h->rows - 1 - *best < patience_of(c))
        return 0;
    const double smallest = plm_epochs_value(h, *best, val), ratio = last_of(h, val) / smallest;
    const bool falls = last_of(h, loss) < plm_epochs_value(h, *best, loss);
    return smallest > 0 && ratio > t->note && falls ? ratio : 0;
}

/* Reports a net that memorizes its training rows: its validation loss has increased, while the
 * training loss has fallen. It is a warning only if a remedy would improve the model. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    const plm_history *h = &c->history;
    int64_t best = -1;
    const double ratio = rise_of(t, c, &best);
    if (!(ratio > 0))
        return;
    const outcome o = find_outcome(t, c, best, ratio);
    const bool scored = *o.name != '\0', kept = plm_case_keeps_best(c),
               worse = scored ? o.fell || o.forgets || o.by_heart : ratio > t->warning;
    plm_report_found(r, worse && !kept ? PLM_WARNING : PLM_NOTE, PLM_PART_EVALUATION, -1,
                     "the net memorizes its training rows: since epoch %.0f the validation loss "
                     "has grown by a factor of %.3g, while the training loss has fallen",
                     plm_epochs_value(h, best, 0), ratio);
    r->epoch = (int64_t)plm_epochs_value(h, h->rows - 1, 0) - 1;
    r->number = ratio;
    r->threshold = !scored && r->level == PLM_WARNING ? t->warning : t->note;
    r->key = "epochs";
    draw(r, h, best, &o);
    if (kept)
        plm_report_line(r, "the model keeps the weights of its best epoch, so nothing is lost");
    add_remedies(c, r, r->level == PLM_WARNING);
}

const plm_finding_kind plm_finding_overfitting = {
    .kind = {.name = "overfitting",
             .alias = "O401",
             .help = "the net memorizes its training rows",
             .formula = "mean validation loss of the last 3 epochs / the best one > note, a fifth "
                        "of all epochs after the best, and the training loss has fallen since; a "
                        "warning if the weights of the last epoch are kept, and their accuracy or "
                        "R2 of validation has fallen or is little of that of training, or "
                        "the training accuracy is nearly 1 and the validation loss has doubled",
             .notes =
                 "It is a note if the model keeps the weights of its best epoch (keep=best, which "
                 "is usual with a validation, or restore_best_weights): the epochs after it did "
                 "not help and do no harm. Stop early, drop units, penalize weights, or get more "
                 "rows.",
             .source = "Prechelt, Early stopping - but when?, 1998",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_GENERAL,
    .healthy = {1, 1.1},
    .causes = "D213|D214|D203|D205|D207|D209|D212|D215|D211|D206|S305|S309|O403",
    .find = find,
};
