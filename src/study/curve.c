/* Activations as functions of one number, from the library's own outputs. */
#include "study/curve.h"

#include <math.h>

#include "base/runtime.h"

enum {
    INTERVALS = 500, /* of a curve, up to twice that */
    ROW = 2          /* numbers of a row; more than one, as softmax has no curve */
};

/* What a curve may be off by, as a part of its height, when points on straight stretches are
 * left out. */
static const double TOLERANCE = 2e-4;

/* ---- values ---- */

plm_status plm_function_apply(const plm_function *f, int64_t rows, const float *x, float *y)
{
    const plm_view in = {
        .data = (void *)(uintptr_t)x, .dtype = PLM_F32, .rank = 2, .dims = {rows, f->width}};
    plm_view out = {.data = y, .dtype = PLM_F32, .rank = 2, .dims = {rows, f->width}};
    return plm_predict(f->m, &in, &out);
}

/* x, y [2, width]: zeroed. */
static plm_status check_rows(const plm_function *f, const char *spec, float *x, float *y)
{
    const size_t width = (size_t)f->width;
    x[0] = x[width] = 0.5f;
    x[2 * width - 1] = 3;
    PLM_TRY(plm_function_apply(f, 2, x, y));
    if (y[0] < y[width] || y[0] > y[width])
        return plm_fail(f->w, PLM_E_SPEC, spec,
                        "name activations of single numbers: `plummet describe activation`",
                        "%s acts on a whole row, so that it has no curve", spec);
    return PLM_OK;
}

/* A function of one number gives the same for it whatever else the row holds. */
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

plm_status plm_function_open(plm_function *f, plm *w, const char *spec, int64_t width)
{
    *f = (plm_function){.w = w, .m = plm_model_new(w), .width = width};
    plm_add(f->m, "input(%lld)", (long long)width);
    plm_add(f->m, "activation(%s)", spec);
    const plm_status status = plm_compile(f->m, NULL, NULL, NULL);
    if (status == PLM_E_SPEC) /* the user named no layer, so ours is no place */
        return plm_fail(w, PLM_E_SPEC, spec, plm_last_error(w)->hint, "%s",
                        plm_last_error(w)->what);
    if (status < 0)
        plm_fail_within(w, "%s", spec);
    return status < 0 ? status : check_single(f, spec);
}

void plm_function_free(plm_function *f)
{
    plm_model_free(f->m);
    *f = (plm_function){0};
}

/* ---- curves ---- */

static void add_point(plm_curve *c, double x, double y)
{
    c->x[c->count] = x;
    c->y[c->count++] = y;
}

static double height_of(const plm_curve *c)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < c->count; i++) {
        low = isfinite(c->y[i]) ? fmin(low, c->y[i]) : low;
        high = isfinite(c->y[i]) ? fmax(high, c->y[i]) : high;
    }
    return high > low ? high - low : 0;
}

/* Whether all points between two lie on the straight line from one to the other. */
static bool straight(const plm_curve *c, int from, int to, double tolerance)
{
    double slope = (c->y[to] - c->y[from]) / (c->x[to] - c->x[from]);
    for (int i = from + 1; i < to; i++)
        if (!(fabs(c->y[from] + slope * (c->x[i] - c->x[from]) - c->y[i]) <= tolerance))
            return false;
    return true;
}

/* Leaves out points that nobody would miss: pictures become a tenth as large. */
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

/* The grid of a curve: points first * step, (first + 1) * step, ... It lies on multiples of a power
 * of 2: these are exact in float32, and whole numbers, where the kinks of relu and its like are,
 * belong to it. So a difference quotient over one interval never spans a kink. */
typedef struct {
    double step, first;
    int64_t points;
} grid;

static grid lay_grid(double from, double to)
{
    const double step = exp2(floor(log2((to - from) / INTERVALS))), first = ceil(from / step);
    return (grid){step, first, (int64_t)(floor(to / step) - first) + 1};
}

/* Memory for all points of the grid. */
static plm_status new_curve(plm *w, const grid *g, plm_curve *c)
{
    c->x = plm_allocate_array(w, (size_t)g->points, sizeof *c->x);
    c->y = plm_allocate_array(w, (size_t)g->points, sizeof *c->y);
    return c->x && c->y ? PLM_OK : PLM_E_MEMORY;
}

/* y [points, ROW]. The derivative belongs to the middles between the points of the grid. */
static void trace(const grid *g, const float *y, plm_curve *value, plm_curve *derivative)
{
    for (int i = 0; i < (int)g->points; i++) {
        add_point(value, (g->first + i) * g->step, (double)y[ROW * i]);
        if (i)
            add_point(derivative, (value->x[i] + value->x[i - 1]) / 2,
                      (value->y[i] - value->y[i - 1]) / (value->x[i] - value->x[i - 1]));
    }
    thin(value);
    thin(derivative);
}

/* x, y [points, ROW] */
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

void plm_curve_free(plm *w, plm_curve *c)
{
    plm_release(w, c->x);
    plm_release(w, c->y);
    *c = (plm_curve){0};
}
