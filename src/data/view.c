/* Views: arrays that the caller owns. */
#include "data/data.h"

/* Returns a view of an array. If dims is NULL, the view has no shape and is invalid. */
plm_view plm_view_of(const void *data, plm_dtype dtype, int rank, const int64_t *dims)
{
    /* the cast is safe, since calls that read a view do not write to its memory */
    plm_view v = {.data = (void *)(uintptr_t)data, .dtype = dtype, .rank = dims ? rank : 0};
    for (int i = 0; i < v.rank && i < 8; i++)
        v.dims[i] = dims[i];
    return v;
}

/* Counts the elements of an array. *numbers: their number. False = the view is invalid, or the
 * array is too large. */
bool plm_view_numbers(const plm_view *v, int64_t *numbers)
{
    if (v->rank < 1 || v->rank > 8 || v->dims[0] < 1 || !plm_element_is(v->dtype))
        return false;
    return plm_checked_product(v->rank, v->dims, numbers) &&
           *numbers <= PTRDIFF_MAX / (int64_t)plm_element_size(v->dtype);
}
