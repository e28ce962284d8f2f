/* Adds the state of a training to a document, as tensors that snapshot.h lists. snapshot_restore.c
 * reads them.
 *
 * A checkpoint is an ordinary model file whose document has further tensors, all of them named
 * training/... So the file can also be loaded as a model. Counts and sums are doubles; vectors have
 * the type of the engine's numbers. */
#include "train/snapshot.h"
#include "train/snapshot_scores.h"

#include <stdio.h>
#include <string.h>

/* ---- tensors ---- */

/* Appends a tensor to the document. Fails with E_MEMORY if the name or the data is NULL, so that
 * callers need not check their allocations. */
static plm_status add_tensor(plm_document *d, const plm_document_tensor *t)
{
    if (t->name == NULL || t->data == NULL)
        return PLM_E_MEMORY;
    d->tensor[d->tensors++] = *t;
    return PLM_OK;
}

/* Adds a tensor [rows, columns] of numbers; rows == 0: a vector [columns]. */
static plm_status add_numbers(plm_document *d, const char *name, const double *number, int64_t rows,
                              int columns)
{
    const size_t count = (size_t)(rows > 0 ? rows : 1) * (size_t)columns;
    /* the document gets a copy, as training may continue before the document is written */
    double *copy = plm_arena_array(&d->arena, count, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, number, count * sizeof *copy);
    plm_document_tensor t = {.name = name,
                             .rank = 1,
                             .dims = {columns},
                             .dtype = PLM_F64,
                             .data = copy,
                             .bytes = count * sizeof *copy};
    if (rows > 0) {
        t.rank = 2;
        t.dims[0] = rows;
        t.dims[1] = columns;
    }
    return add_tensor(d, &t);
}

/* Adds a text as a tensor of bytes. An empty text is left out. A text has no type of its own in a
 * model file, so its bytes are stored as uint8. */
static plm_status add_text(plm_document *d, const char *name, const char *text)
{
    const size_t length = strlen(text);
    if (length == 0)
        return PLM_OK;
    const plm_document_tensor t = {.name = name,
                                   .rank = 1,
                                   .dims = {(int64_t)length},
                                   .dtype = PLM_U8,
                                   .data = plm_arena_text(&d->arena, text, length),
                                   .bytes = length};
    return add_tensor(d, &t);
}

/* Adds a parameter vector to the document, as one tensor for each parameter. whole: false = only
 * trained parameters are added. Parameters are written row-major, as everywhere in files. */
static plm_status add_vectors(const plm_model *m, plm_document *d, const plm_snapshot_vector *v)
{
    for (size_t i = 0; i < m->graph.weights; i++) {
        const plm_weight *weight = &m->graph.weight[i];
        if (!weight->trainable && !v->whole)
            continue;
        plm_real *values = plm_arena_array(&d->arena, weight->count, sizeof *values);
        plm_document_tensor t = {.name = plm_arena_format(&d->arena, PLM_DOCUMENT_TRAINING "%s/%s",
                                                          v->name, weight->name),
                                 .rank = weight->rank,
                                 .dtype = sizeof(plm_real) == sizeof(double) ? PLM_F64 : PLM_F32,
                                 .data = values,
                                 .bytes = weight->count * sizeof *values};
        memcpy(t.dims, weight->dims, sizeof t.dims);
        if (values != NULL)
            plm_weight_read(weight, v->vector, values);
        PLM_TRY(add_tensor(d, &t));
    }
    return PLM_OK;
}

/* ---- parts of a training ---- */

/* Copies one number to at[*n] if `out` is true, else from at[*n], and adds 1 to *n. at = NULL: only
 * adds 1. The same function writes and reads, so that the order of the numbers is the same. */
static void visit(double *number, double *at, bool out, size_t *n)
{
    if (at != NULL && out)
        at[*n] = *number;
    else if (at != NULL)
        *number = at[*n];
    ++*n;
}

/* Copies the sums of the epoch so far to `at` if `out`, else from `at` into the training. at ==
 * NULL: only counts the sums. */
size_t plm_snapshot_sums(plm_training *t, double *at, bool out)
{
    size_t n = 0;
    double rows = (double)t->rows;
    visit(&rows, at, out, &n);
    visit(&t->loss_sum, at, out, &n);
    for (int k = 0; k < PLM_TARGETS; k++)
        visit(&t->head[k].loss_sum, at, out, &n);
    for (int i = 0; i < t->metrics; i++) {
        visit(&t->metric[i].sum, at, out, &n);
        visit(&t->metric[i].weight, at, out, &n);
        for (size_t k = 0; k < t->metric[i].gathered.totals; k++)
            visit(&t->metric[i].gathered.total[k], at, out, &n);
    }
    visit(&t->penalty_sum, at, out, &n);
    visit(&t->norm.sum, at, out, &n);
    visit(&t->norm.count, at, out, &n);
    t->rows = (int64_t)rows;
    return n;
}

