/* Reads the options of the picture init, and measures how initializers change the variance of
 * outputs and gradients through many layers. */
#include <string.h>

#include "base/split.h"
#include "plot/request.h"
#include "plot/variance.h"
#include "show/variance.h"

/* Limits of the options. */
enum { ROWS = 8, MAX_KINDS = 24, MAX_WIDTH = 512, MAX_DEPTH = PLM_VARIANCE_LAYERS };

static const char usual_initializers[] =
    "random_normal(stddev=1), random_uniform, glorot_uniform, glorot_normal, "
    "he_uniform, he_normal, lecun_normal";
static const char usual_activations[] = "sigmoid, tanh, relu, leaky_relu, elu, selu, gelu";

/* True if an option that is a flag is set. */
static bool has(const plm_plot_request *r, const char *name)
{
    return r->option(r->self, name) != NULL;
}

/* Reads an option that is a list of specs. If it is not set, the list is `usual`. */
static plm_status read_list(plm_plot_request *r, const char *option, const char *usual, int *count,
                            const char *const **list)
{
    const char *text = r->option(r->self, option);
    const char *where = plm_arena_format(&r->arena, "--%s", option);
    plm_plot_specs parts;
    PLM_TRY(plm_plot_specs_split(r, text ? text : usual, &parts));
    bool empty = false;
    for (int i = 0; i < parts.count; i++)
        empty = empty || !*parts.text[i];
    *count = parts.count;
    *list = parts.text;
    if (!where)
        return PLM_E_MEMORY;
    if (empty)
        return plm_fail(r->w, PLM_E_SPEC, where, "separate the names by single commas",
                        "the list has an empty name");
    if (parts.count > MAX_KINDS)
        return plm_fail(r->w, PLM_E_SPEC, where, "measure the names in two calls",
                        "more than %d names", MAX_KINDS);
    return PLM_OK;
}

/* Reads the option depth: numbers of layers in ascending order. */
static plm_status read_depths(plm_plot_request *r, plm_variance_plan *p)
{
    const char *text = r->option(r->self, "depth");
    const char *usual = has(r, "table") || has(r, "json") ? "2,10,50,100" : "50";
    plm_plot_specs parts;
    PLM_TRY(plm_plot_specs_split(r, text ? text : usual, &parts));
    bool good = parts.count <= PLM_VARIANCE_DEPTHS;
    for (int i = 0; i < parts.count && good; i++) {
        int64_t depth = 0, before = i ? p->depth[i - 1] : 0;
        good = plm_read_whole(parts.text[i], &depth) && depth > before && depth <= MAX_DEPTH;
        p->depth[i] = depth;
    }
    p->depths = parts.count;
    return good ? PLM_OK
                : plm_fail(r->w, PLM_E_SPEC, "--depth",
                           "use one to four numbers of layers, at most 200, in ascending order, "
                           "such as 2,10,50",
                           "depths cannot be '%s'", text);
}

/* Reads the option width: one width, or several widths of alternating layers. */
static plm_status read_widths(plm_plot_request *r, plm_variance_plan *p)
{
    const char *text = r->option(r->self, "width");
    plm_plot_specs parts;
    PLM_TRY(plm_plot_specs_split(r, text ? text : "100", &parts));
    bool good = parts.count <= PLM_VARIANCE_WIDTHS;
    for (int i = 0; i < parts.count && good; i++)
        good = plm_read_whole(parts.text[i], &p->width[i]) && p->width[i] >= 2 &&
               p->width[i] <= MAX_WIDTH;
    p->widths = parts.count;
    return good ? PLM_OK
                : plm_fail(r->w, PLM_E_SPEC, "--width",
                           "use a whole number from 2 to 512, or up to eight that alternate from "
                           "layer to layer: 300,100",
                           "width cannot be '%s'", text);
}

/* Reads all options into a plan, whose texts belong to the request. */
static plm_status read_plan(plm_plot_request *r, plm_variance_plan *p)
{
    *p = (plm_variance_plan){.rows = ROWS, .nets = 5, .seed = 1};
    PLM_TRY(read_list(r, "initializer", usual_initializers, &p->initializers, &p->initializer));
    PLM_TRY(read_list(r, "activation", usual_activations, &p->activations, &p->activation));
    PLM_TRY(read_depths(r, p));
    PLM_TRY(read_widths(r, p));
    PLM_TRY(plm_plot_option_whole(r, "nets", 1, 99, &p->nets));
    return plm_plot_option_whole(r, "seed", 0, 1000000000, &p->seed);
}

/* Measures once, then writes the results as JSON, as tables or as a picture. If the picture goes to
 * a file, it is made in addition to JSON or tables. */
plm_status plm_plot_request_init(plm_plot_request *r, plm_plot *out)
{
    plm_variance_plan p;
    PLM_TRY(read_plan(r, &p));
    const bool json = has(r, "json"), table = has(r, "table");
    plm_variance *v =
        plm_arena_array(&r->arena, (size_t)p.initializers * (size_t)p.activations, sizeof *v);
    if (!v)
        return PLM_E_MEMORY;
    PLM_TRY(plm_variance_measure(r->w, &p, v));
    if (json)
        plm_variance_json(&p, v, r->table);
    else if (table)
        plm_variance_tables(&p, r->screen, v, r->table);
    if ((json || table) && !r->file)
        return PLM_OK;
    const int last = 2 * p.activations - 1; /* in a terminal, the legend is below the last chart */
    return p.activations == 1 || has(r, "lines")
               ? plm_plot_variance_lines(r->w, &p, v, r->file ? 0 : last, out)
               : plm_plot_variance_heat(r->w, &p, v, r->file ? "Frame" : "[ ]", out);
}
