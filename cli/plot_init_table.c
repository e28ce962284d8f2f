/* Shows what plummet plot init measured as tables and as JSON. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "plot_init.h"

/* Widths of columns in letters. */
enum { NAME_COLUMNS = 15, FIGURE = 7, SIDE_COLUMNS = 9 };

/* Returns the colour of a verdict. */
static plm_cli_paint paint_of(plm_variance_verdict v)
{
    static const plm_cli_paint paints[] = {[PLM_VARIANCE_KEEPS] = PLM_GREEN,
                                           [PLM_VARIANCE_DRIFTS] = PLM_CYAN,
                                           [PLM_VARIANCE_VANISHES] = PLM_YELLOW,
                                           [PLM_VARIANCE_EXPLODES] = PLM_RED};
    return paints[v];
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
        plm_variance_ratio_text(text, sizeof text, v[d]);
        printf("%s%*s%s",
               plm_cli_paint_begin(screen, paint_of(plm_variance_evaluate(v[d], p->depth[d]))),
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
        const plm_variance_verdict verdict = plm_variance_evaluate_pair(p, &v[i]);
        const char *name = p->initializer[i];
        if (strlen(name) > NAME_COLUMNS) {
            puts(name);
            name = "";
        }
        printf("%-*s", NAME_COLUMNS, name);
        print_figures(p, v[i].outputs);
        print_figures(p, v[i].gradients);
        printf(" %s%s%s\n", plm_cli_paint_begin(screen, paint_of(verdict)),
               plm_variance_word(verdict), plm_cli_paint_begin(screen, PLM_PLAIN));
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
        const plm_variance_verdict verdict = plm_variance_evaluate_pair(p, &v[i]);
        printf("%s %s%s%s\n", p->initializer[i], plm_cli_paint_begin(screen, paint_of(verdict)),
               plm_variance_word(verdict), plm_cli_paint_begin(screen, PLM_PLAIN));
        print_side(p, "outputs", v[i].outputs);
        print_side(p, "gradients", v[i].gradients);
    }
}

void plm_cli_init_tables(const plm_variance_plan *p, const plm_variance *v)
{
    plm_arena arena = {0};
    const char *widths = plm_variance_widths(p, &arena);
    if (!widths)
        plm_cli_end_without_memory();
    char *text = plm_cli_format(
        "Variance behind so many dense layers of %s units, over the variance before "
        "them: outputs going forward, gradients going back. 1 = kept. Median of %lld "
        "net%s.",
        widths, (long long)p->nets, p->nets > 1 ? "s" : "");
    plm_cli_wrap(stdout, 0, 0, plm_cli_page(stdout), text);
    free(text);
    plm_arena_free(&arena);
    for (int a = 0; a < p->activations; a++) {
        putchar('\n');
        if (is_narrow(p))
            print_narrow(p, a, v + a * p->initializers);
        else
            print_table(p, a, v + a * p->initializers);
    }
}

void plm_cli_init_json(const plm_variance_plan *p, const plm_variance *v)
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
        plm_cli_json_text(&j, "verdict", plm_variance_word(plm_variance_evaluate_pair(p, &v[k])));
        plm_cli_json_end(&j);
    }
}
