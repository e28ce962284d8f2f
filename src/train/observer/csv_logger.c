/* A row of figures an epoch in a CSV file, written as the epoch ends. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <errno.h>

#include "train/run.h"

#include "base/notation.h"
#include "base/paths.h"

typedef struct {
    const char *filename, *separator;
    bool append;
} csv_logger;

static const plm_field fields[] = {
    PLM_FIELD_FILE(csv_logger, filename, NULL, "the file"),
    PLM_FIELD(csv_logger, separator, PLM_TEXT, ",", 0, 0, "between the columns"),
    PLM_FIELD(csv_logger, append, PLM_BOOL, "false", 0, 0, "go on at the end of the file"),
    {0}};

typedef struct {
    plm *w;
    csv_logger c;
    FILE *file;
    bool headed;
} logger;

static plm_status row(logger *o, const plm_event *event)
{
    if (!o->headed) {
        fprintf(o->file, "epoch");
        for (int i = 0; i < event->logs; i++)
            fprintf(o->file, "%s%s", o->c.separator, event->log[i].name);
        fprintf(o->file, "\n");
        o->headed = true;
    }
    fprintf(o->file, "%" PRId64, event->epoch + 1);
    for (int i = 0; i < event->logs; i++) {
        char number[32];
        plm_text_from_number(event->log[i].value, number, sizeof number);
        fprintf(o->file, "%s%s", o->c.separator, number);
    }
    fprintf(o->file, "\n");
    if (fflush(o->file) == 0 && !ferror(o->file))
        return PLM_OK;
    return plm_fail_system(o->w, errno, "write", o->c.filename);
}

static plm_status notice(void *self, plm_run *run, const plm_event *event)
{
    (void)run;
    return event->moment == PLM_EPOCH_END ? row(self, event) : PLM_OK;
}

static void release(void *self)
{
    logger *o = self;
    if (o->file != NULL)
        fclose(o->file);
    plm_release(o->w, o);
}

static plm_status open_logger(plm *w, const void *config, plm_observer *out)
{
    logger *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const csv_logger *)config;
    o->file = fopen(o->c.filename, o->c.append ? "a" : "w");
    if (o->file == NULL) {
        const plm_status status = plm_fail_system(w, errno, "open", o->c.filename);
        plm_release(w, o);
        return status;
    }
    o->headed = o->c.append && ftell(o->file) > 0;
    *out = (plm_observer){.name = "csv_logger", .notice = notice, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_csv_logger = {
    .kind = {.name = "csv_logger",
             .alias = "CSVLogger|history",
             .help = "a row of figures an epoch in a CSV file",
             .config_size = sizeof(csv_logger),
             .fields = fields,
             .examples = PLM_LIST("csv_logger('log.csv')")},
    .open = open_logger,
};
