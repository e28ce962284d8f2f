/* plummet: trains deep neural networks on the CPU, and warns of nets that cannot learn.
 *
 * Shapes  [n, a, b]: n = rows in the batch, row-major, float32 unless a dtype says otherwise.
 * Errors  a doer returns a plm_status; a builder (plm_add, plm_input, ...) returns a handle (id 0 =
 *         failed), and its FIRST error sticks to the model: plm_compile and every later call
 *         on that model return it. What opens or makes something returns NULL. Details:
 *         plm_last_error. A NULL handle is accepted everywhere and fails politely: PLM_E_ORDER,
 *         NULL or 0; a call that returns text returns "".
 * Calls   what the functions of your program may call while the library calls them:
 *         on_event, on_layer, next, begin  all that reads the model (plm_predict, plm_model_save,
 *                     plm_model_clone, plm_model_summary, plm_parameter_read, ...), and
 *                     plm_parameter_write, plm_model_set_learning_rate,
 *                     plm_run_set_learning_rate. What changes the model or works on it (plm_add,
 *                     plm_compile, plm_fit, plm_train_batch, plm_evaluate, plm_model_pop,
 *                     plm_model_set_..., ...) is PLM_E_ORDER and changes nothing: call it on a
 *                     clone, or when the fit has returned.
 *                     plm_model_free frees the model when the call that is at work returns.
 *                     Other models and streams may be used, the streams of the fit may not.
 *                     With "prefetch", next and begin run in another thread: they may call
 *                     nothing on this runtime.
 *         log, allocate  plm_version and plm_status_name only.
 * Owning  what _new/_open/_load gives, you give back to _free/_close (NULL is fine). All other
 *         pointers are borrowed: valid until the object that lent them is changed or freed.
 * Threads one thread per runtime, and all made from it, at a time; runtimes are independent.
 *         Except plm_predict, plm_predict_several and plm_predict_with_error: several threads may
 *         call them on one compiled model at once, while nobody else uses the runtime.
 * Specs   "name(arg, key=value, ...)", an unknown key is an error. Where `...` follows, the text
 *         is a format of printf, read in the C locale: write %% for a percent sign. */
#ifndef PLUMMET_H
#define PLUMMET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version of this header. */
#define PLM_VERSION_MAJOR 0
#define PLM_VERSION_MINOR 1
#define PLM_VERSION_PATCH 0
/* The same as one number, for #if: 10000 major + 100 minor + patch. */
#define PLM_VERSION_NUMBER (PLM_VERSION_MAJOR * 10000 + PLM_VERSION_MINOR * 100 + PLM_VERSION_PATCH)

/* Marks what the shared library exports; everything else is hidden. */
#define PLM_API __attribute__((visibility("default")))
/* The compiler checks a format string (argument f) against the arguments from a on. */
#define PLM_PRINTF(f, a) __attribute__((format(printf, f, a)))
/* Define PLM_CHECK_STATUS before this header, and the compiler warns where the status of a call is
 * ignored; clang also where one of your own functions returns it. The library is built with it. */
#ifdef PLM_CHECK_STATUS
#define PLM_CHECKED __attribute__((warn_unused_result))
#else
#define PLM_CHECKED
#endif
#if defined(PLM_CHECK_STATUS) && defined(__clang__)
#define PLM_CHECKED_TYPE PLM_CHECKED
#else
#define PLM_CHECKED_TYPE
#endif

/* A runtime: threads, kernels, registered kinds, the last error. */
typedef struct plm plm;
/* A net: its layers, its parameters and, once compiled, its plans. */
typedef struct plm_model plm_model;
/* A stream of batches. */
typedef struct plm_data plm_data;
/* One fit in progress, as observers see it. */
typedef struct plm_run plm_run;

/* A node of one model while it is being built, refused by all others; id 0 = failed. */
typedef struct {
    uint32_t id;
} plm_value;

/* What a doer returns: 0 and above is not an error. */
typedef enum PLM_CHECKED_TYPE {
    PLM_OK = 0,             /* done */
    PLM_END = 1,            /* a stream has no more batches */
    PLM_STOPPED = 2,        /* an observer ended the fit */
    PLM_E_SPEC = -1,        /* a spec, key or value that is not understood */
    PLM_E_SHAPE = -2,       /* shapes that do not fit */
    PLM_E_DATA = -3,        /* a bad cell, row, label or an empty set */
    PLM_E_FORMAT = -4,      /* a file that is not what it should be */
    PLM_E_IO = -5,          /* the system could not read or write */
    PLM_E_MEMORY = -6,      /* out of memory */
    PLM_E_ORDER = -7,       /* a call that comes too early, too late or on NULL */
    PLM_E_NUMERIC = -8,     /* NaN or infinity in the loss or the weights */
    PLM_E_UNSUPPORTED = -9, /* known, but not possible here or in this build */
    PLM_E_INTERNAL = -10    /* our own mistake */
} plm_status;

/* Did a call fail? PLM_END and PLM_STOPPED are no errors: do not compare with PLM_OK. */
#define PLM_FAILED(status) ((status) < 0)

/* The last error: what went wrong, where, and a hint how to correct it. Strings are never NULL
 * ("" = nothing to say); they hold until the next error of the runtime. */
typedef struct {
    plm_status status;
    const char *what, *where, *hint;
} plm_error;

/* A copy of an error in memory of the caller; texts that are longer end in "...". */
typedef struct {
    plm_status status;
    char what[768], where[384], hint[384];
} plm_error_record;

