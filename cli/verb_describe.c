/* plummet describe: prints what can be written in a spec. The texts come from the library's own
 * tables. */
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "output.h"
#include "run/runfile.h"

static const plm_cli_option options[] = {
    {.name = "json", .help = "all kinds and keys of run files, or those of a family, as JSON"},
    {0}};

static const char *const examples[] = {"plummet describe",
                                       "the families",
                                       "plummet describe activation",
                                       "all activations",
                                       "plummet describe dense",
                                       "the arguments of a dense layer",
                                       "plummet describe observer checkpoint",
                                       "one of several families",
                                       "plummet describe --json layer",
                                       "the layers and their arguments, for a program",
                                       NULL};

enum { PAGE = 79 };

/* Returns the index of a key of run files; -1 = there is none of this name. */
static int find_key(const char *name)
{
    for (int i = 0; plm_run_keys[i].name; i++)
        if (!strcmp(plm_run_keys[i].name, name))
            return i;
    return -1;
}

/* Prints one key with its argument and its help. */
static void print_key(int i)
{
    const plm_setting_key *k = &plm_run_keys[i];
    printf("key %s\n", k->name);
    printf("  %s: ", k->name);
    plm_cli_wrap(stdout, 0, 0, 1000, k->argument);
    fputs("  ", stdout);
    plm_cli_wrap(stdout, 2, 2, plm_cli_page(stdout), k->help);
    fputs("\n  ", stdout);
    plm_cli_wrap(stdout, 2, 2, plm_cli_page(stdout),
                 "In a run file, or on the command line as key=value.");
}

/* Prints all keys, each with its help in a second column. */
static void print_keys(void)
{
    for (int i = 0; plm_run_keys[i].name; i++) {
        printf("%-21s  ", plm_run_keys[i].name);
        plm_cli_wrap(stdout, 23, 23, plm_cli_page(stdout), plm_run_keys[i].help);
    }
}

/* Returns the indent of the lines that continue a line: that of its second column, if it has two
 * columns, else its own. */
static int indent_of(const char *line)
{
    const int blanks = (int)strspn(line, " "), name = blanks + (int)strcspn(line + blanks, " \n");
    const int gap = (int)strspn(line + name, " ");
    return blanks == 0 && gap >= 2 ? name + gap : blanks;
}

/* Returns the next line of text, joined with the lines that continue its second column; to be
 * freed. *text moves behind them. */
static char *next_line(const char **text)
{
    enum { SECOND_COLUMN = 10 };
    char *line = NULL;
    do {
        const size_t length = strcspn(*text, "\n");
        const size_t blanks = line ? strspn(*text, " ") : 0;
        const char *gap = !line ? "" : strchr(line, ' ') ? " " : "  ";
        char *longer = plm_cli_format("%s%s%.*s", line ? line : "", gap, (int)(length - blanks),
                                      *text + blanks);
        free(line);
        line = longer;
        *text += length + ((*text)[length] == '\n');
    } while (strspn(*text, " ") >= SECOND_COLUMN);
    return line;
}

/* Prints a text of the library, which is made for 80 columns. On a narrower terminal its lines are
 * broken again. */
static void print_text(const char *text)
{
    const int width = plm_cli_page(stdout);
    if (width >= PAGE) {
        fputs(text, stdout);
        return;
    }
    while (*text) {
        char *line = next_line(&text);
        const int blanks = (int)strspn(line, " "), indent = indent_of(line);
        if (indent >= width / 2 && indent > blanks) { /* there is no space for two columns */
            printf("%.*s\n  ", (int)strcspn(line, " "), line);
            plm_cli_wrap(stdout, 2, 2, width, line + indent);
        } else {
            printf("%*s", blanks, "");
            plm_cli_wrap(stdout, blanks, indent, width, line + blanks);
        }
        free(line);
    }
}

/* Reports a name that is neither a kind nor a key. what: the message, such as "unknown name". */
static int fail_key(const char *word, const char *what)
{
    enum { MAX_KEYS = 64 };
    const char *keys[MAX_KEYS] = {NULL};
    size_t count = 0;
    for (; plm_run_keys[count].name && count < MAX_KEYS; count++)
        keys[count] = plm_run_keys[count].name;
    const char *near = plm_name_nearest(word, keys, count);
    char *hint = near ? plm_cli_format("did you mean %s?", near)
                      : plm_cli_format("`plummet describe` lists the families, `plummet describe "
                                       "layer` the layers, `plummet describe key` the keys");
    const int code = plm_cli_fail(PLM_EXIT_USAGE, NULL, hint, "%s: '%s'", what, word);
    free(hint);
    return code;
}

