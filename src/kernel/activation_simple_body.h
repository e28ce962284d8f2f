/* Defines the activations that need no exponential: those made of straight lines, parabolas, roots
 * and fractions. Each is a function of 16 lanes; activation_body.h says what NAME_value and
 * NAME_slope are and has the loops. Needs the vector functions of an instruction set
 * (lanes_*.h). */

#define SIXTH ((plm_real)0.16666666666666666)

PLM_INLINE lanes zero(void)
{
    return lanes_fill(0);
}

PLM_INLINE lanes one(void)
{
    return lanes_fill(1);
}

/* max(x, 0); a NaN stays NaN. */
PLM_INLINE lanes positive_part(lanes x)
{
    return lanes_max(zero(), x);
}

/* Limits x to [low, high]; a NaN stays NaN. */
PLM_INLINE lanes clip(lanes x, plm_real low, plm_real high)
{
    return lanes_max(lanes_fill(low), lanes_min(lanes_fill(high), x));
}

/* 1 where low < y < high, else 0. */
PLM_INLINE lanes inside(lanes y, plm_real low, plm_real high)
{
    const lanes under = lanes_pick(lanes_less(y, lanes_fill(high)), one(), zero());
    return lanes_pick(lanes_less(lanes_fill(low), y), under, zero());
}

/* Returns value, but x where x is NaN. */
PLM_INLINE lanes unless_nan(lanes x, plm_real value)
{
    return lanes_pick(lanes_less(x, lanes_fill(INFINITY)), lanes_fill(value), x);
}

PLM_INLINE lanes linear_value(lanes x, const plm_real *c)
{
    (void)c;
    return x;
}

PLM_INLINE lanes linear_slope(lanes y, const plm_real *c)
{
    (void)y, (void)c;
    return one();
}

PLM_INLINE lanes relu_value(lanes x, const plm_real *c)
{
    (void)c;
    return positive_part(x);
}

/* Slope of relu: 1 where y > 0, else 0, also at 0. */
PLM_INLINE lanes relu_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_pick(lanes_less(zero(), y), one(), zero());
}

/* Computes relu_general: y = min(x, max_value) above the threshold, else negative_slope (x -
 * threshold). c = negative_slope, max_value, threshold. */
PLM_INLINE lanes relu_general_value(lanes x, const plm_real *c)
{
    const lanes threshold = lanes_fill(c[2]);
    const lanes below = lanes_multiply(lanes_fill(c[0]), lanes_subtract(x, threshold));
    return lanes_pick(lanes_less(threshold, x), lanes_min(lanes_fill(c[1]), x), below);
}

/* Slope of relu_general: negative_slope up to the threshold; above the threshold 1 where x <
 * max_value, else 0. */
PLM_INLINE lanes relu_general_slope(lanes x, const plm_real *c)
{
    const lanes above = lanes_pick(lanes_less(x, lanes_fill(c[1])), one(), zero());
    return lanes_pick(lanes_less(lanes_fill(c[2]), x), above, lanes_fill(c[0]));
}

PLM_INLINE lanes leaky_relu_value(lanes x, const plm_real *c)
{
    return lanes_pick(lanes_less(zero(), x), x, lanes_multiply(lanes_fill(c[0]), x));
}

PLM_INLINE lanes leaky_relu_slope(lanes y, const plm_real *c)
{
    return lanes_pick(lanes_less(zero(), y), one(), lanes_fill(c[0]));
}

PLM_INLINE lanes softsign_value(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_divide(x, lanes_add(one(), lanes_absolute(x)));
}

/* Slope of softsign: 1 / (1 + |x|)^2 = (1 - |y|)^2. */
PLM_INLINE lanes softsign_slope(lanes y, const plm_real *c)
{
    (void)c;
    const lanes rest = lanes_subtract(one(), lanes_absolute(y));
    return lanes_multiply(rest, rest);
}

PLM_INLINE lanes hard_sigmoid_value(lanes x, const plm_real *c)
{
    (void)c;
    return clip(lanes_fused(x, lanes_fill(SIXTH), lanes_fill((plm_real)0.5)), 0, 1);
}

PLM_INLINE lanes hard_sigmoid_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_multiply(inside(y, 0, 1), lanes_fill(SIXTH));
}

PLM_INLINE lanes hard_silu_value(lanes x, const plm_real *c)
{
    return lanes_multiply(x, hard_sigmoid_value(x, c));
}

/* Slope of hard_silu: 0 up to -3, 1 from 3 on, x / 3 + 1/2 between. */
PLM_INLINE lanes hard_silu_slope(lanes x, const plm_real *c)
{
    (void)c;
    const lanes between = lanes_fused(x, lanes_fill(2 * SIXTH), lanes_fill((plm_real)0.5));
    const lanes upper = lanes_pick(lanes_less(x, lanes_fill(3)), between, one());
    return lanes_pick(lanes_less(lanes_fill(-3), x), upper, zero());
}

