/* Functions that all pictures share: they manage the memory of a picture, and make series from
 * curves. */
#include "plot/plot.h"

#include <string.h>

/* Frees a plot with all its charts, texts and numbers. */
void plm_plot_free(plm_plot *p)
{
    plm_arena_free(&p->arena);
    *p = (plm_plot){0};
}

/* Makes a plot of `charts` empty charts, one below the other. */
plm_status plm_plot_begin(plm *w, int charts, plm_plot *out)
{
    *out = (plm_plot){.arena = {.w = w}, .charts = charts, .columns = 1};
    out->chart = plm_arena_array(&out->arena, (size_t)charts + 1, sizeof *out->chart);
    return out->chart ? PLM_OK : PLM_E_MEMORY;
}

/* Fails if there are more curves than can be told apart in one picture. */
plm_status plm_plot_check(plm *w, plm_plot_specs specs, int most)
{
    if (specs.count <= most)
        return PLM_OK;
    return plm_fail(w, PLM_E_SPEC, specs.text[most], "draw the curves in two pictures",
                    "more than %d curves cannot be told apart", most);
}

/* Makes a series of a curve: copies its points into the arena of the plot, and frees the curve. */
plm_status plm_plot_series(plm_plot *p, plm_curve *from, const char *name, plm_series *out)
{
    const size_t count = (size_t)from->count;
    double *x = plm_arena_array(&p->arena, 2 * count, sizeof *x);
    if (x && count > 0) {
        memcpy(x, from->x, count * sizeof *x);
        memcpy(x + count, from->y, count * sizeof *x);
    }
    *out = (plm_series){.name = name, .x = x, .y = x ? x + count : NULL, .count = from->count};
    plm_curve_free(p->arena.w, from);
    return x ? PLM_OK : PLM_E_MEMORY;
}
