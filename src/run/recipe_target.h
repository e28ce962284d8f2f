/* The error for a table whose target is not named. Internal to the recipe for tables. */
#ifndef PLM_RUN_RECIPE_TARGET_H
#define PLM_RUN_RECIPE_TARGET_H

#include "run/settings.h"

/* Fails since no target is set. The hint lists the columns, as far as the table is a text file with
 * names in its first line. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_recipe_fail_target(plm_settings *s, const char *table);

#endif
