/* The settings of a search, kept in its folder: another search must not take its results. */
#ifndef PLM_SEARCH_KEPT_H
#define PLM_SEARCH_KEPT_H

#include "search/search.h"
#include "session/training.h"

/* Adds the fingerprint of the data of a training to the settings. t: its data is open. */
PLM_CHECKED plm_status plm_search_fingerprint(plm_settings *s, const plm_run_training *t);
/* Locks the folder of a search, and writes its settings to settings.yaml in it. E_SPEC: the
 * folder has results of other settings or data, or another process searches there. */
PLM_CHECKED plm_status plm_search_keep(plm_search *search, plm_settings *s, const char *folder);

#endif
