/* G103: units of relu output 0 for every row. A step that is too large can shift the bias of a unit
 * so far that its weighted sum is negative for every row. Its gradient is then 0, so no later step
 * revives the unit, and the layer has fewer useful units. The share of dead units is measured over
 * whole windows of rows (probe.c), since any unit is 0 for some rows. */
#include <math.h>

#include "doctor/ladder.h"

typedef struct {
    double warning, error, growth, zero, empty;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, warning, PLM_REAL, "0.6", 0, 1,
              "a warning if the share of dead units of a layer is larger than this"),
    PLM_FIELD(thresholds, error, PLM_REAL, "0.9", 0, 1,
              "an error if the share of dead units of a layer is larger than this"),
    PLM_FIELD(thresholds, growth, PLM_REAL, "0.3", 0, 1,
              "if the share has grown by more than this since the first step, the learning rate is "
              "the cause"),
    PLM_FIELD(thresholds, zero, PLM_REAL, "0.9", 0, 1,
              "a warning before the first step if the run file sets the initial biases of a layer "
              "and more than this share of its output values is 0"),
    PLM_FIELD(
        thresholds, empty, PLM_REAL, "0.3", 0, 1,
        "a warning before the first step if more than this share of the units of a relu layer "
        "has only weights of 0, and is dead"),
    {0}};

/* Returns the layer with the largest share of dead units, an output only if all its units are dead;
 * -1 = dead units were counted in no
 * layer. */
static int64_t worst(const plm_case *c, const plm_reading *reading)
{
    int64_t at = -1;
    for (int64_t i = 0; reading != NULL && i < c->layers; i++)
        if (!isnan(reading[i].dead) && (c->spot[i].depth > 0 || reading[i].dead >= 1) &&
            (at < 0 || reading[i].dead > reading[at].dead))
            at = i;
    return at;
}

/* Adds a bar for each layer that has dead units, for at most 6 layers. */
static void draw(plm_report *r, const plm_case *c, const plm_reading *reading)
{
    enum { SHOWN = 6 };
    int shown = 0;
    plm_report_line(r, "%-22s %9s  of the units of the layer", "layer", "dead");
    for (int64_t i = 0; i < c->layers && shown < SHOWN; i++)
        if (!isnan(reading[i].dead) && reading[i].dead > 0) {
            plm_report_bar(r, plm_case_layer(c, i), reading[i].dead, reading[i].dead);
            shown++;
        }
}

/* Returns the share of the units of a layer that have only weights of 0, and sets *zeros to the
 * share of its weights that are 0; 0 = the layer has no kernel. */
static double empty_share(const plm_case *c, int64_t layer, double *zeros, plm_report *r)
{
    const plm_weight *w = NULL;
    for (size_t i = 0; w == NULL && i < c->model->graph.weights; i++)
        if (c->model->graph.weight[i].layer == plm_case_layer(c, layer) &&
            c->model->graph.weight[i].rank == 2)
            w = &c->model->graph.weight[i];
    plm_real *x = w != NULL ? plm_arena_array(r->arena, w->count + 1, sizeof *x) : NULL;
    int64_t units = 0, all = 0;
    *zeros = 0;
    if (x == NULL)
        return 0;
    plm_weight_read(w, c->model->vector.p, x);
    for (int64_t k = 0; k < w->dims[1]; k++) {
        int64_t own = 0;
        for (int64_t i = 0; i < w->dims[0]; i++)
            own += !(x[i * w->dims[1] + k] < 0) && !(x[i * w->dims[1] + k] > 0);
        all += own;
        units += own == w->dims[0];
    }
    *zeros = (double)all / (double)w->count;
    return (double)units / (double)w->dims[1];
}

/* Reports a relu layer many of whose units have only weights of 0, as in a net that was pruned.
 * Their output is 0 for every row, and so is the slope of relu there: nothing teaches them. */
static void find_empty(const thresholds *t, const plm_case *c, plm_report *r)
{
    for (int64_t i = 0; c->first != NULL && c->samples == 0 && i < c->layers; i++) {
        double zeros = 0;
        const int64_t own = plm_case_owner(c, i, "activation");
        if (!plm_case_is_hidden(c, i) || !c->spot[own].zeroes || !(c->first[own].dead > t->empty))
            continue;
        const double share = empty_share(c, i, &zeros, r);
        if (!(share > t->empty))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_INIT, i,
                         "%.0f %% of the units of %s have only weights of 0, so nothing teaches "
                         "them",
                         100 * share, plm_case_layer(c, i));
        r->number = share;
        r->threshold = t->empty;
        plm_report_line(r, "%.1f %% of its weights are 0", 100 * zeros);
        plm_report_initializer(r, c, i);
        if (*plm_case_setting(c, "start") != '\0')
            plm_report_remedy(r, "", "start from a model that was not pruned");
        return;
    }
}

/* Returns the newest measurements that count dead units, of the training or of the untrained net,
 * and sets *at to the layer with the largest share of dead units; NULL = there are none. *runs:
 * true = they are of the training. */
