/* O403: dropout, noise, penalties, constraints or weight decay are so strong that the net learns
 * little. */
#include <math.h>
#include <string.h>

#include "assess/epochs.h"
#include "doctor/constrained.h"
#include "doctor/ladder.h"
#include "doctor/neighbours.h"
#include "doctor/penalties.h"
#include "doctor/rates.h"
#include "doctor/regularizers.h"

typedef struct {
    double note, warning, short_of, penalty, noise, taken, hidden, constraint, factor, decay,
        decoupled, shrunk, emptied, alpha;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, note, PLM_REAL, "0.6", 0, 1,
              "a note if a layer drops more than this share of its inputs"),
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.8", 0, 1,
              "a warning if a layer drops more than this share of its inputs"),
    PLM_FIELD(thresholds, short_of, PLM_REAL, "0.45", 0, 1,
              "a warning if a layer drops more than this share of its inputs and the trained net "
              "predicts worse than the 5 nearest rows"),
    PLM_FIELD(thresholds, penalty, PLM_REAL, "1", 0, 1e30,
              "a note if the penalty of the initial weights is more than this many times the loss "
              "of the rows; a warning if it is more than five times this limit, or more than half "
              "of it and the trained net predicts worse than the 5 nearest rows; a warning if a "
              "penalty on the predictions of a regression costs right ones more than this many "
              "times the squared error of a constant"),
    PLM_FIELD(thresholds, noise, PLM_REAL, "1.5", 0, 1e30,
              "a warning if the noise of gaussian_noise is more than this many times the standard "
              "deviation of the values that it is added to; a note from half of this limit on; a "
              "warning from a fifth of it on if the trained net predicts worse than the 5 nearest "
              "rows"),
    PLM_FIELD(
        thresholds, taken, PLM_REAL, "0.1", 0, 1,
        "a warning if noise on the inputs reduces the accuracy or R2 of the 5 nearest rows by "
        "more than this, whatever the net is"),
    PLM_FIELD(thresholds, hidden, PLM_REAL, "0.15", 0, 1,
              "a warning if a layer drops more than `short_of` of the inputs, or its noise on them "
              "is more than half of `noise`, and the trained net predicts the training rows, with "
              "the noise, worse than the validation rows, without it, by this much of accuracy or "
              "R2, and these are predicted with less than 0.9"),
    PLM_FIELD(thresholds, constraint, PLM_REAL, "6", 1, 1e30,
              "a warning if a constraint divides or multiplies the norm of initial weights by more "
              "than this"),
    PLM_FIELD(thresholds, factor, PLM_REAL, "1", 0, 1e30,
              "a warning if the factor of a penalty on biases is at least this"),
    PLM_FIELD(thresholds, decay, PLM_REAL, "0.1", 0, 1,
              "a warning if weight_decay of sgd is at least this, and there are enough steps for "
              "it to have an effect"),
    PLM_FIELD(thresholds, decoupled, PLM_REAL, "0.5", 0, 1e30,
              "a warning if weight_decay of an optimizer such as adamw is at least this, and all "
              "steps leave less than a seventh of a weight that has no gradient"),
    PLM_FIELD(
        thresholds, shrunk, PLM_REAL, "0.1", 0, 1,
        "a warning if the net has penalties, constraints or weight decay, does not learn, and the "
        "weights of all hidden layers have shrunk to less than this part of their initial size"),
    PLM_FIELD(thresholds, emptied, PLM_REAL, "10", 0, 1e30,
              "a warning if the L1 penalty of ftrl is more than this many times the linear terms "
              "that the first step gives to the weights of hidden layers: all of them become 0"),
    PLM_FIELD(thresholds, alpha, PLM_REAL, "16", 0, 1e30,
              "a warning if alpha of mixup is larger than this"),
    {0}};

#define HIDDEN "with the noise, training rows are predicted worse than validation rows"

/* Returns the rate of a dropout layer; 0 = the layer drops nothing, or its rate follows a
 * schedule. */
static double rate_of(const plm_layer *l)
{
    const plm_spec *rate = NULL;
    if (l->kind == NULL || strstr(l->kind->kind.name, "dropout") == NULL)
        return 0;
    for (const plm_field *f = l->kind->kind.fields; f != NULL && f->name != NULL; f++)
        if (strcmp(f->name, "rate") == 0 && f->type == PLM_SPEC)
            memcpy(&rate, (const char *)l->config + f->offset, sizeof rate);
    return rate != NULL && rate->type == PLM_SPEC_NUMBER ? rate->number : 0;
}

