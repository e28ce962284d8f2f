/* The recipe: how a run is trained if only a table and its target are given. It fills in the keys
 * of the run file that are not given, each with a comment, so that run.yaml shows all settings. */
#ifndef PLM_RUN_RECIPE_H
#define PLM_RUN_RECIPE_H

#include "run/job.h"

/* True if an argument in the place of a run file is a table, by its ending: .csv, .tsv, .txt,
 * .data, .dat, in upper or lower case, also followed by .gz. */
bool plm_recipe_is_table(const char *argument);
/* First part, before the data is opened. table: the file in the place of a run file; NULL = there
 * is a run file, and nothing is filled in. Sets data. Errors: E_SPEC if the target is not given, or
 * is given for a run file. */
PLM_CHECKED plm_status plm_recipe_data(plm_settings *s, const char *table);
/* Returns the number of words from which on categories of the data become ids for an embedding: the
 * key embed, else 256 if the net is going to be chosen. 0 = none do. */
int64_t plm_recipe_embed(plm_settings *s);
/* Second part, when the data is open, but not divided: sets test and validation of a table, and the
 * number of nets if no model is given. */
PLM_CHECKED plm_status plm_recipe_parts(plm_job *j, plm_settings *s);
/* Third part, when test and validation are open: sets model, optimizer, epochs and the rest, if the
 * data is a table with types and no model is given. */
PLM_CHECKED plm_status plm_recipe_model(plm_job *j, plm_settings *s);

#endif
