/* Chooses which fault a repair treats next, and with which changes. */
#ifndef PLM_REPAIR_REPAIR_CHOICE_H
#define PLM_REPAIR_REPAIR_CHOICE_H

#include "repair/repair.h"

/* Makes the empty record of the treatment of a fault (a round); NULL = no memory. */
plm_repair_round *plm_repair_new_round(plm_repairing *r, const char *code);
/* Finds the first fault that has changes and was not treated yet. *out = its round; NULL = there is
 * no such fault. Faults of the data, and faults without changes, are noted in the record. */
PLM_CHECKED plm_status plm_repair_next_fault(plm_repairing *r, plm_finding *f,
                                             plm_repair_round **out);

#endif
