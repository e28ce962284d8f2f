/* Defines losses that combine all elements of the last axis: cross-entropies, the categorical
 * hinge, the cosine similarity. The definitions are those of Keras. p is the prediction, t the
 * target, and x the logits.
 *
 * From logits, the logarithm of a probability is computed from the probability only where the
 * probability is large enough for an exact result. Otherwise it is computed from the logits without
 * the probability, so nothing underflows or overflows. All sums along a row run in 16 lanes, which
 * are then halved in a fixed order: 8, 4, 2, 1. */
#include <math.h>

#include "op/losses.h"

/* classes of a row that are computed at a time */
enum { BLOCK = 256 };

/* Returns the sum of x[n], in 16 lanes: number j goes to lane j mod 16. */
static plm_real sum_of(const plm_real *x, size_t n)
{
    plm_real lane[PLM_LANES] = {0};
    for (size_t j = 0; j < n; j++)
        lane[j % PLM_LANES] += x[j];
    return plm_loss_fold(lane);
}

/* Returns the dot product of x[n] and y[n], in 16 lanes. */
static plm_real dot_of(const plm_real *x, const plm_real *y, size_t n)
{
    plm_real lane[PLM_LANES] = {0};
    for (size_t j = 0; j < n; j++)
        lane[j % PLM_LANES] += x[j] * y[j];
    return plm_loss_fold(lane);
}

/* Returns the maximum of x[n]. */
static plm_real largest(const plm_real *x, size_t n)
{
    plm_real best = x[0];
    for (size_t j = 1; j < n; j++)
        best = x[j] > best ? x[j] : best;
    return best;
}

/* Returns the sum of the probabilities p[n], by which the caller divides them. A sum of 0 is
 * replaced by 1, so that nothing is divided by 0; NaN stays NaN. */
plm_real plm_loss_mass(const plm_real *p, size_t n)
{
    const plm_real sum = sum_of(p, n);
    return sum < 0 || sum > 0 || !(sum >= 0) ? sum : 1;
}

/* Returns log(sum over x[n] of e^(x - shift)). The softmax of the kernel table gives this logarithm
 * for a row. A wide row is computed block by block. The result for the blocks so far is put before
 * the next block as one more number, so that the next sum contains it. */
plm_real plm_loss_log_sum(const plm_kernels *kernel, const plm_real *x, size_t n, plm_real shift)
{
    plm_real block[BLOCK], total = 0;
    for (size_t j = 0; j < n;) {
        const size_t held = j > 0;
        const size_t count = n - j < BLOCK - held ? n - j : BLOCK - held;
        block[0] = total;
        for (size_t i = 0; i < count; i++)
            block[held + i] = x[j + i] - shift;
        kernel->softmax(block, block, 1, held + count, held + count, held + count, &total);
        j += count;
    }
    return total;
}

/* Stores the softmax of the logits of all rows in the gradient. The loss of each row later
 * subtracts the row's target from it. */
void plm_loss_begin_gradient(const plm_loss_rows *r, bool from_logits)
{
    if (from_logits && r->gradient)
        r->kernel->softmax(r->gradient, r->prediction, r->rows, r->width, r->stride, r->stride,
                           NULL);
}

/* ---- distributions over classes ---- */

/* The target of a row: a distribution t [classes] or, if t is NULL, probability 1 for one class.
 * Label smoothing s changes it to t (1 - s) + s / K for K classes, that is, to t keep + add. */
typedef struct {
    const plm_real *t;  /* [classes] or NULL */
    size_t label;       /* used if t is NULL */
    plm_real keep, add; /* 1 - s, and s / K */
} classes;

/* Returns the target of a row before smoothing, for the n <= BLOCK classes from <= k < from + n.
 * hot: memory in which a label is written as a one-hot vector. */
static const plm_real *block_of(const classes *c, size_t from, size_t n, plm_real hot[BLOCK])
{
    if (c->t != NULL)
        return c->t + from;
    for (size_t j = 0; j < n; j++)
        hot[j] = from + j == c->label ? 1 : 0;
    return hot;
}

/* Computes two numbers for each of `count` <= 16 rows from `first` on: shift, the largest logit,
 * and all = log(sum of e^(x - shift)). One call for 16 short rows takes much less time than 16
 * calls, and gives the same bits. */
