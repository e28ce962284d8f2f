/* A test that users can request: can this net memorize one batch? */
#ifndef PLM_DOCTOR_ONE_BATCH_H
#define PLM_DOCTOR_ONE_BATCH_H

#include "plummet.h"

/* What training on one batch has shown. */
typedef struct {
    /* rows: number of rows of the batch. steps: number of training steps on it; 0 = the test was
     * not run */
    int64_t rows, steps;
    /* loss of the batch without dropout and other noise, before the first step and at the end */
    double first, last;
    /* share of the rows predicted as the right class at the end; NaN = the target is not a class */
    double right;
} plm_one_batch;

/* Trains the compiled model m on the first batch of d repeatedly, until it is memorized or 1,000
 * steps are done. Dropout and other noise are off when the loss is measured. A loss that is not
 * finite ends the test, but is no error. The weights of m are changed. */
PLM_CHECKED plm_status plm_one_batch_train(plm_model *m, plm_data *d, plm_one_batch *out);
/* For classes, returns the share of rows still predicted wrongly; otherwise the last loss divided
 * by the initial loss. NaN = not trained. */
double plm_one_batch_left(const plm_one_batch *b);

#endif
