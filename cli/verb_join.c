/* plummet join: makes one model of several trained models. Its outputs are the means of their
 * outputs. */
#include "options.h"
#include "home.h"
#include "run/join.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "the model file to write; required"}, {0}};

static const char *const examples[] = {
    "plummet join runs/net-0001 runs/net-0002 runs/net-0003 -o three.safetensors",
    "join three runs of one run file with different seeds",
    "plummet predict three.safetensors new.csv", "predict by the mean of the three", NULL};

/* Loads the models, joins them and writes the result. Returns an exit code. */
static int join(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    const char *path = plm_cli_option_of(call, "output");
    if (!path)
        return plm_cli_fail(PLM_EXIT_USAGE, "join",
                            "name the file to write, such as -o three.safetensors",
                            "the option -o, which names the file to write, is missing");
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
    .help = "makes one model of several trained ones: the mean of their outputs",
    .details =
        "Writes a model whose outputs are the means of the outputs of the given models: of the "
        "probabilities if they predict classes, otherwise of the values. The mean of nets that "
        "were trained with different seeds, or on different parts of the rows, is nearly always "
        "better than each of them. All models must have the same inputs. Two runs of a table with "
        "other seeds cannot be joined, since they have measured its columns on other rows: nets=3 "
        "trains several nets of a table as one model. The file can be used like any other model "
        "file; it takes as much time to predict as its nets together.",
    .options = options,
    .examples = examples,
    .min = 2,
    .max = PLM_JOIN_MODELS,
    .run = run};
