/* loss(function=..., factor=...): computes one number per row from a prediction, a target and
 * perhaps sample weights. If a row of the prediction has several vectors, its loss is the mean over
 * its vectors.
 *
 * In training, the backward pass computes the values together with the gradient, since both need
 * the same exponentials. The gradient contains the factor / rows of the mean over the batch. If no
 * gradient is wanted, the forward pass computes the values. The loss functions are in
 * loss_elements.c and loss_classes.c. */
#include <string.h>

#include "op/op.h"

typedef struct {
    const plm_spec *function; /* spec of a loss, such as huber(delta=2) */
    double factor;            /* weight of this loss in the total loss, for nets with several
                               * outputs */
    bool logits;              /* the prediction has not gone through its sigmoid or softmax */
} loss_config;

/* The state of the op: its config, with the loss function found and that function's own config
 * read. */
typedef struct {
    double factor;             /* as in the config */
    const plm_loss_kind *kind; /* the loss that was found */
    const void *config;        /* config of that kind of loss; from_logits may have been changed */
    /* how the losses of a batch become one number (plm_loss_common) */
    enum { MEAN, SUM, MEAN_BY_WEIGHT } reduction;
} loss;

static const plm_field fields[] = {
    PLM_FIELD_OF(loss_config, function, PLM_SPEC, NULL, "loss", "the loss function"),
    PLM_FIELD(loss_config, factor, PLM_REAL, "1", 0, 0, "weight of this loss in the total loss"),
    PLM_FIELD(loss_config, logits, PLM_BOOL, "false", 0, 0,
              "true = the prediction is the input of the loss's own activation (logits_of)"),
    {0}};

/* Checks that the shapes of prediction and target fit the loss. Also checks their memory layout:
 * prediction and target must be split into the same contiguous vectors, and a loss along the last
 * axis needs vectors along that axis. The layer that emits the op chooses the layout, so a wrong
 * layout is our bug, not the user's: E_INTERNAL. */
static plm_status check_shapes(const plm_shaping *o, const loss *c)
{
    const char *why = "";
    char prediction[160], target[160];
    const plm_shape *p = o->in[0], *t = o->in[1];
    plm_shape_print(p, prediction, sizeof prediction);
    plm_shape_print(t, target, sizeof target);
    if (!c->kind->fits(c->config, p, t, &why))
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, why,
                        "%s: a prediction of %s and a target of %s do not fit", c->kind->kind.name,
                        prediction, target);
    const int64_t last = p->rank > 0 ? p->dims[p->rank - 1] : 1;
    const bool by_lines = p->width == last && (c->kind->sparse || t->width == last);
    const bool alike = p->lines == t->lines && (c->kind->sparse || p->width == t->width);
    const bool labels = c->kind->sparse && p->lines == t->lines * t->width;
    if ((!alike && !labels) || (c->kind->along_axis && !by_lines))
        return plm_fail(o->graph->w, PLM_E_INTERNAL, NULL,
                        "ask for plm_graph_lines of prediction and target",
                        "%s: the prediction %s is not stored as vectors along the last axis",
                        c->kind->kind.name, prediction);
    return PLM_OK;
}

/* Finds the loss function and reads its config. The config is copied, so that from_logits can be
 * set to true in the copy if the prediction is logits. The copy has a byte more than the config,
 * since a loss without keys has a config of 0 bytes. */
static plm_status bind_function(plm_shaping *o, loss *c)
{
    const loss_config *given = o->config;
    const plm_kind *found = NULL;
    const void *bound = NULL;
    plm_loss_common common = {0};
    PLM_TRY(plm_kind_bind_common(o->arena, "loss", given->function, &found, &bound, &common));
    char *own = plm_arena_take(o->arena, found->config_size + sizeof(bool));
    if (own == NULL)
        return PLM_E_MEMORY;
    memcpy(own, bound, found->config_size);
    c->kind = (const plm_loss_kind *)(const void *)found;
    if (given->logits && c->kind->logits_of != NULL)
        memcpy(own + c->kind->from_logits_offset, &(bool){true}, sizeof(bool));
    c->config = own;
    c->factor = given->factor;
    c->reduction = strcmp(common.reduction, "sum") == 0                       ? SUM
                   : strcmp(common.reduction, "mean_with_sample_weight") == 0 ? MEAN_BY_WEIGHT
                                                                              : MEAN;
    return PLM_OK;
}

