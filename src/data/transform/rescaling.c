/* rescaling: y = x * scale + offset, for every value of the inputs. */
#include "data/data.h"

typedef struct {
    double scale, offset; /* y = x scale + offset */
} rescaling;

static const plm_field fields[] = {
    PLM_FIELD(rescaling, scale, PLM_REAL, NULL, 0, 0,
              "factor by which each value is multiplied, such as 1/255"),
    PLM_FIELD(rescaling, offset, PLM_REAL, "0", 0, 0,
              "number that is added after the multiplication"),
    {0}};

/* Rescales the inputs of a batch, in place. */
static plm_status change(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows)
{
    const rescaling *c = t->config;
    const float scale = (float)c->scale, offset = (float)c->offset;
    for (int part = 0; part < t->data->source->inputs; part++) {
        const size_t n = (size_t)rows * t->data->part[part].width;
        float *x = value[part];
        for (size_t i = 0; i < n; i++)
            x[i] = x[i] * scale + offset;
    }
    return PLM_OK;
}

extern const plm_transform_kind plm_transform_rescaling;
const plm_transform_kind plm_transform_rescaling = {
    .kind = {.name = "rescaling",
             .alias = "scale",
             .help = "multiplies every value of the inputs by a factor and adds an offset",
             .formula = "y = x * scale + offset",
             .notes = "The layer rescaling does the same inside the model; then users of the model "
                      "need not rescale their data.",
             .config_size = sizeof(rescaling),
             .fields = fields,
             .examples =
                 PLM_LIST("digits | rescaling(1/16)", "digits | rescaling(1/8, offset=-1)")},
    .role = PLM_TRANSFORM_CHANGES,
    .change = change,
};
