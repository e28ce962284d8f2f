/* S310: no parameter is trained, or hidden layers are frozen although their weights are random. */
#include <math.h>
#include <string.h>

#include "doctor/ladder.h"
#include "doctor/refusal.h"

typedef struct {
    double share, wide;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, share, PLM_REAL, "0.5", 0, 1,
              "a warning if at least this share of the hidden layers is frozen in a net that does "
              "not start from a trained model; a note for a smaller share"),
    PLM_FIELD(thresholds, wide, PLM_REAL, "4", 0, 1e30,
              "a note if the only frozen layer is the lowest one, by trainable=false, and has at "
              "least this many units for each number that it reads, unless the trained net "
              "predicts worse than the 5 "
              "nearest rows; a warning if a frozen layer reads this many numbers for each unit"),
    {0}};

/* A factor of the learning rate below this freezes a layer: rates that differ from layer to layer
 * on purpose, such as those of lower layers or of wide ones, differ less. */
static const double least_factor = 1e-4;

/* True if a layer has a weight matrix. */
static bool has_matrix(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].layer == plm_case_layer(c, layer) && g->weight[i].rank > 1)
            return true;
    return false;
}

/* True if a layer has parameters of which none changes: they are not trained, or their learning
 * rate is multiplied by 0, or nearly 0. *factor: true = the latter. Of a layer with matrices only
 * these count: biases alone learn little. */
static bool is_frozen(const plm_case *c, int64_t layer, bool *factor)
{
    const plm_graph *g = &c->model->graph;
    const bool matrix = has_matrix(c, layer);
    bool any = false;
    *factor = false;
    for (size_t i = 0; i < g->weights; i++) {
        const plm_weight *w = &g->weight[i];
        if (w->layer != plm_case_layer(c, layer) || w->state || (matrix && w->rank < 2))
            continue;
        any = true;
        if (w->trainable && w->learning_rate_factor >= least_factor)
            return false;
        *factor = *factor || w->trainable;
    }
    return any || !c->model->layer[c->spot[layer].layer].trainable;
}

/* True if no parameter changes. */
static bool is_all_frozen(const plm_case *c)
{
    const plm_graph *g = &c->model->graph;
    for (size_t i = 0; i < g->weights; i++)
        if (!g->weight[i].state && g->weight[i].trainable && g->weight[i].learning_rate_factor > 0)
            return false;
    return true;
}

/* Returns the largest factor of the learning rate of a layer's matrices. */
static double factor_of(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    double most = 0;
    for (size_t i = 0; i < g->weights; i++)
        if (g->weight[i].layer == plm_case_layer(c, layer) && g->weight[i].rank > 1)
            most = fmax(most, g->weight[i].learning_rate_factor);
    return most;
}

/* Adds a remedy for a layer whose learning rate is multiplied by 0, by its own argument or by the
 * key learning_rate_factors. */
static void add_factor(const plm_case *c, plm_report *r, int64_t layer)
{
    plm_report_line(r, "learning_rate_factor = %g multiplies the learning rate of %s",
                    factor_of(c, layer), plm_case_layer(c, layer));
    plm_report_change(r, c, layer, "learning_rate_factor", "1");
    if (*plm_case_setting(c, "learning_rate_factors") != '\0')
        plm_report_remedy(r, "", "remove these factors from the key learning_rate_factors");
}

/* Adds a remedy that makes layers trainable: freeze=none if the key freeze has frozen them,
 * otherwise the key unfreeze, which also applies to layers with trainable=false. Without a run file
 * there are no keys. */
static void add_unfreeze(const plm_case *c, plm_report *r)
{
    const char *freeze = plm_case_setting(c, "freeze");
    if (*freeze != '\0' && strcmp(freeze, "none") != 0)
        plm_report_remedy(r, "freeze", "none");
    else if (c->setting != NULL)
        plm_report_remedy(r, "unfreeze", "*");
}

/* True if hidden layer i gives random features: its frozen weights give far more numbers than they
 * read. A layer above it learns to combine them, so that such a net may learn well. */
static bool gives_features(const thresholds *t, const plm_case *c, int64_t i)
{
    const plm_graph *g = &c->model->graph;
    for (size_t k = 0; k < g->weights; k++) {
        const plm_weight *w = &g->weight[k];
        if (w->layer == plm_case_layer(c, i) && w->rank == 2 && !w->state)
            return (double)w->dims[1] >= t->wide * (double)w->dims[0];
    }
    return false;
}

/* True if hidden layer i gives far fewer numbers than it reads: frozen, it loses most of them. */
static bool loses_numbers(const thresholds *t, const plm_case *c, int64_t i)
{
    const plm_graph *g = &c->model->graph;
    for (size_t k = 0; k < g->weights; k++) {
        const plm_weight *w = &g->weight[k];
        if (w->layer == plm_case_layer(c, i) && w->rank == 2 && !w->state)
            return (double)w->dims[0] >= t->wide * (double)w->dims[1];
    }
    return false;
}

