/* The fully connected layer, on the last axis: y = activation(x kernel + bias), with x [n, ...,
 * fan_in], kernel [fan_in, units], bias [units]. If the slope of the activation can be computed
 * from y, the activation is applied inside the op dense; otherwise it gets a separate op. */
#include "nn/nn.h"

typedef struct {
    int64_t units;              /* numbers of the output */
    const plm_spec *activation; /* NULL = linear */
    bool use_bias;              /* true = add a bias: a learned number for each unit */
    const plm_spec *kernel_initializer, *bias_initializer; /* draw the first values */
    const plm_spec *kernel_regularizer, *bias_regularizer; /* NULL = no penalty */
    const plm_spec *kernel_constraint, *bias_constraint;   /* NULL = free */
} dense;

static const plm_field fields[] = {
    PLM_FIELD(dense, units, PLM_INT, NULL, 1, 1e9,
              "number of units, which is the width of the output"),
    PLM_FIELD_OF(dense, activation, PLM_SPEC, "linear", "activation", "activation of the result"),
    PLM_FIELD(dense, use_bias, PLM_BOOL, "true", 0, 0, "true = add a bias vector"),
    PLM_FIELD_OF(dense, kernel_initializer, PLM_SPEC, "glorot_uniform", "initializer",
                 "initial values of the kernel"),
    PLM_FIELD_OF(dense, bias_initializer, PLM_SPEC, "zeros", "initializer",
                 "initial values of the bias"),
    PLM_FIELD_OF(dense, kernel_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on the kernel"),
    PLM_FIELD_OF(dense, bias_regularizer, PLM_SPEC, "none", "regularizer", "penalty on the bias"),
    PLM_FIELD_OF(dense, kernel_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on the kernel, enforced after each update"),
    PLM_FIELD_OF(dense, bias_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on the bias, enforced after each update"),
    {0}};

/* Emits the op dense on (x, kernel, bias), and the op activation if dense cannot apply the
 * activation. Without a bias the op has two inputs. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const dense *c = config;
    (void)count;
    int64_t fan_in = 0;
    const plm_value x = plm_columns(b, given[0], &fan_in);
    const plm_weight_request kernel = {.name = "kernel",
                                       .initializer = c->kernel_initializer,
                                       .regularizer = c->kernel_regularizer,
                                       .constraint = c->kernel_constraint,
                                       .rank = 2,
                                       .dims = {fan_in, c->units}};
    const plm_weight_request bias = {.name = "bias",
                                     .initializer = c->bias_initializer,
                                     .regularizer = c->bias_regularizer,
                                     .constraint = c->bias_constraint,
                                     .rank = 1,
                                     .dims = {c->units}};
    const bool inside = plm_runs_inside(b, c->activation);
    plm_value in[3] = {x, plm_weight_new(b, &kernel), {0}};
    if (c->use_bias)
        in[2] = plm_weight_new(b, &bias);
    const plm_value y = plm_emit(b, c->use_bias ? 3 : 2, in, "dense(activation=%s)",
                                 inside ? plm_activation_text(b, c->activation) : "linear");
    return inside ? y
                  : plm_emit(b, 1, &y, "activation(function=%s)",
                             plm_activation_text(b, c->activation));
}

const plm_layer_kind plm_layer_dense = {
    .kind =
        {.name = "dense",
         .alias = "Dense",
         .help = "a fully connected layer",
         .formula = "y = activation(x kernel + bias)",
         .notes =
             "The default kernel_initializer, glorot_uniform, suits sigmoid, tanh and softmax. Use "
             "he_normal with relu, elu and similar activations, and lecun_normal with selu.",
         .config_size = sizeof(dense),
         .positions = "units|activation|use_bias|kernel_initializer|"
                      "bias_initializer|kernel_regularizer|bias_regularizer|"
                      "activity_regularizer|kernel_constraint|bias_constraint",
         .fields = fields,
         .examples =
             PLM_LIST("dense(3) <- [4]", "dense(2, activation=tanh, use_bias=false) <- [5, 3]",
                      "dense(17, activation=elu, kernel_initializer=he_normal) <- [33]",
                      "dense(5, activation=gelu) <- [7]", "dense(4, activation=softmax) <- [3, 6]",
                      "dense(19, activation=tanh, activity_regularizer=l1_l2(0.1, 0.2)) <- [6]")},
    .emit = emit,
};