static void log_sums(const plm_loss_rows *r, size_t first, size_t count, plm_real shift[PLM_LANES],
                     plm_real all[PLM_LANES])
{
    _Alignas(64) plm_real block[PLM_LANES * PLM_LANES] = {0};
    const bool together = count == PLM_LANES && r->width <= PLM_LANES;
    for (size_t i = 0; i < count; i++) {
        const plm_real *x = r->prediction + (first + i) * r->stride;
        shift[i] = largest(x, r->width);
        if (!together)
            all[i] = plm_loss_log_sum(r->kernel, x, r->width, shift[i]);
        for (size_t j = 0; together && j < r->width; j++)
            block[i * PLM_LANES + j] = x[j] - shift[i];
    }
    if (together)
        r->kernel->softmax(block, block, count, r->width, PLM_LANES, PLM_LANES, all);
}

/* Computes the loss of one row of logits, the sum of t (log(sum of e^x) - x) with smoothed targets
 * t. The gradient is softmax(x) sum(t) - t. log_sums has computed shift and all. */
static void categorical_logits(const plm_loss_rows *r, size_t row, const classes *c, plm_real shift,
                               plm_real all)
{
    const plm_real *x = r->prediction + row * r->stride;
    plm_real lane[PLM_LANES] = {0}, mass[PLM_LANES] = {0}, hot[BLOCK];
    for (size_t from = 0; from < r->width; from += BLOCK) {
        const size_t n = r->width - from < BLOCK ? r->width - from : BLOCK;
        const plm_real *t = block_of(c, from, n, hot);
        for (size_t j = 0; j < n; j++) {
            const plm_real y = t[j] * c->keep + c->add;
            lane[j % PLM_LANES] += y * (all - (x[from + j] - shift));
            mass[j % PLM_LANES] += y;
        }
    }
    plm_loss_set(r, row, plm_loss_fold(lane));
    if (!r->gradient)
        return;
    plm_real *g = r->gradient + row * r->stride;
    const plm_real factor = r->factor * plm_loss_weight(r, row), total = plm_loss_fold(mass);
    for (size_t from = 0; from < r->width; from += BLOCK) {
        const size_t n = r->width - from < BLOCK ? r->width - from : BLOCK;
        const plm_real *t = block_of(c, from, n, hot);
        for (size_t j = from; j < from + n; j++) /* g holds the softmax */
            g[j] = factor * (g[j] * total - (t[j - from] * c->keep + c->add));
    }
}

/* Handles one block of n <= BLOCK classes, with smoothed targets t. Adds t log q to lanes[0], with
 * q limited to [epsilon, 1 - epsilon]. Adds the targets whose q is within these limits to lanes[1].
 * Stores g = -t / q, but 0 where q is outside the limits. */
static void add_classes(const plm_kernels *kernel, const plm_real *q, const plm_real *t, size_t n,
                        const classes *c, plm_real *const lanes[2], plm_real *g)
{
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    plm_real logarithm[BLOCK];
    for (size_t j = 0; j < n; j++)
        logarithm[j] = q[j] < low ? low : q[j] > high ? high : q[j];
    kernel->log(logarithm, logarithm, n);
    for (size_t j = 0; j < n; j++) {
        const plm_real y = t[j] * c->keep + c->add;
        const bool clipped = q[j] < low || q[j] > high;
        lanes[0][j % PLM_LANES] += y * logarithm[j];
        lanes[1][j % PLM_LANES] += clipped ? 0 : y;
        g[j] = clipped ? 0 : -y / q[j];
    }
}

/* Computes the loss of one row of probabilities, with q = p / sum(p): -sum of t log q, with q
 * limited to [epsilon, 1 - epsilon]. Let d[j] = t[j] / q[j], but 0 where q[j] is outside these
 * limits; the gradient is (sum of d q - d[j]) / sum(p). Keras divides the probabilities by their
 * sum, too, so that the loss cannot be lowered by probabilities whose sum is not 1. */
static void categorical_probabilities(const plm_loss_rows *r, size_t row, const classes *c)
{
    const plm_real *p = r->prediction + row * r->stride;
    plm_real logarithms[PLM_LANES] = {0}, inside[PLM_LANES] = {0}, q[BLOCK], slope[BLOCK],
             hot[BLOCK];
    plm_real *const lanes[2] = {logarithms, inside};
    plm_real *g = r->gradient ? r->gradient + row * r->stride : NULL;
    const plm_real total = plm_loss_mass(p, r->width),
                   factor = r->factor * plm_loss_weight(r, row) / total;
    for (size_t from = 0; from < r->width; from += BLOCK) {
        const size_t n = r->width - from < BLOCK ? r->width - from : BLOCK;
        for (size_t j = 0; j < n; j++)
            q[j] = p[from + j] / total;
        add_classes(r->kernel, q, block_of(c, from, n, hot), n, c, lanes, g ? g + from : slope);
    }
    plm_loss_set(r, row, -plm_loss_fold(logarithms));
    if (!g)
        return;
    const plm_real share = plm_loss_fold(inside);
    for (size_t j = 0; j < r->width; j++)
        g[j] = factor * (g[j] + share);
    plm_loss_fill(g, r->width, r->stride, 0);
}

