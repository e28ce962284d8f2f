/* plummet plot init: measures what initializers do to the variance of outputs and gradients through
 * many layers. This file reads the options. */
#include <stdlib.h>

#include "output.h"
#include "plot.h"
#include "plot/variance.h"
#include "show/variance.h"

/* Limits of the options. */
enum { ROWS = 8, MAX_KINDS = 24, MAX_WIDTH = 512, MAX_DEPTH = PLM_VARIANCE_LAYERS };

static const char usual_initializers[] =
    "random_normal(stddev=1), random_uniform, glorot_uniform, glorot_normal, "
    "he_uniform, he_normal, lecun_normal";
static const char usual_activations[] = "sigmoid, tanh, relu, leaky_relu, elu, selu, gelu";

/* Reads an option that is a list of specs. Not given = the list `usual`. Returns an exit code. */
static int read_list(const plm_cli_call *call, const char *option, const char *usual,
                     plm_cli_specs *out)
{
    const char *text = plm_cli_option_of(call, option);
    bool empty = false;
    *out = plm_cli_specs_of(text ? text : usual);
    for (int i = 0; i < out->count; i++)
        empty = empty || !*out->text[i];
    if (out->count <= MAX_KINDS && !empty)
        return PLM_EXIT_GOOD;
    char *where = plm_cli_format("--%s", option);
    int code = empty ? plm_cli_fail(PLM_EXIT_USAGE, where, "names, with a comma between them",
                                    "a name is empty")
                     : plm_cli_fail(PLM_EXIT_USAGE, where, "measure them in two calls",
                                    "more than %d names", MAX_KINDS);
    free(where);
    return code;
}

/* Reads the option depth: numbers of layers that rise. Returns an exit code. */
static int read_depths(const plm_cli_call *call, plm_variance_plan *p)
{
    const char *text = plm_cli_option_of(call, "depth");
    plm_cli_specs parts = plm_cli_specs_of(
        text                                                                  ? text
        : plm_cli_option_of(call, "table") || plm_cli_option_of(call, "json") ? "2,10,50,100"
                                                                              : "50");
    bool good = parts.count <= PLM_VARIANCE_DEPTHS;
    for (int i = 0; i < parts.count && good; i++) {
        int64_t depth = 0, before = i ? p->depth[i - 1] : 0;
        good = plm_read_whole(parts.text[i], &depth) && depth > before && depth <= MAX_DEPTH;
        p->depth[i] = depth;
    }
    p->depths = parts.count;
    plm_cli_specs_free(&parts);
    if (good)
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_USAGE, "--depth",
                        "one to four rising numbers up to 200, such as 2,10,50",
                        "depths cannot be '%s'", text);
}

/* Reads the option width: one width, or several that take turns. Returns an exit code. */
static int read_widths(const plm_cli_call *call, plm_variance_plan *p)
{
    const char *text = plm_cli_option_of(call, "width");
    plm_cli_specs parts = plm_cli_specs_of(text ? text : "100");
    bool good = parts.count <= PLM_VARIANCE_WIDTHS;
    for (int i = 0; i < parts.count && good; i++)
        good = plm_read_whole(parts.text[i], &p->width[i]) && p->width[i] >= 2 &&
               p->width[i] <= MAX_WIDTH;
    p->widths = parts.count;
    plm_cli_specs_free(&parts);
    if (good)
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_USAGE, "--width",
                        "a whole number from 2 to 512, or up to eight that take turns: 300,100",
                        "width cannot be '%s'", text);
}

/* The names that a plan points to, which must outlive it. */
typedef struct {
    plm_cli_specs initializers, activations;
} lists;

/* Reads the options into a plan, which borrows the lists. Returns an exit code. */
static int read_plan(const plm_cli_call *call, lists *l, plm_variance_plan *p)
{
    static const int64_t nets[2] = {1, 99}, seed[2] = {0, 1000000000};
    *p = (plm_variance_plan){.rows = ROWS, .nets = 5, .seed = 1};
    int code = read_list(call, "initializer", usual_initializers, &l->initializers);
    code = code ? code : read_list(call, "activation", usual_activations, &l->activations);
    code = code ? code : read_depths(call, p);
    code = code ? code : read_widths(call, p);
    code = code ? code : plm_cli_whole_option(call, "nets", nets, &p->nets);
    code = code ? code : plm_cli_whole_option(call, "seed", seed, &p->seed);
    if (!code && call->arguments > 1)
        code = plm_cli_fail(PLM_EXIT_USAGE, call->argument[1],
                            "plummet plot init --activation LIST --initializer LIST",
                            "init takes no names");
    p->initializers = l->initializers.count;
    p->initializer = (const char *const *)l->initializers.text;
    p->activations = l->activations.count;
    p->activation = (const char *const *)l->activations.text;
    return code;
}

/* Shows the measurements v: [activations, initializers]. Returns an exit code. */
static int show(plm *w, const plm_cli_call *call, const plm_variance_plan *p, const plm_variance *v)
{
    const plm_cli_picture to = plm_cli_picture_of(call);
    const bool table = plm_cli_option_of(call, "table") != NULL,
               json = plm_cli_option_of(call, "json") != NULL;
    plm_text text = {0};
    if (json)
        plm_variance_json(p, v, &text);
    else if (table)
        plm_variance_tables(p, plm_cli_screen_of(stdout), v, &text);
    plm_cli_print(stdout, &text);
    if ((json || table) && !to.path)
        return PLM_EXIT_GOOD;
    plm_plot picture = {0};
    const int last = 2 * p->activations - 1; /* in a terminal, the legend is below the last chart */
    const plm_status status =
        p->activations == 1 || plm_cli_option_of(call, "lines")
            ? plm_plot_variance_lines(w, p, v, to.path ? 0 : last, &picture)
            : plm_plot_variance_heat(w, p, v, to.path ? "Frame" : "[ ]", &picture);
    return plm_cli_plot_end(w, status, &picture, to);
}

/* Measures all pairs and shows them. Returns an exit code. */
static int measure(const plm_cli_call *call, const plm_variance_plan *p)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_variance *v = plm_cli_take((size_t)p->initializers * (size_t)p->activations * sizeof *v);
    const plm_status status = plm_variance_measure(w, p, v);
    const int code = status < 0 ? plm_cli_fail_status(w, status, NULL) : show(w, call, p, v);
    free(v);
    plm_close(w);
    return code;
}

int plm_cli_plot_init(const plm_cli_call *call)
{
    lists l = {0};
    plm_variance_plan p;
    int code = read_plan(call, &l, &p);
    code = code ? code : measure(call, &p);
    plm_cli_specs_free(&l.initializers);
    plm_cli_specs_free(&l.activations);
    return code;
}
