/* Reads the rows of a stream once, and keeps what findings need to know of them. */
#ifndef PLM_DOCTOR_FACTS_H
#define PLM_DOCTOR_FACTS_H

#include "doctor/finding.h"

/* Reads up to some 200,000 rows or 50 million numbers of epoch 0 of train, and of validation, which
 * may be NULL. Both streams are rewound afterwards. out and what it points to are in arena a. */
PLM_CHECKED plm_status plm_facts_read(plm_arena *a, plm_data *train, plm_data *validation,
                                      plm_data_facts **out);

#endif
