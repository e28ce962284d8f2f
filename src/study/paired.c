/* Computes paired differences, their standard error and their interval. */
#include "study/paired.h"

#include <math.h>

/* Returns the 97.5 % quantile of Student's t distribution. freedom: degrees of freedom, 1 to
 * PLM_PAIRS - 1. */
static double quantile(int freedom)
{
    static const double t[PLM_PAIRS] = {0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365};
    return t[freedom];
}

/* Computes the mean of second - first, its standard error, and its 95 % interval by Student's t.
 * Both results of a pair share what makes results vary, such as the seed, so the differences vary
 * less than the results do. */
plm_paired plm_paired_compare(int pairs, const double *first, const double *second)
{
    plm_paired p = {.pairs = pairs, .error = (double)NAN, .low = (double)NAN, .high = (double)NAN};
    double squares = 0;
    for (int i = 0; i < pairs; i++)
        p.mean += (second[i] - first[i]) / pairs;
    if (pairs < 2)
        return p;
    for (int i = 0; i < pairs; i++) {
        const double off = second[i] - first[i] - p.mean;
        squares += off * off;
    }
    p.error = sqrt(squares / (pairs - 1) / pairs);
    p.low = p.mean - quantile(pairs - 1) * p.error;
    p.high = p.mean + quantile(pairs - 1) * p.error;
    return p;
}

/* True if the second result is clearly better: the mean gain exceeds `least` and two standard
 * errors, and the interval lies above 0. */
bool plm_paired_proves(const plm_paired *p, double least)
{
    return p->pairs >= 2 && p->mean > least && p->mean > 2 * p->error && p->low > 0;
}
