/* The command plummet: finds the verb and lets it run. */
#define _XOPEN_SOURCE 700 /* for SIGXFSZ */
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "picture.h"

/* Prints the names of all kinds of a family: the first words of the lines that plm_describe gives.
 */
static void print_names(plm *w, const char *title, const char *family)
{
    const char *list = plm_describe(w, family, NULL);
    printf("  %-16s", title);
    for (const char *line = list ? list : ""; *line;) {
        printf(" %.*s", (int)strcspn(line, " \n"), line);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    putchar('\n');
}

/* Prints the version and what this build can do: instruction sets, run files, pictures, formats. */
static int print_version(void)
{
    plm *w = plm_open(NULL);
    if (!w)
        return plm_cli_fail_memory();
    printf("plummet %s\n", plm_version());
    printf("  instruction set  %s (of:", plm_isa(w));
    for (int i = 0; plm_isa_available(i); i++)
        printf(" %s", plm_isa_available(i));
    printf(")\n  threads          %d\n  run files        ", plm_threads(w));
#ifdef PLM_HAVE_YAML
    puts("yaml");
#else
    puts("none (built without libyaml)");
#endif
    printf("  pictures         %s\n", plm_cli_picture_forms());
    print_names(w, "model files", "format");
    print_names(w, "data sources", "source");
    plm_close(w);
    return PLM_EXIT_GOOD;
}

/* Handles the options that need no verb, or runs the verb. */
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
                            !strcmp(first, "-v") ? "did you mean --version?"
                                                 : "a verb comes first: `plummet help`",
                            "unknown option %s", first);
    return plm_cli_verb_run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    /* at the limit of `ulimit -f`, a write then fails with an error, which is reported, instead of
     * a signal that ends the command */
    signal(SIGXFSZ, SIG_IGN);
    int code = run(argc, argv);
    if (!plm_cli_flushed(stdout) && code == PLM_EXIT_GOOD)
        code = plm_cli_fail(PLM_EXIT_IO, "standard output", "is the disk full?",
                            "the results could not be written");
    return code;
}
