/* Evaluates activations as functions of one number. The values come from the activations that nets
 * use, not from formulas of their own, so a curve shows what a net computes.
 *
 * The points lie on a grid of a power of two, so that kinks of piecewise functions fall on points.
 * Derivatives are difference quotients of the values, so they show the slope of the curve that is
 * drawn. */
#include "study/curve.h"

#include <math.h>

#include "base/runtime.h"

enum {
    INTERVALS = 500, /* minimum number of intervals of a curve; the maximum is twice that */
    ROW = 2          /* length of a row; 2, so that check_single can detect functions of whole rows,
                      * such as softmax */
};

/* The largest error of a curve where points are left out, relative to the height of the curve. */
static const double TOLERANCE = 2e-4;

/* ---- values ---- */

/* Applies the activation to x [rows, f->width]. */
plm_status plm_function_apply(const plm_function *f, int64_t rows, const float *x, float *y)
{
    const plm_view in = {
        .data = (void *)(uintptr_t)x, .dtype = PLM_F32, .rank = 2, .dims = {rows, f->width}};
    plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {rows, f->width}};
    return plm_predict(f->m, &in, &out);
}

/* Fails if the activation of a number depends on the rest of its row. Both rows of x begin with the
 * same number but end with different ones; the first results must be equal. An activation whose
 * output has another width, such as glu, fails too. x, y: [2, width], zeroed. */
static plm_status check_rows(const plm_function *f, const char *spec, float *x, float *y)
{
    const size_t width = (size_t)f->width;
    x[0] = x[width] = 0.5f;
    x[2 * width - 1] = 3;
    const plm_status status = plm_function_apply(f, 2, x, y);
    if (status < 0 && status != PLM_E_SHAPE)
        return status;
    if (status == PLM_E_SHAPE || y[0] < y[width] || y[0] > y[width])
        return plm_fail(f->w, PLM_E_SPEC, spec,
                        "use an activation that is applied to each number by itself; `plummet "
                        "describe activation` lists them",
                        "%s depends on the whole row, so it cannot be drawn as a curve", spec);
    return PLM_OK;
}

/* Fails if the activation is not a function of one number. */
static plm_status check_single(const plm_function *f, const char *spec)
{
    const size_t count = 2 * (size_t)f->width;
    float *x = plm_allocate_array(f->w, count, sizeof *x);
    float *y = plm_allocate_array(f->w, count, sizeof *y);
    const plm_status status = x && y ? check_rows(f, spec, x, y) : PLM_E_MEMORY;
    plm_release(f->w, x);
    plm_release(f->w, y);
    return status;
}

/* Builds the model input(width) | activation(spec). A softmax would compile, but it is not a
 * function of one number, so check_single rejects it. */
plm_status plm_function_open(plm_function *f, plm *w, const char *spec, int64_t width)
{
    *f = (plm_function){.w = w, .m = plm_model_new(w), .width = width};
    plm_add(f->m, "input(%lld)", (long long)width);
    plm_add(f->m, "activation(%s)", spec);
    const plm_status status = f->m ? plm_compile(f->m, NULL, NULL, NULL) : PLM_E_MEMORY;
    if (status == PLM_E_SPEC) /* the user gave no layer, so an error names the activation's spec as
                               * its place */
        return plm_fail(w, PLM_E_SPEC, spec, plm_last_error(w)->hint, "%s",
                        plm_last_error(w)->what);
    if (status < 0)
        plm_fail_within(w, "%s", spec);
    return status < 0 ? status : check_single(f, spec);
}

/* Frees the model behind a function. */
void plm_function_free(plm_function *f)
{
    plm_model_free(f->m);
    *f = (plm_function){0};
}

/* ---- curves ---- */

/* Appends a point to a curve. Its arrays have memory for all points of the grid. */
static void add_point(plm_curve *c, double x, double y)
{
    c->x[c->count] = x;
    c->y[c->count++] = y;
}

/* Returns the difference between the largest and the smallest finite y. */
static double height_of(const plm_curve *c)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < c->count; i++) {
        low = isfinite(c->y[i]) ? fmin(low, c->y[i]) : low;
        high = isfinite(c->y[i]) ? fmax(high, c->y[i]) : high;
    }
    return high > low ? high - low : 0;
}

/* True if a straight line from point `from` to point `to` passes all points between them, with an
 * error of y of at most `tolerance`. */
static bool straight(const plm_curve *c, int from, int to, double tolerance)
{
    double slope = (c->y[to] - c->y[from]) / (c->x[to] - c->x[from]);
    for (int i = from + 1; i < to; i++)
        if (!(fabs(c->y[from] + slope * (c->x[i] - c->x[from]) - c->y[i]) <= tolerance))
            return false;
    return true;
}

