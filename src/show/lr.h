/* The result of a search for a learning rate, as text. */
#ifndef PLM_SHOW_LR_H
#define PLM_SHOW_LR_H

#include "show/screen.h"
#include "study/lr_trials.h"

/* Appends the trials, the recommended rate and why, and the rates of other rules. trials: NULL =
 * only the range test was run; how to run trials with `argument` is then said. */
void plm_lr_text(const plm_lr_range *range, const plm_lr_trials *trials, const char *argument,
                 plm_screen s, plm_text *out);

#endif
