/* plummet summary: prints the layers, shapes and parameters of the model of a model file or a run
 * file, and the memory that training needs. */
#include "options.h"
#include "home.h"
#include "output.h"
#include "run/net.h"
#include "run/runfile.h"
#include "show/summary.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {"plummet summary runs/digits-0001",
                                       "show the model of a run", "plummet summary net.yaml",
                                       "show the model that a run file would train", NULL};

/* Builds the model of a run file, or loads a model file, and prints its summary. Returns an exit
 * code. */
static int summarize(plm_cli_work *work)
{
    const char *name = work->call->argument[0];
    plm_job *j = &work->job;
    plm_settings *s = &work->settings;
    const bool run = plm_is_run_file(name);
    plm_status status = run ? plm_net_outline(j, s, name) : plm_job_open(j, s);
    if (status >= 0 && !run)
        status = plm_job_load(j, s, name, NULL, NULL);
    const plm_screen screen = plm_cli_screen_of(stdout);
    plm_text text = {0};
    int code = plm_cli_code(work->home.w, status);
    if (!code)
        code = plm_cli_code(j->w, plm_job_summary(j, screen, &text));
    if (!code && run)
        plm_job_memory(j, s, screen, &text);
    plm_cli_print(stdout, &text);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, plm_run_keys, summarize);
}

const plm_cli_verb plm_verb_summary = {
    .name = "summary",
    .order = 40,
    .usage = "MODEL|RUNFILE",
    .help = "prints layers, shapes and parameters of a model file or a run file",
    .details = "Prints the layers of a model file, of a run's folder or of a run file (.yaml), "
               "with their output shapes and parameters, and the memory that training needs.",
    .options = options,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
