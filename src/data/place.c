/* Describes the origin of a row of an epoch, for messages. */
#include "data/data.h"

#include <string.h>

/* Returns the row at a position. Rows of a streamed source are counted, unless a transform mixes or
 * drops some: then the number is unknown. */
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

/* Finds lines. Unknown rows, -1, come first in `row`. If the source is streamed, another thread may
 * be reading it at the moment, so the lines are unknown. */
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

/* Finds the line of one row. Finding the lines of several rows at once by plm_data_lines is much
 * cheaper, since a file may have to be read. */
int64_t plm_data_line(const plm_data *d, int64_t row)
{
    int64_t line = 0;
    plm_data_lines(d, 1, &row, &line);
    return line;
}

/* Appends the origin of the row at a position of this epoch: "row 7 (line 8) of 'a.csv'". A row of
 * a text file is also identified by its line, which editors show. Rows of a CSV are counted from 1,
 * those of arrays from 0. */
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
