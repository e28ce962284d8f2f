/* Paired differences, their standard error and their interval. */
#include "study/paired.h"

#include <math.h>

/* Returns the 97.5 % quantile of Student's distribution for a degree of freedom below PLM_PAIRS. */
static double quantile(int freedom)
{
    static const double t[PLM_PAIRS] = {0, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365};
    return t[freedom];
}

/* Compares pairs of results: the mean of second - first, its standard error, and its interval of 95
 * % by Student's t. Each pair shares what makes results vary, such as a seed, so the difference
 * varies less than the results do. */
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

/* True if the second result is better beyond doubt: by more than `least`, by two standard errors,
 * and with an interval above 0. */
bool plm_paired_proves(const plm_paired *p, double least)
{
    return p->pairs >= 2 && p->mean > least && p->mean > 2 * p->error && p->low > 0;
}