/* Computes the categorical cross-entropy of each row, for a target distribution over the
 * classes. */
void plm_loss_rows_categorical(const plm_loss_rows *r)
{
    const plm_crossentropy_config *config = r->config;
    classes c = {.keep = (plm_real)(1 - config->label_smoothing),
                 .add = (plm_real)(config->label_smoothing / (double)r->width)};
    plm_real shift[PLM_LANES], all[PLM_LANES];
    plm_loss_begin_gradient(r, config->from_logits);
    for (size_t row = 0; row < r->rows; row++) {
        const size_t i = row % PLM_LANES, left = r->rows - row;
        c.t = r->target + row * r->target_stride;
        if (config->from_logits && i == 0)
            log_sums(r, row, left < PLM_LANES ? left : PLM_LANES, shift, all);
        if (config->from_logits)
            categorical_logits(r, row, &c, shift[i], all[i]);
        else
            categorical_probabilities(r, row, &c);
    }
}

/* ---- labels ---- */

/* True if the label is the class to ignore; false for NaN. */
static bool ignored(const plm_loss_rows *r, plm_real label)
{
    const plm_real ignore = (plm_real)((const plm_sparse_config *)r->config)->ignore_class;
    return !(label < ignore) && !(label > ignore);
}

/* Returns -log p, where p = softmax(x)[label]. If p is too small to be exact, -log p is computed
 * from the logits, as log(sum of e^(x - x[label])). */
static plm_real surprise(const plm_loss_rows *r, const plm_real *x, size_t label, plm_real p)
{
    const plm_real exact = (plm_real)1e-30;
    plm_real value = p;
    if (!(p > exact))
        return plm_loss_log_sum(r->kernel, x, r->width, x[label]);
    r->kernel->log(&value, &value, 1);
    /* written as 0 - value, since -value would give -0 for p = 1 */
    return 0 - value;
}

/* Computes the loss of one row of logits, which is -log softmax(x)[label]. The gradient is
 * softmax(x), minus 1 at the label. */
static void sparse_logits(const plm_loss_rows *r, size_t row, size_t label)
{
    const plm_real *x = r->prediction + row * r->stride;
    if (!r->gradient) {
        plm_loss_set(r, row, plm_loss_log_sum(r->kernel, x, r->width, x[label]));
        return;
    }
    plm_real *g = r->gradient + row * r->stride; /* holds the softmax */
    plm_loss_set(r, row, surprise(r, x, label, g[label]));
    g[label] -= 1;
    r->kernel->scale_shift(g, g, r->factor * plm_loss_weight(r, row), 0, r->width);
}

/* Computes the loss of one row of probabilities: -log q[label], with q = p / sum(p) limited to
 * [epsilon, 1 - epsilon]. Every p is part of the sum, so every p has a gradient of 1 / sum(p). The
 * gradient of p[label] has the additional term -1 / p[label]. All gradients are 0 if q[label] is
 * outside the limits. */
static void sparse_probabilities(const plm_loss_rows *r, size_t row, size_t label)
{
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    const plm_real *p = r->prediction + row * r->stride;
    const plm_real total = plm_loss_mass(p, r->width), q = p[label] / total;
    const bool clipped = q < low || q > high;
    plm_real value = q < low ? low : q > high ? high : q;
    r->kernel->log(&value, &value, 1);
    plm_loss_set(r, row, -value);
    if (!r->gradient)
        return;
    plm_real *g = r->gradient + row * r->stride;
    const plm_real factor = r->factor * plm_loss_weight(r, row);
    plm_loss_fill(g, 0, r->width, clipped ? 0 : factor / total);
    if (!clipped)
        g[label] = factor * (1 / total - 1 / p[label]);
    plm_loss_fill(g, r->width, r->stride, 0);
}

/* Computes the loss of one row whose target is smoothed: the cross-entropy with the smoothed
 * distribution. */
static void smoothed(const plm_loss_rows *r, size_t row, size_t label)
{
    const plm_sparse_config *config = r->config;
    const classes c = {.label = label,
                       .keep = (plm_real)(1 - config->label_smoothing),
                       .add = (plm_real)(config->label_smoothing / (double)r->width)};
    plm_real shift[PLM_LANES], all[PLM_LANES];
    if (config->from_logits) {
        log_sums(r, row, 1, shift, all);
        categorical_logits(r, row, &c, shift[0], all[0]);
    } else {
        categorical_probabilities(r, row, &c);
    }
}

