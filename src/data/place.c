/* Describes where a row of an epoch comes from, for messages. */
#include "data/data.h"

#include <string.h>

/* Rows of a stream are counted as they come, unless a transform mixes or drops some: then the
 * number is not known any more. */
int64_t plm_data_row(const plm_data *d, int64_t position)
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

/* Unknown rows, -1, come first. If the source is streamed, another thread may be reading it right
 * now, so the lines stay unknown. */
void plm_data_lines(const plm_data *d, int count, const int64_t *row, int64_t *line)
{
    plm_source *s = d->source;
    int known = 0;
    memset(line, 0, (size_t)count * sizeof *line);
    while (known < count && row[known] < 0)
        known++;
    if (known < count && !s->streamed && s->kind && s->kind->lines)
        s->kind->lines(s, count - known, row + known, line + known);
}

/* To look up many rows at once is much cheaper (plm_data_lines), since a file may have to be read
 * for it. */
int64_t plm_data_line(const plm_data *d, int64_t row)
{
    int64_t line = 0;
    plm_data_lines(d, 1, &row, &line);
    return line;
}

/* Appends where the row at a position of this epoch comes from: "row 7 (line 8) of 'a.csv'". A row
 * of a text file is named by its line, too, since that is what an editor shows. Rows of a CSV count
 * from 1, those of arrays from 0. */
void plm_data_place(const plm_data *d, int64_t position, int part, plm_text *out)
{
    const plm_source *s = d->source;
    const int64_t row = plm_data_row(d, position), line = plm_data_line(d, row);
    const char *file = part < plm_source_parts(s) ? s->table[part].name : s->name;
    if (line > 0)
        plm_text_format(out, "row %lld (line %lld) of '%.300s'", (long long)row + 1,
                        (long long)line, file);
    else if (row >= 0)
        plm_text_format(out, "row %lld, counted from 0, of '%.300s'", (long long)row, file);
}
