/* Columns of numbers that are codes. */
#ifndef PLM_DOCTOR_CODES_H
#define PLM_DOCTOR_CODES_H

#include "doctor/rows_seen.h"

/* True if the whole numbers of a column tell something about the target, but those of neighbouring
 * values no more than those of any two. key: the rows of the sample in the order of the column, as
 * for plm_given_away. */
bool plm_column_is_code(const plm_row_sample *s, const uint64_t *key, const plm_data_column *c,
                        int classes);
/* One such column may be one by chance; so many are not. */
enum { PLM_CODES = 2 };
/* Counts the columns of such codes, and their values. */
int64_t plm_count_codes(const plm_data_facts *d, int64_t *values);
/* Reports a net that reads such columns as quantities. */
void plm_find_codes(const plm_case *c, plm_report *r);

#endif
