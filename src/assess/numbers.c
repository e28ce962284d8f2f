/* Metrics of predicted numbers, in the unit of the target. */
#include <math.h>

#include "assess/assessment.h"

enum { RMSE, MAE, R2, FIGURES };

/* The rows that are measured. */
typedef struct {
    int64_t rows;
    const double *guess, *wanted;
} numbers;

/* Computes the metrics of a sample, see plm_sample_figures. r2: the share of the variance of the
 * target that the model explains, 1 - sum of squared errors / sum of squared distances to the
 * mean. */
static void measure(void *self, const uint32_t *count, double *out)
{
    const numbers *n = self;
    double rows = 0, square = 0, size = 0, mean = 0, around = 0;
    for (int64_t i = 0; i < n->rows; i++) {
        const double c = count[i], error = n->guess[i] - n->wanted[i], before = rows;
        if (count[i] == 0)
            continue;
        rows += c;
        square += c * error * error;
        size += c * fabs(error);
        /* the mean, and the sum of squared distances to it, in one pass (West, Updating mean and
         * variance, 1979) */
        const double step = n->wanted[i] - mean;
        mean += step * c / rows;
        around += c * step * step * before / rows;
    }
    out[RMSE] = rows > 0 ? sqrt(square / rows) : (double)NAN;
    out[MAE] = rows > 0 ? size / rows : (double)NAN;
    out[R2] = around > 0 ? 1 - square / around : (double)NAN;
}

/* Returns the rmse of always predicting the mean: the standard deviation of the target. */
static double deviation_of(const numbers *n)
{
    double mean = 0, square = 0;
    for (int64_t i = 0; i < n->rows; i++) {
        const double step = n->wanted[i] - mean;
        mean += step / (double)(i + 1);
        square += step * (n->wanted[i] - mean);
    }
    return n->rows > 0 ? sqrt(square / (double)n->rows) : (double)NAN;
}

/* `without` is the error of a model that always predicts the mean: an rmse is good only in
 * comparison with it. */
plm_status plm_assess_numbers(plm_bootstrap *b, plm_assessment *s)
{
    static const plm_figure known[FIGURES] = {
        {.name = "rmse", .help = "root of the mean squared error"},
        {.name = "mae", .help = "mean absolute error"},
        {.name = "r2", .help = "share of the variance that is explained"}};
    plm_interval is[FIGURES];
    numbers n = {s->rows, s->target->guess, s->target->wanted};
    b->figures = s->figures = FIGURES;
    b->measure = measure;
    b->self = &n;
    PLM_TRY(plm_bootstrap_run(b, is));
    for (int k = 0; k < FIGURES; k++) {
        s->figure[k] = known[k];
        s->figure[k].is = is[k];
    }
    s->without = deviation_of(&n);
    return PLM_OK;
}
