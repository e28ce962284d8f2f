/* Restores a training from a document made by snapshot.c. The file may be damaged or of another
 * net, so every tensor is checked before it is used.
 *
 * Nothing of the training is changed before the comparison of both runs has passed
 * (plm_same_run_check). After that, an error in the middle leaves a training that is half restored;
 * the caller then ends the fit. */
#include "train/snapshot.h"
#include "train/snapshot_scores.h"

#include <stdio.h>
#include <string.h>

/* The document that is read. path: path of the file, for errors. */
typedef struct {
    plm *w;                /* for errors */
    const plm_document *d; /* borrowed for the call */
    const char *path;
} source;

/* Fails because a tensor of the checkpoint does not fit this training. what: the sentence before
 * the name of the tensor. The cause is nearly always that the file was written by another net, so
 * the hint says this. */
static plm_status misfit(const source *s, const char *what, const char *name)
{
    return plm_fail(
        s->w, PLM_E_FORMAT, s->path,
        "resume with the run file (layers, optimizer, observers) that wrote the checkpoint",
        "%s '%s'", what, name);
}

/* Returns the tensor with this name, or NULL. A linear search is fast enough, since it happens once
 * in a fit. */
static const plm_document_tensor *find(const source *s, const char *name)
{
    for (size_t i = 0; i < s->d->tensors; i++)
        if (strcmp(s->d->tensor[i].name, name) == 0)
            return &s->d->tensor[i];
    return NULL;
}

/* Reads a tensor of `count` numbers (float64) into out. The size must be exact. After an error, out
 * [count] is unchanged. */
static plm_status read_numbers(const source *s, const char *name, double *out, int count)
{
    const plm_document_tensor *t = find(s, name);
    if (t == NULL || t->dtype != PLM_F64 || t->bytes != (size_t)count * sizeof *out)
        return misfit(s,
                      "the file is not a checkpoint of this training: it has no tensor of the "
                      "right size with the name",
                      name);
    memcpy(out, t->data, t->bytes);
    return PLM_OK;
}

/* True for a whole number from 0 to 2^53. Counts are stored as doubles, which have every whole
 * number up to 2^53. */
static bool is_count(double number)
{
    return number >= 0 && number <= 0x1p53 && number == (double)(int64_t)number;
}

/* Reads a text into out; "" if the document does not have it. Fails if the text does not fit into
 * `capacity` bytes, or has a zero byte, which would end it early. */
static plm_status read_text(const source *s, const char *name, char *out, size_t capacity)
{
    const plm_document_tensor *t = find(s, name);
    out[0] = '\0';
    if (t == NULL)
        return PLM_OK;
    if (t->dtype != PLM_U8 || t->bytes >= capacity || memchr(t->data, '\0', t->bytes) != NULL)
        return misfit(s, "the checkpoint has no readable text in", name);
    memcpy(out, t->data, t->bytes);
    out[t->bytes] = '\0';
    return PLM_OK;
}

/* ---- how far the fit had come ---- */

/* Reads whether and why the fit ended. Checkpoints of older versions do not have this record; their
 * fit had not ended. */
static plm_status read_end(const source *s, plm_fit_result *out)
{
    static const char name[] = PLM_DOCUMENT_TRAINING "end";
    double end[PLM_SNAPSHOT_ENDS] = {0};
    if (find(s, name) == NULL)
        return PLM_OK;
    PLM_TRY(read_numbers(s, name, end, PLM_SNAPSHOT_ENDS));
    for (int i = 0; i < PLM_SNAPSHOT_ENDS; i++)
        if (!is_count(end[i]))
            return misfit(s, "the checkpoint has no counts in", name);
    out->ended = end[PLM_SNAPSHOT_ENDED] > 0;
    out->epochs_requested = (int64_t)end[PLM_SNAPSHOT_REQUESTED];
    out->best_epoch = (int64_t)end[PLM_SNAPSHOT_BEST];
    return read_text(s, PLM_DOCUMENT_TRAINING "stopped_by", out->stopped_by,
                     sizeof out->stopped_by);
}

/* Reads training/numbers and checks the counts in it. The other numbers, which are rates and states
 * of the optimizer, can have any value. */
static plm_status read_counts(const source *s, double *number)
{
    static const char name[] = PLM_DOCUMENT_TRAINING "numbers";
    PLM_TRY(read_numbers(s, name, number, PLM_SNAPSHOT_NUMBERS));
    for (int i = PLM_SNAPSHOT_EPOCH; i <= PLM_SNAPSHOT_UPDATES; i++)
        if (!is_count(number[i]))
            return misfit(s, "the checkpoint has no counts of a training in", name);
    return PLM_OK;
}

