/* The temperature of nets that predict classes (Guo, Pleiss, Sun and Weinberger, On calibration of
 * modern neural networks, ICML 2017): one number by which all logits are divided, fitted on rows
 * that the nets have not learned from. Classes stay as they are, probabilities become honest. */
#ifndef PLM_STUDY_TEMPERATURE_H
#define PLM_STUDY_TEMPERATURE_H

#include "base/runtime.h"

/* True if a model, which must be compiled with a loss, can be calibrated: it has one output, which
 * a dense layer computes with softmax or sigmoid, and a loss of probabilities. */
bool plm_temperature_fits(const plm_model *m);
/* Fits one temperature to the predictions of all models, each for its own rows held[k], and divides
 * the parameters of their last layers by it. The models may have runtimes of their own; errors are
 * recorded on that of the first. *temperature: above 1 if the nets were too sure. */
PLM_CHECKED plm_status plm_temperature_apply(int count, plm_model *const *models,
                                             plm_data *const *held, double *temperature);

#endif
