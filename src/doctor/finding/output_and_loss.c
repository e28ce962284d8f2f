/* S301: the last layer does not suit the loss. A loss assumes a meaning of the output, such as
 * probabilities that sum to 1, or any number. With another output the net still trains, but it
 * learns something that was not intended. */
#include <math.h>
#include <string.h>

#include "base/names.h"
#include "doctor/output_classes.h"
#include "doctor/weak_loss.h"
#include "doctor/refusal.h"
#include "train/sense.h"

/* True if the model has a single output, its loss measures the distance to the targets, and the
 * rows are known. */
static bool measures_distance(const plm_case *c, const plm_head *h)
{
    return c->data != NULL && h->loss != NULL && c->model->heads <= 1 &&
           plm_pattern_matches(plm_sense_distances, h->loss);
}

/* Returns the last layer if it has the argument activation; otherwise -1. */
static int64_t last_with_activation(const plm_case *c)
{
    const int64_t last = c->layers - 1;
    const plm_layer_kind *kind = last >= 0 ? c->model->layer[c->spot[last].layer].kind : NULL;
    for (const plm_field *f = kind != NULL ? kind->kind.fields : NULL; f != NULL && f->name != NULL;
         f++)
        if (strcmp(f->name, "activation") == 0)
            return last;
    return -1;
}

/* Adds remedies for an output that cannot reach its targets. last: the layer whose activation is to
 * be removed; -1 = there is no such layer. */
static void remedy_range(const plm_case *c, int64_t last, plm_report *r)
{
    const plm_data_facts *d = c->data;
    if (d->classes > 2 && d->classes < d->rows / 10)
        plm_remedy_classes(c, r, d->classes);
    if (last >= 0 && d->classes <= 2)
        plm_report_change(r, c, last, "activation", "linear");
    else
        plm_report_remedy(r, "", "for a regression, end with a dense layer without an activation");
}

/* Reports an output whose range does not include its targets, such as a sigmoid for prices or for
 * ten classes. It is an error if most targets are outside the range. */
static void find_range(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_data_facts *d = c->data;
    if (!measures_distance(c, h) || h->scaled == NULL)
        return;
    const double low = d->target_mean - d->target_deviation,
                 high = d->target_mean + d->target_deviation;
    const bool above = d->target_max > h->scaled_high &&
                       high + d->target_deviation / 2 > h->scaled_high,
               below =
                   d->target_min < h->scaled_low && low - d->target_deviation / 2 < h->scaled_low;
    if (!above && !below)
        return;
    const int64_t last = last_with_activation(c);
    const bool most = high > h->scaled_high || low < h->scaled_low;
    plm_report_found(r, most ? PLM_ERROR : PLM_WARNING, PLM_PART_STATIC, last,
                     "the targets are between %g and %g, which %s of the last layer cannot "
                     "reach",
                     d->target_min, d->target_max, h->scaled);
    r->key = last < 0 ? "model" : NULL;
    if (h->function == NULL)
        plm_report_line(r, "scaled, it gives numbers between %g and %g", h->scaled_low,
                        h->scaled_high);
    remedy_range(c, last, r);
    r->told = h->function != NULL;
}

/* Returns the layer that computes the standardized numbers of the first output: the one that the
 * last layer, normalization(invert=true), reads; -1 = unknown. */
static int64_t find_inner(const plm_case *c)
{
    const int64_t last = c->layers - 1;
    const plm_layer *l = last > 0 ? &c->model->layer[c->spot[last].layer] : NULL;
    return l != NULL && l->inputs == 1 && l->input[0] == (int)c->spot[last - 1].layer ? last - 1
                                                                                      : -1;
}

/* Adds the evidence and the remedies for targets that the bounded activation of layer `at` cannot
 * reach; at = -1: the layer is unknown. below: true = targets below its lowest number; false =
 * above its highest. */
