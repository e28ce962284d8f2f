/* A dense layer with the transposed kernel of another dense layer, on the last axis: y =
 * activation(x kernel' + bias), with x [n, ..., units], the other layer's kernel [fan_in, units],
 * and an own bias [fan_in]. It is the decoder of an autoencoder with tied weights. */
#include <string.h>

#include "nn/nn.h"

typedef struct {
    const char *dense;          /* name of the dense layer whose kernel is shared */
    const plm_spec *activation; /* NULL = linear */
    bool use_bias;              /* true = add a bias, which is not that of the dense layer */
    const plm_spec *bias_initializer, *bias_regularizer, *bias_constraint; /* NULL = none */
} dense_transpose;

static const plm_field fields[] = {
    PLM_FIELD(dense_transpose, dense, PLM_TEXT, NULL, 0, 0,
              "name of the dense layer whose kernel is shared"),
    PLM_FIELD_OF(dense_transpose, activation, PLM_SPEC, "linear", "activation",
                 "activation of the result"),
    PLM_FIELD(dense_transpose, use_bias, PLM_BOOL, "true", 0, 0, "true = add an own bias vector"),
    PLM_FIELD_OF(dense_transpose, bias_initializer, PLM_SPEC, "zeros", "initializer",
                 "initial values of the bias"),
    PLM_FIELD_OF(dense_transpose, bias_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on the bias"),
    PLM_FIELD_OF(dense_transpose, bias_constraint, PLM_SPEC, "none", "constraint",
                 "constraint on the bias, enforced after each update"),
    {0}};

/* Returns x stored by vectors of its last axis. An input of the model is copied into the plan's
 * memory, since the weight pass needs aligned rows, and the caller's memory may not be aligned. */
static plm_value own_rows(plm_builder *b, plm_value given)
{
    const plm_value x = plm_last_axis(b, given);
    const bool input = b->status >= 0 && b->graph->value[x.id].origin == PLM_FROM_INPUT;
    return input ? plm_emit(b, 1, &x, "repack(lines=true)") : x;
}

/* Emits op dense_transpose on (x, the other layer's kernel, bias), and op activation if needed. The
 * width of the input is checked here, since an error can name the other layer here; the op could
 * say only that shapes do not fit. The bias belongs to this layer; it has as many numbers as the
 * other layer has inputs. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const dense_transpose *c = config;
    const plm_value kernel = plm_weight_find(b, c->dense, "kernel");
    (void)count;
    if (kernel.id == 0 && b->status >= 0)
        return plm_layer_fail(b, PLM_E_SPEC,
                              "give the dense layer a name and put it before: dense(100, "
                              "name=encoder), then dense_transpose(encoder)",
                              "there is no dense layer '%s' before this one", c->dense);
    const int64_t fan_in = plm_dim(b, kernel, 0), units = plm_dim(b, kernel, 1);
    if (b->status >= 0 && (plm_rank(b, given[0]) == 0 || plm_dim(b, given[0], -1) != units))
        return plm_layer_fail(
            b, PLM_E_SHAPE,
            "give dense_transpose an input with one number for each unit of the dense layer",
            "the layer '%s' has %lld units, but the input has rows of %lld numbers", c->dense,
            (long long)units, (long long)plm_dim(b, given[0], -1));
    const plm_weight_request bias = {.name = "bias",
                                     .initializer = c->bias_initializer,
                                     .regularizer = c->bias_regularizer,
                                     .constraint = c->bias_constraint,
                                     .rank = 1,
                                     .dims = {fan_in}};
    const bool inside = plm_runs_inside(b, c->activation);
    plm_value in[3] = {own_rows(b, given[0]), kernel, {0}};
    if (c->use_bias)
        in[2] = plm_weight_new(b, &bias);
    const plm_value y = plm_emit(b, c->use_bias ? 3 : 2, in, "dense_transpose(activation=%s)",
                                 inside ? plm_activation_text(b, c->activation) : "linear");
    return inside ? y
                  : plm_emit(b, 1, &y, "activation(function=%s)",
                             plm_activation_text(b, c->activation));
}

const plm_layer_kind plm_layer_dense_transpose = {
    .kind =
        {.name = "dense_transpose",
         .alias = "DenseTranspose|tied_dense|TiedDense",
         .help =
             "a dense layer that uses the transposed kernel of another dense layer (tied weights)",
         .formula = "y = activation(x kernel' + bias)",
         .notes = "It is the decoder of an autoencoder, without a kernel of its own. The kernel "
                  "belongs to the dense layer, which decides its initializer, its regularizer and "
                  "whether it is frozen. The gradients of both layers are added. Nets with tied "
                  "weights store gradients, so their updates are not fused with the weight pass.",
         .source = "Vincent et al., Stacked denoising autoencoders, JMLR 11 (2010)",
         .config_size = sizeof(dense_transpose),
         .fields = fields,
         .examples =
             PLM_LIST("dense(3, name=low) | dense_transpose(low) <- [5]",
                      "dense(17, name=low) | dense_transpose(low, tanh) <- [33]",
                      "dense(4, name=low) | dense_transpose(low, sigmoid, false) <- [3, 6]")},
    .emit = emit,
};
