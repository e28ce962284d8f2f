/* plummet plot init: measures what initializers do to the variance of outputs and gradients through
 * many layers, and shows it as tables, as JSON and as a picture. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "plot.h"
#include "study/variance.h"

/* Widths of columns in letters, and limits of the options. */
enum {
    NAME_COLUMNS = 15,
    FIGURE = 7,
    SIDE_COLUMNS = 9,
    ROWS = 8,
    MAX_KINDS = 24,
    MAX_WIDTH = 512,
    MAX_DEPTH = 200
};
/* Points of a line in a picture: one per depth, and the first. Points of the series that holds the
 * corners. */
enum { POINTS = PLM_VARIANCE_DEPTHS + 1, CORNERS = 3 };

static const char usual_initializers[] =
    "random_normal(stddev=1), random_uniform, glorot_uniform, glorot_normal, "
    "he_uniform, he_normal, lecun_normal";
static const char usual_activations[] = "sigmoid, tanh, relu, leaky_relu, elu, selu, gelu";

/* Pictures show log10 of ratios from -SHOWN to SHOWN. A line that goes further ends there. */
static const double SHOWN = 10;

/* A verdict as it is shown. */
typedef struct {
    const char *word;
    plm_cli_paint paint;
} verdict;

static verdict shown(plm_variance_verdict v)
{
    static const verdict verdicts[] = {[PLM_VARIANCE_KEEPS] = {"keeps", PLM_GREEN},
                                       [PLM_VARIANCE_DRIFTS] = {"drifts", PLM_CYAN},
                                       [PLM_VARIANCE_VANISHES] = {"vanishes", PLM_YELLOW},
                                       [PLM_VARIANCE_EXPLODES] = {"explodes", PLM_RED}};
    return verdicts[v];
}

/* Writes a ratio v in few letters, such as "0.68", "12", "3e-12", "1e170" or "inf". */
static void name_ratio(char *out, size_t room, double v)
{
    if (v <= 0 || !isfinite(v)) {
        snprintf(out, room, "%s", v <= 0 ? "0" : "inf");
        return;
    }
    if (v >= 0.00995 && v < 999.5) {
        snprintf(out, room, "%.*f", v >= 9.95 ? 0 : v >= 0.995 ? 1 : 2, v);
        return;
    }
    snprintf(out, room, "%.0e", v);
    char *to = strchr(out, 'e') + 1, *from = to;
    to += *from == '-';
    from++;
    from += strspn(from, "0");
    memmove(to, from, strlen(from) + 1);
}

/* Returns the width of a column of numbers. With one depth, it is wider, so that its heading fits.
 */
static int figure_columns(const plm_variance_plan *p)
{
    return p->depths > 1 ? FIGURE : FIGURE + 4;
}

/* Prints the ratios v[depths], each in the colour of its verdict. */
static void print_figures(const plm_variance_plan *p, const double *v)
{
    plm_cli_screen screen = plm_cli_screen_of(stdout);
    for (int d = 0; d < p->depths; d++) {
        char text[16];
        name_ratio(text, sizeof text, v[d]);
        printf("%s%*s%s",
               plm_cli_paint_begin(screen, shown(plm_variance_evaluate(v[d], p->depth[d])).paint),
               figure_columns(p), text, plm_cli_paint_begin(screen, PLM_PLAIN));
    }
}

/* Prints a heading over several columns: "  ----- outputs -----". If there is no space for the
 * dashes, they are left out. */
static void print_span(int width, const char *text)
{
    static const char dashes[] = "--------------------------------";
    int rest = width - 4 - (int)strlen(text);
    if (rest < 2)
        printf("%*s", width, text);
    else
        printf("  %.*s %s %.*s", rest / 2, dashes, text, rest - rest / 2, dashes);
}

/* Prints the two lines of headings of a table. */
static void print_head(const plm_variance_plan *p, const char *activation)
{
    plm_cli_screen screen = plm_cli_screen_of(stdout);
    printf("%s%-*s%s", plm_cli_paint_begin(screen, PLM_BOLD), NAME_COLUMNS, activation,
           plm_cli_paint_begin(screen, PLM_PLAIN));
    print_span(figure_columns(p) * p->depths, "outputs");
    print_span(figure_columns(p) * p->depths, "gradients");
    printf("\n  %-*s", NAME_COLUMNS - 2, "layers:");
    for (int i = 0; i < 2; i++)
        for (int d = 0; d < p->depths; d++)
            printf("%*lld", figure_columns(p), (long long)p->depth[d]);
    putchar('\n');
}

/* Prints the table of an activation: one row per initializer. v: [initializers] measurements. */
static void print_table(const plm_variance_plan *p, int activation, const plm_variance *v)
{
    plm_cli_screen screen = plm_cli_screen_of(stdout);
    print_head(p, p->activation[activation]);
    for (int i = 0; i < p->initializers; i++) {
        verdict word = shown(plm_variance_evaluate_pair(p, &v[i]));
        const char *name = p->initializer[i];
        if (strlen(name) > NAME_COLUMNS) {
            puts(name);
            name = "";
        }
        printf("%-*s", NAME_COLUMNS, name);
        print_figures(p, v[i].outputs);
        print_figures(p, v[i].gradients);
        printf(" %s%s%s\n", plm_cli_paint_begin(screen, word.paint), word.word,
               plm_cli_paint_begin(screen, PLM_PLAIN));
    }
}

