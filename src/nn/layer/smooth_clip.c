/* Computes y = x / sqrt(1 + (x / limit)^2), which leaves ordinary numbers almost unchanged and
 * bounds outliers. */
#include "nn/nn.h"

typedef struct {
    double limit; /* outputs are between -limit and limit */
} smooth_clip;

static const plm_field fields[] = {
    PLM_FIELD(smooth_clip, limit, PLM_REAL, "3", 1e-6, 1e6,
              "bound of the magnitude of the output, which is never reached"),
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
             .help = "bounds numbers smoothly between -limit and limit",
             .formula = "y = x / sqrt(1 + (x / limit)^2)",
             .notes =
                 "Use it for the inputs of a net on a table, after normalization(method=robust): a "
                 "few extreme rows then cannot dominate the loss. It is nearly x for small x; the "
                 "slope is 1 at 0 and falls to 0 for large |x|. Keras has no such layer.",
             .source = "Holzmueller, Grinsztajn and Steinwart, Better by default, NeurIPS 2024",
             .config_size = sizeof(smooth_clip),
             .fields = fields,
             .examples = PLM_LIST("smooth_clip() <- [4]", "smooth_clip(limit=0.5) <- [3, 21]")},
    .emit = emit,
};
