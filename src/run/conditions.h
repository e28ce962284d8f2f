/* Conditions on metrics, such as "accuracy>=0.97, loss<0.2". A command that checks them exits with
 * an error if one does not hold, so that scripts can react. */
#ifndef PLM_RUN_CONDITIONS_H
#define PLM_RUN_CONDITIONS_H

#include "base/runtime.h"

/* Checks that the text can be parsed. NULL (no conditions) is allowed. where: names the text in
 * errors. */
PLM_CHECKED plm_status plm_conditions_check(plm *w, const char *where, const char *text);
/* Checks the conditions against log[logs], the metrics with their names. Errors: E_SPEC for a
 * metric that is not in `log`; E_DATA for a condition that does not hold, and *hold = false. */
PLM_CHECKED plm_status plm_conditions_hold(plm *w, const char *where, const char *text,
                                           const plm_log *log, int logs, bool *hold);

#endif
