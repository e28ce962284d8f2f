/* The activations and their slopes, each as a function of 16 lanes, and the loops over them.
 * NAME_value computes y from the input x. NAME_slope computes dy/dx from y if the slope follows
 * from y, else from x. c: the parameters. kernel.h has the formulas. Needs a vocabulary (lanes_*.h)
 * and functions_body.h. */

/* Constants of the formulas. */
#define SELU_SCALE ((plm_real)1.0507009873554805)
#define SELU_ALPHA ((plm_real)(1.0507009873554805 * 1.6732632423543772))
#define SIXTH ((plm_real)0.16666666666666666)
#define GELU_TANH_ONE ((plm_real)1.5957691216057308)     /* 2 sqrt(2 / pi) */
#define GELU_TANH_THREE ((plm_real)0.071354816272600241) /* 2 sqrt(2 / pi) 0.044715 */
#define NORMAL_PEAK ((plm_real)0.39894228040143268)      /* 1 / sqrt(2 pi) */

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

/* 1 / (1 + e^-x). */
PLM_INLINE lanes function_sigmoid(lanes x)
{
    return lanes_divide(one(), lanes_add(one(), function_exp(lanes_negate(x))));
}

/* log(1 + e^x), as max(x, 0) + log(1 + e^-|x|), which does not overflow. */
PLM_INLINE lanes function_softplus(lanes x)
{
    const lanes u = function_exp(lanes_negate(lanes_absolute(x)));
    return lanes_add(positive_part(x), function_log1p(u));
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

/* 1 where y > 0, else 0, also at 0. */
PLM_INLINE lanes relu_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_pick(lanes_less(zero(), y), one(), zero());
}

/* c = negative_slope, max_value, threshold. min(x, max_value) above the threshold, else
 * negative_slope (x - threshold). */
PLM_INLINE lanes relu_general_value(lanes x, const plm_real *c)
{
    const lanes threshold = lanes_fill(c[2]);
    const lanes below = lanes_multiply(lanes_fill(c[0]), lanes_subtract(x, threshold));
    return lanes_pick(lanes_less(threshold, x), lanes_min(lanes_fill(c[1]), x), below);
}

/* negative_slope up to the threshold; above it 1 where x < max_value, else 0. */
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

/* e^x - 1 where x < 0, else 0. */
PLM_INLINE lanes negative_expm1(lanes x)
{
    return function_expm1(lanes_min(zero(), x));
}

PLM_INLINE lanes elu_value(lanes x, const plm_real *c)
{
    return lanes_pick(lanes_less(zero(), x), x,
                      lanes_multiply(lanes_fill(c[0]), negative_expm1(x)));
}

/* 1 for y > 0; below, alpha e^x = y + alpha. */
PLM_INLINE lanes elu_slope(lanes y, const plm_real *c)
{
    return lanes_pick(lanes_less(zero(), y), one(), lanes_add(y, lanes_fill(c[0])));
}

PLM_INLINE lanes selu_value(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_pick(lanes_less(zero(), x), lanes_multiply(lanes_fill(SELU_SCALE), x),
                      lanes_multiply(lanes_fill(SELU_ALPHA), negative_expm1(x)));
}

/* As elu_slope, times the scale of selu. At y = 0 it is the scale. */
PLM_INLINE lanes selu_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_pick(lanes_less(y, zero()), lanes_add(y, lanes_fill(SELU_ALPHA)),
                      lanes_fill(SELU_SCALE));
}

PLM_INLINE lanes celu_value(lanes x, const plm_real *c)
{
    const lanes alpha = lanes_fill(c[0]);
    return lanes_pick(lanes_less(zero(), x), x,
                      lanes_multiply(alpha, negative_expm1(lanes_divide(x, alpha))));
}

