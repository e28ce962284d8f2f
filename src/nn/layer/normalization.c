/* Computes y = (x - mean) / sqrt(variance) for each column of the last axis, or the inverse. mean
 * and variance are given, or computed from the training data before the first step (plm_adapt).
 * They are stored in the model, so that predictions use the same statistics.
 *
 * With invert=true, and without given mean and variance, the layer must be an output and takes the
 * statistics of its targets: the layers before it then compute standardized numbers. A loss of
 * differences, such as mse, is computed from the standardized numbers (standardize_loss in
 * model/build.c), where its size suits every optimizer and learning rate. Metrics are in the unit
 * of the targets. */
#include <string.h>

#include "base/notation.h"
#include "nn/nn.h"

typedef struct {
    int64_t axis;             /* axis of the columns */
    plm_reals mean, variance; /* the values given by the user; empty = computed from the data */
    bool invert;              /* true = convert standardized numbers back to the unit of the data */
    const char *method;       /* "standard" or "robust" */
} normalization;

static const plm_field fields[] = {
    PLM_FIELD(normalization, axis, PLM_INT, "-1", -1, -1,
              "the axis whose columns are normalized, always the last one"),
    PLM_FIELD(normalization, mean, PLM_REALS, "", 0, 0,
              "mean of all columns, or a list with the mean of each column; none = computed from "
              "the data"),
    PLM_FIELD(normalization, variance, PLM_REALS, "", 0, 1e300,
              "variance of all columns, or a list with the variance of each column; none = "
              "computed from the data"),
    PLM_FIELD(normalization, invert, PLM_BOOL, "false", 0, 0,
              "true = compute y = x sqrt(variance) + mean; as the output of a model, the layer "
              "takes mean and variance from the targets"),
    PLM_FIELD_OF(normalization, method, PLM_CHOICE, "standard", "standard|robust",
                 "standard: by mean and variance; robust: by median and interquartile range"),
    {0}};

/* True if the layer uses median and quartiles. */
static bool is_robust(const normalization *c)
{
    return c->method[0] == 'r';
}

/* Makes a state parameter with a number for each column: those of the list or, if it is empty,
 * `otherwise` until adapt sets them. The numbers are written into the spec of an initializer, which
 * fills the parameter like any other. They are printed so that the same double is read. */
static plm_value make_state(plm_builder *b, const char *name, int64_t width, const plm_reals *list,
                            double otherwise)
{
    plm_text text = {.w = b->graph->w};
    const plm_spec *initializer = NULL;
    char number[32];
    plm_text_add(&text, "constant([");
    for (int i = 0; i < list->count; i++) {
        plm_text_from_number(list->at[i], number, sizeof number);
        plm_text_format(&text, "%s%s", i > 0 ? ", " : "", number);
    }
    plm_text_format(&text, list->count > 0 ? "])" : "%g])", otherwise);
    plm_require_text(b, &text);
    if (b->status >= 0 && plm_spec_parse(b->graph->arena, plm_text_get(&text), &initializer) < 0)
        b->status = PLM_E_MEMORY;
    plm_text_free(&text);
    return plm_weight_new(
        b,
        &(plm_weight_request){
            .name = name, .initializer = initializer, .state = true, .rank = 1, .dims = {width}});
}

/* Fails if a list does not have a number for each column, or if statistics are given although the
 * method is robust. */
static void check_lists(plm_builder *b, const normalization *c, int64_t width)
{
    const plm_reals *list[2] = {&c->mean, &c->variance};
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "mean" : "variance";
        if (list[i]->count > 0 && is_robust(c))
            (void)plm_layer_fail(
                b, PLM_E_SPEC, "leave out one of method and the given values",
                "method=robust computes statistics from the data, but %s is given as well", name);
        if (list[i]->count > 1 && list[i]->count != width)
            (void)plm_layer_fail(b, PLM_E_SHAPE, "give one number, or a number for each column",
                                 "%s has %d numbers, but the input has %lld columns", name,
                                 list[i]->count, (long long)width);
    }
}

