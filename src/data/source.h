/* Sources of data rows. A source has up to four inputs, up to four targets and optionally sample
 * weights. Each of these is a "part": rows of one shape, in the file's own element type. Parts are
 * numbered: first the inputs, then the targets, then the weights. A source either keeps all its
 * rows in memory; then every row can be accessed at any time, and an epoch is a list of row
 * numbers. Or it is streamed: read in order, a batch at a time. */
#ifndef PLM_DATA_SOURCE_H
#define PLM_DATA_SOURCE_H

#include "base/fields.h"
#include "base/spill.h"
#include "base/stream.h"
#include "kernel/element.h"
#include "table/schema.h"

/* SIDE: max number of inputs, and of targets. PARTS: max number of parts of a source or batch.
 * ROW_RANK: max number of axes of a row. TRANSFORMS: max number of transforms of a pipeline. */
enum { PLM_SIDE = 4, PLM_PARTS = 2 * PLM_SIDE + 1, PLM_ROW_RANK = 7, PLM_TRANSFORMS = 32 };

/* Sets *numbers to the number of elements of an array. False: the array has no rows or no valid
 * shape or type, or is larger than any memory. */
bool plm_view_numbers(const plm_view *v, int64_t *numbers);

/* One part of a source. */
typedef struct {
    const char *name; /* name for messages: a path, or "images" */
    plm_dtype element;
    int rank; /* number of axes of one row */
    int64_t dims[PLM_ROW_RANK];
    size_t width;     /* numbers of one row */
    const void *rows; /* all rows, or NULL = streamed */
    /* the rows, if their memory belongs to the source and is freed with it; NULL = it does not */
    void *owned;
    const char *const *column; /* [width] names of its columns; NULL = they have no names */
} plm_table;

typedef struct plm_source plm_source;

/* What a model stores about the columns of the table that it was trained on. A source whose columns
 * have names uses these columns unless its spec lists others. inputs, targets: lists of names as
 * specs, "['age', 'height']" or "[['age'], ['height']]"; NULL or "" = unknown. */
typedef struct {
    const char *inputs, *targets;
    int64_t width; /* number of input values in a row, over all inputs; 0 = unknown */
    /* text of the schema (plm_schema_print); NULL or "" = the model has no schema */
    const char *schema;
    /* types of columns as the user has set them, such as "age=category"; NULL = none set */
    const char *columns;
    int64_t embed;      /* category columns with more words become ids for an embedding; 0 = none
                          * do */
    bool embed_given;   /* true = the user has set embed, so that a number without effect is told */
    bool wants_targets; /* true = the caller needs the targets; false = rows for predictions */
} plm_known_columns;

/* The descriptor of a kind of source. */
typedef struct plm_source_kind {
    plm_kind kind;
    /* Opens the source: fills rows, the tables, name, classes, and sets `streamed` if the rows stay
     * in the file. */
    plm_status (*open)(plm_source *s, const void *config);
    /* For streamed sources: moves to a row, counted from 0, at which `read` continues. */
    plm_status (*seek)(plm_source *s, int64_t row);
    /* For streamed sources: reads the next rows of every part, in the part's element type. *got is
     * less than `most` only at the end. */
    plm_status (*read)(plm_source *s, int64_t most, void *const out[PLM_PARTS], int64_t *got);
    /* For sources in memory: sets line[count] to the lines of the file, counted from 1, on which
     * the rows row[count] begin; 0 = unknown. row is ascending. NULL = the files have no lines. */
    void (*lines)(plm_source *s, int count, const int64_t *row, int64_t *line);
    /* For sources with a schema, otherwise NULL: fits the schema to row[rows], the training rows,
     * and sets the rows and the width of every part. */
    plm_status (*fit)(plm_source *s, const int64_t *row, int64_t rows);
    /* Frees the memory of `state`; may be NULL. It is also called after a failed open. */
    void (*close)(plm_source *s);
} plm_source_kind;

/* A source has its own runtime for errors and memory, so that a thread that prefetches batches
 * never uses the user's runtime. plm_source_carry copies errors from one to the other. */
