/* Data: a source of rows and the transforms they pass on their way into batches.
 *
 * A source has up to four inputs, up to four targets and perhaps sample weights; each is a
 * "part": rows of one shape, in the file's own number type. Parts are numbered inputs first,
 * then targets, then the weights. A source keeps all its rows in memory (then every row can be
 * reached at once and an epoch is a list of row numbers), or it is streamed: read in order, a
 * batch at a time. The stream gathers or reads the rows of a batch, makes them float32 and lets
 * the transforms change them.
 *
 * This folder knows no model and no layer. */
#ifndef PLM_DATA_DATA_H
#define PLM_DATA_DATA_H

#include "base/fields.h"
#include "base/random.h"
#include "base/stream.h"

enum { PLM_SIDE = 4, PLM_PARTS = 2 * PLM_SIDE + 1, PLM_ROW_RANK = 7, PLM_TRANSFORMS = 32 };

/* ---- numbers in files and arrays ---- */

/* The machine's own byte order; what files hold in the other order is turned as it is read. */
typedef enum {
    PLM_ELEMENT_F32,
    PLM_ELEMENT_F64,
    PLM_ELEMENT_F16,
    PLM_ELEMENT_BF16,
    PLM_ELEMENT_I8,
    PLM_ELEMENT_I16,
    PLM_ELEMENT_I32,
    PLM_ELEMENT_I64,
    PLM_ELEMENT_U8,
    PLM_ELEMENT_U16,
    PLM_ELEMENT_U32,
    PLM_ELEMENT_U64,
    PLM_ELEMENT_BOOL,
    PLM_ELEMENT_COUNT
} plm_element;

/* Bytes of a number, and its name ("float32"). */
size_t plm_element_size(plm_element e);
/* The numbers of an array with a row or more; false: its shape is none, or larger than memory. */
bool plm_view_numbers(const plm_view *v, int64_t *numbers);
const char *plm_element_name(plm_element e);
bool plm_element_is_float(plm_element e);
/* The element of a public dtype; false = no such dtype. */
bool plm_element_of(plm_dtype dtype, plm_element *out);
/* out[i] = float32 of in[i], i < n, to nearest even. */
void plm_element_decode(plm_element e, float *out, const void *in, size_t n);
/* The same by the vectors of an instruction set (plm_kernels.isa). */
void plm_element_decode_by(const char *isa, plm_element e, float *out, const void *in, size_t n);
/* out[i, :] = row row[i] of rows [.., width], i < n. */
void plm_element_gather(const char *isa, plm_element e, float *out, const void *rows, size_t width,
                        const int64_t *row, size_t n);
/* Turns the bytes of n numbers around. */
void plm_element_swap(plm_element e, void *data, size_t n);
/* The first i < n whose number is NaN, infinite, or infinite as float32; n = all are finite. */
size_t plm_element_first_bad(plm_element e, const void *data, size_t n);

/* ---- sources ---- */

/* One part of a source. */
typedef struct {
    const char *name; /* for messages: a path, "images" */
    plm_element element;
    int rank; /* of one row */
    int64_t dims[PLM_ROW_RANK];
    size_t width;              /* numbers of one row */
    const void *rows;          /* all rows, or NULL = streamed */
    void *owned;               /* given back with the source; or NULL */
    const char *const *column; /* [width] names of its columns; NULL = it has none */
} plm_table;

typedef struct plm_source plm_source;

/* What a model knows of the columns of its table. A source whose columns have names takes these
 * where its words name no others. Lists of names as specs: "['age', 'height']", "[['age'],
 * ['height']]"; NULL or "" = unknown. */
typedef struct {
    const char *inputs, *targets;
    int64_t width; /* numbers of a row of all inputs; 0 = unknown */
    bool answers;  /* the targets are wanted, too */
} plm_known_columns;

/* A source's descriptor. */
typedef struct plm_source_kind {
    plm_kind kind;
    /* Fills rows, the tables, name and classes; streamed when the rows stay in the file. */
    plm_status (*open)(plm_source *s, const void *config);
    /* Streamed: goes to row `row` from 0. */
    plm_status (*seek)(plm_source *s, int64_t row);
    /* Streamed: the next rows of every part, as elements; *got < most only at the end. */
    plm_status (*read)(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got);
    /* Rows in memory: the line of the file, from 1, where a row stood; 0 = it cannot be told.
     * NULL = files without lines. */
    int64_t (*line)(plm_source *s, int64_t row);
    /* Gives back what state holds; may be NULL. Also called after a failed open. */
    void (*close)(plm_source *s);
} plm_source_kind;

