/* plummet describe: prints the names and arguments that can be written in a spec. The texts come
 * from the library's own tables. */
#include "options.h"
#include "output.h"
#include "show/describe.h"

static const plm_cli_option options[] = {
    {.name = "json", .help = "all kinds and keys of run files, or all kinds of a family, as JSON"},
    {0}};

static const char *const examples[] = {
    "plummet describe",
    "list the families of kinds",
    "plummet describe activation",
    "list all activations",
    "plummet describe dense",
    "list the arguments of a dense layer",
    "plummet describe observer checkpoint",
    "the observer checkpoint; name the family first if several families have the name",
    "plummet describe --json layer",
    "the layers and their arguments, for a program",
    NULL};

/* Describes what the arguments name: a family, a kind of a family, or everything. */
static int run(const plm_cli_call *call)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail_memory();
    const char *family = call->arguments > 0 ? call->argument[0] : NULL,
               *name = call->arguments > 1 ? call->argument[1] : NULL;
    plm_text text = {0};
    int code = PLM_EXIT_USAGE;
    if (!plm_cli_option_of(call, "json"))
        code =
            plm_cli_code(w, plm_description_of(w, family, name, plm_cli_screen_of(stdout), &text));
    else if (name)
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL,
                            "leave out the name, and look it up in the list that is printed",
                            "--json can only print a whole family, not only '%s'", name);
    else
        code = plm_cli_code(w, plm_description_json(w, family, &text));
    plm_cli_print(stdout, &text);
    plm_close(w);
    return code;
}

const plm_cli_verb plm_verb_describe = {
    .name = "describe",
    .order = 80,
    .usage = "[FAMILY] [NAME]",
    .help = "lists layers, optimizers, schedules, observers, ... and their arguments",
    .details = "Without arguments it lists the families of kinds: layer, optimizer, schedule, "
               "observer, regularizer, constraint, source, ... With a family it lists the kinds of "
               "the family; with a kind it shows its keys, defaults and ranges. 'describe words' "
               "lists names that differ in Keras, PyTorch and scikit-learn.",
    .options = options,
    .examples = examples,
    .max = 2,
    .run = run};
