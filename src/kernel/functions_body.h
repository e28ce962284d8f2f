/* Computes exp, log and related functions for 16 lanes of float. They are polynomials of our own
 * instead of calls of libm, so that all machines give the same bits. They were fitted by the Remez
 * exchange to minimise the error of the function that they are used in. The coefficients were
 * rounded to float one by one, beginning with the lowest, and the others were fitted again each
 * time.
 *
 * If x is NaN, the result is NaN: a limit is written as max(limit, x), which returns x if x is NaN.
 * Needs the vector functions of an instruction set (lanes_*.h). */

/* The constants of exp(x) = 2^n e^r, where n = x / ln 2 rounded to a whole number, and r = x - n ln
 * 2, so that |r| <= ln(2) / 2. */
#define EXP_LOG2E 0x1.715476p+0f /* 1 / ln 2 */
/* ln 2 as the sum of two parts, for exp and log. The first part has so few bits that its product
 * with n is exact. */
#define EXP_LN2_HIGH 0x1.62e400p-1f
#define EXP_LN2_LOW 0x1.7f7d1cp-20f
#define EXP_LN2 0x1.62e430p-1f /* ln 2 as one number, for uses where that is exact enough */
/* Adding 1.5 * 2^23 to a float rounds it to a whole number, which the lowest bits then hold. The
 * constants below add this and an offset. After t = x / ln 2 + CONSTANT, the lowest bits of t
 * hold: */
#define EXP_WHOLE (0x1.8p+23f + 127.0f)     /* n + 127, the exponent bits of 2^n */
#define EXP_WHOLE_NEAR 0x1.8p+23f           /* n, which is added to the exponent of e^r */
#define EXP_WHOLE_FAR (0x1.8p+23f + 254.0f) /* n + 254, which is cut into two exponents */
/* Below LOWEST, e^x rounds to 0; above HIGHEST it is infinite. */
#define EXP_LOWEST (-104.0f)
#define EXP_HIGHEST 89.0f
/* Below EXPM1_LOWEST, e^x - 1 rounds to -1. */
#define EXPM1_LOWEST (-25.0f)
/* Above GELU_LIMIT, gelu(x) = max(x, 0) up to 1e-18. */
#define GELU_LIMIT 9.0f

/* 2 pi in double. Beyond TURN_LIMIT, x / (pi / 2) is too inaccurate in float for function_sine. */
#define TURN 6.283185307179586
#define TURN_LIMIT 0x1p+17f

/* Returns (e^r - 1 - r) / r^2 for |r| <= ln(2) / 2. The resulting e^r has a relative error of
 * 3.2e-9. */
PLM_INLINE lanes function_exp_core(lanes r)
{
    lanes q = lanes_fill(0x1.6ab6bep-10f);
    q = lanes_fused(q, r, lanes_fill(0x1.123d5cp-7f));
    q = lanes_fused(q, r, lanes_fill(0x1.55585ap-5f));
    q = lanes_fused(q, r, lanes_fill(0x1.55548cp-3f));
    return lanes_fused(q, r, lanes_fill(0x1.fffffcp-2f));
}

/* Returns e^r for |r| <= ln(2) / 2. */
PLM_INLINE lanes function_exp_near_one(lanes r)
{
    const lanes one = lanes_fill(1.0f);
    return lanes_fused(lanes_fused(function_exp_core(r), r, one), r, one);
}

/* Returns e^x for any x. The results include 0, correctly rounded denormal numbers, and
 * infinity. */
PLM_INLINE lanes function_exp_far(lanes x)
{
    x = lanes_max(lanes_fill(EXP_LOWEST), lanes_min(lanes_fill(EXP_HIGHEST), x));
    const lanes t = lanes_fused(x, lanes_fill(EXP_LOG2E), lanes_fill(EXP_WHOLE_FAR));
    const lanes n = lanes_subtract(t, lanes_fill(EXP_WHOLE_FAR));
    lanes r = lanes_fused_minus(n, lanes_fill(EXP_LN2_HIGH), x);
    r = lanes_fused_minus(n, lanes_fill(EXP_LN2_LOW), r);
    return lanes_scale_far(function_exp_near_one(r), n, t);
}

#ifdef PLM_LANES_NEAR
/* Returns e^x with the same bits as function_exp_far. If all lanes are in the usual range, it takes
 * fewer instructions: there are no limits to check, and n is simply added to the exponent. */
PLM_INLINE lanes function_exp(lanes x)
{
    const lanes t = lanes_fused(x, lanes_fill(EXP_LOG2E), lanes_fill(EXP_WHOLE_NEAR));
    if (__builtin_expect(!lanes_near(t), 0))
        return function_exp_far(x);
    const lanes n = lanes_subtract(t, lanes_fill(EXP_WHOLE_NEAR));
    lanes r = lanes_fused_minus(n, lanes_fill(EXP_LN2_HIGH), x);
    r = lanes_fused_minus(n, lanes_fill(EXP_LN2_LOW), r);
    return lanes_scale_near(function_exp_near_one(r), t);
}
#else
PLM_INLINE lanes function_exp(lanes x)
{
    return function_exp_far(x);
}
#endif

