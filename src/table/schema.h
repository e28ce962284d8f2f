/* The schema of a table: what a model stores about the columns that it was trained on. A column has
 * a name, a role (input, target, ...), a type (number, category, date, ...), an encoding, which
 * defines how a cell becomes numbers, and the fitted values of the encoding. A schema is made in
 * two steps. plm_schema_find reads a whole table and decides roles and types. plm_schema_fit sets
 * means, medians and vocabularies, and uses the training rows only. A fitted schema converts raw
 * rows of any table of the same kind to the input values of the model. It is stored as a text, see
 * plm_schema_print. This folder handles the texts of cells, but no files and no models. */
#ifndef PLM_TABLE_SCHEMA_H
#define PLM_TABLE_SCHEMA_H

#include "base/index.h"
#include "base/text.h"
#include "table/store.h"

/* How a column is used. ID: copied beside predictions, not an input. GROUP: rows with the same
 * value stay together when the rows are split; not an input. */
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
 * some words that are neither numbers nor marks of missing values. LABELS: an input or target whose
 * cells hold several labels. */
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

/* How a cell is encoded as values. x: the cell's number. The mean, the standard deviation and the
 * words are those of the training rows.
 *   NONE         no value
 *   STANDARDIZE  (x - mean) / deviation; the median replaces missing cells, or, in a series, the
 *                last known number, see plm_column.carried
 *   SIGNS        two words: 1 for the first, -1 for the second; 0 for missing and unknown words
 *   ONE_HOT      one value for each word: 1 for the cell's word, otherwise 0; all are 0 for missing
 *                and unknown words
 *   DATE         the time, standardized, and sine and cosine of its position in the year, the week
 *                and the day, as far as these vary
 *   CLASSES      a target: the number of the word, from 0
 *   INDEX        an id for an embedding: 0 for rare and unknown words, 1 for a missing cell if some
 *                were missing in training (otherwise 0), from 2 on the number of the word
 *   LABELS       one value for each label, 1 if the cell has it, otherwise 0
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

/* How STANDARDIZE scales the number x of an input, if the user has said so (scaling.c).
 *   STANDARD  (x - mean) / deviation
 *   MIN_MAX   (x - min) / (max - min), so the training rows lie in 0 .. 1
 *   LOG       log(1 + |x|) with the sign of x, standardized; for numbers over several powers of ten
 *   QUANTILE  the share of training rows with smaller numbers, standardized; for any distribution,
 *             also with numbers far from all others */
typedef enum {
    PLM_SCALE_STANDARD,
    PLM_SCALE_MIN_MAX,
    PLM_SCALE_LOG,
    PLM_SCALE_QUANTILE,
    PLM_COLUMN_SCALINGS
} plm_column_scaling;

/* Max number of quantiles that QUANTILE stores. */
enum { PLM_QUANTILES = 101 };

/* Max number of earlier rows from which a row gets inputs. */
enum { PLM_SERIES_LAGS = 10000 };

/* The parts of a date that vary and are therefore encoded: bits of plm_column.parts. */
enum { PLM_DATE_YEAR = 1, PLM_DATE_WEEK = 2, PLM_DATE_DAY = 4 };

/* A target of whole numbers with more different values is learned as a number, not as classes. */
enum { PLM_MOST_CLASSES = 10 };

