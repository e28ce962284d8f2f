/* Defines focal cross-entropies. Each term of the cross-entropy is multiplied by (1 - p)^gamma,
 * where p is the probability of the right class, so that rows that are already predicted well count
 * less (Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object detection, ICCV 2017).
 * Definitions and defaults are those of Keras. From logits the logarithm is not limited at 1e-7,
 * and 1 - p is computed without subtracting p from 1, so that no digits are lost for confident
 * predictions.
 *
 * The gradient of a term needs the slopes of m^gamma and of the cross-entropy. Both contain 1 / m
 * or 1 / (1 - q), which overflow for a confident prediction, although the term tends to 0. So the
 * code divides only where the divisor is above a bound, and uses the limit elsewhere.
 *
 * Classes are computed in blocks, so that the logarithms and powers of a block are computed with
 * vector instructions into small arrays on the stack, however many classes there are. */
#include <math.h>

#include "op/losses.h"

enum { BLOCK = PLM_LOSS_BLOCK };

typedef struct {
    bool apply_class_balancing; /* true = positives are weighted by alpha, negatives by 1 - alpha */
    double alpha, gamma;        /* weight of class 1; exponent of 1 - p */
    bool from_logits;           /* predictions are logits, not probabilities */
    double label_smoothing;     /* label smoothing: fraction of the target that is divided equally
                                 * between both classes */
} binary_config;

typedef struct {
    plm_reals alpha;        /* weight of each class, or one for all */
    double gamma;           /* power of 1 - p */
    bool from_logits;       /* predictions are logits, not probabilities */
    double label_smoothing; /* label smoothing: fraction of the target that is divided equally among
                             * all classes */
} categorical_config;

/* Computes y[n] = x[n]^gamma for x >= 0: as a product for the usual gamma of 2, else by logarithm
 * and exponential. NaN stays NaN. */
static void power(const plm_kernels *kernel, double gamma, const plm_real *x, size_t n, plm_real *y)
{
    const plm_real exponent = (plm_real)gamma;
    if (!(gamma < 2) && !(gamma > 2)) {
        for (size_t j = 0; j < n; j++)
            y[j] = x[j] * x[j];
        return;
    }
    kernel->log(y, x, n);
    for (size_t j = 0; j < n; j++)
        y[j] = gamma > 0 ? exponent * y[j] : 0;
    kernel->activation[PLM_ACTIVATION_exponential].forward(y, y, n, NULL);
    for (size_t j = 0; j < n; j++)
        y[j] = isnan(x[j]) ? x[j] : y[j];
}

/* What the terms of a block are computed from (its parts): p, 1 - p, the cross-entropy, and the
 * slopes of p and of the cross-entropy with respect to the prediction. */
typedef struct {
    plm_real p[BLOCK], rest[BLOCK], entropy[BLOCK], slope[BLOCK], turn[BLOCK];
} parts;

/* Computes the parts of a block of probabilities: p, 1 - p, the cross-entropy and both slopes. The
 * logarithms are limited at epsilon, as in binary_crossentropy; beyond the limit the slope is 0. */
static void probability_parts(const plm_kernels *kernel, size_t n, const plm_real *p,
                              const plm_real *y, parts *q)
{
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    plm_real yes[BLOCK] = {0}, no[BLOCK] = {0};
    for (size_t j = 0; j < n; j++) {
        q->p[j] = p[j];
        q->rest[j] = 1 - p[j];
        q->turn[j] = 1;
        yes[j] = p[j] < low ? low : p[j] > high ? high : p[j];
        no[j] = q->rest[j] < low ? low : q->rest[j] > high ? high : q->rest[j];
    }
    kernel->log(yes, yes, n);
    kernel->log(no, no, n);
    for (size_t j = 0; j < n; j++) {
        const bool clipped = p[j] < low || p[j] > high;
        q->entropy[j] = -(y[j] * yes[j] + (1 - y[j]) * no[j]);
        q->slope[j] = clipped ? 0 : (1 - y[j]) / (1 - p[j]) - y[j] / p[j];
    }
}

/* Computes the parts of a block of logits x, with p = sigmoid(x), 1 - p = sigmoid(-x) and the
 * cross-entropy softplus(x) - x y. */
static void logit_parts(const plm_kernels *kernel, size_t n, const plm_real *x, const plm_real *y,
                        parts *q)
{
    for (size_t j = 0; j < n; j++)
        q->rest[j] = -x[j];
    kernel->activation[PLM_ACTIVATION_sigmoid].forward(q->p, x, n, NULL);
    /* The cross-entropy is computed as y softplus(-x) + (1 - y) softplus(x), which loses no digits
     * for a confident correct prediction. */
    kernel->softplus(q->entropy, q->rest, n);
    kernel->softplus(q->slope, x, n);
    kernel->activation[PLM_ACTIVATION_sigmoid].forward(q->rest, q->rest, n, NULL);
    for (size_t j = 0; j < n; j++) {
        q->entropy[j] = y[j] * q->entropy[j] + (1 - y[j]) * q->slope[j];
        q->slope[j] = (1 - y[j]) * q->p[j] - y[j] * q->rest[j];
        q->turn[j] = q->p[j] * q->rest[j];
    }
}

