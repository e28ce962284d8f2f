/* prelu computes y = x for x >= 0 and y = alpha x for x < 0, with a learned alpha (He, Zhang, Ren
 * and Sun, Delving deep into rectifiers, ICCV 2015). The inputs are x and alpha. alpha has the dims
 * of x, but length 1 along axes whose elements share an alpha.
 *
 * If there is one alpha for each element of a row, element i uses alpha[i]. Otherwise there are two
 * tables: one gives the alpha of each element of x, for y and dx; the other gives the elements of
 * each alpha, for its gradient. */
#include <string.h>

#include "graph/op.h"
#include "kernel/per_isa.h"

/* The state of the op. A place is the offset of an element within a stored row of x, which may
 * contain padding. */
typedef struct {
    size_t alphas;    /* number of alphas */
    bool direct;      /* true = alpha[i] belongs to place i, so there are no tables */
    size_t *alpha_of; /* [places] the index of the alpha for each place */
    /* [elements of a row] all places, grouped by their alpha: first the places of alpha 0 in
     * ascending order, then those of alpha 1, ... */
    size_t *place;
    size_t *group; /* [alphas + 1] the elements that use alpha i are place[group[i]] to
                    * place[group[i + 1] - 1] */
} prelu;

/* ---- which alpha belongs to which element ---- */

/* Returns the index of the alpha of element i of a row, counted row-major without padding. Axes
 * along which alpha has length 1 are skipped. */
static size_t alpha_index(const plm_shape *x, const plm_weight *alpha, size_t i)
{
    size_t index = 0, step = 1;
    for (int axis = x->rank; axis-- > 0;) {
        const size_t length = (size_t)x->dims[axis], at = i % length;
        i /= length;
        if (alpha->dims[axis] != 1)
            index += at * step;
        step *= (size_t)alpha->dims[axis];
    }
    return index;
}

/* Fills alpha_of, place and group. First counts the places of each alpha, which gives `group`; then
 * puts each place into the group of its alpha. This is a counting sort. Its cost is paid once, when
 * the shape is known: the passes then need no divisions to find the alpha of an element. */
static plm_status make_tables(const plm_shaping *o, prelu *c)
{
    const plm_shape *x = o->in[0];
    const size_t width = (size_t)x->width, stride = (size_t)x->stride,
                 count = (size_t)x->lines * width;
    size_t *next = plm_arena_array(o->arena, c->alphas, sizeof *next);
    c->alpha_of = plm_arena_array(o->arena, (size_t)x->lines * stride, sizeof *c->alpha_of);
    c->place = plm_arena_array(o->arena, count, sizeof *c->place);
    c->group = plm_arena_array(o->arena, c->alphas + 1, sizeof *c->group);
    if (!next || !c->alpha_of || !c->place || !c->group)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++)
        c->group[alpha_index(x, o->weight[1], i) + 1]++;
    for (size_t a = 0; a < c->alphas; a++) {
        next[a] = c->group[a];
        c->group[a + 1] += c->group[a];
    }
    for (size_t i = 0; i < count; i++) {
        const size_t place = i / width * stride + i % width, a = alpha_index(x, o->weight[1], i);
        c->alpha_of[place] = a;
        c->place[next[a]++] = place;
    }
    return PLM_OK;
}

/* True if alpha has the dims of x, except for length 1 along axes whose elements share an alpha. */
static bool dims_fit(const plm_shape *x, const plm_weight *alpha)
{
    bool fit = x->rank == alpha->rank;
    for (int i = 0; fit && i < x->rank; i++)
        fit = alpha->dims[i] == x->dims[i] || alpha->dims[i] == 1;
    return fit;
}

/* Sets the shape of the output to that of x. Makes the tables, unless each element has its own
 * alpha. */
static plm_status shape(plm_shaping *o)
{
    prelu *c = plm_arena_take(o->arena, sizeof *c);
    if (c == NULL)
        return PLM_E_MEMORY;
    o->state = c;
    if (o->inputs != 2 || !o->weight[1] || !dims_fit(o->in[0], o->weight[1]))
        return plm_fail(
            o->graph->w, PLM_E_SHAPE, NULL, NULL,
            "prelu takes a value and a parameter of the same dims, with 1 for shared axes");
    o->weight[1]->layout = PLM_LAYOUT_FLAT;
    o->out = *o->in[0];
    c->alphas = o->weight[1]->count;
    c->direct = o->in[0]->rank > 0 && o->in[0]->lines == 1 && (int64_t)c->alphas == o->in[0]->width;
    return c->direct ? PLM_OK : make_tables(o, c);
}

/* ---- rows ---- */

/* Computes y[count] = by where from >= 0, else alpha by. In forward, by = from = x. In backward, y
 * = dx, by = dy, from = x. */
static PLM_BODY void scale_line_body(plm_real *restrict y, const plm_real *by, const plm_real *from,
                                     const plm_real *alpha, size_t count)
{
    for (size_t i = 0; i < PLM_WHOLE(count); i++)
        y[i] = by[i] * (from[i] >= 0 ? 1 : alpha[i]);
}
PLM_PER_ISA(scale_line,
            (const char *isa, plm_real *restrict y, const plm_real *by, const plm_real *from,
             const plm_real *alpha, size_t count),
            (y, by, from, alpha, count))

/* Computes y = by where from >= 0, else alpha by, for rows first <= n < last. The alpha of an
 * element is alpha[i], or the one that the table alpha_of gives. Padding is computed, too, with any
 * alpha, so that the loop need not stop at the end of each vector. */
