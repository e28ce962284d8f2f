/* The key directory of a run file: where relative names of files in it begin. run.yaml names it as
 * seen from its own folder, so that a project can be moved as a whole; it is absolute where the run
 * lies outside of it. */
#define _XOPEN_SOURCE 700 /* realpath */
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "runfile.h"

/* The folder that a path lies in: "a/b.yaml" gives "a", "b.yaml" gives "."; to be freed. */
static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash)
        return plm_cli_format(".");
    return plm_cli_format("%.*s", (int)(slash > path ? slash - path : 1), path);
}

char *plm_cli_below(const char *folder, const char *path)
{
    if (!folder || *path == '/' || !strcmp(folder, "."))
        return plm_cli_format("%s", path);
    return plm_cli_format("%s/%s", folder, path);
}

/* Are the two the same folder? */
static bool is_same(const char *a, const char *b)
{
    char *one = realpath(a, NULL), *other = realpath(b, NULL);
    const bool same = one && other && !strcmp(one, other);
    free(one);
    free(other);
    return same;
}

/* Whether the file that data names first is there, seen from a folder; a name that is absolute, or
 * none, says nothing. *named = it says something. */
static bool has_data(plm_cli_settings *s, const char *folder, bool *named)
{
    const char *data = plm_cli_setting_text(s, "data"), *quote = data ? strpbrk(data, "'\"") : NULL;
    *named = quote && quote[1] && quote[1] != '/';
    if (!*named)
        return false;
    char *name = plm_cli_format("%.*s", (int)strcspn(quote + 1, (char[]){*quote, 0}), quote + 1);
    char *path = plm_cli_below(folder, name);
    const bool has = plm_cli_exists(path);
    free(name);
    free(path);
    return has;
}

/* The folder of a run was copied to another place: its names may be seen from here. */
static bool is_copied(plm_cli_settings *s, const char *folder)
{
    bool named = false;
    return !has_data(s, folder, &named) && named && has_data(s, ".", &named);
}

void plm_cli_run_directory(plm_cli_settings *s)
{
    plm_cli_setting *said = plm_cli_setting_of(s, "directory");
    if (!said || !said->count)
        return;
    plm_cli_item *item = &said->item[0];
    if (item->line && s->file) {
        char *folder = folder_of(s->file), *path = plm_cli_below(folder, item->text);
        free(folder);
        free(item->text);
        item->text = path;
    }
    const bool copied = item->line && is_copied(s, item->text);
    if (copied)
        plm_cli_note("%s: its data is not below %s; taken from the current folder", s->file,
                     item->text);
    if (!copied && !is_same(item->text, "."))
        return;
    free(item->text);
    item->text = plm_cli_format(".");
}

const char *plm_cli_run_folder(plm_cli_settings *s)
{
    const char *said = plm_cli_setting_text(s, "directory");
    return said && strcmp(said, ".") != 0 ? said : NULL;
}

/* "../.." for each folder of the rest of a path; to be freed. */
static char *upwards(const char *rest)
{
    char *up = plm_cli_format(".");
    for (const char *c = rest; *c; c++) {
        if (*c != '/')
            continue;
        char *longer = plm_cli_format("%s%s..", *up == '.' && !up[1] ? "" : up, up[1] ? "/" : "");
        free(up);
        up = longer;
    }
    return up;
}

char *plm_cli_directory_from(plm_cli_settings *s, const char *folder)
{
    const char *said = plm_cli_run_folder(s);
    char *from = realpath(folder, NULL), *to = realpath(said ? said : ".", NULL), *out = NULL;
    const size_t length = to ? strlen(to) : 0;
    const bool below =
        from && to && !strncmp(from, to, length) && (!from[length] || from[length] == '/');
    if (below && length > 1)
        out = upwards(from + length);
    else if (to)
        out = plm_cli_format("%s", to);
    free(from);
    free(to);
    return out;
}