/* A source has a runtime of its own for errors and memory, so that a thread that reads ahead
 * never touches the user's: plm_source_carry takes errors over. */
struct plm_source {
    plm w;
    plm_arena arena;
    const plm_source_kind *kind;
    const char *spec; /* its text, to open it once more; NULL = caller's arrays */
    const char *name; /* short name for files: "iris" */
    const char
        *file; /* as the user gave it, for messages: "data/iris.csv"; NULL = no single file */
    int references;
    bool streamed;
    int64_t rows; /* -1 = known at the end only */
    int inputs, targets;
    /* there are sample weights, the last part: one number of 0 or more a row */
    bool weighted;
    plm_table table[PLM_PARTS]; /* inputs, then targets, then weights */
    int64_t classes;            /* 0 = unknown */
    /* each of their columns was said by its name or number, or is known to a model */
    bool named_inputs, named_targets;
    bool headless; /* a table whose columns have no names */
    /* a name that two of its columns have, so that names do not tell them apart; or NULL */
    const char *twice;
    /* Columns of a table that became inputs and targets, for messages: "size, rooms", "columns 0 to
     * 3"; a target that is left unread is among them. "" = the source is no table. */
    const char *input_words, *target_words;
    plm_known_columns known;
    int64_t epoch; /* streamed: the one that seek begins */
    void *state;
};

/* Opens a source from a spec ("csv('a.csv')"); known may be NULL, and is copied. Errors are on
 * `user`. */
PLM_CHECKED plm_status plm_source_open(plm *user, const char *spec, const plm_known_columns *known,
                                       plm_source **out);
/* A source over the caller's arrays. */
PLM_CHECKED plm_status plm_source_arrays(plm *user, const plm_arrays *a, plm_source **out);
/* A source over the caller's function. */
PLM_CHECKED plm_status plm_source_generator(plm *user, const plm_generator *said, plm_source **out);
/* How many parts it has, and which of them is the weights (-1 = none). */
int plm_source_parts(const plm_source *s);
int plm_source_weight(const plm_source *s);
/* A file that a spec names, from where the runtime says that such names begin; in the arena.
 * NULL = no memory. */
const char *plm_source_path(plm_source *s, const char *path);
/* A zeroed source with one reference and a runtime like `user`; NULL = no memory (error on
 * `user`). */
plm_source *plm_source_new(plm *user);
/* Gives back one reference. */
void plm_source_release(plm_source *s);
/* Records the source's last error on `user`; returns status. */
PLM_CHECKED plm_status plm_source_carry(plm *user, const plm_source *s, plm_status status);
/* After open: checks parts and rows, makes one-column targets rank 0 and inputs at least rank 1. */
PLM_CHECKED plm_status plm_source_settle(plm_source *s);
/* Memory for the rows of a part, rows * width numbers, checked; NULL = error recorded. */
void *plm_source_table(plm_source *s, plm_table *t, int64_t rows);
/* rank, dims and width of a part from the shape [rows, ...]; E_DATA for no rows, E_FORMAT for
 * sizes that overflow. */
PLM_CHECKED plm_status plm_source_shape(plm_source *s, plm_table *t, int rank, const int64_t *dims);
/* Every number of these rows of a part is finite, and a weight 0 or more, else E_DATA naming row
 * and place. */
PLM_CHECKED plm_status plm_source_check(plm_source *s, const plm_table *t, const void *data,
                                        int64_t rows, int64_t first_row);
/* 1 + the greatest label of a whole-number part of width 1 in memory; 0 = not such labels. */
int64_t plm_source_count_classes(const plm_source *s, const plm_table *t);
/* The file's name without folders and endings, as a short name: letters, digits, '_' and '-'. */
const char *plm_source_short_name(plm_source *s, const char *path);

/* ---- transforms ---- */

