/* Describes where a row of an epoch comes from, for messages. */
#include "data/data.h"

/* Returns the row of the source that is at a position of the present epoch. -1 = unknown, since the
 * rows are streamed and transforms mix or pick them while they are read. */
static int64_t row_at(const plm_data *d, int64_t position)
{
    if (!d->source->streamed)
        return position < d->order.count ? d->order.row[position] : -1;
    for (int i = 0; i < d->transforms; i++) {
        const plm_transform *t = &d->transform[i];
        if (t->kind->role == PLM_TRANSFORM_MIXES ||
            (t->kind->role == PLM_TRANSFORM_PICKS && !t->folded))
            return -1;
    }
    return d->first + position;
}

/* A row of a text file is named by its line, too, since that is what an editor shows. Rows of a CSV
 * count from 1, those of arrays from 0. */
void plm_data_place(const plm_data *d, int64_t position, int part, plm_text *out)
{
    plm_source *s = d->source;
    const int64_t row = row_at(d, position);
    /* not if it is streamed: another thread may be reading the source right now */
    const int64_t line =
        row >= 0 && !s->streamed && s->kind && s->kind->line ? s->kind->line(s, row) : 0;
    const char *file = part < plm_source_parts(s) ? s->table[part].name : s->name;
    if (line > 0)
        plm_text_format(out, "row %lld (line %lld) of '%.300s'", (long long)row + 1,
                        (long long)line, file);
    else if (row >= 0)
        plm_text_format(out, "row %lld, counted from 0, of '%.300s'", (long long)row, file);
}