/* Finds the layers with the largest rate of dropout. list: filled with these layers; *count: their
 * number. Returns the largest rate; 0 = there is no dropout. */
static double largest_rate(const plm_case *c, int64_t *list, int64_t *count)
{
    double most = 0;
    *count = 0;
    for (int64_t i = 0; i < c->layers; i++) {
        const double rate = rate_of(&c->model->layer[c->spot[i].layer]);
        *count = rate > most ? 0 : *count; /* those before drop less */
        most = rate > most ? rate : most;
        if (rate > 0 && !(rate < most))
            list[(*count)++] = i;
    }
    return most;
}

/* True if no layer before this one has weights, so that its noise changes the inputs themselves. */
static bool is_on_inputs(const plm_case *c, int64_t layer)
{
    for (int64_t i = 0; i < layer; i++)
        if (plm_layer_weights(c, i) > 0)
            return false;
    return true;
}

/* True if the noise of a layer on the inputs hides what they say about the target: with it, the
 * trained net predicts the training rows far worse than it predicts validation rows without it, and
 * it predicts these not well, either. */
static bool hides_inputs(const thresholds *t, const plm_case *c, int64_t layer)
{
    static const double good = 0.9;
    const plm_history *h = &c->history;
    const char *end = plm_case_predicts_classes(c) ? "accuracy" : "r2_score";
    const bool over = c->ended || (c->planned > 0 && c->steps >= c->planned);
    const double own = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "", end)),
                 val = plm_epochs_value(h, h->rows - 1, plm_epochs_like(h, "val_", end));
    return over && h->rows > 0 && is_on_inputs(c, layer) && val - own > t->hidden && val < good;
}

/* Looks for the largest rate of dropout. */
static void find_dropout(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    enum { NAMES = 120 };
    char names[NAMES];
    int64_t count = 0, *list = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *list);
    const double most = list != NULL ? largest_rate(c, list, &count) : 0;
    const bool shorter = plm_case_falls_short(c),
               harms = shorter || (count > 0 && hides_inputs(t, c, list[0]));
    const double limit = least == PLM_NOTE ? t->note : harms ? t->short_of : t->warning;
    r->what.failed = list == NULL;
    if (!(most > limit))
        return;
    plm_case_layers(c, list, count, names, sizeof names);
    plm_report_found(r, least, harms ? PLM_PART_EVALUATION : PLM_PART_STATIC, list[0],
                     "%s drop%s %.0f %% of what %s", names, count > 1 ? "" : "s", 100 * most,
                     count > 1 ? "they read" : "it reads");
    r->number = most;
    r->threshold = limit;
    plm_report_line(r, "each step sees %.0f %% of the values", 100 * (1 - most));
    if (harms)
        plm_report_line(r, shorter ? "the net is worse than the targets of the 5 nearest rows"
                                   : HIDDEN);
    plm_report_change_all(r, c, list, count, "rate", "0.3");
}

/* Returns the limit of the penalties. harms: the trained net falls short. */
static double penalty_limit(const thresholds *t, plm_level least, bool harms)
{
    if (harms)
        return t->penalty / 2;
    return least == PLM_NOTE ? t->penalty : 5 * t->penalty;
}

/* Adds the evidence about the penalties, and their remedy. */
static void show_penalty(const plm_case *c, plm_report *r, double penalty, double rows)
{
    const double times = 10 * fmax(1, penalty / rows);
    r->number = penalty / rows;
    plm_report_line(r, "penalty %.5g, loss of the rows %.5g, before the first step", penalty, rows);
    if (r->part == PLM_PART_EVALUATION)
        plm_report_line(r, "the net is worse than the targets of the 5 nearest rows");
    const int64_t at = plm_report_weaker_penalties(c, r, times);
    if (at < 0)
        plm_report_remedy(r, "", "make the factors of the penalties %.0f times smaller", times);
    r->key = at < 0 ? "model" : NULL;
    r->layer = at;
}

/* Compares the penalties of the untrained net, on weights and on outputs of layers, with the loss
 * of a batch. */
