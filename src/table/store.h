/* The raw cells of a table, column by column. Reading and deciding are two steps: plm_store_add
 * keeps plain numbers as doubles and all other cells as texts, each different text once; then
 * plm_store_settle decides for each column in which format its texts are numbers or dates, as all
 * of its cells are known. */
#ifndef PLM_TABLE_STORE_H
#define PLM_TABLE_STORE_H

#include "base/index.h"
#include "base/text.h"
#include "table/formats.h"

/* WORDS: max number of different texts of a column that are kept, unless they may be numbers or
 * dates. DIFFERENT: different cells are counted up to this number, and one more for others. */
enum { PLM_STORE_WORDS = 20000, PLM_STORE_DIFFERENT = 20 };

/* Number of words of a column that are found without a search. */
enum { PLM_STORE_RECENT = 64 };

/* Bytes beside a cell that may be loaded, whatever they are. */
enum { PLM_STORE_MARGIN = 16 };

/* Values of plm_raw_column.code that are no place in `word`: a missing cell; a plain number, whose
 * text is not kept. */
enum { PLM_CODE_MISSING = -1, PLM_CODE_PLAIN = -2 };

/* A raw column. */
typedef struct {
    const char *name; /* NULL = the table has no header */
    bool keep;        /* set after plm_store_open: keep the texts of all cells */
    /* [rows] the number or the date (seconds since 1970) of a cell; NaN = missing; infinite = the
     * cell is another word */
    double *number;
    /* [rows] the place of the cell's text in `word`, or a PLM_CODE. NULL = no texts are kept: there
     * are none, or too many different ones */
    int32_t *code;
    bool coded;        /* `code` has a place for each cell that is not missing */
    bool many;         /* there are too many different texts */
    const char **word; /* [words] the different texts, by first appearance */
    size_t words, word_room;
    plm_index find;  /* from a text to its place in `word` */
    int32_t *recent; /* [PLM_STORE_RECENT] 1 + the places of words that were found last; 0 = none */
    unsigned common; /* once there are many words: formats that all of them fit */
    /* number of cells: of texts that were kept; missing; plain numbers with a point, those that
     * could be thousands in groups (1.234) not among them; those that could */
    int64_t texts, missing, points, groups;
    /* what plm_store_settle is to do, set before: */
    plm_cell_format prefer; /* the format to take if several fit; PLM_FORMATS = none */
    bool force;             /* take it in any case */
    /* what plm_store_settle found: */
    plm_cell_format format;         /* of the cells; PLM_FORMATS = they are words */
    bool required;                  /* no other format fits all cells */
    bool ambiguous;                 /* other formats fit as well, and give other numbers */
    const char *disagree;           /* what the cells do not agree on; NULL = nothing */
    bool percent;                   /* all numbers have a percent sign */
    int currency;                   /* the sign of the numbers, see plm_currency_sign */
    int64_t numbers, dates, others; /* number of cells of each kind */
    int64_t whole;                  /* number of cells that are whole numbers */
    int64_t steps;     /* number of cells that are 1 above the cell of the row before */
    int64_t different; /* different cells, see PLM_STORE_DIFFERENT */
    bool sentences;    /* the words have more than one blank on average */
    double low, high;  /* smallest and largest number or date */
    int64_t odd_row;   /* the first row with another word; -1 = none */
    const char *odd;   /* that word */
} plm_raw_column;

/* A cell of a row: its text is text[from .. to). */
typedef struct {
    size_t from, to;
} plm_cell_span;

/* The place of a cell in the text of a batch. */
typedef struct {
    uint32_t from, to;
} plm_batch_cell;

/* Rows that were added and are not in the columns yet, see batch.c. */
typedef struct {
    char *text; /* [text_room] the texts of the rows; NULL = there was no row yet */
    size_t length, text_room;
    plm_batch_cell *cell; /* [most][columns] of them, rows are in use */
    size_t rows, most;
    uint64_t *odd; /* [columns][marks] a bit for each row: the cell is no plain number */
    size_t marks;
} plm_store_batch;

