/* Reads the options of a subcommand with getopt_long, from its table of options. For a wrong option
 * the hint names the most similar one. */
#include "options.h"

#include <ctype.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "run/recipe.h"
#include "run/runfile.h"
#include "run/settings.h"
#include "show/describe.h"

/* True if `plummet describe` knows a word. */
static bool is_described(const char *word)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    plm_text text = {.w = w};
    const bool known =
        w && plm_description_of(w, word, NULL, plm_cli_screen_of(stdout), &text) == PLM_OK;
    plm_text_free(&text);
    plm_close(w);
    return known;
}

/* Finds a subcommand, or reports that it is unknown. The hint is the most similar subcommand, what
 * the user probably meant, or that the word is one that `plummet describe` knows. */
const plm_cli_verb *plm_cli_verb_find(const char *name)
{
    const char *names[PLM_CLI_VERB_ROOM] = {NULL};
    size_t count = 0;
    for (; plm_cli_verbs[count]; count++) {
        names[count] = plm_cli_verbs[count]->name;
        if (!strcmp(names[count], name))
            return plm_cli_verbs[count];
    }
    const char *near = plm_name_nearest(name, names, count);
    const char *meant = plm_help_meant(name);
    char hint[96] = "`plummet help` lists the commands";
    if (!near && !meant && strlen(name) < 40 && is_described(name))
        snprintf(hint, sizeof hint, "`plummet describe %s` tells what it is", name);
    if (near)
        snprintf(hint, sizeof hint, "did you mean %s?", near);
    if (meant)
        snprintf(hint, sizeof hint, "did you mean plummet %s?", meant);
    plm_cli_fail(PLM_EXIT_USAGE, NULL, hint, "unknown command '%s'", name);
    return NULL;
}

static int option_count(const plm_cli_verb *verb)
{
    int count = 0;
    while (verb->options[count].name)
        count++;
    return count;
}

const char *plm_cli_option_of(const plm_cli_call *call, const char *name)
{
    int i = 0;
    while (strcmp(call->verb->options[i].name, name) != 0)
        i++;
    return call->value[i];
}

int plm_cli_whole_option(const plm_cli_call *call, const char *name, int64_t low, int64_t high,
                         const char *what, const char *hint, int64_t *value)
{
    const char *text = plm_cli_option_of(call, name);
    if (!text || (plm_read_whole(text, value) && *value >= low && *value <= high))
        return PLM_EXIT_GOOD;
    char where[32];
    snprintf(where, sizeof where, "--%s", name);
    return plm_cli_fail(PLM_EXIT_USAGE, where, hint, "%s cannot be '%s'", what, text);
}

/* Reports an unknown option. word: the option as the user wrote it, with its dashes. */
static int wrong_option(const plm_cli_verb *verb, const char *word)
{
    const char *name = word + strspn(word, "-"), *names[PLM_CLI_OPTION_ROOM + 1] = {"help"};
    char *bare = plm_cli_format("%.*s", (int)strcspn(name, "="), name);
    const int count = option_count(verb);
    for (int i = 0; i < count; i++)
        names[i + 1] = verb->options[i].name;
    const char *near = word[1] == '-' ? plm_name_nearest(bare, names, (size_t)count + 1) : NULL;
    char *hint = plm_setting_known(verb->keys, bare)
                     ? plm_cli_format("write %s=VALUE, without dashes", bare)
                 : near ? plm_cli_format("did you mean --%s?", near)
                        : plm_cli_format("`plummet help %s` lists the options", verb->name);
    plm_cli_fail(PLM_EXIT_USAGE, NULL, hint, "%s has no option %s", verb->name, word);
    free(bare);
    free(hint);
    return PLM_EXIT_USAGE;
}

/* Converts the table of options for getopt_long. getopt_long returns 256 + the row of an option, so
 * an option needs no single-letter form. letters: the single-letter options. */
static void fill(const plm_cli_verb *verb, struct option *table, char *letters)
{
    int count = option_count(verb);
    /* the leading ':' makes getopt_long report a missing value as ':', not as an unknown option */
    *letters++ = ':';
    *letters++ = 'h';
    for (int i = 0; i < count; i++) {
        const plm_cli_option *o = &verb->options[i];
        table[i] =
            (struct option){o->name, o->argument ? required_argument : no_argument, NULL, 256 + i};
        if (!o->letter)
            continue;
        *letters++ = o->letter;
        if (o->argument)
            *letters++ = ':';
    }
    table[count] = (struct option){"help", no_argument, NULL, 'h'};
    table[count + 1] = (struct option){0};
    *letters = 0;
}

/* Returns the row of the table for the option that getopt_long found, by its number or its
 * letter. */
static int row_of(const plm_cli_verb *verb, int found)
{
    int i = 0;
    if (found >= 256)
        return found - 256;
    while (verb->options[i].letter != found)
        i++;
    return i;
}

/* Reads the options into call->value. Returns -1 to continue, otherwise an exit code. Afterwards
 * optind is the index of the first argument. */
