/* The sizes of the targets after the first one. */
#ifndef PLM_DOCTOR_TARGET_SIZES_H
#define PLM_DOCTOR_TARGET_SIZES_H

#include "doctor/finding.h"

/* Sums over the values of the targets after the first one, each less its first value. */
typedef struct {
    double first[PLM_DOCTOR_TARGETS], sum[PLM_DOCTOR_TARGETS], square[PLM_DOCTOR_TARGETS],
        count[PLM_DOCTOR_TARGETS];
} plm_target_sizes;

/* Adds the targets of a batch. */
void plm_target_sizes_add(plm_target_sizes *s, const plm_batch *b);
/* Sets f->more_target from the sums. */
void plm_target_sizes_take(const plm_target_sizes *s, plm_data_facts *f);

#endif
