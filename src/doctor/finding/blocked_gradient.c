/* G105: layers with weights get no gradient, since a layer above them does not pass it on: its
 * slope is 0, as that of discretization is everywhere. Such layers keep their random weights for
 * ever. A layer whose trained weights begin at 0 blocks the gradient, too, but only in the first
 * step. */
#include <math.h>
#include <string.h>

#include "doctor/branches.h"
#include "op/no_gradient.h"

typedef struct {
    double small;
} thresholds;

static const plm_field fields[] = {
    PLM_FIELD(thresholds, small, PLM_REAL, "0.001", 0, 1,
              "a warning if a layer without weights makes the values that it gets from another "
              "layer smaller than this share of their size"),
    {0}};

/* True if a layer has parameters. *opens: true = it has a trained one that is 0 and multiplies the
 * values, so it blocks the gradient in the first step only. */
static bool has_weights(const plm_case *c, int64_t layer, bool *opens)
{
    const plm_graph *g = &c->model->graph;
    const char *name = plm_case_layer(c, layer);
    bool any = false;
    *opens = false;
    for (size_t i = 0; i < g->weights; i++) {
        const plm_weight *w = &g->weight[i];
        if (w->layer != name || w->state)
            continue;
        any = true;
        *opens = *opens || (w->trainable && strstr(w->name, "/bias") == NULL &&
                            strstr(w->name, "/beta") == NULL && plm_case_is_zero(c, w));
    }
    return any;
}

/* True if an op of the layer has slope 0 everywhere. */
static bool is_step(const plm_case *c, int64_t layer)
{
    const plm_graph *g = &c->model->graph;
    const char *where = c->model->layer[c->spot[layer].layer].where;
    for (size_t i = 0; i < g->nodes; i++)
        if (g->node[i].where == where && g->node[i].op->cpu.backward[0].run == plm_no_gradient)
            return true;
    return false;
}

/* True if the layer has slope 0 everywhere, or all its values were equal. */
static bool is_flat(const plm_case *c, int64_t layer)
{
    return is_step(c, layer) || !(c->first[layer].variance > 0);
}

/* True if layer k gets a gradient but passes none to the layers that it reads, and weights are not
 * the reason. If all of these layers have an activation, it may be theirs that is flat. */
static bool blocks_below(const plm_case *c, int64_t k)
{
    bool opens = false, linear = false, any = false;
    if (c->spot[k].function != NULL || !(c->first[k].rms_dz > plm_least_gradient) ||
        (has_weights(c, k, &opens) && !is_step(c, k)))
        return false;
    for (int64_t i = 0; i < k; i++) {
        if (!plm_layer_reads(c, k, i) || isnan(c->first[i].rms_dz))
            continue;
        if (c->first[i].rms_dz > 0)
            return false;
        any = true;
        linear = linear || c->spot[i].function == NULL;
    }
    return any && (linear || is_flat(c, k));
}

/* True if the activation of hidden layer k gives the same number for all rows and units, although
 * what it reads differs. */
static bool is_constant(const plm_case *c, int64_t k)
{
    const plm_reading *own = &c->first[k];
    bool opens = false, differs = has_weights(c, k, &opens) && !opens;
    for (int64_t i = 0; i < k; i++)
        differs = differs || (plm_layer_reads(c, k, i) && c->first[i].variance > 0);
    return differs && !opens && c->spot[k].depth > 0 &&
           own->variance <= 1e-12 * own->mean * own->mean;
}

/* True if the activation of layer k passes no gradient on: it gives only one number, or gets no
 * gradient although a layer that reads it does. Units of relu that are always 0 are another finding
 * (G103). */
static bool blocks_itself(const plm_case *c, int64_t k)
{
    bool opens = false;
    if (c->spot[k].function == NULL || c->spot[k].zeroes || !(c->first[k].rms_dz <= 0))
        return false;
    if (is_constant(c, k))
        return true;
    for (int64_t j = k + 1; j < c->layers; j++) {
        if (!plm_layer_reads(c, j, k) || !(c->first[j].rms_dz > plm_least_gradient))
            continue;
        const bool weights = has_weights(c, j, &opens);
        if (!opens && (weights || !is_flat(c, j)))
            return true;
    }
    return false;
}

/* Lists the layers that layer k reads, directly or not, and k itself, whose weights are trained but
 * get no gradient. list[c->layers]. Returns how many there are. */
static int64_t list_blocked(const plm_case *c, int64_t k, int64_t *list, plm_arena *a)
{
    bool *below = plm_arena_array(a, (size_t)c->layers, sizeof *below);
    int64_t count = 0;
    for (int64_t i = k; below != NULL && i >= 0; i--) {
        below[i] = i == k;
        for (int64_t j = i + 1; j <= k && !below[i]; j++)
            below[i] = below[j] && plm_layer_reads(c, j, i);
    }
    for (int64_t i = 0; below != NULL && i <= k; i++)
        if (below[i] && c->first[i].norm_w >= 0 && c->first[i].norm_g <= 0 &&
            c->first[i].rms_dz <= 0)
            list[count++] = i;
    return count;
}

