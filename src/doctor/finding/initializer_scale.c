/* S303: the initial weights do not suit the activation. Weights that are too large or too small by
 * a factor make signals grow or shrink by this factor at each layer. Three rules are common (He,
 * Glorot, LeCun), which differ by a factor of at most 2 in variance for square layers; weights
 * between the smallest and the largest of the three are not reported. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "doctor/constrained.h"
#include "doctor/ladder.h"
#include "doctor/rates.h"
#include "doctor/slopes.h"

typedef struct {
    double warning, error, made_up, bias, loss, losses, vectors, slopes, waves;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "3", 1, 1e9,
              "a warning if the initial weights are too large or too small by this factor"),
    PLM_FIELD(thresholds, error, PLM_REAL, "10", 1, 1e9,
              "an error if the initial weights are too large or too small by this factor"),
    PLM_FIELD(
        thresholds, made_up, PLM_REAL, "0.15", 0, 1,
        "a note if weights are too small in at most 4 hidden layers, and the optimizer's steps "
        "(adam and similar ones) make up for it in this part of all steps"),
    PLM_FIELD(thresholds, bias, PLM_REAL, "3", 0, 1e30,
              "a warning if the mean size of a hidden layer's initial biases is larger than this, "
              "and they saturate the layer or keep its relu always on"),
    PLM_FIELD(thresholds, loss, PLM_REAL, "4", 1, 1e30,
              "large weights or biases of the output layer are reported if the first loss of a "
              "regression is this many times the loss of predicting the mean"),
    PLM_FIELD(thresholds, losses, PLM_REAL, "10", 1, 1e30,
              "large weights or biases of the output layer are reported if the first loss for "
              "classes is this many times the loss of equal probabilities"),
    PLM_FIELD(thresholds, vectors, PLM_REAL, "10", 0, 1e30,
              "a warning if the root mean square of the initial vectors of an embedding is larger "
              "than this, and no normalization follows"),
    PLM_FIELD(thresholds, slopes, PLM_REAL, "30", 1, 1e30,
              "a warning if activations with slopes, such as leaky_relu, together make the values "
              "larger by this factor, and no normalization comes between"),
    PLM_FIELD(thresholds, waves, PLM_REAL, "5", 0, 1e30,
              "a warning if the initial frequencies of a periodic_embedding give more than this "
              "number of waves for each standard deviation of its inputs"),
    {0}};

/* Finds the kernel of a layer; NULL = the layer has no kernel. */
static const plm_weight *kernel_of(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    const char *name = plm_case_layer(c, layer);
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].layer == name && g->weight[i].rank == 2)
            return &g->weight[i];
    return NULL;
}

/* Returns the factor by which the weights of a layer differ from what the common rules (He, Glorot,
 * LeCun) give: above 1 = larger than by all three rules, below 1 = smaller than by all three, 1 =
 * between them. A branch that is added to another value may begin with small weights. *usual: the
 * nearest rule. */
static double factor_of(const plm_case *c, int64_t layer, double *deviation, double *usual)
{
    const plm_weight *w = kernel_of(c, layer);
    if (w == NULL || isnan(c->first[layer].norm_w))
        return 1;
    const double in = (double)w->dims[0], out = (double)w->dims[1];
    const double he = sqrt(2 / in), glorot = sqrt(2 / (in + out)), lecun = sqrt(1 / in);
    const double most = fmax(he, glorot), least = fmin(lecun, glorot);
    *deviation = c->first[layer].norm_w / sqrt((double)w->count);
    *usual = *deviation > most ? most : least;
    if (*deviation > most)
        return *deviation / most;
    return *deviation < least && !plm_case_is_added(c, layer) ? *deviation / least : 1;
}

/* Returns the mean absolute value of the biases of a layer; 0 = it has none. */
static double bias_of(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    const char *name = plm_case_layer(c, layer);
    for (size_t i = 0; i < g->weights; i++) {
        const plm_weight *w = &g->weight[i];
        double sum = 0;
        if (w->layer != name || w->rank != 1 || strstr(w->name, "/bias") == NULL)
            continue;
        for (size_t k = 0; k < w->size; k++)
            sum += fabs((double)c->model->vector.p[w->offset + k]);
        return sum / (double)w->count;
    }
    return 0;
}

/* Adds a table with the standard deviation of a layer's weights. */
static void show(const plm_case *c, plm_report *r, int64_t at, double deviation, double usual)
{
    plm_report_line(r, "%-22s %9s %12s", "layer", "std", "usual");
    plm_report_line(r, "%-22s %9.3g %12.3g", plm_case_layer(c, at), deviation, usual);
}

/* Lists the hidden layers whose weights are too large or, if large = false, too small by more than
 * is healthy. list[PLM_LADDER]. Returns how many there are. */
static int64_t list_layers(const plm_case *c, const plm_ladder *l, bool large, int64_t *list)
{
    static const double healthy = 2;
    int64_t count = 0;
    double d = 0, u = 0;
    for (int64_t i = 0; i < l->count; i++) {
        const double factor = factor_of(c, l->layer[i], &d, &u);
        if (large ? factor > healthy : factor > 0 && factor < 1 / healthy)
            list[count++] = l->layer[i];
    }
    return count;
}