/* Appends to d the number of batches whose gradients were accumulated since the last update. Does
 * nothing if gradients are not accumulated. */
static plm_status add_gathered(const plm_training *t, plm_document *d)
{
    const double batches = (double)t->gathered_batches;
    return t->gathered == NULL ? PLM_OK : add_numbers(d, PLM_SNAPSHOT_GATHERED, &batches, 0, 1);
}

/* Adds what the optimizer keeps besides its slots, in double, which holds every float32 exactly.
 * Does nothing if it keeps nothing else. */
static plm_status add_memory(const plm_training *t, plm_document *d)
{
    if (t->memories == 0 || t->memories > INT32_MAX)
        return t->memories == 0 ? PLM_OK : PLM_E_MEMORY;
    double *number = plm_allocate_array(t->m->w, t->memories, sizeof *number);
    if (number == NULL)
        return PLM_E_MEMORY;
    for (size_t i = 0; i < t->memories; i++)
        number[i] = (double)t->memory[i];
    const plm_status status = add_numbers(d, PLM_SNAPSHOT_MEMORY, number, 0, (int)t->memories);
    plm_release(t->m->w, number);
    return status;
}

/* Adds the number of batches of an unfinished epoch that are done, and its sums. Does nothing
 * between two epochs. */
static plm_status add_epoch(plm_run *r, plm_document *d)
{
    const size_t count = 1 + plm_snapshot_sums(r->training, NULL, true);
    if (r->batch == 0)
        return PLM_OK;
    double *number = plm_arena_array(&d->arena, count, sizeof *number);
    if (number == NULL || count > INT32_MAX)
        return PLM_E_MEMORY;
    number[0] = (double)r->batch;
    plm_snapshot_sums(r->training, number + 1, true);
    return add_numbers(d, PLM_DOCUMENT_TRAINING "epoch", number, 0, (int)count);
}

/* Adds the numbers of the fallback state. Does nothing between two epochs. */
static plm_status add_good(const plm_run *r, plm_document *d)
{
    const size_t count = plm_good_numbers(r->training, NULL, true);
    if (r->batch == 0 || r->training->good == NULL)
        return PLM_OK;
    double *number = plm_arena_array(&d->arena, count, sizeof *number);
    if (number == NULL || count > INT32_MAX)
        return PLM_E_MEMORY;
    plm_good_numbers(r->training, number, true);
    return add_numbers(d, PLM_SNAPSHOT_GOOD, number, 0, (int)count);
}

/* Adds whether and why the fit ended. */
static plm_status add_end(const plm_run *r, plm_document *d)
{
    const double end[PLM_SNAPSHOT_ENDS] = {[PLM_SNAPSHOT_ENDED] = r->state.ended,
                                           [PLM_SNAPSHOT_REQUESTED] = (double)r->epochs,
                                           [PLM_SNAPSHOT_BEST] = (double)r->state.best_epoch};
    PLM_TRY(add_numbers(d, PLM_DOCUMENT_TRAINING "end", end, 0, PLM_SNAPSHOT_ENDS));
    return add_text(d, PLM_DOCUMENT_TRAINING "stopped_by", r->state.stopped_by);
}

/* Adds from which epoch on values can be compared. */
static plm_status add_since(const plm_run *r, plm_document *d)
{
    const plm_since now = plm_fit_since(r);
    uint32_t sum = 0;
    PLM_TRY(plm_snapshot_loss_sum(r->model, &sum));
    const double since[PLM_SNAPSHOT_SINCES] = {[PLM_SNAPSHOT_SINCE_LOSS] = (double)now.loss,
                                               [PLM_SNAPSHOT_SINCE_BEST] = (double)now.best,
                                               [PLM_SNAPSHOT_LOSS_SUM] = sum};
    return add_numbers(d, PLM_DOCUMENT_TRAINING "since", since, 0, PLM_SNAPSHOT_SINCES);
}

/* Adds the history and the names of its columns. */
static plm_status add_history(const plm_model *m, plm_document *d)
{
    const plm_epochs *t = &m->epochs;
    plm_text names = {.w = m->w};
    if (t->rows == 0)
        return PLM_OK;
    plm_epochs_names(t, &names);
    plm_status status = names.failed ? PLM_E_MEMORY : PLM_OK;
    if (status >= 0)
        status = add_text(d, PLM_DOCUMENT_TRAINING "history_names", plm_text_get(&names));
    plm_text_free(&names);
    PLM_TRY(status);
    return add_numbers(d, PLM_DOCUMENT_TRAINING "history", t->value, t->rows, t->columns);
}

