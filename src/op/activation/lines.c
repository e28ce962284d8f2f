/* Activations that make a distribution of the numbers along the last axis: softmax, log_softmax and
 * sparsemax. */
#include "op/op.h"

const plm_field plm_axis_fields[] = {
    PLM_FIELD(plm_axis_config, axis, PLM_INT, "-1", -8, 8,
              "the axis that the function runs along; only the last one (-1) is supported"),
    {0}};

static void softmax(const plm_activation_lines *l, plm_real *y, const plm_real *x)
{
    l->kernel->softmax(y, x, l->lines, l->width, l->y_stride, l->x_stride, NULL);
}

static void softmax_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                             const plm_real *y)
{
    l->kernel->softmax_backward(dx, dy, y, l->lines, l->width, l->y_stride);
}

const plm_activation_kind plm_activation_softmax = {
    .kind =
        {.name = "softmax",
         .help = "probabilities of classes: positive, sum 1 along the last axis",
         .formula = "y[i] = e^x[i] / sum of e^x",
         .notes =
             "For the output that chooses one of several classes, with "
             "sparse_categorical_crossentropy or categorical_crossentropy. Against relu: not for "
             "hidden layers, where it would suppress most units. Price: an exponential and sums "
             "over the row. Initializer: glorot_uniform.",
         .source = "Bridle, Probabilistic interpretation of feedforward classification network "
                   "outputs, 1990",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = softmax,
    .backward = softmax_backward};

static void log_softmax(const plm_activation_lines *l, plm_real *y, const plm_real *x)
{
    l->kernel->log_softmax(y, x, l->lines, l->width, l->y_stride, l->x_stride);
}

static void log_softmax_backward(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                                 const plm_real *y)
{
    l->kernel->log_softmax_backward(dx, dy, y, l->lines, l->width, l->y_stride);
}

const plm_activation_kind plm_activation_log_softmax = {
    .kind =
        {.name = "log_softmax",
         .help = "logarithms of softmax, without its rounding",
         .formula = "y[i] = x[i] - log(sum of e^x)",
         .notes =
             "Where log probabilities are wanted as such. A loss with from_logits=true does the "
             "same inside. Against relu: not for hidden layers. Price: an exponential and sums "
             "over the row. Initializer: glorot_uniform.",
         .source = "Blanchard, Higham and Higham, Accurately computing the log-sum-exp and softmax "
                   "functions, 2021",
         .config_size = sizeof(plm_axis_config),
         .fields = plm_axis_fields},
    .forward = log_softmax,
    .backward = log_softmax_backward};
