/* See same_rows.h. */
#include "same_rows.h"

#include <stdlib.h>
#include <string.h>

#include "runfile.h"

/* What chooses and divides the rows; another seed draws another split. */
static const char *const keys[] = {"data", "test", "validation", "unlabelled", "seed", NULL};

/* Not given is none, or the seed 0. */
static const char *value_of(plm_cli_settings *s, const char *key)
{
    const char *text = plm_cli_setting_text(s, key);
    if (!strcmp(key, "seed"))
        return text ? text : "0";
    return text && *text ? text : "none";
}

static int refuse(plm_cli_settings *now, plm_cli_settings *then, const char *key,
                  const char *folder)
{
    static const char *const why[] = {"another seed draws other rows for the test and the "
                                      "validation, and the net has learned from them",
                                      "the net has learned from rows of the run's own data, and "
                                      "is judged by the others"};
    char *hint = plm_cli_format("leave %s out; to train on other rows, begin a new run from this "
                                "model: plummet train RUNFILE start=%s %s=...",
                                key, folder, key);
    int code =
        plm_cli_fail(PLM_EXIT_USAGE, key, hint,
                     "a run that goes on keeps its rows: %s is now '%s', and was '%s'; %s", key,
                     value_of(now, key), value_of(then, key), why[strcmp(key, "seed") != 0]);
    free(hint);
    return code;
}

int plm_cli_same_rows(plm_cli_settings *s, const char *file, const char *folder)
{
    plm_cli_settings then = plm_cli_settings_new(plm_cli_run_keys);
    int code = plm_cli_run_read(&then, file);
    for (int i = 0; !code && keys[i]; i++)
        if (strcmp(value_of(s, keys[i]), value_of(&then, keys[i])) != 0)
            code = refuse(s, &then, keys[i], folder);
    plm_cli_settings_free(&then);
    return code;
}
