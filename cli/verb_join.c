/* plummet join: makes one model of several trained ones, whose outputs are the means of theirs. */
#include "options.h"
#include "home.h"
#include "run/join.h"

static const plm_cli_option options[] = {{"output", 'o', "FILE", "the model file to write; needed"},
                                         {0}};

static const char *const examples[] = {
    "plummet join runs/net-0001 runs/net-0002 runs/net-0003 -o three.safetensors",
    "runs of one run file with other seeds", "plummet predict three.safetensors new.csv",
    "the mean of their predictions", NULL};

/* Loads, joins, writes. Returns an exit code. */
static int join(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    const char *path = plm_cli_option_of(call, "output");
    if (!path)
        return plm_cli_fail(PLM_EXIT_USAGE, "join", "name it: -o three.safetensors",
                            "there is no file to write");
    return plm_cli_code(work->home.w, plm_job_join(&work->job, &work->settings, call->arguments,
                                                   call->argument, path));
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, plm_run_keys, join);
}

const plm_cli_verb plm_verb_join = {
    .name = "join",
    .order = 35,
    .usage = "MODEL MODEL [MODEL ...] -o FILE",
    .help = "one model of several trained ones: the mean of their outputs",
    .details = "Writes a model whose outputs are the means of the outputs of the given ones: of "
               "the probabilities where they tell classes apart, else of the numbers. The mean of "
               "nets that were trained from other seeds, or on other parts of the rows, is nearly "
               "always better than each of them. All must take the same inputs. The file can be "
               "used like any other model file; it takes as much time to predict as its nets "
               "together.",
    .options = options,
    .examples = examples,
    .min = 2,
    .max = PLM_JOIN_MODELS,
    .run = run};
