/* Reads records of a block of the file that is in memory. A block begins at any byte, so its first
 * record may in fact be the inside of a quoted cell; the caller detects this (table_blocks.c). So
 * this file reports no errors. */
#include "data/records_inside.h"

#include <string.h>

/* Allocates the buffers. The capacity for cells never grows while a block is split: a record with
 * more cells than the table has columns is not a row. */
plm_status plm_records_block_open(plm_records *r, size_t room, size_t columns)
{
    PLM_TRY(plm_records_enlarge(r, room));
    r->cell = plm_allocate_array(r->w, columns, sizeof *r->cell);
    r->cell_room = r->most_cells = columns;
    return r->cell != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* Returns the buffer into which the caller reads the file before it calls plm_records_block_begin.
 * */
char *plm_records_block_text(plm_records *r)
{
    return plm_records_text(r);
}

/* Begins a block. The bytes after the text are set to zeros, as vector loads may read them. */
void plm_records_block_begin(plm_records *r, size_t at, size_t end)
{
    r->text = plm_records_text(r);
    r->at = at;
    r->end = end;
    r->next_line = 0;
    r->over = false;
    memset(plm_records_text(r) + end, 0, PLM_RECORDS_MARGIN);
    plm_records_scan(r);
}

/* Splits a record while r has no runtime, so that errors are not recorded. */
static bool split(plm_records *r, plm_splitting *s)
{
    plm *w = r->w;
    r->w = NULL;
    const plm_status status = plm_records_split(r, s);
    r->w = w;
    return status >= 0 && s->whole;
}

/* True if the record text[begun .. end) is one that plm_records_next would return as a row, with
 * one cell for each column. */
static bool is_row(const plm_records *r, size_t begun, size_t end)
{
    const bool blank = r->cells == 1 && r->cell[0].from == r->cell[0].to && r->text[begun] != '"';
    return !blank && r->cells == r->most_cells && end - begun <= r->most_bytes &&
           !(r->inner > 0 && r->columns > 1 && plm_records_look_like_rows(r, end));
}

/* Reads a simple record. Anything unusual stops it: a comment, a blank line, a record of another
 * length, an error. The caller then continues with the slow reader, which has the messages. Both
 * readers give the same rows. */
bool plm_records_block_next(plm_records *r)
{
    plm_splitting s = {.from = r->at, .whole = true};
    const size_t begun = r->at;
    r->cells = 0;
    r->inner = 0;
    r->escapes = false;
    if (begun >= r->end || r->text[begun] == '#' || !split(r, &s) || !is_row(r, begun, s.next))
        return false;
    r->line = r->next_line;
    r->next_line += s.lines;
    r->at = s.next;
    if (r->escapes)
        plm_records_unescape(r);
    return true;
}
