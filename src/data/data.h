/* Data: transforms that the rows of a source (data/source.h) pass through, and the stream of
 * batches that they become. The stream (plm_data) gathers or reads the rows of a batch, converts
 * them to float32 and lets the transforms change them.
 *
 * This folder knows no model and no layer. */
#ifndef PLM_DATA_DATA_H
#define PLM_DATA_DATA_H

#include "base/random.h"
#include "data/source.h"

/* ---- transforms ---- */

/* What a transform does. The last three are written like transforms, but are settings of the
 * stream. */
typedef enum {
    PLM_TRANSFORM_PICKS,    /* keeps some of the rows: take, skip */
    PLM_TRANSFORM_MIXES,    /* changes their order: shuffle */
    PLM_TRANSFORM_CHANGES,  /* changes the values of a batch: rescaling, one_hot */
    PLM_TRANSFORM_COLLECTS, /* sets the batch size: batch */
    PLM_TRANSFORM_AHEAD,    /* prepares batches in a thread: prefetch */
    /* divides the rows between two streams: split; not allowed in a pipeline */
    PLM_TRANSFORM_DIVIDES
} plm_transform_role;

typedef struct plm_transform plm_transform;

/* The numbers of the rows that an epoch visits, in order. */
typedef struct {
    int64_t *row;
    int64_t count;
} plm_order;

/* The descriptor of a kind of transform. Each function belongs to the role in capitals; in other
 * roles it is NULL. */
typedef struct plm_transform_kind {
    plm_kind kind;
    plm_transform_role role;
    /* CHANGES: for training only. The transform is not applied to rows that are split off, and to
     * rows for predictions. */
    bool training_only;
    /* Any role, may be NULL. Called once, when the stream is made: checks the transform, changes
     * the stream's parts, allocates memory. */
    plm_status (*settle)(plm_transform *t);
    /* PICKS: narrows the positions [*first, *last). */
    void (*pick)(const plm_transform *t, int64_t *first, int64_t *last);
    /* MIXES, if the rows are in memory: changes the order of an epoch. */
    void (*mix)(const plm_transform *t, int64_t epoch, plm_order *order);
    /* MIXES, if streamed: `start` is called before the first row of an epoch; `pull` then gives
     * rows, as plm_source_kind.read does. */
    plm_status (*start)(plm_transform *t, int64_t epoch);
    plm_status (*pull)(plm_transform *t, int64_t most, void *const out[PLM_PARTS], int64_t *got);
    /* CHANGES: changes the values of a batch in place. Part i is value[i], [rows, width]. Its
     * memory has space for `room` values for each row, which settle may have raised (plm_part). */
    plm_status (*change)(const plm_transform *t, float *const value[PLM_PARTS], int64_t rows);
} plm_transform_kind;

/* A transform of a pipeline. */
struct plm_transform {
    const plm_transform_kind *kind;
    const void *config;
    void *state;        /* state of the transform, whose type only the transform knows; or NULL */
    plm_data *data;     /* the stream */
    const char *spec;   /* the text of the spec, for messages and copies */
    int number;         /* place in the pipeline */
    bool folded;        /* PICKS: applied when the stream was made, by data->first and last */
    int64_t skip, left; /* PICKS, streamed: number of rows still to skip, and then to give */
};

/* ---- the stream ---- */

/* One part of a batch. */
typedef struct {
    int rank; /* number of axes of one row */
    int64_t dims[PLM_ROW_RANK];
    /* width: values of a row, after the transforms so far. room: values of a row to allocate: a row
     * changes in place, and may be wider before or after a transform */
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
    plm_part part[PLM_PARTS]; /* the parts of the source, then targets that transforms add */
    int added;                /* the number of added targets */
    int64_t batch;            /* max rows of a batch */
    bool drop_remainder;      /* a last, smaller batch is left out */
    int ahead_batches;        /* number of batches to prefetch; -1 = not given */
    /* the rows of the source that this stream has, in ascending order; NULL = all */
    const int64_t *chosen;
    /* the stream has the positions first <= i < last of `chosen`, or of all rows if `chosen` is
     * NULL. last = INT64_MAX if the number of rows is unknown */
    int64_t first, last;
    int splits;      /* number of splits so far */
    int64_t folds;   /* of a stream that a split made: how many such parts its rows have */
    int64_t classes; /* classes of the first target, in batches; 0 = unknown */
    /* [classes of the source] the number that keep_classes or drop_classes gives each class, -1 =
     * its rows are left out; NULL = unchanged */
    const int64_t *new_class;
    bool begun;      /* a batch was asked for, so the memory is there */
    bool rewound;    /* an epoch was begun */
    plm_data *next;  /* the next stream of the source */
    plm_order order; /* rows in memory: the order of this epoch */
    /* room: capacity of `order`, in rows. at: rows in memory: the next position in `order`;
     * streamed: number of rows read from the source in this epoch */
    int64_t room, at;
    void *raw[PLM_PARTS]; /* streamed: the rows of a batch in the file's element types */
    int64_t epoch;        /* the number of the last rewind */
    int64_t given;        /* number of rows given so far in this epoch */
    plm_slot slot;        /* the batch, if there is no thread */
    plm_ahead *ahead;     /* the thread that prefetches, with its slots; NULL = none */
    plm_status failed;    /* an error, which is returned again until the next rewind */
};

