/* Gives a row other axes, with the same elements in the same order. */
#include "nn/nn.h"

typedef struct {
    /* lengths of the axes without the batch; -1 = computed from the others */
    plm_ints target_shape;
} reshape;

static const plm_field fields[] = {
    PLM_FIELD(reshape, target_shape, PLM_INTS, NULL, -1, 1e9,
              "lengths of the axes; one length may be -1 and is then computed from the others"),
    {0}};

/* Returns the product of the given lengths; 0 = they are invalid. *open becomes the axis whose
 * length is -1, or -1 if there is none. */
static int64_t product_of(const plm_ints *shape, int *open)
{
    int64_t product = 1;
    *open = -1;
    for (int i = 0; i < shape->count; i++) {
        if (shape->at[i] < 0 && *open < 0)
            *open = i;
        else if (shape->at[i] < 1 || product > INT64_MAX / 2 / shape->at[i])
            return 0;
        else
            product *= shape->at[i];
    }
    return product;
}

/* Emits op repack with the new shape, after computing the length that was given as -1. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const reshape *c = config;
    plm_text dims = {.w = b->graph->w};
    int64_t numbers = 1;
    int open = -1;
    (void)count;
    for (int i = 0; i < plm_rank(b, x[0]); i++)
        numbers *= plm_dim(b, x[0], i);
    const int64_t given = product_of(&c->target_shape, &open);
    if (given < 1 || (open < 0 ? given != numbers : numbers % given != 0))
        return plm_layer_fail(
            b, PLM_E_SHAPE, "give lengths whose product is that number, or give one of them as -1",
            "a row of %lld numbers does not fit into target_shape", (long long)numbers);
    for (int i = 0; i < c->target_shape.count; i++)
        plm_text_format(&dims, "%s%lld", i > 0 ? ", " : "",
                        (long long)(i == open ? numbers / given : c->target_shape.at[i]));
    plm_require_text(b, &dims);
    const plm_value y = plm_emit(b, 1, x, "repack(dims=[%s])", plm_text_get(&dims));
    plm_text_free(&dims);
    return y;
}

const plm_layer_kind plm_layer_reshape = {
    .kind = {.name = "reshape",
             .alias = "Reshape",
             .help = "gives a row other axes, with the same elements: reshape(28, 28)",
             .config_size = sizeof(reshape),
             .fields = fields,
             .examples = PLM_LIST("reshape(2, 6) <- [12]", "reshape(-1, 3) <- [2, 2, 3]",
                                  "reshape(15) <- [3, 5]")},
    .emit = emit,
};
