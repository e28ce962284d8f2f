/* Describes the result of a search for a learning rate in sentences. Each function adds its
 * sentence to a text. */
#ifndef PLM_STUDY_LR_WORDS_H
#define PLM_STUDY_LR_WORDS_H

#include "base/text.h"
#include "study/lr_trials.h"

/* Explains why the rate is recommended or, if there is none, what to try. trials: NULL = only the
 * range test was run. */
void plm_lr_reason(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);
/* Lists the rates that the rules of the range test give. Without trials, the recommended rate is
 * left out. */
void plm_lr_other_rules(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);
/* Says at which rate the loss was lowest, and whether the range of rates was wide enough. */
void plm_lr_range_end(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);
/* Adds the table of trials: each row has a rate and its values, and the best trial is marked.
 * width: columns of the page, which limit the number of values shown; at least one value is
 * shown. */
void plm_lr_trials_table(const plm_lr_trials *trials, int width, plm_text *out);

#endif
