/* Writes the loss of single batches to a CSV file: step, epoch, loss and learning rate. Each row is
 * written at once, so that a program that watches the file sees it. */
#include <stdlib.h>
#include <string.h>

#include "train/monitor.h"

#include "base/contents.h"
#include "base/notation.h"
#include "base/paths.h"
#include "base/stream.h"

typedef struct {
    const char *filename, *separator;
    int64_t update_freq;
} step_logger;

static const plm_field fields[] = {
    PLM_FIELD_FILE(step_logger, filename, "steps.csv", "the file"),
    PLM_FIELD(step_logger, update_freq, PLM_INT, "1", 1, 1e15, "number of steps from row to row"),
    PLM_FIELD(step_logger, separator, PLM_TEXT, ",", 0, 0, "text between the columns"),
    {0}};

/* The observer. */
typedef struct {
    plm *w;
    step_logger c;
    plm_file *file; /* open to add rows */
    bool known;     /* a fit that is resumed has written rows before */
} logger;

/* Adds a row of texts: of the header, or of one step. */
static void put_row(const logger *o, const char *const cell[4], plm_text *out)
{
    for (int i = 0; i < 4; i++) {
        plm_text_add(out, i > 0 ? o->c.separator : "");
        plm_text_add_cell(out, cell[i], o->c.separator);
    }
    plm_text_add(out, "\n");
}

/* Keeps the header of an older text and its rows up to a step; cuts off those behind. */
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

/* Replaces the file: by the header alone, or in a resumed fit by what was written up to the step at
 * which it goes on. Opens it to add rows. */
static plm_status begin(logger *o, int64_t step)
{
    static const char *const names[4] = {"step", "epoch", "loss", PLM_LOG_RATE};
    plm_text text = {.w = o->w};
    plm_status status = o->known ? plm_read_text(o->w, o->c.filename, &text) : PLM_OK;
    cut_behind(&text, step);
    if (text.length == 0)
        put_row(o, names, &text);
    if (status >= 0)
        status = text.failed
                     ? PLM_E_MEMORY
                     : plm_write_whole(o->w, o->c.filename, plm_text_get(&text), text.length);
    plm_text_free(&text);
    PLM_TRY(status);
    o->known = true;
    o->file = plm_file_append(o->w, o->c.filename);
    return o->file != NULL ? PLM_OK : o->w->error.status;
}

/* Writes the row of a step. */
static plm_status add_row(const logger *o, const plm_event *e, double rate)
{
    char number[4][32];
    const char *cell[4];
    plm_text row = {.w = o->w};
    const double value[4] = {(double)e->step, (double)e->epoch + 1, e->batch_loss, rate};
    for (int i = 0; i < 4; i++) {
        plm_text_from_number(value[i], number[i], sizeof number[i]);
        cell[i] = number[i];
    }
    put_row(o, cell, &row);
    plm_status status = row.failed ? PLM_E_MEMORY : PLM_OK;
    if (status >= 0)
        status = plm_file_write(o->file, row.data, row.length);
    if (status >= 0)
        status = plm_file_flush(o->file);
    plm_text_free(&row);
    return status;
}

/* The file is checked when the fit begins and replaced after the first batch, when everything has
 * been found to fit. Steps count from 1. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    logger *o = self;
    if (event->kind == PLM_FIT_BEGIN)
        return plm_check_writable(o->w, o->c.filename);
    if (event->kind != PLM_BATCH_END)
        return PLM_OK;
    if (o->file == NULL)
        PLM_TRY(begin(o, event->step - 1));
    return event->step % o->c.update_freq == 0 ? add_row(o, event, plm_run_learning_rate(run))
                                               : PLM_OK;
}

static void remember(void *self, double number[PLM_MEMORIES])
{
    number[0] = ((const logger *)self)->known;
}

static void recall(void *self, const double number[PLM_MEMORIES])
{
    ((logger *)self)->known = number[0] > 0;
}

static void release(void *self)
{
    logger *o = self;
    plm_file_abandon(o->file);
    plm_release(o->w, o);
}

static plm_status open_logger(plm *w, const void *config, plm_observer *out)
{
    logger *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const step_logger *)config;
    *out = (plm_observer){.name = "step_logger", .on_event = on_event, .free = release, .self = o};
    return PLM_OK;
}

const plm_observer_kind plm_observer_step_logger = {
    .kind = {.name = "step_logger",
             .help = "the loss of each step in a CSV file, with its learning rate",
             .notes = "The loss is that of the batch alone, before its update; history.csv has the "
                      "means of epochs. update_freq is the word of Keras's TensorBoard. A resumed "
                      "run leaves the file as if it had never stopped.",
             .config_size = sizeof(step_logger),
             .fields = fields,
             .examples = PLM_LIST("step_logger", "step_logger('steps.csv', update_freq=10)")},
    .open = open_logger,
    .remember = remember,
    .recall = recall,
};
