/* A training on disk: an ordinary model file with more tensors. training/NAME/PARAMETER are
 * vectors of the optimizer, of the average, of gathered gradients and of observers;
 * training/numbers and training/observer/K are float64. Within an epoch training/epoch holds its
 * batches and sums so far. The shuffle and all noise are functions of seed, epoch and step, so
 * nothing else has to be kept. */
#include <string.h>

#include "format/format.h"
#include "train/run.h"

/* What training/numbers holds, in this order; a longer file is from a newer version. */
enum { EPOCH, STEP, UPDATES, FORCED_RATE, STATE, NUMBERS = STATE + 4 };

/* ---- the vectors of a training ---- */

typedef struct {
    const char *name;
    plm_real *vector;
    bool whole; /* covers frozen and state parameters, too */
} named_vector;

enum { VECTORS = PLM_SLOTS + 2 + 16 };

static int add_vector(named_vector *list, int n, const char *name, plm_real *vector, bool whole)
{
    if (vector != NULL && name != NULL && n < VECTORS)
        list[n++] = (named_vector){.name = name, .vector = vector, .whole = whole};
    return n;
}

static int own_vectors(const plm_training *t, named_vector *list)
{
    int n = 0;
    for (int i = 0; i < PLM_SLOTS && t->optimizer->slots != NULL && t->optimizer->slots[i] != NULL;
         i++)
        n = add_vector(list, n, t->optimizer->slots[i], t->m->vector.slot[i], false);
    n = add_vector(list, n, "average", t->average, false);
    return add_vector(list, n, "gathered", t->gathered, false);
}

/* Has a checkpoint tensors of this vector, training/NAME/...? */
static bool holds(const plm_document *d, const char *name)
{
    const size_t before = sizeof PLM_DOCUMENT_TRAINING - 1, length = strlen(name);
    for (size_t k = 0; k < d->tensors; k++) {
        const char *tensor = d->tensor[k].name;
        if (strncmp(tensor, PLM_DOCUMENT_TRAINING, before) == 0 &&
            strncmp(tensor + before, name, length) == 0 && tensor[before + length] == '/')
            return true;
    }
    return false;
}

/* What observers keep, made where a checkpoint (from; NULL = none) has it. Returns how many
 * there are; below 0 = no memory. */
static int observer_vectors(plm_run *r, plm_arena *a, named_vector *list, int n,
                            const plm_document *from)
{
    for (int i = 0; i < r->opened; i++) {
        if (r->kind[i]->weights == NULL)
            continue;
        const char *name = plm_arena_format(a, "observer%d", i);
        const bool make = from != NULL && name != NULL && holds(from, name);
        plm_real *vector = r->kind[i]->weights(r->observer[i].self, r->model, make);
        if (name == NULL || (make && vector == NULL))
            return PLM_E_MEMORY;
        n = add_vector(list, n, name, vector, true);
    }
    return n;
}

/* ---- writing ---- */

static plm_status add_tensor(plm_document *d, const plm_document_tensor *t)
{
    if (t->name == NULL || t->data == NULL)
        return PLM_E_MEMORY;
    d->tensor[d->tensors++] = *t;
    return PLM_OK;
}

static plm_status add_numbers(plm_document *d, const char *name, const double *number, int count)
{
    double *copy = plm_arena_array(&d->arena, (size_t)count, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, number, (size_t)count * sizeof *copy);
    const plm_document_tensor t = {.name = name,
                                   .rank = 1,
                                   .dims = {count},
                                   .dtype = PLM_F64,
                                   .data = copy,
                                   .bytes = (size_t)count * sizeof *copy};
    return add_tensor(d, &t);
}

static plm_status add_parts(const plm_model *m, plm_document *d, const named_vector *v)
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

/* Visits what an epoch has summed so far, one number after the other; `at` NULL = only counts
 * them. out: to `at`, else from it. */
static size_t sums_of_epoch(plm_training *t, double *at, bool out)
{
    size_t n = 0;
    double rows = (double)t->rows;
#define VISIT(number)                                                                              \
    {                                                                                              \
        if (at != NULL && out)                                                                     \
            at[n] = (number);                                                                      \
        else if (at != NULL)                                                                       \
            (number) = at[n];                                                                      \
        n++;                                                                                       \
    }
    VISIT(rows)
    VISIT(t->loss_sum)
    for (int k = 0; k < PLM_TARGETS; k++)
        VISIT(t->output_loss[k])
    for (int i = 0; i < t->metrics; i++) {
        VISIT(t->metric[i].sum)
        VISIT(t->metric[i].weight)
        for (size_t k = 0; k < t->metric[i].figures; k++)
            VISIT(t->metric[i].figure[k])
    }
#undef VISIT
    t->rows = (int64_t)rows;
    return n;
}

