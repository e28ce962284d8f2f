/* Measures the output of a layer and its gradient, which the plan still holds after a step. */
#ifndef PLM_DOCTOR_MEASURE_H
#define PLM_DOCTOR_MEASURE_H

#include "doctor/finding.h"

/* Max number of rows of a batch whose outputs are measured. */
enum { PLM_LOOK_ROWS = 64 };

/* Sums over the columns of an array. All members but `width` are [width], a multiple of 16. seen: 1
 * for a column that was not 0 in some row. */
typedef struct {
    size_t width;
    double *sum, *square;
    plm_real *zero, *low, *high, *largest, *seen;
} plm_sums;

/* Allocates sums for arrays of up to `width` columns. */
PLM_CHECKED plm_status plm_sums_open(plm_sums *c, plm_arena *a, size_t width);
/* What lies at a spot after a step. */
typedef struct {
    const plm_spot *spot;
    const plm_shape *shape_a, *shape_z;
    const plm_real *a, *dz; /* the output a and the gradient dz; NULL = not available */
    int64_t rows;
    /* [width of a] set to 1 for each column that is not 0 in some row; NULL = not needed */
    plm_real *seen;
} plm_spot_values;

/* Fills `out` from the values of a layer. isa: name of the instruction set to use. */
void plm_spot_measure(plm_sums *c, const char *isa, const plm_spot_values *v, plm_reading *out);

#endif
