/* Softmax as a layer: turns each vector of the last axis into probabilities, which add up to 1. */
#include "nn/nn.h"

typedef struct {
    int64_t axis; /* axis along which outputs sum to 1 */
} softmax;

static const plm_field fields[] = {
    PLM_FIELD(softmax, axis, PLM_INT, "-1", -8, 8,
              "the axis along which the sum is 1; must be the last, the batch is 0"),
    {0}};

/* Emits op activation(softmax) on the vectors of the last axis. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const softmax *c = config;
    (void)count;
    if (c->axis != -1 && c->axis != plm_rank(b, x[0]))
        return plm_layer_fail(b, PLM_E_UNSUPPORTED, "leave out axis, or permute the axes before",
                              "axis=%lld is not supported, only the last axis (-1) is",
                              (long long)c->axis);
    const plm_value lines = plm_last_axis(b, x[0]);
    return plm_emit(b, 1, &lines, "activation(function=softmax)");
}

const plm_layer_kind plm_layer_softmax = {
    .kind = {.name = "softmax",
             .alias = "Softmax",
             .help = "probabilities along the last axis",
             .formula = "y[i] = e^x[i] / sum of e^x",
             .notes = "Use it at the end, after a layer without activation.",
             .source = "Bridle, Probabilistic interpretation of feedforward classification network "
                       "outputs, 1990",
             .config_size = sizeof(softmax),
             .fields = fields,
             .examples = PLM_LIST("softmax <- [4]", "softmax(axis=2) <- [3, 5]")},
    .emit = emit};
