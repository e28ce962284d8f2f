/* plummet evaluate: prints how good a model is on data: loss and metrics, with confidence intervals
 * for classes and for numbers. */
#include "options.h"
#include "run/conditions.h"
#include "run/reading.h"
#include "source.h"

static const plm_cli_option options[] = {
    {"assert", 'a', "CONDITIONS",
     "exit with code 7 unless these conditions hold: 'accuracy>=0.97, loss<0.2'"},
    {"json", 0, NULL, "print all values as one JSON object"},
    {0}};

static const plm_setting_key keys[] = {
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "for a csv file: the target column, by name or number; default: as in the training", 0, 0},
    PLM_READING_KEYS("of a table"),
    {"loss", PLM_SETTING_LIST, "SPECS",
     "loss to compute; default: the loss with which the model was trained", 0, 0},
    {"metrics", PLM_SETTING_LIST, "SPECS",
     "metrics to compute; default: the metrics with which the model was trained", 0, 0},
    {"by", PLM_SETTING_TEXT, "COLUMN",
     "for a table: the metrics for each value of a column, which the model need not use", 0, 0},
    {"seed", PLM_SETTING_COUNT, "N",
     "seed of the bootstrap samples from which intervals are computed; default 0", 0, INT64_MAX},
    {"worst", PLM_SETTING_COUNT, "N",
     "number of rows with the largest loss to list, with the columns that explain the error of "
     "each; default 5",
     0, PLM_WORST},
    PLM_MACHINE_KEYS,
    {0}};

static const char *const examples[] = {
    "plummet evaluate runs/digits-0001 digits",
    "evaluate the model of a run on all digits",
    "plummet evaluate runs/digits-0001",
    "evaluate it on the test rows of the run",
    "plummet evaluate net.safetensors 'mnist(test)' -a 'accuracy>=0.98'",
    "in a script: exit code 7 if the accuracy is lower; conditions on f1, rmse and the other "
    "values are also possible",
    "plummet evaluate net.safetensors new.csv target=price",
    "evaluate a model on a table of your own",
    NULL};

/* Prints the result, and checks the conditions of --assert. Returns an exit code. */
static int report(plm_cli_work *work)
{
    const plm_evaluation *e = &work->evaluation;
    const char *conditions = plm_cli_option_of(work->call, "assert");
    plm *w = work->home.w;
    bool hold = true;
    plm_text text = {0};
    if (plm_cli_option_of(work->call, "json"))
        plm_evaluation_json(e, &text);
    else
        plm_evaluation_text(e, &text, plm_cli_room());
    plm_cli_print(stdout, &text);
    const int code =
        plm_cli_code(w, plm_conditions_hold(w, "--assert", conditions, e->log, e->all, &hold));
    return hold ? code : PLM_EXIT_ASSERT;
}

/* Checks the command line, evaluates the model on DATA or, without DATA, on the test rows of its
 * run, and prints the result. Returns an exit code. */
static int evaluate(plm_cli_work *work)
{
    plm *w = work->home.w;
    const char *conditions = plm_cli_option_of(work->call, "assert");
    plm_data *rows = NULL;
    int code = plm_cli_work_settings(work);
    work->evaluation.worst = (int)plm_setting_count(&work->settings, "worst", 5);
    code = code ? code : plm_cli_code(w, plm_conditions_check(w, "--assert", conditions));
    code = code ? code : plm_cli_check_order(work->call);
    code = code ? code : plm_cli_rows_open(work, &rows);
    if (!code && work->call->arguments > 1)
        code = plm_cli_code(w, plm_evaluation_warn(&work->evaluation, work->call->argument[1]));
    code = code ? code : plm_cli_code(w, plm_evaluation_measure(&work->evaluation, rows));
    return code ? code : report(work);
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, evaluate);
}

const plm_cli_verb plm_verb_evaluate = {
    .name = "evaluate",
    .order = 20,
    .usage = "MODEL [DATA] [key=value ...] [--assert CONDITIONS] [--json]",
    .help = "how good a model is: metrics, intervals, confusion, calibration",
    .details = "Runs a model over data and prints its loss and metrics. For classes it also prints "
               "which class is predicted for which, precision, recall and F1 of each class, and "
               "how well the probabilities are calibrated; for a regression, the errors in the "
               "unit of the target. After each value is its 95 % interval in bootstrap samples of "
               "the rows. At the end are the lines of the rows with the largest loss, for a table "
               "with the columns that moved each prediction towards the error. MODEL is a model "
               "file or the folder of a run; a folder without DATA is evaluated on the test rows "
               "of its run, unless their file has changed since. DATA is a pipeline such as "
               "\"fashion_mnist(test)\" or \"csv('a.csv', target=y) | batch(256)\", or the name of "
               "a .csv or .npy file, or - for a table at standard input.\n\nThe columns of a table "
               "with a header are those that the model was trained on, found by their names in any "
               "order; others are ignored. Without a header the columns are found by their "
               "position. If the model knows no names, the columns are those of inputs= and "
               "target= in the data of the run in the folder. csv('a.csv', inputs=[size, age], "
               "target=price) names other columns.",
    .options = options,
    .keys = keys,
    .examples = examples,
    .min = 1,
    .max = 2,
    .run = run};
