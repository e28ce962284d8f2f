/* The folder of a run. mkdir is atomic, so two runs that start together get two folders. */
#define _POSIX_C_SOURCE 200809L
#include "rundir.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runfile.h"

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

char *plm_cli_rundir_file(const plm_cli_rundir *d, const char *name)
{
    return plm_cli_format("%s/%s", d->path, name);
}

static int fail_write(const char *path)
{
    return plm_cli_fail(PLM_EXIT_IO, path, "is the disk full? Are you allowed to write there?",
                        "cannot write the file: %s", strerror(errno));
}

/* The file appears whole or not at all. */
static int write_run(const plm_cli_rundir *d, plm_cli_settings *s, const char *note)
{
    char *path = plm_cli_rundir_file(d, "run.yaml"),
         *part = plm_cli_rundir_file(d, "run.yaml.part");
    FILE *f = fopen(part, "w");
    bool good = f != NULL;
    if (f) {
        fprintf(f, "# %s\n", note);
        plm_cli_run_write(s, f, d->path);
        good = plm_cli_flushed(f);
        good = !fclose(f) && good;
    }
    good = good && !rename(part, path);
    int code = good ? PLM_EXIT_GOOD : fail_write(path);
    if (!good && f)
        remove(part);
    free(path);
    free(part);
    return code;
}

/* A checkpoint of another run in a folder that is used again must not be taken for one of this
 * run. */
static int remove_checkpoint(const plm_cli_rundir *d)
{
    char *path = plm_cli_rundir_file(d, "checkpoint.safetensors");
    int code = remove(path) && errno != ENOENT ? fail_write(path) : PLM_EXIT_GOOD;
    free(path);
    return code;
}

int plm_cli_rundir_open(plm_cli_rundir *d, plm_cli_settings *s, const char *name, const char *note)
{
    const char *out = plm_cli_setting_text(s, "out");
    *d = (plm_cli_rundir){0};
    int code = out ? make_named(d, out) : make_counted(d, name);
    code = code ? code : remove_checkpoint(d);
    code = code ? code : write_run(d, s, note);
    code = code ? code : plm_cli_history_open(&d->history, plm_cli_rundir_file(d, "history.csv"));
    if (code)
        plm_cli_rundir_close(d, true);
    return code;
}

int plm_cli_rundir_find(plm_cli_rundir *d, const char *path, bool checkpoint)
{
    static const char *const needed[][2] = {
        {"run.yaml", "name the folder of a run, such as runs/digits-0001"},
        {"checkpoint.safetensors",
         "a checkpoint comes with the first epoch, unless the run says checkpoint: "
         "false; begin again: plummet train RUNFILE"}};
    size_t length = strlen(path);
    while (length > 1 && path[length - 1] == '/')
        length--;
    *d = (plm_cli_rundir){.path = plm_cli_format("%.*s", (int)length, path), .resumed = true};
    int code = PLM_EXIT_GOOD;
    for (int i = 0; !code && i < 1 + checkpoint; i++) {
        char *file = plm_cli_rundir_file(d, needed[i][0]);
        if (!plm_cli_exists(file))
            code =
                plm_cli_fail(PLM_EXIT_IO, path, needed[i][1], "there is no %s to go on from", file);
        free(file);
    }
    return code;
}

int plm_cli_rundir_go_on(plm_cli_rundir *d, plm_cli_settings *s, const char *note, int64_t epochs)
{
    int code = write_run(d, s, note);
    return code ? code
                : plm_cli_history_go_on(&d->history, plm_cli_rundir_file(d, "history.csv"), epochs);
}

void plm_cli_rundir_close(plm_cli_rundir *d, bool discard)
{
    static const char *const ours[] = {"run.yaml", "checkpoint.safetensors", "pretraining.csv",
                                       NULL};
    discard = discard && !d->resumed;
    plm_cli_history_close(&d->history, discard);
    for (int i = 0; discard && d->path && ours[i]; i++) {
        char *path = plm_cli_rundir_file(d, ours[i]);
        remove(path);
        free(path);
    }
    if (discard && d->path)
        remove_folders(d->path, d->kept);
    free(d->path);
    d->path = NULL;
}
