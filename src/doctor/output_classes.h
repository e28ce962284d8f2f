/* Looks for targets that are classes and do not suit the output: labels beyond its units, and rows
 * of several classes for an output that chooses one. */
#ifndef PLM_DOCTOR_OUTPUT_CLASSES_H
#define PLM_DOCTOR_OUTPUT_CLASSES_H

#include "doctor/finding.h"
#include "train/sense.h"

/* Adds a remedy with an output layer for classes: softmax with its loss, or sigmoid for two
 * classes. */
void plm_remedy_classes(const plm_case *c, plm_report *r, int classes);
/* Reports class numbers beyond the units of the output h. */
void plm_find_labels(const plm_case *c, const plm_head *h, plm_report *r);
/* Reports marks of classes of which several or none can be 1, for an output h that chooses one
 * class. */
void plm_find_several(const plm_case *c, const plm_head *h, plm_report *r);

#endif
