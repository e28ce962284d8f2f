/* Normalizes groups of neighbouring columns to mean 0 and standard deviation 1. The statistics of a
 * group are over all vectors of a row. Then each column is multiplied by its gamma, and its beta is
 * added. */
#include "nn/affine.h"

typedef struct {
    int64_t groups;    /* number of groups; each group has its own statistics */
    double epsilon;    /* added to the variance */
    plm_affine affine; /* gamma and beta: whether the layer has them, and their initial values */
} group_normalization;

static const plm_field fields[] = {
    PLM_FIELD(group_normalization, groups, PLM_INT, "32", -1, 1e9,
              "number of groups of columns; -1 = a group for each column"),
    PLM_FIELD(group_normalization, epsilon, PLM_REAL, "0.001", 0, 1,
              "small number added to the variance"),
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
        return plm_layer_fail(
            b, PLM_E_SHAPE, "choose a number of groups that divides the last axis",
            "%lld columns cannot be divided into %lld groups", (long long)width, (long long)groups);
    const int n = 1 + plm_affine_weights(b, &c->affine, width, in + 1);
    return plm_emit(b, n, in,
                    "normalize(groups=%lld, whole_row=true, epsilon=%.17g, center=%s, scale=%s)",
                    (long long)groups, c->epsilon, c->affine.center ? "true" : "false",
                    c->affine.scale ? "true" : "false");
}

const plm_layer_kind plm_layer_group_normalization = {
    .kind = {.name = "group_normalization",
             .alias = "GroupNormalization|group_norm",
             .help = "normalizes groups of columns of a row, then gives each column a learned mean "
                     "and standard deviation",
             .formula = "y = gamma (x - mean) / sqrt(variance + epsilon) + beta, with mean and "
                        "variance of the group",
             .notes = "It is between layer normalization (one group) and instance normalization "
                      "(groups=-1).",
             .source = "Wu and He, Group normalization, ECCV 2018",
             .config_size = sizeof(group_normalization),
             .positions = "groups|axis|epsilon|center|scale|beta_initializer|"
                          "gamma_initializer|beta_regularizer|gamma_regularizer|"
                          "beta_constraint|gamma_constraint",
             .fields = fields,
             .examples =
                 PLM_LIST("group_normalization(2) <- [8]", "group_normalization(3) <- [4, 6]",
                          "group_normalization(-1, scale=false) <- [5, 3]")},
    .emit = emit,
};
