/* Computes the mean of several inputs of the same shape element by element. */
#include "nn/nn.h"

/* Emits the op merge(average) on whole rows, since the inputs may be stored in different
 * layouts. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    plm_value x[PLM_OPERANDS];
    (void)config;
    for (int i = 0; i < count; i++)
        x[i] = plm_whole_rows(b, given[i]);
    return plm_emit(b, count, x, "merge(average)");
}

const plm_layer_kind plm_layer_average = {
    .kind = {.name = "average",
             .alias = "Average",
             .help = "computes the mean of several values element by element",
             .formula = "y = (x1 + x2 + ...) / n",
             .examples = PLM_LIST("average() <- [5] [5]", "average() <- [3, 4] [3, 4] [3, 4]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = PLM_OPERANDS,
};
