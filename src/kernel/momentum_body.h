/* Defines the step of gradient descent with momentum (kernel.h). The formulas are those of
 * nn/optimizer/sgd.c, with each operation rounded by itself. */

/* Returns the updated momentum of 16 parameters and stores it in m. step: rate times their
 * gradients. */
PLM_INLINE lanes momentum_next(plm_real *m, lanes step, lanes factor)
{
    const lanes moved = lanes_flushed(lanes_subtract(lanes_multiply(factor, lanes_load(m)), step));
    lanes_store(m, moved);
    return moved;
}

/* For plm_kernels.momentum. */
static void momentum(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                     size_t n, plm_real rate, plm_real factor)
{
    const lanes by = lanes_fill(rate), keep = lanes_fill(factor);
    for (size_t i = 0; i < n; i += PLM_LANES) {
        const lanes step = lanes_multiply_flushed(by, lanes_load(g + i));
        lanes_store(x + i, lanes_add(lanes_load(x + i), momentum_next(m + i, step, keep)));
    }
    lanes_leave();
}

/* For plm_kernels.nesterov. */
static void nesterov(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                     size_t n, plm_real rate, plm_real factor)
{
    const lanes by = lanes_fill(rate), keep = lanes_fill(factor);
    for (size_t i = 0; i < n; i += PLM_LANES) {
        const lanes step = lanes_multiply_flushed(by, lanes_load(g + i));
        const lanes ahead = lanes_multiply(keep, momentum_next(m + i, step, keep));
        lanes_store(x + i, lanes_add(lanes_load(x + i), lanes_subtract(ahead, step)));
    }
    lanes_leave();
}
