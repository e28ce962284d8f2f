/* The folder of a run. mkdir is atomic, so two runs that start together get two folders. */
#define _POSIX_C_SOURCE 200809L
#include "rundir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "before.h"
#include "file.h"
#include "runfile.h"
#include "tidy.h"

static int fail_folder(const char *path)
{
    return plm_cli_fail(PLM_EXIT_IO, path, "name another folder: out=DIR",
                        "cannot make the folder of the run: %s", strerror(errno));
}

static bool make_folder(const char *path, bool *made)
{
    struct stat about;
    *made = !mkdir(path, 0777);
    if (*made)
        return true;
    if (errno != EEXIST)
        return false;
    errno = ENOTDIR;
    return !stat(path, &about) && S_ISDIR(about.st_mode);
}

/* Makes a folder and those above it. *kept = length of the part that was there. */
static bool make_folders(const char *path, size_t *kept)
{
    char *part = plm_cli_format("%s", path);
    size_t length = strlen(part), end = 0;
    bool good = true;
    *kept = 0;
    while (good && end < length) {
        end += strspn(part + end, "/");
        end += strcspn(part + end, "/");
        char after = part[end];
        bool made = false;
        part[end] = 0;
        good = make_folder(part, &made);
        if (good && !made)
            *kept = end;
        part[end] = after;
    }
    free(part);
    return good;
}

/* Takes folders away again, the deepest first; what holds anything else stays. */
static void remove_folders(char *path, size_t kept)
{
    for (size_t length = strlen(path); length > kept; length--) {
        if (path[length] && path[length] != '/')
            continue;
        path[length] = 0;
        if (rmdir(path))
            return;
    }
}

/* The highest number among the folders NAME-0001, NAME-0002, ... */
static long highest(const char *folder, const char *name)
{
    DIR *d = opendir(folder);
    size_t length = strlen(name);
    long best = 0;
    for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d)) {
        int64_t number = 0;
        if (strncmp(e->d_name, name, length) || e->d_name[length] != '-')
            continue;
        if (plm_cli_whole(e->d_name + length + 1, &number) && number > best && number < 1000000000)
            best = (long)number;
    }
    if (d)
        closedir(d);
    return best;
}

static int make_counted(plm_cli_rundir *d, const char *name)
{
    if (!make_folders("runs", &d->kept))
        return fail_folder("runs");
    for (long number = highest("runs", name) + 1; !d->path; number++) {
        char *path = plm_cli_format("runs/%s-%04ld", name, number);
        if (!mkdir(path, 0777)) {
            d->path = path;
        } else if (errno != EEXIST) { /* EEXIST: another run was faster */
            int code = fail_folder(path);
            free(path);
            return code;
        } else {
            free(path);
        }
    }
    return PLM_EXIT_GOOD;
}

static int make_named(plm_cli_rundir *d, const char *out)
{
    bool good = make_folders(out, &d->kept);
    int code = good ? PLM_EXIT_GOOD : fail_folder(out);
    d->path = plm_cli_format("%s", out);
    return code;
}

/* ---- files ---- */

char *plm_cli_rundir_file(const plm_cli_rundir *d, const char *name)
{
    return plm_cli_format("%s/%s", d->path, name);
}

bool plm_cli_rundir_has(const plm_cli_rundir *d, const char *name)
{
    char *path = plm_cli_rundir_file(d, name);
    const bool has = plm_cli_exists(path);
    free(path);
    return has;
}

/* The file appears whole or not at all. */
static int write_run(const plm_cli_rundir *d, plm_cli_settings *s, const char *note)
{
    char *path = plm_cli_rundir_file(d, "run.yaml"), *text = NULL;
    size_t length = 0;
    FILE *memory = open_memstream(&text, &length);
    plm_status status = PLM_E_MEMORY;
    if (memory) {
        fprintf(memory, "# %s\n", note);
        plm_cli_run_write(s, memory, d->path);
        if (!fclose(memory)) {
            status = plm_cli_write_whole(d->w, path, text, length);
        }
    }
    free(text);
    free(path);
    return status < 0 ? plm_cli_fail_status(d->w, status, NULL) : PLM_EXIT_GOOD;
}

static int truth(plm_cli_settings *s, const char *key, bool *out)
{
    const char *text = plm_cli_setting_text(s, key);
    *out = text && !strcmp(text, "true");
    if (!text || *out || !strcmp(text, "false"))
        return PLM_EXIT_GOOD;
    return plm_cli_setting_fail(s, key, 0, "true or false", "%s cannot be '%s'", key, text);
}

int plm_cli_rundir_check(plm_cli_settings *s)
{
    const char *out = plm_cli_setting_text(s, "out");
    bool overwrite = false;
    int code = truth(s, "overwrite", &overwrite);
    if (code || !out || overwrite || !plm_cli_before_holds(out))
        return code;
    code = plm_cli_lock_check(out);
    if (code)
        return code;
    return plm_cli_fail(PLM_EXIT_USAGE, out,
                        "name another folder, go on with that run (--resume), or replace it: "
                        "overwrite=true",
                        "the folder holds a run already");
}

/* ---- a run begins ---- */

int plm_cli_rundir_lock(plm_cli_rundir *d)
{
    int code = plm_cli_lock_take(&d->lock, d->path);
    if (code)
        return code;
    plm_cli_tidy(d->path);
    if (!plm_cli_before_is_kept(d->path))
        return PLM_EXIT_GOOD;
    plm_cli_note("%s: the run before the one that was killed is brought back", d->path);
    return plm_cli_before_restore(d->path);
}

