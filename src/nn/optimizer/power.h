/* Computes powers with a whole exponent. The last bit of pow of the C library may differ from
 * machine to machine; this function gives the same bits everywhere. */
#ifndef PLM_NN_OPTIMIZER_POWER_H
#define PLM_NN_OPTIMIZER_POWER_H

#include <stdint.h>

/* Returns b to the power t by repeated squaring; 1 for t <= 0. It multiplies by 1 for bits of t
 * that are 0, since processors would predict a branch on these bits wrong in every step of a
 * training. */
static inline double plm_power(double b, int64_t t)
{
    double power = 1;
    for (; t > 0; t /= 2) {
        const double factor[2] = {1, b};
        power *= factor[t % 2];
        b *= b;
    }
    return power;
}

#endif
