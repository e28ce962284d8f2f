/* Maps, sums and products of arrays, and affine maps of columns. Needs activation_body.h before
 * it. */

/* y[i] = function(x[i]). */
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
PLM_MAP_LOOP(exp)
PLM_MAP_LOOP(log)
PLM_MAP_LOOP(tanh)
PLM_MAP_LOOP(sigmoid)
PLM_MAP_LOOP(erf)
PLM_MAP_LOOP(softplus)

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

static void multiply(plm_real *y, const plm_real *a, const plm_real *b, size_t n)
{
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        lanes_store(y + i, lanes_multiply(lanes_load(a + i), lanes_load(b + i)));
    if (i < n) {
        const lanes product =
            lanes_multiply(lanes_load_part(a + i, n - i), lanes_load_part(b + i, n - i));
        lanes_store_part(y + i, product, n - i);
    }
    lanes_leave();
}

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

static void from_bytes(plm_real *out, const uint8_t *in, size_t n)
{
    size_t i = 0;
    for (; i + PLM_LANES <= n; i += PLM_LANES)
        lanes_store(out + i, lanes_from_bytes(in + i));
    for (; i < n; i++)
        out[i] = (plm_real)in[i];
    lanes_leave();
}
