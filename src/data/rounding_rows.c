/* Collects the first rows of a table while it is read, so that they can be checked as doubles. */
#include <string.h>

#include "data/rounding.h"

enum { FIRST_CAPACITY = 256 }; /* min capacity in rows */

/* Doubles the memory for collected rows, or makes space for `rows` more, whichever is larger, up to
 * the number of rows to collect. */
static plm_status grow(plm_collected_rows *c, int64_t rows)
{
    int64_t capacity = c->capacity > 0 ? c->capacity * 2 : FIRST_CAPACITY;
    capacity = capacity > rows ? capacity : rows;
    capacity = capacity < c->most ? capacity : c->most;
    double *more = plm_allocate_array(c->w, (size_t)capacity * c->width, sizeof *more);
    if (more == NULL)
        return PLM_E_MEMORY;
    if (c->number != NULL)
        memcpy(more, c->number, (size_t)c->rows * c->width * sizeof *more);
    plm_release(c->w, c->number);
    c->number = more;
    c->capacity = capacity;
    return PLM_OK;
}

/* Returns memory for the doubles of the next rows, as long as rows are to be collected. *out:
 * memory for the next *wanted rows; NULL = enough rows were collected. */
plm_status plm_collect_rows(plm_collected_rows *c, int64_t rows, double **out, int64_t *wanted)
{
    const int64_t left = c->most - c->rows;
    *wanted = rows < left ? rows : left;
    *out = NULL;
    if (*wanted == 0)
        return PLM_OK;
    if (c->rows + *wanted > c->capacity)
        PLM_TRY(grow(c, c->rows + *wanted));
    *out = c->number + (size_t)c->rows * c->width;
    return PLM_OK;
}

/* May be called twice. */
void plm_collected_free(plm_collected_rows *c)
{
    plm_release(c->w, c->number);
    *c = (plm_collected_rows){.w = c->w};
}
