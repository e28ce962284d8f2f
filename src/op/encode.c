/* encode turns ids 0 .. tokens - 1 into numbers for a net, in one of three ways:
 *
 *     one_hot      each id becomes a vector with 1 at its place; one more axis unless x is one id
 *     multi_hot    the ids of a vector together become one vector: 1 for each id that is there
 *     count        likewise, how often each id is there
 *
 * An id that does not exist gives only zeros. The model checks the ids of its inputs (model/ids.c),
 * so this can only happen to ids that a net has computed. There is no gradient. */
#include <string.h>

#include "op/no_gradient.h"

typedef struct {
    int64_t tokens;   /* number of ids */
    const char *mode; /* one_hot, multi_hot or count */
} encode;

static const plm_field fields[] = {
    PLM_FIELD(encode, tokens, PLM_INT, NULL, 1, 1e9, "number of ids"),
    PLM_FIELD_OF(encode, mode, PLM_CHOICE, "multi_hot", "multi_hot|one_hot|count", "how"),
    {0}};

/* True if each id gets its own vector. */
static bool is_one_hot(const encode *c)
{
    return c->mode[0] == 'o';
}

/* Sets the shape of the output. multi_hot and count replace the last axis of x by one of length
 * `tokens`. one_hot appends such an axis, but replaces a last axis of length 1 by it. */
static plm_status shape(plm_shaping *o)
{
    const encode *c = o->config;
    const plm_shape *x = o->in[0];
    int64_t dims[PLM_RANK];
    const bool more = is_one_hot(c) && x->rank > 0 && x->dims[x->rank - 1] != 1;
    const int rank = x->rank + (more || x->rank == 0);
    if (rank > PLM_RANK)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, "put the layer flatten before it",
                        "an input of %d axes cannot get one more axis", x->rank);
    memcpy(dims, x->dims, sizeof dims);
    dims[rank - 1] = c->tokens;
    o->out = plm_shape_lines(rank, dims);
    return PLM_OK;
}

/* Returns the number of ids that exist. */
static int64_t ids(const plm_node *node)
{
    return ((const encode *)node->config)->tokens;
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const encode *c = s->config;
    const plm_shape *x = &s->in[0].shape, *y = &s->out.shape;
    const int64_t each = x->lines * x->width, together = each / y->lines;
    (void)thread;
    memset(s->out.x + first * y->lines * y->stride, 0,
           (size_t)((last - first) * y->lines * y->stride) * sizeof(plm_real));
    for (int64_t i = first * each; i < last * each; i++) {
        const int64_t row = i / each, at = i % each;
        const plm_real id =
            s->in[0].x[(row * x->lines + at / x->width) * x->stride + at % x->width];
        plm_real *line = s->out.x + (row * y->lines + at / together) * y->stride;
        if (id >= 0 && id < (plm_real)c->tokens)
            line[(int64_t)id] = c->mode[0] == 'c' ? line[(int64_t)id] + 1 : 1;
    }
}

const plm_op_kind plm_op_encode = {
    .kind = {.name = "encode",
             .help = "encodes ids as vectors of 0 and 1, or as counts",
             .config_size = sizeof(encode),
             .fields = fields},
    .shape = shape,
    .ids = ids,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = plm_no_gradient, .split = PLM_SPLIT_ROWS}}},
};
