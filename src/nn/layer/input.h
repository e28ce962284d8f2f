/* The config of layer input, which the model reads to make the input. */
#ifndef PLM_NN_LAYER_INPUT_H
#define PLM_NN_LAYER_INPUT_H

#include "base/fields.h"

/* Shape of a row, without the batch. */
typedef struct {
    plm_ints shape;
} plm_input_config;

#endif
