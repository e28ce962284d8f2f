/* y = x / sqrt(1 + (x / limit)^2): leaves ordinary numbers about as they are, bounds outliers. */
#include "nn/nn.h"

typedef struct {
    double limit; /* outputs stay within +-limit */
} smooth_clip;

static const plm_field fields[] = {
    PLM_FIELD(smooth_clip, limit, PLM_REAL, "3", 1e-6, 1e6, "bound of the output, never reached"),
    {0}};

/* Emits op smooth_clip. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const smooth_clip *c = config;
    (void)count;
    return plm_emit(b, 1, x, "smooth_clip(%.17g)", c->limit);
}

const plm_layer_kind plm_layer_smooth_clip = {
    .kind = {.name = "smooth_clip",
             .help = "bounds numbers smoothly: outliers end below limit",
             .formula = "y = x / sqrt(1 + (x / limit)^2)",
             .notes = "For the inputs of a net on a table, after normalization(method=robust): a "
                      "few extreme rows then cannot dominate the loss. Nearly x for small x; the "
                      "slope is 1 at 0 and falls to 0 far away. Keras has no such layer.",
             .source = "Holzmueller, Grinsztajn and Steinwart, Better by default, NeurIPS 2024",
             .config_size = sizeof(smooth_clip),
             .fields = fields,
             .examples = PLM_LIST("smooth_clip() <- [4]", "smooth_clip(limit=0.5) <- [3, 21]")},
    .emit = emit,
};
