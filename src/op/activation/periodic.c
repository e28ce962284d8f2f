/* Defines the periodic activations sin and cos. */
#include "op/op.h"

const plm_activation_kind plm_activation_sin = {
    .kind =
        {.name = "sin",
         .alias = "sine",
         .help = "the sine: a periodic function",
         .formula = "y = sin(x)",
         .notes = "Use it for inputs that repeat (hours, angles) and for functions of coordinates. "
                  "With cos and learned frequencies it makes periodic embeddings of numbers, which "
                  "help nets for tables. Compared with relu: no unit dies or saturates; the slope "
                  "is the same wave, shifted. Cost: about two exponentials; with large weights the "
                  "loss has many local minima. Beyond |x| = 1e9 it is not exact. Not in Keras. "
                  "Initializer: glorot_uniform; for the nets of Sitzmann, make the weights of the "
                  "first layer 30 times as large.",
         .source =
             "Sitzmann, Martel, Bergman, Lindell and Wetzstein, Implicit neural representations "
             "with periodic activation functions, NeurIPS 2020"},
    .id = PLM_ACTIVATION_sin};

const plm_activation_kind plm_activation_cos = {
    .kind = {.name = "cos",
             .alias = "cosine",
             .help = "the cosine: a periodic function, 1 at 0",
             .formula = "y = cos(x)",
             .notes =
                 "Together with sin it makes periodic embeddings of numbers. With random "
                 "frequencies it gives the features of a Gaussian kernel. Compared with relu: no "
                 "unit dies or saturates, but the slope at 0 is 0. Cost: about two exponentials. "
                 "Beyond |x| = 1e9 it is not exact. Not in Keras. Initializer: glorot_uniform.",
             .source = "Gorishniy, Rubachev and Babenko, On embeddings for numerical features in "
                       "tabular deep learning, NeurIPS 2022"},
    .id = PLM_ACTIVATION_cos};
