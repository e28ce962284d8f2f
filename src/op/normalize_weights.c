/* Computes the gradients of gamma and beta of the op normalize. They are sums over the rows in
 * ascending order. The units of the pass are blocks of 16 columns. */
#include <string.h>

#include "kernel/per_isa.h"
#include "op/normalize.h"

/* The gradients of gamma and beta for some columns: the sums over the vectors added so far. */
typedef struct {
    plm_real *gamma, *beta;
} gradients;

/* The part of x that a loop works on: `columns` columns of `rows` vectors, which are `stride`
 * numbers apart. */
typedef struct {
    size_t rows, stride, columns;
    /* how far apart the statistics (mean and inverse) of neighbouring vectors are, in numbers */
    size_t step;
} part;

/* Adds dy xhat to gamma and dy to beta for each column. kept[0], kept[1]: mean and inverse of the
 * first vector. The inner loop is over the columns, since compilers vectorize it best (see
 * batch_normalize.c). */
static PLM_BODY void columns_body(plm_real *restrict gamma, plm_real *restrict beta,
                                  const plm_real *restrict dy, const plm_real *restrict x,
                                  const plm_real *restrict kept, part p)
{
    for (size_t i = 0; i < p.rows; i++) {
        const plm_real mean = kept[i * p.step], inverse = kept[i * p.step + 1];
        for (size_t j = 0; j < PLM_WHOLE(p.columns); j++) {
            gamma[j] += dy[i * p.stride + j] * ((x[i * p.stride + j] - mean) * inverse);
            beta[j] += dy[i * p.stride + j];
        }
    }
}
PLM_PER_ISA(columns,
            (const char *isa, plm_real *restrict gamma, plm_real *restrict beta,
             const plm_real *restrict dy, const plm_real *restrict x, const plm_real *restrict kept,
             part p),
            (gamma, beta, dy, x, kept, p))

int64_t plm_normalize_blocks(const plm_step *s)
{
    return (s->out.shape.width + PLM_LANES - 1) / PLM_LANES;
}

/* Adds up the gradients of 16 columns from `at` on if they belong to several groups, which happens
 * if the number of columns of a group is not a multiple of 16. Each column uses the statistics of
 * its own group, which is slower than equal_columns. */
static void mixed_columns(const plm_step *s, const plm_norm_group *g, size_t at, gradients sum)
{
    const plm_normalize *c = s->config;
    const size_t lines = (size_t)s->out.shape.lines, groups = plm_norm_groups_in_row(s),
                 width = (size_t)s->out.shape.width;
    for (size_t i = 0; i < (size_t)s->run->rows * lines; i++)
        for (size_t j = at; j < at + PLM_LANES && j < width; j++) {
            const size_t line = c->whole_row ? 0 : i % lines * (size_t)c->groups;
            const plm_real *kept = s->memory + (i / lines * groups + line + j / g->columns) * 2;
            const plm_real dy = s->out.g[i * g->stride + j];
            sum.gamma[j - at] += dy * ((s->in[0].x[i * g->stride + j] - kept[0]) * kept[1]);
            sum.beta[j - at] += dy;
        }
}

/* Adds up the gradients of `count` columns from `at` on, which belong to one group. If a group
 * covers all vectors of a row, these vectors share the group's statistics. Then a call handles one
 * row, and the step from the statistics of a vector to those of the next one is 0. */
static void equal_columns(const plm_step *s, const plm_norm_group *g, size_t at, size_t count,
                          gradients sum)
{
    const plm_normalize *c = s->config;
    const size_t lines = (size_t)s->out.shape.lines, all = (size_t)s->run->rows * lines;
    const part p = {.rows = c->whole_row ? lines : all,
                    .stride = g->stride,
                    .columns = count,
                    .step = c->whole_row ? 0 : 2 * (size_t)c->groups};
    const plm_real *kept = s->memory + at / g->columns * 2;
    for (size_t done = 0; done < all; done += p.rows) {
        const size_t begin = done * g->stride + at;
        columns(s->run->kernel->isa, sum.gamma, sum.beta, s->out.g + begin, s->in[0].x + begin,
                kept, p);
        kept += plm_norm_groups_in_row(s) * 2;
    }
}

/* Finds the blocks of 16 columns, from number `first` on, whose columns all belong to the group of
 * the first column. Returns the number of the block after them, at most `last`; `first` itself if
 * the first block already has columns of two groups. */
static int64_t end_of_group(const plm_step *s, const plm_norm_group *g, int64_t first, int64_t last)
{
    const int64_t width = s->out.shape.width, columns = (int64_t)g->columns;
    const int64_t group_end = (first * PLM_LANES / columns + 1) * columns;
    const int64_t end = group_end >= width ? last : group_end / PLM_LANES;
    return end < last ? end : last;
}

/* Passes the gradient of `count` columns from `at` on to the optimizer, or stores it. */
static void give(const plm_step *s, const plm_operand *o, plm_real *from, size_t at, size_t count,
                 int thread)
{
    if (!plm_weight_wanted(o))
        return;
    const size_t offset = o->weight->offset + at;
    if (s->run->apply != NULL)
        s->run->apply(s->run->apply_self, o->weight, offset, from, count, thread);
    else
        memcpy(s->run->g + offset, from, count * sizeof *from);
}

/* Computes the gradients of gamma and beta for `count` columns from `at` on, over all vectors of
 * the batch, and passes them to the optimizer or stores them. The gradients of padding columns are
 * 0. mixed = true: `count` is 16, and the columns belong to several groups. */
static void column_gradients(const plm_step *s, const plm_norm_group *g, size_t at, size_t count,
                             bool mixed, int thread)
{
    const plm_normalize *c = s->config;
    const size_t width = (size_t)s->out.shape.width;
    plm_real *scratch = s->run->scratch + (size_t)thread * s->run->scratch_size;
    const gradients sum = {scratch, scratch + count};
    memset(scratch, 0, 2 * count * sizeof *scratch);
    if (mixed)
        mixed_columns(s, g, at, sum);
    else
        equal_columns(s, g, at, count, sum);
    for (size_t j = width; j < at + count; j++)
        sum.gamma[j - at] = sum.beta[j - at] = 0;
    if (c->scale)
        give(s, &s->in[1], sum.gamma, at, count, thread);
    if (c->center)
        give(s, &s->in[1 + c->scale], sum.beta, at, count, thread);
}

/* Computes the gradients of gamma and beta for units first <= unit < last. A unit is a block of 16
 * columns. Neighbouring units whose columns belong to one group (plm_norm_group) are computed by
 * one call. */
void plm_normalize_weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_norm_group g = plm_norm_group_of(s);
    while (first < last) {
        const int64_t end = end_of_group(s, &g, first, last);
        const size_t blocks = end > first ? (size_t)(end - first) : 1;
        column_gradients(s, &g, (size_t)first * PLM_LANES, blocks * PLM_LANES, end <= first,
                         thread);
        first += (int64_t)blocks;
    }
}
