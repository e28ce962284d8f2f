/* Reads the arguments of the plots of plummet plot, except init (plot_init.c), and shows the
 * pictures that src/plot makes. */
#include "plot.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "home.h"
#include "output.h"
#include "study/activation.h"

/* ---- lists and numbers ---- */

/* Appends the spec text[length]. */
static void add(plm_cli_specs *s, const char *text, size_t length)
{
    s->text = plm_cli_grow(s->text, (size_t)s->count, sizeof *s->text);
    s->text[s->count++] = plm_cli_format("%.*s", (int)length, text);
}

plm_cli_specs plm_cli_specs_of(const char *list)
{
    plm_cli_specs s = {0};
    const char *part = NULL;
    size_t length = 0;
    while (plm_split_next(&list, ',', &part, &length))
        add(&s, part, length);
    return s;
}

void plm_cli_specs_free(plm_cli_specs *s)
{
    for (int i = 0; i < s->count; i++)
        free(s->text[i]);
    free(s->text);
    *s = (plm_cli_specs){0};
}

int plm_cli_whole_option(const plm_cli_call *call, const char *name, const int64_t bounds[2],
                         int64_t *value)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_whole(text, value) && *value >= bounds[0] && *value <= bounds[1]))
        return PLM_EXIT_GOOD;
    char *where = plm_cli_format("--%s", name);
    char *hint = plm_cli_format("a whole number from %lld to %lld", (long long)bounds[0],
                                (long long)bounds[1]);
    int code = plm_cli_fail(PLM_EXIT_USAGE, where, hint, "%s cannot be '%s'", name, text);
    free(where);
    free(hint);
    return code;
}

/* ---- what all plots share ---- */

/* A plot: reads its options and shows its picture. specs: the arguments behind the name of the
 * plot. Returns an exit code. */
typedef int (*plot)(const plm_cli_call *call, plm *w, plm_plot_specs specs);

/* Opens a runtime and runs a plot. usual: a list of specs, if the call has none; NULL = none. */
static int run(const plm_cli_call *call, const plm_options *o, const char *usual, plot draw)
{
    plm *w = plm_open(o);
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_cli_specs names = {0};
    if (call->arguments < 2 && usual)
        names = plm_cli_specs_of(usual);
    for (int i = 1; i < call->arguments; i++)
        add(&names, call->argument[i], strlen(call->argument[i]));
    const int code = draw(call, w, (plm_plot_specs){names.count, (const char *const *)names.text});
    plm_cli_specs_free(&names);
    plm_close(w);
    return code;
}

/* ---- activation ---- */

