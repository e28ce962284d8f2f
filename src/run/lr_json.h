/* The result of a search for a learning rate as JSON, for programs. */
#ifndef PLM_RUN_LR_JSON_H
#define PLM_RUN_LR_JSON_H

#include "base/text.h"
#include "study/lr_trials.h"

/* Adds a line with one JSON object: the recommended learning rate, the rate that each rule finds on
 * the curve, the curve and the trials. A rate that was not found is null. trials: NULL = only the
 * range test was run. */
void plm_lr_json(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);

#endif
