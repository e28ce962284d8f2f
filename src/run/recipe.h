/* The recipe: how a run is trained if the user gives only a table and its target. It sets the keys
 * of the run file that the user has not set, each with a comment, so that run.yaml lists all
 * settings. */
#ifndef PLM_RUN_RECIPE_H
#define PLM_RUN_RECIPE_H

#include "run/job.h"

/* True if an argument is a table that is given instead of a run file: its name ends in .csv, .tsv,
 * .txt, .data, .dat, in upper or lower case, also followed by .gz. */
bool plm_recipe_is_table(const char *argument);
/* First part of the recipe, before the data is opened: sets the key data. table: the file that is
 * given instead of a run file; NULL = there is a run file, and nothing is set. Errors: E_SPEC if a
 * table has no target, or if a run file is combined with a key for tables, such as target. */
PLM_CHECKED plm_status plm_recipe_data(plm_settings *s, const char *table);
/* Returns the number of categories above which a column becomes ids for an embedding: the value of
 * the key embed, by default 256 if the recipe chooses the net. 0 = no column gets an embedding. */
int64_t plm_recipe_embed(plm_settings *s);
/* Second part of the recipe, when the data is open, but not split: sets test and validation of a
 * table and, if the user gives no model, the number of nets. */
PLM_CHECKED plm_status plm_recipe_parts(plm_job *j, plm_settings *s);
/* Third part of the recipe, when test and validation are open: sets model, optimizer, epochs and so
 * on, if the data is a table with types and the user gives no model. */
PLM_CHECKED plm_status plm_recipe_model(plm_job *j, plm_settings *s);

#endif
