/* Defines elementwise functions of arrays: log and others, the sum of two arrays, affine maps, and
 * the binary cross-entropy. kernel.h says what each function of the table does. Each loop takes
 * whole vectors of 16 numbers, then the rest. Needs activation_simple_body.h. */

/* Defines map_NAME: y[i] = function_NAME(x[i]) for i < n. */
#define PLM_MAP_LOOP(name)                                                                         \
    static void map_##name(plm_real *y, const plm_real *x, size_t n)                               \
    {                                                                                              \
        size_t i = 0;                                                                              \
        for (; i + PLM_LANES <= n; i += PLM_LANES)                                                 \
            lanes_store(y + i, function_##name(lanes_load(x + i)));                                \
        if (i < n)                                                                                 \
            lanes_store_part(y + i, function_##name(lanes_load_part(x + i, n - i)), n - i);        \
        lanes_leave();                                                                             \
    }

PLM_INLINE lanes function_flush(lanes x)
{
    return lanes_flushed(x);
}

PLM_MAP_LOOP(flush)
PLM_MAP_LOOP(log)
PLM_MAP_LOOP(tanh)
PLM_MAP_LOOP(softplus)

/* Computes y = a + b. */
static void add(plm_real *y, const plm_real *a, const plm_real *b, size_t n)
{
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        lanes_store(y + i, lanes_add(lanes_load(a + i), lanes_load(b + i)));
    if (i < n)
        lanes_store_part(
            y + i, lanes_add(lanes_load_part(a + i, n - i), lanes_load_part(b + i, n - i)), n - i);
    lanes_leave();
}

/* Computes y = scale x + shift, by fused multiply-add. */
static void scale_shift(plm_real *y, const plm_real *x, plm_real scale, plm_real shift, size_t n)
{
    const lanes s = lanes_fill(scale), t = lanes_fill(shift);
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        lanes_store(y + i, lanes_fused(lanes_load(x + i), s, t));
    if (i < n)
        lanes_store_part(y + i, lanes_fused(lanes_load_part(x + i, n - i), s, t), n - i);
    lanes_leave();
}

/* Computes y[i, j] = scale[j] x[i, j] + shift[j], by fused multiply-add. */
static void scale_columns(plm_real *y, const plm_real *x, const plm_real *scale,
                          const plm_real *shift, size_t rows, size_t width, size_t y_stride,
                          size_t x_stride)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < width; j += PLM_LANES) {
            const lanes t = shift ? lanes_load(shift + j) : lanes_fill(0);
            lanes_store(y + i * y_stride + j,
                        lanes_fused(lanes_load(x + i * x_stride + j), lanes_load(scale + j), t));
        }
    lanes_leave();
}

/* Returns the terms of the binary cross-entropy of 16 logits x with targets y, and sets *g to their
 * gradients times factor: see binary_logits in kernel.h. With u = e^-|x|, sigmoid(x) is 1 / (1 + u)
 * for x >= 0 and u / (1 + u) below, which does not overflow. */
PLM_INLINE lanes binary_terms(lanes x, lanes y, plm_real factor, lanes *g)
{
    const lanes u = function_exp(lanes_negate(lanes_absolute(x)));
    const lanes share = lanes_pick(lanes_less(x, zero()), u, one());
    const lanes probability = lanes_divide(share, lanes_add(one(), u));
    *g = lanes_multiply(lanes_fill(factor), lanes_subtract(probability, y));
    return lanes_fused_minus(x, y, lanes_add(positive_part(x), function_log1p(u)));
}

/* Computes plm_kernels.binary_logits: whole vectors of 16 numbers, then the rest. */
static plm_real binary_logits(plm_real *g, const plm_real *x, const plm_real *t, size_t n,
                              const plm_real p[3])
{
    const lanes scale = lanes_fill(p[0]), shift = lanes_fill(p[1]);
    const plm_real factor = p[2];
    lanes total = zero(), slope;
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES) {
        const lanes y = lanes_fused(lanes_load(t + i), scale, shift);
        total = lanes_add(total, binary_terms(lanes_load(x + i), y, factor, &slope));
        if (g)
            lanes_store(g + i, slope);
    }
    if (i < n) {
        const lanes y = lanes_fused(lanes_load_part(t + i, n - i), scale, shift);
        const lanes value = binary_terms(lanes_load_part(x + i, n - i), y, factor, &slope);
        total = lanes_add(total, lanes_pick(lanes_first(n - i), value, zero()));
        if (g)
            lanes_store_part(g + i, slope, n - i);
    }
    const plm_real sum = lanes_fold_sum(total);
    lanes_leave();
    return sum;
}