static const plm_reading *newest(const plm_case *c, int64_t *at, bool *runs)
{
    const plm_reading *last = c->samples > 0 ? c->sample[c->samples - 1].reading : NULL;
    *at = worst(c, last);
    *runs = *at >= 0;
    if (*runs)
        return last;
    *at = worst(c, c->first);
    return *at >= 0 ? c->first : NULL;
}

/* True if the user has set the argument bias_initializer of a layer, whose biases may keep its
 * units at 0. */
static bool has_biases(const plm_case *c, plm_report *r, int64_t layer)
{
    const plm_spec *s = NULL;
    const int64_t own = plm_case_owner(c, layer, "bias_initializer");
    return own >= 0 &&
           plm_spec_parse(r->arena, c->model->layer[c->spot[own].layer].text, &s) >= 0 &&
           plm_spec_argument_of(s, "bias_initializer", SIZE_MAX) != NULL;
}

/* Reports a layer whose initial biases keep nearly all of its output values at 0, even though no
 * unit is 0 for every row. */
static void find_biased(const thresholds *t, const plm_case *c, plm_report *r)
{
    for (int64_t i = 0; c->first != NULL && c->samples == 0 && i < c->layers; i++) {
        const double zero = c->first[i].zero;
        if (isnan(c->first[i].dead) || c->spot[i].depth == 0 || !(zero > t->zero) ||
            !has_biases(c, r, i))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_INIT, i,
                         "%.0f %% of the values of %s are 0 because of its initial biases",
                         100 * zero, plm_case_layer(c, i));
        r->number = zero;
        r->threshold = t->zero;
        plm_report_line(r, "in a relu layer without such biases, about 50 %% of the outputs are 0");
        plm_report_change(r, c, i, "bias_initializer", "zeros");
        return;
    }
}

/* Lists layer `at` and, if it is a hidden one, all other hidden layers in which more than this
 * share of the units is dead. list[c->layers]. Returns how many there are. */
static int64_t list_layers(const plm_case *c, int64_t at, const plm_reading *reading, double limit,
                           int64_t *list)
{
    int64_t count = 0;
    for (int64_t i = 0; i < c->layers; i++)
        if (i == at || (c->spot[at].depth > 0 && c->spot[i].depth > 0 && reading[i].dead > limit))
            list[count++] = i;
    return count;
}

/* Adds remedies for the dead units of layer `at`, and for those of all other hidden layers in which
 * more than this share of the units is dead. grown: they died during the training. */
static void add_remedies(const plm_case *c, int64_t at, const plm_reading *reading, double limit,
                         bool grown, plm_report *r)
{
    const bool inner = c->spot[at].depth > 0;
    int64_t *list = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *list);
    r->what.failed = r->what.failed || list == NULL;
    if (list == NULL)
        return;
    const int64_t count = list_layers(c, at, reading, limit, list);
    if (grown)
        plm_report_remedy(r, "", "lower the learning rate, for example to a tenth");
    else if (has_biases(c, r, at))
        plm_report_change_all(r, c, list, count, "bias_initializer", "zeros");
    plm_report_change_all(r, c, list, count, "activation", inner ? "leaky_relu" : "linear");
    plm_report_change_all(r, c, list, count, "activation", inner ? "elu" : "softplus");
}

/* Reports layers with many dead units in the newest measurements. If many more units are dead than
 * before the first step, the learning rate is too high. If the net learns nevertheless, it is only
 * a note. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    plm_level level = PLM_NOTE;
    int64_t at;
    bool runs;
    const plm_reading *reading = newest(c, &at, &runs);
    if (reading == NULL || !plm_report_level(reading[at].dead, t->warning, t->error, &level)) {
        find_biased(t, c, r);
        if (!r->found)
            find_empty(t, c, r);
        return;
    }
    if (runs && plm_case_learns(c))
        level = PLM_NOTE;
    const double before = c->first != NULL ? c->first[at].dead : (double)NAN;
    const bool grown = runs && reading[at].dead - before > t->growth;
    plm_report_found(r, level, runs ? PLM_PART_RUN : PLM_PART_INIT, at,
                     "%.0f %% of the units of %s are dead: they give 0 for every row%s",
                     100 * reading[at].dead, plm_case_layer(c, at),
                     grown ? ", but did not before the first step" : "");
    r->number = reading[at].dead;
    r->threshold = level == PLM_ERROR ? t->error : t->warning;
    draw(r, c, reading);
    add_remedies(c, at, reading, t->warning, grown, r);
}

const plm_finding_kind plm_finding_dead_units = {
    .kind = {.name = "dead_units",
             .alias = "G103",
             .help = "units of relu give 0 for every row, so nothing can teach them",
             .formula =
                 "share of units that were 0 for each of at least 1,024 rows (256 of repeated "
                 "steps) > warning; or, if the run file gives the biases, share of values "
                 "that are 0 > zero",
             .notes = "A unit of relu that is 0 for every row has no gradient. A few dead units "
                      "are harmless. Many at the first step come from the initial weights or "
                      "biases; many later come from a step that was too large.",
             .source = "Lu et al., Dying ReLU and initialization, 2019",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_SYMPTOM,
    .healthy = {0, 0.5},
    .causes = "G105|S305|S303|S304|O403|D202",
    .find = find,
};