int plm_cli_rundir_open(plm_cli_rundir *d, plm_cli_settings *s, const char *name)
{
    const char *out = plm_cli_setting_text(s, "out");
    *d = (plm_cli_rundir){.w = d->w};
    int code = out ? make_named(d, out) : make_counted(d, name);
    code = code ? code : plm_cli_rundir_lock(d);
    code = code ? code : plm_cli_rundir_check(s); /* again: a run may have ended meanwhile */
    if (code)
        plm_cli_rundir_close(d, false);
    return code;
}

int plm_cli_rundir_find(plm_cli_rundir *d, const char *path)
{
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    *d = (plm_cli_rundir){.path = plm_cli_format("%.*s", (int)length, path), .resumed = true};
    if (plm_cli_before_is_kept(d->path)) { /* before its run.yaml is read */
        int code = plm_cli_rundir_lock(d);
        plm_cli_lock_free(&d->lock);
        if (code)
            return code;
    }
    if (plm_cli_rundir_has(d, "run.yaml"))
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_IO, path, "name the folder of a run, such as runs/digits-0001",
                        "there is no %s/run.yaml to go on from", d->path);
}

/* Until the new run has something of its own, run.yaml and the model are those of the old one. */
static int write_begin(plm_cli_rundir *d, plm_cli_settings *s, const char *note)
{
    int code = write_run(d, s, note);
    return code ? code : plm_cli_history_write(&d->history);
}

int plm_cli_rundir_begin(plm_cli_rundir *d, plm_cli_settings *s, const char *note,
                         const plm_history *rows)
{
    plm_cli_history_new(&d->history, d->w, plm_cli_rundir_file(d, "history.csv"));
    int code = plm_cli_history_restore(&d->history, rows);
    if (code) { /* nothing has changed */
        plm_cli_history_drop(&d->history);
        return code;
    }
    d->replaces = !d->resumed && plm_cli_before_holds(d->path);
    if (d->replaces)
        code = plm_cli_before_keep(d->path);
    d->begun = true;
    return code || d->replaces ? code : write_begin(d, s, note);
}

int plm_cli_rundir_replace(plm_cli_rundir *d, plm_cli_settings *s, const char *note)
{
    if (!d->replaces)
        return PLM_EXIT_GOOD;
    int code = plm_cli_before_remove(d->path);
    code = code ? code : write_begin(d, s, note);
    if (code)
        return code;
    d->replaces = false;
    d->replaced = true;
    return PLM_EXIT_GOOD;
}

void plm_cli_rundir_forget(plm_cli_rundir *d)
{
    if (d->replaced)
        plm_cli_before_drop(d->path);
    d->replaced = false;
}

/* ---- a folder that goes away ---- */

/* Makes `path` the folder, and writes into it what is known. */
static bool move_to(plm_cli_rundir *d, char *path, plm_cli_settings *s, const char *note)
{
    size_t kept = 0;
    plm_cli_lock lock = {0};
    if (!make_folders(path, &kept) || plm_cli_lock_take(&lock, path)) {
        free(path);
        return false;
    }
    plm_cli_lock_free(&d->lock);
    d->lock = lock;
    free(d->path);
    d->path = path;
    return !write_run(d, s, note) &&
           !plm_cli_history_move(&d->history, plm_cli_rundir_file(d, "history.csv"));
}

void plm_cli_rundir_hold(plm_cli_rundir *d, plm_cli_settings *s, const char *note)
{
    if (!d->begun || d->replaces || plm_cli_lock_holds(&d->lock, d->path))
        return;
    char *old = plm_cli_format("%s", d->path);
    const char *temporary = getenv("TMPDIR");
    char *places[] = {plm_cli_format("%s", old), plm_cli_format("run-%ld", (long)getpid()),
                      plm_cli_format("%s/run-%ld", temporary ? temporary : "/tmp", (long)getpid())};
    bool saved = false;
    for (int i = 0; i < 3; i++) {
        if (saved)
            free(places[i]);
        else
            saved = move_to(d, places[i], s, note);
    }
    d->lost = true;
    if (saved)
        plm_cli_fail(PLM_EXIT_IO, old, NULL,
                     "the folder of the run was moved or removed; the run goes on in %s", d->path);
    else
        plm_cli_fail(PLM_EXIT_IO, old, NULL,
                     "the folder of the run was moved or removed, and no other can be made");
    free(old);
}

/* What the run wrote goes; what was there before it comes back. */
static void discard_files(plm_cli_rundir *d)
{
    const bool restores = d->replaces || d->replaced;
    if (!restores)
        (void)plm_cli_before_remove(d->path);
    else if (!plm_cli_before_restore(d->path))
        plm_cli_note("%s: the run that was there is kept; the new one has no finished epoch",
                     d->path);
    d->replaces = d->replaced = false;
}

void plm_cli_rundir_close(plm_cli_rundir *d, bool discard)
{
    discard = (discard || d->replaces) && !d->resumed;
    if (d->begun)
        plm_cli_history_close(&d->history, !discard);
    if (d->begun && discard)
        discard_files(d);
    else
        plm_cli_rundir_forget(d);
    plm_cli_lock_free(&d->lock);
    if (d->path && !d->resumed && (discard || !d->begun))
        remove_folders(d->path, d->kept);
    free(d->path);
    d->path = NULL;
    d->begun = false;
}
