/* Formats the value of a loss or a metric for people. */
#include "base/metric_text.h"

#include <math.h>
#include <stdio.h>

#include "base/notation.h"

/* Returns the number of decimals for a value: 4 from 0.001 to 10000, 1 above that; -1 = it is
 * written with an exponent. So all values fit into the columns of a log. */
int plm_metric_decimals(double value)
{
    const double size = fabs(value);
    if (isnan(size) || size == 0 || (size >= 0.001 && size < 10000))
        return 4;
    return size >= 10000 && size < 1e9 ? 1 : -1;
}

/* Writes a number as logs and tables show it, at most some ten characters long. */
void plm_metric_text(char *out, size_t capacity, double value)
{
    const int decimals = plm_metric_decimals(value);
    if (isnan(value))
        snprintf(out, capacity, "nan");
    else if (decimals >= 0)
        plm_print(out, capacity, "%.*f", decimals, value);
    else
        plm_print(out, capacity, "%.3e", value);
}
