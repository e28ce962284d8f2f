/* Defines two functions that make a step of Adam: one computes half of its square roots by
 * multiply-adds, the other one none (kernel.h). The formulas are those of nn/optimizer/adam.c, with
 * each operation rounded by itself, so both functions give the same bits. Only for instruction sets
 * that have lanes_root_begin. */
#ifdef PLM_ROOT_BY_FMA

/* ADAM_REGISTERS: how many registers are computed together, so that the processor can work on one
 * while it waits for another. ADAM_BY_FMA: in how many of these the roots are computed by
 * multiply-adds. */
enum { ADAM_REGISTERS = 4, ADAM_BY_FMA = 2 };

/* Returns the updated mean of the squares of 16 gradients g, and stores it in v. */
PLM_INLINE lanes adam_square(const plm_real *g, plm_real *v, plm_real new_2)
{
    const lanes square = lanes_flushed_square(lanes_load(g)), old = lanes_load(v);
    const lanes step = lanes_multiply(lanes_subtract(square, old), lanes_fill(new_2));
    const lanes mean = lanes_flushed_positive(lanes_add(old, step));
    lanes_store(v, mean);
    return mean;
}

/* Returns the updated mean of 16 gradients g, and stores it in m. */
PLM_INLINE lanes adam_mean(const plm_real *g, plm_real *m, plm_real new_1)
{
    const lanes slope = lanes_load_flushed(g), old = lanes_load(m);
    const lanes step = lanes_multiply(lanes_subtract(slope, old), lanes_fill(new_1));
    const lanes mean = lanes_flushed(lanes_add(old, step));
    lanes_store(m, mean);
    return mean;
}

/* Updates 16 parameters x. mean: of the gradients. root: the square root of the mean of the
 * squares. */
PLM_INLINE void adam_move(plm_real *x, lanes mean, lanes root, const plm_adam_factors *k)
{
    const lanes step = lanes_divide(lanes_multiply(lanes_fill(k->alpha), mean),
                                    lanes_add(root, lanes_fill(k->epsilon)));
    lanes_store(x, lanes_subtract(lanes_load(x), step));
}

/* Makes a step for n parameters, a multiple of 16; the processor's divider computes the roots. */
PLM_INLINE void adam_lanes(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                           plm_real *restrict v, size_t n, const plm_adam_factors *k)
{
    for (size_t i = 0; i < n; i += PLM_LANES) {
        const lanes square = adam_square(g + i, v + i, k->new_2);
        adam_move(x + i, adam_mean(g + i, m + i, k->new_1), lanes_sqrt(square), k);
    }
}

/* Makes a step for ADAM_REGISTERS * 16 parameters. */
PLM_INLINE void adam_registers(plm_real *restrict x, const plm_real *restrict g,
                               plm_real *restrict m, plm_real *restrict v,
                               const plm_adam_factors *k)
{
    lanes square[ADAM_REGISTERS], mean[ADAM_REGISTERS], root[ADAM_REGISTERS];
    half_root begun[ADAM_BY_FMA];
    for (int u = 0; u < ADAM_REGISTERS; u++)
        square[u] = adam_square(g + u * PLM_LANES, v + u * PLM_LANES, k->new_2);
    for (int u = ADAM_BY_FMA; u < ADAM_REGISTERS; u++)
        root[u] = lanes_sqrt(square[u]);
    for (int u = 0; u < ADAM_BY_FMA; u++)
        begun[u] = lanes_root_begin(square[u]);
    for (int u = 0; u < ADAM_REGISTERS; u++)
        mean[u] = adam_mean(g + u * PLM_LANES, m + u * PLM_LANES, k->new_1);
    for (int u = 0; u < ADAM_BY_FMA; u++)
        root[u] = lanes_root_end(begun[u], square[u]);
    for (int u = 0; u < ADAM_REGISTERS; u++)
        adam_move(x + u * PLM_LANES, mean[u], root[u], k);
}

/* For plm_kernels.adam_by_divider. */
static void adam_by_divider(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                            plm_real *restrict v, size_t n, const plm_adam_factors *k)
{
    const plm_adam_factors own = *k;
    adam_lanes(x, g, m, v, n, &own);
    lanes_leave();
}

/* For plm_kernels.adam_by_fma. */
static void adam_by_fma(plm_real *restrict x, const plm_real *restrict g, plm_real *restrict m,
                        plm_real *restrict v, size_t n, const plm_adam_factors *k)
{
    enum { STEP = ADAM_REGISTERS * PLM_LANES };
    const plm_adam_factors own = *k;
    size_t i = 0;
    for (; i + STEP <= n; i += STEP)
        adam_registers(x + i, g + i, m + i, v + i, &own);
    adam_lanes(x + i, g + i, m + i, v + i, n - i, &own);
    lanes_leave();
}

PLM_INLINE lanes function_root_by_fma(lanes x)
{
    return lanes_root_end(lanes_root_begin(x), x);
}

PLM_MAP_LOOP(root_by_fma)

#endif
