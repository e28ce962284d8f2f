/* random_leaky_relu (RReLU) is a leaky relu whose slope below 0 is random (Xu, Wang, Chen and Li,
 * Empirical evaluation of rectified activations in convolutional network, 2015). In training, each
 * element gets a slope from [lower, upper), which is drawn again at every update. At inference the
 * slope is (lower + upper) / 2.
 *
 * A slope is a function of (seed, node, update, row of the epoch, element). So it is the same on
 * any number of threads, and backward draws it again instead of keeping it. */
#include "op/random_numbers.h"

typedef struct {
    double lower, upper; /* bounds of the slope below 0 */
} random_leaky_relu;

static const plm_field fields[] = {
    PLM_FIELD(random_leaky_relu, lower, PLM_REAL, "0.125", -1e6, 1e6, "smallest slope for x < 0"),
    PLM_FIELD(random_leaky_relu, upper, PLM_REAL, "1/3", -1e6, 1e6, "largest slope for x < 0"),
    {0}};

/* Sets the shape of the output to that of x. Checks that lower is not above upper. */
static plm_status shape(plm_shaping *o)
{
    const random_leaky_relu *c = o->config;
    if (c->lower > c->upper)
        return plm_fail(o->graph->w, PLM_E_SPEC, NULL, "give the smaller slope first",
                        "lower %g is above upper %g", c->lower, c->upper);
    o->out = *o->in[0];
    return PLM_OK;
}

/* ---- slopes ---- */

/* Computes y = by where from >= 0, else slope by, for rows first <= n < last with their padding. In
 * forward, by = from = x. In backward, y = dx, by = dy, from = x. */
static void scale_rows(const plm_step *s, plm_real *y, const plm_real *by, const plm_real *from,
                       int64_t first, int64_t last)
{
    const random_leaky_relu *c = s->config;
    const plm_real low = (plm_real)c->lower, unit = (plm_real)((c->upper - c->lower) / 16777216.0);
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride);
    const plm_random r = plm_step_random(s, -1);
    uint32_t number[PLM_NUMBERS];
    for (int64_t n = first; n < last; n++) {
        for (size_t j = 0; j < row; j += PLM_NUMBERS) {
            const size_t count = row - j < PLM_NUMBERS ? row - j : PLM_NUMBERS,
                         at = (size_t)n * row + j;
            plm_step_numbers(s, &r, n, j, count, number);
            for (size_t i = 0; i < count; i++) {
                /* the conversion of a signed int to float takes one instruction, that of an
                 * unsigned int several */
                const plm_real slope = low + unit * (plm_real)(int32_t)(number[i] >> 8);
                y[at + i] = by[at + i] * (from[at + i] >= 0 ? 1 : slope);
            }
        }
    }
}

/* Computes y for rows first <= n < last in training. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    scale_rows(s, s->out.x, s->in[0].x, s->in[0].x, first, last);
}

/* Computes dx for rows first <= n < last, with the slopes of forward. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    if (s->in[0].g)
        scale_rows(s, s->in[0].g, s->out.g, s->in[0].x, first, last);
    plm_step_flush(s, 0, first, last);
}

/* Computes y at inference, with the mean of the slopes. */
static void infer(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const random_leaky_relu *c = s->config;
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride),
                 start = (size_t)first * row;
    const plm_real mean = (plm_real)((c->lower + c->upper) / 2);
    (void)thread;
    for (size_t i = start; i < (size_t)last * row; i++)
        s->out.x[i] = s->in[0].x[i] >= 0 ? s->in[0].x[i] : mean * s->in[0].x[i];
}

const plm_op_kind plm_op_random_leaky_relu = {
    .kind = {.name = "random_leaky_relu",
             .help = "leaky relu with a random slope for each element in training",
             .formula = "y = x for x >= 0, a * x below; a uniform in [lower, upper), at inference "
                        "(lower + upper) / 2",
             .config_size = sizeof(random_leaky_relu),
             .fields = fields},
    .shape = shape,
    .random = true,
    .reads = PLM_READS_IN(0),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .infer = {{.run = infer, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
