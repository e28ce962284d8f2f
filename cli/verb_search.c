/* plummet search: tries settings of a run file, and trains the promising ones longer. */
#include <math.h>
#include <string.h>

#include "home.h"
#include "options.h"
#include "search/search.h"
#include "run/words.h"
#include "signals.h"

enum { TRIALS = 27 };

static const plm_cli_option options[] = {
    {"trials", 't', "N", "number of trials of the first round, default 27"},
    {"quiet", 'q', NULL, "print only the best trial"},
    {0}};

static const char sample[] = "data: digits | shuffle | batch(32)\n"
                             "validation: split(0.2, shuffle=true)\ndefine:\n  - rate = 1e-3\n  - "
                             "units = 100\nsearch:\n  - rate = log_uniform(1e-4, 0.1)\n  - units = "
                             "whole(16, 256)\nmodel:\n  - rescaling(1/16)\n  - dense(units, "
                             "activation=relu)\n  - dense(10, activation=softmax)\noptimizer: "
                             "adam(rate)\n"
                             "epochs: 27";

static const char *const examples[] = {
    "plummet search net.yaml",
    "make 27 trials, of which the best 9 train longer",
    "plummet search net.yaml --trials 81 seed=2 out=wide",
    "make more trials; the same command continues where it was stopped",
    "plummet search houses.csv target=price --trials 9",
    "search rate, units and dropout of the net for a table",
    "plummet search houses.csv target=price optimizer='adam(rate)' define='rate = 0.01' "
    "search='rate = log_uniform(1e-3, 0.1)'",
    "search a table with your own range",
    NULL};

/* A search that is shown. */
typedef struct {
    plm_cli_signals *signals;
    bool quiet;
} watcher;

/* Looks for Ctrl-C after each batch. */
static plm_status on_event(void *self, plm_run *run, const plm_event *e)
{
    const watcher *w = self;
    (void)run;
    return e->kind != PLM_FIT_END && plm_cli_signals_asked(w->signals) ? PLM_STOPPED : PLM_OK;
}

/* Prints a line for a trial that is over. */
static void on_trial(void *self, const plm_search_trial *t)
{
    const watcher *w = self;
    if (w->quiet)
        return;
    char score[40] = "diverged";
    if (isfinite(t->score))
        snprintf(score, sizeof score, "val_loss %.4g", t->score);
    plm_cli_note("round %d/%d  trial %4lld  %lld epoch%s  %s  %s", t->round, t->rounds,
                 (long long)t->trial, (long long)t->epochs, t->epochs == 1 ? "" : "s", score,
                 t->values);
}

/* Prints the best trial, and how to train with its settings alone. */
static void report(const plm_search *s)
{
    printf("best       trial %lld: %s\n", (long long)s->best.trial, s->best.values);
    printf("val_loss   %.4g\n", s->best.score);
    printf("model      %s/model.safetensors\n", s->best.folder);
    printf("run file   %s/run.yaml\n", s->best.folder);
}

/* Runs the search, and prints its best trial. Returns an exit code. */
static int search(const plm_cli_call *call, plm_cli_home *home)
{
    watcher w = {.quiet = plm_cli_option_of(call, "quiet") != NULL};
    int64_t trials = TRIALS;
    int code = plm_cli_whole_option(call, "trials", 1, PLM_SEARCH_TRIALS, "trials",
                                    "use a whole number from 1 to 10000", &trials);
    const char *path = call->argument[0];
    if (!code && !strcmp(path, "-"))
        code = plm_cli_fail(PLM_EXIT_USAGE, path, "name a file",
                            "a search reads its table many times, but standard input only once");
    if (code)
        return code;
    w.signals = plm_cli_signals_start();
    plm_cli_signals_hold(w.signals, true, NULL);
    plm_search s = {.w = home->w,
                    .path = path,
                    .overrides = call->overrides,
                    .override = (const char *const *)call->override,
                    .trials = trials,
                    .data_dir = home->data_dir,
                    .on_event = on_event,
                    .on_trial = on_trial,
                    .self = &w};
    code = plm_cli_code(home->w, plm_search_run(&s));
    if (!code && s.stopped)
        plm_cli_note("stopped: run the same command again to continue the search");
    else if (!code)
        report(&s);
    code = !code && s.stopped ? PLM_EXIT_INTERRUPTED : code;
    plm_search_free(&s);
    plm_cli_signals_end(w.signals);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_home_run(call, search);
}

const plm_cli_verb plm_verb_search = {
    .name = "search",
    .order = 37,
    .usage = "RUNFILE|TABLE [key=value ...] [--trials N] [--quiet]",
    .help = "tries settings of a run file, and trains the best ones longer",
    .details =
        "Draws values for the names to which the key search of the run file gives ranges, and "
        "trains with each. All trials are trained for a few epochs, the best third of them for "
        "three times as many, and so on, up to the epochs of the run file (successive halving). "
        "They are compared by the validation loss, so the run needs a validation. The test rows "
        "are not used for the choice, so the test of the best trial is unbiased.\n\n"
        "The folder out (default runs/NAME-search) has search.csv, a row for each training, and "
        "the runs of the trials. The same seed gives the same trials. The same command continues "
        "where it was stopped. `train` ignores the key search, and uses the values of define.\n\n"
        "For TABLE with target=COLUMN the run is the one that `plummet train TABLE` would train. "
        "Without the key search, the learning rate, the number of units and the dropout of its net "
        "are searched. The run file with the ranges is written into the folder.",
    .sample = sample,
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
