/* Writes which inputs matter, as text and as JSON. */
#include <math.h>

#include "assess/grid.h"
#include "evaluation/explanation.h"
#include "run/json_text.h"

/* NAME, VALUE: max number of characters of a column's name and of its value. NARROW_NAME,
 * NARROW_VALUE: the same on a screen of less than WIDE columns. NAMES, NAMES_AND_VALUES: columns of
 * the tables whose texts are cut if that is not enough (plm_grid_fit). */
enum {
    NAME = 28,
    VALUE = 16,
    NARROW_NAME = 14,
    NARROW_VALUE = 9,
    WIDE = 72,
    NAMES = 1,
    NAMES_AND_VALUES = 3
};

/* Returns the number of decimals for effects of which the largest is `largest`. */
static int decimals_for(const plm_explaining *e, double largest)
{
    if (e->of->classes > 0)
        return 4;
    return plm_figure_decimals(largest);
}

/* Appends the table of the importance. */
static void add_importance(const plm_explaining *e, int64_t most, int width, plm_text *t)
{
    const bool classes = e->of->classes > 0, narrow = width < WIDE;
    plm_grid g = {.w = t->w};
    plm_text line = {.w = t->w};
    plm_grid_open(&g, narrow ? 2 : 4);
    const int head = plm_grid_row(&g);
    plm_grid_set(&g, head, 0, 0, "column");
    plm_grid_set(&g, head, 1, 0, classes ? "log loss rise" : "rmse rise");
    if (!narrow) {
        plm_grid_set(&g, head, 2, 0, "95 %% interval");
        plm_grid_set(&g, head, 3, 0, classes ? "accuracy fall" : "r2 fall");
    }
    const int decimals = e->groups.count > 0 ? decimals_for(e, e->importance[0].rise.value) : 4;
    for (int64_t i = 0; i < e->groups.count && i < most; i++) {
        const plm_importance *m = &e->importance[i];
        const int row = plm_grid_row(&g);
        char rise[32], low[32], high[32], fall[32];
        plm_figure_write(rise, m->rise.value, decimals);
        plm_figure_write(low, m->rise.low, decimals);
        plm_figure_write(high, m->rise.high, decimals);
        plm_grid_set(&g, row, 0, narrow ? NARROW_NAME : NAME, "%s", e->groups.at[m->group].name);
        plm_grid_set(&g, row, 1, 0, "%s", rise);
        if (narrow)
            continue;
        plm_grid_set(&g, row, 2, 0, "%s to %s", low, high);
        plm_figure_write(fall, m->fall, 4);
        plm_grid_set(&g, row, 3, 0, "%s", fall);
    }
    (void)plm_grid_fit(&g, NAMES, width);
    plm_text_format(&line, "how much the %s rises when a column is shuffled among %lld row%s",
                    classes ? "log loss" : "rmse", (long long)e->rows, e->rows == 1 ? "" : "s");
    plm_text_wrap(t, 0, 0, width, plm_text_get(&line));
    plm_text_add(t, "\n");
    plm_text_done(t, &line);
    plm_grid_print(&g, t);
}

/* Appends the row that is explained, its prediction, and the mean prediction over other rows. */
static void add_prediction(const plm_explaining *e, int width, plm_text *out)
{
    char is[32], usual[32];
    plm_text line = {.w = out->w}, *t = &line;
    plm_figure_print(e->of_row.is, is);
    plm_figure_print(e->of_row.usual, usual);
    plm_text_format(t, "row %lld", (long long)e->one.row[0] + 1);
    if (e->one.line[0] > 0)
        plm_text_format(t, " (line %lld)", (long long)e->one.line[0]);
    if (e->of->classes > 0) {
        plm_text_add(t, ": '");
        plm_text_add_printable(t, e->of->label[e->of_row.chosen]);
        plm_text_format(t, "' with probability %s; the mean over other rows is %s", is, usual);
    } else {
        plm_text_format(t, ": %s; the mean over other rows is %s", is, usual);
    }
    plm_text_wrap(out, 0, 0, width, plm_text_get(t));
    plm_text_add(out, "\n");
    out->failed = out->failed || t->failed;
    plm_text_free(t);
}

/* Adds a last row that sums up the columns that the table does not list. rest: the sum of their
 * contributions. */
static void add_others(plm_grid *g, int64_t count, double rest, int decimals)
{
    const int row = plm_grid_row(g);
    char moves[32];
    plm_figure_write(moves, rest, decimals);
    plm_grid_set(g, row, 0, 0, "%lld others", (long long)count);
    plm_grid_set(g, row, 2, 0, "%s%s", rest < 0 ? "" : "+", moves);
}