static void find_penalty(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    const double penalty = c->first_penalty, rows = c->first_loss - penalty;
    const bool harms = c->samples > 0 && plm_case_falls_short(c), wait = c->samples > 0 && !harms;
    const double limit = penalty_limit(t, least, harms);
    if (c->first == NULL || wait || !(rows > 0) || !(penalty > limit * rows))
        return;
    const bool clear = penalty > 5 * t->penalty * rows;
    plm_report_found(r, harms || clear ? PLM_WARNING : PLM_NOTE,
                     harms ? PLM_PART_EVALUATION : PLM_PART_INIT, -1,
                     "the penalty of the weights and outputs is %.3g times the loss of the rows",
                     penalty / rows);
    r->threshold = harms ? limit : t->penalty;
    show_penalty(c, r, penalty, rows);
}

/* Looks for a penalty on the predictions of a regression. */
static void find_predictions(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    if (least >= PLM_WARNING)
        plm_find_penalized_predictions(c, t->penalty, r);
}

/* Returns the standard deviation of the noise that a layer adds, divided by that of the values to
 * which it is added. */
static double noise_of(const plm_case *c, int64_t layer)
{
    const double noise = plm_case_argument(c, layer, "stddev"), both = c->first[layer].variance,
                 values = both - noise * noise;
    /* the variance was measured with the noise added, and is only known to a few percent */
    return noise / sqrt(fmax(values, 0.02 * noise * noise));
}

/* Returns the best score that is known to be possible: that of the 5 nearest rows, or that of a
 * kernel prediction with little noise, which uses more rows. */
static double best_reach(const plm_case *c, bool classes)
{
    static const double little[] = {0.1, 0.2, 0.3};
    double best = plm_case_nearest(c);
    for (size_t i = 0; i < sizeof little / sizeof *little; i++)
        best = fmax(best, plm_neighbours_blurred(c->data, classes, little[i]));
    return best;
}

/* Reports noise on the inputs that hides what they say about the target (blurred.c). Small noise is
 * not examined. */
static void find_blurring(const thresholds *t, const plm_case *c, int64_t layer, plm_report *r)
{
    const double noise = noise_of(c, layer);
    if (c->samples > 0 || c->data == NULL || c->data->near.rows == 0 || !(noise > t->noise / 5) ||
        !is_on_inputs(c, layer))
        return;
    const bool classes = plm_case_predicts_classes(c);
    const double left = plm_neighbours_blurred(c->data, classes, noise),
                 reach = best_reach(c, classes);
    if (!(left < reach - t->taken))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, layer,
                     "the noise of %s hides what the inputs say about the target",
                     plm_case_layer(c, layer));
    r->number = reach - left;
    r->threshold = t->taken;
    plm_report_line(r, "it is %.2g times as large as the values it is added to", noise);
    plm_report_line(r, "%s of the nearest rows %.3g, of the best predictions with",
                    classes ? "accuracy" : "R2", reach);
    plm_report_line(r, "this noise %.3g", left);
    plm_report_change(r, c, layer, "stddev", "0.1");
}

/* Returns the limit of the noise of a layer. */
static double limit_of(const thresholds *t, const plm_case *c, int64_t layer, plm_level least)
{
    if (plm_case_falls_short(c))
        return t->noise / 5;
    return least == PLM_NOTE || hides_inputs(t, c, layer) ? t->noise / 2 : t->noise;
}

/* Looks for a layer whose noise is larger than the values to which it is added. */
static void find_noise(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    for (int64_t i = 0; c->first != NULL && i < c->layers; i++) {
        if (!plm_case_layer_is(c, i, "gaussian_noise"))
            continue;
        const bool hides = hides_inputs(t, c, i), harms = hides || plm_case_falls_short(c);
        const double noise = noise_of(c, i), limit = limit_of(t, c, i, least);
        if (c->samples > 0 && !harms)
            continue;
        find_blurring(t, c, i, r);
        if (r->found || !(noise > limit))
            continue;
        plm_report_found(r, least, harms ? PLM_PART_EVALUATION : PLM_PART_INIT, i,
                         "the noise of %s is %.2g times as large as the values it is added to",
                         plm_case_layer(c, i), noise);
        r->number = noise;
        r->threshold = limit;
        if (hides)
            plm_report_line(r, HIDDEN);
        plm_report_change(r, c, i, "stddev", "0.1");
        return;
    }
}

/* Looks for constraints that change the weights too much. */
static void find_constraint(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    if (least >= PLM_WARNING)
        plm_find_constrained(c, t->constraint, r);
}

