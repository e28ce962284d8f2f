/* plummet doctor: says why a net does not train. */
#include <string.h>

#include "base/system.h"
#include "home.h"
#include "live.h"
#include "output.h"
#include "repair/repair.h"
#include "repair/examination.h"
#include "run/recipe.h"
#include "show/findings.h"
#include "source.h"

static const plm_cli_option options[] = {
    {"static", 's', NULL, "examine only the data and the settings, not the net; train no steps"},
    {"data", 'd', NULL, "examine only the data, neither the settings nor the net"},
    {"init", 'i', NULL, "examine everything before the first training step; train no steps"},
    {"rules", 0, "LIST",
     "apply only these rules, here with another threshold: 'dead_units(warning=0.4)'"},
    {"fail-on", 'f', "LEVEL",
     "exit with code 6 if a finding has this level or a worse one: warning, error"},
    {"overfit-one-batch", 'b', NULL,
     "also train on a single batch, which a net without faults can memorize"},
    {"watch", 'w', NULL,
     "also draw gradient, update and dead units of each layer over time, as train --watch does"},
    {"repair", 'r', NULL,
     "try changes in short trainings, and write a run file with the changes that are proven to "
     "help"},
    {"output", 'o', "FILE", "with --repair: the run file to write; default NAME-repaired.yaml"},
    {"json", 0, NULL, "print the findings as one JSON object"},
    {0}};

static const char *const examples[] = {
    "plummet doctor net.yaml",
    "examine the data, the settings, the untrained net and its first training steps",
    "plummet doctor net.yaml --init optimizer='sgd(0.1)'",
    "examine before the first training step, with one key replaced",
    "plummet doctor runs/net-0001",
    "examine a finished run by its readings.csv and history.csv",
    "plummet doctor wine.csv target=quality",
    "examine a table without a net",
    "plummet doctor sales.csv target=sales lags=12",
    "examine a table as train reads it, here as a time series",
    "plummet doctor net.yaml --fail-on error",
    "use it in a script: exit code 6 if there is a fault",
    "plummet doctor net.yaml --repair -o better.yaml",
    "repairs the run file, and proves that it helped",
    NULL};

/* Prints the findings. Returns an exit code: 6 if a finding has the level of --fail-on or a worse
 * one. */
static int report(const plm_cli_call *call, plm_examination *e)
{
    const char *fail_on = plm_cli_option_of(call, "fail-on");
    const bool json = plm_cli_option_of(call, "json") != NULL;
    const plm_screen s = plm_cli_screen_of(stdout);
    const char *text = json ? plm_diagnosis_json(e->diagnosis)
                            : plm_diagnosis_page(e->diagnosis, plm_screen_page(s), s.terminal);
    if (!text)
        return plm_cli_fail_memory();
    plm_text shown = {0};
    if (!json && plm_cli_option_of(call, "watch"))
        plm_cli_live_print(e->w, e->diagnosis);
    if (json)
        plm_text_format(&shown, "%s\n", text);
    else
        plm_text_add_findings(&shown, plm_cli_screen_of(stdout), text);
    plm_cli_print(stdout, &shown);
    const plm_level level = fail_on && !strcmp(fail_on, "error") ? PLM_ERROR : PLM_WARNING;
    return fail_on && plm_diagnosis_roots(e->diagnosis, level) > 0 ? PLM_EXIT_FOUND : PLM_EXIT_GOOD;
}

/* Examines the run file, run or table that the arguments name. Returns an exit code. */
static int examine(const plm_cli_call *call, plm_examination *e)
{
    const char *path = call->argument[0];
    int code = plm_cli_table(&path);
    code = code ? code : plm_cli_table_of_run(e->w, "doctor", path);
    if (code)
        return code;
    e->one_batch = plm_cli_option_of(call, "overfit-one-batch") != NULL;
    e->extent = plm_cli_option_of(call, "data")     ? PLM_EXAMINE_DATA
                : plm_cli_option_of(call, "static") ? PLM_EXAMINE_STATIC
                : plm_cli_option_of(call, "init")   ? PLM_EXAMINE_INIT
                                                    : PLM_EXAMINE_ALL;
    if (plm_path_is_folder(path))
        return plm_cli_code(e->w, plm_examination_run(e, path, call->overrides,
                                                      (const char *const *)call->override));
    if (!plm_recipe_is_table(path))
        return plm_cli_code(e->w, plm_examination_run_file(e, path, call->overrides,
                                                           (const char *const *)call->override));
    return plm_cli_code(
        e->w, plm_examination_table(e, path, call->overrides, (const char *const *)call->override));
}

/* Prints on a terminal which changes a repair is trying, since that can take a while. */
static void tell(void *self, const char *line)
{
    (void)self;
    if (plm_cli_screen_of(stderr).terminal)
        plm_cli_note("%s", line);
}