/* Element types of a view: IEEE 754 floats of 32, 64 and 16 bits, bfloat16 (the upper half of a
 * float32), integers, and bytes of which any but 0 is true. Computed is in float32, whatever
 * comes in. */
typedef enum { PLM_F32, PLM_F64, PLM_F16, PLM_BF16, PLM_I32, PLM_I64, PLM_U8, PLM_BOOL8 } plm_dtype;

/* A borrowed array: row-major, dims[0] rows first, without gaps. An array that the library reads
 * (x, y of plm_data_arrays, batches) may be constant: see plm_view_of. */
typedef struct {
    void *data; /* aligned for its type */
    plm_dtype dtype;
    int rank;        /* 1 to 8: the rows are an axis, too */
    int64_t dims[8]; /* the first `rank` of them */
} plm_view;

/* A view of `rank` axes of constant numbers, for calls that read them: plm_predict (x),
 * plm_data_arrays, plm_arrays, the input and target of plm_train_batch. Never for what a call
 * fills. rank above 8 gives a view that each call refuses (E_SHAPE). */
PLM_API plm_view plm_view_of(const void *data, plm_dtype dtype, int rank, const int64_t *dims);

/* A named figure: "loss", "val_accuracy", ... The name is borrowed. */
typedef struct {
    const char *name;
    double value;
} plm_log;

/* ---- runtime ---- */

/* How a runtime is opened; zero everywhere means the default. */
typedef struct {
    /* sizeof(plm_options): the struct may grow without an ABI break; 0 = as long as the
     * library's own */
    size_t size;
    /* The most threads that work is shared out to: 0 = every core this process may use; at most
     * 256. Fewer take part where they are faster, see plm_model_threads. */
    int threads;
    uint64_t seed; /* same seed and data = same bits, for any thread count */
    /* NULL = best here; "plain", "avx2", "avx512", "neon"; borrowed for the call */
    const char *isa;
    /* NULL = libc. With old NULL: returns so many bytes, aligned to align (a power of two), or
     * NULL when there are none. With bytes 0: frees old. It is never asked to resize. May be
     * called from several threads at once, until plm_close returns. What zlib and jansson take
     * does not come from here. */
    void *(*allocate)(void *user, void *old, size_t bytes, size_t align);
    /* NULL = silent. One line, without a newline; level 0 = note, 1 = warning. */
    void (*log)(void *user, int level, const char *line);
    void *user;    /* handed to allocate and log */
    bool unpinned; /* true = workers are not pinned to cores */
    /* Where named sets such as mnist look for their files: folders separated by ':'; NULL = only
     * where they are installed. Borrowed while the runtime is open. */
    const char *data_dir;
    /* Where relative names of files in specs of data begin; NULL = where the program runs.
     * Borrowed while the runtime is open. */
    const char *directory;
    /* true = every step that is worth several threads takes all of them. false = models compare
     * numbers of threads by short trials while they train or predict, and take the fastest. The
     * bits are the same. */
    bool fixed_threads;
} plm_options;

/* Opens a runtime; o may be NULL. Returns NULL only when there is no memory: any other fault (an
 * isa this machine lacks, threads out of range) is kept, and every later call on the runtime
 * reports it. */
PLM_API plm *plm_open(const plm_options *o);
/* Closes a runtime. Where models or streams made from it are still there, they may be used and
 * freed, and the runtime goes with the last of them. */
PLM_API void plm_close(plm *w);
/* The last error on this runtime; never NULL. A later success does not clear it. */
PLM_API const plm_error *plm_last_error(const plm *w);
/* The name of a status: "PLM_E_SHAPE"; "unknown" for a number that is none. */
PLM_API const char *plm_status_name(plm_status status);
/* "major.minor.patch" of the library, which may differ from the header's. */
PLM_API const char *plm_version(void);
/* Text of strangers made fit for a terminal or a log: names of layers and columns, cells and
 * file names may hold escape sequences. Letters that do not show (control characters, those of
 * U+0080 to U+009F, bidirectional marks, separators of lines) become escapes such as \x1b and
 * \u202e, and so do bytes that are no UTF-8; the rest stays. Works as snprintf: writes at most
 * capacity bytes with a NUL, cut between letters, and returns the length of the whole. text NULL =
 * "". Texts of plm_last_error, the log and plm_model_summary have passed through it. */
PLM_API size_t plm_printable(const char *text, char *out, size_t capacity);
/* A text as a cell of a CSV file (RFC 4180): in double quotes, with those in it doubled, where it
 * holds the separator (NULL = ","), another usual one, a quote or the end of a line, or begins or
 * ends with a blank; else as it is. Works as snprintf: writes at most capacity bytes with a NUL and
 * returns the length of the whole. text NULL = "". Names in a table from plm_model_history may need
 * it. */
PLM_API size_t plm_csv_cell(const char *text, const char *separator, char *out, size_t capacity);
/* The instruction set in use ("avx512", ...) and the number of threads that were started, the
 * caller's included. */
PLM_API const char *plm_isa(const plm *w);
PLM_API int plm_threads(const plm *w);
/* The instruction sets this build has and this machine can run: index 0, 1, ... until NULL; best
 * first. */
PLM_API const char *plm_isa_available(int index);
/* Help as text: plm_describe(w, "layer", "dense"); name NULL lists the family, family NULL lists
 * the families, family "" looks for the name in all of them. Borrowed until the next call of
 * plm_describe. NULL = unknown, see plm_last_error. */
