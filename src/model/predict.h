/* Declares a call of plm_predict or its variants, and the checks of its arrays. Internal to
 * model/. */
#ifndef PLM_MODEL_PREDICT_H
#define PLM_MODEL_PREDICT_H

#include "model/model.h"

/* Running means and sums of squared deviations of the elements of one output: mean[count],
 * square[count], where count is rows times elements of a row. */
typedef struct {
    size_t count;
    double *mean, *square;
} plm_moments;

/* One call of plm_predict or its variants. */
typedef struct {
    plm_model *m;
    const char *caller; /* name of the public call, for messages */
    int inputs, outputs;
    const plm_view *x; /* [inputs] */
    const plm_view *y; /* [outputs], the first ones of the model */
    bool scaled;       /* true = the results stay in the scale in which the net is trained */
    int64_t rows;
    int64_t block;           /* number of rows that are predicted at a time */
    plm_error_record *error; /* the caller's record of the error; NULL = not wanted */
    struct plm_context *context;
    /* For Monte Carlo. samples: their number; 0 = a prediction without noise. deviation: memory for
     * the standard deviations [outputs]. moments: of each output, in `arena`. first_row: the number
     * of the first row, on which its noise depends. */
    int samples;
    const plm_view *deviation;
    plm_arena arena;
    plm_moments moments[PLM_TARGETS];
    int64_t first_row;
} plm_prediction;

/* Checks the number, shapes, types and rows of the inputs. Sets c->rows. Errors: E_SHAPE,
 * E_UNSUPPORTED. */
PLM_CHECKED plm_status plm_prediction_check_inputs(plm_prediction *c);
/* Checks the number, shapes, types and rows of the arrays y [outputs] for the results. Errors:
 * E_SHAPE. */
PLM_CHECKED plm_status plm_prediction_check_outputs(const plm_prediction *c, const plm_view *y);

#endif
