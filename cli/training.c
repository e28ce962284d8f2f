/* Runs the subcommands train and pretrain: calls the steps of a training (session/training.h), and
 * prints its progress and its result. */
#include "training.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "page.h"
#include "show/summary.h"
#include "source.h"

/* Checks that the arguments name either a run file or --resume, and not both. Returns an exit code.
 * */
static int check_call(const plm_cli_call *call, const char *resume)
{
    const char *verb = call->verb->name;
    char *hint = plm_cli_format("name a run file, or --resume RUNDIR: `plummet help %s`", verb);
    int code = PLM_EXIT_GOOD;
    if (call->arguments == 0 && !resume)
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL, hint, "%s needs one more argument", verb);
    else if (call->arguments > 0 && resume)
        code = plm_cli_fail(
            PLM_EXIT_USAGE, call->argument[0],
            "remove the run file from the command: the folder of --resume has its own run.yaml",
            "too many arguments for %s --resume", verb);
    free(hint);
    return code;
}

/* True if the doctor's measurements are to be drawn while the net trains. */
static bool is_shown(const plm_cli_call *call)
{
    return strcmp(call->verb->name, "train") == 0 && plm_cli_option_of(call, "watch") != NULL;
}

/* Reads and checks the settings. For a new run with --dry-run, the folder is not checked, since
 * nothing is written to it. Returns an exit code. */
static int read_settings(plm_run_training *t, const plm_cli_call *call)
{
    const char *resume = plm_cli_option_of(call, "resume"), *name = resume;
    int code = check_call(call, resume);
    if (!code && !resume) {
        name = call->argument[0];
        code = plm_cli_table(&name);
    } else if (!code) {
        code = plm_cli_table_of_run(t->w, "train --resume", resume);
    }
    if (code)
        return code;
    plm_status status = plm_run_training_read(t, name, resume != NULL, call->overrides,
                                              (const char *const *)call->override);
    if (status >= 0 && is_shown(call))
        status = plm_run_doctor_ask(t);
    if (status >= 0 && (resume || !plm_cli_option_of(call, "dry-run")))
        status = plm_run_training_check(t);
    return plm_cli_code(t->w, status);
}

/* Prints what would be trained, without training. Returns an exit code. */
static int dry_run(plm_run_training *t)
{
    plm_text text = {0};
    const plm_status status = plm_run_outline(t, plm_cli_screen_of(stdout), &text);
    if (status >= 0)
        plm_cli_print(stdout, &text);
    plm_text_free(&text);
    return plm_cli_code(t->w, status);
}

/* Sets up the progress. With --json, progress is shown only if stderr is a terminal and stdout is
 * not, so that it does not disturb the JSON lines. */
static void open_watch(plm_cli_watch *w, plm_cli_home *home, const plm_cli_call *call)
{
    const bool quiet = plm_cli_option_of(call, "quiet") != NULL,
               screen = plm_cli_screen_of(stderr).terminal && !plm_cli_screen_of(stdout).terminal;
    w->json = plm_cli_option_of(call, "json") != NULL;
    w->progress = plm_cli_progress_new(quiet || (w->json && !screen), w->training->job.about.batch);
    w->progress.lines.monitor =
        plm_epochs_monitor_of(home->w, plm_setting_text(&w->training->settings, "observers"));
    if (is_shown(call) && !w->progress.quiet) {
        w->live.training = w->training;
        w->progress.live = &w->live;
    }
    home->progress = &w->progress;
}

/* Runs the fit. *status: its status. After an error, prints it. Returns an exit code. */
static int fit(plm_cli_watch *w, plm_status *status)
{
    plm_run_training *t = w->training;
    *status = plm_run_training_fit(t);
    plm_cli_progress_clear(&w->progress);
    plm_cli_live_end(&w->live);
    w->progress.live = NULL;
    const int code = plm_cli_code(t->w, *status);
    if (!code && t->interrupted && w->pretraining)
        plm_cli_note("to continue after the last completed layer: plummet pretrain --resume %s",
                     t->dir.path);
    return code;
}

