/* Defines the kernel table of one instruction set from the functions of the other bodies.
 * PLM_ISA_TABLE is the name of the table in C; PLM_ISA_TEXT is its name as text. */
#define PLM_ACTIVATION_ROW(name, reads) [PLM_ACTIVATION_##name] = {name##_forward, name##_backward},

const plm_kernels PLM_ISA_TABLE = {
    .isa = PLM_ISA_TEXT,
    .gemm = gemm,
    .packs_from = PLM_PACKS_FROM,
    .activation = {PLM_ACTIVATIONS(PLM_ACTIVATION_ROW)},
    .flush = map_flush,
    .log = map_log,
    .tanh = map_tanh,
    .softplus = map_softplus,
    .binary_logits = binary_logits,
    .softmax = softmax,
    .softmax_backward = softmax_backward,
    .log_softmax = log_softmax,
    .log_softmax_backward = log_softmax_backward,
    .add = add,
    .scale_shift = scale_shift,
    .scale_columns = scale_columns,
    .column_sum = column_sum,
    .column_deviation = column_deviation,
    .sum = sum,
    .sum_absolute = sum_absolute,
    .sum_squares = sum_squares,
    .update_before = update_before,
    .update_after = update_after,
    .momentum = momentum,
    .nesterov = nesterov,
#ifdef PLM_ROOT_BY_FMA
    .adam_by_divider = adam_by_divider,
    .adam_by_fma = adam_by_fma,
    .root_by_fma = map_root_by_fma,
#endif
    .draw = draw,
    .transpose16 = transpose16,
};
