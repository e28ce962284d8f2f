/* The activation ELU as a layer: y = x for x > 0, else alpha (e^x - 1). */
#include "nn/nn.h"

typedef struct {
    double alpha; /* minus the limit of y for x far below 0 */
} elu;

static const plm_field fields[] = {PLM_FIELD(elu, alpha, PLM_REAL, "1", 0, 1e6,
                                             "limit: the output tends to -alpha for x far below 0"),
                                   {0}};

/* Emits op activation with the function elu. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)count;
    return plm_emit(b, 1, x, "activation(function=elu(%.17g))", ((const elu *)config)->alpha);
}

const plm_layer_kind plm_layer_elu = {
    .kind = {.name = "elu",
             .alias = "ELU",
             .help = "exponential linear unit",
             .formula = "y = x for x > 0, alpha * (e^x - 1) below",
             .notes = "Use it after a layer without activation. Initializer: he_normal.",
             .source = "Clevert, Unterthiner and Hochreiter, Fast and accurate deep network "
                       "learning by exponential "
                       "linear units, ICLR 2016",
             .config_size = sizeof(elu),
             .fields = fields,
             .examples = PLM_LIST("elu <- [4]", "elu(0.5) <- [2, 3]")},
    .emit = emit};
