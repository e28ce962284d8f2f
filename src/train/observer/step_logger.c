/* Writes the loss of single batches to a CSV file: step, epoch, loss and learning rate. Each row is
 * written at once, so that a program that watches the file sees it.
 *
 * A resumed fit repeats the steps after its checkpoint, so their rows are removed first. */
#include <stdlib.h>
#include <string.h>

#include "train/log_file.h"
#include "train/monitor.h"

#include "base/contents.h"
#include "base/paths.h"

typedef struct {
    const char *filename, *separator; /* path; text between two cells */
    int64_t update_freq;
} step_logger;

static const plm_field fields[] = {
    PLM_FIELD_FILE(step_logger, filename, "steps.csv", "path of the file"),
    PLM_FIELD(step_logger, update_freq, PLM_INT, "1", 1, 1e15, "number of steps between two rows"),
    PLM_FIELD(step_logger, separator, PLM_TEXT, ",", 0, 0, "text between the columns"),
    {0}};

enum { COLUMNS = 4 };

/* The observer. */
typedef struct {
    plm_log_file file;
    int64_t update_freq;
} logger;

/* Takes the text of a file that an earlier part of the fit has written, keeps the header and the
 * rows up to a step, and removes later rows. */
static void cut_behind(plm_text *t, int64_t step)
{
    char *line = t->length > 0 ? strchr(t->data, '\n') : NULL;
    while (line != NULL && line[1] != '\0') {
        char *end = strchr(line + 1, '\n');
        if (end == NULL || strtoll(line + 1, NULL, 10) > step) {
            line[1] = '\0';
            t->length = (size_t)(line + 1 - t->data);
        }
        line = line[1] != '\0' ? end : NULL;
    }
}

/* Replaces the file by its header or, in a resumed fit, by its rows up to the step at which the fit
 * continues. Then opens the file to add rows. */
static plm_status begin(plm_log_file *f, int64_t step)
{
    static const char *const names[COLUMNS] = {"step", "epoch", "loss", PLM_LOG_RATE};
    plm_text text = {.w = f->w};
    plm_status status = f->known ? plm_read_text(f->w, f->path, &text) : PLM_OK;
    cut_behind(&text, step);
    if (text.length == 0)
        plm_log_names(f, COLUMNS, names, &text);
    if (status >= 0)
        status = text.failed ? PLM_E_MEMORY
                             : plm_write_whole(f->w, f->path, plm_text_get(&text), text.length);
    plm_text_free(&text);
    PLM_TRY(status);
    f->known = true;
    return plm_log_open(f);
}

/* Writes the row of a step. */
static plm_status add_row(const logger *o, const plm_event *e, double rate)
{
    const double value[COLUMNS] = {(double)e->step, (double)e->epoch + 1, e->batch_loss, rate};
    return plm_log_add(&o->file, COLUMNS, value);
}

/* Checks the file when the fit begins, but replaces it only after the first batch, when model and
 * data are known to fit. Steps count from 1. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    logger *o = self;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_log_prepare(o->file.w, o->file.path);
    if (event->kind != PLM_BATCH_END)
        return PLM_OK;
    if (o->file.file == NULL)
        PLM_TRY(begin(&o->file, event->step - 1));
    return event->step % o->update_freq == 0 ? add_row(o, event, plm_run_learning_rate(run))
                                             : PLM_OK;
}

/* Stores the observer's state for a checkpoint: only whether the file was begun, as the rows are in
 * the file itself. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    number[0] = ((const logger *)self)->file.known;
}

/* True if an earlier part of the fit has written the file. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    ((logger *)self)->file.known = number[0] > 0;
}

/* Makes the observer. The file is opened after the first batch. */
static plm_status open_logger(plm *w, const void *config, plm_observer *out)
{
    const step_logger *c = config;
    logger *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->file = (plm_log_file){.w = w, .path = c->filename, .separator = c->separator};
    o->update_freq = c->update_freq;
    *out = (plm_observer){
        .name = "step_logger", .on_event = on_event, .free = plm_log_release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_step_logger = {
    .kind = {.name = "step_logger",
             .help = "writes the loss and the learning rate of each step to a CSV file",
             .notes = "The loss is that of the batch alone, before its update; history.csv has the "
                      "means of epochs. update_freq is named as in Keras's TensorBoard. A resumed "
                      "run leaves the file as if it had never stopped.",
             .config_size = sizeof(step_logger),
             .fields = fields,
             .examples = PLM_LIST("step_logger", "step_logger('steps.csv', update_freq=10)")},
    .open = open_logger,
    .remember = remember,
    .recall = recall,
};