/* Returns the root mean square of the values of a layer. */
static double size_of(const plm_reading *reading)
{
    return sqrt(reading->mean * reading->mean + reading->variance);
}

/* True if a layer shrinks values for ever: layers with weights can learn another size, activations
 * are examined by other findings, unless relu has a small max_value, and normalizations undo the
 * size of what they read. */
static bool is_fixed(const plm_case *c, int64_t k)
{
    bool opens = false;
    const bool active = c->spot[k].function != NULL && !plm_case_layer_is(c, k, "relu");
    return !active && c->spot[k].depth > 0 && !has_weights(c, k, &opens) &&
           !plm_case_layer_is(c, k, "*normalization|*dropout|*_encoding") &&
           c->model->layer[c->spot[k].layer].inputs == 1;
}

/* Returns the layer that leaves the least of the size of the values that it gets from one other
 * layer, and sets *share to what it leaves; -1 = none. A relu that gives only zeros has dead units,
 * which is another finding. */
static int64_t find_shrinking(const plm_case *c, double *share)
{
    int64_t at = -1;
    *share = INFINITY;
    for (int64_t k = 1; k < c->layers; k++) {
        if (!is_fixed(c, k) || (c->spot[k].function != NULL && !(size_of(&c->first[k]) > 0)))
            continue;
        for (int64_t i = 0; i < k; i++) {
            const double left = size_of(&c->first[k]) / size_of(&c->first[i]);
            if (plm_layer_reads(c, k, i) && left < *share) {
                *share = left;
                at = k;
            }
        }
    }
    return at;
}

/* True if the outputs of a layer are the same for every row that was measured. */
static bool has_equal_rows(const plm_reading *reading)
{
    const double size = size_of(reading);
    return reading->between <= 1e-12 * size * size;
}

/* True if the rows that layer k reads differ. *inner: it reads other layers, not the inputs. */
static bool reads_different(const plm_case *c, int64_t k, bool *inner)
{
    bool differ = true;
    *inner = false;
    for (int64_t i = 0; i < k; i++)
        if (plm_layer_reads(c, k, i)) {
            *inner = true;
            differ = differ && !has_equal_rows(&c->first[i]);
        }
    return differ;
}

/* True if layer k, without a matrix or an activation, makes all rows equal. Weights that begin at 0
 * do so in the first step only. Layers that give only zeros for one other layer are reported by
 * find_shrinking. */
static bool makes_equal(const plm_case *c, int64_t k, bool inner)
{
    bool opens = false;
    const plm_reading *own = &c->first[k];
    if (c->spot[k].function != NULL || !has_equal_rows(own) || own->norm_w >= 0 ||
        plm_case_layer_is(c, k, "*dropout") || (has_weights(c, k, &opens) && opens))
        return false;
    return size_of(own) > 0 || !inner || c->model->layer[c->spot[k].layer].inputs > 1;
}

/* Returns the first layer that makes rows equal that differ; -1 = none. */
static int64_t find_equal(const plm_case *c, bool *inner)
{
    enum { ROWS = 16 };
    for (int64_t k = 0; k < c->layers && c->batch >= ROWS; k++)
        if (reads_different(c, k, inner) && makes_equal(c, k, *inner))
            return k;
    return -1;
}

/* Reports a layer that makes all rows equal, such as discretization with boundaries that no value
 * reaches. Of the inputs, rows that were not measured may differ. */
static bool report_equal(const plm_case *c, plm_report *r)
{
    bool inner = false;
    const int64_t k = find_equal(c, &inner);
    if (k < 0)
        return false;
    plm_report_found(r, inner ? PLM_ERROR : PLM_WARNING, PLM_PART_INIT, k,
                     "%s gives the same output for every row, so nothing can be learned above it",
                     plm_case_layer(c, k));
    r->number = 0;
    plm_report_line(r, "the rows that it reads differ");
    if (plm_case_layer_is(c, k, "discretization"))
        plm_report_remedy(r, "", "boundaries between the smallest and the largest values");
    if (c->model->layer[c->spot[k].layer].inputs == 1)
        plm_report_remedy(r, "model", "identity");
    else
        plm_report_remedy(r, "", "look at what %s reads: its inputs cancel each other",
                          plm_case_layer(c, k));
    return true;
}

/* Reports a layer that normalizes rows of one number each, whose output is the same for every row.
 */
static bool find_single(const plm_case *c, plm_report *r)
{
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_value out = c->model->value[c->spot[i].layer];
        if (!plm_case_layer_is(c, i, "layer_normalization|rms_normalization|unit_normalization") ||
            plm_graph_shape(&c->model->graph, out)->width != 1)
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, i,
                         "%s normalizes rows of one number, so all rows become equal",
                         plm_case_layer(c, i));
        plm_report_line(r, "the mean of one number is the number itself");
        plm_report_remedy(r, "model", "identity");
        return true;
    }
    return false;
}

