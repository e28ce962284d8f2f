/* The value of a loss or a metric as people read it. */
#include "base/metric_text.h"

#include <math.h>
#include <stdio.h>

void plm_metric_text(char *out, size_t capacity, double value)
{
    const double size = fabs(value);
    if (isnan(value))
        snprintf(out, capacity, "nan");
    else if (size == 0 || (size >= 0.001 && size < 10000))
        snprintf(out, capacity, "%.4f", value);
    else
        snprintf(out, capacity, "%.3e", value);
}
