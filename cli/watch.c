/* The command's own observer of a fit. */
#include "watch.h"

#include <errno.h>
#include <math.h>
#include <string.h>

void plm_cli_watch_flush(void)
{
    if (fflush(stdout) && errno == EPIPE && !freopen("/dev/null", "w", stdout))
        clearerr(stdout);
}

static void json_epoch(const plm_event *e)
{
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "epoch");
    plm_cli_json_number(&j, "epoch", (double)(e->epoch + 1));
    for (int i = 0; i < e->logs; i++)
        plm_cli_json_number(&j, e->log[i].name, e->log[i].value);
    plm_cli_json_number(&j, "samples_per_s", e->rate);
    plm_cli_json_end(&j);
    plm_cli_watch_flush(); /* who reads the pipe wants it now */
}

static void take(plm_cli_watch *w, int logs, const char *name, double value)
{
    w->value[logs] = value;
    snprintf(w->name[logs], sizeof w->name[logs], "%s", name);
}

void plm_cli_watch_take(plm_cli_watch *w, const plm_history *rows, int64_t epoch)
{
    for (int64_t row = 0; row < rows->rows; row++) {
        const double *value = rows->value + row * rows->columns;
        if (value[0] < (double)epoch || value[0] > (double)epoch)
            continue;
        w->logs = rows->columns - 1 < PLM_CLI_LOGS ? rows->columns - 1 : PLM_CLI_LOGS;
        for (int i = 0; i < w->logs; i++)
            take(w, i, rows->name[i + 1], value[i + 1]);
    }
}

static void epoch_end(plm_cli_watch *w, const plm_history *rows, const plm_event *e)
{
    w->epochs = e->epoch + 1;
    w->seconds = e->seconds;
    w->rate = e->rate;
    w->logs = e->logs < PLM_CLI_LOGS ? e->logs : PLM_CLI_LOGS;
    for (int i = 0; i < w->logs; i++)
        take(w, i, e->log[i].name, e->log[i].value);
    plm_cli_progress_epoch(&w->progress, e);
    plm_cli_rundir_hold(w->folder, w->settings, w->note);
    if (w->folder->lost)
        plm_cli_signals_hold(w->signals, true, w->folder->path);
    plm_cli_history_add(&w->folder->history, rows, e->seconds);
    if (w->json)
        json_epoch(e);
}

/* The first batch of a run is trained: settings, data, model and checkpoint are known to fit, so
 * the folder may change. */
static bool begin(plm_cli_watch *w, plm_history rows, const plm_event *e)
{
    if (e->kind == PLM_EPOCH_END) /* its own row comes later */
        rows.rows--;
    w->first = w->epochs = e->epoch;
    w->failed = plm_cli_rundir_begin(w->folder, w->settings, w->note, &rows) != PLM_EXIT_GOOD;
    return !w->failed;
}

/* An older run in the folder makes way when an epoch is done, and is given up when there is a
 * checkpoint. */
static bool replace(plm_cli_watch *w, bool end)
{
    plm_cli_rundir *d = w->folder;
    if (d->replaced && plm_cli_rundir_has(d, "checkpoint.safetensors"))
        plm_cli_rundir_forget(d);
    if (!end || !d->replaces)
        return true;
    plm_cli_progress_clear(&w->progress);
    w->failed = plm_cli_rundir_replace(d, w->settings, w->note) != PLM_EXIT_GOOD;
    if (!w->failed && !w->progress.quiet)
        plm_cli_note("%s: the run that was there is replaced", d->path);
    return !w->failed;
}

/* What the event means for the folder; false = it cannot be written, which is reported. */
static bool change_folder(plm_cli_watch *w, plm_history rows, const plm_event *e)
{
    const bool end = e->kind == PLM_EPOCH_END;
    if ((end || e->kind == PLM_BATCH_END) && !w->folder->begun && !begin(w, rows, e))
        return false;
    return replace(w, end);
}

/* The star goes on from the epochs that were done before. */
static void find_best(plm_cli_watch *w, const plm_history *rows)
{
    int column = rows->columns - 1;
    while (column > 0 && strcmp(rows->name[column], "val_loss") != 0)
        column--;
    w->progress.best = INFINITY;
    for (int64_t row = 0; column > 0 && row < rows->rows; row++) {
        const double *value = rows->value + row * rows->columns;
        if (value[0] > (double)w->from && value[column] < w->progress.best)
            w->progress.best = value[column];
    }
}

bool plm_cli_watch_interrupted(plm_cli_watch *w)
{
    if (!plm_cli_signals_asked(w->signals))
        return false;
    if (!w->interrupted) {
        plm_cli_progress_clear(&w->progress);
        plm_cli_note(w->folder->replaces
                         ? "stopping; Ctrl-C again leaves at once"
                         : "stopping: the model is saved first; Ctrl-C again leaves at once");
    }
    w->interrupted = true;
    return true;
}

static void fit_begin(plm_cli_watch *w, const plm_history *rows)
{
    w->before = w->seconds;
    find_best(w, rows);
}

static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    plm_cli_watch *w = self;
    plm_event counted = *event; /* seconds go on where a run is made of several fits */
    const plm_event *e = &counted;
    const bool end = e->kind == PLM_EPOCH_END;
    plm_history rows = {0};
    const plm_status known = plm_model_history(plm_run_model(run), &rows);
    if (known < 0)
        return known;
    if (e->kind == PLM_FIT_BEGIN)
        fit_begin(w, &rows);
    counted.seconds += w->before;
    counted.epochs = w->all ? w->all : event->epochs;
    if (!change_folder(w, rows, e))
        return PLM_STOPPED;
    if (e->kind == PLM_BATCH_END) {
        w->seconds = e->seconds;
        plm_cli_progress_batch(&w->progress, e);
    }
    if (end)
        epoch_end(w, &rows, e);
    return e->kind != PLM_FIT_END && plm_cli_watch_interrupted(w) ? PLM_STOPPED : PLM_OK;
}

plm_observer plm_cli_watch_observer(plm_cli_watch *w)
{
    return (plm_observer){.name = "interruption", .on_event = on_event, .self = w};
}
