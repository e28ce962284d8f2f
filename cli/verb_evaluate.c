/* plummet evaluate: the loss and the metrics of a model on data. */
#include <stdlib.h>
#include <string.h>

#include "assert.h"
#include "job.h"
#include "table.h"
#include "verbs.h"

static const plm_cli_option options[] = {
    {"assert", 'a', "CONDITIONS", "exit with 7 unless they hold: 'accuracy>=0.97, loss<0.2'"},
    {"json", 0, NULL, "the figures as one JSON object"},
    {0}};

static const plm_cli_key keys[] = {
    {"target", PLM_CLI_TEXT, "COLUMN",
     "of a csv file: the column that holds the answers, by name or number; default: as in the "
     "training",
     0, 0},
    {"loss", PLM_CLI_LIST, "SPECS", "default: the one the model was trained with", 0, 0},
    {"metrics", PLM_CLI_LIST, "SPECS", "default: those the model was trained with", 0, 0},
    {"threads", PLM_CLI_COUNT, "N", "default 0: every core this process may use", 0, 256},
    {"isa", PLM_CLI_TEXT, "NAME",
     "instruction set: plain, avx2, avx512, neon; default: the best there is", 0, 0},
    {"data_dir", PLM_CLI_TEXT, "DIRS", "folders of named data sets, separated by ':'", 0, 0},
    {0}};

static const char *const examples[] = {
    "plummet evaluate runs/digits-0001 digits",
    "a run's model on all digits",
    "plummet evaluate net.safetensors 'mnist(test)' -a 'accuracy>=0.98'",
    "in a script: exit 7 below",
    "plummet evaluate net.safetensors new.csv target=price",
    "a table of your own",
    NULL};

static void print_figures(bool json, int64_t rows, const plm_log *log, int logs)
{
    if (json) {
        plm_cli_json j = plm_cli_json_begin(stdout);
        if (rows >= 0)
            plm_cli_json_number(&j, "rows", (double)rows);
        for (int i = 0; i < logs; i++)
            plm_cli_json_number(&j, log[i].name, log[i].value);
        plm_cli_json_end(&j);
        return;
    }
    plm_cli_table table = {0};
    char count[32];
    snprintf(count, sizeof count, "%lld", (long long)rows);
    if (rows >= 0)
        plm_cli_table_figure(&table, "rows", count, "");
    for (int i = 0; i < logs; i++)
        plm_cli_table_number(&table, NULL, log[i].name, log[i].value);
    plm_cli_table_print(&table);
}

static int evaluate(const plm_cli_call *call, plm_cli_settings *s, plm_cli_job *j)
{
    plm_log log[PLM_CLI_LOGS] = {{0}};
    int logs = 0;
    int code = plm_cli_assert_check(plm_cli_option_of(call, "assert"));
    code = code ? code : plm_cli_job_open(j, s);
    code = code ? code
                : plm_cli_job_load(j, call->argument[0], plm_cli_setting_text(s, "loss"),
                                   plm_cli_setting_text(s, "metrics"));
    code =
        code ? code : plm_cli_job_source(j, call->argument[1], plm_cli_setting_text(s, "target"));
    if (code)
        return code;
    if (!*plm_model_said(j->model, "loss"))
        return plm_cli_fail(PLM_EXIT_USAGE, call->argument[0], "name one: loss=mean_squared_error",
                            "the model does not say its loss");
    plm_status status = plm_evaluate(j->model, j->data, log, PLM_CLI_LOGS);
    if (status < 0)
        return plm_cli_fail_status(j->w, status, NULL);
    while (logs < PLM_CLI_LOGS && log[logs].name)
        logs++;
    print_figures(plm_cli_option_of(call, "json") != NULL, j->about.rows, log, logs);
    return plm_cli_assert(plm_cli_option_of(call, "assert"), log, logs);
}

static int run(const plm_cli_call *call)
{
    return plm_cli_job_run(call, evaluate);
}

const plm_cli_verb plm_verb_evaluate = {
    .name = "evaluate",
    .usage = "MODEL DATA [key=value ...] [--assert CONDITIONS] [--json]",
    .help = "the loss and the metrics of a model on data",
    .details = "Runs a model over data once and prints its loss and metrics. MODEL is a model file "
               "or the folder of "
               "a run. DATA is a pipeline such as \"fashion_mnist(test)\" or \"csv('a.csv', "
               "target=y) | batch(256)\", or "
               "the name of a .csv or .npy file, or - for a table at standard input.\n\n"
               "The columns of a table with a header are those that the model was trained on, "
               "found by their names in any order; "
               "others are passed over. Without a header they are taken by their place, as they "
               "are where the model knows no "
               "names. csv('a.csv', inputs=[size, age], target=price) says otherwise.",
    .options = options,
    .keys = keys,
    .examples = examples,
    .least = 2,
    .most = 2,
    .run = run};
