/* plummet summary: prints the layers, shapes and parameters of the model of a model file or a run
 * file, and the memory that training takes. */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "home.h"
#include "run/net.h"
#include "run/runfile.h"

enum { NARROW = 60 };

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {"plummet summary runs/digits-0001", "the model of a run",
                                       "plummet summary net.yaml", "what a run file would train",
                                       NULL};

/* Prints the columns of the table that the model was trained on, if it was one with types. */
static void print_columns(const plm_job *j)
{
    plm_text text = {0};
    plm_job_model_columns(j, &text, plm_cli_width(stdout));
    plm_text_add(&text, text.length > 0 ? "\n" : "");
    plm_cli_print(&text);
}

/* Prints the summary of the model and how it is compiled. Returns an exit code. */
static int print_summary(plm_job *j)
{
    static const char *const keys[] = {"optimizer", "loss", "loss_weights", "metrics", NULL};
    const char *text = plm_model_summary(j->model, plm_cli_width(stdout));
    if (!text)
        return plm_cli_fail_status(j->w, plm_last_error(j->w)->status, NULL);
    size_t length = strlen(text);
    fputs(text, stdout);
    if (length && text[length - 1] != '\n')
        putchar('\n');
    putchar('\n');
    print_columns(j);
    const char *weights = plm_model_setting(j->model, "loss_weights");
    const bool weighed = weights && *weights;
    for (int i = 0; keys[i]; i++) {
        const char *what = plm_model_setting(j->model, keys[i]);
        if (what && *what) {
            char *shown = plm_cli_printable(what);
            const int at = printf("%-*s ", weighed ? 12 : 10, keys[i]);
            plm_cli_fold(stdout, at, plm_cli_page(stdout) < NARROW ? 2 : at, shown);
            free(shown);
        }
    }
    return PLM_EXIT_GOOD;
}

/* Returns a number of bytes as text, such as "1.25 MB"; to be freed. */
static char *bytes_text(size_t bytes)
{
    const double kilo = (double)bytes / 1024;
    return plm_cli_format("%.2f %s", kilo < 1024 ? kilo : kilo / 1024, kilo < 1024 ? "KB" : "MB");
}

/* Prints the memory that training on this data takes, and its parts. */
static void print_memory(const plm_job *j, plm_data *data)
{
    enum { AT = 11 };
    plm_memory_need need;
    if (plm_model_memory(j->model, data, &need) < 0)
        return;
    char *part[] = {bytes_text(need.total), bytes_text(need.parameters), bytes_text(need.optimizer),
                    bytes_text(need.activations), bytes_text(need.data)};
    char *text = plm_cli_format("to train on this data: %s (batches of %lld)\n%s parameters, %s "
                                "optimizer,\n%s activations, %s data",
                                part[0], (long long)need.batch, part[1], part[2], part[3], part[4]);
    printf("%-*s", AT, "memory");
    plm_cli_fold(stdout, AT, AT, text);
    for (size_t i = 0; i < sizeof part / sizeof *part; i++)
        free(part[i]);
    free(text);
}

/* Prints the memory that training on the run's data takes. If the data cannot be opened, nothing is
 * printed: the summary has the model's part. */
static void print_run_memory(plm_job *j, plm_settings *s)
{
    const char *text = plm_setting_text(s, "data");
    if (!j->data && text)
        j->data = plm_data_open(j->w, "%s", text);
    if (j->data)
        print_memory(j, j->data);
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
    int code = plm_cli_code(work->home.w, status);
    code = code ? code : print_summary(j);
    if (!code && run)
        print_run_memory(j, s);
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
