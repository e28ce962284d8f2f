/* Changes of a run file that may mend a fault: the remedies of its finding, made for all layers
 * that have the fault, and usual remedies of its kind. Cheap ones come before those that change
 * layers. Whether one helps is for repair/repair.h to prove. */
#ifndef PLM_REPAIR_CHANGES_H
#define PLM_REPAIR_CHANGES_H

#include "doctor/repair.h"
#include "repair/examination.h"

/* True if a finding is a fault of the rows, which is named and never mended: only who made the data
 * can say what is right. */
bool plm_change_is_refused(const plm_finding *f);
/* True if two changes set the same keys to the same values. */
bool plm_change_is_same(const plm_change *a, const plm_change *b);
/* Fills out[PLM_REPAIR_CHANGES] with changes for a finding of a run that was examined. Returns
 * in *count how many; 0 = none is known. Texts are in the arena. */
PLM_CHECKED plm_status plm_changes_find(plm_arena *a, const plm_examined *e, const plm_finding *f,
                                        plm_change *out, int *count);

#endif
