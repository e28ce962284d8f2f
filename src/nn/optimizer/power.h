/* Powers with a whole exponent, with the same bits with any mathematical library. */
#ifndef PLM_NN_OPTIMIZER_POWER_H
#define PLM_NN_OPTIMIZER_POWER_H

#include <stdint.h>

/* Returns b to the power t by repeated squaring. */
static inline double plm_power(double b, int64_t t)
{
    double power = 1;
    for (; t > 0; t /= 2) {
        if (t % 2 != 0)
            power *= b;
        b *= b;
    }
    return power;
}

#endif
