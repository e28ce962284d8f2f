/* Defines the limit below which numbers are set to zero. A calculation with a number below 2^-126
 * (denormal) takes an Intel processor some 30 times as long as with others. Decaying averages and
 * vanishing gradients become that small and remain so: 0.9 times 4 units in the last place rounds
 * to 4 again, for ever. So all code that writes a gradient, a slot of an optimizer or a decaying
 * average writes 0 if the magnitude is below PLM_TINY. This is a comparison and a selection in IEEE
 * arithmetic. So all machines give the same bits, and the floating-point environment of the caller
 * is not changed.
 *
 * Why 2^-100: such numbers are multiplied by factors that are seldom below 2^-26 (1 - beta of an
 * optimizer is at least 1e-7, which is 2^-23.3), so the products are not denormal either. Why it
 * makes no visible difference: the last digit of a weight of 2^-5 is 2^-29, and the epsilon of
 * adaptive optimizers, 1e-7, makes a mean of squares below 2^-100 irrelevant
 * (docs/decisions/0012). */
#ifndef PLM_KERNEL_TINY_H
#define PLM_KERNEL_TINY_H

#include <math.h>

#include "base/runtime.h"

/* The bound below which results become 0. */
#define PLM_TINY ((plm_real)0x1p-100)
/* The square root of PLM_TINY: a number below this has a square below PLM_TINY. */
#define PLM_TINY_ROOT ((plm_real)0x1p-50)

/* Returns |x|. */
static inline plm_real plm_magnitude(plm_real x)
{
#ifdef PLM_DOUBLE
    return fabs(x);
#else
    return fabsf(x);
#endif
}

/* Returns x, or 0 if |x| is below PLM_TINY. A NaN stays NaN. lanes_flushed is the same for 16 lanes
 * (lanes_plain.h). */
static inline plm_real plm_flushed(plm_real x)
{
    return plm_magnitude(x) < PLM_TINY ? 0 : x;
}

/* Returns x^2, or 0 if x^2 is below PLM_TINY. */
static inline plm_real plm_square(plm_real x)
{
    const plm_real factor = plm_magnitude(x) < PLM_TINY_ROOT ? 0 : x;
    return factor * factor;
}

#endif