/* Computes the terms w m^gamma e of a block and their slopes, where e is the cross-entropy and m =
 * y (1 - p) + (1 - y) p. The slope of a term is w m^gamma (de/dx + gamma e (1 - 2 y) dp/dx / m). */
static void binary_terms(const plm_loss_rows *r, size_t n, const plm_real *p, const plm_real *t,
                         plm_real *value, plm_real *slope)
{
    const binary_config *c = r->config;
    const plm_real keep = (plm_real)(1 - c->label_smoothing),
                   add = (plm_real)(c->label_smoothing / 2), gamma = (plm_real)c->gamma,
                   alpha = (plm_real)c->alpha,
                   least = c->from_logits ? 0 : (plm_real)PLM_LOSS_EPSILON;
    plm_real y[BLOCK] = {0}, m[BLOCK] = {0}, factor[BLOCK];
    parts q;
    for (size_t j = 0; j < n; j++)
        y[j] = t[j] * keep + add;
    (c->from_logits ? logit_parts : probability_parts)(r->kernel, n, p, y, &q);
    for (size_t j = 0; j < n; j++)
        m[j] = y[j] * q.rest[j] + (1 - y[j]) * q.p[j];
    power(r->kernel, c->gamma, m, n, factor);
    for (size_t j = 0; j < n; j++) {
        const plm_real w = c->apply_class_balancing ? y[j] * alpha + (1 - y[j]) * (1 - alpha) : 1;
        /* m is below 0 if the user's "probabilities" are not in 0 .. 1 */
        const plm_real near = m[j] < 0 ? -least : least,
                       size = m[j] < least && m[j] > -least ? near : m[j];
        const plm_real change = size > 0 || size < 0 ? (1 - 2 * y[j]) * q.turn[j] / size : 0;
        value[j] = w * (factor[j] * q.entropy[j]);
        slope[j] = w * (factor[j] * (q.slope[j] + gamma * q.entropy[j] * change));
    }
}

/* Computes the loss of each row: the mean of its terms. */
static void binary_rows(const plm_loss_rows *r)
{
    plm_loss_mean_of(r, binary_terms);
}

/* ---- classes ---- */

/* True if prediction and target fit, and alpha has a single number or a number for each class. */
static bool fits_alpha(const void *config, const plm_shape *prediction, const plm_shape *target,
                       const char **why)
{
    const categorical_config *c = config;
    if (!plm_loss_fits_classes(config, prediction, target, why))
        return false;
    if (c->alpha.count == 1 || c->alpha.count == prediction->dims[prediction->rank - 1])
        return true;
    *why = "give alpha a single number, or a number for each class";
    return false;
}

/* Sums over a whole row that each of its blocks of classes needs. One is the divisor of the
 * probabilities or, for logits, the logarithm of the sum of e^x. If a class has more than half of
 * the probability, its index and the probability of all other classes are kept, too. */
typedef struct {
    plm_real total, shift, log_total; /* total: sum of p. shift: largest logit. log_total: log(sum
                                       * of e^(x - shift)). */
    size_t main;   /* index of the class with q > 1/2; the number of classes = there is no such
                    * class */
    plm_real rest; /* 1 - q of that class */
} row_sums;

/* Computes q [n] and log q [n] of a block x of classes. If they come from probabilities, the
 * logarithm is that of q limited to [epsilon, 1 - epsilon]. */
static void block_of(const plm_loss_rows *r, const row_sums *s, const plm_real *x, size_t n,
                     plm_real *q, plm_real *log_q)
{
    const bool from_logits = ((const categorical_config *)r->config)->from_logits;
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    for (size_t j = 0; j < n; j++) {
        const plm_real share = x[j] / s->total;
        log_q[j] = from_logits    ? (x[j] - s->shift) - s->log_total
                   : share < low  ? low
                   : share > high ? high
                                  : share;
        q[j] = share;
    }
    if (from_logits)
        r->kernel->activation[PLM_ACTIVATION_exponential].forward(q, log_q, n, NULL);
    else
        r->kernel->log(log_q, log_q, n);
}

/* Returns the sums of a row of the prediction. At most one class can have more than half of the
 * probability. For this class 1 - q is the sum of the other probabilities, since the subtraction
 * would lose all digits. For all other classes 1 - q is at least 1/2, and the subtraction is exact
 * enough. */
