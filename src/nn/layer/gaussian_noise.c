/* In training, adds normal noise of mean 0 to each number. Does nothing at inference. */
#include "nn/nn.h"

typedef struct {
    double stddev; /* deviation of the noise */
    int64_t seed;  /* own seed; -1 = the seed of the run */
} gaussian_noise;

static const plm_field fields[] = {
    PLM_FIELD(gaussian_noise, stddev, PLM_REAL, NULL, 0, 1e9, "standard deviation of the noise"),
    PLM_FIELD_NOISE_SEED(gaussian_noise),
    {0}};

/* Emits op noise in mode gaussian_noise. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const gaussian_noise *c = config;
    (void)count;
    const plm_spec stddev = {.type = PLM_SPEC_NUMBER, .number = c->stddev};
    const plm_noise noise = {
        .mode = "gaussian_noise", .key = "stddev", .amount = &stddev, .high = 1e9};
    return plm_emit_noise(b, x[0], &noise, NULL, c->seed);
}

const plm_layer_kind plm_layer_gaussian_noise = {
    .kind = {.name = "gaussian_noise",
             .alias = "GaussianNoise",
             .help = "adds normal noise to each element in training",
             .formula = "y = x + N(0, stddev); at inference y = x",
             .notes = "It is a mild remedy against overfitting. With it an autoencoder becomes a "
                      "denoising autoencoder.",
             .config_size = sizeof(gaussian_noise),
             .fields = fields,
             .examples = PLM_LIST("gaussian_noise(0.1) <- [40]")},
    .emit = emit,
};
