/* Declares what metrics share that add up several numbers over an epoch and compute their value
 * from the sums. Internal to nn/. */
#ifndef PLM_NN_METRIC_GATHERED_H
#define PLM_NN_METRIC_GATHERED_H

#include "nn/nn.h"

/* The reason why a value is undefined. */
#define PLM_METRIC_NO_ROWS "there are no rows, or all weights are 0"

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
