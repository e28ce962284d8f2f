/* Adds rows to a CSV file, see log_file.h. */
#include "train/log_file.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/contents.h"
#include "base/folder.h"
#include "base/notation.h"
#include "base/paths.h"
#include "base/system.h"

/* Appends a cell to a row. i: its number. */
static void put_cell(const plm_log_file *f, int i, const char *cell, plm_text *out)
{
    plm_text_add(out, i > 0 ? f->separator : "");
    plm_text_add_cell(out, cell, f->separator);
}

/* Appends the names as a row of the file, each quoted if the separator requires it. */
void plm_log_names(const plm_log_file *f, int count, const char *const *name, plm_text *out)
{
    for (int i = 0; i < count; i++)
        put_cell(f, i, name[i], out);
    plm_text_add(out, "\n");
}

/* Appends numbers in the shortest form that reads back as the same double. */
void plm_log_numbers(const plm_log_file *f, int count, const double *value, plm_text *out)
{
    for (int i = 0; i < count; i++) {
        char number[32];
        plm_text_from_number(value[i], number, sizeof number);
        put_cell(f, i, number, out);
    }
    plm_text_add(out, "\n");
}

/* A folder that is missing is made, as Keras does it: checkpoint('best/net.safetensors'). */
plm_status plm_log_prepare(plm *w, const char *path)
{
    plm_arena a = {.w = w};
    const char *slash = strrchr(path, '/');
    size_t kept = 0;
    plm_status status = PLM_OK;
    if (slash != NULL && slash > path) {
        const char *folder = plm_arena_text(&a, path, (size_t)(slash - path));
        if (folder == NULL)
            status = PLM_E_MEMORY;
        else if (!plm_folder_make_all(folder, &kept))
            status = plm_fail_system(w, errno, "cannot make the folder", folder);
    }
    plm_arena_free(&a);
    return status < 0 ? status : plm_check_writable(w, path);
}

/* Opens the file to append rows. The observer has written the header before. */
plm_status plm_log_open(plm_log_file *f)
{
    f->file = plm_file_append(f->w, f->path);
    return f->file != NULL ? PLM_OK : f->w->error.status;
}

/* Appends a row to the file. The row is flushed at once, for programs that watch the file. */
plm_status plm_log_add(const plm_log_file *f, int count, const double *value)
{
    plm_text row = {.w = f->w};
    plm_log_numbers(f, count, value, &row);
    plm_status status = row.failed ? PLM_E_MEMORY : PLM_OK;
    if (status >= 0)
        status = plm_file_write(f->file, row.data, row.length);
    if (status >= 0)
        status = plm_file_flush(f->file);
    plm_text_free(&row);
    return status;
}

/* Frees the observer. If the file is still open, it is closed without a sync: its rows were flushed
 * already. */
void plm_log_release(void *self)
{
    plm_log_file *f = self;
    plm_file_abandon(f->file);
    plm_release(f->w, f);
}
