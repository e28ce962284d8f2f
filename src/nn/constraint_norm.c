/* Scales parts of a parameter by a factor that depends on their norm. A part is a column or a row
 * of the parameter, seen as a matrix, or all of it. In panels, 16 columns of a row are neighbours
 * in memory. */
#include <math.h>

#include "kernel/kernel.h"
#include "kernel/tiny.h"
#include "nn/penalty.h"

/* Neighbouring columns of a matrix: x [rows][stride], `columns` numbers of each row are used. */
typedef struct {
    plm_real *x;                  /* [rows][stride] */
    size_t rows, columns, stride; /* columns <= 16; stride in numbers */
} block;

/* Returns the number of blocks of a parameter. */
static size_t blocks_of(const plm_weight *weight)
{
    return (weight->columns + PLM_LANES - 1) / PLM_LANES;
}

/* Returns block k of a parameter: a panel, or up to 16 columns of a matrix that is stored flat. */
static block block_of(const plm_weight *weight, plm_real *p, size_t k)
{
    plm_real *x = p + weight->offset;
    const size_t left = weight->columns - k * PLM_LANES;
    if (weight->layout == PLM_LAYOUT_PANELS)
        return (block){x + k * weight->rows * PLM_LANES, weight->rows, PLM_LANES, PLM_LANES};
    return (block){x + k * PLM_LANES, weight->rows, left < PLM_LANES ? left : PLM_LANES,
                   weight->columns};
}

/* Returns x^2 in double, in which the square of a float is exact. */
static double square(plm_real x)
{
    return (double)x * (double)x;
}

/* Scales each column of a block by its own norm. Where a constraint is met, the factor is exactly
 * 1, and the column keeps its bits. A block in which all columns meet the constraint is not written
 * at all. */
static void scale_columns(const plm_constraint *c, const block *b)
{
    double sum[PLM_LANES] = {0};
    plm_real factor[PLM_LANES];
    bool any = false;
    for (size_t i = 0; i < b->rows; i++)
        for (size_t j = 0; j < b->columns; j++)
            sum[j] += square(b->x[i * b->stride + j]);
    for (size_t j = 0; j < b->columns; j++) {
        factor[j] = (plm_real)c->kind->factor(c->config, sqrt(sum[j]));
        any = any || factor[j] != 1;
    }
    for (size_t i = 0; any && i < b->rows; i++)
        for (size_t j = 0; j < b->columns; j++) {
            plm_real *x = &b->x[i * b->stride + j];
            *x = factor[j] != 1 ? plm_flushed(*x * factor[j]) : *x;
        }
}

/* Returns the sum of the squares of all elements of rows first <= i < last. */
static double squares_of(const plm_constraint *c, plm_real *p, size_t first, size_t last)
{
    double sum = 0;
    for (size_t i = first; i < last; i++)
        for (size_t k = 0; k < blocks_of(c->weight); k++) {
            const block b = block_of(c->weight, p, k);
            for (size_t j = 0; j < b.columns; j++)
                sum += square(b.x[i * b.stride + j]);
        }
    return sum;
}

/* Scales rows first <= i < last by the norm of all their elements together. In panels a row is
 * spread over all panels, so the squares are summed first, and then all elements are visited
 * again. */
static void scale_rows(const plm_constraint *c, plm_real *p, size_t first, size_t last)
{
    const plm_real factor =
        (plm_real)c->kind->factor(c->config, sqrt(squares_of(c, p, first, last)));
    for (size_t i = first; i < last; i++)
        for (size_t k = 0; k < blocks_of(c->weight); k++) {
            const block b = block_of(c->weight, p, k);
            for (size_t j = 0; j < b.columns; j++)
                b.x[i * b.stride + j] = plm_flushed(b.x[i * b.stride + j] * factor);
        }
}

/* Enforces a constraint. A norm along the rows is that of a column, a norm along the columns is
 * that of a row; along both it is that of the whole parameter. */
void plm_constraint_apply(const plm_constraint *c, plm_real *p)
{
    const size_t rows = c->weight->rows;
    if (c->kind->apply != NULL) {
        c->kind->apply(c, p);
        return;
    }
    for (size_t k = 0; c->along_rows && !c->along_columns && k < blocks_of(c->weight); k++) {
        const block b = block_of(c->weight, p, k);
        scale_columns(c, &b);
    }
    for (size_t i = 0; c->along_columns && !c->along_rows && i < rows; i++)
        scale_rows(c, p, i, i + 1);
    if (c->along_rows && c->along_columns)
        scale_rows(c, p, 0, rows);
}
