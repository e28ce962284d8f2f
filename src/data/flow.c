/* Fills batches with rows. At the beginning of an epoch it makes the order of the rows. For each
 * batch it gathers the rows from memory, or reads them from a streamed source, converts them to
 * float32, and lets the transforms change them. This may run in the thread that prefetches, so
 * errors are recorded on the source's runtime. */
#include <string.h>

#include "data/data.h"
#include "kernel/kernel.h"

/* Returns the number of bytes of a row as the source stores it, before it is converted to float32.
 * */
size_t plm_flow_row_bytes(const plm_data *d, int part)
{
    const plm_table *t = &d->source->table[part];
    return t->width * plm_element_size(t->element);
}

/* Returns the max number of rows of a batch: the batch size, or the number of all rows if there are
 * fewer. A streamed source may have any number. */
int64_t plm_flow_capacity(const plm_data *d)
{
    if (d->source->rows < 0)
        return d->batch;
    const int64_t rows = d->last - d->first;
    return d->batch < rows ? d->batch : rows > 0 ? rows : 1;
}

/* Allocates the memory of one batch. part.room is the max number of values of a row between any two
 * transforms. */
plm_status plm_flow_slot(plm_data *d, plm_slot *slot)
{
    for (int i = 0; i < plm_data_parts(d); i++) {
        size_t bytes = 0;
        if (!plm_checked_multiply(d->part[i].room, sizeof(float), &bytes))
            return plm_fail_memory(d->w, plm_source_title(d->source));
        slot->value[i] = plm_arena_array(&d->arena, (size_t)plm_flow_capacity(d), bytes);
        if (!slot->value[i])
            return PLM_E_MEMORY;
    }
    return PLM_OK;
}

/* ---- beginning an epoch ---- */

/* Begins an epoch of a streamed source: goes back to the first row and resets the transforms that
 * pick or mix rows. */
static plm_status begin_stream(plm_data *d, int64_t epoch)
{
    d->at = 0;
    d->source->epoch = epoch;
    PLM_TRY(d->source->kind->seek(d->source, d->first));
    for (int i = 0; i < d->transforms; i++) {
        plm_transform *t = &d->transform[i];
        if (t->kind->role == PLM_TRANSFORM_MIXES)
            PLM_TRY(t->kind->start(t, epoch));
        if (t->kind->role == PLM_TRANSFORM_PICKS && !t->folded) {
            int64_t last = INT64_MAX;
            t->skip = 0;
            t->kind->pick(t, &t->skip, &last);
            t->left = last - t->skip;
        }
    }
    return PLM_OK;
}

/* Begins an epoch of rows in memory: makes the list of row numbers, and lets the transforms mix it
 * and pick from it. A pick moves the rows that it keeps to the front of the list, so that the next
 * transform sees only them. Transforms are applied in the order of the pipeline: skip after shuffle
 * drops other rows than skip before it. */
static void begin_order(plm_data *d, int64_t epoch)
{
    plm_order order = {.row = d->order.row, .count = d->last - d->first};
    for (int64_t i = 0; i < order.count; i++)
        order.row[i] = d->chosen ? d->chosen[d->first + i] : d->first + i;
    for (int i = 0; i < d->transforms; i++) {
        const plm_transform *t = &d->transform[i];
        if (t->kind->role == PLM_TRANSFORM_MIXES)
            t->kind->mix(t, epoch, &order);
        if (t->kind->role == PLM_TRANSFORM_PICKS && !t->folded) {
            int64_t first = 0, last = order.count;
            t->kind->pick(t, &first, &last);
            memmove(order.row, order.row + first, (size_t)(last - first) * sizeof *order.row);
            order.count = last - first;
        }
    }
    d->order = order;
    d->at = 0;
}

/* Begins an epoch of the stream. */
plm_status plm_flow_rewind(plm_data *d, int64_t epoch)
{
    d->given = 0;
    d->epoch = epoch;
    if (d->source->streamed)
        return begin_stream(d, epoch);
    begin_order(d, epoch);
    return PLM_OK;
}

/* ---- streamed rows ---- */