typedef enum {
    PLM_TRANSFORM_PICKS,    /* keeps a run of rows: take, skip */
    PLM_TRANSFORM_MIXES,    /* changes their order: shuffle */
    PLM_TRANSFORM_CHANGES,  /* changes numbers of a batch: rescaling, one_hot */
    PLM_TRANSFORM_COLLECTS, /* batch */
    PLM_TRANSFORM_AHEAD,    /* prefetch */
    PLM_TRANSFORM_DIVIDES   /* split */
} plm_transform_role;

typedef struct plm_transform plm_transform;

/* Which rows an epoch visits. */
typedef struct {
    int64_t *row;
    int64_t count;
} plm_order;

/* A transform's descriptor; functions that do not concern the role are NULL. */
typedef struct plm_transform_kind {
    plm_kind kind;
    plm_transform_role role;
    /* Once, when the stream is made: checks, changes d's parts, takes memory. */
    plm_status (*settle)(plm_transform *t);
    /* PICKS: narrows the positions [*first, *last). */
    void (*pick)(const plm_transform *t, int64_t *first, int64_t *last);
    /* MIXES, rows in memory: changes the order of an epoch. */
    void (*mix)(const plm_transform *t, int64_t epoch, plm_order *order);
    /* MIXES, streamed: before the first row of an epoch, and then rows as plm_source_kind.read. */
    plm_status (*start)(plm_transform *t, int64_t epoch);
    plm_status (*pull)(plm_transform *t, int64_t most, void *const out[PLM_PARTS], int64_t *got);
    /* CHANGES: part i is value[i] [rows, width], in place, with the room asked for in settle. */
    plm_status (*change)(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows);
} plm_transform_kind;

struct plm_transform {
    const plm_transform_kind *kind;
    const void *config;
    void *state;
    plm_data *data;
    const char *spec;   /* its text */
    int number;         /* place in the pipeline */
    bool folded;        /* its rows are picked once and for all, in data->first and last */
    int64_t skip, left; /* PICKS, streamed: rows still to pass over and to let through */
};

/* ---- the stream ---- */

/* One part of a batch. */
typedef struct {
    int rank; /* of one row */
    int64_t dims[PLM_ROW_RANK];
    size_t width, room; /* numbers of a row; the most any transform needs */
} plm_part;

/* Room for one batch. */
typedef struct {
    float *value[PLM_PARTS];
    int64_t rows;
    plm_status status; /* of filling it: OK, END or an error */
} plm_slot;

typedef struct plm_ahead plm_ahead;

struct plm_data {
    plm *w;
    plm_arena arena;
    plm_source *source;
    plm_transform transform[PLM_TRANSFORMS];
    int transforms;
    plm_part part[PLM_PARTS]; /* those of the source, then targets that transforms add */
    int added;                /* how many of these */
    int64_t batch;
    bool drop_remainder;
    int ahead_batches;     /* batches read ahead; -1 = nothing was said */
    const int64_t *chosen; /* the source's rows that are ours, rising; NULL = all */
    int64_t first, last;   /* our positions in them; last = INT64_MAX when rows are not known */
    int splits;            /* splits so far */
    int64_t classes;       /* of the first target, as batches number them; 0 = unknown */
    /* [classes of the source] what keep_classes or drop_classes make of each, -1 = gone; or NULL */
    const int64_t *new_class;
    bool begun;      /* a batch was asked for */
    bool rewound;    /* an epoch was begun */
    plm_order order; /* rows in memory: this epoch's, and the next position in it */
    int64_t room, at;
    void *raw[PLM_PARTS]; /* streamed: the rows of a batch as elements */
    int64_t given;        /* rows of this epoch so far */
    plm_slot slot;        /* without a thread */
    plm_ahead *ahead;     /* the thread, its slots; NULL = none */
    plm_status failed;    /* an error that stays until the next rewind */
};

/* A stream from words, whose source takes what is known of its columns (may be NULL); NULL =
 * failed. */
plm_data *plm_pipeline_open(plm *w, const plm_known_columns *known, const char *pipeline,
                            va_list list);
/* Makes the transforms of a pipeline, in order, and checks that rows are left. */
PLM_CHECKED plm_status plm_pipeline_build(plm_data *d, const plm_spec *const *specs, size_t count);
/* Appends one transform. */
PLM_CHECKED plm_status plm_pipeline_add(plm_data *d, const plm_spec *spec);
/* Bytes that the stream and its source hold, or will once the first batch is asked for. A
 * caller's arrays are not counted. */