static void say_inner_range(const plm_case *c, int64_t at, bool below, double limit, plm_report *r)
{
    const plm_data_facts *d = c->data;
    r->key = at < 0 ? "model" : NULL;
    plm_report_line(r, "targets: mean %.4g, standard deviation %.4g", d->target_mean,
                    d->target_deviation);
    plm_report_line(r, "predictions %s %.5g are impossible", below ? "below" : "above",
                    d->target_mean + d->target_deviation * limit);
    if (at >= 0)
        plm_report_change(r, c, at, "activation", "linear");
    plm_report_remedy(r, "", "no activation in the layer before normalization(invert=true)");
}

/* Reports a bounded activation below normalization(invert=true), where targets have mean 0 and
 * standard deviation 1. It is an error if it gives no numbers of one sign. */
static void find_inner_range(const plm_case *c, const plm_head *h, plm_report *r)
{
    static const double usual = 1.5; /* standard deviations that an output has to reach */
    const bool below = h->inner_low > -usual, above = h->inner_high < usual;
    if (!measures_distance(c, h) || h->inner == NULL || (!below && !above))
        return;
    const int64_t at = find_inner(c);
    const double limit = below ? h->inner_low : h->inner_high;
    plm_report_found(r, h->inner_low >= 0 || h->inner_high <= 0 ? PLM_ERROR : PLM_WARNING,
                     PLM_PART_STATIC, at,
                     "the targets are standardized, but %s gives no numbers %s %g", h->inner,
                     below ? "below" : "above", limit);
    say_inner_range(c, at, below, limit, r);
}

/* True if the class numbers are only names, without an order. Numbers with an order, such as grades
 * and counts, differ by little between similar rows, so the mean of similar rows predicts a row at
 * least as well as the class that most of them have. Names differ as much as those of random rows,
 * and their mean predicts worse. Rows in clusters, each with one number, have names, too: a number
 * that depends on the inputs has limits, where similar rows differ. */
static bool are_names(const plm_data_facts *d)
{
    enum { MOST = 20 };
    static const double apart = 0.8, hits = 0.5, worse = 0.1, alike = 0.98, limits = 0.03;
    const plm_neighbours *n = &d->near;
    if (d->classes > MOST || n->rows == 0 || !(n->hits > hits))
        return false;
    return (n->apart > apart && n->named > 1.5 * n->named_error) ||
           (n->named > worse && n->named > 3 * n->named_error) ||
           (n->hits > alike && (double)n->mixed < limits * (double)n->rows && !d->discrete);
}

/* Adds the evidence that class numbers are only names. */
static void show_names(const plm_data_facts *d, plm_report *r)
{
    const plm_neighbours *n = &d->near;
    plm_report_line(r, "%.0f %% of the rows have the number of most of their 5 nearest rows",
                    100 * n->hits);
    if (n->named > n->named_error)
        plm_report_line(r, "where these differ, their mean is right for %.0f %% fewer rows",
                        100 * n->named);
    if (n->apart > 0)
        plm_report_line(r, "if similar rows differ, then %.2g times as much as random rows",
                        n->apart);
}

/* Reports a single unit that predicts class numbers with a regression loss, although the numbers
 * are only names. */
static void find_names(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_data_facts *d = c->data;
    if (!measures_distance(c, h) || d->classes < 3 || h->units != 1 || !are_names(d))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                     "a single unit learns the numbers 0 to %d by %s, but they look like names of "
                     "classes",
                     d->classes - 1, h->loss);
    r->key = "model";
    show_names(d, r);
    plm_remedy_classes(c, r, d->classes);
}

/* Reports a single unit that predicts class numbers with a regression loss, if an accuracy is one
 * of the metrics. */
static void find_number(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_training *t = c->model->training;
    const plm_data_facts *d = c->data;
    if (!measures_distance(c, h) || d->classes < 3 || h->units != 1)
        return;
    for (int i = 0; i < t->metrics; i++)
        if (plm_pattern_matches("*accuracy", t->metric[i].kind->kind.name) && !r->found) {
            plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1,
                             "a single unit learns the class number as a value by %s, but %s "
                             "counts correct classes",
                             h->loss, t->metric[i].kind->kind.name);
            r->key = "model";
            plm_remedy_classes(c, r, d->classes);
        }
}

