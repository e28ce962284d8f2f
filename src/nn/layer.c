/* Functions by which layers emit ops and parameters into the graph. The first error stays in the
 * builder and names the layer, so layers need not check each call.
 *
 * A layer prints its ops as specs, such as "dense(units=10)", and the graph parses them. So an op
 * gets its arguments in one way only, with the checks of its field table, and the ops of a net can
 * be printed and tested. */
#include <stdarg.h>
#include <string.h>

#include "base/names.h"
#include "base/notation.h"
#include "nn/nn.h"
#include "nn/penalty.h"
#include "op/op.h"

const plm_field plm_layer_common_fields[] = {
    PLM_FIELD(plm_layer_common, name, PLM_TEXT, "", 0, 0,
              "name of the layer; parameters are called name/kernel"),
    PLM_FIELD(plm_layer_common, trainable, PLM_BOOL, "true", 0, 0,
              "false = frozen: the parameters of the layer do not change"),
    PLM_FIELD(plm_layer_common, learning_rate_factor, PLM_REAL, "1", 0, 1e6,
              "factor of the learning rate for this layer"),
    PLM_FIELD_OF(plm_layer_common, activity_regularizer, PLM_SPEC, "none", "regularizer",
                 "penalty on the output, as a mean over the rows of a batch"),
    {0}};

/* Stores the error of the builder, unless it has one already. Returns the value that a failed call
 * returns. Later errors follow from the first one, so they are dropped. */
static plm_value failed(plm_builder *b, plm_status status)
{
    if (b->status >= 0)
        b->status = status;
    return (plm_value){0};
}

/* Makes the builder fail if there was no memory for the whole text. Such a text would be cut off
 * and become a wrong spec. */
void plm_require_text(plm_builder *b, const plm_text *t)
{
    if (t->failed)
        failed(b, PLM_E_MEMORY);
}

/* Emits an op. op: its spec, formatted as by printf. Layers print numbers with 17 digits, so that
 * the op reads the same double. After a failure nothing is emitted, so a layer may pass on the
 * value of a failed call. */
plm_value plm_emit(plm_builder *b, int count, const plm_value *x, const char *op, ...)
{
    plm_text text = {.w = b->graph->w};
    va_list list;
    if (b->status < 0)
        return (plm_value){0};
    va_start(list, op);
    plm_text_format_list(&text, op, list);
    va_end(list);
    plm_value y = {0};
    if (!text.failed)
        y = plm_graph_emit(b->graph, b->where, count, x, plm_text_get(&text));
    plm_text_free(&text);
    return y.id != 0 ? y : failed(b, plm_last_error(b->graph->w)->status);
}

/* Makes the vector that the constraint of a parameter keeps from step to step, if it keeps one. The
 * vector is a state parameter of the layer, so that it is saved with the model and a resumed
 * training continues with it. Its name is that of the parameter with _u at the end, as in Keras. A
 * wrong constraint is not reported here but when the model reads it. */
static void add_kept(plm_builder *b, const plm_weight_request *request)
{
    const plm_spec *s = request->constraint, *start = NULL;
    const plm_kind *kind = NULL;
    if (s != NULL && s->type == PLM_SPEC_NAME && plm_name_equal(s->text, "spectral_norm"))
        kind = plm_kind_find(b->graph->w, "constraint", s->text);
    if (kind == NULL || !((const plm_constraint_kind *)(const void *)kind)->keeps)
        return;
    const int64_t columns = request->rank < 2 ? 1 : request->dims[request->rank - 1];
    const char *name = plm_arena_format(b->graph->arena, "%s_u", request->name);
    if (name == NULL ||
        plm_spec_parse(b->graph->arena, "truncated_normal(stddev=0.02)", &start) < 0)
        failed(b, PLM_E_MEMORY);
    else
        plm_weight_new(
            b,
            &(plm_weight_request){
                .name = name, .initializer = start, .state = true, .rank = 1, .dims = {columns}});
}

/* Makes a parameter. A frozen layer's parameters, and state such as moving averages, are not
 * trained: they get no gradient and no slot of an optimizer. No memory is allocated for its numbers
 * yet, since the parameter vectors are made when all parameters of the net are known. */
plm_value plm_weight_new(plm_builder *b, const plm_weight_request *request)
{
    plm_graph *g = b->graph;
    int64_t count = 1;
    if (b->status < 0)
        return (plm_value){0};
    const plm_shape shape = plm_shape_of(request->rank, request->dims);
    if (!plm_shape_fits(&shape) || !plm_checked_product(request->rank, request->dims, &count))
        return plm_layer_fail(b, PLM_E_SHAPE, "use a smaller layer",
                              "parameter %s has too many elements", request->name);
    /* the parameter is only described here; parameters.c gives it memory and values */
    plm_weight weight = {.name = plm_arena_format(g->arena, "%s/%s", b->layer, request->name),
                         .layer = b->layer,
                         .rank = request->rank,
                         .count = (size_t)count,
                         .state = request->state,
                         .trainable = b->trainable && !request->state,
                         .learning_rate_factor = b->learning_rate_factor,
                         .initializer = request->initializer,
                         .regularizer = request->regularizer,
                         .constraint = request->constraint};
    for (int i = 0; i < request->rank; i++)
        weight.dims[i] = request->dims[i];
    if (weight.name == NULL)
        return failed(b, PLM_E_MEMORY);
    const plm_value v = plm_graph_parameter(g, &weight);
    if (v.id == 0)
        return failed(b, PLM_E_MEMORY);
    add_kept(b, request);
    return v;
}

