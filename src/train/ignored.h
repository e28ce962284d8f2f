/* Declares which labels a loss leaves out. */
#ifndef PLM_TRAIN_IGNORED_H
#define PLM_TRAIN_IGNORED_H

#include "base/runtime.h"

/* True if the loss of output k leaves out rows with this label (ignore_class). */
bool plm_training_ignores(const plm_model *m, int k, float label);

#endif
