/* Metrics of predicted numbers, in the unit of the target. */
#include <math.h>

#include "assess/assessment.h"
#include "kernel/per_isa.h"

enum { RMSE, MAE, R2, FIGURES, LANES = PLM_LANES_OF_SAMPLES };

/* The rows that are measured. */
typedef struct {
    const char *isa; /* instruction set */
    size_t lanes;    /* PLM_LANES_OF_SAMPLES */
    int64_t rows;
    const double *guess, *wanted; /* [rows] predicted, and true */
} numbers;

/* Sums over the rows of each sample. */
typedef struct {
    double rows[LANES], square[LANES], size[LANES];
    /* mean: of the target. around: sum of the squared differences of the targets from that mean */
    double mean[LANES], around[LANES];
} sums;

/* Adds a row to the sums of each sample, as often as the sample has the row. The mean and the
 * sum of squared differences from it are updated in one pass (West, Updating mean and variance,
 * 1979). */
static PLM_BODY void add_row(const uint32_t *restrict count, double error, double wanted,
                             size_t lanes, sums *restrict s)
{
    for (size_t k = 0; k < PLM_WHOLE(lanes); k++) {
        const bool in = count[k] > 0;
        const double c = count[k], before = s->rows[k], rows = before + c;
        const double step = wanted - s->mean[k];
        s->rows[k] = rows;
        s->square[k] += in ? c * error * error : 0;
        s->size[k] += in ? c * fabs(error) : 0;
        s->mean[k] += in ? step * c / rows : 0;
        s->around[k] += in ? c * step * step * before / rows : 0;
    }
}

/* Sums all rows. */
static PLM_BODY void sum_rows_body(const plm_counts *restrict count, const numbers *restrict n,
                                   sums *restrict s)
{
    for (int64_t i = 0; i < n->rows; i++)
        add_row(count[i].of, n->guess[i] - n->wanted[i], n->wanted[i], n->lanes, s);
}
PLM_PER_ISA(sum_rows,
            (const char *isa, const plm_counts *restrict count, const numbers *restrict n,
             sums *restrict s),
            (count, n, s))

/* A function of type plm_sample_figures. One of its metrics is r2, the share of the target's
 * variance that the model explains: 1 - sum of squared errors / sum of squared differences from the
 * mean. */
static void measure(void *self, int thread, const plm_counts *count, double *out)
{
    const numbers *n = self;
    sums s = {.rows = {0}};
    (void)thread;
    sum_rows(n->isa, count, n, &s);
    for (int k = 0; k < LANES; k++, out += FIGURES) {
        out[RMSE] = s.rows[k] > 0 ? sqrt(s.square[k] / s.rows[k]) : (double)NAN;
        out[MAE] = s.rows[k] > 0 ? s.size[k] / s.rows[k] : (double)NAN;
        out[R2] = s.around[k] > 0 ? 1 - s.square[k] / s.around[k] : (double)NAN;
    }
}

/* Returns the rmse of always predicting the mean of the training rows or, if it is unknown (NaN),
 * of these rows, which is the standard deviation of the target. */
static double error_of_mean(const numbers *n, double known)
{
    double mean = 0, square = 0;
    for (int64_t i = 0; i < n->rows; i++) {
        const double step = n->wanted[i] - mean;
        mean += step / (double)(i + 1);
        square += step * (n->wanted[i] - mean);
    }
    const double off = isnan(known) ? 0 : mean - known;
    return n->rows > 0 ? sqrt(square / (double)n->rows + off * off) : (double)NAN;
}

/* Assesses numbers. `without` is the rmse of always predicting the mean: an rmse is good only in
 * comparison with it. The mean of the training rows is what one knows before the rows are seen; r2
 * compares with the mean of these rows, as it does everywhere. */
plm_status plm_assess_numbers(plm_bootstrap *b, plm_assessment *s)
{
    static const plm_figure known[FIGURES] = {
        {.name = "rmse", .help = "root of the mean squared error"},
        {.name = "mae", .help = "mean absolute error"},
        {.name = "r2", .help = "share of the target's variance that the model explains"}};
    plm_interval is[FIGURES];
    numbers n = {b->a->w->options.isa, LANES, s->rows, s->target->guess, s->target->wanted};
    b->figures = s->figures = FIGURES;
    b->measure = measure;
    b->self = &n;
    plm_bootstrap_plan(b);
    PLM_TRY(plm_bootstrap_run(b, is));
    for (int k = 0; k < FIGURES; k++) {
        s->figure[k] = known[k];
        s->figure[k].is = is[k];
    }
    s->without = error_of_mean(&n, s->target->mean);
    return PLM_OK;
}
