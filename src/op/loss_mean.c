/* Computes losses that are a mean or a sum of one term per element, from a function that computes
 * the terms of a block and their slopes (loss_elements.c).
 *
 * Gradients are those of the loss of one row with respect to the prediction, times the sample
 * weight of the row and r->factor (the weight of this output divided by the number of vectors in
 * the batch). The padding of a row gets a gradient of 0. */
#include "op/losses.h"

enum { BLOCK = PLM_LOSS_BLOCK };

/* Returns the sum of 16 lanes: adds lane i + 8 to lane i, then i + 4, i + 2 and i + 1. The kernels
 * add their 16 lanes in the same order, since the last bits depend on the order. */
plm_real plm_loss_fold(plm_real lane[PLM_LANES])
{
    for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lane[i] += lane[i + half];
    return lane[0];
}

/* Returns the sum of x[n], n <= 16, with the same bits as plm_loss_fold of 16 lanes of which the
 * others are 0. It is faster for a row of few numbers. x is overwritten. */
static plm_real fold_few(plm_real *x, size_t n)
{
    for (size_t half = PLM_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half && i + half < n; i++)
            x[i] += x[i + half];
    return x[0] + 0; /* + 0 makes a sum of -0 a sum of 0, as in lanes that start from 0 */
}

/* Adds number j of x[n] to lane j mod 16. The lanes are 16 sums that do not depend on one another,
 * so the compiler can use vectors of any width, and the bits stay the same. */
static void add_to_lanes(plm_real lane[PLM_LANES], const plm_real *x, size_t n)
{
    size_t j = 0;
    for (; j + PLM_LANES <= n; j += PLM_LANES)
        for (size_t i = 0; i < PLM_LANES; i++)
            lane[i] += x[j + i];
    for (size_t i = 0; j + i < n; i++)
        lane[i] += x[j + i];
}

/* Adds up the terms of one row and computes its gradient, which is factor times the slopes. The row
 * is computed in blocks that stay in the first cache: `terms` computes n <= BLOCK terms and their
 * slopes. Functions of the kernel table then work on many numbers at once. g [stride]: NULL if only
 * the loss is wanted. */
static plm_real add_terms(const plm_loss_rows *r, plm_loss_terms *terms, size_t row, plm_real *g,
                          plm_real factor)
{
    plm_real lane[PLM_LANES] = {0}, value[BLOCK], slope[BLOCK];
    const plm_real *p = r->prediction + row * r->stride, *t = r->target + row * r->target_stride;
    for (size_t j = 0; j < r->width; j += BLOCK) {
        const size_t n = r->width - j < BLOCK ? r->width - j : BLOCK;
        terms(r, n, p + j, t + j, value, slope);
        add_to_lanes(lane, value, n);
        for (size_t i = 0; g && i < n; i++)
            g[j + i] = factor * slope[i];
    }
    return plm_loss_fold(lane);
}

/* Does the same as add_terms for a row of at most 16 terms. */
static plm_real add_few_terms(const plm_loss_rows *r, plm_loss_terms *terms, size_t row,
                              plm_real *g, plm_real factor)
{
    plm_real value[PLM_LANES], slope[PLM_LANES];
    terms(r, r->width, r->prediction + row * r->stride, r->target + row * r->target_stride, value,
          slope);
    for (size_t j = 0; g && j < r->width; j++)
        g[j] = factor * slope[j];
    return fold_few(value, r->width);
}

/* Computes the loss of one row, which is the sum of its terms divided by `divisor`, and its
 * gradient. */
static void one_row(const plm_loss_rows *r, plm_loss_terms *terms, size_t row, plm_real divisor)
{
    plm_real *g = r->gradient ? r->gradient + row * r->stride : NULL;
    const plm_real weight = r->weight ? r->weight[row] : 1;
    const plm_real factor = r->factor * weight / divisor;
    const plm_real sum = r->width <= PLM_LANES ? add_few_terms(r, terms, row, g, factor)
                                               : add_terms(r, terms, row, g, factor);
    for (size_t j = r->width; g && j < r->stride; j++)
        g[j] = 0;
    if (r->value)
        r->value[row * r->value_stride] = weight * (sum / divisor);
}

/* Stores the loss and the gradient of a row with a single term. */
static void store_one(const plm_loss_rows *r, size_t row, plm_real value, plm_real slope)
{
    const plm_real weight = plm_loss_weight(r, row);
    if (r->gradient) {
        plm_real *g = r->gradient + row * r->stride;
        plm_loss_fill(g, 0, r->stride, 0);
        g[0] = r->factor * weight * slope;
    }
    if (r->value)
        r->value[row * r->value_stride] = weight * (value + 0); /* 0 and not -0, as in fold_few */
}

/* Computes the losses of rows that have a single term each, with the same results as one_row. One
 * call computes the terms of many rows, since a call takes longer than a term. */
static void single_terms(const plm_loss_rows *r, plm_loss_terms *terms)
{
    plm_real p[BLOCK], t[BLOCK], value[BLOCK], slope[BLOCK];
    for (size_t row = 0; row < r->rows; row += BLOCK) {
        const size_t n = r->rows - row < BLOCK ? r->rows - row : BLOCK;
        for (size_t i = 0; i < n; i++) {
            p[i] = r->prediction[(row + i) * r->stride];
            t[i] = r->target[(row + i) * r->target_stride];
        }
        terms(r, n, p, t, value, slope);
        for (size_t i = 0; i < n; i++)
            store_one(r, row + i, value[i], slope[i]);
    }
}

/* Computes the losses of all rows; a loss is the sum of the row's terms divided by `divisor`. */
static void all_rows(const plm_loss_rows *r, plm_loss_terms *terms, plm_real divisor)
{
    if (r->width == 1) {
        single_terms(r, terms);
        return;
    }
    for (size_t row = 0; row < r->rows; row++)
        one_row(r, terms, row, divisor);
}

/* The mean is over the last axis, as in Keras. */
void plm_loss_mean_of(const plm_loss_rows *r, plm_loss_terms *terms)
{
    all_rows(r, terms, (plm_real)r->width);
}

/* As divergences of distributions are. */
void plm_loss_sum_of(const plm_loss_rows *r, plm_loss_terms *terms)
{
    all_rows(r, terms, 1);
}