/* 1 for y > 0; below, e^(x / alpha) = y / alpha + 1. */
PLM_INLINE lanes celu_slope(lanes y, const plm_real *c)
{
    return lanes_pick(lanes_less(zero(), y), one(),
                      lanes_add(lanes_divide(y, lanes_fill(c[0])), one()));
}

/* x Phi(x), with Phi the normal distribution. It is computed as max(x, 0) - |x| Phi(-|x|), so that
 * no digits are lost for negative x. */
PLM_INLINE lanes gelu_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes a = lanes_min(lanes_fill(GELU_LIMIT), lanes_absolute(x));
    const lanes half = lanes_multiply(a, lanes_fill((plm_real)0.5));
    return lanes_fused_minus(half, function_tails(a), positive_part(x));
}

/* Phi(x) + x phi(x), with phi the density of the normal distribution and Phi its integral. With a =
 * |x| and h = Phi(-a) - a phi(a), this is h for x < 0 and 1 - h otherwise. */
PLM_INLINE lanes gelu_slope(lanes x, const plm_real *c)
{
    (void)c;
    const lanes minus_half = lanes_fill((plm_real)-0.5);
    const lanes a = lanes_min(lanes_fill(GELU_LIMIT), lanes_absolute(x));
    const lanes bell = function_exp_small(lanes_multiply(lanes_multiply(a, a), minus_half));
    const lanes density = lanes_multiply(bell, lanes_fill(NORMAL_PEAK));
    const lanes tail = lanes_multiply(function_tails(a), lanes_fill((plm_real)0.5));
    const lanes h = lanes_fused_minus(a, density, tail);
    return lanes_pick(lanes_less(x, zero()), h, lanes_subtract(one(), h));
}

/* x 0.5 (1 + tanh(u)) = x sigmoid(2u), with u as in kernel.h. */
PLM_INLINE lanes gelu_tanh_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes rate =
        lanes_fused(lanes_multiply(x, x), lanes_fill(GELU_TANH_THREE), lanes_fill(GELU_TANH_ONE));
    const lanes e = function_exp(lanes_negate(lanes_multiply(x, rate)));
    return lanes_divide(x, lanes_add(one(), e));
}

/* s + x s (1 - s) (2u)', with s = sigmoid(2u) = 1 / (1 + e) and e = e^(-2u). 1 - s is multiplied by
 * up to 30, so it is computed as e s, which loses no digits. Beyond |x| = 8 the slope is constant,
 * so x is limited. */
PLM_INLINE lanes gelu_tanh_slope(lanes x, const plm_real *c)
{
    (void)c;
    x = clip(x, -8, 8);
    const lanes square = lanes_multiply(x, x);
    const lanes rate = lanes_fused(square, lanes_fill(GELU_TANH_THREE), lanes_fill(GELU_TANH_ONE));
    const lanes growth =
        lanes_fused(square, lanes_fill(3 * GELU_TANH_THREE), lanes_fill(GELU_TANH_ONE));
    const lanes e = function_exp(lanes_negate(lanes_multiply(x, rate)));
    const lanes s = lanes_divide(one(), lanes_add(one(), e));
    const lanes bend = lanes_multiply(lanes_multiply(x, growth), lanes_multiply(e, s));
    return lanes_fused(s, bend, s);
}

PLM_INLINE lanes silu_value(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_divide(x, lanes_add(one(), function_exp(lanes_negate(x))));
}

/* s (1 + x (1 - s)), with s = sigmoid(x) = 1 / (1 + e) and e = e^-x; 1 - s is computed as e s, as
 * in gelu_tanh_slope. Beyond |x| = 80 the slope is constant, so x is limited. */
PLM_INLINE lanes silu_slope(lanes x, const plm_real *c)
{
    (void)c;
    x = clip(x, -80, 80);
    const lanes e = function_exp(lanes_negate(x));
    const lanes s = lanes_divide(one(), lanes_add(one(), e));
    return lanes_multiply(s, lanes_fused(x, lanes_multiply(e, s), one()));
}

