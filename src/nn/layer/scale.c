/* Computes y = x scale, with a learned factor for each column of the last axis. Before the first
 * dense layer, it lets a net choose among its inputs. */
#include "nn/nn.h"

typedef struct {
    const plm_spec *scale_initializer, *scale_regularizer, *scale_constraint;
} scale;

static const plm_field fields[] = {PLM_FIELD_OF(scale, scale_initializer, PLM_SPEC, "ones",
                                                "initializer", "initial values of the factors"),
                                   PLM_FIELD_OF(scale, scale_regularizer, PLM_SPEC, "none",
                                                "regularizer", "penalty on the factors"),
                                   PLM_FIELD_OF(scale, scale_constraint, PLM_SPEC, "none",
                                                "constraint", "constraint on the factors"),
                                   {0}};

/* Emits op scale_columns on (x, scale). */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const scale *c = config;
    int64_t width = 0;
    const plm_value x = plm_columns(b, given[0], &width);
    (void)count;
    const plm_value in[2] = {x, plm_weight_of_columns(b, "scale", width, c->scale_initializer,
                                                      c->scale_regularizer, c->scale_constraint)};
    return plm_emit(b, 2, in, "scale_columns");
}

const plm_layer_kind plm_layer_scale = {
    .kind = {.name = "scale",
             .help = "multiplies each column by a learned factor, which starts at 1",
             .formula = "y = x scale, one factor for each column of the last axis",
             .notes = "As the first layer of a net on a table it learns which columns matter; "
                      "RealMLP gives it learning_rate_factor=6. Keras has no such layer; "
                      "rescaling has one constant for all columns.",
             .source = "Holzmueller, Grinsztajn and Steinwart, Better by default, NeurIPS 2024",
             .config_size = sizeof(scale),
             .fields = fields,
             .examples = PLM_LIST("scale() <- [4]", "scale(learning_rate_factor=6) <- [21]",
                                  "scale(scale_initializer=constant(0.5)) <- [3, 5]")},
    .emit = emit,
};
