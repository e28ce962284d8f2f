/* Defines losses of overlap for masks: dice and tversky. Prediction and target are sets with grades
 * of membership from 0 to 1, and the loss of a row is 1 minus their overlap over the whole row.
 * These are Keras's formulas with axis = all axes of a row. Keras's default, axis=None, is one
 * overlap for the whole batch. With that the loss of a row would depend on the other rows, and the
 * mean over an epoch would depend on the batch size. */
#include "op/losses.h"

typedef struct {
    double alpha, beta; /* alpha: weight of missed elements of the target. beta: weight of wrongly
                         * predicted elements. */
} tversky_config;

/* The sums of a row: of t p, t and p. */
typedef struct {
    plm_real both, target, prediction;
} sums;

/* Adds up a row in 16 lanes. */
static sums sums_of(const plm_loss_rows *r, size_t row)
{
    plm_real lanes[3][PLM_LANES] = {{0}};
    const plm_real *p = r->prediction + row * r->stride, *t = r->target + row * r->target_stride;
    for (size_t j = 0; j < r->width; j++) {
        lanes[0][j % PLM_LANES] += t[j] * p[j];
        lanes[1][j % PLM_LANES] += t[j];
        lanes[2][j % PLM_LANES] += p[j];
    }
    return (sums){plm_loss_fold(lanes[0]), plm_loss_fold(lanes[1]), plm_loss_fold(lanes[2])};
}

/* Computes the loss 1 - top / bottom of all rows, where top = a sum(t p) and bottom = b sum(t p) +
 * c sum(t) + d sum(p) + epsilon. by holds a, b, c and d. */
static void overlap(const plm_loss_rows *r, const double by[4])
{
    const plm_real a = (plm_real)by[0], b = (plm_real)by[1], c = (plm_real)by[2],
                   d = (plm_real)by[3];
    for (size_t row = 0; row < r->rows; row++) {
        const sums s = sums_of(r, row);
        const plm_real top = a * s.both, bottom = b * s.both + c * s.target + d * s.prediction +
                                                  (plm_real)PLM_LOSS_EPSILON;
        const plm_real share = top / bottom;
        plm_loss_set(r, row, 1 - share);
        if (!r->gradient)
            continue;
        plm_real *g = r->gradient + row * r->stride;
        const plm_real *t = r->target + row * r->target_stride;
        const plm_real factor = r->factor * plm_loss_weight(r, row) / bottom;
        for (size_t j = 0; j < r->width; j++)
            g[j] = factor * (share * (b * t[j] + d) - a * t[j]);
        plm_loss_fill(g, r->width, r->stride, 0);
    }
}

/* Computes the Dice loss: 1 - 2 sum(t p) / (sum(t) + sum(p)). */
static void dice_rows(const plm_loss_rows *r)
{
    overlap(r, (const double[]){2, 0, 1, 1});
}

/* Computes the Tversky loss of all rows. alpha multiplies sum(t (1 - p)) and beta multiplies sum(p
 * (1 - t)), as in Keras, which calls the first sum false positives. */
static void tversky_rows(const plm_loss_rows *r)
{
    const tversky_config *c = r->config;
    overlap(r, (const double[]){1, 1 - c->alpha - c->beta, c->alpha, c->beta});
}

static const plm_field tversky_fields[] = {
    PLM_FIELD(tversky_config, alpha, PLM_REAL, "0.5", 0, 1e6,
              "weight of elements in the target that the prediction misses"),
    PLM_FIELD(tversky_config, beta, PLM_REAL, "0.5", 0, 1e6,
              "weight of elements in the prediction that the target does not have"),
    {0}};

const plm_loss_kind plm_loss_dice = {
    .kind = {.name = "dice",
             .alias = "dice_loss",
             .help = "1 minus the overlap of two masks, for each row by itself",
             .formula = "1 - 2 sum(t p) / (sum(t) + sum(p) + 1e-7)",
             .notes = "Use it for masks of which a small part is 1, with outputs of sigmoid or "
                      "softmax: the empty part does not count. An empty target gives a loss of 1 "
                      "whatever is predicted. Keras's default is one overlap for the whole batch; "
                      "this is Keras's with axis = all axes of a row.",
             .source = "Milletari, Navab and Ahmadi, V-Net: fully convolutional neural networks "
                       "for volumetric medical image segmentation, 3DV 2016"},
    .fits = plm_loss_fits_same,
    .rows = dice_rows,
    .shares = true,
    .whole_rows = true};

const plm_loss_kind plm_loss_tversky = {
    .kind =
        {.name = "tversky",
         .help = "1 minus the overlap of two masks, for each row by itself, with a weight for "
                 "each kind of error",
         .formula = "1 - sum(t p) / (sum(t p) + alpha sum(t (1-p)) + beta sum(p (1-t)) + 1e-7)",
         .notes =
             "It is like dice, with weights. With alpha above beta, elements that are missed count "
             "more; with beta above alpha, elements that are predicted wrongly count more. 0.5 and "
             "0.5 is dice, 1 and 1 is the intersection over union. Keras's default is one overlap "
             "for the whole batch; this is Keras's with axis = all axes of a row.",
         .source = "Salehi, Erdogmus and Gholipour, Tversky loss function for image "
                   "segmentation using 3D fully convolutional deep networks, MLMI 2017",
         .config_size = sizeof(tversky_config),
         .fields = tversky_fields},
    .fits = plm_loss_fits_same,
    .rows = tversky_rows,
    .shares = true,
    .whole_rows = true};
