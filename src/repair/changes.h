/* Makes changes of a run file that may repair a fault: the remedies of its finding, applied to all
 * layers that have the fault, and usual remedies for this kind of fault. The help of the finding
 * comes first; then changes of numbers come before changes of layers. repair/repair.h tests whether
 * a change helps. */
#ifndef PLM_REPAIR_CHANGES_H
#define PLM_REPAIR_CHANGES_H

#include "doctor/repair.h"
#include "repair/examination.h"

/* True if a finding is a fault of the rows. Such a fault is reported, but not repaired, since only
 * the owner of the data knows what is right. */
bool plm_change_is_refused(const plm_finding *f);
/* True if two changes set the same keys to the same values. */
bool plm_change_is_same(const plm_change *a, const plm_change *b);
/* Fills out[PLM_REPAIR_CHANGES] with changes for a finding of a run that was examined. Sets *count
 * to their number; 0 = no change is known. Texts are in the arena. */
PLM_CHECKED plm_status plm_changes_find(plm_arena *a, const plm_examined *e, const plm_finding *f,
                                        plm_change *out, int *count);

#endif
