/* What a model knows of the table that it is trained on, for folders above. */
#ifndef PLM_MODEL_SCHEMA_H
#define PLM_MODEL_SCHEMA_H

#include "plummet.h"
#include "table/schema.h"

/* Returns the column of the table that output k predicts; NULL = the model has no schema, or not so
 * many targets. */
const plm_column *plm_model_target(const plm_model *m, int k);

/* How a target's own unit follows from the number y that the net is trained on: y deviation +
 * center. */
typedef struct {
    double center, deviation;
} plm_scale;

/* Returns the scale of output k; 0 and 1 = the target is not scaled. */
plm_scale plm_model_scale(const plm_model *m, int k);
/* Returns the columns of the table that the model was trained on; NULL = it was no table with
 * types. */
const plm_schema *plm_model_columns(const plm_model *m);
/* As plm_predict_several and plm_predict_several_monte_carlo, but standardized targets are not put
 * back into their own unit. A float32 cannot tell 1e9 from 1e9 + 2, so callers that need such
 * digits use plm_model_scale in double. (predict.c) */
PLM_CHECKED plm_status plm_predict_scaled(plm_model *m, int inputs, const plm_view *x, int outputs,
                                          plm_view *y);
PLM_CHECKED plm_status plm_predict_scaled_monte_carlo(plm_model *m, int inputs, const plm_view *x,
                                                      int samples, int outputs, plm_view *mean,
                                                      plm_view *deviation);

#endif
