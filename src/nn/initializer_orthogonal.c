/* Makes a random orthogonal matrix: Q of the Householder QR decomposition of a normal matrix A
 * [tall, narrow]. Each column of Q is multiplied by the sign of the diagonal of R, so that Q is
 * uniformly distributed over all orthogonal matrices (Mezzadri, How to generate random matrices
 * from the classical compact groups, 2007). Columns are stored one after the other, so that the
 * inner loops run along memory. */
#include <math.h>

#include "nn/initializer.h"

enum { LANES = 8 };

/* Returns the product x . y of two vectors [n]. The sum has 8 fixed lanes, so that the compiler can
 * vectorize it without changing the result. */
static double dot(const double *x, const double *y, size_t n)
{
    double lane[LANES] = {0};
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        for (size_t k = 0; k < LANES; k++)
            lane[k] += x[i + k] * y[i + k];
    for (size_t k = 0; i + k < n; k++)
        lane[k] += x[i + k] * y[i + k];
    for (size_t half = LANES / 2; half > 0; half /= 2)
        for (size_t k = 0; k < half; k++)
            lane[k] += lane[k + half];
    return lane[0];
}

/* Reflects x [n] at the plane that is orthogonal to v [n]: x -= 2 v (v . x), where v has length
 * 1. */
static void reflect(double *x, const double *v, size_t n)
{
    const double factor = 2 * dot(x, v, n);
    for (size_t i = 0; i < n; i++)
        x[i] -= factor * v[i];
}

/* Replaces column x [n] by the unit vector v whose reflection maps x to (r, 0, ...). Returns r. Its
 * sign is opposite to that of x[0], so that x[0] - r loses no digits. */
static double make_reflector(double *x, size_t n)
{
    const double length = sqrt(dot(x, x, n)), r = x[0] > 0 ? -length : length;
    x[0] -= r;
    const double size = sqrt(dot(x, x, n));
    for (size_t i = 0; i < n; i++)
        x[i] = size > 0 ? x[i] / size : 0;
    return r;
}

/* Decomposes a [narrow][tall], the columns of A. Afterwards a has the reflectors on and below the
 * diagonal, and sign[k] is the sign of R[k, k]. sign: [narrow]. */
static void decompose(double *a, double *sign, size_t tall, size_t narrow)
{
    for (size_t k = 0; k < narrow; k++) {
        double *column = a + k * tall;
        sign[k] = make_reflector(column + k, tall - k) < 0 ? -1 : 1;
        for (size_t j = k + 1; j < narrow; j++)
            reflect(a + j * tall + k, column + k, tall - k);
    }
}

/* Computes column k of Q in q [tall]: the k-th unit vector, to which the reflections are applied in
 * reverse order. */
static void column_of_q(double *q, const double *a, size_t tall, size_t k)
{
    for (size_t i = 0; i < tall; i++)
        q[i] = 0;
    q[k] = 1;
    for (size_t j = k + 1; j-- > 0;)
        reflect(q + j, a + j * tall + j, tall - j);
}

plm_status plm_initialize_orthogonal(plm *w, const plm_initialize *about, plm_random r, double gain,
                                     plm_real *values)
{
    if (about->rank < 2)
        return plm_fail(w, PLM_E_SHAPE, "orthogonal", "use glorot_uniform or zeros",
                        "orthogonal is for matrices, not for rank %d", about->rank);
    /* a wide matrix is the transpose of a tall one */
    const size_t columns = (size_t)about->dims[about->rank - 1], rows = about->count / columns;
    const size_t tall = rows > columns ? rows : columns, narrow = rows > columns ? columns : rows;
    double *a = plm_allocate_array(w, about->count + tall + narrow, sizeof *a);
    if (!a)
        return PLM_E_MEMORY;
    double *q = a + about->count, *sign = q + tall;
    for (size_t i = 0; i < about->count; i++)
        a[i] = plm_random_normal(&r);
    decompose(a, sign, tall, narrow);
    for (size_t k = 0; k < narrow; k++) {
        column_of_q(q, a, tall, k);
        for (size_t i = 0; i < tall; i++)
            values[rows < columns ? k * columns + i : i * columns + k] =
                (plm_real)(gain * sign[k] * q[i]);
    }
    plm_release(w, a);
    return PLM_OK;
}
