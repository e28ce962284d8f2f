/* Formats the value of a loss or a metric for people. */
#ifndef PLM_BASE_METRIC_TEXT_H
#define PLM_BASE_METRIC_TEXT_H

#include <stddef.h>

/* Returns the number of decimals for a value: 4 from 0.001 to 10000, 1 from there to 1e9, so that a
 * value in the unit of a target is easy to read; -1 = scientific notation. */
int plm_metric_decimals(double value);
/* Writes a value with that number of decimals, such as "0.4123" or "52471.2", or in scientific
 * notation. out: [capacity] bytes; 16 are enough. */
void plm_metric_text(char *out, size_t capacity, double value);

#endif
