/* Reads the key class_weight of a run file. */
#ifndef PLM_RUN_CLASS_WEIGHT_H
#define PLM_RUN_CLASS_WEIGHT_H

#include "run/job.h"

/* Max number of classes of class_weight. */
enum { PLM_RUN_MAX_CLASSES = 4096 };

/* Checks the key before the data is open. Names of classes are not known then, so any name is
 * accepted. E_SPEC, also if there are more than PLM_RUN_MAX_CLASSES. */
PLM_CHECKED plm_status plm_class_weight_check(plm_settings *s);
/* Reads the key into out [PLM_RUN_MAX_CLASSES]: the weight of each class, from class 0 on. *count =
 * number of classes; 0 = the key is not set. The data of j must be open and its model compiled.
 * E_SPEC: the target has no class of a name, or no classes that can be counted for `balanced`. */
PLM_CHECKED plm_status plm_class_weight_read(const plm_job *j, plm_settings *s, float *out,
                                             int *count);

#endif
