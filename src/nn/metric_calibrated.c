/* Defines calibrated_crossentropy, the crossentropy of probabilities that are calibrated first: all
 * logits are divided by the temperature that makes it lowest.
 *
 * A net that is trained for long becomes too sure of its predictions. Its crossentropy then rises,
 * although it tells the classes apart better than before. A temperature lowers the crossentropy and
 * does not change which class is the most probable. So the best epoch should be chosen by this
 * metric if the net is calibrated after the training (Berta, Holzmueller, Jordan and Bach,
 * Rethinking early stopping: refine, then calibrate, 2025).
 *
 * The crossentropy is added up for six temperatures T, each twice the one before. Probabilities at
 * T are p^(1/T), divided by their sum. Roots of roots give the powers, since sqrt has the same bits
 * on every machine. The lowest point of the parabola through the three lowest values, as a function
 * of log T, is the result. It is an estimate: it may be a little below the crossentropy at any
 * T. */
#include <math.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

/* Temperatures are 1/2, 1, 2, 4, 8 and 16; the last total is the sum of weights. */
enum { TEMPERATURES = 6, TOTALS };

/* Smallest probability: smaller ones, such as those rounded to 0, count as this one. */
static const double LEAST = 1e-30;

static size_t totals_of(const void *config, const plm_shape *prediction)
{
    (void)config;
    (void)prediction;
    return TOTALS;
}

/* Adds the powers p^(1/T) of the probabilities p [width] of a row to sum [TEMPERATURES], one for
 * each T. */
static void add_powers(const plm_real *p, size_t width, double *sum)
{
    for (size_t j = 0; j < width; j++) {
        double power = (double)p[j] > LEAST ? (double)p[j] : LEAST;
        sum[0] += power * power;
        for (int k = 1; k < TEMPERATURES; k++, power = sqrt(power))
            sum[k] += power;
    }
}

/* Adds rows to the totals. The crossentropy of a row at T is log(sum of p^(1/T)) - log(p of its
 * class) / T. */
static void gather(const plm_metric_rows *m, plm_gathered *g)
{
    for (size_t i = 0; i < m->rows; i++) {
        const plm_real *p = m->prediction + i * m->stride;
        const double w = plm_metric_weight(m, i), own = (double)m->target[i * m->target_stride];
        double sum[TEMPERATURES] = {0}, inverse = 2;
        if (!(own >= 0 && own < (double)m->width))
            continue;
        const double given = (double)p[(size_t)own] > LEAST ? (double)p[(size_t)own] : LEAST;
        add_powers(p, m->width, sum);
        for (int k = 0; k < TEMPERATURES; k++, inverse /= 2)
            g->total[k] += w * (log(sum[k]) - inverse * log(given));
        g->total[TEMPERATURES] += w;
    }
}

/* Returns an estimate of the lowest crossentropy over all temperatures. If the smallest or the
 * largest of the six temperatures gives it, returns it. Otherwise returns the lowest point of the
 * parabola through this value and its two neighbours. */
static double result(const void *config, const plm_gathered *g, int at, const char **why)
{
    const double *y = g->total, weight = g->total[TEMPERATURES];
    int k = 0;
    (void)config;
    (void)at;
    if (!(weight > 0)) {
        *why = PLM_METRIC_NO_ROWS;
        return (double)NAN;
    }
    for (int i = 1; i < TEMPERATURES; i++)
        k = y[i] < y[k] ? i : k;
    if (k == 0 || k == TEMPERATURES - 1)
        return y[k] / weight;
    const double bend = y[k - 1] - 2 * y[k] + y[k + 1], slope = y[k + 1] - y[k - 1];
    return (y[k] - (bend > 0 ? slope * slope / (8 * bend) : 0)) / weight;
}

const plm_metric_kind plm_metric_calibrated_crossentropy = {
    .kind = {.name = "calibrated_crossentropy",
             .direction = PLM_DIRECTION_DOWN,
             .help = "crossentropy at the temperature that makes it lowest, estimated by a "
                     "parabola",
             .formula = "min over log T of the parabola through three values of mean(log sum_j "
                        "p_j^(1/T) - log(p_class) / T)",
             .notes = "It takes probabilities and class numbers. The best epoch of a net that is "
                      "calibrated after the training (calibrate: true) is the one in which this "
                      "is lowest: "
                      "best_weights(monitor=val_calibrated_crossentropy). The "
                      "mean is computed for T = 1/2, 1, 2, 4, 8 and 16; the parabola goes through "
                      "the lowest of these and its two neighbours, so it may be a little below "
                      "the mean at any T.",
             .source = "Berta, Holzmueller, Jordan and Bach, Rethinking early stopping: refine, "
                       "then calibrate, 2025"},
    .takes = PLM_TARGETS_LABELS,
    .fits = plm_loss_fits_labels,
    .totals = totals_of,
    .gather = gather,
    .result = result};
