/* Joins models that may have different runtimes. */
#ifndef PLM_TRAIN_JOIN_H
#define PLM_TRAIN_JOIN_H

#include "base/runtime.h"

/* Joins 2 to 8 models into one whose outputs are the means of their outputs, as plm_model_join
 * does, but the models may have different runtimes. The new model belongs to w. NULL = failed, with
 * the error in w. */
plm_model *plm_models_join(plm *w, int count, const plm_model *const *models);

#endif