/* x tanh(log(1 + e)) = x n / (n + 2), with e = e^x and n = e (e + 2). From x = 20 on the tanh is 1,
 * so x is limited in e. */
PLM_INLINE lanes mish_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes two = lanes_fill(2);
    const lanes e = function_exp(lanes_min(lanes_fill(20), x));
    const lanes n = lanes_multiply(e, lanes_add(e, two));
    return lanes_multiply(x, lanes_divide(n, lanes_add(n, two)));
}

/* n d + 4 x e (1 + e) d^2, with e and n as in mish_value and d = 1 / (n + 2). The slope is 1 from x
 * = 20 on and 0 up to -110, so x is limited. */
PLM_INLINE lanes mish_slope(lanes x, const plm_real *c)
{
    (void)c;
    x = clip(x, -110, 20);
    const lanes e = function_exp(x);
    const lanes n = lanes_multiply(e, lanes_add(e, lanes_fill(2)));
    const lanes d = lanes_divide(one(), lanes_add(n, lanes_fill(2)));
    const lanes bend = lanes_multiply(lanes_multiply(x, lanes_fill(4)), lanes_fused(e, e, e));
    return lanes_multiply(d, lanes_fused(bend, d, n));
}

PLM_INLINE lanes sigmoid_value(lanes x, const plm_real *c)
{
    (void)c;
    return function_sigmoid(x);
}

PLM_INLINE lanes sigmoid_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_multiply(y, lanes_subtract(one(), y));
}

PLM_INLINE lanes tanh_value(lanes x, const plm_real *c)
{
    (void)c;
    return function_tanh(x);
}

/* 1 - y^2. */
PLM_INLINE lanes tanh_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_fused_minus(y, y, one());
}

PLM_INLINE lanes softplus_value(lanes x, const plm_real *c)
{
    (void)c;
    return function_softplus(x);
}

/* sigmoid(x) = 1 - e^-y. */
PLM_INLINE lanes softplus_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_negate(function_expm1(lanes_negate(y)));
}

PLM_INLINE lanes softsign_value(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_divide(x, lanes_add(one(), lanes_absolute(x)));
}

/* 1 / (1 + |x|)^2 = (1 - |y|)^2. */
PLM_INLINE lanes softsign_slope(lanes y, const plm_real *c)
{
    (void)c;
    const lanes rest = lanes_subtract(one(), lanes_absolute(y));
    return lanes_multiply(rest, rest);
}

PLM_INLINE lanes exponential_value(lanes x, const plm_real *c)
{
    (void)c;
    return function_exp(x);
}

PLM_INLINE lanes exponential_slope(lanes y, const plm_real *c)
{
    (void)c;
    return y;
}

/* 1 where low < y < high, else 0. */
PLM_INLINE lanes inside(lanes y, plm_real low, plm_real high)
{
    const lanes under = lanes_pick(lanes_less(y, lanes_fill(high)), one(), zero());
    return lanes_pick(lanes_less(lanes_fill(low), y), under, zero());
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

/* 0 up to -3, 1 from 3 on, x / 3 + 1/2 between. */
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

/* -log(1 + e^-x), as min(x, 0) - log(1 + e^-|x|), which does not overflow. */
PLM_INLINE lanes log_sigmoid_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes u = function_exp(lanes_negate(lanes_absolute(x)));
    return lanes_subtract(lanes_min(zero(), x), function_log1p(u));
}

/* 1 - sigmoid(x) = 1 - e^y. */
PLM_INLINE lanes log_sigmoid_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_negate(function_expm1(y));
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

/* max(x, 0)^2. */
PLM_INLINE lanes relu_squared_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes part = positive_part(x);
    return lanes_multiply(part, part);
}

/* 2 x = 2 sqrt(y). */
PLM_INLINE lanes relu_squared_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_multiply(lanes_fill(2), lanes_sqrt(y));
}

