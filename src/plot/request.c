/* Makes pictures by their names, see request.h. Each kind of picture is a row of the table `kinds`:
 * the specs that it needs, and a function that reads its options and makes the picture. So a new
 * kind needs only a row. Options are read by a function of the caller, since only the caller knows
 * where they come from. */
#include "plot/request.h"

#include <math.h>
#include <string.h>

#include "assess/grid.h"
#include "base/names.h"
#include "base/split.h"
#include "base/system.h"
#include "study/activation.h"

/* ---- activation ---- */

/* The columns of the table of measurements. */
enum { NAME, MEAN, DEVIATION, FLAT, TIME, COLUMNS };

/* Adds a row with the measurements of an activation. */
static plm_status add_facts(plm_plot_request *r, const char *activation, plm_grid *g)
{
    plm_activation_facts f;
    PLM_TRY(plm_activation_measure(r->w, activation, &f));
    const int row = plm_grid_row(g);
    plm_grid_set(g, row, NAME, 0, "%s", activation);
    plm_grid_set(g, row, MEAN, 0, "%.3f", fabs(f.mean) < 0.0005 ? 0 : f.mean);
    plm_grid_set(g, row, DEVIATION, 0, "%.3f", f.deviation);
    plm_grid_set(g, row, FLAT, 0, "%.1f%%", 100 * f.flat);
    plm_grid_set(g, row, TIME, 0, "%.2f", f.nanoseconds);
    return PLM_OK;
}

/* Appends a table with the effect of activations on normally distributed numbers, and with their
 * run time. On a narrow screen the time is left out, and names are cut. */
static plm_status measure(plm_plot_request *r)
{
    static const char *const title[COLUMNS] = {"activation", "mean", "deviation", "flat",
                                               "ns each"};
    const int room = plm_screen_room(r->screen);
    plm_grid g = {.w = r->w};
    plm_status status = PLM_OK;
    plm_grid_open(&g, COLUMNS);
    const int head = plm_grid_row(&g);
    for (int k = 0; k < COLUMNS; k++)
        plm_grid_set(&g, head, k, 0, "%s", title[k]);
    for (int i = 0; i < r->specs.count && status >= 0; i++)
        status = add_facts(r, r->specs.text[i], &g);
    if (room && plm_grid_width(&g) > room)
        plm_grid_clear(&g, TIME);
    if (room)
        (void)plm_grid_fit(&g, 1U << NAME, room);
    if (status < 0) {
        plm_grid_free(&g);
        return status;
    }
    plm_text_add(r->table, "of standard normal numbers\n");
    plm_grid_print(&g, r->table);
    plm_text_wrap(
        r->table, 0, 0, plm_screen_page(r->screen),
        "flat: share of the numbers at which the slope is below 0.01. ns: nanoseconds per "
        "number of a forward pass, on one thread.");
    return PLM_OK;
}

/* Reads the option from or to, an end of the range of x. If it is not set, *end keeps its value. */
static plm_status read_end(plm_plot_request *r, const char *name, const char *where, double *end)
{
    const char *text = r->option(r->self, name);
    if (!text || (plm_read_real(text, end) && fabs(*end) <= 100))
        return PLM_OK;
    return plm_fail(r->w, PLM_E_SPEC, where, "use a number from -100 to 100", "x cannot be '%s'",
                    text);
}

/* Makes the picture of activations or, with the option measure, appends a table of their effect on
 * normally distributed numbers. With measure and a file, does both. */
static plm_status make_activation(plm_plot_request *r, plm_plot *out)
{
    double from = -5, to = 5;
    PLM_TRY(read_end(r, "from", "--from", &from));
    PLM_TRY(read_end(r, "to", "--to", &to));
    if (!(to - from > 0.0999))
        return plm_fail(r->w, PLM_E_SPEC, "--from",
                        "let --to be greater than --from by at least 0.1", "the range is empty");
    if (r->option(r->self, "measure"))
        PLM_TRY(measure(r));
    return r->option(r->self, "measure") && !r->file
               ? PLM_OK
               : plm_plot_activations(r->w, r->specs, from, to, out);
}

/* ---- the other pictures ---- */

/* Draws learning rates by step. */
static plm_status make_schedule(plm_plot_request *r, plm_plot *out)
{
    int64_t epochs = 10, steps = 100;
    PLM_TRY(plm_plot_option_whole(r, "epochs", 1, 10000, &epochs));
    PLM_TRY(plm_plot_option_whole(r, "steps", 1, 100000, &steps));
    return plm_plot_schedules(r->w, r->specs, epochs, steps, out);
}

/* Reads the option fan, the number of inputs and units of the layer, and makes the histograms. */
static plm_status make_initializer(plm_plot_request *r, plm_plot *out)
{
    const char *text = r->option(r->self, "fan");
    int64_t inputs = 0, units = 0;
    plm_plot_specs parts;
    PLM_TRY(plm_plot_specs_split(r, text ? text : "784,100", &parts));
    const bool good = parts.count == 2 && plm_read_whole(parts.text[0], &inputs) &&
                      plm_read_whole(parts.text[1], &units) && inputs >= 1 && units >= 1 &&
                      inputs <= 100000 && units <= 100000 && inputs * units <= 10000000;
    return good ? plm_plot_initializers(r->w, r->specs, inputs, units, out)
                : plm_fail(r->w, PLM_E_SPEC, "--fan",
                           "use the inputs and units of a layer, such as 784,100",
                           "fan cannot be '%s'", text);
}