/* The frozen hidden layers. */
typedef struct {
    int64_t frozen, of; /* how many of the hidden layers are frozen */
    int64_t first;      /* the lowest one; -1 = none */
    bool by_factor;     /* it is frozen by a learning rate that is multiplied by 0 */
    bool narrow;        /* one of them loses most of the numbers that it reads */
    bool features;      /* it alone is frozen, by its own argument, and gives random features */
} frozen_layers;

/* Finds the frozen hidden layers. */
static frozen_layers find_layers(const thresholds *t, const plm_case *c)
{
    plm_ladder l;
    bool factor = false;
    plm_ladder_find(c, &l);
    frozen_layers out = {.of = l.count, .first = -1};
    for (int64_t i = 0; i < l.count; i++)
        if (is_frozen(c, l.layer[i], &factor)) {
            out.by_factor = out.first < 0 ? factor : out.by_factor;
            out.first = out.first < 0 ? l.layer[i] : out.first;
            out.narrow = out.narrow || loses_numbers(t, c, l.layer[i]);
            out.frozen++;
        }
    out.features = out.frozen == 1 && out.first == l.layer[0] && !out.by_factor &&
                   *plm_case_setting(c, "freeze") == '\0' && gives_features(t, c, out.first);
    return out;
}

/* True if frozen layers are more than a note. falls_short: the net predicts worse than the 5
 * nearest rows. */
static bool does_harm(const thresholds *t, const frozen_layers *f, bool falls_short)
{
    const bool many = (double)f->frozen >= t->share * (double)f->of;
    return f->narrow || (many && (!f->features || falls_short));
}

/* Reports frozen hidden layers. In a net that starts from a trained model (key start) they make
 * sense; in another net they keep their random weights. A C program may have set their weights, so
 * without a run file nothing is reported. */
static void find_frozen(const thresholds *t, const plm_case *c, plm_report *r)
{
    if (c->setting == NULL || *plm_case_setting(c, "start") != '\0' ||
        *plm_case_setting(c, "frozen_epochs") != '\0')
        return;
    const frozen_layers f = find_layers(t, c);
    if (f.frozen == 0)
        return;
    const double share = (double)f.frozen / (double)f.of;
    const bool harms = plm_case_falls_short(c);
    plm_report_found(r, does_harm(t, &f, harms) ? PLM_WARNING : PLM_NOTE,
                     f.features && harms ? PLM_PART_EVALUATION : PLM_PART_STATIC, f.first,
                     "%lld of %lld hidden layers are frozen, so they keep their random weights",
                     (long long)f.frozen, (long long)f.of);
    r->number = share;
    r->threshold = t->share;
    plm_report_line(r, "the net does not begin with a trained model (key start)");
    if (f.by_factor) {
        add_factor(c, r, f.first);
        return;
    }
    add_unfreeze(c, r);
    if (*plm_case_setting(c, "freeze") == '\0')
        plm_report_change(r, c, f.first, "trainable", "true");
}

/* Reports a net without any trained parameter: either all layers with parameters are frozen, or no
 * layer has parameters. The remedy depends on which. */
static void find_all_frozen(const plm_case *c, plm_report *r)
{
    int64_t frozen = 0, first = -1;
    bool factor = false, by_factor = false;
    for (int64_t i = 0; i < c->layers; i++)
        if (is_frozen(c, i, &factor)) {
            by_factor = first < 0 ? factor : by_factor;
            first = first < 0 ? i : first;
            frozen++;
        }
    plm_report_found(r, PLM_ERROR, PLM_PART_STATIC, -1,
                     "no layer has a parameter that is trained, so the net cannot change");
    r->key = "model";
    plm_report_line(r, "%lld of %lld layers are frozen", (long long)frozen, (long long)c->layers);
    if (by_factor)
        add_factor(c, r, first);
    else if (first >= 0)
        add_unfreeze(c, r);
    if (by_factor)
        return;
    if (first >= 0)
        plm_report_remedy(r, "", "remove trainable=false, at least from the last layer");
    else
        plm_report_remedy(r, "", "add a layer with weights, such as dense(1)");
}

/* Reports layers that are frozen, or the refusal of a run in which all are. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    if (plm_refusal_is(c, "S310"))
        plm_refusal_report(c, r);
    if (c->model == NULL || c->model->training == NULL)
        return;
    if (is_all_frozen(c))
        find_all_frozen(c, r);
    else
        find_frozen(config, c, r);
}

const plm_finding_kind plm_finding_nothing_trained = {
    .kind = {.name = "nothing_trained",
             .alias = "S310",
             .help = "no parameter is trained, or layers with random weights are frozen",
             .formula = "trained parameters = 0, or their learning rates are 0; or frozen hidden "
                        "layers, or such whose factor of the learning rate is below 1e-4, / hidden "
                        "layers >= share, "
                        "without a trained model to start from",
             .notes = "If all layers are frozen, or no layer has weights, training changes "
                      "nothing. A frozen layer keeps its weights; that is useful only if they were "
                      "trained before. learning_rate_factor=0 freezes a layer, too.",
             .source = "no source is needed: training changes only parameters that are trainable",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
