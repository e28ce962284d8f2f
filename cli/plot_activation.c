/* plummet plot activation: draws activation functions and their derivatives as curves, in two
 * charts, or measures them. */
#include <math.h>
#include <stdlib.h>

#include "output.h"
#include "plot.h"
#include "study/activation.h"
#include "study/curve.h"

/* Max number of curves, which are as many as there are colours; of lines at limits; of bands. */
enum { MAX_CURVES = 7, MAX_LIMITS = 2, MAX_BANDS = 2 };

static const char usual[] = "tanh, relu, leaky_relu, elu, selu";

/* An activation whose slope is smaller than this is saturated. */
static const double FLAT = 0.05;

/* The range of x, and what is drawn in it. */
typedef struct {
    double from, to;
    plm_curve value[MAX_CURVES], derivative[MAX_CURVES];
    char *label[MAX_CURVES]; /* name and parameters */
    int count;
    double limit[MAX_CURVES][2];                       /* of each activation, left and right */
    double x[MAX_LIMITS + 1][3], y[MAX_LIMITS + 1][3]; /* lines at limits, and the corners */
    plm_chart_band band[MAX_BANDS];
    int bands;
} curves;

static plm_series series_of(const plm_curve *c, const char *name)
{
    return (plm_series){.name = name, .x = c->x, .y = c->y, .count = c->count};
}

/* Adds dotted lines at limits other than 0, and an invisible line that widens the chart until the
 * limits are inside. Returns the number of series. */
static int add_limits(curves *c, plm_series *series)
{
    int lines = 0;
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < 2 * c->count && lines < MAX_LIMITS; i++) {
        const double y = c->limit[i / 2][i % 2];
        if (isnan(y) || fabs(y) < 1e-3 || (lines > 0 && fabs(y - c->y[0][0]) < 1e-3))
            continue;
        c->x[lines][0] = c->from;
        c->x[lines][1] = c->to;
        c->y[lines][0] = c->y[lines][1] = y;
        low = fmin(low, y);
        high = fmax(high, y);
        series[lines] = (plm_series){
            .x = c->x[lines], .y = c->y[lines], .count = 2, .style = PLM_LINE_REFERENCE};
        lines++;
    }
    if (lines == 0)
        return 0;
    const double corner[3] = {low - 0.05 * fabs(low), NAN, high + 0.05 * fabs(high)};
    for (int i = 0; i < 3; i++) {
        c->x[MAX_LIMITS][i] = c->from;
        c->y[MAX_LIMITS][i] = corner[i];
    }
    series[lines] = (plm_series){
        .x = c->x[MAX_LIMITS], .y = c->y[MAX_LIMITS], .count = 3, .style = PLM_LINE_HIDDEN};
    return lines + 1;
}

/* Finds where a single activation is saturated, from either end of the range. */
static void find_bands(curves *c)
{
    static const char saturated[] = "saturated";
    const plm_curve *d = &c->derivative[0];
    int left = 0, right = d->count - 1;
    while (left < d->count && fabs(d->y[left]) < FLAT)
        left++;
    while (right > left && fabs(d->y[right]) < FLAT)
        right--;
    if (left > 0 && left < d->count)
        c->band[c->bands++] = (plm_chart_band){true, true, -INFINITY, d->x[left], saturated};
    if (right + 1 < d->count)
        c->band[c->bands++] = (plm_chart_band){true, true, d->x[right], INFINITY, saturated};
}

/* Draws both charts. */
static int draw(curves *c, plm_cli_picture to)
{
    plm_series value[MAX_CURVES + MAX_LIMITS + 1], derivative[MAX_CURVES];
    for (int i = 0; i < c->count; i++) {
        value[i] = series_of(&c->value[i], c->label[i]);
        derivative[i] = series_of(&c->derivative[i], c->label[i]);
    }
    const int limits = add_limits(c, value + c->count);
    char title[2][80] = {"Activation f(x)", "Derivative f'(x)"};
    if (c->count == 1) { /* a single curve has no legend, so its name goes into the title */
        snprintf(title[0], sizeof title[0], "%.50s f(x)", c->label[0]);
        snprintf(title[1], sizeof title[1], "%.50s, derivative f'(x)", c->label[0]);
        find_bands(c);
    }
    const plm_chart chart[2] = {{title[0], "x", "f(x)", .series = value, .count = c->count + limits,
                                 .band = c->band, .bands = c->bands},
                                {title[1], "x", "f'(x)", .series = derivative, .count = c->count,
                                 .band = c->band, .bands = c->bands}};
    return plm_cli_charts_show(chart, 2, 1, to);
}

/* Prints what the activations do to normal numbers, and what they cost. */
static int measure(plm *w, const plm_cli_specs *names)
{
    printf("%-28s %8s %9s %6s %8s\n", "of standard normal numbers", "mean", "deviation", "flat",
           "ns each");
    for (int i = 0; i < names->count; i++) {
        plm_activation_facts f;
        const int code = plm_cli_code(w, plm_activation_measure(w, names->text[i], &f));
        if (code)
            return code;
        printf("%-28s %8.3f %9.3f %5.1f%% %8.2f\n", names->text[i],
               fabs(f.mean) < 0.0005 ? 0 : f.mean, f.deviation, 100 * f.flat, f.nanoseconds);
    }
    puts("flat: numbers at which the slope is below 0.01. ns: of a forward pass, on one thread.");
    return PLM_EXIT_GOOD;
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

/* Computes the curves, limits and labels. */
static plm_status fill(plm *w, const plm_cli_specs *names, curves *c)
{
    plm_status status = PLM_OK;
    for (int i = 0; i < names->count && status >= 0; i++) {
        plm_text label = {.w = w};
        status = plm_activation_curves(w, names->text[i], c->from, c->to, &c->value[i],
                                       &c->derivative[i]);
        status = status < 0 ? status : plm_activation_limits(w, names->text[i], c->limit[i]);
        plm_activation_label(&label, names->text[i]);
        if (label.failed && status >= 0)
            status = PLM_E_MEMORY;
        c->label[i] = plm_cli_format("%s", plm_text_get(&label));
        plm_text_free(&label);
    }
    c->count = names->count;
    return status;
}

/* Computes the curves and draws them. */
static int plot(curves *c, plm *w, const plm_cli_specs *names, plm_cli_picture to)
{
    if (names->count > MAX_CURVES)
        return plm_cli_fail(PLM_EXIT_USAGE, names->text[MAX_CURVES], "draw them in two pictures",
                            "more than %d curves cannot be told apart", MAX_CURVES);
    const plm_status status = fill(w, names, c);
    const int code = status < 0 ? plm_cli_fail_status(w, status, NULL) : draw(c, to);
    for (int i = 0; i < MAX_CURVES; i++) {
        plm_curve_free(w, &c->value[i]);
        plm_curve_free(w, &c->derivative[i]);
        free(c->label[i]);
    }
    return code;
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
    plm_cli_specs names = plm_cli_specs_of_call(call, usual);
    code = plm_cli_option_of(call, "measure") ? measure(w, &names)
                                              : plot(&c, w, &names, plm_cli_picture_of(call));
    plm_cli_specs_free(&names);
    plm_close(w);
    return code;
}
