/* The hint for a name that no layer has; for callers that know no other part of a model. */
#ifndef PLM_MODEL_LAYER_NAMES_H
#define PLM_MODEL_LAYER_NAMES_H

#include "base/text.h"

/* Appends "did you mean hidden?" or "the layers are input, dense", as far as they fit. */
void plm_model_advise_layer(const plm_model *m, const char *name, plm_text *hint);

#endif
