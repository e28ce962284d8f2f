/* The schema of a table: what a model knows about the columns that it was trained on. A column has
 * a name, a role (input, target, ...), a type (number, category, date, ...), an encoding, which
 * says how a cell becomes numbers, and the values that the encoding was fitted to.
 *
 * A schema is made in two steps. plm_schema_find looks at a whole table and decides roles and
 * types. plm_schema_fit sets means, medians and vocabularies, and uses the training rows only. A
 * fitted schema converts raw rows of any table of the same kind to the values that the model takes.
 * It is stored as a text, see plm_schema_print.
 *
 * This folder knows the texts of cells. It knows no file and no model. */
#ifndef PLM_TABLE_SCHEMA_H
#define PLM_TABLE_SCHEMA_H

#include "base/index.h"
#include "base/text.h"
#include "table/store.h"

/* What a column is for. ID: shown beside predictions, not learned from. GROUP: rows of one value
 * stay together when the rows are split; not learned from. */
typedef enum {
    PLM_ROLE_INPUT,
    PLM_ROLE_TARGET,
    PLM_ROLE_WEIGHT,
    PLM_ROLE_ID,
    PLM_ROLE_DROPPED,
    PLM_ROLE_GROUP,
    PLM_ROLES
} plm_column_role;

/* What the cells of a column are. YES_NO: two different values. TEXT: free text. IDENTIFIER: its
 * values name rows. CONSTANT: a single value. EMPTY: no value at all. MIXED: mostly numbers, with
 * some words that are neither numbers nor marks of missing values. LABELS: a target whose cells
 * hold several labels. */
typedef enum {
    PLM_COLUMN_NUMBER,
    PLM_COLUMN_CATEGORY,
    PLM_COLUMN_YES_NO,
    PLM_COLUMN_DATE,
    PLM_COLUMN_TEXT,
    PLM_COLUMN_IDENTIFIER,
    PLM_COLUMN_CONSTANT,
    PLM_COLUMN_EMPTY,
    PLM_COLUMN_MIXED,
    PLM_COLUMN_LABELS,
    PLM_COLUMN_TYPES
} plm_column_type;

/* How a cell becomes values. x: the cell's number. The mean, the standard deviation and the words
 * are those of the training rows.
 *   NONE         no number
 *   STANDARDIZE  (x - mean) / deviation; missing: the median takes its place; in a series the last
 *                number that is known, see plm_column.carried
 *   SIGNS        two words: 1 for the first, -1 for the second; 0 for missing and unknown ones
 *   ONE_HOT      one number for each word: 1 for the cell's word, else 0; so all are 0 for missing
 *                and unknown ones
 *   DATE         the time, standardized, and sine and cosine of its place in the year, the week and
 *                the day, as far as these vary
 *   CLASSES      a target: the number of the word, from 0
 *   INDEX        an id for an embedding: 0 for words that are rare or unknown, 1 for a missing cell
 *                where some were missing in training (else 0), from 2 on the number of the word
 *   LABELS       a target: one number for each label, 1 if the cell has it, else 0
 *   AS_IT_IS     x; for weights and for targets that are not scaled */
typedef enum {
    PLM_ENCODE_NONE,
    PLM_ENCODE_STANDARDIZE,
    PLM_ENCODE_SIGNS,
    PLM_ENCODE_ONE_HOT,
    PLM_ENCODE_DATE,
    PLM_ENCODE_CLASSES,
    PLM_ENCODE_AS_IT_IS,
    PLM_ENCODE_INDEX,
    PLM_ENCODE_LABELS,
    PLM_COLUMN_ENCODINGS
} plm_column_encoding;

/* Max number of earlier rows from which inputs of a row come. */
enum { PLM_SERIES_LAGS = 10000 };

/* The parts of a date that vary, and so are encoded: bits of plm_column.parts. */
enum { PLM_DATE_YEAR = 1, PLM_DATE_WEEK = 2, PLM_DATE_DAY = 4 };

