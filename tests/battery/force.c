/* A plan that uses every thread even where it does not pay. Apart from the rest: graph/plan.h is
 * internal to graph/. */
#include "graph/plan.h"

void battery_force_threads(plm_plan *plan);

void battery_force_threads(plm_plan *plan)
{
    plan->work = 1e30;
}
