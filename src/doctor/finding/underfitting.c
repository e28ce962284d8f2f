/* O402: after its epochs the net is no better than a constant prediction. This is a symptom:
 * findings that explain it are printed before it. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "doctor/capacity.h"
#include "doctor/ladder.h"

typedef struct {
    double margin, r2, near, early, placeless, linear, single;
    int64_t steps;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, margin, PLM_REAL, "0.05", 0, 1,
              "a warning if the training accuracy exceeds the share of the most frequent class by "
              "less than this"),
    PLM_FIELD(thresholds, r2, PLM_REAL, "0.05", 0, 1,
              "a warning if r2_score on the training rows is not above this"),
    PLM_FIELD(thresholds, near, PLM_REAL, "0.1", 0, 1,
              "a warning if, when all epochs are done, the training accuracy or r2_score is below "
              "that of the 5 nearest rows by this much and by more than chance"),
    PLM_FIELD(thresholds, placeless, PLM_REAL, "0.8", 0, 1,
              "a warning if a layer counts the codes of several columns together, and the trained "
              "net predicts the validation rows worse than this, and worse by `near` than the "
              "training rows"),
    PLM_FIELD(thresholds, linear, PLM_REAL, "0.05", 0, 1, "`near` of a net without a hidden layer"),
    PLM_FIELD(thresholds, single, PLM_REAL, "0.8", 0, 1,
              "a warning if the trained net has at most 3 units in a hidden layer for more than "
              "twice as many numbers, or an embedding of one number for each of several codes, and "
              "its training accuracy or r2_score is below this"),
    PLM_FIELD(thresholds, early, PLM_REAL, "0.5", 0, 1,
              "a note instead of a warning if less than this part of all planned steps is done"),
    PLM_FIELD(thresholds, steps, PLM_INT, "100", 1, 1e9,
              "nothing is reported before this number of steps"),
    {0}};

enum { EPOCHS = 2 }; /* min epochs before anything is reported */

/* Returns the share of the most frequent class of the training rows; NaN = they have no classes. */
static double most_frequent(const plm_data_facts *d)
{
    int64_t most = 0, all = 0;
    for (int i = 0; i < d->classes; i++) {
        all += d->count[i];
        most = d->count[i] > most ? d->count[i] : most;
    }
    return all > 0 ? (double)most / (double)all : NAN;
}

/* Adds what is certain of the size of the net: a hidden layer has too few units, or there is
 * none. */
static void say_units(plm_report *r, const plm_case *c)
{
    const int64_t at = plm_case_tight(c);
    if (at < 0) {
        if (plm_case_is_linear(c)) {
            plm_report_line(r, "without a hidden layer the net is a linear map of its inputs");
            plm_report_remedy(r, "", "dense(32, activation=relu) before the last layer");
        }
        return;
    }
    const long long units = (long long)plm_case_units(c, at);
    r->layer = at;
    r->key = NULL;
    if (units == 1)
        plm_report_line(r, "all layers after %s depend on its only unit", plm_case_layer(c, at));
    else
        plm_report_line(r, "all layers after %s depend on its %lld units", plm_case_layer(c, at),
                        units);
    plm_report_change(r, c, at, "units", "32");
}

/* Reports that a score (name), in the last row of the history, is not above the limit. It is a note
 * early in a training, and as long as the loss falls, since deep nets can need a long time to start
 * learning. */
static void say(plm_report *r, const plm_case *c, const thresholds *t, double number, double limit,
                const char *name, const char *what)
{
    const plm_history *h = &c->history;
    const bool over = c->ended || c->planned <= 0 || c->steps >= c->planned,
               early = !over && ((double)c->steps < t->early * (double)c->planned ||
                                 plm_case_still_falls(c));
    plm_report_found(r, early ? PLM_NOTE : PLM_WARNING, PLM_PART_EVALUATION, -1,
                     "after %lld epoch%s the net is %s", (long long)h->rows,
                     h->rows == 1 ? "" : "s", what);
    r->number = number;
    r->threshold = limit;
    r->key = "model";
    plm_report_line(r, "%s of the training rows %.4g, compared with %.4g", name, number, limit);
    say_units(r, c);
    plm_report_remedy(r, "",
                      "more epochs, a higher learning rate (plummet lr-find), a wider or "
                      "deeper net, weaker regularization");
}

/* Returns the accuracy or R2 of predictions from the 5 nearest rows; NaN = unknown, or the training
 * is not over. */
static double reach_of_neighbours(const plm_case *c)
{
    const bool ended = c->ended || (c->planned > 0 && c->steps >= c->planned);
    return ended ? plm_case_nearest(c) : (double)NAN;
}