static plm_status add_epoch(plm_run *r, plm_document *d)
{
    const size_t count = 1 + sums_of_epoch(r->training, NULL, true);
    double *number = plm_arena_array(&d->arena, count, sizeof *number);
    if (r->batch == 0)
        return PLM_OK;
    if (number == NULL || count > INT32_MAX)
        return PLM_E_MEMORY;
    number[0] = (double)r->batch;
    sums_of_epoch(r->training, number + 1, true);
    return add_numbers(d, PLM_DOCUMENT_TRAINING "epoch", number, (int)count);
}

static plm_status add_training(plm_run *r, plm_document *d, int64_t epoch)
{
    const plm_training *t = r->training;
    named_vector list[VECTORS];
    const int64_t done = r->batch > 0 ? epoch : epoch + 1;
    double number[NUMBERS] = {(double)done, (double)t->step, (double)t->updates, t->forced_rate};
    memcpy(number + STATE, t->state, sizeof t->state);
    const int n = observer_vectors(r, &d->arena, list, own_vectors(t, list), NULL);
    PLM_TRY(n < 0 ? PLM_E_MEMORY : PLM_OK);
    plm_document_tensor *more = plm_arena_array(
        &d->arena, d->tensors + (size_t)n * r->model->graph.weights + (size_t)r->opened + 3,
        sizeof *more);
    if (more == NULL)
        return PLM_E_MEMORY;
    memcpy(more, d->tensor, d->tensors * sizeof *more);
    d->tensor = more;
    PLM_TRY(add_numbers(d, PLM_DOCUMENT_TRAINING "numbers", number, NUMBERS));
    /* what a schedule's rule goes on from */
    PLM_TRY(add_numbers(d, PLM_DOCUMENT_TRAINING "rate", &t->rate, 1));
    PLM_TRY(add_epoch(r, d));
    for (int i = 0; i < r->opened; i++) {
        double memory[PLM_MEMORIES] = {0};
        if (r->kind[i]->remember == NULL)
            continue;
        r->kind[i]->remember(r->observer[i].self, memory);
        PLM_TRY(add_numbers(d, plm_arena_format(&d->arena, PLM_DOCUMENT_TRAINING "observer/%d", i),
                            memory, PLM_MEMORIES));
    }
    for (int i = 0; i < n; i++)
        PLM_TRY(add_parts(r->model, d, &list[i]));
    return PLM_OK;
}

plm_status plm_checkpoint_write(plm_run *r, const char *path, int64_t epoch)
{
    plm_document d = {.arena = {.w = r->model->w}};
    plm_status status = plm_document_from_model(r->model, &d);
    if (status >= 0)
        status = add_training(r, &d, epoch);
    if (status >= 0)
        status = plm_document_save(r->model->w, &d, path, "safetensors");
    plm_document_free(&d);
    return status;
}

/* ---- reading ---- */

typedef struct {
    plm_run *r;
    const plm_document *d;
    const char *path;
} resuming;

static plm_status misfit(const resuming *s, const char *what, const char *name)
{
    return plm_fail(
        s->r->model->w, PLM_E_FORMAT, s->path,
        "resume with the run file (layers, optimizer, observers) that wrote the checkpoint",
        "%s '%s'", what, name);
}

static const plm_document_tensor *find(const resuming *s, const char *name)
{
    for (size_t i = 0; i < s->d->tensors; i++)
        if (strcmp(s->d->tensor[i].name, name) == 0)
            return &s->d->tensor[i];
    return NULL;
}

static plm_status read_numbers(const resuming *s, const char *name, double *out, int count)
{
    const plm_document_tensor *t = find(s, name);
    if (t == NULL || t->dtype != PLM_F64 || t->bytes != (size_t)count * sizeof *out)
        return misfit(s, "the file is no checkpoint of this training: there is no fitting tensor",
                      name);
    memcpy(out, t->data, t->bytes);
    return PLM_OK;
}

static plm_status read_vector(const resuming *s, plm_arena *a, const char *prefix, plm_real *vector,
                              bool whole)
{
    plm_model *m = s->r->model;
    for (size_t i = 0; i < m->graph.weights; i++) {
        const plm_weight *weight = &m->graph.weight[i];
        if (!weight->trainable && !whole)
            continue;
        const char *name = plm_arena_format(a, "%s%s", prefix, weight->name);
        if (name == NULL)
            return PLM_E_MEMORY;
        const plm_document_tensor *t = find(s, name);
        const plm_dtype own = sizeof(plm_real) == sizeof(double) ? PLM_F64 : PLM_F32;
        if (t == NULL || t->dtype != own || t->rank != weight->rank ||
            memcmp(t->dims, weight->dims, (size_t)t->rank * sizeof t->dims[0]) != 0)
            return misfit(s, "the checkpoint has no fitting tensor", name);
        plm_weight_write(weight, vector, t->data);
    }
    return PLM_OK;
}

