/* Plans that use threads as a test wants it. A file of its own: plan_parts.h is internal to
 * graph/. */
#include "graph/plan_parts.h"

void battery_force_threads(plm_plan *plan);
void battery_force_turns(plm_plan *plan);

/* Every thread, even where it does not pay. */
void battery_force_threads(plm_plan *plan)
{
    plan->work = 1e30;
    plan->trial.ways = 1;
}

/* Every reading is 6 ms later than the one before: long runs, so each block of a trial is one. */
static int64_t slow_clock(void)
{
    static int64_t now;
    return now += 6000000;
}

/* All threads, half of them and one of them by turns, another number after one or two runs. */
void battery_force_turns(plm_plan *plan)
{
    plan->work = 1e30;
    plan->trial.ways = plm_plan_ways(plan);
    plan->clock = slow_clock;
}
