/* Checks the files that the observers of a run file write, before the run begins: they must not be
 * files of the run itself, two observers must not share a file, and a file that was in the folder
 * before must not be lost. */
#include <string.h>

#include "archive/before.h"
#include "base/paths.h"
#include "base/system.h"
#include "session/training.h"

/* The files of the observers so far. */
typedef struct {
    plm_run_training *t;
    const char
        *folder;       /* the folder `out`, if it may hold files that must not be lost, else NULL */
    const char **name; /* [count] */
    size_t count;
} files;

/* Returns the file name without leading "./". */
static const char *plain(const char *name)
{
    while (name[0] == '.' && name[1] == '/')
        name += 1 + strspn(name + 1, "/");
    return name;
}

/* True if the observer adds to its file instead of replacing it: its key append is true. */
static bool appends(const plm_kind *kind, const char *config)
{
    bool is = false;
    for (const plm_field *f = kind->fields; f && f->name; f++)
        if (f->type == PLM_BOOL && strcmp(f->name, "append") == 0)
            memcpy(&is, config + f->offset, sizeof is);
    return is;
}

/* Checks a file that an observer of this kind writes. keeps: the observer keeps what is in it. */
static plm_status check_file(files *f, const plm_kind *kind, const char *name, bool keeps)
{
    plm_settings *s = &f->t->settings;
    name = plain(name);
    if (plm_before_is_reserved(name))
        return plm_setting_fail(s, "observers", 0, "name another file",
                                "%s cannot write %s, which is a file of the run itself", kind->name,
                                name);
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->name[i], name) == 0)
            return plm_setting_fail(s, "observers", 0, "name a file for each observer",
                                    "two observers write the same file, %s", name);
    f->name[f->count++] = name;
    const char *path = f->folder ? plm_path_below(&s->arena, f->folder, name) : NULL;
    if (path && !keeps && plm_path_is_file(path))
        return plm_fail(f->t->w, PLM_E_SPEC, path,
                        "choose another folder (out=DIR) or another file name, or replace the file "
                        "(overwrite=true)",
                        "%s would write over a file that is already there", kind->name);
    return PLM_OK;
}

/* Checks the files of one observer. */
static plm_status check_observer(files *f, const plm_kind *kind, const char *config)
{
    for (const plm_field *k = kind->fields; k && k->name; k++) {
        const char *name = NULL;
        if (k->type != PLM_TEXT || !k->choices || strcmp(k->choices, "file") != 0)
            continue;
        memcpy(&name, config + k->offset, sizeof name);
        if (name && *name)
            PLM_TRY(check_file(f, kind, name, appends(kind, config)));
    }
    return PLM_OK;
}

/* An observer that cannot be bound is left to the fit, which reports the error. */
plm_status plm_run_observer_files(plm_run_training *t)
{
    plm_settings *s = &t->settings;
    const char *text = plm_setting_text(s, "observers");
    const plm_spec *const *spec = NULL;
    size_t count = 0;
    const bool overwrite = plm_setting_truth(s, "overwrite");
    if (!text || !*text || plm_spec_parse_sequence(&s->arena, text, ',', &count, &spec) < 0)
        return PLM_OK;
    files f = {.t = t, .folder = overwrite ? NULL : plm_setting_text(s, "out")};
    f.name = plm_arena_array(&s->arena, count + 1, sizeof *f.name);
    if (!f.name)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < count; i++) {
        const plm_kind *kind = NULL;
        const void *config = NULL;
        if (plm_kind_bind(&s->arena, "observer", spec[i], &kind, &config) >= 0)
            PLM_TRY(check_observer(&f, kind, config));
    }
    return PLM_OK;
}
