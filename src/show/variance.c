/* Writes the measurements of `plummet plot init` as tables and as JSON, see variance.h. */
#include "show/variance.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "run/json_text.h"
#include "study/variance_words.h"

/* Widths of columns in letters. */
enum { NAME_COLUMNS = 15, FIGURE = 7, SIDE_COLUMNS = 9 };

/* Returns the colour of a verdict. */
static plm_paint paint_of(plm_variance_verdict v)
{
    static const plm_paint paints[] = {[PLM_VARIANCE_KEEPS] = PLM_GREEN,
                                       [PLM_VARIANCE_DRIFTS] = PLM_CYAN,
                                       [PLM_VARIANCE_VANISHES] = PLM_YELLOW,
                                       [PLM_VARIANCE_EXPLODES] = PLM_RED};
    return paints[v];
}

/* Returns the width of a column of numbers. If there is only one depth, the column is wider, so
 * that its heading fits. */
static int figure_columns(const plm_variance_plan *p)
{
    return p->depths > 1 ? FIGURE : FIGURE + 4;
}

/* Appends the ratios v[depths], each in the colour of its verdict (such as vanishing). */
static void add_ratios(const plm_variance_plan *p, plm_screen s, const double *v, plm_text *out)
{
    for (int d = 0; d < p->depths; d++) {
        char text[16];
        plm_variance_ratio_text(text, sizeof text, v[d]);
        plm_text_paint(out, s, paint_of(plm_variance_evaluate(v[d], p->depth[d])), "%*s",
                       figure_columns(p), text);
    }
}

/* Appends the verdict on a pair. */
static void add_verdict(const plm_variance_plan *p, plm_screen s, const plm_variance *v,
                        plm_text *out)
{
    const plm_variance_verdict verdict = plm_variance_evaluate_pair(p, v);
    plm_text_add(out, " ");
    plm_text_paint(out, s, paint_of(verdict), "%s", plm_variance_word(verdict));
    plm_text_add(out, "\n");
}

/* Appends a heading over several columns: "  ----- outputs -----". If there is no space for the
 * dashes, they are left out. */
static void add_span(int width, const char *text, plm_text *out)
{
    static const char dashes[] = "--------------------------------";
    int rest = width - 4 - (int)strlen(text);
    if (rest < 2)
        plm_text_format(out, "%*s", width, text);
    else
        plm_text_format(out, "  %.*s %s %.*s", rest / 2, dashes, text, rest - rest / 2, dashes);
}

/* Appends the numbers of layers, as headings of the columns. sides: number of column groups
 * (outputs, gradients). */
static void add_depths(const plm_variance_plan *p, int sides, plm_text *out)
{
    for (int i = 0; i < sides * p->depths; i++)
        plm_text_format(out, "%*lld", figure_columns(p), (long long)p->depth[i % p->depths]);
    plm_text_add(out, "\n");
}

/* Appends the table of an activation: one row per initializer. v: [initializers] measurements. */
static void add_table(const plm_variance_plan *p, plm_screen s, int activation,
                      const plm_variance *v, plm_text *out)
{
    plm_text_paint(out, s, PLM_BOLD, "%-*s", NAME_COLUMNS, p->activation[activation]);
    add_span(figure_columns(p) * p->depths, "outputs", out);
    add_span(figure_columns(p) * p->depths, "gradients", out);
    plm_text_format(out, "\n  %-*s", NAME_COLUMNS - 2, "layers:");
    add_depths(p, 2, out);
    for (int i = 0; i < p->initializers; i++) {
        const char *name = p->initializer[i];
        const bool apart = strlen(name) > NAME_COLUMNS;
        plm_text_add(out, apart ? name : "");
        plm_text_format(out, apart ? "\n%-*s" : "%-*s", NAME_COLUMNS, apart ? "" : name);
        add_ratios(p, s, v[i].outputs, out);
        add_ratios(p, s, v[i].gradients, out);
        add_verdict(p, s, &v[i], out);
    }
}

/* True if the columns of a table, with a verdict of up to 8 characters, do not fit the terminal. */
static bool is_narrow(const plm_variance_plan *p, plm_screen s)
{
    const int needed = NAME_COLUMNS + 2 * figure_columns(p) * p->depths + 9;
    return s.terminal && s.width < needed;
}

/* Appends the ratios of one side, outputs or gradients, on a separate line. */
static void add_side(const plm_variance_plan *p, plm_screen s, const char *side, const double *v,
                     plm_text *out)
{
    plm_text_format(out, "  %-*s", SIDE_COLUMNS, side);
    add_ratios(p, s, v, out);
    plm_text_add(out, "\n");
}

/* Appends the table of an activation for a narrow terminal: outputs and gradients on separate
 * lines. */
static void add_narrow(const plm_variance_plan *p, plm_screen s, int activation,
                       const plm_variance *v, plm_text *out)
{
    plm_text_paint(out, s, PLM_BOLD, "%s", p->activation[activation]);
    plm_text_format(out, "\n  %-*s", SIDE_COLUMNS, "layers:");
    add_depths(p, 1, out);
    for (int i = 0; i < p->initializers; i++) {
        plm_text_add(out, p->initializer[i]);
        add_verdict(p, s, &v[i], out);
        add_side(p, s, "outputs", v[i].outputs, out);
        add_side(p, s, "gradients", v[i].gradients, out);
    }
}

/* Appends the tables. Either all tables are in the wide form or all in the narrow form: their
 * widths depend on the plan alone. */
void plm_variance_tables(const plm_variance_plan *p, plm_screen s, const plm_variance *v,
                         plm_text *out)
{
    plm_arena arena = {0};
    const char *widths = plm_variance_widths(p, &arena);
    const char *head =
        plm_arena_format(&arena,
                         "Variance after the given number of dense layers of %s units, divided by "
                         "the variance before them: of outputs going forward, and of gradients "
                         "going back. A ratio of 1 keeps the variance. Median of %lld net%s.",
                         widths ? widths : "", (long long)p->nets, p->nets > 1 ? "s" : "");
    plm_text_wrap(out, 0, 0, plm_screen_page(s), head ? head : "");
    out->failed = out->failed || !widths || !head;
    plm_arena_free(&arena);
    for (int a = 0; a < p->activations; a++) {
        plm_text_add(out, "\n");
        (is_narrow(p, s) ? add_narrow : add_table)(p, s, a, v + a * p->initializers, out);
    }
}

/* Appends JSON objects. Keys combine side and depth, such as outputs_50, so that each object is
 * flat. */
void plm_variance_json(const plm_variance_plan *p, const plm_variance *v, plm_text *out)
{
    for (int k = 0; k < p->activations * p->initializers; k++) {
        plm_json_text j = plm_json_text_begin(out);
        plm_json_text_member(&j, "activation", p->activation[k / p->initializers]);
        plm_json_text_member(&j, "initializer", p->initializer[k % p->initializers]);
        for (int i = 0; i < 2 * p->depths; i++) {
            const int d = i % p->depths;
            const bool back = i >= p->depths;
            char key[40];
            snprintf(key, sizeof key, "%s_%lld", back ? "gradients" : "outputs",
                     (long long)p->depth[d]);
            plm_json_text_number(&j, key, back ? v[k].gradients[d] : v[k].outputs[d]);
        }
        plm_json_text_member(&j, "verdict",
                             plm_variance_word(plm_variance_evaluate_pair(p, &v[k])));
        plm_json_text_end(&j);
    }
}