/* A table. Zero-initialise it, set arena and the settings, then call plm_store_open. */
typedef struct {
    plm_arena arena;
    /* settings */
    char delimiter;         /* between the cells of the file; decides what "1,234" means */
    bool keep_groups;       /* keep the texts of numbers such as 1.234, which may be thousands */
    size_t most_bytes;      /* max memory; 0 = no limit */
    plm_raw_column *column; /* [columns] */
    size_t columns;
    bool header;
    int64_t rows, capacity; /* rows: of the columns, without those in `batch` */
    int64_t expected;       /* number of rows that the table may have in the end; 0 = not known */
    int64_t *line;          /* [rows] the line of the file that a row begins on */
    char *pool;             /* memory for texts, `left` bytes */
    size_t left;
    plm_text copy; /* the text of a cell, ended by a NUL */
    plm_store_batch batch;
} plm_store;

/* Makes an empty table. */
PLM_CHECKED plm_status plm_store_open(plm_store *t, size_t columns);
/* Appends a row: cell i is text[cell[i].from .. cell[i].to), and the cells are in their order in
 * text. The row is copied, and is in the columns after plm_store_flush. Errors: E_MEMORY; E_DATA
 * above the limit of memory, at `where`. (batch.c) */
PLM_CHECKED plm_status plm_store_add(plm_store *t, int64_t line, const char *text,
                                     const plm_cell_span *cell, const char *where);
/* Puts the rows that were added into the columns. (batch.c) */
PLM_CHECKED plm_status plm_store_flush(plm_store *t);
/* True if there is no memory for one more row. */
static inline bool plm_store_is_full(const plm_store *t)
{
    return t->rows + (int64_t)t->batch.rows == t->capacity;
}
/* Enlarges all columns; the batch must be empty. Errors: as plm_store_add. */
PLM_CHECKED plm_status plm_store_grow(plm_store *t, const char *where);
/* Puts a cell that is no plain number into a column: s[n], with PLM_STORE_MARGIN readable bytes on
 * both sides. */
PLM_CHECKED plm_status plm_store_other(plm_store *t, size_t column, int64_t row, const char *s,
                                       size_t n);
/* Removes all rows but row[rows], which rise. */
void plm_store_keep(plm_store *t, const int64_t *row, int64_t rows);
void plm_store_free(plm_store *t);

/* Decides the format of every column, and sets the numbers of its cells. (settle.c) */
PLM_CHECKED plm_status plm_store_settle(plm_store *t);
/* As plm_store_settle, for one column whose `prefer` and `force` were changed. */
PLM_CHECKED plm_status plm_store_settle_column(plm_store *t, size_t column);
/* True if a column has a decimal comma, and numbers such as 1.234 among them, whose texts were not
 * kept: read the table again with keep_groups. */
bool plm_store_lacks_groups(const plm_store *t);
/* Makes codes for all cells of a column, if its different texts are not too many. (codes.c) */
PLM_CHECKED plm_status plm_store_code(plm_store *t, size_t column);
/* True if all cells of a column are different numbers. */
PLM_CHECKED plm_status plm_store_is_unique(const plm_store *t, size_t column, bool *out);

/* Reads a cell as a number: "12", "-1.5e3", "12 %", "$2.50". False: it is none. (cell.c) */
bool plm_table_number(const char *cell, double *out);
/* True if the cell is empty or a common mark of a missing value: NA, null, ?, - and others. */
bool plm_table_missing(const char *cell);
/* The parts of a time: share of the year, of the week (Monday = 0) and of the day that are over,
 * each from 0 to 1. (date.c) */
typedef struct {
    double year, week, day;
} plm_date_parts;
plm_date_parts plm_table_date_parts(double seconds);
/* True if the time is the beginning of the first day of a month. */
bool plm_table_first_of_month(double seconds);
/* Sine and cosine of a full turn times `share`, from 0 to 1, made of + - * / so that all machines
 * give the same bits. */
void plm_table_turn(double share, double *sine, double *cosine);
/* True if the first line of a table holds names of columns: first[columns] are its cells,
 * second[columns] those of the second line, or NULL. (header.c) */
bool plm_table_has_header(const char *const *first, const char *const *second, size_t columns);

#endif