/* Sets the shape of the output to one number per row, finds the loss function and checks the
 * operands. */
static plm_status shape(plm_shaping *o)
{
    loss *c = plm_arena_take(o->arena, sizeof *c);
    if (c == NULL)
        return PLM_E_MEMORY;
    o->state = c;
    PLM_TRY(bind_function(o, c));
    if (o->inputs < 2 || o->inputs > 3)
        return plm_fail(
            o->graph->w, PLM_E_SHAPE, NULL, NULL,
            "a loss takes a prediction, a target and perhaps sample weights, not %d values",
            o->inputs);
    PLM_TRY(check_shapes(o, c));
    o->out = plm_shape_of(0, NULL);
    return PLM_OK;
}

/* ---- running ---- */

/* Every pass reads the targets and sample weights of all rows and not only of its own, since the
 * mean needs the number of rows that take part in it. */
enum { WHOLE_BATCH = PLM_READS_IN(1) | PLM_READS_IN(2) };
/* Rows that have a single vector are passed to the loss function 64 at a time. */
enum { BLOCK = 64 };

/* Returns the sample weight of a row; 1 if there are none. */
static plm_real weight_of(const plm_step *s, int64_t row)
{
    return s->inputs > 2 ? s->in[2].x[row * s->in[2].shape.stride] : 1;
}

/* Returns the number of vectors of rows first <= n < first + rows that take part in the loss. These
 * are all vectors, unless the loss leaves some out (plm_loss_kind.counted). */
static size_t counted_of(const plm_step *s, int64_t first, int64_t rows)
{
    const loss *c = s->state;
    const plm_shape *t = &s->in[1].shape;
    const size_t lines = (size_t)(rows * t->lines), width = (size_t)t->width;
    const plm_real *at = s->in[1].x + first * t->lines * t->stride;
    size_t counted = 0;
    if (!c->kind->counted)
        return (size_t)(rows * s->in[0].shape.lines);
    if (width == 1)
        return c->kind->counted(c->config, at, lines, (size_t)t->stride);
    for (size_t line = 0; line < lines; line++)
        counted += c->kind->counted(c->config, at + line * (size_t)t->stride, width, 1);
    return counted;
}

/* Returns the sum of the sample weights over all vectors of the batch that take part. */
static double weight_of_batch(const plm_step *s)
{
    double sum = 0;
    for (int64_t row = 0; row < s->run->rows; row++)
        sum += (double)weight_of(s, row) * (double)counted_of(s, row, 1);
    return sum;
}

/* Returns the factor of every vector that gives the reduction that the user wants. The engine takes
 * the mean over all vectors of the batch. The factor turns this mean into the sum, or into the mean
 * over the vectors that take part. Each thread computes the factor for itself; for a mean over some
 * vectors it reads every label of the batch once. */
static plm_real scale_of_batch(const plm_step *s)
{
    const loss *c = s->state;
    const double lines = (double)(s->run->rows * s->in[0].shape.lines);
    if (c->reduction == MEAN && !c->kind->counted)
        return 1;
    if (c->reduction == SUM)
        return (plm_real)lines;
    const double part = c->reduction == MEAN_BY_WEIGHT ? weight_of_batch(s)
                                                       : (double)counted_of(s, 0, s->run->rows);
    return part > 0 ? (plm_real)(lines / part) : 0;
}

/* Runs the loss function on `count` <= 64 rows that have one vector each. */
static void run_block(const plm_step *s, const plm_loss_rows *of, int64_t row, size_t count,
                      plm_real scale)
{
    plm_loss_rows r = *of;
    plm_real weight[BLOCK];
    for (size_t i = 0; i < count; i++)
        weight[i] = scale * weight_of(s, row + (int64_t)i);
    r.rows = count;
    r.weight = weight;
    r.value = of->value + row * (int64_t)of->value_stride;
    ((const loss *)s->state)->kind->rows(&r);
}

