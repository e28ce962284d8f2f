/* Defines activations that turn the numbers along the last axis into a distribution: softmax,
 * log_softmax and sparsemax.
 *
 * Backward needs y alone. For softmax dx = y (dy - sum of dy y); for log_softmax dx = dy - e^y
 * times the sum of dy; for sparsemax dx = dy minus the mean of dy, over the elements with y > 0. */
#include <math.h>

#include "kernel/tiny.h"
#include "op/op.h"

const plm_field plm_axis_fields[] = {
    PLM_FIELD(plm_axis_config, axis, PLM_INT, "-1", -8, 8,
              "axis along which the function is applied; only the last axis (-1) is supported"),
    {0}};

/* Computes the softmax of each vector. y [lines][y_stride], x [lines][x_stride], of which `width`
 * numbers are used. The NULL argument tells the kernel not to store the logarithms of the sums. */
static void softmax(const plm_activation_lines *l, plm_real *y, const plm_real *x)
{
    l->kernel->softmax(y, x, l->lines, l->width, l->y_stride, l->x_stride, NULL);
}

/* Computes dx from dy and y. The slope follows from y alone, so x need not be kept. */
static void softmax_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                             const plm_real *y)
{
    l->kernel->softmax_backward(dx, dy, y, l->lines, l->width, l->y_stride);
}

const plm_activation_kind plm_activation_softmax = {
    .kind = {.name = "softmax",
             .help = "makes probabilities of classes, positive and with sum 1 along the last axis",
             .formula = "y[i] = e^x[i] / sum of e^x",
             .notes =
                 "Use it for the output that chooses one of several classes, with "
                 "sparse_categorical_crossentropy or categorical_crossentropy. Compared with relu: "
                 "it is not meant for hidden layers, where it would suppress most units. Cost: an "
                 "exponential and sums over the row. Initializer: glorot_uniform.",
             .source = "Bridle, Probabilistic interpretation of feedforward classification network "
                       "outputs, 1990",
             .config_size = sizeof(plm_axis_config),
             .fields = plm_axis_fields},
    .forward = softmax,
    .backward = softmax_backward};

/* Computes y = x - log(sum of e^x). The maximum is first subtracted from x, so that nothing
 * overflows. */
static void log_softmax(const plm_activation_lines *l, plm_real *y, const plm_real *x)
{
    l->kernel->log_softmax(y, x, l->lines, l->width, l->y_stride, l->x_stride);
}

/* Computes dx from dy and y; e^y is the softmax. */
static void log_softmax_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                                 const plm_real *y)
{
    l->kernel->log_softmax_backward(dx, dy, y, l->lines, l->width, l->y_stride);
}

const plm_activation_kind plm_activation_log_softmax = {
    .kind = {.name = "log_softmax",
             .help = "the logarithm of softmax, computed without the rounding of softmax",
             .formula = "y[i] = x[i] - log(sum of e^x)",
             .notes = "Use it if log probabilities are needed. A loss with from_logits=true does "
                      "the same internally. Compared with relu: it is not meant for hidden layers. "
                      "Cost: an exponential and sums over the row. Initializer: glorot_uniform.",
             .source =
                 "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax "
                 "functions, 2021",
             .config_size = sizeof(plm_axis_config),
             .fields = plm_axis_fields},
    .forward = log_softmax,
    .backward = log_softmax_backward};

/* ---- sparsemax ---- */

/* Returns the threshold t for which the sum over x[n] of max(x - t, 0) is 1. It starts with all
 * numbers, and repeatedly drops the numbers that are at most the t of the remaining ones (Michelot,
 * A finite algorithm for finding the projection of a point onto the canonical simplex of R^n,
 * 1986). Sums are of differences from the largest number, so that large numbers lose no digits.
 * Returns t - largest. Each round drops at least one number, so there are at most n rounds, usually
 * a few. */
static double simplex_threshold(const plm_real *x, size_t n, double largest)
{
    double threshold = -(double)INFINITY;
    for (size_t kept = n + 1;;) {
        double sum = 0;
        size_t inside = 0;
        for (size_t j = 0; j < n; j++) {
            const double d = (double)x[j] - largest;
            sum += d > threshold ? d : 0;
            inside += d > threshold;
        }
        if (inside == 0 || inside == kept)
            return threshold;
        kept = inside;
        threshold = (sum - 1) / (double)inside;
    }
}

/* Returns the maximum of x [n]; NaN if there is a NaN. */
static double largest_of(const plm_real *x, size_t n)
{
    plm_real best = x[0];
    for (size_t j = 1; j < n; j++)
        best = x[j] > best || isnan(x[j]) ? x[j] : best;
    return (double)best;
}

/* Computes y = max(x - t, 0), with the t for which y sums to 1. The source is Martins and
 * Astudillo, From softmax to sparsemax, ICML 2016. Sums are in double, since the result decides
 * which numbers are exactly 0. */
static void sparsemax(const plm_activation_lines *l, plm_real *y, const plm_real *x)
{
    for (size_t i = 0; i < l->lines; i++, x += l->x_stride, y += l->y_stride) {
        const double largest = largest_of(x, l->width);
        const double threshold = simplex_threshold(x, l->width, largest);
        for (size_t j = 0; j < l->width; j++) {
            const double over = ((double)x[j] - largest) - threshold;
            y[j] = over < 0 ? 0 : (plm_real)over; /* a NaN stays NaN */
        }
        for (size_t j = l->width; j < l->y_stride; j++)
            y[j] = 0;
    }
}

/* Computes dx = dy - mean(dy) for the elements with y > 0, where the mean is over these elements;
 * dx = 0 for the others. */
static void sparsemax_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                               const plm_real *y)
{
    for (size_t i = 0; i < l->lines; i++) {
        double sum = 0, inside = 0;
        for (size_t j = 0; j < l->width; j++) {
            sum += y[j] > 0 ? (double)dy[j] : 0;
            inside += y[j] > 0 ? 1 : 0;
        }
        const double mean = inside > 0 ? sum / inside : 0;
        for (size_t j = 0; j < l->x_stride; j++)
            dx[j] = j < l->width && y[j] > 0 ? plm_flushed((plm_real)((double)dy[j] - mean)) : 0;
        dx += l->x_stride;
        dy += l->y_stride;
        y += l->y_stride;
    }
}

const plm_activation_kind plm_activation_sparsemax = {
    .kind =
        {.name = "sparsemax",
         .help = "makes probabilities with sum 1 along the last axis; many are exactly 0",
         .formula = "y[i] = max(x[i] - t, 0), with the t for which y sums to 1",
         .notes =
             "Use it in place of softmax where few classes should take part, as in attention. "
             "Losses of probabilities stop at 1e-7, so a right class at exactly 0 has no gradient: "
             "softmax is the safer output. Compared with relu: it is not meant for hidden layers. "
             "Cost: some sums over the row. Keras 3.16 gives sums below 1 where several classes "
             "are above 0; this is the paper's function. Initializer: glorot_uniform.",
         .source = "Martins and Astudillo, From softmax to sparsemax, ICML 2016",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = sparsemax,
    .backward = sparsemax_backward};
