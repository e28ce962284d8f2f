/* Every way to say a loss or a metric: all combinations of the values of its fields that are
 * worth a look. */
#ifndef PLM_TESTS_BATTERY_SAID_H
#define PLM_TESTS_BATTERY_SAID_H

#include "battery.h"

typedef void battery_saying(void *argument, const char *text);

/* Calls each with "name(flag=true, ...)" for every combination. */
void battery_each_saying(const plm_kind *kind, battery_saying *each, void *argument);

#endif