/* Saves the model, no matter how the fit ended. code: exit code of the fit. Returns the exit code
 * of the first error, also if that is the fit's. */
static int save(plm_cli_watch *w, plm_status status, int code)
{
    plm_run_training *t = w->training;
    const int64_t kept = t->result.kept_epoch ? t->result.kept_epoch : t->result.epochs;
    const int saved = plm_cli_code(t->w, plm_run_training_save(t, status));
    if (code && !saved && t->model_path)
        plm_cli_note("the model of epoch %lld is saved: %s", (long long)kept, t->model_path);
    return code ? code : saved;
}

/* Returns the folder for the report page, to be freed: the folder of a run that was just trained,
 * or of a run that had ended before and has no page. NULL = no page is to be written. */
static char *folder_of_page(const plm_run_training *t)
{
    const bool ended = t->dir.resumed && !t->dir.begun && !t->interrupted &&
                       !plm_run_dir_has(&t->dir, "report.html");
    return t->model_path && (t->dir.begun || ended) ? plm_cli_format("%s", t->dir.path) : NULL;
}

/* Trains, saves, reports and closes the folder. Once the model is saved, a signal ends the command
 * at once. */
static int train(plm_cli_watch *w, const plm_cli_call *call)
{
    plm_run_training *t = w->training;
    plm_status status = plm_run_training_begin(t);
    if (status < 0)
        return plm_cli_code(t->w, status);
    if (call->arguments > 0 && !strcmp(call->argument[0], "-"))
        plm_cli_note("standard input is not kept: to evaluate or resume this run, pass the same "
                     "table again: plummet evaluate %s < FILE",
                     t->dir.path);
    int code = fit(w, &status);
    code = save(w, status, code);
    plm_cli_signals_hold(w->signals, false, NULL);
    code = plm_cli_report(call, w, code);
    char *folder = folder_of_page(t);
    const int ended = plm_cli_code(t->w, plm_run_training_end(t));
    if (!code)
        code = t->dir.lost ? PLM_EXIT_IO : ended;
    if (!code && folder)
        plm_cli_page_of_training(t, folder);
    free(folder);
    return !code && t->interrupted ? PLM_EXIT_INTERRUPTED : code;
}

/* Reads the settings, builds the model, and trains, or only prints it with --dry-run. */
static int run(plm_cli_watch *w, plm_cli_home *home, const plm_cli_call *call)
{
    plm_run_training *t = w->training;
    int code = read_settings(t, call);
    if (code)
        return code;
    /* the signals must be blocked before the runtime of the run starts its threads */
    w->signals = plm_cli_signals_start();
    code = plm_cli_code(t->w, plm_run_training_build(t));
    if (!code) {
        open_watch(w, home, call);
        code = plm_cli_option_of(call, "dry-run") ? dry_run(t) : train(w, call);
    }
    plm_cli_watch_flush();
    return code;
}

int plm_cli_training_run(const plm_cli_call *call, bool pretrain)
{
    plm_cli_home home;
    plm_run_training t = {0};
    plm_cli_watch watch = {.training = &t};
    signal(SIGPIPE, SIG_IGN); /* the training continues even if the program that reads its output
                               * ends */
    int code = plm_cli_home_open(&home);
    if (!code) {
        const plm_run_train_options calls = {.on_event = plm_cli_watch_event,
                                             .on_stage = plm_cli_watch_stage,
                                             .self = &watch,
                                             .pretrain = pretrain,
                                             .data_dir = home.data_dir,
                                             .spare = getenv("TMPDIR"),
                                             .columns = plm_screen_page(plm_cli_screen_of(stderr))};
        code = plm_cli_code(home.w, plm_run_training_open(&t, home.w, &calls));
        code = code ? code : run(&watch, &home, call);
        home.progress = NULL;
        plm_cli_live_free(&watch.live);
        plm_run_training_free(&t);
        plm_cli_signals_end(watch.signals);
    }
    plm_cli_home_close(&home);
    return code;
}
