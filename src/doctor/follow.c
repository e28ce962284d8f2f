/* Whether numbers as targets follow from the columns at all. */
#include <math.h>

#include "doctor/neighbours.h"

bool plm_targets_follow(const plm_data_facts *d, double beyond)
{
    const double many = log((double)d->columns + 1), limit = sqrt(2 * many + 9),
                 parts = 3.4 + many / 2;
    bool any = !(d->near.beyond < beyond);
    if (d->classes > 1)
        return any;
    any = any || d->near.wide > beyond;
    for (int64_t i = 0; i < d->columns; i++)
        any = any || fabs(d->column[i].correlation) * sqrt((double)d->rows) > limit ||
              d->column[i].parted > parts;
    return any;
}
