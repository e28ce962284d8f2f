/* Detects nets that cannot learn when they are compiled, mostly because the last layer does not fit
 * the loss. In the table of rules, what is never intended is an error, the rest are warnings.
 *
 * A rule looks at one output: its loss, its last activation, and the bounds of that. Rules that
 * need data are findings of the doctor. In doubt there is no warning. */
#include "train/sense.h"

#include <math.h>
#include <string.h>

#include "base/names.h"

/* ---- the outputs of a net ---- */

/* True if the name matches one of the patterns of a list "a|b*". */
static bool named(const char *name, const char *list)
{
    return name != NULL && plm_pattern_matches(list, name);
}

/* Returns the op that computes x, or NULL. */
static const plm_node *node_of(const plm_graph *g, plm_value x)
{
    const plm_graph_value *v = &g->value[x.id];
    return v->origin == PLM_FROM_OP ? &g->node[v->index] : NULL;
}

/* Returns the op that computes x. Ops that only change how numbers are stored are skipped, and so
 * are dropout and noise, which do nothing in predictions. *noisy: set to true for these. */
static const plm_node *maker_of(const plm_graph *g, plm_value x, bool *noisy)
{
    const plm_node *node = node_of(g, x);
    while (node != NULL && named(node->op->kind.name, "repack|noise")) {
        *noisy = *noisy || strcmp(node->op->kind.name, "noise") == 0;
        node = node_of(g, (plm_value){node->input[0]});
    }
    return node;
}

/* Returns the activation that a node applies last: "softmax", "linear", "prelu"; NULL = none. prelu
 * and random_leaky_relu are separate ops, since they have parameters or noise. */
static const char *function_of(const plm_node *node)
{
    const plm_activation *f = node != NULL ? plm_activation_of(node) : NULL;
    /* a dense layer may apply the activation within its own op */
    f = f == NULL && node != NULL ? plm_dense_function(node) : f;
    f = f == NULL && node != NULL ? plm_dense_transpose_function(node) : f;
    if (f != NULL)
        return f->kind->kind.name;
    return node != NULL && named(node->op->kind.name, "prelu|random_leaky_relu")
               ? node->op->kind.name
               : NULL;
}

/* Describes an activation whose values are multiplied by constants, as layers rescaling do. */
static void bound_scaled(const plm_graph *g, const plm_node *node, plm_head *h)
{
    double low, high, factor = 1, shift = 0;
    for (; node != NULL && plm_scale_shift_numbers(node, &high, &low); factor *= high) {
        shift += factor * low;
        node = maker_of(g, (plm_value){node->input[0]}, &h->noisy);
    }
    h->scaled = function_of(node);
    plm_activation_bounds(h->scaled, &low, &high);
    h->scaled_low = shift + fmin(factor * low, factor * high);
    h->scaled_high = shift + fmax(factor * low, factor * high);
}

/* Describes an output of a built model; without a known activation most rules do not apply. */
plm_head plm_head_of(const plm_model *m, int output)
{
    plm_head h = {.model = m, .output = output};
    const plm_shape *s = plm_graph_shape(&m->graph, m->head[output].prediction);
    const plm_loss_kind *loss = m->head[output].loss;
    h.units = s->rank > 0 ? s->dims[s->rank - 1] : 1;
    const plm_node *maker = maker_of(&m->graph, m->head[output].prediction, &h.noisy);
    h.function = function_of(maker);
    if (maker != NULL && plm_standardize_inverts(maker))
        h.inner = function_of(maker_of(&m->graph, (plm_value){maker->input[0]}, &h.noisy));
    plm_activation_bounds(h.function, &h.low, &h.high);
    bound_scaled(&m->graph, maker, &h);
    plm_activation_bounds(h.inner, &h.inner_low, &h.inner_high);
    h.loss = loss != NULL ? loss->kind.name : NULL;
    if (loss != NULL && loss->logits_of != NULL)
        memcpy(&h.from_logits, (const char *)m->head[output].loss_config + loss->from_logits_offset,
               sizeof h.from_logits);
    return h;
}

/* ---- the rules of outputs ---- */