/* Reports the layers whose weights are too large or too small. worst: the factor of layer `at`. */
static void report_weights(const plm_case *c, const plm_ladder *l, int64_t at, double worst,
                           plm_report *r)
{
    enum { NAMES = 120 };
    char names[NAMES];
    int64_t list[PLM_LADDER];
    double deviation = 0, usual = 0;
    factor_of(c, at, &deviation, &usual);
    const int64_t count = list_layers(c, l, deviation > usual, list);
    plm_case_layers(c, list, count, names, sizeof names);
    plm_report_found(r, r->level, PLM_PART_INIT, at,
                     count > 1 ? "the initial weights of %s are up to %.3g times too %s"
                               : "the initial weights of %s are %.3g times too %s",
                     names, worst, deviation > usual ? "large" : "small");
    r->number = worst;
    show(c, r, at, deviation, usual);
    plm_report_change_all(r, c, list, count, "kernel_initializer", "");
}

/* True if weights that are too small by this factor grow soon: each step of adam, or of a similar
 * optimizer, moves them by about the learning rate, whatever the gradient is. In deep nets the
 * signal itself vanishes. */
static bool grows_soon(const thresholds *t, const plm_case *c, const plm_ladder *l, double factor)
{
    enum { SHALLOW = 4 };
    int64_t layer = -1;
    if (c->model->training == NULL || l->count > SHALLOW || c->planned < 1 ||
        plm_pattern_matches("sgd", c->model->training->optimizer->kind.name))
        return false;
    return factor / plm_predicted_update(c, &layer) < t->made_up * (double)c->planned;
}

/* Compares the standard deviation of the initial weights of each hidden layer with the common
 * rules, and reports the layer that differs most from them, with all others that differ much. */
static void find_weights(const thresholds *t, const plm_case *c, const plm_ladder *l, plm_report *r)
{
    plm_level level = PLM_NOTE;
    int64_t at = -1;
    double worst = 0, d = 0, u = 0;
    for (int64_t i = 0; i < l->count; i++) {
        const double factor = fabs(log(factor_of(c, l->layer[i], &d, &u)));
        if (factor > worst && isfinite(factor)) {
            worst = factor;
            at = l->layer[i];
        }
    }
    if (at < 0 || l->count < 2 || !plm_report_level(exp(worst), t->warning, t->error, &level))
        return;
    const bool small = factor_of(c, at, &d, &u) < 1;
    if (small && grows_soon(t, c, l, exp(worst)))
        level = PLM_NOTE;
    r->level = level;
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    report_weights(c, l, at, exp(worst), r);
}

/* Reports a hidden layer whose initial biases are so large that its units are saturated or, with
 * relu, always on. Biases that keep relu at 0 are reported as dead units (G103). */
static void find_biases(const thresholds *t, const plm_case *c, const plm_ladder *l, plm_report *r)
{
    enum { FEW = 20 };
    for (int64_t i = 0; i < l->count; i++) {
        const int64_t at = l->layer[i];
        const plm_reading *now = &c->first[at];
        const double bias = bias_of(c, at);
        const bool on = c->spot[at].zeroes && now->zero < 1.0 / FEW,
                   flat = now->low + now->high > 0.5;
        if (!(bias > t->bias) || !(on || flat))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_INIT, at,
                         "the initial biases of %s are %.3g in the mean, which %s",
                         plm_case_layer(c, at), bias,
                         on ? "keeps its units on for every row" : "saturates its units");
        r->number = bias;
        r->threshold = t->bias;
        plm_report_line(r,
                        on ? "%.2g %% of its values are 0; usual are 50 %%"
                           : "%.0f %% of its values are at the flat ends",
                        100 * (on ? now->zero : now->low + now->high));
        plm_report_change(r, c, at, "bias_initializer", "zeros");
        return;
    }
}

/* True if the biases of the output are far from the mean of the targets. */
static bool is_biased(const thresholds *t, const plm_case *c, double bias, bool classes)
{
    const plm_data_facts *d = c->data;
    return bias > (classes ? t->bias : fabs(d->target_mean) + t->bias * d->target_deviation);
}

/* Reports an output layer whose first predictions are far off, since its weights or biases are
 * large. */
static void find_output(const thresholds *t, const plm_case *c, plm_report *r)
{
    const int64_t at = c->layers - 1;
    const double constant = plm_case_constant_loss(c);
    double deviation = 0, usual = 0;
    if (!(constant > 0) || !plm_case_layer_is(c, at, "dense"))
        return;
    const bool classes = c->data->classes > 1 && plm_case_learns_classes(c);
    const double factor = factor_of(c, at, &deviation, &usual), bias = bias_of(c, at),
                 loss = (c->first_loss - c->first_penalty) / constant,
                 limit = classes ? t->losses : t->loss;
    if (!(loss > limit) || !(factor > t->warning || is_biased(t, c, bias, classes)))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, at,
                     "the initial %s of the output %s are too large: the first loss is %.3g times "
                     "that of a constant",
                     factor > t->warning ? "weights" : "biases", plm_case_layer(c, at), loss);
    r->number = loss;
    r->threshold = limit;
    if (factor > t->warning) {
        show(c, r, at, deviation, usual);
        plm_report_initializer(r, c, at);
    } else {
        plm_report_line(r, "mean of its biases %.3g", bias);
        plm_report_change(r, c, at, "bias_initializer", "zeros");
    }
}

