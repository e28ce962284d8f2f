/* AdamW: Adam with decoupled weight decay by default: x -= lr weight_decay x, then Adam's step.
 * The decay is the key all optimizers share (train/rules.c), so that exclude_from_weight_decay
 * holds here, too; as in Keras, nothing is left out unless it is said. */
#include "nn/optimizer/adam.h"

const plm_optimizer_kind plm_optimizer_adamw = {
    .kind =
        {.name = "adamw",
         .help = "adam with weight decay apart from the gradient",
         .formula = "x -= lr weight_decay x, then adam's step",
         .notes =
             "Adam where l2 is wanted: a penalty in the gradient is divided by adam's step sizes "
             "and loses its "
             "meaning, decay keeps it. weight_decay is 0.004 unless said.",
         .source = "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019",
         .config_size = sizeof(plm_adam_config),
         .fields = plm_adam_fields,
         .examples = PLM_LIST("adamw(0.01)", "adamw(0.01, weight_decay=0.1, amsgrad=true)")},
    .rate_offset = offsetof(plm_adam_config, learning_rate),
    .momentum_offset = offsetof(plm_adam_config, beta_1),
    .weight_decay = 0.004,
    .slots = plm_adam_slots,
    .uses = plm_adam_uses,
    .begin = plm_adam_begin,
    .update = plm_adam_update,
};
