/* Metrics that add up several numbers over an epoch and compute their value from these. metric.c
 * lists them. Internal to nn/. */
#ifndef PLM_NN_METRIC_GATHERED_H
#define PLM_NN_METRIC_GATHERED_H

#include "nn/nn.h"

/* The metrics of metric_gathered.c, metric_f1.c and metric_curve.c. */
extern const plm_metric_kind plm_metric_root_mean_squared_error, plm_metric_r2_score,
    plm_metric_precision, plm_metric_recall, plm_metric_f1_score, plm_metric_fbeta_score,
    plm_metric_true_positives, plm_metric_true_negatives, plm_metric_false_positives,
    plm_metric_false_negatives, plm_metric_auc;

/* The reason why a value is undefined. */
#define PLM_METRIC_NO_ROWS "no row is counted"

/* Returns the sample weight of a row; 1 if there are none. */
static inline double plm_metric_weight(const plm_metric_rows *m, size_t row)
{
    return m->weight != NULL ? (double)m->weight[row] : 1.0;
}

/* Returns part / whole. If whole is 0, returns 0 as scikit-learn does, and sets *why to the reason
 * `lack`. */
static inline double plm_metric_share(double part, double whole, const char *lack, const char **why)
{
    if (whole > 0)
        return part / whole;
    *why = lack;
    return 0;
}

#endif
