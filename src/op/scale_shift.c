/* Computes y = scale * x + shift with two constants, and dx = scale * dy. The layer rescaling emits
 * it. It is the shortest op, so it can serve as a model for new ones. */
#include "op/op.h"

typedef struct {
    double scale, shift; /* y = scale x + shift */
} scale_shift;

static const plm_field fields[] = {
    PLM_FIELD(scale_shift, scale, PLM_REAL, "1", 0, 0, "factor"),
    PLM_FIELD(scale_shift, shift, PLM_REAL, "0", 0, 0, "number added afterwards"),
    {0}};

/* Sets the shape of the output to that of x. */
static plm_status shape(plm_shaping *o)
{
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the size of `rows` rows in memory, in numbers, including padding. */
static size_t line_numbers(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines * s->out.shape.stride);
}

/* Computes y for rows first <= n < last. Padding is computed, too, so that one call of the kernel
 * serves all vectors. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const scale_shift *c = s->config;
    const size_t at = line_numbers(s, first);
    (void)thread;
    s->run->kernel->scale_shift(s->out.x + at, s->in[0].x + at, (plm_real)c->scale,
                                (plm_real)c->shift, line_numbers(s, last) - at);
}

/* Computes dx for rows first <= n < last, if it is wanted. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const scale_shift *c = s->config;
    const size_t at = line_numbers(s, first);
    (void)thread;
    if (s->in[0].g != NULL)
        s->run->kernel->scale_shift(s->in[0].g + at, s->out.g + at, (plm_real)c->scale, 0,
                                    line_numbers(s, last) - at);
    plm_step_flush(s, 0, first, last);
}

const plm_op_kind plm_op_scale_shift = {
    .kind = {.name = "scale_shift",
             .help = "computes scale * x + shift with two constants",
             .config_size = sizeof(scale_shift),
             .fields = fields},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};

/* Scaling is recognized by findings about the range of an output. */
bool plm_scale_shift_numbers(const plm_node *node, double *scale, double *shift)
{
    if (node->op != &plm_op_scale_shift)
        return false;
    const scale_shift *c = node->config;
    *scale = c->scale;
    *shift = c->shift;
    return true;
}
