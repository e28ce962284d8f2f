/* Makes the layers of the net for a table, see recipe_net.c. */
#ifndef PLM_RUN_RECIPE_NET_H
#define PLM_RUN_RECIPE_NET_H

#include "run/recipe_waves.h"
#include "table/schema.h"

/* Returns the number of different category ids in the job's table, which is the number of vectors
 * of its embedding. 0 = there is no embedding. */
int64_t plm_recipe_ids(const plm_job *j);
/* Returns the layers for the job's table, as the value of the key model, in the arena of s. With
 * several targets, each has an output. waves: how quickly the waves of numbers
 * change. NULL = no memory. */
const char *plm_recipe_layers(const plm_job *j, plm_settings *s, const plm_recipe_waves *waves);
/* If there are several targets, returns the names of the outputs, as the value of the key outputs,
 * in the arena of s. NULL = no memory. */
const char *plm_recipe_outputs(const plm_job *j, plm_settings *s);
/* If there are several targets, returns their metrics, as the value of the key metrics, in the
 * arena of s. NULL = no memory. */
const char *plm_recipe_metrics(const plm_job *j, plm_settings *s);
/* The metrics of a target whose values are numbers. */
#define PLM_RECIPE_ERRORS "root_mean_squared_error, mean_absolute_error, r2_score"

#endif
