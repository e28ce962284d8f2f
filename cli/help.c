/* Prints the help and the manual page (show/help.h), from the tables of subcommands, options and
 * keys. */
#include "options.h"
#include "output.h"

static const char purpose[] =
    "trains deep neural networks on the CPU, and warns about nets that cannot learn";

/* The table of all exit codes, which `plummet help` and the manual print. tests/cli/exit_codes.sh
 * tests each with every subcommand that can return it. */
static const plm_help_code codes[] = {
    {PLM_EXIT_GOOD, "good"},
    {PLM_EXIT_INTERNAL, "an error inside plummet, or no memory"},
    {PLM_EXIT_USAGE, "wrong use: an option, key or spec is not understood, or shapes do not fit"},
    {PLM_EXIT_DATA, "wrong data or a damaged file"},
    {PLM_EXIT_DIVERGED, "the loss is no longer finite"},
    {PLM_EXIT_IO, "the system could not read or write"},
    {PLM_EXIT_FOUND, "plummet doctor --fail-on: there is a finding of this level or a worse one"},
    {PLM_EXIT_ASSERT, "a condition of --assert does not hold"},
    {PLM_EXIT_INTERRUPTED, "interrupted by Ctrl-C; the model is saved"},
    {0}};

/* Returns what the help of the command says of a subcommand. */
static plm_help_verb help_of(const plm_cli_verb *v)
{
    return (plm_help_verb){.name = v->name,
                           .usage = v->usage,
                           .help = v->help,
                           .details = v->details,
                           .sample = v->sample,
                           .options = v->options,
                           .keys = v->keys,
                           .idle = v->idle,
                           .examples = v->examples};
}

/* Fills verb [PLM_CLI_VERB_ROOM] with what the help says of all subcommands. Returns the help of
 * the command, which borrows them. */
static plm_help help_of_all(plm_help_verb *verb)
{
    int count = 0;
    for (; plm_cli_verbs[count]; count++)
        verb[count] = help_of(plm_cli_verbs[count]);
    return (plm_help){.purpose = purpose, .verb = verb, .verbs = count, .codes = codes};
}

void plm_cli_help_verb(const plm_cli_verb *verb)
{
    const plm_help_verb help = help_of(verb);
    plm_text text = {0};
    plm_help_of_verb(&help, plm_cli_screen_of(stdout), &text);
    plm_cli_print(stdout, &text);
}

void plm_cli_help_all(FILE *f)
{
    plm_help_verb verb[PLM_CLI_VERB_ROOM];
    const plm_help help = help_of_all(verb);
    plm_text text = {0};
    plm_help_of_all(&help, plm_cli_screen_of(f), &text);
    plm_cli_print(f, &text);
}

void plm_cli_help_manual(void)
{
    plm_help_verb verb[PLM_CLI_VERB_ROOM];
    const plm_help help = help_of_all(verb);
    plm_text text = {0};
    plm_help_manual(&help, &text);
    plm_cli_print(stdout, &text);
}
