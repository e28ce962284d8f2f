/* Analytic gradients of a net against central differences of its loss, number by number and
 * along random directions. */
#ifndef PLM_TESTS_BATTERY_SLOPES_H
#define PLM_TESTS_BATTERY_SLOPES_H

#include "battery.h"

/* Checks every parameter and, where the net has a front, every input. what = for complaints. The
 * net must be stored. */
void battery_check_slopes(battery_report *r, battery_net *n, const char *what);
/* Builds, stirs, checks, closes; a net that cannot be built is a complaint unless may_fail. Returns
 * whether built. */
bool battery_slopes_of(battery_report *r, plm *w, const battery_example *e,
                       const battery_form *form, int64_t rows, bool may_fail);

#endif
