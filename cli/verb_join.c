/* plummet join: makes one model of several trained ones, whose outputs are the means of theirs. */
#include "options.h"
#include "home.h"
#include "run/runfile.h"

enum { MOST = 8 };

static const plm_cli_option options[] = {{"output", 'o', "FILE", "the model file to write; needed"},
                                         {0}};

static const char *const examples[] = {
    "plummet join runs/net-0001 runs/net-0002 runs/net-0003 -o three.safetensors",
    "runs of one run file with other seeds", "plummet predict three.safetensors new.csv",
    "the mean of their predictions", NULL};

/* The models that are joined. */
typedef struct {
    plm_model *model[MOST];
    int count;
} nets;

/* Loads the models that the command line names, by the runtime of the job. */
static plm_status load(plm_cli_work *work, nets *n)
{
    plm_job *j = &work->job;
    plm_arena *a = &work->settings.arena;
    for (; n->count < work->call->arguments; n->count++) {
        const char *path = work->call->argument[n->count];
        PLM_TRY(plm_run_model_check(a, path));
        const char *file = plm_run_model_file(a, path);
        if (!file)
            return PLM_E_MEMORY;
        n->model[n->count] = plm_model_load(j->w, file, NULL);
        if (!n->model[n->count])
            return plm_job_fail(j, &work->settings, PLM_OK);
    }
    return PLM_OK;
}

/* Joins the models and writes the result. */
static plm_status write(plm_cli_work *work, const nets *n, const char *path)
{
    plm_job *j = &work->job;
    const plm_model *given[MOST] = {NULL};
    for (int k = 0; k < n->count; k++)
        given[k] = n->model[k];
    j->model = plm_model_join(n->count, given);
    if (!j->model || plm_model_save(j->model, path, NULL) < 0)
        return plm_job_fail(j, &work->settings, PLM_OK);
    return PLM_OK;
}

/* Loads, joins, writes. Returns an exit code. */
static int join(plm_cli_work *work)
{
    nets n = {.count = 0};
    const char *path = plm_cli_option_of(work->call, "output");
    if (!path)
        return plm_cli_fail(PLM_EXIT_USAGE, "join", "name it: -o three.safetensors",
                            "there is no file to write");
    plm_status status = plm_job_open(&work->job, &work->settings);
    status = status < 0 ? status : load(work, &n);
    status = status < 0 ? status : write(work, &n, path);
    for (int k = 0; k < n.count; k++)
        plm_model_free(n.model[k]);
    return plm_cli_code(work->home.w, status);
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
    .max = MOST,
    .run = run};
