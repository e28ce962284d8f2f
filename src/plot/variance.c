/* Pictures of how initializers change the variance of outputs and gradients: a heat map of all
 * pairs of initializer and activation, or lines over the layers. All values are drawn as log10 of a
 * ratio: 0 = the variance is kept, 1 = it grows to ten times. If each of 50 layers doubles the
 * variance, the last value is 15; no linear axis could show this line and a constant one together.
 * The logarithms of 0 and of infinity are set to a bound beyond the logarithms of all doubles, so
 * that they can be drawn and compared. */
#include "plot/variance.h"

#include <math.h>

#include "study/variance_words.h"

/* FULL: a cell of a heat map has the full colour from log10 = +-FULL on. SHOWN: charts go from
 * -SHOWN to +SHOWN. */
static const double FULL = 10, SHOWN = 6;

/* POINTS: max number of points of a line. CORNERS: number of points of the invisible line of a
 * chart. RATIO: bytes of a ratio as text. */
enum { POINTS = PLM_VARIANCE_LAYERS + 1, CORNERS = 3, RATIO = 12 };

/* The number that stands for the logarithm of infinity; -ENDLESS stands for the logarithm of 0. The
 * logarithms of doubles reach +-308. */
static const double ENDLESS = 400;

/* Returns log10 of a ratio of variances, limited to -ENDLESS .. ENDLESS. */
static double log_of(double ratio)
{
    return ratio > 0 ? fmax(-ENDLESS, fmin(ENDLESS, log10(ratio))) : -ENDLESS;
}

/* ---- the heat map ---- */

/* Fills the cell of a pair of initializer and activation: the ratio of the gradients' variances in
 * the deepest net, and the verdict on the pair. */
static plm_status fill_cell(plm_plot *p, const plm_variance_plan *plan, const plm_variance *v,
                            plm_heat_cell *cell)
{
    const double ratio = v->gradients[plan->depths - 1];
    char *text = plm_arena_array(&p->arena, RATIO, sizeof *text);
    if (!text)
        return PLM_E_MEMORY;
    plm_variance_ratio_text(text, RATIO, ratio);
    cell->value = log_of(ratio);
    cell->text[0] = text;
    cell->text[1] = plm_variance_word(plm_variance_evaluate_pair(plan, v));
    return PLM_OK;
}

/* Fills all cells, [initializers][activations], and marks for each activation the initializer that
 * suits it. */
static plm_status fill_cells(plm *w, plm_plot *p, const plm_variance_plan *plan,
                             const plm_variance *v, plm_heat_cell *cell)
{
    for (int a = 0; a < plan->activations; a++) {
        const plm_variance *row = v + a * plan->initializers;
        const int best = plm_variance_partner(w, plan, a, row);
        for (int i = 0; i < plan->initializers; i++) {
            plm_heat_cell *to = &cell[i * plan->activations + a];
            PLM_TRY(fill_cell(p, plan, &row[i], to));
            to->marked = i == best;
        }
    }
    return PLM_OK;
}

/* Makes the heat map: a row for each initializer, a column for each activation. marks: the legend's
 * word for a marked cell, such as "Frame". */
plm_status plm_plot_variance_heat(plm *w, const plm_variance_plan *plan, const plm_variance *v,
                                  const char *marks, plm_plot *out)
{
    PLM_TRY(plm_plot_begin(w, 0, out));
    plm_arena *a = &out->arena;
    const size_t cells = (size_t)plan->activations * (size_t)plan->initializers;
    plm_heat_cell *cell = plm_arena_array(a, cells, sizeof *cell);
    const char *widths = plm_variance_widths(plan, a);
    const char *title =
        plm_arena_format(a, "Variance of the gradients after %lld layers of %s units",
                         (long long)plan->depth[plan->depths - 1], widths ? widths : "");
    marks = plm_arena_format(a, "%s: the initializer that suits the activation.", marks);
    out->heat = plm_arena_take(a, sizeof *out->heat);
    out->heats = out->heat ? 1 : 0;
    if (!cell || !widths || !title || !marks || !out->heat)
        return PLM_E_MEMORY;
    *out->heat = (plm_heat){.title = title,
                            .scale = "log10(after / before): blue vanishes, orange explodes.",
                            .marks = marks,
                            .rows = plan->initializers,
                            .columns = plan->activations,
                            .row = plan->initializer,
                            .column = plan->activation,
                            .cell = cell,
                            .limit = FULL};
    return fill_cells(w, out, plan, v, cell);
}

/* ---- lines ---- */

/* Fills x and y of a line: layers, and log10 of the ratios. A line that leaves the chart ends at
 * its edge: the last point is where the segment to the next layer crosses the edge. ratio: [layers
 * of the deepest net + 1]. Returns the number of points. */
