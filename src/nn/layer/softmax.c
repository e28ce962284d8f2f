/* Softmax as a layer: turns each vector along an axis into probabilities, which add up to 1. */
#include "nn/nn.h"

typedef struct {
    int64_t axis; /* axis along which outputs sum to 1 */
} softmax;

static const plm_field fields[] = {
    {.name = "axis",
     .type = PLM_INT,
     .offset = offsetof(softmax, axis),
     .fallback = "-1",
     .low = -8,
     .high = 8,
     .help = "the axis along which the sum is 1; 0 is the batch, -1 the last axis",
     .alias = "dim"},
    {0}};

/* Emits op activation(softmax) on the vectors along the axis. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const softmax *c = config;
    plm_axes axes;
    (void)count;
    if (c->axis == -1) { /* for -1 a row may also be a single number */
        const plm_value lines = plm_last_axis(b, x[0]);
        return plm_emit(b, 1, &lines, "activation(function=softmax)");
    }
    if (!plm_axes_choose(b, x[0], 1, &c->axis, &axes))
        return (plm_value){0};
    const plm_value lines = plm_axes_last(b, x[0], &axes);
    return plm_axes_back(b, plm_emit(b, 1, &lines, "activation(function=softmax)"), &axes);
}

const plm_layer_kind plm_layer_softmax = {
    .kind = {.name = "softmax",
             .alias = "Softmax",
             .help = "makes probabilities along an axis, by default the last one",
             .formula = "y[i] = e^x[i] / sum of e^x",
             .notes = "Use it at the end, after a layer without activation.",
             .source = "Bridle, Probabilistic interpretation of feedforward classification network "
                       "outputs, 1990",
             .config_size = sizeof(softmax),
             .fields = fields,
             .examples = PLM_LIST("softmax <- [4]", "softmax(axis=2) <- [3, 5]",
                                  "softmax(axis=1) <- [3, 5]")},
    .emit = emit};
