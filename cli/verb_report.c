/* plummet report: writes the report page of a run again. */
#include <stdlib.h>

#include "base/system.h"
#include "options.h"
#include "page.h"
#include "run/runfile.h"
#include "source.h"

static const plm_cli_option options[] = {
    {"output", 'o', "FILE", "file to write; default: report.html in the folder of the run"}, {0}};

static const plm_setting_key keys[] = {PLM_MACHINE_KEYS, {0}};

static const char *const examples[] = {"plummet report runs/digits-0001",
                                       "writes runs/digits-0001/report.html", NULL};

/* Fails if a page exists already and the data of the run cannot be read: the new page would have
 * less content, since it would lack the metrics. */
static int check_page(const plm_report *r, const char *path)
{
    if (!r->unread || !plm_path_exists(path))
        return 0;
    return plm_cli_fail(
        PLM_EXIT_DATA, path,
        "put the data file back to its old place, or write the page to another file with -o FILE",
        "the existing page is kept: the data of the run cannot be read, so a new page would have "
        "no metrics");
}

/* Fails if the file of the page has another ending than HTML has: it may be the table of the run or
 * its model. Pipes and devices may have any name. */
static int check_ending(const char *given)
{
    if (!given || plm_ends_with(given, ".html") || plm_ends_with(given, ".htm") ||
        (plm_path_exists(given) && !plm_path_is_file(given)))
        return 0;
    return plm_cli_fail(PLM_EXIT_USAGE, given, "use a file name that ends in .html",
                        "the page is HTML, but the file name ends in neither .html nor .htm");
}

/* Opens the model of the run and writes the page. Returns an exit code. */
static int report(plm_cli_work *work)
{
    plm *w = work->home.w;
    const char *given = plm_cli_option_of(work->call, "output");
    plm_report r = {0};
    int code = check_ending(given);
    code = code ? code : plm_cli_work_settings(work);
    code = code ? code : plm_cli_table_of_run(w, "report", work->call->argument[0]);
    code = code ? code : plm_cli_code(w, plm_evaluation_open_model(&work->evaluation));
    code = code ? code : plm_cli_code(w, plm_report_of_run(&work->evaluation, &r));
    if (code)
        return code;
    char *path = given ? plm_cli_format("%s", given)
                       : plm_cli_format("%s/report.html", work->call->argument[0]);
    code = check_page(&r, path);
    code = code ? code : plm_cli_page_write(&r, path);
    if (!code)
        printf("%s\n", path);
    free(path);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_work_run(call, keys, report);
}

const plm_cli_verb plm_verb_report = {
    .name = "report",
    .order = 24,
    .usage = "RUN [key=value ...] [-o FILE]",
    .help = "writes a page about a run for the browser: curves, metrics, importance, worst rows",
    .details =
        "Writes report.html into the folder of a run, as train does at its end (unless it has "
        "report=false): the curves of the epochs, the metrics on the test rows (or on the "
        "validation rows, if there is no test) with their intervals, the confusion of classes or "
        "predicted against true values, calibration, which columns matter, the worst rows, the "
        "type of each column, what the doctor found, and every setting with its origin. The "
        "numbers of each picture can be saved as CSV. The page is one file that needs no network "
        "and no script. It is light or dark like the browser, and can be printed. If the data of "
        "the run cannot be read, an existing page is kept.",
    .options = options,
    .keys = keys,
    .examples = examples,
    .min = 1,
    .max = 1,
    .run = run};
