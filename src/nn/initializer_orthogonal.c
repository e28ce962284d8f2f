/* Defines initializers of whole matrices: orthogonal and identity.
 *
 * orthogonal is Q of the Householder QR decomposition of a normal matrix A
 * [tall, narrow]. Each column of Q is multiplied by the sign of the diagonal of R, so that Q is
 * uniformly distributed over all orthogonal matrices (Mezzadri, How to generate random matrices
 * from the classical compact groups, 2007). Columns are stored one after the other, so that the
 * inner loops run along memory. */
#include <math.h>

#include "nn/initializer.h"

typedef struct {
    double gain;  /* factor of the matrix */
    int64_t seed; /* own seed; -1 = the seed of the runtime */
} gain_config;

typedef struct {
    double gain; /* the value of the elements on the diagonal */
} identity_config;

static const plm_field gain_fields[] = {
    PLM_FIELD(gain_config, gain, PLM_REAL, "1", 0, 0, "factor"), PLM_FIELD_SEED(gain_config), {0}};
static const plm_field identity_fields[] = {
    PLM_FIELD(identity_config, gain, PLM_REAL, "1", 0, 0, "factor"), {0}};

enum { LANES = 8 };

/* Returns the product x . y of two vectors [n]. The sum has 8 lanes in a fixed order, so that the
 * compiler can vectorize it without changing the result. */
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

/* Replaces column x [n] by the unit vector v whose reflection maps x to (r, 0, ...). Returns r. The
 * sign of r is opposite to that of x[0], so that x[0] - r loses no digits. A column of zeros has no
 * direction: its v is 0, so its reflection changes nothing. */
static double make_reflector(double *x, size_t n)
{
    const double length = sqrt(dot(x, x, n)), r = x[0] > 0 ? -length : length;
    x[0] -= r;
    const double size = sqrt(dot(x, x, n));
    for (size_t i = 0; i < n; i++)
        x[i] = size > 0 ? x[i] / size : 0;
    return r;
}

/* Computes the QR decomposition of a [narrow][tall], the columns of A. Afterwards `a` holds the
 * vectors v of the reflections, on and below the diagonal, and sign [narrow] the signs of the
 * diagonal of R. */
static void decompose(double *a, double *sign, size_t tall, size_t narrow)
{
    for (size_t k = 0; k < narrow; k++) {
        double *column = a + k * tall;
        sign[k] = make_reflector(column + k, tall - k) < 0 ? -1 : 1;
        for (size_t j = k + 1; j < narrow; j++)
            reflect(a + j * tall + k, column + k, tall - k);
    }
}

/* Computes column k of Q in q [tall], by applying the reflections in reverse order to the k-th unit
 * vector. The reflections after number k would not change this vector, so they are left out. */
static void column_of_q(double *q, const double *a, size_t tall, size_t k)
{
    for (size_t i = 0; i < tall; i++)
        q[i] = 0;
    q[k] = 1;
    for (size_t j = k + 1; j-- > 0;)
        reflect(q + j, a + j * tall + j, tall - j);
}

/* Fills values [about->count] with an orthogonal matrix times gain. All axes but the last together
 * are the rows. Errors: E_SHAPE if the rank is below 2, E_MEMORY. All numbers are in double, and
 * the sums have a fixed order, so the matrix has the same bits everywhere. The time is that of
 * narrow^2 times tall multiplications. */
static plm_status fill_orthogonal(plm *w, const void *config, const plm_initialize *about,
                                  plm_real *values)
{
    const gain_config *c = config;
    plm_random r = plm_initializer_random(about, c->seed);
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
                (plm_real)(c->gain * sign[k] * q[i]);
    }
    plm_release(w, a);
    return PLM_OK;
}

/* Sets the elements on the diagonal to gain, and the others to 0. The matrix need not be square. */
static plm_status fill_identity(plm *w, const void *config, const plm_initialize *about,
                                plm_real *values)
{
    if (about->rank != 2)
        return plm_fail(w, PLM_E_SHAPE, "identity", "use orthogonal",
                        "identity is for matrices, not for rank %d", about->rank);
    for (size_t i = 0; i < about->count; i++)
        values[i] = 0;
    const size_t rows = (size_t)about->dims[0], columns = (size_t)about->dims[1];
    for (size_t i = 0; i < rows && i < columns; i++)
        values[i * columns + i] = (plm_real)((const identity_config *)config)->gain;
    return PLM_OK;
}

/* ---- the rows ---- */

const plm_initializer_kind plm_initializer_orthogonal = {
    .kind = {.name = "orthogonal",
             .alias = "orthogonal_initializer",
             .help = "a matrix whose rows or columns are orthogonal, of length gain",
             .formula = "Q of the QR decomposition of a normal matrix, columns times sign(diag R)",
             .notes = "Use with: linear and tanh in very deep stacks, recurrent kernels: an "
                      "orthogonal matrix keeps the length of vectors exactly. For relu use "
                      "gain=1.414, the square root of 2.",
             .source = "Saxe, McClelland and Ganguli, Exact solutions to the nonlinear dynamics of "
                       "learning in deep "
                       "linear neural networks, ICLR 2014",
             .config_size = sizeof(gain_config),
             .fields = gain_fields},
    .fill = fill_orthogonal};

const plm_initializer_kind plm_initializer_identity = {
    .kind = {.name = "identity",
             .alias = "eye|identity_initializer",
             .help = "the identity matrix times gain",
             .formula = "w[i][i] = gain, 0 elsewhere",
             .notes = "Use with: recurrent kernels before relu, and matrices that should initially "
                      "pass on their input unchanged.",
             .source = "Le, Jaitly and Hinton, A simple way to initialize recurrent networks of "
                       "rectified linear "
                       "units, 2015",
             .config_size = sizeof(identity_config),
             .fields = identity_fields},
    .fill = fill_identity};
