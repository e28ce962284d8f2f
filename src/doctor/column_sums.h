/* Sums of the columns of data, added row by row. */
#ifndef PLM_DOCTOR_COLUMN_SUMS_H
#define PLM_DOCTOR_COLUMN_SUMS_H

#include "doctor/finding.h"

/* The sums of columns. All members but `columns` are [columns]. The first value of each column is
 * subtracted before values are summed, so that a large mean does not cost precision. */
typedef struct {
    int64_t columns;
    double *first, *sum, *square;
    /* sum of the products of two differences: of the target from the first target, and of the value
     * from the column's first value */
    double *product;
    float *min, *max;
    float *broken; /* 1 = some number is not whole */
    float *equal;  /* number of rows in which the column equals the target */
} plm_column_sums;

/* Allocates the sums in arena a. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_column_sums_open(plm_column_sums *s, plm_arena *a, int64_t columns);
/* Stores the first row x [width] for the columns from number `at` on, before any row is added. */
void plm_column_sums_begin(plm_column_sums *s, int64_t at, const float *x, int64_t width);
/* Adds a row to the columns from number `at` on. isa: name of the instruction set to use. */
void plm_column_sums_add(plm_column_sums *s, const char *isa, int64_t at, const float *x,
                         int64_t width);
/* Adds a row that was added before, with its target y, to the sums that relate the columns to the
 * target. from_y: difference between y and the first target. */
void plm_column_sums_add_target(plm_column_sums *s, const char *isa, int64_t at, const float *x,
                                int64_t width, float y, double from_y);

#endif