/* A column of a schema. */
typedef struct {
    const char *name; /* name of the column; if the table had no header, its number as text, "0" */
    int64_t position; /* in the table it was found in, from 0 */
    plm_column_role role;
    plm_column_type type;
    plm_column_encoding encoding;
    plm_column_scaling scaling; /* of STANDARDIZE */
    bool
        mean_fills; /* true = the mean replaces missing cells, not the median: `fill` is the mean */
    const char *why; /* why the column has this type and role, for reports */
    /* advice to the user about a column of type MIXED; NULL = the usual advice */
    const char *hint;
    bool given;             /* its type or role was given by the user */
    bool forced;            /* so was its format */
    plm_cell_format format; /* format of the numbers or dates; PLM_FORMATS = unknown */
    /* For a series (series.c): the cell of a row is the cell of column `from`, `lag` rows earlier.
     * Such columns come after the others and are in no file. lag = 0: a column of the file */
    size_t from;
    int64_t lag;
    /* true = a missing cell is replaced by the last known number before it in its series */
    bool carried;
    bool time; /* true = the rows of the series are sorted by this column */
    /* true = columns with values of earlier rows are made from this one, so a table must have it */
    bool lagged;
    int64_t missing; /* number of missing cells in the table that the schema was made from */
    /* fitted: */
    bool indicator; /* true = the encoding has an additional value: 1 if the cell is missing,
                     * otherwise 0 */
    /* of the scaled numbers: mean; standard deviation (0 = constant). With MIN_MAX: the least
     * number; the largest minus the least */
    double center, deviation;
    double fill;  /* median, or mean, of the numbers; it replaces missing cells */
    double *knot; /* QUANTILE: [knots] quantiles, at equal distances from 0 to 1, ascending */
    size_t knots;
    int parts;         /* DATE: bits */
    const char **word; /* [words] vocabulary, sorted */
    size_t words;
    /* number of words that are not in the vocabulary, since there are too many or they are rare */
    int64_t rare;
    plm_index number; /* from a word to its index in `word`, see plm_column_place */
    /* true = in this column, NA and other marks of missing cells are ordinary words */
    bool literal;
    /* true = words are compared without regard to case and to blanks at their ends */
    bool folded;
    char separator; /* LABELS: the separator between the labels of a cell */
} plm_column;

/* How the file of a table is read, where the user has set it. NULL, and skip = -1: not set. */
typedef struct {
    const char *delimiter, *header, *encoding, *quotes, *comments;
    int64_t skip; /* lines left out at the top */
} plm_table_reading;

/* A schema. Its texts and columns are in `arena`. */
typedef struct {
    plm_arena *arena;
    plm_column *column; /* [columns], in the order of the table */
    size_t columns;
    bool header; /* the table had names of columns */
    bool fitted;
    int64_t before; /* for a series: the largest lag; 0 = the rows are not a series */
    /* for a series: index of its time column; SIZE_MAX = the rows are already in order of time */
    size_t order;
    plm_table_reading reading; /* how the first table was read; other tables are read in the same
                                * way */
} plm_schema;

/* What the user has set about the columns of a table. */
typedef struct {
    const char *const *target; /* [targets] columns by name or number */
    size_t targets;
    const char *weight; /* column of the sample weights; NULL = none */
    const char *group;  /* column of the groups; NULL = none */
    /* for a series: the number of earlier rows whose targets (lags), or whose numbers in all
     * columns (windows), are inputs; 0 = none */
    int64_t lags, windows;
    const char *order;   /* for a series: the column of its times; NULL = it is searched for */
    int64_t embed;       /* category columns with more words are encoded as INDEX; 0 = none are */
    const char *columns; /* settings such as "age=category, id=drop"; NULL or "" = none */
} plm_schema_wishes;

/* ---- making a schema (find.c, wishes.c, fit.c) ---- */

/* Makes a schema of a table after plm_store_settle: decides the role and the type of each column.
 * Errors are recorded at `where`: E_SPEC for a column that does not exist, E_DATA for a column that
 * cannot be used. If the schema itself could be made, *out is set even after an error, so that it
 * can be printed. */
PLM_CHECKED plm_status plm_schema_find(plm_arena *a, plm_store *t, const plm_schema_wishes *wishes,
                                       const char *where, plm_schema **out);
/* Makes the rows a series: sorts them by time, and adds columns with values of up to wishes->lags
 * or wishes->windows earlier rows. Does nothing if both are 0. Errors: E_DATA. (series.c) */
PLM_CHECKED plm_status plm_series_make(plm_schema *s, plm_store *t, const plm_schema_wishes *wishes,
                                       const char *where);
/* Treats another table as plm_series_make treats that of the training. Adds `horizon` empty rows at
 * the end of each series, with the times that follow, and sets place[] of the added columns.
 * targets: the rows are evaluated, not predicted. (series.c) */
PLM_CHECKED plm_status plm_series_follow(const plm_schema *s, plm_store *t, int64_t horizon,
                                         bool targets, size_t *place, const char *where);
/* Records that other tables must have the columns by which the rows of a series are ordered and
 * grouped. (series.c) */
