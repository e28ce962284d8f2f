/* Joins values along an axis, by default the last: [n, a] and [n, b] -> [n, a + b]. All other axes
 * must be equal. */
#include "nn/nn.h"

typedef struct {
    int64_t axis; /* axis along which the inputs are joined */
} concatenate;

static const plm_field fields[] = {
    PLM_FIELD(
        concatenate, axis, PLM_INT, "-1", -8, 8,
        "the axis along which values are joined; 0 is the batch, negative axes count from the end"),
    {0}};

/* Emits the op join_columns. To join along the last axis, values are stored by vectors of that
 * axis; otherwise they are stored as whole rows. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const concatenate *c = config;
    plm_value x[PLM_OPERANDS];
    const int rank = plm_rank(b, given[0]);
    /* Keras counts the batch as axis 0 */
    const int64_t axis = c->axis < 0 ? rank + c->axis : c->axis - 1;
    if (axis < 0 || axis >= rank)
        return plm_layer_fail(b, PLM_E_SPEC, "give an axis of 1 or more; axis 0 is the batch",
                              "axis %lld does not exist: an input has %d axes besides the batch",
                              (long long)c->axis, rank);
    for (int i = 0; i < count; i++)
        x[i] = axis == rank - 1 ? plm_last_axis(b, given[i]) : plm_whole_rows(b, given[i]);
    return plm_emit(b, count, x, "join_columns(%lld)", axis == rank - 1 ? -1 : (long long)axis);
}

const plm_layer_kind plm_layer_concatenate = {
    .kind = {.name = "concatenate",
             .alias = "Concatenate",
             .help = "joins values along an axis, by default the last",
             .formula = "y = [x1, x2, ...]",
             .config_size = sizeof(concatenate),
             .fields = fields,
             .examples = PLM_LIST(
                 "concatenate() <- [5] [3]", "concatenate() <- [3, 4] [3, 2] [3, 17]",
                 "concatenate(1) <- [3, 4] [2, 4]", "concatenate(axis=-2) <- [2, 3, 4] [2, 1, 4]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = PLM_OPERANDS,
};