/* Reads how many epochs and batches were done and whether the fit ended. Needs no training, so that
 * a program can ask for the progress of a run alone. */
plm_status plm_snapshot_get_info(plm *w, const plm_document *d, const char *path,
                                 plm_fit_result *out)
{
    static const char name[] = PLM_DOCUMENT_TRAINING "epoch";
    const source s = {.w = w, .d = d, .path = path};
    double number[PLM_SNAPSHOT_NUMBERS];
    *out = (plm_fit_result){0};
    PLM_TRY(read_counts(&s, number));
    PLM_TRY(read_end(&s, out));
    out->epochs = (int64_t)number[PLM_SNAPSHOT_EPOCH];
    const plm_document_tensor *t = find(&s, name);
    double batches = 0;
    if (t != NULL && t->dtype == PLM_F64 && t->bytes >= sizeof batches)
        memcpy(&batches, t->data, sizeof batches);
    if (!is_count(batches))
        return misfit(&s, "the checkpoint has no count of batches in", name);
    out->batches = (int64_t)batches;
    return PLM_OK;
}

/* ---- vectors ---- */

/* True if the file has this vector of the training, as tensors training/NAME/... Some vectors exist
 * only with certain settings, such as a moving average. */
static bool has_vector(const source *s, const char *name)
{
    char prefix[64];
    const size_t length =
        (size_t)snprintf(prefix, sizeof prefix, PLM_DOCUMENT_TRAINING "%.31s/", name);
    for (size_t k = 0; k < s->d->tensors; k++)
        if (strncmp(s->d->tensor[k].name, prefix, length) == 0)
            return true;
    return false;
}

/* Reads the part of a parameter vector that belongs to one parameter. plm_weight_write converts the
 * row-major numbers of the file to the layout of the parameter. */
static plm_status read_weight(const source *s, const char *name, const plm_weight *weight,
                              plm_real *vector)
{
    const plm_dtype own = sizeof(plm_real) == sizeof(double) ? PLM_F64 : PLM_F32;
    const plm_document_tensor *t = find(s, name);
    if (t == NULL && strncmp(name, PLM_DOCUMENT_TRAINING, strlen(PLM_DOCUMENT_TRAINING)) == 0)
        return plm_snapshot_no_vector(s->w, s->path, name);
    if (t == NULL || t->dtype != own || t->rank != weight->rank ||
        memcmp(t->dims, weight->dims, (size_t)t->rank * sizeof t->dims[0]) != 0)
        return misfit(s, "the checkpoint has no tensor of the right shape with the name", name);
    plm_weight_write(weight, vector, t->data);
    return PLM_OK;
}

/* Reads a parameter vector, from tensors whose names begin with `prefix`. whole: true = the file
 * also has frozen parameters and state; false = only trained parameters. */
static plm_status read_vector(const source *s, plm_model *m, const char *prefix, plm_real *vector,
                              bool whole)
{
    for (size_t i = 0; i < m->graph.weights; i++) {
        const plm_weight *weight = &m->graph.weight[i];
        plm_text name = {.w = m->w};
        if (!weight->trainable && !whole)
            continue;
        plm_text_format(&name, "%s%s", prefix, weight->name);
        const plm_status status =
            name.failed ? PLM_E_MEMORY : read_weight(s, plm_text_get(&name), weight, vector);
        plm_text_free(&name);
        PLM_TRY(status);
    }
    return PLM_OK;
}

/* Reads a parameter vector by its name. */
static plm_status read_named(const source *s, plm_model *m, const plm_snapshot_vector *v)
{
    char prefix[64];
    snprintf(prefix, sizeof prefix, PLM_DOCUMENT_TRAINING "%.31s/", v->name);
    return read_vector(s, m, prefix, v->vector, v->whole);
}

/* Reads the parameters and the vectors of the training. The vectors good... are the state of the
 * last epoch that ended with a finite loss. They are in the file only if the fit stopped within an
 * epoch; files of older versions have only "good", the weights. */
static plm_status read_vectors(const source *s, plm_run *r)
{
    plm_snapshot_vector own[PLM_SNAPSHOT_OWN];
    plm_training *t = r->training;
    t->good_known = has_vector(s, "good");
    t->good_whole = find(s, PLM_SNAPSHOT_GOOD) != NULL;
    if (t->good_known)
        PLM_TRY(plm_training_open_good(t));
    const int n = plm_snapshot_own(t, t->good_known, own);
    for (int i = 0; i < n; i++)
        if (t->good_whole || strncmp(own[i].name, "good_", 5) != 0)
            PLM_TRY(read_named(s, r->model, &own[i]));
    return read_vector(s, r->model, "", r->model->vector.p, true);
}

/* ---- observers ---- */

