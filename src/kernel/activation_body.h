/* The loops over activations and their slopes. Each activation is a function of 16 lanes, in
 * activation_simple_body.h or activation_smooth_body.h. NAME_value computes y from the input x.
 * NAME_slope computes the slope dy/dx, from y where that is possible, else from x. c: the
 * parameters. kernel.h has the formulas. Needs the vector functions of an instruction set
 * (lanes_*.h). */

/* The loops over n numbers take whole vectors of 16 numbers, then the rest. p [count]: the
 * parameters; NULL = none. They are copied to a local array, which y cannot overlap, so that the
 * compiler can keep them in registers. */
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
