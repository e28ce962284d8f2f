/* Data: the transforms that are applied to the rows of a source (data/source.h), and the resulting
 * stream of batches. The stream (plm_data) gathers or reads the rows of a batch, converts them to
 * float32 and lets the transforms change them. This folder knows no model and no layer. */
#ifndef PLM_DATA_DATA_H
#define PLM_DATA_DATA_H

#include "base/random.h"
#include "data/source.h"

/* ---- transforms ---- */

/* The role of a transform. The last three are written like transforms, but are settings of the
 * stream. */
typedef enum {
    PLM_TRANSFORM_PICKS,    /* keeps some of the rows: take, skip */
    PLM_TRANSFORM_MIXES,    /* changes their order: shuffle */
    PLM_TRANSFORM_CHANGES,  /* changes the values of a batch, such as rescaling and one_hot */
    PLM_TRANSFORM_COLLECTS, /* sets the batch size: batch */
    PLM_TRANSFORM_AHEAD,    /* prepares batches in a thread: prefetch */
    /* divides the rows between two streams: split, which is not allowed in a pipeline */
    PLM_TRANSFORM_DIVIDES
} plm_transform_role;

typedef struct plm_transform plm_transform;

/* The numbers of the rows of an epoch, in the order in which they are read. */
typedef struct {
    int64_t *row;
    int64_t count;
} plm_order;

/* The descriptor of a kind of transform. Each function is used only by the role in capitals; in
 * other roles it is NULL. */
typedef struct plm_transform_kind {
    plm_kind kind;
    plm_transform_role role;
    /* CHANGES: true = for training only, so the transform is not applied to rows that are split
     * off, nor to rows for predictions. */
    bool training_only;
    /* Any role; may be NULL. Called once, when the stream is made: checks the transform, updates
     * the stream's parts, allocates memory. */
    plm_status (*settle)(plm_transform *t);
    /* PICKS: reduces the range of positions [*first, *last). */
    void (*pick)(const plm_transform *t, int64_t *first, int64_t *last);
    /* MIXES, if the rows are in memory: changes the order of an epoch. */
    void (*mix)(const plm_transform *t, int64_t epoch, plm_order *order);
    /* MIXES, if streamed: `start` is called before the first row of an epoch; `pull` then returns
     * rows, as plm_source_kind.read does. */
    plm_status (*start)(plm_transform *t, int64_t epoch);
    plm_status (*pull)(plm_transform *t, int64_t most, void *const out[PLM_PARTS], int64_t *got);
    /* CHANGES: changes the values of a batch in place. Part i is value[i], [rows, width]. Its
     * memory has space for `room` values per row, which settle may have increased (plm_part). */
    plm_status (*change)(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows);
} plm_transform_kind;

/* A transform of a pipeline. */
struct plm_transform {
    const plm_transform_kind *kind;
    const void *config;
    void *state;      /* what the transform keeps between calls; NULL = nothing */
    plm_data *data;   /* the stream */
    const char *spec; /* the text of the spec, for messages and for copies of the stream */
    int number;       /* place in the pipeline */
    /* PICKS: true = the rows were picked when the stream was made, by changing data->first and
     * data->last */
    bool folded;
    /* PICKS, streamed: number of rows that are still to be skipped, and of rows that are then
     * returned */
    int64_t skip, left;
};

/* ---- the stream ---- */

/* One part of a batch. */
typedef struct {
    int rank; /* number of axes of one row */
    int64_t dims[PLM_ROW_RANK];
    /* width: number of values of a row after the transforms so far. room: number of values of a row
     * for which memory is allocated; it is larger than `width` if a row has more values between two
     * transforms, since rows are changed in place */
    size_t width, room;
} plm_part;

/* The memory of one batch. */
typedef struct {
    float *value[PLM_PARTS]; /* [rows, width] for each part */
    int64_t rows;            /* number of rows of the batch */
    plm_status status;       /* the result of filling the slot: OK, END or an error */
} plm_slot;

typedef struct plm_ahead plm_ahead;

