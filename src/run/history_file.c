/* history.csv. A resumed run goes on as if it had never stopped, and its seconds count on. */
#include "run/history_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/contents.h"
#include "base/notation.h"
#include "base/system.h"

/* ---- the text ---- */

/* Nothing of the text behind the first `length` bytes. */
static void cut(plm_text *t, size_t length)
{
    if (t->length > length)
        t->data[t->length = length] = '\0';
}

static void put_header(plm_history_file *h, const plm_history *rows)
{
    cut(&h->text, 0);
    h->columns = rows->columns;
    for (int i = 0; i < rows->columns; i++) {
        plm_text_add_cell(&h->text, rows->name[i], ",");
        plm_text_add(&h->text, ",");
    }
    plm_text_add(&h->text, "seconds\n");
}

/* What was not measured stays empty; so do seconds that nobody knows. */
static void put_row(plm_history_file *h, const plm_history *rows, int64_t row, double seconds)
{
    for (int i = 0; i < rows->columns; i++) {
        const double value = rows->value[row * rows->columns + i];
        if (!isnan(value))
            plm_text_format(&h->text, "%.9g", value);
        plm_text_add(&h->text, ",");
    }
    if (!isnan(seconds))
        plm_text_format(&h->text, "%.3f", seconds);
    plm_text_add(&h->text, "\n");
}

/* ---- the file as it is ---- */

/* The number that a line begins with, and its last cell; false where they are none. */
static bool read_line(const char *line, size_t length, int64_t *epoch, double *seconds)
{
    char *end = NULL;
    const char *last = line + length;
    while (last > line && last[-1] != ',')
        last--;
    const long long number = strtoll(line, &end, 10);
    *epoch = number;
    *seconds = NAN;
    if (last < line + length) {
        const char *behind = last;
        const double value = plm_text_number(last, &behind);
        *seconds = behind > last ? value : 0;
    }
    return last > line && *end == ',' && number >= 1;
}

/* Calls see for each whole line below the header, while it says so. */
static void each_line(const char *text, void *self,
                      bool (*see)(void *self, const char *line, size_t length))
{
    bool header = true, more = true;
    for (const char *line = text; more && line; header = false) {
        const char *end = strchr(line, '\n');
        if (end && !header)
            more = see(self, line, (size_t)(end - line));
        line = end ? end + 1 : NULL;
    }
}

/* ---- going on ---- */

typedef struct {
    const plm_history *rows;
    double *seconds; /* [rows] */
} known_seconds;

static bool see_seconds(void *self, const char *line, size_t length)
{
    known_seconds *k = self;
    int64_t epoch = 0;
    double seconds = 0;
    if (!read_line(line, length, &epoch, &seconds))
        return true;
    for (int64_t i = epoch <= k->rows->rows ? epoch - 1 : k->rows->rows - 1; i >= 0; i--) {
        const double own = k->rows->value[i * k->rows->columns];
        if (own <= (double)epoch) {
            if (own >= (double)epoch && seconds >= 0)
                k->seconds[i] = seconds;
            break;
        }
    }
    return true;
}

void plm_history_file_new(plm_history_file *h, plm *w, const char *path)
{
    *h = (plm_history_file){.w = w, .path = path, .text = {.w = w}};
}

/* The rows, with the seconds that stand in text. */
static plm_status rebuild(plm_history_file *h, const plm_history *rows, const char *text)
{
    double *seconds = plm_allocate_array(h->w, (size_t)rows->rows + 1, sizeof *seconds);
    if (!seconds)
        return PLM_E_MEMORY;
    for (int64_t i = 0; i < rows->rows; i++)
        seconds[i] = NAN;
    if (text)
        each_line(text, &(known_seconds){rows, seconds}, see_seconds);
    put_header(h, rows);
    for (int64_t i = 0; i < rows->rows; i++) {
        put_row(h, rows, i, seconds[i]);
        h->before = seconds[i] > h->before ? seconds[i] : h->before;
    }
    plm_release(h->w, seconds);
    return h->text.failed ? PLM_E_MEMORY : PLM_OK;
}

/* The file as it is; *text = NULL where there is none. One that cannot be read is an error: it
 * would be replaced. */
static plm_status read_old(const plm_history_file *h, char **text)
{
    size_t length = 0;
    *text = plm_contents(h->w, h->path, SIZE_MAX / 4, &length);
    if (*text || errno == ENOENT)
        return PLM_OK;
    if (errno == ENOMEM)
        return PLM_E_MEMORY;
    return plm_fail(h->w, PLM_E_IO, h->path, "make it readable, or remove it",
                    "cannot read the history of the run: %s", strerror(errno));
}

plm_status plm_history_file_restore(plm_history_file *h, const plm_history *rows)
{
    char *old = NULL;
    h->before = 0;
    if (rows->rows == 0)
        return PLM_OK;
    PLM_TRY(read_old(h, &old));
    const plm_status status = rebuild(h, rows, old);
    plm_release(h->w, old);
    return status;
}

