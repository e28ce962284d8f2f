/* discretize gives the number of the interval that contains x. Boundaries b[0] .. b[k - 1] in
 * ascending order separate k + 1 intervals, so y is the number of boundaries at or below x. A NaN
 * counts as a number of the first interval. There is no gradient. */
#include "op/no_gradient.h"

typedef struct {
    plm_reals boundaries; /* rising */
} discretize;

static const plm_field fields[] = {PLM_FIELD(discretize, boundaries, PLM_REALS, NULL, 0, 0,
                                             "boundaries of the intervals, in ascending order"),
                                   {0}};

/* Sets the shape of the output to that of x. */
static plm_status shape(plm_shaping *o)
{
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the number of boundaries at or below x, by binary search. */
static int count_below(const plm_reals *b, double x)
{
    int low = 0, high = b->count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (b->at[middle] <= x)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_reals *boundaries = &((const discretize *)s->config)->boundaries;
    const plm_shape *x = &s->in[0].shape;
    (void)thread;
    for (int64_t line = first * x->lines; line < last * x->lines; line++)
        for (int64_t j = 0; j < x->width; j++)
            s->out.x[line * x->stride + j] =
                (plm_real)count_below(boundaries, (double)s->in[0].x[line * x->stride + j]);
}

const plm_op_kind plm_op_discretize = {
    .kind = {.name = "discretize",
             .help = "gives the number of the interval that contains x",
             .config_size = sizeof(discretize),
             .fields = fields},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = plm_no_gradient, .split = PLM_SPLIT_ROWS}}},
};
