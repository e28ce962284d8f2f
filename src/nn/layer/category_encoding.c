/* Encodes ids 0 .. num_tokens - 1 as vectors: one_hot, multi_hot or counts. It has no
 * parameters. */
#include "nn/nn.h"

typedef struct {
    int64_t num_tokens;      /* number of ids: 0 .. num_tokens - 1 */
    const char *output_mode; /* one_hot, multi_hot or count */
} category_encoding;

static const plm_field fields[] = {
    PLM_FIELD(category_encoding, num_tokens, PLM_INT, NULL, 1, 1e9,
              "number of ids: they are 0 .. n - 1"),
    PLM_FIELD_OF(
        category_encoding, output_mode, PLM_CHOICE, "multi_hot", "multi_hot|one_hot|count",
        "one_hot: a vector for each id; multi_hot, count: one vector for all ids of the last axis"),
    {0}};

/* Emits op encode. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const category_encoding *c = config;
    (void)count;
    return plm_emit(b, 1, x, "encode(%lld, %s)", (long long)c->num_tokens, c->output_mode);
}

const plm_layer_kind plm_layer_category_encoding = {
    .kind = {.name = "category_encoding",
             .alias = "CategoryEncoding",
             .help = "encodes ids 0 .. num_tokens - 1 as vectors of 0 and 1, or as counts",
             .notes =
                 "one_hot replaces a last axis of length 1, else the output has one more axis. Ids "
                 "of num_tokens or more are an error. Keras's count_weights are not supported.",
             .config_size = sizeof(category_encoding),
             .fields = fields,
             .examples = PLM_LIST(
                 "discretization([-1, 0, 1], name=low) | category_encoding(4) <- [5]",
                 "discretization([0, 1], name=low) | category_encoding(3, one_hot) <- [3, 2]",
                 "discretization([0], name=low) | category_encoding(2, output_mode=count) <- [7]")},
    .emit = emit,
};
