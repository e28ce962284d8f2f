/* plummet init: writes the run file that a table gets if it is trained without one. */
#include "session/training.h"
#include "options.h"
#include "source.h"
#include "training.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {
    "plummet init houses.csv target=price > net.yaml", "a run file to change and to train",
    "plummet init adult.csv target=income columns='education_num=category'",
    "with the type of a column", NULL};

/* Prints the settings as a run file. Returns an exit code. */
static int print(plm_run_training *t)
{
    plm_text text = {.w = t->w};
    plm_run_settings_write(&t->settings, &text,
                           plm_run_settings_directory(&t->settings) ? "." : NULL, false);
    const bool whole = !text.failed;
    if (whole)
        fputs(plm_text_get(&text), stdout);
    plm_text_free(&text);
    return whole ? PLM_EXIT_GOOD : plm_cli_fail_status(t->w, PLM_E_MEMORY, NULL);
}

static int run(const plm_cli_call *call)
{
    plm_cli_home home;
    plm_run_training t = {0};
    const char *table = call->argument[0];
    int code = plm_cli_home_open(&home);
    code = code ? code : plm_cli_table(&table);
    if (code) {
        plm_cli_home_close(&home);
        return code;
    }
    const plm_run_train_options calls = {.data_dir = home.data_dir};
    plm_status status = plm_run_training_open(&t, home.w, &calls);
    if (status >= 0)
        status = plm_run_training_read(&t, table, false, call->overrides,
                                       (const char *const *)call->override);
    if (status >= 0)
        status = plm_run_training_build(&t);
    code = plm_cli_code(home.w, status);
    code = code ? code : print(&t);
    plm_run_training_free(&t);
    plm_cli_home_close(&home);
    return code;
}

const plm_cli_verb plm_verb_init = {
    .name = "init",
    .order = 5,
    .usage = "TABLE target=COLUMN [key=value ...]",
    .help = "writes a run file for a table",
    .details = "Looks at a table, chooses a net and a training for its target, and prints the run "
               "file that says all of it, with comments. `plummet train TABLE target=COLUMN` does "
               "the same and trains. The keys are those of a run file.",
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
