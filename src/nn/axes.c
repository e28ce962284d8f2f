/* Lets layers that work on the last axis work on any axes: the chosen axes are moved to the end and
 * joined to one, and afterwards moved back. If they are at the end already, nothing is moved. A
 * move copies all numbers, so this takes two copies; in return a layer needs to know one layout
 * only. */
#include "nn/nn.h"

/* Returns the index of an axis, from 0, in a row without the batch. Users count the batch as axis
 * 0, and may count from the end. Returns -1, with an error, for an axis that x does not have. */
static int index_of(plm_builder *b, int rank, int64_t axis)
{
    const int64_t index = axis < 0 ? rank + axis : axis - 1;
    if (axis != 0 && index >= 0 && index < rank)
        return (int)index;
    plm_layer_fail(b, PLM_E_SHAPE,
                   axis == 0 ? "axis 0 is the batch; name another axis"
                             : "axes count from 1, or from the end: -1 is the last",
                   "there is no axis %lld: the input has %d axes besides the batch",
                   (long long)axis, rank);
    return -1;
}

/* Orders the axes of x: first those that are not chosen, then the chosen ones, each in ascending
 * order. So no permutation is needed if all axes are chosen, or the last ones in order. */
bool plm_axes_choose(plm_builder *b, plm_value x, int count, const int64_t *axis, plm_axes *out)
{
    bool chosen[PLM_RANK] = {false};
    const int rank = plm_rank(b, x);
    *out = (plm_axes){.rank = rank, .chosen = count};
    for (int i = 0; i < count; i++) {
        const int k = index_of(b, rank, axis[i]);
        if (k < 0)
            return false;
        if (chosen[k]) {
            plm_layer_fail(b, PLM_E_SPEC, "name each axis once", "axis %d is named twice", k + 1);
            return false;
        }
        chosen[k] = true;
    }
    for (int pass = 0, n = 0; pass < 2; pass++)
        for (int k = 0; k < rank; k++)
            if (chosen[k] == (pass == 1)) {
                out->dims[n] = plm_dim(b, x, k);
                out->order[n++] = k;
            }
    return b->status >= 0;
}

/* True if the chosen axes are at the end already. */
static bool in_order(const plm_axes *a)
{
    for (int i = 0; i < a->rank; i++)
        if (a->order[i] != i)
            return false;
    return true;
}

/* Emits the op permute, which makes axis order[i] of x the axis i. */
static plm_value permute(plm_builder *b, plm_value x, int rank, const int *order)
{
    plm_text dims = {.w = b->graph->w};
    for (int i = 0; i < rank; i++)
        plm_text_format(&dims, "%s%d", i > 0 ? ", " : "", order[i] + 1);
    plm_require_text(b, &dims);
    const plm_value y = plm_emit(b, 1, &x, "permute(%s)", plm_text_get(&dims));
    plm_text_free(&dims);
    return y;
}

/* Emits the op repack, which gives x these axes and keeps its numbers in order. */
static plm_value repack(plm_builder *b, plm_value x, int rank, const int64_t *dim)
{
    plm_text dims = {.w = b->graph->w};
    for (int i = 0; i < rank; i++)
        plm_text_format(&dims, "%s%lld", i > 0 ? ", " : "", (long long)dim[i]);
    plm_require_text(b, &dims);
    const plm_value y = plm_emit(b, 1, &x, "repack(dims=[%s])", plm_text_get(&dims));
    plm_text_free(&dims);
    return y;
}

/* Returns x with the chosen axes moved to the end and joined to one, so that ops that work along
 * the last axis can be used. */
plm_value plm_axes_last(plm_builder *b, plm_value x, const plm_axes *a)
{
    int64_t dims[PLM_RANK] = {0};
    const int kept = a->rank - a->chosen;
    const plm_value moved = in_order(a) ? x : permute(b, x, a->rank, a->order);
    if (a->chosen < 2)
        return plm_last_axis(b, moved);
    dims[kept] = 1;
    for (int i = 0; i < a->rank; i++) {
        if (i < kept)
            dims[i] = a->dims[i];
        else
            dims[kept] *= a->dims[i];
    }
    return plm_last_axis(b, repack(b, moved, kept + 1, dims));
}

/* Undoes plm_axes_last: splits the joined axis again, then moves all axes back. */
plm_value plm_axes_back(plm_builder *b, plm_value y, const plm_axes *a)
{
    int inverse[PLM_RANK] = {0};
    const plm_value parted = a->chosen < 2 ? y : repack(b, y, a->rank, a->dims);
    for (int i = 0; i < a->rank; i++)
        inverse[a->order[i]] = i;
    return in_order(a) ? parted : permute(b, parted, a->rank, inverse);
}
