/* Charts of what runs recorded in each epoch: one chart for each metric, for the learning rate (if
 * it changes), the gradient norm and the share of the penalty. For one run, a chart has training
 * and validation values; for several runs, the validation values of each, or the training values of
 * a run without validation. The best epoch of each run is marked: the one by which the
 * run chose its weights, usually that with the lowest validation loss. */
#include <math.h>
#include <string.h>

#include "base/metric_text.h"
#include "assess/epochs.h"
#include "plot/plot.h"
#include "plummet_run.h"
#include "run/job.h"

/* CHARTS: max number of charts. SERIES: max number of series of a chart: a line and a mark for each
 * run, or two lines and a mark for a single run. */
enum { CHARTS = 6, SERIES = 2 * PLM_PLOT_CURVES };

/* A run that was read. */
typedef struct {
    const char *path;       /* as the user gave it */
    plm_run_folder *folder; /* open until the chart is drawn */
    plm_history history;    /* borrowed from the folder */
    int64_t best;           /* index of its best row; -1 = none */
    bool by_loss;           /* true = the loss decided which epoch is the best */
    double *x;              /* [history.rows] the epochs */
    char mark;              /* the letter of its best epoch */
} run;

/* Returns the column with the validation values of a metric or, if there is none, with its training
 * values. -1 = there is neither. */
static int validated_column(const plm_history *h, const char *metric)
{
    for (int i = 0; i < h->columns; i++)
        if (strncmp(h->name[i], "val_", 4) == 0 && strcmp(h->name[i] + 4, metric) == 0)
            return i;
    return plm_epochs_column(h, metric);
}

/* Returns the row with the least loss; -1 = no loss is finite. since: number of first epochs that
 * do not count. */
static int64_t least_loss(const plm_history *h, int64_t since)
{
    plm_history counted = *h;
    const int64_t skipped = since < h->rows ? since : h->rows;
    counted.rows -= skipped;
    counted.value += skipped * h->columns;
    const int64_t best = plm_epochs_best(&counted, validated_column(h, "loss"), false);
    return best < 0 ? -1 : best + skipped;
}

/* Finds the column with the epochs of a run, and its best row. */
static plm_status find_best(plm *w, run *r)
{
    plm_since since = {0};
    const plm_history *h = &r->history;
    const int epoch = plm_epochs_column(h, "epoch");
    for (int64_t i = 0; i < h->rows; i++)
        r->x[i] = epoch >= 0 ? plm_epochs_value(h, i, epoch) : (double)(i + 1);
    const char *observers = plm_run_folder_setting(r->folder, "observers");
    PLM_TRY(plm_run_since(w, r->path, &since));
    r->best = plm_epochs_kept(w, h, observers, since.best);
    r->by_loss = strcmp(plm_epochs_monitor_of(w, observers).name, "val_loss") == 0;
    if (r->best < 0)
        r->best = least_loss(h, since.best);
    return PLM_OK;
}

/* Opens the folder of a run and reads its history. The caller closes r->folder, also after an
 * error. */
static plm_status read_run(plm *w, plm_plot *p, const char *path, run *r)
{
    r->path = path;
    r->folder = plm_run_folder_open(w, path);
    if (!r->folder)
        return plm_last_error(w)->status;
    PLM_TRY(plm_run_folder_history(r->folder, &r->history));
    if (r->history.rows == 0)
        return plm_fail(w, PLM_E_DATA, path, "train the run first",
                        "the run has not finished an epoch yet");
    r->x = plm_arena_array(&p->arena, (size_t)r->history.rows, sizeof *r->x);
    if (!r->x)
        return PLM_E_MEMORY;
    return find_best(w, r);
}

/* Adds a column of a run as a line. */
static plm_status add_line(plm_plot *p, plm_chart *c, plm_series *series, const run *r, int column,
                           const char *name)
{
    const plm_history *h = &r->history;
    double *y = plm_arena_array(&p->arena, (size_t)h->rows, sizeof *y);
    const char *copy = plm_arena_text(&p->arena, name, SIZE_MAX); /* it outlives the folder */
    if (!y || !copy)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < h->rows; i++)
        y[i] = h->value[i * h->columns + column];
    series[c->count++] = (plm_series){
        .name = copy, .x = r->x, .y = y, .count = (int)h->rows, .points = h->rows <= 60};
    return PLM_OK;
}

/* Marks the best epoch of a run on the line that was added last. first = true: the chart is that of
 * the loss, which determined the best epoch. */
static plm_status add_mark(plm_plot *p, plm_chart *c, plm_series *series, const run *r, bool first)
{
    const plm_series *line = &series[c->count - 1];
    char figure[32];
    if (r->best < 0 || r->history.rows < 2)
        return PLM_OK;
    plm_metric_text(figure, sizeof figure, line->y[r->best]);
    const char *name = plm_arena_format(
        &p->arena, first || !r->by_loss ? "best: epoch %.0f, %s" : "least loss: epoch %.0f, %s",
        r->x[r->best], figure);
    if (!name)
        return PLM_E_MEMORY;
    series[c->count++] = (plm_series){.name = name,
                                      .x = line->x + r->best,
                                      .y = line->y + r->best,
                                      .count = 1,
                                      .follows = true,
                                      .mark = r->mark};
    return PLM_OK;
}