/* True if the columns of a table, with a verdict of up to 8 letters, do not fit the terminal. */
static bool is_narrow(const plm_variance_plan *p)
{
    const int needed = NAME_COLUMNS + 2 * figure_columns(p) * p->depths + 9;
    return plm_cli_screen_of(stdout).terminal && plm_cli_width(stdout) < needed;
}

/* Prints the ratios of one side, outputs or gradients, on a line of their own. */
static void print_side(const plm_variance_plan *p, const char *side, const double *v)
{
    printf("  %-*s", SIDE_COLUMNS, side);
    print_figures(p, v);
    putchar('\n');
}

/* Prints the table of an activation for a narrow terminal: outputs and gradients on separate lines.
 */
static void print_narrow(const plm_variance_plan *p, int activation, const plm_variance *v)
{
    plm_cli_screen screen = plm_cli_screen_of(stdout);
    printf("%s%s%s\n  %-*s", plm_cli_paint_begin(screen, PLM_BOLD), p->activation[activation],
           plm_cli_paint_begin(screen, PLM_PLAIN), SIDE_COLUMNS, "layers:");
    for (int d = 0; d < p->depths; d++)
        printf("%*lld", figure_columns(p), (long long)p->depth[d]);
    putchar('\n');
    for (int i = 0; i < p->initializers; i++) {
        verdict word = shown(plm_variance_evaluate_pair(p, &v[i]));
        printf("%s %s%s%s\n", p->initializer[i], plm_cli_paint_begin(screen, word.paint), word.word,
               plm_cli_paint_begin(screen, PLM_PLAIN));
        print_side(p, "outputs", v[i].outputs);
        print_side(p, "gradients", v[i].gradients);
    }
}

/* Prints an explanation and the table of each activation. v: [activations, initializers]. */
static void print_tables(const plm_variance_plan *p, const plm_variance *v)
{
    char *text = plm_cli_format(
        "Variance behind so many dense layers of %lld units, over the variance before "
        "them: outputs going forward, gradients going back. 1 = kept. Median of %lld "
        "net%s.",
        (long long)p->width, (long long)p->nets, p->nets > 1 ? "s" : "");
    plm_cli_wrap(stdout, 0, 0, plm_cli_page(stdout), text);
    free(text);
    for (int a = 0; a < p->activations; a++) {
        putchar('\n');
        if (is_narrow(p))
            print_narrow(p, a, v + a * p->initializers);
        else
            print_table(p, a, v + a * p->initializers);
    }
}

/* Prints one JSON object for each pair of activation and initializer. */
static void print_json(const plm_variance_plan *p, const plm_variance *v)
{
    for (int k = 0; k < p->activations * p->initializers; k++) {
        plm_cli_json j = plm_cli_json_begin(stdout);
        plm_cli_json_text(&j, "activation", p->activation[k / p->initializers]);
        plm_cli_json_text(&j, "initializer", p->initializer[k % p->initializers]);
        for (int i = 0; i < 2; i++)
            for (int d = 0; d < p->depths; d++) {
                char *key =
                    plm_cli_format("%s_%lld", i ? "gradients" : "outputs", (long long)p->depth[d]);
                plm_cli_json_number(&j, key, i ? v[k].gradients[d] : v[k].outputs[d]);
                free(key);
            }
        plm_cli_json_text(&j, "verdict", shown(plm_variance_evaluate_pair(p, &v[k])).word);
        plm_cli_json_end(&j);
    }
}

/* ---- the picture ---- */

/* Makes a line of the picture: depths x and log10 of the ratios y, beginning at (0, 0). A line that
 * leaves the picture ends at its edge. Returns the number of points, at most POINTS. */
static int trace(const plm_variance_plan *p, const double *ratio, double *x, double *y)
{
    int count = 1;
    x[0] = y[0] = 0;
    for (int d = 0; d < p->depths; d++, count++) {
        x[count] = (double)p->depth[d];
        y[count] = isinf(ratio[d]) ? 400 : ratio[d] > 0 ? log10(ratio[d]) : -400;
        if (fabs(y[count]) <= SHOWN)
            continue;
        double edge = copysign(SHOWN, y[count]),
               part = (edge - y[count - 1]) / (y[count] - y[count - 1]);
        x[count] = x[count - 1] + part * (x[count] - x[count - 1]);
        y[count] = edge;
        return count + 1;
    }
    return count;
}

/* Fills the lines of one panel. They are followed by a series that draws nothing but holds the
 * corners, so that all panels have the same axes. back: gradients instead of outputs. series:
 * [initializers + 1]. points: 2 * POINTS numbers, the x and the y, for each series. */
