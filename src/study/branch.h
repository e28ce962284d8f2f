/* A branch: a short training with one seed, whose value on held-back rows is compared with that of
 * other branches. It is used to try a change of a run and to go back. */
#ifndef PLM_STUDY_BRANCH_H
#define PLM_STUDY_BRANCH_H

#include "plummet.h"

/* A curve has the mean training loss of so many equal parts of the steps. */
enum { PLM_BRANCH_CURVE = 10 };

/* What a branch trains and is measured on. */
typedef struct {
    plm_data *train, *rows;    /* training rows; rows that the branch is measured on */
    int64_t epochs, steps;     /* epochs that the run plans; the branch ends after so many steps */
    const float *class_weight; /* [classes] as in plm_fit_options; NULL = none */
    int classes;
} plm_branch_plan;

/* What a branch has shown. */
typedef struct {
    uint64_t seed;
    int64_t steps; /* that were trained */
    bool failed;   /* the loss became NaN or infinite */
    /* on the rows, after the last step: the first metric of the model, or NaN; and the loss */
    double value, loss;
    double curve[PLM_BRANCH_CURVE]; /* NaN = not reached */
} plm_branch;

/* Trains a compiled model and measures it. A loss that is not finite is a result, not an error.
 * Errors: those of plm_fit and plm_evaluate. */
PLM_CHECKED plm_status plm_branch_train(plm_model *m, const plm_branch_plan *p, plm_branch *out);

#endif