static row_sums sums_of(const plm_loss_rows *r, const plm_real *x)
{
    const bool from_logits = ((const categorical_config *)r->config)->from_logits;
    row_sums s = {.total = 1, .main = r->width};
    plm_real lane[PLM_LANES] = {0}, q[BLOCK], log_q[BLOCK];
    s.shift = x[0];
    for (size_t j = 1; j < r->width; j++)
        s.shift = x[j] > s.shift ? x[j] : s.shift;
    if (from_logits)
        s.log_total = plm_loss_log_sum(r->kernel, x, r->width, s.shift);
    else
        s.total = plm_loss_mass(x, r->width);
    for (size_t from = 0; from < r->width; from += BLOCK) {
        const size_t n = r->width - from < BLOCK ? r->width - from : BLOCK;
        block_of(r, &s, x + from, n, q, log_q);
        for (size_t j = 0; j < n; j++) {
            s.main = q[j] > (plm_real)0.5 ? from + j : s.main;
            lane[j % PLM_LANES] += q[j] > (plm_real)0.5 ? 0 : q[j];
        }
    }
    s.rest = plm_loss_fold(lane);
    return s;
}

/* Computes rest = 1 - q for n classes from `first` on. From logits, 1 - q of the class with more
 * than half of the probability is the sum of the other probabilities. Probabilities are limited to
 * [epsilon, 1 - epsilon]. */
static void rest_of(const categorical_config *c, const row_sums *s, size_t first, size_t n,
                    const plm_real *q, plm_real *rest)
{
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    for (size_t j = 0; j < n; j++) {
        const plm_real left = 1 - q[j];
        if (c->from_logits)
            rest[j] = first + j == s->main ? s->rest : left;
        else
            rest[j] = left < low ? low : left > high ? high : left;
    }
}

/* Handles n classes from `first` on. Adds their terms to lanes[0]. Stores h = q (d term / d q),
 * which is 0 where q is limited, and adds h to lanes[1]. */
static void add_classes(const plm_loss_rows *r, const row_sums *s, size_t row, size_t first,
                        size_t n, plm_real *const lanes[2], plm_real *h)
{
    const categorical_config *c = r->config;
    const plm_real low = (plm_real)PLM_LOSS_EPSILON, high = (plm_real)(1.0 - PLM_LOSS_EPSILON);
    const plm_real keep = (plm_real)(1 - c->label_smoothing),
                   add = (plm_real)(c->label_smoothing / (double)r->width),
                   gamma = (plm_real)c->gamma;
    const plm_real *t = r->target + row * r->target_stride + first;
    plm_real q[BLOCK], log_q[BLOCK], rest[BLOCK], factor[BLOCK];
    block_of(r, s, r->prediction + row * r->stride + first, n, q, log_q);
    rest_of(c, s, first, n, q, rest);
    power(r->kernel, c->gamma, rest, n, factor);
    for (size_t j = 0; j < n; j++) {
        const plm_real a = (plm_real)c->alpha.at[c->alpha.count > 1 ? first + j : 0];
        const plm_real y = a * (t[j] * keep + add);
        const bool clipped = !c->from_logits && (q[j] < low || q[j] > high);
        /* q log q / (1 - q) tends to -1 for q near 1, where the division overflows */
        const plm_real turn = rest[j] > (plm_real)1e-30 ? q[j] / rest[j] * log_q[j] : -1;
        lanes[0][j % PLM_LANES] += -y * (factor[j] * log_q[j]);
        h[j] = clipped ? 0 : -y * factor[j] * (1 - gamma * turn);
        lanes[1][j % PLM_LANES] += h[j];
    }
}

/* Computes the loss of a row: the sum of -alpha t (1 - q)^gamma log q. With h = q d term / d q, its
 * gradient with respect to a logit is h - q sum(h). With respect to a probability p, where q = p /
 * sum(p), the gradient is (h - q sum(h)) / p. The gradient needs the sum of h over all classes, so
 * there are two rounds over the blocks: the first one stores h in the memory of the gradient, the
 * second one replaces h by the gradient. q is computed again rather than kept, as a row may have
 * any number of classes. */