/* Repairs the run file that was examined, and writes the changes that were proven to help. The
 * record of the repair becomes a part of the examination's reports; r must live as long as the
 * examination. Returns an exit code. */
static int repair(const plm_cli_call *call, plm_cli_home *home, plm_examination *e,
                  plm_repairing *r)
{
    const char *path = call->argument[0], *given = plm_cli_option_of(call, "output");
    const char *out = given ? given : plm_repair_usual_path(&e->settings.arena, path);
    *r = (plm_repairing){.w = home->w,
                         .path = path,
                         .data_dir = home->data_dir,
                         .overrides = call->overrides,
                         .override = (const char *const *)call->override,
                         .tell = tell};
    const plm_examined first = {&e->settings, &e->job, e->diagnosis};
    plm_status status = out ? plm_repair_check(home->w, path, out) : PLM_E_MEMORY;
    status = status < 0 ? status : plm_repair_run(r, &first);
    if (status >= 0)
        plm_diagnosis_repaired(e->diagnosis, &r->record);
    if (status >= 0 && r->record.status == PLM_REPAIR_PROVEN)
        status = plm_repair_save(r, e->diagnosis, out);
    return plm_cli_code(home->w, status);
}

/* Checks the options. Returns an exit code. */
static int check(const plm_cli_call *call)
{
    const char *level = plm_cli_option_of(call, "fail-on");
    if (plm_cli_option_of(call, "output") && !plm_cli_option_of(call, "repair"))
        return plm_cli_fail(PLM_EXIT_USAGE, "--output", "add --repair", "nothing is repaired");
    if (!level || !strcmp(level, "warning") || !strcmp(level, "error"))
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_USAGE, "--fail-on", "use --fail-on warning or --fail-on error",
                        "unknown level '%s'", level);
}

/* Examines the run file, run or table; repairs it if --repair is set; prints the findings. Returns
 * an exit code. */
static int diagnose(const plm_cli_call *call, plm_cli_home *home)
{
    plm_examination e = {0};
    plm_repairing record = {0};
    int code = plm_cli_code(home->w, plm_examination_open(&e, home->w, home->data_dir,
                                                          plm_cli_option_of(call, "rules")));
    code = code ? code : examine(call, &e);
    if (!code && plm_cli_option_of(call, "repair"))
        code = repair(call, home, &e, &record);
    code = code ? code : report(call, &e);
    plm_repair_free(&record);
    plm_examination_free(&e);
    return code;
}

static int run(const plm_cli_call *call)
{
    const int code = check(call);
    return code ? code : plm_cli_home_run(call, diagnose);
}

const plm_cli_verb plm_verb_doctor = {
    .name = "doctor",
    .order = 25,
    .usage = "RUNFILE|RUN|TABLE [key=value ...] [--data] [--static] [--init] "
             "[--overfit-one-batch] [--watch] [--repair [-o FILE]] [--rules LIST] [--fail-on "
             "LEVEL] [--json]",
    .help = "says why a net does not train, and what to change",
    .details =
        "Examines a run file and prints what keeps its net from learning: first the rows, then "
        "settings and layers, then the untrained net with one batch, then its first steps: a tenth "
        "of the training, at most 200 steps. Nothing is written. For RUN, the folder of a run, it "
        "also reads the results of the training (readings.csv, which `plummet train RUNFILE "
        "doctor=true` writes, and history.csv) instead of training the first steps.\n\nA finding "
        "has a code that never changes, its evidence, the healthy range, and a remedy that can be "
        "pasted as key=value. Causes come first; findings that follow from them stand below. "
        "`plummet describe finding G101` explains a finding; `plummet describe finding` lists "
        "all.\n\n--watch first draws gradient, update and dead units of each layer over the steps "
        "that were measured: of the first steps, or of the whole training for RUN. `plummet help "
        "train` explains the maps.\n\n--repair tries the remedies. Each is compared with the "
        "unchanged run in short trainings with the same seeds, on training rows that are held back "
        "for this. The best remedy is tried again with new seeds on other rows, and kept only if "
        "its gain is proven. --repair writes a run file with a comment at each change and, in the "
        "same folder, the record of the proof as NAME.proof.json. Faults of the data are never "
        "repaired.\n\nAn error does harm or is certain to do harm; a warning may do harm; a note "
        "is only information. A table (`plummet help train` lists the endings of its name) is "
        "examined without a net. target=COLUMN names its target; then its columns may be words and "
        "have gaps. With other keys, such as lags=3 or columns='zip=category', it is read as "
        "`plummet train TABLE` reads it. With a key of the net or its training, such as "
        "optimizer='adam(0.1)', the net that `plummet train TABLE` would train is examined, too.",
    .options = options,
    .keys = plm_run_keys,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