/* Opens a stream from a pipeline in words; known: see plm_source_open. NULL = failed. */
plm_data *plm_pipeline_open(plm *w, const plm_known_columns *known, const char *pipeline,
                            va_list list);
/* As plm_pipeline_open. arguments: of the text, as for vprintf. */
plm_data *plm_data_open_known(plm *w, const plm_known_columns *known, const char *pipeline, ...)
    PLM_PRINTF(3, 4);
/* Sets *out to the text of the fitted schema of a stream, in the arena; "" = the stream has no
 * schema. */
PLM_CHECKED plm_status plm_data_schema(const plm_data *d, plm_arena *a, const char **out);
/* Adds the transforms of a pipeline, in order, and checks that some rows are left. */
PLM_CHECKED plm_status plm_pipeline_build(plm_data *d, const plm_spec *const *specs, size_t count);
/* Appends one transform. */
PLM_CHECKED plm_status plm_pipeline_add(plm_data *d, const plm_spec *spec);
/* Fits the schema of a source to the rows of its first stream, if it is not fitted, and gives all
 * its streams their final parts. Rows that were split off are not used. Does nothing for a source
 * without a schema. Errors are recorded on the source's runtime. (fit_columns.c) */
PLM_CHECKED plm_status plm_source_fit(plm_source *s);
/* Marks the schema as not fitted. To be called when rows were split off: the schema must then be
 * fitted again, to the rows that are left. */
void plm_source_unfit(plm_source *s);
/* Removes a stream from the list of its source. (pipeline.c) */
void plm_source_remove_stream(plm_data *d);
/* Gives a stream the parts of its source, before transforms. (pipeline.c) */
void plm_pipeline_parts(plm_data *d);
/* Returns the bytes that the stream and its source hold, or will hold when the first batch is asked
 * for. The caller's arrays are not counted. */
size_t plm_data_bytes(const plm_data *d);
/* Allocates the list of row numbers of an epoch and the buffers of batches. Later calls do nothing.
 * */
PLM_CHECKED plm_status plm_pipeline_prepare(plm_data *d);
/* Makes a stream over a source, without transforms. It takes over the reference to the source. NULL
 * = no memory; the source is then released. */
plm_data *plm_pipeline_new(plm *w, plm_source *s);
/* Returns what a source is called in messages: its file, else its short name. */
const char *plm_source_title(const plm_source *s);
/* Returns the names of the columns of the source's inputs or targets, as in plm_known_columns, in
 * the arena; "" = they have no names. (columns.c) */
PLM_CHECKED plm_status plm_data_columns(const plm_data *d, plm_arena *a, bool targets,
                                        const char **out);
/* Returns the number of parts of a batch, added targets included. */
int plm_data_parts(const plm_data *d);
/* Returns the number of targets of a batch, added ones included. */
int plm_data_targets(const plm_data *d);
/* Returns the part that holds target k of a batch. */
int plm_data_target(const plm_data *d, int k);
/* Returns the row of the source, from 0, that is at a position of the present epoch. -1 = unknown,
 * since the rows are streamed and transforms mix or pick them while they are read. */
int64_t plm_data_row(const plm_data *d, int64_t position);
/* Returns the line of the file, from 1, that a row of the source begins on; 0 = unknown. A source
 * may read its file for that: plm_data_lines finds the lines of several rows. */
int64_t plm_data_line(const plm_data *d, int64_t row);
/* Sets line[count] to the lines that row[count] begin on, as plm_data_line does. The rows rise; the
 * file is read at most once. */
void plm_data_lines(const plm_data *d, int count, const int64_t *row, int64_t *line);
/* Appends where the row at a position of this epoch comes from: "row 7 (line 8) of 'a.csv'".
 * Appends nothing if that is not known. */
void plm_data_place(const plm_data *d, int64_t position, int part, plm_text *out);
/* True if the pipeline has a transform with this role. */
bool plm_pipeline_has(const plm_data *d, plm_transform_role role);
/* Returns the number of rows of an epoch; -1 = unknown. */
int64_t plm_pipeline_rows(const plm_data *d);
/* Checks that an epoch has a row and a batch. Errors: E_DATA. */
PLM_CHECKED plm_status plm_pipeline_check(plm_data *d);

/* Begins an epoch. Errors are recorded on the source's runtime. */
PLM_CHECKED plm_status plm_flow_rewind(plm_data *d, int64_t epoch);
/* Fills a slot with the next batch; slot->status is PLM_END after the last one. Errors are recorded
 * on the source's runtime. */
