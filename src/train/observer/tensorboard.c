/* Writes the values of each epoch to event files, which TensorBoard shows: those of the training to
 * DIR/train, those of the validation to DIR/validation, under the same tags, so that TensorBoard
 * draws both into one chart. A resumed fit goes on in the same files. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train/event_file.h"
#include "train/monitor.h"

#include "base/contents.h"
#include "base/folder.h"
#include "base/paths.h"
#include "base/stream.h"
#include "base/system.h"

typedef struct {
    const char *dir; /* folder of the event files */
} tensorboard;

static const plm_field fields[] = {
    PLM_FIELD_FILE(tensorboard, dir, "tensorboard", "the folder of the files"), {0}};

/* The two files: of the training, and of the validation. */
enum { TRAIN, VALIDATION, FILES };

/* The observer. */
typedef struct {
    plm *w;
    tensorboard c; /* the keys, with their defaults */
    char *path[FILES];
    plm_file *file[FILES]; /* open to add events; NULL = not yet */
    bool known;            /* true = an earlier part of the fit wrote events */
    /* events of epochs after this one are written again, since they were repeated */
    int64_t from;
} board;

/* ---- events ---- */

/* Returns the tag of a column of the history: "loss" in the file of the training for loss, and in
 * that of the validation for val_loss. NULL = the file does not have the column. */
static const char *tag_of(const char *column, int file)
{
    const bool validation = strncmp(column, "val_", 4) == 0;
    if (validation != (file == VALIDATION) || strcmp(column, "epoch") == 0)
        return NULL;
    return validation ? column + 4 : column;
}

/* Appends an event with the measured values of a row of the history, if there are any. */
static plm_status put_row(const board *o, const plm_epochs *t, int64_t row, int file, plm_text *out)
{
    const double *value = t->value + row * t->columns;
    plm_event_scalar *s = plm_allocate_array(o->w, (size_t)t->columns, sizeof *s);
    int count = 0;
    if (s == NULL)
        return PLM_E_MEMORY;
    for (int i = 0; i < t->columns; i++) {
        const char *tag = tag_of(t->name[i], file);
        if (tag != NULL && !isnan(value[i]))
            s[count++] = (plm_event_scalar){tag, (float)value[i]};
    }
    if (count > 0)
        plm_event_add_scalars(out, plm_time_of_day(), (int64_t)value[0], s, count);
    plm_release(o->w, s);
    return out->failed ? PLM_E_MEMORY : PLM_OK;
}

/* Appends all rows after an epoch. */
static plm_status put_rows(const board *o, const plm_epochs *t, int64_t after, int file,
                           plm_text *out)
{
    for (int64_t row = 0; row < t->rows; row++)
        if (t->value[row * t->columns] > (double)after)
            PLM_TRY(put_row(o, t, row, file, out));
    return PLM_OK;
}

/* ---- the files ---- */

/* True if the history has values for this file, of the training or of the validation. */
static bool has_columns(const plm_epochs *t, int file)
{
    for (int i = 0; i < t->columns; i++)
        if (tag_of(t->name[i], file) != NULL)
            return true;
    return false;
}

/* Makes the whole text of a file. It starts with the events that an earlier part of the fit wrote,
 * up to the epoch from which the fit is resumed; later events follow. */
static plm_status make_text(const board *o, const plm_epochs *t, int file, plm_text *out)
{
    if (o->known)
        PLM_TRY(plm_read_text(o->w, o->path[file], out));
    out->length = plm_event_kept(plm_text_get(out), out->length, o->from);
    const int64_t after = out->length > 0 ? o->from : 0;
    if (out->length == 0)
        plm_event_add_version(out, plm_time_of_day());
    return put_rows(o, t, after, file, out);
}

/* Makes the folder of a file. */
static plm_status make_folder(const board *o, int file)
{
    char *slash = strrchr(o->path[file], '/');
    size_t kept = 0;
    *slash = '\0';
    const bool made = plm_folder_make_all(o->path[file], &kept);
    const plm_status status =
        made ? PLM_OK : plm_fail_system(o->w, errno, "cannot make the folder", o->path[file]);
    *slash = '/';
    return status;
}

