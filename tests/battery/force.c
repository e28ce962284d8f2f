/* A plan that uses every thread even where it does not pay. A file of its own: plan_parts.h is
 * internal to graph/. */
#include "graph/plan_parts.h"

void battery_force_threads(plm_plan *plan);

void battery_force_threads(plm_plan *plan)
{
    plan->work = 1e30;
}
