/* plummet summary: prints the layers, shapes and parameters of the model of a model file or a run
 * file, and the memory that training takes. */
#include "options.h"
#include "home.h"
#include "output.h"
#include "run/net.h"
#include "run/runfile.h"
#include "show/summary.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {"plummet summary runs/digits-0001", "the model of a run",
                                       "plummet summary net.yaml", "what a run file would train",
                                       NULL};

/* Appends the memory that training on the data of the run takes. If it cannot be opened, nothing is
 * appended: the summary has the model's part. */
static void add_memory(plm_job *j, plm_settings *s, plm_screen screen, plm_text *out)
{
    const char *text = plm_setting_text(s, "data");
    if (!j->data && text)
        j->data = plm_data_open(j->w, "%s", text);
    if (j->data)
        plm_job_memory(j, j->data, screen, out);
}

/* True if the model needs the data to know its input. */
static bool needs_data(plm_settings *s)
{
    const plm_setting *layers = plm_setting_of(s, "model");
    return layers->count && !plm_net_has_input(&s->arena, layers->item[0].text);
}

/* Builds and compiles the model of a run file. The data is opened only if the model needs it. */
static plm_status open_run(plm_job *j, plm_settings *s, const char *name)
{
    plm_status status = plm_run_settings_load(s, name, 0, NULL);
    status = status < 0 ? status : plm_job_open(j, s);
    if (status >= 0 && needs_data(s))
        status = plm_job_data(j, s);
    status = status < 0 ? status : plm_net_layers(j, s);
    return status < 0 ? status : plm_net_compile(j, s, "optimizer");
}

/* Builds the model of a run file, or loads a model file, and prints its summary. Returns an exit
 * code. */
static int summarize(plm_cli_work *work)
{
    const char *name = work->call->argument[0];
    plm_job *j = &work->job;
    plm_settings *s = &work->settings;
    const bool run = plm_is_run_file(name);
    plm_status status = run ? open_run(j, s, name) : plm_job_open(j, s);
    if (status >= 0 && !run)
        status = plm_job_load(j, s, name, NULL, NULL);
    const plm_screen screen = plm_cli_screen_of(stdout);
    plm_text text = {0};
    int code = plm_cli_code(work->home.w, status);
    if (!code)
        code = plm_cli_code(j->w, plm_job_summary(j, screen, &text));
    if (!code && run)
        add_memory(j, s, screen, &text);
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
    .help = "layers, shapes and parameters of a model file or a run file",
    .details = "Prints the layers of a model file, of a run's folder or of a run file (.yaml), "
               "with their output "
               "shapes and parameters, and the memory that training takes.",
    .options = options,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
