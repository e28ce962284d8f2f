/* plummet describe: what can be written in a spec. The texts come from the library's own tables. */
#include <stdlib.h>
#include <string.h>

#include "verbs.h"

static const plm_cli_option options[] = {{0}};

static const char *const examples[] = {"plummet describe",
                                       "the families",
                                       "plummet describe activation",
                                       "all activations",
                                       "plummet describe dense",
                                       "what a dense layer can be told",
                                       "plummet describe observer checkpoint",
                                       "one of several families",
                                       NULL};

/* The names at the beginnings of the lines of a list; each to be freed. */
typedef struct {
    char **name;
    int count;
} names;

static void add_names(names *to, const char *list)
{
    for (const char *line = list ? list : ""; *line;) {
        const char *end = line + strcspn(line, "\n");
        size_t length = strcspn(line, " \n");
        if (length) { /* else the line goes on with what the one before says */
            to->name = plm_cli_grow(to->name, (size_t)to->count, sizeof *to->name);
            to->name[to->count++] = plm_cli_trimmed(line, length);
        }
        line = *end ? end + 1 : end;
    }
}

static void free_names(names *n)
{
    for (int i = 0; i < n->count; i++)
        free(n->name[i]);
    free(n->name);
}

static const char *name_at(const void *of, int i)
{
    return ((const names *)of)->name[i];
}

/* `describe dense`: the family is not given, so each is asked. The text is the library's; NULL =
 * no family has it. */
static const char *search(plm *w, const names *families, const char *name)
{
    const char *text = NULL;
    for (int i = 0; i < families->count && !text; i++)
        text = plm_describe(w, families->name[i], name);
    return text;
}

/* Neither a family nor a kind: names the nearest of either. */
static int fail_unknown(plm *w, const names *families, const char *word)
{
    names all = {0};
    add_names(&all, plm_describe(w, NULL, NULL));
    for (int i = 0; i < families->count; i++)
        add_names(&all, plm_describe(w, families->name[i], NULL));
    int near = plm_cli_nearest(word, all.count, name_at, &all);
    char *mend =
        near >= 0
            ? plm_cli_format("did you mean %s?", all.name[near])
            : plm_cli_format(
                  "`plummet describe` lists the families, `plummet describe layer` the layers");
    int code = plm_cli_fail(PLM_EXIT_USAGE, NULL, mend,
                            "there is no family and no kind of the name '%s'", word);
    free(mend);
    free_names(&all);
    return code;
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
    names families = {0};
    int code = PLM_EXIT_GOOD;
    if (!text && family && !name) {
        add_names(&families, plm_describe(w, NULL, NULL));
        text = search(w, &families, family);
    }
    if (text)
        print_text(text);
    else
        code = families.count ? fail_unknown(w, &families, family)
                              : plm_cli_fail_status(w, PLM_E_SPEC, NULL);
    free_names(&families);
    return code;
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
    .details = "Without arguments lists the families of kinds: layer, optimizer, schedule, "
               "observer, regularizer, "
               "constraint, source, ... With a family lists its kinds; with a kind tells its keys, "
               "defaults and ranges.",
    .options = options,
    .examples = examples,
    .most = 2,
    .run = run};
