/* Defines the activations that need an exponential, a logarithm, the error function or a sine. Each
 * is a function of 16 lanes; activation_body.h says what NAME_value and NAME_slope are and has the
 * loops. Needs the vector functions of an instruction set (lanes_*.h), functions_body.h and
 * activation_simple_body.h. */

/* Constants of the formulas. */
#define SELU_SCALE ((plm_real)1.0507009873554805)
#define SELU_ALPHA ((plm_real)(1.0507009873554805 * 1.6732632423543772))
#define GELU_TANH_ONE ((plm_real)1.5957691216057308)     /* 2 sqrt(2 / pi) */
#define GELU_TANH_THREE ((plm_real)0.071354816272600241) /* 2 sqrt(2 / pi) 0.044715 */
#define NORMAL_PEAK ((plm_real)0.39894228040143268)      /* 1 / sqrt(2 pi) */

/* 1 / (1 + e^-x). */
PLM_INLINE lanes function_sigmoid(lanes x)
{
    return lanes_divide(one(), lanes_add(one(), function_exp(lanes_negate(x))));
}

/* y = log(1 + e^x), computed as max(x, 0) + log(1 + e^-|x|), which does not overflow. */
PLM_INLINE lanes function_softplus(lanes x)
{
    const lanes u = function_exp(lanes_negate(lanes_absolute(x)));
    return lanes_add(positive_part(x), function_log1p(u));
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

/* Slope of elu: dy/dx = 1 for y > 0, else alpha e^x = y + alpha. */
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

/* Slope of selu: the slope of elu times the scale of selu. At y = 0 it is the scale. */
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

/* Slope of celu: dy/dx = 1 for y > 0, else e^(x / alpha) = y / alpha + 1. */
PLM_INLINE lanes celu_slope(lanes y, const plm_real *c)
{
    return lanes_pick(lanes_less(zero(), y), one(),
                      lanes_add(lanes_divide(y, lanes_fill(c[0])), one()));
}

/* Computes gelu: y = x Phi(x), where Phi is the normal distribution. It is computed as max(x, 0) -
 * |x| Phi(-|x|), so that no digits are lost for negative x. */
PLM_INLINE lanes gelu_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes a = lanes_min(lanes_fill(GELU_LIMIT), lanes_absolute(x));
    const lanes half = lanes_multiply(a, lanes_fill((plm_real)0.5));
    return lanes_fused_minus(half, function_tails(a), positive_part(x));
}

/* Slope of gelu: dy/dx = Phi(x) + x phi(x), where phi is the density of the normal distribution and
 * Phi its integral. With a = |x| and h = Phi(-a) - a phi(a), the slope is h for x < 0 and 1 - h
 * otherwise. */
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

/* Computes gelu_tanh: y = 0.5 x (1 + tanh(u)) = x sigmoid(2u), with u = sqrt(2 / pi) (x + 0.044715
 * x^3). */
PLM_INLINE lanes gelu_tanh_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes rate =
        lanes_fused(lanes_multiply(x, x), lanes_fill(GELU_TANH_THREE), lanes_fill(GELU_TANH_ONE));
    const lanes e = function_exp(lanes_negate(lanes_multiply(x, rate)));
    return lanes_divide(x, lanes_add(one(), e));
}

/* Slope of gelu_tanh: dy/dx = s + x s (1 - s) (2u)', with s = sigmoid(2u) = 1 / (1 + e) and e =
 * e^(-2u). 1 - s is multiplied by up to 30, so it is computed as e s, which loses no digits. Beyond
 * |x| = 8 the slope is constant, so x is limited. */
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

/* Slope of silu: dy/dx = s (1 + x (1 - s)), with s = sigmoid(x) = 1 / (1 + e) and e = e^-x; 1 - s
 * is computed as e s, as in gelu_tanh_slope. Beyond |x| = 80 the slope is constant, so x is
 * limited. */
PLM_INLINE lanes silu_slope(lanes x, const plm_real *c)
{
    (void)c;
    x = clip(x, -80, 80);
    const lanes e = function_exp(lanes_negate(x));
    const lanes s = lanes_divide(one(), lanes_add(one(), e));
    return lanes_multiply(s, lanes_fused(x, lanes_multiply(e, s), one()));
}

/* Computes mish: y = x tanh(log(1 + e)) = x n / (n + 2), with e = e^x and n = e (e + 2). From x =
 * 20 on the tanh is 1, so e uses min(x, 20). */
PLM_INLINE lanes mish_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes two = lanes_fill(2);
    const lanes e = function_exp(lanes_min(lanes_fill(20), x));
    const lanes n = lanes_multiply(e, lanes_add(e, two));
    return lanes_multiply(x, lanes_divide(n, lanes_add(n, two)));
}

/* Slope of mish: dy/dx = n d + 4 x e (1 + e) d^2, with e and n as in mish_value and d = 1 / (n +
 * 2). The slope is 1 from x = 20 on and 0 for x <= -110, so x is limited to that range. */
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

/* Slope of tanh: 1 - y^2. */
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

/* Slope of softplus: sigmoid(x) = 1 - e^-y. */
PLM_INLINE lanes softplus_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_negate(function_expm1(lanes_negate(y)));
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

/* Computes log_sigmoid: y = -log(1 + e^-x), computed as min(x, 0) - log(1 + e^-|x|), which does not
 * overflow. */
PLM_INLINE lanes log_sigmoid_value(lanes x, const plm_real *c)
{
    (void)c;
    const lanes u = function_exp(lanes_negate(lanes_absolute(x)));
    return lanes_subtract(lanes_min(zero(), x), function_log1p(u));
}

/* Slope of log_sigmoid: 1 - sigmoid(x) = 1 - e^y. */
PLM_INLINE lanes log_sigmoid_slope(lanes y, const plm_real *c)
{
    (void)c;
    return lanes_negate(function_expm1(y));
}

PLM_INLINE lanes swish_value(lanes x, const plm_real *c)
{
    const lanes e = function_exp(lanes_multiply(lanes_fill(-c[0]), x));
    return lanes_divide(x, lanes_add(one(), e));
}

/* Slope of swish: the slope of silu at beta x. */
PLM_INLINE lanes swish_slope(lanes x, const plm_real *c)
{
    return silu_slope(lanes_multiply(lanes_fill(c[0]), x), c);
}

PLM_INLINE lanes tanh_shrink_value(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_subtract(x, function_tanh(x));
}

/* Slope of tanh_shrink: tanh(x)^2. */
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

/* Slope of cos: -sin(x). */
PLM_INLINE lanes cos_slope(lanes x, const plm_real *c)
{
    (void)c;
    return lanes_negate(function_sine(x, 0));
}