/* Returns e^x for -87 <= x <= 0, with an absolute (not relative) error of about 1e-7. */
PLM_INLINE lanes function_exp_small(lanes x)
{
    const lanes t = lanes_fused(x, lanes_fill(EXP_LOG2E), lanes_fill(EXP_WHOLE));
    const lanes n = lanes_subtract(t, lanes_fill(EXP_WHOLE));
    const lanes r = lanes_fused_minus(n, lanes_fill(EXP_LN2), x);
    return lanes_scale(function_exp_near_one(r), n, t);
}

/* Returns e^x - 1 for x <= 0, computed as 2^n (e^r - 1) + (2^n - 1), so that no digits
 * are lost for small x. */
PLM_INLINE lanes function_expm1(lanes x)
{
    const lanes one = lanes_fill(1.0f);
    x = lanes_max(lanes_fill(EXPM1_LOWEST), x);
    const lanes t = lanes_fused(x, lanes_fill(EXP_LOG2E), lanes_fill(EXP_WHOLE));
    const lanes n = lanes_subtract(t, lanes_fill(EXP_WHOLE));
    const lanes r = lanes_fused_minus(n, lanes_fill(EXP_LN2), x);
    const lanes q = lanes_fused(lanes_multiply(r, r), function_exp_core(r), r);
    const lanes power = lanes_power_of_two(t);
    return lanes_fused(power, q, lanes_subtract(power, one));
}

/* Returns log(1 + u) for 0 <= u <= 1: u times a polynomial, relative error 5.3e-9. */
PLM_INLINE lanes function_log1p(lanes u)
{
    lanes q = lanes_fill(-0x1.af49cep-9f);
    q = lanes_fused(q, u, lanes_fill(0x1.4917cep-6f));
    q = lanes_fused(q, u, lanes_fill(-0x1.d6b08cp-5f));
    q = lanes_fused(q, u, lanes_fill(0x1.b4ae08p-4f));
    q = lanes_fused(q, u, lanes_fill(-0x1.3a435ep-3f));
    q = lanes_fused(q, u, lanes_fill(0x1.934b54p-3f));
    q = lanes_fused(q, u, lanes_fill(-0x1.ff23e6p-3f));
    q = lanes_fused(q, u, lanes_fill(0x1.554dd0p-2f));
    q = lanes_fused(q, u, lanes_fill(-0x1.ffffd2p-2f));
    return lanes_multiply(u, lanes_fused(q, u, lanes_fill(1.0f)));
}

/* Returns log(x) = e ln 2 + f - f^2 / 2 + f^3 P(f), where x = (1 + f) 2^e and P is a polynomial.
 * log(0) = -inf, and log of a negative number = NaN. A denormal x is first multiplied by 2^23. */
PLM_INLINE lanes function_log(lanes x)
{
    const choice tiny = lanes_less(x, lanes_fill(0x1p-126f));
    lanes e;
    const lanes m = lanes_split(lanes_pick(tiny, lanes_multiply(x, lanes_fill(0x1p+23f)), x), &e);
    e = lanes_pick(tiny, lanes_subtract(e, lanes_fill(23.0f)), e);
    const lanes f = lanes_subtract(m, lanes_fill(1.0f));
    lanes q = lanes_fill(-0x1.390f82p-4f);
    q = lanes_fused(q, f, lanes_fill(0x1.057758p-3f));
    q = lanes_fused(q, f, lanes_fill(-0x1.0d819ap-3f));
    q = lanes_fused(q, f, lanes_fill(0x1.22d5d4p-3f));
    q = lanes_fused(q, f, lanes_fill(-0x1.547224p-3f));
    q = lanes_fused(q, f, lanes_fill(0x1.99a036p-3f));
    q = lanes_fused(q, f, lanes_fill(-0x1.000228p-2f));
    q = lanes_fused(q, f, lanes_fill(0x1.555554p-2f));
    q = lanes_fused(q, f, lanes_fill(-0.5f));
    const lanes low =
        lanes_fused(lanes_multiply(f, f), q, lanes_multiply(e, lanes_fill(EXP_LN2_LOW)));
    lanes y = lanes_fused(e, lanes_fill(EXP_LN2_HIGH), lanes_add(f, low));
    y = lanes_pick(lanes_less(x, lanes_fill(INFINITY)), y, x);
    const lanes bad =
        lanes_pick(lanes_less(x, lanes_fill(0)), lanes_fill(NAN), lanes_fill(-INFINITY));
    return lanes_pick(lanes_less(x, lanes_fill(0x1p-149f)), bad, y);
}

/* Returns the nearest whole number to x for |x| <= 2^22; of two equally near numbers, the even
 * one. */
PLM_INLINE lanes function_round(lanes x)
{
    const lanes whole = lanes_fill(EXP_WHOLE_NEAR);
    return lanes_subtract(lanes_add(x, whole), whole);
}

