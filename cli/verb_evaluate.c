/* plummet evaluate: the loss and the metrics of a model on data. */
#include <stdlib.h>
#include <string.h>

#include "run/conditions.h"
#include "run/runfile.h"
#include "run/same_rows.h"
#include "source.h"
#include "table.h"
#include "verbs.h"

static const plm_cli_option options[] = {
    {"assert", 'a', "CONDITIONS", "exit with 7 unless they hold: 'accuracy>=0.97, loss<0.2'"},
    {"json", 0, NULL, "the figures as one JSON object"},
    {0}};

static const plm_setting_key keys[] = {
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "of a csv file: the column that holds the answers, by name or number; default: as in the "
     "training",
     0, 0},
    {"loss", PLM_SETTING_LIST, "SPECS", "default: the one the model was trained with", 0, 0},
    {"metrics", PLM_SETTING_LIST, "SPECS", "default: those the model was trained with", 0, 0},
    {"threads", PLM_SETTING_COUNT, "N", "default 0: every core this process may use", 0, 256},
    {"isa", PLM_SETTING_TEXT, "NAME",
     "instruction set: plain, avx2, avx512, neon; default: the best there is", 0, 0},
    {"data_dir", PLM_SETTING_TEXT, "DIRS", "folders of named data sets, separated by ':'", 0, 0},
    {0}};

static const char *const examples[] = {
    "plummet evaluate runs/digits-0001 digits",
    "a run's model on all digits",
    "plummet evaluate runs/digits-0001",
    "on the rows that the run keeps for its test",
    "plummet evaluate net.safetensors 'mnist(test)' -a 'accuracy>=0.98'",
    "in a script: exit 7 below",
    "plummet evaluate net.safetensors new.csv target=price",
    "a table of your own",
    NULL};

/* What was measured: rows -1 = unknown; about = which rows they are, or NULL. */
typedef struct {
    int64_t rows;
    const char *about;
    plm_log log[PLM_RUN_MAX_LOGS];
    int logs;
} result;

static void print_json(const result *r)
{
    plm_cli_json j = plm_cli_json_begin(stdout);
    if (r->about)
        plm_cli_json_text(&j, "data", r->about);
    if (r->rows >= 0)
        plm_cli_json_number(&j, "rows", (double)r->rows);
    for (int i = 0; i < r->logs; i++)
        plm_cli_json_number(&j, r->log[i].name, r->log[i].value);
    plm_cli_json_end(&j);
}

static void print_text(const result *r)
{
    plm_cli_table table = {0};
    char count[32];
    snprintf(count, sizeof count, "%lld", (long long)r->rows);
    if (r->about)
        plm_cli_table_text(&table, "data", r->about);
    if (r->rows >= 0)
        plm_cli_table_figure(&table, "rows", count, "");
    for (int i = 0; i < r->logs; i++)
        plm_cli_table_number(&table, NULL, r->log[i].name, r->log[i].value);
    plm_cli_table_print(&table);
}

/* plm_evaluate needs a model that can be trained; any optimizer will do. */
static plm_status complete(plm_model *m)
{
    if (*plm_model_setting(m, "optimizer"))
        return PLM_OK;
    char *loss = plm_cli_format("%s", plm_model_setting(m, "loss"));
    char *metrics = plm_cli_format("%s", plm_model_setting(m, "metrics"));
    const plm_status status = plm_compile(m, "sgd", loss, metrics);
    free(loss);
    free(metrics);
    return status;
}

/* Prints what was measured, and checks the conditions of --assert. */
static int report(plm_cli_work *work, const result *r)
{
    const char *conditions = plm_cli_option_of(work->call, "assert");
    bool hold = true;
    if (plm_cli_option_of(work->call, "json"))
        print_json(r);
    else
        print_text(r);
    const int code =
        plm_cli_code(work->home.w, plm_conditions_hold(work->home.w, "--assert", conditions, r->log,
                                                       r->logs, &hold));
    return hold ? code : PLM_EXIT_ASSERT;
}

/* Measures the loaded model on data and prints it. */
static int measure(plm_cli_work *work, plm_data *data, const char *about)
{
    plm_job *j = &work->job;
    result r = {.about = about, .rows = -1};
    plm_data_info info = {.rows = -1};
    if (!*plm_model_setting(j->model, "loss"))
        return plm_cli_fail(PLM_EXIT_USAGE, work->call->argument[0],
                            "name one: loss=mean_squared_error", "the model does not say its loss");
    plm_status status = plm_data_get_info(data, &info);
    if (status >= 0)
        status = complete(j->model);
    if (status >= 0)
        status = plm_evaluate(j->model, data, r.log, PLM_RUN_MAX_LOGS);
    if (status < 0)
        return plm_cli_fail_status(j->w, status, NULL);
    r.rows = info.rows;
    while (r.logs < PLM_RUN_MAX_LOGS && r.log[r.logs].name)
        r.logs++;
    return report(work, &r);
}

static plm_status load(plm_cli_work *work)
{
    plm_settings *s = &work->settings;
    return plm_job_load(&work->job, s, work->call->argument[0], plm_setting_text(s, "loss"),
                        plm_setting_text(s, "metrics"));
}

/* The run.yaml of the folder of a run; false = the argument is no such folder. */
static bool is_run_folder(const char *argument)
{
    char *file = plm_cli_format("%s/run.yaml", argument);
    const bool there = plm_path_exists(file);
    free(file);
    return there;
}

