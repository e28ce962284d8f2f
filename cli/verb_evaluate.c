/* plummet evaluate: prints the loss and the metrics of a model on data. */
#include <string.h>

#include "options.h"
#include "run/conditions.h"
#include "run/evaluation.h"
#include "run/runfile.h"
#include "run/same_rows.h"
#include "source.h"
#include "table.h"

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

/* Prints the result as one JSON object. */
static void print_json(const plm_evaluation *r)
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

/* Prints the result as a table. */
static void print_text(const plm_evaluation *r)
{
    plm_cli_table table = {0};
    char count[32];
    snprintf(count, sizeof count, "%lld", (long long)r->rows);
    if (r->about)
        plm_cli_table_text(&table, "data", r->about);
    if (r->rows >= 0)
        plm_cli_table_value(&table, "rows", count, "");
    for (int i = 0; i < r->logs; i++)
        plm_cli_table_number(&table, NULL, r->log[i].name, r->log[i].value);
    plm_cli_table_print(&table);
}

/* Prints the result, and checks the conditions of --assert. Returns an exit code. */
static int report(plm_cli_work *work, const plm_evaluation *e)
{
    const char *conditions = plm_cli_option_of(work->call, "assert");
    plm *w = work->home.w;
    bool hold = true;
    if (plm_cli_option_of(work->call, "json"))
        print_json(e);
    else
        print_text(e);
    const int code =
        plm_cli_code(w, plm_conditions_hold(w, "--assert", conditions, e->log, e->logs, &hold));
    return hold ? code : PLM_EXIT_ASSERT;
}

/* Warns if DATA contains rows that the model was trained on: the metrics would be too good. */
static plm_status warn_of_training(plm_cli_work *work, plm_evaluation *e)
{
    if (!plm_is_run_folder(e->model))
        return PLM_OK;
    const plm_status status = plm_evaluation_read(e);
    if (status < 0 || !plm_run_is_trained_on(e->run, work->call->argument[1]))
        return status;
    const char *test = plm_setting_text(e->run, "test");
    const bool tests = test && strcmp(test, "none") != 0;
    plm_cli_warn("the run was trained on %s of these rows%s%s", tests ? "most" : "many",
                 tests ? "; its test rows alone: plummet evaluate " : "", tests ? e->model : "");
    return PLM_OK;
}

/* Evaluates the model on DATA or, without DATA, on the test rows of its run. Returns an exit code.
 */
static int measure(plm_cli_work *work, plm_evaluation *e)
{
    plm *w = work->home.w;
    if (work->call->arguments == 1)
        return plm_cli_code(w, plm_evaluation_of_run(e));
    int code = plm_cli_code(w, plm_evaluation_open(e));
    code = code ? code : plm_cli_source_open(work, true);
    code = code ? code : plm_cli_code(w, warn_of_training(work, e));
    return code ? code : plm_cli_code(w, plm_evaluation_measure(e, work->job.data));
}

/* Checks the command line before anything is opened. Returns an exit code. */
static int check(plm_cli_work *work)
{
    const plm_cli_call *call = work->call;
    plm *w = work->home.w;
    const char *conditions = plm_cli_option_of(call, "assert");
    int code = plm_cli_work_settings(work);
    code = code ? code : plm_cli_code(w, plm_conditions_check(w, "--assert", conditions));
    if (!code && call->arguments == 1 && !plm_is_run_folder(call->argument[0]))
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL,
                            "write plummet evaluate MODEL DATA, or plummet evaluate RUNDIR, which "
                            "measures the run's own test rows",
                            "evaluate needs one more argument");
    return code ? code : plm_cli_check_order(call);
}

/* Checks the command line, evaluates the model on the data and prints the result. Returns an exit
 * code. */
static int evaluate(plm_cli_work *work)
{
    plm_settings run;
    int code = check(work);
    if (code)
        return code;
    plm_evaluation e = {.job = &work->job,
                        .model = work->call->argument[0],
                        .given = &work->settings,
                        .run = &run,
                        .rows = -1};
    code = plm_cli_code(work->home.w, plm_settings_open(&run, work->home.w, plm_run_keys));
    code = code ? code : measure(work, &e);
    code = code ? code : report(work, &e);
    /* the job borrows from the settings of the run, so it is freed first */
    plm_job_free(&work->job);
    plm_settings_free(&run);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, evaluate);
}

const plm_cli_verb plm_verb_evaluate = {
    .name = "evaluate",
    .order = 20,
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
    .min = 1,
    .max = 2,
    .run = run};
