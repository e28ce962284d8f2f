/* Records of a block of the file that is in memory. A block begins anywhere, so its first record
 * may be no record at all, but the inside of a quoted cell; the caller finds that out
 * (table_blocks.c). So nothing here is an error. */
#include "data/records_inside.h"

#include <string.h>

/* The cells never grow while a block is split: a record with more cells than columns is no row. */
plm_status plm_records_block_open(plm_records *r, size_t room, size_t columns)
{
    PLM_TRY(plm_records_enlarge(r, room));
    r->cell = plm_allocate_array(r->w, columns, sizeof *r->cell);
    r->cell_room = r->most_cells = columns;
    return r->cell != NULL ? PLM_OK : PLM_E_MEMORY;
}

/* The caller reads the file into it, before it calls plm_records_block_begin. */
char *plm_records_block_text(plm_records *r)
{
    return plm_records_text(r);
}

/* What loads behind the last cell finds zeros there. */
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

/* Splits a record without a runtime, so that faults are not recorded. */
static bool split(plm_records *r, plm_splitting *s)
{
    plm *w = r->w;
    r->w = NULL;
    const plm_status status = plm_records_split(r, s);
    r->w = w;
    return status >= 0 && s->whole;
}

/* True if the record that was split, text[begun .. end), is one that plm_records_next would give,
 * with one cell for each column. */
static bool is_row(const plm_records *r, size_t begun, size_t end)
{
    const bool blank = r->cells == 1 && r->cell[0].from == r->cell[0].to && r->text[begun] != '"';
    return !blank && r->cells == r->most_cells && end - begun <= r->most_bytes &&
           !(r->inner > 0 && r->columns > 1 && plm_records_look_like_rows(r, end));
}

/* Whatever is unusual ends the block: a comment, a blank line, a record of another length, a fault.
 * The caller then goes on from there with the slow reader, which knows what to say about it. So
 * this path has no messages, and both paths give the same rows. */
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