size_t plm_data_bytes(const plm_data *d);
/* Memory for order and batches, once. */
PLM_CHECKED plm_status plm_pipeline_prepare(plm_data *d);
/* A new stream over a source, whose reference it takes, without transforms; NULL = no memory
 * (the source is released). */
plm_data *plm_pipeline_new(plm *w, plm_source *s);
/* What a source is called in messages: its file, else its short name. */
const char *plm_source_title(const plm_source *s);
/* The names of the columns of the source's inputs or targets, as in plm_known_columns, in the
 * arena; "" = they have none. (columns.c) */
PLM_CHECKED plm_status plm_data_columns(const plm_data *d, plm_arena *a, bool targets,
                                        const char **out);
/* How many parts and targets a batch has, and which part target k is. */
int plm_data_parts(const plm_data *d);
int plm_data_targets(const plm_data *d);
int plm_data_target(const plm_data *d, int k);
/* Adds where the row at a position of this epoch comes from: "row 7 (line 8) of 'a.csv'", its
 * part's file; nothing when it is not known. */
void plm_data_place(const plm_data *d, int64_t position, int part, plm_text *out);
/* Rows of an epoch; -1 = unknown. */
int64_t plm_pipeline_rows(const plm_data *d);
/* E_DATA when an epoch would have no row or no batch. */
PLM_CHECKED plm_status plm_pipeline_check(plm_data *d);

/* Begins an epoch, and fills one batch: END after the last. Errors are on the source's runtime. */
PLM_CHECKED plm_status plm_flow_rewind(plm_data *d, int64_t epoch);
void plm_flow_fill(plm_data *d, plm_slot *slot);
/* Streamed: the rows as they are before transform `number`; as plm_source_kind.read. */
PLM_CHECKED plm_status plm_flow_pull(plm_data *d, int number, int64_t most,
                                     void *const out[PLM_PARTS], int64_t *got);
/* Rows a batch has at most: the batch size, or all rows where they are fewer. */
int64_t plm_flow_capacity(const plm_data *d);
/* Bytes of one row of a part, as elements. */
size_t plm_flow_row_bytes(const plm_data *d, int part);
/* Memory for the numbers of one batch. */
PLM_CHECKED plm_status plm_flow_slot(plm_data *d, plm_slot *slot);

/* The thread that fills batches ahead. open: *out stays NULL when no thread can be had. */
PLM_CHECKED plm_status plm_ahead_open(plm_data *d, plm_ahead **out);
/* false in a child made by fork, where there is no such thread: then only close may be called. */
bool plm_ahead_is_here(const plm_ahead *a);
/* Waits until the thread rests; then the stream may be rewound, and start sets it to work again. */
void plm_ahead_rest(plm_ahead *a);
void plm_ahead_start(plm_ahead *a);
/* The next slot, lent until the next call; its status tells what it is. */
const plm_slot *plm_ahead_next(plm_ahead *a);
void plm_ahead_close(plm_ahead *a);

/* What a split takes away: filled by the transform's file, read by plm_data_split. */
typedef struct {
    double fraction;
    bool shuffle;
    int64_t seed; /* -1 = the runtime's */
} plm_split_config;

/* Classes of the first target: as known, else 1 + the greatest label in memory; 0 = it numbers
 * none. (classes.c) */
int64_t plm_data_count_classes(const plm_data *d);
/* Whether all rows, two or more and in memory, have the same single number for target k: *out. */
bool plm_data_single(const plm_data *d, int k, float *out);
/* keep_classes and drop_classes: picks the rows whose class was said (keep) or was not, and
 * numbers what stays anew. */
PLM_CHECKED plm_status plm_classes_settle(plm_transform *t, const plm_reals *said, bool keep,
                                          bool relabel);
PLM_CHECKED plm_status plm_classes_change(const plm_transform *t, float *const value[PLM_PARTS],
                                          int64_t rows);

/* The seed in force: the runtime's, or (>= 0) the transform's own. */
uint64_t plm_data_seed(const plm_data *d, int64_t own);

#endif