PLM_API const char *plm_describe(plm *w, const char *family, const char *name);

/* ---- model ---- */

/* A new, empty model. NULL = no memory. */
PLM_API plm_model *plm_model_new(plm *w);
/* Reads a model file; format NULL = told by its first bytes. The model comes compiled with what
 * was said before it was saved, ready to predict, evaluate or be trained further; its optimizer
 * begins anew (see plm_fit_options.resume). NULL = failed, see plm_last_error. */
PLM_API plm_model *plm_model_load(plm *w, const char *path, const char *format);
/* Writes a model file (layers and parameters) by way of a temporary file beside it; format NULL
 * = told by the ending, "safetensors" otherwise. The model must be compiled. Any error leaves
 * the old file as it was; E_UNSUPPORTED for the ending of another program's format, such as
 * .keras or .onnx. */
PLM_API PLM_CHECKED plm_status plm_model_save(const plm_model *m, const char *path,
                                              const char *format);
/* Frees a model; NULL is fine. */
PLM_API void plm_model_free(plm_model *m);
/* Appends a layer to the one added before it: plm_add(m, "dense(%d, activation=relu)", 64). The
 * first one is the input, "input(28, 28)". An arrow names other inputs: plm_add(m, "add() <-
 * left right"). Returns what the layer gives. */
PLM_API plm_value plm_add(plm_model *m, const char *spec, ...) PLM_PRINTF(2, 3);
/* An input; dims leave the batch out, so an input [n, 28, 28] has rank 2. name NULL = "input",
 * then "input_1", ... A model has at most 4. */
PLM_API plm_value plm_input(plm_model *m, const char *name, int rank, const int64_t *dims);
/* Applies a layer to x. */
PLM_API plm_value plm_apply(plm_model *m, plm_value x, const char *spec, ...) PLM_PRINTF(3, 4);
/* Applies a layer to several values, at most 8: "add", "concatenate", ... The array is borrowed
 * for the call. */
PLM_API plm_value plm_merge(plm_model *m, int count, const plm_value *x, const char *spec, ...)
    PLM_PRINTF(4, 5);
/* What a layer gave, by its name (given by name=, or dense, dense_1, ...); id 0 = there is none. */
PLM_API plm_value plm_find(const plm_model *m, const char *name);
/* Declares an output, once per head, in order, at most 4. Without it, what the last layer gives
 * is the output. */
PLM_API void plm_output(plm_model *m, plm_value y);
/* Checks shapes, fills parameters; memory for batches is taken when the first one comes. May be
 * called again: parameters are then kept, by name and shape, and the optimizer begins anew.
 * optimizer "adam(0.001)"; NULL: the model only predicts, and loss and metrics may be NULL, too.
 * metrics: "accuracy, mae".
 * Several outputs: one loss for all, one for each in their order ("mse,
 * sparse_categorical_crossentropy"), or by the name of the output's layer ("price=mse,
 * kind=..."). Metrics likewise, several for an output in brackets: "price=[mae, mse],
 * kind=accuracy"; none = no metric. Errors: E_SPEC, E_SHAPE, E_MEMORY, and the first one of a
 * builder. After an error parameters are kept, and the model must be compiled anew. */
PLM_API PLM_CHECKED plm_status plm_compile(plm_model *m, const char *optimizer, const char *loss,
                                           const char *metrics);
/* What the loss of each output counts in their sum, from the next plm_compile on: "1, 0.2" in
 * the order of the outputs or "aux=0.2" by name; NULL or "" = 1 each. Saved with the model;
 * taking outputs away forgets them. What does not fit is an error of plm_compile. */
PLM_API PLM_CHECKED plm_status plm_model_set_loss_weights(plm_model *m, const char *weights);
/* Takes the last `count` layers away, to put another head on a trained body. Compile afterwards:
 * layers that stay keep their parameters, new ones begin afresh even under an old name. Outputs
 * that were declared are forgotten, all of them. E_ORDER when there are not so many layers. */
PLM_API PLM_CHECKED plm_status plm_model_pop(plm_model *m, int count);
/* Takes the layers away whose names match a pattern, such as the head of an auxiliary task:
 * "aux*|other". What stays keeps its parameters, outputs that stay remain outputs. Values given
 * before are no longer valid: see plm_find. E_SPEC when no layer matches, E_ORDER when one that
 * stays takes its input from one that goes. */
PLM_API PLM_CHECKED plm_status plm_model_remove(plm_model *m, const char *patterns);
/* Freezes (false) or frees (true) the layers whose names match a pattern: "dense*|norm?". From
 * the next plm_compile on. E_SPEC when no layer matches. A frozen batch_normalization uses its
 * moving statistics in training, too. */
PLM_API PLM_CHECKED plm_status plm_model_set_trainable(plm_model *m, const char *patterns,
                                                       bool trainable);
/* The layers whose names match a pattern learn at the optimizer's rate times factor (0 to 1e6; 1
 * = as all others): the lower layers of a trained net more slowly, say. From the next
 * plm_compile on; saved with the model, like a layer's own learning_rate_factor=. E_SPEC when no
 * layer matches. */
PLM_API PLM_CHECKED plm_status plm_model_set_learning_rate_factor(plm_model *m,
                                                                  const char *patterns,
                                                                  double factor);
/* A compiled copy with the same parameters, so that a donor stays as it is; its optimizer begins
 * anew. NULL = failed, see plm_last_error. */
