/* Each line of the last axis divided by its Euclidean length. */
#include "nn/nn.h"

static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    (void)config;
    (void)count;
    int64_t width = 0;
    const plm_value x = plm_columns(b, given[0], &width);
    return plm_emit(b, 1, &x, "unit_normalize");
}

const plm_layer_kind plm_layer_unit_normalization = {
    .kind = {.name = "unit_normalization",
             .alias = "UnitNormalization|unit_norm",
             .help = "each row divided by its length, along the last axis",
             .formula = "y = x / sqrt(sum of x^2)",
             .notes = "Leaves the direction of a row and takes its size away. A row of zeros stays "
                      "as it is.",
             .examples = PLM_LIST("unit_normalization <- [7]", "unit_normalization <- [3, 20]")},
    .emit = emit,
};
