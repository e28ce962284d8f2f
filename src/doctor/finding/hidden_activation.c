/* S302: hidden layers without an activation, or with softmax; relu before softmax. Such layers are
 * valid, and intended in some nets, so only layers whose output a dense layer reads directly are
 * reported. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "doctor/ladder.h"

/* True if a layer is a dense one. */
static bool is_dense(const plm_layer *l)
{
    return l->kind != NULL && strcmp(l->kind->kind.name, "dense") == 0;
}

/* True if a layer is leaky_relu with the slope 1 for negative inputs, so that it changes
 * nothing. */
static bool is_straight(const plm_case *c, int64_t layer)
{
    const double slope = plm_case_layer_is(c, layer, "leaky_relu")
                             ? plm_case_argument(c, layer, "negative_slope")
                             : 0;
    return fabs(slope - 1) < 1e-6;
}

/* True if a dense layer has no activation, or leaky_relu with the slope 1. */
static bool is_linear(const plm_case *c, int64_t layer)
{
    const plm_spec *own = NULL, *activation = NULL;
    if (c->spot[layer].function == NULL)
        return true;
    if (strcmp(c->spot[layer].function, "leaky_relu") != 0 ||
        plm_spec_parse(c->arena, c->model->layer[c->spot[layer].layer].text, &own) < 0)
        return false;
    activation = plm_spec_argument_of(own, "activation", SIZE_MAX);
    return activation != NULL && activation->count == 1 &&
           activation->argument[0].value->type == PLM_SPEC_NUMBER &&
           fabs(activation->argument[0].value->number - 1) < 1e-6;
}

/* True if a layer only reshapes or scales its input, or adds noise, and so is no activation. */
static bool passes_on(const plm_layer *l)
{
    return l->kind != NULL &&
           plm_pattern_matches("batch_normalization|*dropout|gaussian_noise|scale",
                               l->kind->kind.name);
}

/* Returns the dense layer that reads the output of this layer, directly or through layers that only
 * pass it on, such as reshaping or noise; -1 = there is no such layer. */
static int64_t next_dense(const plm_case *c, int64_t layer)
{
    int own = (int)c->spot[layer].layer;
    for (int64_t i = layer + 1; i < c->layers; i++) {
        const plm_layer *l = &c->model->layer[c->spot[i].layer];
        if (l->inputs != 1 || l->input[0] != own)
            continue;
        if (is_dense(l))
            return i;
        if (passes_on(l) || is_straight(c, i))
            own = (int)c->spot[i].layer;
    }
    return -1;
}

/* Returns the number of columns of a layer's output. */
static int64_t units_of(const plm_case *c, size_t layer)
{
    return plm_graph_shape(&c->model->graph, c->model->value[layer])->width;
}

/* True if the layer is narrower than its input and than the layer that reads it. Two matrices with
 * a narrow layer between them (a low-rank product) are intended. */
static bool is_narrow(const plm_case *c, int64_t layer, int64_t next)
{
    const size_t own = c->spot[layer].layer;
    const int64_t units = units_of(c, own);
    return units < units_of(c, (size_t)c->model->layer[own].input[0]) &&
           units < units_of(c, c->spot[next].layer);
}

/* True if several layers read the output of a layer. A dense layer without an activation is then
 * more than a part of the next one: maximum(a, b) of two such layers is no linear map. */
static bool is_shared(const plm_case *c, int64_t layer)
{
    int readers = 0;
    for (size_t k = 0; k < c->model->layers; k++)
        for (int j = 0; j < c->model->layer[k].inputs; j++)
            readers += c->model->layer[k].input[j] == (int)c->spot[layer].layer;
    return readers > 1;
}

/* Lists the hidden dense layers that have this activation and whose output another dense layer
 * reads. list[c->layers]. Returns how many there are. */
static int64_t list_layers(const plm_case *c, const char *function, int64_t *list)
{
    int64_t count = 0;
    for (int64_t i = 0; i < c->layers; i++) {
        const char *own = c->spot[i].function;
        const int64_t next = is_dense(&c->model->layer[c->spot[i].layer]) ? next_dense(c, i) : -1;
        if (next < 0 ||
            (function == NULL ? !is_linear(c, i) : own == NULL || strcmp(own, function) != 0))
            continue;
        if (function != NULL || (!is_narrow(c, i, next) && !is_shared(c, i)))
            list[count++] = i;
    }
    return count;
}

/* True if the hidden dense layers with an activation are at least three for each linear one: the
 * linear layer is then no loss that matters, such as one that only changes the width. */
static bool is_minor(const plm_case *c, int64_t linear)
{
    int64_t others = 0;
    for (int64_t i = 0; i < c->layers; i++) {
        const plm_layer *l = &c->model->layer[c->spot[i].layer];
        others += plm_case_is_hidden(c, i) && is_dense(l) && !is_linear(c, i);
    }
    return others >= 3 * linear;
}

/* True if the linear layer is the only hidden dense layer. The net is then a linear map, which is
 * enough for some tables. */