/* A stream of batches over a source. */
struct plm_data {
    plm *w;
    plm_arena arena;
    plm_source *source;
    plm_transform transform[PLM_TRANSFORMS];
    int transforms;
    plm_part part[PLM_PARTS]; /* the parts of the source, then targets that transforms have added */
    int added;                /* the number of added targets */
    int64_t batch;            /* max rows of a batch */
    bool drop_remainder;      /* a last, smaller batch is left out */
    int ahead_batches;        /* number of batches to prefetch; -1 = not set */
    /* the rows of the source that belong to this stream, in ascending order; NULL = all */
    const int64_t *chosen;
    /* the stream has the positions first <= i < last of `chosen` or, if it is NULL, of all rows.
     * last = INT64_MAX if the number of rows is unknown */
    int64_t first, last;
    int splits; /* number of splits so far */
    /* for a stream that a split made: into how many parts of this size the rows can be divided (the
     * folds of a cross-validation) */
    int64_t folds;
    int64_t classes; /* number of classes of the first target, in batches; 0 = unknown */
    /* [classes of the source] the new number of each class after keep_classes or drop_classes, -1 =
     * its rows are dropped; NULL = unchanged */
    const int64_t *new_class;
    bool begun;      /* true = a batch was requested, so the memory is allocated */
    bool rewound;    /* an epoch was begun */
    plm_data *next;  /* the next stream of the source */
    plm_order order; /* rows in memory: the order of this epoch */
    /* room: capacity of `order`, in rows. at: position in the epoch. For rows in memory it is the
     * next index in `order`; for a streamed source it is the number of rows read so far */
    int64_t room, at;
    void *raw[PLM_PARTS]; /* streamed: buffer for the rows of a batch in the file's element types */
    int64_t epoch;        /* the number of the last rewind */
    int64_t given;        /* number of rows returned so far in this epoch */
    plm_slot slot;        /* the batch, if there is no thread */
    plm_ahead *ahead;     /* the thread that prefetches, with its slots; NULL = none */
    plm_status failed;    /* an error, which every call returns until the next rewind */
    /* held: name of the call that uses the stream and may call callbacks; NULL = none. free_wanted:
     * a callback called plm_data_free, so the stream is freed when that call ends. */
    const char *held;
    bool free_wanted;
};

/* Opens a stream from the text of a pipeline; known: see plm_source_open. NULL = failed. */
plm_data *plm_pipeline_open(plm *w, const plm_known_columns *known, const char *pipeline,
                            va_list list);
/* Opens a stream from the text of a pipeline that has printf arguments, as for vprintf. NULL =
 * failed. */
plm_data *plm_data_open_known(plm *w, const plm_known_columns *known, const char *pipeline, ...)
    PLM_PRINTF(3, 4);
/* Fails with E_ORDER if a running call uses the stream, since `caller` is then called by one of its
 * callbacks. d may be NULL. (held.c) */
PLM_CHECKED plm_status plm_data_idle(const plm_data *d, const char *caller);
/* Marks a stream as used by the running call `call`, until plm_data_let; d may be NULL. Calls may
 * be nested. Returns the mark from before, for plm_data_let. (held.c) */
const char *plm_data_hold(plm_data *d, const char *call);
/* Sets the mark from before plm_data_hold again. If the stream is no longer used, and a callback
 * has called plm_data_free, the stream is freed. (held.c) */
void plm_data_let(plm_data *d, const char *before);
/* Give batches as plm_data_next and plm_data_rewind do, for the call that holds the stream. */
PLM_CHECKED plm_status plm_held_next(plm_data *d, plm_batch *out);
PLM_CHECKED plm_status plm_held_rewind(plm_data *d, int64_t epoch);
/* Sets *out to the text of a stream's fitted schema, in the arena; "" = the stream has no schema.
 * */
PLM_CHECKED plm_status plm_data_schema(const plm_data *d, plm_arena *a, const char **out);
/* Adds the transforms of a pipeline, in order, and checks that some rows remain. */
PLM_CHECKED plm_status plm_pipeline_build(plm_data *d, const plm_spec *const *specs, size_t count);
/* Appends one transform. */
PLM_CHECKED plm_status plm_pipeline_add(plm_data *d, const plm_spec *spec);
/* Fits the schema of a source to the training rows, which are those of its first stream, and gives
 * all its streams the resulting parts. Rows that were split off are not used. Does nothing if the
 * schema is fitted, or if there is none. Errors are recorded on the source's runtime.
 * (fit_columns.c) */
