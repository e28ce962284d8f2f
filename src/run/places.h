/* Finds folders by the XDG base directory specification, from the values of environment
 * variables. */
#ifndef PLM_RUN_PLACES_H
#define PLM_RUN_PLACES_H

#include "base/arena.h"

/* Values of environment variables; NULL or "" = the variable is not set. */
typedef struct {
    const char *home;                  /* HOME */
    const char *data;                  /* PLUMMET_DATA */
    const char *data_home, *data_dirs; /* XDG_DATA_HOME, XDG_DATA_DIRS */
    const char *cache;                 /* XDG_CACHE_HOME */
} plm_environment;

/* Returns the folders of named data sets, separated by ':', in the arena: those in $PLUMMET_DATA
 * or, if it is not set, the subfolder plummet of the user's and the system's data folders. NULL =
 * no memory. */
const char *plm_places_of_data(plm_arena *a, const plm_environment *e);
/* Returns the path of the file in the user's cache folder with timing measurements of this machine
 * (run/tuning.h), in the arena. NULL = there is no such folder, or no memory. */
const char *plm_place_of_tuning(plm_arena *a, const plm_environment *e);

#endif