void plm_schema_need_order(plm_schema *s);
/* Applies the settings `wishes`, such as "age=category, id=drop", to types and roles. Errors:
 * E_SPEC. */
PLM_CHECKED plm_status plm_schema_wish(plm_schema *s, const char *wishes, const char *where);
/* Checks that such settings agree with the schema of a model. A format of numbers or dates, such as
 * "day=mdy", may differ: it says how the cells of the next table are written. Errors: E_SPEC. */
PLM_CHECKED plm_status plm_schema_follow(plm_schema *s, const char *wishes, const char *where);
/* True if a number is a date without marks: 20240131, 202401. (date_compact.c) */
bool plm_number_is_date(double x);
/* Makes numbers such as 20240131 dates in the columns that the user has set to dates.
 * (date_compact.c) */
void plm_schema_take_given(plm_schema *s, plm_store *t);
/* True if the table must be read again: in some column, NA and other marks of missing cells are
 * words, but they were read as missing cells. */
bool plm_schema_lacks_words(const plm_schema *s, const plm_store *t);
/* Returns the index of a column by its name, or by its number: "3", "-1" = the last. SIZE_MAX =
 * there is no such column. */
size_t plm_schema_column(const plm_schema *s, const char *name);
/* Fits the encodings to these rows of the table: row[rows], in ascending order. */
PLM_CHECKED plm_status plm_schema_fit(plm_schema *s, const plm_store *t, const int64_t *row,
                                      int64_t rows);

/* ---- using one (encode.c, match.c) ---- */

/* Sets center and deviation to the mean and the standard deviation (of the population) of x [n];
 * both are 0 if n is 0. (scaling.c) */
void plm_scaling_standard(plm_column *c, const double *x, int64_t n);
/* Fits the scaling of a column, unless it is STANDARD, to the numbers x [n], whose order and values
 * change: sets center, deviation and knots. Errors: E_MEMORY. (scaling.c) */
PLM_CHECKED plm_status plm_scaling_fit(plm_arena *a, plm_column *c, double *x, int64_t n);
/* Returns the number x, scaled by STANDARDIZE; 0 if the column is constant. (scaling.c) */
float plm_scaled(const plm_column *c, double x);
/* Returns the number of values into which a column is encoded. */
size_t plm_column_width(const plm_column *c);
/* Returns the number of ids of an INDEX column: one for each word, and the ids 0 and 1. */
size_t plm_column_ids(const plm_column *c);
/* Returns the index of the model's input to which an input column belongs: INDEX columns are a
 * second input (1) if other columns are the first one (0); otherwise all are input 0. */
int plm_schema_part(const plm_schema *s, size_t column);
/* The reason (plm_column.why) of an identifier that numbers the rows. */
#define PLM_NUMBERS_THE_ROWS "numbers the rows"
/* True if the encoding of a column uses words. */
bool plm_column_has_words(const plm_column *c);
/* Bytes of a column's number as text. */
enum { PLM_COLUMN_SAID = 24 };
/* Returns how a user names the column in columns=: by its name or, if the name has signs that would
 * be misread there, by its number, which is written into `number`. (words.c) */
const char *plm_column_said(const plm_column *c, char number[PLM_COLUMN_SAID]);
/* True if the model knows the word of a cell; for labels, all labels in it. */
bool plm_column_knows(const plm_column *c, const char *word);
/* Returns the index of a word in the vocabulary of a column; SIZE_MAX = it is not there.
 * (variants.c) */
size_t plm_column_place(const plm_column *c, const char *word);
/* Returns the total number of values of all columns that have this role. */
size_t plm_schema_width(const plm_schema *s, plm_column_role role);
/* Finds the columns of a schema in another table: place[columns] = the index in the table, SIZE_MAX
 * = the table lacks the column. Tables without a header are matched by position. Errors: E_DATA,
 * which names all missing input columns and, if `targets`, the missing targets. */
PLM_CHECKED plm_status plm_schema_match(const plm_schema *s, const plm_store *t, bool targets,
                                        const char *where, size_t *place);
/* True if a table must have the column: an input or, if `targets` is true, a target or the
 * weight. (words.c) */
