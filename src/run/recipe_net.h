/* Makes the layers of the net for a table, see recipe_net.c. */
#ifndef PLM_RUN_RECIPE_NET_H
#define PLM_RUN_RECIPE_NET_H

#include "run/job.h"
#include "table/schema.h"

/* Returns the layers for the job's table, as the value of the key model, in the arena of s. NULL =
 * no memory. */
const char *plm_recipe_layers(const plm_job *j, plm_settings *s, const plm_column *target);

#endif
