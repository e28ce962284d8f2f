/* Implements the functions plm_run_folder_... and plm_run_each of plummet_run.h, which give
 * programs access to the settings, the model and the history of earlier runs. The history is a CSV
 * file that people may have edited, so every cell is checked. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/contents.h"
#include "base/folder.h"
#include "base/notation.h"
#include "base/stream.h"
#include "base/system.h"
#include "plummet_run.h"
#include "run/job.h"
#include "run/runfile.h"

/* The folder of a run that a C program opened. */
struct plm_run_folder {
    plm *w;                /* it stays open as long as the folder */
    const char *path;      /* as it was given */
    plm_settings settings; /* settings in its run.yaml */
    plm_arena history;     /* owns the history that plm_run_folder_history returned last */
};

/* Opens the folder of a run and reads its run.yaml. An error is recorded on w; later calls on the
 * folder record their errors there, too. */
plm_run_folder *plm_run_folder_open(plm *w, const char *path)
{
    if (!w || w->fault < 0)
        return NULL;
    if (!path) {
        (void)plm_fail(w, PLM_E_ORDER, "plm_run_folder_open",
                       "pass the path of the folder of a run", "no path was given");
        return NULL;
    }
    plm_run_folder *r = plm_allocate(w, sizeof *r);
    if (!r)
        return NULL;
    *r = (plm_run_folder){.w = w, .history = {.w = w}};
    plm_runtime_join(w);
    plm_status status = plm_settings_open(&r->settings, w, plm_run_keys);
    r->path = status < 0 ? NULL : plm_arena_text(&r->settings.arena, path, SIZE_MAX);
    const char *file = r->path ? plm_arena_format(&r->settings.arena, "%s/run.yaml", path) : NULL;
    if (file && plm_run_settings_read(&r->settings, file) >= 0)
        return r;
    plm_run_folder_close(r);
    return NULL;
}

/* NULL is fine. */
void plm_run_folder_close(plm_run_folder *r)
{
    if (!r)
        return;
    plm *w = r->w;
    plm_arena_free(&r->history);
    plm_settings_free(&r->settings);
    plm_release(w, r);
    plm_runtime_leave(w);
}

/* Returns the value of a key of the run. "" for a key that the run does not have. */
const char *plm_run_folder_setting(plm_run_folder *r, const char *key)
{
    return r && key ? plm_setting_joined(&r->settings, key) : "";
}

/* Loads the model of the run; each call loads it again. */
plm_model *plm_run_folder_model(plm_run_folder *r)
{
    if (!r || plm_run_model_check(&r->settings.arena, r->path) < 0)
        return NULL;
    const char *file = plm_run_model_file(&r->settings.arena, r->path);
    return file ? plm_model_load(r->w, file, NULL) : NULL;
}

/* ---- history.csv ---- */

/* A table, history.csv, while it is read. */
typedef struct {
    plm_arena *a;            /* holds names and values */
    const char *path, *text; /* path of the file; the remaining text */
    const char **name;       /* [columns] */
    int columns;             /* number of names */
    double *value;           /* [rows][columns] */
    int64_t rows;            /* rows that were read so far */
} table;

/* Fails with E_FORMAT for a line of the file, counted from 1. */
static plm_status fail_format(const table *t, int64_t line)
{
    return plm_fail(t->a->w, PLM_E_FORMAT, t->path,
                    "restore the file, or resume the run: plummet train --resume writes it again",
                    "line %lld is not a row of numbers for one epoch", (long long)line);
}

/* Returns the next cell of a line in the arena, without its quotes. *last = true if it is the last
 * cell of the line. NULL = no memory. Only names that contain a comma are quoted. */
static const char *next_cell(table *t, bool *last)
{
    plm_text cell = {.w = t->a->w};
    const char *c = t->text;
    bool quoted = false;
    for (; *c && (quoted || (*c != ',' && *c != '\n')); c++) {
        if (*c == '"' && quoted && c[1] == '"')
            plm_text_append(&cell, c++, 1);
        else if (*c == '"')
            quoted = !quoted;
        else
            plm_text_append(&cell, c, 1);
    }
    *last = *c != ',';
    t->text = *c ? c + 1 : c;
    const char *text = cell.failed ? NULL : plm_arena_text(t->a, plm_text_get(&cell), cell.length);
    plm_text_free(&cell);
    return text;
}

/* Reads the names of the columns. The first must be "epoch". */
static plm_status read_header(table *t)
{
    size_t capacity = 0;
    bool last = !*t->text;
    while (!last) {
        t->name = plm_arena_grow(t->a, t->name, (size_t)t->columns, &capacity, sizeof *t->name);
        const char *cell = t->name ? next_cell(t, &last) : NULL;
        if (!cell)
            return PLM_E_MEMORY;
        t->name[t->columns++] = cell;
    }
    return t->columns > 0 && !strcmp(t->name[0], "epoch") ? PLM_OK : fail_format(t, 1);
}

