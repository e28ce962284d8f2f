/* A branch is a short training with one seed. Its value on held-back rows is compared with that of
 * other branches, to decide whether a change of a run helps or has to be undone. */
#ifndef PLM_STUDY_BRANCH_H
#define PLM_STUDY_BRANCH_H

#include "plummet.h"

/* Number of equal parts of the steps. A curve has the mean training loss of each part. */
enum { PLM_BRANCH_CURVE = 10 };

/* The plan of a branch: its training data, its length, and the rows that it is measured on. */
typedef struct {
    plm_data *train, *rows; /* training rows; rows that the branch is measured on */
    /* epochs: of the run whose change is tried, for schedules. steps: number of steps after which
     * the branch ends. */
    int64_t epochs, steps;
    const float *class_weight; /* [classes] class weights, as in plm_fit_options; NULL = none */
    int classes;
} plm_branch_plan;

/* The results of a branch. */
typedef struct {
    uint64_t seed;
    int64_t steps; /* that were trained */
    bool failed;   /* the loss became NaN or infinite */
    /* measured on the rows after the last step: the first metric of the model (NaN = it has none),
     * and the loss */
    double value, loss;
    double curve[PLM_BRANCH_CURVE]; /* NaN = not reached */
} plm_branch;

/* Trains a compiled model and measures it. A loss that is not finite is a result, not an error.
 * Errors: those of plm_fit and plm_evaluate. */
PLM_CHECKED plm_status plm_branch_train(plm_model *m, const plm_branch_plan *p, plm_branch *out);

#endif
