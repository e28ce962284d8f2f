/* Computes the memory of a stream: what the stream and its source have allocated, and what
 * plm_pipeline_prepare and plm_ahead_open will allocate. */
#include "data/data.h"

/* Returns the number of bytes of a slot: inputs, targets and weights. */
static size_t slot_bytes(const plm_data *d)
{
    size_t row = 0;
    for (int i = 0; i < plm_data_parts(d); i++)
        row += d->part[i].room * sizeof(float);
    return row * (size_t)plm_flow_capacity(d);
}

/* Returns the number of bytes that the first batch will allocate: the slots, and either the list of
 * row numbers or a buffer for rows in the element types of the file. */
static size_t to_come(const plm_data *d)
{
    size_t sum = slot_bytes(d);
    if (!d->source->streamed)
        return sum + (size_t)(d->last - d->first) * sizeof *d->order.row;
    if (d->ahead_batches != 0)
        sum *= 1 + (size_t)(d->ahead_batches > 0 ? d->ahead_batches : 1);
    for (int i = 0; i < plm_data_parts(d); i++)
        sum += (size_t)plm_flow_capacity(d) * plm_flow_row_bytes(d, i);
    return sum;
}

/* Returns the number of bytes that a stream and its source have allocated. Before the first batch,
 * the memory that is still to be allocated is included as an estimate. */
size_t plm_data_bytes(const plm_data *d)
{
    const plm_source *s = d->source;
    size_t sum = plm_arena_bytes(&d->arena) + plm_arena_bytes(&s->arena);
    for (int i = 0; i < plm_source_parts(s); i++)
        if (s->table[i].owned)
            sum += (size_t)s->rows * s->table[i].width * plm_element_size(s->table[i].element);
    return d->begun ? sum : sum + to_come(d);
}
