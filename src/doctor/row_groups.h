/* Groups of rows that were not trained on: the rows with the same word in a column, or with numbers
 * in the same range; how well the trained net predicts each. */
#ifndef PLM_DOCTOR_ROW_GROUPS_H
#define PLM_DOCTOR_ROW_GROUPS_H

#include "doctor/finding.h"

/* Sums over rows. The loss of a row is the squared error: of a number, in the target's own unit; of
 * classes, of all their probabilities (Brier). The constant loss is that of the best constant
 * prediction for these rows: the mean, or the shares of the classes, of the other ones among them.
 */
typedef struct {
    double rows;
    double loss, loss_square;         /* of the net */
    double constant, constant_square; /* of the constant */
    double both;                      /* products of the two losses */
    double right; /* classes: number of rows whose most probable class is right; else 0 */
    double most;  /* classes: number of rows of their most frequent class; else 0 */
} plm_row_sums;

/* A group, for one target. */
typedef struct {
    const char *column, *value; /* "city", "Bonn"; "age", "18 to 30"; value NULL = missing */
    int target;                 /* index of the target */
    plm_row_sums own, rest;     /* of its rows, and of all others; the squares of rest.constant and
                                 * its products are not summed */
} plm_row_group;

/* A target. */
typedef struct {
    const char *name; /* "" = none */
    int classes;      /* 0 = numbers */
} plm_row_target;

/* All groups. */
struct plm_row_groups {
    bool test; /* true = these are test rows, since the run has no validation rows */
    int64_t rows, columns, groups;
    plm_row_group *group; /* [groups] */
    int targets;
    plm_row_target *target; /* [targets] */
};

/* Predicts at most 50,000 rows of d, drawn at random, and sums them up by groups of at least
 * PLM_GROUP_ROWS rows. The columns are those inputs that have names. Sets *out to NULL if there are
 * no such columns, or no targets to assess. All memory is in the arena a. Errors: as
 * plm_predicted_sample. */
PLM_CHECKED plm_status plm_row_groups_measure(plm_arena *a, plm_model *m, plm_data *d,
                                              plm_row_groups **out);

/* min number of rows of a group */
enum { PLM_GROUP_ROWS = 20 };

#endif
