/* plummet help: prints the help of the program or of a subcommand, or the manual page. */
#include "options.h"

static const plm_cli_option options[] = {{"man", 0, NULL, "the manual page, as roff"}, {0}};

static const char *const examples[] = {"plummet help train",
                                       "list all arguments, keys and options of train",
                                       "plummet help --man | man -l -", "the manual page", NULL};

/* Prints the help that the arguments name. */
static int run(const plm_cli_call *call)
{
    if (plm_cli_option_of(call, "man")) {
        plm_cli_help_manual();
        return PLM_EXIT_GOOD;
    }
    if (!call->arguments) {
        plm_cli_help_all(stdout);
        return PLM_EXIT_GOOD;
    }
    const plm_cli_verb *verb = plm_cli_verb_find(call->argument[0]);
    if (!verb)
        return PLM_EXIT_USAGE;
    plm_cli_help_verb(verb);
    return PLM_EXIT_GOOD;
}

const plm_cli_verb plm_verb_help = {.name = "help",
                                    .order = 90,
                                    .usage = "[VERB]",
                                    .help = "prints how to use plummet, or one of its commands",
                                    .details = "Prints help on plummet or on one of its commands.",
                                    .options = options,
                                    .examples = examples,
                                    .max = 1,
                                    .run = run};
