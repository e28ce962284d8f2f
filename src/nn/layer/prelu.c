/* PReLU as a layer: leaky ReLU whose slopes below 0 are learned. Each element of a row has its own
 * slope, unless slopes are shared along axes. */
#include "nn/nn.h"

typedef struct {
    const plm_spec *alpha_initializer, *alpha_regularizer, *alpha_constraint;
    plm_ints shared_axes; /* axes along which the slope is shared */
} prelu;

static const plm_field fields[] = {
    PLM_FIELD_OF(prelu, alpha_initializer, PLM_SPEC, "zeros", "initializer",
                 "initial values of the slopes"),
    PLM_FIELD_OF(prelu, alpha_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on the slopes"),
    PLM_FIELD_OF(prelu, alpha_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on the slopes"),
    PLM_FIELD(prelu, shared_axes, PLM_INTS, "", 1, PLM_RANK,
              "axes along which the slope is shared; axis 0 is the batch"),
    {0}};

/* Emits op prelu on (x, alpha); alpha has the shape of a row, with length 1 along shared axes. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const prelu *c = config;
    const int rank = plm_rank(b, x[0]);
    plm_weight_request alpha = {.name = "alpha",
                                .initializer = c->alpha_initializer,
                                .regularizer = c->alpha_regularizer,
                                .constraint = c->alpha_constraint,
                                .rank = rank};
    (void)count;
    /* The lengths start as those of a row; axes that share a slope, counted from 1, get length
     * 1. */
    for (int i = 0; i < rank; i++)
        alpha.dims[i] = plm_dim(b, x[0], i);
    for (int i = 0; i < c->shared_axes.count; i++) {
        if (c->shared_axes.at[i] > rank)
            return plm_layer_fail(
                b, PLM_E_SHAPE, "give axes of 1 or more; axis 0 is the batch",
                "shared_axes has axis %lld, but the input has %d axes besides the batch",
                (long long)c->shared_axes.at[i], rank);
        alpha.dims[c->shared_axes.at[i] - 1] = 1;
    }
    return plm_emit(b, 2, (plm_value[]){x[0], plm_weight_new(b, &alpha)}, "prelu");
}

const plm_layer_kind plm_layer_prelu = {
    .kind = {.name = "prelu",
             .alias = "PReLU",
             .help = "leaky relu whose slopes for x < 0 are learned",
             .formula = "y = x for x >= 0, alpha * x below",
             .notes = "It is better than relu if there is much data, and may overfit if there is "
                      "little. It starts as relu (alpha 0). Penalties on alpha are not "
                      "recommended. Initializer of the previous layer: he_normal.",
             .source = "He, Zhang, Ren and Sun, Delving deep into rectifiers, ICCV 2015",
             .config_size = sizeof(prelu),
             .fields = fields,
             .examples = PLM_LIST(
                 "prelu(alpha_initializer=constant(0.25)) <- [4]", "prelu <- [21]",
                 "prelu(shared_axes=[1], alpha_initializer=constant(0.1)) <- [3, 5]",
                 "prelu(shared_axes=[1, 2], alpha_initializer=constant(0.1)) <- [2, 3, 4]")},
    .emit = emit};