PLM_API plm_model *plm_model_clone(const plm_model *m);
/* Measures what layers such as normalization take from the data (means, variances): a pass over
 * d for each of them. plm_fit does it by itself, unless the model was trained or loaded before;
 * a loop of your own has to. The names of d's columns are remembered, as plm_fit does. */
PLM_API PLM_CHECKED plm_status plm_adapt(plm_model *m, plm_data *d);
/* The usual loss of output `output` (from 0) for the target of that number in d, as a spec: softmax
 * with class numbers sparse_categorical_crossentropy, with one-hot rows
 * categorical_crossentropy; sigmoid with targets of 0 and 1 binary_crossentropy; no activation
 * with classes that the data numbers sparse_categorical_crossentropy(from_logits=true); else
 * mean_squared_error. Targets in memory are looked at, streamed ones are not. A model that is not
 * compiled is compiled without optimizer and loss. The text is static. NULL = failed, see
 * plm_last_error. */
PLM_API const char *plm_model_default_loss(plm_model *m, const plm_data *d, int output);
/* A table of layers, output shapes and parameter counts, as text for `width` columns (30 or
 * more; else 80). Borrowed until the next call. NULL = not compiled. */
PLM_API const char *plm_model_summary(plm_model *m, int width);
/* The memory of a training, in bytes. */
typedef struct {
    int64_t batch; /* rows of a batch */
    /* weights and state; gradients too where they must be stored whole (clipping by norm, ...) */
    size_t parameters;
    size_t optimizer; /* its slots, averages, gathered gradients */
    /* values of a batch and their gradients, copies of weights, room of each thread */
    size_t activations;
    /* rows held in memory and batches in flight; the caller's own arrays are not counted */
    size_t data;
    size_t tables; /* what was said and planned */
    size_t total;  /* the sum */
} plm_memory_need;

/* What training on d takes, or, d being NULL, on batches of 32 rows from elsewhere. Nothing is
 * taken to find out but some tables. The model must be compiled with an optimizer. */
PLM_API PLM_CHECKED plm_status plm_model_memory(plm_model *m, const plm_data *d,
                                                plm_memory_need *out);
/* What plm_compile (and plm_model_set_loss_weights) was told last, here or before the model was
 * saved: "optimizer", "loss", "metrics", "loss_weights"; "" when nothing was. "inputs" and
 * "targets": the names of the columns it was trained on, where its data had names, as inputs=
 * and target= of csv take them: "['age', 'height']", of several inputs "[['age'], ['height']]";
 * "" = unknown. NULL = unknown key; "" for a NULL model. Borrowed. */
PLM_API const char *plm_model_setting(const plm_model *m, const char *key);
/* Shapes of the first input and output without the batch: fills dims (may be NULL), returns the
 * rank; -1 = not compiled. */
PLM_API int plm_model_input_shape(const plm_model *m, int64_t dims[8]);
PLM_API int plm_model_output_shape(const plm_model *m, int64_t dims[8]);

/* An input or output of a model. Strings are borrowed from it. */
typedef struct {
    const char *name; /* of its layer */
    const char *loss; /* of an output: as said to plm_compile; "" = none */
    int rank;
    int64_t dims[8]; /* without the batch */
} plm_port;

/* Fills *out where index is in range (out may be NULL); returns how many there are; -1 = not
 * compiled. Inputs are in the order of their layers, outputs in the order in which they were
 * declared. */
PLM_API int plm_model_inputs(const plm_model *m, int index, plm_port *out);
PLM_API int plm_model_outputs(const plm_model *m, int index, plm_port *out);

/* ---- data ---- */

/* A source and transforms, "csv('a.csv', target=y) | shuffle | batch(64)"; see plm_describe of
 * "source" and "transform". Without batch(...), batches have 32 rows. NULL = failed, see
 * plm_last_error; so it is with all that gives a stream. */
PLM_API plm_data *plm_data_open(plm *w, const char *pipeline, ...) PLM_PRINTF(2, 3);
/* The same for a model that was trained before. A table whose columns have names gives those
 * that the model was trained on (plm_model_setting), in its order and by their names, wherever they
 * stand; others are ignored, and a missing one is E_DATA. inputs= and target= take precedence.
 * Without names, columns are taken by position. targets false = rows to predict: the table may
 * have a target column or not, and it is not read; every row comes once, in
 * its order: shuffle and drop_remainder are left out with a warning (take, skip, keep_classes and
 * drop_classes pick rows as they say). */
PLM_API plm_data *plm_data_open_for(const plm_model *m, bool targets, const char *pipeline, ...)
    PLM_PRINTF(3, 4);
/* A stream over x [rows, ...] and y [rows, ...] (y may be NULL), any dtype; transforms as above,
 * without a source, or NULL. The numbers are borrowed until the stream is freed, the views only
 * for the call. */
PLM_API plm_data *plm_data_arrays(plm *w, const plm_view *x, const plm_view *y,
                                  const char *transforms);
/* Arrays of the program as data; zero everywhere means none. */
typedef struct {
    size_t size;            /* sizeof(plm_arrays) */
    int inputs, targets;    /* how many of each below: 1 to 4 inputs, 0 to 4 targets */
    const plm_view *input;  /* [inputs], each [rows, ...] */
    const plm_view *target; /* [targets], each [rows, ...] */
    const plm_view *weight; /* sample weights [rows], each 0 or more; NULL = all 1 */
    const char *transforms; /* "shuffle | batch(64)"; NULL = none */
} plm_arrays;

/* A stream over several inputs and targets, with sample weights. The numbers are borrowed until
 * the stream is freed, the views only for the call. */
