/* embed replaces each id by its vector from a table of `count` learned vectors. x has whole numbers
 * 0 .. count - 1; y has one more axis, for the vector. An id that does not exist gives a vector of
 * NaN. The model checks the ids of its inputs (model/ids.c), so this can happen only to ids that a
 * net has computed.
 *
 * The gradient of a vector is the sum of dy over the elements of x with its id, in the order of the
 * rows. It is 0 if the id is not in the batch. The table is cut into chunks of numbers. For each
 * chunk one thread goes through all ids of the batch, which are few compared with the numbers that
 * the update reads. */
#include <math.h>
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"
#include "op/no_gradient.h"

/* Size of a chunk of the table in numbers, a multiple of 16. */
enum { CHUNK = 4096 };

/* The state of the op. */
typedef struct {
    int64_t count; /* vectors of the table */
    size_t width;  /* numbers of a vector */
} embed;

/* Sets the shape of the output: the axes of x, then the axis of the table's
 * vectors. */
static plm_status shape(plm_shaping *o)
{
    embed *c = plm_arena_take(o->arena, sizeof *c);
    if (c == NULL)
        return PLM_E_MEMORY;
    const plm_shape *x = o->in[0];
    plm_weight *table = o->inputs == 2 ? o->weight[1] : NULL;
    if (table == NULL || table->rank != 2)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, NULL,
                        "embed takes ids and a table of vectors");
    if (x->rank + 1 > PLM_RANK)
        return plm_fail(o->graph->w, PLM_E_SHAPE, NULL, "put the layer flatten before it",
                        "an input of %d axes cannot get one more axis", x->rank);
    table->layout = PLM_LAYOUT_FLAT;
    *c = (embed){.count = table->dims[0], .width = (size_t)table->dims[1]};
    o->state = c;
    int64_t dims[PLM_RANK];
    memcpy(dims, x->dims, sizeof dims);
    dims[x->rank] = table->dims[1];
    o->out = plm_shape_lines(x->rank + 1, dims);
    return PLM_OK;
}

/* Returns the number of ids that exist. */
static int64_t ids(const plm_node *node)
{
    return ((const embed *)node->state)->count;
}

/* Returns the id of element number `at` of a row of x, where padding is not counted; -1 = there is
 * no such id. The comparisons are false for NaN. */
static int64_t id_at(const plm_step *s, const plm_real *row, int64_t at)
{
    const plm_shape *x = &s->in[0].shape;
    const plm_real id = row[at / x->width * x->stride + at % x->width];
    return id >= 0 && id < (plm_real)((const embed *)s->state)->count ? (int64_t)id : -1;
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const embed *c = s->state;
    const plm_shape *x = &s->in[0].shape;
    const int64_t each = x->lines * x->width;
    (void)thread;
    for (int64_t i = first * each; i < last * each; i++) {
        const int64_t id = id_at(s, s->in[0].x + i / each * x->lines * x->stride, i % each);
        plm_real *y = s->out.x + i * s->out.shape.stride;
        for (size_t j = 0; j < c->width && id < 0; j++)
            y[j] = (plm_real)NAN;
        if (id >= 0)
            memcpy(y, s->in[1].x + (size_t)id * c->width, c->width * sizeof *y);
    }
}

/* ---- the gradient of the table ---- */

/* Returns the number of units of the weight pass. A unit is a chunk of the table. */
static int64_t chunks(const plm_step *s)
{
    return (int64_t)((s->in[1].weight->size + CHUNK - 1) / CHUNK);
}

/* Returns how many numbers of scratch memory a thread needs: those of a chunk. */
static size_t scratch(const plm_step *s)
{
    (void)s;
    return CHUNK;
}

/* sum[count] += dy[count]. */
static PLM_BODY void add_body(plm_real *restrict sum, const plm_real *restrict dy, size_t count)
{
    for (size_t j = 0; j < count; j++)
        sum[j] += dy[j];
}
PLM_PER_ISA(add,
            (const char *isa, plm_real *restrict sum, const plm_real *restrict dy, size_t count),
            (sum, dy, count))

/* Computes sum[count], the gradient of the table's numbers from `at` to at + count - 1. A vector
 * may begin in one chunk and end in the next one; then two threads add up a part of its gradient
 * each, over the same ids in the same order. So the gradient does not depend on which thread has
 * which chunk. */
static void sum_chunk(const plm_step *s, size_t at, size_t count, plm_real *sum)
{
    const embed *c = s->state;
    const plm_shape *x = &s->in[0].shape;
    const int64_t each = x->lines * x->width;
    memset(sum, 0, count * sizeof *sum);
    for (int64_t i = 0; i < s->run->rows * each; i++) {
        const int64_t id = id_at(s, s->in[0].x + i / each * x->lines * x->stride, i % each);
        const size_t begin = (size_t)id * c->width, end = begin + c->width;
        if (id < 0 || end <= at || begin >= at + count)
            continue;
        /* the part of the vector that is in the chunk */
        const size_t from = begin > at ? begin : at, to = end < at + count ? end : at + count;
        add(s->run->kernel->isa, sum + (from - at),
            s->out.g + i * s->out.shape.stride + (from - begin), to - from);
    }
    s->run->kernel->flush(sum, sum, count);
}

/* Computes the gradients of chunks first <= k < last of the table. Passes them to the optimizer, or
 * stores them in the gradient vector. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_weight *table = s->in[1].weight;
    plm_real *sum = s->run->scratch + (size_t)thread * s->run->scratch_size;
    for (int64_t k = first; k < last && plm_weight_wanted(&s->in[1]); k++) {
        const size_t at = (size_t)k * CHUNK,
                     count = table->size - at < CHUNK ? table->size - at : CHUNK;
        plm_real *to = s->run->apply != NULL ? sum : s->run->g + table->offset + at;
        sum_chunk(s, at, count, to);
        if (s->run->apply != NULL)
            s->run->apply(s->run->apply_self, table, table->offset + at, sum, count, thread);
    }
}

const plm_op_kind plm_op_embed = {
    .kind = {.name = "embed",
             .help = "gives the learned vector of each id",
             .formula = "y[.., :] = table[x[..], :]"},
    .shape = shape,
    .ids = ids,
    .reads = PLM_READS_IN(0),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = plm_no_gradient, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = chunks}},
            .scratch = scratch},
};