/* Adds a line for each observer (snapshot_observers.c), and the numbers that it stores. By its
 * kind, an observer finds its numbers even if the list of observers has changed. An observer
 * without `remember` has a line, but no numbers. */
static plm_status add_observers(plm_run *r, plm_document *d)
{
    plm_text lines = {.w = r->model->w};
    plm_status status = PLM_OK;
    for (int i = 0; i < r->opened && status >= 0; i++) {
        double memory[PLM_MEMORIES] = {0};
        plm_text_add(&lines, i > 0 ? "\n" : "");
        plm_snapshot_put_observer(r, i, &lines);
        if (r->kind[i]->remember == NULL)
            continue;
        r->kind[i]->remember(r->observer[i].self, memory);
        status = add_numbers(d, plm_arena_format(&d->arena, PLM_DOCUMENT_TRAINING "observer/%d", i),
                             memory, 0, PLM_MEMORIES);
    }
    if (status >= 0 && lines.failed)
        status = PLM_E_MEMORY;
    if (status >= 0)
        status = add_text(d, PLM_DOCUMENT_TRAINING "observers", plm_text_get(&lines));
    plm_text_free(&lines);
    return status;
}

/* Adds the vectors of the training, and the vectors of observers that keep weights. */
static plm_status add_all_vectors(plm_run *r, plm_document *d)
{
    plm_snapshot_vector own[PLM_SNAPSHOT_OWN];
    const int n = plm_snapshot_own(r->training, r->batch > 0, own);
    for (int i = 0; i < n; i++)
        PLM_TRY(add_vectors(r->model, d, &own[i]));
    for (int i = 0; i < r->opened; i++) {
        plm_snapshot_vector kept = {.whole = true};
        if (r->kind[i]->weights != NULL)
            kept.vector = r->kind[i]->weights(r->observer[i].self, r->model, false);
        snprintf(kept.name, sizeof kept.name, "observer%d", i);
        if (kept.vector != NULL)
            PLM_TRY(add_vectors(r->model, d, &kept));
    }
    return PLM_OK;
}

/* Makes the document's array of tensors longer by those of a training: copies it before anything is
 * added, as its length is fixed. */
static plm_status reserve(const plm_run *r, plm_document *d)
{
    const size_t observers = (size_t)r->opened, vectors = PLM_SNAPSHOT_OWN + observers;
    const size_t tensors =
        d->tensors + vectors * r->model->graph.weights + observers +
        14; /* the other tensors: "numbers", "rate", "gathered", "memory", "end", "since", "epoch",
             * "good_numbers" and "history" (see plm_snapshot_take), and five texts */
    plm_document_tensor *more = plm_arena_array(&d->arena, tensors, sizeof *more);
    if (more == NULL)
        return PLM_E_MEMORY;
    memcpy(more, d->tensor, d->tensors * sizeof *more);
    d->tensor = more;
    return PLM_OK;
}

/* Makes a document of the model and its training. Numbers are copied, since the training may
 * continue before the file is written. */
plm_status plm_snapshot_take(plm_run *r, plm_document *d)
{
    const plm_training *t = r->training;
    double number[PLM_SNAPSHOT_NUMBERS] = {
        [PLM_SNAPSHOT_EPOCH] = (double)r->state.epochs,
        [PLM_SNAPSHOT_STEP] = (double)t->step,
        [PLM_SNAPSHOT_UPDATES] = (double)t->updates,
        [PLM_SNAPSHOT_FORCED_RATE] = t->forced_rate,
    };
    memcpy(number + PLM_SNAPSHOT_STATE, t->state, sizeof t->state);
    PLM_TRY(plm_document_from_model(r->model, d));
    PLM_TRY(reserve(r, d));
    PLM_TRY(add_numbers(d, PLM_DOCUMENT_TRAINING "numbers", number, 0, PLM_SNAPSHOT_NUMBERS));
    /* the rate of the last step is stored, since some schedules compute the next rate from it */
    PLM_TRY(add_numbers(d, PLM_DOCUMENT_TRAINING "rate", &t->rate, 0, 1));
    PLM_TRY(add_gathered(t, d));
    PLM_TRY(add_memory(t, d));
    PLM_TRY(add_epoch(r, d));
    PLM_TRY(add_good(r, d));
    PLM_TRY(add_end(r, d));
    PLM_TRY(add_since(r, d));
    PLM_TRY(add_history(r->model, d));
    PLM_TRY(add_text(d, PLM_DOCUMENT_TRAINING "facts", r->facts != NULL ? r->facts : ""));
    PLM_TRY(add_text(d, PLM_DOCUMENT_TRAINING "run", r->run != NULL ? r->run : ""));
    PLM_TRY(add_observers(r, d));
    PLM_TRY(add_all_vectors(r, d));
    return plm_snapshot_add_scores(r, d);
}
