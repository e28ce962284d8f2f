/* plummet runs: lists, compares and removes the runs of a folder. */
#include <string.h>

#include "home.h"
#include "output.h"
#include "archive/run_list.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {"plummet runs",
                                       "the runs in the folder runs, with their best epochs",
                                       "plummet runs diff runs/net-0001 runs/net-0002",
                                       "how the settings and metrics of two runs differ",
                                       "plummet runs rm runs/net-0003",
                                       "removes the files of a run",
                                       NULL};

/* Removes the runs in the arguments. If one cannot be removed, the others are still removed.
 * Returns the exit code of the first error. */
static int remove_runs(const plm_cli_call *call, plm *w)
{
    int code = PLM_EXIT_GOOD;
    for (int i = 1; i < call->arguments; i++) {
        const int one = plm_cli_code(w, plm_run_remove(w, call->argument[i]));
        code = code ? code : one;
    }
    return code;
}

/* Does what the first argument says: ls (the default), diff or rm. Returns an exit code. */
static int work(const plm_cli_call *call, plm_cli_home *home)
{
    plm *w = home->w;
    const char *what = call->arguments ? call->argument[0] : "ls";
    const int given = call->arguments - 1, room = plm_cli_room();
    plm_text text = {.w = w};
    int code = PLM_EXIT_GOOD;
    if (!strcmp(what, "ls") && given <= 1)
        code =
            plm_cli_code(w, plm_run_list(w, given > 0 ? call->argument[1] : "runs", room, &text));
    else if (!strcmp(what, "diff") && given == 2)
        code = plm_cli_code(w, plm_run_diff(w, call->argument[1], call->argument[2], room, &text));
    else if (!strcmp(what, "rm") && given >= 1)
        code = remove_runs(call, w);
    else
        code = plm_cli_fail(
            PLM_EXIT_USAGE, what,
            "plummet runs ls [FOLDER]; plummet runs diff A B; plummet runs rm RUN...",
            strcmp(what, "ls") == 0 || strcmp(what, "diff") == 0 || strcmp(what, "rm") == 0
                ? "runs %s has too many or too few arguments"
                : "runs has no command '%s'",
            what);
    plm_cli_print(stdout, &text);
    return code;
}

static int run(const plm_cli_call *call)
{
    return plm_cli_home_run(call, work);
}

const plm_cli_verb plm_verb_runs = {
    .name = "runs",
    .order = 26,
    .usage = "[ls [FOLDER]] | diff A B | rm RUN ...",
    .help = "lists the runs of a folder, compares two runs, removes runs",
    .details =
        "ls, or nothing: a line for each run of a folder (default: runs): its state, when its "
        "history was last written, its target (or the size of its model), how many epochs it has, "
        "the best epoch (that of least validation loss, unless observers say otherwise), and its "
        "metrics; epochs before a resume with another loss do not count. On a narrow "
        "screen columns are left out; a file or pipe has all columns.\n\nThe state is running (a "
        "process is training "
        "it), diverged (the last loss is not finite or more than ten times the first one), stopped "
        "(it has no model yet, or fewer epochs than planned: plummet train --resume continues it), "
        "ended, or unreadable.\n\ndiff: the settings of run.yaml in which two runs differ, and "
        "their metrics.\n\nrm: removes the files that a run wrote, and its folder if nothing else "
        "is in it, without asking. It does not remove a run that is being trained, a folder "
        "without run.yaml, or a link.",
    .options = options,
    .examples = examples,
    .max = 64,
    .run = run};
