/* plummet plot: draws activations with their derivatives, what initializers do to the variance of
 * outputs and gradients, schedules, data, and the history of runs. */
#include <string.h>

#include "home.h"
#include "output.h"
#include "picture.h"
#include "plot/request.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "draw into this file: .svg or .png"},
    {"dark", 0, NULL,
     "draw on a dark background; without it, a PNG is light, and an SVG light or dark as its "
     "viewer is"},
    {"from", 0, "X", "for activation: where x begins, default -5"},
    {"to", 0, "X", "for activation: where x ends, default 5"},
    {"measure", 0, NULL,
     "for activation: a table for standard normal inputs: mean and standard deviation of the "
     "outputs, share of inputs at which the slope is below 0.01, time"},
    {"activation", 0, "LIST",
     "for init: activations to compare; default sigmoid, tanh, relu, leaky_relu, elu, selu, gelu"},
    {"initializer", 0, "LIST",
     "for init: initializers to compare; default random_normal(stddev=1), random_uniform, "
     "glorot_uniform, glorot_normal, he_uniform, he_normal, lecun_normal"},
    {"depth", 0, "LIST",
     "for init: numbers of layers of the nets, up to four; default 50, with --table or --json "
     "2,10,50,100"},
    {"width", 0, "LIST",
     "for init: units of each layer; default 100; with 300,100 layers alternate, so that fan_in "
     "and fan_out differ"},
    {"nets", 0, "N", "for init: number of random nets; the median over them is drawn; default 5"},
    {"seed", 0, "N", "for init: seed of the nets; default 1"},
    {"lines", 0, NULL,
     "for init: draw the variance over the layers as lines, also for several activations"},
    {"table", 0, NULL,
     "for init: print a table of the variances of outputs and gradients for each activation"},
    {"fan", 0, "IN,OUT",
     "for initializer: number of inputs and units of the layer; default 784,100"},
    {"count", 0, "N", "for samples: number of rows to draw, default 10"},
    {"epochs", 0, "N", "for schedule: number of epochs; default 10"},
    {"steps", 0, "N", "for schedule: steps per epoch; default 100"},
    {"json", 0, NULL,
     "for init: print JSON, one object for each pair of initializer and activation"},
    {0}};

static const char *const examples[] = {
    "plummet plot activation elu selu leaky_relu",
    "draw three functions and their derivatives",
    "plummet plot activation 'elu(alpha=0.5)' silu --from -3 --to 3 -o curves.svg",
    "write two functions as a picture",
    "plummet plot activation relu elu --measure",
    "measure the effect of two functions on normally distributed numbers, and their time",
    "plummet plot init",
    "draw a heat map: which initializer keeps the variance with which activation",
    "plummet plot init --activation relu -o init.svg",
    "draw lines over the layers for one activation",
    "plummet plot init --activation linear --width 300,100 --depth 1,2 --table",
    "layers with different fan_in and fan_out: no initializer keeps the variance of both outputs "
    "and gradients; Glorot's is a compromise",
    "plummet plot initializer glorot_normal glorot_uniform --fan 784,100",
    "draw histograms of the weights of two initializers",
    "plummet plot schedule 'cosine_decay(0.01, 1000)' 'one_cycle(0.01, 1000)'",
    "draw the learning rates over ten epochs of 100 steps",
    "plummet plot runs/digits-0001",
    "draw the epochs of two runs, as plot history does",
    "plummet plot samples 'digits | shuffle' --count 5",
    "draw rows of the data as pictures, with their classes",
    "plummet plot doctor runs/digits-0001 update -o update.svg",
    "write a heat map of the size of steps, relative to the weights of each layer",
    NULL};

/* Returns the value of an option, see plm_plot_request. */
static const char *option_of(const void *call, const char *name)
{
    return plm_cli_option_of(call, name);
}

/* Makes the picture or the table that the options ask for, and prints it. Returns an exit code. */
static int show(plm *w, const plm_cli_call *call, const plm_plot_kind *kind)
{
    const plm_cli_picture to = plm_cli_picture_of(call);
    /* the word "history" may be left out before the folders of runs */
    const int first = strcmp(call->argument[0], kind->name) == 0;
    plm_text table = {0};
    plm_plot p = {0};
    plm_plot_request r = {
        .w = w,
        .arena = {.w = w},
        .specs = {call->arguments - first, (const char *const *)call->argument + first},
        .option = option_of,
        .self = call,
        .file = to.path != NULL,
        .screen = plm_cli_screen_of(stdout),
        .table = &table};
    int code = plm_cli_code(w, plm_plot_request_make(kind, &r, &p));
    plm_cli_print(stdout, &table);
    if (!code && (p.chart || p.heat || p.tiles))
        code = plm_cli_plot_show(&p, to);
    plm_plot_free(&p);
    plm_arena_free(&r.arena);
    return code;
}

/* Finds the plot that the first argument names, and draws it. Returns an exit code. */
static int draw(const plm_cli_call *call, plm_cli_home *home)
{
    const plm_plot_kind *kind = plm_plot_kind_find(home->w, call->argument[0]);
    if (!kind)
        return plm_cli_fail_status(home->w, PLM_E_SPEC, NULL);
    plm *w = plm_open(PLM_OPTIONS(.threads = 1, .seed = kind->seed, .data_dir = home->data_dir));
    const int code = w ? show(w, call, kind) : plm_cli_fail_memory();
    plm_close(w);
    return code;
}

static int run(const plm_cli_call *call)
{
    const int code = plm_cli_picture_check(plm_cli_option_of(call, "output"));
    return code ? code : plm_cli_home_run(call, draw);
}

const plm_cli_verb plm_verb_plot = {
    .name = "plot",
    .order = 70,
    .usage = "activation|init|initializer|schedule|history|samples|doctor [NAME ...]",
    .help = "draws activations, initializers, schedules, data, and the epochs of runs",
    .details =
        "All plots are drawn in the terminal or, with -o, as a picture.\n\nactivation: functions "
        "and their derivatives. Dotted lines are limits. For a single function, its saturated "
        "parts are shaded, where the slope is below 0.05.\n\ninit: the effect of each pair of "
        "initializer and activation on the variance of outputs and of gradients. Rows of standard "
        "normal numbers go forward through dense layers without bias, whose kernels the "
        "initializer filled, and normal gradients go back through the same layers. The values are "
        "the variance after the layers divided by the variance before them: 1 = kept, near 0 = "
        "vanished, large = exploded. The verdict is about the deepest net, first about gradients: "
        "a variance is kept if it stays within a factor of 10, and of 1.02 per layer. The sums are "
        "in double, since float32 would end at variances of 1e77.\n\ninitializer: the weights that "
        "an initializer draws for one layer, as a histogram.\n\nschedule: the learning rate over a "
        "training of --epochs epochs with --steps steps each; schedules that use fractions of a "
        "run use fractions of that training.\n\nhistory: what runs recorded in each epoch, with "
        "the best epoch; the names are folders, before which the word history may be left "
        "out.\n\nsamples: rows of data, or of a run's data, as "
        "pictures with their classes.\n\ndoctor: the readings of `plummet train RUNFILE "
        "doctor=true`, by layers and steps: doctor RUN, doctor RUN update, or doctor RUN dead.",
    .options = options,
    .examples = examples,
    .min = 1,
    .max = 65,
    .run = run};
