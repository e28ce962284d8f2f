/* Replaces each number by the number of the interval that contains it, or by an encoding of that
 * number. */
#include "nn/nn.h"

typedef struct {
    plm_reals bin_boundaries; /* numbers in ascending order; n boundaries make n + 1 intervals */
    const char *output_mode;  /* int, one_hot, multi_hot or count */
} discretization;

static const plm_field fields[] = {
    PLM_FIELD(discretization, bin_boundaries, PLM_REALS, NULL, 0, 0,
              "numbers in ascending order that separate the intervals; a boundary belongs to the "
              "interval above it"),
    PLM_FIELD_OF(discretization, output_mode, PLM_CHOICE, "int", PLM_ENCODINGS,
                 "int: the number of the interval, from 0; else that number encoded as by "
                 "category_encoding"),
    {0}};

/* Emits op discretize and, for output modes other than int, op encode. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *x)
{
    const discretization *c = config;
    (void)count;
    if (c->bin_boundaries.count == 0)
        return plm_layer_fail(b, PLM_E_SPEC,
                              "give boundaries, such as discretization([0, 10, 100])",
                              "there are no bin_boundaries");
    for (int i = 1; i < c->bin_boundaries.count; i++)
        if (!(c->bin_boundaries.at[i] > c->bin_boundaries.at[i - 1]))
            return plm_layer_fail(b, PLM_E_SPEC, "give the boundaries in ascending order",
                                  "%g follows %g in bin_boundaries", c->bin_boundaries.at[i],
                                  c->bin_boundaries.at[i - 1]);
    const plm_value y = plm_emit_with_numbers(b, x[0], &c->bin_boundaries, "discretize(");
    return plm_emit_encoding(b, y, c->output_mode, c->bin_boundaries.count + 1);
}

const plm_layer_kind plm_layer_discretization = {
    .kind = {.name = "discretization",
             .alias = "Discretization",
             .help = "gives the number of the interval that contains x",
             .formula = "y = number of bin_boundaries that are at most x",
             .notes = "It lets a net treat ranges of a number (ages, hours) as categories: put "
                      "embedding or a dense layer after it. No gradient passes through it. Keras "
                      "can also find the boundaries from data (num_bins).",
             .config_size = sizeof(discretization),
             .fields = fields,
             .examples = PLM_LIST("discretization([-1, 0, 0.5]) <- [4]",
                                  "discretization([-1, 1], output_mode=one_hot) <- [3, 5]",
                                  "discretization([-1, 0, 1], output_mode=multi_hot) <- [7]")},
    .emit = emit,
};
