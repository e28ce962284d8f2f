/* Hashes of rows (64 bits), for counting equal rows, and a sample of the rows, for medians. Both
 * have a bounded size, and depend only on the rows and their order. */
#ifndef PLM_DOCTOR_ROWS_SEEN_H
#define PLM_DOCTOR_ROWS_SEEN_H

#include "doctor/finding.h"

/* The hashes of rows. */
typedef struct {
    uint64_t *hash;  /* [capacity] of inputs and targets */
    uint64_t *input; /* [capacity] of the inputs alone */
    int64_t count, capacity;
} plm_row_hashes;

/* Allocates memory for `capacity` rows in arena a. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_row_hashes_open(plm_row_hashes *h, plm_arena *a, int64_t capacity);
/* Adds the rows of a batch, inputs and targets. Rows beyond the capacity are ignored. */
void plm_row_hashes_add(plm_row_hashes *h, const plm_batch *b);
/* Sorts the hashes, with scratch memory of arena a. Sets *different to the number of different
 * rows, and *inputs to the number of different inputs, without their targets. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_row_hashes_sort(plm_row_hashes *h, plm_arena *a, int64_t *different,
                                           int64_t *inputs);
/* Returns how many rows of `other` also occur in h, which must be sorted. */
int64_t plm_row_hashes_common(const plm_row_hashes *h, const plm_row_hashes *other);

/* A sample: every stride-th row of a stream, whatever its length. */
typedef struct {
    float *value;   /* [capacity][columns] */
    float *target;  /* [capacity] for each row, the first value of the first target, or the class of
                    * a one-hot row */
    int64_t *place; /* [count] for each row its number in the source; NULL = unknown */
    int64_t count, capacity, columns, stride, seen;
} plm_row_sample;

/* Allocates a sample of rows with this many columns in arena a. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_row_sample_open(plm_row_sample *s, plm_arena *a, int64_t columns);
/* Adds the inputs and the first target of a batch. */
void plm_row_sample_add(plm_row_sample *s, const plm_batch *b);
/* Sets s->place of a sample of the rows of epoch 0 of d, which must be at its beginning; it stays
 * NULL if the rows have no known numbers. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_row_sample_place(plm_row_sample *s, plm_arena *a, const plm_data *d);
/* Sets the median of a column, the median distance from it, and `distinct`: whether all values are
 * different. work: [2 s->count], scratch memory. */
void plm_row_sample_describe(const plm_row_sample *s, int64_t column, uint32_t *work,
                             plm_data_column *out);

/* Sets the median of the targets and the median distance from it; sets nothing if there are no
 * rows. work: [2 s->count]. */
void plm_row_sample_target(const plm_row_sample *s, uint32_t *work, double *median, double *spread);

/* Sets plm_data_column.alone of each column. f: its classes and columns are set. a: for temporary
 * memory. Errors: E_MEMORY. (one_column.c) */
PLM_CHECKED plm_status plm_one_column_find(const plm_row_sample *s, plm_arena *a,
                                           plm_data_facts *f);

/* Sets f->pair: two columns that give the target together. a: for temporary memory. Errors:
 * E_MEMORY. (column_pairs.c) */
PLM_CHECKED plm_status plm_column_pairs_find(const plm_row_sample *s, plm_arena *a,
                                             plm_data_facts *f);

/* Returns the number of rows of the sample that are far from all others in most of their columns.
 * The columns must be described. (far_rows.c) */
int64_t plm_far_rows(const plm_row_sample *s, const plm_data_column *column);

/* Returns in what way a column was made from the target. key [s->count]: the rows of the sample in
 * the order of the column: its keys of numbers above the numbers of the rows. (given_away.c) */
plm_gift plm_given_away(const plm_data_facts *f, const plm_row_sample *s, const uint64_t *key,
                        const plm_data_column *c);

/* Returns 1 + the class whose rows, and only they, have one of the two values of a column; 0 =
 * none. key: as for plm_given_away. (given_away.c) */
int plm_marked_class(const plm_data_facts *f, const plm_row_sample *s, const uint64_t *key);

/* Returns the index of the largest value of a row. */
int64_t plm_row_largest(const float *row, int64_t width);

/* Returns the number of columns of an input or target of a batch. */
int64_t plm_view_width(const plm_view *v);

#endif
