/* The program plummet: finds the subcommand and runs it. */
#define _XOPEN_SOURCE 700 /* for SIGXFSZ, open */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "output.h"
#include "picture.h"
#include "show/describe.h"

/* Prints the version and the features of this build. */
static int print_version(void)
{
    plm *w = plm_open(NULL);
    plm_text text = {0};
    if (!w)
        return plm_cli_fail_memory();
    plm_build_add(w, plm_cli_picture_forms(), &text);
    plm_cli_print(stdout, &text);
    plm_close(w);
    return PLM_EXIT_GOOD;
}

/* Handles the options that need no subcommand, or runs the subcommand. */
static int run(int argc, char **argv)
{
    const char *first = argc > 1 ? argv[1] : "";
    if (argc < 2) {
        plm_cli_help_all(stderr);
        return PLM_EXIT_USAGE;
    }
    if (!strcmp(first, "--version") || !strcmp(first, "-V"))
        return print_version();
    if (!strcmp(first, "--help") || !strcmp(first, "-h")) {
        plm_cli_help_all(stdout);
        return PLM_EXIT_GOOD;
    }
    if (first[0] == '-')
        return plm_cli_fail(PLM_EXIT_USAGE, NULL,
                            !strcmp(first, "-v")
                                ? "did you mean --version?"
                                : "name a command first; `plummet help` lists the commands",
                            "unknown option %s", first);
    return plm_cli_verb_run(argc - 1, argv + 1);
}

/* Opens /dev/null in place of standard streams that the caller closed (`<&-`). Otherwise the next
 * file that is opened, such as a model, gets the file descriptor of a stream, and messages are
 * written into it. Standard output is opened for reading only, so that writing results to it fails,
 * which is reported. */
static void open_closed_streams(void)
{
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
    open_closed_streams();
    /* A write beyond the limit of `ulimit -f` would end the command by a signal; now it fails with
     * an error, which is reported. */
    signal(SIGXFSZ, SIG_IGN);
    int code = run(argc, argv);
    if (!plm_cli_flushed(stdout) && code == PLM_EXIT_GOOD)
        code = plm_cli_fail(PLM_EXIT_IO, "standard output", "is the disk full?",
                            "the results could not be written");
    return code;
}
