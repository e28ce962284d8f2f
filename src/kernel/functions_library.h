/* The functions of functions_body.h in double, from libm. The test build in double uses them, to
 * check gradients to 1e-6. The functions mean the same as in functions_body.h. Needs
 * lanes_plain.h. */

/* Above EXP_HIGHEST, e^x is infinite; above GELU_LIMIT, gelu(x) = x. */
#define EXP_HIGHEST 710.0
#define GELU_LIMIT 30.0

/* Returns e^x. */
PLM_INLINE lanes function_exp(lanes x)
{
    PLM_EACH x.lane[i] = exp(x.lane[i]);
    return x;
}

/* Returns e^x for -87 <= x <= 0; in double it needs no separate formula. */
PLM_INLINE lanes function_exp_small(lanes x)
{
    return function_exp(x);
}

/* Returns e^x - 1, without losing digits for small x. */
PLM_INLINE lanes function_expm1(lanes x)
{
    PLM_EACH x.lane[i] = expm1(x.lane[i]);
    return x;
}

/* Returns log(1 + x), without losing digits for small x. */
PLM_INLINE lanes function_log1p(lanes x)
{
    PLM_EACH x.lane[i] = log1p(x.lane[i]);
    return x;
}

/* Returns log(x). */
PLM_INLINE lanes function_log(lanes x)
{
    PLM_EACH x.lane[i] = log(x.lane[i]);
    return x;
}

/* Returns 2 Phi(-x) = erfc(x / sqrt(2)). */
PLM_INLINE lanes function_tails(lanes x)
{
    PLM_EACH x.lane[i] = erfc(x.lane[i] * 0.70710678118654752440);
    return x;
}

/* Returns tanh(x). */
PLM_INLINE lanes function_tanh(lanes x)
{
    PLM_EACH x.lane[i] = tanh(x.lane[i]);
    return x;
}

/* Returns sin(x) for quarters = 0, cos(x) for quarters = 1. */
PLM_INLINE lanes function_sine(lanes x, plm_real quarters)
{
    PLM_EACH x.lane[i] = quarters > 0 ? cos(x.lane[i]) : sin(x.lane[i]);
    return x;
}
