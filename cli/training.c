/* A run of train: settings, folder, fit in one or two phases, model, test, report. */
#define _POSIX_C_SOURCE 200809L
#include "training.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "identity.h"
#include "net.h"
#include "reuse.h"
#include "runfile.h"
#include "table.h"

/* One of the two says what to train. */
static int check_call(const plm_cli_call *call, const char *resume)
{
    const char *verb = call->verb->name;
    char *mend = plm_cli_format("name a run file, or --resume RUNDIR: `plummet help %s`", verb);
    int code = PLM_EXIT_GOOD;
    if (call->arguments == 0 && !resume)
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL, mend, "%s needs one more argument", verb);
    else if (call->arguments > 0 && resume)
        code = plm_cli_fail(PLM_EXIT_USAGE, call->argument[0],
                            "leave it out: the folder has a run.yaml",
                            "too many arguments for %s --resume", verb);
    free(mend);
    return code;
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
    if (!code && t->folder.resumed && plm_cli_setting_text(&t->settings, "out"))
        code = plm_cli_fail(PLM_EXIT_USAGE, "out", "leave it out, or copy the folder first",
                            "a run goes on in its own folder");
    return code;
}

static int read_settings(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    const plm_cli_call *call = t->call;
    const char *resume = plm_cli_option_of(call, "resume");
    int code = check_call(call, resume);
    code = code || !resume ? code : plm_cli_rundir_find(&t->folder, resume, !steps->before);
    if (code)
        return code;
    char *file = resume ? plm_cli_rundir_file(&t->folder, "run.yaml")
                        : plm_cli_format("%s", call->argument[0]);
    code = plm_cli_run_settings(&t->settings, file, call->overrides, call->override);
    code = code ? code : check_settings(t, steps);
    if (!code)
        t->name = plm_cli_run_name(&t->settings, file);
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

static int open_folder(plm_cli_training *t)
{
    if (keep_donor(t))
        return PLM_EXIT_USAGE;
    t->note = plm_cli_format("plummet %s, %s, %d threads; to run it again: plummet %s run.yaml",
                             plm_version(), plm_isa(t->job.w), plm_threads(t->job.w),
                             t->call->verb->name);
    return t->folder.resumed ? PLM_EXIT_GOOD
                             : plm_cli_rundir_open(&t->folder, &t->settings, t->name, t->note);
}

/* The observers of the run and, after them, so that theirs keep their numbers in it, the
 * checkpoint. */
static char *observers_of(plm_cli_training *t, const plm_cli_fit *f)
{
    const char *said = f->observed ? plm_cli_setting_text(&t->settings, "observers") : NULL;
    if (!t->every || f->passing)
        return plm_cli_format("%s", said ? said : "");
    return plm_cli_format("%s%scheckpoint('checkpoint.safetensors', every=%lld)", said ? said : "",
                          said ? ", " : "", (long long)t->every);
}

static bool is_outside(plm_cli_training *t)
{
    const char *said = plm_cli_setting_text(&t->settings, "outside");
    return said && !strcmp(said, "true");
}

plm_status plm_cli_training_epochs(plm_cli_training *t, const plm_cli_fit *f)
{
    const plm_observer observer = plm_cli_watch_observer(&t->watch);
    char *checkpoint = plm_cli_rundir_file(&t->folder, "checkpoint.safetensors");
    char *observers = observers_of(t, f);
    plm_status status = plm_fit(
        t->job.model, f->data,
        PLM_FIT(.epochs = f->last, .initial_epoch = f->first, .validation = t->job.validation,
                .validation_freq = plm_cli_setting_count(&t->settings, "validation_freq", 1),
                .run = plm_cli_identity(&t->settings),
                .run_changes = plm_cli_identity_changes(&t->settings), .observers = observers,
                .extra = &observer, .extras = 1, .resume = f->on ? checkpoint : NULL,
                .folder = t->folder.path, .outside = is_outside(t),
                .class_weight = t->classes ? t->class_weight : NULL, .classes = t->classes));
    free(observers);
    free(checkpoint);
    return status;
}

/* Epochs that the checkpoint to go on from has; below 0 = a plm_status. */
static int64_t epochs_done(plm_cli_training *t)
{
    char *checkpoint = plm_cli_rundir_file(&t->folder, "checkpoint.safetensors");
    int64_t done = plm_checkpoint_epochs(t->job.w, checkpoint);
    free(checkpoint);
    return done;
}

/* Some layers are frozen first. A checkpoint of the last frozen epoch still belongs to the first
 * phase. */
static plm_status fit_phases(plm_cli_training *t, int64_t epochs, bool on)
{
    const int64_t frozen = plm_cli_reuse_frozen_epochs(&t->settings),
                  done = on ? epochs_done(t) : 0;
    plm_cli_fit f = {.data = t->job.data, .last = frozen < epochs ? frozen : epochs, .on = on};
    plm_status status = done < 0 ? (plm_status)done : PLM_OK;
    if (status == PLM_OK && done <= frozen) {
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

/* What to do next. */
static void remark(const plm_cli_training *t)
{
    if (t->watch.interrupted && t->watch.epochs && t->every)
        plm_cli_note("to go on: plummet %s --resume %s", t->call->verb->name, t->folder.path);
    if (t->folder.resumed && !t->watch.begun)
        fputs("nothing to do: all epochs are done; to train on, ask for more: epochs=N\n", stderr);
}

static void open_watch(plm_cli_training *t)
{
    bool screen = plm_cli_screen_of(stderr).terminal && !plm_cli_screen_of(stdout).terminal;
    t->watch.progress = plm_cli_progress_new(t->quiet || (t->json && !screen), t->job.about.batch);
    t->watch.folder = &t->folder;
    t->watch.json = t->json;
    t->job.progress = &t->watch.progress;
    t->watch.settings = t->folder.resumed ? &t->settings : NULL;
    t->watch.note = t->note;
}

/* What the run does not say and was chosen for it. */
static void report_choice(plm_cli_training *t)
{
    const char *metrics = plm_cli_setting_text(&t->settings, "metrics");
    if (t->job.chose_loss && !t->quiet && !t->json)
        fprintf(stderr, "loss: %s%s%s\n", plm_cli_setting_text(&t->settings, "loss"),
                metrics ? "; metrics: " : "", metrics ? metrics : "");
}

/* What comes before, the fit, and what comes after, unless it was interrupted. Ends with the
 * error told. */
static int fit(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    open_watch(t);
    report_choice(t);
    int code = steps->before ? steps->before(t) : PLM_EXIT_GOOD;
    plm_status status = PLM_OK;
    if (!code && !t->watch.interrupted)
        status = fit_all(t, t->folder.resumed && !t->afresh);
    plm_cli_progress_clear(&t->watch.progress);
    if (status < 0)
        code = plm_cli_job_fail(&t->job, &t->settings, status);
    else if (!code && !t->watch.interrupted && steps->after)
        code = steps->after(t);
    plm_cli_progress_clear(&t->watch.progress);
    if (t->watch.interrupted)
        plm_cli_note("stopping: the model is saved first; Ctrl-C again leaves at once");
    if (!code)
        remark(t);
    return code;
}

/* Saves also after Ctrl-C: what was learned is kept. */
static int save(plm_cli_training *t)
{
    char *path = plm_cli_rundir_file(&t->folder, "model.safetensors");
    plm_status status = plm_model_save(t->job.model, path, NULL);
    if (status < 0) {
        free(path);
        return plm_cli_fail_status(t->job.w, status, NULL);
    }
    t->model_path = path;
    return PLM_EXIT_GOOD;
}

static int measure(plm_cli_training *t)
{
    if (!t->job.test || t->watch.interrupted)
        return PLM_EXIT_GOOD;
    plm_status status = plm_evaluate(t->job.model, t->job.test, t->test, PLM_CLI_LOGS);
    t->tested = status >= 0;
    return status < 0 ? plm_cli_fail_status(t->job.w, status, "test") : PLM_EXIT_GOOD;
}

static void report_json(const plm_cli_training *t)
{
    const plm_cli_watch *w = &t->watch;
    plm_cli_json j = plm_cli_json_begin(stdout);
    plm_cli_json_text(&j, "event", "done");
    plm_cli_json_text(&j, "status", w->interrupted ? "interrupted" : "finished");
    plm_cli_json_number(&j, "epochs", (double)w->epochs);
    for (int i = 0; i < w->logs; i++)
        plm_cli_json_number(&j, w->name[i], w->value[i]);
    for (int i = 0; t->tested && i < PLM_CLI_LOGS && t->test[i].name; i++) {
        char key[64];
        snprintf(key, sizeof key, "test_%s", t->test[i].name);
        plm_cli_json_number(&j, key, t->test[i].value);
    }
    plm_cli_json_number(&j, "seconds", w->seconds);
    plm_cli_json_number(&j, "samples_per_s", w->rate);
    plm_cli_json_text(&j, "loss_function", plm_model_said(t->job.model, "loss"));
    plm_cli_json_text(&j, "model", t->model_path);
    plm_cli_json_end(&j);
}

/* Of the last epoch: the figures of the validation; where there was none, those of the rows
 * that the net learned from. */
static void add_last_epoch(plm_cli_table *table, const plm_cli_watch *w)
{
    const int before = table->rows;
    for (int i = 0; i < w->logs; i++)
        if (!strncmp(w->name[i], "val_", 4) && !isnan(w->value[i]))
            plm_cli_table_number(table, "validation", w->name[i] + 4, w->value[i]);
    const bool validated = table->rows > before;
    for (int i = 0; i < w->logs && !validated; i++)
        if (strncmp(w->name[i], "val_", 4) != 0 && strcmp(w->name[i], "learning_rate") != 0)
            plm_cli_table_number(table, "training", w->name[i], w->value[i]);
}

static void report_text(const plm_cli_training *t)
{
    const plm_cli_watch *w = &t->watch;
    plm_cli_table table = {0};
    char figure[32], epochs[48];
    if (!t->tested)
        add_last_epoch(&table, w);
    for (int i = 0; t->tested && i < PLM_CLI_LOGS && t->test[i].name; i++)
        plm_cli_table_number(&table, "test", t->test[i].name, t->test[i].value);
    int64_t done = w->epochs - w->first;
    snprintf(figure, sizeof figure, "%.*f", w->seconds < 10 ? 2 : 0, w->seconds);
    snprintf(epochs, sizeof epochs, " s, %lld %sepoch%s", (long long)done, w->first ? "more " : "",
             done == 1 ? "" : "s");
    plm_cli_table_figure(&table, "training", figure, epochs);
    plm_cli_table_text(&table, "model", t->model_path);
    plm_cli_table_print(&table);
}

static int train(plm_cli_training *t, const plm_cli_training_steps *steps)
{
    int code = open_folder(t);
    if (code)
        return code;
    plm_cli_signals_hold(t->watch.signals, true);
    code = fit(t, steps);
    code = code ? code : save(t);
    plm_cli_signals_hold(t->watch.signals, false);
    code = code ? code : measure(t);
    if (t->model_path)
        t->json ? report_json(t) : report_text(t);
    plm_cli_rundir_close(&t->folder, !t->model_path && !t->watch.epochs && !t->kept);
    if (!code && t->folder.history.failed)
        code = PLM_EXIT_IO;
    return !code && t->watch.interrupted ? PLM_EXIT_INTERRUPTED : code;
}

int plm_cli_training_run(const plm_cli_call *call, const plm_cli_training_steps *steps)
{
    plm_cli_training t = {.call = call,
                          .json = plm_cli_option_of(call, "json") != NULL,
                          .quiet = plm_cli_option_of(call, "quiet") != NULL,
                          .settings = plm_cli_settings_new(plm_cli_run_keys)};
    int code = read_settings(&t, steps);
    if (!code) {
        t.watch.signals = plm_cli_signals_start(); /* before the runtime starts its threads */
        code = plm_cli_net_build(&t.job, &t.settings);
        code = code || !steps->built ? code : steps->built(&t);
        if (!code)
            code = plm_cli_option_of(call, "dry-run") ? dry_run(&t) : train(&t, steps);
        plm_cli_job_free(&t.job);
        plm_cli_signals_end(t.watch.signals);
    }
    plm_cli_settings_free(&t.settings);
    plm_cli_rundir_close(&t.folder, false);
    free(t.name);
    free(t.note);
    free(t.model_path);
    return code;
}
