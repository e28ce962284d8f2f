/* Activations that make a distribution of the numbers along the last axis: softmax, log_softmax and
 * sparsemax.
 *
 * Backward needs y alone. For softmax dx = y (dy - sum of dy y); for log_softmax dx = dy - e^y
 * times the sum of dy; for sparsemax dx = dy minus its mean, over the numbers above 0. */
#include <math.h>

#include "kernel/tiny.h"
#include "op/op.h"

const plm_field plm_axis_fields[] = {
    PLM_FIELD(plm_axis_config, axis, PLM_INT, "-1", -8, 8,
              "the axis that the function runs along; only the last one (-1) is supported"),
    {0}};

/* Computes the softmax of each line. y [lines][y_stride], x [lines][x_stride], of which `width`
 * numbers count. NULL: the logarithms of the sums are not wanted. */
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
    .kind =
        {.name = "softmax",
         .help = "probabilities of classes: positive, sum 1 along the last axis",
         .formula = "y[i] = e^x[i] / sum of e^x",
         .notes =
             "For the output that chooses one of several classes, with "
             "sparse_categorical_crossentropy or categorical_crossentropy. Against relu: not for "
             "hidden layers, where it would suppress most units. Price: an exponential and sums "
             "over the row. Initializer: glorot_uniform.",
         .source = "Bridle, Probabilistic interpretation of feedforward classification network "
                   "outputs, 1990",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = softmax,
    .backward = softmax_backward};

/* Computes y: x minus the logarithm of the sum of e^x, computed from x minus its maximum, so that
 * nothing overflows. */
static void log_softmax(const plm_activation_lines *l, plm_real *y, const plm_real *x)
{
    l->kernel->log_softmax(y, x, l->lines, l->width, l->y_stride, l->x_stride);
}

/* Computes dx from dy and y, of which e^y is the softmax. */
static void log_softmax_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                                 const plm_real *y)
{
    l->kernel->log_softmax_backward(dx, dy, y, l->lines, l->width, l->y_stride);
}

const plm_activation_kind plm_activation_log_softmax = {
    .kind =
        {.name = "log_softmax",
         .help = "logarithms of softmax, without its rounding",
         .formula = "y[i] = x[i] - log(sum of e^x)",
         .notes =
             "Where log probabilities are wanted as such. A loss with from_logits=true does the "
             "same inside. Against relu: not for hidden layers. Price: an exponential and sums "
             "over the row. Initializer: glorot_uniform.",
         .source = "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax "
                   "functions, 2021",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = log_softmax,
    .backward = log_softmax_backward};

/* ---- sparsemax ---- */

/* Returns the threshold t for which the sum over x[n] of max(x - t, 0) is 1. Starts from all
 * numbers and drops those up to the t of the rest, until none is dropped (Michelot, A finite
 * algorithm for finding the projection of a point onto the canonical simplex of R^n, 1986). Sums
 * are of differences from the largest number, so that large numbers lose no digits. Returns t -
 * largest. Each round drops at least one number, so it ends after at most n rounds; a few are
 * usual. */
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

/* y = max(x - t, 0), with the t for which y sums to 1. The source is Martins and Astudillo, From
 * softmax to sparsemax, ICML 2016. Sums are in double, since the result decides which numbers are
 * exactly 0. */
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

/* dx = dy - mean of dy over the numbers with y > 0, for these; 0 for the others. */
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
         .help = "probabilities of which many are exactly 0, sum 1 along the last axis",
         .formula = "y[i] = max(x[i] - t, 0), with the t for which y sums to 1",
         .notes =
             "In place of softmax where few classes should take part, as in attention. Losses of "
             "probabilities stop at 1e-7, so a right class at exactly 0 has no gradient: softmax "
             "is the safer output. Against relu: not for hidden layers. Price: some sums over the "
             "row. Keras 3.16 gives sums below 1 where several classes are above 0; this is the "
             "paper's function. Initializer: glorot_uniform.",
         .source = "Martins and Astudillo, From softmax to sparsemax, ICML 2016",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = sparsemax,
    .backward = sparsemax_backward};
