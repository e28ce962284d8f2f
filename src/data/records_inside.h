/* Declarations that the two parts of the reader of records share: records.c, which fills the buffer
 * and counts lines, and records_split.c, which finds the cells of one record. */
#ifndef PLM_DATA_RECORDS_INSIDE_H
#define PLM_DATA_RECORDS_INSIDE_H

#include "data/records.h"
#include "data/rows.h"
#include "kernel/scan.h"

/* MARGIN: number of readable bytes before and after the text of the buffer. STEP: number of bytes
 * that one word of marks covers. */
enum { PLM_RECORDS_MARGIN = PLM_ROWS_MARGIN, PLM_RECORDS_STEP = 64 };

/* A record while it is split. */
typedef struct {
    size_t from;        /* where the present cell begins */
    size_t open, close; /* indices of the quotes of a quoted cell */
    bool quoted;        /* the current cell is in quotes */
    bool whole;         /* the record ends within the buffer */
    int64_t lines;      /* number of line ends so far, within quotes and at the end */
    size_t next;        /* where the next record begins */
} plm_splitting;

/* Returns the text of the buffer, which the caller may change. */
static inline char *plm_records_text(plm_records *r)
{
    return r->block + PLM_RECORDS_MARGIN;
}

/* Sets *place to the index of the next mark; false: the buffer has no more marks. */
static inline bool plm_records_mark(plm_records *r, size_t *place)
{
    while (r->bits == 0) {
        if (++r->word >= (r->end + PLM_RECORDS_STEP - 1) / PLM_RECORDS_STEP)
            return false;
        r->bits = r->mask[r->word];
    }
    *place = r->word * PLM_RECORDS_STEP + plm_lowest_bit(r->bits);
    r->bits &= r->bits - 1;
    return true;
}

/* Allocates a buffer of this size, and moves text[at .. end) to its beginning. (records.c) */
PLM_CHECKED plm_status plm_records_enlarge(plm_records *r, size_t room);
/* Scans text[at .. end) for marks, and moves to the first mark. (records.c) */
void plm_records_scan(plm_records *r);
/* For a record that ends at `to` and has line ends within cells: true if its lines have as many
 * delimiters as a row of the table, so that a quote is probably missing. In short records of few
 * columns this may be chance. (records.c) */
bool plm_records_look_like_rows(const plm_records *r, size_t to);
/* Moves the unused text to the beginning of the buffer and fills the rest. All indices into the
 * text change. (records.c) */
PLM_CHECKED plm_status plm_records_refill(plm_records *r);
/* Splits the record that begins at r->at into r->cell. s->whole = false: the buffer ends within the
 * record, which must be split again after plm_records_refill. Errors: E_FORMAT for a wrong quote or
 * a zero byte, E_DATA for too many cells. (records_split.c) */
PLM_CHECKED plm_status plm_records_split(plm_records *r, plm_splitting *s);
/* Replaces doubled quotes within the quoted cells of the record by single ones, in the buffer.
 * (records_split.c) */
void plm_records_unescape(plm_records *r);

#endif
