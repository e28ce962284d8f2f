/* Takes some of the rows of predictions, so that they can be assessed alone. */
#include <string.h>

#include "assess/assess.h"

/* Returns a copy of those elements of `from`, of `size` bytes each, that belong to the rows
 * at[rows]. NULL = no memory. */
static void *take(plm_arena *a, const void *from, const int64_t *at, int64_t rows, size_t size)
{
    char *out = plm_arena_array(a, (size_t)rows + 1, size);
    for (int64_t i = 0; i < rows && out; i++)
        memcpy(out + (size_t)i * size, (const char *)from + (size_t)at[i] * size, size);
    return out;
}

/* Takes the rows of one target. */
static plm_status take_target(plm_arena *a, const plm_predicted_target *from, const int64_t *at,
                              int64_t rows, plm_predicted_target *out)
{
    *out = *from;
    if (from->classes > 0) {
        out->probability =
            take(a, from->probability, at, rows, (size_t)from->classes * sizeof(float));
        out->truth = take(a, from->truth, at, rows, sizeof *out->truth);
        return out->probability && out->truth ? PLM_OK : PLM_E_MEMORY;
    }
    out->guess = take(a, from->guess, at, rows, sizeof *out->guess);
    out->wanted = take(a, from->wanted, at, rows, sizeof *out->wanted);
    return out->guess && out->wanted ? PLM_OK : PLM_E_MEMORY;
}

/* Takes the rows of all targets. */
plm_status plm_predicted_part(const plm_predicted *p, const int64_t *at, int64_t rows, plm_arena *a,
                              plm_predicted *out)
{
    *out = (plm_predicted){
        .w = p->w, .model = p->model, .rows = rows, .capacity = rows, .targets = p->targets};
    out->row = take(a, p->row, at, rows, sizeof *out->row);
    out->line = take(a, p->line, at, rows, sizeof *out->line);
    if (!out->row || !out->line)
        return PLM_E_MEMORY;
    for (int k = 0; k < p->targets; k++)
        PLM_TRY(take_target(a, &p->target[k], at, rows, &out->target[k]));
    return PLM_OK;
}
