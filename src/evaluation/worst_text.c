/* Writes the rows with the largest loss as text, each with the columns that explain its prediction.
 * */
#include <string.h>

#include "assess/grid.h"
#include "base/notation.h"
#include "evaluation/assessment.h"

/* LABEL: max characters of a class name. COLUMNS: number of columns of the table. NAMES: the
 * columns with names of classes, which may be cut (plm_grid_fit). */
enum { LABEL = 16, COLUMNS = 4, NAMES = 6, EVERYTHING = 1 << 20 };

/* True if the file lines of all listed rows are known, so that the table can name them. */
static bool has_lines(const plm_predicted *p, const plm_assessment *s, int rows)
{
    bool all = rows > 0;
    for (int i = 0; i < rows; i++)
        all = all && p->line[s->worst_row[i]] > 0;
    return all;
}

/* Adds row `at` of the predictions to the table. place: its line or row number in the data, from 1;
 * 0 = unknown. */
static void fill(plm_grid *g, const plm_predicted_target *t, int64_t at, int64_t place)
{
    char text[32];
    const int row = plm_grid_row(g);
    if (place > 0)
        plm_grid_set(g, row, 0, 0, "%lld", (long long)place);
    if (t->classes > 0) {
        plm_grid_set(g, row, 1, LABEL, "%s", t->label[t->truth[at]]);
        plm_grid_set(g, row, 2, LABEL, "%s", t->label[plm_predicted_class(t, at)]);
        plm_grid_set(g, row, 3, 0, "%.4f", (double)t->probability[at * t->classes + t->truth[at]]);
        return;
    }
    plm_text_from_number(plm_predicted_truth(t, at), text, sizeof text);
    plm_grid_set(g, row, 1, 0, "%s", text);
    plm_figure_print(t->guess[at], text);
    plm_grid_set(g, row, 2, 0, "%s", text);
    plm_figure_print(t->guess[at] - t->wanted[at], text);
    plm_grid_set(g, row, 3, 0, "%s", text);
}

/* Fills the grid with a head and the worst rows. */
static void fill_all(plm_grid *g, const plm_predicted *p, const plm_assessment *s, int rows)
{
    const bool lines = has_lines(p, s, rows), classes = s->target->classes > 0;
    const char *const title[COLUMNS] = {lines ? "line" : "row", "true", "predicted",
                                        classes ? "p(true)" : "error"};
    plm_grid_open(g, COLUMNS);
    const int head = plm_grid_row(g);
    for (int k = 0; k < COLUMNS; k++)
        plm_grid_set(g, head, k, 0, "%s", title[k]);
    for (int i = 0; i < rows; i++) {
        const int64_t at = s->worst_row[i];
        fill(g, s->target, at, lines ? p->line[at] : p->row[at] + 1);
    }
}

/* Makes the table fit the width: cuts names of classes, or leaves out the error of numbers, which
 * is the difference of the other two. */
static void fit(plm_grid *g, bool classes, int width)
{
    if (classes)
        (void)plm_grid_fit(g, NAMES, width);
    else if (plm_grid_width(g) > width)
        plm_grid_clear(g, COLUMNS - 1);
}

/* Appends the reason of a row below it. */
static void add_reason(plm_text *t, const char *reason, int width)
{
    plm_text shown = {.w = t->w};
    plm_text_add_printable(&shown, reason);
    plm_text_add_blanks(t, 2);
    plm_text_wrap(t, 2, 4, width, plm_text_get(&shown));
    plm_text_done(t, &shown);
}

/* Returns the line above the rows. reasons: true = columns that explain the rows are listed. */
static const char *title(const plm_assessment *a, bool reasons)
{
    if (!reasons)
        return "rows with the largest loss";
    if (a->target->classes > 0)
        return "rows with the largest loss; below each, the columns that explain the error: how "
               "far they moved the probability of the predicted class";
    return "rows with the largest loss; below each, the columns that explain the error: how far "
           "they moved the prediction";
}

/* Writes the worst rows. The columns that explain a prediction are inserted below the table row. */
void plm_assessments_worst(const plm_assessments *s, int k, int most, int width, plm_text *t)
{
    const plm_assessment *a = &s->of[k];
    const int rows = a->worst < most ? a->worst : most;
    plm_grid g = {.w = t->w};
    plm_text lines = {.w = t->w};
    if (rows == 0)
        return;
    width = width > 0 ? width : EVERYTHING;
    fill_all(&g, &s->predicted, a, rows);
    fit(&g, a->target->classes > 0, width);
    plm_grid_print(&g, &lines);
    plm_text_add(t, "\n");
    plm_text_wrap(t, 0, 2, width, title(a, s->reason[k][0] != NULL));
    const char *line = plm_text_get(&lines);
    for (int i = -1; i < rows && *line; i++) {
        const size_t n = strcspn(line, "\n");
        plm_text_append(t, line, n + (line[n] != '\0'));
        line += n + (line[n] != '\0');
        if (i >= 0 && s->reason[k][i] && *s->reason[k][i])
            add_reason(t, s->reason[k][i], width);
    }
    plm_text_done(t, &lines);
}
