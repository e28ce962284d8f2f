/* Values side by side along the last axis: [n, a] and [n, b] -> [n, a + b]. */
#include "nn/nn.h"

typedef struct {
    int64_t axis;
} concatenate;

static const plm_field fields[] = {
    PLM_FIELD(concatenate, axis, PLM_INT, "-1", -8, 8, "the axis along which they stand: the last"), {0}};

static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const concatenate *c = config;
    plm_value x[PLM_OPERANDS];
    const int rank = plm_rank(b, given[0]);
    if (c->axis != -1 && c->axis != rank) /* Keras counts the batch as axis 0 */
        return plm_layer_fail(b, PLM_E_UNSUPPORTED, "flatten first, or leave axis out",
                              "concatenate runs along the last axis only");
    for (int i = 0; i < count; i++)
        x[i] = plm_last_axis(b, given[i]);
    return plm_emit(b, count, x, "join_columns");
}

const plm_layer_kind plm_layer_concatenate = {
    .kind = {.name = "concatenate",
             .alias = "Concatenate",
             .help = "values side by side along the last axis",
             .formula = "y = [x1, x2, ...]",
             .config_size = sizeof(concatenate),
             .fields = fields,
             .examples = PLM_LIST("concatenate() <- [5] [3]", "concatenate() <- [3, 4] [3, 2] [3, 17]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = PLM_OPERANDS,
};
