/* The raw cells of a table, column by column. There are two steps. plm_store_add keeps plain
 * numbers as doubles and all other cells as texts, each different text once. When all cells are
 * known, plm_store_settle decides for each column in which format its texts are numbers or
 * dates. */
#ifndef PLM_TABLE_STORE_H
#define PLM_TABLE_STORE_H

#include "base/index.h"
#include "base/text.h"
#include "table/formats.h"

/* WORDS: max number of different texts of a column that are kept, unless they may be numbers or
 * dates. DIFFERENT: different cells are counted only up to this number; a count of DIFFERENT + 1
 * means that there are more. */
enum { PLM_STORE_WORDS = 20000, PLM_STORE_DIFFERENT = 20 };

/* Size of the cache, for each column, of words that were found last. */
enum { PLM_STORE_RECENT = 64 };

/* Number of bytes before and after the text of a cell that must be readable. Their values do not
 * matter. */
enum { PLM_STORE_MARGIN = 16 };

/* Values of plm_raw_column.code that are not a place in `word`: a missing cell; a plain number,
 * whose text is not kept. */
enum { PLM_CODE_MISSING = -1, PLM_CODE_PLAIN = -2 };

/* A raw column. */
typedef struct {
    const char *name; /* NULL = the table has no header */
    bool keep;        /* set after plm_store_open: keep the texts of all cells */
    bool literal;     /* set after plm_store_open: NA and other marks of missing values are words */
    int64_t na;       /* number of missing cells that are the text NA */
    /* [rows] the number or the date (seconds since 1970) of a cell; NaN = missing; infinite = the
     * cell is a word that is not a number or date in the format */
    double *number;
    /* [rows] the index of the cell's text in `word`, or a PLM_CODE. NULL = no codes are kept, since
     * there are no texts, or too many different ones */
    int32_t *code;
    /* [rows] for a series: the number that replaces a missing cell, which is the last known number
     * before it in its series; NaN = none is known. NULL = no cell is missing, or the table is not
     * a series */
    double *carried;
    bool coded; /* true = `code` has an index for each cell that is not missing */
    bool many;  /* there are too many different texts */
    /* [words] the different texts of the column, in the order of first appearance */
    const char **word;
    size_t words, word_room;
    plm_index find; /* from a text to its place in `word` */
    /* [PLM_STORE_RECENT] cache: 1 + the indices of the words that were found last; 0 = free */
    int32_t *recent;
    /* as a bit set, the formats that all words fit; used only if there are many words */
    unsigned common;
    /* numbers of cells of these kinds. texts: cells whose texts are kept. missing: missing cells.
     * groups: plain numbers such as 1.234, whose point may separate thousands. points: other plain
     * numbers with a point */
    int64_t texts, missing, points, groups;
    /* set before plm_store_settle: */
    /* the format to choose if several fit all cells; PLM_FORMATS = no preference */
    plm_cell_format prefer;
    bool force; /* take it in any case */
    /* true = a trained model expects `prefer`: choose it even if the cells contradict it */
    bool strict;
    /* what plm_store_settle found: */
    plm_cell_format format; /* chosen format; PLM_FORMATS = the cells are words */
    bool required;          /* no other format fits all cells */
    bool ambiguous;         /* true = other formats also fit, and give other numbers */
    /* true = the column has numbers such as 2.749, and others without a point or comma, which have
     * the same value in all formats */
    bool unmarked;
    bool both; /* all cells are numbers, some with a decimal point and some with a comma */
    /* how the signs (percent, currency) of the cells differ, although they should be the same in
     * all cells; NULL = they do not differ */
    const char *disagree;
    bool percent; /* all numbers have a percent sign */
    /* number of the currency whose sign the numbers have, see plm_currency_sign; 0 = none */
    int currency;
    int64_t numbers, dates, others; /* number of cells of each kind */
    int64_t whole;                  /* number of cells that are whole numbers */
    /* rounded: number of cells with whole numbers of which a double cannot hold all digits.
     * long_word: the first of them */
    int64_t rounded;
    const char *long_word;
    int64_t steps;     /* number of cells whose number is larger by 1 than in the previous row */
    int64_t different; /* different cells, see PLM_STORE_DIFFERENT */
    bool sentences;    /* true = the words have more than one blank on average */
    double low, high;  /* smallest and largest number or date */
    bool compact;      /* true = plm_store_take_compact has made numbers such as 20240131 dates */
    /* the first row with a word that does not fit the format; -1 = there is none */
    int64_t odd_row;
    const char *odd; /* that word */
    /* for a column that plm_store_shift made: the column from which its cells come, and how many
     * rows earlier; lag = 0: a column of the file */
    size_t from;
    int64_t lag;
} plm_raw_column;