/* Looks for a strong penalty on biases. It cannot be measured before the first step, since biases
 * and so their penalty are then 0. */
static void find_factor(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    const plm_training *g = c->model->training;
    (void)least;
    for (size_t i = 0; g != NULL && i < g->m->graph.weights; i++) {
        const plm_weight *w = &g->m->graph.weight[i];
        const double factor = fmax(g->rule[i].penalty.l1, g->rule[i].penalty.l2);
        const int64_t at = plm_weight_layer(c, w);
        if (w->rank != 1 || !w->trainable || at < 0 || !(factor >= t->factor))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, at,
                         "the penalty on %s has the factor %.3g: it will stay near 0", w->name,
                         factor);
        r->number = factor;
        r->threshold = t->factor;
        if (strstr(w->name, "bias") != NULL)
            plm_report_change(r, c, at, "bias_regularizer", "none");
        return;
    }
}

/* Looks for a weight decay that shrinks all weights to 0. The steps of adam do not depend on the
 * size of the gradient, so its decay does harm only if it is stronger, and makes the net forget all
 * that it has learned several times. */
static void find_decay(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    const plm_training *g = c->model->training;
    (void)least;
    if (g == NULL || g->optimizer == NULL)
        return;
    const bool sgd = strcmp(g->optimizer->kind.name, "sgd") == 0;
    const double limit = sgd ? t->decay : t->decoupled,
                 passed = g->weight_decay * g->rate * plm_case_updates(c);
    if (!(g->weight_decay >= limit) || !(passed > (sgd ? 1 : 2)))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "weight_decay=%.3g draws the weights to 0 faster than they can learn",
                     g->weight_decay);
    r->number = g->weight_decay;
    r->threshold = limit;
    r->key = "optimizer";
    plm_report_line(r, "without a gradient, all steps leave %.2g of a weight", exp(-passed));
    const char *usual =
        plm_optimizer_with(r->arena, c->model, "weight_decay", sgd ? "1e-4" : "0.01");
    if (usual != NULL)
        plm_report_remedy(r, "optimizer", "%s", usual);
}

/* Looks for hidden layers whose weights are drawn to nearly nothing. */
static void find_shrunk(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    (void)least;
    plm_find_emptied(c, t->emptied, r);
    if (!r->found)
        plm_find_shrunk(c, t->shrunk, r);
}

/* Looks for rows that are mixed too much. */
static void find_mixed(const thresholds *t, const plm_case *c, plm_level least, plm_report *r)
{
    (void)least;
    plm_find_mixed(c, t->alpha, r);
}

/* Reports dropout, noise, penalties, constraints or weight decay that are too strong: first looks
 * for warnings, then for notes. Dropout is examined first, since its rate is the easiest to see and
 * to change. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    static void (*const finders[])(const thresholds *, const plm_case *, plm_level,
                                   plm_report *) = {find_dropout,     find_noise,   find_constraint,
                                                    find_predictions, find_penalty, find_factor,
                                                    find_decay,       find_shrunk,  find_mixed};
    if (c->model == NULL || c->spot == NULL)
        return;
    for (size_t i = 0; i < sizeof finders / sizeof finders[0] && !r->found; i++)
        finders[i](config, c, PLM_WARNING, r);
    for (size_t i = 0; i < sizeof finders / sizeof finders[0] && !r->found; i++)
        finders[i](config, c, PLM_NOTE, r);
}

const plm_finding_kind plm_finding_over_regularized = {
    .kind = {.name = "over_regularized",
             .alias = "O403",
             .help = "dropout, noise, penalties or constraints are so strong that the net learns "
                     "little",
             .formula = "rate of a dropout layer > note; penalties before the first step / loss of "
                        "the rows > penalty; noise / deviation of the values > noise; norm of "
                        "weights before and after a constraint differs by > constraint; all "
                        "hidden weights < shrunk of their first size; or alpha of mixup > alpha",
             .notes = "Dropout of 0.1 to 0.5, noise below the size of its input, and penalties "
                      "well below the loss reduce overfitting. If they are stronger, the net "
                      "spends its steps on the penalty, or gets too little of its inputs, and "
                      "underfits.",
             .source = "Srivastava et al., Dropout: a simple way to prevent neural networks from "
                       "overfitting, 2014",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_INIT, /* a net that it keeps from learning needs no other rate */
    .healthy = {0, 0.6},
    .find = find,
};
