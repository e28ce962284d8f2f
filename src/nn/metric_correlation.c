/* Defines correlations between prediction and target, and the mean and the sum of predictions. A
 * correlation is along the outputs of each row, as in Keras, or along the rows of the epoch for
 * each output. Everything is added up in double in the order of the rows.
 *
 * Along axis -1 each row has a correlation, and the metric is the mean over the rows. Along axis 0
 * each output has a correlation over all rows of the epoch, and the metric is the mean over the
 * outputs. Sources: Pearson, Note on regression and inheritance in the case of two parents, 1895;
 * Lin, A concordance correlation coefficient to evaluate reproducibility, 1989. */
#include <math.h>

#include "nn/metric_gathered.h"
#include "op/losses.h"

typedef struct {
    int64_t axis; /* -1: within each row; 0: over the rows */
} correlation;

static const plm_field fields[] = {
    PLM_FIELD(correlation, axis, PLM_INT, "-1", -1, 0,
              "-1 = along the outputs of a row, averaged over rows; 0 = along the rows of the "
              "epoch, averaged over outputs"),
    {0}};

/* Checks the shapes. A correlation along the outputs needs several outputs. */
static bool fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why)
{
    if (!plm_loss_fits_same(config, prediction, target, why))
        return false;
    const int64_t last = prediction->rank > 0 ? prediction->dims[prediction->rank - 1] : 1;
    if (last > 1 || ((const correlation *)config)->axis == 0)
        return true;
    *why = "a single output has no correlation along the outputs; give axis=0 for the correlation "
           "over rows";
    return false;
}

/* Sums over pairs (t, p) with weights w: sums of w, w dt, w dp, w dt^2, w dp^2 and w dt dp. dt and
 * dp are the differences of t and p from the first pair, so that no digits are lost if numbers are
 * large and differ little. */
enum { WEIGHT, T, P, TT, PP, TP, FIRST_T, FIRST_P, STARTED, OF_PAIRS };

/* Adds a pair to the sums. s [OF_PAIRS]: the sums. t, p: target and prediction. w: the weight of
 * the pair. */
static void add_pair(double *s, double t, double p, double w)
{
    if (!(s[STARTED] > 0)) {
        s[STARTED] = 1;
        s[FIRST_T] = t;
        s[FIRST_P] = p;
    }
    const double dt = t - s[FIRST_T], dp = p - s[FIRST_P];
    s[WEIGHT] += w;
    s[T] += w * dt;
    s[P] += w * dp;
    s[TT] += w * dt * dt;
    s[PP] += w * dp * dp;
    s[TP] += w * dt * dp;
}

/* Means and (co)variances of pairs. */
typedef struct {
    double t, p, tt, pp, tp; /* means of t and p; variances; covariance */
} moments;

/* Computes means and variances from the sums. The variance is the mean of the squared differences
 * minus the square of the mean difference; the covariance is computed in the same way. To get the
 * means, the numbers of the first pair are added to the mean differences. */
static moments moments_of(const double *s)
{
    const double t = s[T] / s[WEIGHT], p = s[P] / s[WEIGHT];
    return (moments){.t = t + s[FIRST_T],
                     .p = p + s[FIRST_P],
                     .tt = s[TT] / s[WEIGHT] - t * t,
                     .pp = s[PP] / s[WEIGHT] - p * p,
                     .tp = s[TP] / s[WEIGHT] - t * p};
}

/* Returns the correlation, from -1 to 1: the covariance divided by both standard deviations. 1 = p
 * is an increasing linear function of t; NaN = t or p is constant, as in Keras. */
static double pearson(const double *s)
{
    const moments m = moments_of(s);
    return m.tt > 0 && m.pp > 0 ? m.tp / sqrt(m.tt * m.pp) : (double)NAN;
}

/* Returns the concordance 2 cov / (variance_t + variance_p + (mean_t - mean_p)^2 + 1e-7). It is
 * like pearson, but 1 only if p equals t: a different scale or a shift lowers it, too. */