/* Adds a table of the layers up to k and the one above it, with their gradients; at most 6. */
static void draw(plm_report *r, const plm_case *c, int64_t k, bool sizes)
{
    enum { SHOWN = 6 };
    const int64_t last = k + 1 < c->layers ? k + 1 : k;
    plm_report_line(r, "%-22s %9s", "layer", sizes ? "rms" : "rms of dz");
    for (int64_t i = last; i >= 0 && i > last - SHOWN; i--)
        if (sizes || !isnan(c->first[i].rms_dz))
            plm_report_line(r, "%-22s %9.3g", plm_case_layer(c, i),
                            sizes ? size_of(&c->first[i]) : c->first[i].rms_dz);
}

/* Adds remedies for the layer that blocks the gradient. */
static void add_remedies(const plm_case *c, plm_report *r, int64_t k)
{
    if (c->spot[k].function != NULL) {
        plm_report_change(r, c, k, "activation", "relu");
        plm_report_change(r, c, k, "activation", "tanh");
        return;
    }
    plm_report_change(r, c, k, "scale", "1");
    plm_report_change(r, c, k, "limit", "3");
    plm_report_remedy(r, "model", "identity");
    plm_report_remedy(r, "", "put %s before all layers with weights", plm_case_layer(c, k));
}

/* Reports the highest layer that passes no gradient on. False = there is none. */
static bool find_blocked(const plm_case *c, plm_report *r)
{
    enum { NAMES = 120 };
    char names[NAMES];
    int64_t *list = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *list);
    r->what.failed = r->what.failed || list == NULL;
    for (int64_t k = c->layers; list != NULL && k-- > 0;) {
        if (!blocks_below(c, k) && !blocks_itself(c, k))
            continue;
        const int64_t count = list_blocked(c, k, list, r->arena);
        if (count == 0)
            continue;
        plm_case_layers(c, list, count, names, sizeof names);
        const char *own = plm_case_layer(c, k);
        plm_report_found(r, PLM_ERROR, PLM_PART_INIT, k,
                         "%s get%s no gradient and cannot learn: %s has slope 0 %s", names,
                         count == 1 ? "s" : "",
                         c->spot[k].function != NULL ? c->spot[k].function : own,
                         is_step(c, k) ? "everywhere" : "for every row");
        r->number = 0;
        draw(r, c, k, false);
        add_remedies(c, r, k);
        return true;
    }
    return false;
}

/* Examines the gradients of the untrained net. Once the first steps have changed its weights,
 * nothing is reported any more. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    const thresholds *t = config;
    double share = 1;
    if (c->model == NULL || c->spot == NULL || find_single(c, r) || c->first == NULL ||
        c->samples > 0 || report_equal(c, r) || plm_find_lost_branch(c, r) || find_blocked(c, r))
        return;
    const int64_t k = find_shrinking(c, &share);
    if (k < 0 || !(share < t->small))
        return;
    if (share > 0)
        plm_report_found(r, PLM_WARNING, PLM_PART_INIT, k,
                         "%s leaves %.2g of the size of its inputs, so hardly any signal and "
                         "gradient passes it",
                         plm_case_layer(c, k), share);
    else
        plm_report_found(r, PLM_ERROR, PLM_PART_INIT, k,
                         "%s gives only zeros, so no signal and no gradient passes it",
                         plm_case_layer(c, k));
    r->number = share;
    r->threshold = t->small;
    draw(r, c, k, true);
    add_remedies(c, r, k);
}

const plm_finding_kind plm_finding_blocked_gradient = {
    .kind = {.name = "blocked_gradient",
             .alias = "G105",
             .help = "layers get no gradient, since a layer above them has slope 0",
             .formula = "gradient of a trained layer = 0, below a layer that gets one but passes "
                        "none on; or below a maximum or minimum that always takes another layer; "
                        "or a layer without weights that leaves less than `small` of its "
                        "inputs, or gives the same output for every row",
             .notes = "Layers below such a layer keep their initial, random weights. Layers that "
                      "count, round or look up have slope 0 everywhere: put them before all layers "
                      "with weights. An activation has slope 0 where it is constant. Weights that "
                      "begin at 0 block the gradient in the first step only, so they are not "
                      "reported, and neither are frozen layers.",
             .source = "Bengio, Leonard and Courville, Estimating or propagating gradients through "
                       "stochastic neurons for conditional computation, 2013",
             .config_size = sizeof(thresholds),
             .fields = fields},
    .root = PLM_ROOT_INIT,
    .healthy = {0.01, 100},
    .causes = "D202|S303|S304|G104",
    .proves = true,
    .find = find,
};