/* Reads rows from the source, but not beyond the stream's last row. */
static plm_status pull_source(plm_data *d, int64_t most, void *const out[PLM_PARTS], int64_t *got)
{
    const int64_t left = d->last - d->first - d->at;
    *got = 0;
    if (d->last != INT64_MAX && most > left)
        most = left;
    if (most <= 0)
        return PLM_OK;
    PLM_TRY(d->source->kind->read(d->source, most, out, got));
    d->at += *got;
    return PLM_OK;
}

/* Skips t->skip rows, then returns t->left rows. The rows that are skipped are read into the
 * caller's memory and overwritten. */
static plm_status pull_picked(plm_transform *t, int64_t most, void *const out[PLM_PARTS],
                              int64_t *got)
{
    *got = 0;
    while (t->skip > 0) {
        PLM_TRY(plm_flow_pull(t->data, t->number, t->skip < most ? t->skip : most, out, got));
        t->skip = *got > 0 ? t->skip - *got : 0;
    }
    *got = 0;
    if (most > t->left)
        most = t->left;
    if (most > 0)
        PLM_TRY(plm_flow_pull(t->data, t->number, most, out, got));
    t->left -= *got;
    return PLM_OK;
}

/* Finds the last transform before number `number` that mixes or picks rows, and reads from it. That
 * transform reads from those before it; the first one reads from the source. */
plm_status plm_flow_pull(plm_data *d, int number, int64_t most, void *const out[PLM_PARTS],
                         int64_t *got)
{
    for (int i = number - 1; i >= 0; i--) {
        plm_transform *t = &d->transform[i];
        if (t->kind->role == PLM_TRANSFORM_MIXES)
            return t->kind->pull(t, most, out, got);
        if (t->kind->role == PLM_TRANSFORM_PICKS && !t->folded)
            return pull_picked(t, most, out, got);
    }
    return pull_source(d, most, out, got);
}

/* ---- a batch ---- */

/* Reads the rows of a batch, checks them and converts them. Rows in memory were checked when they
 * were loaded; rows of a streamed source are checked each time they are read. */
static plm_status fill_from_stream(plm_data *d, plm_slot *slot)
{
    plm_source *s = d->source;
    PLM_TRY(plm_flow_pull(d, d->transforms, plm_flow_capacity(d), d->raw, &slot->rows));
    for (int i = 0; i < plm_source_parts(s); i++) {
        const plm_table *t = &s->table[i];
        PLM_TRY(plm_source_check(s, t, d->raw[i], slot->rows, d->given));
        plm_element_decode_by(d->w->kernel->isa, t->element, slot->value[i], d->raw[i],
                              (size_t)slot->rows * t->width);
    }
    if (slot->rows == 0 && d->given == 0)
        return plm_source_fail_empty(s, s->spec ? s->spec : s->name);
    return PLM_OK;
}

/* Gathers the rows of a batch, and converts them. */
static void fill_from_memory(plm_data *d, plm_slot *slot)
{
    const int64_t left = d->order.count - d->at;
    slot->rows = left < d->batch ? left : d->batch;
    for (int i = 0; i < plm_source_parts(d->source); i++) {
        const plm_table *t = &d->source->table[i];
        plm_element_gather(d->w->kernel->isa, t->element, slot->value[i], t->rows, t->width,
                           d->order.row + d->at, (size_t)slot->rows);
    }
    d->at += slot->rows;
}

/* Fills a batch and applies the transforms that change values; PLM_END = no more batches. A last,
 * smaller batch that drop_remainder drops has been read by then, which does not matter at the end.
 * */
static plm_status fill(plm_data *d, plm_slot *slot)
{
    slot->rows = 0;
    if (d->source->streamed)
        PLM_TRY(fill_from_stream(d, slot));
    else
        fill_from_memory(d, slot);
    d->given += slot->rows;
    if (slot->rows == 0 || (d->drop_remainder && slot->rows < d->batch))
        return PLM_END;
    for (int i = 0; i < d->transforms; i++)
        if (d->transform[i].kind->change)
            PLM_TRY(d->transform[i].kind->change(&d->transform[i], slot->value, slot->rows));
    return PLM_OK;
}

/* Fills a slot with the next batch; slot->status is PLM_END after the last one. The status is kept
 * in the slot until the caller takes the slot, perhaps in another thread. */
void plm_flow_fill(plm_data *d, plm_slot *slot)
{
    slot->status = fill(d, slot);
}
