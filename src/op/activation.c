/* activation(function=...): y = f(x), of the same shape. A function of single numbers
 * (PLM_ACT_ELEMENT) runs over all lines with their padding in one call, since they follow one
 * another in memory. softmax and log_softmax run along each line. */
#include "op/op.h"

typedef struct {
    const plm_spec *function;
} activation;

static const plm_field fields[] = {
    PLM_FIELD_OF(activation, function, PLM_SPEC, "linear", "activation", "the function"), {0}};

/* Binds the function. The output has the shape of x. softmax and log_softmax need lines along the
 * last axis. */
static plm_status shape(plm_shaping *o)
{
    PLM_TRY(plm_activation_state(o, ((const activation *)o->config)->function));
    const plm_activation *f = o->state;
    const plm_shape *x = o->in[0];
    const int64_t last = x->rank > 0 ? x->dims[x->rank - 1] : 1;
    if (f->kind->type == PLM_ACT_ROW && x->width != last)
        return plm_fail(o->graph->w, PLM_E_INTERNAL, o->where,
                        "the layer must ask for plm_last_axis",
                        "%s needs lines along the last axis, and the lines have %lld numbers",
                        f->kind->kind.name, (long long)x->width);
    o->out = *x;
    return PLM_OK;
}

/* What backward reads: y, or x if the slope does not follow from y. */
static uint32_t reads_of(const plm_node *node)
{
    const plm_activation *f = node->state;
    if (f->kind->type == PLM_ACT_ROW)
        return PLM_READS_OUT;
    return plm_activation_reads_x(f->id) ? PLM_READS_IN(0) : PLM_READS_OUT;
}

/* y = f(x) for rows first <= n < last; x and y [rows][lines][stride]. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const plm_activation *f = s->state;
    const plm_kernels *kernel = s->run->kernel;
    const plm_shape *shape = &s->out.shape;
    const size_t stride = (size_t)shape->stride, width = (size_t)shape->width;
    const size_t start = (size_t)(first * shape->lines),
                 lines = (size_t)((last - first) * shape->lines);
    plm_real *y = s->out.x + start * stride;
    const plm_real *x = s->in[0].x + start * stride;
    if (f->kind->type == PLM_ACT_ELEMENT)
        kernel->activation[f->id].forward(y, x, lines * stride, f->p);
    else if (f->kind->logarithm)
        kernel->log_softmax(y, x, lines, width, stride, stride);
    else
        kernel->softmax(y, x, lines, width, stride, stride, NULL);
}

/* Computes dx = dy f'(x), or the gradient along lines for softmax and log_softmax. f' is computed
 * from x or y, as reads_of says. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const plm_activation *f = s->state;
    const plm_kernels *kernel = s->run->kernel;
    const plm_shape *shape = &s->out.shape;
    const size_t stride = (size_t)shape->stride, width = (size_t)shape->width;
    const size_t start = (size_t)(first * shape->lines),
                 lines = (size_t)((last - first) * shape->lines);
    if (!s->in[0].g)
        return;
    plm_real *dx = s->in[0].g + start * stride;
    const plm_real *dy = s->out.g + start * stride;
    if (f->kind->type == PLM_ACT_ELEMENT) {
        const plm_real *v = plm_activation_reads_x(f->id) ? s->in[0].x : s->out.x;
        kernel->activation[f->id].backward(dx, dy, v + start * stride, lines * stride, f->p);
    } else if (f->kind->logarithm) {
        kernel->log_softmax_backward(dx, dy, s->out.x + start * stride, lines, width, stride);
    } else {
        kernel->softmax_backward(dx, dy, s->out.x + start * stride, lines, width, stride);
    }
}

const plm_op_kind plm_op_activation = {
    .kind = {.name = "activation",
             .help = "a function of every number, or softmax along lines",
             .formula = "y = f(x)",
             .config_size = sizeof(activation),
             .fields = fields},
    .shape = shape,
    .reads_of = reads_of,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};

const plm_activation *plm_activation_of(const plm_node *node)
{
    return node->op == &plm_op_activation ? node->state : NULL;
}

plm_status plm_activation_state(plm_shaping *o, const plm_spec *spec)
{
    plm_activation *f = plm_arena_take(o->arena, sizeof *f);
    if (f == NULL)
        return PLM_E_MEMORY;
    o->state = f;
    return plm_activation_bind(o->arena, spec, f);
}
