/* What the layer input was told: read by the model, which makes the value. */
#ifndef PLM_NN_LAYER_INPUT_H
#define PLM_NN_LAYER_INPUT_H

#include "base/fields.h"

typedef struct {
    plm_ints shape;
} plm_input_config;

#endif
