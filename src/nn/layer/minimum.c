/* Computes the minimum of several inputs of the same shape element by element. */
#include "nn/nn.h"

/* Emits the op merge(minimum) on whole rows, since the inputs may be stored in different
 * layouts. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    plm_value x[PLM_OPERANDS];
    (void)config;
    for (int i = 0; i < count; i++)
        x[i] = plm_whole_rows(b, given[i]);
    return plm_emit(b, count, x, "merge(minimum)");
}

const plm_layer_kind plm_layer_minimum = {
    .kind = {.name = "minimum",
             .alias = "Minimum",
             .help = "computes the minimum of several values element by element",
             .formula = "y = min(x1, x2, ...)",
             .examples = PLM_LIST("minimum() <- [5] [5]", "minimum() <- [3, 4] [3, 4] [3, 4]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = PLM_OPERANDS,
};