/* Returns x or, in lanes with |x| > TURN_LIMIT, the remainder of x by 2 pi, from -pi to pi.
 * remainder() is exact everywhere, so the only error is that of 2 pi in double, which reaches 1e-7
 * at |x| = 3e9. */
PLM_INLINE lanes function_turned(lanes x)
{
    plm_real lane[PLM_LANES];
    /* the maximum of NaN and 0 is 0 here, so a NaN does not hide the other lanes from the
     * comparison */
    const lanes size = lanes_max(lanes_absolute(x), lanes_fill(0));
    if (__builtin_expect(!(lanes_fold_max(size) > TURN_LIMIT), 1))
        return x;
    lanes_store(lane, x);
    for (int i = 0; i < PLM_LANES; i++)
        if (lane[i] > TURN_LIMIT || lane[i] < -TURN_LIMIT)
            lane[i] = (plm_real)remainder((double)lane[i], TURN);
    return lanes_load(lane);
}

/* Returns sin(x + quarters pi / 2): quarters = 0 gives sin x, quarters = 1 gives cos x. x = n pi /
 * 2 + r with |r| <= pi / 4, where pi / 2 is the sum of three floats. Depending on n + quarters
 * modulo 4, the result is sin r, cos r, -sin r or -cos r. The polynomials were fitted by least
 * squares at Chebyshev's nodes, their coefficients rounded to float one by one; their error is
 * 1.2e-8. */
PLM_INLINE lanes function_sine(lanes x, plm_real quarters)
{
    x = function_turned(x);
    const lanes n = function_round(lanes_multiply(x, lanes_fill(0x1.45f306p-1f)));
    lanes r = lanes_fused_minus(n, lanes_fill(0x1.921fb6p+0f), x);
    r = lanes_fused_minus(n, lanes_fill(-0x1.777a5cp-25f), r);
    r = lanes_fused_minus(n, lanes_fill(-0x1.ee59dap-50f), r);
    const lanes k = lanes_add(n, lanes_fill(quarters));
    /* k modulo 4, from -2 to 2 */
    const lanes d =
        lanes_fused_minus(lanes_fill(4), function_round(lanes_multiply(k, lanes_fill(0.25f))), k);
    const lanes z = lanes_multiply(r, r);
    lanes s = lanes_fused(lanes_fill(-0x1.9ac8a8p-13f), z, lanes_fill(0x1.110c26p-7f));
    s = lanes_fused(s, z, lanes_fill(-0x1.555552p-3f));
    s = lanes_fused(lanes_multiply(s, z), r, r);
    lanes c = lanes_fused(lanes_fill(0x1.9bd7bcp-16f), z, lanes_fill(-0x1.6c12d2p-10f));
    c = lanes_fused(c, z, lanes_fill(0x1.555554p-5f));
    c = lanes_fused(lanes_fused(c, z, lanes_fill(-0.5f)), z, lanes_fill(1));
    /* lanes with d = 1 or -1 take the cosine polynomial; lanes with d = -1, 2 or -2 are negated */
    const lanes size = lanes_absolute(d);
    const lanes odd = lanes_pick(lanes_less(size, lanes_fill(1.5f)), c, s);
    const lanes y = lanes_pick(lanes_less(lanes_fill(0.5f), size), odd, s);
    const lanes low = lanes_pick(lanes_less(d, lanes_fill(-0.5f)), lanes_negate(y), y);
    return lanes_pick(lanes_less(lanes_fill(1.5f), d), lanes_negate(y), low);
}

/* Returns 2 Phi(-a) = erfc(a / sqrt(2)) = e^(-a G(a)) for 0 <= a <= GELU_LIMIT, where G is a
 * polynomial. gelu multiplies it by a / 2; the error of that product is 7e-9. */
PLM_INLINE lanes function_tails(lanes a)
{
    lanes q = lanes_fill(-0x1.29003cp-23f);
    q = lanes_fused(q, a, lanes_fill(0x1.bbd3a4p-19f));
    q = lanes_fused(q, a, lanes_fill(-0x1.05ef54p-15f));
    q = lanes_fused(q, a, lanes_fill(0x1.0d5002p-13f));
    q = lanes_fused(q, a, lanes_fill(0x1.f7ef0cp-14f));
    q = lanes_fused(q, a, lanes_fill(-0x1.444baap-8f));
    q = lanes_fused(q, a, lanes_fill(0x1.2a76f8p-5f));
    q = lanes_fused(q, a, lanes_fill(0x1.45eb6cp-2f));
    q = lanes_fused(q, a, lanes_fill(0x1.9884bep-1f));
    return function_exp_small(lanes_negate(lanes_multiply(a, q)));
}

/* Returns tanh|x| = -d / (d + 2) with d = e^(-2|x|) - 1. */
PLM_INLINE lanes function_tanh(lanes x)
{
    const lanes d = function_expm1(lanes_multiply(lanes_absolute(x), lanes_fill(-2.0f)));
    return lanes_with_sign(lanes_divide(d, lanes_add(d, lanes_fill(2.0f))), x);
}