/* Reads a row into row[columns]. An empty cell becomes NaN, since it was not measured. */
static plm_status read_row(table *t, double *row)
{
    bool last = false;
    for (int i = 0; i < t->columns; i++) {
        const char *cell = last ? "" : next_cell(t, &last), *end = cell;
        if (!cell)
            return PLM_E_MEMORY;
        row[i] = *cell ? plm_text_number(cell, &end) : NAN;
        if (*end || (last && i + 1 < t->columns))
            return fail_format(t, t->rows + 2);
    }
    return last ? PLM_OK : fail_format(t, t->rows + 2);
}

/* Reads the header and all rows. The lines are counted first, so that all values fit one array. A
 * last line without a newline is also a row. */
static plm_status read_table(table *t)
{
    int64_t lines = 0;
    PLM_TRY(read_header(t));
    for (const char *c = t->text; *c; c++)
        lines += *c == '\n' || !c[1];
    size_t cells = 0;
    if (!plm_checked_multiply((size_t)lines, (size_t)t->columns, &cells))
        return plm_fail_memory(t->a->w, t->path);
    t->value = plm_arena_array(t->a, cells + 1, sizeof *t->value);
    if (!t->value)
        return PLM_E_MEMORY;
    for (; *t->text; t->rows++)
        PLM_TRY(read_row(t, t->value + t->rows * t->columns));
    return PLM_OK;
}

/* Reads the history.csv of the run, with its column "seconds". A run that has not finished its
 * first epoch has no file yet, or an empty one. This is no error: the history has 0 rows. */
plm_status plm_run_folder_history(plm_run_folder *r, plm_history *out)
{
    size_t length = 0;
    if (out)
        *out = (plm_history){0};
    if (!r || !out)
        return plm_fail(r ? r->w : NULL, PLM_E_ORDER, "plm_run_folder_history",
                        "pass a folder from plm_run_folder_open and a plm_history to fill",
                        "an argument is NULL");
    plm_arena_free(&r->history);
    table t = {.a = &r->history, .path = plm_arena_format(&r->history, "%s/history.csv", r->path)};
    if (!t.path)
        return PLM_E_MEMORY;
    char *text = plm_contents(r->w, t.path, SIZE_MAX / 4, &length);
    if (!text && errno == ENOMEM)
        return PLM_E_MEMORY;
    if (!text)
        return errno == ENOENT ? PLM_OK : plm_fail_system(r->w, errno, "cannot read", t.path);
    t.text = text;
    const plm_status status = length > 0 ? read_table(&t) : PLM_OK;
    plm_release(r->w, text);
    if (status >= 0)
        *out =
            (plm_history){.rows = t.rows, .columns = t.columns, .name = t.name, .value = t.value};
    return status;
}

/* ---- the runs of a folder ---- */

/* For qsort of paths. */
static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The runs that were found in a folder so far. */
typedef struct {
    plm_arena *arena;
    const char *folder; /* the folder that is searched */
    const char **path;  /* [count] paths */
    size_t count, capacity;
    plm_status status;
} finding;

/* Adds an entry of the folder if it is a run, that is, if it holds a run.yaml. Hidden folders are
 * ignored. False: memory ran out. Called by plm_folder_each_at for each name in the folder. */
static bool add_run(void *user, const char *name)
{
    finding *f = user;
    plm_arena *a = f->arena;
    const char *path = plm_arena_format(a, "%s/%s", f->folder, name);
    const char *file = path ? plm_arena_format(a, "%s/run.yaml", path) : NULL;
    if (file && (name[0] == '.' || !plm_path_exists(file)))
        return true;
    f->path = file ? plm_arena_grow(a, f->path, f->count, &f->capacity, sizeof *f->path) : NULL;
    if (f->path)
        f->path[f->count++] = path;
    else
        f->status = PLM_E_MEMORY;
    return f->path != NULL;
}

/* Finds the paths of the runs in a folder, in no particular order. */
static plm_status find_runs(plm_arena *a, const char *folder, const char ***out, size_t *count)
{
    finding f = {.arena = a, .folder = folder};
    if (!plm_folder_each_at(folder, add_run, &f) && f.status >= 0)
        return plm_fail_system(a->w, errno, "cannot open the folder", folder);
    *out = f.path;
    *count = f.count;
    return f.status;
}

/* Calls on_run for each run. The paths are collected and sorted first: the system lists a folder in
 * an undefined order, and on_run may change the folder. */
plm_status plm_run_each(plm *w, const char *folder,
                        plm_status (*on_run)(void *self, const char *path), void *self)
{
    plm_arena a = {.w = w};
    const char **path = NULL;
    size_t count = 0;
    if (!w || !folder || !on_run)
        return plm_fail(w, PLM_E_ORDER, "plm_run_each", "pass a runtime, a folder and a function",
                        "an argument is NULL");
    plm_status status = w->fault < 0 ? w->fault : find_runs(&a, folder, &path, &count);
    if (status >= 0 && count > 0)
        qsort(path, count, sizeof *path, by_name);
    for (size_t i = 0; status == PLM_OK && i < count; i++) {
        const uint64_t errors = w->errors;
        status = plm_callback_status(w, errors, on_run(self, path[i]), true, "on_run");
    }
    plm_arena_free(&a);
    return status;
}