PLM_API plm_data *plm_data_from_arrays(plm *w, const plm_arrays *a);
/* One batch. What plm_data_next gives is lent until the next call on the stream; you may make
 * your own. */
typedef struct {
    int64_t rows;        /* rows in this batch */
    int inputs, targets; /* how many of each below */
    plm_view input[4];   /* float32 [rows, ...] */
    plm_view target[4];  /* float32 [rows, ...]; sparse labels are [rows] whole numbers */
    const float *weight; /* [rows] or NULL = all 1 */
} plm_batch;

/* Rows that your program makes when they are asked for: without end, from a device, too many for
 * memory. */
typedef struct {
    size_t size;         /* sizeof(plm_generator) */
    int64_t rows;        /* of an epoch, which ends there; 0 = it ends when next makes none */
    int inputs, targets; /* how many of each: 1 to 4 inputs, 0 to 4 targets */
    int input_rank[4];   /* shapes of a row, without the batch; rank 0 = one number */
    int64_t input_dims[4][8];
    int target_rank[4];
    int64_t target_dims[4][8];
    bool weighted; /* next gives sample weights, too */
    /* An epoch begins (from 0); NULL = nobody needs to know. Also called before each pass of
     * plm_adapt and plm_evaluate. */
    plm_status (*begin)(void *self, int64_t epoch);
    /* Writes rows into batch->input[i].data and batch->target[i].data (float32, row-major), at
     * most batch->rows of them, and sets batch->rows to how many they are; 0 = the epoch is over.
     * weight: space for as many, NULL unless weighted. Below 0 ends the reading with that
     * status; any number but PLM_OK and those is PLM_E_SPEC.
     * Called by the thread that asks for batches, or with "prefetch" by another one. */
    plm_status (*next)(void *self, plm_batch *batch, float *weight);
    void *self; /* handed to both */
    /* "batch(64)", "shuffle(1000) | batch(64) | prefetch(4)"; NULL = none */
    const char *transforms;
} plm_generator;

/* A stream over such rows, for plm_fit and all that takes a stream. NULL = failed, see
 * plm_last_error. It cannot be split: rows for a validation come from a generator of their own. */
PLM_API plm_data *plm_data_generator(plm *w, const plm_generator *g);
/* Takes rows out of `train` and gives them as a stream of their own, in their order and
 * unshuffled, with its transforms: "split(0.1)" the last tenth (Keras's rule), "split(0.2,
 * shuffle=true)" a random fifth by the seed. Comes before the first batch (else E_ORDER); may be
 * called again to take more away. Free the two in any order. */
PLM_API plm_data *plm_data_split(plm_data *train, const char *spec, ...) PLM_PRINTF(2, 3);
/* Frees a stream; NULL is fine. */
PLM_API void plm_data_free(plm_data *d);

/* What a stream carries. */
typedef struct {
    int64_t rows;        /* rows of an epoch; -1 = not known before the end */
    int64_t batch;       /* rows of a batch; the last one of an epoch may have fewer */
    int inputs, targets; /* how many of each */
    int input_rank[4];   /* without the batch */
    int64_t input_dims[4][8];
    int target_rank[4];
    int64_t target_dims[4][8];
    /* number of classes of the first target, where the source knows it; else 0 */
    int64_t classes;
    const char *name; /* short name for files: "digits", "fashion_mnist", "iris" */
    bool weighted;    /* batches have sample weights */
} plm_data_info;

/* Describes a stream; the strings are borrowed from it. */
PLM_API PLM_CHECKED plm_status plm_data_get_info(const plm_data *d, plm_data_info *out);
/* The next batch; PLM_END after the last one of an epoch, and again until the stream is rewound.
 * A new stream stands at epoch 0; plm_fit and plm_evaluate rewind it first and leave it at an
 * end. */
PLM_API PLM_CHECKED plm_status plm_data_next(plm_data *d, plm_batch *out);
/* Back to the first batch. The epoch (from 0) keys the shuffle: the same seed and epoch give the
 * same order. */
PLM_API PLM_CHECKED plm_status plm_data_rewind(plm_data *d, int64_t epoch);

/* ---- train and use ---- */

/* When an observer is told. */
typedef enum {
    PLM_FIT_BEGIN,
    PLM_EPOCH_BEGIN,
    PLM_BATCH_END,
    PLM_EPOCH_END,
    PLM_FIT_END
} plm_event_kind;

/* What an observer is told. Logs are running means at BATCH_END, the epoch's figures at
 * EPOCH_END (validation names begin with val_): the loss first, then the metrics in the order
 * said; at EPOCH_END last learning_rate, where a schedule or an observer may move it. */
typedef struct {
    plm_event_kind kind;
    int64_t epoch; /* from 0; at FIT_END how many were asked for */
    /* batches trained since plm_compile, in all fits; a resumed fit counts on */
    int64_t step;
    int64_t row, rows;  /* rows of this epoch so far, and in all (-1 = unknown) */
    int64_t epochs;     /* how many were asked for */
    double seconds;     /* since the fit began */
    double rate;        /* training rows per second, validation left out: this epoch so far */
    int logs;           /* how many of log */
    const plm_log *log; /* borrowed for the call */
} plm_event;

