/* How the format of a column is chosen. Internal to settle.c and notation.c. */
#ifndef PLM_TABLE_SETTLE_H
#define PLM_TABLE_SETTLE_H

#include "table/plain.h"
#include "table/store.h"

/* The formats of numbers, as bits. */
enum { PLM_NUMBER_FORMATS = 1 << PLM_FORMAT_POINT | 1 << PLM_FORMAT_COMMA };

/* What the words of a column say. */
typedef struct {
    plm_cell_reading *of; /* [words] */
    int64_t *count;       /* [words] number of cells */
    int64_t any;          /* number of cells that fit at least one number format */
    /* [f] = number of cells that format f fits; plain numbers are counted for each format that
     * reads them */
    int64_t fits[PLM_FORMATS];
    /* present: number of cells that are not missing. plain: number of cells whose text is not
     * kept */
    int64_t present, plain;
    bool same; /* true = each word has the same value in all formats that it fits */
} plm_findings;

/* Chooses the format of a column. evidence: the formats that the other columns require, as a bit
 * set. (notation.c) */
void plm_format_choose(const plm_store *t, plm_raw_column *c, const plm_findings *f,
                       unsigned evidence);

#endif
