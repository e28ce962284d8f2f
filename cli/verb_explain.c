/* plummet explain: prints which inputs matter to a model. */
#include "options.h"
#include "evaluation/explanation.h"
#include "source.h"

static const plm_cli_option options[] = {
    {"row", 'r', "N", "explain the prediction of one row of the data, counted from 1"},
    {"all", 0, NULL, "list all columns, not only the first 20"},
    {"json", 0, NULL, "print the result as one JSON object"},
    {0}};

static const plm_setting_key keys[] = {
    {"rows", PLM_SETTING_COUNT, "N", "max number of rows to use, drawn by the seed; default 2000",
     1, 1000000000},
    {"repeats", PLM_SETTING_COUNT, "N", "how often each column is shuffled; default 5", 1, 1000},
    {"output", PLM_SETTING_TEXT, "NAME",
     "the target to explain, if there are several, by name or number; default 0, the first", 0, 0},
    {"seed", PLM_SETTING_COUNT, "N", "seed for drawing rows and random orders; default 0", 0,
     INT64_MAX},
    {"target", PLM_SETTING_TEXT, "COLUMN",
     "for a csv file: the target column; default: as in the training", 0, 0},
    PLM_MACHINE_KEYS,
    {0}};

static const char *const examples[] = {"plummet explain runs/adult-0001",
                                       "show which columns matter, on the test rows of the run",
                                       "plummet explain runs/adult-0001 --row 17",
                                       "show what moved the prediction of one row",
                                       "plummet explain net.safetensors new.csv repeats=20",
                                       "show which columns matter, on a table of your own",
                                       NULL};

/* Computes which inputs matter, and prints them. Returns an exit code. */
static int answer(plm_cli_work *work, plm_explaining *x)
{
    enum { MOST = 20 };
    plm_settings *s = &work->settings;
    plm_text text = {0};
    x->job = &work->job;
    x->rows = plm_setting_count(s, "rows", 0);
    x->repeats = plm_setting_count(s, "repeats", 0);
    x->output = plm_setting_text(s, "output");
    x->seed = (uint64_t)plm_setting_count(s, "seed", 0);
    const int code = plm_cli_code(work->home.w, plm_explaining_run(x));
    if (!code && plm_cli_option_of(work->call, "json"))
        plm_explaining_json(x, &text);
    else if (!code)
        plm_explaining_text(x, plm_cli_option_of(work->call, "all") ? 0 : MOST, plm_cli_room(),
                            &text);
    plm_cli_print(stdout, &text);
    return code;
}

/* Checks the command line, opens model and data, and explains. Returns an exit code. */
static int explain(plm_cli_work *work)
{
    plm_explaining x = {.row = 0};
    int code = plm_cli_work_settings(work);
    code = code ? code
                : plm_cli_whole_option(work->call, "row", 1, INT64_MAX, "the row",
                                       "use a whole number of at least 1", &x.row);
    code = code ? code : plm_cli_check_order(work->call);
    code = code ? code : plm_cli_rows_open(work, &x.data);
    code = code ? code : answer(work, &x);
    plm_explaining_free(&x);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, explain);
}

const plm_cli_verb plm_verb_explain = {
    .name = "explain",
    .order = 22,
    .usage = "MODEL [DATA] [key=value ...] [--row N] [--all] [--json]",
    .help = "shows which columns matter to a model, over all rows or for one",
    .details =
        "Shuffles one column after the other among rows that the training did not see, and prints "
        "how much worse the predictions become: by the log loss of classes, or by the rmse of "
        "numbers, in the unit of the target. The interval is the interval of the mean over the "
        "repeats. Columns with the same information share their importance, so both may seem "
        "unimportant. MODEL and DATA are as for evaluate; without DATA, the test rows of the "
        "run.\n\n--row N explains the prediction of one row of the data: how much each column "
        "moved it away from the mean prediction. This is the mean over random orders in which the "
        "columns change from their values in other rows to their values in this row (sampled "
        "Shapley values). The contributions of all columns add up to the whole difference.",
    .options = options,
    .keys = keys,
    .examples = examples,
    .min = 1,
    .max = 2,
    .run = run};
