/* The table of the runs of a folder, see run_list.h. The table is made with all columns. Those
 * without text are not shown, and if it is too wide, the columns in `less` are emptied, one after
 * the other. So a wide screen has all columns, and a narrow one those that distinguish runs best.
 */
#include "archive/run_list.h"

#include <stdio.h>
#include <string.h>

#include "assess/grid.h"
#include "base/folder.h"
#include "base/metric_text.h"
#include "base/spec.h"
#include "base/system.h"
#include "archive/run_known.h"

/* METRICS: max number of metrics in a row of the table. NAME: max number of characters of a
 * target's name. */
enum { METRICS = 3, NAME = 16 };

/* The columns of the table. */
enum { RUN, STATE, DATE, NET, EPOCHS, BEST, METRIC, COLUMNS = METRIC + METRICS };

/* The columns that are removed until the table fits the screen, in this order. */
static const int less[] = {METRIC + 2, NET, METRIC + 1, DATE, EPOCHS, BEST, METRIC};

/* The table that is being made. */
typedef struct {
    plm *w;
    plm_grid grid; /* the cells, as text */
} listing;

/* Sets the date of a run: when its history was last written or, without one, its model or its
 * run.yaml. */
static void set_date(plm_grid *g, int row, const char *path)
{
    static const char *const files[] = {"history.csv", "model.safetensors", "run.yaml", NULL};
    char date[PLM_DATE_CAPACITY] = "";
    const int folder = plm_folder_open(PLM_FOLDER_HERE, path);
    for (int i = 0; folder >= 0 && files[i] && !*date; i++)
        if (!plm_folder_date(folder, files[i], date))
            *date = '\0';
    plm_folder_close(folder);
    plm_grid_set(g, row, DATE, 0, "%s", date);
}

/* Appends the argument target of a run's pipeline, such as price in table('a.csv', target=price),
 * or the names of several targets: "price, kind". Appends nothing if there is no such argument. */
static void add_target(plm_text *t, plm_arena *a, const plm_run_known *r)
{
    const plm_spec *const *step = NULL, *target = NULL;
    size_t steps = 0;
    const char *data = plm_run_folder_setting(r->folder, "data");
    if (*data && plm_spec_parse_sequence(a, data, '|', &steps, &step) >= 0 && steps > 0)
        target = plm_spec_argument_of(step[0], "target", SIZE_MAX);
    const bool list = target && target->type == PLM_SPEC_LIST;
    for (size_t i = 0; target && i < (list ? target->count : 1); i++) {
        const plm_spec *one = list ? target->argument[i].value : target;
        plm_text_format(t, "%s%s", i > 0 ? ", " : "", one->text ? one->text : "");
    }
}

/* Sets the cell about a run's net: the columns that it predicts, if its data is a table with
 * targets, otherwise the size of the model's file. */
static void set_net(plm_grid *g, int row, const char *path, const plm_run_known *r)
{
    char file[PLM_PATH_CAPACITY];
    const uint64_t errors = g->w->errors;
    plm_arena a = {.w = g->w};
    plm_text target = {.w = g->w};
    add_target(&target, &a, r);
    g->failed = g->failed || target.failed || plm_memory_since(g->w, errors) < 0;
    const int length = snprintf(file, sizeof file, "%s/model.safetensors", path);
    const int64_t bytes = length > 0 && length < (int)sizeof file ? plm_path_size(file) : -1;
    if (target.length > 0)
        plm_grid_set(g, row, NET, NAME, "%s", plm_text_get(&target));
    else if (bytes >= 1000000)
        plm_grid_set(g, row, NET, 0, "%.1f MB", (double)bytes * 1e-6);
    else if (bytes >= 0)
        plm_grid_set(g, row, NET, 0, "%.0f kB", (double)bytes * 1e-3);
    plm_text_free(&target);
    plm_arena_free(&a);
}

/* Sets the metrics of the best epoch, such as "val_loss 0.0699". */
static void set_metrics(plm_grid *g, int row, const plm_run_known *r)
{
    int shown = 0;
    for (int i = 0; r->best >= 0 && i < r->history.columns && shown < METRICS; i++) {
        char value[32];
        if (!plm_run_known_is_metric(r, r->history.name[i]))
            continue;
        plm_metric_text(value, sizeof value, plm_run_known_value(r, r->history.name[i]));
        plm_grid_set(g, row, METRIC + shown++, 0, "%s %s", r->history.name[i], value);
    }
}

/* Adds a row for a run, even if the run cannot be read. Errors: E_MEMORY. */
static plm_status add_run(void *self, const char *path)
{
    listing *l = self;
    plm_grid *g = &l->grid;
    plm_run_known r;
    const plm_status status = plm_run_known_open(l->w, path, &r);
    const int row = plm_grid_row(g);
    const char *slash = strrchr(path, '/');
    plm_grid_set(g, row, RUN, 0, "%s", slash ? slash + 1 : path);
    plm_grid_set(g, row, STATE, 0, "%s", r.state);
    set_date(g, row, path);
    if (status >= 0) {
        const double best = plm_run_known_value(&r, "epoch");
        set_net(g, row, path, &r);
        plm_grid_set(g, row, EPOCHS, 0, "%lld", (long long)r.history.rows);
        if (r.validated && r.best >= 0)
            plm_grid_set(g, row, BEST, 0, "%.0f", best);
        set_metrics(g, row, &r);
    }
    plm_run_known_close(&r);
    return status == PLM_E_MEMORY ? status : PLM_OK;
}

/* Prints the table, without the columns that do not fit the screen. Names of runs that are still
 * too long are cut. room: 0 = everything fits. */
static void print(plm_grid *g, int room, plm_text *out)
{
    for (size_t i = 0; i < sizeof less / sizeof *less; i++)
        if (room && plm_grid_width(g) > room)
            plm_grid_clear(g, less[i]);
    if (room)
        (void)plm_grid_fit(g, 1U << RUN, room);
    plm_grid_print(g, out);
}

/* Adds the names of the columns. */
static void add_head(plm_grid *g)
{
    static const char *const head[COLUMNS] = {"run",    "state", "date",   "target or size",
                                              "epochs", "best",  "figures"};
    const int row = plm_grid_row(g);
    for (int k = 0; head[k]; k++)
        plm_grid_set(g, row, k, 0, "%s", head[k]);
}

/* Lists the runs in the order of their names, which is the order of their numbers. */
plm_status plm_run_list(plm *w, const char *folder, int room, plm_text *out)
{
    listing l = {.w = w, .grid = {.w = w}};
    if (folder && !plm_path_exists(folder))
        return plm_fail(w, PLM_E_IO, folder,
                        "plummet train writes runs into the folder runs of the current folder; for "
                        "another one: plummet runs ls FOLDER",
                        "there is no folder '%s'", folder);
    plm_grid_open(&l.grid, COLUMNS);
    add_head(&l.grid);
    const plm_status status = plm_run_each(w, folder, add_run, &l);
    if (status >= 0)
        print(&l.grid, room, out);
    else
        plm_grid_free(&l.grid);
    return status < 0 ? status : PLM_OK;
}