/* Reads the run of a folder; what the command line says of the machine goes before. */
static plm_status read_run(plm_cli_work *work, plm_settings *run)
{
    static const char *const ours[] = {"threads", "isa", "data_dir", NULL};
    const char *file = plm_arena_format(&run->arena, "%s/run.yaml", work->call->argument[0]);
    if (!file)
        return PLM_E_MEMORY;
    plm_status status = plm_run_settings_load(run, file, 0, NULL);
    for (int i = 0; status >= 0 && ours[i]; i++) {
        const char *text = plm_setting_text(&work->settings, ours[i]);
        if (!text)
            continue;
        const char *override = plm_arena_format(&run->arena, "%s=%s", ours[i], text);
        status = override ? plm_settings_override(run, override) : PLM_E_MEMORY;
    }
    return status;
}

/* The model and the test rows of a run. */
static plm_status open_run(plm_cli_work *work, plm_settings *run)
{
    plm_status status = plm_job_open(&work->job, run);
    status = status < 0 ? status : load(work);
    return status < 0 ? status : plm_job_data(&work->job, run);
}

/* The rows that the run itself keeps for its test. */
static int evaluate_run(plm_cli_work *work, plm_settings *run)
{
    const char *folder = work->call->argument[0];
    plm_status status = plm_run_model_check(&run->arena, folder);
    status = status < 0 ? status : read_run(work, run);
    const char *test = status < 0 ? NULL : plm_setting_text(run, "test");
    if (status >= 0 && (!test || !strcmp(test, "none")))
        return plm_cli_fail(PLM_EXIT_USAGE, folder, "name data: plummet evaluate MODEL DATA",
                            "the run has no test rows");
    status = status < 0 ? status : open_run(work, run);
    if (status < 0)
        return plm_cli_code(work->home.w, status);
    char *about =
        strncmp(test, "split", 5) == 0
            ? plm_cli_format("test rows of the run: %s of %s", test, plm_setting_text(run, "data"))
            : plm_cli_format("test rows of the run: %s", test);
    const int code = measure(work, work->job.test, about);
    free(about);
    return code;
}

static int warn_of_training(plm_cli_work *work, plm_settings *run)
{
    const char *folder = work->call->argument[0];
    if (!is_run_folder(folder))
        return PLM_EXIT_GOOD;
    const plm_status status = read_run(work, run);
    if (status < 0 || !plm_run_is_trained_on(run, work->call->argument[1]))
        return plm_cli_code(work->home.w, status);
    const char *test = plm_setting_text(run, "test");
    const bool tests = test && strcmp(test, "none") != 0;
    plm_cli_warn("the run was trained on %s of these rows%s%s", tests ? "most" : "many",
                 tests ? "; its test rows alone: plummet evaluate " : "", tests ? folder : "");
    return PLM_EXIT_GOOD;
}

static int evaluate_data(plm_cli_work *work, plm_settings *run)
{
    plm_settings *s = &work->settings;
    plm_status status = plm_job_open(&work->job, s);
    status = status < 0 ? status : load(work);
    int code = plm_cli_code(work->home.w, status);
    code = code ? code : plm_cli_source_open(work, true);
    code = code ? code : warn_of_training(work, run);
    return code ? code : measure(work, work->job.data, NULL);
}

static int evaluate(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    plm *w = work->home.w;
    plm_settings run;
    int code = plm_cli_work_settings(work);
    code = code ? code
                : plm_cli_code(
                      w, plm_conditions_check(w, "--assert", plm_cli_option_of(call, "assert")));
    if (!code && call->arguments == 1 && !is_run_folder(call->argument[0]))
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL,
                            "plummet evaluate MODEL DATA, or the folder of a run alone: its own "
                            "test rows",
                            "evaluate needs one more argument");
    code = code ? code : plm_cli_check_order(call);
    if (code)
        return code;
    code = plm_cli_code(w, plm_settings_open(&run, w, plm_run_keys));
    if (!code)
        code = call->arguments == 1 ? evaluate_run(work, &run) : evaluate_data(work, &run);
    plm_job_free(&work->job); /* borrows from the settings of the run */
    plm_settings_free(&run);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, evaluate);
}

const plm_cli_verb plm_verb_evaluate = {
    .name = "evaluate",
    .usage = "MODEL [DATA] [key=value ...] [--assert CONDITIONS] [--json]",
    .help = "the loss and the metrics of a model on data",
    .details =
        "Runs a model over data once and prints its loss and metrics. MODEL is a model file "
        "or the folder of a run; a folder without DATA is measured on the test rows of its "
        "run. DATA is a pipeline such as \"fashion_mnist(test)\" or \"csv('a.csv', "
        "target=y) | batch(256)\", or "
        "the name of a .csv or .npy file, or - for a table at standard input.\n\n"
        "The columns of a table with a header are those that the model was trained on, "
        "found by their names in any order; "
        "others are ignored. Without a header the columns are taken by their place. Where the "
        "model knows no names, a table has the columns that the run in the folder takes: "
        "inputs= and target= of its data. "
        "csv('a.csv', inputs=[size, age], target=price) takes others.",
    .options = options,
    .keys = keys,
    .examples = examples,
    .least = 1,
    .most = 2,
    .run = run};