/* A cell of a row: it is text[from .. to) of the row's text. */
typedef struct {
    size_t from, to;
} plm_cell_span;

/* The position of a cell in the text of a batch. */
typedef struct {
    uint32_t from, to;
} plm_batch_cell;

/* Counts of the cells of a column in a batch, see plm_raw_column. */
typedef struct {
    int64_t texts, missing, points, groups, na;
} plm_batch_sum;

/* Rows that are not in the columns of the table yet, see batch.c. */
typedef struct {
    char *text; /* the texts of the cells, with PLM_STORE_MARGIN readable bytes on both sides */
    plm_batch_cell *cell; /* [most][columns] of them, rows are in use */
    size_t rows, most;
    int64_t first; /* index in the table that the batch's first row will have */
    /* [columns][marks] a bit for each row: 1 = the cell is marked, since it is not stored yet */
    uint64_t *odd;
    size_t marks;
    plm_batch_sum *sum; /* [columns] of the cells that are stored */
} plm_store_batch;

/* A table. Zero-initialise it, set arena and the settings, then call plm_store_open. */
typedef struct {
    plm_arena arena;
    /* settings */
    char delimiter; /* delimiter of the file, which is evidence for the meaning of "1,234" */
    /* true = keep the texts of numbers such as 1.234, whose point may separate thousands */
    bool keep_groups;
    size_t most_bytes;      /* max memory; 0 = no limit */
    plm_raw_column *column; /* [columns] */
    size_t columns;
    bool header;
    int64_t rows, capacity; /* rows: number of rows in the columns; the rows in `batch` are not
                             * included */
    int64_t expected;       /* estimated final number of rows; 0 = unknown */
    int64_t *line;          /* [rows] the line of the file on which a row begins */
    /* [rows] if the table has several series: number of rows of the same series before a row; NULL
     * = there are no groups */
    int64_t *before;
    char *pool; /* memory for texts, `left` bytes */
    size_t left;
    plm_text copy; /* the text of a cell, ended by a NUL */
    int64_t taken; /* number of rows after `rows` that are being read from batches at the moment */
    /* the rows that plm_store_add has added. Their texts have `length` bytes, in memory of
     * [text_room] bytes. text = NULL: no row was added yet */
    plm_store_batch batch;
    size_t length, text_room;
} plm_store;

/* Makes an empty table. */
PLM_CHECKED plm_status plm_store_open(plm_store *t, size_t columns);
/* Appends a row: cell i is text[cell[i].from .. cell[i].to), and the cells are in ascending order
 * in `text`. The row is copied; only plm_store_flush puts it into the columns. Errors: E_MEMORY;
 * E_DATA above the memory limit, at `where`. (batch.c) */
PLM_CHECKED plm_status plm_store_add(plm_store *t, int64_t line, const char *text,
                                     const plm_cell_span *cell, const char *where);
