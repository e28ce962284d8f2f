/* Compares two ways to train by pairs of trainings. Both trainings of a pair have the same seed, so
 * the same order of rows, and where their shapes agree the same first weights. What differs between
 * seeds then drops out of the difference. */
#ifndef PLM_STUDY_PAIRED_H
#define PLM_STUDY_PAIRED_H

#include <stdbool.h>

/* The most pairs that are compared. */
enum { PLM_PAIRS = 8 };

/* The difference of two ways over all pairs: the second one minus the first one. */
typedef struct {
    int pairs;
    double mean;
    double error;     /* standard error of the mean; NaN for fewer than 2 pairs */
    double low, high; /* 95 % interval of the mean, by Student's t; NaN likewise */
} plm_paired;

/* Compares the values first[pairs] with second[pairs]; pairs: at most PLM_PAIRS. */
plm_paired plm_paired_compare(int pairs, const double *first, const double *second);
/* True if the second way is better for certain: its gain is larger than `least`, than two standard
 * errors, and its interval lies above 0. With three pairs the last condition asks for more than
 * four standard errors: so few pairs rarely show how much they vary. */
bool plm_paired_proves(const plm_paired *p, double least);

#endif
