/* plummet describe: what can be written in a spec. The texts come from the library's own tables. */
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {"plummet describe", "the families",
                                       "plummet describe activation", "all activations",
                                       "plummet describe dense", "what a dense layer can be told",
                                       "plummet describe observer checkpoint", "one of several families", NULL};

/* `describe dense`: the family is not given, so each is asked. Lines of the list of families begin with a name. */
static char *search(plm *w, const char *name)
{
    const char *list = plm_describe(w, NULL, NULL);
    char *families = plm_cli_format("%s", list ? list : ""), *found = NULL;
    for (char *line = families; *line && !found;) {
        char *end = line + strcspn(line, "\n");
        line += strspn(line, " ");
        char *family = plm_cli_trimmed(line, strcspn(line, " \n"));
        const char *text = *family ? plm_describe(w, family, name) : NULL;
        if (text)
            found = plm_cli_format("%s", text);
        free(family);
        line = *end ? end + 1 : end;
    }
    free(families);
    return found;
}

static void print_text(const char *text)
{
    size_t length = strlen(text);
    fputs(text, stdout);
    if (length && text[length - 1] != '\n')
        putchar('\n');
}

static int describe(plm *w, const char *family, const char *name)
{
    const char *text = plm_describe(w, family, name);
    char *found = NULL;
    if (!text && family && !name) {
        found = search(w, family);
        text = found;
        if (!text)
            plm_describe(w, family, NULL); /* the error to report */
    }
    if (!text)
        return plm_cli_fail_status(w, PLM_E_SPEC, NULL);
    print_text(text);
    free(found);
    return PLM_EXIT_GOOD;
}

static int run(const plm_cli_call *call)
{
    plm *w = plm_open(PLM_OPTIONS(.threads = 1));
    if (!w)
        return plm_cli_fail(PLM_EXIT_INTERNAL, NULL, NULL, "out of memory");
    int code = describe(w, call->arguments > 0 ? call->argument[0] : NULL,
                        call->arguments > 1 ? call->argument[1] : NULL);
    plm_close(w);
    return code;
}

const plm_cli_verb plm_verb_describe = {
    .name = "describe",
    .usage = "[FAMILY] [NAME]",
    .help = "what layers, optimizers, schedules, observers ... there are, and their keys",
    .details = "Without arguments lists the families of kinds: layer, optimizer, schedule, observer, regularizer, "
               "constraint, source, ... With a family lists its kinds; with a kind tells its keys, defaults and ranges.",
    .options = options,
    .examples = examples,
    .most = 2,
    .run = run};