/* Makes a parameter with one number for each of `width` columns, as normalization layers need it.
 * The name is gamma, beta or the name of a moving statistic. */
plm_value plm_weight_of_columns(plm_builder *b, const char *name, int64_t width,
                                const plm_spec *initializer, const plm_spec *regularizer,
                                const plm_spec *constraint)
{
    return plm_weight_new(b, &(plm_weight_request){.name = name,
                                                   .initializer = initializer,
                                                   .regularizer = regularizer,
                                                   .constraint = constraint,
                                                   .rank = 1,
                                                   .dims = {width}});
}

/* Returns the parameter `name` of another layer, such as "kernel" of "dense", to share it. Names of
 * parameters are LAYER/NAME, so one search in the graph's index is enough. */
plm_value plm_weight_find(plm_builder *b, const char *layer, const char *name)
{
    plm_text full = {.w = b->graph->w};
    if (b->status < 0)
        return (plm_value){0};
    plm_text_format(&full, "%s/%s", layer, name);
    const bool no_memory = full.failed;
    const plm_value v = plm_graph_find_parameter(b->graph, plm_text_get(&full));
    plm_text_free(&full);
    return no_memory ? failed(b, PLM_E_MEMORY) : v;
}

/* True if ops like dense can apply this activation themselves. Such an activation is applied while
 * the result of the op is in the cache, which saves a pass over memory. */
bool plm_runs_inside(plm_builder *b, const plm_spec *activation)
{
    plm_activation bound;
    if (b->status < 0)
        return false;
    if (plm_activation_bind(b->graph->arena, activation, &bound) < 0) {
        b->status = plm_last_error(b->graph->w)->status;
        return false;
    }
    /* An op can apply an activation that works element by element and whose slope can be computed
     * from its value. sigmoid meets this condition, but is a separate op, so that a loss can read
     * the input of sigmoid, the logits (plm_loss_kind.logits_of). */
    return bound.kind->forward == NULL && !plm_activation_reads_x(bound.id) &&
           bound.id != PLM_ACTIVATION_sigmoid;
}

/* Reads the amount of a noise, a number or a schedule, and returns its initial value. A constant
 * amount becomes a part of the op's spec. An amount that changes becomes a number of the graph,
 * which the training sets before each step; *control is its index, or -1 for a constant. */
static double bind_amount(plm_builder *b, const plm_noise *noise, int64_t *control)
{
    plm_schedule *s = plm_arena_take(b->graph->arena, sizeof *s);
    *control = -1;
    if (b->status < 0 || s == NULL) {
        failed(b, PLM_E_MEMORY);
        return 0;
    }
    if (plm_schedule_bind_value(b->graph->arena, noise->amount, noise->key, noise->high, s) < 0) {
        failed(b, plm_last_error(b->graph->w)->status);
        return 0;
    }
    if (s->kind != NULL &&
        (*control = plm_graph_control_new(b->graph, s, plm_schedule_first(s))) < 0)
        failed(b, PLM_E_MEMORY);
    return plm_schedule_first(s);
}

/* Emits noise such as dropout (op noise). noise_shape: a length for each axis of x, where 1 means
 * that all elements along the axis share the noise; or NULL. seed: own seed, or -1. The spec of op
 * noise has noise_shape, seed and control only if they are given. With a noise_shape, x is stored
 * as whole rows. */
plm_value plm_emit_noise(plm_builder *b, plm_value x, const plm_noise *noise,
                         const plm_ints *noise_shape, int64_t seed)
{
    int64_t control = -1;
    const double amount = bind_amount(b, noise, &control);
    plm_text shape = {.w = b->graph->w};
    const int count = noise_shape != NULL ? noise_shape->count : 0;
    if (count > 0)
        x = plm_whole_rows(b, x);
    for (int i = 0; i < count; i++)
        plm_text_format(&shape, "%s%lld", i > 0 ? ", " : ", noise_shape=[",
                        (long long)noise_shape->at[i]);
    if (seed >= 0)
        plm_text_format(&shape, "%s, seed=%lld", count > 0 ? "]" : "", (long long)seed);
    else
        plm_text_add(&shape, count > 0 ? "]" : "");
    if (control >= 0)
        plm_text_format(&shape, ", control=%lld", (long long)control);
    plm_require_text(b, &shape);
    const plm_value y =
        plm_emit(b, 1, &x, "noise(%s, %.17g%s)", noise->mode, amount, plm_text_get(&shape));
    plm_text_free(&shape);
    return y;
}