/* Leaves out points on straight stretches, which makes pictures about ten times smaller. After each
 * point that is kept, the next point kept is the farthest one to which a straight line is accurate
 * enough. */
static void thin(plm_curve *c)
{
    double tolerance = TOLERANCE * height_of(c);
    int kept = 0, all = c->count;
    for (int from = 0, to = 0; from < all; from = to) {
        c->x[kept] = c->x[from];
        c->y[kept++] = c->y[from];
        for (to = from + 1; to + 1 < all && straight(c, from, to + 1, tolerance);)
            to++;
    }
    c->count = kept;
}

/* The grid of a curve: the points first * step, (first + 1) * step, ... step is a power of 2, so
 * the points are exact in float32. If step is at most 1, all whole numbers are points of the grid.
 * relu and similar functions have their kinks there, so a difference quotient over one interval
 * never crosses a kink. */
typedef struct {
    double step, first; /* step: distance between points. first: number of the first point. */
    int64_t points;     /* number of points */
} grid;

/* Makes the grid between `from` and `to`, with at least INTERVALS intervals (rounding at the ends
 * may remove some). */
static grid lay_grid(double from, double to)
{
    const double step = exp2(floor(log2((to - from) / INTERVALS))), first = ceil(from / step);
    return (grid){step, first, (int64_t)(floor(to / step) - first) + 1};
}

/* Allocates memory for all points of the grid. */
static plm_status new_curve(plm *w, const grid *g, plm_curve *c)
{
    c->x = plm_allocate_array(w, (size_t)g->points, sizeof *c->x);
    c->y = plm_allocate_array(w, (size_t)g->points, sizeof *c->y);
    return c->x && c->y ? PLM_OK : PLM_E_MEMORY;
}

/* Replaces the slopes at jumps by NaN, which interrupts the line: a function has no slope where it
 * jumps, as hard_shrink and threshold do, and the quotient there would be as large as the grid is
 * fine. A jump is a single slope that is far steeper than both of its neighbours. */
static void drop_jumps(plm_curve *c)
{
    enum { STEEPER = 8 };
    for (int i = 1; i + 1 < c->count; i++) {
        const double sides = fmax(fabs(c->y[i - 1]), fabs(c->y[i + 1]));
        if (fabs(c->y[i]) > STEEPER * (1 + sides))
            c->y[i] = (double)NAN;
    }
}

/* Fills both curves from y [points, ROW], of which the first column is used. The derivative is the
 * difference quotient of two neighbouring points; its x is the middle between them. */
static void trace(const grid *g, const float *y, plm_curve *value, plm_curve *derivative)
{
    for (int i = 0; i < (int)g->points; i++) {
        add_point(value, (g->first + i) * g->step, (double)y[ROW * i]);
        if (i)
            add_point(derivative, (value->x[i] + value->x[i - 1]) / 2,
                      (value->y[i] - value->y[i - 1]) / (value->x[i] - value->x[i - 1]));
    }
    drop_jumps(derivative);
    thin(value);
    thin(derivative);
}

/* Applies the activation to the points of the grid. x, y: [points, ROW], filled; the grid is in the
 * first column of x. */
static plm_status apply(plm *w, const char *spec, const grid *g, float *x, float *y)
{
    plm_function f;
    for (int64_t i = 0; i < g->points; i++)
        x[ROW * i] = (float)((g->first + (double)i) * g->step);
    plm_status status = plm_function_open(&f, w, spec, ROW);
    if (status >= 0)
        status = plm_function_apply(&f, g->points, x, y);
    plm_function_free(&f);
    return status;
}

/* Computes the curve of an activation between `from` and `to`, and the curve of its derivative. One
 * forward pass over the grid gives both, since the derivative is a difference quotient of
 * neighbouring points. */
plm_status plm_activation_curves(plm *w, const char *spec, double from, double to, plm_curve *value,
                                 plm_curve *derivative)
{
    const grid g = lay_grid(from, to);
    *value = *derivative = (plm_curve){0};
    float *x = plm_allocate_array(w, ROW * (size_t)g.points, sizeof *x);
    float *y = plm_allocate_array(w, ROW * (size_t)g.points, sizeof *y);
    plm_status status = x && y ? apply(w, spec, &g, x, y) : PLM_E_MEMORY;
    if (status >= 0)
        status = new_curve(w, &g, value);
    if (status >= 0)
        status = new_curve(w, &g, derivative);
    if (status >= 0)
        trace(&g, y, value, derivative);
    plm_release(w, x);
    plm_release(w, y);
    return status;
}

/* Frees the points of a curve and makes it empty. */
void plm_curve_free(plm *w, plm_curve *c)
{
    plm_release(w, c->x);
    plm_release(w, c->y);
    *c = (plm_curve){0};
}
