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
    return plm_cli_fail(PLM_EXIT_IO, path, "name another folder: out=DIR", "cannot make the folder of the run: %s",
                        strerror(errno));
}

/* Makes a folder and those above it. *made = the last one is new. */
static bool make_folders(const char *path, bool *made)
{
    char *part = plm_cli_format("%s", path);
    bool good = true;
    *made = false;
    for (char *c = part + 1; good && *part; c++) {
        bool end = !*c;
        if (*c != '/' && !end)
            continue;
        *c = 0;
        struct stat about;
        good = !mkdir(part, 0777);
        *made = end && good;
        if (!good && errno == EEXIST)
            good = !stat(part, &about) && S_ISDIR(about.st_mode);
        if (!good && errno == EEXIST)
            errno = ENOTDIR;
        if (end)
            break;
        *c = '/';
    }
    free(part);
    return good;
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
    bool made = false;
    if (!make_folders("runs", &made))
        return fail_folder("runs");
    for (long number = highest("runs", name) + 1; !d->path; number++) {
        char *path = plm_cli_format("runs/%s-%04ld", name, number);
        if (!mkdir(path, 0777)) {
            d->path = path;
            d->made = true;
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
    if (!make_folders(out, &d->made))
        return fail_folder(out);
    d->path = plm_cli_format("%s", out);
    return PLM_EXIT_GOOD;
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

static int write_run(plm_cli_rundir *d, plm_cli_settings *s, const char *note)
{
    char *path = plm_cli_rundir_file(d, "run.yaml");
    FILE *f = fopen(path, "w");
    int code = PLM_EXIT_GOOD;
    bool good = f != NULL;
    if (f) {
        fprintf(f, "# %s\n", note);
        plm_cli_run_write(s, f);
        good = plm_cli_flushed(f);
        good = !fclose(f) && good;
    }
    if (!good)
        code = fail_write(path);
    free(path);
    return code;
}

int plm_cli_rundir_open(plm_cli_rundir *d, plm_cli_settings *s, const char *name, const char *note)
{
    const char *out = plm_cli_setting_text(s, "out");
    *d = (plm_cli_rundir){0};
    int code = out ? make_named(d, out) : make_counted(d, name);
    if (!code)
        code = write_run(d, s, note);
    if (!code) {
        d->history_path = plm_cli_rundir_file(d, "history.csv");
        d->history = fopen(d->history_path, "w");
        if (!d->history)
            code = fail_write(d->history_path);
    }
    if (code)
        plm_cli_rundir_close(d, true);
    return code;
}

void plm_cli_rundir_row(plm_cli_rundir *d, int64_t epoch, double seconds, int logs, const plm_log *log)
{
    if (d->failed)
        return;
    if (!d->headed) {
        fputs("epoch", d->history);
        for (int i = 0; i < logs; i++)
            fprintf(d->history, ",%s", log[i].name);
        fputs(",seconds\n", d->history);
        d->headed = true;
    }
    fprintf(d->history, "%lld", (long long)epoch);
    for (int i = 0; i < logs; i++)
        fprintf(d->history, ",%.9g", log[i].value);
    fprintf(d->history, ",%.3f\n", seconds);
    d->failed = !plm_cli_flushed(d->history);
    if (d->failed)
        fail_write(d->history_path);
}

void plm_cli_rundir_close(plm_cli_rundir *d, bool discard)
{
    static const char *const ours[] = {"run.yaml", "history.csv", NULL};
    if (d->history && fclose(d->history) && !d->failed && !discard) {
        d->failed = true;
        fail_write(d->history_path);
    }
    d->history = NULL;
    for (int i = 0; discard && d->path && ours[i]; i++) {
        char *path = plm_cli_rundir_file(d, ours[i]);
        remove(path);
        free(path);
    }
    if (discard && d->made)
        rmdir(d->path); /* stays when it holds anything else */
    free(d->path);
    free(d->history_path);
    d->path = d->history_path = NULL;
}
