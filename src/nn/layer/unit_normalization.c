/* Divides each vector of the last axis by its Euclidean length, so that its length becomes 1. */
#include "nn/nn.h"

/* Emits op unit_normalize on the vectors of the last axis. */
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
             .positions = "axis",
             .help = "divides each row by its length, along the last axis",
             .formula = "y = x / sqrt(sum of x^2)",
             .notes = "It keeps the direction of a row and removes its size. A row of zeros does "
                      "not change.",
             .examples = PLM_LIST("unit_normalization <- [7]", "unit_normalization <- [3, 20]")},
    .emit = emit,
};
