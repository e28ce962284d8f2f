/* The value of a loss or a metric as people read it. */
#ifndef PLM_BASE_METRIC_TEXT_H
#define PLM_BASE_METRIC_TEXT_H

#include <stddef.h>

/* Writes a value with four decimals, "0.4123", or in scientific notation where these would hide its
 * size: below 0.001 and from 10000 on. out: [capacity] bytes; 16 are enough. */
void plm_metric_text(char *out, size_t capacity, double value);

#endif
