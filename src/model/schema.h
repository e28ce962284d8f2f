/* Declares, for the folders that use model/, what a model knows about the table that it is trained
 * on. */
#ifndef PLM_MODEL_SCHEMA_H
#define PLM_MODEL_SCHEMA_H

#include "plummet.h"
#include "table/schema.h"

/* Returns the column of the table that output k predicts; NULL = the model has no schema, or fewer
 * targets. */
const plm_column *plm_model_target(const plm_model *m, int k);

/* The scale of a target: y times deviation plus center is in the target's own unit, where y is the
 * number on which the net is trained. */
typedef struct {
    double center, deviation;
} plm_scale;

/* Returns the scale of output k; 0 and 1 = the target is not scaled. */
plm_scale plm_model_scale(const plm_model *m, int k);
/* Returns the columns of the table that the model was trained on; NULL = it was not a table with
 * types. */
const plm_schema *plm_model_columns(const plm_model *m);
/* Do the same as plm_predict_several and plm_predict_several_monte_carlo, but do not convert
 * standardized targets to their own unit. A float32 cannot distinguish 1e9 from 1e9 + 2, so callers
 * that need such digits use plm_model_scale in double. (predict.c) */
PLM_CHECKED plm_status plm_predict_scaled(plm_model *m, int inputs, const plm_view *x, int outputs,
                                          plm_view *y);
PLM_CHECKED plm_status plm_predict_scaled_monte_carlo(plm_model *m, int inputs, const plm_view *x,
                                                      int samples, int outputs, plm_view *mean,
                                                      plm_view *deviation);

/* Fails with E_DATA on w if the data is not encoded as in training; `encoded` = the training data
 * was table(...). (known_columns.c) */
PLM_CHECKED plm_status plm_model_check_encoding(plm *w, bool encoded, const plm_data *d);

#endif