static void fill_panel(const plm_variance_plan *p, const plm_variance *v, bool back,
                       plm_series *series, double *points)
{
    int lines = p->initializers;
    double *x = points, *y = points + POINTS;
    for (int i = 0; i < lines; i++, x += 2 * POINTS, y += 2 * POINTS) {
        int count = trace(p, back ? v[i].gradients : v[i].outputs, x, y);
        series[i] = (plm_series){.name = p->initializer[i], .x = x, .y = y, .count = count};
    }
    const double corners[2][CORNERS] = {{0, NAN, (double)p->depth[p->depths - 1]},
                                        {-SHOWN, NAN, SHOWN}};
    memcpy(x, corners[0], sizeof corners[0]);
    memcpy(y, corners[1], sizeof corners[1]);
    series[lines] = (plm_series){.x = x, .y = y, .count = CORNERS};
}

/* The memory of a picture with `panels` panels, two for each activation. lines = initializers + 1.
 */
typedef struct {
    plm_series *series; /* [panels, lines] */
    plm_chart *chart;
    double *points; /* [panels, lines, 2 * POINTS] */
    char **title;
} panels;

/* Fills panel k: the outputs of an activation if k is even, its gradients if k is odd. */
static void fill_chart(const plm_variance_plan *p, const plm_variance *v, size_t k, panels *all)
{
    static const char *const of[2] = {"outputs, going forward", "gradients, going back"};
    const size_t lines = (size_t)p->initializers + 1, first = k * lines;
    fill_panel(p, v + k / 2 * (lines - 1), k % 2, all->series + first,
               all->points + first * 2 * POINTS);
    all->title[k] = plm_cli_format("%s: variance of %s", p->activation[k / 2], of[k % 2]);
    all->chart[k] = (plm_chart){.title = all->title[k],
                                .x_label = "layers",
                                .y_label = "log10 of variance behind / before",
                                .series = all->series + first,
                                .count = (int)lines};
}

/* Draws the picture into the file `path`. Returns an exit code. */
static int save(const plm_variance_plan *p, const plm_variance *v, const char *path)
{
    const size_t count = 2 * (size_t)p->activations, lines = (size_t)p->initializers + 1;
    panels all = {.series = plm_cli_take(count * lines * sizeof *all.series),
                  .chart = plm_cli_take(count * sizeof *all.chart),
                  .points = plm_cli_take(count * lines * 2 * POINTS * sizeof *all.points),
                  .title = plm_cli_take(count * sizeof *all.title)};
    for (size_t k = 0; k < count; k++)
        fill_chart(p, v, k, &all);
    const int code = plm_cli_picture_save(all.chart, (int)count, 2, path);
    for (size_t k = 0; k < count; k++)
        free(all.title[k]);
    free(all.title);
    free(all.series);
    free(all.chart);
    free(all.points);
    return code;
}

/* ---- options ---- */

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
    plm_cli_specs parts = plm_cli_specs_of(text ? text : "2,10,50,100");
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

/* The names that a plan points to, which must outlive it. */
typedef struct {
    plm_cli_specs initializers, activations;
} lists;

/* Reads the options into a plan, which borrows the lists. Returns an exit code. */
static int read_plan(const plm_cli_call *call, lists *l, plm_variance_plan *p)
{
    static const int64_t width[2] = {2, MAX_WIDTH}, nets[2] = {1, 99}, seed[2] = {0, 1000000000};
    *p = (plm_variance_plan){.width = 100, .rows = ROWS, .nets = 5, .seed = 1};
    int code = read_list(call, "initializer", usual_initializers, &l->initializers);
    code = code ? code : read_list(call, "activation", usual_activations, &l->activations);
    code = code ? code : read_depths(call, p);
    code = code ? code : plm_cli_whole_option(call, "width", width, &p->width);
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
static int show(const plm_cli_call *call, const plm_variance_plan *p, const plm_variance *v)
{
    const char *path = plm_cli_option_of(call, "output");
    if (plm_cli_option_of(call, "json"))
        print_json(p, v);
    else
        print_tables(p, v);
    return path ? save(p, v, path) : PLM_EXIT_GOOD;
}

/* Measures all pairs and shows them. Returns an exit code. */
static int measure(const plm_cli_call *call, const plm_variance_plan *p)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plm_variance *v = plm_cli_take((size_t)p->initializers * (size_t)p->activations * sizeof *v);
    const plm_status status = plm_variance_measure(w, p, v);
    const int code = status < 0 ? plm_cli_fail_status(w, status, NULL) : show(call, p, v);
    free(v);
    plm_close(w);
    return code;
}

int plm_cli_plot_initializer(const plm_cli_call *call)
{
    lists l = {0};
    plm_variance_plan p;
    int code = read_plan(call, &l, &p);
    code = code ? code : measure(call, &p);
    plm_cli_specs_free(&l.initializers);
    plm_cli_specs_free(&l.activations);
    return code;
}
