/* What a model knows of the table that it is trained on, for folders above. */
#ifndef PLM_MODEL_SCHEMA_H
#define PLM_MODEL_SCHEMA_H

#include "plummet.h"
#include "table/schema.h"

/* Returns the column of the table that output k predicts; NULL = the model has no schema, or not so
 * many targets. */
const plm_column *plm_model_target(const plm_model *m, int k);

#endif