/* Restores observer i of this fit from the observer with this number in the file: its numbers, and
 * the weights that it keeps. If an observer keeps weights, such as those of the best epoch, the
 * file has a separate vector for them. *has = false: the file has no such weights. */
static plm_status recall(const source *s, plm_run *r, int i, int number, bool *has)
{
    const plm_observer_kind *kind = r->kind[i];
    void *self = r->observer[i].self;
    plm_snapshot_vector kept = {.whole = true};
    char name[64];
    snprintf(name, sizeof name, PLM_DOCUMENT_TRAINING "observer/%d", number);
    if (kind->recall != NULL && find(s, name) != NULL) {
        double memory[PLM_MEMORIES];
        PLM_TRY(read_numbers(s, name, memory, PLM_MEMORIES));
        kind->recall(self, memory);
    }
    snprintf(kept.name, sizeof kept.name, "observer%d", number);
    *has = kind->weights != NULL && has_vector(s, kept.name);
    if (!*has)
        return PLM_OK;
    kept.vector = kind->weights(self, r->model, true);
    return kept.vector != NULL ? read_named(s, r->model, &kept) : PLM_E_MEMORY;
}

/* Restores all observers. more: true = the fit trains more epochs, so an observer that monitors
 * something else now begins anew. One that keeps weights and has none of the file chooses them from
 * the epochs of this fit alone. */
static plm_status read_observers(const source *s, plm_run *r, bool more)
{
    char lines[1 << 14];
    PLM_TRY(read_text(s, PLM_DOCUMENT_TRAINING "observers", lines, sizeof lines));
    for (int i = 0; i < r->opened; i++) {
        const int number = plm_snapshot_find_observer(r, i, lines, more);
        bool has = false;
        if (number < 0)
            return (plm_status)number;
        if (number != PLM_SNAPSHOT_NONE)
            PLM_TRY(recall(s, r, i, number, &has));
        if (more && !has && plm_snapshot_keeps(r, i))
            r->since.best = r->state.epochs;
    }
    return PLM_OK;
}

/* ---- the rest ---- */

/* Reads the number of batches whose gradients were accumulated since the last update. Older
 * versions did not store it; it is then computed from the number of steps, since their fits never
 * ended between two updates. Does nothing if gradients are not accumulated. */
static plm_status read_gathered(const source *s, plm_training *t)
{
    double batches = 0;
    if (t->gathered == NULL)
        return PLM_OK;
    t->gathered_batches = t->step % t->common.gradient_accumulation_steps;
    if (find(s, PLM_SNAPSHOT_GATHERED) == NULL)
        return PLM_OK;
    PLM_TRY(read_numbers(s, PLM_SNAPSHOT_GATHERED, &batches, 1));
    if (!is_count(batches) || batches > (double)t->step)
        return misfit(s, "the checkpoint has no count of batches in", PLM_SNAPSHOT_GATHERED);
    t->gathered_batches = (int64_t)batches;
    return PLM_OK;
}

/* Reads the numbers of the fallback state. number [count]: room for them. */
static plm_status read_good(const source *s, plm_training *t, double *number, size_t count)
{
    PLM_TRY(read_numbers(s, PLM_SNAPSHOT_GOOD, number, (int)count));
    for (int i = PLM_GOOD_STEP; i <= PLM_GOOD_GATHERED; i++)
        if (!is_count(number[i]))
            return misfit(s, "the checkpoint has no counts in", PLM_SNAPSHOT_GOOD);
    plm_good_numbers(t, number, false);
    return PLM_OK;
}

/* Reads what the optimizer keeps besides its slots; adafactor, for example, keeps means of rows and
 * columns. Then reads the numbers of the fallback state, if the file has them. */
static plm_status read_memory(const source *s, plm_training *t)
{
    const size_t count = plm_good_numbers(t, NULL, false);
    double *number = count > INT32_MAX ? NULL : plm_allocate_array(s->w, count, sizeof *number);
    plm_status status = number != NULL ? PLM_OK : PLM_E_MEMORY;
    if (status >= 0 && t->memories > 0)
        status = read_numbers(s, PLM_SNAPSHOT_MEMORY, number, (int)t->memories);
    for (size_t i = 0; status >= 0 && i < t->memories; i++)
        t->memory[i] = (plm_real)number[i];
    if (status >= 0 && t->good_known && t->good_whole)
        status = read_good(s, t, number, count);
    plm_release(s->w, number);
    return status;
}

/* Reads the number of batches of an unfinished epoch that are done, and the sums of the epoch.
 * r->skip: set to the number of batches that the resumed fit skips, since the net was trained on
 * them. */
