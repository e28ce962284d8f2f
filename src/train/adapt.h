/* Parts of plm_adapt: quartiles, warnings. Internal. */
#ifndef PLM_TRAIN_ADAPT_H
#define PLM_TRAIN_ADAPT_H

#include "train/train.h"

/* Five places of a sorted list of numbers. */
typedef struct {
    double lowest, quarter, median, three_quarters, highest;
} plm_quartiles;

/* Returns those of x[count], count >= 1. Between two numbers it interpolates linearly, as numpy and
 * most other programs do by default. Reorders x. Takes time proportional to count. */
plm_quartiles plm_quartiles_of(plm_real *x, size_t count);

/* Warns of columns that are constant, hardly vary or vary too much to be normalized. value: what
 * was measured; if it is an input or target of d, its columns have names. */
PLM_CHECKED plm_status plm_adapt_warn(const plm_model *m, const plm_data *d, plm_value value,
                                      const plm_statistics *s);

#endif
