/* File names in specs. A run file from somebody else may name any file. The files must be in the
 * folder of the run, unless the caller allows others.
 *
 * A path that leads out of the folder, by "..", by a link or since it is absolute, is therefore an
 * error: to train a run file from somebody else must not read or overwrite other files. */
#define _POSIX_C_SOURCE 200809L
#include "base/paths.h"

#include <string.h>
#include <sys/stat.h>

/* Returns folder/path in the arena, or path itself if it is absolute, empty or NULL. NULL = no
 * memory. */
const char *plm_path_below(plm_arena *a, const char *folder, const char *path)
{
    if (!folder || !path || !*path || *path == '/')
        return path;
    return plm_arena_format(a, "%s/%s", folder, path);
}

/* Sets *out: true if the first `length` bytes of path, below folder, name a symbolic link. */
static plm_status is_link(plm_arena *a, const char *folder, const char *path, size_t length,
                          bool *out)
{
    struct stat about;
    const char *whole = plm_arena_format(a, "%s/%.*s", folder, (int)length, path);
    *out = whole && lstat(whole, &about) == 0 && S_ISLNK(about.st_mode);
    return whole ? PLM_OK : PLM_E_MEMORY;
}

/* Sets *out: true if the name can lead out of the folder, since it is absolute, contains "..", or
 * one of its parts is a link. */
static plm_status leads_out(plm_arena *a, const char *folder, const char *path, bool *out)
{
    *out = *path == '/';
    for (size_t at = 0; path[at] && !*out;) {
        const size_t part = strcspn(path + at, "/");
        if (part == 2 && strncmp(path + at, "..", 2) == 0)
            *out = true;
        else if (part > 0)
            PLM_TRY(is_link(a, folder, path, at + part, out));
        at += part + (path[at + part] == '/');
    }
    return PLM_OK;
}

/* Puts the folder before the relative file name *path. Fails if the file must be in the folder but
 * its name can lead out of it. */
static plm_status place_file(plm_arena *a, const plm_kind *kind, const plm_folder *folder,
                             const char **path)
{
    bool outside = false;
    if (!*path || !**path)
        return PLM_OK;
    if (folder->inside)
        PLM_TRY(leads_out(a, folder->path, *path, &outside));
    if (outside)
        return plm_fail(
            a->w, PLM_E_SPEC, kind->name,
            "give a file name inside that folder, without .. and links; outside=true allows others",
            "the file '%s' is outside of the folder %s", *path, folder->path);
    *path = plm_path_below(a, folder->path, *path);
    return *path ? PLM_OK : PLM_E_MEMORY;
}

/* Binds by plm_kind_bind, then changes the file names in a copy of the struct; a bound struct is
 * const. */
plm_status plm_kind_bind_below(plm_arena *a, const char *family, const plm_spec *s,
                               const plm_folder *folder, const plm_kind **kind, const void **config)
{
    PLM_TRY(plm_kind_bind(a, family, s, kind, config));
    if (!folder->path)
        return PLM_OK;
    char *placed = plm_arena_take(a, (*kind)->config_size + 1);
    if (!placed)
        return PLM_E_MEMORY;
    memcpy(placed, *config, (*kind)->config_size);
    for (const plm_field *f = (*kind)->fields; f && f->name; f++) {
        const char *path = NULL;
        if (f->type != PLM_TEXT || !f->choices || strcmp(f->choices, "file") != 0)
            continue;
        memcpy(&path, placed + f->offset, sizeof path);
        PLM_TRY(place_file(a, *kind, folder, &path));
        memcpy(placed + f->offset, &path, sizeof path);
    }
    *config = placed;
    return PLM_OK;
}
