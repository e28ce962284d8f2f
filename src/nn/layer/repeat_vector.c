/* Repeats a row of w numbers n times: [w] -> [n, w], without the batch. */
#include "nn/nn.h"

typedef struct {
    int64_t n; /* number of copies */
} repeat_vector;

static const plm_field fields[] = {
    PLM_FIELD(repeat_vector, n, PLM_INT, NULL, 1, 1e9, "number of repetitions"), {0}};

/* Emits op repeat. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)count;
    return plm_emit(b, 1, x, "repeat(%lld)", (long long)((const repeat_vector *)config)->n);
}

const plm_layer_kind plm_layer_repeat_vector = {
    .kind = {.name = "repeat_vector",
             .alias = "RepeatVector",
             .help = "repeats a row of numbers n times: [w] becomes [n, w]",
             .config_size = sizeof(repeat_vector),
             .fields = fields,
             .examples = PLM_LIST("repeat_vector(3) <- [5]", "repeat_vector(17) <- [1]")},
    .emit = emit,
};
