/* Applies an activation function to every element; functions such as softmax are applied to each
 * vector of the last axis. */
#include "nn/nn.h"
#include "op/op.h"

typedef struct {
    const plm_spec *activation; /* the function, with its arguments */
} activation;

static const plm_field fields[] = {{.name = "activation",
                                    .type = PLM_SPEC,
                                    .offset = offsetof(activation, activation),
                                    .fallback = NULL,
                                    .choices = "activation",
                                    .help = "the activation function",
                                    .alias = "function"},
                                   {0}};

/* Emits op activation. Functions of a whole vector, such as softmax, need the last axis as
 * vectors. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const activation *c = config;
    plm_activation bound;
    (void)count;
    const plm_status status = plm_activation_bind(b->graph->arena, c->activation, &bound);
    if (status < 0) {
        b->status = b->status < 0 ? b->status : status;
        return (plm_value){0};
    }
    const plm_value lines = bound.kind->forward != NULL ? plm_last_axis(b, x[0]) : x[0];
    return plm_emit(b, 1, &lines, "activation(function=%s)", plm_activation_text(b, c->activation));
}

const plm_layer_kind plm_layer_activation = {
    .kind = {.name = "activation",
             .alias = "Activation",
             .help = "applies a function to every element, without changing the shape",
             .formula = "y = f(x)",
             .config_size = sizeof(activation),
             .fields = fields,
             .notes = "It does the same as the argument activation of the previous layer. As a "
                      "separate layer it allows a batch_normalization between the two.",
             .examples = PLM_LIST(
                 "activation(relu) <- [5]", "activation(tanh) <- [3, 2]",
                 "activation(silu) <- [17]", "activation(softmax) <- [2, 3]",
                 "activation(log_softmax) <- [4]", "activation(gelu(approximate=true)) <- [4]",
                 "activation(selu) <- [4]", "activation(mish) <- [4]",
                 "activation(softplus) <- [2, 2, 2]", "activation(swiglu) <- [3, 34]",
                 "activation(glu) <- [6]", "activation(geglu) <- [2, 2, 4]",
                 "activation(reglu) <- [3, 36]", "activation(sparsemax) <- [2, 5]",
                 "activation(relu_squared) <- [7]", "activation(swish(beta=1.7)) <- [5]",
                 "activation(squareplus) <- [4]", "activation(tanh_shrink) <- [4]",
                 "activation(sin) <- [5]", "activation(cos) <- [3]",
                 "activation(relu(negative_slope=0.1, max_value=0.5, threshold=0.2)) <- [9]")},
    .emit = emit};
