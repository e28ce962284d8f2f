/* Merges several values of one shape into one, element by element: sum, difference, product, mean,
 * maximum, minimum. For a maximum (minimum), the gradient goes to the first of the inputs that
 * equal it.
 *
 * Operands have the same shape and memory layout, so a row is merged as one run of numbers. This
 * includes the padding, which may hold anything. */
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

typedef struct {
    const char *mode; /* the operation: add, multiply, maximum, ... */
} merge;

static const plm_field fields[] = {PLM_FIELD_OF(merge, mode, PLM_CHOICE, "add",
                                                "add|subtract|multiply|average|maximum|minimum",
                                                "the operation that merges the values"),
                                   {0}};

/* Checks that all operands have the same dims, and gives the output these dims. */
static plm_status shape(plm_shaping *o)
{
    char first[160], other[160];
    for (int i = 1; i < o->inputs; i++) {
        if (o->in[i]->rank == o->in[0]->rank && o->in[i]->lines == o->in[0]->lines &&
            memcmp(o->in[i]->dims, o->in[0]->dims, (size_t)o->in[0]->rank * sizeof(int64_t)) == 0)
            continue;
        plm_shape_print(o->in[0], first, sizeof first);
        plm_shape_print(o->in[i], other, sizeof other);
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL,
                        "give values of the same shape, or use concatenate", "%s of %s and %s",
                        ((const merge *)o->config)->mode, first, other);
    }
    o->out = *o->in[0];
    return PLM_OK;
}

/* Returns the size of `rows` rows in memory, in numbers, including padding. */
static size_t numbers(const plm_step *s, int64_t rows)
{
    return (size_t)(rows * s->out.shape.lines * s->out.shape.stride);
}

/* ---- forward: y = x0, then the other values one by one ---- */

/* Computes y[count] = y op x for whole rows with their padding. mode: the letter of the operation,
 * see letter_of. Each operation has its own loop, so that each loop is vectorized. A comparison
 * with NaN is false, so maximum and minimum keep y if x is NaN. */
static PLM_BODY void join_body(plm_real *restrict y, const plm_real *restrict x, size_t count,
                               char mode)
{
    if (mode == 'a')
        for (size_t i = 0; i < count; i++)
            y[i] += x[i];
    else if (mode == 's')
        for (size_t i = 0; i < count; i++)
            y[i] -= x[i];
    else if (mode == 'm')
        for (size_t i = 0; i < count; i++)
            y[i] *= x[i];
    else if (mode == '>')
        for (size_t i = 0; i < count; i++)
            y[i] = x[i] > y[i] ? x[i] : y[i];
    else
        for (size_t i = 0; i < count; i++)
            y[i] = x[i] < y[i] ? x[i] : y[i];
}
PLM_PER_ISA(join,
            (const char *isa, plm_real *restrict y, const plm_real *restrict x, size_t count,
             char mode),
            (y, x, count, mode))

/* Returns the letter of an operation: a = add or average, s = subtract, m = multiply, > = maximum,
 * < = minimum. */
static char letter_of(const merge *c)
{
    if (strcmp(c->mode, "maximum") == 0)
        return '>';
    if (strcmp(c->mode, "minimum") == 0)
        return '<';
    return c->mode[0];
}

/* Returns the factor by which the sum is multiplied: 1 / inputs for the mean, else 1. */
static plm_real part_of(const plm_step *s)
{
    const bool mean = strcmp(((const merge *)s->config)->mode, "average") == 0;
    return mean ? (plm_real)(1.0 / s->inputs) : 1;
}

/* Computes y for rows first <= n < last: copies the first operand, then combines it with the others
 * one by one. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t at = numbers(s, first), count = numbers(s, last) - at;
    plm_real *y = s->out.x + at;
    (void)thread;
    memcpy(y, s->in[0].x + at, count * sizeof *y);
    for (int i = 1; i < s->inputs; i++)
        join(s->run->kernel->isa, y, s->in[i].x + at, count, letter_of(s->config));
    if (part_of(s) != 1)
        s->run->kernel->scale_shift(y, y, part_of(s), 0, count);
}

/* ---- backward ---- */

/* Computes the gradients of sum, difference and mean: the gradient of each input is dy times a
 * constant. The rows of a thread are `count` numbers from `at` on. */
static void spread(const plm_step *s, size_t at, size_t count)
{
    for (int i = 0; i < s->inputs; i++) {
        const bool minus = i > 0 && letter_of(s->config) == 's';
        if (s->in[i].g != NULL)
            s->run->kernel->scale_shift(s->in[i].g + at, s->out.g + at,
                                        minus ? -part_of(s) : part_of(s), 0, count);
    }
}

/* Computes the gradients of a product: the gradient of input i is dy times all other inputs. */
static void multiply(const plm_step *s, size_t at, size_t count)
{
    for (int i = 0; i < s->inputs; i++) {
        if (s->in[i].g == NULL)
            continue;
        memcpy(s->in[i].g + at, s->out.g + at, count * sizeof(plm_real));
        for (int k = 0; k < s->inputs; k++)
            if (k != i)
                join(s->run->kernel->isa, s->in[i].g + at, s->in[k].x + at, count, 'm');
    }
}

/* Computes the gradients of maximum and minimum: the first input that equals y gets dy, the others
 * get 0. */
static void choose(const plm_step *s, size_t at, size_t count)
{
    for (size_t j = at; j < at + count; j++) {
        bool given = false;
        for (int i = 0; i < s->inputs; i++) {
            const bool mine = !given && s->in[i].x[j] == s->out.x[j];
            given = given || mine;
            if (s->in[i].g != NULL)
                s->in[i].g[j] = mine ? s->out.g[j] : 0;
        }
    }
}

/* Computes the gradients of all operands for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const size_t at = numbers(s, first), count = numbers(s, last) - at;
    const char letter = letter_of(s->config);
    (void)thread;
    if (letter == 'm')
        multiply(s, at, count);
    else if (letter == '>' || letter == '<')
        choose(s, at, count);
    else
        spread(s, at, count);
    for (int i = 0; i < s->inputs && (letter == 'm' || part_of(s) != 1); i++)
        plm_step_flush(s, i, first, last);
}

/* Returns which values backward reads: the inputs for a product, inputs and output for a maximum or
 * minimum, none for a sum. */
static uint32_t reads_of(const plm_node *node)
{
    const char letter = letter_of(node->config);
    const uint32_t inputs = PLM_READS_IN(PLM_OPERANDS) - 1;
    if (letter == 'm')
        return inputs;
    return letter == '>' || letter == '<' ? inputs | PLM_READS_OUT : 0;
}

const plm_op_kind plm_op_merge = {
    .kind = {.name = "merge",
             .help = "merges several values of one shape into one",
             .config_size = sizeof(merge),
             .fields = fields},
    .shape = shape,
    .reads_of = reads_of,
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}}},
};