/* Prints what the activations do to normal numbers, and what they cost. */
static int measure(plm *w, plm_plot_specs specs)
{
    printf("%-28s %8s %9s %6s %8s\n", "of standard normal numbers", "mean", "deviation", "flat",
           "ns each");
    for (int i = 0; i < specs.count; i++) {
        plm_activation_facts f;
        const int code = plm_cli_code(w, plm_activation_measure(w, specs.text[i], &f));
        if (code)
            return code;
        printf("%-28s %8.3f %9.3f %5.1f%% %8.2f\n", specs.text[i],
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

static int draw_activation(const plm_cli_call *call, plm *w, plm_plot_specs specs)
{
    double from = -5, to = 5;
    plm_plot p = {0};
    int code = read_end(call, "from", &from);
    code = code ? code : read_end(call, "to", &to);
    if (!code && !(to - from > 0.0999))
        code = plm_cli_fail(PLM_EXIT_USAGE, "--from", "let --to be greater by at least 0.1",
                            "the range is empty");
    if (code)
        return code;
    if (plm_cli_option_of(call, "measure"))
        return measure(w, specs);
    return plm_cli_plot_end(w, plm_plot_activations(w, specs, from, to, &p), &p,
                            plm_cli_picture_of(call));
}

int plm_cli_plot_activation(const plm_cli_call *call)
{
    return run(call, PLM_OPTIONS(.threads = 1), "tanh, relu, leaky_relu, elu, selu",
               draw_activation);
}

/* ---- schedule ---- */

static int draw_schedule(const plm_cli_call *call, plm *w, plm_plot_specs specs)
{
    static const int64_t epoch_bounds[2] = {1, 10000}, step_bounds[2] = {1, 100000};
    int64_t epochs = 10, steps = 100;
    plm_plot p = {0};
    int code = plm_cli_whole_option(call, "epochs", epoch_bounds, &epochs);
    code = code ? code : plm_cli_whole_option(call, "steps", step_bounds, &steps);
    return code ? code
                : plm_cli_plot_end(w, plm_plot_schedules(w, specs, epochs, steps, &p), &p,
                                   plm_cli_picture_of(call));
}

int plm_cli_plot_schedule(const plm_cli_call *call)
{
    static const char usual[] =
        "exponential_decay(0.01, 300, 0.5), inverse_time_decay(0.01, 100, 0.5), "
        "piecewise_constant_decay([300, 700], [0.01, 0.005, 0.001]), cosine_decay(0.01, 1000), "
        "one_cycle(0.01, 1000)";
    return run(call, PLM_OPTIONS(.threads = 1), usual, draw_schedule);
}

/* ---- initializer ---- */

/* Reads the option fan: inputs and units of the layer. Returns an exit code. */
static int read_fan(const plm_cli_call *call, int64_t *inputs, int64_t *units)
{
    const char *text = plm_cli_option_of(call, "fan");
    plm_cli_specs parts = plm_cli_specs_of(text ? text : "784,100");
    const bool good = parts.count == 2 && plm_read_whole(parts.text[0], inputs) &&
                      plm_read_whole(parts.text[1], units) && *inputs >= 1 && *units >= 1 &&
                      *inputs <= 100000 && *units <= 100000 && *inputs * *units <= 10000000;
    plm_cli_specs_free(&parts);
    return good ? PLM_EXIT_GOOD
                : plm_cli_fail(PLM_EXIT_USAGE, "--fan",
                               "inputs and units of a layer, such as 784,100", "fan cannot be '%s'",
                               text);
}

static int draw_initializer(const plm_cli_call *call, plm *w, plm_plot_specs specs)
{
    int64_t inputs = 0, units = 0;
    plm_plot p = {0};
    const int code = read_fan(call, &inputs, &units);
    return code ? code
                : plm_cli_plot_end(w, plm_plot_initializers(w, specs, inputs, units, &p), &p,
                                   plm_cli_picture_of(call));
}

int plm_cli_plot_initializer(const plm_cli_call *call)
{
    return run(call, PLM_OPTIONS(.threads = 1, .seed = 1), "glorot_uniform, glorot_normal",
               draw_initializer);
}

/* ---- history ---- */

static int draw_history(const plm_cli_call *call, plm *w, plm_plot_specs specs)
{
    plm_plot p = {0};
    return plm_cli_plot_end(w, plm_plot_history(w, specs, &p), &p, plm_cli_picture_of(call));
}

int plm_cli_plot_history(const plm_cli_call *call)
{
    if (call->arguments < 2)
        return plm_cli_fail(PLM_EXIT_USAGE, NULL, "plummet plot history runs/net-0001",
                            "name the folder of a run");
    return run(call, PLM_OPTIONS(.threads = 1), NULL, draw_history);
}

/* ---- samples ---- */

static int draw_samples(const plm_cli_call *call, plm *w, plm_plot_specs specs)
{
    static const int64_t bounds[2] = {1, 100};
    int64_t count = 10;
    plm_plot p = {0};
    const int code = plm_cli_whole_option(call, "count", bounds, &count);
    return code ? code
                : plm_cli_plot_end(w, plm_plot_samples(w, specs.text[0], count, &p), &p,
                                   plm_cli_picture_of(call));
}

int plm_cli_plot_samples(const plm_cli_call *call)
{
    plm_cli_home home;
    if (call->arguments != 2)
        return plm_cli_fail(PLM_EXIT_USAGE, NULL, "plummet plot samples 'mnist | shuffle'",
                            "name the data, in one argument");
    int code = plm_cli_home_open(&home);
    code =
        code ? code
             : run(call, PLM_OPTIONS(.threads = 1, .data_dir = home.data_dir), NULL, draw_samples);
    plm_cli_home_close(&home);
    return code;
}

/* ---- doctor ---- */

static int draw_doctor(const plm_cli_call *call, plm *w, plm_plot_specs specs)
{
    enum { TERMINAL = 7, PICTURE = 24 };
    const plm_cli_picture to = plm_cli_picture_of(call);
    plm_plot p = {0};
    return plm_cli_plot_end(w,
                            plm_plot_doctor(w, specs.text[0],
                                            specs.count > 1 ? specs.text[1] : "gradient",
                                            to.path ? PICTURE : TERMINAL, &p),
                            &p, to);
}

int plm_cli_plot_doctor(const plm_cli_call *call)
{
    if (call->arguments < 2 || call->arguments > 3)
        return plm_cli_fail(PLM_EXIT_USAGE, NULL, "plummet plot doctor runs/net-0001 update",
                            "name the folder of a run, then gradient, update or dead");
    return run(call, PLM_OPTIONS(.threads = 1), NULL, draw_doctor);
}
