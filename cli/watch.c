/* The command's own observer of a fit. */
#include "watch.h"

static void json_epoch(const plm_event *e)
{
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "epoch");
    plm_cli_json_number(&j, "epoch", (double)(e->epoch + 1));
    for (int i = 0; i < e->logs; i++)
        plm_cli_json_number(&j, e->log[i].name, e->log[i].value);
    plm_cli_json_number(&j, "samples_per_s", e->rate);
    plm_cli_json_end(&j);
    fflush(stdout); /* who reads the pipe wants it now */
}

static void epoch_end(plm_cli_watch *w, const plm_event *e)
{
    w->epochs = e->epoch + 1;
    w->seconds = e->seconds;
    w->rate = e->rate;
    w->logs = e->logs < PLM_CLI_LOGS ? e->logs : PLM_CLI_LOGS;
    for (int i = 0; i < w->logs; i++) {
        w->value[i] = e->log[i].value;
        snprintf(w->name[i], sizeof w->name[i], "%s", e->log[i].name);
    }
    plm_cli_progress_epoch(&w->progress, e);
    plm_cli_history_row(&w->folder->history, e->epoch + 1, e->seconds, e->logs, e->log);
    if (w->json)
        json_epoch(e);
}

/* The first epoch of a resumed fit: now the checkpoint is known to fit, so the folder may
 * change. */
static bool first_epoch(plm_cli_watch *w, const plm_event *e)
{
    w->begun = true;
    w->first = w->epochs = e->epoch;
    if (!w->settings || !plm_cli_rundir_go_on(w->folder, w->settings, w->note, e->epoch))
        return true;
    w->folder->history.failed = true;
    return false;
}

static plm_status notice(void *self, plm_run *run, const plm_event *event)
{
    plm_cli_watch *w = self;
    plm_event counted = *event; /* seconds go on where a run is made of several fits */
    const plm_event *e = &counted;
    (void)run;
    if (event->moment == PLM_FIT_BEGIN)
        w->before = w->seconds;
    counted.seconds += w->before;
    counted.epochs = w->all ? w->all : event->epochs;
    if (e->moment == PLM_EPOCH_BEGIN && !w->begun && !first_epoch(w, e))
        return PLM_STOPPED;
    if (e->moment == PLM_BATCH_END)
        plm_cli_progress_batch(&w->progress, e);
    else if (e->moment == PLM_EPOCH_END)
        epoch_end(w, e);
    if (e->moment == PLM_FIT_END || !plm_cli_signals_asked(w->signals))
        return PLM_OK;
    w->interrupted = true;
    return PLM_STOPPED;
}

plm_observer plm_cli_watch_observer(plm_cli_watch *w)
{
    return (plm_observer){.name = "command", .notice = notice, .self = w};
}
