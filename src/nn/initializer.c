/* Initial values of weights. Every value is a function of (seed, stream of the parameter, index): a
 * parameter takes its random numbers one after the other from its Philox stream, in double, and
 * then casts them. Definitions are those of Keras. Each group of initializers has a file,
 * initializer_*.c. */
#include <math.h>

#include "nn/initializer.h"

/* ---- drawing ---- */

/* Returns the generator of random numbers for a parameter. own_seed: the seed of the initializer;
 * below 0 = it has none. */
plm_random plm_initializer_random(const plm_initialize *about, int64_t own_seed)
{
    /* as in Keras, an initializer with a seed gives the same values on every call */
    if (own_seed >= 0)
        return plm_random_open((uint64_t)own_seed, PLM_RANDOM_INITIALIZER, 0, 0);
    return plm_random_open(about->seed, PLM_RANDOM_INITIALIZER, about->stream, 0);
}

/* Draws n numbers between low and high. */
void plm_draw_uniform(plm_random *r, plm_real *values, size_t n, double low, double high)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (plm_real)(low + (high - low) * plm_random_uniform(r));
}

/* Draws n numbers from a normal distribution. */
void plm_draw_normal(plm_random *r, plm_real *values, size_t n, double mean, double stddev)
{
    for (size_t i = 0; i < n; i++)
        values[i] = (plm_real)(mean + stddev * plm_random_normal(r));
}

/* Draws n values from a truncated normal distribution. About one number in twenty is beyond two
 * standard deviations, and is drawn again. */
void plm_draw_truncated(plm_random *r, plm_real *values, size_t n, double mean, double stddev)
{
    for (size_t i = 0; i < n; i++) {
        double z = plm_random_normal(r);
        while (fabs(z) > 2)
            z = plm_random_normal(r);
        values[i] = (plm_real)(mean + stddev * z);
    }
}

/* ---- for the model ---- */

/* Computes fan_in and fan_out of a shape as Keras does. For the kernel of a convolution [height,
 * width, in, out], the number of positions, height times width, is a factor of both. */
void plm_fans(int rank, const int64_t *dims, double *fan_in, double *fan_out)
{
    double leading = 1;
    for (int i = 0; i + 2 < rank; i++)
        leading *= (double)dims[i];
    *fan_in = rank == 0 ? 1 : rank == 1 ? (double)dims[0] : leading * (double)dims[rank - 2];
    *fan_out = rank == 0 ? 1 : rank == 1 ? (double)dims[0] : leading * (double)dims[rank - 1];
}

/* Fills values [about->count] by the initializer of a spec. spec == NULL: the values are 0, because
 * a parameter without an initializer starts at 0. */
plm_status plm_initialize_weight(plm_arena *a, const plm_spec *spec, const plm_initialize *about,
                                 plm_real *values)
{
    const plm_kind *kind = NULL;
    const void *config = NULL;
    if (!spec) {
        for (size_t i = 0; i < about->count; i++)
            values[i] = 0;
        return PLM_OK;
    }
    PLM_TRY(plm_kind_bind(a, "initializer", spec, &kind, &config));
    return ((const plm_initializer_kind *)(const void *)kind)->fill(a->w, config, about, values);
}
