/* The generalized cross-entropy (1 - p^q) / q of the probability p of the right class (Zhang and
 * Sabuncu, Generalized cross entropy loss for training deep neural networks with noisy labels,
 * NeurIPS 2018). For q = 1 the loss is 1 - p; for q near 0 it is nearly -log p. */
#include <math.h>

#include "op/losses.h"

typedef struct {
    double q;         /* near 0 = cross-entropy; 1 = the loss 1 - p */
    bool from_logits; /* predictions are logits, not probabilities */
} generalized_config;

/* Returns p^q for log p. */
static plm_real power_of(const plm_loss_rows *r, plm_real log_p)
{
    plm_real power = (plm_real)((const generalized_config *)r->config)->q * log_p;
    r->kernel->activation[PLM_ACTIVATION_exponential].forward(&power, &power, 1, NULL);
    return power;
}

/* Computes the loss of a row of logits. The gradient is p^q softmax(x), minus p^q at the label. */
static void logit_row(const plm_loss_rows *r, size_t row, size_t label)
{
    const plm_real *x = r->prediction + row * r->stride;
    const plm_real q = (plm_real)((const generalized_config *)r->config)->q;
    const plm_real power = power_of(r, -plm_loss_log_sum(r->kernel, x, r->width, x[label]));
    plm_loss_set(r, row, (1 - power) / q);
    if (!r->gradient)
        return;
    plm_real *g = r->gradient + row * r->stride; /* holds the softmax */
    g[label] -= 1;
    r->kernel->scale_shift(g, g, r->factor * plm_loss_weight(r, row) * power, 0, r->width);
}

/* Computes the loss of a row of probabilities. Its slope is -p^(q - 1); for p below epsilon it is
 * the slope at epsilon. */
static void probability_row(const plm_loss_rows *r, size_t row, size_t label)
{
    const plm_real least = (plm_real)PLM_LOSS_EPSILON;
    const plm_real q = (plm_real)((const generalized_config *)r->config)->q;
    const plm_real p = r->prediction[row * r->stride + label], near = p < least ? least : p;
    plm_real logarithm[2] = {p, near};
    r->kernel->log(logarithm, logarithm, 2);
    plm_loss_set(r, row, (1 - power_of(r, logarithm[0])) / q);
    if (!r->gradient)
        return;
    plm_real *g = r->gradient + row * r->stride;
    plm_loss_fill(g, 0, r->stride, 0);
    g[label] = -r->factor * plm_loss_weight(r, row) * (power_of(r, logarithm[1]) / near);
}

/* Computes the loss of each row from its label. A label that is not a class gives a loss of NaN,
 * and no gradient. */
static void generalized_rows(const plm_loss_rows *r)
{
    const bool from_logits = ((const generalized_config *)r->config)->from_logits;
    plm_loss_begin_gradient(r, from_logits);
    for (size_t row = 0; row < r->rows; row++) {
        const plm_real label = r->target[row * r->target_stride];
        if (label >= 0 && label < (plm_real)r->width) {
            (from_logits ? logit_row : probability_row)(r, row, (size_t)label);
            continue;
        }
        /* Labels are checked earlier; this comparison only keeps reads within bounds. */
        plm_loss_set(r, row, (plm_real)NAN);
        if (r->gradient)
            plm_loss_fill(r->gradient + row * r->stride, 0, r->stride, 0);
    }
}

static const plm_field generalized_fields[] = {
    PLM_FIELD(generalized_config, q, PLM_REAL, "0.5", 1e-3, 1,
              "near 0 the loss is the cross-entropy, at 1 the mean absolute error"),
    PLM_FIELD(generalized_config, from_logits, PLM_BOOL, "false", 0, 0,
              "true = the prediction has not gone through softmax (not in Keras)"),
    {0}};

const plm_loss_kind plm_loss_categorical_generalized_cross_entropy = {
    .kind = {.name = "categorical_generalized_cross_entropy",
             .alias = "generalized_cross_entropy|gce",
             .help = "cross-entropy for class numbers that tolerates wrong labels",
             .formula = "(1 - p[y]^q) / q",
             .notes =
                 "Use it for data in which some labels are wrong: rows whose label the net "
                 "considers very unlikely have a small gradient. The larger q is, the more slowly "
                 "the net learns. The output must be a softmax with one unit per class.",
             .source = "Zhang and Sabuncu, Generalized cross entropy loss for training deep neural "
                       "networks with noisy labels, NeurIPS 2018",
             .config_size = sizeof(generalized_config),
             .fields = generalized_fields},
    .fits = plm_loss_fits_labels,
    .rows = generalized_rows,
    .sparse = true,
    .logits_of = "softmax",
    .from_logits_offset = offsetof(generalized_config, from_logits),
    .along_axis = true};