PLM_INLINE lanes swish_value(lanes x, const plm_real *c)
{
    const lanes e = function_exp(lanes_multiply(lanes_fill(-c[0]), x));
    return lanes_divide(x, lanes_add(one(), e));
}

/* As silu_slope, with beta x in place of x. */
PLM_INLINE lanes swish_slope(lanes x, const plm_real *c)
{
    return silu_slope(lanes_multiply(lanes_fill(c[0]), x), c);
}

/* From here on, squareplus is max(x, 0) up to rounding, and x^2 does not overflow. */
#define SQUAREPLUS_LIMIT ((plm_real)1e18)

/* s = sqrt(x^2 + b), at least |x|. */
PLM_INLINE lanes squareplus_root(lanes x, plm_real b)
{
    const lanes near = clip(x, -SQUAREPLUS_LIMIT, SQUAREPLUS_LIMIT);
    return lanes_max(lanes_absolute(x), lanes_sqrt(lanes_fused(near, near, lanes_fill(b))));
}

/* (x + s) / 2, below 0 as b / 2 / (s - x), so that no digits are lost. */
PLM_INLINE lanes squareplus_value(lanes x, const plm_real *c)
{
    const lanes s = squareplus_root(x, c[0]), half = lanes_fill((plm_real)0.5);
    const lanes below = lanes_divide(lanes_fill(c[0] / 2), lanes_subtract(s, x));
    const lanes above = lanes_fused(x, half, lanes_multiply(s, half));
    return lanes_pick(lanes_less(x, zero()), below, above);
}

/* (1 + x / s) / 2 = y / s; the smallest s is for b = 0 at x = 0. */
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

/* clip((x + 1) / 2, 0, 1). */
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

/* value, or x where x is NaN. */
PLM_INLINE lanes unless_nan(lanes x, plm_real value)
{
    return lanes_pick(lanes_less(x, lanes_fill(INFINITY)), lanes_fill(value), x);
}

PLM_INLINE lanes threshold_value(lanes x, const plm_real *c)
{
    return lanes_pick(lanes_less(lanes_fill(c[0]), x), x, unless_nan(x, c[1]));
}

/* 1 where x is above the threshold, else 0. */
PLM_INLINE lanes threshold_slope(lanes x, const plm_real *c)
{
    return lanes_pick(lanes_less(lanes_fill(c[0]), x), one(), zero());
}

PLM_INLINE lanes hard_shrink_value(lanes x, const plm_real *c)
{
    const lanes size = lanes_absolute(x);
    return lanes_pick(lanes_less(lanes_fill(c[0]), size), x, unless_nan(x, 0));
}

/* 1 where |x| is above the threshold, else 0. */
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

PLM_INLINE lanes tanh_shrink_value(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_subtract(x, function_tanh(x));
}

/* tanh(x)^2. */
PLM_INLINE lanes tanh_shrink_slope(lanes x, const plm_real *c)
{
    (void)c;
    const lanes t = function_tanh(x);
    return lanes_multiply(t, t);
}

PLM_INLINE lanes sin_value(lanes x, const plm_real *c)
{
    (void)c;
    return function_sine(x, 0);
}

PLM_INLINE lanes sin_slope(lanes x, const plm_real *c)
{
    (void)c;
    return function_sine(x, 1);
}

PLM_INLINE lanes cos_value(lanes x, const plm_real *c)
{
    (void)c;
    return function_sine(x, 1);
}

/* -sin(x). */
PLM_INLINE lanes cos_slope(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_negate(function_sine(x, 0));
}

/* The loops over n numbers: whole vectors of 16, then the rest. The `count` parameters are copied
 * from p, which may be NULL if there are none, to a local array. y cannot overlap that array, so
 * the parameters stay in registers. */
