/* Finds the files of named data sets. It searches data_dir= of the spec, then the data folders of
 * the runtime, then the folder of a system package. In each of these it searches the subfolder of
 * the data set, then the folder itself. If the files are not found, the message lists all searched
 * folders, so that the user sees where to put them. */
#include "data/named_set.h"

#include <string.h>

#include "base/system.h"
#include "data/array_file.h"

const plm_field plm_named_set_table[] = {PLM_FIELD_OF(plm_named_set_fields, part, PLM_CHOICE,
                                                      "train", "train|test",
                                                      "load the training rows or the test rows"),
                                         PLM_FIELD(plm_named_set_fields, data_dir, PLM_TEXT, "", 0,
                                                   0, "folders to search first, separated by ':'"),
                                         {0}};

/* A search: the data set, and the folders that were searched so far. */
typedef struct {
    plm_source *s;
    const plm_named_set *set; /* names of the files, and how to get them */
    const char **path;        /* [set->files] the files that were found */
    plm_text places;          /* the folders, for the error message */
    bool found;               /* all files are in one folder */
    plm_status status;        /* the first error */
} search;

/* Returns the path of a file in a folder, under one of its possible names, plain or with .gz. NULL
 * = it is not there, or no memory (then q->status is set). */
static const char *find_file(search *q, const char *folder, const char *const names[PLM_SET_NAMES])
{
    for (int i = 0; i < PLM_SET_NAMES && names[i]; i++)
        for (int packed = 0; packed < 2; packed++) {
            const char *path =
                plm_arena_format(&q->s->arena, "%s/%s%s", folder, names[i], packed ? ".gz" : "");
            if (!path) {
                q->status = PLM_E_MEMORY;
                return NULL;
            }
            if (plm_path_exists(path))
                return path;
        }
    return NULL;
}

/* Searches one folder. All files of the data set must be in it. */
static void look_in(search *q, const char *folder)
{
    if (q->found || q->status < 0)
        return;
    plm_text_format(&q->places, "%s%s", q->places.length > 0 ? ", " : "", folder);
    for (int i = 0; i < q->set->files; i++) {
        q->path[i] = find_file(q, folder, q->set->name[i]);
        if (!q->path[i])
            return;
    }
    q->found = true;
}

/* Searches the folder `name` below `base`. */
static void look_below(search *q, const char *base, const char *name)
{
    const char *folder = plm_arena_format(&q->s->arena, "%s/%s", base, name);
    if (folder)
        look_in(q, folder);
    else
        q->status = PLM_E_MEMORY;
}

/* Searches the data set's subfolders of `base`, then `base` itself. */
static void look_around(search *q, const char *base)
{
    char name[64];
    look_below(q, base, q->set->set);
    if (strchr(q->set->set, '_')) {
        size_t n = 0;
        for (; q->set->set[n] && n + 1 < sizeof name; n++)
            name[n] = q->set->set[n] == '_' ? '-' : q->set->set[n];
        name[n] = '\0';
        look_below(q, base, name);
    }
    for (int i = 0; q->set->folders && q->set->folders[i]; i++)
        look_below(q, base, q->set->folders[i]);
    look_in(q, base);
}

/* Searches a list of folders separated by ':'. of_spec: the list comes from a spec, so the folders
 * are relative to the same directory as other files in specs. */
static void look_around_all(search *q, const char *list, bool of_spec)
{
    while (list && *list) {
        const size_t length = strcspn(list, ":");
        const char *base = plm_arena_text(&q->s->arena, list, length);
        if (base && of_spec)
            base = plm_source_path(q->s, base);
        if (!base)
            q->status = PLM_E_MEMORY;
        else if (length > 0)
            look_around(q, base);
        list += length + (list[length] == ':');
    }
}

/* Finds the files; path[i] is in the source's arena. The message for missing files lists every
 * searched folder, since nearly always the folder is wrong. */
plm_status plm_named_set_find(plm_source *s, const plm_named_set *set,
                              const char *path[PLM_SET_FILES])
{
    search q = {.s = s, .set = set, .path = path, .places = {.w = &s->w}};
    look_around_all(&q, set->data_dir, true);
    look_around_all(&q, s->w.options.data_dir, false);
    if (set->installed)
        look_in(&q, set->installed);
    plm_status status = q.status;
    if (status >= 0 && !q.found) {
        const char *places = plm_text_get(&q.places);
        status =
            plm_fail(&s->w, PLM_E_IO, set->set, set->hint, "cannot find %s%s (plain or .gz) in: %s",
                     set->name[0][0], set->files > 1 ? " and the other files of the data set" : "",
                     *places ? places : "(there is no folder to search)");
    }
    plm_text_free(&q.places);
    return status;
}

/* Finds the two files of the part, images and labels, under any of their names, and loads them. */
plm_status plm_named_set_open_idx(plm_source *s, plm_named_set *set,
                                  const plm_named_set_fields *given)
{
    enum { CLASSES = 10 };
    const bool test = strcmp(given->part, "test") == 0;
    const char *path[PLM_SET_FILES] = {0};
    set->data_dir = given->data_dir;
    set->files = 2;
    set->name[0][0] = test ? "t10k-images-idx3-ubyte" : "train-images-idx3-ubyte";
    set->name[0][1] = test ? "t10k-images.idx3-ubyte" : "train-images.idx3-ubyte";
    set->name[1][0] = test ? "t10k-labels-idx1-ubyte" : "train-labels-idx1-ubyte";
    set->name[1][1] = test ? "t10k-labels.idx1-ubyte" : "train-labels.idx1-ubyte";
    PLM_TRY(plm_named_set_find(s, set, path));
    PLM_TRY(plm_array_set_open(s, &(plm_array_set){.inputs = {path[0]},
                                                   .targets = {path[1]},
                                                   .stream = "false",
                                                   .header = plm_idx_header}));
    s->name = set->set;
    s->classes = s->classes > CLASSES ? s->classes : CLASSES;
    return PLM_OK;
}