static int read_options(plm_cli_call *call, int argc, char **argv)
{
    struct option table[PLM_CLI_OPTION_ROOM + 2];
    char letters[2 * PLM_CLI_OPTION_ROOM + 3];
    const plm_cli_verb *verb = call->verb;
    int found = 0;
    fill(verb, table, letters);
    opterr = 0;
    optind = 1;
    while ((found = getopt_long(argc, argv, letters, table, NULL)) != -1) {
        if (found == 'h') {
            plm_cli_help_verb(verb);
            return PLM_EXIT_GOOD;
        }
        if (found == ':')
            return plm_cli_fail(PLM_EXIT_USAGE, NULL, "write the value after the option",
                                "%s needs a value", argv[optind - 1]);
        if (found == '?') {
            char letter[3] = {'-', (char)optopt, 0};
            return wrong_option(verb, optopt && optopt < 256 ? letter : argv[optind - 1]);
        }
        const int row = row_of(verb, found);
        if (optarg && call->value[row])
            return plm_cli_fail(PLM_EXIT_USAGE, NULL, "remove one of the two",
                                "--%s is given twice", verb->options[row].name);
        call->value[row] = optarg ? optarg : "";
    }
    return -1;
}

bool plm_cli_is_override(const char *argument)
{
    const char *c = argument;
    if (!isalpha((unsigned char)*c))
        return false;
    while (isalnum((unsigned char)*c) || *c == '_' || *c == '.' || *c == '-')
        c++;
    return *c == '=' && c[1] != '=';
}

/* Returns the hint for an argument that is one too many, allocated: a key whose value is the next
 * word, the target of a table, or the usage. */
static char *too_many(const plm_cli_call *call)
{
    const plm_cli_verb *verb = call->verb;
    const char *extra = call->argument[verb->max];
    if (plm_setting_known(verb->keys, extra))
        return plm_cli_format("write %s=VALUE as one word", extra);
    if (verb->max == 1 && verb->keys == plm_run_keys && plm_recipe_is_table(call->argument[0]))
        return plm_cli_format("to name the column to predict: plummet %s %s target=%s", verb->name,
                              call->argument[0], extra);
    return plm_cli_format("plummet %s %s", verb->name, verb->usage);
}

/* Returns a verb that has a key; NULL = none has. */
static const plm_cli_verb *verb_of_key(const char *key)
{
    for (int i = 0; plm_cli_verbs[i]; i++)
        if (plm_setting_known(plm_cli_verbs[i]->keys, key))
            return plm_cli_verbs[i];
    return NULL;
}

/* Checks that no key=value belongs to another verb. Returns an exit code. */
static int check_keys(const plm_cli_call *call)
{
    for (int i = 0; i < call->overrides; i++) {
        char *key =
            plm_cli_format("%.*s", (int)strcspn(call->override[i], ".="), call->override[i]);
        const plm_cli_verb *other =
            plm_setting_known(call->verb->keys, key) ? NULL : verb_of_key(key);
        char *hint =
            !other ? NULL
            : other->keys == plm_run_keys
                ? plm_cli_format("%s is a key of run files, for plummet train and others", key)
                : plm_cli_format("%s is a key of plummet %s", key, other->name);
        const int code = other ? plm_cli_fail(PLM_EXIT_USAGE, call->override[i], hint,
                                              "unknown key '%s' of %s", key, call->verb->name)
                               : PLM_EXIT_GOOD;
        free(hint);
        free(key);
        if (code)
            return code;
    }
    return PLM_EXIT_GOOD;
}

/* Separates key=value from other arguments, and checks how many other arguments there are. Returns
 * an exit code. */
static int read_arguments(plm_cli_call *call, int argc, char **argv)
{
    const plm_cli_verb *verb = call->verb;
    for (int i = 0; i < argc; i++) {
        if (verb->keys && plm_cli_is_override(argv[i]))
            call->override[call->overrides++] = argv[i];
        else
            call->argument[call->arguments++] = argv[i];
    }
    const int again = plm_settings_repeated(call->overrides, (const char *const *)call->override);
    if (again >= 0)
        return plm_cli_fail(PLM_EXIT_USAGE, call->override[again], "remove one of the two",
                            "the same key is given twice");
    int code = check_keys(call);
    if (code)
        return code;
    char *hint = call->arguments > verb->max
                     ? too_many(call)
                     : plm_cli_format("plummet %s %s", verb->name, verb->usage);
    if (call->arguments < verb->min)
        code =
            plm_cli_fail(PLM_EXIT_USAGE, NULL, hint, "%s needs %s", verb->name,
                         verb->min - call->arguments > 1 ? "more arguments" : "one more argument");
    else if (call->arguments > verb->max)
        code = plm_cli_fail(PLM_EXIT_USAGE, call->argument[verb->max], hint,
                            "too many arguments for %s", verb->name);
    free(hint);
    return code;
}

/* Reads the command line of a subcommand and runs it. key=value and other arguments are put into
 * two lists, each with capacity for all arguments. */
int plm_cli_verb_run(int argc, char **argv)
{
    plm_cli_call call = {.verb = plm_cli_verb_find(argv[0])};
    if (!call.verb)
        return PLM_EXIT_USAGE;
    int code = read_options(&call, argc, argv);
    if (code >= 0)
        return code;
    call.argument = plm_cli_take((size_t)argc * sizeof *call.argument);
    call.override = plm_cli_take((size_t)argc * sizeof *call.override);
    code = read_arguments(&call, argc - optind, argv + optind);
    if (!code)
        code = call.verb->run(&call);
    free(call.argument);
    free(call.override);
    return code;
}
