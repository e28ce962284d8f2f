/* Estimates how much noise on the inputs reduces the score of a net. A net that is trained with
 * noise on its inputs learns, at each point, the mean target of all rows that the noise may have
 * moved there. For normal noise this is the mean of all rows, weighted by a normal density whose
 * width is that of the noise (Nadaraya and Watson, 1964; Webb, Functional approximation by
 * feed-forward networks, 1994), so the score is known before any training. */
#include <math.h>

#include "doctor/neighbours.h"

/* Returns the squared distance of two rows. */
static double distance(const plm_neighbours *n, int64_t i, int64_t k)
{
    const float *a = n->row + i * n->stride, *b = n->row + k * n->stride;
    double sum = 0;
    for (int64_t j = 0; j < n->stride; j++) {
        const double d = (double)(a[j] - b[j]);
        sum += d * d;
    }
    return sum;
}

/* Returns the squared distance of row i from the nearest other row. */
static double nearest_of(const plm_neighbours *n, int64_t i)
{
    double least = INFINITY;
    for (int64_t k = 0; k < n->rows; k++)
        least = k != i ? fmin(least, distance(n, i, k)) : least;
    return least;
}

/* Predicts row i from all others: the class with the largest weight, or the weighted mean. The
 * nearest row has weight 1, so the sum of the weights is never 0. */
static double predict(const plm_data_facts *f, bool classes, int64_t i, double noise)
{
    const plm_neighbours *n = &f->near;
    double vote[PLM_DOCTOR_CLASSES] = {0}, sum = 0, all = 0;
    const double least = nearest_of(n, i);
    int best = 0;
    for (int64_t k = 0; k < n->rows; k++) {
        const double weight = k != i ? exp((least - distance(n, i, k)) / (2 * noise * noise)) : 0;
        const double y = (double)n->target[k];
        sum += weight * y;
        all += weight;
        if (classes && y >= 0 && y < PLM_DOCTOR_CLASSES)
            vote[(int)y] += weight;
    }
    for (int c = 1; c < f->classes; c++)
        best = vote[c] > vote[best] ? c : best;
    return classes ? best : sum / all;
}

/* Computes the score of the net that the noise permits. Each row is predicted from the other rows,
 * so it counts as a new row. */
double plm_neighbours_blurred(const plm_data_facts *f, bool classes, double noise)
{
    const plm_neighbours *n = &f->near;
    double hits = 0, error = 0, mean = 0, square = 0;
    if (n->rows < 2 || n->row == NULL || !(noise > 0))
        return (double)NAN;
    for (int64_t i = 0; i < n->rows; i++)
        mean += (double)n->target[i] / (double)n->rows;
    for (int64_t i = 0; i < n->rows; i++) {
        const double y = (double)n->target[i], d = predict(f, classes, i, noise) - y;
        hits += fabs(d) < 0.5;
        error += d * d;
        square += (y - mean) * (y - mean);
    }
    return classes ? hits / (double)n->rows : 1 - error / square;
}