/* Reports an output that passes through dropout or noise: predictions in training are then partly
 * 0, or noisy, whatever the net has learned. */
static void find_noise(const plm_case *c, const plm_head *h, plm_report *r)
{
    int64_t last = c->layers - 1;
    (void)h;
    /* the inverse of a normalization, and a scaling, only change the unit of the output */
    while (last > 0 && plm_case_layer_is(c, last, "normalization|rescaling|reshape|flatten"))
        last--;
    if (last < 0 || !plm_case_layer_is(c, last, "*dropout|gaussian_noise"))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, last,
                     "the output itself passes %s, which spoils the predictions of the training",
                     plm_case_layer(c, last));
    r->told = true;
    plm_report_line(r, "dropout and noise belong between hidden layers");
    plm_report_remedy(r, "model", "identity");
}

/* True if targets are below 0. */
static bool is_negative(const plm_data_facts *d, const plm_head *h)
{
    (void)h;
    return d->target_min < 0;
}

/* True if some targets are at most 0 and others at least 0. */
static bool crosses_zero(const plm_data_facts *d, const plm_head *h)
{
    (void)h;
    return d->target_min <= 0 && d->target_max >= 0;
}

/* True if the output is a single number. */
static bool is_single(const plm_data_facts *d, const plm_head *h)
{
    (void)d;
    return h->units == 1;
}

/* True if each row has a single number as its output, not one for each place. */
static bool is_single_in_row(const plm_data_facts *d, const plm_head *h)
{
    const plm_graph *g = &h->model->graph;
    (void)d;
    return h->units == 1 && plm_graph_shape(g, h->model->head[h->output].prediction)->lines == 1;
}

/* A loss, the targets or outputs that it does not suit, and what the report says. */
static const struct {
    const char *loss, *what;
    bool (*holds)(const plm_data_facts *d, const plm_head *h);
} unsuited[] = {
    {"mean_squared_logarithmic_error", "takes logarithms, but some targets are below 0",
     is_negative},
    {"poisson", "is for counts (0 or more), but some targets are below 0", is_negative},
    {"mean_absolute_percentage_error", "divides by the targets, but some targets are 0 or near 0",
     crosses_zero},
    {"cosine_similarity", "compares directions, but the output is a single number", is_single},
    {"dice",
     "measures the overlap of masks, but the output is a single number: rows of 0 have a "
     "loss of 1 whatever is predicted",
     is_single_in_row},
    {"tversky",
     "measures the overlap of masks, but the output is a single number: rows of 0 have "
     "a loss of 1 whatever is predicted",
     is_single_in_row},
};

/* Reports a regression loss that does not suit the targets. */
static void find_unsuited(const plm_case *c, const plm_head *h, plm_report *r)
{
    const plm_data_facts *d = c->data;
    for (size_t i = 0; d != NULL && c->model->heads == 1 && h->loss != NULL &&
                       i < sizeof unsuited / sizeof unsuited[0];
         i++) {
        if (strcmp(h->loss, unsuited[i].loss) != 0 || !unsuited[i].holds(d, h))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1, "%s %s", h->loss, unsuited[i].what);
        r->key = "loss";
        plm_report_line(r, "targets from %.5g to %.5g", d->target_min, d->target_max);
        plm_report_remedy(r, "loss",
                          d->classes == 2 ? "binary_crossentropy" : "mean_squared_error");
        return;
    }
}

/* True if the sum of the outputs must be measured: no single activation computes them, or softmax
 * does, which may have seen only a part of them. */
static bool may_sum(const plm_head *h)
{
    return h->function == NULL || strcmp(h->function, "softmax") == 0;
}

/* Reports outputs that are no probabilities of the classes, though no single activation computes
 * them: in a pass of the untrained net, those of a row do not sum to 1. */
