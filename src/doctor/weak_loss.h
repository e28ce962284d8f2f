/* Looks for losses that say little about the predictions: by their arguments, or by their weight
 * among the losses of several outputs. */
#ifndef PLM_DOCTOR_WEAK_LOSS_H
#define PLM_DOCTOR_WEAK_LOSS_H

#include "doctor/finding.h"
#include "train/sense.h"

/* Reports a cross-entropy that tolerates wrong labels so much that rows which are predicted wrongly
 * have next to no gradient: near q = 1 it is that of the probability itself. */
void plm_find_tolerant(const plm_case *c, const plm_head *h, plm_report *r);
/* Reports label_smoothing that makes the targets of all classes nearly equal. */
void plm_find_smoothing(const plm_case *c, const plm_head *h, plm_report *r);
/* Reports one of several outputs whose loss is next to nothing in the total loss, by loss_weights:
 * the layers learn the other outputs alone. */
void plm_find_weight(const plm_case *c, const plm_head *h, plm_report *r);

#endif
