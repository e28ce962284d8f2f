/* What is copied from Keras as a whole: Sequential([...]), and dictionaries of get_config(). */
#ifndef PLM_RUN_FROM_KERAS_H
#define PLM_RUN_FROM_KERAS_H

#include "run/settings.h"

/* Replaces Sequential([a, b]) as the only item of the key model by the layers of its list, and
 * dictionaries in the settings by the specs that they describe. Errors: E_SPEC for a Sequential
 * without a list of layers, E_MEMORY. */
PLM_CHECKED plm_status plm_from_keras_apply(plm_settings *s);

#endif
