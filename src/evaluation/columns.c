/* Finds the columns that a run uses in its table: reads the source csv(...) in the data of its
 * run.yaml, see columns.h. */
#include "evaluation/columns.h"

#include <string.h>

#include "base/split.h"
#include "run/runfile.h"

enum { KEYS = 3 };

/* The arguments that were found between the brackets of csv(...). */
typedef struct {
    plm_arena *a;            /* memory of the values */
    int place;               /* index of the next argument, from 0 */
    const char *value[KEYS]; /* the value of each of `keys`; NULL = not set */
    bool failed;             /* memory ran out */
} columns;

static const char *const keys[KEYS] = {"inputs", "target", "weight"};

/* Returns the value in "key = value". NULL = the argument has another key or no key. */
static const char *value_of(const char *argument, const char *key)
{
    const size_t length = strlen(key);
    if (strncmp(argument, key, length) != 0)
        return NULL;
    argument += length + strspn(argument + length, " ");
    return *argument == '=' ? argument + 1 + strspn(argument + 1, " ") : NULL;
}

/* Reads one argument of csv(...) into c->value. The second argument without '=' is the target,
 * unless an earlier argument has set target=. */
static void take_argument(columns *c, const char *argument)
{
    for (int k = 0; k < KEYS; k++)
        if (!c->value[k])
            c->value[k] = value_of(argument, keys[k]);
    if (c->place++ == 1 && !c->value[1] && !strchr(argument, '='))
        c->value[1] = argument;
}

/* Reads text[length], the first stage of a pipeline, if this stage is csv(...). Other sources are
 * ignored. */
static void take_stage(columns *c, const char *text, size_t length)
{
    const char *part = NULL;
    const size_t open = strcspn(text, "(");
    if (length < 5 || strncmp(text, "csv", 3) != 0 || strcspn(text, "( ") != 3 || open >= length ||
        text[length - 1] != ')')
        return;
    const char *arguments = plm_arena_text(c->a, text + open + 1, length - open - 2);
    c->failed = !arguments;
    while (plm_split_next(&arguments, ',', &part, &length)) {
        const char *argument = plm_arena_text(c->a, part, length);
        c->failed = c->failed || !argument;
        if (argument)
            take_argument(c, argument);
    }
}

/* Returns ", inputs=..., target=..." in the arena. `target`, unless NULL or empty, replaces the
 * target in c. NULL = no memory. */
static const char *join(columns *c, const char *target)
{
    plm_text t = {.w = c->a->w};
    for (int k = 0; k < KEYS; k++) {
        const char *value = k == 1 && target && *target ? target : c->value[k];
        if (value)
            plm_text_format(&t, ", %s=%s", keys[k], value);
    }
    const char *text = t.failed ? NULL : plm_arena_text(c->a, plm_text_get(&t), t.length);
    plm_text_free(&t);
    return text;
}

/* Reads the first stage of `data`, the data of a run, into c. */
static void take_data(columns *c, const char *data)
{
    const char *stage = NULL;
    size_t length = 0;
    if (data && plm_split_next(&data, '|', &stage, &length))
        take_stage(c, stage, length);
}

/* Reads the csv settings in the run.yaml of a folder. Without this file, c stays as it is. */
static plm_status read_run(columns *c, const char *folder)
{
    plm_settings run;
    const char *file = plm_arena_format(c->a, "%s/run.yaml", folder);
    if (!file)
        return PLM_E_MEMORY;
    if (!plm_path_exists(file))
        return PLM_OK;
    plm_status status = plm_settings_open(&run, c->a->w, plm_run_keys);
    status = status < 0 ? status : plm_run_settings_load(&run, file, 0, NULL);
    if (status >= 0)
        take_data(c, plm_setting_text(&run, "data"));
    plm_settings_free(&run);
    return status >= 0 && c->failed ? PLM_E_MEMORY : status;
}

/* Reads the names of the columns that a run was trained on from its run.yaml. A model file, or a
 * folder without a run.yaml, has no such names: *words stays NULL. */
plm_status plm_run_columns(plm_arena *a, const char *folder, const char *target, const char **words)
{
    columns c = {.a = a};
    *words = NULL;
    PLM_TRY(read_run(&c, folder));
    const bool set = c.value[0] || c.value[1] || c.value[2];
    if (set)
        *words = join(&c, target);
    return set && !*words ? PLM_E_MEMORY : PLM_OK;
}

/* A number is not used, since the columns of another table may be at other positions. */
plm_status plm_run_weight(plm_arena *a, const char *folder, const char **name)
{
    columns c = {.a = a};
    PLM_TRY(read_run(&c, folder));
    const char *value = c.value[2];
    *name = value && *value != '[' && value[strspn(value, "0123456789 ")] ? value : NULL;
    return PLM_OK;
}
