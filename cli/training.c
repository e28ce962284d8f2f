/* A run of train: settings, folder, fit in one or two phases, model, test, report. */
#define _POSIX_C_SOURCE 200809L
#include "training.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "identity.h"
#include "net.h"
#include "outcome.h"
#include "reuse.h"
#include "runfile.h"
#include "same_rows.h"

/* One of the two says what to train. */
static int check_call(const plm_cli_call *call, const char *resume)
{
    const char *verb = call->verb->name;
    char *hint = plm_cli_format("name a run file, or --resume RUNDIR: `plummet help %s`", verb);
    int code = PLM_EXIT_GOOD;
    if (call->arguments == 0 && !resume)
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL, hint, "%s needs one more argument", verb);
    else if (call->arguments > 0 && resume)
        code = plm_cli_fail(PLM_EXIT_USAGE, call->argument[0],
                            "leave it out: the folder has a run.yaml",
                            "too many arguments for %s --resume", verb);
    free(hint);
    return code;
}

/* keep: the weights of which epoch the model gets. */
static int check_keep(plm_cli_training *t)
{
    const char *text = plm_cli_setting_text(&t->settings, "keep");
    const char *validation = plm_cli_setting_text(&t->settings, "validation");
    const bool validates = validation && strcmp(validation, "none") != 0;
    const bool best = text && !strcmp(text, "best");
    t->keep_best = validates && (!text || best);
    if (text && !best && strcmp(text, "last") != 0)
        return plm_cli_setting_fail(&t->settings, "keep", 0, "best or last", "keep cannot be '%s'",
                                    text);
    if (best && !validates)
        return plm_cli_setting_fail(&t->settings, "keep", 0,
                                    "add validation: split(0.1), or leave keep out",
                                    "the best epoch is found by validation, and there is none");
    return PLM_EXIT_GOOD;
}

/* The model that a run starts from must not be overwritten by its own. */
static int keep_donor(plm_cli_training *t)
{
    struct stat donor, own;
    const char *out = plm_cli_setting_text(&t->settings, "out");
    char *from = plm_cli_reuse_donor(&t->settings),
         *to = plm_cli_format("%s/model.safetensors", out ? out : "");
    int code = PLM_EXIT_GOOD;
    if (from && out && !stat(from, &donor) && !stat(to, &own) && donor.st_dev == own.st_dev &&
        donor.st_ino == own.st_ino)
        code = plm_cli_fail(PLM_EXIT_USAGE, "out", "name another folder: out=DIR",
                            "the run would overwrite the model that it starts from, %s", from);
    free(from);
    free(to);
    return code;
}

/* The folder of a run that goes on, or one that holds none. */
static int check_folder(plm_cli_training *t)
{
    static const char *const keys[] = {"out", "overwrite"};
    if (!t->folder.resumed && plm_cli_option_of(t->call, "dry-run"))
        return PLM_EXIT_GOOD;
    if (!t->folder.resumed)
        return keep_donor(t) ? PLM_EXIT_USAGE : plm_cli_rundir_check(&t->settings);
    for (int i = 0; i < 2; i++)
        if (plm_cli_setting_text(&t->settings, keys[i]))
            return plm_cli_fail(PLM_EXIT_USAGE, keys[i], "leave it out, or copy the folder first",
                                "a run goes on in its own folder");
    return PLM_EXIT_GOOD;
}

/* What the settings say must be understood, before anything is built. */
static int check_settings(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    int code = plm_cli_reuse_check(&t->settings);
    code = code || !steps->check ? code : steps->check(t);
    code = code ? code : plm_cli_run_checkpoint(&t->settings, &t->every);
    code = code ? code
                : plm_cli_run_class_weight(&t->settings, t->class_weight, PLM_CLI_MOST_CLASSES,
                                           &t->classes);
    code = code ? code : check_keep(t);
    return code ? code : check_folder(t);
}

static int read_settings(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    const plm_cli_call *call = t->call;
    const char *resume = plm_cli_option_of(call, "resume");
    int code = check_call(call, resume);
    code = code || !resume ? code : plm_cli_rundir_find(&t->folder, resume);
    if (code)
        return code;
    char *file = resume ? plm_cli_rundir_file(&t->folder, "run.yaml")
                        : plm_cli_format("%s", call->argument[0]);
    code = plm_cli_run_settings(&t->settings, file, call->overrides, call->override);
    code = code || !resume ? code : plm_cli_same_rows(&t->settings, file, t->folder.path);
    code = code ? code : check_settings(t, steps);
    if (!code)
        t->name = plm_cli_run_name(&t->settings, file);
    if (!code && !resume && !plm_cli_option_of(call, "dry-run")) /* a run of run.yaml has it too */
        plm_cli_setting_default(&t->settings, "name", t->name);
    free(file);
    return code;
}

