/* Keeps the settings of a search in its folder, see kept.h. The rows of search.csv name only the
 * values that were drawn. The same values with another optimizer, target or file give other
 * results, so a search continues only with the settings and the data that the folder has. */
#include "search/kept.h"

#include <errno.h>
#include <string.h>

#include "base/contents.h"
#include "base/folder.h"
#include "base/names.h"
#include "base/stream.h"
#include "base/system.h"
#include "run/fingerprint.h"
#include "run/runfile.h"

/* Keys that do not change what a trial computes. */
static const char without_effect[] = "threads|isa|data_dir|directory|out|overwrite|outside|name|"
                                     "report|memory|max_memory|spill|checkpoint";

/* The fingerprint is that of the training's data. */
plm_status plm_search_fingerprint(plm_settings *s, const plm_run_training *t)
{
    return plm_fingerprint_set(s, &t->job);
}

/* Fails since the folder has the results of another search. key: NULL = it is not known what
 * differs. */
static plm_status fail_other(plm *w, const char *table, const char *key)
{
    return plm_fail(w, PLM_E_SPEC, table,
                    "use the same run file, keys and data, or another folder: out=DIR",
                    "the folder holds another search%s%s",
                    key == NULL                       ? ""
                    : strcmp(key, "fingerprint") == 0 ? ": its data file has changed since"
                                                      : ", with another ",
                    key == NULL || strcmp(key, "fingerprint") == 0 ? "" : key);
}

/* Compares the settings with those of the search in the folder. path: of the kept settings. */
static plm_status compare(plm *w, plm_settings *s, const char *path, const char *table)
{
    plm_settings old = {0};
    const char *other = NULL;
    plm_status status = plm_settings_open(&old, w, plm_run_keys);
    if (status >= 0)
        status = plm_run_settings_read(&old, path);
    for (int i = 0; i < s->count && status >= 0 && other == NULL; i++) {
        const char *key = s->keys[i].name;
        if (!plm_pattern_matches(without_effect, key) &&
            strcmp(plm_setting_joined(s, key), plm_setting_joined(&old, key)) != 0)
            other = key;
    }
    if (other != NULL)
        status = fail_other(w, table, other);
    plm_settings_free(&old);
    return status;
}

/* Makes and locks the folder. */
static plm_status lock(plm_search *search, const char *folder)
{
    size_t kept = 0;
    if (!plm_folder_make_all(folder, &kept))
        return plm_fail_system(search->w, errno, "cannot make the folder", folder);
    return search->lock.locked ? PLM_OK : plm_folder_lock_take(search->w, &search->lock, folder);
}

/* Results without settings are taken for those of another search. */
plm_status plm_search_keep(plm_search *search, plm_settings *s, const char *folder)
{
    plm *w = search->w;
    plm_arena *a = &search->settings.arena;
    const char *path = plm_arena_format(a, "%s/settings.yaml", folder),
               *table = plm_arena_format(a, "%s/search.csv", folder);
    if (!path || !table)
        return PLM_E_MEMORY;
    PLM_TRY(lock(search, folder));
    if (plm_path_exists(table))
        PLM_TRY(plm_path_exists(path) ? compare(w, s, path, table) : fail_other(w, table, NULL));
    plm_text text = {.w = w};
    plm_run_settings_write(s, &text, folder, false);
    const plm_status status =
        text.failed ? PLM_E_MEMORY : plm_write_whole(w, path, text.data, text.length);
    plm_text_free(&text);
    return status;
}