struct plm_source {
    plm w;
    plm_spill *spill; /* temporary files for large blocks of memory (an option of w); NULL = none */
    plm_arena arena;
    const plm_source_kind *kind;
    const char *spec; /* the text of its spec, with which it can be opened again; NULL = the
                       * caller's arrays */
    const char *name; /* short name for files: "iris" */
    const char
        *file; /* path as the user wrote it, for messages: "data/iris.csv"; NULL = there is no
                * single file */
    int references;
    bool streamed;
    int64_t rows; /* -1 = only known at the end */
    int inputs, targets;
    /* true = there are sample weights: the last part, with one value of 0 or more per row */
    bool weighted;
    plm_table table[PLM_PARTS]; /* inputs, then targets, then weights */
    int64_t classes;            /* number of classes of the first target; 0 = unknown */
    /* true = the columns of the inputs (targets) were listed by name or number, or come from the
     * model */
    bool named_inputs, named_targets;
    bool no_header; /* a table whose columns have no names */
    /* a name that two columns share, so that names do not identify columns; NULL = there is none */
    const char *duplicate;
    /* The columns of a table that became inputs and targets, for messages: "size, rooms", "columns
     * 0 to 3". A target is included even if it is not read. "" = the source is not a table. */
    const char *input_words, *target_words;
    plm_known_columns known;
    plm_schema *schema; /* schema of a table with types; NULL = none */
    /* true = rows follow one another in time, so only the last rows may be split off */
    bool series;
    bool grouped;   /* true = rows of one group must stay together in a split */
    int64_t *group; /* [rows] number of each row's group, in the arena; NULL = unknown */
    bool fitted;    /* true = the schema is fitted, and the parts have their final width */
    /* a list of all streams over this source, in the order in which they were opened */
    plm_data *stream;
    int64_t epoch; /* streamed: number of the epoch that the next seek begins */
    void *state;
};

/* Opens a source from a spec ("csv('a.csv')"). known: copied; may be NULL. Errors are recorded on
 * `user`. */
PLM_CHECKED plm_status plm_source_open(plm *user, const char *spec, const plm_known_columns *known,
                                       plm_source **out);
/* Makes a source whose rows are the caller's arrays. */
PLM_CHECKED plm_status plm_source_arrays(plm *user, const plm_arrays *a, plm_source **out);
/* Makes a source whose rows a function of the caller generates. */
PLM_CHECKED plm_status plm_source_generator(plm *user, const plm_generator *given,
                                            plm_source **out);
/* Returns the number of parts. */
int plm_source_parts(const plm_source *s);
/* Returns the index of the part with the sample weights; -1 = there are none. */
int plm_source_weight(const plm_source *s);
/* Returns the path of a file that a spec names, relative to the runtime's directory; in the arena.
 * NULL = no memory. */
const char *plm_source_path(plm_source *s, const char *path);
/* Makes a zeroed source with one reference and a runtime with the options of `user`. NULL = no
 * memory (error on `user`). */
plm_source *plm_source_new(plm *user);
/* Releases one reference; the last one frees the source. */
void plm_source_release(plm_source *s);
/* Copies the source's last error to `user`; returns status. */
PLM_CHECKED plm_status plm_source_carry(plm *user, const plm_source *s, plm_status status);
/* Checks parts and rows; sets the rank of targets of one column to 0 and that of inputs to at least
 * 1. To be called at the end of opening. */
PLM_CHECKED plm_status plm_source_settle(plm_source *s);
/* Fails since the source has no rows. where: the spec, or the name of a part. */
PLM_CHECKED plm_status plm_source_fail_empty(plm_source *s, const char *where);
/* Puts large blocks of the source's memory into files in this folder, as far as they exceed
 * `memory` bytes. folder: borrowed. To be called before blocks are allocated. */
PLM_CHECKED plm_status plm_source_spill(plm_source *s, size_t memory, const char *folder);
/* Allocates the rows of a part, [rows][width], without initializing them. NULL = failed, and the
 * error is recorded. */
void *plm_source_take_rows(plm_source *s, plm_table *t, int64_t rows);
/* Sets rank, dims and width of a part from the shape [rows, ...]. Errors: E_DATA if there are no
 * rows, E_FORMAT if the sizes overflow. */
PLM_CHECKED plm_status plm_source_shape(plm_source *s, plm_table *t, int rank, const int64_t *dims);
/* Checks that every value in these rows of a part is finite, and that weights are 0 or more.
 * Errors: E_DATA, which names the row and the value. */
PLM_CHECKED plm_status plm_source_check(plm_source *s, const plm_table *t, const void *data,
                                        int64_t rows, int64_t first_row);
/* Returns the number of classes of a part: 1 + its largest label. 0 = the part has no labels: it is
 * streamed, its width is not 1, or its values are not class numbers. */
int64_t plm_source_count_classes(const plm_source *s, const plm_table *t);
/* Makes a short name from the name of a file: without folders and file name extensions, with
 * letters, digits, '_' and '-' only. */
const char *plm_source_short_name(plm_source *s, const char *path);

#endif