static int trace(const plm_variance_plan *plan, const double *ratio, double *x, double *y)
{
    const int64_t layers = plan->depth[plan->depths - 1];
    int count = 0;
    for (int64_t k = 0; k <= layers; k++, count++) {
        x[count] = (double)k;
        y[count] = log_of(ratio[k]);
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

/* Fills the last series of a chart, an invisible line through its corners, so that all charts have
 * the same axes. x, y: [CORNERS]. The NaN between the corners interrupts the line. */
static plm_series corners_of(const plm_variance_plan *plan, double *x, double *y)
{
    const double corner[2][CORNERS] = {{0, NAN, (double)plan->depth[plan->depths - 1]},
                                       {-SHOWN, NAN, SHOWN}};
    for (int i = 0; i < CORNERS; i++) {
        x[i] = corner[0][i];
        y[i] = corner[1][i];
    }
    return (plm_series){.x = x, .y = y, .count = CORNERS, .style = PLM_LINE_HIDDEN};
}

/* Returns the name of an initializer for the legend. The initializer that suits an activation is
 * called its partner: "he_normal (partner of relu, elu)" or, for a single activation, "he_normal
 * (partner)". A picture also draws its line thicker, which a terminal cannot. v: all measurements.
 * NULL = no memory. */
static const char *legend_name(plm *w, plm_plot *p, const plm_variance_plan *plan,
                               const plm_variance *v, int initializer)
{
    const char *name = plan->initializer[initializer], *of = NULL;
    for (int a = 0; a < plan->activations; a++) {
        if (plm_variance_partner(w, plan, a, v + a * plan->initializers) != initializer)
            continue;
        of = plm_arena_format(&p->arena, "%s%s%s", of ? of : "", of ? ", " : "",
                              plan->activation[a]);
        if (!of)
            return NULL;
    }
    if (!of)
        return name;
    return plan->activations == 1 ? plm_arena_format(&p->arena, "%s (partner)", name)
                                  : plm_arena_format(&p->arena, "%s (partner of %s)", name, of);
}

/* Fills names[initializers] for the legend, which all charts share. v: all measurements. */
static plm_status name_lines(plm *w, plm_plot *p, const plm_variance_plan *plan,
                             const plm_variance *v, const char **names)
{
    for (int i = 0; i < plan->initializers; i++) {
        names[i] = legend_name(w, p, plan, v, i);
        if (!names[i])
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* Returns the series of a chart, [initializers + 1]; NULL = no memory. v: [initializers]. partner:
 * the initializer whose line is thick. back = true: of gradients, else of outputs. One array holds
 * x and y of all lines, POINTS numbers each. */
static plm_series *make_series(plm_plot *p, const plm_variance_plan *plan, const plm_variance *v,
                               const char *const *names, int partner, bool back)
{
    const int lines = plan->initializers;
    plm_series *series = plm_arena_array(&p->arena, (size_t)lines + 1, sizeof *series);
    double *at = plm_arena_array(&p->arena, 2 * ((size_t)lines + 1) * POINTS, sizeof *at);
    if (!series || !at)
        return NULL;
    for (int i = 0; i < lines; i++, at += 2 * POINTS)
        series[i] = (plm_series){
            .name = names[i],
            .x = at,
            .y = at + POINTS,
            .points = plan->depth[plan->depths - 1] <= 60,
            .style = i == partner ? PLM_LINE_THICK : PLM_LINE_PLAIN,
            .count = trace(plan, back ? v[i].gradient_line : v[i].output_line, at, at + POINTS)};
    series[lines] = corners_of(plan, at, at + POINTS);
    return series;
}

/* Makes chart k: the outputs of an activation if k is even, its gradients if k is odd. */
static plm_status make_chart(plm *w, plm_plot *p, const plm_variance_plan *plan,
                             const plm_variance *v, const char *const *names, int k)
{
    static const plm_chart_band healthy = {
        .low = -1, .high = 1, .name = "healthy: within a factor of 10"};
    static const char *const of[2] = {"outputs, going forward", "gradients, going back"};
    const plm_variance *row = v + k / 2 * plan->initializers;
    const plm_series *series =
        make_series(p, plan, row, names, plm_variance_partner(w, plan, k / 2, row), k % 2);
    const char *title =
        plm_arena_format(&p->arena, "%s: variance of %s", plan->activation[k / 2], of[k % 2]);
    if (!series || !title)
        return PLM_E_MEMORY;
    p->chart[k] = (plm_chart){.title = title,
                              .x_label = "layers",
                              .whole_x = true,
                              .y_label = "log10 of variance after / before",
                              .series = series,
                              .count = plan->initializers + 1,
                              .band = &healthy,
                              .bands = 1};
    return PLM_OK;
}

/* Makes two charts for each activation, for outputs and gradients, with a line for each
 * initializer. legend: the index of the only chart that has a legend, since all charts have the
 * same lines. */
plm_status plm_plot_variance_lines(plm *w, const plm_variance_plan *plan, const plm_variance *v,
                                   int legend, plm_plot *out)
{
    PLM_TRY(plm_plot_begin(w, 2 * plan->activations, out));
    out->columns = 2;
    const char **names = plm_arena_array(&out->arena, (size_t)plan->initializers, sizeof *names);
    if (!names)
        return PLM_E_MEMORY;
    PLM_TRY(name_lines(w, out, plan, v, names));
    for (int k = 0; k < out->charts; k++) {
        PLM_TRY(make_chart(w, out, plan, v, names, k));
        out->chart[k].bare = k != legend;
    }
    return PLM_OK;
}
