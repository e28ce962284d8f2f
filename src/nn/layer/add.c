/* Adds values of the same shape element by element. So a skip connection is added to the main
 * path. */
#include "nn/nn.h"

/* Emits the op merge(add) on whole rows, since the inputs may be stored in different layouts. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    plm_value x[PLM_OPERANDS];
    (void)config;
    for (int i = 0; i < count; i++)
        x[i] = plm_whole_rows(b, given[i]);
    return plm_emit(b, count, x, "merge(add)");
}

const plm_layer_kind plm_layer_add = {
    .kind = {.name = "add",
             .alias = "Add",
             .help = "adds several values element by element",
             .formula = "y = x1 + x2 + ...",
             .notes = "A skip connection lets gradients reach the lower layers undiminished.",
             .source = "He, Zhang, Ren and Sun, Deep residual learning for image recognition, 2015",
             .examples = PLM_LIST("add() <- [5] [5]", "add() <- [3, 4] [3, 4] [3, 4]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = PLM_OPERANDS,
};