typedef struct {
    plm_history_file *h;
    int64_t epochs, last;
} kept_rows;

static bool see_row(void *self, const char *line, size_t length)
{
    kept_rows *k = self;
    int64_t epoch = 0;
    double seconds = 0;
    if (!read_line(line, length, &epoch, &seconds) || epoch != k->last + 1 || epoch > k->epochs)
        return false;
    plm_text_append(&k->h->text, line, length + 1);
    k->last = epoch;
    if (seconds > k->h->before)
        k->h->before = seconds;
    return true;
}

/* Those outside quotes; names hold no line ends. */
static int count_commas(const char *from, const char *end)
{
    int count = 0;
    bool quoted = false;
    for (; from < end; from++) {
        quoted ^= *from == '"';
        count += *from == ',' && !quoted;
    }
    return count;
}

plm_status plm_history_file_keep(plm_history_file *h, int64_t epochs)
{
    char *old = NULL;
    PLM_TRY(read_old(h, &old));
    const char *end = old ? strchr(old, '\n') : NULL;
    if (end && !strncmp(old, "epoch,", 6)) {
        plm_text_append(&h->text, old, (size_t)(end + 1 - old));
        h->columns = count_commas(old, end);
        each_line(old, &(kept_rows){.h = h, .epochs = epochs}, see_row);
    }
    plm_release(h->w, old);
    return h->text.failed ? PLM_E_MEMORY : PLM_OK;
}

/* ---- writing ---- */

/* Writes the file whole. */
static plm_status write_all(plm_history_file *h)
{
    if (h->text.failed)
        return plm_fail_memory(h->w, h->path);
    return plm_write_whole(h->w, h->path, plm_text_get(&h->text), h->text.length);
}

plm_status plm_history_file_write(plm_history_file *h)
{
    size_t length = 0;
    char *old = plm_contents(h->w, h->path, SIZE_MAX / 4, &length);
    const bool same =
        old && length == h->text.length && !memcmp(old, plm_text_get(&h->text), length);
    plm_release(h->w, old);
    if (!same)
        h->failed = write_all(h);
    if (h->failed < 0)
        return h->failed;
    plm_file_abandon(h->file);
    h->file = plm_file_append(h->w, h->path);
    return PLM_OK;
}

/* The file is to be written whole at the end. */
static void stop_adding(plm_history_file *h)
{
    plm_file_abandon(h->file);
    h->file = NULL;
}

/* Writes what the file lacks from `from` on; it is written whole at the end if that fails. */
static void write_tail(plm_history_file *h, size_t from)
{
    if (!h->file)
        return;
    plm_status status =
        plm_file_write(h->file, plm_text_get(&h->text) + from, h->text.length - from);
    if (status >= 0)
        status = plm_file_flush(h->file);
    if (status < 0)
        stop_adding(h);
}

/* Others are measured from now on: the header and all rows but the last are written anew. */
static void change_columns(plm_history_file *h, const plm_history *rows)
{
    const plm_text old = h->text;
    const double before = h->before;
    h->text = (plm_text){.w = h->w};
    plm_ignore(rebuild(h, rows, plm_text_get(&old))); /* h->text.failed tells it at the end */
    h->before = before;
    size_t length = h->text.length;
    length -= length > 0; /* the last row is not complete: no seconds */
    while (length && h->text.data[length - 1] != '\n')
        length--;
    cut(&h->text, length);
    plm_release(h->w, old.data);
    stop_adding(h);
}

void plm_history_file_add(plm_history_file *h, const plm_history *rows, double seconds)
{
    const size_t from = h->text.length;
    if (!rows->rows)
        return;
    if (!h->text.length)
        put_header(h, rows);
    else if (h->columns != rows->columns)
        change_columns(h, rows);
    put_row(h, rows, rows->rows - 1, h->before + seconds);
    write_tail(h, from);
}

/* Is the file still where it was, and as long as what it must hold? */
static bool is_there(const plm_history_file *h)
{
    return plm_path_size(h->path) == (int64_t)h->text.length;
}

plm_status plm_history_file_move(plm_history_file *h, const char *path)
{
    h->path = path;
    return plm_history_file_write(h);
}

void plm_history_file_drop(plm_history_file *h)
{
    plm_file_abandon(h->file);
    plm_text_free(&h->text);
    *h = (plm_history_file){.failed = h->failed};
}

plm_status plm_history_file_close(plm_history_file *h, bool keep)
{
    const bool written = h->file && !h->text.failed && is_there(h);
    plm_status status = PLM_OK;
    stop_adding(h);
    if (!keep && h->path)
        remove(h->path);
    else if (h->path && (h->text.length || h->text.failed) && !written && h->failed >= 0)
        status = h->failed = write_all(h);
    plm_history_file_drop(h);
    return status;
}