/* Runs the loss function on one row of several vectors. The values of the vectors go to scratch
 * memory, and their mean to the output. There are two cases. If prediction and target have the same
 * number of vectors, they are matched vector by vector. Otherwise a vector of the target has the
 * labels of several consecutive vectors of the prediction. The values are added in double, in the
 * order of the vectors, so the mean does not depend on how the work is divided. */
static void run_lines(const plm_step *s, const plm_loss_rows *of, int64_t row, plm_real scale,
                      int thread)
{
    const plm_shape *p = &s->in[0].shape, *t = &s->in[1].shape;
    const size_t lines = (size_t)p->lines,
                 at_once = t->lines == p->lines ? lines : (size_t)t->width;
    plm_real *values = s->run->scratch + (size_t)thread * s->run->scratch_size,
             *weights = values + lines;
    plm_loss_rows r = *of;
    for (size_t i = 0; i < lines; i++)
        weights[i] = scale * weight_of(s, row);
    r.rows = at_once;
    r.weight = weights;
    r.value_stride = 1;
    for (size_t done = 0; done + at_once <= lines; done += at_once) {
        r.value = values + done;
        ((const loss *)s->state)->kind->rows(&r);
        r.prediction += at_once * r.stride;
        r.target += t->stride;
        r.gradient = of->gradient ? r.gradient + at_once * r.stride : NULL;
    }
    double sum = 0;
    for (size_t i = 0; i < lines; i++)
        sum += (double)values[i];
    of->value[row * (int64_t)of->value_stride] = (plm_real)(sum / (double)lines);
}

/* Computes the values of rows first <= i < last, and their gradients if they are wanted. `factor`
 * contains the division by the number of rows and vectors, so a loss function computes the gradient
 * of its own value alone. Nothing here depends on which rows a thread has. */
static void run_rows(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const loss *c = s->state;
    const plm_shape *p = &s->in[0].shape, *t = &s->in[1].shape;
    const plm_real scale = scale_of_batch(s);
    plm_loss_rows r = {.kernel = s->run->kernel,
                       .config = c->config,
                       .width = (size_t)p->width,
                       .stride = (size_t)p->stride,
                       .target_width = (size_t)t->width,
                       .target_stride = t->lines == p->lines ? (size_t)t->stride : 1,
                       .value = s->out.x,
                       .value_stride = (size_t)s->out.shape.stride,
                       .factor = (plm_real)(c->factor / ((double)s->run->rows * (double)p->lines))};
    const int64_t step = p->lines == 1 ? BLOCK : 1;
    for (int64_t row = first; row < last; row += step) {
        r.prediction = s->in[0].x + row * p->lines * p->stride;
        r.target = s->in[1].x + row * t->lines * t->stride;
        r.gradient = s->in[0].g ? s->in[0].g + row * p->lines * p->stride : NULL;
        if (p->lines == 1)
            run_block(s, &r, row, (size_t)(last - row < BLOCK ? last - row : BLOCK), scale);
        else
            run_lines(s, &r, row, scale, thread);
    }
}

/* Computes the values of rows first <= n < last, unless backward will compute them. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    if (s->in[0].g == NULL)
        run_rows(s, first, last, thread);
}

/* If a gradient is wanted, computes the values and gradients of rows first <= n < last. Otherwise
 * forward has computed the values, and nothing is left to do. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    if (s->in[0].g == NULL)
        return; /* forward has computed the values */
    run_rows(s, first, last, thread);
    plm_step_flush(s, 0, first, last);
}

/* Returns how many numbers of scratch memory a thread needs: a value and a weight for each vector
 * of a row. */
static size_t scratch(const plm_step *s)
{
    return 2 * (size_t)s->in[0].shape.lines;
}

const plm_op_kind plm_op_loss = {
    .kind = {.name = "loss",
             .help = "computes a loss for each row: how far the prediction is from the target",
             .config_size = sizeof(loss_config),
             .fields = fields},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_IN(1) | PLM_READS_IN(2),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS, .all_rows = WHOLE_BATCH}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS, .all_rows = WHOLE_BATCH}},
            .scratch = scratch},
};
