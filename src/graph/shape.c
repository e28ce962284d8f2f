/* Shapes: how one row of a batch is stored. Lines are padded to 16 numbers, and long ones to an
 * odd number of cache lines, so that rows of a batch never fall on the same cache sets (4 KiB
 * aliasing). */
#include <inttypes.h>
#include <stdio.h>

#include "graph/build.h"

enum { LONG_LINE = 16 }; /* cache lines from which an even count is made odd */

/* Numbers of a row with its padding: sums of some of them, and their bytes, are within 64 bits. */
#define MOST_NUMBERS ((int64_t)1 << 50)

static int64_t padded(int64_t width)
{
    int64_t blocks = (width + PLM_LANES - 1) / PLM_LANES;
    if (blocks >= LONG_LINE && blocks % 2 == 0)
        blocks++;
    return blocks * PLM_LANES;
}

/* A row that is too large, or an axis without a length, has lines = width = 0. */
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
    s.stride = rank == 0 ? 1 : padded(s.width); /* labels, losses: one number a row, without gaps */
    return s;
}

bool plm_shape_fits(const plm_shape *s)
{
    return s->lines > 0 && s->width > 0 && s->lines <= MOST_NUMBERS / s->stride;
}

plm_shape plm_shape_of(int rank, const int64_t *dims)
{
    return shape_with(rank, dims, 0);
}

plm_shape plm_shape_lines(int rank, const int64_t *dims)
{
    return shape_with(rank, dims, rank > 0 ? rank - 1 : 0);
}

void plm_shape_print(const plm_shape *s, char *out, size_t room)
{
    size_t used = (size_t)snprintf(out, room, "[n");
    for (int i = 0; i < s->rank && used < room; i++)
        used += (size_t)snprintf(out + used, room - used, ", %" PRId64, s->dims[i]);
    if (used < room)
        snprintf(out + used, room - used, "]");
}