static int dry_run(plm_cli_training *t)
{
    const char *summary = plm_model_summary(t->job.model, plm_cli_width(stdout));
    plm_cli_run_write(&t->settings, stdout, plm_cli_run_folder(&t->settings) ? "." : NULL);
    printf("\n%s\n", summary ? summary : "");
    if (t->job.about.rows >= 0)
        printf("%lld rows to train on, %lld a batch\n", (long long)t->job.about.rows,
               (long long)t->job.about.batch);
    return PLM_EXIT_GOOD;
}

static int open_folder(plm_cli_training *t)
{
    t->note = plm_cli_format("plummet %s, %s, %d threads; to run it again: plummet %s run.yaml",
                             plm_version(), plm_isa(t->job.w), plm_threads(t->job.w),
                             t->call->verb->name);
    t->folder.w = t->job.w;
    return t->folder.resumed ? plm_cli_rundir_lock(&t->folder)
                             : plm_cli_rundir_open(&t->folder, &t->settings, t->name);
}

/* A run that was killed before its first checkpoint begins again. One that wrote none has its model
 * and is done. */
static int find_checkpoint(plm_cli_training *t)
{
    if (!t->folder.resumed || plm_cli_rundir_has(&t->folder, "checkpoint.safetensors"))
        return PLM_EXIT_GOOD;
    t->afresh = true;
    if (!plm_cli_rundir_has(&t->folder, "model.safetensors")) {
        if (!t->quiet)
            plm_cli_note("there is no checkpoint yet: the run begins again");
        return PLM_EXIT_GOOD;
    }
    return plm_cli_fail(PLM_EXIT_IO, t->folder.path,
                        "a run writes one unless it has checkpoint: false; begin again: plummet "
                        "train RUNFILE",
                        "there is no %s/checkpoint.safetensors to go on from", t->folder.path);
}

/* ---- fits ---- */

/* The observers of the run and, after them, so that theirs go before, the one that keeps the
 * weights of the best epoch. */
static char *observers_of(plm_cli_training *t, const plm_cli_fit *f)
{
    const char *said = f->observed ? plm_cli_setting_text(&t->settings, "observers") : NULL;
    const bool keeps = f->observed && t->keep_best, both = said && *said && keeps;
    return plm_cli_format("%s%s%s", said ? said : "", both ? ", " : "",
                          keeps ? "best_weights" : "");
}

static bool is_outside(plm_cli_training *t)
{
    const char *said = plm_cli_setting_text(&t->settings, "outside");
    return said && !strcmp(said, "true");
}

plm_status plm_cli_training_epochs(plm_cli_training *t, const plm_cli_fit *f)
{
    const plm_observer observer = plm_cli_watch_observer(&t->watch);
    char *checkpoint = plm_cli_rundir_file(&t->folder, f->own ? f->own : "checkpoint.safetensors");
    char *observers = observers_of(t, f);
    t->watch.from = f->first;
    plm_status status = plm_fit(
        t->job.model, f->data,
        PLM_FIT(.epochs = f->last, .initial_epoch = f->first, .validation = t->job.validation,
                .validation_freq = plm_cli_setting_count(&t->settings, "validation_freq", 1),
                .config = plm_cli_identity(&t->settings, &t->job),
                .config_changes = plm_cli_identity_changes(&t->settings), .observers = observers,
                .extra = &observer, .extras = 1, .resume = f->on ? checkpoint : NULL,
                .folder = t->folder.path, .outside = is_outside(t),
                .class_weight = t->classes ? t->class_weight : NULL, .classes = t->classes,
                .checkpoint = t->every && (!f->own || *f->own) ? checkpoint : NULL,
                .checkpoint_epochs = f->own ? INT64_MAX : t->every, .result = &t->result));
    free(observers);
    free(checkpoint);
    return status;
}

/* Whether the checkpoint to go on from is one of the frozen epochs. */
static plm_status in_first_phase(plm_cli_training *t, int64_t frozen, bool *out)
{
    plm_fit_result before;
    char *checkpoint = plm_cli_rundir_file(&t->folder, "checkpoint.safetensors");
    const plm_status status = plm_checkpoint_get_info(t->job.w, checkpoint, &before);
    free(checkpoint);
    if (status >= 0)
        *out = (before.epochs_requested ? before.epochs_requested : before.epochs) <= frozen;
    return status;
}

