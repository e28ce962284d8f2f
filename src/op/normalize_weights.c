/* Computes the gradients of gamma and beta of the op normalize. They are sums over the rows in
 * ascending order, computed by blocks of 16 columns. */
#include <string.h>

#include "kernel/per_isa.h"
#include "op/normalize.h"

/* For 16 columns and `rows` vectors: adds dy xhat to sum[0 .. 15], the gradient of gamma, and dy to
 * sum[16 .. 31], that of beta. The vectors of dy and x are `stride` numbers apart. kept[0],
 * kept[1]: mean and inverse of the first vector; mean and inverse of the next vector follow `step`
 * numbers later. The sums are copied to arrays of their own, which the compiler can hold in
 * registers, since no other pointer can point to them. */
static PLM_BODY void columns_body(plm_real *restrict sum, const plm_real *restrict dy,
                                  const plm_real *restrict x, const plm_real *restrict kept,
                                  size_t rows, size_t stride, size_t step)
{
    plm_real gamma[PLM_LANES], beta[PLM_LANES];
    memcpy(gamma, sum, sizeof gamma);
    memcpy(beta, sum + PLM_LANES, sizeof beta);
    for (size_t i = 0; i < rows; i++) {
        const plm_real mean = kept[i * step], inverse = kept[i * step + 1];
        for (size_t j = 0; j < PLM_LANES; j++) {
            const plm_real slope = dy[i * stride + j];
            gamma[j] += slope * ((x[i * stride + j] - mean) * inverse);
            beta[j] += slope;
        }
    }
    memcpy(sum, gamma, sizeof gamma);
    memcpy(sum + PLM_LANES, beta, sizeof beta);
}
PLM_PER_ISA(columns,
            (const char *isa, plm_real *restrict sum, const plm_real *restrict dy,
             const plm_real *restrict x, const plm_real *restrict kept, size_t rows, size_t stride,
             size_t step),
            (sum, dy, x, kept, rows, stride, step))

int64_t plm_normalize_blocks(const plm_step *s)
{
    return (s->out.shape.width + PLM_LANES - 1) / PLM_LANES;
}

/* Adds up the gradients of the 16 columns from `at` on if they belong to several groups. Each
 * column uses the statistics of its own group. sum: see columns_body. This is the slow way, for
 * groups that are not multiples of 16 columns wide: a block of columns then has parts of several
 * groups. */
static void mixed_columns(const plm_step *s, const plm_norm_group *g, size_t at, plm_real *sum)
{
    const plm_normalize *c = s->config;
    const size_t lines = (size_t)s->out.shape.lines, groups = plm_norm_groups_in_row(s),
                 width = (size_t)s->out.shape.width;
    for (size_t i = 0; i < (size_t)s->run->rows * lines; i++)
        for (size_t j = at; j < at + PLM_LANES && j < width; j++) {
            const size_t line = c->whole_row ? 0 : i % lines * (size_t)c->groups;
            const plm_real *kept = s->memory + (i / lines * groups + line + j / g->columns) * 2;
            const plm_real dy = s->out.g[i * g->stride + j];
            sum[j - at] += dy * ((s->in[0].x[i * g->stride + j] - kept[0]) * kept[1]);
            sum[PLM_LANES + j - at] += dy;
        }
}

/* Adds up the gradients of the 16 columns from `at` on if they belong to one group. If a group
 * extends over all vectors of a row, these vectors share its statistics: the step between the
 * statistics of vectors is then 0, and each row needs its own call. */
static void equal_columns(const plm_step *s, const plm_norm_group *g, size_t at, plm_real *sum)
{
    const plm_normalize *c = s->config;
    const size_t lines = (size_t)s->out.shape.lines, rows = (size_t)s->run->rows,
                 together = c->whole_row ? lines : rows * lines;
    const size_t step = c->whole_row ? 0 : 2 * (size_t)c->groups;
    const plm_real *kept = s->memory + at / g->columns * 2;
    for (size_t done = 0; done < rows * lines; done += together) {
        columns(s->run->kernel->isa, sum, s->out.g + done * g->stride + at,
                s->in[0].x + done * g->stride + at, kept, together, g->stride, step);
        kept += plm_norm_groups_in_row(s) * 2;
    }
}

/* Computes sum[2 * 16]: the gradients of gamma, then of beta, for the columns from `at` on, over
 * all vectors of the batch. They are 0 for columns beyond the width. */
static void column_gradients(const plm_step *s, size_t at, plm_real *sum)
{
    const plm_norm_group g = plm_norm_group_of(s);
    const size_t width = (size_t)s->out.shape.width,
                 last = at + PLM_LANES < width ? at + PLM_LANES : width;
    memset(sum, 0, 2 * PLM_LANES * sizeof *sum);
    if (at / g.columns == (last - 1) / g.columns)
        equal_columns(s, &g, at, sum);
    else
        mixed_columns(s, &g, at, sum);
    for (size_t j = last - at; j < PLM_LANES; j++)
        sum[j] = sum[PLM_LANES + j] = 0;
}

/* Passes the gradient of the 16 columns from `at` on to the optimizer, or stores it. */
static void give(const plm_step *s, const plm_operand *o, plm_real *from, size_t at, int thread)
{
    if (!plm_weight_wanted(o))
        return;
    const size_t offset = o->weight->offset + at;
    if (s->run->apply != NULL)
        s->run->apply(s->run->apply_self, o->weight, offset, from, PLM_LANES, thread);
    else
        memcpy(s->run->g + offset, from, PLM_LANES * sizeof *from);
}

/* Computes the gradients of gamma and beta for units first <= unit < last, each of 16 columns, and
 * passes them to the optimizer or stores them. */
void plm_normalize_weights(const plm_step *s, int64_t first, int64_t last, int thread)
{
    const plm_normalize *c = s->config;
    plm_real *sum = s->run->scratch + (size_t)thread * s->run->scratch_size;
    for (int64_t unit = first; unit < last; unit++) {
        const size_t at = (size_t)unit * PLM_LANES;
        column_gradients(s, at, sum);
        if (c->scale)
            give(s, &s->in[1], sum, at, thread);
        if (c->center)
            give(s, &s->in[1 + c->scale], sum + PLM_LANES, at, thread);
    }
}
