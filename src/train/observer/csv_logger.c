/* Writes a row for each epoch to a CSV file, when the epoch ends. The rows are those of the model's
 * history, so a resumed fit leaves exactly the rows of all its epochs in the file. The file does
 * not change before the first epoch has ended.
 *
 * An epoch that was repeated after a resume has one row, not two. */
#include <string.h>

#include "base/contents.h"
#include "train/log_file.h"
#include "train/monitor.h"

#include "base/paths.h"

typedef struct {
    const char *filename, *separator; /* path; text between two cells */
    bool append;
} csv_logger;

static const plm_field fields[] = {
    PLM_FIELD_FILE(csv_logger, filename, NULL, "path of the file"),
    PLM_FIELD(csv_logger, separator, PLM_TEXT, ",", 0, 0, "text between the columns"),
    PLM_FIELD(csv_logger, append, PLM_BOOL, "false", 0, 0,
              "true = append to the file instead of replacing it"),
    {0}};

/* The observer. The members start and from are known only if file.known is true, from the end of
 * the first epoch on. */
typedef struct {
    plm_log_file file; /* the file, and the columns of its header */
    bool append;
    /* The first `start` bytes of the file are kept: with append, those that it had before the
     * fit. */
    int64_t start;
    int64_t from; /* only the rows of epochs after this one are written to the file */
} logger;

/* ---- the text ---- */

/* Adds the text that must follow the first `start` bytes of the file: the header, if start is 0,
 * and the rows of this fit's epochs. */
static void put_all(const logger *o, const plm_epochs *t, plm_text *out)
{
    if (o->start == 0)
        plm_log_names(&o->file, t->columns, (const char *const *)t->name, out);
    for (int64_t row = 0; row < t->rows; row++)
        if (t->value[row * t->columns] > (double)o->from)
            plm_log_numbers(&o->file, t->columns, t->value + row * t->columns, out);
}

/* ---- the file ---- */

/* Writes the old first bytes of the file, then the rows of this fit. */
static plm_status write_whole(const logger *o, const plm_text *old, const plm_text *rows)
{
    const size_t kept = old->length < (size_t)o->start ? old->length : (size_t)o->start;
    plm_file *f = plm_file_open(o->file.w, o->file.path);
    if (f == NULL)
        return o->file.w->error.status;
    plm_status status = plm_file_write(f, old->data, kept);
    if (status >= 0)
        status = plm_file_write(f, rows->data, rows->length);
    if (status >= 0)
        return plm_file_commit(f);
    plm_file_abandon(f);
    return status;
}

/* Writes the file again, unless it is right already: the bytes from before the fit, then the rows
 * of this fit's epochs. This removes rows that were written after the checkpoint from which the fit
 * is resumed. The file is compared first, so that a right file keeps its time of change. */
static plm_status repair(logger *o, const plm_epochs *t)
{
    plm *w = o->file.w;
    plm_text old = {.w = w}, rows = {.w = w};
    plm_status status = plm_read_text(w, o->file.path, &old);
    if (status >= 0 && !o->file.known)
        o->start = o->append ? (int64_t)old.length : 0;
    o->file.known = true;
    put_all(o, t, &rows);
    if (status >= 0 && rows.failed)
        status = PLM_E_MEMORY;
    const size_t start = (size_t)o->start;
    const bool same = status >= 0 && old.length == start + rows.length && rows.length > 0 &&
                      memcmp(old.data + start, rows.data, rows.length) == 0;
    if (status >= 0 && !same)
        status = write_whole(o, &old, &rows);
    plm_text_free(&old);
    plm_text_free(&rows);
    return status;
}

/* Handles the end of an epoch: the first time, writes the whole file; later, appends a row. */
static plm_status epoch_end(logger *o, const plm_epochs *t)
{
    if (o->file.file != NULL)
        return plm_log_add(&o->file, t->columns, t->value + (t->rows - 1) * t->columns);
    PLM_TRY(repair(o, t));
    return plm_log_open(&o->file);
}

/* ---- the observer ---- */

/* Checks when the fit begins that the file can be written. Writes at the end of each epoch. If a
 * resumed fit has nothing left to train, repairs the file at the end. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    logger *o = self;
    const plm_epochs *t = &run->model->epochs;
    const bool over = run->last_epoch <= run->first_epoch;
    if (event->kind == PLM_FIT_BEGIN) {
        o->from = o->file.known ? o->from : run->first_epoch;
        return plm_log_prepare(o->file.w, o->file.path); /* before the first step */
    }
    if (event->kind == PLM_EPOCH_END)
        return epoch_end(o, t);
    return event->kind == PLM_FIT_END && over && o->file.known ? repair(o, t) : PLM_OK;
}

/* Stores the observer's state in number[] for a checkpoint. 0: whether the others are set; 1:
 * number of bytes that are kept at the start of the file; 2: the epoch after which rows are
 * written. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    const logger *o = self;
    number[0] = o->file.known;
    number[1] = (double)o->start;
    number[2] = (double)o->from;
}

/* The counterpart of remember. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    logger *o = self;
    o->file.known = number[0] > 0;
    o->start = plm_monitor_count(number[1]);
    o->from = plm_monitor_count(number[2]);
}

/* Makes the observer. The file is opened at the end of the first epoch. */
static plm_status open_logger(plm *w, const void *config, plm_observer *out)
{
    const csv_logger *c = config;
    logger *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->file = (plm_log_file){.w = w, .path = c->filename, .separator = c->separator};
    o->append = c->append;
    *out = (plm_observer){
        .name = "csv_logger", .on_event = on_event, .free = plm_log_release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_csv_logger = {
    .kind = {.name = "csv_logger",
             .alias = "CSVLogger|history",
             .help = "writes a row of metrics for each epoch to a CSV file",
             .notes = "A resumed run leaves the file as if it had never stopped: rows of epochs "
                      "that are trained again are replaced. With append=true the file keeps its "
                      "old contents above the new rows.",
             .config_size = sizeof(csv_logger),
             .fields = fields,
             .examples = PLM_LIST("csv_logger('log.csv')")},
    .open = open_logger,
    .remember = remember,
    .recall = recall,
};
