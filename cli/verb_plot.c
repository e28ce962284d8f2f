/* plummet plot: draws activations with their derivatives, or what initializers do to the variance
 * of outputs and gradients. It shows theory without any training. */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "plot.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "draw into this file: .svg or .png"},
    {"from", 0, "X", "activation: where x begins, default -5"},
    {"to", 0, "X", "activation: where x ends, default 5"},
    {"activation", 0, "LIST",
     "init: activations, default sigmoid, tanh, relu, leaky_relu, elu, selu, gelu"},
    {"initializer", 0, "LIST",
     "init: initializers, default random_normal(stddev=1), random_uniform, glorot_uniform, "
     "glorot_normal, "
     "he_uniform, he_normal, lecun_normal"},
    {"depth", 0, "LIST", "init: up to four numbers of layers, default 2,10,50,100"},
    {"width", 0, "N", "init: units of each layer, default 100"},
    {"nets", 0, "N", "init: figures are the median of so many nets, default 5"},
    {"seed", 0, "N", "init: another seed, other nets; default 1"},
    {"json", 0, NULL, "init: one JSON object for each pair"},
    {0}};

static const char *const examples[] = {
    "plummet plot activation elu selu leaky_relu",
    "three functions and their derivatives",
    "plummet plot activation 'elu(alpha=0.5)' silu --from -3 --to 3 -o curves.svg",
    "as a picture",
    "plummet plot init --activation tanh,relu,selu",
    "which initializer keeps the variance with which activation",
    "plummet plot init --initializer 'he_normal, random_uniform(-1, 1)' -o init.svg",
    "two initializers; lines over the depth as a picture, too",
    NULL};

/* The names of plots, for hints. */
enum { PLOTS = 3 };
static const char *const plots[PLOTS] = {"activation", "init", "initializer"};

/* Finds the plot that the first argument names and draws it. */
static int run(const plm_cli_call *call)
{
    const char *what = call->argument[0], *path = plm_cli_option_of(call, "output");
    int code = plm_cli_picture_check(path);
    if (code)
        return code;
    if (!strcmp(what, "activation"))
        return plm_cli_plot_activation(call);
    if (!strcmp(what, "init") || !strcmp(what, "initializer"))
        return plm_cli_plot_initializer(call);
    const char *near = plm_name_nearest(what, plots, PLOTS);
    char *hint = near ? plm_cli_format("did you mean %s?", near)
                      : plm_cli_format("plummet plot activation NAME..., or plummet plot init");
    code = plm_cli_fail(PLM_EXIT_USAGE, what, hint, "there is no plot '%s'", what);
    free(hint);
    return code;
}

const plm_cli_verb plm_verb_plot = {
    .name = "plot",
    .order = 70,
    .usage = "activation [NAME ...] | init",
    .help = "curves of activations; what initializers do to variances through many layers",
    .details =
        "plot activation draws functions and their derivatives in the terminal, or with -o as a "
        "picture.\n\n"
        "plot init measures what each pair of initializer and activation does to the variance of "
        "outputs and of gradients: rows of standard normal numbers go forward through dense layers "
        "without bias, whose kernels the library filled, and normal gradients go back through the "
        "same layers. The figures are the variance behind so many layers over the variance before "
        "them: 1 is kept, near 0 has vanished, large has exploded. The verdict looks at the "
        "deepest "
        "net, and first at gradients: kept is what stays within a factor of 10 and of 1.02 for "
        "each "
        "layer. The sums are in double, so that the whole way shows; float32 would end at "
        "variances "
        "of 1e77.",
    .options = options,
    .examples = examples,
    .min = 1,
    .max = 65,
    .run = run};
