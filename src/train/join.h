/* Joins models of several runtimes. */
#ifndef PLM_TRAIN_JOIN_H
#define PLM_TRAIN_JOIN_H

#include "base/runtime.h"

/* As plm_model_join, for 2 to 8 models, which may have runtimes of their own. The new model belongs
 * to w. NULL = failed, with the error in w. */
plm_model *plm_models_join(plm *w, int count, const plm_model *const *models);

#endif
