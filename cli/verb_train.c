/* plummet train: a run file becomes a net, a history and a model file. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>

#include "runfile.h"
#include "verbs.h"
#include "watch.h"

static const plm_cli_option options[] = {
    {"resume", 'r', "RUNDIR", "go on with the run in this folder, from its last checkpoint"},
    {"dry-run", 'n', NULL, "print the resolved run file and the model, and stop"},
    {"json", 0, NULL, "one JSON object a line on stdout: epochs, then the result"},
    {"quiet", 'q', NULL, "no progress, only results and errors"},
    {0}};

static const char sample[] = "data: csv('iris.csv', target=species) | shuffle | batch(16)\n"
                             "test: split(0.2, shuffle=true)\n"
                             "model:\n"
                             "  - normalization\n"
                             "  - dense(32, activation=relu)\n"
                             "  - dense(3, activation=softmax)\n"
                             "optimizer: adam(1e-2)\n"
                             "epochs: 50";

static const char *const examples[] = {
    "plummet train digits", "the run that is built in: 8x8 digits",
    "plummet train net.yaml epochs=3 out=first", "a run file, with two keys replaced",
    "plummet train digits optimizer='sgd(0.1)' model.2='dense(50)'", "another spec for a key, for one layer",
    "plummet train --resume runs/digits-0001 epochs=50", "go on with a run, to more epochs than it asked for",
    "plummet train digits --json epochs=2", "for programs", NULL};

/* All that one run holds. */
enum { MOST_CLASSES = 4096 };

typedef struct {
    const plm_cli_call *call;
    plm_cli_settings settings;
    plm_cli_job job;
    plm_cli_rundir folder;
    plm_cli_watch watch;
    char *name, *note, *model_path;
    int64_t every; /* epochs between two checkpoints, 0 = none */
    float class_weight[MOST_CLASSES];
    int classes; /* of class_weight, 0 = none */
    plm_log test[PLM_CLI_LOGS];
    bool json, quiet, tested;
} training;

/* One of the two says what to train. */
static int check_call(const plm_cli_call *call, const char *resume)
{
    if (call->arguments == 0 && !resume)
        return plm_cli_fail(PLM_EXIT_USAGE, NULL, "name a run file, or --resume RUNDIR: `plummet help train`",
                            "train needs one more argument");
    if (call->arguments > 0 && resume)
        return plm_cli_fail(PLM_EXIT_USAGE, call->argument[0], "leave it out: the folder has a run.yaml",
                            "too many arguments for train --resume");
    return PLM_EXIT_GOOD;
}

static int read_settings(training *t)
{
    const plm_cli_call *call = t->call;
    const char *resume = plm_cli_option_of(call, "resume");
    int code = check_call(call, resume);
    code = code || !resume ? code : plm_cli_rundir_find(&t->folder, resume);
    if (code)
        return code;
    char *file = resume ? plm_cli_rundir_file(&t->folder, "run.yaml") : plm_cli_format("%s", call->argument[0]);
    code = plm_cli_run_settings(&t->settings, file, call->overrides, call->override);
    code = code ? code : plm_cli_run_checkpoint(&t->settings, &t->every);
    code = code ? code : plm_cli_run_class_weight(&t->settings, t->class_weight, MOST_CLASSES, &t->classes);
    if (!code && resume && plm_cli_setting_text(&t->settings, "out"))
        code = plm_cli_fail(PLM_EXIT_USAGE, "out", "leave it out, or copy the folder first",
                            "a run goes on in its own folder");
    if (!code)
        t->name = plm_cli_run_name(&t->settings, file);
    free(file);
    return code;
}

static int dry_run(training *t)
{
    const char *summary = plm_model_summary(t->job.model, plm_cli_width(stdout));
    plm_cli_run_write(&t->settings, stdout);
    printf("\n%s\n", summary ? summary : "");
    if (t->job.about.rows >= 0)
        printf("%lld rows to train on, %lld a batch\n", (long long)t->job.about.rows, (long long)t->job.about.batch);
    return PLM_EXIT_GOOD;
}

static int open_folder(training *t)
{
    t->note = plm_cli_format("plummet %s, %s, %d threads; to run it again: plummet train run.yaml", plm_version(),
                                plm_isa(t->job.w), plm_threads(t->job.w));
    return t->folder.resumed ? PLM_EXIT_GOOD : plm_cli_rundir_open(&t->folder, &t->settings, t->name, t->note);
}

/* The observers of the run and, after them, so that theirs keep their numbers in it, the checkpoint. */
static char *observers_of(training *t, const char *checkpoint)
{
    const char *said = plm_cli_setting_text(&t->settings, "observers");
    if (!t->every)
        return plm_cli_format("%s", said ? said : "");
    char *path = plm_cli_quoted(checkpoint);
    char *all = plm_cli_format("%s%scheckpoint(%s, every=%lld)", said ? said : "", said ? ", " : "", path,
                               (long long)t->every);
    free(path);
    return all;
}

static plm_status run_fit(training *t)
{
    const plm_observer observer = plm_cli_watch_observer(&t->watch);
    char *checkpoint = plm_cli_rundir_file(&t->folder, "checkpoint.safetensors");
    char *observers = observers_of(t, checkpoint);
    plm_status status = plm_fit(t->job.model, t->job.data,
                                PLM_FIT(.epochs = plm_cli_setting_count(&t->settings, "epochs", 1),
                                        .validation = t->job.validation, .observers = observers,
                                        .extra = &observer, .extras = 1,
                                        .resume = t->folder.resumed ? checkpoint : NULL,
                                        .class_weight = t->classes ? t->class_weight : NULL,
                                        .classes = t->classes));
    free(observers);
    free(checkpoint);
    return status;
}

