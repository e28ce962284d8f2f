/* A test on demand: can this net memorize one batch? */
#ifndef PLM_DOCTOR_ONE_BATCH_H
#define PLM_DOCTOR_ONE_BATCH_H

#include "plummet.h"

/* What training on one batch has shown. */
typedef struct {
    /* number of rows of the batch; number of steps on it, 0 = the test was not made */
    int64_t rows, steps;
    /* loss of the batch without dropout and other noise, before the first step and at the end */
    double first, last;
    /* share of the rows with the right class at the end; NaN = the target is no class */
    double right;
} plm_one_batch;

/* Trains the compiled model m on the first batch of d again and again, until it has memorized the
 * batch or 1,000 steps are done. Dropout and other noise are off when the loss is measured. A loss
 * that is not finite ends the test, but is no error. The weights of m are changed. */
PLM_CHECKED plm_status plm_one_batch_train(plm_model *m, plm_data *d, plm_one_batch *out);
/* Returns what was not memorized: the share of rows that are wrong, or of the first loss that is
 * left. NaN = not trained. */
double plm_one_batch_left(const plm_one_batch *b);

#endif
