/* Compares two ways to train by pairs of trainings. Both trainings of a pair have the same seed: so
 * they have the same order of rows and, where their shapes agree, the same initial weights. The
 * difference then does not contain what varies from seed to seed. */
#ifndef PLM_STUDY_PAIRED_H
#define PLM_STUDY_PAIRED_H

#include <stdbool.h>

/* Maximum number of pairs. */
enum { PLM_PAIRS = 8 };

/* The difference between two ways to train, over all pairs: value of the second minus value of the
 * first. */
typedef struct {
    int pairs;
    double mean;
    double error;     /* standard error of the mean; NaN for fewer than 2 pairs */
    double low, high; /* 95 % interval of the mean, by Student's t; NaN for fewer than 2 pairs */
} plm_paired;

/* Compares the values first[pairs] with second[pairs]; pairs: at most PLM_PAIRS. */
plm_paired plm_paired_compare(int pairs, const double *first, const double *second);
/* True if the second way is clearly better: the mean gain is larger than `least` and than two
 * standard errors, and the interval lies above 0. With three pairs the last condition requires a
 * gain of more than four standard errors, since so few pairs rarely show how much they vary. */
bool plm_paired_proves(const plm_paired *p, double least);

#endif
