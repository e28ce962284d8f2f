/* plummet plot initializer: draws the histogram of the weights that initializers give a layer, with
 * their bounds and deviation. */
#include <math.h>
#include <stdlib.h>

#include "output.h"
#include "plot.h"
#include "study/weights.h"

enum { MAX_CURVES = 6, BINS = 60, REFERENCES = 4 };

static const char usual[] = "glorot_uniform, glorot_normal";

/* The weights of each initializer, and what is drawn of them. */
typedef struct {
    int64_t inputs, units;
    plm_drawn_weights drawn[MAX_CURVES];
    plm_series series[MAX_CURVES + REFERENCES + 1];
    double corner[2][3]; /* a line that draws nothing but leaves space beside the bounds */
    double x[REFERENCES][2], y[REFERENCES][2]; /* vertical lines: +- deviation, +- bound */
    char *name[MAX_CURVES];
    int lines;
} weights;

/* Reads the option fan: inputs and units of the layer. */
static int read_fan(const plm_cli_call *call, weights *k)
{
    const char *text = plm_cli_option_of(call, "fan");
    plm_cli_specs parts = plm_cli_specs_of(text ? text : "784,100");
    const bool good = parts.count == 2 && plm_read_whole(parts.text[0], &k->inputs) &&
                      plm_read_whole(parts.text[1], &k->units) && k->inputs >= 1 && k->units >= 1 &&
                      k->inputs <= 100000 && k->units <= 100000 && k->inputs * k->units <= 10000000;
    plm_cli_specs_free(&parts);
    return good ? PLM_EXIT_GOOD
                : plm_cli_fail(PLM_EXIT_USAGE, "--fan",
                               "inputs and units of a layer, such as 784,100", "fan cannot be '%s'",
                               text);
}

/* Adds dotted lines at the deviation and the bounds of the first initializer. */
static void add_references(weights *k)
{
    const plm_drawn_weights *d = &k->drawn[0];
    const double at[REFERENCES] = {d->mean - d->deviation, d->mean + d->deviation, d->low, d->high};
    double top = 0;
    for (int i = 0; i < d->density.count; i++)
        top = fmax(top, d->density.y[i]);
    for (int i = 0; i < REFERENCES; i++) {
        k->x[i][0] = k->x[i][1] = at[i];
        k->y[i][0] = 0;
        k->y[i][1] = top * 1.1;
        k->series[k->lines++] =
            (plm_series){.x = k->x[i], .y = k->y[i], .count = 2, .style = PLM_LINE_REFERENCE};
    }
}

/* Widens the chart by a twentieth on both sides. */
static void add_corners(weights *k, int count)
{
    double low = INFINITY, high = -INFINITY;
    for (int i = 0; i < count; i++) {
        low = fmin(low, k->drawn[i].low);
        high = fmax(high, k->drawn[i].high);
    }
    const double space = (high - low) / 20, x[3] = {low - space, NAN, high + space};
    for (int i = 0; i < 3; i++)
        k->corner[0][i] = x[i];
    k->series[k->lines++] =
        (plm_series){.x = k->corner[0], .y = k->corner[1], .count = 3, .style = PLM_LINE_HIDDEN};
}

/* Draws the weights, and makes a series for each initializer. */
static int fill(plm *w, const plm_cli_specs *names, weights *k)
{
    for (int i = 0; i < names->count; i++) {
        plm_drawn_weights *d = &k->drawn[i];
        const int code =
            plm_cli_code(w, plm_weights_draw(w, names->text[i], k->inputs, k->units, BINS, d));
        if (code)
            return code;
        k->name[i] = plm_cli_format("%s: deviation %.3g, from %.3g to %.3g", names->text[i],
                                    d->deviation, d->low, d->high);
        k->series[k->lines++] = (plm_series){
            .name = k->name[i], .x = d->density.x, .y = d->density.y, .count = d->density.count};
    }
    if (names->count == 1)
        add_references(k);
    add_corners(k, names->count);
    return PLM_EXIT_GOOD;
}

static int plot(const plm_cli_call *call, plm *w, const plm_cli_specs *names)
{
    weights k = {0};
    if (names->count > MAX_CURVES)
        return plm_cli_fail(PLM_EXIT_USAGE, names->text[MAX_CURVES], "draw them in two pictures",
                            "more than %d curves cannot be told apart", MAX_CURVES);
    int code = read_fan(call, &k);
    code = code ? code : fill(w, names, &k);
    char *title = names->count == 1 && k.name[0]
                      ? plm_cli_format("%s", k.name[0])
                      : plm_cli_format("Weights of a layer from %lld inputs to %lld units",
                                       (long long)k.inputs, (long long)k.units);
    const plm_chart chart = {title,
                             names->count == 1 ? "weight; dotted: deviation and bounds" : "weight",
                             "density", .series = k.series, .count = k.lines};
    code = code ? code : plm_cli_charts_show(&chart, 1, 1, plm_cli_picture_of(call));
    for (int i = 0; i < names->count; i++) {
        plm_curve_free(w, &k.drawn[i].density);
        free(k.name[i]);
    }
    free(title);
    return code;
}

int plm_cli_plot_initializer(const plm_cli_call *call)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_cli_specs names = plm_cli_specs_of_call(call, usual);
    const int code = plot(call, w, &names);
    plm_cli_specs_free(&names);
    plm_close(w);
    return code;
}
