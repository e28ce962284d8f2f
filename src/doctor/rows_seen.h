/* Rows as numbers of 64 bits, so that equal rows can be counted; and a sample of the rows, for
 * medians. Both are bounded, and depend on the rows and their order alone. */
#ifndef PLM_DOCTOR_ROWS_SEEN_H
#define PLM_DOCTOR_ROWS_SEEN_H

#include "doctor/finding.h"

/* The hashes of rows. */
typedef struct {
    uint64_t *hash; /* [capacity] */
    int64_t count, capacity;
} plm_row_hashes;

/* Allocates room for `capacity` rows in arena a. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_row_hashes_open(plm_row_hashes *h, plm_arena *a, int64_t capacity);
/* Adds the rows of a batch, inputs and targets; those beyond the capacity are left out. */
void plm_row_hashes_add(plm_row_hashes *h, const plm_batch *b);
/* Sorts the hashes. Returns how many of them are different. */
int64_t plm_row_hashes_sort(plm_row_hashes *h);
/* Returns how many rows of `other` are among those of h, which must be sorted. */
int64_t plm_row_hashes_common(const plm_row_hashes *h, const plm_row_hashes *other);

/* Every stride-th row of a stream of any length. */
typedef struct {
    float *value;  /* [capacity][columns] */
    float *target; /* [capacity] first number of the first target, or the class of a one-hot row */
    int64_t count, capacity, columns, stride, seen;
} plm_row_sample;

/* Allocates a sample of rows of this many columns in arena a. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_row_sample_open(plm_row_sample *s, plm_arena *a, int64_t columns);
/* Adds the inputs and the first target of a batch. */
void plm_row_sample_add(plm_row_sample *s, const plm_batch *b);
/* Sets the median of a column, the median distance to it, and `distinct` if no number is there
 * twice. work: [s->count]. */
void plm_row_sample_describe(const plm_row_sample *s, int64_t column, double *work,
                             plm_data_column *out);

/* The place of the largest number of a row. */
int64_t plm_row_largest(const float *row, int64_t width);

/* The number of columns of an input or target of a batch. */
int64_t plm_view_width(const plm_view *v);

#endif
