/* The key define of a run file: names for specs, like variables. */
#ifndef PLM_RUN_DEFINE_H
#define PLM_RUN_DEFINE_H

#include "run/settings.h"

/* Replaces defined names by their specs in all other settings, and empties the key define. Errors:
 * E_SPEC, with the line. */
PLM_CHECKED plm_status plm_definitions_apply(plm_settings *s);

#endif
