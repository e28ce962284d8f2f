/* Multiplies values of the same shape element by element. One value can act as a gate for
 * another. */
#include "nn/nn.h"

/* Emits the op merge(multiply) on whole rows, since the inputs may be stored in different
 * layouts. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    plm_value x[PLM_OPERANDS];
    (void)config;
    for (int i = 0; i < count; i++)
        x[i] = plm_whole_rows(b, given[i]);
    return plm_emit(b, count, x, "merge(multiply)");
}

const plm_layer_kind plm_layer_multiply = {
    .kind = {.name = "multiply",
             .alias = "Multiply",
             .help = "multiplies several values element by element",
             .formula = "y = x1 x2 ...",
             .examples = PLM_LIST("multiply() <- [5] [5]", "multiply() <- [3, 4] [3, 4] [3, 4]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = PLM_OPERANDS,
};
