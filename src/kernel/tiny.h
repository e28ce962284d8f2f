/* What counts as zero. A number below 2^-126 (denormal) costs an Intel processor some 30 times as
 * much as any other, and decaying averages and vanishing gradients end there: 0.9 times 4 units in
 * the last place is rounded to 4 again, for ever. So whatever writes a gradient, a slot of an
 * optimizer or a decaying average writes 0 where the magnitude is below PLM_TINY. It is a
 * comparison and a choice in IEEE arithmetic, so all machines give the same bits, and the caller's
 * floating-point environment is not changed.
 *
 * Why 2^-100: such a number is multiplied by factors that are seldom below 2^-26 (1 - beta of an
 * optimizer is at least 1e-7, which is 2^-23.3), so a product is not denormal either. Why it is not
 * seen: a weight of 2^-5 ends its digits at 2^-29, and the epsilon of adaptive optimizers, 1e-7,
 * hides a mean of squares below 2^-100 altogether (docs/decisions/0012). */
#ifndef PLM_KERNEL_TINY_H
#define PLM_KERNEL_TINY_H

#include <math.h>

#include "base/runtime.h"

#define PLM_TINY ((plm_real)0x1p-100)
/* The square of what is smaller is below PLM_TINY. */
#define PLM_TINY_ROOT ((plm_real)0x1p-50)

static inline plm_real plm_magnitude(plm_real x)
{
#ifdef PLM_DOUBLE
    return fabs(x);
#else
    return fabsf(x);
#endif
}

/* x, or 0 where x is tiny; a NaN stays. In the vocabulary of the kernels: lanes_flushed. */
static inline plm_real plm_flushed(plm_real x)
{
    return plm_magnitude(x) < PLM_TINY ? 0 : x;
}

/* x^2, or 0 where that is tiny. */
static inline plm_real plm_square(plm_real x)
{
    const plm_real factor = plm_magnitude(x) < PLM_TINY_ROOT ? 0 : x;
    return factor * factor;
}

#endif
