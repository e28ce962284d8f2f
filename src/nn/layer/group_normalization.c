/* Normalizes groups of neighbouring columns to mean 0 and deviation 1, each group over all vectors
 * of a row. Then applies gamma and beta of each column. */
#include "nn/affine.h"

typedef struct {
    int64_t groups; /* sets of columns with statistics of their own */
    double epsilon; /* added to the variance */
    plm_affine affine;
} group_normalization;

static const plm_field fields[] = {
    PLM_FIELD(group_normalization, groups, PLM_INT, "32", -1, 1e9,
              "number of groups of columns; -1 = one for each column"),
    PLM_FIELD(group_normalization, epsilon, PLM_REAL, "0.001", 0, 1, "added to the variance"),
    PLM_AFFINE_FIELDS(group_normalization),
    {0}};

/* Emits op normalize on (x, gamma, beta), over groups of columns of whole rows. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const group_normalization *c = config;
    (void)count;
    int64_t width = 0;
    plm_value in[3] = {plm_columns(b, given[0], &width)};
    /* -1 makes a group of each column */
    const int64_t groups = c->groups == -1 ? width : c->groups;
    if (groups < 1 || width % groups != 0)
        return plm_layer_fail(b, PLM_E_SHAPE, "choose groups that divide the last axis",
                              "%lld columns cannot be divided into %lld groups", (long long)width,
                              (long long)groups);
    const int n = 1 + plm_affine_weights(b, &c->affine, width, in + 1);
    return plm_emit(b, n, in,
                    "normalize(groups=%lld, whole_row=true, epsilon=%.17g, center=%s, scale=%s)",
                    (long long)groups, c->epsilon, c->affine.center ? "true" : "false",
                    c->affine.scale ? "true" : "false");
}

const plm_layer_kind plm_layer_group_normalization = {
    .kind = {.name = "group_normalization",
             .alias = "GroupNormalization|group_norm",
             .help = "normalizes groups of columns of a row to a learned mean and deviation",
             .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta, mean and variance "
                        "of the group",
             .notes =
                 "Between layer normalization (one group) and instance normalization (groups=-1).",
             .source = "Wu and He, Group normalization, ECCV 2018",
             .config_size = sizeof(group_normalization),
             .fields = fields,
             .examples =
                 PLM_LIST("group_normalization(2) <- [8]", "group_normalization(3) <- [4, 6]",
                          "group_normalization(-1, scale=false) <- [5, 3]")},
    .emit = emit,
};