static const char classes[] = "categorical_crossentropy|sparse_categorical_crossentropy|"
                              "categorical_focal_crossentropy|"
                              "categorical_generalized_cross_entropy";
static const char class_numbers[] = "sparse_*|*generalized*";
static const char squashing[] = "softmax|sigmoid|hard_sigmoid";

/* True if softmax or sigmoid would be applied twice. */
static bool has_two_activations(const plm_head *h)
{
    return h->from_logits && named(h->function, squashing);
}

/* True if the loss takes logits, which can be any number, but the output is bounded. log_softmax
 * gives logits of the same probabilities. */
static bool bounds_logits(const plm_head *h)
{
    return h->from_logits && !named(h->function, squashing) && !named(h->function, "log_softmax") &&
           (isfinite(h->low) || isfinite(h->high));
}

/* True if the loss takes probabilities, but the output can be negative. Outputs that are not
 * negative can be divided by their sum; but outputs of relu are an error as well, since all of them
 * may easily be 0. */
static bool lacks_softmax(const plm_head *h)
{
    return named(h->loss, classes) && !h->from_logits && h->function != NULL &&
           (h->low < 0 || named(h->function, "relu|relu6"));
}

/* True if the loss takes probabilities, but the output can be below 0 or above 1. */
static bool lacks_sigmoid(const plm_head *h)
{
    return named(h->loss, "binary_crossentropy|binary_focal_crossentropy") && !h->from_logits &&
           h->function != NULL && (h->low < 0 || h->high > 1);
}

/* True if the loss compares masks, whose numbers are from 0 to 1, but the output can be below 0 or
 * above 1. */
static bool is_no_mask(const plm_head *h)
{
    return named(h->loss, "dice|tversky") && h->function != NULL && (h->low < 0 || h->high > 1);
}

/* True if the loss chooses one class, but every unit has its own sigmoid. */
static bool has_sigmoids(const plm_head *h)
{
    return named(h->loss, classes) && !h->from_logits && named(h->function, "*sigmoid") &&
           h->low >= 0;
}

/* True if every unit has its own sigmoid (has_sigmoids) but the targets are class numbers, which
 * give a row only one class. */
static bool has_sigmoids_for_number(const plm_head *h)
{
    return has_sigmoids(h) && named(h->loss, class_numbers);
}

/* True if every unit has its own sigmoid (has_sigmoids) but the targets are one-hot, although a row
 * with separate sigmoids can have several classes. */
static bool has_sigmoids_for_one_hot(const plm_head *h)
{
    return has_sigmoids(h) && !named(h->loss, class_numbers);
}

/* True if the loss takes numbers of both signs, but the output has one sign only. */
static bool has_one_side(const plm_head *h)
{
    return named(h->loss, "hinge|squared_hinge") && (h->low >= 0 || h->high <= 0);
}

/* True if the loss compares distributions, but the output can be negative. */
static bool is_no_distribution(const plm_head *h)
{
    return named(h->loss, "kl_divergence") && h->function != NULL && h->low < 0;
}

/* True if the loss takes a logarithm, but the output can be negative. */
static bool is_no_rate(const plm_head *h)
{
    return named(h->loss, "poisson") && h->function != NULL && h->low < 0;
}

/* A rule about outputs. In its texts, {loss}, {function} and {output} are replaced by names. */
typedef struct {
    bool refused; /* true = an error, since the net cannot learn; else a warning */
    bool (*holds)(const plm_head *h); /* true = the rule applies to this output */
    const char *what, *hint;
} rule;