void plm_flow_fill(plm_data *d, plm_slot *slot);
/* Streamed: reads rows to which the transforms before `number` were applied, as
 * plm_source_kind.read does. */
PLM_CHECKED plm_status plm_flow_pull(plm_data *d, int number, int64_t most,
                                     void *const out[PLM_PARTS], int64_t *got);
/* Returns the max number of rows of a batch: the batch size, or all rows if there are fewer. */
int64_t plm_flow_capacity(const plm_data *d);
/* Returns the bytes of one row of a part in the file's element type. */
size_t plm_flow_row_bytes(const plm_data *d, int part);
/* Allocates the memory of one batch. */
PLM_CHECKED plm_status plm_flow_slot(plm_data *d, plm_slot *slot);

/* Starts the thread that prefetches batches. *out stays NULL if no thread can be started. */
PLM_CHECKED plm_status plm_ahead_open(plm_data *d, plm_ahead **out);
/* False in a child made by fork, which does not have the thread: then only close may be called. */
bool plm_ahead_is_here(const plm_ahead *a);
/* Waits until the thread is idle and drops its batches. The stream may then be rewound. */
void plm_ahead_rest(plm_ahead *a);
/* Lets the thread fill slots; the stream belongs to it until plm_ahead_rest. */
void plm_ahead_start(plm_ahead *a);
/* Returns the next batch, which stays valid until the next call; its status says whether there is
 * one. */
const plm_slot *plm_ahead_next(plm_ahead *a);
/* Ends the thread; NULL is allowed. */
void plm_ahead_close(plm_ahead *a);

/* The keys of split (transform/split.c), used by plm_data_split. */
typedef struct {
    double fraction;
    bool shuffle, stratify;
    int64_t seed; /* -1 = the runtime's */
    int64_t fold; /* which of the parts of this size is taken: 0 = the last */
    bool alone;   /* no key: no other part is taken, so groups are not dealt to folds */
} plm_split_config;

/* As plm_data_split, with a text that has no printf arguments. fold: added to the fold of the text.
 * seed: of the random choice, unless the text has a seed; -1 = the seed of the runtime. */
plm_data *plm_data_fold(plm_data *train, const char *spec, int64_t fold, int64_t seed);
/* Makes a stream over the same rows and through the same transforms as d, for another runtime,
 * which another thread may use. Rows in memory are shared. The schema of a table must be fitted,
 * and both streams use it. NULL = failed: E_UNSUPPORTED for a streamed source. */
plm_data *plm_data_again(plm *w, const plm_data *d);
/* Returns the row of the source that is at a position of a stream, before its transforms.
 * (pipeline.c) */
int64_t plm_data_row_at(const plm_data *d, int64_t position);
/* Reorders order[n], positions of a stream, so that each part of the order has the classes of the
 * first target in the proportions of the whole. Rows of a class keep their order. Errors: E_DATA if
 * the first target is no class number. (stratify.c) */
PLM_CHECKED plm_status plm_data_spread(const plm_data *d, int64_t n, int64_t *order);

/* The result of choosing a fold of groups. goes [n]: true for the positions that go. *gone: their
 * number. */
typedef struct {
    int64_t rows, fold; /* the size of a fold, and which one goes */
    bool alone;         /* only fold 0 is used, so its size counts, not that of the others */
    bool *goes;
    int64_t *gone, *folds; /* *folds: the number of folds */
} plm_group_fold;
/* Chooses the rows of a fold, so that no group is in two parts. order [n]: positions of the stream,
 * which decide the order of groups of equal size. Errors: E_DATA if there are too few groups.
 * (grouped.c) */
PLM_CHECKED plm_status plm_data_group_fold(const plm_data *d, int64_t n, const int64_t *order,
                                           const plm_group_fold *f);

/* Returns the number of classes of the first target: as known, else 1 + the largest label in
 * memory; 0 = the target has no labels. (classes.c) */
int64_t plm_data_count_classes(const plm_data *d);
/* True if target k has the same value, *out, in all rows. There must be at least two rows, in
 * memory. */
bool plm_data_single(const plm_data *d, int k, float *out);
/* For keep_classes and drop_classes: picks the rows whose class is listed (keep) or is not listed,
 * and numbers the remaining classes from 0 (relabel). */
PLM_CHECKED plm_status plm_classes_settle(plm_transform *t, const plm_reals *list, bool keep,
                                          bool relabel);
/* Replaces the labels of a batch by their new class numbers. */
PLM_CHECKED plm_status plm_classes_change(const plm_transform *t, float *const value[PLM_PARTS],
                                          int64_t rows);

/* Returns the seed to use: the transform's own if it is 0 or more, else the seed of the runtime. */
uint64_t plm_data_seed(const plm_data *d, int64_t own);

#endif