/* Something that watches a fit. */
typedef struct {
    const char *name; /* for you; may be NULL */
    /* Called at each moment; may be NULL. PLM_OK: go on. PLM_STOPPED, or an error of yours (below
     * 0), ends the fit, which returns it when the other observers have been called, too; FIT_END
     * comes in any case, once there was FIT_BEGIN. Any other number is PLM_E_SPEC. See "Calls". */
    plm_status (*on_event)(void *self, plm_run *run, const plm_event *event);
    void (*free)(void *self); /* not called for observers of your own: what self is remains yours */
    void *self;               /* handed to on_event */
} plm_observer;

/* How far a fit has come and why it ended. */
typedef struct {
    int64_t epochs;  /* finished epochs, those before a resume or initial_epoch included */
    int64_t batches; /* finished batches of the next epoch, when it was stopped within one */
    int64_t epochs_requested; /* total number of epochs asked for */
    int64_t best_epoch;       /* best one by an observer that keeps count, from 1; 0 = none does */
    /* The model has the weights of the end of this epoch, from 1: the best one where an observer
     * restored it, the last good one after E_NUMERIC. 0 = the weights as training left them. */
    int64_t kept_epoch;
    bool averaged; /* the weights are moving averages (use_ema) */
    bool trained;  /* false: nothing was left to do */
    /* All epochs are done, or an observer made from a spec ended the fit. false: it was
     * interrupted by an observer of your own or by an error, and can go on. */
    bool ended;
    char stopped_by[64]; /* the observer that ended it, such as "early_stopping"; "" = none */
} plm_fit_result;

/* How plm_fit runs; zero everywhere means the default. */
typedef struct {
    size_t size; /* sizeof(plm_fit_options) */
    /* so many are then done, those before (initial_epoch, resume) included; 0 = 1 */
    int64_t epochs;
    plm_data *validation;      /* NULL = none */
    const char *observers;     /* "csv_logger('log.csv'), terminate_on_nan"; NULL = none */
    const plm_observer *extra; /* your own; borrowed for the call */
    int extras;                /* how many */
    /* Checkpoint to go on from, to the bit; NULL = begin anew. A fit that had ended (see
     * plm_fit_result.ended) only gives its model again, unless epochs asks for another number
     * that is larger than the epochs done; early stopping then waits anew. */
    const char *resume;
    /* [classes]: rows weigh by the class of their first target; NULL = all 1 */
    const float *class_weight;
    /* how many; labels beyond are an error, and so are sample weights beside it */
    int classes;
    /* epochs done before, by another fit: the first one is counted on from here */
    int64_t initial_epoch;
    /* Validate every N epochs (0 means 1). In other epochs val_ metrics are NaN, and observers
     * that monitor one are skipped. */
    int64_t validation_freq;
    /* File that this fit writes so that it can be resumed; NULL = none. It is written after an
     * epoch, but at most once a second, and always when the fit ends or is stopped, within an
     * epoch too. It holds the history and is a model file as well. Borrowed for the call. */
    const char *checkpoint;
    int64_t checkpoint_epochs; /* only after every N epochs, and at the end; 0 means 1 */
    plm_fit_result *result;    /* filled when the fit is over; NULL = not wanted */
    /* Where relative names of files in observers begin, and which they may not leave (E_SPEC for an
     * absolute name, "..", a link): for specs that come from somebody else. NULL = where the
     * program runs, and any file. Borrowed for the call. */
    const char *folder;
    bool outside; /* true = observers may write outside of folder */
    /* Further settings that define the training, as lines "key: value", such as the name of the
     * data; kept in checkpoints. A fit that resumes with another value for a key is E_SPEC, unless
     * config_changes ("data, seed") names the key; then the log warns of it. A key that begins with
     * "rows of the " cannot be named. Different layers are E_FORMAT in any case. A different number
     * of rows is E_SPEC unless config_changes names data. A different seed, optimizer or loss gives
     * a warning. NULL = none. Borrowed for the call. */
    const char *config;
    const char *config_changes;
} plm_fit_options;

/* Trains; o may be NULL. The model remembers the names of the columns, where the data has such
 * (plm_model_setting); a column that it knows already must stand where it knows it, else E_DATA,
 * unless inputs= (target=) names the columns one by one. PLM_STOPPED when an observer ended it: no
 * error, see PLM_FAILED. E_NUMERIC when the loss is no longer finite, E_SHAPE or E_DATA when the
 * data does not fit the model, E_ORDER without an optimizer, E_SPEC for options and observers.
 * What was learned until then stays in the model; after E_NUMERIC these are the weights of the
 * last epoch that ended well, or of the best one where an observer restores it. */
PLM_API PLM_CHECKED plm_status plm_fit(plm_model *m, plm_data *train, const plm_fit_options *o);
/* Metrics by epoch: rows of numbers. All of it is borrowed until the model is trained or freed. */
typedef struct {
    int64_t rows;            /* epochs */
    int columns;             /* numbers of a row */
    const char *const *name; /* [columns] "epoch" (from 1), then "loss", "val_accuracy", ... */
    const double *value;     /* [rows][columns]; NaN = not measured in that epoch */
} plm_history;

/* The epochs of the model's last fit and of the fits that it continued by resume or
 * initial_epoch. Within a fit an observer reads it through plm_run_model. */
PLM_API PLM_CHECKED plm_status plm_model_history(const plm_model *m, plm_history *out);
/* How plm_pretrain runs; zero everywhere means the default. */
typedef struct {
    size_t size; /* sizeof(plm_pretrain_options) */
    /* Number of layers already pretrained, which are skipped; use it to resume. */
    int first_layer;
    const char *observers;     /* of each layer's fit, as in plm_fit_options */
    const plm_observer *extra; /* your own; borrowed for the call */
    int extras;                /* how many */
    /* Told before a layer begins and when it is done: the index-th of count, from 0. Whatever is
     * not PLM_OK ends the pretraining. NULL = nobody is told. */
    plm_status (*on_layer)(void *self, int index, int count, const char *name, bool done);
    void *self;
} plm_pretrain_options;

