/* A model that belongs to a run file. Callbacks and callers borrow it and may not free it. */
#ifndef PLM_MODEL_BORROWED_H
#define PLM_MODEL_BORROWED_H

#include "plummet.h"

/* True = plm_model_free ignores the model from now on, since its owner frees it; false = it can be
 * freed again. m may be NULL. */
void plm_model_set_borrowed(plm_model *m, bool borrowed);

#endif
