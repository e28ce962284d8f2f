/* Handles the key directory of a run file: the folder that relative file names start from. The
 * run.yaml that is stored in a run's folder gives this directory relative to the run's folder, so
 * that a whole project can be moved. If the run's folder is not inside the directory, the path is
 * absolute. */
#include <string.h>

#include "base/paths.h"
#include "base/system.h"
#include "run/runfile.h"

/* True if both paths lead to the same folder. */
static bool is_same(const char *a, const char *b)
{
    char one[PLM_PATH_CAPACITY], other[PLM_PATH_CAPACITY];
    return plm_path_real(a, one) && plm_path_real(b, other) && !strcmp(one, other);
}

/* Finds the first file that the key data names; true if it exists, seen from `folder`. *named:
 * whether data names a file by a relative name; if not, the result is false. */
static bool has_data(plm_settings *s, const char *folder, bool *named)
{
    const char *data = plm_setting_text(s, "data"), *quote = data ? strpbrk(data, "'\"") : NULL;
    *named = quote && quote[1] && quote[1] != '/';
    if (!*named)
        return false;
    const size_t length = strcspn(quote + 1, (char[]){*quote, 0});
    const char *name = plm_arena_text(&s->arena, quote + 1, length);
    const char *path = name ? plm_path_below(&s->arena, folder, name) : NULL;
    return path && plm_path_exists(path);
}

/* True if the data file is not found from `folder` but from the current folder. This happens if
 * only the folder of the run was copied: relative names then start from the current folder. */
static bool is_copied(plm_settings *s, const char *folder)
{
    bool named = false;
    return !has_data(s, folder, &named) && named && has_data(s, ".", &named);
}

/* Makes the key directory, which is relative to the run file, relative to the current folder.
 * item->line is 0 for a value from the command line, which is relative to the current folder
 * already. */
plm_status plm_run_settings_resolve(plm_settings *s)
{
    plm_setting *given = plm_setting_of(s, "directory");
    if (!given || !given->count)
        return PLM_OK;
    const uint64_t errors = s->w->errors;
    plm_setting_item *item = &given->item[0];
    if (item->line && s->file) {
        const char *slash = strrchr(s->file, '/'), *folder = NULL;
        if (slash)
            folder =
                plm_arena_text(&s->arena, s->file, slash > s->file ? (size_t)(slash - s->file) : 1);
        const char *path = plm_path_below(&s->arena, folder, item->text);
        if (!path)
            return PLM_E_MEMORY;
        item->text = path;
    }
    const bool copied = item->line && is_copied(s, item->text);
    PLM_TRY(plm_memory_since(s->w, errors)); /* without a path, a file was not looked for */
    if (copied)
        plm_note(s->w,
                 "%s: the data file is not in %s, so the file of this name in the current folder "
                 "is used",
                 s->file, item->text);
    if (copied || is_same(item->text, "."))
        item->text = ".";
    return PLM_OK;
}

/* NULL = the current folder. */
const char *plm_run_settings_directory(plm_settings *s)
{
    const char *given = plm_setting_text(s, "directory");
    return given && strcmp(given, ".") != 0 ? given : NULL;
}

/* Returns the way up from the folder `rest`: "../..", one ".." for each component of the path; "."
 * if it has none. NULL = no memory. */
static const char *upwards(plm_arena *a, const char *rest)
{
    plm_text up = {.w = a->w};
    for (const char *c = rest; *c; c++)
        if (*c == '/')
            plm_text_add(&up, up.length ? "/.." : "..");
    const char *text = up.failed ? NULL : plm_arena_text(a, up.length ? up.data : ".", SIZE_MAX);
    plm_text_free(&up);
    return text;
}

/* Returns the path from a run's folder to the directory that relative file names start from.
 * folder: the folder of the run, in which run.yaml will be. */
const char *plm_run_directory_from(plm_settings *s, const char *folder)
{
    char from[PLM_PATH_CAPACITY], to[PLM_PATH_CAPACITY];
    const char *given = plm_run_settings_directory(s);
    if (!plm_path_real(given ? given : ".", to))
        return NULL;
    const size_t length = strlen(to);
    const bool below = plm_path_real(folder, from) && !strncmp(from, to, length) &&
                       (!from[length] || from[length] == '/');
    return below && length > 1 ? upwards(&s->arena, from + length)
                               : plm_arena_text(&s->arena, to, SIZE_MAX);
}