static const rule rules[] = {
    {true, has_two_activations,
     "{loss}(from_logits=true) applies softmax or sigmoid itself, but the output '{output}' "
     "already has the activation {function}",
     "leave out from_logits, or use a last layer without an activation"},
    {true, lacks_softmax,
     "{loss} takes probabilities, but the output '{output}' has the activation {function}, which "
     "does not give probabilities",
     "end with activation=softmax, or use {loss}(from_logits=true) without an activation"},
    {true, lacks_sigmoid,
     "{loss} takes probabilities from 0 to 1, but the output '{output}' has the activation "
     "{function}, which gives other numbers",
     "end with activation=sigmoid, or use {loss}(from_logits=true) without an activation"},
    {false, has_sigmoids_for_number,
     "{loss} chooses one class, but each unit of the output '{output}' has its own {function}; "
     "the usual choice is activation=softmax",
     NULL},
    {false, has_sigmoids_for_one_hot,
     "{loss} chooses one class, but each unit of the output '{output}' has its own {function}; "
     "the usual choice is activation=softmax, or binary_crossentropy if several classes can be "
     "true",
     NULL},
    {false, bounds_logits,
     "{loss}(from_logits=true) takes any number, but {function} limits the output '{output}'; "
     "the usual choice is a last layer without an activation",
     NULL},
    {false, has_one_side,
     "{loss} takes numbers of both signs, but the output '{output}' has the activation "
     "{function}, which gives one sign only; the usual choice is a last layer without an "
     "activation, or with tanh",
     NULL},
    {false, is_no_distribution,
     "{loss} compares distributions, but the output '{output}' has the activation {function}, "
     "which gives numbers below 0; the usual choice is activation=softmax",
     NULL},
    {false, is_no_mask,
     "{loss} compares masks of numbers from 0 to 1, but the output '{output}' has the activation "
     "{function}, which gives other numbers; the usual choice is activation=sigmoid or softmax",
     NULL},
    {false, is_no_rate,
     "{loss} takes the logarithm of the output '{output}', which has the activation {function} "
     "and gives numbers below 0; the usual choice is activation=softplus or exponential",
     NULL},
};

/* Adds a text of a rule to t, with names in place of {loss}, {function} and {output}; their first
 * letter is enough to tell them apart. */
static void fill_in(plm_text *t, const char *words, const plm_head *h)
{
    while (*words != '\0') {
        const char *open = strchr(words, '{');
        const size_t plain = open != NULL ? (size_t)(open - words) : strlen(words);
        plm_text_append(t, words, plain);
        words += plain;
        if (*words == '\0')
            return;
        const char *value = words[1] == 'l'   ? h->loss
                            : words[1] == 'f' ? h->function
                                              : plm_model_output_name(h->model, h->output);
        plm_text_add(t, value != NULL ? value : "");
        words = strchr(words, '}') + 1;
    }
}

/* Finds the first warning about an output. A net with an error is never examined. */
bool plm_sense_output(const plm_head *h, plm_text *what)
{
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
        if (!rules[i].refused && rules[i].holds(h)) {
            fill_in(what, rules[i].what, h);
            return true;
        }
    return false;
}

/* Applies one rule: if the output has its fault, fails or warns. The doctor has a finding for the
 * same fault (doctor/finding/output_and_loss.c), so only one of them reports it. */
static plm_status apply(const rule *r, const plm_head *h)
{
    plm *w = h->model->w;
    plm_text what = {.w = w}, hint = {.w = w};
    plm_status status = PLM_OK;
    if (!r->holds(h))
        return PLM_OK;
    fill_in(&what, r->what, h);
    fill_in(&hint, r->hint != NULL ? r->hint : "", h);
    if (r->refused)
        status = plm_fail_code(
            w, "S301",
            plm_fail_key(w, PLM_E_SPEC, "loss", plm_text_get(&hint), "%s", plm_text_get(&what)));
    else if (!w->examined)
        plm_warn(w, "%s (S301: plummet describe finding S301)", plm_text_get(&what));
    plm_text_free(&what);
    plm_text_free(&hint);
    return status;
}

/* ---- rules about nodes and about the whole net ---- */

/* Adds the layer that made a node to the last error as its place, and the code of such errors. */
static plm_status fail_softmax(const plm_model *m, const plm_node *node, plm_status status)
{
    for (size_t i = 0; i < m->layers; i++)
        if (m->layer[i].where == node->where)
            plm_ignore(plm_model_fail_in_layer(m, i, status));
    return plm_fail_code(m->w, "S301", status);
}

/* Fails if a softmax is useless. The softmax of a single number is always 1; the softmax of a
 * softmax is nearly the same for all classes. */
