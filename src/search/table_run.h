/* The run file of a search in a table. Internal to this folder. */
#ifndef PLM_SEARCH_TABLE_RUN_H
#define PLM_SEARCH_TABLE_RUN_H

#include "search/search.h"

/* Chooses the run for the table s->path, with ranges over its net unless the caller gives the key
 * search, and writes it as a run file into the folder of the search. s->path is then this file, and
 * s->override has only the keys that are not in it. s->settings must be open. Errors: those of
 * choosing a run; E_IO. */
PLM_CHECKED plm_status plm_search_table(plm_search *s);

#endif
