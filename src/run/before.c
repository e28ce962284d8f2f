/* See before.h. The folder .before is made under another name first: under its own it is
 * complete. */
#include "run/before.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/folder.h"
#include "base/split.h"

static const char aside[] = ".before", unfinished[] = ".before.new", coming[] = ".before.back",
                  dropped[] = ".before.old";

/* Other files of the folder are somebody else's. */
static bool is_ours(const char *name)
{
    static const char *const ours[] = {"checkpoint.safetensors",
                                       "model.safetensors",
                                       "history.csv",
                                       "pretraining.csv",
                                       "run.yaml",
                                       "pseudo_labels.safetensors",
                                       NULL};
    for (int i = 0; ours[i]; i++)
        if (!strcmp(name, ours[i]))
            return true;
    return !strncmp(name, "pretrained", 10) && plm_ends_with(name, ".safetensors");
}

static plm_status fail_file(plm *w, const char *folder, const char *what)
{
    return plm_fail(w, PLM_E_IO, folder, "check its rights, or name another folder: out=DIR",
                    "cannot %s the files of the run that was there: %s", what, strerror(errno));
}

/* One walk over the files of a run. */
typedef struct {
    int from, to;
    bool (*act)(int from, int to, const char *name);
} walk;

static bool visit(void *user, const char *name)
{
    const walk *k = user;
    return !is_ours(name) || k->act(k->from, k->to, name);
}

/* Calls act for each file of a run in `from`. False = errno. */
static bool each(int from, int to, bool (*act)(int from, int to, const char *name))
{
    walk k = {from, to, act};
    return plm_folder_each(from, visit, &k);
}

static bool drop_one(int from, int to, const char *name)
{
    (void)to;
    return plm_folder_drop(from, name) || errno == ENOENT;
}

static bool link_one(int from, int to, const char *name)
{
    return plm_folder_link(from, to, name);
}

/* Where links cannot be had, the files themselves are kept aside. */
static bool move_one(int from, int to, const char *name)
{
    return plm_folder_move(from, name, to, name);
}

/* What a kept run does not have was written by the new one. */
static bool drop_new(int from, int to, const char *name)
{
    return plm_folder_has(to, name) || drop_one(from, to, name);
}

static void remove_folder(int below, const char *name)
{
    const int folder = plm_folder_open(below, name);
    if (folder < 0)
        return;
    (void)each(folder, -1, drop_one);
    plm_folder_close(folder);
    (void)plm_folder_remove(below, name);
}

static bool is_other(void *user, const char *name)
{
    *(bool *)user = is_ours(name);
    return !is_ours(name);
}

bool plm_before_holds(const char *folder)
{
    bool holds = false;
    (void)plm_folder_each_at(folder, is_other, &holds);
    return holds;
}

plm_status plm_before_remove(plm *w, const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    const bool good = at >= 0 && each(at, -1, drop_one);
    const plm_status status = good ? PLM_OK : fail_file(w, folder, "remove");
    plm_folder_close(at);
    return status;
}

static bool keep(int at)
{
    const int to = plm_folder_make(at, unfinished) ? plm_folder_open(at, unfinished) : -1;
    const bool good = to >= 0 && (each(at, to, link_one) || each(at, to, move_one));
    plm_folder_close(to);
    return good && plm_folder_move(at, unfinished, at, aside);
}

plm_status plm_before_keep(plm *w, const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    const plm_status status = at >= 0 && keep(at) ? PLM_OK : fail_file(w, folder, "keep aside");
    plm_folder_close(at);
    return status;
}

/* A name that is another link of the file it goes to stays: it is removed with the folder. */
static bool take_back(int at, const char *name)
{
    const int from = plm_folder_open(at, name);
    if (from < 0)
        return errno == ENOENT;
    const bool good = each(from, at, move_one);
    plm_folder_close(from);
    if (good)
        remove_folder(at, name);
    return good;
}

/* What the new run left goes first, so that a kill at any step is made good by the next call. */
static bool restore(int at)
{
    const int kept = plm_folder_open(at, aside);
    bool good = kept >= 0 ? each(at, kept, drop_new) && plm_folder_move(at, aside, at, coming)
                          : errno == ENOENT;
    plm_folder_close(kept);
    return good && take_back(at, coming) && take_back(at, unfinished);
}

bool plm_before_is_kept(const char *folder)
{
    static const char *const names[] = {aside, unfinished, coming};
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    bool is = false;
    for (int i = 0; at >= 0 && i < 3; i++)
        is = is || plm_folder_has(at, names[i]);
    plm_folder_close(at);
    return is;
}

plm_status plm_before_restore(plm *w, const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    if (at < 0)
        return PLM_OK;
    const plm_status status = restore(at) ? PLM_OK : fail_file(w, folder, "bring back");
    remove_folder(at, dropped);
    plm_folder_close(at);
    return status;
}

void plm_before_drop(const char *folder)
{
    const int at = plm_folder_open(PLM_FOLDER_HERE, folder);
    if (at < 0)
        return;
    if (plm_folder_move(at, aside, at, dropped))
        remove_folder(at, dropped);
    plm_folder_close(at);
}