/* Computes the sparse categorical cross-entropy of each row. A row has one label; if that is
 * ignore_class, its loss and gradient are 0. */
void plm_loss_rows_sparse(const plm_loss_rows *r)
{
    const plm_sparse_config *config = r->config;
    plm_loss_begin_gradient(r, config->from_logits);
    for (size_t row = 0; row < r->rows; row++) {
        const plm_real label = r->target[row * r->target_stride];
        const bool known = label >= 0 && label < (plm_real)r->width;
        if (ignored(r, label) || !known) {
            /* Labels are checked earlier. If a bad label were passed, the loss would be NaN, and
             * nothing would be read out of bounds. */
            plm_loss_set(r, row, ignored(r, label) ? 0 : (plm_real)NAN);
            if (r->gradient)
                plm_loss_fill(r->gradient + row * r->stride, 0, r->stride, 0);
        } else if (config->label_smoothing > 0) {
            smoothed(r, row, (size_t)label);
        } else if (config->from_logits) {
            sparse_logits(r, row, (size_t)label);
        } else {
            sparse_probabilities(r, row, (size_t)label);
        }
    }
}

/* Returns how many of the labels target[0], target[stride], ... take part in the loss: those other
 * than ignore_class. If ignore_class is set, NaN does not take part. */
size_t plm_loss_counted(const void *config, const plm_real *target, size_t count, size_t stride)
{
    const plm_real ignore = (plm_real)((const plm_sparse_config *)config)->ignore_class;
    size_t counted = isinf(ignore) ? count : 0;
    for (size_t i = 0; i < count && !isinf(ignore); i++)
        counted += target[i * stride] < ignore || target[i * stride] > ignore;
    return counted;
}

/* ---- margin and angle ---- */

/* Computes the loss of each row: max(max over j of (1 - t) p - sum of t p + 1, 0). rival: the class
 * with the largest (1 - t) p. For a one-hot t, the loss is 0 if the right class has p >= 1 and is
 * at least 1 above every other class. */
void plm_loss_rows_categorical_hinge(const plm_loss_rows *r)
{
    for (size_t row = 0; row < r->rows; row++) {
        const plm_real *p = r->prediction + row * r->stride,
                       *t = r->target + row * r->target_stride;
        size_t rival = 0;
        for (size_t j = 1; j < r->width; j++)
            rival = (1 - t[j]) * p[j] > (1 - t[rival]) * p[rival] ? j : rival;
        const plm_real margin = (1 - t[rival]) * p[rival] - dot_of(p, t, r->width) + 1;
        plm_loss_set(r, row, margin < 0 ? 0 : margin); /* a NaN stays NaN */
        if (!r->gradient)
            continue;
        plm_real *g = r->gradient + row * r->stride;
        const plm_real factor = margin > 0 ? r->factor * plm_loss_weight(r, row) : 0;
        for (size_t j = 0; j < r->width; j++)
            g[j] = -factor * t[j];
        g[rival] += factor * (1 - t[rival]);
        plm_loss_fill(g, r->width, r->stride, 0);
    }
}

/* Returns 1 / |x| for x[n], at most 1 / epsilon. */
static plm_real inverse_length(const plm_real *x, size_t n)
{
    const plm_real inverse = (plm_real)(1 / sqrt((double)dot_of(x, x, n))),
                   max = (plm_real)(1 / PLM_LOSS_EPSILON);
    return inverse < max ? inverse : max;
}

/* Computes the loss of each row: -(p . t) / (|p| |t|). If |p| is so small that 1 / |p| is limited,
 * the gradient of 1 / |p| is left out. */
void plm_loss_rows_cosine(const plm_loss_rows *r)
{
    for (size_t row = 0; row < r->rows; row++) {
        const plm_real *p = r->prediction + row * r->stride,
                       *t = r->target + row * r->target_stride;
        const plm_real a = inverse_length(p, r->width), b = inverse_length(t, r->width);
        const plm_real cosine = dot_of(p, t, r->width) * a * b;
        plm_loss_set(r, row, -cosine);
        if (!r->gradient)
            continue;
        plm_real *g = r->gradient + row * r->stride;
        const bool bounded = !(a < (plm_real)(1 / PLM_LOSS_EPSILON));
        const plm_real factor = r->factor * plm_loss_weight(r, row) * a;
        for (size_t j = 0; j < r->width; j++)
            g[j] = factor * ((bounded ? 0 : cosine * a * p[j]) - b * t[j]);
        plm_loss_fill(g, r->width, r->stride, 0);
    }
}