static bool is_only(const plm_case *c, int64_t linear)
{
    int64_t hidden = 0;
    for (int64_t i = 0; i < c->layers; i++)
        hidden += plm_case_is_hidden(c, i) && is_dense(&c->model->layer[c->spot[i].layer]);
    return linear == 1 && hidden == 1;
}

/* Returns the level of linear layers: a note if they are no loss that matters. */
static plm_level level_of_linear(const plm_case *c, int64_t count)
{
    const bool harmless = is_minor(c, count) || (is_only(c, count) && !plm_case_falls_short(c));
    return harmless ? PLM_NOTE : PLM_WARNING;
}

/* Reports the layers with one of the two faults; false = there are none. function: softmax, or NULL
 * for none. */
static bool report(const plm_case *c, plm_report *r, const char *function, int64_t *list)
{
    enum { NAMES = 120 };
    char names[NAMES];
    const bool softmax = function != NULL;
    const int64_t count = list_layers(c, function, list);
    if (count == 0)
        return false;
    plm_case_layers(c, list, count, names, sizeof names);
    const plm_level level = softmax ? PLM_WARNING : level_of_linear(c, count);
    const bool late = level == PLM_WARNING && !softmax && is_only(c, count);
    plm_report_found(r, level, late ? PLM_PART_EVALUATION : PLM_PART_STATIC, list[0],
                     softmax && count > 1 ? "%s are hidden layers with softmax"
                     : softmax            ? "%s is a hidden layer with softmax"
                     : count > 1 ? "%s have no activation, so each is one with the next dense layer"
                                 : "%s has no activation, so it and the next dense layer are one",
                     names);
    r->number = (double)count;
    plm_report_line(
        r,
        softmax ? "such layers: %lld; a softmax's outputs add up to 1, so gradients are small"
                : "such layers: %lld; a linear map of a linear map is linear",
        (long long)count);
    if (late)
        plm_report_line(r, "the net is worse than the targets of the 5 nearest rows");
    plm_report_change_all(r, c, list, count, "activation", "relu");
    return true;
}

/* Returns the first layer with relu, or a similar activation, whose output a separate softmax or
 * sigmoid layer reads; -1 = none. *reader: the softmax or sigmoid layer. */
static int64_t find_cut(const plm_case *c, int64_t *reader)
{
    for (int64_t i = 0; i < c->layers; i++)
        for (int64_t k = i + 1; c->spot[i].zeroes && k < c->layers; k++) {
            const plm_layer *l = &c->model->layer[c->spot[k].layer];
            const char *own = c->spot[k].function;
            *reader = k;
            if (l->inputs == 1 && l->input[0] == (int)c->spot[i].layer && !is_dense(l) &&
                own != NULL && plm_pattern_matches("softmax|sigmoid", own))
                return i;
        }
    return -1;
}

/* Reports class scores that relu cuts off at 0 before softmax or sigmoid. */
static void report_cut(const plm_case *c, plm_report *r, int64_t layer, int64_t reader)
{
    const bool softmax = strcmp(c->spot[reader].function, "softmax") == 0;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, layer,
                     softmax ? "the scores of the classes pass %s before softmax"
                             : "the output passes %s before sigmoid",
                     c->spot[layer].function);
    plm_report_line(r, softmax ? "scores below 0 become 0 and have no gradient"
                               : "it cannot be below 0.5, and has no gradient there");
    if (is_dense(&c->model->layer[c->spot[layer].layer]))
        plm_report_change(r, c, layer, "activation", "linear");
    else
        plm_report_remedy(r, "", "leave out the layer %s", plm_case_layer(c, layer));
}

/* Reports a hidden layer without an activation, or with softmax. Without an activation between
 * them, two dense layers are equivalent to one. A softmax in a hidden layer makes all its units
 * compete, which is hardly ever intended. Softmax is examined first, since it is the rarer mistake.
 * */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    int64_t reader = -1;
    (void)config;
    if (c->model == NULL || c->spot == NULL)
        return;
    int64_t *list = plm_arena_array(r->arena, (size_t)c->layers + 1, sizeof *list);
    r->what.failed = r->what.failed || list == NULL;
    if (r->found || list == NULL || report(c, r, "softmax", list) || report(c, r, NULL, list))
        return;
    const int64_t layer = find_cut(c, &reader);
    if (layer >= 0)
        report_cut(c, r, layer, reader);
}

const plm_finding_kind plm_finding_hidden_activation = {
    .kind =
        {.name = "hidden_activation",
         .alias = "S302",
         .help = "layers have no activation, or one that is out of place",
         .formula = "a dense layer is read by a dense layer, and it has softmax, or it has no "
                    "activation and is not narrower than its input and the layer that reads it; or "
                    "softmax or sigmoid, as a layer, reads relu or an activation like it",
         .notes =
             "Without an activation between them, two dense layers can do no more than one. A "
             "narrow linear layer is intended, as a code or as a product of two small matrices, "
             "and is not reported; a note if at least three layers with an activation are there "
             "for each linear one, or if a linear one is the only hidden layer, as long as the "
             "trained net predicts no worse than the 5 nearest rows. Softmax makes units compete, "
             "and its gradients are small.",
         .source = "Goodfellow, Bengio and Courville, Deep learning, 2016, section 6.1"},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
