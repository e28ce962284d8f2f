/* plummet init: writes the run file for a table that `plummet train` would use if the table is
 * trained without a run file. */
#include "session/training.h"
#include "options.h"
#include "home.h"
#include "output.h"
#include "source.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {
    "plummet init houses.csv target=price > net.yaml", "write a run file to change and to train",
    "plummet init adult.csv target=income columns='education_num=category'",
    "write one in which the type of a column is set", NULL};

/* Chooses the settings for a table and prints them as a run file. Returns an exit code. */
static int init(const plm_cli_call *call, plm_cli_home *home)
{
    plm_run_training t = {0};
    plm_text text = {0};
    const char *table = call->argument[0];
    int code = plm_cli_table(&table);
    if (code)
        return code;
    const plm_run_train_options calls = {.data_dir = home->data_dir};
    plm_status status = plm_run_training_open(&t, home->w, &calls);
    if (status >= 0)
        status = plm_run_training_read(&t, table, false, call->overrides,
                                       (const char *const *)call->override);
    if (status >= 0)
        status = plm_run_training_build(&t);
    if (status >= 0)
        plm_run_settings_print(&t.settings, &text);
    plm_cli_print(stdout, &text);
    code = plm_cli_code(home->w, status);
    plm_run_training_free(&t);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_home_run(call, init);
}

const plm_cli_verb plm_verb_init = {
    .name = "init",
    .order = 5,
    .usage = "TABLE target=COLUMN [key=value ...]",
    .help = "writes a run file for a table",
    .details = "Examines a table, chooses a net and a training for its target, and prints the run "
               "file with all settings and with comments. `plummet train TABLE target=COLUMN` does "
               "the same and trains. The keys are those of a run file.",
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
