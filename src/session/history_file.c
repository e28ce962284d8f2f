/* Writes history.csv, one row per epoch, while a run trains. In a resumed run the rows continue,
 * and the seconds are added to the earlier seconds. Each row is appended as soon as its epoch ends.
 * If this fails, the whole file is written when the run ends. A program may read the file while the
 * run trains, so each row is appended by a single write, and the file is never empty in between. A
 * run that was killed may have left rows of epochs after its last checkpoint, so a resumed run
 * makes the text again from the history in the checkpoint. Only the seconds come from the old file,
 * as the checkpoint does not hold them. */
#include "session/history_file.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/contents.h"
#include "base/notation.h"
#include "base/system.h"

/* ---- the text ---- */

/* Cuts the text to at most `length` bytes. */
static void cut(plm_text *t, size_t length)
{
    if (t->length > length)
        t->data[t->length = length] = '\0';
}

/* Replaces the text by a header line: the names of the columns, and "seconds". */
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

/* Adds a row to the text. A value that was not measured (NaN) becomes an empty cell; so do unknown
 * seconds. */
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

/* ---- reading the file ---- */

/* Reads a line of the file: *epoch from its first cell, *seconds from its last one, NaN if that
 * cell is empty. False if the line has no epoch or only one cell. */
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
    return last > line && *end == ',' && number >= 0;
}

/* Calls see(self, line) for each complete line below the header, until `see` returns false. */
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

/* ---- resuming ---- */

/* The rows of a resumed run, and their seconds, which the old file holds. */
typedef struct {
    const plm_history *rows;
    double *seconds; /* [rows]; NaN = unknown */
} known_seconds;

/* Takes the seconds from one line of the old file. Epochs in `rows` begin at 0 or 1 and increase
 * from row to row but may have gaps, so the line belongs to row `epoch` or to an earlier one. */
static bool see_seconds(void *self, const char *line, size_t length)
{
    known_seconds *k = self;
    int64_t epoch;
    double seconds;
    if (!read_line(line, length, &epoch, &seconds))
        return true;
    for (int64_t i = epoch < k->rows->rows ? epoch : k->rows->rows - 1; i >= 0; i--) {
        const double own = k->rows->value[i * k->rows->columns];
        if (own <= (double)epoch) {
            if (own >= (double)epoch && seconds >= 0)
                k->seconds[i] = seconds;
            break;
        }
    }
    return true;
}

/* path NULL = nothing is written. */
void plm_history_file_new(plm_history_file *h, plm *w, const char *path)
{
    *h = (plm_history_file){.w = w, .path = path, .text = {.w = w}};
}

/* Makes the text again from the rows. The seconds of an epoch come from `text`, an older file, if
 * it has this epoch. Sets h->before to the largest of these seconds. */
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

/* Reads the existing file into *text, which the caller releases. *text = NULL if there is no file.
 * A file that cannot be read is an error, since it would be overwritten. */
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

/* Takes over the rows of a resumed run. The rows come from the checkpoint; the seconds come from
 * the old file, since a checkpoint has no times. */
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

/* State while lines of the old file are copied into h. epochs: the last epoch to copy. last: the
 * last epoch copied. */
typedef struct {
    plm_history_file *h;
    int64_t epochs, last;
} kept_rows;

/* Copies one line. Returns false, to stop, at the first line that is not the next epoch, or that is
 * after the last epoch to copy. */
static bool see_row(void *self, const char *line, size_t length)
{
    kept_rows *k = self;
    int64_t epoch;
    double seconds;
    if (!read_line(line, length, &epoch, &seconds) || epoch != k->last + 1 || epoch > k->epochs)
        return false;
    plm_text_append(&k->h->text, line, length + 1);
    k->last = epoch;
    if (seconds > k->h->before)
        k->h->before = seconds;
    return true;
}

/* Counts the commas outside quotes between `from` and `end`, the end of a line. */
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

/* Keeps the header and the rows of the first epochs of an older file. */
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

/* Replaces the file by the whole text. If this fails, the old file is unchanged. */
static plm_status write_all(plm_history_file *h)
{
    if (h->text.failed)
        return plm_fail_memory(h->w, h->path);
    return plm_write_whole(h->w, h->path, plm_text_get(&h->text), h->text.length);
}

/* Writes the whole text to the file, unless the file holds it already, and opens it to append. A
 * file that already holds the text is not written again, so that resuming a finished run changes
 * nothing. */
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

/* Stops appending to the file. It will be written whole when it is closed. */
static void stop_adding(plm_history_file *h)
{
    plm_file_abandon(h->file);
    h->file = NULL;
}

/* Appends the text from byte `from` on. If that fails, the file is written whole when it is closed.
 */
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

/* Called if the columns have changed: makes the text again, with a new header and all rows but the
 * last. From now on the file is not appended to, but written as a whole when it is closed. */
static void change_columns(plm_history_file *h, const plm_history *rows)
{
    const plm_text old = h->text;
    const double before = h->before;
    h->text = (plm_text){.w = h->w};
    /* if this fails, h->text.failed stays set until the file is closed */
    plm_ignore(rebuild(h, rows, plm_text_get(&old)));
    h->before = before;
    size_t length = h->text.length;
    length -= length > 0; /* the last row is cut off, since its seconds are not known here */
    while (length && h->text.data[length - 1] != '\n')
        length--;
    cut(&h->text, length);
    plm_release(h->w, old.data);
    stop_adding(h);
}

/* Adds the row of the last epoch to text and file. seconds: since this process began the training.
 * */
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

/* True if the file exists and has the length of the text. */
static bool is_there(const plm_history_file *h)
{
    return plm_path_size(h->path) == (int64_t)h->text.length;
}

/* Writes the history to a new path, and from now on appends there. The file at the old path stays
 * as it is. */
plm_status plm_history_file_move(plm_history_file *h, const char *path)
{
    h->path = path;
    return plm_history_file_write(h);
}

/* Closes the history without writing, and leaves the file with the rows that were appended
 * before. */
void plm_history_file_drop(plm_history_file *h)
{
    plm_file_abandon(h->file);
    plm_text_free(&h->text);
    *h = (plm_history_file){.failed = h->failed};
}

/* Closes the history. keep = false: the run is discarded, so its file is removed. */
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
