/* Computes y = scale * x + offset with constants. For example, it maps pixels from 0..255 to 0..1
 * inside the model. */
#include "nn/nn.h"

#include "base/notation.h"

typedef struct {
    double scale, offset; /* y = scale x + offset */
} rescaling;

static const plm_field fields[] = {
    PLM_FIELD(rescaling, scale, PLM_REAL, NULL, 0, 0, "factor, such as 1/255"),
    PLM_FIELD(rescaling, offset, PLM_REAL, "0", 0, 0, "number added after scaling"),
    {0}};

/* Emits op scale_shift. The numbers are written with all their digits. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const rescaling *c = config;
    char scale[32], offset[32];
    (void)count;
    plm_text_from_number(c->scale, scale, sizeof scale);
    plm_text_from_number(c->offset, offset, sizeof offset);
    return plm_emit(b, 1, x, "scale_shift(scale=%s, shift=%s)", scale, offset);
}

const plm_layer_kind plm_layer_rescaling = {
    .kind = {.name = "rescaling",
             .alias = "Rescaling",
             .help = "computes scale * x + offset with constants",
             .config_size = sizeof(rescaling),
             .fields = fields,
             .examples = PLM_LIST("rescaling(1/255) <- [28, 3]", "rescaling(2, offset=-1) <- [4]")},
    .emit = emit,
};
