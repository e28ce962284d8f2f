/* A probe on demand: can this net learn one batch by heart? */
#ifndef PLM_DOCTOR_ONE_BATCH_H
#define PLM_DOCTOR_ONE_BATCH_H

#include "plummet.h"

/* What training on one batch has shown. */
typedef struct {
    int64_t rows, steps; /* of the batch; how often it was trained, 0 = it was not */
    double first, last;  /* loss of the batch without noise, before the first step and at the end */
    double right;        /* share of its rows with the right class at the end; NaN = no classes */
} plm_one_batch;

/* Trains the compiled model m on the first batch of d again and again, until it fits it exactly or
 * 1,000 steps are done. Dropout and other noise are off when it is measured. A loss that is not
 * finite ends it, and is no error. The weights of m are changed. */
PLM_CHECKED plm_status plm_one_batch_train(plm_model *m, plm_data *d, plm_one_batch *out);
/* Returns what is left to fit: the share of wrong rows, or of the first loss. NaN = not trained. */
double plm_one_batch_left(const plm_one_batch *b);

#endif
