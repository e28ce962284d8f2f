/* Multiplies two values along an axis of each, row by row, and sums over that axis: x [n, a, d], y
 * [n, b, d], axes=2 -> [n, a, b]. */
#include "nn/nn.h"

typedef struct {
    plm_ints axes;  /* [one or two] the axis of each input along which products are summed */
    bool normalize; /* true = scale the vectors to length 1 first, which gives the cosine */
} dot;

static const plm_field fields[] = {
    PLM_FIELD(dot, axes, PLM_INTS, NULL, -8, 8,
              "the axis of both inputs, or [axis of the first, axis of the second]; 0 is the "
              "batch, negative axes count from the end"),
    PLM_FIELD(
        dot, normalize, PLM_BOOL, "false", 0, 0,
        "true = divide vectors by their lengths first, which gives the cosine of their angle"),
    {0}};

/* Returns x with the multiplied axis as its last axis and the other axes before it, in their order.
 * With `normalize`, each vector of that axis gets length 1. */
static plm_value along(plm_builder *b, const dot *c, plm_value x, int64_t axis)
{
    const int rank = plm_rank(b, x);
    const int at = (int)(axis < 0 ? rank + 1 + axis : axis);
    plm_text order = {.w = b->graph->w};
    if (at < 1 || at > rank)
        return plm_layer_fail(b, PLM_E_SPEC, "give axes of 1 or more; axis 0 is the batch",
                              "axis %lld does not exist: an input has %d axes besides the batch",
                              (long long)axis, rank);
    if (at < rank) {
        for (int i = 1; i <= rank; i++)
            if (i != at)
                plm_text_format(&order, "%d, ", i);
        plm_text_format(&order, "%d", at);
        plm_require_text(b, &order);
        x = plm_emit(b, 1, &x, "permute(%s)", plm_text_get(&order));
    }
    plm_text_free(&order);
    x = plm_last_axis(b, x);
    return c->normalize ? plm_emit(b, 1, &x, "unit_normalize") : x;
}

/* Emits op dot on both inputs, after permuting the multiplied axis to the end. */
static plm_value emit(plm_builder *b, const void *config, int count, const plm_value *given)
{
    const dot *c = config;
    (void)count;
    if (c->axes.count > 2)
        return plm_layer_fail(b, PLM_E_SPEC, "give axes=1 or axes=[1, 2]",
                              "axes has %d numbers for two inputs", c->axes.count);
    const plm_value x[2] = {along(b, c, given[0], c->axes.at[0]),
                            along(b, c, given[1], c->axes.at[c->axes.count - 1])};
    return plm_emit(b, 2, x, "dot");
}

const plm_layer_kind plm_layer_dot = {
    .kind = {.name = "dot",
             .alias = "Dot",
             .help = "multiplies two values along an axis, row by row, and sums over it",
             .formula = "z[a, b] = sum over d of x[a, d] y[b, d]",
             .notes = "It measures how similar two vectors are: for [n, d] and [n, d], axes=1 "
                      "gives one number for each row, and with normalize=true their cosine.",
             .config_size = sizeof(dot),
             .fields = fields,
             .examples = PLM_LIST("dot(1) <- [5] [5]", "dot(2) <- [3, 4] [2, 4]",
                                  "dot([1, 2]) <- [4, 3] [2, 4]",
                                  "dot(1, normalize=true) <- [7] [7]", "dot(-1) <- [20] [3, 20]")},
    .emit = emit,
    .inputs_low = 2,
    .inputs_high = 2,
};
