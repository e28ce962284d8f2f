/* plummet lr-find: recommends a learning rate, by a range test and, with --try, by short trainings.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "home.h"
#include "output.h"
#include "picture.h"
#include "plot/lr.h"
#include "run/lr_find.h"
#include "run/lr_json.h"
#include "run/net.h"
#include "run/runfile.h"
#include "show/lr.h"
#include "signals.h"

/* STEPS: default number of batches of the range test. MOST_STEPS: max number of batches of the
 * range test and of a trial. */
enum { STEPS = 200, MOST_STEPS = 1000000 };

static const plm_cli_option options[] = {
    {"try", 0, NULL,
     "after the range test, train the untrained net at five or more learning rates and recommend "
     "the best rate"},
    {"try-steps", 0, "N",
     "batches of each training of --try, default 300, or the whole run if it is shorter"},
    {"from", 0, "RATE", "learning rate of the first batch of the range test, default 1e-6"},
    {"to", 0, "RATE", "learning rate of the last batch of the range test, default 10"},
    {"steps", 0, "N", "batches of the range test, default 200"},
    {"output", 'o', "FILE",
     "also draw the loss over the learning rate into this file: .svg or .png"},
    {"json", 0, NULL, "print rates and curve as one JSON object, without a chart"},
    {"quiet", 'q', NULL, "no progress"},
    {0}};

static const char *const examples[] = {
    "plummet lr-find digits",
    "the built-in run: 8x8 digits",
    "plummet lr-find digits --try",
    "choose the rate by trial trainings of the same run",
    "plummet lr-find net.yaml --from 1e-4 --to 1 -o rates.svg",
    "test another range of learning rates, and write the curve as a picture",
    "plummet lr-find net.yaml optimizer=sgd data='mnist | shuffle | batch(128)'",
    "test the run file with two keys replaced",
    NULL};

static const char *const idle[] = {
    "validation_freq", "observers",     "checkpoint",    "out",           "unlabelled",
    "pretraining",     "pseudo_labels", "pseudo_rounds", "pseudo_epochs", NULL};

/* Reads an option that is a learning rate. If it is not set, *rate is not changed. Returns an exit
 * code. */
static int read_rate(const plm_cli_call *call, const char *name, double *rate)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_real(text, rate) && *rate > 0 && isfinite(*rate)))
        return PLM_EXIT_GOOD;
    char where[16];
    snprintf(where, sizeof where, "--%s", name);
    return plm_cli_fail(PLM_EXIT_USAGE, where, "use a number above 0, such as 1e-5",
                        "a learning rate cannot be '%s'", text);
}

/* Reads and checks all options. Returns an exit code. */
static int read_options(plm_lr_find *f, const plm_cli_call *call)
{
    static const char of_steps[] = "use a whole number from 10 to 1000000";
    f->from = 1e-6;
    f->to = 10;
    f->steps = STEPS;
    f->tries = plm_cli_option_of(call, "try") != NULL;
    int code = read_rate(call, "from", &f->from);
    code = code ? code : read_rate(call, "to", &f->to);
    code = code ? code
                : plm_cli_whole_option(call, "steps", 10, MOST_STEPS, "steps", of_steps, &f->steps);
    code = code ? code
                : plm_cli_whole_option(call, "try-steps", 10, MOST_STEPS, "steps", of_steps,
                                       &f->try_steps);
    if (code)
        return code;
    if (!(f->from < f->to))
        return plm_cli_fail(PLM_EXIT_USAGE, "--from", "set --to to a higher rate",
                            "the learning rate of --to is not above that of --from");
    if (f->try_steps && !f->tries)
        return plm_cli_fail(
            PLM_EXIT_USAGE, "--try-steps", "add --try",
            "--steps has no effect without --try, since there are no trainings then");
    return plm_cli_picture_check(plm_cli_option_of(call, "output"));
}

/* The state of a search while it runs, by which its progress is shown and Ctrl-C noticed. */
typedef struct {
    const plm_cli_call *call;
    plm_cli_progress progress;
    plm_cli_home *home;
    plm_cli_signals *signals;
    plm_lr_find find;
} watcher;

/* Called after each batch. */
static void on_batch(void *user, const plm_event *e)
{
    watcher *w = user;
    if (e->row <= w->find.job->about.batch)
        w->progress.drawn_at = -1; /* the clock of each fit begins at 0 */
    w->progress.lines.unit = w->find.trying ? "trial" : "range test";
    plm_cli_progress_batch(&w->progress, e);
}

