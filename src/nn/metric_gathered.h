/* Metrics that gather figures over an epoch; listed in metric.c. Internal to nn/. */
#ifndef PLM_NN_METRIC_GATHERED_H
#define PLM_NN_METRIC_GATHERED_H

#include "nn/nn.h"

extern const plm_metric_kind plm_metric_root_mean_squared_error, plm_metric_r2_score,
    plm_metric_precision, plm_metric_recall, plm_metric_f1_score, plm_metric_fbeta_score,
    plm_metric_true_positives, plm_metric_true_negatives, plm_metric_false_positives,
    plm_metric_false_negatives, plm_metric_auc;

#endif
