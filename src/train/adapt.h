/* Declares parts of plm_adapt: quartiles and warnings. Internal. */
#ifndef PLM_TRAIN_ADAPT_H
#define PLM_TRAIN_ADAPT_H

#include "train/train.h"

/* Minimum, quartiles and maximum of a list of numbers. */
typedef struct {
    double lowest, quarter, median, three_quarters, highest;
} plm_quartiles;

/* Returns minimum, quartiles and maximum of x[count], count >= 1. A quartile between two numbers is
 * interpolated linearly, as in numpy and most other programs by default. x is reordered. The time
 * is proportional to count. */
plm_quartiles plm_quartiles_of(plm_real *x, size_t count);

/* Warns about columns that are constant, hardly vary, or vary too much to be normalized. value: the
 * measured value; if it is an input or target of d, its columns have names. */
PLM_CHECKED plm_status plm_adapt_warn(const plm_model *m, const plm_data *d, plm_value value,
                                      const plm_statistics *s);

#endif