/* Pretrains the hidden dense layers of a compiled model on rows whose targets, if any, are not
 * looked at, one layer after the other. method NULL = "autoencoder"; "autoencoder(epochs=20,
 * noise=gaussian_noise(0.3), tied=true)", see plm_describe of "pretraining". Then fine-tune by
 * plm_fit. E_SPEC when the model has no hidden dense layer; PLM_STOPPED when an observer ended
 * it: what was learned so far is in the model. o may be NULL. */
PLM_API PLM_CHECKED plm_status plm_pretrain(plm_model *m, plm_data *unlabelled, const char *method,
                                            const plm_pretrain_options *o);
/* The labelled rows, and those of the unlabelled ones whose class the model tells with at least
 * this confidence (0 to 1; for one output p, the larger of p and 1 - p), with that class as
 * label: a stream of its own, shuffled, in batches like those of `labelled`. *added (may be
 * NULL) = how many were confident. NULL = failed, see plm_last_error. */
PLM_API plm_data *plm_pseudo_labels(plm_model *m, plm_data *labelled, plm_data *unlabelled,
                                    double confidence, int64_t *added);
/* How many epochs were done when a checkpoint was written; below 0 = failed (a plm_status), see
 * plm_last_error. */
PLM_API int64_t plm_checkpoint_epochs(plm *w, const char *path);
/* How far the fit had come that wrote a checkpoint, and whether it had ended. kept_epoch,
 * averaged and trained say nothing here. */
PLM_API PLM_CHECKED plm_status plm_checkpoint_get_info(plm *w, const char *path,
                                                       plm_fit_result *out);
/* The number of threads that a training step of the model takes now, from 1 to plm_threads. A step
 * that is too small for several takes one. Of other steps, short trials find out while the model
 * trains whether fewer threads are faster, again and again, as the load of the machine may change;
 * see plm_options.fixed_threads. 0 = the model has not trained since it was compiled. */
PLM_API int plm_model_threads(const plm_model *m);
/* Trains on one batch, for a loop of your own; fills at most `capacity` of out with the figures of
 * this batch before the update, loss first; unused entries get the name NULL. out may be NULL.
 * See plm_adapt. */
PLM_API PLM_CHECKED plm_status plm_train_batch(plm_model *m, const plm_batch *b, plm_log *out,
                                               int capacity);
/* The same figures of one batch, without an update. */
PLM_API PLM_CHECKED plm_status plm_evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out,
                                                  int capacity);
/* One pass over d; fills at most `capacity` of out, loss first; unused entries get the name NULL.
 * Like the two above it needs a model that was compiled with an optimizer and a loss. E_DATA
 * when d has names of columns and not those that the model knows, in its order: see
 * plm_data_open_for. */
PLM_API PLM_CHECKED plm_status plm_evaluate(plm_model *m, plm_data *d, plm_log *out, int capacity);
/* y = net(x) for x [n, ...], any dtype; y is a view of the caller's float32 memory [n, ...] (see
 * plm_model_outputs), which the call fills. Of a model of several outputs, y is the first.
 * E_SHAPE when a view does not fit. No optimizer is needed. This and plm_predict_several may be
 * called by several threads on one model at once, as long as no other call on it or its runtime
 * runs: each call has a block of memory of its own, kept for later calls, and gives the bits it
 * gives alone. The first call has the runtime's threads, those beside it run on their callers'.
 * The status tells each caller what became of its call. plm_last_error belongs to the last one
 * that failed and may be read only when all have returned: a thread of a server reads its own
 * error from plm_predict_with_error. */
PLM_API PLM_CHECKED plm_status plm_predict(plm_model *m, const plm_view *x, plm_view *y);
/* The same for a model of several inputs and outputs: x[inputs] and y[outputs] in the order of
 * plm_model_inputs and plm_model_outputs. All inputs are needed; outputs may be fewer, the first
 * ones. */
PLM_API PLM_CHECKED plm_status plm_predict_several(plm_model *m, int inputs, const plm_view *x,
                                                   int outputs, plm_view *y);

/* The same for threads of a server: *error gets the error of this call and of no other, even while
 * other threads call on the same model. After a success its status is PLM_OK and its texts are "".
 * NULL = not wanted. */
PLM_API PLM_CHECKED plm_status plm_predict_with_error(plm_model *m, int inputs, const plm_view *x,
                                                      int outputs, plm_view *y,
                                                      plm_error_record *error);

/* Monte Carlo dropout: `samples` predictions of each row with dropout and its kind at work; mean
 * and (population) standard deviation of each output over the samples, 1 or more. mean and
 * deviation are views of the caller's float32 memory [n, ...].
 * Rows of one call and of later calls draw numbers of their own; the same calls in the same
 * order give the same bits. (Gal and Ghahramani, Dropout as a Bayesian approximation, ICML
 * 2016.) */
PLM_API PLM_CHECKED plm_status plm_predict_monte_carlo(plm_model *m, const plm_view *x, int samples,
                                                       plm_view *mean, plm_view *deviation);
/* The same for several inputs and outputs: mean[outputs] and deviation[outputs]. */
PLM_API PLM_CHECKED plm_status plm_predict_several_monte_carlo(plm_model *m, int inputs,
                                                               const plm_view *x, int samples,
                                                               int outputs, plm_view *mean,
                                                               plm_view *deviation);