/* Emits an op that takes a list of numbers as its last argument. op: the beginning of its spec, up
 * to this argument, formatted as by printf, such as "discretize(". The list is printed in the
 * shortest notation that gives the same numbers when it is read. */
plm_value plm_emit_with_numbers(plm_builder *b, plm_value x, const plm_reals *numbers,
                                const char *op, ...)
{
    plm_text text = {.w = b->graph->w};
    char number[32];
    va_list list;
    va_start(list, op);
    plm_text_format_list(&text, op, list);
    va_end(list);
    for (int i = 0; i < numbers->count; i++) {
        plm_text_from_number(numbers->at[i], number, sizeof number);
        plm_text_format(&text, "%s%s", i > 0 ? ", " : "[", number);
    }
    plm_require_text(b, &text);
    const plm_value y = plm_emit(b, 1, &x, "%s])", plm_text_get(&text));
    plm_text_free(&text);
    return y;
}

/* Emits the op that turns ids into vectors of counts, zeros and ones. Ids are already numbers, so
 * "int" needs no op. */
plm_value plm_emit_encoding(plm_builder *b, plm_value x, const char *mode, int64_t ids)
{
    if (strcmp(mode, "int") == 0)
        return x;
    return plm_emit(b, 1, &x, "encode(%lld, %s)", (long long)ids, mode);
}

/* Adds a penalty on the size of x to the loss: l1 sum |x| + l2 sum x^2 for each row, averaged over
 * rows. The op activity_penalty gives one number per row, which the training adds to the loss of
 * the row. */
void plm_penalize_activity(plm_builder *b, plm_value x, double l1, double l2)
{
    const plm_value y = plm_emit(b, 1, &x, "activity_penalty(%.17g, %.17g)", l1, l2);
    if (b->status >= 0 && plm_graph_penalize(b->graph, y) < 0)
        failed(b, PLM_E_MEMORY);
}

/* Returns the number of axes of x; 0 if x is the value of a failed call. */
int plm_rank(plm_builder *b, plm_value x)
{
    const plm_shape *s = plm_graph_shape(b->graph, x);
    return s != NULL ? s->rank : 0;
}

/* Returns the length of an axis of x, without the batch. A negative axis counts from the end: -1 is
 * the last one. */
int64_t plm_dim(plm_builder *b, plm_value x, int axis)
{
    const plm_shape *s = plm_graph_shape(b->graph, x);
    if (s == NULL)
        return 0;
    const int at = axis < 0 ? s->rank + axis : axis;
    return at >= 0 && at < s->rank ? s->dims[at] : 0;
}

/* Returns x stored by vectors of its last axis if `lines` is true, else as whole rows. Emits an op
 * that copies (repack) only if x is not stored in that form already. */
static plm_value stored_as(plm_builder *b, plm_value x, bool lines)
{
    if (b->status < 0)
        return (plm_value){0};
    const plm_value y = plm_graph_lines(b->graph, b->where, x, lines);
    return y.id != 0 ? y : failed(b, plm_last_error(b->graph->w)->status);
}

/* Returns x stored by vectors of its last axis, as ops along that axis need it. */
plm_value plm_last_axis(plm_builder *b, plm_value x)
{
    return stored_as(b, x, true);
}
/* Returns x stored as one vector for each row, as ops on whole rows need it. */
plm_value plm_whole_rows(plm_builder *b, plm_value x)
{
    return stored_as(b, x, false);
}

/* Returns x stored by vectors, and sets *width to the length of its last axis. x keeps all its
 * axes; only the way it is stored changes. */
plm_value plm_columns(plm_builder *b, plm_value x, int64_t *width)
{
    if (plm_rank(b, x) == 0)
        return plm_layer_fail(b, PLM_E_SHAPE, "give the layer rows with at least one axis",
                              "the layer needs an input of rank 1 or more");
    *width = plm_dim(b, x, -1);
    return plm_last_axis(b, x);
}

/* Records an error of this layer. The place is the layer, in the words of the user: "layer 3,
 * dense(10)". */
plm_value plm_layer_fail(plm_builder *b, plm_status status, const char *hint, const char *what, ...)
{
    plm_text text = {.w = b->graph->w};
    va_list list;
    if (b->status < 0)
        return (plm_value){0};
    va_start(list, what);
    plm_text_format_list(&text, what, list);
    va_end(list);
    (void)plm_fail(b->graph->w, status, NULL, hint, "%s", plm_text_get(&text));
    plm_text_free(&text);
    return failed(b, status);
}

/* Returns an activation as the text of its spec, for plm_emit; "linear" for NULL. The text has only
 * the arguments that differ from their defaults. After an error the result is a valid text, too. */
const char *plm_activation_text(plm_builder *b, const plm_spec *s)
{
    const char *text = s != NULL ? plm_spec_text(b->graph->arena, s) : "linear";
    if (text == NULL)
        failed(b, PLM_E_MEMORY);
    return text != NULL ? text : "linear";
}
