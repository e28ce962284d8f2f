/* The value of a loss or a metric as people read it. */
#ifndef PLM_BASE_METRIC_TEXT_H
#define PLM_BASE_METRIC_TEXT_H

#include <stddef.h>

/* Returns how many decimals show such a value: 4 from 0.001 to 10000, 1 from there to 1e9, so that
 * a figure in the unit of a target is read at once; -1 = scientific notation. */
int plm_metric_decimals(double value);
/* Writes a value with so many decimals, "0.4123", "52471.2", or in scientific notation. out:
 * [capacity] bytes; 16 are enough. */
void plm_metric_text(char *out, size_t capacity, double value);

#endif