static double concordance(const double *s)
{
    const moments m = moments_of(s);
    return 2 * m.tp / (m.tt + m.pp + (m.t - m.p) * (m.t - m.p) + PLM_LOSS_EPSILON);
}

typedef double statistic(const double *s);

/* Returns the number of totals: for axis 0 the sums of each output; for axis -1 the sum of the
 * values and the sum of the weights. */
static size_t totals_of(const void *config, const plm_shape *prediction)
{
    return ((const correlation *)config)->axis == 0 ? OF_PAIRS * (size_t)prediction->width : 2;
}

/* Adds rows to the sums. For axis 0 the totals are OF_PAIRS sums for each output. For axis -1 they
 * are the weighted sum of the rows' values, and the sum of weights. value: the function pearson or
 * concordance. Rows of weight 0 are skipped, since their correlation may be NaN. */
static void gather_by(const plm_metric_rows *m, plm_gathered *g, statistic *value)
{
    const bool along_rows = ((const correlation *)m->config)->axis == 0;
    for (size_t i = 0; i < m->rows; i++) {
        double row[OF_PAIRS] = {0};
        const double w = plm_metric_weight(m, i);
        for (size_t j = 0; j < m->width; j++)
            add_pair(along_rows ? g->total + OF_PAIRS * j : row,
                     (double)m->target[i * m->target_stride + j],
                     (double)m->prediction[i * m->stride + j], along_rows ? w : 1);
        if (along_rows)
            continue;
        g->total[0] += w > 0 ? w * value(row) : 0;
        g->total[1] += w;
    }
}

/* Sets *why to the reason why there is no value: there are no rows, or predictions or targets are
 * constant. For axis 0 the sum of weights is the same for all outputs, so that of the first output
 * tells whether there were rows. */
static double result_by(const void *config, const plm_gathered *g, statistic *value,
                        const char **why)
{
    const bool along_rows = ((const correlation *)config)->axis == 0;
    double sum = along_rows ? 0 : g->total[0];
    const double count = along_rows ? (double)(g->totals / OF_PAIRS) : g->total[1];
    const double weight = along_rows ? g->total[WEIGHT] : count;
    for (size_t j = 0; along_rows && j < g->totals; j += OF_PAIRS)
        sum += value(g->total + j);
    if (!(weight > 0))
        *why = PLM_METRIC_NO_ROWS;
    else if (isnan(sum))
        *why = "all predictions or all targets are equal, or some are NaN";
    return weight > 0 ? sum / count : (double)NAN;
}

/* Defines the two functions of a metric, NAME_gather and NAME_result, for the function that
 * computes its statistic. */
#define CORRELATION(name)                                                                          \
    static void name##_gather(const plm_metric_rows *m, plm_gathered *g)                           \
    {                                                                                              \
        gather_by(m, g, name);                                                                     \
    }                                                                                              \
    static double name##_result(const void *config, const plm_gathered *g, int at,                 \
                                const char **why)                                                  \
    {                                                                                              \
        (void)at;                                                                                  \
        return result_by(config, g, name, why);                                                    \
    }
CORRELATION(pearson)
CORRELATION(concordance)

const plm_metric_kind plm_metric_pearson_correlation = {
    .kind = {.name = "pearson_correlation",
             .direction = PLM_DIRECTION_UP,
             .alias = "pearson",
             .help = "linear correlation of prediction and target, from -1 to 1",
             .formula = "cov(t, p) / (std(t) std(p))",
             .notes = "1 = equal up to scale and shift. With a single output give axis=0: the "
                      "correlation is then over all rows of the epoch, not over the rows of a "
                      "batch as in Keras. It is nan if prediction or target is constant.",
             .source = "Pearson, Note on regression and inheritance in the case of two parents, "
                       "1895",
             .config_size = sizeof(correlation),
             .fields = fields},
    .unit = PLM_UNIT_NONE,
    .fits = fits,
    .totals = totals_of,
    .gather = pearson_gather,
    .result = pearson_result};