/* Describes a word that is a family or a kind of the library, or a key of run files, or both.
 * Returns an exit code. */
static int describe_word(plm *w, const char *word)
{
    const char *family = plm_describe(w, word, NULL);
    const bool known = family || plm_last_error(w)->status == PLM_E_MEMORY;
    const char *text = known ? family : plm_describe(w, "", word);
    const int key = family ? -1 : find_key(word);
    if (text)
        print_text(text);
    if (text && key >= 0)
        putchar('\n');
    if (key >= 0)
        print_key(key);
    if (text || key >= 0)
        return PLM_EXIT_GOOD;
    if (plm_last_error(w)->status == PLM_E_MEMORY)
        return plm_cli_fail_status(w, PLM_E_MEMORY, NULL);
    const bool advised = !strncmp(plm_last_error(w)->hint, "did you mean", 12);
    return advised ? plm_cli_fail_status(w, PLM_E_SPEC, NULL) : fail_key(word, "unknown name");
}

/* Describes a key, or lists all keys if name is NULL. Returns an exit code. */
static int describe_key(const char *name)
{
    const int key = name ? find_key(name) : -1;
    if (!name)
        print_keys();
    else if (key >= 0)
        print_key(key);
    if (!name || key >= 0)
        return PLM_EXIT_GOOD;
    return fail_key(name, "unknown key of run files");
}

/* Describes a kind of a family. family or name may be NULL: then lists are printed. */
static int describe(plm *w, const char *family, const char *name)
{
    if (family && !strcmp(family, "key"))
        return describe_key(name);
    if (family && !name)
        return describe_word(w, family);
    const char *text = plm_describe(w, family, name);
    if (!text)
        return plm_cli_fail_status(w, plm_last_error(w)->status, NULL);
    print_text(text);
    if (!family)
        print_text("key          what a run file says: data, model, epochs, class_weight, ...\n"
                   "words        what Keras, PyTorch and scikit-learn call otherwise\n");
    return PLM_EXIT_GOOD;
}

/* Prints the keys of run files as a JSON array. */
static void print_json_keys(void)
{
    printf("[");
    for (int i = 0; plm_run_keys[i].name; i++) {
        printf(i ? ",\n " : "\n ");
        plm_cli_json j = plm_cli_json_begin(stdout);
        plm_cli_json_text(&j, "name", plm_run_keys[i].name);
        plm_cli_json_text(&j, "argument", plm_run_keys[i].argument);
        plm_cli_json_text(&j, "help", plm_run_keys[i].help);
        plm_cli_json_end(&j);
    }
    printf("]\n");
}

/* Prints a family as JSON, or everything if family is NULL. Returns an exit code. */
static int describe_json(plm *w, const char *family)
{
    const char *text = NULL;
    if (family && !strcmp(family, "key")) {
        print_json_keys();
        return PLM_EXIT_GOOD;
    }
    text = plm_describe_json(w, family);
    if (!text)
        return plm_cli_fail_status(w, PLM_E_SPEC, NULL);
    if (family) {
        printf("%s\n", text);
        return PLM_EXIT_GOOD;
    }
    printf("{\"version\": \"%s\",\n\"families\": %s,\n\"keys\": ", plm_version(), text);
    print_json_keys();
    printf("}\n");
    return PLM_EXIT_GOOD;
}

/* Describes what the arguments name: a family, a kind of it, or everything. */
static int run(const plm_cli_call *call)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    const char *family = call->arguments > 0 ? call->argument[0] : NULL,
               *name = call->arguments > 1 ? call->argument[1] : NULL;
    int code = PLM_EXIT_USAGE;
    if (!plm_cli_option_of(call, "json"))
        code = describe(w, family, name);
    else if (name)
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL, "leave the name out, and pick it from the list",
                            "--json gives a whole family, not '%s' alone", name);
    else
        code = describe_json(w, family);
    plm_close(w);
    return code;
}

const plm_cli_verb plm_verb_describe = {
    .name = "describe",
    .order = 80,
    .usage = "[FAMILY] [NAME]",
    .help = "what layers, optimizers, schedules, observers ... there are, and their keys",
    .details = "Without arguments lists the families of kinds: layer, optimizer, schedule, "
               "observer, regularizer, "
               "constraint, source, ... With a family lists its kinds; with a kind tells its keys, "
               "defaults and ranges. "
               "'describe words' lists what Keras, PyTorch and scikit-learn call otherwise.",
    .options = options,
    .examples = examples,
    .max = 2,
    .run = run};