/* Appends a table of what each column contributed to the prediction of the row. */
static void add_row(const plm_explaining *e, int64_t most, int width, plm_text *t)
{
    const bool narrow = width < WIDE;
    plm_grid g = {.w = t->w};
    double rest = 0;
    add_prediction(e, width, t);
    plm_grid_open(&g, narrow ? 3 : 4);
    const int head = plm_grid_row(&g);
    plm_grid_set(&g, head, 0, 0, "column");
    plm_grid_set(&g, head, 1, 0, "value");
    plm_grid_set(&g, head, 2, 0, "moves it by");
    if (!narrow)
        plm_grid_set(&g, head, 3, 0, "standard error");
    const int decimals = e->groups.count > 0 ? decimals_for(e, e->of_row.part[0].value) : 4;
    for (int64_t i = 0; i < e->groups.count; i++) {
        const plm_contribution *c = &e->of_row.part[i];
        plm_text value = {.w = t->w};
        if (i >= most) {
            rest += c->value;
            continue;
        }
        const int row = plm_grid_row(&g);
        char moves[32], error[32];
        plm_explaining_value(e, c->group, &value);
        plm_figure_write(moves, c->value, decimals);
        plm_figure_write(error, c->error, decimals);
        plm_grid_set(&g, row, 0, narrow ? NARROW_NAME : NAME, "%s", e->groups.at[c->group].name);
        plm_grid_set(&g, row, 1, narrow ? NARROW_VALUE : VALUE, "%s", plm_text_get(&value));
        plm_grid_set(&g, row, 2, 0, "%s%s", c->value < 0 ? "" : "+", moves);
        if (!narrow)
            plm_grid_set(&g, row, 3, 0, "%s", error);
        plm_text_done(t, &value);
    }
    if (e->groups.count > most)
        add_others(&g, e->groups.count - most, rest, decimals);
    (void)plm_grid_fit(&g, NAMES_AND_VALUES, width);
    plm_grid_print(&g, t);
}

/* If there are several targets, appends which of them is explained, and how to select another. */
static void add_target(const plm_explaining *e, int width, plm_text *t)
{
    plm_text line = {.w = t->w};
    if (e->targets < 2)
        return;
    plm_text_format(&line, "output %d of %d, counted from 0", e->target, e->targets);
    if (*e->of->name) {
        plm_text_add(&line, ": ");
        plm_text_add_printable(&line, e->of->name);
    }
    plm_text_format(&line, "; output=%s shows another", *e->of->name ? "NAME" : "N");
    plm_text_wrap(t, 0, 0, width, plm_text_get(&line));
    plm_text_add(t, "\n");
    plm_text_done(t, &line);
}

/* Appends the result as text. most: number of columns that are listed; 0 = all. width: of the
 * screen in characters; 0 = no limit. */
void plm_explaining_text(const plm_explaining *e, int64_t most, int width, plm_text *t)
{
    width = width > 0 ? width : 1 << 20;
    const int64_t shown = most > 0 && most < e->groups.count ? most : e->groups.count;
    add_target(e, width, t);
    if (e->row > 0) {
        add_row(e, shown, width, t);
        return;
    }
    add_importance(e, shown, width, t);
    if (shown < e->groups.count)
        plm_text_format(t, "and %lld more columns, which matter less\n",
                        (long long)(e->groups.count - shown));
}

/* Appends a JSON object for each column's contribution to the prediction of one row. */
static void json_row(const plm_explaining *e, plm_text *t)
{
    for (int64_t i = 0; i < e->groups.count; i++) {
        const plm_contribution *c = &e->of_row.part[i];
        plm_text value = {.w = t->w};
        plm_text_add(t, i > 0 ? "," : "");
        plm_json_text j = plm_json_text_begin(t);
        plm_explaining_value(e, c->group, &value);
        plm_json_text_member(&j, "column", e->groups.at[c->group].name);
        plm_json_text_member(&j, "value", plm_text_get(&value));
        plm_json_text_number(&j, "moves", c->value);
        plm_json_text_number(&j, "error", c->error);
        plm_text_add(t, "}");
        plm_text_done(t, &value);
    }
}

/* Appends a JSON object for each column's importance over all rows. */
static void json_importance(const plm_explaining *e, plm_text *t)
{
    for (int64_t i = 0; i < e->groups.count; i++) {
        const plm_importance *m = &e->importance[i];
        const double rise[] = {m->rise.value, m->rise.low, m->rise.high};
        plm_text_add(t, i > 0 ? "," : "");
        plm_json_text j = plm_json_text_begin(t);
        plm_json_text_member(&j, "column", e->groups.at[m->group].name);
        plm_json_text_reals(&j, e->of->classes > 0 ? "log_loss" : "rmse", 3, rise);
        plm_json_text_number(&j, e->of->classes > 0 ? "accuracy" : "r2", -m->fall);
        plm_text_add(t, "}");
    }
}

/* Appends the result as one JSON object, which always lists all columns. */
void plm_explaining_json(const plm_explaining *e, plm_text *t)
{
    plm_json_text j = plm_json_text_begin(t);
    plm_json_text_member(&j, "target", e->of->name);
    j.digits = 15; /* the target's values may be far from 0, so predictions need all digits of a
                    * double */
    if (e->row > 0) {
        plm_json_text_number(&j, "row", (double)e->one.row[0] + 1);
        if (e->of->classes > 0)
            plm_json_text_member(&j, "class", e->of->label[e->of_row.chosen]);
        plm_json_text_number(&j, "predicted", e->of_row.is);
        plm_json_text_number(&j, "usual", e->of_row.usual);
    } else {
        plm_json_text_number(&j, "rows", (double)e->rows);
    }
    plm_text_add(t, ",\"columns\":[");
    if (e->row > 0)
        json_row(e, t);
    else
        json_importance(e, t);
    plm_text_add(t, "]");
    plm_json_text_end(&j);
}