static void scale_rows(const plm_step *s, plm_real *y, const plm_real *by, const plm_real *from,
                       int64_t first, int64_t last)
{
    const prelu *c = s->state;
    const plm_real *alpha = s->in[1].x;
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride);
    /* alpha is padded to a multiple of 16 numbers, as rows are */
    const size_t used = (c->alphas + PLM_LANES - 1) / PLM_LANES * PLM_LANES;
    for (size_t at = (size_t)first * row; at < (size_t)last * row; at += row) {
        if (c->direct)
            scale_line(s->run->kernel->isa, y + at, by + at, from + at, alpha, used);
        for (size_t i = 0; !c->direct && i < row; i++)
            y[at + i] = by[at + i] * (from[at + i] >= 0 ? 1 : alpha[c->alpha_of[i]]);
    }
}

/* Computes y for rows first <= n < last. */
static void forward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    scale_rows(s, s->out.x, s->in[0].x, s->in[0].x, first, last);
}

/* Computes dx for rows first <= n < last. */
static void backward(const plm_step *s, int64_t first, int64_t last, int thread)
{
    (void)thread;
    if (s->in[0].g)
        scale_rows(s, s->in[0].g, s->out.g, s->in[0].x, first, last);
    plm_step_flush(s, 0, first, last);
}

/* ---- the gradient of alpha: the sum of dy x where x < 0, over the rows in ascending order ---- */

/* Returns the number of units of the weight pass. A unit is a block of 16 alphas. */
static int64_t blocks(const plm_step *s)
{
    const size_t alphas = ((const prelu *)s->state)->alphas;
    return (int64_t)((alphas + PLM_LANES - 1) / PLM_LANES);
}

/* Adds the gradients of the alphas of 16 neighbouring columns to sum[16]. The rows of x and dy are
 * `row` numbers apart. */
static PLM_BODY void sum_columns_body(plm_real *restrict sum, const plm_real *restrict x,
                                      const plm_real *restrict dy, size_t rows, size_t row)
{
    for (size_t n = 0; n < rows; n++)
        for (size_t i = 0; i < PLM_LANES; i++)
            sum[i] += dy[n * row + i] * (x[n * row + i] < 0 ? x[n * row + i] : 0);
}
PLM_PER_ISA(sum_columns,
            (const char *isa, plm_real *restrict sum, const plm_real *restrict x,
             const plm_real *restrict dy, size_t rows, size_t row),
            (sum, x, dy, rows, row))

/* Computes sum[16], the gradient of `count` <= 16 alphas from `first` on, if each element of a row
 * has its own alpha. The padding of rows may hold anything; the gradient of the padding of alpha
 * stays 0. */
static void sum_direct(const plm_step *s, size_t first, size_t count, plm_real sum[PLM_LANES])
{
    const size_t row = (size_t)s->out.shape.stride;
    sum_columns(s->run->kernel->isa, sum, s->in[0].x + first, s->out.g + first,
                (size_t)s->run->rows, row);
    for (size_t i = count; i < PLM_LANES; i++)
        sum[i] = 0;
}

/* Computes the gradient of an alpha that several elements share, as the sum over its places in all
 * rows of the batch. The places of an alpha are in ascending order, so x and dy are read in one
 * direction. */
static plm_real sum_group(const plm_step *s, size_t alpha)
{
    const prelu *c = s->state;
    const size_t row = (size_t)(s->out.shape.lines * s->out.shape.stride),
                 rows = (size_t)s->run->rows;
    plm_real sum = 0;
    for (size_t n = 0; n < rows; n++) {
        const plm_real *x = s->in[0].x + n * row, *dy = s->out.g + n * row;
        for (size_t k = c->group[alpha]; k < c->group[alpha + 1]; k++)
            sum += x[c->place[k]] < 0 ? dy[c->place[k]] * x[c->place[k]] : 0;
    }
    return sum;
}

/* Computes the gradients of blocks first <= b < last of alphas, and passes them to the optimizer or
 * stores them. A parameter is padded to a multiple of 16 numbers, so the last block does not reach
 * into the next parameter. */
static void weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const prelu *c = s->state;
    const plm_weight *alpha = s->in[1].weight;
    for (int64_t block = first; block < last && plm_weight_wanted(&s->in[1]); block++) {
        _Alignas(64) plm_real sum[PLM_LANES] = {0};
        const size_t start = (size_t)block * PLM_LANES;
        const size_t count = c->alphas - start < PLM_LANES ? c->alphas - start : PLM_LANES;
        if (c->direct)
            sum_direct(s, start, count, sum);
        for (size_t i = 0; !c->direct && i < count; i++)
            sum[i] = sum_group(s, start + i);
        if (s->run->apply)
            s->run->apply(s->run->apply_self, alpha, alpha->offset + start, sum, PLM_LANES, thread);
        else
            memcpy(s->run->g + alpha->offset + start, sum, sizeof sum);
    }
}

const plm_op_kind plm_op_prelu = {
    .kind = {.name = "prelu",
             .help = "leaky relu with learned slopes",
             .formula = "y = x for x >= 0, alpha * x below"},
    .shape = shape,
    .reads = PLM_READS_IN(0) | PLM_READS_IN(1),
    .cpu = {.forward = {{.run = forward, .split = PLM_SPLIT_ROWS}},
            .backward = {{.run = backward, .split = PLM_SPLIT_ROWS}},
            .weights = {{.run = weights, .split = PLM_SPLIT_UNITS, .units = blocks}}},
};
