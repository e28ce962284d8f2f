/* Passes on its input unchanged. It emits no op. */
#include "nn/nn.h"

/* Returns the input itself. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)b;
    (void)config;
    (void)count;
    return x[0];
}

const plm_layer_kind plm_layer_identity = {
    .kind = {.name = "identity",
             .alias = "Identity",
             .help = "passes on its input unchanged, under a name of its own",
             .formula = "y = x",
             .examples = PLM_LIST("identity <- [4]", "identity <- [3, 5]")},
    .emit = emit,
};
