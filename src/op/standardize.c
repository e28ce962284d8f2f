/* Computes y[n, i] = (x[n, i] - centre[i]) / d[i] for vectors n, where d = max(sqrt(variance),
 * 1e-7) or max(deviation, 1e-7). Inverted, it computes y = x d + centre. The layer normalization
 * emits it; its statistics were measured before training and are not trained. The bound 1e-7 is
 * Keras's. The gradient is dx = dy / d or, inverted, dx = dy d. */
#include <math.h>
#include <string.h>

#include "op/op.h"

enum { CENTRE = 1, SPREAD = 2 };
static const double SMALLEST = 1e-7;

typedef struct {
    const char *spread; /* the divisor is computed from "variance" or "deviation" */
    bool invert;        /* multiply and add instead */
} standardize;

static const plm_field fields[] = {
    PLM_FIELD_OF(standardize, spread, PLM_CHOICE, "variance", "variance|deviation",
                 "what the scale parameter holds: the variance or the standard deviation"),
    PLM_FIELD(standardize, invert, PLM_BOOL, "false", 0, 0,
              "true = undo the standardization: y = x d + centre"),
    {0}};

/* Sets the shape of the output to that of x. Checks the lengths of mean and variance. */
static plm_status shape(plm_shaping *o)
{
    const plm_shape *x = o->in[0];
    for (int i = CENTRE; i <= SPREAD; i++)
        if (o->inputs != 3 || o->weight[i] == NULL || (int64_t)o->weight[i]->count != x->width)
            return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                            "standardize needs %lld means and variances", (long long)x->width);
    o->out = *x;
    return PLM_OK;
}

/* Three vectors [stride] in the thread's scratch memory. one: all 1. away: the centres, or minus
 * the centres unless inverted. factor: 1 / d or, inverted, d. All three vectors are 0 in the
 * padding. */
typedef struct {
    plm_real *one, *away, *factor;
} columns;

/* Returns d of column j. */
static double deviation_of(const plm_step *s, size_t j)
{
    const standardize *c = s->config;
    const double spread = (double)s->in[SPREAD].x[j];
    const double deviation = c->spread[0] == 'v' ? sqrt(spread) : spread;
    return deviation > SMALLEST ? deviation : SMALLEST;
}

/* Computes the three vectors one, away and factor in the scratch memory of a thread. */
static columns columns_of(const plm_step *s, int thread)
{
    const size_t stride = (size_t)s->out.shape.stride;
    plm_real *one = s->run->scratch + (size_t)thread * s->run->scratch_size;
    const columns c = {.one = one, .away = one + stride, .factor = one + 2 * stride};
    const bool invert = ((const standardize *)s->config)->invert;
    memset(one, 0, 3 * stride * sizeof *one);
    for (size_t j = 0; j < (size_t)s->out.shape.width; j++) {
        const double deviation = deviation_of(s, j);
        c.one[j] = 1;
        c.away[j] = invert ? s->in[CENTRE].x[j] : -s->in[CENTRE].x[j];
        c.factor[j] = (plm_real)(invert ? deviation : 1.0 / deviation);
    }
    return c;
}

/* Computes y = (x - centre) factor of some rows or, inverted, y = x factor + centre. shifted: false
 * = computes y = x factor, for gradients. The centre is subtracted first, in a separate step: x
 * factor - centre factor would lose digits by cancellation if the centre is large. Both steps of a
 * row run in one thread, so that the second step finds y in its cache. The three vectors are
 * computed again for each share of rows, which costs little. */
static void run(const plm_step *s, plm_real *y, const plm_real *x, int64_t rows, int thread,
                bool shifted)
{
    const plm_kernels *kernel = s->run->kernel;
    const size_t stride = (size_t)s->out.shape.stride, lines = (size_t)(rows * s->out.shape.lines);
    const bool invert = ((const standardize *)s->config)->invert;
    const columns c = columns_of(s, thread);
    if (shifted && !invert)
        kernel->scale_columns(y, x, c.one, c.away, lines, stride, stride, stride);
    kernel->scale_columns(y, shifted && !invert ? y : x, c.factor,
                          shifted && invert ? c.away : NULL, lines, stride, stride, stride);
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t at = first * s->out.shape.lines * s->out.shape.stride;
    run(s, s->out.x + at, s->in[0].x + at, last - first, thread, true);
}

/* Computes dx for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const int64_t at = first * s->out.shape.lines * s->out.shape.stride;
    if (s->in[0].g != NULL)
        run(s, s->in[0].g + at, s->out.g + at, last - first, thread, false);
    plm_step_flush(s, 0, first, last);
}

/* Returns how many numbers of scratch memory a thread needs: for the three vectors. */
static size_t scratch(const plm_step *s)
{
    return 3 * (size_t)s->out.shape.stride;
}

const plm_op_kind plm_op_standardize = {
    .kind = {.name = "standardize",
             .help = "computes (x - centre) / deviation column by column, or the inverse",
             .config_size = sizeof(standardize),
             .fields = fields},
    .shape = shape,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .scratch = scratch},
};

/* True if the node is of this op with invert, which turns standardized numbers back into their
 * unit. */
bool plm_standardize_inverts(const plm_node *node)
{
    return node->op == &plm_op_standardize && ((const standardize *)node->config)->invert;
}

/* True if the second parameter of the op is the variances, false if it is the standard
 * deviations. */
bool plm_standardize_by_variance(const plm_node *node)
{
    return ((const standardize *)node->config)->spread[0] == 'v';
}
