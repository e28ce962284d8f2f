/* The observer of a training. It writes run.yaml when the first batch is trained, adds a row to
 * history.csv after each epoch, and passes the events to the caller. An error of the folder, such
 * as a full disk, must not end the fit from within a callback, as the model would be lost with it.
 * It is kept (plm_run_training_keep_fault), the fit is stopped like one that was interrupted, and
 * the training then saves what it can and returns the error. */
#include "session/training.h"

#include <stdio.h>
#include <string.h>

/* Reports a stage to the caller, if it has a callback on_stage. The text is never NULL. */
void plm_run_training_tell(plm_run_training *t, plm_run_stage stage)
{
    stage.text = stage.text ? stage.text : "";
    if (t->calls.on_stage)
        t->calls.on_stage(t->calls.self, &stage);
}

/* Stores metric number `logs`. */
static void take(plm_run_training *t, int logs, const char *name, double value)
{
    t->value[logs] = value;
    snprintf(t->log_name[logs], sizeof t->log_name[logs], "%s", name);
}

/* Copies the metrics of an epoch from the history. The first column of the history, the number of
 * the epoch, is skipped. All rows have the same number of columns. */
void plm_run_training_take(plm_run_training *t, const plm_history *rows, int64_t epoch)
{
    for (int64_t row = 0; row < rows->rows; row++) {
        const double *value = rows->value + row * rows->columns;
        if (value[0] < (double)epoch || value[0] > (double)epoch)
            continue;
        t->logs = rows->columns - 1 < PLM_RUN_MAX_LOGS ? rows->columns - 1 : PLM_RUN_MAX_LOGS;
        for (int i = 0; i < t->logs; i++)
            take(t, i, rows->name[i + 1], value[i + 1]);
    }
}

/* Keeps the first error of the folder; later errors follow from it. */
void plm_run_training_keep_fault(plm_run_training *t, plm_status status)
{
    if (status >= 0 || t->failed < 0)
        return;
    t->failed = status;
    plm_error_take(t->w, &t->error);
}

/* Checks that the folder is still there. If it is missing, the run continues in another folder, and
 * the caller is notified. */
static void hold(plm_run_training *t)
{
    if (plm_run_dir_hold(&t->dir, &t->settings, t->note) >= 0)
        return;
    plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_LOST, .text = t->dir.path});
    plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_FOLDER, .text = t->dir.path});
}

/* Stores the metrics of a finished epoch and adds its row to the history. */
static void epoch_end(plm_run_training *t, const plm_history *rows, const plm_event *e)
{
    t->epochs = e->epoch + 1;
    t->seconds = e->seconds;
    t->rate = e->rows_per_second;
    t->logs = e->logs < PLM_RUN_MAX_LOGS ? e->logs : PLM_RUN_MAX_LOGS;
    for (int i = 0; i < t->logs; i++)
        take(t, i, e->log[i].name, e->log[i].value);
    hold(t);
    plm_history_file_add(&t->dir.history, rows, e->seconds);
}

/* Called after the first batch. Now it is certain that settings, data, model and checkpoint fit
 * together, so the folder may be changed. */
static plm_status begin(plm_run_training *t, plm_history rows, const plm_event *e)
{
    /* `rows` already has this epoch, but its row must not be written yet: the event of its end does
     * that */
    if (e->kind == PLM_EPOCH_END)
        rows.rows--;
    t->first = t->epochs = e->epoch > 0 ? e->epoch : 0; /* -1 in a fit of no epochs */
    return plm_run_dir_begin(&t->dir, &t->settings, t->note, &rows);
}

/* If an epoch has ended (`end`), replaces an older run in the folder. Removes the older run's files
 * that were kept aside when the new run has a checkpoint. */
static plm_status replace(plm_run_training *t, bool end)
{
    plm_run_dir *d = &t->dir;
    if (d->replaced && plm_run_dir_has(d, "checkpoint.safetensors"))
        plm_run_dir_forget(d);
    if (!end || !d->replaces)
        return PLM_OK;
    PLM_TRY(plm_run_dir_replace(d, &t->settings, t->note));
    plm_run_training_tell(t, (plm_run_stage){.kind = PLM_RUN_REPLACED, .text = d->path});
    return PLM_OK;
}

/* Updates the files in the folder as the event requires. */
static plm_status change_folder(plm_run_training *t, plm_history rows, const plm_event *e)
{
    const bool end = e->kind == PLM_EPOCH_END;
    if ((end || e->kind == PLM_BATCH_END) && !t->dir.begun)
        PLM_TRY(begin(t, rows, e));
    /* not after each batch, since checking for a file takes as long as a step of a small net */
    return e->kind != PLM_BATCH_END ? replace(t, end) : PLM_OK;
}

/* Calls the caller's callback. A request to stop at the end of a fit changes nothing any more, so
 * it is not an interruption. */
plm_status plm_run_training_ask(plm_run_training *t, plm_run *run, const plm_event *e)
{
    if (!t->calls.on_event)
        return PLM_OK;
    const plm_status status = t->calls.on_event(t->calls.self, run, e);
    if (status == PLM_STOPPED && e->kind == PLM_FIT_END) /* the fit has ended anyway */
        return PLM_OK;
    t->interrupted = t->interrupted || status == PLM_STOPPED;
    return status;
}

/* True if the training has lasted longer than the key `time` allows. A training is not late before
 * its first batch, so that there is something to save. */
static bool is_late(plm_run_training *t, const plm_event *e)
{
    const bool late = t->limit > 0 && e->seconds > t->limit &&
                      (e->kind == PLM_BATCH_END || e->kind == PLM_EPOCH_END);
    t->timed_out = t->timed_out || late;
    return late;
}

/* Passes an event to the caller. A run may have several fits, so the seconds and the epochs of all
 * fits are added up. */
plm_status plm_run_training_event(plm_run_training *t, plm_run *run, plm_history rows,
                                  const plm_event *event)
{
    plm_event counted = *event; /* the event as the caller sees it */
    if (event->kind == PLM_FIT_BEGIN)
        t->before = t->seconds;
    counted.seconds += t->before;
    counted.epochs = t->all ? t->all : event->epochs;
    plm_run_training_keep_fault(t, change_folder(t, rows, &counted));
    if (t->failed < 0)
        return PLM_STOPPED;
    if (event->kind == PLM_BATCH_END)
        t->seconds = counted.seconds;
    if (event->kind == PLM_EPOCH_END)
        epoch_end(t, &rows, &counted);
    const plm_status status = plm_run_training_ask(t, run, &counted);
    return status == PLM_OK && is_late(t, &counted) ? PLM_STOPPED : status;
}

/* Handles an event of a fit of the run's only net. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    plm_history rows = {0};
    PLM_TRY(plm_model_history(plm_run_model(run), &rows));
    return plm_run_training_event(self, run, rows, event);
}

/* Returns the observer for a run with one net. For several nets, nets.c passes their events to
 * plm_run_training_event. */
plm_observer plm_run_training_observer(plm_run_training *t)
{
    return (plm_observer){.name = "interruption", .on_event = on_event, .self = t};
}
