/* The rows that neighbours.c compares, for near_classes.c, which measures how their classes
 * agree. */
#ifndef PLM_DOCTOR_NEAR_ROWS_H
#define PLM_DOCTOR_NEAR_ROWS_H

#include "doctor/neighbours.h"

/* Number of nearest rows that are found for each row. */
enum { PLM_NEAREST = 5 };

/* The rows to compare. */
typedef struct {
    int64_t rows, columns, stride;
    int64_t own; /* number of columns of the data; an id has several of `columns` */
    const char *isa;
    /* [rows][stride] the rows, scaled to standard deviation 1 and padded with zeros */
    float *x;
    float *by_column; /* [columns][high] the same by columns */
    int64_t high;     /* rows, and the padding of a block */
    /* [rows * PLM_NEAREST] squared distances: first of one row from others, later of all pairs of
     * neighbours */
    float *distance;
    uint64_t *key;    /* [rows][PLM_NEAREST] the nearest rows of each row, as key_of says */
    float *best;      /* [rows][PLM_NEAREST] squared distances of each row from its nearest rows */
    float *y;         /* [rows] */
    int64_t *nearest; /* [rows][PLM_NEAREST] */
    const int64_t *place; /* [rows] the number of each row in the source; NULL = unknown */
} plm_near_rows;

/* Measures how well the classes of neighbouring rows agree, and whether their numbers have an
 * order. (near_classes.c) */
void plm_near_classes(const plm_near_rows *r, int classes, plm_neighbours *out);

/* Measures whether labels of two classes were changed at random, of both or of one: sets
 * out->two_... and out->sided... (near_flipped.c) */
void plm_near_flipped(const plm_near_rows *r, int classes, plm_neighbours *out);

/* Looks for a row of the file from which on the labels are coded in another way. Sets out->turned
 * and what belongs to it. Errors: E_MEMORY. (near_order.c) */
PLM_CHECKED plm_status plm_near_order(const plm_near_rows *r, plm_arena *a, plm_neighbours *out);

/* Lists the rows around row i, its neighbours and theirs: list[PLM_NEAREST * (PLM_NEAREST + 1)].
 * Returns how many there are. (near_around.c) */
int plm_near_around(const plm_near_rows *r, int64_t i, int64_t *list);
/* Looks for targets that are in another unit in a part of the rows. Sets out->unit_factor and what
 * belongs to it. (near_units.c) */
void plm_near_units(const plm_near_rows *r, plm_neighbours *out);

/* Looks for rows that are nearly equal copies of others. Sets out->copied and out->copied_far.
 * (near_copies.c) */
void plm_near_copies(const plm_near_rows *r, const plm_data_facts *f, plm_neighbours *out);

#endif
