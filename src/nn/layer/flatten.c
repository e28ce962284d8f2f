/* Joins all axes of a row to one: [n, a, b] -> [n, a * b], where n is the batch. */
#include "nn/nn.h"

/* Emits op repack, which makes one axis of all axes. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)config;
    (void)count;
    return plm_emit(b, 1, x, "repack(flatten=true)");
}

const plm_layer_kind plm_layer_flatten = {
    .kind = {.name = "flatten",
             .alias = "Flatten",
             .help = "joins all axes except the batch",
             .examples = PLM_LIST("flatten() <- [3, 5]", "flatten() <- [4]")},
    .emit = emit,
};
