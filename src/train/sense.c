/* Nets that cannot learn, found when they are compiled: the last layer against the loss. One table
 * of rules: what can never be meant is refused, what somebody could mean is a warning. */
#include "train/sense.h"

#include <math.h>
#include <string.h>

#include "base/names.h"

/* ---- what comes out of a net ---- */

/* The functions whose values are bounded, and their bounds. Others take all values, or nearly. */
typedef struct {
    const char *name;
    double low, high;
} range;

static const range ranges[] = {{"softmax", 0, 1},
                               {"sigmoid", 0, 1},
                               {"hard_sigmoid", 0, 1},
                               {"relu", 0, INFINITY},
                               {"relu6", 0, 6},
                               {"softplus", 0, INFINITY},
                               {"exponential", 0, INFINITY},
                               {"tanh", -1, 1},
                               {"softsign", -1, 1},
                               {"hard_tanh", -1, 1},
                               {"log_softmax", -INFINITY, 0},
                               {"log_sigmoid", -INFINITY, 0}};

static bool named(const char *name, const char *list)
{
    return name != NULL && plm_pattern_matches(list, name);
}

static const plm_node *node_of(const plm_graph *g, plm_value x)
{
    const plm_graph_value *v = &g->value[x.id];
    return v->origin == PLM_FROM_OP ? &g->node[v->index] : NULL;
}

/* The node that made x, past those that only store its numbers in another way. */
static const plm_node *maker_of(const plm_graph *g, plm_value x)
{
    const plm_node *node = node_of(g, x);
    while (node != NULL && strcmp(node->op->kind.name, "repack") == 0)
        node = node_of(g, (plm_value){node->input[0]});
    return node;
}

/* "softmax", "linear", "prelu": what a node applies last; NULL = it is no such thing. */
static const char *function_of(const plm_node *node)
{
    const plm_activation *f = node != NULL ? plm_activation_of(node) : NULL;
    f = f == NULL && node != NULL ? plm_dense_function(node) : f;
    f = f == NULL && node != NULL ? plm_dense_transpose_function(node) : f;
    if (f != NULL)
        return f->kind->kind.name;
    return node != NULL && named(node->op->kind.name, "prelu|random_leaky_relu")
               ? node->op->kind.name
               : NULL;
}

plm_head plm_head_of(const plm_model *m, int output)
{
    plm_head h = {.model = m, .output = output, .low = -INFINITY, .high = INFINITY};
    const plm_shape *s = plm_graph_shape(&m->graph, m->prediction[output]);
    const plm_loss_kind *loss = m->loss_kind[output];
    h.units = s->rank > 0 ? s->dims[s->rank - 1] : 1;
    h.function = function_of(maker_of(&m->graph, m->prediction[output]));
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (h.function != NULL && strcmp(h.function, ranges[i].name) == 0) {
            h.low = ranges[i].low;
            h.high = ranges[i].high;
        }
    h.loss = loss != NULL ? loss->kind.name : NULL;
    if (loss != NULL && loss->logits_of != NULL)
        memcpy(&h.from_logits, (const char *)m->loss_config[output] + loss->from_logits_offset,
               sizeof h.from_logits);
    return h;
}

/* ---- the rules of outputs ---- */

static const char classes[] = "categorical_crossentropy|sparse_categorical_crossentropy";
static const char squashing[] = "softmax|sigmoid|hard_sigmoid";

static bool squashes_twice(const plm_head *h)
{
    return h->from_logits && named(h->function, squashing);
}

/* log_softmax gives logits that mean the same as those below it. */
static bool bounds_logits(const plm_head *h)
{
    return h->from_logits && !named(h->function, squashing) && !named(h->function, "log_softmax") &&
           (isfinite(h->low) || isfinite(h->high));
}

/* Values above 0, divided by their sum, are a distribution; those of relu are all 0 too easily. */
static bool lacks_softmax(const plm_head *h)
{
    return named(h->loss, classes) && !h->from_logits && h->function != NULL &&
           (h->low < 0 || named(h->function, "relu|relu6"));
}

static bool lacks_sigmoid(const plm_head *h)
{
    return named(h->loss, "binary_crossentropy") && !h->from_logits && h->function != NULL &&
           (h->low < 0 || h->high > 1);
}

static bool has_sigmoid_for_softmax(const plm_head *h)
{
    return named(h->loss, classes) && !h->from_logits && named(h->function, "*sigmoid") &&
           h->low >= 0;
}

static bool has_one_side(const plm_head *h)
{
    return named(h->loss, "hinge|squared_hinge") && (h->low >= 0 || h->high <= 0);
}

static bool is_no_distribution(const plm_head *h)
{
    return named(h->loss, "kl_divergence") && h->function != NULL && h->low < 0;
}