/* What to do next. */
static void remark(const training *t)
{
    if (t->watch.interrupted && t->watch.epochs && t->every)
        fprintf(stderr, "to go on: plummet train --resume %s\n", t->folder.path);
    if (t->folder.resumed && !t->watch.begun)
        fputs("nothing to do: all epochs are done; to train on, ask for more: epochs=N\n", stderr);
}

static plm_status fit(training *t)
{
    bool screen = plm_cli_screen_of(stderr).terminal && !plm_cli_screen_of(stdout).terminal;
    t->watch.progress = plm_cli_progress_new(t->quiet || (t->json && !screen), t->job.about.batch);
    t->watch.folder = &t->folder;
    t->watch.json = t->json;
    t->job.progress = &t->watch.progress;
    t->watch.settings = t->folder.resumed ? &t->settings : NULL;
    t->watch.note = t->note;
    plm_status status = run_fit(t);
    plm_cli_progress_clear(&t->watch.progress);
    if (t->watch.interrupted)
        fputs("stopping: the model is saved first; Ctrl-C again leaves at once\n", stderr);
    if (status >= 0)
        remark(t);
    return status;
}

/* Saves also after Ctrl-C: what was learned is kept. */
static int save(training *t)
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

static int measure(training *t)
{
    if (!t->job.test || t->watch.interrupted)
        return PLM_EXIT_GOOD;
    plm_status status = plm_evaluate(t->job.model, t->job.test, t->test, PLM_CLI_LOGS);
    t->tested = status >= 0;
    return status < 0 ? plm_cli_fail_status(t->job.w, status, "test") : PLM_EXIT_GOOD;
}

static void report_json(const training *t)
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
    plm_cli_json_text(&j, "model", t->model_path);
    plm_cli_json_end(&j);
}

static void report_row(const char *label, const char *name, double value)
{
    char figure[32], title[80];
    plm_cli_figure(figure, sizeof figure, value);
    snprintf(title, sizeof title, "%s %s", label, name);
    printf("%-22s %10s\n", title, figure);
}

static void report_text(const training *t)
{
    const plm_cli_watch *w = &t->watch;
    for (int i = 0; !t->tested && i < w->logs; i++)
        if (!strncmp(w->name[i], "val_", 4))
            report_row("validation", w->name[i] + 4, w->value[i]);
    for (int i = 0; t->tested && i < PLM_CLI_LOGS && t->test[i].name; i++)
        report_row("test", t->test[i].name, t->test[i].value);
    int64_t epochs = w->epochs - w->first;
    printf("%-22s %8.*f s  (%lld %sepoch%s)\n", "training", w->seconds < 10 ? 2 : 0, w->seconds, (long long)epochs,
           w->first ? "more " : "", epochs == 1 ? "" : "s");
    printf("%-22s %s\n", "model", t->model_path);
}

static int train(training *t)
{
    int code = open_folder(t);
    if (code)
        return code;
    plm_cli_signals_hold(t->watch.signals, true);
    plm_status status = fit(t);
    if (status < 0)
        code = plm_cli_job_fail(&t->job, &t->settings, status);
    else
        code = save(t);
    plm_cli_signals_hold(t->watch.signals, false);
    code = code ? code : measure(t);
    if (t->model_path)
        t->json ? report_json(t) : report_text(t);
    plm_cli_rundir_close(&t->folder, !t->model_path && !t->watch.epochs);
    if (!code && t->folder.history.failed)
        code = PLM_EXIT_IO;
    return !code && t->watch.interrupted ? PLM_EXIT_INTERRUPTED : code;
}

static int run(const plm_cli_call *call)
{
    training t = {.call = call,
                  .json = plm_cli_option_of(call, "json") != NULL,
                  .quiet = plm_cli_option_of(call, "quiet") != NULL,
                  .settings = plm_cli_settings_new(plm_cli_run_keys)};
    int code = read_settings(&t);
    if (!code) {
        t.watch.signals = plm_cli_signals_start(); /* before the runtime starts its threads */
        code = plm_cli_job_build(&t.job, &t.settings);
        if (!code)
            code = plm_cli_option_of(call, "dry-run") ? dry_run(&t) : train(&t);
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

const plm_cli_verb plm_verb_train = {
    .name = "train",
    .usage = "RUNFILE|--resume RUNDIR [key=value ...] [--dry-run] [--json] [--quiet]",
    .help = "trains the net of a run file; `train digits` needs no file",
    .details = "Trains the net that a run file describes and leaves its model (model.safetensors), its history "
               "(history.csv, a row an epoch; seconds are counted from the beginning), its last checkpoint and the run as it "
               "was resolved (run.yaml) in the folder out. RUNFILE can also be the name of a run that is built in: digits.\n\n"
               "A run file is YAML: lines of 'key: value', where values are specs such as dense(10, "
               "activation=softmax). Each key can be replaced on the command line by key=value, one layer by "
               "model.INDEX=value, counted from 0.\n\n"
               "Ctrl-C ends the training after the running batch and saves the model; a second one leaves at once. "
               "With --resume the run goes on from checkpoint.safetensors, written after every epoch: with the run.yaml "
               "of its folder, where keys can be replaced, too, such as epochs. A run that was resumed ends with the same "
               "model.safetensors and, but for the seconds, the same history.csv as one that was never stopped.",
    .sample = sample,
    .options = options,
    .keys = plm_cli_run_keys,
    .examples = examples,
    .most = 1,
    .run = run};