/* A column of a schema. */
typedef struct {
    const char *name; /* name of the column; if the table had no header, its number as text, "0" */
    int64_t position; /* in the table it was found in, from 0 */
    plm_column_role role;
    plm_column_type type;
    plm_column_encoding encoding;
    const char *why;        /* the reason for this type and role, for reports */
    const char *hint;       /* what to do about a column of type MIXED; NULL = the usual */
    bool given;             /* its type or role was given by the user */
    bool forced;            /* so was its format */
    plm_cell_format format; /* format of the numbers or dates; PLM_FORMATS = unknown */
    /* For a series (series.c): the cell of a row is the cell of column `from`, `lag` rows earlier.
     * Such columns come last and are in no file. lag = 0: a column of the file */
    size_t from;
    int64_t lag;
    bool carried;    /* a missing cell counts as the last known number before it in its series */
    bool time;       /* the rows of the series are ordered by it */
    bool lagged;     /* other columns are made from this one, so the table must have it */
    int64_t missing; /* number of missing cells in the table that the schema was made from */
    /* fitted: */
    bool indicator; /* the column has one more value: 1 if the cell is missing, else 0 */
    double center, deviation, fill; /* mean, standard deviation (0 = constant), median */
    int parts;                      /* DATE: bits */
    const char **word;              /* [words] vocabulary, sorted */
    size_t words;
    /* number of words that are left out of the vocabulary, since there are too many */
    int64_t rare;
    plm_index number; /* from a word to its place in `word` */
    char separator;   /* LABELS: the sign between the labels of a cell */
} plm_column;

/* How the file of a table is read, as the user gave it. NULL, and skip = -1: not given. */
typedef struct {
    const char *delimiter, *header, *encoding, *quotes, *comments;
    int64_t skip; /* lines left out at the top */
} plm_table_reading;

/* A schema. Its texts and columns lie in `arena`. */
typedef struct {
    plm_arena *arena;
    plm_column *column; /* [columns], in the order of the table */
    size_t columns;
    bool header; /* the table had names of columns */
    bool fitted;
    int64_t before; /* for a series: the largest lag; 0 = the rows are no series */
    /* for a series: the column of its time; SIZE_MAX = the rows are already in order of time */
    size_t order;
    plm_table_reading reading; /* how the first table was read; used again for other tables */
} plm_schema;

/* What the user gives about the columns of a table. */
typedef struct {
    const char *const *target; /* [targets] columns by name or number */
    size_t targets;
    const char *weight; /* column of the sample weights; NULL = none */
    const char *group;  /* column of the groups; NULL = none */
    /* for a series: the number of earlier rows whose targets (lags), or whose numbers in all
     * columns (windows), are inputs; 0 = none */
    int64_t lags, windows;
    const char *order;   /* for a series: the column of its time; NULL = it is found */
    int64_t embed;       /* categories with more words become INDEX; 0 = none do */
    const char *columns; /* "age=category, id=drop"; NULL or "" = none */
} plm_schema_wishes;

/* ---- making one (find.c, wishes.c, fit.c) ---- */

/* Makes a schema of a settled table: decides the role and the type of each column. Errors are
 * recorded at `where`: E_SPEC for a column that does not exist, E_DATA for a column that cannot be
 * used. If the schema itself could be made, *out is set also after an error, so that it can be
 * reported. */
PLM_CHECKED plm_status plm_schema_find(plm_arena *a, plm_store *t, const plm_schema_wishes *wishes,
                                       const char *where, plm_schema **out);
/* Makes the rows a series: sorts them by time, and adds columns with values of earlier rows, by
 * wishes->lags and windows. Does nothing if both are 0. Errors: E_DATA. (series.c) */
PLM_CHECKED plm_status plm_series_make(plm_schema *s, plm_store *t, const plm_schema_wishes *wishes,
                                       const char *where);
/* As plm_series_make, for a table that is read for a schema: adds `horizon` empty rows at the end
 * of each series, with the times that follow, and sets place[] of the added columns. targets: the
 * rows are evaluated, not predicted. (series.c) */
PLM_CHECKED plm_status plm_series_follow(const plm_schema *s, plm_store *t, int64_t horizon,
                                         bool targets, size_t *place, const char *where);
/* Marks the columns of time and group of a series as needed in other tables. (series.c) */
void plm_schema_need_order(plm_schema *s);
/* Applies "age=category, id=drop" to the types and roles. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_schema_wish(plm_schema *s, const char *wishes, const char *where);
/* Returns the index of a column by its name, or by its number: "3", "-1" = the last. SIZE_MAX =
 * there is no such column. */
size_t plm_schema_column(const plm_schema *s, const char *name);
/* Fits the encodings to these rows of the table: row[rows], in ascending order. */
PLM_CHECKED plm_status plm_schema_fit(plm_schema *s, const plm_store *t, const int64_t *row,
                                      int64_t rows);

