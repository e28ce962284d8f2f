/* Packs a matrix [rows, columns] into ceil(columns / 16) panels of [rows][16], the order in which a
 * matrix product reads B, and unpacks it. Row-major order exists only where parameters enter and
 * leave the library. So this code runs seldom, and plain copies are fast enough. */
#include <string.h>

#include "kernel/kernel.h"

/* Returns the size of the panels of a matrix [rows, columns], in numbers. The last panel counts in
 * full: its columns beyond the matrix are zeros. */
size_t plm_panel_size(size_t rows, size_t columns)
{
    return (columns + PLM_LANES - 1) / PLM_LANES * rows * PLM_LANES;
}

/* Copies the rows of each panel in turn, 16 numbers at a time. */
void plm_panel_pack(plm_real *panels, const plm_real *matrix, size_t rows, size_t columns,
                    size_t stride)
{
    for (size_t first = 0; first < columns; first += PLM_LANES) {
        const size_t count = columns - first < PLM_LANES ? columns - first : PLM_LANES;
        for (size_t i = 0; i < rows; i++, panels += PLM_LANES) {
            memcpy(panels, matrix + i * stride + first, count * sizeof *panels);
            if (count < PLM_LANES)
                memset(panels + count, 0, (PLM_LANES - count) * sizeof *panels);
        }
    }
}

/* Goes through the panels in the order of memory: panel by panel, and row by row in each panel. */
void plm_panel_unpack(plm_real *matrix, const plm_real *panels, size_t rows, size_t columns,
                      size_t stride)
{
    for (size_t first = 0; first < columns; first += PLM_LANES) {
        const size_t count = columns - first < PLM_LANES ? columns - first : PLM_LANES;
        for (size_t i = 0; i < rows; i++, panels += PLM_LANES)
            memcpy(matrix + i * stride + first, panels, count * sizeof *panels);
    }
}

/* True if the panel that ends at panel number `end` has at most 8 columns of the matrix. Only the
 * last panel can have so few. */
bool plm_panel_half(size_t columns, size_t end)
{
    return end * PLM_LANES >= columns + PLM_LANES / 2;
}
