/* history.csv. A resumed run goes on as if it had never stopped: rows that the checkpoint does
 * not cover go, and the seconds count on. */
#define _POSIX_C_SOURCE 200809L
#include "history.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int fail_write(plm_cli_history *h)
{
    h->failed = true;
    return plm_cli_fail(PLM_EXIT_IO, h->path, "is the disk full? Are you allowed to write there?",
                        "cannot write the file: %s", strerror(errno));
}

static int open_file(plm_cli_history *h, const char *mode)
{
    h->f = fopen(h->path, mode);
    return h->f ? PLM_EXIT_GOOD : fail_write(h);
}

int plm_cli_history_open(plm_cli_history *h, char *path)
{
    *h = (plm_cli_history){.path = path};
    return open_file(h, "w");
}

/* Copies the header and the rows up to an epoch; remembers the header and the last row's
 * seconds. A last line without an end was cut by a crash. */
static void copy_rows(plm_cli_history *h, FILE *from, FILE *to, int64_t epochs)
{
    char *line = NULL;
    size_t room = 0;
    ssize_t length = 0;
    while ((length = getline(&line, &room, from)) > 0 && line[length - 1] == '\n') {
        line[length - 1] = 0;
        const char *seconds = strrchr(line, ',');
        if (!h->header)
            h->header = plm_cli_format("%s", line);
        else if (strtoll(line, NULL, 10) > epochs)
            break;
        else if (seconds)
            h->before = strtod(seconds + 1, NULL);
        fprintf(to, "%s\n", line);
    }
    free(line);
}

static int cut(plm_cli_history *h, FILE *from, int64_t epochs)
{
    char *part = plm_cli_format("%s.part", h->path);
    FILE *to = fopen(part, "w");
    bool good = to != NULL;
    if (to) {
        copy_rows(h, from, to, epochs);
        good = plm_cli_flushed(to);
        good = !fclose(to) && good;
    }
    good = good && !rename(part, h->path);
    int code = good ? PLM_EXIT_GOOD : fail_write(h);
    if (!good && to)
        remove(part);
    free(part);
    return code;
}

int plm_cli_history_go_on(plm_cli_history *h, char *path, int64_t epochs)
{
    *h = (plm_cli_history){.path = path};
    FILE *from = fopen(path, "r");
    int code = PLM_EXIT_GOOD;
    if (from) {
        code = cut(h, from, epochs);
        fclose(from);
    }
    return code ? code : open_file(h, "a");
}

static void write_header(plm_cli_history *h, int logs, const plm_log *log)
{
    h->header = plm_cli_format("epoch");
    for (int i = 0; i <= logs; i++) {
        char *longer = plm_cli_format("%s,%s", h->header, i < logs ? log[i].name : "seconds");
        free(h->header);
        h->header = longer;
    }
    fprintf(h->f, "%s\n", h->header);
}

/* What belongs under a title; a figure that a resumed run does not measure any more stays empty. */
static void write_cell(const plm_cli_history *h, const char *title, size_t length, double seconds,
                       int logs, const plm_log *log)
{
    if (length == 7 && !strncmp(title, "seconds", length)) {
        fprintf(h->f, ",%.3f", h->before + seconds);
        return;
    }
    fputc(',', h->f);
    for (int i = 0; i < logs; i++) {
        if (strlen(log[i].name) != length || strncmp(log[i].name, title, length) != 0)
            continue;
        /* NaN: not validated in this epoch */
        if (strncmp(title, "val_", 4) || log[i].value == log[i].value)
            fprintf(h->f, "%.9g", log[i].value);
        return;
    }
}

void plm_cli_history_row(plm_cli_history *h, int64_t epoch, double seconds, int logs,
                         const plm_log *log)
{
    if (h->failed || !h->f)
        return;
    if (!h->header)
        write_header(h, logs, log);
    fprintf(h->f, "%lld", (long long)epoch);
    for (const char *title = strchr(h->header, ','); title; title = strchr(title, ',')) {
        title++;
        write_cell(h, title, strcspn(title, ","), seconds, logs, log);
    }
    fputc('\n', h->f);
    if (!plm_cli_flushed(h->f))
        fail_write(h);
}

void plm_cli_history_close(plm_cli_history *h, bool discard)
{
    if (h->f && fclose(h->f) && !h->failed && !discard)
        fail_write(h);
    if (discard && h->path)
        remove(h->path);
    free(h->path);
    free(h->header);
    h->f = NULL;
    h->path = h->header = NULL;
}