#define PLM_FORWARD_LOOP(name, count)                                                              \
    static void name##_forward(plm_real *y, const plm_real *x, size_t n, const plm_real p[4])      \
    {                                                                                              \
        plm_real c[4] = {0, 0, 0, 0};                                                              \
        for (int k = 0; k < (count); k++)                                                          \
            c[k] = p[k];                                                                           \
        size_t i = 0;                                                                              \
        for (; i + PLM_LANES <= n; i += PLM_LANES)                                                 \
            lanes_store(y + i, name##_value(lanes_load(x + i), c));                                \
        if (i < n)                                                                                 \
            lanes_store_part(y + i, name##_value(lanes_load_part(x + i, n - i), c), n - i);        \
        lanes_leave();                                                                             \
    }

#define PLM_BACKWARD_LOOP(name, count)                                                             \
    static void name##_backward(plm_real *dx, const plm_real *dy, const plm_real *v, size_t n,     \
                                const plm_real p[4])                                               \
    {                                                                                              \
        plm_real c[4] = {0, 0, 0, 0};                                                              \
        for (int k = 0; k < (count); k++)                                                          \
            c[k] = p[k];                                                                           \
        size_t i = 0;                                                                              \
        for (; i + PLM_LANES <= n; i += PLM_LANES) {                                               \
            const lanes slope = name##_slope(lanes_load(v + i), c);                                \
            lanes_store(dx + i, lanes_flushed(lanes_multiply(lanes_load(dy + i), slope)));         \
        }                                                                                          \
        if (i < n) {                                                                               \
            const lanes slope = name##_slope(lanes_load_part(v + i, n - i), c);                    \
            const lanes product = lanes_multiply(lanes_load_part(dy + i, n - i), slope);           \
            lanes_store_part(dx + i, lanes_flushed(product), n - i);                               \
        }                                                                                          \
        lanes_leave();                                                                             \
    }

#define PLM_BOTH_LOOPS(name, count)                                                                \
    PLM_FORWARD_LOOP(name, count)                                                                  \
    PLM_BACKWARD_LOOP(name, count)

PLM_BOTH_LOOPS(linear, 0)
PLM_BOTH_LOOPS(relu, 0)
PLM_BOTH_LOOPS(relu_general, 3)
PLM_BOTH_LOOPS(leaky_relu, 1)
PLM_BOTH_LOOPS(elu, 1)
PLM_BOTH_LOOPS(selu, 0)
PLM_BOTH_LOOPS(celu, 1)
PLM_BOTH_LOOPS(gelu, 0)
PLM_BOTH_LOOPS(gelu_tanh, 0)
PLM_BOTH_LOOPS(silu, 0)
PLM_BOTH_LOOPS(mish, 0)
PLM_BOTH_LOOPS(sigmoid, 0)
PLM_BOTH_LOOPS(tanh, 0)
PLM_BOTH_LOOPS(softplus, 0)
PLM_BOTH_LOOPS(softsign, 0)
PLM_BOTH_LOOPS(exponential, 0)
PLM_BOTH_LOOPS(hard_sigmoid, 0)
PLM_BOTH_LOOPS(hard_silu, 0)
PLM_BOTH_LOOPS(relu6, 0)
PLM_BOTH_LOOPS(log_sigmoid, 0)
PLM_BOTH_LOOPS(hard_tanh, 0)
PLM_BOTH_LOOPS(relu_squared, 0)
PLM_BOTH_LOOPS(swish, 1)
PLM_BOTH_LOOPS(squareplus, 1)
PLM_BOTH_LOOPS(sparse_plus, 0)
PLM_BOTH_LOOPS(sparse_sigmoid, 0)
PLM_BOTH_LOOPS(threshold, 2)
PLM_BOTH_LOOPS(hard_shrink, 1)
PLM_BOTH_LOOPS(soft_shrink, 1)
PLM_BOTH_LOOPS(tanh_shrink, 0)
PLM_BOTH_LOOPS(sin, 0)
PLM_BOTH_LOOPS(cos, 0)
