/* A chart of the weights that initializers draw for a layer, as histograms. For a single
 * initializer, dotted lines mark the standard deviation and the bounds of its weights. */
#include <math.h>

#include "plot/plot.h"
#include "study/weights.h"

/* BINS: number of bins of a histogram. REFERENCES: number of dotted lines. CORNERS: number of
 * points of the invisible line that add_corners adds. CURVES: max number of histograms. */
enum { BINS = 60, REFERENCES = 4, CORNERS = 3, CURVES = PLM_PLOT_CURVES - 1 };

/* The chart while it is filled. */
typedef struct {
    plm_series *series; /* [CURVES + REFERENCES + 1] */
    int count;          /* series so far */
    double low, high;   /* the smallest and the largest weight of all initializers */
} weights;

/* Adds dotted lines at the standard deviation and the bounds of the weights d, whose histogram is
 * the first series. */
static plm_status add_references(plm_plot *p, const plm_drawn_weights *d, weights *k)
{
    const double at[REFERENCES] = {d->mean - d->deviation, d->mean + d->deviation, d->low, d->high};
    const plm_series *density = &k->series[0];
    double top = 0;
    for (int i = 0; i < density->count; i++)
        top = fmax(top, density->y[i]);
    for (int i = 0; i < REFERENCES; i++) {
        double *end = plm_arena_array(&p->arena, 4, sizeof *end);
        if (!end)
            return PLM_E_MEMORY;
        end[0] = end[1] = at[i];
        end[3] = top * 1.1;
        k->series[k->count++] =
            (plm_series){.x = end, .y = end + 2, .count = 2, .style = PLM_LINE_REFERENCE};
    }
    return PLM_OK;
}

/* Adds an invisible line that widens the range of the x axis by a twentieth on both sides. */
static plm_status add_corners(plm_plot *p, weights *k)
{
    const double space = (k->high - k->low) / 20;
    double *at = plm_arena_array(&p->arena, 2 * CORNERS, sizeof *at);
    if (!at)
        return PLM_E_MEMORY;
    at[0] = k->low - space;
    at[1] = NAN;
    at[2] = k->high + space;
    k->series[k->count++] =
        (plm_series){.x = at, .y = at + CORNERS, .count = CORNERS, .style = PLM_LINE_HIDDEN};
    return PLM_OK;
}

/* Draws the weights of one initializer and adds its histogram. */
static plm_status add_weights(plm *w, plm_plot *p, const char *spec, const int64_t shape[2],
                              plm_drawn_weights *d, weights *k)
{
    PLM_TRY(plm_weights_draw(w, spec, shape[0], shape[1], BINS, d));
    const char *name = plm_arena_format(&p->arena, "%s: deviation %.3g, from %.3g to %.3g", spec,
                                        d->deviation, d->low, d->high);
    PLM_TRY(plm_plot_series(p, &d->density, name, &k->series[k->count++]));
    k->low = fmin(k->low, d->low);
    k->high = fmax(k->high, d->high);
    return name ? PLM_OK : PLM_E_MEMORY;
}

/* Makes a chart with a histogram for each initializer, of the weights that it draws for a layer of
 * `inputs` x `units`. */
plm_status plm_plot_initializers(plm *w, plm_plot_specs specs, int64_t inputs, int64_t units,
                                 plm_plot *out)
{
    weights k = {.low = INFINITY, .high = -INFINITY};
    plm_drawn_weights drawn = {0};
    PLM_TRY(plm_plot_begin(w, 1, out));
    PLM_TRY(plm_plot_check(w, specs, CURVES));
    k.series = plm_arena_array(&out->arena, CURVES + REFERENCES + 1, sizeof *k.series);
    const char *title =
        plm_arena_format(&out->arena, "Weights of a layer from %lld inputs to %lld units",
                         (long long)inputs, (long long)units);
    if (!k.series || !title)
        return PLM_E_MEMORY;
    for (int i = 0; i < specs.count; i++) {
        const plm_status status =
            add_weights(w, out, specs.text[i], (const int64_t[2]){inputs, units}, &drawn, &k);
        plm_curve_free(w, &drawn.density);
        PLM_TRY(status);
    }
    const bool single = specs.count == 1;
    if (single)
        PLM_TRY(add_references(out, &drawn, &k));
    PLM_TRY(add_corners(out, &k));
    out->chart[0] =
        (plm_chart){.title = single ? k.series[0].name : title,
                    .x_label = single ? "weight; dotted: standard deviation and bounds" : "weight",
                    .y_label = "density",
                    .series = k.series,
                    .count = k.count};
    return PLM_OK;
}
