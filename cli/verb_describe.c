/* plummet describe: prints what can be written in a spec. The texts come from the library's own
 * tables. */
#include <string.h>

#include "options.h"
#include "output.h"
#include "show/describe.h"

static const plm_cli_option options[] = {
    {.name = "json", .help = "all kinds and keys of run files, or all kinds of a family, as JSON"},
    {0}};

static const char *const examples[] = {"plummet describe",
                                       "the families",
                                       "plummet describe activation",
                                       "all activations",
                                       "plummet describe dense",
                                       "the arguments of a dense layer",
                                       "plummet describe observer checkpoint",
                                       "a kind whose name is in several families",
                                       "plummet describe --json layer",
                                       "the layers and their arguments, for a program",
                                       NULL};

/* Reports a name that is neither a kind nor a key. what: the message, such as "unknown name". */
static int fail_key(const char *word, const char *what)
{
    plm_text hint = {0};
    plm_run_key_advise(word, &hint);
    const int code =
        plm_cli_fail(PLM_EXIT_USAGE, NULL, plm_text_get(&hint), "%s: '%s'", what, word);
    plm_text_free(&hint);
    return code;
}

/* Describes a word that is a family or a kind of the library, a key of run files, or both. Returns
 * an exit code. */
static int describe_word(plm *w, const char *word, plm_text *out)
{
    const plm_screen screen = plm_cli_screen_of(stdout);
    const char *family = plm_describe(w, word, NULL);
    const bool known = family || plm_last_error(w)->status == PLM_E_MEMORY;
    const char *text = known ? family : plm_describe(w, "", word);
    const int key = family ? -1 : plm_run_key_find(word);
    if (text)
        plm_description_add(text, screen, out);
    if (key >= 0) {
        plm_text_add(out, text ? "\n" : "");
        plm_run_key_add(key, screen, out);
    }
    if (text || key >= 0)
        return PLM_EXIT_GOOD;
    const plm_error *e = plm_last_error(w);
    return e->status == PLM_E_MEMORY || !strncmp(e->hint, "did you mean", 12)
               ? plm_cli_fail_status(w, e->status, NULL)
               : fail_key(word, "unknown name");
}

/* Describes a key, or lists all keys if name is NULL. Returns an exit code. */
static int describe_key(const char *name, plm_text *out)
{
    const plm_screen screen = plm_cli_screen_of(stdout);
    const int key = name ? plm_run_key_find(name) : -1;
    if (name && key < 0)
        return fail_key(name, "unknown key of run files");
    if (name)
        plm_run_key_add(key, screen, out);
    else
        plm_run_keys_add(screen, out);
    return PLM_EXIT_GOOD;
}

/* Describes a kind of a family. family or name may be NULL: then lists are printed. */
static int describe(plm *w, const char *family, const char *name, plm_text *out)
{
    if (family && !strcmp(family, "key"))
        return describe_key(name, out);
    if (family && !name)
        return describe_word(w, family, out);
    const plm_screen screen = plm_cli_screen_of(stdout);
    const char *text = plm_describe(w, family, name);
    if (!text)
        return plm_cli_fail_status(w, plm_last_error(w)->status, NULL);
    plm_description_add(text, screen, out);
    if (!family)
        plm_description_add(
            "key          the keys of run files: data, model, epochs, class_weight, ...\n"
            "words        names that differ in Keras, PyTorch and scikit-learn\n",
            screen, out);
    return PLM_EXIT_GOOD;
}

/* Describes a family as JSON, or everything if family is NULL. Returns an exit code. */
static int describe_json(plm *w, const char *family, plm_text *out)
{
    const bool keys = family && !strcmp(family, "key");
    const char *text = keys ? "" : plm_describe_json(w, family);
    if (!text)
        return plm_cli_fail_status(w, PLM_E_SPEC, NULL);
    if (!family)
        plm_text_format(out, "{\"version\": \"%s\",\n\"families\": %s,\n\"keys\": ", plm_version(),
                        text);
    else if (!keys)
        plm_text_format(out, "%s\n", text);
    if (keys || !family)
        plm_run_keys_json(out);
    plm_text_add(out, family ? "" : "}\n");
    return PLM_EXIT_GOOD;
}

/* Describes what the arguments name: a family, a kind of it, or everything. */
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
        code = describe(w, family, name, &text);
    else if (name)
        code = plm_cli_fail(PLM_EXIT_USAGE, NULL, "leave the name out, and take it from the list",
                            "--json gives a whole family, not only '%s'", name);
    else
        code = describe_json(w, family, &text);
    plm_cli_print(stdout, &text);
    plm_close(w);
    return code;
}

const plm_cli_verb plm_verb_describe = {
    .name = "describe",
    .order = 80,
    .usage = "[FAMILY] [NAME]",
    .help = "lists layers, optimizers, schedules, observers, ... and their keys",
    .details = "Without arguments it lists the families of kinds: layer, optimizer, schedule, "
               "observer, regularizer, constraint, source, ... With a family it lists the kinds of "
               "the family; with a kind it shows its keys, defaults and ranges. 'describe words' "
               "lists names that differ in Keras, PyTorch and scikit-learn.",
    .options = options,
    .examples = examples,
    .max = 2,
    .run = run};