/* Some layers are frozen first. */
static plm_status fit_phases(plm_cli_training *t, int64_t epochs, bool on)
{
    const int64_t frozen = plm_cli_reuse_frozen_epochs(&t->settings);
    plm_cli_fit f = {.data = t->job.data, .last = frozen < epochs ? frozen : epochs, .on = on};
    bool first = true;
    plm_status status = on ? in_first_phase(t, frozen, &first) : PLM_OK;
    if (status == PLM_OK && first) {
        status = plm_cli_training_epochs(t, &f);
        f.on = false;
    }
    if (status != PLM_OK || frozen >= epochs)
        return status;
    f.first = frozen;
    f.last = epochs;
    f.observed = true;
    status = plm_cli_reuse_unfreeze(&t->job, &t->settings);
    return status == PLM_OK ? plm_cli_training_epochs(t, &f) : status;
}

/* In one phase, or with frozen layers first; on = from the folder's checkpoint. */
static plm_status fit_all(plm_cli_training *t, bool on)
{
    const int64_t epochs = t->watch.all = plm_cli_setting_count(&t->settings, "epochs", 1);
    const plm_cli_fit whole = {.data = t->job.data, .last = epochs, .on = on, .observed = true};
    return plm_cli_reuse_frozen_epochs(&t->settings) ? fit_phases(t, epochs, on)
                                                     : plm_cli_training_epochs(t, &whole);
}

static void open_watch(plm_cli_training *t)
{
    bool screen = plm_cli_screen_of(stderr).terminal && !plm_cli_screen_of(stdout).terminal;
    t->watch.progress = plm_cli_progress_new(t->quiet || (t->json && !screen), t->job.about.batch);
    t->watch.folder = &t->folder;
    t->watch.json = t->json;
    t->job.progress = &t->watch.progress;
    t->watch.settings = &t->settings;
    t->watch.note = t->note;
}

/* What the run does not say and was chosen for it. */
static void report_choice(plm_cli_training *t)
{
    const char *metrics = plm_cli_setting_text(&t->settings, "metrics");
    if (t->job.chose_loss && !t->quiet && !t->json)
        plm_cli_note("loss: %s%s%s", plm_cli_setting_text(&t->settings, "loss"),
                     metrics ? "; metrics: " : "", metrics ? metrics : "");
}

/* What comes before, the fit, and what comes after, unless it was interrupted. Ends with the
 * error reported. */
static int fit(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    open_watch(t);
    report_choice(t);
    int code = steps->before ? steps->before(t) : find_checkpoint(t);
    plm_status status = PLM_OK;
    if (!code && !t->watch.interrupted)
        status = fit_all(t, t->folder.resumed && !t->afresh);
    plm_cli_progress_clear(&t->watch.progress);
    if (status < 0)
        code = plm_cli_job_fail(&t->job, &t->settings, status);
    else if (!code && !t->watch.interrupted && !t->watch.failed && steps->after)
        code = steps->after(t);
    plm_cli_progress_clear(&t->watch.progress);
    return !code && t->watch.failed ? PLM_EXIT_IO : code;
}

/* Without a file of the run being written, a signal ends the command at once. */
static int train(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    int code = open_folder(t);
    if (code)
        return code;
    plm_cli_signals_hold(t->watch.signals, true, t->folder.path);
    code = fit(t, steps);
    code = plm_cli_outcome_save(t, code);
    plm_cli_signals_hold(t->watch.signals, false, NULL);
    code = plm_cli_outcome_report(t, code);
    plm_cli_rundir_close(&t->folder, !t->model_path && !t->watch.epochs && !t->kept);
    if (!code && (t->folder.history.failed || t->folder.lost))
        code = PLM_EXIT_IO;
    return !code && t->watch.interrupted ? PLM_EXIT_INTERRUPTED : code;
}

int plm_cli_training_run(const plm_cli_call *call, const plm_cli_training_steps *steps)
{
    plm_cli_training t = {.call = call,
                          .json = plm_cli_option_of(call, "json") != NULL,
                          .quiet = plm_cli_option_of(call, "quiet") != NULL,
                          .settings = plm_cli_settings_new(plm_cli_run_keys)};
    signal(SIGPIPE, SIG_IGN); /* whoever reads the progress may go: the training goes on */
    int code = read_settings(&t, steps);
    if (!code) {
        t.watch.signals = plm_cli_signals_start(); /* before the runtime starts its threads */
        code = plm_cli_net_build(&t.job, &t.settings);
        code = code || !steps->built ? code : steps->built(&t);
        if (!code)
            code = plm_cli_option_of(call, "dry-run") ? dry_run(&t) : train(&t, steps);
        plm_cli_watch_flush();
        plm_cli_rundir_close(&t.folder, false);
        plm_cli_job_free(&t.job);
        plm_cli_signals_end(t.watch.signals);
    }
    plm_cli_rundir_close(&t.folder, false);
    plm_cli_settings_free(&t.settings);
    free(t.name);
    free(t.note);
    free(t.model_path);
    return code;
}