PLM_INLINE lanes relu6_value(lanes x, const plm_real *c)
{
    (void)c;
    return clip(x, 0, 6);
}

PLM_INLINE lanes relu6_slope(lanes y, const plm_real *c)
{
    (void)c;
    return inside(y, 0, 6);
}

PLM_INLINE lanes hard_tanh_value(lanes x, const plm_real *c)
{
    (void)c;
    return clip(x, -1, 1);
}

PLM_INLINE lanes hard_tanh_slope(lanes y, const plm_real *c)
{
    (void)c;
    return inside(y, -1, 1);
}

/* Computes relu_squared: max(x, 0)^2. */
PLM_INLINE lanes relu_squared_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes part = positive_part(x);
    return lanes_multiply(part, part);
}

/* Slope of relu_squared: 2 x = 2 sqrt(y). */
PLM_INLINE lanes relu_squared_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_multiply(lanes_fill(2), lanes_sqrt(y));
}

/* From this x on, squareplus(x) is x up to rounding. The code limits |x| to this number, so that
 * x^2 does not overflow. */
#define SQUAREPLUS_LIMIT ((plm_real)1e18)

/* s = sqrt(x^2 + b), at least |x|. */
PLM_INLINE lanes squareplus_root(lanes x, plm_real b)
{
    const lanes near = clip(x, -SQUAREPLUS_LIMIT, SQUAREPLUS_LIMIT);
    return lanes_max(lanes_absolute(x), lanes_sqrt(lanes_fused(near, near, lanes_fill(b))));
}

/* Computes squareplus: y = (x + s) / 2. For x < 0 it is computed as b / 2 / (s - x), so that no
 * digits are lost. */
PLM_INLINE lanes squareplus_value(lanes x, const plm_real *c)
{
    const lanes s = squareplus_root(x, c[0]), half = lanes_fill((plm_real)0.5);
    const lanes below = lanes_divide(lanes_fill(c[0] / 2), lanes_subtract(s, x));
    const lanes above = lanes_fused(x, half, lanes_multiply(s, half));
    return lanes_pick(lanes_less(x, zero()), below, above);
}

/* Slope of squareplus: dy/dx = (1 + x / s) / 2 = y / s, with s = sqrt(x^2 + b). */
PLM_INLINE lanes squareplus_slope(lanes x, const plm_real *c)
{
    x = clip(x, -SQUAREPLUS_LIMIT, SQUAREPLUS_LIMIT);
    const lanes s = lanes_max(lanes_fill((plm_real)1e-30), squareplus_root(x, c[0]));
    return lanes_divide(squareplus_value(x, c), s);
}

PLM_INLINE lanes sparse_plus_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes half = lanes_fill((plm_real)0.5);
    const lanes root = lanes_fused(half, clip(x, -1, 1), half);
    return lanes_pick(lanes_less(x, one()), lanes_multiply(root, root), x);
}

/* Slope of sparse_plus: clip((x + 1) / 2, 0, 1). */
PLM_INLINE lanes sparse_plus_slope(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_fused(lanes_fill((plm_real)0.5), clip(x, -1, 1), lanes_fill((plm_real)0.5));
}

PLM_INLINE lanes sparse_sigmoid_value(lanes x, const plm_real *c)
{
    return sparse_plus_slope(x, c);
}

PLM_INLINE lanes sparse_sigmoid_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_multiply(inside(y, 0, 1), lanes_fill((plm_real)0.5));
}

PLM_INLINE lanes threshold_value(lanes x, const plm_real *c)
{
    return lanes_pick(lanes_less(lanes_fill(c[0]), x), x, unless_nan(x, c[1]));
}

/* Slope of threshold: 1 where x is above the threshold, else 0. */
PLM_INLINE lanes threshold_slope(lanes x, const plm_real *c)
{
    return lanes_pick(lanes_less(lanes_fill(c[0]), x), one(), zero());
}

PLM_INLINE lanes hard_shrink_value(lanes x, const plm_real *c)
{
    const lanes size = lanes_absolute(x);
    return lanes_pick(lanes_less(lanes_fill(c[0]), size), x, unless_nan(x, 0));
}

/* Slope of hard_shrink: 1 where |x| is above the threshold, else 0. */
PLM_INLINE lanes hard_shrink_slope(lanes x, const plm_real *c)
{
    return threshold_slope(lanes_absolute(x), c);
}

PLM_INLINE lanes soft_shrink_value(lanes x, const plm_real *c)
{
    const lanes threshold = lanes_fill(c[0]);
    return lanes_add(positive_part(lanes_subtract(x, threshold)),
                     lanes_min(zero(), lanes_add(x, threshold)));
}

PLM_INLINE lanes soft_shrink_slope(lanes x, const plm_real *c)
{
    return hard_shrink_slope(x, c);
}
