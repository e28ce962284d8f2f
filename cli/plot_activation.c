/* plummet plot activation: functions and their derivatives as curves, from the library's own
 * outputs. */
#include <math.h>
#include <stdlib.h>

#include "output.h"
#include "plot.h"

enum { MOST_CURVES = 7, INTERVALS = 500, COLUMNS = 80, LINES = 20, ROW = 2 };

static const char usual[] = "tanh, relu, leaky_relu, elu, selu";

/* What a curve may be off by, as a part of its height, when points on straight stretches are
 * left out. */
static const double TOLERANCE = 2e-4;

typedef struct {
    int count;
    double *x, *y;
} curve;

typedef struct {
    double from, to;
    int points; /* of the grid */
    double *x;  /* the grid */
    curve f[MOST_CURVES], slope[MOST_CURVES];
} curves;

/* The grid lies on multiples of a power of 2: these are exact in float32, and whole numbers,
 * where the kinks of relu and its like are, belong to it. So a difference quotient over one
 * interval never spans a kink. */
static void lay_grid(curves *c)
{
    double step = exp2(floor(log2((c->to - c->from) / INTERVALS))), first = ceil(c->from / step);
    c->points = (int)(floor(c->to / step) - first) + 1;
    c->x = plm_cli_take((size_t)c->points * sizeof *c->x);
    for (int i = 0; i < c->points; i++)
        c->x[i] = (first + i) * step;
}

static curve new_curve(int room)
{
    return (curve){.x = plm_cli_take((size_t)room * sizeof(double)),
                   .y = plm_cli_take((size_t)room * sizeof(double))};
}

static void add_point(curve *c, double x, double y)
{
    c->x[c->count] = x;
    c->y[c->count++] = y;
}

static double height_of(const curve *c)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < c->count; i++) {
        low = isfinite(c->y[i]) ? fmin(low, c->y[i]) : low;
        high = isfinite(c->y[i]) ? fmax(high, c->y[i]) : high;
    }
    return high > low ? high - low : 0;
}

/* Whether all points between two lie on the straight line from one to the other. */
static bool straight(const curve *c, int from, int to, double tolerance)
{
    double slope = (c->y[to] - c->y[from]) / (c->x[to] - c->x[from]);
    for (int i = from + 1; i < to; i++)
        if (!(fabs(c->y[from] + slope * (c->x[i] - c->x[from]) - c->y[i]) <= tolerance))
            return false;
    return true;
}

/* Leaves out points that nobody would miss: pictures become a tenth as large. */
static void thin(curve *c)
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

/* The derivative belongs to the middles between the points of the grid. */
static void trace(curves *c, int which, const float *y)
{
    curve *f = &c->f[which], *slope = &c->slope[which];
    *f = new_curve(c->points);
    *slope = new_curve(c->points);
    for (int i = 0; i < c->points; i++) {
        add_point(f, c->x[i], (double)y[ROW * i]);
        if (i)
            add_point(slope, (c->x[i] + c->x[i - 1]) / 2,
                      (f->y[i] - f->y[i - 1]) / (c->x[i] - c->x[i - 1]));
    }
    thin(f);
    thin(slope);
}

static int evaluate(curves *c, plm *w, int which, const char *spec)
{
    size_t points = (size_t)c->points;
    plm_cli_function f;
    float *x = plm_cli_take(ROW * points * sizeof *x), *y = plm_cli_take(ROW * points * sizeof *y);
    for (size_t i = 0; i < points; i++)
        x[ROW * i] = (float)c->x[i];
    int code = plm_cli_function_open(&f, w, spec, ROW);
    code = code ? code : plm_cli_function_apply(&f, c->points, x, y);
    if (!code)
        trace(c, which, y);
    plm_cli_function_free(&f);
    free(x);
    free(y);
    return code;
}

static plm_series series_of(const curve *c, const char *name)
{
    return (plm_series){.name = name, .x = c->x, .y = c->y, .count = c->count};
}

static int draw(const curves *c, const plm_cli_specs *names, const char *path)
{
    plm_series f[MOST_CURVES], slope[MOST_CURVES];
    for (int i = 0; i < names->count; i++) {
        f[i] = series_of(&c->f[i], names->text[i]);
        slope[i] = series_of(&c->slope[i], names->text[i]);
    }
    char title[2][80] = {"Activation f(x)", "Derivative f'(x)"};
    if (names->count == 1) { /* a single curve has no legend */
        snprintf(title[0], sizeof title[0], "%.50s f(x)", names->text[0]);
        snprintf(title[1], sizeof title[1], "%.50s, derivative f'(x)", names->text[0]);
    }
    plm_chart chart[2] = {{.title = title[0], .y_label = "f(x)", .series = f},
                          {.title = title[1], .y_label = "f'(x)", .series = slope}};
    for (int i = 0; i < 2; i++) {
        chart[i].x_label = "x";
        chart[i].count = names->count;
    }
    if (path)
        return plm_cli_picture_save(chart, 2, 1, path);
    const int width = plm_cli_width(stdout) < COLUMNS ? plm_cli_width(stdout) : COLUMNS;
    int code = plm_cli_chart_print(&chart[0], width, LINES);
    if (!code)
        putchar('\n');
    return code ? code : plm_cli_chart_print(&chart[1], width, LINES);
}

static int read_end(const plm_cli_call *call, const char *name, double *end)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_cli_real(text, end) && fabs(*end) <= 100))
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_USAGE, name[0] == 'f' ? "--from" : "--to",
                        "a number from -100 to 100", "x cannot be '%s'", text);
}

static int read_range(const plm_cli_call *call, curves *c)
{
    int code = read_end(call, "from", &c->from);
    code = code ? code : read_end(call, "to", &c->to);
    if (!code && !(c->to - c->from > 0.0999))
        code = plm_cli_fail(PLM_EXIT_USAGE, "--from", "let --to be greater by at least 0.1",
                            "the range is empty");
    return code;
}

static int plot(const curves *range, plm *w, const plm_cli_specs *names, const char *path)
{
    curves c = *range;
    int code = PLM_EXIT_GOOD;
    if (names->count > MOST_CURVES)
        return plm_cli_fail(PLM_EXIT_USAGE, names->text[MOST_CURVES], "draw them in two pictures",
                            "more than %d curves cannot be told apart", MOST_CURVES);
    lay_grid(&c);
    for (int i = 0; i < names->count && !code; i++)
        code = evaluate(&c, w, i, names->text[i]);
    code = code ? code : draw(&c, names, path);
    for (int i = 0; i < names->count; i++) {
        free(c.f[i].x);
        free(c.f[i].y);
        free(c.slope[i].x);
        free(c.slope[i].y);
    }
    free(c.x);
    return code;
}

int plm_cli_plot_activation(const plm_cli_call *call)
{
    curves range = {.from = -5, .to = 5};
    int code = read_range(call, &range);
    if (code)
        return code;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_cli_specs names = plm_cli_specs_of(usual);
    if (call->arguments > 1) {
        plm_cli_specs_free(&names);
        for (int i = 1; i < call->arguments; i++) {
            names.text = plm_cli_grow(names.text, (size_t)names.count, sizeof *names.text);
            names.text[names.count++] = plm_cli_format("%s", call->argument[i]);
        }
    }
    code = plot(&range, w, &names, plm_cli_option_of(call, "output"));
    plm_cli_specs_free(&names);
    plm_close(w);
    return code;
}
