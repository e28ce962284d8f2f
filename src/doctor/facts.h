/* Reads the rows of a stream once, and collects the facts about them that findings need. */
#ifndef PLM_DOCTOR_FACTS_H
#define PLM_DOCTOR_FACTS_H

#include "doctor/finding.h"

/* Reads at most about 200,000 rows or 50 million values of epoch 0 of `train`, and of `validation`,
 * which may be NULL. Both streams are rewound afterwards. *out and everything that it points to are
 * in arena a. */
PLM_CHECKED plm_status plm_facts_read(plm_arena *a, plm_data *train, plm_data *validation,
                                      plm_data_facts **out);
/* Sets the units of the columns and of the first target, if a schema has standardized them.
 * (own_units.c) */
void plm_facts_take_units(const plm_data *d, plm_data_facts *f);
/* Sets the names of columns, target and classes from the last batch b of the training rows.
 * (column_names.c) */
void plm_facts_name(const plm_data *train, const plm_batch *b, plm_data_facts *f);
/* Sets the names that the columns and the target have in the validation. b: its last batch, as wide
 * as one of the training. (column_names.c) */
void plm_facts_name_others(const plm_data *validation, const plm_batch *b, plm_data_facts *f);

#endif
