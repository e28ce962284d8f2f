/* Measures whether similar rows have similar targets. */
#ifndef PLM_DOCTOR_NEIGHBOURS_H
#define PLM_DOCTOR_NEIGHBOURS_H

#include "doctor/rows_seen.h"

/* Compares each row of the sample with the rows nearest to it, and sets f->near. The classes,
 * columns and standard deviations in f must be set. a: for temporary memory. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_neighbours_find(const plm_row_sample *s, plm_arena *a,
                                           plm_data_facts *f);

/* Scales a row of f->columns numbers as f->near.row is scaled. out: [f->near.stride]. */
void plm_neighbours_scale(const plm_data_facts *f, const float *row, float *out);

/* Compares the labels of validation rows, a sample, with the classes of the nearest training rows,
 * and sets f->recoding. a: for temporary memory. Errors: E_MEMORY. (recoding.c) */
PLM_CHECKED plm_status plm_recoding_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f);

/* Compares the targets of validation rows, which are numbers, with those of the nearest training
 * rows, and sets f->recoding.correlation. a: for temporary memory. Errors: E_MEMORY.
 * (recoding.c) */
PLM_CHECKED plm_status plm_followed_find(const plm_row_sample *s, plm_arena *a, plm_data_facts *f);

/* Sets f->near.common from a sample of the validation rows. a: for temporary memory. Errors:
 * E_MEMORY. (common_copies.c) */
PLM_CHECKED plm_status plm_near_copies_common(const plm_row_sample *s, plm_arena *a,
                                              plm_data_facts *f);

/* True if the targets follow from the columns: by the agreement of neighbours, in standard errors
 * beyond chance, or if they are numbers, by that of all rows around, by their correlation with a
 * single column, or their means over parts of its range, by more than the best of so many columns
 * does by chance. Targets with much noise may show it by one of these only. (follow.c) */
bool plm_targets_follow(const plm_data_facts *d, double beyond);

/* Returns the best possible accuracy (classes) or R2 of a net if noise of this size, in standard
 * deviations of the columns, was added to the inputs in training; NaN = no rows were compared.
 * (blurred.c) */
double plm_neighbours_blurred(const plm_data_facts *f, bool classes, double noise);

#endif
