/* Opens the data that an argument of a subcommand names. A table is read more than once, which a
 * pipe does not allow, so the content of a pipe is copied to a temporary file first. */
#define _POSIX_C_SOURCE 200809L
#include "source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Copies all of standard input to f. False: failed, see errno. */
static bool copy_to(FILE *f)
{
    char piece[1 << 16];
    ssize_t n = 0;
    while ((n = read(STDIN_FILENO, piece, sizeof piece)) > 0 || (n < 0 && errno == EINTR))
        if (n > 0 && fwrite(piece, 1, (size_t)n, f) != (size_t)n)
            return false;
    return n == 0 && !fflush(f);
}

static bool is_pipe(const char *path)
{
    struct stat about;
    return !stat(path, &about) && S_ISFIFO(about.st_mode);
}

/* Opens the named pipe (FIFO) as standard input. Returns an exit code. */
static int take_pipe(const char *path)
{
    int fd = open(path, O_RDONLY), code = PLM_EXIT_GOOD;
    if (fd < 0 || dup2(fd, STDIN_FILENO) < 0)
        code = plm_cli_fail(PLM_EXIT_IO, path, "check its name and permissions",
                            "cannot read the pipe: %s", strerror(errno));
    if (fd > STDIN_FILENO)
        close(fd);
    return code;
}

/* Makes standard input a file that can be read repeatedly: if it is a pipe, copies it to a
 * temporary file first. Returns an exit code. */
static int keep_input(const char *path)
{
    struct stat about;
    if (is_pipe(path) && take_pipe(path))
        return PLM_EXIT_IO;
    if (!fstat(STDIN_FILENO, &about) && S_ISREG(about.st_mode))
        return PLM_EXIT_GOOD;
    FILE *f = tmpfile();
    bool good = f && copy_to(f) && dup2(fileno(f), STDIN_FILENO) == STDIN_FILENO &&
                !lseek(STDIN_FILENO, 0, SEEK_SET);
    int code = good ? PLM_EXIT_GOOD
                    : plm_cli_fail(PLM_EXIT_IO, "-", "use a file name instead of -",
                                   "cannot copy standard input: %s", strerror(errno));
    if (f)
        fclose(f);
    return code;
}

int plm_cli_source_open(plm_cli_work *work, bool targets, plm_job_table *opened)
{
    const char *argument = work->call->argument[1];
    const bool stream = !strcmp(argument, "-") || is_pipe(argument);
    const plm_job_table table = {.argument = argument,
                                 .path = stream ? PLM_STANDARD_INPUT : NULL,
                                 .target = plm_setting_text(&work->settings, "target"),
                                 .targets = targets};
    const int code = stream ? keep_input(argument) : PLM_EXIT_GOOD;
    if (opened)
        *opened = table;
    return code ? code
                : plm_cli_code(work->home.w, plm_job_source(&work->job, &work->settings, &table));
}

int plm_cli_rows_open(plm_cli_work *work, plm_data **rows)
{
    plm_evaluation *e = &work->evaluation;
    const bool own = work->call->arguments == 1;
    int code =
        own ? plm_cli_table_of_run(work->home.w, work->call->verb->name, e->model) : PLM_EXIT_GOOD;
    code = code ? code
                : plm_cli_code(work->home.w,
                               own ? plm_evaluation_open_run(e) : plm_evaluation_open(e));
    if (!code && !own)
        code = plm_cli_source_open(work, true, NULL);
    *rows = own ? work->job.test : work->job.data;
    return code;
}

int plm_cli_table(const char **argument)
{
    if (strcmp(*argument, "-") != 0)
        return PLM_EXIT_GOOD;
    *argument = PLM_STANDARD_INPUT;
    return keep_input("-");
}

int plm_cli_table_of_run(plm *w, const char *verb, const char *folder)
{
    struct stat about;
    bool found = false;
    int code = plm_cli_code(w, plm_run_reads_input(w, folder, &found));
    if (code || !found)
        return code;
    const bool given = !isatty(STDIN_FILENO);
    code = given ? keep_input("-") : code;
    if (code || (given && (fstat(STDIN_FILENO, &about) || about.st_size > 0)))
        return code;
    char *hint = plm_cli_format("pass the same table again: plummet %s %s < FILE", verb, folder);
    code = plm_cli_fail(PLM_EXIT_DATA, folder, hint,
                        "the table of this run came from standard input, which is not kept");
    free(hint);
    return code;
}

int plm_cli_check_order(const plm_cli_call *call)
{
    const char *model = call->argument[0], *data = call->argument[1];
    if (call->arguments < 2 || plm_is_model(model) || !plm_is_model(data))
        return PLM_EXIT_GOOD;
    char *hint = plm_cli_format("plummet %s %s %s", call->verb->name, data, model);
    const int code =
        plm_cli_fail(PLM_EXIT_USAGE, model, hint, "write the model first, then the data");
    free(hint);
    return code;
}