PLM_CHECKED plm_status plm_source_fit(plm_source *s);
/* Marks the schema as not fitted. To be called after rows were split off: the schema must then be
 * fitted to the remaining rows. */
void plm_source_unfit(plm_source *s);
/* Removes a stream from the list of its source. (pipeline.c) */
void plm_source_remove_stream(plm_data *d);
/* Sets the parts of a stream to those of its source, without the changes that transforms make.
 * (pipeline.c) */
void plm_pipeline_parts(plm_data *d);
/* Returns the number of bytes that the stream and its source have allocated, or will allocate for
 * the first batch. The caller's arrays are not included. */
size_t plm_data_bytes(const plm_data *d);
/* Allocates the list of row numbers of an epoch and the buffers of batches. Further calls do
 * nothing. */
PLM_CHECKED plm_status plm_pipeline_prepare(plm_data *d);
/* Makes a stream over a source, without transforms. The stream owns the reference to the source.
 * NULL = no memory; the source is then released. */
plm_data *plm_pipeline_new(plm *w, plm_source *s);
/* Returns the name of a source for messages: its file, otherwise its short name. */
const char *plm_source_title(const plm_source *s);
/* Sets *out to the names of the columns of the source's inputs or targets, in the arena, in the
 * form of plm_known_columns; "" = they have no names. (columns.c) */
PLM_CHECKED plm_status plm_data_columns(const plm_data *d, plm_arena *a, bool targets,
                                        const char **out);
/* Returns the number of parts of a batch, including added targets. */
int plm_data_parts(const plm_data *d);
/* Returns the number of targets of a batch, including added ones. */
int plm_data_targets(const plm_data *d);
/* Returns the index of the part that holds target k of a batch. */
int plm_data_target(const plm_data *d, int k);
/* Returns the row of the source, from 0, at a position of the current epoch. -1 = unknown, since
 * the rows are streamed and transforms mix or pick them while they are read. */
int64_t plm_data_row(const plm_data *d, int64_t position);
/* Returns the line of the file, from 1, on which a row of the source begins; 0 = unknown. The
 * source may have to read its file; use plm_data_lines to find the lines of several rows at once.
 * */
int64_t plm_data_line(const plm_data *d, int64_t row);
/* Sets line[count] to the lines on which the rows row[count] begin, as plm_data_line does. The rows
 * are in ascending order; the file is read at most once. */
void plm_data_lines(const plm_data *d, int count, const int64_t *row, int64_t *line);
/* Appends the origin of the row at a position of this epoch: "row 7 (line 8) of 'a.csv'". Appends
 * nothing if it is unknown. */
void plm_data_place(const plm_data *d, int64_t position, int part, plm_text *out);
/* True if the pipeline of the stream has a transform with this role. */
bool plm_pipeline_has(const plm_data *d, plm_transform_role role);
/* Returns the number of rows of an epoch; -1 = unknown. */
int64_t plm_pipeline_rows(const plm_data *d);
/* Checks that an epoch has at least one row and one batch. Errors: E_DATA. */
PLM_CHECKED plm_status plm_pipeline_check(plm_data *d);

/* Begins an epoch. Errors are recorded on the source's runtime. */
PLM_CHECKED plm_status plm_flow_rewind(plm_data *d, int64_t epoch);
/* Fills a slot with the next batch; slot->status is PLM_END after the last one. Errors are recorded
 * on the source's runtime. */
void plm_flow_fill(plm_data *d, plm_slot *slot);
/* Streamed: reads rows after the transforms before number `number` were applied, as
 * plm_source_kind.read does. */
PLM_CHECKED plm_status plm_flow_pull(plm_data *d, int number, int64_t most,
                                     void *const out[PLM_PARTS], int64_t *got);
/* Returns the max number of rows of a batch: the batch size, or the number of all rows if there are
 * fewer. */
int64_t plm_flow_capacity(const plm_data *d);
/* Returns how many bytes a row of a part takes in the file's element type. */
size_t plm_flow_row_bytes(const plm_data *d, int part);
/* Allocates the memory of one batch. */
PLM_CHECKED plm_status plm_flow_slot(plm_data *d, plm_slot *slot);

