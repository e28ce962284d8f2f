/* plummet plot history: draws what runs recorded in each epoch, one chart a metric. Of one run,
 * training and validation; of several, the validation of each, or the training where there is
 * none. The best epoch is marked: that of the least validation loss. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "plot.h"

/* Series of a chart: a line and a mark for each run, or two lines and a mark. */
enum { MAX_RUNS = 7, MAX_CHARTS = 6, MAX_SERIES = 2 * MAX_RUNS };

/* A run that was read. */
typedef struct {
    const char *path;
    plm_run_folder *folder;
    plm_history history;
    int64_t best; /* its best row; -1 = none */
    double *x;    /* [rows] the epochs */
} run;

/* The charts of all metrics. */
typedef struct {
    run run[MAX_RUNS];
    int runs, charts;
    plm_chart chart[MAX_CHARTS];
    plm_series series[MAX_CHARTS][MAX_SERIES];
    double *column[MAX_CHARTS][MAX_SERIES]; /* the y of each line */
    char *text[MAX_CHARTS][MAX_SERIES];     /* names of the marks */
} plot;

static int column_of(const plm_history *h, const char *name)
{
    for (int i = 0; i < h->columns; i++)
        if (strcmp(h->name[i], name) == 0)
            return i;
    return -1;
}

/* Returns the column of the validation of a metric, or of its training. -1 = there is neither. */
static int judged_column(const plm_history *h, const char *metric)
{
    char *name = plm_cli_format("val_%s", metric);
    const int column = column_of(h, name);
    free(name);
    return column >= 0 ? column : column_of(h, metric);
}

/* Opens a run and finds its best epoch. */
static int read_run(plm *w, const char *path, run *r)
{
    r->path = path;
    r->best = -1;
    r->folder = plm_run_folder_open(w, path);
    if (!r->folder)
        return plm_cli_fail_status(w, plm_last_error(w)->status, NULL);
    int code = plm_cli_code(w, plm_run_folder_history(r->folder, &r->history));
    if (!code && r->history.rows == 0)
        code = plm_cli_fail(PLM_EXIT_DATA, path, "train it first", "the run has no epoch yet");
    if (code)
        return code;
    const plm_history *h = &r->history;
    const int epoch = column_of(h, "epoch"), loss = judged_column(h, "loss");
    r->x = plm_cli_take((size_t)h->rows * sizeof *r->x);
    for (int64_t i = 0; i < h->rows; i++) {
        const double *row = h->value + i * h->columns;
        r->x[i] = epoch >= 0 ? row[epoch] : (double)(i + 1);
        if (loss >= 0 && isfinite(row[loss]) &&
            (r->best < 0 || row[loss] < h->value[r->best * h->columns + loss]))
            r->best = i;
    }
    return PLM_EXIT_GOOD;
}

/* Adds a column of a run as a line of chart k. */
static void add_line(plot *p, int k, const run *r, int column, const char *name)
{
    const plm_history *h = &r->history;
    plm_chart *c = &p->chart[k];
    double *y = plm_cli_take((size_t)h->rows * sizeof *y);
    for (int64_t i = 0; i < h->rows; i++)
        y[i] = h->value[i * h->columns + column];
    p->column[k][c->count] = y;
    p->series[k][c->count] = (plm_series){
        .name = name, .x = r->x, .y = y, .count = (int)h->rows, .points = h->rows <= 60};
    c->count++;
}

/* Marks the best epoch of a run on the line that was added last. */
static void add_mark(plot *p, int k, const run *r)
{
    plm_chart *c = &p->chart[k];
    const plm_series *line = &p->series[k][c->count - 1];
    if (r->best < 0 || r->history.rows < 2)
        return;
    char figure[32];
    plm_cli_figure(figure, sizeof figure, line->y[r->best]);
    p->text[k][c->count] = plm_cli_format(
        k == 0 ? "best: epoch %.0f, %s" : "least loss: epoch %.0f, %s", r->x[r->best], figure);
    p->series[k][c->count] = (plm_series){.name = p->text[k][c->count],
                                          .x = line->x + r->best,
                                          .y = line->y + r->best,
                                          .count = 1,
                                          .follows = true,
                                          .mark = (char)('a' + (r - p->run))};
    c->count++;
}

/* Fills the chart of one metric: of one run its training and validation, of several what judges
 * each. */
static void add_chart(plot *p, const char *metric)
{
    const int k = p->charts++;
    p->chart[k] =
        (plm_chart){.title = metric, .x_label = "epoch", .y_label = metric, .series = p->series[k]};
    for (int i = 0; i < p->runs; i++) {
        const run *r = &p->run[i];
        const int own = column_of(&r->history, metric), column = judged_column(&r->history, metric);
        if (p->runs == 1 && own >= 0 && own != column)
            add_line(p, k, r, own, r->history.name[own]);
        if (column < 0)
            continue;
        add_line(p, k, r, column, p->runs == 1 ? r->history.name[column] : r->path);
        add_mark(p, k, r);
    }
}

/* True for a column that gets a chart: not a counter, and not the validation of another one. */
static bool is_metric(const char *name)
{
    return strcmp(name, "epoch") != 0 && strcmp(name, "seconds") != 0 &&
           strncmp(name, "val_", 4) != 0;
}

static int draw(const plm_cli_call *call, plm *w, plot *p)
{
    int code = PLM_EXIT_GOOD;
    for (int i = 1; i < call->arguments && !code; i++)
        code = read_run(w, call->argument[i], &p->run[p->runs++]);
    const plm_history *h = &p->run[0].history;
    for (int i = 0; i < h->columns && p->charts < MAX_CHARTS && !code; i++)
        if (is_metric(h->name[i]))
            add_chart(p, h->name[i]);
    return code ? code
                : plm_cli_charts_show(p->chart, p->charts, p->charts > 1 ? 2 : 1,
                                      plm_cli_picture_of(call));
}

static void free_plot(plot *p)
{
    for (int i = 0; i < p->runs; i++) {
        plm_run_folder_close(p->run[i].folder);
        free(p->run[i].x);
    }
    for (int k = 0; k < p->charts; k++)
        for (int s = 0; s < MAX_SERIES; s++) {
            free(p->column[k][s]);
            free(p->text[k][s]);
        }
    free(p);
}

int plm_cli_plot_history(const plm_cli_call *call)
{
    if (call->arguments < 2 || call->arguments - 1 > MAX_RUNS)
        return plm_cli_fail(PLM_EXIT_USAGE, NULL, "plummet plot history runs/net-0001",
                            call->arguments < 2 ? "name the folder of a run"
                                                : "more than 7 runs cannot be told apart");
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    plot *p = plm_cli_take(sizeof *p);
    const int code = draw(call, w, p);
    free_plot(p);
    plm_close(w);
    return code;
}
