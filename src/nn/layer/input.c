/* The first layer of a chain, which gives the shape of a row. input(28, 28) takes [n, 28, 28],
 * where n is the batch. The model itself makes the input value; this kind only stores the shape. */
#include "nn/nn.h"
#include "nn/layer/input.h"

static const plm_field fields[] = {PLM_FIELD(plm_input_config, shape, PLM_INTS, NULL, 1, 1e9,
                                             "lengths of the axes, without the batch"),
                                   {0}};

/* Always fails, since an input layer takes no input. The model makes the values of inputs itself,
 * and calls this only if an input layer is given an input. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    (void)config;
    (void)count;
    (void)x;
    return plm_layer_fail(b, PLM_E_SPEC, "put the input layer first",
                          "an input layer takes no input");
}

const plm_layer_kind plm_layer_input = {
    .kind = {.name = "input",
             .alias = "Input|InputLayer|input_layer",
             .help = "the shape of a row, without the batch",
             .config_size = sizeof(plm_input_config),
             .fields = fields},
    .emit = emit,
};
