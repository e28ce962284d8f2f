/* Writes the metrics of the groups of a column as text and as JSON. On a narrow screen, metrics are
 * left out from the right, then intervals go below their metrics, and values of the column are cut.
 * The interval of the first metric is never left out, since groups may have few rows. */
#include <math.h>

#include "assess/grid.h"
#include "evaluation/by_column.h"
#include "run/json_text.h"

/* LABEL: max characters of a value. SHOWN: max number of metrics. FORMS: number of forms of the
 * table, from wide to narrow. */
enum { LABEL = 24, SHOWN = 3, FORMS = 6, EVERYTHING = 1 << 20 };

/* What a form of the table has: how many metrics, and whether the interval of the first one is
 * below it, in a row of its own, or beside it. */
typedef struct {
    int figures;
    bool below;
} form;

/* Sets figure[SHOWN] to the indices of the metrics that are shown; -1 = none. */
static void choose(const plm_assessment *s, int figure[SHOWN])
{
    static const char *const of_classes[SHOWN] = {"accuracy", "f1", "log_loss"},
                             *const of_numbers[SHOWN] = {"rmse", "mae", "r2"};
    for (int k = 0; k < SHOWN; k++) {
        const char *name = s->target->classes > 0 ? of_classes[k] : of_numbers[k];
        const plm_figure *found = plm_assessment_figure(s, name);
        figure[k] = found ? (int)(found - s->figure) : -1;
    }
}

/* Adds a row with the metrics s. all: the metrics of all rows, which give the number of decimals.
 */
static int add_row(plm_grid *g, const plm_assessment *s, const plm_assessment *all, form f)
{
    int figure[SHOWN], at = 2;
    char text[32], high[32];
    const int row = plm_grid_row(g);
    choose(all, figure);
    plm_grid_set(g, row, 1, 0, "%lld", (long long)s->rows);
    for (int k = 0; k < f.figures && figure[k] >= 0; k++) {
        const plm_interval *is = &s->figure[figure[k]].is;
        const int decimals = plm_figure_decimals(all->figure[figure[k]].is.value);
        plm_figure_write(text, is->value, decimals);
        plm_grid_set(g, row, at++, 0, "%s", text);
        plm_figure_write(text, is->low, decimals);
        plm_figure_write(high, is->high, decimals);
        if (k == 0 && !isnan(is->low))
            plm_grid_set(g, f.below ? plm_grid_row(g) : row, f.below ? at - 1 : at, 0, "%s to %s",
                         text, high);
        at += k == 0 && !f.below;
    }
    return row;
}

/* Adds the names of the columns. */
static void add_head(plm_grid *g, const char *column, const plm_assessment *all, form f)
{
    int figure[SHOWN], at = 2;
    const int row = plm_grid_row(g);
    choose(all, figure);
    plm_grid_set(g, row, 0, LABEL, "%s", column);
    plm_grid_set(g, row, 1, 0, "rows");
    for (int k = 0; k < f.figures && figure[k] >= 0; k++) {
        plm_grid_set(g, row, at++, 0, "%s", all->figure[figure[k]].name);
        if (k == 0)
            plm_grid_set(g, f.below ? plm_grid_row(g) : row, f.below ? at - 1 : at, 0,
                         "95 %% interval");
        at += k == 0 && !f.below;
    }
}

/* Fills the table of target k in a form. */
static void fill(plm_grid *g, const plm_by_column *b, const plm_assessment *all, int k, form f)
{
    plm_grid_open(g, 2 + f.figures + !f.below);
    add_head(g, b->column, all, f);
    for (int i = 0; i < b->groups; i++) {
        const plm_by_group *group = &b->group[i];
        const int row = add_row(g, &group->of[k], all, f);
        if (group->others > 0)
            plm_grid_set(g, row, 0, LABEL, "%lld other values", (long long)group->others);
        else
            plm_grid_set(g, row, 0, LABEL, "%s", group->value ? group->value : "(missing)");
    }
    plm_grid_set(g, add_row(g, all, all, f), 0, LABEL, "all rows");
}

void plm_by_column_text(const plm_by_column *b, const plm_assessments *s, int k, int width,
                        plm_text *t)
{
    static const form forms[FORMS] = {{3, false}, {2, false}, {1, false},
                                      {3, true},  {2, true},  {1, true}};
    plm_grid g = {.w = t->w};
    if (!b->column)
        return;
    width = width > 0 ? width : EVERYTHING;
    fill(&g, b, &s->of[k], k, forms[0]);
    for (int i = 1; i < FORMS && plm_grid_width(&g) > width; i++) {
        plm_grid_free(&g);
        fill(&g, b, &s->of[k], k, forms[i]);
    }
    (void)plm_grid_fit(&g, 1, width); /* column 0 has the values */
    plm_text_add(t, "\n");
    plm_grid_print(&g, t);
}

/* Appends a group: its value, null for missing cells, or the number of its values; its rows; and
 * the metrics of each target. */
static void add_group(const plm_by_group *g, const plm_assessments *s, plm_text *t)
{
    if (g->others > 0) {
        plm_text_format(t, "{\"other_values\":%lld", (long long)g->others);
    } else {
        plm_text_add(t, "{\"value\":");
        if (g->value)
            plm_json_text_string(t, g->value);
        else
            plm_text_add(t, "null");
    }
    plm_text_format(t, ",\"rows\":%lld,\"targets\":[", (long long)g->rows);
    for (int k = 0; k < s->targets; k++) {
        plm_text_add(t, k > 0 ? ",{\"target\":" : "{\"target\":");
        plm_json_text_string(t, s->of[k].target->name);
        plm_text_add(t, ",\"figures\":");
        plm_assessment_figures_json(t, &g->of[k]);
        plm_text_add(t, "}");
    }
    plm_text_add(t, "]}");
}

void plm_by_column_json(const plm_by_column *b, const plm_assessments *s, plm_text *t)
{
    if (!b->column)
        return;
    plm_text_add(t, ",\"by\":{\"column\":");
    plm_json_text_string(t, b->column);
    plm_text_add(t, ",\"groups\":[");
    for (int i = 0; i < b->groups; i++) {
        plm_text_add(t, i > 0 ? "," : "");
        add_group(&b->group[i], s, t);
    }
    plm_text_add(t, "]}");
}
