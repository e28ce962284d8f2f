/* Computes quartiles by selection (Hoare, Algorithm 65: find, 1961), so that a column need not be
 * sorted. A range is divided into three parts: below, equal to, and above a pivot. So columns with
 * few different values, such as pixels, take no longer. NaN counts as equal to any pivot, so the
 * search always ends. */
#include "train/adapt.h"

/* Exchanges two numbers. */
static void swap(plm_real *a, plm_real *b)
{
    const plm_real kept = *a;
    *a = *b;
    *b = kept;
}

/* Divides x[*low .. *high) into three ranges: numbers below `pivot`, numbers equal to it, and
 * numbers above it. Sets *low and *high to the range in the middle. */
static void divide(plm_real *x, size_t *low, size_t *high, plm_real pivot)
{
    size_t below = *low, above = *high;
    for (size_t i = *low; i < above;)
        if (x[i] < pivot)
            swap(&x[i++], &x[below++]);
        else if (x[i] > pivot)
            swap(&x[i], &x[--above]);
        else
            i++;
    *low = below;
    *high = above;
}

/* Reorders x[first .. count) so that x[k] is the number that the sorted list would have there, with
 * no larger number before it and no smaller number after it. Pivots are chosen pseudo-randomly, so
 * no order of the numbers makes the search slow. */
static void select_place(plm_real *x, size_t first, size_t count, size_t k)
{
    size_t low = first, high = count;
    uint32_t random = 1;
    while (high - low > 1) {
        random = random * 1664525U + 1013904223U;
        size_t from = low, to = high;
        divide(x, &from, &to, x[low + (size_t)(random >> 8) % (high - low)]);
        if (k < from)
            high = from;
        else if (k >= to)
            low = to;
        else
            return;
    }
}

/* Returns the number at `share` (0 to 1) of the sorted list x[count]; between two numbers it is
 * interpolated. The numbers before index `first` are already the smallest ones, and the returned
 * number is not among them. */
static double at_share(plm_real *x, size_t first, size_t count, double share)
{
    const double place = share * (double)(count - 1);
    const size_t k = (size_t)place;
    select_place(x, first, count, k);
    if (k + 1 == count)
        return (double)x[k];
    /* the next number of the sorted list is the smallest number after x[k] */
    plm_real next = x[k + 1];
    for (size_t i = k + 2; i < count; i++)
        next = x[i] < next ? x[i] : next;
    const double fraction = place - (double)k;
    return (double)x[k] + fraction * ((double)next - (double)x[k]);
}

/* Returns the quartiles and extremes of x [count], count >= 1. x [count] is reordered. */
plm_quartiles plm_quartiles_of(plm_real *x, size_t count)
{
    plm_quartiles q = {.lowest = (double)x[0], .highest = (double)x[0]};
    for (size_t i = 1; i < count; i++) {
        q.lowest = (double)x[i] < q.lowest ? (double)x[i] : q.lowest;
        q.highest = (double)x[i] > q.highest ? (double)x[i] : q.highest;
    }
    /* each selection leaves the smaller numbers in front, so the next selection can start after
     * them */
    q.quarter = at_share(x, 0, count, 0.25);
    q.median = at_share(x, (size_t)(0.25 * (double)(count - 1)), count, 0.5);
    q.three_quarters = at_share(x, (size_t)(0.5 * (double)(count - 1)), count, 0.75);
    return q;
}