/* True if a layer, or a layer that reads it alone, is relu or an activation like it. */
static bool is_cut(const plm_case *c, int64_t layer)
{
    for (int64_t k = layer; k < c->layers; k++) {
        const plm_layer *l = &c->model->layer[c->spot[k].layer];
        if (c->spot[k].zeroes &&
            (k == layer || (l->inputs == 1 && l->input[0] == (int)c->spot[layer].layer)))
            return true;
    }
    return false;
}

/* Returns the layer of a weight if this is a gamma of zeros, and the layer does not end a branch
 * that is added to another value; otherwise -1. */
static int64_t zero_layer(const plm_case *c, const plm_weight *w)
{
    const int64_t at = strstr(w->name, "/gamma") != NULL ? plm_weight_layer(c, w) : -1;
    return at < 0 || plm_case_is_added(c, at) || !plm_case_is_zero(c, w) ? -1 : at;
}

/* Reports normalizations whose gamma begins at 0, so that they give only zeros, unless they end a
 * branch that is added to another value. Below relu nothing is learned then, as it has slope 0 at
 * 0; below other activations little, if there are several. */
static void find_gamma(const plm_case *c, plm_report *r)
{
    const plm_graph *g = &c->model->graph;
    int64_t first = -1, count = 0;
    bool cut = false;
    for (size_t i = 0; i < g->weights; i++) {
        const int64_t at = zero_layer(c, &g->weight[i]);
        if (at < 0)
            continue;
        first = first < 0 ? at : first;
        cut = cut || is_cut(c, at);
        count++;
    }
    if (count == 0 || (count < 2 && !cut))
        return;
    plm_report_found(r, cut ? PLM_ERROR : PLM_WARNING, PLM_PART_INIT, first,
                     "%s begins with gamma = 0, so it gives only zeros", plm_case_layer(c, first));
    r->number = (double)count;
    plm_report_line(r, "such layers: %lld%s", (long long)count,
                    cut ? "; relu has no gradient at 0" : "");
    plm_report_change(r, c, first, "gamma_initializer", "ones");
}

/* Reports vectors of words or codes that begin so large that the layers above them get numbers far
 * above 1, unless a normalization comes between. */
static void find_embedding(const thresholds *t, const plm_case *c, plm_report *r)
{
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_reading *now = &c->first[i];
        const double size = sqrt(now->mean * now->mean + now->variance);
        int64_t k = i + 1;
        while (k < c->layers && !plm_case_layer_is(c, k, "dense*|*normalization"))
            k++;
        if (!plm_case_layer_is(c, i, "embedding") || !(size > t->vectors) ||
            (k < c->layers && plm_case_layer_is(c, k, "*normalization")))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_INIT, i,
                         "the initial vectors of %s are too large: their numbers are %.3g in the "
                         "mean",
                         plm_case_layer(c, i), size);
        r->number = size;
        r->threshold = t->vectors;
        plm_report_line(r, "usual are 0.01 to 1");
        plm_report_change(r, c, i, "embeddings_initializer", "uniform");
        return;
    }
}

/* Examines what else begins too large: slopes, and frequencies. */
static void find_others(const thresholds *t, const plm_case *c, plm_report *r)
{
    plm_find_slopes(c, t->slopes, r);
    if (!r->found)
        plm_find_waves(c, t->waves, r);
}

/* Examines the initial weights and biases. Once the first steps have changed them, nothing is
 * reported any more. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    plm_ladder l;
    if (c->first == NULL || c->samples > 0)
        return;
    plm_ladder_find(c, &l);
    find_gamma(c, r);
    if (!r->found)
        find_weights(config, c, &l, r);
    if (!r->found)
        find_embedding(config, c, r);
    if (!r->found)
        find_biases(config, c, &l, r);
    if (!r->found)
        find_output(config, c, r);
    if (!r->found)
        find_others(config, c, r);
}

const plm_finding_kind plm_finding_initializer_scale = {
    .kind = {.name = "initializer_scale",
             .alias = "S303",
             .help = "the initial weights or biases are too large or too small",
             .formula =
                 "std of the weights is above the largest, or below the smallest, of "
                 "sqrt(2/fan_in), sqrt(2/(fan_in + fan_out)) and sqrt(1/fan_in), by a factor; or "
                 "biases that saturate a layer; or an output whose first loss is far above that of "
                 "a constant; or slopes of activations, or frequencies of waves, that are far too "
                 "large",
             .notes = "The size of the initial weights decides whether signals and gradients keep "
                      "their size from layer to layer: he_normal for relu and its variants, "
                      "glorot_uniform for tanh and sigmoid, lecun_normal for selu.",
             .source = "He et al., Delving deep into rectifiers, 2015",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_INIT,
    .healthy = {1, 2},
    .causes = "S304",
    .find = find,
};