/* True for a column that describes the training, not the quality of the net, so that it has no best
 * value. */
static bool is_of_training(const char *name)
{
    return strcmp(name, "gradient_norm") == 0 || strcmp(name, "penalty_share") == 0 ||
           strcmp(name, "learning_rate") == 0;
}

/* Adds the lines and the mark of one run to the chart of a metric. alone = true: this is the only
 * run. */
static plm_status add_run(plm_plot *p, plm_chart *c, plm_series *series, const run *r, bool alone)
{
    const plm_history *h = &r->history;
    const int own = plm_epochs_column(h, c->title), column = validated_column(h, c->title);
    if (alone && own >= 0 && own != column)
        PLM_TRY(add_line(p, c, series, r, own, h->name[own]));
    if (column < 0)
        return PLM_OK;
    PLM_TRY(add_line(p, c, series, r, column, alone ? h->name[column] : r->path));
    return is_of_training(c->title) ? PLM_OK : add_mark(p, c, series, r, c == p->chart);
}

/* Sets *top to the largest finite value of a line. False: a value is not above 0. */
static bool find_top(const plm_series *s, double *top)
{
    *top = 0;
    for (int i = 0; i < s->count; i++) {
        if (s->y[i] <= 0)
            return false;
        *top = isfinite(s->y[i]) ? fmax(*top, s->y[i]) : *top;
    }
    return true;
}

/* True if a linear axis would lay one of the lines of a chart flat on the axis: all values are
 * above 0, and one line, as that of a run that diverges, reaches more than ten thousand times as
 * high as another. */
static bool is_wide(const plm_chart *c)
{
    static const double widest = 1e4;
    double low = INFINITY, high = 0, top = 0;
    for (int s = 0; s < c->count; s++) {
        if (!find_top(&c->series[s], &top))
            return false;
        low = c->series[s].count > 1 && top > 0 ? fmin(low, top) : low;
        high = fmax(high, top);
    }
    return high > widest * low;
}

/* Adds the chart of one metric. */
static plm_status add_chart(plm_plot *p, const char *metric, int runs, const run *r)
{
    plm_chart *c = &p->chart[p->charts++];
    plm_series *series = plm_arena_array(&p->arena, SERIES, sizeof *series);
    const char *name = plm_arena_text(&p->arena, metric, SIZE_MAX);
    if (!series || !name)
        return PLM_E_MEMORY;
    *c = (plm_chart){
        .title = name, .x_label = "epoch", .y_label = name, .whole_x = true, .series = series};
    for (int i = 0; i < runs; i++)
        PLM_TRY(add_run(p, c, series, &r[i], runs == 1));
    c->log_y = is_wide(c);
    if (c->log_y)
        c->y_label = plm_arena_format(&p->arena, "%s, logarithmic", name);
    return c->y_label ? PLM_OK : PLM_E_MEMORY;
}

/* True if a run has different values in this column. */
static bool varies(int runs, const run *r, const char *name)
{
    for (int i = 0; i < runs; i++) {
        const plm_history *h = &r[i].history;
        const int column = plm_epochs_column(h, name);
        for (int64_t row = 1; column >= 0 && row < h->rows; row++)
            if (plm_epochs_value(h, row, column) != plm_epochs_value(h, 0, column))
                return true;
    }
    return false;
}

/* True for a column that gets a chart: it is neither a counter, nor the validation values of
 * another column, nor a constant learning rate. */
static bool gets_chart(int runs, const run *r, const char *name)
{
    return strcmp(name, "epoch") != 0 && strcmp(name, "seconds") != 0 &&
           strncmp(name, "val_", 4) != 0 &&
           (strcmp(name, "learning_rate") != 0 || varies(runs, r, name));
}

/* Reads all runs, then adds a chart for each metric of the first run. */
static plm_status fill(plm *w, plm_plot_specs folders, plm_plot *p, run *r)
{
    for (int i = 0; i < folders.count; i++) {
        r[i].mark = (char)('a' + i);
        PLM_TRY(read_run(w, p, folders.text[i], &r[i]));
    }
    const plm_history *h = &r[0].history;
    for (int i = 0; i < h->columns && p->charts < CHARTS; i++)
        if (gets_chart(folders.count, r, h->name[i]))
            PLM_TRY(add_chart(p, h->name[i], folders.count, r));
    p->columns = p->charts > 1 ? 2 : 1;
    return PLM_OK;
}

/* Makes charts of what runs recorded in each epoch. specs: their folders. */
plm_status plm_plot_history(plm *w, plm_plot_specs folders, plm_plot *out)
{
    run r[PLM_PLOT_CURVES] = {{0}};
    PLM_TRY(plm_plot_begin(w, CHARTS, out));
    out->charts = 0;
    if (folders.count > PLM_PLOT_CURVES)
        return plm_fail(w, PLM_E_SPEC, "", "draw the runs in two pictures",
                        "more than %d runs cannot be told apart", PLM_PLOT_CURVES);
    const plm_status status = fill(w, folders, out, r);
    for (int i = 0; i < PLM_PLOT_CURVES; i++)
        plm_run_folder_close(r[i].folder);
    return status;
}
