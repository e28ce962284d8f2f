/* Defines the table of one instruction set from the functions of the other bodies. PLM_ISA_TABLE is
 * its name in C, PLM_ISA_TEXT its name for users. */
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
    .sum_squares = sum_squares,
    .draw = draw,
    .transpose16 = transpose16,
};
