/* Computes how one row of a batch is stored. Each contiguous vector of a row is padded to a
 * multiple of 16 numbers (a cache line of floats). A long vector is padded to an odd number of
 * cache lines, since rows that are a power of two apart would fall on the same cache sets and evict
 * one another (4 KiB aliasing). */
#include <inttypes.h>
#include <stdio.h>

#include "graph/build.h"

enum { LONG_LINE = 16 }; /* vectors of at least this many cache lines get an odd number of them */

/* Max number of numbers in a row, padding included. It is low enough that sums of several such
 * counts, and their sizes in bytes, fit in 64 bits. */
#define MOST_NUMBERS ((int64_t)1 << 50)

/* Returns the stride of a vector of `width` numbers. */
static int64_t padded(int64_t width)
{
    int64_t blocks = (width + PLM_LANES - 1) / PLM_LANES;
    if (blocks >= LONG_LINE && blocks % 2 == 0)
        blocks++;
    return blocks * PLM_LANES;
}

/* Makes a shape whose number of vectors (`lines`) is the product of the first `line_axes` dims; the
 * product of the other dims is the width of a vector. If the row is too large or an axis has no
 * length, lines = width = 0, which plm_shape_fits rejects. */
static plm_shape shape_with(int rank, const int64_t *dims, int line_axes)
{
    plm_shape s = {.rank = rank, .lines = 1, .width = 1};
    int64_t numbers = 1;
    if (!plm_checked_product(rank, dims, &numbers) || numbers < 1 || numbers > MOST_NUMBERS)
        s.lines = s.width = 0;
    for (int i = 0; i < rank; i++) {
        s.dims[i] = dims[i];
        if (i < line_axes)
            s.lines *= dims[i] * (s.lines > 0);
        else
            s.width *= dims[i] * (s.width > 0);
    }
    s.stride = rank == 0 ? 1 : padded(s.width); /* labels and losses: one number per row, no gaps */
    return s;
}

/* True if memory can hold a row of this shape: at least 1 and at most MOST_NUMBERS numbers.
 * plm_graph_emit rejects other shapes. The check divides, since a product could overflow. */
bool plm_shape_fits(const plm_shape *s)
{
    return s->lines > 0 && s->width > 0 && s->lines <= MOST_NUMBERS / s->stride;
}

/* Returns a shape whose rows are stored as one vector each: all axes are taken together, and only
 * the end of a row is padded. */
plm_shape plm_shape_of(int rank, const int64_t *dims)
{
    return shape_with(rank, dims, 0);
}

/* Returns a shape whose rows are stored as vectors along the last axis. Each vector is padded; the
 * product of the other axes is the number of vectors. */
plm_shape plm_shape_lines(int rank, const int64_t *dims)
{
    return shape_with(rank, dims, rank > 0 ? rank - 1 : 0);
}

/* Writes "[n, 28, 28]" into out, which has `size` bytes; cuts it off if it does not fit. The number
 * of rows of a batch is not part of a shape, so it is written as n. */
void plm_shape_print(const plm_shape *s, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "[n");
    for (int i = 0; i < s->rank && used < size; i++)
        used += (size_t)snprintf(out + used, size - used, ", %" PRId64, s->dims[i]);
    if (used < size)
        snprintf(out + used, size - used, "]");
}
