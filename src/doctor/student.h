/* Tests of means by Student's t distribution. */
#ifndef PLM_DOCTOR_STUDENT_H
#define PLM_DOCTOR_STUDENT_H

/* Returns the probability that a number of Student's t distribution is above t. freedom: degrees of
 * freedom, above 0. */
double plm_student_above(double t, double freedom);
/* Returns the probability of a mean as far above 0 as this one, if the true mean is at most 0.
 * square: the squared standard error of the mean. A mean without an error is certain. */
double plm_student_positive(double mean, double square, double freedom);
/* Returns the probability of a first mean as far above the second as this one, if the true mean of
 * the first is not larger. square: the squared standard errors of the two means, which may differ.
 * rows: numbers of values of the two, at least 2 (Welch, The generalization of 'Student's' problem
 * when several different population variances are involved, 1947). */
double plm_welch_above(const double mean[2], const double square[2], const double rows[2]);

#endif