bool plm_column_is_needed(const plm_column *c, bool targets);
/* Appends a hint for a table that lacks columns of the schema: which columns of the table have
 * similar names, and its columns. place, targets: as in plm_schema_match. (advise.c) */
void plm_schema_advise(plm_text *hint, const plm_schema *s, const plm_store *t, const size_t *place,
                       bool targets);
/* Appends a hint for a column that the user names and that the table lacks: the most similar name,
 * and the columns of the table. (advise.c) */
void plm_store_advise(plm_text *hint, const plm_store *t, const char *name);
/* Makes the formats of the model the preferred formats for reading a table; call it before
 * plm_store_settle. place: from plm_schema_match. */
void plm_schema_prefer(const plm_schema *s, plm_store *t, const size_t *place);
/* Makes numbers such as 20240131 dates in the columns that have dates in the model; call it after
 * plm_store_settle. (date_compact.c) */
void plm_schema_take_compact(const plm_schema *s, plm_store *t, const size_t *place);
/* Checks that the cells of a table have the formats of the model; call it after
 * plm_store_settle. targets: check the targets and weights, too. Errors: E_DATA, which names
 * line, column and cell. */
PLM_CHECKED plm_status plm_schema_check_formats(const plm_schema *s, const plm_store *t,
                                                bool targets, const size_t *place,
                                                const char *where);
/* Checks that all cells of these columns can be encoded. Errors: E_DATA, which names row, line and
 * column. */
PLM_CHECKED plm_status plm_schema_check(const plm_schema *s, const plm_store *t,
                                        const size_t *place, const char *where);
/* Writes the encoded values of column c for all rows of the table: row i begins at out + i * step.
 * place: index of the column in the table. */
PLM_CHECKED plm_status plm_column_encode(const plm_column *c, const plm_store *t, size_t place,
                                         float *out, size_t step);
/* Writes the encoded values of a cell with the number x. NaN = missing: `fill` replaces it, or the
 * median of the column if `fill` is NaN, too. c: a column without words. */
void plm_column_encode_number(const plm_column *c, double x, double fill, float *out);
/* Returns the number that replaces a missing cell of a row; NaN = the median of the column replaces
 * it. r: the column in the table. */
double plm_cell_carried(const plm_column *c, const plm_raw_column *r, int64_t row);
/* Returns a name for value i of a column, in the arena: "age", "color=red", "age missing". NULL =
 * no memory. */
const char *plm_column_title(plm_arena *a, const plm_column *c, size_t i);
/* Returns target number k, counted from 0, in the order of the columns. NULL = there are not that
 * many. */
const plm_column *plm_schema_target(const plm_schema *s, int k);

/* ---- schemas as text (schema_print.c, schema_read.c) ---- */

/* Appends the schema as JSON. */
void plm_schema_print(plm_text *t, const plm_schema *s);
/* Reads a text of plm_schema_print into the arena. Errors: E_FORMAT at `where`. */
PLM_CHECKED plm_status plm_schema_read(plm_arena *a, const char *text, const char *where,
                                       plm_schema **out);
/* Appends a table for people with a row for each column: name, type, the reason for the type,
 * number of missing cells, and what is done with the column. If it is too wide for the screen, the
 * cells of a row are written below one another. width: of the screen in characters; 0 = no limit.
 * (report.c) */
void plm_schema_report(plm_text *t, const plm_schema *s, int width);
/* Appends one line about the columns: how many of each type are inputs, and which are dropped.
 * (outline.c) */
void plm_schema_outline(plm_text *t, const plm_schema *s);
/* Bytes of such a cell. */
enum { PLM_COLUMN_WORDS = 160 };
/* Describes how a column is used, as in the report: "standardized". (report.c) */
void plm_column_describe(const plm_column *c, char out[PLM_COLUMN_WORDS]);
/* The words of the notation. */
extern const char *const plm_column_roles[PLM_ROLES];
extern const char *const plm_column_types[PLM_COLUMN_TYPES];
extern const char *const plm_column_encodings[PLM_COLUMN_ENCODINGS];
/* The notation has them as encodings; STANDARD is "standardize". */
extern const char *const plm_column_scalings[PLM_COLUMN_SCALINGS];

#endif