/* Appends a row of a file whose cells have types, such as JSON lines: cell i is number[i], or the
 * text of cell[i] if number[i] is NaN. A number is used unchanged: it has no notation, so a decimal
 * comma in the texts of its column does not affect it. `text` has PLM_STORE_MARGIN readable bytes
 * before and after each cell. Errors: as plm_store_add. (typed_row.c) */
PLM_CHECKED plm_status plm_store_add_typed(plm_store *t, int64_t line, const char *text,
                                           const plm_cell_span *cell, const double *number,
                                           const char *where);
/* Stores a number that has no text in the file; NaN = a missing cell. (typed_row.c) */
void plm_store_number(plm_store *t, size_t column, int64_t row, double x);
/* Puts the rows that plm_store_add has collected into the columns. (batch.c) */
PLM_CHECKED plm_status plm_store_flush(plm_store *t);
/* Allocates a batch for `most` rows, except for its text. */
PLM_CHECKED plm_status plm_store_batch_open(const plm_store *t, plm_store_batch *b, size_t most);
/* Frees what plm_store_batch_open allocated. */
void plm_store_batch_free(const plm_store *t, plm_store_batch *b);
/* Appends the rows of `count` batches, in their order, to the columns, which must have capacity for
 * them. Sets `first` of the batches. The caller sets t->line of the rows. (batch.c) */
PLM_CHECKED plm_status plm_store_take(plm_store *t, plm_store_batch *const *batch, size_t count);
/* True if the columns have no space for one more row. */
static inline bool plm_store_is_full(const plm_store *t)
{
    return t->rows + (int64_t)t->batch.rows == t->capacity;
}
/* Enlarges the capacity of all columns; the batch must be empty. Errors: as plm_store_add. */
PLM_CHECKED plm_status plm_store_grow(plm_store *t, const char *where);
/* Stores a cell of a column that is not a plain number. Its text is s[n], with PLM_STORE_MARGIN
 * readable bytes on both sides. */
PLM_CHECKED plm_status plm_store_other(plm_store *t, size_t column, int64_t row, const char *s,
                                       size_t n);
/* Stores a cell that is not a plain number, if this needs no memory: the cell is missing, a number,
 * or a known text. Then the cell is also counted in *sum. Otherwise nothing is stored, and it
 * returns false. Several threads may call it for one column. */
bool plm_store_known(const plm_store *t, size_t column, int64_t row, const char *s, size_t n,
                     plm_batch_sum *sum);
/* Removes all rows but row[rows]. row: in ascending order. */
void plm_store_keep(plm_store *t, const int64_t *row, int64_t rows);
/* Sorts the rows: the new row i is the old row row[i]. row [rows] has each row once. (shift.c) */
PLM_CHECKED plm_status plm_store_sort(plm_store *t, const int64_t *row);
/* Appends a column whose cells are the numbers of column `from`, `lag` rows earlier; in the first
 * rows of a series they are missing. `carried` is shifted, too. plm_store_settle must have been
 * called. The name is not copied. (shift.c) */
PLM_CHECKED plm_status plm_store_shift(plm_store *t, size_t from, int64_t lag, const char *name);
/* Sets `carried` of a column of numbers with missing cells: the numbers that replace them. The rows
 * must be in the order of time. (shift.c) */
PLM_CHECKED plm_status plm_store_carry(plm_store *t, size_t column);
/* Appends rows whose cells are all missing. (shift.c) */
PLM_CHECKED plm_status plm_store_add_empty(plm_store *t, int64_t rows, const char *where);
/* Frees the memory of all columns. */
void plm_store_free(plm_store *t);

/* Settles the table: decides the format of every column, and computes the numbers of its cells.
 * (settle.c) */
PLM_CHECKED plm_status plm_store_settle(plm_store *t);
/* Settles one column again, after its `prefer` and `force` were changed. */
PLM_CHECKED plm_status plm_store_settle_column(plm_store *t, size_t column);
/* Makes the numbers of a column dates, if all of them are dates without marks: 20240131, 202401.
 * Returns whether they are. Call it after plm_store_settle. (date_compact.c) */