static bool is_no_rate(const plm_head *h)
{
    return named(h->loss, "poisson") && h->function != NULL && h->low < 0;
}

/* A rule of outputs. In its words {loss}, {function} and {output} stand for those of the output. */
typedef struct {
    bool refused;
    bool (*holds)(const plm_head *h);
    const char *what, *hint;
} rule;

static const rule rules[] = {
    {true, squashes_twice,
     "{loss}(from_logits=true) applies softmax or sigmoid itself, and the output '{output}' has "
     "gone through {function} already",
     "leave from_logits out, or let the last layer have no activation"},
    {true, lacks_softmax,
     "{loss} takes probabilities, and the output '{output}' is {function}, which gives none",
     "end with activation=softmax, or take {loss}(from_logits=true) with no activation"},
    {true, lacks_sigmoid,
     "{loss} takes probabilities from 0 to 1, and the output '{output}' is {function}, which gives "
     "other numbers",
     "end with activation=sigmoid, or take {loss}(from_logits=true) with no activation"},
    {false, has_sigmoid_for_softmax,
     "{loss} chooses one class, and each unit of the output '{output}' is a {function} of its own; "
     "activation=softmax is usual here, or binary_crossentropy where several answers are true",
     NULL},
    {false, bounds_logits,
     "{loss}(from_logits=true) takes any number, and {function} limits the output '{output}'; a "
     "last layer without an activation is usual here",
     NULL},
    {false, has_one_side,
     "{loss} wants numbers on both sides of 0, and the output '{output}' is {function}, which "
     "stays on one; a last layer without an activation, or with tanh, is usual here",
     NULL},
    {false, is_no_distribution,
     "{loss} compares distributions, and the output '{output}' is {function}, which gives numbers "
     "below 0; activation=softmax is usual here",
     NULL},
    {false, is_no_rate,
     "{loss} takes the logarithm of the output '{output}', which is {function} and gives numbers "
     "below 0; activation=softplus or exponential is usual here",
     NULL},
};

/* The words with what stands in braces put in. */
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
        status = plm_fail(w, PLM_E_SPEC, "loss", plm_text_get(&hint), "%s", plm_text_get(&what));
    else
        plm_warn(w, "%s", plm_text_get(&what));
    plm_text_free(&what);
    plm_text_free(&hint);
    return status;
}

/* ---- the rules of nodes and of the whole ---- */

/* Softmax of one number is 1; softmax of a softmax is nearly the same for all classes. */
static plm_status check_softmax(const plm_model *m, const plm_node *node)
{
    const plm_shape *s = &m->graph.value[node->output].shape;
    const char *below = function_of(maker_of(&m->graph, (plm_value){node->input[0]}));
    if (!named(function_of(node), "softmax|log_softmax"))
        return PLM_OK;
    if (s->rank == 0 || s->dims[s->rank - 1] == 1)
        return plm_fail(m->w, PLM_E_SPEC, node->where,
                        "for yes or no end with dense(1, activation=sigmoid) and "
                        "binary_crossentropy; for a number leave the activation out",
                        "softmax of one unit is 1, whatever goes in");
    if (named(below, "softmax") && named(function_of(node), "softmax"))
        return plm_fail(m->w, PLM_E_SPEC, node->where, "leave one of them out",
                        "softmax is applied twice, one upon the other");
    return PLM_OK;
}

static plm_status check_losses(const plm_model *m)
{
    bool counts = false;
    for (int k = 0; k < m->targets; k++)
        counts = counts || m->loss_weight[k] > 0;
    if (!counts)
        return plm_fail(m->w, PLM_E_SPEC, "loss_weights", "let one of them be above 0",
                        "all loss weights are 0: nothing can be learned");
    for (int k = 0; k < m->targets; k++) {
        const plm_head h = plm_head_of(m, k);
        for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
            PLM_TRY(apply(&rules[i], &h));
    }
    return PLM_OK;
}

/* A share of right classes, asked of an output that learns a number. */
static void check_metrics(const plm_model *m)
{
    for (int i = 0; i < m->training->metrics; i++) {
        const plm_metric *metric = &m->training->metric[i];
        const plm_head h = plm_head_of(m, metric->target);
        if (named(metric->kind->kind.name, "*accuracy") &&
            named(h.loss, "mean_*|huber|log_cosh|poisson") &&
            !named(h.function, "softmax|*sigmoid"))
            plm_warn(m->w,
                     "%.60s is a share of right classes, and the output '%s' learns a number by "
                     "%s; mean_absolute_error or r2_score is usual here",
                     metric->name[0], plm_model_output_name(m, metric->target), h.loss);
    }
}

/* Layers with parameters, all of them frozen. */
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
