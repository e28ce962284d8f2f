/* Decides how quickly the waves of a table's net change, see recipe_waves.c. */
#ifndef PLM_RUN_RECIPE_WAVES_H
#define PLM_RUN_RECIPE_WAVES_H

#include "run/job.h"

/* fast: the target changes quickly, so that the nearest rows predict it better than a straight
 * line. near, line: R2 of the two predictions of training rows from other training rows; both 0 if
 * they were not compared, as for classes. spiked [width of the first input]: it is a plain number
 * whose quartiles are equal; NULL = unknown, as for a series. spikes: number of these columns. */
typedef struct {
    bool fast;
    double near, line;
    const bool *spiked;
    int64_t spikes;
} plm_recipe_waves;

/* Looks at no more than 16,384 of the job's training rows. The result is in arena a. Errors:
 * E_MEMORY. */
PLM_CHECKED plm_status plm_recipe_waves_find(const plm_job *j, plm_arena *a, plm_recipe_waves *out);

#endif
