/* Charts of activations. The first shows the functions, with their limits as dotted lines; the
 * second shows their derivatives. If there is only one activation, the ranges in which it is
 * saturated are shaded. */
#include "study/activation.h"

#include <math.h>

#include "plot/plot.h"

/* LIMITS: max number of dotted lines at limits. CORNERS: number of points of the invisible line
 * that add_corners adds. */
enum { LIMITS = 2, CORNERS = 3 };

/* An activation whose slope is smaller than this is saturated. */
static const double FLAT = 0.05;

/* The series of both charts while the charts are being made. */
typedef struct {
    plm_series value[PLM_PLOT_CURVES + LIMITS + 1]; /* [values]: curves, limits, corners */
    plm_series slope[PLM_PLOT_CURVES + 1];          /* [count + 1]: curves, ends */
    /* limit of each activation, far left and far right */
    double limit[PLM_PLOT_CURVES][2];
    double from, to; /* the range of x */
    int count, values;
} curves;

/* Adds a dotted line at height y. */
static plm_status add_limit(plm_plot *p, curves *c, double y)
{
    double *at = plm_arena_array(&p->arena, 4, sizeof *at);
    if (!at)
        return PLM_E_MEMORY;
    at[0] = c->from;
    at[1] = c->to;
    at[2] = at[3] = y;
    c->value[c->values++] =
        (plm_series){.x = at, .y = at + 2, .count = 2, .style = PLM_LINE_REFERENCE};
    return PLM_OK;
}

/* Adds an invisible line that widens the range of the y axis to contain low and high with some
 * margin. */
static plm_status add_corners(plm_plot *p, curves *c, double low, double high)
{
    const double y[CORNERS] = {low - 0.05 * fabs(low), NAN, high + 0.05 * fabs(high)};
    double *at = plm_arena_array(&p->arena, 2 * CORNERS, sizeof *at);
    if (!at)
        return PLM_E_MEMORY;
    for (int i = 0; i < CORNERS; i++) {
        at[i] = c->from;
        at[CORNERS + i] = y[i];
    }
    c->value[c->values++] =
        (plm_series){.x = at, .y = at + CORNERS, .count = CORNERS, .style = PLM_LINE_HIDDEN};
    return PLM_OK;
}

/* Adds a dotted line at each of the first two limits that differ and are not 0, then the invisible
 * line of add_corners. The limit far to the left is left out if no x is below 0, that far to the
 * right if none is above. */
static plm_status add_limits(plm_plot *p, curves *c)
{
    double found[LIMITS];
    int lines = 0;
    for (int i = 0; i < 2 * c->count && lines < LIMITS; i++) {
        const double y = c->limit[i / 2][i % 2];
        const bool beyond = i % 2 ? c->to <= 0 : c->from >= 0;
        if (beyond || isnan(y) || fabs(y) < 1e-3 || (lines > 0 && fabs(y - found[0]) < 1e-3))
            continue;
        PLM_TRY(add_limit(p, c, y));
        found[lines++] = y;
    }
    if (lines == 0)
        return PLM_OK;
    return add_corners(p, c, fmin(found[0], found[lines - 1]), fmax(found[0], found[lines - 1]));
}

/* Returns the name of an activation with its parameters, "elu(alpha=1)". NULL = no memory. */
static const char *label_of(plm_plot *p, const char *spec)
{
    plm_text label = {.w = p->arena.w};
    plm_activation_label(&label, spec);
    const char *name =
        label.failed ? NULL : plm_arena_text(&p->arena, plm_text_get(&label), SIZE_MAX);
    plm_text_free(&label);
    return name;
}

/* Computes the function and the derivative of activation i. Fails if there is no such activation.
 * */
static plm_status fill_curves(plm_plot *p, const char *spec, int i, curves *c)
{
    plm *w = p->arena.w;
    plm_curve value = {0}, slope = {0};
    plm_status status = plm_activation_curves(w, spec, c->from, c->to, &value, &slope);
    const char *name = status < 0 ? NULL : label_of(p, spec);
    if (status >= 0 && !name)
        status = PLM_E_MEMORY;
    status = status < 0 ? status : plm_plot_series(p, &value, name, &c->value[i]);
    status = status < 0 ? status : plm_plot_series(p, &slope, name, &c->slope[i]);
    plm_curve_free(w, &value);
    plm_curve_free(w, &slope);
    return status;
}

