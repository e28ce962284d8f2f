/* The temperature of nets that predict classes (Guo, Pleiss, Sun and Weinberger, On calibration of
 * modern neural networks, ICML 2017): one number by which all logits are divided. It is fitted on
 * rows that the nets were not trained on. The predicted classes do not change; the probabilities
 * become calibrated. */
#ifndef PLM_STUDY_TEMPERATURE_H
#define PLM_STUDY_TEMPERATURE_H

#include "base/runtime.h"

/* True if a model can be calibrated: it has one output, which a dense layer computes with softmax
 * or sigmoid, and its loss compares probabilities. The model must be compiled with a loss. */
bool plm_temperature_fits(const plm_model *m);
/* Fits one temperature to the predictions of all models, and divides the parameters of their last
 * layers by it. Model k predicts the rows held[k]. The models may have runtimes of their own;
 * errors are recorded on the runtime of the first model. *temperature: above 1 if the nets were too
 * confident. */
PLM_CHECKED plm_status plm_temperature_apply(int count, plm_model *const *models,
                                             plm_data *const *held, double *temperature);

/* True if a temperature is the lowest or the highest that is searched: the rows do not determine
 * it. 0 = there is none. */
bool plm_temperature_is_bound(double temperature);

#endif