const plm_metric_kind plm_metric_concordance_correlation = {
    .kind = {.name = "concordance_correlation",
             .direction = PLM_DIRECTION_UP,
             .alias = "concordance",
             .help = "concordance correlation: how well prediction and target agree, from -1 to 1",
             .formula = "2 cov(t, p) / (var(t) + var(p) + (mean t - mean p)^2 + 1e-7)",
             .notes = "Like pearson_correlation, but 1 only if prediction and target are equal: a "
                      "wrong scale or shift lowers it.",
             .source = "Lin, A concordance correlation coefficient to evaluate reproducibility, "
                       "Biometrics 1989",
             .config_size = sizeof(correlation),
             .fields = fields},
    .unit = PLM_UNIT_NONE,
    .fits = fits,
    .totals = totals_of,
    .gather = concordance_gather,
    .result = concordance_result};

/* ---- mean and sum ---- */

typedef struct {
    const char *of; /* "prediction" or "target" */
} of_config;

static const plm_field of_fields[] = {PLM_FIELD_OF(of_config, of, PLM_CHOICE, "prediction",
                                                   "prediction|target",
                                                   "whether predictions or targets are used"),
                                      {0}};

/* The totals of mean and sum: the weighted sum of the elements, and the sum of the weights. */
static size_t two(const void *config, const plm_shape *prediction)
{
    (void)config;
    (void)prediction;
    return 2;
}

/* Returns true. Any shapes fit, since prediction and target are not compared. */
static bool any_fits(const void *config, const plm_shape *prediction, const plm_shape *target,
                     const char **why)
{
    (void)config;
    (void)prediction;
    (void)target;
    (void)why;
    return true;
}

/* Adds the elements of rows, multiplied by the rows' weights, and the weights to the totals. */
static void gather_numbers(const plm_metric_rows *m, plm_gathered *g)
{
    const bool target = ((const of_config *)m->config)->of[0] == 't';
    const size_t width = target ? m->target_width : m->width;
    for (size_t i = 0; i < m->rows; i++) {
        const plm_real *x =
            target ? m->target + i * m->target_stride : m->prediction + i * m->stride;
        const double w = plm_metric_weight(m, i);
        for (size_t j = 0; j < width; j++)
            g->total[0] += w * (double)x[j];
        g->total[1] += w * (double)width;
    }
}

/* Returns the mean over rows and outputs, weighted by the sample weights. */
static double mean_result(const void *config, const plm_gathered *g, int at, const char **why)
{
    (void)config;
    (void)at;
    if (g->total[1] > 0)
        return g->total[0] / g->total[1];
    *why = PLM_METRIC_NO_ROWS;
    return (double)NAN;
}

/* Returns the sum. An empty epoch has the sum 0, which is not an error. */
static double sum_result(const void *config, const plm_gathered *g, int at, const char **why)
{
    (void)config;
    (void)at;
    (void)why;
    return g->total[0];
}

const plm_metric_kind plm_metric_mean = {
    .kind = {.name = "mean",
             .direction = PLM_DIRECTION_UNKNOWN,
             .help = "mean of all predictions, or of all targets",
             .notes = "A net whose mean prediction differs from the mean target is biased.",
             .config_size = sizeof(of_config),
             .fields = of_fields},
    .fits = any_fits,
    .totals = two,
    .gather = gather_numbers,
    .result = mean_result};

const plm_metric_kind plm_metric_sum = {
    .kind = {.name = "sum",
             .direction = PLM_DIRECTION_UNKNOWN,
             .help = "sum of all predictions, or of all targets",
             .config_size = sizeof(of_config),
             .fields = of_fields},
    .fits = any_fits,
    .totals = two,
    .gather = gather_numbers,
    .result = sum_result};