static plm_status check_softmax(const plm_model *m, const plm_node *node)
{
    const plm_shape *s = &m->graph.value[node->output].shape;
    bool noisy = false;
    const char *below = function_of(maker_of(&m->graph, (plm_value){node->input[0]}, &noisy));
    if (!named(function_of(node), "softmax|log_softmax"))
        return PLM_OK;
    if (s->rank == 0 || s->dims[s->rank - 1] == 1)
        return fail_softmax(m, node,
                            plm_fail(m->w, PLM_E_SPEC, NULL,
                                     "for yes or no end with dense(1, activation=sigmoid) and "
                                     "binary_crossentropy; for a number use no activation",
                                     "softmax of one unit is 1, whatever its input"));
    if (named(below, "softmax") && named(function_of(node), "softmax"))
        return fail_softmax(m, node,
                            plm_fail(m->w, PLM_E_SPEC, NULL, "remove one of the two softmax",
                                     "softmax is applied to the result of a softmax"));
    return PLM_OK;
}

/* Checks the rules about outputs, and that a loss weight is above 0: else there is no gradient. */
static plm_status check_losses(const plm_model *m)
{
    bool counts = false;
    for (int k = 0; k < m->heads; k++)
        counts = counts || m->head[k].loss_weight > 0;
    if (!counts)
        return plm_fail_key(m->w, PLM_E_SPEC, "loss_weights",
                            "make at least one loss weight larger than 0",
                            "all loss weights are 0: nothing can be learned");
    for (int k = 0; k < m->heads; k++) {
        const plm_head h = plm_head_of(m, k);
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
            PLM_TRY(apply(&rules[i], &h));
        if (h.noisy && !m->w->examined)
            plm_warn(m->w,
                     "the output '%s' itself passes dropout or noise, which spoils the predictions "
                     "of the training; they belong between hidden layers (S301: plummet describe "
                     "finding S301)",
                     plm_model_output_name(m, k));
    }
    return PLM_OK;
}

/* Warns if an accuracy is used for the output of a regression, or a metric of class numbers for a
 * probability, all of which would count as class 0. */
static void check_metrics(const plm_model *m)
{
    for (int i = 0; i < m->training->metrics; i++) {
        const plm_metric *metric = &m->training->metric[i];
        const plm_head h = plm_head_of(m, metric->target);
        if (named(metric->kind->kind.name, "*accuracy") &&
            named(h.loss, "mean_*|huber|log_cosh|poisson") &&
            !named(h.function, "softmax|*sigmoid"))
            plm_warn(m->w,
                     "%.60s counts correct classes, but the output '%s' is a regression with the "
                     "loss %s; the usual choice is mean_absolute_error or r2_score",
                     metric->name[0], plm_model_output_name(m, metric->target), h.loss);
        if (named(metric->kind->kind.name, "io_u|mean_io_u") && h.units == 1 &&
            named(h.function, "*sigmoid"))
            plm_warn(m->w,
                     "%.60s takes class numbers, but the output '%s' is a probability, which "
                     "counts as class 0; the usual choice is binary_io_u",
                     metric->name[0], plm_model_output_name(m, metric->target));
    }
}

/* True if the model has parameters, and all of them are frozen. */
static bool is_frozen(const plm_model *m)
{
    bool any = false;
    for (size_t i = 0; i < m->graph.weights; i++) {
        if (m->graph.weight[i].trainable)
            return false;
        any = any || !m->graph.weight[i].state;
    }
    return any;
}

/* Checks a compiled model by every rule. A model that is loaded was checked when it was made. */
plm_status plm_sense_compiled(const plm_model *m)
{
    if (m->training == NULL)
        return PLM_OK;
    for (size_t i = 0; i < m->graph.nodes; i++)
        PLM_TRY(check_softmax(m, &m->graph.node[i]));
    PLM_TRY(check_losses(m));
    check_metrics(m);
    if (is_frozen(m))
        plm_warn(m->w, "all layers with parameters are frozen: nothing can be learned");
    return PLM_OK;
}