/* Writes a file from the beginning and opens it to add events. */
static plm_status begin_file(board *o, const plm_epochs *t, int file)
{
    plm_text text = {.w = o->w};
    PLM_TRY(make_folder(o, file));
    plm_status status = make_text(o, t, file, &text);
    if (status >= 0)
        status = plm_write_whole(o->w, o->path[file], plm_text_get(&text), text.length);
    plm_text_free(&text);
    PLM_TRY(status);
    o->file[file] = plm_file_append(o->w, o->path[file]);
    return o->file[file] != NULL ? PLM_OK : o->w->error.status;
}

/* Adds the event of the last epoch. */
static plm_status add_event(board *o, const plm_epochs *t, int file)
{
    plm_text text = {.w = o->w};
    plm_status status = put_row(o, t, t->rows - 1, file, &text);
    if (status >= 0)
        status = plm_file_write(o->file[file], plm_text_get(&text), text.length);
    if (status >= 0)
        status = plm_file_flush(o->file[file]);
    plm_text_free(&text);
    return status;
}

/* At the end of an epoch. */
static plm_status epoch_end(board *o, const plm_epochs *t)
{
    for (int k = 0; k < FILES; k++)
        if (o->file[k] != NULL)
            PLM_TRY(add_event(o, t, k));
        else if (has_columns(t, k))
            PLM_TRY(begin_file(o, t, k));
    o->known = true;
    return PLM_OK;
}

/* ---- the observer ---- */

/* Checks that the files can be written when the fit begins, and writes at the end of each epoch.
 * The folder of the validation is made with its file, since there may be no validation. */
static plm_status on_event(void *self, plm_run *run, const plm_event *event)
{
    board *o = self;
    if (event->kind == PLM_FIT_BEGIN) {
        o->from = run->first_epoch;
        PLM_TRY(make_folder(o, TRAIN));
        return plm_check_writable(o->w, o->path[TRAIN]);
    }
    return event->kind == PLM_EPOCH_END ? epoch_end(o, &run->model->epochs) : PLM_OK;
}

/* Stores the observer's state in number[] for a checkpoint: 0 for whether events were written. */
static void remember(void *self, double number[PLM_MEMORIES])
{
    number[0] = ((const board *)self)->known;
}

/* The counterpart of remember. */
static void recall(void *self, const double number[PLM_MEMORIES])
{
    ((board *)self)->known = number[0] > 0;
}

/* Frees the observer. A file that is still open here belongs to a fit that failed. */
static void release(void *self)
{
    board *o = self;
    for (int k = 0; k < FILES; k++) {
        plm_file_abandon(o->file[k]);
        plm_release(o->w, o->path[k]);
    }
    plm_release(o->w, o);
}

/* Makes the observer and the names of its files. TensorBoard recognizes them by "tfevents" in the
 * name. */
static plm_status open_board(plm *w, const void *config, plm_observer *out)
{
    static const char *const folder[FILES] = {"train", "validation"};
    board *o = plm_allocate(w, sizeof *o);
    if (o == NULL)
        return PLM_E_MEMORY;
    o->w = w;
    o->c = *(const tensorboard *)config;
    *out = (plm_observer){.name = "tensorboard", .on_event = on_event, .free = release, .self = o};
    for (int k = 0; k < FILES; k++) {
        const size_t room = strlen(o->c.dir) + 64;
        o->path[k] = plm_allocate(w, room);
        if (o->path[k] == NULL) {
            release(o);
            return PLM_E_MEMORY;
        }
        snprintf(o->path[k], room, "%s/%s/events.out.tfevents.1.plummet", o->c.dir, folder[k]);
    }
    return PLM_OK;
}

const plm_observer_kind plm_observer_tensorboard = {
    .kind = {.name = "tensorboard",
             .alias = "TensorBoard",
             .help = "the values of each epoch in event files, for TensorBoard",
             .notes = "`tensorboard --logdir DIR` shows them; with the folder of all runs it "
                      "compares runs. Training and validation have a file each and the same tags, "
                      "so that they are in one chart. A resumed run goes on in its files.",
             .config_size = sizeof(tensorboard),
             .fields = fields,
             .examples = PLM_LIST("tensorboard", "tensorboard(dir=board)")},
    .open = open_board,
    .remember = remember,
    .recall = recall,
};
