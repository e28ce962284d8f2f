/* plummet plot activation: draws activation functions and their derivatives as curves, in two
 * charts. */
#include <math.h>
#include <string.h>

#include "output.h"
#include "plot.h"
#include "study/curve.h"

/* Max number of curves, which are as many as there are colours, and the size of a chart in the
 * terminal. */
enum { MAX_CURVES = 7, COLUMNS = 80, LINES = 20 };

static const char usual[] = "tanh, relu, leaky_relu, elu, selu";

/* The range of x, and the curves in it. */
typedef struct {
    double from, to;
    plm_curve value[MAX_CURVES], derivative[MAX_CURVES];
} curves;

static plm_series series_of(const plm_curve *c, const char *name)
{
    return (plm_series){.name = name, .x = c->x, .y = c->y, .count = c->count};
}

/* Prints both charts in the terminal, one below the other. Returns an exit code. */
static int print(const plm_chart chart[2])
{
    const int width = plm_cli_width(stdout) < COLUMNS ? plm_cli_width(stdout) : COLUMNS;
    const int code = plm_cli_chart_print(&chart[0], width, LINES);
    if (code)
        return code;
    putchar('\n');
    return plm_cli_chart_print(&chart[1], width, LINES);
}

/* Draws both charts, in the file `path` or, if it is NULL, in the terminal. */
static int draw(const curves *c, const plm_cli_specs *names, const char *path)
{
    plm_series value[MAX_CURVES], derivative[MAX_CURVES];
    for (int i = 0; i < names->count; i++) {
        value[i] = series_of(&c->value[i], names->text[i]);
        derivative[i] = series_of(&c->derivative[i], names->text[i]);
    }
    char title[2][80] = {"Activation f(x)", "Derivative f'(x)"};
    if (names->count == 1) { /* a single curve has no legend, so its name goes into the title */
        snprintf(title[0], sizeof title[0], "%.50s f(x)", names->text[0]);
        snprintf(title[1], sizeof title[1], "%.50s, derivative f'(x)", names->text[0]);
    }
    const plm_chart chart[2] = {
        {title[0], "x", "f(x)", .series = value, .count = names->count},
        {title[1], "x", "f'(x)", .series = derivative, .count = names->count}};
    return path ? plm_cli_picture_save(chart, 2, 1, path) : print(chart);
}

/* Reads one end of the range, option from or to. Not given = *end stays. */
static int read_end(const plm_cli_call *call, const char *name, double *end)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_real(text, end) && fabs(*end) <= 100))
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

/* Computes the curves and draws them. */
static int plot(curves *c, plm *w, const plm_cli_specs *names, const char *path)
{
    plm_status status = PLM_OK;
    if (names->count > MAX_CURVES)
        return plm_cli_fail(PLM_EXIT_USAGE, names->text[MAX_CURVES], "draw them in two pictures",
                            "more than %d curves cannot be told apart", MAX_CURVES);
    for (int i = 0; i < names->count && status >= 0; i++)
        status = plm_activation_curves(w, names->text[i], c->from, c->to, &c->value[i],
                                       &c->derivative[i]);
    const int code = status < 0 ? plm_cli_fail_status(w, status, NULL) : draw(c, names, path);
    for (int i = 0; i < MAX_CURVES; i++) {
        plm_curve_free(w, &c->value[i]);
        plm_curve_free(w, &c->derivative[i]);
    }
    return code;
}

/* Returns the activations that the call names or, if it names none, the default ones. */
static plm_cli_specs names_of(const plm_cli_call *call)
{
    plm_cli_specs names = {0};
    if (call->arguments < 2)
        return plm_cli_specs_of(usual);
    for (int i = 1; i < call->arguments; i++)
        plm_cli_specs_add(&names, call->argument[i], strlen(call->argument[i]));
    return names;
}

int plm_cli_plot_activation(const plm_cli_call *call)
{
    curves c = {.from = -5, .to = 5};
    int code = read_range(call, &c);
    if (code)
        return code;
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_cli_specs names = names_of(call);
    code = plot(&c, w, &names, plm_cli_option_of(call, "output"));
    plm_cli_specs_free(&names);
    plm_close(w);
    return code;
}