/* Returns by how much a net may be worse than k nearest neighbours by chance: two standard errors
 * of the difference of two shares, each of as many rows as were compared. */
static double chance_of(const plm_case *c, double near)
{
    const double rows = (double)c->data->near.rows;
    return rows > 0 && near < 1 ? 2 * sqrt(2 * fmax(near * (1 - near), 0) / rows) : 0;
}

/* True if the net has had time to learn: enough epochs and steps, or all planned ones. */
static bool had_time(const plm_case *c, const thresholds *t)
{
    return (c->history.rows >= EPOCHS && c->steps >= t->steps) || c->ended ||
           (c->planned > 0 && c->steps >= c->planned);
}

/* True if an accuracy is hardly above the share of the most frequent class, and this share is low
 * enough to be exceeded. Also false for NaN, which means unknown. */
static bool is_constant(double accuracy, double share, double margin)
{
    return isfinite(share) && isfinite(accuracy) && accuracy < share + margin && share < 1 - margin;
}

/* Reports a layer of one unit between wider ones, before the training. For several classes it is a
 * warning; a regression may be a function of one number. */
static void find_narrow(const plm_case *c, plm_report *r)
{
    const int64_t at = plm_case_narrow(c);
    if (at < 0 || c->samples > 0)
        return;
    const bool classes = plm_case_learns_classes(c) && c->data != NULL && c->data->classes > 2;
    plm_report_found(r, classes ? PLM_WARNING : PLM_NOTE, PLM_PART_STATIC, at,
                     "%s has a single unit between wider layers", plm_case_layer(c, at));
    r->number = 1;
    plm_report_line(r, "all layers after this one depend on one number for each row");
    plm_report_change(r, c, at, "units", "32");
}

/* Returns the layer that counts the codes of several columns of a table together, so that it no
 * longer tells which column had which code; -1 = there is none. */
static int64_t find_counts(const plm_case *c)
{
    enum { TABLE = 32 }; /* with more columns, they may be places in a text */
    const plm_data_facts *d = c->data;
    for (int64_t i = 0; d != NULL && c->spot != NULL && i < c->layers; i++)
        if (plm_case_layer_is(c, i, "category_encoding") && d->named && d->columns > 1 &&
            d->columns <= TABLE &&
            strstr(c->model->layer[c->spot[i].layer].text, "one_hot") == NULL)
            return i;
    return -1;
}

/* Returns the accuracy or R2 of the training rows in the last epoch; NaN = not measured. That of a
 * net without a hidden layer is lowered by nothing, and it is of more rows than that of the
 * validation. */
static double reach_of_training(const plm_case *c)
{
    const char *end = plm_case_predicts_classes(c) ? "accuracy" : "r2_score";
    return plm_epochs_value(&c->history, c->history.rows - 1,
                            plm_epochs_like(&c->history, "", end));
}

/* Reports such a layer: a note, since the columns may be words of a text, whose places do not
 * matter; a warning if the trained net knows its training rows better than others, or predicts
 * neither well. */
static void find_placeless(const thresholds *t, const plm_case *c, plm_report *r)
{
    const plm_history *h = &c->history;
    const int64_t at = find_counts(c);
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    const char *end = plm_case_predicts_classes(c) ? "accuracy" : "r2_score";
    const double own = reach_of_training(c),
                 val = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "val_", end));
    if (at < 0)
        return;
    const bool harms = over && val < t->placeless && val < own - t->near;
    plm_report_found(r, harms ? PLM_WARNING : PLM_NOTE,
                     harms ? PLM_PART_EVALUATION : PLM_PART_STATIC, at,
                     "%s counts the codes of %lld columns together: the net does not see which "
                     "column has which code",
                     plm_case_layer(c, at), (long long)c->data->columns);
    r->number = (double)c->data->columns;
    if (harms)
        plm_report_line(r, "%s of the training rows %.3g, of the validation rows %.3g", end, own,
                        val);
    plm_report_line(r, "of the words of a text this is right, of columns that mean different");
    plm_report_line(r, "things it is not");
    plm_report_remedy(r, "", "category_encoding(..., one_hot) | flatten, or embedding | flatten");
}

/* Compares the accuracy with the share of the most frequent class, or r2_score with 0, the r2_score
 * of always predicting the mean of the target. Without one of these metrics nothing can be
 * compared. */
