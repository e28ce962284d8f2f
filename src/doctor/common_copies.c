/* Measures how many validation rows are nearly equal copies of training rows, once near_copies.c
 * has found such copies among the training rows. */
#include <math.h>

#include "doctor/neighbours.h"

/* Returns the squared distance of a scaled row from the nearest training row. */
static double nearest_of(const plm_neighbours *n, const float *row)
{
    double least = INFINITY;
    for (int64_t i = 0; i < n->rows; i++) {
        const float *other = n->row + i * n->stride;
        float sum = 0;
        for (int64_t j = 0; j < n->stride; j++)
            sum += (row[j] - other[j]) * (row[j] - other[j]);
        least = fmin(least, (double)sum);
    }
    return least;
}

/* A validation row is a copy if it is about as near to a training row as copies are among the
 * training rows. */
plm_status plm_near_copies_common(const plm_row_sample *s, plm_arena *a, plm_data_facts *f)
{
    static const double about = 4; /* of squared distances */
    plm_neighbours *n = &f->near;
    const int64_t rows = s->count < n->rows ? s->count : n->rows;
    double common = 0;
    float *row = plm_arena_array(a, (size_t)n->stride + 1, sizeof *row);
    if (row == NULL)
        return PLM_E_MEMORY;
    for (int64_t i = 0; s->columns == f->columns && i < rows; i++) {
        plm_neighbours_scale(f, s->value + i * s->count / rows * s->columns, row);
        common += nearest_of(n, row) < about * n->copied_far;
    }
    n->common = rows > 0 ? common / (double)rows : 0;
    return PLM_OK;
}
