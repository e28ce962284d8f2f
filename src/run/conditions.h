/* Conditions on metrics, "accuracy>=0.97, loss<0.2", for scripts. */
#ifndef PLM_RUN_CONDITIONS_H
#define PLM_RUN_CONDITIONS_H

#include "base/runtime.h"

/* Checks that text can be read; NULL is fine. where: of the text, for errors. */
PLM_CHECKED plm_status plm_conditions_check(plm *w, const char *where, const char *text);
/* Whether every condition holds. E_SPEC for a metric that is not among the logs; E_DATA for a
 * condition that does not hold, and *hold = false. */
PLM_CHECKED plm_status plm_conditions_hold(plm *w, const char *where, const char *text,
                                           const plm_log *log, int logs, bool *hold);

#endif