static void categorical_row(const plm_loss_rows *r, size_t row)
{
    const bool from_logits = ((const categorical_config *)r->config)->from_logits;
    const plm_real *x = r->prediction + row * r->stride;
    plm_real *g = r->gradient ? r->gradient + row * r->stride : NULL;
    plm_real terms[PLM_LANES] = {0}, slopes[PLM_LANES] = {0}, spare[BLOCK], q[BLOCK], log_q[BLOCK];
    plm_real *const lanes[2] = {terms, slopes};
    const row_sums s = sums_of(r, x);
    for (size_t from = 0; from < r->width; from += BLOCK)
        add_classes(r, &s, row, from, r->width - from < BLOCK ? r->width - from : BLOCK, lanes,
                    g ? g + from : spare);
    plm_loss_set(r, row, plm_loss_fold(terms));
    if (!g)
        return;
    const plm_real sum = plm_loss_fold(slopes), factor = r->factor * plm_loss_weight(r, row);
    for (size_t from = 0; from < r->width; from += BLOCK) {
        const size_t n = r->width - from < BLOCK ? r->width - from : BLOCK;
        block_of(r, &s, x + from, n, q, log_q);
        for (size_t j = 0; j < n; j++)
            g[from + j] = factor * (from_logits ? g[from + j] - q[j] * sum
                                    : q[j] > 0  ? (g[from + j] / q[j] - sum) / s.total
                                                : -sum / s.total);
    }
    plm_loss_fill(g, r->width, r->stride, 0);
}

/* Computes the loss of each row. */
static void categorical_rows(const plm_loss_rows *r)
{
    for (size_t row = 0; row < r->rows; row++)
        categorical_row(r, row);
}

/* ---- the rows ---- */

static const plm_field binary_fields[] = {
    PLM_FIELD(binary_config, apply_class_balancing, PLM_BOOL, "false", 0, 0,
              "weight positives by alpha and negatives by 1 - alpha"),
    PLM_FIELD(binary_config, alpha, PLM_REAL, "0.25", 0, 1,
              "weight of positives, used with apply_class_balancing"),
    PLM_FIELD(
        binary_config, gamma, PLM_REAL, "2", 0, 1e3,
        "exponent: the larger it is, the smaller the weight of rows that are predicted well; 0 = "
        "binary_crossentropy"),
    PLM_FIELD(binary_config, from_logits, PLM_BOOL, "false", 0, 0,
              "true = the prediction has not gone through sigmoid"),
    PLM_FIELD(binary_config, label_smoothing, PLM_REAL, "0", 0, 1,
              "moves targets by this fraction towards 1/2"),
    {0}};
static const plm_field categorical_fields[] = {
    PLM_FIELD(categorical_config, alpha, PLM_REALS, "0.25", 0, 1e30,
              "one weight for all classes, or a list with a weight for each class"),
    PLM_FIELD(
        categorical_config, gamma, PLM_REAL, "2", 0, 1e3,
        "exponent: the larger it is, the smaller the weight of rows that are predicted well; 0 = "
        "categorical_crossentropy times alpha"),
    PLM_FIELD(categorical_config, from_logits, PLM_BOOL, "false", 0, 0,
              "true = the prediction has not gone through softmax"),
    PLM_FIELD(categorical_config, label_smoothing, PLM_REAL, "0", 0, 1,
              "moves targets by this fraction towards a uniform distribution"),
    {0}};

const plm_loss_kind plm_loss_binary_focal_crossentropy = {
    .kind =
        {.name = "binary_focal_crossentropy",
         .alias = "binary_focal",
         .help =
             "binary cross-entropy in which rows that are already predicted well have less weight",
         .formula = "mean of -w (t (1-p)^g log p + (1 - t) p^g log(1 - p)) for t = 0 or 1",
         .notes =
             "Use it for rare positives: the many easy negatives no longer outweigh the positives. "
             "gamma 2 is usual, with alpha 0.25 if apply_class_balancing is set; class weights are "
             "the simpler remedy. The predicted probabilities are too close to 1/2.",
         .source = "Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object "
                   "detection, ICCV 2017",
         .config_size = sizeof(binary_config),
         .fields = binary_fields},
    .fits = plm_loss_fits_same,
    .rows = binary_rows,
    .logits_of = "sigmoid",
    .shares = true,
    .from_logits_offset = offsetof(binary_config, from_logits)};

const plm_loss_kind plm_loss_categorical_focal_crossentropy = {
    .kind = {.name = "categorical_focal_crossentropy",
             .alias = "categorical_focal",
             .help = "cross-entropy of classes (one-hot) in which rows that are already predicted "
                     "well have less weight",
             .formula = "-sum of alpha t (1 - p)^gamma log p",
             .notes = "Use it for classes of very different frequency: the many easy rows no "
                      "longer outweigh the rare classes. alpha scales the whole loss, and so the "
                      "step, unless it is a list with a weight for each class. The predicted "
                      "probabilities are less extreme than they should be.",
             .source = "Lin, Goyal, Girshick, He and Dollar, Focal loss for dense object "
                       "detection, ICCV 2017",
             .config_size = sizeof(categorical_config),
             .positions = "alpha|gamma|from_logits|label_smoothing",
             .fields = categorical_fields},
    .fits = fits_alpha,
    .rows = categorical_rows,
    .logits_of = "softmax",
    .shares = true,
    .from_logits_offset = offsetof(categorical_config, from_logits),
    .along_axis = true};
