/* y = (x - mean) / sqrt(variance), for each column of the last axis. mean and variance are given,
 * or computed from the training data before the first step (plm_adapt). They are stored in the
 * model, so that predictions use the same. */
#include "nn/nn.h"

typedef struct {
    double mean, variance;
} normalization;

static const plm_field fields[] = {PLM_FIELD(normalization, mean, PLM_REAL, "nan", 0, 0,
                                             "mean of all columns; none = from the data"),
                                   PLM_FIELD(normalization, variance, PLM_REAL, "nan", 0, 0,
                                             "variance of all columns; none = from the data"),
                                   {0}};

/* Emits op standardize on (x, mean, variance). The two state parameters are 0 and 1 until adapt
 * sets them. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    (void)config;
    (void)count;
    int64_t width = 0;
    const plm_value x = plm_columns(b, given[0], &width);
    const plm_spec *zeros = NULL, *ones = NULL;
    if (plm_spec_parse(b->graph->arena, "zeros", &zeros) < 0 ||
        plm_spec_parse(b->graph->arena, "ones", &ones) < 0)
        b->status = PLM_E_MEMORY;
    const plm_weight_request mean = {
        .name = "mean", .initializer = zeros, .state = true, .rank = 1, .dims = {width}};
    const plm_weight_request variance = {
        .name = "variance", .initializer = ones, .state = true, .rank = 1, .dims = {width}};
    const plm_value in[3] = {x, plm_weight_new(b, &mean), plm_weight_new(b, &variance)};
    return plm_emit(b, 3, in, "standardize");
}

/* Sets mean and variance of each column, from the config or from the data. A constant column has
 * variance 0; it gets variance 1 instead. If its value changes later, the input of the net then
 * changes by as much, and not by ten million times as much. */
static void adapt(const void *config, const plm_statistics *statistics, float *const *values)
{
    const normalization *c = config;
    for (int64_t j = 0; j < statistics->width; j++) {
        const double variance = statistics->variance[j] > 0 ? statistics->variance[j] : 1;
        values[0][j] = (float)(c->mean == c->mean ? c->mean : statistics->mean[j]);
        values[1][j] = (float)(c->variance == c->variance ? c->variance : variance);
    }
}

const plm_layer_kind plm_layer_normalization = {
    .kind = {.name = "normalization",
             .alias = "Normalization",
             .help = "normalizes inputs to mean 0 and variance 1, computed from the training data",
             .formula = "y = (x - mean) / max(sqrt(variance), 1e-7)",
             .notes = "A variance of 0 counts as 1: a column that is the same in every row is only "
                      "centred.",
             .config_size = sizeof(normalization),
             .fields = fields,
             .examples = PLM_LIST("normalization() <- [4]", "normalization() <- [3, 5]")},
    .emit = emit,
    .adapt = adapt,
};
