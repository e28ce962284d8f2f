/* Shows what plummet plot init measured as a heat map of all pairs, or as lines over the layers. */
#include <math.h>
#include <stdlib.h>

#include "plot_init.h"

/* Heat maps have their full colour at log10 = +-FULL; lines end at +-SHOWN. */
static const double FULL = 10, SHOWN = 6;

/* Points of a line, and of the line that holds the corners of a chart. */
enum { POINTS = PLM_VARIANCE_LAYERS + 1, CORNERS = 3, TEXT = 12 };

/* ---- the heat map ---- */

/* The memory of a heat map. */
typedef struct {
    plm_heat_cell *cell;  /* [initializers, activations] */
    char (*figure)[TEXT]; /* [initializers, activations] */
    char *title;
} heat;

/* Fills the cell of a pair: the ratio of the gradients, and the verdict on the pair. */
static void fill_cell(const plm_variance_plan *p, const plm_variance *v, bool best,
                      plm_heat_cell *cell, char *figure)
{
    const double ratio = v->gradients[p->depths - 1];
    plm_cli_name_ratio(figure, TEXT, ratio);
    cell->value = ratio > 0 ? fmax(-400, fmin(400, log10(ratio))) : -400;
    cell->text[0] = figure;
    cell->text[1] = plm_cli_verdict(plm_variance_evaluate_pair(p, v));
    cell->marked = best;
}

static void fill_heat(const plm *w, const plm_variance_plan *p, const plm_variance *v, heat *h)
{
    char *widths = plm_cli_name_widths(p);
    h->title = plm_cli_format("Variance of the gradients behind %lld layers of %s units",
                              (long long)p->depth[p->depths - 1], widths);
    free(widths);
    for (int a = 0; a < p->activations; a++) {
        const plm_variance *row = v + a * p->initializers;
        const int best = plm_variance_partner(w, p, a, row);
        for (int i = 0; i < p->initializers; i++) {
            const int at = i * p->activations + a;
            fill_cell(p, &row[i], i == best, &h->cell[at], h->figure[at]);
        }
    }
}

int plm_cli_init_heat(const plm *w, const plm_variance_plan *p, const plm_variance *v,
                      plm_cli_picture to)
{
    const size_t cells = (size_t)p->activations * (size_t)p->initializers;
    heat h = {.cell = plm_cli_take(cells * sizeof *h.cell),
              .figure = plm_cli_take(cells * sizeof *h.figure)};
    fill_heat(w, p, v, &h);
    const plm_heat map = {.title = h.title,
                          .scale = "Colour: log10. Blue vanishes, orange explodes.",
                          .marks = to.path ? "Frame: the initializer that belongs to it."
                                           : "[ ]: the initializer that belongs to it.",
                          .rows = p->initializers,
                          .columns = p->activations,
                          .row = p->initializer,
                          .column = p->activation,
                          .cell = h.cell,
                          .limit = FULL};
    const int code = plm_cli_heat_show(&map, to);
    free(h.title);
    free(h.cell);
    free(h.figure);
    return code;
}

/* ---- lines ---- */

/* One chart, and the memory of its series. */
typedef struct {
    plm_series *series;                /* [initializers + 1] */
    double (*x)[POINTS], (*y)[POINTS]; /* [initializers] */
    char *title;
} panel;

/* Makes a line: layers x and log10 of the ratios y. A line that leaves the chart ends at its edge.
 * Returns the number of points. */
static int trace(const plm_variance_plan *p, const double *ratio, double *x, double *y)
{
    const int64_t layers = p->depth[p->depths - 1];
    int count = 0;
    for (int64_t k = 0; k <= layers; k++, count++) {
        x[count] = (double)k;
        y[count] = isinf(ratio[k]) ? 400 : ratio[k] > 0 ? log10(ratio[k]) : -400;
        if (fabs(y[count]) <= SHOWN || count == 0)
            continue;
        const double edge = copysign(SHOWN, y[count]),
                     part = (edge - y[count - 1]) / (y[count] - y[count - 1]);
        x[count] = x[count - 1] + part;
        y[count] = edge;
        return count + 1;
    }
    return count;
}

/* Fills the series of a chart. The last one draws nothing but holds the corners, so that all
 * charts have the same axes. back: gradients instead of outputs. */
static void fill_panel(const plm_variance_plan *p, const plm_variance *v, int partner, bool back,
                       panel *out)
{
    const int lines = p->initializers;
    out->series = plm_cli_take((size_t)(lines + 1) * sizeof *out->series);
    out->x = plm_cli_take((size_t)(lines + 1) * sizeof *out->x);
    out->y = plm_cli_take((size_t)(lines + 1) * sizeof *out->y);
    for (int i = 0; i < lines; i++)
        out->series[i] = (plm_series){
            .name = p->initializer[i],
            .x = out->x[i],
            .y = out->y[i],
            .points = p->depth[p->depths - 1] <= 60,
            .style = i == partner ? PLM_LINE_THICK : PLM_LINE_PLAIN,
            .count = trace(p, back ? v[i].gradient_line : v[i].output_line, out->x[i], out->y[i])};
    const double corner[2][CORNERS] = {{0, NAN, (double)p->depth[p->depths - 1]},
                                       {-SHOWN, NAN, SHOWN}};
    for (int i = 0; i < CORNERS; i++) {
        out->x[lines][i] = corner[0][i];
        out->y[lines][i] = corner[1][i];
    }
    out->series[lines] = (plm_series){
        .x = out->x[lines], .y = out->y[lines], .count = CORNERS, .style = PLM_LINE_HIDDEN};
}

static void free_panel(panel *p)
{
    free(p->series);
    free(p->x);
    free(p->y);
    free(p->title);
}

/* Fills chart k: the outputs of an activation if k is even, its gradients if k is odd. */
static void fill_chart(const plm *w, const plm_variance_plan *p, const plm_variance *v, int k,
                       panel *to, plm_chart *chart)
{
    static const plm_chart_band healthy = {
        .low = -1, .high = 1, .name = "healthy: within a factor of 10"};
    static const char *const of[2] = {"outputs, going forward", "gradients, going back"};
    const plm_variance *row = v + k / 2 * p->initializers;
    fill_panel(p, row, plm_variance_partner(w, p, k / 2, row), k % 2, to);
    to->title = plm_cli_format("%s: variance of %s", p->activation[k / 2], of[k % 2]);
    *chart = (plm_chart){.title = to->title,
                         .x_label = "layers",
                         .y_label = "log10 of variance behind / before",
                         .series = to->series,
                         .count = p->initializers + 1,
                         .band = &healthy,
                         .bands = 1,
                         .bare = k > 0};
}

int plm_cli_init_lines(const plm *w, const plm_variance_plan *p, const plm_variance *v,
                       plm_cli_picture to)
{
    const int count = 2 * p->activations;
    panel *panels = plm_cli_take((size_t)count * sizeof *panels);
    plm_chart *chart = plm_cli_take((size_t)count * sizeof *chart);
    for (int k = 0; k < count; k++)
        fill_chart(w, p, v, k, &panels[k], &chart[k]);
    if (!to.path) { /* the legend goes below the last chart */
        chart[0].bare = count > 1;
        chart[count - 1].bare = false;
    }
    const int code = plm_cli_charts_show(chart, count, 2, to);
    for (int k = 0; k < count; k++)
        free_panel(&panels[k]);
    free(panels);
    free(chart);
    return code;
}
