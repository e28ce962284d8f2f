/* AdamW is Adam with decoupled weight decay by default: it computes x -= lr weight_decay x, then
 * makes Adam's step. The decay is a key that all optimizers share (train/rules.c), so
 * exclude_from_weight_decay works here too. As in Keras, all parameters decay unless some are
 * excluded. */
#include "nn/optimizer/adam.h"

const plm_optimizer_kind plm_optimizer_adamw = {
    .kind = {.name = "adamw",
             .help = "adam with weight decay decoupled from the gradient",
             .formula = "x -= lr weight_decay x, then adam's step",
             .notes = "Use it instead of l2 with adam. Adam divides the gradient of an l2 penalty "
                      "by its step sizes, which makes the penalty useless; decoupled decay is not "
                      "affected. weight_decay is 0.004 by default.",
             .source = "Loshchilov and Hutter, Decoupled weight decay regularization, ICLR 2019",
             .config_size = sizeof(plm_adam_config),
             .positions = "learning_rate|weight_decay|beta_1|beta_2|epsilon|amsgrad",
             .fields = plm_adam_fields,
             .examples = PLM_LIST("adamw(0.01)", "adamw(0.01, weight_decay=0.1, amsgrad=true)")},
    .rate_offset = offsetof(plm_adam_config, learning_rate),
    .momentum_offset = offsetof(plm_adam_config, beta_1),
    .weight_decay = 0.004,
    .slots = plm_adam_slots,
    .uses = plm_adam_uses,
    .begin = plm_adam_begin,
    .update = plm_adam_update,
    .is_adam = true,
};
