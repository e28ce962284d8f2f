/* plummet plot activation: functions and their derivatives as curves, from the library's own outputs. */
#include <math.h>
#include <stdlib.h>

#include "output.h"
#include "plot.h"

enum { MOST_CURVES = 7, INTERVALS = 500, COLUMNS = 80, LINES = 20, ROW = 2 };

static const char usual[] = "tanh, relu, leaky_relu, elu, selu";

typedef struct {
    double from, to;
    int points;          /* of the functions; derivatives have one less */
    double *x, *between; /* the grid, and the middles of its intervals */
    double *y[MOST_CURVES], *slope[MOST_CURVES];
} curves;

/* The grid lies on multiples of a power of 2: these are exact in float32, and whole numbers, where the
 * kinks of relu and its like are, belong to it. So a difference quotient over one interval never spans a
 * kink. */
static void lay_grid(curves *c)
{
    double step = exp2(floor(log2((c->to - c->from) / INTERVALS))), first = ceil(c->from / step);
    c->points = (int)(floor(c->to / step) - first) + 1;
    c->x = plm_cli_take((size_t)c->points * sizeof *c->x);
    c->between = plm_cli_take((size_t)c->points * sizeof *c->between);
    for (int i = 0; i < c->points; i++) {
        c->x[i] = (first + i) * step;
        c->between[i] = (first + i + 0.5) * step;
    }
}

static int evaluate(curves *c, plm *w, int which, const char *spec)
{
    size_t points = (size_t)c->points;
    plm_cli_function f;
    float *x = plm_cli_take(ROW * points * sizeof *x), *y = plm_cli_take(ROW * points * sizeof *y);
    c->y[which] = plm_cli_take(points * sizeof(double));
    c->slope[which] = plm_cli_take(points * sizeof(double));
    for (size_t i = 0; i < points; i++)
        x[ROW * i] = (float)c->x[i];
    int code = plm_cli_function_open(&f, w, spec, ROW);
    code = code ? code : plm_cli_function_apply(&f, c->points, x, y);
    for (size_t i = 0; i < points && !code; i++) {
        c->y[which][i] = (double)y[ROW * i];
        if (i)
            c->slope[which][i - 1] = (c->y[which][i] - c->y[which][i - 1]) / (c->x[i] - c->x[i - 1]);
    }
    plm_cli_function_free(&f);
    free(x);
    free(y);
    return code;
}

static int draw(const curves *c, const plm_cli_specs *names, const char *path)
{
    plm_cli_series f[MOST_CURVES], slope[MOST_CURVES];
    for (int i = 0; i < names->count; i++) {
        f[i] = (plm_cli_series){.name = names->text[i], .x = c->x, .y = c->y[i], .count = c->points};
        slope[i] = (plm_cli_series){
            .name = names->text[i], .x = c->between, .y = c->slope[i], .count = c->points - 1};
    }
    const plm_cli_chart chart[2] = {
        {.title = "Activation f(x)", .x_label = "x", .y_label = "f(x)", .series = f, .count = names->count},
        {.title = "Its derivative f'(x)",
         .x_label = "x",
         .y_label = "f'(x)",
         .series = slope,
         .count = names->count}};
    if (path)
        return plm_cli_panels_save(chart, 2, 1, path);
    int width = plm_cli_width(stdout);
    for (int i = 0; i < 2; i++) {
        if (i)
            putchar('\n');
        plm_cli_chart_terminal(stdout, &chart[i], width < COLUMNS ? width : COLUMNS, LINES, plm_cli_utf8());
    }
    return PLM_EXIT_GOOD;
}

static int read_end(const plm_cli_call *call, const char *name, double *end)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_cli_real(text, end) && fabs(*end) <= 1000))
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_USAGE, name[0] == 'f' ? "--from" : "--to", "a number from -1000 to 1000",
                        "x cannot be '%s'", text);
}

static int read_range(const plm_cli_call *call, curves *c)
{
    int code = read_end(call, "from", &c->from);
    code = code ? code : read_end(call, "to", &c->to);
    if (!code && !(c->to - c->from >= 0.01))
        code = plm_cli_fail(PLM_EXIT_USAGE, "--from", "let --to be greater by at least 0.01",
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
        free(c.y[i]);
        free(c.slope[i]);
    }
    free(c.x);
    free(c.between);
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