/* The specs are folders of runs. */
static plm_status make_history(plm_plot_request *r, plm_plot *out)
{
    return plm_plot_history(r->w, r->specs, out);
}

/* The only spec is a pipeline or the folder of a run. */
static plm_status make_samples(plm_plot_request *r, plm_plot *out)
{
    int64_t count = 10;
    PLM_TRY(plm_plot_option_whole(r, "count", 1, 100, &count));
    return plm_plot_samples(r->w, r->specs.text[0], count, out);
}

/* Makes the heat map of a run. The specs are a folder and, optionally, the quantity (default:
 * gradient). A terminal has fewer columns than a file. */
static plm_status make_doctor(plm_plot_request *r, plm_plot *out)
{
    enum { TERMINAL = 7, PICTURE = 24 };
    const char *what = r->specs.count > 1 ? r->specs.text[1] : "gradient";
    return plm_plot_doctor(r->w, r->specs.text[0], what, r->file ? PICTURE : TERMINAL, out);
}

/* ---- all of them ---- */

enum { ANY = 64 };

static const plm_plot_kind kinds[] = {
    {.name = "activation",
     .usual = "tanh, relu, leaky_relu, elu, selu",
     .max = ANY,
     .make = make_activation},
    {.name = "init",
     .refusal = "the picture init takes no names",
     .hint = "plummet plot init --activation LIST --initializer LIST",
     .make = plm_plot_request_init},
    {.name = "initializer",
     .seed = 1,
     .usual = "glorot_uniform, glorot_normal",
     .max = ANY,
     .make = make_initializer},
    {.name = "schedule",
     .usual = "exponential_decay(0.01, 300, 0.5), inverse_time_decay(0.01, 100, 0.5), "
              "piecewise_constant_decay([300, 700], [0.01, 0.005, 0.001]), cosine_decay(0.01, "
              "1000), one_cycle(0.01, 1000)",
     .max = ANY,
     .make = make_schedule},
    {.name = "history",
     .min = 1,
     .max = ANY,
     .refusal = "name the folder of a run",
     .hint = "plummet plot history runs/net-0001",
     .make = make_history},
    {.name = "samples",
     .min = 1,
     .max = 1,
     .refusal = "name the data or the folder of a run, in one argument",
     .hint = "plummet plot samples 'mnist | shuffle', plummet plot samples runs/digits-0001",
     .make = make_samples},
    {.name = "doctor",
     .min = 1,
     .max = 2,
     .refusal = "name the folder of a run, then gradient, update or dead",
     .hint = "plummet plot doctor runs/net-0001 update",
     .make = make_doctor}};

enum { KINDS = sizeof kinds / sizeof *kinds };

/* True if the name is the folder of a run that has a history. */
static bool names_run(const char *name)
{
    char path[PLM_PATH_CAPACITY];
    const int length = snprintf(path, sizeof path, "%s/history.csv", name);
    return length > 0 && length < (int)sizeof path && plm_path_exists(path);
}

/* Finds a kind of picture by its name. A folder of a run means its history. The error for an
 * unknown name has the most similar one. */
const plm_plot_kind *plm_plot_kind_find(plm *w, const char *name)
{
    const char *names[KINDS];
    char hint[160] = "available plots: ";
    for (int i = 0; i < KINDS; i++) {
        const size_t used = strlen(hint);
        names[i] = kinds[i].name;
        snprintf(hint + used, sizeof hint - used, "%s%s", i ? ", " : "", names[i]);
        if (strcmp(name, names[i]) == 0)
            return &kinds[i];
    }
    for (int i = 0; i < KINDS; i++)
        if (strcmp(names[i], "history") == 0 && names_run(name))
            return &kinds[i];
    const char *near = plm_name_nearest(name, names, KINDS);
    if (near)
        snprintf(hint, sizeof hint, "did you mean %s?", near);
    plm_ignore(plm_fail(w, PLM_E_SPEC, name, hint, "there is no plot '%s'", name));
    return NULL;
}

/* Checks the number of specs and makes the picture, so that the kinds need not check this number.
 * */
plm_status plm_plot_request_make(const plm_plot_kind *kind, plm_plot_request *r, plm_plot *out)
{
    const int count = r->specs.count;
    if (count < kind->min || count > kind->max)
        return plm_fail(r->w, PLM_E_SPEC, kind->max || !count ? "" : r->specs.text[0], kind->hint,
                        "%s", kind->refusal);
    if (count == 0 && kind->usual)
        PLM_TRY(plm_plot_specs_split(r, kind->usual, &r->specs));
    return kind->make(r, out);
}