/* Emits op standardize on (x, mean, variance), or on (x, median, quartile_range). Until adapt sets
 * them, the parameters that are not given are 0 and 1. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const normalization *c = config;
    const bool robust = is_robust(c);
    (void)count;
    int64_t width = 0;
    const plm_value x = plm_columns(b, given[0], &width);
    check_lists(b, c, width);
    const plm_value in[3] = {
        x, make_state(b, robust ? "median" : "mean", width, &c->mean, 0),
        make_state(b, robust ? "quartile_range" : "variance", width, &c->variance, 1)};
    return plm_emit(b, 3, in, "standardize(%s, invert=%s)", robust ? "deviation" : "variance",
                    c->invert ? "true" : "false");
}

/* Returns which statistics of the training data the layer needs from plm_adapt: quartiles, moments
 * or none. */
static plm_measure measures(const void *config)
{
    const normalization *c = config;
    if (is_robust(c))
        return PLM_MEASURE_QUARTILES;
    return c->mean.count > 0 && c->variance.count > 0 ? PLM_MEASURE_NOTHING : PLM_MEASURE_MOMENTS;
}

/* True for an inverted layer, which turns predictions back into the unit of the targets, so it is
 * adapted to the targets. */
static bool adapts_to_targets(const void *config)
{
    return ((const normalization *)config)->invert;
}

/* Returns the interquartile range of column j. If it is 0, returns half the distance between
 * minimum and maximum; if this is 0, too, returns 1. */
static double range_of(const plm_statistics *s, int64_t j)
{
    const double quartiles = s->three_quarters[j] - s->quarter[j];
    if (quartiles > 0)
        return quartiles;
    const double all = s->highest[j] - s->lowest[j];
    return all > 0 ? all / 2 : 1;
}

/* Sets the two parameters of each column, from the config or from the data. A constant column has
 * variance 0; it gets variance 1 instead. If the column changes later, its output then changes by
 * the same amount; a divisor of 1e-7 would make that ten million times as much. A single given
 * number is used for all columns; a list has a number for each column. */
static void adapt(const void *config, const plm_statistics *s, float *const *values)
{
    const normalization *c = config;
    for (int64_t j = 0; j < s->width; j++) {
        if (is_robust(c)) {
            values[0][j] = (float)s->median[j];
            values[1][j] = (float)range_of(s, j);
            continue;
        }
        const double variance = s->variance[j] > 0 ? s->variance[j] : 1;
        const plm_reals *m = &c->mean, *v = &c->variance;
        values[0][j] = (float)(m->count > 0 ? m->at[j % m->count] : s->mean[j]);
        values[1][j] = (float)(v->count > 0 ? v->at[j % v->count] : variance);
    }
}

const plm_layer_kind plm_layer_normalization = {
    .kind = {.name = "normalization",
             .alias = "Normalization",
             .help =
                 "normalizes inputs to mean 0 and variance 1, with statistics of the training data",
             .formula = "y = (x - mean) / max(sqrt(variance), 1e-7); with invert "
                        "y = x max(sqrt(variance), 1e-7) + mean",
             .notes =
                 "A variance of 0 is replaced by 1: a column that is equal in every row is only "
                 "centred. method=robust: y = (x - median) / (third - first quartile), which "
                 "outliers do not influence; if the quartiles are equal, it divides by half "
                 "the distance between minimum and maximum. Keras has only mean and variance. "
                 "As the last layer of a regression, normalization(invert=true) takes mean "
                 "and variance from the targets: the net learns standardized targets, and "
                 "predictions and metrics are in the targets' own unit. The loss (mse, mae, "
                 "huber, log_cosh) is computed from the standardized numbers.",
             .config_size = sizeof(normalization),
             .fields = fields,
             .examples = PLM_LIST("normalization() <- [4]", "normalization() <- [3, 5]",
                                  "normalization(mean=[1, 2, 3], variance=[4, 1, 0.25]) <- [3]",
                                  "normalization(mean=2, variance=9, invert=true) <- [2, 3]",
                                  "normalization(method=robust) <- [4]")},
    .emit = emit,
    .adapt = adapt,
    .measures = measures,
    .adapts_to_targets = adapts_to_targets,
};