static void find_score(const thresholds *t, const plm_case *c, plm_report *r)
{
    const bool linear = plm_case_is_linear(c), classes = plm_case_predicts_classes(c);
    const double below = linear ? t->linear : t->near;
    const double share = most_frequent(c->data), near = reach_of_neighbours(c),
                 hits = plm_case_reach(c, true), r2 = plm_case_reach(c, false),
                 reached = linear    ? reach_of_training(c)
                           : classes ? hits
                                     : r2;
    if (is_constant(hits, share, t->margin))
        say(r, c, t, hits, share, "accuracy", "hardly better than the most frequent class");
    else if (isfinite(r2) && !(r2 > t->r2))
        say(r, c, t, r2, t->r2, "r2_score", "no better than the mean of the target");
    else if (reached < near - below - chance_of(c, near) && classes)
        say(r, c, t, reached, near, "accuracy",
            "worse than the most frequent class of the 5 most similar rows");
    else if (reached < near - below - chance_of(c, near))
        say(r, c, t, reached, near, "r2_score",
            "worse than the mean target of the 5 most similar rows");
}

/* True if the training is over, and the net predicts neither its own nor other rows well. */
static bool predicts_badly(const thresholds *t, const plm_case *c)
{
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    return over && !c->not_finite && plm_case_reach(c, plm_case_predicts_classes(c)) < t->single;
}

/* Adds the score of a trained net that predicts badly, as the evidence. */
static void say_reached(const thresholds *t, const plm_case *c, plm_report *r)
{
    const bool classes = plm_case_predicts_classes(c);
    r->number = plm_case_reach(c, classes);
    r->threshold = t->single;
    plm_report_line(r, "%s %.3g", classes ? "accuracy" : "r2_score", r->number);
}

/* Reports a trained net that predicts several numbers badly, of which all depend on a few units. A
 * code of few units can be enough, and classes are compared with the neighbours of the rows. */
static void find_few_units(const thresholds *t, const plm_case *c, plm_report *r)
{
    const int64_t at = plm_case_tight(c);
    if (at < 0 || c->data->classes > 0 || c->model->heads != 1 ||
        2 * plm_case_units(c, at) >= plm_case_units(c, c->layers - 1) || !predicts_badly(t, c))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_EVALUATION, at, "%s has %s for %lld outputs",
                     plm_case_layer(c, at),
                     plm_case_units(c, at) == 1 ? "a single unit" : "few units",
                     (long long)plm_case_units(c, c->layers - 1));
    say_reached(t, c, r);
    plm_report_line(r, "all outputs depend on %lld number%s for each row",
                    (long long)plm_case_units(c, at), plm_case_units(c, at) == 1 ? "" : "s");
    plm_report_change(r, c, at, "units", "32");
}

/* Reports an embedding that has one number for each code: it puts the codes in one order, which
 * the layers above read. A note before the training, since one order can be enough. */
static void find_vectors(const thresholds *t, const plm_case *c, plm_report *r)
{
    const int64_t at = plm_case_single_vector(c);
    const bool harms = at >= 0 && predicts_badly(t, c);
    if (at < 0 || (c->samples > 0 && !harms))
        return;
    plm_report_found(r, harms ? PLM_WARNING : PLM_NOTE,
                     harms ? PLM_PART_EVALUATION : PLM_PART_STATIC, at,
                     "%s has one number for each of %.0f codes", plm_case_layer(c, at),
                     plm_case_argument(c, at, "input_dim"));
    r->number = 1;
    if (harms)
        say_reached(t, c, r);
    plm_report_line(r, "the layers above know the codes by their place in one order alone");
    plm_report_change(r, c, at, "output_dim", "8");
}

/* Looks for layers that pass too little on, and then at what the net has learned. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    find_narrow(c, r);
    if (!r->found)
        find_placeless(t, c, r);
    if (!r->found)
        find_vectors(t, c, r);
    if (!r->found)
        find_few_units(t, c, r);
    if (!r->found && !c->not_finite && c->data != NULL && had_time(c, t))
        find_score(t, c, r);
}

const plm_finding_kind plm_finding_underfitting = {
    .kind = {.name = "underfitting",
             .alias = "O402",
             .help = "the net is no better than a constant prediction",
             .formula =
                 "a hidden layer has one unit between wider ones, or few for many outputs; or "
                 "an embedding has one number for each code; or a layer counts the "
                 "codes of several columns together; or training accuracy < "
                 "share of the most frequent class + margin; or "
                 "r2_score of the training rows <= r2; or, after all epochs, either is "
                 "below that of the 5 nearest rows by `near`",
             .notes =
                 "A net that has learned anything is better than a prediction that ignores the "
                 "inputs. Findings about gradients, rates or rows usually say why it is not.",
             .source = "Goodfellow, Bengio, Courville, Deep learning, 2016, section 11.1",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0.2, 1},
    .causes =
        "D213|S311|G105|G101|G102|G103|G104|S301|S302|S303|S304|S305|S309|S310|S306|S307|S308|O403|"
        "D202|D203|D205|D206|D207|D212|D214|D215",
    .find = find,
};
