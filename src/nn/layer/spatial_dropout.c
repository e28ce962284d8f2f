/* In training, drops whole columns (channels): a dropped column is 0 in all vectors of a row.
 * Neighbouring vectors are often nearly equal, so dropping single numbers would remove little
 * information. */
#include "nn/nn.h"

typedef struct {
    const plm_spec *rate; /* probability that a column is dropped */
    int64_t seed;         /* own seed; -1 = the seed of the run */
} spatial_dropout;

static const plm_field fields[] = {
    PLM_FIELD_OF(spatial_dropout, rate, PLM_SPEC, NULL, "schedule",
                 "probability that a channel (an index of the last axis) is dropped"),
    PLM_FIELD_NOISE_SEED(spatial_dropout),
    {0}};

/* Emits dropout whose noise is shared along all axes but the last. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const spatial_dropout *c = config;
    plm_ints shape = {.count = plm_rank(b, given[0])};
    (void)count;
    if (shape.count == 0)
        return plm_layer_fail(b, PLM_E_SHAPE, "give spatial_dropout rows with at least one axis",
                              "there are no columns to drop");
    for (int a = 0; a < shape.count; a++)
        shape.at[a] = 1;
    shape.at[shape.count - 1] = plm_dim(b, given[0], -1);
    return plm_emit_noise(b, given[0], PLM_NOISE_RATE("dropout", c->rate), &shape, c->seed);
}

const plm_layer_kind plm_layer_spatial_dropout = {
    .kind = {.name = "spatial_dropout",
             .alias = "SpatialDropout1D|SpatialDropout2D|SpatialDropout3D",
             .help = "drops random columns (channels, the last axis) in training",
             .formula =
                 "y = x / (1 - rate) with probability 1 - rate, else 0, the same in the whole "
                 "row; at inference y = x",
             .notes =
                 "If neighbouring vectors of a row are nearly equal, as in images, plain dropout "
                 "would remove little information.",
             .source = "Tompson et al., Efficient object localization using convolutional "
                       "networks, CVPR 2015",
             .config_size = sizeof(spatial_dropout),
             .fields = fields,
             .examples =
                 PLM_LIST("spatial_dropout(0.3) <- [4, 20]", "spatial_dropout(0.5) <- [2, 3, 5]",
                          "spatial_dropout(0.2) <- [70]")},
    .emit = emit,
};