static void find_sum(const plm_case *c, const plm_head *h, plm_report *r)
{
    static const double near = 0.1;
    const int64_t at = c->layers - 1;
    if (c->first == NULL || c->samples > 0 || c->model->heads != 1 || !may_sum(h) ||
        h->inner != NULL || h->units < 2 || h->from_logits || h->loss == NULL ||
        !plm_pattern_matches("sparse_categorical_crossentropy|categorical_crossentropy|"
                             "kl_divergence",
                             h->loss))
        return;
    const double sum = c->first[at].mean * (double)h->units;
    if (!(fabs(sum - 1) > near))
        return;
    plm_report_found(r, PLM_WARNING, PLM_PART_INIT, at,
                     "%s expects the probabilities of %lld classes, but the outputs of a row sum "
                     "to %.3g",
                     h->loss, (long long)h->units, sum);
    r->number = sum;
    r->threshold = 1 + near;
    plm_report_line(r, "softmax over all classes, as the last layer, gives numbers that sum to 1");
    plm_report_remedy(r, "", "dense(%lld, activation=softmax) as the last layer",
                      (long long)h->units);
}

/* If the targets of the rows are classes, adds a remedy with an output layer for classes; it comes
 * before the hint of the error. */
static void say_classes_first(const plm_case *c, plm_report *r)
{
    const int own = r->remedies, classes = c->data != NULL ? c->data->classes : 0;
    if (classes < 2)
        return;
    plm_remedy_classes(c, r, classes);
    const plm_remedy added = r->remedy[r->remedies - 1];
    memmove(&r->remedy[1], &r->remedy[0], (size_t)own * sizeof added);
    r->remedy[0] = added;
}

/* Reports a last layer and a loss that do not suit each other. Errors come from plm_compile, which
 * failed; warnings come from the same table of rules (train/sense.c). The library also prints these
 * warnings when it compiles, so `told` is set and a training does not repeat them. */
static void find(const void *config, const plm_case *c, plm_report *r)
{
    static void (*const finders[])(const plm_case *, const plm_head *, plm_report *) = {
        plm_find_labels,    plm_find_several,  find_range, find_inner_range,
        find_number,        find_names,        find_noise, find_unsuited,
        plm_find_smoothing, plm_find_tolerant, find_sum,   plm_find_weight};
    (void)config;
    plm_text what = {.w = c->w};
    if (plm_refusal_is(c, "S301")) {
        plm_refusal_report(c, r);
        say_classes_first(c, r);
    }
    for (int k = 0; c->model != NULL && c->model->training != NULL && k < c->model->heads; k++) {
        const plm_head h = plm_head_of(c->model, k);
        for (size_t i = 0; i < sizeof finders / sizeof finders[0] && !r->found; i++)
            finders[i](c, &h, r);
        if (r->found || !plm_sense_output(&h, &what))
            continue;
        plm_report_found(r, PLM_WARNING, PLM_PART_STATIC, -1, "%s", plm_text_get(&what));
        r->key = "loss";
        r->told = true;
    }
    r->what.failed = r->what.failed || what.failed;
    plm_text_free(&what);
}

const plm_finding_kind plm_finding_output_and_loss = {
    .kind = {.name = "output_and_loss",
             .alias = "S301",
             .help = "the last layer and the loss do not fit each other",
             .formula = "the pair of loss and activation is in a table of pairs that are never or "
                        "rarely intended; or, of several outputs, the weight of a loss times its "
                        "usual size is below 0.001 of the largest",
             .notes = "Softmax with class numbers or one-hot rows needs a crossentropy; one unit "
                      "for yes or no needs sigmoid and binary_crossentropy; a regression needs no "
                      "activation and mean_squared_error. Pairs that are never intended are "
                      "refused when a model is compiled, and are errors here.",
             .source = "Bishop, Pattern recognition and machine learning, 2006, section 4.3"},
    .root = PLM_ROOT_SET_UP,
    .find = find,
};
