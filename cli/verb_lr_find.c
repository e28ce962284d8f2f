/* plummet lr-find: recommends a learning rate, by a range test and, with --try, by short trainings.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "home.h"
#include "lr_report.h"
#include "picture.h"
#include "run/net.h"
#include "run/runfile.h"
#include "signals.h"

/* Default number of batches of the range test and of a trial, and the max of both. */
enum { STEPS = 200, TRY_STEPS = 300, MOST_STEPS = 1000000 };

static const plm_cli_option options[] = {
    {"try", 0, NULL, "then train the fresh net at five or more rates and recommend the best one"},
    {"try-steps", 0, "N", "batches of each of these trainings, default 300 or the whole run"},
    {"from", 0, "RATE", "the rate of the first batch, default 1e-6"},
    {"to", 0, "RATE", "the rate of the last batch, default 10"},
    {"steps", 0, "N", "batches of the range test, default 200"},
    {"output", 'o', "FILE", "draw the curve into this file, too: .svg or .png"},
    {"json", 0, NULL, "rates and curve as one JSON object, without a chart"},
    {"quiet", 'q', NULL, "no progress"},
    {0}};

static const char *const examples[] = {
    "plummet lr-find digits",
    "the run that is built in: 8x8 digits",
    "plummet lr-find digits --try",
    "the same, measured by short trainings",
    "plummet lr-find net.yaml --from 1e-4 --to 1 -o rates.svg",
    "other rates; the curve as a picture",
    "plummet lr-find net.yaml optimizer=sgd data='mnist | shuffle | batch(128)'",
    "with keys replaced",
    NULL};

static const char *const idle[] = {
    "validation_freq", "observers",     "checkpoint",    "out",           "unlabelled",
    "pretraining",     "pseudo_labels", "pseudo_rounds", "pseudo_epochs", NULL};

/* The values of the options. */
typedef struct {
    double from, to;
    int64_t steps, try_steps; /* try_steps: 0 = chosen by the data, see steps_of_trial */
    const char *picture;
    bool tries, json, quiet;
} wishes;

/* Reads an option that is a learning rate. Not given = *rate stays. Returns an exit code. */
static int read_rate(const plm_cli_call *call, const char *name, double *rate)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_real(text, rate) && *rate > 0 && isfinite(*rate)))
        return PLM_EXIT_GOOD;
    char where[16];
    snprintf(where, sizeof where, "--%s", name);
    return plm_cli_fail(PLM_EXIT_USAGE, where, "give a number above 0, such as 1e-5",
                        "a rate cannot be '%s'", text);
}

/* Reads an option that is a number of batches. Not given = *steps stays. Returns an exit code. */
static int read_steps(const plm_cli_call *call, const char *name, int64_t *steps)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_whole(text, steps) && *steps >= 10 && *steps <= MOST_STEPS))
        return PLM_EXIT_GOOD;
    char where[16];
    snprintf(where, sizeof where, "--%s", name);
    return plm_cli_fail(PLM_EXIT_USAGE, where, "a whole number from 10 to 1000000",
                        "steps cannot be '%s'", text);
}

/* Reads and checks all options. Returns an exit code. */
static int read_options(wishes *o, const plm_cli_call *call)
{
    *o = (wishes){.from = 1e-6,
                  .to = 10,
                  .steps = STEPS,
                  .picture = plm_cli_option_of(call, "output"),
                  .tries = plm_cli_option_of(call, "try") != NULL,
                  .json = plm_cli_option_of(call, "json") != NULL,
                  .quiet = plm_cli_option_of(call, "quiet") != NULL};
    int code = read_rate(call, "from", &o->from);
    code = code ? code : read_rate(call, "to", &o->to);
    code = code ? code : read_steps(call, "steps", &o->steps);
    code = code ? code : read_steps(call, "try-steps", &o->try_steps);
    if (code)
        return code;
    if (!(o->from < o->to))
        return plm_cli_fail(PLM_EXIT_USAGE, "--from", "give --to a higher rate",
                            "the rate does not grow");
    if (o->try_steps && !o->tries)
        return plm_cli_fail(PLM_EXIT_USAGE, "--try-steps", "add --try",
                            "without --try there are no trainings to give steps");
    return plm_cli_picture_check(o->picture);
}

/* What runs beside the trainings: it shows progress and looks for Ctrl-C. */
typedef struct {
    plm_cli_progress progress;
    plm_cli_home *home;
    plm_cli_signals *signals;
    /* rows of a batch; number of batches of the current training: all, done */
    int64_t batch, steps, done;
    const plm_lr_trials *tries; /* the trials that run; NULL = the range test runs */
    /* what trials make new models from; made: status of the last one */
    plm_job *j;
    plm_settings *s;
    plm_status made;
} watcher;

