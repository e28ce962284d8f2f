/* Prints a training while it runs: handles its events and stages, see watch.h. */
#include "watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "show/events.h"
#include "show/findings.h"

void plm_cli_watch_flush(void)
{
    if (fflush(stdout) && errno == EPIPE && !freopen("/dev/null", "w", stdout))
        clearerr(stdout);
}

/* Prints a line for programs. It is flushed, since a program that reads the pipe needs it at
 * once. */
static void print_json(plm_text *line)
{
    plm_cli_print(stdout, line);
    plm_cli_watch_flush();
}

/* Prints a finished epoch as a JSON line. */
static void json_epoch(const plm_cli_watch *w, const plm_event *e)
{
    plm_text line = {0};
    plm_epoch_json(e, w->pretraining ? w->layer : NULL, &line);
    print_json(&line);
}

/* True if a signal came. The first time, a note says that the run stops. */
static bool is_interrupted(plm_cli_watch *w)
{
    if (!plm_cli_signals_asked(w->signals))
        return false;
    if (!w->stopping) {
        plm_cli_progress_clear(&w->progress);
        plm_cli_note(
            w->training->dir.replaces
                ? "stopping; Ctrl-C again ends the command at once"
                : "stopping: the model is saved first; Ctrl-C again ends the command at once");
    }
    w->stopping = true;
    return true;
}

/* Checks for a signal after every event except the last, after which nothing is left to stop. So a
 * fit that is interrupted ends after its current batch. */
plm_status plm_cli_watch_event(void *self, plm_run *run, const plm_event *e)
{
    plm_cli_watch *w = self;
    plm_status status = PLM_OK;
    if (e->kind == PLM_FIT_BEGIN && !w->pretraining)
        status = plm_run_training_best(w->training, run, &w->progress.lines.best);
    if (e->kind == PLM_BATCH_END)
        plm_cli_progress_batch(&w->progress, e);
    if (e->kind == PLM_EPOCH_END)
        plm_cli_progress_epoch(&w->progress, e);
    if (e->kind == PLM_EPOCH_END && w->json)
        json_epoch(w, e);
    if (status < 0)
        return status;
    return e->kind != PLM_FIT_END && is_interrupted(w) ? PLM_STOPPED : PLM_OK;
}

/* ---- stages ---- */

/* Handles the beginning and the end of the pretraining of a layer. At the beginning a line is
 * printed; the seconds of each layer's fit start at 0. */
static void show_layer(plm_cli_watch *w, const plm_run_stage *stage)
{
    w->pretraining = true;
    snprintf(w->layer, sizeof w->layer, "%s", stage->text);
    w->progress.lines.epoch_began = 0;
    w->progress.drawn_at = -1;
    if (!stage->done && !w->progress.quiet)
        fprintf(stderr, "pretraining of %s, layer %lld of %lld\n", stage->text,
                (long long)stage->index + 1, (long long)stage->count);
}

/* Prints that the pretraining is complete and the fit begins. */
static void show_pretrained(plm_cli_watch *w)
{
    w->pretraining = false;
    if (!w->progress.quiet)
        fputs("training on the labelled rows\n", stderr);
    plm_cli_live *live = w->progress.live;
    w->progress = plm_cli_progress_new(w->progress.quiet, w->training->job.about.batch);
    w->progress.live = live;
}

/* Prints that a round of pseudo-labels begins. */
static void show_round(plm_cli_watch *w, const plm_run_stage *stage)
{
    w->progress.lines.epoch_began = w->training->seconds;
    if (!w->progress.quiet)
        fprintf(stderr, "round %lld: %lld unlabelled row%s\n", (long long)stage->index,
                (long long)stage->count, stage->count == 1 ? " gets a label" : "s get a label");
    plm_text line = {0};
    if (w->json)
        plm_round_json(stage, &line);
    print_json(&line);
}

/* Prints findings of the doctor or, at the end, their number. */
static void show_findings(const plm_cli_watch *w, const plm_run_stage *stage)
{
    const bool quiet = w->progress.quiet;
    plm_text text = {0};
    plm_text_add_findings(&text, plm_cli_screen_of(stderr), stage->done ? "" : stage->text);
    if (!quiet && stage->done)
        plm_cli_note("doctor: %.*s", (int)strcspn(stage->text, "\n"), stage->text);
    else if (!quiet)
        plm_cli_print(stderr, &text);
    plm_text_free(&text);
    plm_text line = {0};
    if (w->json)
        plm_findings_json(stage, &line);
    print_json(&line);
}

void plm_cli_watch_stage(void *self, const plm_run_stage *stage)
{
    plm_cli_watch *w = self;
    const bool quiet = w->progress.quiet;
    plm_cli_progress_clear(&w->progress);
    w->progress.drawn_at = -1; /* the next batch draws it again */
    switch (stage->kind) {
    case PLM_RUN_FOLDER:
        plm_cli_signals_hold(w->signals, true, stage->text);
        break;
    case PLM_RUN_LOST:
        plm_cli_fail_status(w->training->w, PLM_E_IO, NULL);
        break;
    case PLM_RUN_COLUMNS:
    case PLM_RUN_CHOSE_LOSS:
        if (!quiet && !w->json)
            plm_cli_note("%s", stage->text);
        break;
    case PLM_RUN_AGAIN:
        if (!quiet)
            plm_cli_note("there is no checkpoint yet, so the run begins again");
        break;
    case PLM_RUN_REPLACED:
        if (!quiet)
            plm_cli_note("%s: the older run in this folder is replaced", stage->text);
        break;
    case PLM_RUN_LAYER:
        show_layer(w, stage);
        break;
    case PLM_RUN_PRETRAINED:
        show_pretrained(w);
        break;
    case PLM_RUN_PSEUDO_LABELS:
        show_round(w, stage);
        break;
    case PLM_RUN_FINDING:
        show_findings(w, stage);
        break;
    }
}
