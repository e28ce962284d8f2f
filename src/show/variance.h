/* Writes variances through deep nets as tables and as JSON. v is a matrix with a row for each
 * activation of the plan and a column for each initializer. */
#ifndef PLM_SHOW_VARIANCE_H
#define PLM_SHOW_VARIANCE_H

#include "show/screen.h"
#include "study/variance.h"

/* Appends an explanation and the table of each activation. */
void plm_variance_tables(const plm_variance_plan *p, plm_screen s, const plm_variance *v,
                         plm_text *out);
/* Appends a line with one JSON object for each pair of activation and initializer. */
void plm_variance_json(const plm_variance_plan *p, const plm_variance *v, plm_text *out);

#endif