/* Called after each batch: shows the progress of the training as one epoch, whatever the length of
 * the data. */
static void on_batch(void *user, const plm_event *e)
{
    watcher *w = user;
    plm_event shown = *e;
    w->done = w->done < w->steps ? w->done + 1 : 1;
    if (w->done == 1)
        w->progress.drawn_at = -1; /* the clock of each fit begins at 0 */
    shown.epoch = w->tries ? w->tries->count : 0;
    shown.epochs = !w->tries ? 1 : shown.epoch < 5 ? 5 : shown.epoch + 1;
    shown.row = w->done * w->batch;
    shown.rows = w->steps * w->batch;
    plm_cli_progress_batch(&w->progress, &shown);
}

/* True if the user asked to stop. */
static bool on_stop(void *user)
{
    const watcher *w = user;
    return plm_cli_signals_asked(w->signals);
}

/* Makes a new model of the run, with the same first weights, for the next trial. */
static plm_status make_fresh(void *user, plm_model **out)
{
    watcher *w = user;
    w->made = plm_net_make(w->j, w->s);
    *out = w->j->model;
    return w->made;
}

/* Returns the number of batches of a trial, not more than the run itself has. */
static int64_t steps_of_trial(const plm_job *j, const plm_settings *s, const wishes *o)
{
    const int64_t batch = j->about.batch > 0 ? j->about.batch : 1;
    const int64_t epochs = plm_setting_count(s, "epochs", 10);
    const int64_t epoch = (j->about.rows + batch - 1) / batch;
    if (o->try_steps)
        return o->try_steps;
    return epoch > 0 && epochs < (TRY_STEPS + epoch - 1) / epoch ? epoch * epochs : TRY_STEPS;
}

/* Reports that the loss blew up before the curve had a point. */
static int fail_blown(const plm_settings *s, const plm_lr_range *t)
{
    char hint[48];
    snprintf(hint, sizeof hint, "begin lower: --from %.0e", fmin(1e-6, t->o.from / 1000));
    return plm_cli_fail(PLM_EXIT_DIVERGED, s->file, hint,
                        "the loss blew up within %lld steps, at the rate %.2g",
                        (long long)t->done + 1, t->done ? t->rate[t->done - 1] : t->o.from);
}

/* Runs the range test into t. Returns an exit code. */
static int run_test(watcher *w, const plm_lr_range_options *o, plm_lr_range *t)
{
    w->steps = o->steps;
    w->progress.unit = "range test";
    const plm_status status = plm_lr_range_run(w->j->model, w->j->data, o, t);
    if (status < 0)
        return plm_cli_code(w->j->home, plm_job_fail(w->j, w->s, status));
    return t->stopped || t->count ? PLM_EXIT_GOOD : fail_blown(w->s, t);
}

/* Returns the settings of the trials. test: its class weights are used again. */
static plm_lr_trials trials_of(watcher *w, const wishes *o, const plm_lr_range_options *test)
{
    const bool frozen = plm_setting_text(w->s, "frozen_optimizer") != NULL;
    return (plm_lr_trials){.steps = steps_of_trial(w->j, w->s, o),
                           .optimizer =
                               plm_setting_text(w->s, frozen ? "frozen_optimizer" : "optimizer"),
                           .data = w->j->data,
                           .validation = w->j->validation,
                           .class_weight = test->class_weight,
                           .classes = test->classes,
                           .fresh = make_fresh,
                           .watch = on_batch,
                           .stop = on_stop,
                           .user = w};
}

/* Runs the trials around the rate `near`. Returns an exit code. */
static int run_trials(watcher *w, plm_lr_trials *tries, double near)
{
    w->steps = tries->steps;
    w->done = 0;
    w->tries = tries;
    w->progress.unit = "trial";
    plm_status status = plm_lr_trials_run(w->j->w, tries, near);
    if (status < 0)
        status = w->made < 0 ? w->made : plm_job_fail(w->j, w->s, status);
    return plm_cli_code(w->j->home, status);
}

/* Runs the range test and, with --try, trials around the rate that it recommends. Returns an exit
 * code. */
static int search(watcher *w, const wishes *o, plm_lr_range *t, plm_lr_trials *tries)
{
    float class_weight[PLM_RUN_MAX_CLASSES];
    int classes = 0;
    int code = plm_cli_code(w->j->home, plm_run_settings_class_weight(
                                            w->s, class_weight, PLM_RUN_MAX_CLASSES, &classes));
    const plm_lr_range_options test = {.from = o->from,
                                       .to = o->to,
                                       .steps = o->steps,
                                       .class_weight = classes ? class_weight : NULL,
                                       .classes = classes,
                                       .watch = on_batch,
                                       .stop = on_stop,
                                       .user = w};
    code = code ? code : run_test(w, &test, t);
    if (code || t->stopped || !o->tries)
        return code;
    *tries = trials_of(w, o, &test);
    return run_trials(w, tries, t->rule[0].rate > 0 ? t->rule[0].rate : 1e-3);
}

