/* Looks for rows that are nearly equal copies of others, such as a table whose rows were multiplied
 * with a little noise before it was split. Equal rows are counted by their hashes; these differ in
 * every number. */
#include <math.h>
#include <stdlib.h>

#include "doctor/near_rows.h"

/* A copy is this much nearer than all rows that are none, and than two random rows; both are of
 * squared distances. For two random rows the mean is twice the number of columns. */
static const double gap = 16, near = 0.01;

/* FINE: different values of a column of measurements; a column of codes has fewer. COLUMNS: fewer
 * such columns have near rows by chance. */
enum { FINE = 20, COLUMNS = 3 };

/* Returns the number of columns of measurements. */
static int64_t count_fine(const plm_data_facts *f)
{
    int64_t count = 0;
    for (int64_t j = 0; j < f->columns; j++)
        count += f->column[j].values > FINE && !f->column[j].id;
    return count;
}

/* True if two rows have the same target. unit: a difference that does not matter. */
static bool same_target(const plm_near_rows *r, int64_t i, int64_t k, double unit)
{
    return fabs((double)(r->y[i] - r->y[k])) <= unit;
}

/* Returns how many of the nearest rows of row i are its copies, all with its target; 0 = none. */
static int count_copies(const plm_near_rows *r, int64_t i, double limit, double unit)
{
    const float *far = r->best + i * PLM_NEAREST;
    for (int k = 0; k < PLM_NEAREST; k++) {
        const double now = (double)far[k];
        if (!(now > 0) || !(now < limit) ||
            !same_target(r, i, r->nearest[i * PLM_NEAREST + k], unit))
            return 0;
        if (k + 1 < PLM_NEAREST && (double)far[k + 1] > gap * now)
            return k + 1;
    }
    return 0;
}

/* Compares two numbers, for qsort. */
static int by_size(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* A few near rows may be there by chance, or measured twice, so most rows must have copies. */
void plm_near_copies(const plm_near_rows *r, const plm_data_facts *f, plm_neighbours *out)
{
    static const double least = 0.5;
    const int64_t fine = count_fine(f);
    const double limit = near * 2 * (double)fine,
                 unit = f->classes > 1 ? 0 : 1e-3 * f->target_deviation;
    float *far = r->distance; /* [rows * PLM_NEAREST] no longer needed */
    int64_t copied = 0;
    if (fine < COLUMNS || f->discrete)
        return;
    for (int64_t i = 0; i < r->rows; i++)
        if (count_copies(r, i, limit, unit) > 0)
            far[copied++] = r->best[i * PLM_NEAREST];
    if (!((double)copied > least * (double)r->rows))
        return;
    qsort(far, (size_t)copied, sizeof *far, by_size);
    out->copied = (double)copied / (double)r->rows;
    out->copied_far = (double)far[copied / 2];
}
