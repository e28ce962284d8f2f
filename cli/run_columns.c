/* See run_columns.h. */
#include "run_columns.h"

#include <stdlib.h>
#include <string.h>

#include "runfile.h"

enum { KEYS = 3 };

/* What stands between the brackets of csv(...), and what was found there. */
typedef struct {
    int place;         /* of the argument, from 0 */
    char *value[KEYS]; /* of `keys`, NULL = not set */
} columns;

static const char *const keys[KEYS] = {"inputs", "target", "weight"};

/* The value of "key = value"; NULL = it is another key, or none. */
static const char *value_of(const char *argument, const char *key)
{
    const size_t length = strlen(key);
    if (strncmp(argument, key, length) != 0)
        return NULL;
    argument += length + strspn(argument + length, " ");
    return *argument == '=' ? argument + 1 + strspn(argument + 1, " ") : NULL;
}

/* Takes one argument of csv(...), which is freed. The second one without a key is the target. */
static void take_argument(void *to, char *argument)
{
    columns *c = to;
    for (int k = 0; k < KEYS; k++) {
        const char *value = value_of(argument, keys[k]);
        if (value && !c->value[k])
            c->value[k] = plm_cli_format("%s", value);
    }
    if (c->place++ == 1 && !c->value[1] && !strchr(argument, '='))
        c->value[1] = plm_cli_format("%s", argument);
    free(argument);
}

/* Takes the source of a pipeline, its first stage; text is freed. */
static void take_stage(void *to, char *text)
{
    columns *c = to;
    const size_t length = strlen(text), name = strcspn(text, "( ");
    const char *open = strchr(text, '(');
    if (c->place == 0 && open && name == 3 && !strncmp(text, "csv", 3) && text[length - 1] == ')') {
        char *arguments = plm_cli_trimmed(open + 1, strlen(open + 1) - 1);
        plm_cli_split(arguments, ',', take_argument, c);
        free(arguments);
    }
    c->place++; /* further stages are no source */
    free(text);
}

/* The settings as text; NULL = none of them. Frees the values. */
static char *join(columns *c, const char *target)
{
    char *words = NULL;
    for (int k = 0; k < KEYS; k++) {
        const char *value = k == 1 && target && *target ? target : c->value[k];
        char *longer =
            value ? plm_cli_format("%s, %s=%s", words ? words : "", keys[k], value) : NULL;
        if (longer) {
            free(words);
            words = longer;
        }
        free(c->value[k]);
    }
    return words;
}

int plm_cli_run_columns(const char *folder, const char *target, char **words)
{
    columns c = {0};
    int code = PLM_EXIT_GOOD;
    char *file = plm_cli_format("%s/run.yaml", folder);
    plm_cli_settings run = plm_cli_settings_new(plm_cli_run_keys);
    *words = NULL;
    if (plm_cli_exists(file))
        code = plm_cli_run_settings(&run, file, 0, NULL);
    const char *data = code ? NULL : plm_cli_setting_text(&run, "data");
    if (data)
        plm_cli_split(data, '|', take_stage, &c);
    const bool any = c.value[0] || c.value[1] || c.value[2];
    char *all = join(&c, target);
    if (any)
        *words = all;
    else
        free(all);
    plm_cli_settings_free(&run);
    free(file);
    return code;
}