static plm_status read_epoch(const source *s, plm_run *r)
{
    static const char name[] = PLM_DOCUMENT_TRAINING "epoch";
    const size_t count = 1 + plm_snapshot_sums(r->training, NULL, false);
    const plm_document_tensor *t = find(s, name);
    if (t == NULL)
        return PLM_OK;
    double *number = plm_allocate_array(s->w, count, sizeof *number);
    if (number == NULL || count > INT32_MAX)
        return PLM_E_MEMORY;
    const size_t older = count - PLM_SNAPSHOT_NEW_SUMS;
    memset(number, 0, count * sizeof *number);
    plm_status status =
        read_numbers(s, name, number, (int)(t->bytes / sizeof *number == older ? older : count));
    if (status >= 0 && !(is_count(number[0]) && is_count(number[1])))
        status = misfit(s, "the checkpoint has no counts of an epoch in", name);
    if (status >= 0) {
        r->skip = (int64_t)number[0];
        plm_snapshot_sums(r->training, number + 1, false);
    }
    plm_release(s->w, number);
    return status;
}

/* Reads the history. Rows that are out of order, as in a damaged file, are an error: the numbers in
 * the first column, the epoch, must increase. The size is compared with the bytes of the tensor
 * before anything is copied. */
static plm_status read_history(const source *s, plm_run *r)
{
    static const char name[] = PLM_DOCUMENT_TRAINING "history";
    const plm_document_tensor *t = find(s, name);
    char names[1 << 14];
    plm_epochs_cut(&r->model->epochs, 0);
    if (t == NULL)
        return PLM_OK;
    PLM_TRY(read_text(s, PLM_DOCUMENT_TRAINING "history_names", names, sizeof names));
    const bool table = t->dtype == PLM_F64 && t->rank == 2 && t->dims[1] > 0 &&
                       t->dims[1] <= PLM_LOGS + 1 &&
                       t->bytes == (size_t)(t->dims[0] * t->dims[1]) * sizeof(double);
    plm_status status = table ? PLM_OK : PLM_E_FORMAT;
    for (int64_t i = 1; status >= 0 && i < t->dims[0]; i++) {
        const double *row = (const double *)t->data + i * t->dims[1];
        if (!(row[0] > row[-t->dims[1]]))
            status = PLM_E_FORMAT;
    }
    if (status >= 0)
        status = plm_epochs_set(&r->model->epochs, names, (int)t->dims[1], t->dims[0], t->data);
    return status == PLM_E_FORMAT ? misfit(s, "the checkpoint has no history in", name) : status;
}

/* Restores model and training. over: true = the fit had ended and the same number of epochs is
 * requested again, so there is nothing left to do, and differences between the fits do not
 * matter. */
plm_status plm_snapshot_restore(plm_run *r, const plm_document *d, const char *path)
{
    const source s = {.w = r->model->w, .d = d, .path = path};
    plm_training *t = r->training;
    plm_fit_result about;
    double number[PLM_SNAPSHOT_NUMBERS];
    /* errors are ignored here; this record is read again after the fits were compared, and then
     * errors are reported */
    const plm_status known = plm_snapshot_get_info(s.w, d, path, &about);
    const bool over = known >= 0 && about.ended && about.epochs_requested == r->epochs;
    PLM_TRY(plm_same_run_check(r, d, path, over));
    PLM_TRY(plm_snapshot_get_info(s.w, d, path, &r->state));
    PLM_TRY(read_counts(&s, number));
    PLM_TRY(read_vectors(&s, r));
    r->first_epoch = r->state.epochs;
    t->step = (int64_t)number[PLM_SNAPSHOT_STEP];
    t->updates = (int64_t)number[PLM_SNAPSHOT_UPDATES];
    t->forced_rate = number[PLM_SNAPSHOT_FORCED_RATE];
    if (find(&s, PLM_DOCUMENT_TRAINING "rate") != NULL)
        PLM_TRY(read_numbers(&s, PLM_DOCUMENT_TRAINING "rate", &t->rate, 1));
    memcpy(t->state, number + PLM_SNAPSHOT_STATE, sizeof t->state);
    PLM_TRY(read_gathered(&s, t));
    PLM_TRY(read_memory(&s, t));
    PLM_TRY(read_epoch(&s, r));
    PLM_TRY(plm_snapshot_read_scores(r, d));
    PLM_TRY(read_history(&s, r));
    const bool more = !over && r->epochs > r->first_epoch;
    PLM_TRY(plm_snapshot_restore_since(r, d, path, more));
    PLM_TRY(read_observers(&s, r, more));
    r->model->adapted = true;
    plm_model_mark_dirty(r->model);
    PLM_TRY(plm_model_set_schema(r->model, d->setting[PLM_SETTING_SCHEMA], path));
    return plm_model_set_columns(r->model, d->setting[PLM_SETTING_INPUTS],
                                 d->setting[PLM_SETTING_TARGETS], path);
}