/* Adds an invisible line to the slopes, from one end of the range of x to the other, so that both
 * charts have the same axis: slopes are computed between the points of the values. */
static plm_status add_ends(plm_plot *p, curves *c)
{
    const plm_series *first = &c->slope[0];
    double *at = plm_arena_array(&p->arena, 4, sizeof *at);
    if (!at)
        return PLM_E_MEMORY;
    at[0] = c->from;
    at[1] = c->to;
    at[2] = at[3] = first->y[first->count / 2];
    c->slope[c->count] = (plm_series){.x = at, .y = at + 2, .count = 2, .style = PLM_LINE_HIDDEN};
    return PLM_OK;
}

/* Computes the curves, limits and labels of all activations. */
static plm_status fill(plm *w, plm_plot_specs specs, plm_plot *p, curves *c)
{
    for (int i = 0; i < specs.count; i++) {
        PLM_TRY(fill_curves(p, specs.text[i], i, c));
        PLM_TRY(plm_activation_limits(w, specs.text[i], c->limit[i]));
    }
    c->count = c->values = specs.count;
    return add_ends(p, c);
}

/* Fills band[2] with the ranges at both ends of the x axis in which the activation is saturated.
 * slope: its derivative. Returns the number of these ranges. */
static int find_bands(const plm_series *slope, plm_chart_band *band)
{
    static const char saturated[] = "saturated";
    int left = 0, right = slope->count - 1, bands = 0;
    while (left < slope->count && fabs(slope->y[left]) < FLAT)
        left++;
    while (right > left && fabs(slope->y[right]) < FLAT)
        right--;
    if (left > 0 && left < slope->count)
        band[bands++] = (plm_chart_band){true, true, -INFINITY, slope->x[left], saturated};
    if (right + 1 < slope->count)
        band[bands++] = (plm_chart_band){true, true, slope->x[right], INFINITY, saturated};
    return bands;
}

/* Makes a chart of `count` series, which are copied. If there is only one activation, its name is
 * in the title and there is no legend. */
static plm_status make_chart(plm_plot *p, const curves *c, bool slopes, plm_chart *out)
{
    const int count = slopes ? c->count + 1 : c->values;
    const char *name = c->count == 1 ? c->value[0].name : NULL;
    plm_series *series = plm_arena_array(&p->arena, (size_t)count, sizeof *series);
    const char *title =
        name ? plm_arena_format(&p->arena, slopes ? "%.50s, derivative f'(x)" : "%.50s f(x)", name)
             : plm_arena_format(&p->arena, slopes ? "Derivative f'(x)" : "Activation f(x)");
    if (!series || !title)
        return PLM_E_MEMORY;
    for (int i = 0; i < count; i++)
        series[i] = slopes ? c->slope[i] : c->value[i];
    *out = (plm_chart){.title = title,
                       .x_label = "x",
                       .y_label = slopes ? "f'(x)" : "f(x)",
                       .series = series,
                       .count = count};
    return PLM_OK;
}

/* Makes two charts, of activations and of their derivatives, for x between `from` and `to`. If
 * there is only one activation, the ranges in which it is saturated are shaded. */
plm_status plm_plot_activations(plm *w, plm_plot_specs specs, double from, double to, plm_plot *out)
{
    curves c = {.from = from, .to = to};
    plm_chart_band *band = NULL;
    PLM_TRY(plm_plot_begin(w, 2, out));
    PLM_TRY(plm_plot_check(w, specs, PLM_PLOT_CURVES));
    PLM_TRY(fill(w, specs, out, &c));
    PLM_TRY(add_limits(out, &c));
    band = plm_arena_array(&out->arena, 2, sizeof *band);
    if (!band)
        return PLM_E_MEMORY;
    const int bands = c.count == 1 ? find_bands(&c.slope[0], band) : 0;
    for (int i = 0; i < 2; i++) {
        PLM_TRY(make_chart(out, &c, i == 1, &out->chart[i]));
        out->chart[i].band = band;
        out->chart[i].bands = bands;
    }
    return PLM_OK;
}
