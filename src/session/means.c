/* Computes the means of the histories of several nets, see means.h.
 *
 * The nets do not finish an epoch at the same time, so the rows of each net are kept until all nets
 * have the next row. A net that has ended early has no more rows; later means are taken over the
 * other nets. */
#include "session/means.h"

#include <string.h>

/* Takes the names of the columns from the first history that has columns. */
static plm_status take_names(plm_means *m, const plm_history *rows)
{
    if (m->columns || !rows->columns)
        return PLM_OK;
    m->name = plm_arena_array(m->arena, (size_t)rows->columns, sizeof *m->name);
    if (!m->name)
        return PLM_E_MEMORY;
    for (int i = 0; i < rows->columns; i++)
        if (!(m->name[i] = plm_arena_text(m->arena, rows->name[i], SIZE_MAX)))
            return PLM_E_MEMORY;
    m->columns = rows->columns;
    return PLM_OK;
}

/* Copies the new rows of net k. A net that was resumed has all its earlier rows at once. */
plm_status plm_means_take(plm_means *m, int k, const plm_history *rows)
{
    plm_means_net *n = &m->net[k];
    PLM_TRY(take_names(m, rows));
    const size_t columns = (size_t)m->columns;
    for (; rows->columns == m->columns && n->rows < (size_t)rows->rows; n->rows++) {
        n->value =
            plm_arena_grow(m->arena, n->value, n->rows, &n->capacity, columns * sizeof *n->value);
        if (!n->value)
            return PLM_E_MEMORY;
        memcpy(n->value + n->rows * columns, rows->value + n->rows * columns,
               columns * sizeof *n->value);
    }
    return PLM_OK;
}

/* Returns the number of nets that have finished the next epoch; 0 if a net that has not ended has
 * not finished it: it is still training, or was interrupted, or failed. */
static int ready(const plm_means *m)
{
    int count = 0;
    for (int k = 0; k < m->nets; k++) {
        if (m->net[k].rows > m->rows)
            count++;
        else if (!m->net[k].ended)
            return 0;
    }
    return count;
}

/* Appends the mean of the next epoch if all nets that have not ended before have finished it; then
 * *added = true. */
plm_status plm_means_add(plm_means *m, bool *added)
{
    const int count = ready(m);
    const size_t columns = (size_t)m->columns;
    *added = count > 0;
    if (!*added)
        return PLM_OK;
    m->value =
        plm_arena_grow(m->arena, m->value, m->rows, &m->capacity, columns * sizeof *m->value);
    if (!m->value)
        return PLM_E_MEMORY;
    double *mean = m->value + m->rows * columns;
    memset(mean, 0, columns * sizeof *mean);
    for (int k = 0; k < m->nets; k++)
        for (size_t i = 0; m->net[k].rows > m->rows && i < columns; i++)
            mean[i] += m->net[k].value[m->rows * columns + i];
    for (size_t i = 0; i < columns; i++)
        mean[i] /= count;
    m->rows++;
    return PLM_OK;
}

/* Returns the means in the form of a model's history. */
plm_history plm_means_history(const plm_means *m)
{
    return (plm_history){
        .rows = (int64_t)m->rows, .columns = m->columns, .name = m->name, .value = m->value};
}
