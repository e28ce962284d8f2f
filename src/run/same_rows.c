/* Checks that a resumed run keeps its rows, see same_rows.h. Test and validation metrics are
 * meaningful only as long as the net has never been trained on these rows; another seed or split
 * would mix them with the training rows. */
#include "run/same_rows.h"

#include <string.h>

#include "base/paths.h"
#include "base/system.h"
#include "run/runfile.h"

/* The keys that choose and split the rows. seed is included, since another seed gives another
 * split. */
static const char *const keys[] = {"data", "test", "validation", "unlabelled",
                                   "seed", "nets", NULL};

/* Returns the value of a key. If it is not set, returns "none", or "0" for the seed. */
static const char *value_of(plm_settings *s, const char *key)
{
    const char *text = plm_setting_text(s, key);
    if (!strcmp(key, "seed"))
        return text ? text : "0";
    return text && *text ? text : "none";
}

/* Fails with E_SPEC because a key has another value than when the run was trained. folder: of the
 * run, for the hint. */
static plm_status refuse(plm_settings *now, plm_settings *then, const char *key, const char *folder)
{
    static const char *const why[] = {
        "another seed would draw other test and validation rows, from which the net has already "
        "learned",
        "the net has already learned from the run's training rows, and other rows would mix these "
        "with the rows it is evaluated on"};
    const char *hint = plm_arena_format(&now->arena,
                                        "remove %s; to train on other rows, begin a new run "
                                        "from this model: plummet train RUNFILE start=%s %s=...",
                                        key, folder, key);
    return plm_fail(now->w, PLM_E_SPEC, key, hint,
                    "a resumed run must keep its rows: %s is now '%s', but was '%s'; %s", key,
                    value_of(now, key), value_of(then, key), why[strcmp(key, "seed") != 0]);
}

/* Compares the keys that decide which rows are used with those in run.yaml, which is read again,
 * since the settings have the overrides of the resume. (A file that has changed under the same name
 * is detected by its fingerprint.) */
plm_status plm_same_rows(plm_settings *s, const char *file, const char *folder)
{
    plm_settings then;
    plm_status status = plm_settings_open(&then, s->w, plm_run_keys);
    status = status < 0 ? status : plm_run_settings_read(&then, file);
    for (int i = 0; status >= 0 && keys[i]; i++)
        if (strcmp(value_of(s, keys[i]), value_of(&then, keys[i])) != 0)
            status = refuse(s, &then, keys[i], folder);
    plm_settings_free(&then);
    return status;
}

/* Returns what a pipeline reads: the first quoted file name of its first stage, with `folder` put
 * before it; if the stage names no file, the stage itself, such as "digits". NULL = no memory. Only
 * the source is compared: another batch size or shuffle does not change the rows. */
static const char *source_name(plm_arena *a, const char *folder, const char *text)
{
    const char *quote = strpbrk(text, "'\""), *bar = strchr(text, '|');
    if (!quote || (bar && bar < quote)) {
        size_t length = strcspn(text, "|");
        while (length && text[length - 1] == ' ')
            length--;
        return plm_arena_text(a, text, length);
    }
    const char *path = plm_arena_text(a, quote + 1, strcspn(quote + 1, (char[]){*quote, 0}));
    return path ? plm_path_below(a, folder, path) : NULL;
}

const char *plm_run_source(plm_settings *run)
{
    const char *data = plm_setting_text(run, "data");
    return data ? source_name(&run->arena, plm_run_settings_directory(run), data) : NULL;
}

/* Compares the sources of the data. Paths that exist are compared as files; everything else, such
 * as the name of a data set, as text. */
bool plm_run_is_trained_on(plm_settings *run, const char *argument)
{
    const char *trained = plm_run_source(run);
    if (!trained)
        return false;
    const char *asked =
        plm_path_exists(argument) ? argument : source_name(&run->arena, NULL, argument);
    if (!asked)
        return false;
    return plm_path_exists(trained) && plm_path_exists(asked) ? plm_path_is_same(trained, asked)
                                                              : !strcmp(trained, asked);
}
