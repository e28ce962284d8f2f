/* Makes a stream from specs: adds transforms one by one, checks their order, and keeps track of the
 * remaining rows and the shape of a batch. A transform is checked when it is added, in the order of
 * the text, and may use what earlier transforms have set. Transforms that pick the same rows in
 * every epoch only reduce a range of positions, so that skipped rows are never read. */
#include <string.h>

#include "data/data.h"

enum { DEFAULT_BATCH = 32 };

/* Sets the shapes of the parts to those of the source. Called again after the source was fitted,
 * since widths may have changed. */
void plm_pipeline_parts(plm_data *d)
{
    const plm_source *s = d->source;
    d->classes = d->new_class ? d->classes : s->classes;
    d->added = 0;
    for (int i = 0; i < plm_source_parts(s); i++) {
        const plm_table *t = &s->table[i];
        d->part[i] = (plm_part){.rank = t->rank, .width = t->width, .room = t->width};
        memcpy(d->part[i].dims, t->dims, sizeof t->dims);
    }
}

/* Appends a stream to the list of the streams of its source, so that it gets the new widths when
 * the source is fitted. */
static void add_stream(plm_data *d)
{
    plm_data **last = &d->source->stream;
    while (*last)
        last = &(*last)->next;
    *last = d;
}

/* Removes a stream from the list of its source. */
void plm_source_remove_stream(plm_data *d)
{
    plm_data **at = &d->source->stream;
    while (*at && *at != d)
        at = &(*at)->next;
    if (*at)
        *at = d->next;
}

/* Makes a stream whose batches have the parts of the source; transforms may change these later. */
plm_data *plm_pipeline_new(plm *w, plm_source *s)
{
    plm_data *d = plm_allocate(w, sizeof *d);
    if (!d) {
        plm_source_release(s);
        return NULL;
    }
    d->w = w;
    plm_runtime_join(w);
    d->arena.w = w;
    d->source = s;
    d->batch = DEFAULT_BATCH;
    d->ahead_batches = -1;
    d->last = s->rows < 0 ? INT64_MAX : s->rows;
    plm_pipeline_parts(d);
    add_stream(d);
    return d;
}

/* Returns the first transform with this role; NULL = there is none. */
static const plm_transform *find_role(const plm_data *d, plm_transform_role role)
{
    for (int i = 0; i < d->transforms; i++)
        if (d->transform[i].kind->role == role)
            return &d->transform[i];
    return NULL;
}

/* True if the stream has a transform with this role, such as to make batches. */
bool plm_pipeline_has(const plm_data *d, plm_transform_role role)
{
    return find_role(d, role) != NULL;
}

/* Checks the order of transforms: transforms that pick or mix rows come before the batch, there is
 * one batch, and prefetch comes last. */
static plm_status check_place(plm_data *d, const plm_transform *t)
{
    const plm_transform_role role = t->kind->role;
    const char *name = t->kind->kind.name;
    if (role == PLM_TRANSFORM_DIVIDES)
        return plm_fail(
            d->w, PLM_E_SPEC, t->spec,
            "use split as the validation, validation: split(0.1), or call plm_data_split",
            "%s cannot be part of a pipeline", name);
    const plm_transform *batch = find_role(d, PLM_TRANSFORM_COLLECTS);
    const plm_transform *ahead = find_role(d, PLM_TRANSFORM_AHEAD);
    if (ahead)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "move prefetch to the end",
                        "%s must not come after %s", name, ahead->spec);
    if (batch && (role == PLM_TRANSFORM_PICKS || role == PLM_TRANSFORM_MIXES))
        return plm_fail(d->w, PLM_E_SPEC, t->spec,
                        "move %s before the batch: it works on rows, not on batches",
                        "%s must not come after %s", name, batch->spec);
    if (batch && role == PLM_TRANSFORM_COLLECTS)
        return plm_fail(d->w, PLM_E_SPEC, t->spec, "remove one of the two",
                        "the pipeline has two batch sizes: %s and %s", batch->spec, t->spec);
    return PLM_OK;
}

/* Applies a transform that picks rows once for all epochs, by reducing the stream's range of
 * positions. This is possible only if no earlier transform mixes rows: otherwise the picked rows
 * differ from epoch to epoch. */
static void fold(plm_data *d, plm_transform *t)
{
    if (t->kind->role != PLM_TRANSFORM_PICKS || find_role(d, PLM_TRANSFORM_MIXES))
        return;
    t->kind->pick(t, &d->first, &d->last);
    t->folded = true;
}

/* True if the rows are for predictions, where each row needs a prediction, in the order of the
 * rows. */
static bool predicts(const plm_data *d)
{
    return d->source->spec && !d->source->known.wants_targets;
}

/* For predictions, returns true for a transform that changes the order or is for training only: it
 * is left out, with a warning. A transform that picks rows by their class is kept, but gets a
 * warning, too. The warning is given once for each stream. */
static bool is_left_out(const plm_data *d, const plm_transform *t)
{
    if (!predicts(d))
        return false;
    if (t->kind->training_only)
        plm_warn(d->w, "%s is left out: it is for training only", t->spec);
    else if (t->kind->role == PLM_TRANSFORM_MIXES)
        plm_warn(d->w, "%s is left out: predictions come in the order of the rows", t->spec);
    else if (strstr(t->kind->kind.name, "_classes"))
        plm_warn(d->w, "%s picks rows by their class: all other rows get no prediction", t->spec);
    return t->kind->role == PLM_TRANSFORM_MIXES || t->kind->training_only;
}

