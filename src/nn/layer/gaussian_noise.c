/* Adds normal noise of mean 0 in training. */
#include "nn/nn.h"

typedef struct {
    double stddev;
} gaussian_noise;

static const plm_field fields[] = {
    PLM_FIELD(gaussian_noise, stddev, PLM_REAL, NULL, 0, 1e9, "standard deviation of the noise"), {0}};

static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)count;
    return plm_emit(b, 1, x, "noise(gaussian_noise, %.17g)", ((const gaussian_noise *)config)->stddev);
}

const plm_layer_kind plm_layer_gaussian_noise = {
    .kind = {.name = "gaussian_noise",
             .alias = "GaussianNoise",
             .help = "adds normal noise in training",
             .formula = "y = x + N(0, stddev); in use y = x",
             .notes = "A mild remedy against overfitting, and what makes an autoencoder a denoising one.",
             .config_size = sizeof(gaussian_noise),
             .fields = fields,
             .examples = PLM_LIST("gaussian_noise(0.1) <- [40]")},
    .emit = emit,
};
