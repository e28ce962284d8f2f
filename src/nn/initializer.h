/* Declares what the files of initializers share. Internal to nn/. */
#ifndef PLM_NN_INITIALIZER_H
#define PLM_NN_INITIALIZER_H

#include "nn/nn.h"

/* The field `seed` of a config. */
#define PLM_FIELD_SEED(config_)                                                                    \
    PLM_FIELD(config_, seed, PLM_INT, "-1", 0, 9e15,                                               \
              "own seed, which gives the same values wherever the initializer is used; none = "    \
              "the seed of the run")

/* Returns the generator of random numbers for a parameter. own_seed below 0 = use the seed of the
 * run and the stream of the parameter. */
plm_random plm_initializer_random(const plm_initialize *about, int64_t own_seed);
/* Fills values [n] with uniform random numbers between low and high. */
void plm_draw_uniform(plm_random *r, plm_real *values, size_t n, double low, double high);
/* Draws n numbers from a normal distribution. */
void plm_draw_normal(plm_random *r, plm_real *values, size_t n, double mean, double stddev);
/* Draws n numbers from a normal distribution that is truncated at two standard deviations. */
void plm_draw_truncated(plm_random *r, plm_real *values, size_t n, double mean, double stddev);

/* Sets *square to the square of the gain of an activation f, which is 1 / E[f(z)^2] for a standard
 * normal z. If the weights of the next layer have the variance *square / fan_in, its sums have the
 * variance of the sums before f (He, Zhang, Ren and Sun, 2015, section 2.2, where f is relu). NULL
 * or linear gives 1. Errors: E_SPEC, also for a function of whole rows, such as softmax, and for an
 * f for which E[f(z)^2] is 0 or not finite. */
PLM_CHECKED plm_status plm_activation_gain(plm *w, const plm_spec *activation, double *square);

#endif