/* ---- look inside ---- */

/* A parameter: "dense/kernel" of layer "dense". The names are borrowed until the next
 * plm_compile. */
typedef struct {
    const char *name, *layer;
    int rank;
    int64_t dims[8];
    bool trainable; /* false: of a frozen layer, or a state such as a moving mean */
} plm_parameter;

/* Fills *out where index is in range (out may be NULL); returns how many there are, 0 before
 * plm_compile. */
PLM_API int64_t plm_parameters(const plm_model *m, int64_t index, plm_parameter *out);
/* Copies a parameter out or in: the product of its dims, row-major, in the user's order
 * ([fan_in, fan_out] for a kernel). E_ORDER when there is no such index. */
PLM_API PLM_CHECKED plm_status plm_parameter_read(const plm_model *m, int64_t index, float *out);
PLM_API PLM_CHECKED plm_status plm_parameter_write(plm_model *m, int64_t index,
                                                   const float *values);
/* The learning rate in force (of the last step; before the first, of that one), and a new one
 * from the next step on, in place of the schedule, until the next plm_compile; below 0 = the
 * schedule again. For a loop of your own, and between two fits. 0 = not compiled with an
 * optimizer. E_SPEC for NaN and infinity. */
PLM_API double plm_model_learning_rate(const plm_model *m);
PLM_API PLM_CHECKED plm_status plm_model_set_learning_rate(plm_model *m, double rate);
/* The same within a fit. */
PLM_API double plm_run_learning_rate(const plm_run *r);
PLM_API void plm_run_set_learning_rate(plm_run *r, double rate);
/* The model being fitted. */
PLM_API plm_model *plm_run_model(plm_run *r);

/* ---- files ---- */

/* A file that is being written. plm_model_save, checkpoints and the files of observers are written
 * by these calls, too. */
typedef struct plm_file plm_file;

/* Begins to write a file. At `path` there is a whole file at every moment: the old one until
 * plm_file_commit, then the new one; a failed call, a signal or a power cut leaves the old one. The
 * bytes go to a file without a name in the same folder, or, where the system has none, to
 * PATH.XXXXXXXX.part (8 random hexadecimal digits). So the folder must be writable; an old file
 * must be writable, too. Both are E_IO otherwise. A symbolic link stays and the file it names is
 * written, also one that is not there yet. The new file has the old one's mode and, where the
 * system allows it, owner; other hard links keep the old file. What is no ordinary file (pipe,
 * terminal, /dev/null) is written to directly, and /dev/stdout, /dev/stderr and /dev/fd/N mean the
 * descriptor that is open. NULL = failed, see plm_last_error. */
PLM_API plm_file *plm_file_open(plm *w, const char *path);
/* Opens a file to add to its end, such as a log; makes it where there is none. Readers see what was
 * written at each plm_file_flush; when a write fails, what was added since the last flush is taken
 * back. NULL = failed. */
PLM_API plm_file *plm_file_append(plm *w, const char *path);
/* Writes bytes, by way of a buffer. An error stays: later calls return it, and plm_file_commit too.
 * */
PLM_API PLM_CHECKED plm_status plm_file_write(plm_file *f, const void *data, size_t bytes);
/* Writes a text, formatted as by printf in the C locale. */
PLM_API PLM_CHECKED plm_status plm_file_print(plm_file *f, const char *format, ...)
    PLM_PRINTF(2, 3);
/* Writes over bytes that were written before, such as a header that tells a length: at `offset`
 * from the beginning. E_IO for a pipe, E_ORDER for a file from plm_file_append. */
PLM_API PLM_CHECKED plm_status plm_file_write_at(plm_file *f, int64_t offset, const void *data,
                                                 size_t bytes);
/* Hands what was written to the system. plm_file_sync also waits until it is on the disk. */
PLM_API PLM_CHECKED plm_status plm_file_flush(plm_file *f);
PLM_API PLM_CHECKED plm_status plm_file_sync(plm_file *f);
/* Puts the file on the disk, gives it its name and frees f, in any case. After an error the old
 * file is as it was. */
PLM_API PLM_CHECKED plm_status plm_file_commit(plm_file *f);
/* Frees f without a commit: the old file is as it was. Of plm_file_append: closes. NULL is fine. */
PLM_API void plm_file_abandon(plm_file *f);
/* Removes the files PATH.XXXXXXXX.part that programs left which were killed while they wrote PATH.
 * Call it while nobody writes PATH. */
PLM_API PLM_CHECKED plm_status plm_file_tidy(plm *w, const char *path);

/* Options by name, all others at their default: plm_open(PLM_OPTIONS(.threads = 2)). C only. */
#define PLM_OPTIONS(...) (&(plm_options){.size = sizeof(plm_options), __VA_ARGS__})
#define PLM_PRETRAIN(...)                                                                          \
    (&(plm_pretrain_options){.size = sizeof(plm_pretrain_options), __VA_ARGS__})
#define PLM_FIT(...) (&(plm_fit_options){.size = sizeof(plm_fit_options), __VA_ARGS__})
#define PLM_GENERATOR(...) (&(plm_generator){.size = sizeof(plm_generator), __VA_ARGS__})
#define PLM_ARRAYS(...) (&(plm_arrays){.size = sizeof(plm_arrays), __VA_ARGS__})

#ifdef __cplusplus
}
#endif
#endif
