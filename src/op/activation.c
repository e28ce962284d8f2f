/* activation(function=...): y = f(x), of the same shape. A function of single numbers is applied to
 * all vectors with their padding in one call, since the vectors follow one another in memory.
 * Functions of whole vectors, such as softmax, are applied to each vector; functions that halve the
 * last axis, such as glu, change the shape. */
#include "op/op.h"

typedef struct {
    const plm_spec *function; /* the activation with its arguments */
} activation;

static const plm_field fields[] = {
    PLM_FIELD_OF(activation, function, PLM_SPEC, "linear", "activation", "the function"), {0}};

/* Returns the shape of y for a function that halves the last axis: the shape of x with half the
 * length. */
static plm_shape halved(const plm_shape *x)
{
    int64_t dims[PLM_RANK];
    for (int i = 0; i < x->rank; i++)
        dims[i] = i == x->rank - 1 ? x->dims[i] / 2 : x->dims[i];
    return x->rank > 1 ? plm_shape_lines(x->rank, dims) : plm_shape_of(x->rank, dims);
}

/* Fails if a function of whole vectors gets vectors that are not the last axis of x, or if a
 * function that halves the last axis gets one of odd length. */
static plm_status check_lines(const plm_shaping *o, const plm_activation *f)
{
    const plm_shape *x = o->in[0];
    const int64_t last = x->rank > 0 ? x->dims[x->rank - 1] : 1;
    if (x->width != last)
        return plm_fail(o->graph->w, PLM_E_INTERNAL, NULL, "the layer must ask for plm_last_axis",
                        "%s needs vectors along the last axis, but the vectors have %lld numbers",
                        f->kind->kind.name, (long long)x->width);
    if (f->kind->halves && last % 2 != 0)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL,
                        "give the previous layer an even number of units, twice as many as the "
                        "activation should have",
                        "%s splits the last axis into two halves, but its length %lld is odd",
                        f->kind->kind.name, (long long)last);
    return PLM_OK;
}

/* Looks up the function, reads its arguments into the state of the op, and sets the shape of the
 * output. This is the shape of x; a function such as glu halves the last axis. */
static plm_status shape(plm_shaping *o)
{
    PLM_TRY(plm_activation_state(o, ((const activation *)o->config)->function));
    const plm_activation *f = o->state;
    if (f->kind->forward != NULL)
        PLM_TRY(check_lines(o, f));
    o->out = f->kind->halves ? halved(o->in[0]) : *o->in[0];
    return PLM_OK;
}

/* True if backward reads x, since the slope cannot be computed from y. */
static bool reads_x(const plm_activation *f)
{
    return f->kind->forward != NULL ? f->kind->reads_x : plm_activation_reads_x(f->id);
}

/* Returns which value backward reads: x or y. */
static uint32_t reads_of(const plm_node *node)
{
    return reads_x(node->state) ? PLM_READS_IN(0) : PLM_READS_OUT;
}

/* Returns the arguments with which a function of whole vectors, such as softmax, computes `rows`
 * rows. */
static plm_activation_lines lines_of(const plm_step *s, int64_t rows)
{
    const plm_shape *x = &s->in[0].shape;
    return (plm_activation_lines){.kernel = s->run->kernel,
                                  .lines = (size_t)(rows * x->lines),
                                  .width = (size_t)x->width,
                                  .x_stride = (size_t)x->stride,
                                  .y_stride = (size_t)s->out.shape.stride};
}

/* Returns how many numbers `rows` rows of a shape have in memory, padding included. */
static size_t stored(const plm_shape *shape, int64_t rows)
{
    return (size_t)(rows * shape->lines * shape->stride);
}

/* Computes y = f(x) for rows first <= n < last; x and y [rows][lines][stride]. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const plm_activation *f = s->state;
    const plm_activation_lines l = lines_of(s, last - first);
    plm_real *y = s->out.x + stored(&s->out.shape, first);
    const plm_real *x = s->in[0].x + stored(&s->in[0].shape, first);
    if (f->kind->forward != NULL)
        f->kind->forward(&l, y, x);
    else
        l.kernel->activation[f->id].forward(y, x, l.lines * l.x_stride, f->p);
}

/* Computes dx = dy f'(x), or the gradient along vectors for a function of whole vectors. f' is
 * computed from x or from y; reads_x chooses. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    const plm_activation *f = s->state;
    const plm_activation_lines l = lines_of(s, last - first);
    if (!s->in[0].g)
        return;
    const size_t x_at = stored(&s->in[0].shape, first), y_at = stored(&s->out.shape, first);
    plm_real *dx = s->in[0].g + x_at;
    const plm_real *dy = s->out.g + y_at;
    const plm_real *v = reads_x(f) ? s->in[0].x + x_at : s->out.x + y_at;
    if (f->kind->forward != NULL)
        f->kind->backward(&l, dx, dy, v);
    else
        l.kernel->activation[f->id].backward(dx, dy, v, l.lines * l.x_stride, f->p);
}

const plm_op_kind plm_op_activation = {
    .kind = {.name = "activation",
             .help =
                 "applies an activation to every element, or along the last axis as softmax does",
             .formula = "y = f(x)",
             .config_size = sizeof(activation),
             .fields = fields},
    .shape = shape,
    .reads_of = reads_of,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};

/* Returns the activation that a node of the op activation computes; NULL for a node of any other
 * op. */
const plm_activation *plm_activation_of(const plm_node *node)
{
    return node->op == &plm_op_activation ? node->state : NULL;
}

/* Fails if a function of whole vectors is requested along an axis other than the last. (Keras
 * supports other axes.) */
static plm_status check_axis(plm *w, const plm_activation_kind *kind, const void *config)
{
    if (kind->forward == NULL || ((const plm_axis_config *)config)->axis == -1)
        return PLM_OK;
    return plm_fail(w, PLM_E_UNSUPPORTED, kind->kind.name,
                    "leave axis out, or put the axes into another order first, by permute",
                    "axis=%lld is not supported, only the last axis (-1) is",
                    (long long)((const plm_axis_config *)config)->axis);
}

/* Finds the activation that a spec names and reads its arguments; spec NULL = linear. `parameters`
 * fills out->p if the activation has parameters, and then chooses the kernel function. */
plm_status plm_activation_bind(plm_arena *a, const plm_spec *spec, plm_activation *out)
{
    const plm_kind *found = NULL;
    const void *config = NULL;
    *out = (plm_activation){.kind = &plm_activation_linear, .id = PLM_ACTIVATION_linear};
    if (!spec)
        return PLM_OK;
    PLM_TRY(plm_kind_bind(a, "activation", spec, &found, &config));
    const plm_activation_kind *kind = (const plm_activation_kind *)(const void *)found;
    PLM_TRY(check_axis(a->w, kind, config));
    out->kind = kind;
    out->id = kind->parameters ? kind->parameters(config, out->p) : kind->id;
    return PLM_OK;
}

/* Finds the activation that a spec names and makes it, with its parameters, the state of the op. */
plm_status plm_activation_state(plm_shaping *o, const plm_spec *spec)
{
    plm_activation *f = plm_arena_take(o->arena, sizeof *f);
    if (f == NULL)
        return PLM_E_MEMORY;
    o->state = f;
    return plm_activation_bind(o->arena, spec, f);
}
