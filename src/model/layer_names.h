/* Names of layers for messages; for callers that know no other part of a model. */
#ifndef PLM_MODEL_LAYER_NAMES_H
#define PLM_MODEL_LAYER_NAMES_H

#include "base/text.h"

/* Appends "did you mean hidden?" or "the layers are input, dense", as far as they fit. */
void plm_model_advise_layer(const plm_model *m, const char *name, plm_text *hint);

/* Appends the names of frozen layers: "low, norm and 2 more", at most `most` names. */
void plm_model_name_frozen(const plm_model *m, int most, plm_text *t);

#endif