/* For predictions, drop_remainder is ignored with a warning, since every row needs a prediction. */
static void keep_remainder(plm_data *d, const plm_transform *t)
{
    if (!predicts(d) || !d->drop_remainder)
        return;
    plm_warn(d->w, "drop_remainder of %s is left out: every row gets its prediction", t->spec);
    d->drop_remainder = false;
}

/* Appends a transform to the stream: parses its spec, checks its position among the others, and
 * lets it update what is known about the rows. Its function `settle` may use what earlier
 * transforms have set in the stream. The transform is put into the array before `settle` is called,
 * since it may keep a pointer to itself; the number of transforms is increased only on success. */
plm_status plm_pipeline_add(plm_data *d, const plm_spec *spec)
{
    if (d->transforms == PLM_TRANSFORMS)
        return plm_fail(d->w, PLM_E_SPEC, "pipeline", "remove some transforms",
                        "the pipeline has more than %d transforms", (int)PLM_TRANSFORMS);
    plm_transform t = {.data = d, .number = d->transforms};
    const plm_kind *kind = NULL;
    PLM_TRY(plm_kind_bind(&d->arena, "transform", spec, &kind, &t.config));
    t.kind = (const plm_transform_kind *)(const void *)kind;
    t.spec = plm_spec_text(&d->arena, spec);
    if (!t.spec)
        return PLM_E_MEMORY;
    PLM_TRY(check_place(d, &t));
    if (is_left_out(d, &t))
        return PLM_OK;
    plm_transform *kept = &d->transform[d->transforms];
    *kept = t;
    if (t.kind->settle)
        PLM_TRY(t.kind->settle(kept));
    keep_remainder(d, kept);
    fold(d, kept);
    d->transforms++;
    return PLM_OK;
}

/* Adds the transforms of a pipeline, in order, and checks at the end that some rows remain. */
plm_status plm_pipeline_build(plm_data *d, const plm_spec *const *specs, size_t count)
{
    for (size_t i = 0; i < count; i++)
        PLM_TRY(plm_pipeline_add(d, specs[i]));
    return plm_pipeline_check(d);
}

/* Returns the number of rows of an epoch. Each transform that picks rows, and is not applied yet
 * (`folded`), reduces the range of positions. */
int64_t plm_pipeline_rows(const plm_data *d)
{
    if (d->source->rows < 0)
        return -1;
    int64_t first = 0, last = d->last - d->first;
    for (int i = 0; i < d->transforms; i++) {
        const plm_transform *t = &d->transform[i];
        if (t->kind->role == PLM_TRANSFORM_PICKS && !t->folded)
            t->kind->pick(t, &first, &last);
    }
    const int64_t rows = last - first;
    return d->drop_remainder ? rows - rows % d->batch : rows;
}

/* Checks that some rows remain after all transforms. A batch that is larger than the data is an
 * error only with drop_remainder. */
plm_status plm_pipeline_check(plm_data *d)
{
    if (plm_pipeline_rows(d) != 0)
        return PLM_OK;
    if (d->drop_remainder && d->last - d->first > 0)
        return plm_fail(d->w, PLM_E_DATA, plm_source_title(d->source),
                        "use a smaller batch, or remove drop_remainder",
                        "the data has fewer rows than one batch of %lld", (long long)d->batch);
    return plm_fail(d->w, PLM_E_DATA, plm_source_title(d->source),
                    "change take, skip, split or the classes, so that some rows are left",
                    "no rows are left of the %lld rows of the data", (long long)d->source->rows);
}

/* Allocates the list of row numbers of an epoch and the buffers of batches. Rows in memory need a
 * list for the order of an epoch; streamed rows need a buffer for a batch in the file's element
 * types, and by default a thread that prefetches. This is done for the first batch: until then a
 * split may remove rows, and transforms may still change widths. */
plm_status plm_pipeline_prepare(plm_data *d)
{
    if (d->begun)
        return PLM_OK;
    if (!d->source->streamed) {
        d->room = d->last - d->first;
        d->order.row = plm_arena_array(&d->arena, (size_t)d->room, sizeof *d->order.row);
        if (!d->order.row)
            return PLM_E_MEMORY;
    } else {
        for (int i = 0; i < plm_source_parts(d->source); i++) {
            d->raw[i] =
                plm_arena_array(&d->arena, (size_t)plm_flow_capacity(d), plm_flow_row_bytes(d, i));
            if (!d->raw[i])
                return PLM_E_MEMORY;
        }
        if (d->ahead_batches != 0)
            PLM_TRY(plm_ahead_open(d, &d->ahead));
    }
    if (!d->ahead)
        PLM_TRY(plm_flow_slot(d, &d->slot));
    d->begun = true;
    return PLM_OK;
}

/* Returns the row of the source at a position. If rows were selected individually, they are in a
 * list; otherwise they are a range. */
int64_t plm_data_row_at(const plm_data *d, int64_t position)
{
    return d->chosen ? d->chosen[d->first + position] : d->first + position;
}

/* Returns the seed of a transform: its own seed, or the seed of the runtime. own: below 0 = not
 * set. */
uint64_t plm_data_seed(const plm_data *d, int64_t own)
{
    return own >= 0 ? (uint64_t)own : d->w->options.seed;
}