static plm_status read_vectors(const resuming *s, plm_arena *a)
{
    named_vector list[VECTORS];
    const int n = observer_vectors(s->r, a, list, own_vectors(s->r->training, list), s->d);
    PLM_TRY(n < 0 ? PLM_E_MEMORY : PLM_OK);
    for (int i = 0; i < n; i++) {
        const char *prefix = plm_arena_format(a, PLM_DOCUMENT_TRAINING "%s/", list[i].name);
        if (prefix == NULL)
            return PLM_E_MEMORY;
        PLM_TRY(read_vector(s, a, prefix, list[i].vector, list[i].whole));
    }
    return read_vector(s, a, "", s->r->model->vector.p, true);
}

/* Counts of the file become whole numbers: none may be NaN, below 0 or above 2^53. */
static plm_status check_counts(const resuming *s, const double *number)
{
    for (int i = EPOCH; i <= UPDATES; i++)
        if (!(number[i] >= 0 && number[i] <= 0x1p53))
            return misfit(s, "no counts of a training stand in", PLM_DOCUMENT_TRAINING "numbers");
    return PLM_OK;
}

static plm_status read_epoch(const resuming *s, plm_arena *a)
{
    static const char name[] = PLM_DOCUMENT_TRAINING "epoch";
    const size_t count = 1 + sums_of_epoch(s->r->training, NULL, false);
    double *number = plm_arena_array(a, count, sizeof *number);
    if (find(s, name) == NULL)
        return PLM_OK;
    if (number == NULL || count > INT32_MAX)
        return PLM_E_MEMORY;
    PLM_TRY(read_numbers(s, name, number, (int)count));
    if (!(number[0] >= 0 && number[0] <= 0x1p53 && number[1] >= 0 && number[1] <= 0x1p53))
        return misfit(s, "no counts of an epoch stand in", name);
    s->r->skip = (int64_t)number[0];
    sums_of_epoch(s->r->training, number + 1, false);
    return PLM_OK;
}

static plm_status read_training(const resuming *s, plm_arena *a)
{
    plm_training *t = s->r->training;
    double number[NUMBERS];
    PLM_TRY(read_numbers(s, PLM_DOCUMENT_TRAINING "numbers", number, NUMBERS));
    PLM_TRY(check_counts(s, number));
    PLM_TRY(read_vectors(s, a));
    s->r->first_epoch = (int64_t)number[EPOCH];
    t->step = (int64_t)number[STEP];
    t->updates = (int64_t)number[UPDATES];
    t->forced_rate = number[FORCED_RATE];
    if (find(s, PLM_DOCUMENT_TRAINING "rate") != NULL)
        PLM_TRY(read_numbers(s, PLM_DOCUMENT_TRAINING "rate", &t->rate, 1));
    memcpy(t->state, number + STATE, sizeof t->state);
    PLM_TRY(read_epoch(s, a));
    for (int i = 0; i < s->r->opened; i++) {
        double memory[PLM_MEMORIES];
        const char *name = plm_arena_format(a, PLM_DOCUMENT_TRAINING "observer/%d", i);
        if (s->r->kind[i]->recall == NULL)
            continue;
        PLM_TRY(name != NULL ? read_numbers(s, name, memory, PLM_MEMORIES) : PLM_E_MEMORY);
        s->r->kind[i]->recall(s->r->observer[i].self, memory);
    }
    s->r->model->adapted = true;
    plm_model_stale(s->r->model);
    return PLM_OK;
}

plm_status plm_checkpoint_read(plm_run *r, const char *path)
{
    plm_document d = {.arena = {.w = r->model->w}};
    plm_status status = plm_document_load(r->model->w, path, "safetensors", &d);
    const resuming s = {.r = r, .d = &d, .path = path};
    if (status >= 0)
        status = read_training(&s, &d.arena);
    if (status >= 0)
        status = plm_model_set_columns(r->model, d.input_columns, d.target_columns, path);
    plm_document_free(&d);
    return status;
}

int64_t plm_checkpoint_epochs(plm *w, const char *path)
{
    if (w == NULL || path == NULL)
        return plm_fail(w, PLM_E_ORDER, "plm_checkpoint_epochs", "give a runtime and a path",
                        "an argument is NULL");
    plm_model named = {.w = w}; /* lends its runtime to messages */
    plm_run r = {.model = &named};
    plm_document d = {.arena = {.w = w}};
    double number[NUMBERS] = {0};
    const resuming s = {.r = &r, .d = &d, .path = path};
    plm_status status = plm_document_load(w, path, "safetensors", &d);
    if (status >= 0)
        status = read_numbers(&s, PLM_DOCUMENT_TRAINING "numbers", number, NUMBERS);
    if (status >= 0)
        status = check_counts(&s, number);
    plm_document_free(&d);
    return status < 0 ? status : (int64_t)number[EPOCH];
}
