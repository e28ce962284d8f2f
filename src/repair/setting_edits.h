/* Changes of keys of a run file, for repairs. Each function adds to c the keys that it sets, or
 * none if the run has nothing to change. Texts are in the arena. */
#ifndef PLM_REPAIR_SETTING_EDITS_H
#define PLM_REPAIR_SETTING_EDITS_H

#include "doctor/repair.h"
#include "repair/examination.h"

/* Sets an argument of the optimizer that has no value yet; value = NULL removes it. */
PLM_CHECKED plm_status plm_edit_option(plm_arena *a, const plm_settings *s, const char *key,
                                       const char *value, plm_change *c);
/* Adds a transform to the pipeline of the data before its batches; a batch replaces another one. */
PLM_CHECKED plm_status plm_edit_step(plm_arena *a, const plm_settings *s, const char *step,
                                     plm_change *c);
/* Sets the activation of the last layer and the loss that are usual for the target. */
PLM_CHECKED plm_status plm_edit_usual_output(plm_arena *a, const plm_examined *e, plm_change *c);
/* Replaces the word that the message of a finding quotes by the one that its remedy suggests. */
PLM_CHECKED plm_status plm_edit_spelling(plm_arena *a, const plm_settings *s, const plm_finding *f,
                                         plm_change *c);

#endif
