/* In training each number is dropped with chance `rate` and the others grow by 1 / (1 - rate), so that the mean stays. */
#include "nn/nn.h"

typedef struct {
    double rate;
} dropout;

static const plm_field fields[] = {
    PLM_FIELD(dropout, rate, PLM_REAL, NULL, 0, 0.999999, "chance to be dropped"), {0}};

static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)count;
    return plm_emit(b, 1, x, "noise(dropout, %.17g)", ((const dropout *)config)->rate);
}

const plm_layer_kind plm_layer_dropout = {
    .kind =
        {.name = "dropout",
         .alias = "Dropout",
         .help = "numbers are dropped by chance in training",
         .formula = "y = x / (1 - rate) with chance 1 - rate, else 0; in use y = x",
         .notes =
             "Against overfitting: no unit can rely on another. Rates of 0.1 to 0.5; training takes longer. "
             "With selu use alpha_dropout. predict --monte-carlo keeps it at work and gives deviations.",
         .source =
             "Srivastava et al., Dropout: a simple way to prevent neural networks from overfitting, 2014",
         .config_size = sizeof(dropout),
         .fields = fields,
         .examples = PLM_LIST("dropout(0.5) <- [40]", "dropout(0.2) <- [3, 5]")},
    .emit = emit,
};
