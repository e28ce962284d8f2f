/* A table in separated text, whose rows become parts of float32. */
#ifndef PLM_DATA_CSV_H
#define PLM_DATA_CSV_H

#include "data/cells.h"
#include "data/columns.h"
#include "data/rounding.h"

typedef struct {
    plm_cells cells;
    plm_columns columns;
    plm_rows_shape shape;     /* of the rows, from columns and cells */
    plm_collected_rows first; /* in double, to see what float32 loses of them */
    int64_t row;              /* rows read since the beginning */
} plm_csv;

/* A cell of the row that was read last. */
static inline const char *plm_csv_cell_text(const plm_csv *t, size_t column)
{
    return t->cells.text + t->cells.start[column];
}

/* How rows look, once the columns are chosen. */
plm_rows_shape plm_csv_shape(const plm_source *s, const plm_csv *t);
/* Reads rows from where the text stands: as many as the sink wants, of those that begin before the
 * place `limit` of the file. *over = the text ended before. E_DATA names row, line and column. */
PLM_CHECKED plm_status plm_csv_read(plm_source *s, plm_csv *t, int64_t limit, plm_rows_sink *sink,
                                    bool *over);
/* Reads all rows into the source's tables, by all threads where the file is plain. The text stands
 * at the first row. */
PLM_CHECKED plm_status plm_csv_load(plm_source *s, plm_csv *t);
/* The same for a plain file that is cut into blocks of so many bytes, of each of which its thread
 * reads `tail` bytes more. Rows and errors are the same however it is cut. */
PLM_CHECKED plm_status plm_csv_load_cut(plm_source *s, plm_csv *t, int64_t bytes, int64_t tail);

#endif
