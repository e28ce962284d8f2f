/* Writes the result of a search for a learning rate as text. */
#ifndef PLM_SHOW_LR_H
#define PLM_SHOW_LR_H

#include "show/screen.h"
#include "study/lr_trials.h"

/* Appends the trials, the recommended rate with the reason, and the rates of other rules. trials:
 * NULL = only the range test was run; then the text says how to run trials with `argument`. */
void plm_lr_text(const plm_lr_range *range, const plm_lr_trials *trials, const char *argument,
                 plm_screen s, plm_text *out);

#endif