/* Starts the thread that prefetches batches. *out stays NULL if no thread can be started. */
PLM_CHECKED plm_status plm_ahead_open(plm_data *d, plm_ahead **out);
/* False in a child process made by fork, which does not have the thread: then only plm_ahead_close
 * may be called. */
bool plm_ahead_is_here(const plm_ahead *a);
/* Stops the thread and drops its batches. The stream may then be rewound. */
void plm_ahead_rest(plm_ahead *a);
/* Lets the thread fill slots. Only the thread uses the stream until plm_ahead_rest. */
void plm_ahead_start(plm_ahead *a);
/* Returns the next batch, which is valid until the next call; its status tells whether there is
 * one. */
const plm_slot *plm_ahead_next(plm_ahead *a);
/* Ends the thread; NULL is allowed. */
void plm_ahead_close(plm_ahead *a);

/* The keys of split (transform/split.c), used by plm_data_split. */
typedef struct {
    double fraction;
    bool shuffle, stratify;
    int64_t seed; /* -1 = the runtime's */
    int64_t fold; /* number of the fold that is split off; 0 = the last rows */
    bool alone;   /* set by the caller, not a key: true = no other fold will be split off, so groups
                   * need not be distributed to folds */
} plm_split_config;

/* Splits rows off a stream, for validation. The text, such as "split(0.1)", has no printf
 * arguments. fold: number that is added to the fold in the text. seed: for the random choice,
 * unless the text has a seed; -1 = the seed of the runtime. */
plm_data *plm_data_fold(plm_data *train, const char *spec, int64_t fold, int64_t seed);
/* Makes a stream over the same rows and with the same transforms as d, for another runtime, which
 * may be used by another thread. Rows in memory are shared. If d is a table with a schema, it must
 * be fitted, and both streams use it. NULL = failed: E_UNSUPPORTED for a streamed source. */
plm_data *plm_data_again(plm *w, const plm_data *d);
/* Returns the row of the source that is at a position of a stream, before its transforms.
 * (pipeline.c) */
int64_t plm_data_row_at(const plm_data *d, int64_t position);
/* Reorders order[n], positions of a stream, so that each section of the order has the classes of
 * the first target in the same proportions as the whole. Rows of a class keep their order. Errors:
 * E_DATA if the first target is not a class number. (stratify.c) */
PLM_CHECKED plm_status plm_data_spread(const plm_data *d, int64_t n, int64_t *order);

/* The result of choosing a fold of groups. goes [n]: true for the positions that are split off.
 * *gone: number of these positions. */
typedef struct {
    int64_t rows, fold; /* the size of a fold, and which one goes */
    bool alone;         /* true = only fold 0 is used, so only its size matters */
    bool *goes;
    int64_t *gone, *folds; /* *folds: the number of folds */
} plm_group_fold;
/* Chooses the rows of a fold so that all rows of a group are on the same side. order [n]: positions
 * of the stream, which determine the order of groups of equal size. Errors: E_DATA if there are too
 * few groups. (grouped.c) */
PLM_CHECKED plm_status plm_data_group_fold(const plm_data *d, int64_t n, const int64_t *order,
                                           const plm_group_fold *f);

/* Returns the number of classes of the first target: from the source, otherwise 1 + the largest
 * label in memory; 0 = the target has no labels. (classes.c) */
int64_t plm_data_count_classes(const plm_data *d);
/* True if target k has the same value, *out, in all rows. There must be at least two rows, in
 * memory. */
bool plm_data_single(const plm_data *d, int k, float *out);
/* For keep_classes and drop_classes: selects the rows whose class is listed (keep) or is not
 * listed, and numbers the remaining classes from 0 (relabel). */
PLM_CHECKED plm_status plm_classes_settle(plm_transform *t, const plm_reals *list, bool keep,
                                          bool relabel);
/* Replaces the labels of a batch by their new class numbers. */
PLM_CHECKED plm_status plm_classes_change(const plm_transform *t, float *const value[PLM_PARTS],
                                          int64_t rows);

/* Returns the seed to use: the transform's own seed if it is 0 or more, otherwise the seed of the
 * runtime. */
uint64_t plm_data_seed(const plm_data *d, int64_t own);

#endif
