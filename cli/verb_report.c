/* plummet report: writes the page of a run anew. */
#include <stdlib.h>

#include "options.h"
#include "page.h"
#include "run/runfile.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "where the page goes; default: report.html in the folder of the run"},
    {0}};

static const plm_setting_key keys[] = {
    {"threads", PLM_SETTING_COUNT, "N", "default 0: every core this process may use", 0, 256},
    {"isa", PLM_SETTING_TEXT, "NAME",
     "instruction set: plain, avx2, avx512, neon; default: the best there is", 0, 0},
    {"data_dir", PLM_SETTING_TEXT, "DIRS", "folders of named data sets, separated by ':'", 0, 0},
    {0}};

static const char *const examples[] = {"plummet report runs/digits-0001",
                                       "writes runs/digits-0001/report.html", NULL};

/* Makes the page of a run whose model is open. Its data may be gone; the page then says so. Returns
 * an exit code. */
static int write(plm_cli_work *work, plm_evaluation *e)
{
    const char *folder = work->call->argument[0], *path = plm_cli_option_of(work->call, "output");
    char *usual = plm_cli_format("%s/report.html", folder);
    plm_report r = {.w = work->home.w, .folder = folder, .settings = e->run, .job = &work->job};
    int code = plm_cli_code(r.w, plm_run_settings_find_origins(e->run, folder));
    if (!code && plm_evaluation_open_data(e) >= 0) {
        r.rows = work->job.test ? work->job.test : work->job.validation;
        r.about = e->about;
    } else if (!code) {
        plm_cli_warn("the data of the run cannot be read: %s", plm_last_error(r.w)->what);
        r.about = plm_arena_text(&e->run->arena, plm_last_error(r.w)->what, SIZE_MAX);
    }
    code = code ? code : plm_cli_page_write(&r, path ? path : usual);
    if (!code)
        printf("%s\n", path ? path : usual);
    free(usual);
    return code;
}

/* Opens the model of the run and writes the page. Returns an exit code. */
static int report(plm_cli_work *work)
{
    int code = plm_cli_work_settings(work);
    code = code ? code : plm_cli_code(work->home.w, plm_evaluation_open_model(&work->evaluation));
    return code ? code : write(work, &work->evaluation);
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, report);
}

const plm_cli_verb plm_verb_report = {
    .name = "report",
    .order = 24,
    .usage = "RUN [key=value ...] [-o FILE]",
    .help = "a page about a run for the browser: curves, figures, what matters, worst rows",
    .details =
        "Writes report.html into the folder of a run, as train does when it ends (unless it has "
        "report=false): the curves of the epochs, the figures on the rows of the test (or of the "
        "validation, if there is no test) with their intervals, the confusion of classes or "
        "predicted against true numbers, calibration, which columns matter, the worst rows, what "
        "each column is, what the doctor found, and every setting with its origin. Each picture "
        "has its numbers as CSV. The page is one file that needs no network and no script; it is "
        "light or dark as the browser is, and can be printed.",
    .options = options,
    .keys = keys,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
