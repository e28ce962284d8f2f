/* Subtracts the second of two values of the same shape from the first, element by element. */
#include "nn/nn.h"

/* Emits the op merge(subtract) on whole rows, since the inputs may be stored in different
 * layouts. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    plm_value x[PLM_OPERANDS];
    (void)config;
    for (int i = 0; i < count; i++)
        x[i] = plm_whole_rows(b, given[i]);
    return plm_emit(b, count, x, "merge(subtract)");
}

const plm_layer_kind plm_layer_subtract = {
    .kind = {.name = "subtract",
             .alias = "Subtract",
             .help = "subtracts the second value from the first, element by element",
             .formula = "y = x1 - x2",
             .examples = PLM_LIST("subtract() <- [5] [5]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = 2,
};
