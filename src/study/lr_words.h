/* What a search for a learning rate found, in sentences. Each is added to a text. */
#ifndef PLM_STUDY_LR_WORDS_H
#define PLM_STUDY_LR_WORDS_H

#include "base/text.h"
#include "study/lr_trials.h"

/* Adds why the rate is recommended, or what to try if there is none. trials: NULL = only the range
 * test was run. */
void plm_lr_reason(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);
/* Adds the rates of the rules; without trials, all but the one recommended. */
void plm_lr_other_rules(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);
/* Adds where the loss was lowest, and whether the range of rates was wide enough. */
void plm_lr_range_end(const plm_lr_range *range, const plm_lr_trials *trials, plm_text *out);
/* Adds the table of trials: a row for each rate with its values, the best one marked. width:
 * columns of the page, which bound the number of values shown; at least one is. */
void plm_lr_trials_table(const plm_lr_trials *trials, int width, plm_text *out);

#endif