bool plm_store_take_compact(plm_store *t, size_t column);
/* True if a column has a decimal comma and also numbers such as 1.234 whose texts were not kept.
 * Then the table must be read again with keep_groups. */
bool plm_store_lacks_groups(const plm_store *t);
/* Makes codes for all cells of a column, unless it has too many different texts. (codes.c) */
PLM_CHECKED plm_status plm_store_code(plm_store *t, size_t column);
/* True if no cell of a column is missing, and all are different. */
PLM_CHECKED plm_status plm_store_is_unique(const plm_store *t, size_t column, bool *out);

/* Reads a cell as a number: "12", "-1.5e3", "12 %", "$2.50". False: the cell is no number.
 * (cell.c) */
bool plm_table_number(const char *cell, double *out);
/* True unless the cell is a whole number whose last digits its value, a double, has lost.
 * (cell.c) */
bool plm_table_keeps_digits(const char *cell, double value);
/* True if the cell is empty or a common mark of a missing value: NA, null, ?, - and others. */
bool plm_table_missing(const char *cell);
/* The shares of the year, of the week (from Monday) and of the day that have passed at a time, each
 * from 0 to 1. (date.c) */
typedef struct {
    double year, week, day;
} plm_date_parts;
plm_date_parts plm_table_date_parts(double seconds);
/* ---- the calendar (date_months.c) ---- */

/* Returns the number of days from 1970-01-01 to a date. */
int64_t plm_table_days(int year, int month, int day);
/* Returns the number of days of a month, 1 to 12. */
int plm_table_month_length(int year, int month);
/* A time in the calendar. */
typedef struct {
    int year, month, day; /* month and day from 1 */
    double rest;          /* seconds since the beginning of the day */
} plm_date;
plm_date plm_table_date(double seconds);
/* True if the time is the beginning of the first day of a month. */
bool plm_table_first_of_month(double seconds);
/* Returns the day of the month that is common to all n times, which are in different months, in
 * ascending order. 31 = all are the last days of their months; 29 or 30 if shorter months have
 * their last day instead. 0 = there is no common day, or the times of day differ. n: at least 1. */
int plm_table_common_day(const double *time, int64_t n);
/* Returns the time in the month that is `steps` steps after `last`. A step is the number of months
 * from `before` to `last`. day: the day of the month, see plm_table_common_day. */
double plm_table_next_month(double before, double last, int steps, int day);
/* Bytes of a time as text. */
enum { PLM_DATE_TEXT = 48 };
/* Writes a time as 2024-12-31, or 2024-12-31T10:00:00. (date_text.c) */
void plm_table_date_text(double seconds, char out[PLM_DATE_TEXT]);
/* Writes a time in the notation of the date `like`, such as 2024-12 or 31.12.2024, if this loses
 * nothing of the time; otherwise as plm_table_date_text does. format: format of `like`.
 * (date_text.c) */
void plm_table_date_like(double seconds, const char *like, plm_cell_format format,
                         char out[PLM_DATE_TEXT]);
/* Computes sine and cosine of the angle 2 pi * share, share from 0 to 1, with + - * / only, so that
 * all machines give the same bits. */
void plm_table_turn(double share, double *sine, double *cosine);
/* True if the first line of a table holds names of columns: first[columns] are its cells,
 * second[columns] are the cells of the second line, or NULL. (header.c) */
bool plm_table_has_header(const char *const *first, const char *const *second, size_t columns);

/* Returns the index of a column of the file by its name, or by its number: "3", "-1" = the last.
 * SIZE_MAX = there is no such column. (wishes.c) */
size_t plm_store_column(const plm_store *t, const char *name);
/* Returns the text s[*n] without no-break and other wide blanks at its ends; *n = its new length.
 * (wide_blank.c) */
const char *plm_trim_wide(const char *s, size_t *n);

#endif
