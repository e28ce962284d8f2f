/* In training, sets each number to 0 with probability `rate` and multiplies the others by 1 / (1 -
 * rate), so that the mean does not change. Does nothing at inference. */
#include "nn/nn.h"

typedef struct {
    const plm_spec *rate; /* probability that an element is dropped; a number or a schedule */
    plm_ints noise_shape; /* a length for each axis; 1 = the noise is shared along the axis */
    int64_t seed;         /* own seed; -1 = the seed of the run */
} dropout;

static const plm_field fields[] = {
    PLM_FIELD_OF(dropout, rate, PLM_SPEC, NULL, "schedule",
                 "probability that an element is dropped: a number below 1 or a schedule"),
    PLM_FIELD_NOISE_SHAPE(dropout),
    PLM_FIELD_NOISE_SEED(dropout),
    {0}};

/* Emits op noise in mode dropout. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const dropout *c = config;
    (void)count;
    return plm_emit_noise(b, x[0], PLM_NOISE_RATE("dropout", c->rate), &c->noise_shape, c->seed);
}

const plm_layer_kind plm_layer_dropout = {
    .kind =
        {.name = "dropout",
         .alias = "Dropout",
         .help = "sets random elements to 0 in training",
         .formula = "y = x / (1 - rate) with probability 1 - rate, else 0; at inference y = x",
         .notes =
             "It helps against overfitting, since no unit can rely on another. Use rates of 0.1 to "
             "0.5; training takes longer. With selu use alpha_dropout. predict --monte-carlo keeps "
             "dropout active and gives the standard deviations of predictions.",
         .source = "Srivastava et al., Dropout: a simple way to prevent neural networks from "
                   "overfitting, 2014",
         .config_size = sizeof(dropout),
         .fields = fields,
         .examples = PLM_LIST("dropout(0.5) <- [40]", "dropout(0.2) <- [3, 5]",
                              "dropout(flat_cos(0.5, 20)) <- [6]",
                              "dropout(0.5, noise_shape=[3, 1], seed=7) <- [3, 5]")},
    .emit = emit,
};