/* ---- using one (encode.c, match.c) ---- */

/* Returns how many values a column becomes. */
size_t plm_column_width(const plm_column *c);
/* Returns the number of ids of an INDEX column: of its words, and 0 and 1. */
size_t plm_column_ids(const plm_column *c);
/* Returns which input an input column belongs to: 1 for INDEX columns, 0 for all others; also 0 for
 * INDEX columns if there are no others. */
int plm_schema_part(const plm_schema *s, size_t column);
/* True if a column is encoded by its words. */
bool plm_column_has_words(const plm_column *c);
/* Returns how many values all columns of a role become together. */
size_t plm_schema_width(const plm_schema *s, plm_column_role role);
/* Finds the columns of a schema in another table: place[columns] = the index in the table, SIZE_MAX
 * = the table lacks the column. Tables without a header are matched by position. Errors: E_DATA,
 * which names all input columns that are missing, and the missing targets if targets are wanted. */
PLM_CHECKED plm_status plm_schema_match(const plm_schema *s, const plm_store *t, bool targets,
                                        const char *where, size_t *place);
/* Lets the formats of the model decide how the cells of a table are read; call it before
 * plm_store_settle. place: from plm_schema_match. */
void plm_schema_prefer(const plm_schema *s, plm_store *t, const size_t *place);
/* Checks that the cells of a settled table have the formats of the model. targets: as in
 * plm_schema_match. Errors: E_DATA, which names line, column and cell. */
PLM_CHECKED plm_status plm_schema_check_formats(const plm_schema *s, const plm_store *t,
                                                bool targets, const size_t *place,
                                                const char *where);
/* Checks that all cells of these columns can be encoded. Errors: E_DATA, which names row, line and
 * column. */
PLM_CHECKED plm_status plm_schema_check(const plm_schema *s, const plm_store *t,
                                        const size_t *place, const char *where);
/* Writes the values of column c for all rows of the table: row i begins at out + i * step.
 * place: the column of the table. */
PLM_CHECKED plm_status plm_column_encode(const plm_column *c, const plm_store *t, size_t place,
                                         float *out, size_t step);
/* Writes the values of a cell that holds the number x; NaN = missing, then `fill` takes its place,
 * or the median of the column if that is NaN, too. c: a column without words. */
void plm_column_encode_number(const plm_column *c, double x, double fill, float *out);
/* Returns the number that a missing cell in a row counts as; NaN = the median of the column. r: the
 * column in the table. */
double plm_cell_carried(const plm_column *c, const plm_raw_column *r, int64_t row);
/* Returns a name for value i of a column, in the arena: "age", "color=red", "age missing". NULL =
 * no memory. */
const char *plm_column_title(plm_arena *a, const plm_column *c, size_t i);
/* Returns target k, counted from 0, in the order of the columns. NULL = there are at most k. */
const plm_column *plm_schema_target(const plm_schema *s, int k);

/* ---- as text (schema_print.c, schema_read.c) ---- */

/* Appends the schema as JSON. */
void plm_schema_print(plm_text *t, const plm_schema *s);
/* Reads a text of plm_schema_print into the arena. Errors: E_FORMAT at `where`. */
PLM_CHECKED plm_status plm_schema_read(plm_arena *a, const char *text, const char *where,
                                       plm_schema **out);
/* Appends a table for people with a line for each column: name, type, the reason for the type,
 * number of missing cells, and what is done with the column; the parts of a line come below one
 * another if it would be wider than the screen. width: of the screen in characters; 0 = no limit.
 * (report.c) */
void plm_schema_report(plm_text *t, const plm_schema *s, int width);
/* Appends one line that sums the report up: how many columns of each type are inputs, and which
 * ones are dropped. (outline.c) */
void plm_schema_outline(plm_text *t, const plm_schema *s);
/* Bytes of such a cell. */
enum { PLM_COLUMN_WORDS = 160 };
/* Describes what is done with a column, as the report does: "standardized". (report.c) */
void plm_column_describe(const plm_column *c, char out[PLM_COLUMN_WORDS]);
/* The words of the notation. */
extern const char *const plm_column_roles[PLM_ROLES];
extern const char *const plm_column_types[PLM_COLUMN_TYPES];
extern const char *const plm_column_encodings[PLM_COLUMN_ENCODINGS];

#endif
