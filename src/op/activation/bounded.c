/* Defines bounded activations, of which sigmoid and tanh are the best known, and the activations of
 * outputs: linear, exponential, log_sigmoid. `plummet describe` prints the texts, formulas and
 * sources of the table. `flat` holds two outputs: the slope is nearly 0 where y is at or below the
 * first one or at or above the second one. The doctor counts such outputs of a layer. */
#include "op/op.h"

const plm_activation_kind plm_activation_linear = {
    .kind = {.name = "linear",
             .alias = "identity",
             .help = "the identity: y is x",
             .formula = "y = x",
             .notes = "Use it for the output of a regression, or a layer whose activation follows "
                      "as a separate layer. Compared with relu: it does not saturate and no unit "
                      "dies, but hidden layers that are all linear are equivalent to a single "
                      "linear layer. Cost: none. Initializer: glorot_uniform.",
             .source = "Widrow and Hoff, Adaptive switching circuits, 1960"},
    .id = PLM_ACTIVATION_linear};

const plm_activation_kind plm_activation_sigmoid = {
    .kind = {.name = "sigmoid",
             .alias = "logistic",
             .help = "a probability: from 0 to 1",
             .formula = "y = 1 / (1 + e^-x)",
             .notes = "Use it for the output of a yes-or-no question, with binary_crossentropy. "
                      "Compared with relu: it is bounded and smooth. But its slope is at most 1/4 "
                      "and its mean is not 0, so in hidden layers gradients vanish where those of "
                      "relu do not. Cost: an exponential. Initializer: glorot_uniform.",
             .source =
                 "Rumelhart, Hinton and Williams, Learning representations by back-propagating "
                 "errors, 1986"},
    .id = PLM_ACTIVATION_sigmoid,
    .flat = {0.03, 0.97}};

const plm_activation_kind plm_activation_tanh = {
    .kind =
        {.name = "tanh",
         .help = "smooth and bounded: outputs from -1 to 1, centred on 0",
         .formula = "y = (e^x - e^-x) / (e^x + e^-x)",
         .notes =
             "It is better than sigmoid in hidden layers, since its mean is 0. Compared with relu: "
             "it is bounded, smooth and symmetric about 0, but it saturates on both sides, so relu "
             "trains deeper nets. Cost: an exponential. Initializer: glorot_uniform.",
         .source = "LeCun, Bottou, Orr and Mueller, Efficient BackProp, 1998"},
    .id = PLM_ACTIVATION_tanh,
    .flat = {-0.97, 0.97}};

const plm_activation_kind plm_activation_softsign = {
    .kind = {.name = "softsign",
             .help = "bounded: outputs from -1 to 1, saturates slowly",
             .formula = "y = x / (1 + |x|)",
             .notes = "It is like tanh, but approaches its bounds more slowly. Compared with relu: "
                      "it is bounded and symmetric about 0. Cost: a division; gradients still fade "
                      "in deep nets. Initializer: glorot_uniform.",
             .source = "Turian, Bergstra and Bengio, Quadratic features and deep architectures for "
                       "chunking, 2009"},
    .id = PLM_ACTIVATION_softsign,
    .flat = {-0.97, 0.97}};

const plm_activation_kind plm_activation_exponential = {
    .kind = {.name = "exponential",
             .alias = "exp",
             .help = "e to the power of x, which is always positive",
             .formula = "y = e^x",
             .notes =
                 "Use it for outputs that are rates or counts (with the loss poisson). Compared "
                 "with relu: it is always positive, and not meant for hidden layers. Cost: an "
                 "exponential, and large inputs overflow. Initializer: glorot_uniform.",
             .source = "Nelder and Wedderburn, Generalized linear models, 1972"},
    .id = PLM_ACTIVATION_exponential};

const plm_activation_kind plm_activation_hard_sigmoid = {
    .kind = {.name = "hard_sigmoid",
             .help = "approximates sigmoid by straight lines",
             .formula = "y = clip(x / 6 + 1/2, 0, 1)",
             .notes = "Use it in place of sigmoid where arithmetic is expensive; Keras 2 used 0.2 "
                      "x + 0.5. Compared with relu: it is bounded, but has the other drawbacks of "
                      "sigmoid. Cost: no gradient outside -3 .. 3. Initializer: glorot_uniform.",
             .source = "Courbariaux, Bengio and David, BinaryConnect, NIPS 2015"},
    .id = PLM_ACTIVATION_hard_sigmoid,
    .flat = {0, 1}};

const plm_activation_kind plm_activation_log_sigmoid = {
    .kind = {.name = "log_sigmoid",
             .help = "the natural logarithm of sigmoid",
             .formula = "y = -log(1 + e^-x)",
             .notes = "Use it if log probabilities of a yes-or-no question are needed. Compared "
                      "with relu: it is never above 0, and not meant for hidden layers. Cost: an "
                      "exponential and a logarithm. Initializer: glorot_uniform.",
             .source =
                 "Mikolov, Sutskever, Chen, Corrado and Dean, Distributed representations of words "
                 "and phrases, NIPS 2013"},
    .id = PLM_ACTIVATION_log_sigmoid};

const plm_activation_kind plm_activation_hard_tanh = {
    .kind = {.name = "hard_tanh",
             .help = "approximates tanh by straight lines",
             .formula = "y = clip(x, -1, 1)",
             .notes = "Use it in place of tanh where arithmetic is expensive. Compared with relu: "
                      "it is bounded and symmetric about 0. Cost: no gradient outside -1 .. 1. "
                      "Initializer: glorot_uniform.",
             .source = "Collobert, Large scale machine learning, 2004"},
    .id = PLM_ACTIVATION_hard_tanh,
    .flat = {-1, 1}};

const plm_activation_kind plm_activation_sparse_sigmoid = {
    .kind = {.name = "sparse_sigmoid",
             .help = "approximates sigmoid by a straight line from -1 to 1",
             .formula = "y = clip((x + 1) / 2, 0, 1)",
             .notes = "This is sparsemax for two classes: confident predictions are exactly 0 or "
                      "1. Compared with relu: it is bounded, but has the other drawbacks of "
                      "sigmoid. Cost: no gradient outside -1 .. 1. Initializer: glorot_uniform.",
             .source = "Martins and Astudillo, From softmax to sparsemax, ICML 2016"},
    .id = PLM_ACTIVATION_sparse_sigmoid,
    .flat = {0, 1}};
