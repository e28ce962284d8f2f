/* plummet evaluate: the loss and the metrics of a model on data. */
#define _POSIX_C_SOURCE 200809L
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "assert.h"
#include "job.h"
#include "runfile.h"
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
    plm_log log[PLM_CLI_LOGS];
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

/* Measures the loaded model on data and prints it. */
static int measure(const plm_cli_call *call, plm_cli_job *j, plm_data *data, const char *about)
{
    result r = {.about = about, .rows = -1};
    plm_data_info info = {.rows = -1};
    if (!*plm_model_setting(j->model, "loss"))
        return plm_cli_fail(PLM_EXIT_USAGE, call->argument[0], "name one: loss=mean_squared_error",
                            "the model does not say its loss");
    plm_status status = plm_data_get_info(data, &info);
    if (status >= 0)
        status = complete(j->model);
    if (status >= 0)
        status = plm_evaluate(j->model, data, r.log, PLM_CLI_LOGS);
    if (status < 0)
        return plm_cli_fail_status(j->w, status, NULL);
    r.rows = info.rows;
    while (r.logs < PLM_CLI_LOGS && r.log[r.logs].name)
        r.logs++;
    if (plm_cli_option_of(call, "json"))
        print_json(&r);
    else
        print_text(&r);
    return plm_cli_assert(plm_cli_option_of(call, "assert"), r.log, r.logs);
}

static int load(const plm_cli_call *call, plm_cli_settings *s, plm_cli_job *j)
{
    return plm_cli_job_load(j, call->argument[0], plm_cli_setting_text(s, "loss"),
                            plm_cli_setting_text(s, "metrics"));
}

/* The run.yaml of the folder of a run; false = the argument is no such folder. */
static bool is_run_folder(const char *argument)
{
    char *file = plm_cli_format("%s/run.yaml", argument);
    const bool there = plm_cli_exists(file);
    free(file);
    return there;
}

/* Reads the run of a folder; what the command line says of the machine goes before. */
static int read_run(const plm_cli_call *call, plm_cli_settings *s, plm_cli_settings *run)
{
    static const char *const ours[] = {"threads", "isa", "data_dir", NULL};
    char *file = plm_cli_format("%s/run.yaml", call->argument[0]);
    int code = plm_cli_run_settings(run, file, 0, NULL);
    free(file);
    for (int i = 0; !code && ours[i]; i++) {
        const char *text = plm_cli_setting_text(s, ours[i]);
        char *override = text ? plm_cli_format("%s=%s", ours[i], text) : NULL;
        code = override ? plm_cli_settings_override(run, override) : code;
        free(override);
    }
    return code;
}

/* The rows that the run itself keeps for its test. */
static int evaluate_run(const plm_cli_call *call, plm_cli_settings *s, plm_cli_settings *run,
                        plm_cli_job *j)
{
    int code = plm_cli_check_model(call->argument[0]);
    code = code ? code : read_run(call, s, run);
    const char *test = code ? NULL : plm_cli_setting_text(run, "test");
    if (!code && (!test || !strcmp(test, "none")))
        return plm_cli_fail(PLM_EXIT_USAGE, call->argument[0],
                            "name data: plummet evaluate MODEL DATA", "the run has no test rows");
    code = code ? code : plm_cli_job_open(j, run);
    code = code ? code : load(call, s, j);
    code = code ? code : plm_cli_job_data(j, run);
    if (code)
        return code;
    char *about = strncmp(test, "split", 5) == 0
                      ? plm_cli_format("test rows of the run: %s of %s", test,
                                       plm_cli_setting_text(run, "data"))
                      : plm_cli_format("test rows of the run: %s", test);
    code = measure(call, j, j->test, about);
    free(about);
    return code;
}

/* The file of "csv('a.csv', target=y) | shuffle" or of an argument that is one, from a folder; else
 * the source itself, "digits"; to be freed. */
static char *source_name(const char *folder, const char *text)
{
    const char *quote = strpbrk(text, "'\""), *bar = strchr(text, '|');
    if (quote && (!bar || quote < bar)) {
        char *path =
            plm_cli_format("%.*s", (int)strcspn(quote + 1, (char[]){*quote, 0}), quote + 1);
        char *below = plm_cli_below(folder, path);
        free(path);
        return below;
    }
    return plm_cli_trimmed(text, strcspn(text, "|"));
}

/* Whether DATA are the rows that the run split into training and test: the same file or source. */
static bool is_of_training(plm_cli_settings *run, const char *argument)
{
    const char *data = plm_cli_setting_text(run, "data");
    struct stat one, other;
    if (!data)
        return false;
    char *trained = source_name(plm_cli_run_folder(run), data);
    char *asked =
        plm_cli_exists(argument) ? plm_cli_format("%s", argument) : source_name(NULL, argument);
    const bool files = !stat(trained, &one) && !stat(asked, &other);
    const bool same =
        files ? one.st_dev == other.st_dev && one.st_ino == other.st_ino : !strcmp(trained, asked);
    free(trained);
    free(asked);
    return same;
}

static int warn_of_training(const plm_cli_call *call, plm_cli_settings *s, plm_cli_settings *run)
{
    int code = is_run_folder(call->argument[0]) ? read_run(call, s, run) : PLM_EXIT_GOOD;
    if (code || !is_run_folder(call->argument[0]) || !is_of_training(run, call->argument[1]))
        return code;
    const char *test = plm_cli_setting_text(run, "test");
    plm_cli_warn("the run was trained on %s of these rows%s%s",
                 test && strcmp(test, "none") != 0 ? "most" : "many",
                 test && strcmp(test, "none") != 0 ? "; its test rows alone: plummet evaluate "
                                                   : "",
                 test && strcmp(test, "none") != 0 ? call->argument[0] : "");
    return PLM_EXIT_GOOD;
}

static int evaluate_data(const plm_cli_call *call, plm_cli_settings *s, plm_cli_settings *run,
                         plm_cli_job *j)
{
    int code = plm_cli_job_open(j, s);
    code = code ? code : load(call, s, j);
    code =
        code ? code : plm_cli_job_source(j, call->argument[1], plm_cli_setting_text(s, "target"));
    code = code ? code : warn_of_training(call, s, run);
    return code ? code : measure(call, j, j->data, NULL);
}

static int evaluate(const plm_cli_call *call, plm_cli_settings *s, plm_cli_job *j)
{
    int code = plm_cli_assert_check(plm_cli_option_of(call, "assert"));
    if (!code && call->arguments == 1 && !is_run_folder(call->argument[0]))
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL,
                            "plummet evaluate MODEL DATA, or the folder of a run alone: its own "
                            "test rows",
                            "evaluate needs one more argument");
    code = code ? code : plm_cli_check_order(call);
    if (code)
        return code;
    plm_cli_settings run = plm_cli_settings_new(plm_cli_run_keys);
    code = call->arguments == 1 ? evaluate_run(call, s, &run, j) : evaluate_data(call, s, &run, j);
    plm_cli_job_free(j); /* borrows from the settings of the run */
    plm_cli_settings_free(&run);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_job_run(call, evaluate);
}

const plm_cli_verb plm_verb_evaluate = {
    .name = "evaluate",
    .usage = "MODEL [DATA] [key=value ...] [--assert CONDITIONS] [--json]",
    .help = "the loss and the metrics of a model on data",
    .details = "Runs a model over data once and prints its loss and metrics. MODEL is a model file "
               "or the folder of a run; a folder without DATA is measured on the test rows of its "
               "run. DATA is a pipeline such as \"fashion_mnist(test)\" or \"csv('a.csv', "
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
    .least = 1,
    .most = 2,
    .run = run};
