/* Reorders the axes of a row; the batch stays first. Unlike in reshape, the order of the elements
 * in memory changes. */
#include "nn/nn.h"

typedef struct {
    plm_ints dims; /* the new order of the axes, counted from 1 */
} permute;

static const plm_field fields[] = {
    PLM_FIELD(permute, dims, PLM_INTS, NULL, 1, 8,
              "the axes of the input in their new order, counted from 1; axis 0 is the batch"),
    {0}};

/* Emits op permute with the list of axes. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const permute *c = config;
    plm_text dims = {.w = b->graph->w};
    (void)count;
    for (int i = 0; i < c->dims.count; i++)
        plm_text_format(&dims, "%s%lld", i > 0 ? ", " : "", (long long)c->dims.at[i]);
    plm_require_text(b, &dims);
    const plm_value y = plm_emit(b, 1, x, "permute(%s)", plm_text_get(&dims));
    plm_text_free(&dims);
    return y;
}

const plm_layer_kind plm_layer_permute = {
    .kind = {.name = "permute",
             .alias = "Permute",
             .help = "reorders the axes: permute(2, 1) turns [3, 5] into [5, 3]",
             .config_size = sizeof(permute),
             .fields = fields,
             .examples = PLM_LIST("permute(2, 1) <- [3, 5]", "permute(3, 1, 2) <- [2, 3, 5]",
                                  "permute(1) <- [4]", "permute(2, 1) <- [17, 2]")},
    .emit = emit,
};