/* True if the user asked to stop. */
static bool on_stop(void *user)
{
    const watcher *w = user;
    return plm_cli_signals_asked(w->signals);
}

/* Runs the search. Signals only ask it to stop: nothing has to be saved, but so Ctrl-C first clears
 * the progress line. Returns an exit code. */
static int search(watcher *w)
{
    w->home->progress = &w->progress;
    plm_cli_signals_hold(w->signals, true, NULL);
    const int code = plm_cli_code(w->home->w, plm_lr_find_run(&w->find));
    plm_cli_signals_hold(w->signals, false, NULL);
    plm_cli_progress_clear(&w->progress);
    w->home->progress = NULL;
    if (code || !(w->find.range.stopped || w->find.trials.stopped))
        return code;
    fputs("stopped: nothing was written\n", stderr);
    return PLM_EXIT_INTERRUPTED;
}

/* Prints the result of a search, and draws its curve. Returns an exit code. */
static int report(const watcher *w)
{
    const char *argument = w->call->argument[0], *picture = plm_cli_option_of(w->call, "output");
    const plm_lr_find *f = &w->find;
    const plm_lr_trials *trials = f->tries ? &f->trials : NULL;
    const char *name = plm_run_settings_name(f->settings, argument);
    plm *home = w->home->w;
    plm_text text = {0};
    plm_plot chart = {0};
    int code = plm_cli_code(home, plm_plot_lr(home, &f->range, trials, name ? name : "", &chart));
    if (!code && plm_cli_option_of(w->call, "json"))
        plm_lr_json(&f->range, trials, &text);
    else if (!code) {
        code = plm_cli_plot_show(&chart, (plm_cli_picture){0});
        plm_text_add(&text, "\n");
        plm_lr_text(&f->range, trials, argument, plm_cli_screen_of(stdout), &text);
    }
    plm_cli_print(stdout, &text);
    if (!code && picture)
        code = plm_cli_plot_show(&chart, (plm_cli_picture){.path = picture});
    plm_plot_free(&chart);
    return code;
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
    watcher w = {.call = work->call, .home = &work->home, .signals = signals};
    plm_lr_find *f = &w.find;
    int code = read_options(f, work->call);
    code = code ? code : plm_cli_code(work->home.w, build(work));
    if (code)
        return code;
    w.progress =
        plm_cli_progress_new(plm_cli_option_of(work->call, "quiet") != NULL, work->job.about.batch);
    f->job = &work->job;
    f->settings = &work->settings;
    f->watch = on_batch;
    f->stop = on_stop;
    f->self = &w;
    code = search(&w);
    code = code ? code : report(&w);
    const bool diverged = f->tries && f->trials.best < 0;
    plm_lr_find_free(f);
    return !code && diverged ? PLM_EXIT_DIVERGED : code;
}

/* Runs the subcommand; from its beginning, a thread waits for signals. */
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
    .help = "recommends a learning rate by a range test, or by short trainings (--try)",
    .details =
        "The range test trains the untrained net of a run file for 200 batches while the learning "
        "rate grows by the same factor with every batch, and draws the loss over the rate (Smith, "
        "Cyclical learning rates for training neural networks, 2017). It ends early when the loss "
        "diverges: when it exceeds 4 times its lowest value and has lost half of its fall, or is "
        "no longer finite. One rate is recommended, by the rule midway: on the logarithmic axis, "
        "it is halfway between the point where the loss has made half of its fall and its lowest "
        "point. The rates of three other rules are listed below it.\n\n--try measures instead: it "
        "trains the same untrained net at five round rates around the recommended one, for 300 "
        "batches each (or for the epochs of the run, if these are fewer), continues with lower or "
        "higher rates while the best rate is at an end of the list, and recommends the rate with "
        "the lowest validation loss; without validation rows, the lowest training loss of the last "
        "batches. The same seed gives the same result.\n\nIn the range test the optimizer's own "
        "rate or schedule has no effect, but its other keys have. In --try a schedule keeps its "
        "shape: its rates are multiplied so that the highest rate in the trial is the rate to try. "
        "Both recommend a constant rate, or the highest rate of a schedule.\n\nNo file is written "
        "except the file of -o: observers and checkpoints have no effect, rows split off for "
        "validation or test are not trained on, and the net is not saved. Exit 4: the loss blew up "
        "at once, or in every trial. The keys are the keys of train; keys without effect are not "
        "listed.",
    .options = options,
    .keys = plm_run_keys,
    .idle = idle,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
