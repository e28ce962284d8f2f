/* history.csv. A resumed run goes on as if it had never stopped, and its seconds count on. */
#define _POSIX_C_SOURCE 200809L
#include "history.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "contents.h"
#include "file.h"
#include "output.h"

/* ---- the text ---- */

static void append(plm_cli_history *h, const char *text, size_t length)
{
    if (h->length + length + 1 > h->capacity) {
        const size_t capacity = 2 * (h->length + length) + 1024;
        char *more = plm_cli_take(capacity);
        if (h->text)
            memcpy(more, h->text, h->length);
        free(h->text);
        h->text = more;
        h->capacity = capacity;
    }
    memcpy(h->text + h->length, text, length);
    h->length += length;
    h->text[h->length] = 0;
}

static void put_header(plm_cli_history *h, const plm_history *rows)
{
    h->length = 0;
    h->columns = rows->columns;
    for (int i = 0; i < rows->columns; i++) {
        char *cell = plm_cli_cell(rows->name[i]);
        append(h, cell, strlen(cell));
        append(h, ",", 1);
        free(cell);
    }
    append(h, "seconds\n", 8);
}

/* What was not measured stays empty; so do seconds that nobody knows. */
static void put_row(plm_cli_history *h, const plm_history *rows, int64_t row, double seconds)
{
    char cell[48];
    for (int i = 0; i < rows->columns; i++) {
        const double value = rows->value[row * rows->columns + i];
        const int length = isnan(value) ? 0 : snprintf(cell, sizeof cell, "%.9g", value);
        append(h, cell, (size_t)length);
        append(h, ",", 1);
    }
    const int length = isnan(seconds) ? 0 : snprintf(cell, sizeof cell, "%.3f", seconds);
    append(h, cell, (size_t)length);
    append(h, "\n", 1);
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
    *seconds = last < line + length ? strtod(last, NULL) : NAN;
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

void plm_cli_history_new(plm_cli_history *h, plm *w, char *path)
{
    *h = (plm_cli_history){.w = w, .path = path};
}

/* The rows, with the seconds that stand in text. */
static void rebuild(plm_cli_history *h, const plm_history *rows, const char *text)
{
    double *seconds = plm_cli_take(((size_t)rows->rows + 1) * sizeof *seconds);
    for (int64_t i = 0; i < rows->rows; i++)
        seconds[i] = NAN;
    if (text)
        each_line(text, &(known_seconds){rows, seconds}, see_seconds);
    put_header(h, rows);
    for (int64_t i = 0; i < rows->rows; i++) {
        put_row(h, rows, i, seconds[i]);
        h->before = seconds[i] > h->before ? seconds[i] : h->before;
    }
    free(seconds);
}

/* The file as it is; *text = NULL where there is none. One that cannot be read is an error: it
 * would be replaced. */
static int read_old(const plm_cli_history *h, char **text)
{
    size_t length = 0;
    *text = plm_cli_contents(h->path, SIZE_MAX / 4, &length);
    if (*text || errno == ENOENT)
        return PLM_EXIT_GOOD;
    return plm_cli_fail(PLM_EXIT_IO, h->path, "make it readable, or remove it",
                        "cannot read the history of the run: %s", strerror(errno));
}

int plm_cli_history_restore(plm_cli_history *h, const plm_history *rows)
{
    char *old = NULL;
    h->before = 0;
    if (rows->rows == 0)
        return PLM_EXIT_GOOD;
    int code = read_old(h, &old);
    if (!code)
        rebuild(h, rows, old);
    free(old);
    return code;
}

typedef struct {
    plm_cli_history *h;
    int64_t epochs, last;
} kept_rows;

static bool see_row(void *self, const char *line, size_t length)
{
    kept_rows *k = self;
    int64_t epoch = 0;
    double seconds = 0;
    if (!read_line(line, length, &epoch, &seconds) || epoch != k->last + 1 || epoch > k->epochs)
        return false;
    append(k->h, line, length + 1);
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

int plm_cli_history_keep(plm_cli_history *h, int64_t epochs)
{
    char *old = NULL;
    int code = read_old(h, &old);
    const char *end = old ? strchr(old, '\n') : NULL;
    if (end && !strncmp(old, "epoch,", 6)) {
        append(h, old, (size_t)(end + 1 - old));
        h->columns = count_commas(old, end);
        each_line(old, &(kept_rows){.h = h, .epochs = epochs}, see_row);
    }
    free(old);
    return code;
}

/* ---- writing ---- */

int plm_cli_history_write(plm_cli_history *h)
{
    size_t length = 0;
    char *old = plm_cli_contents(h->path, SIZE_MAX / 4, &length);
    const bool same = old && length == h->length && !memcmp(old, h->text ? h->text : "", length);
    free(old);
    const plm_status status =
        same ? PLM_OK : plm_cli_write_whole(h->w, h->path, h->text, h->length);
    if (status < 0) {
        h->failed = true;
        return plm_cli_fail_status(h->w, status, NULL);
    }
    plm_file_abandon(h->file);
    h->file = plm_file_append(h->w, h->path);
    return PLM_EXIT_GOOD;
}

/* Writes what the file lacks from `from` on; it is written whole at the end if that fails. */
static void write_tail(plm_cli_history *h, size_t from)
{
    if (!h->file)
        return;
    plm_status status = plm_file_write(h->file, h->text + from, h->length - from);
    if (status >= 0)
        status = plm_file_flush(h->file);
    if (status >= 0)
        return;
    plm_file_abandon(h->file);
    h->file = NULL;
}

void plm_cli_history_add(plm_cli_history *h, const plm_history *rows, double seconds)
{
    const size_t from = h->length;
    if (!rows->rows)
        return;
    if (!h->length) {
        put_header(h, rows);
    } else if (h->columns != rows->columns) { /* others are measured from now on */
        char *old = plm_cli_format("%s", h->text);
        const double before = h->before;
        rebuild(h, rows, old);
        h->before = before;
        free(old);
        h->length -= 1; /* the last row is not complete: no seconds */
        while (h->length && h->text[h->length - 1] != '\n')
            h->length--;
        plm_file_abandon(h->file);
        h->file = NULL;
    }
    put_row(h, rows, rows->rows - 1, h->before + seconds);
    write_tail(h, from);
}

/* Is the file still where it was, and as long as what it must hold? */
static bool is_there(const plm_cli_history *h)
{
    struct stat about;
    return !stat(h->path, &about) && (size_t)about.st_size == h->length;
}

int plm_cli_history_move(plm_cli_history *h, char *path)
{
    free(h->path);
    h->path = path;
    return plm_cli_history_write(h);
}

void plm_cli_history_drop(plm_cli_history *h)
{
    plm_file_abandon(h->file);
    free(h->path);
    free(h->text);
    *h = (plm_cli_history){.failed = h->failed};
}

void plm_cli_history_close(plm_cli_history *h, bool keep)
{
    const bool written = h->file && is_there(h);
    plm_file_abandon(h->file);
    h->file = NULL;
    if (!keep && h->path)
        remove(h->path);
    else if (h->path && h->length && !written && !h->failed &&
             plm_cli_write_whole(h->w, h->path, h->text, h->length) < 0) {
        h->failed = true;
        plm_cli_fail_status(h->w, plm_last_error(h->w)->status, NULL);
    }
    plm_cli_history_drop(h);
}