/* Runs the search while signals are held, though nothing has to be saved: so Ctrl-C first clears
 * the progress line. Returns an exit code. */
static int watched_search(watcher *w, const wishes *o, plm_lr_range *t, plm_lr_trials *tries)
{
    w->home->progress = &w->progress;
    plm_cli_signals_hold(w->signals, true, NULL);
    const int code = search(w, o, t, tries);
    plm_cli_signals_hold(w->signals, false, NULL);
    plm_cli_progress_clear(&w->progress);
    w->home->progress = NULL;
    if (code || !(t->stopped || tries->stopped))
        return code;
    fputs("stopped: nothing was written\n", stderr);
    return PLM_EXIT_INTERRUPTED;
}

/* Runs the search and prints its result. Returns an exit code. */
static int search_and_report(watcher *w, const wishes *o, const char *argument)
{
    plm_lr_range t = {0};
    plm_lr_trials tries = {.best = -1};
    int code = watched_search(w, o, &t, &tries);
    if (!code) {
        const char *name = plm_run_settings_name(w->s, argument);
        const plm_cli_lr_report report = {
            &t, o->tries ? &tries : NULL, name ? name : "", argument, o->picture, o->json};
        code = plm_cli_lr_report_print(&report);
    }
    plm_lr_range_free(&t);
    return !code && o->tries && tries.best < 0 ? PLM_EXIT_DIVERGED : code;
}

/* Reads the run file and builds its model. */
static plm_status build(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    const plm_status status = plm_run_settings_load(
        &work->settings, call->argument[0], call->overrides, (const char *const *)call->override);
    return status < 0 ? status : plm_net_build(&work->job, &work->settings);
}

/* Reads the options, builds the model, searches and reports. Returns an exit code. */
static int find(plm_cli_work *work, plm_cli_signals *signals)
{
    const plm_job *j = &work->job;
    wishes o;
    int code = read_options(&o, work->call);
    code = code ? code : plm_cli_code(work->home.w, build(work));
    if (code)
        return code;
    const int64_t batch = j->about.batch > 0 ? j->about.batch : 1;
    watcher w = {.progress = plm_cli_progress_new(o.quiet, batch),
                 .home = &work->home,
                 .signals = signals,
                 .batch = batch,
                 .j = &work->job,
                 .s = &work->settings};
    return search_and_report(&w, &o, work->call->argument[0]);
}

/* Runs the verb while signals are watched. */
static int watch(plm_cli_work *work)
{
    /* the signals must be blocked before the runtime of the run starts its threads */
    plm_cli_signals *signals = plm_cli_signals_start();
    const int code = find(work, signals);
    plm_job_free(&work->job); /* this ends the threads */
    plm_cli_signals_end(signals);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, plm_run_keys, watch);
}

const plm_cli_verb plm_verb_lr_find = {
    .name = "lr-find",
    .order = 60,
    .usage = "RUNFILE [key=value ...] [--try] [--from RATE] [--to RATE] [--steps N] [-o FILE] "
             "[--json]",
    .help = "which learning rate: a range test that recommends one, or short trainings (--try)",
    .details =
        "The range test trains the fresh net of a run file for 200 batches while the learning rate "
        "grows by the same factor with every batch, and draws the loss over the rate (Smith, "
        "Cyclical learning rates for training neural networks, 2017). It ends early when the loss "
        "blows up: beyond 4 times its lowest value and half of its fall, or no longer finite. One "
        "rate is recommended, by the rule midway: half way, on the logarithmic axis, from where "
        "the loss has made half of its fall to its lowest point. The rates of three other rules "
        "are listed below it.\n\n--try measures instead: it trains the same fresh net at five "
        "round "
        "rates around that one, for 300 batches each (or the epochs of the run, if those are "
        "fewer), goes on to lower or higher rates while the best one is at an end of the list, and "
        "recommends the rate with the lowest validation loss; without validation rows, the lowest "
        "training loss of the last batches. The same seed gives the same result.\n\nIn the range "
        "test the optimizer's own rate or schedule does not matter, its other keys do. In --try a "
        "schedule keeps its shape: its rates are multiplied so that the highest one of the trial "
        "is the rate tried. Both recommend a constant rate, or the highest one of a "
        "schedule.\n\nNo file is written but the one of -o: "
        "observers "
        "and checkpoints have no effect, rows split off for validation or test are not trained on, "
        "and the net is forgotten. Exit 4: the loss blew up at once, or in every trial. Keys are "
        "those of train; those without effect are not listed.",
    .options = options,
    .keys = plm_run_keys,
    .idle = idle,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
