/* Names of layers for messages; for callers that know no other part of a model. */
#ifndef PLM_MODEL_LAYER_NAMES_H
#define PLM_MODEL_LAYER_NAMES_H

#include "base/text.h"

/* Appends "did you mean hidden?" or "the layers are input, dense", as far as they fit. */
void plm_model_advise_layer(const plm_model *m, const char *name, plm_text *hint);

/* Appends the names of frozen layers: "low, norm and 2 more", at most `most` names. */
void plm_model_name_frozen(const plm_model *m, int most, plm_text *t);
/* Appends the learning rate factors that are not 1: "low=0.1, norm=0 and 2 more; high/bias=2", at
 * most `most` layers. */
void plm_model_name_factors(const plm_model *m, int most, plm_text *t);

#endif
