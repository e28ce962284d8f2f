/* plummet: trains deep neural networks on the CPU, and warns of nets that cannot learn.
 *
 * Example
 *     plm *w = plm_open(NULL);
 *     plm_data *train = plm_data_open(w, "csv('train.csv', target=price) | shuffle | batch(32)");
 *     plm_model *m = plm_model_new(w);
 *     plm_add(m, "input(8)");
 *     plm_add(m, "dense(64, activation=relu)");
 *     plm_add(m, "dense(1)");
 *     plm_status status = plm_compile(m, "adam(0.001)", "mse", "mae");
 *     if (!PLM_FAILED(status))
 *         status = plm_fit(m, train, PLM_FIT(.epochs = 20));
 *     if (PLM_FAILED(status))
 *         fprintf(stderr, "%s: %s\n", plm_last_error(w)->where, plm_last_error(w)->what);
 *
 * Shapes
 *   [n, a, b] is an array of n rows, each of a times b numbers, stored row-major. n counts the rows
 *   of a batch. Numbers are float32 unless a dtype says otherwise.
 *
 * Errors
 *   Most calls return a plm_status. Calls that open or make an object return NULL on failure.
 *   plm_last_error has the details.
 *   Calls that build a net (plm_add, plm_input, plm_apply, plm_merge) return a plm_value, whose id
 *   is 0 on failure. The model keeps the FIRST such error: plm_compile and every later call on the
 *   model return it, so a program may check once, at plm_compile.
 *   NULL in place of an object is never a crash: the call returns PLM_E_ORDER, NULL, 0 or "".
 *
 * Callbacks
 *   While the library calls a function of your program, that function may call:
 *     in on_event, on_layer, next and begin
 *       - everything that only reads the model: plm_predict, plm_model_save, plm_model_clone,
 *         plm_model_summary, plm_parameter_read, ...;
 *       - plm_parameter_write, plm_model_set_learning_rate, plm_run_set_learning_rate;
 *       - plm_close; plm_model_free and plm_data_free, which free once the running call returns;
 *       - anything on other models and streams.
 *     in log and allocate: plm_version and plm_status_name only.
 *   Calls that change or train the model (plm_add, plm_compile, plm_fit, plm_train_batch,
 *   plm_evaluate, plm_model_pop, most plm_model_set_...), and calls that read or split a stream of
 *   the running call, fail with PLM_E_ORDER and change nothing. Make them on a clone, on a second
 *   stream, or after the fit.
 *   With "prefetch", next and begin run in another thread and may call nothing on this runtime.
 *
 * Ownership
 *   The caller frees what _new, _open, _load, _clone and the other makers of objects return, by the
 *   matching _free or _close. Freeing NULL is fine.
 *   All other pointers are borrowed: they are valid until the object they came from changes or is
 *   freed.
 *
 * Threads
 *   Use a runtime, and all objects made from it, from one thread at a time. Runtimes are
 *   independent. Exception: several threads may call plm_predict, plm_predict_several and
 *   plm_predict_with_error on one compiled model at once, as long as no other call uses the
 *   runtime.
 *
 * Specs
 *   A spec is a text "name(value, key=value, ...)". An unknown key is an error.
 *   Where `...` follows a spec, the text is a printf format, read in the C locale; write %% for a
 *   percent sign. */
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
/* The version as one number, for #if: 10000 * major + 100 * minor + patch. */
#define PLM_VERSION_NUMBER (PLM_VERSION_MAJOR * 10000 + PLM_VERSION_MINOR * 100 + PLM_VERSION_PATCH)

/* Marks what the shared library exports. Everything else is hidden. */
#define PLM_API __attribute__((visibility("default")))
/* Lets the compiler check printf format number f against the arguments from number a on. */
#define PLM_PRINTF(f, a) __attribute__((format(printf, f, a)))
/* If PLM_CHECK_STATUS is defined before this header is included, the compiler warns wherever a
 * status is ignored. Clang also warns for your own functions that return plm_status. */
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

/* A runtime: it holds the threads, the kernels for this CPU, the registry of kinds (layers, losses,
 * optimizers, ...) and the last error. */
typedef struct plm plm;
/* A net: it holds the layers, the parameters and, once compiled, the execution plans. */
typedef struct plm_model plm_model;
/* A stream of batches. */
typedef struct plm_data plm_data;
/* A fit in progress, as given to observers. */
typedef struct plm_run plm_run;

/* The result of a layer while a net is being built. It belongs to one model; other models refuse
 * it. id 0 = failed. */
typedef struct {
    uint32_t id;
} plm_value;

/* The result of a call. Negative values are errors. */
typedef enum PLM_CHECKED_TYPE {
    PLM_OK = 0,             /* done */
    PLM_END = 1,            /* the stream has no more batches in this epoch */
    PLM_STOPPED = 2,        /* an observer ended the fit */
    PLM_E_SPEC = -1,        /* a spec, key or value is not understood */
    PLM_E_SHAPE = -2,       /* shapes do not fit each other */
    PLM_E_DATA = -3,        /* a bad cell, row or label, or an empty data set */
    PLM_E_FORMAT = -4,      /* a file is damaged or has another format */
    PLM_E_IO = -5,          /* the system could not read or write */
    PLM_E_MEMORY = -6,      /* out of memory */
    PLM_E_ORDER = -7,       /* a call that comes too early, too late or on NULL */
    PLM_E_NUMERIC = -8,     /* NaN or infinity in the loss or the weights */
    PLM_E_UNSUPPORTED = -9, /* valid, but not supported here or in this build */
    PLM_E_INTERNAL = -10    /* a mistake of this library */
} plm_status;

/* True if a call failed. Use it instead of a comparison with PLM_OK, since PLM_END and PLM_STOPPED
 * are not errors. */
#define PLM_FAILED(status) ((status) < 0)

/* The last error: what went wrong, where, and a hint how to correct it. Strings are never NULL but
 * may be "". They are valid until the next error of the runtime. */
typedef struct {
    plm_status status;
    const char *what, *where, *hint;
    /* The place of the error as separate fields, for programs; `where` has it as text. code: the
     * finding of the doctor that explains the error, such as "S301". key: the key of a call or run
     * file, such as "loss". file: a table, model file or run file. */
    const char *code, *key, *file;
    int64_t line; /* line of the file, from 1; 0 = unknown */
    int item;     /* index of the item, if the key is a list, from 0; -1 = none */
    int layer;    /* index of the layer in the model, from 0; -1 = none */
} plm_error;

/* A copy of an error in the caller's memory. Longer texts are cut and end in "...". */
typedef struct {
    plm_status status;
    char what[768], where[384], hint[384];
    char code[8], key[32], file[256]; /* the rest: see plm_error */
    int64_t line;
    int item, layer;
} plm_error_record;

/* The type of the elements of a view. F32, F64, F16: IEEE 754 floats. BF16: bfloat16, the upper
 * half of a float32. I8 to I64: signed integers. U8 to U64: unsigned ones. BOOL8: bytes, where
 * every value but 0 is true. All computation is in float32, whatever the type of the input. */
typedef enum {
    PLM_F32,
    PLM_F64,
    PLM_F16,
    PLM_BF16,
    PLM_I32,
    PLM_I64,
    PLM_U8,
    PLM_BOOL8,
    PLM_I8,
    PLM_I16,
    PLM_U16,
    PLM_U32,
    PLM_U64
} plm_dtype;

/* A borrowed array, row-major and without gaps. dims[0] is the number of rows. To describe constant
 * memory that a call only reads, use plm_view_of. */
typedef struct {
    void *data; /* aligned for its type */
    plm_dtype dtype;
    int rank;        /* number of axes, 1 to 8; the rows are an axis too */
    int64_t dims[8]; /* the first `rank` are used */
} plm_view;

/* Returns a view of constant numbers, for arguments that a call only reads: x of plm_predict, the
 * views of plm_data_arrays and plm_arrays, inputs and targets of plm_train_batch. Do not use it for
 * a view that a call fills.
 * dims: the lengths of the `rank` axes, the rows first.
 * If rank is above 8, every call refuses the view (E_SHAPE). */
PLM_API plm_view plm_view_of(const void *data, plm_dtype dtype, int rank, const int64_t *dims);

/* A named value: "loss", "val_accuracy", ... The name is borrowed. */
typedef struct {
    const char *name;
    double value;
} plm_log;

/* ---- runtime ----
 *     plm *w = plm_open(PLM_OPTIONS(.threads = 4, .seed = 1));
 *     puts(plm_isa(w));
 *     puts(plm_describe(w, "layer", "dense"));
 *     plm_close(w); */

/* Options of plm_open. Zero in every field means its default. */
typedef struct {
    /* sizeof(plm_options), so that the struct can grow without breaking programs. 0 = the size that
     * the library knows. */
    size_t size;
    /* Maximum number of threads, at most 256. 0 = one for each core this process may use. Fewer are
     * used where that is faster: see plm_model_threads. */
    int threads;
    /* Seed of all random numbers. The same seed and data give the same bits, for any number of
     * threads. */
    uint64_t seed;
    /* Instruction set: "plain", "avx2", "avx512" or "neon". NULL = the best of this machine.
     * Borrowed for the call. */
    const char *isa;
    /* Allocator. NULL = that of libc.
     * With old == NULL: returns `bytes` bytes aligned to `align` (a power of two), or NULL if there
     * is not enough memory.
     * With bytes == 0: frees old.
     * It is never asked to resize a block. Several threads may call the function at once, until
     * plm_close returns. zlib and jansson do not use it. */
    void *(*allocate)(void *user, void *old, size_t bytes, size_t align);
    /* Receives one line at a time, without a newline. level 0 = note, 1 = warning. NULL = no
     * log. */
    void (*log)(void *user, int level, const char *line);
    void *user;    /* passed to allocate and log */
    bool unpinned; /* true = do not pin worker threads to cores */
    /* Folders, separated by ':', in which named data sets such as mnist look for their files first.
     * NULL = only where they are installed. Borrowed while the runtime is open. */
    const char *data_dir;
    /* Folder to which relative file names in data specs refer. NULL = the current folder of the
     * process. Borrowed while the runtime is open. */
    const char *directory;
    /* true = every step that is large enough for several threads uses all threads.
     * false = models measure which number of threads is fastest while they train or predict, and
     * use that number. The results have the same bits either way. */
    bool fixed_threads;
    /* Choices that make training faster on this machine. "packing=yes" or "packing=no": whether the
     * input of a layer is packed before the gradient of its weights is computed; an input of 8
     * second-level caches or more always is, if the batch has 65 rows. "streaming=yes" or
     * "streaming=no": whether products prefetch large matrices of weights piece by piece.
     * "roots=yes" or "roots=no": whether Adam computes half of its square roots by multiply-adds.
     * "chunk_rows=48" (96, 144, 192): number of rows of a weight matrix that are updated at a time.
     * Separate several by commas. Text from plm_tuning is ignored on another machine or instruction
     * set. NULL = the best choices are measured, in about a millisecond, when a training first
     * needs them. The results have the same bits either way. Borrowed for the call. */
    const char *tuning;
    /* Width, in characters, of the screen on which lines of the log are shown. The error report of
     * a table that cannot be used has one line for each column; on a narrower screen the parts of
     * such a line are put below one another. 0 = not limited. */
    int log_width;
} plm_options;

/* Opens a runtime.
 * o: options, or NULL for the defaults.
 * Returns NULL only if there is no memory. After any other error (an instruction set that this
 * machine lacks, threads out of range) it returns a runtime on which every later call returns that
 * error. */
PLM_API plm *plm_open(const plm_options *o);
/* Closes a runtime; NULL is fine. Models and streams made from it can still be used and freed: the
 * memory of the runtime is freed with the last of them. */
PLM_API void plm_close(plm *w);
/* Returns the last error of this runtime, never NULL. A later success does not clear it. */
PLM_API const plm_error *plm_last_error(const plm *w);
/* Returns the name of a status, such as "PLM_E_SHAPE", or "unknown" for other numbers. */
PLM_API const char *plm_status_name(plm_status status);
/* Returns the version of the library, "major.minor.patch". It may differ from the header's. */
PLM_API const char *plm_version(void);
/* Makes untrusted text safe to print on a terminal or in a log. Names of layers, columns and files
 * and cells of tables can hold escape sequences. Invisible characters (control characters, U+0080
 * to U+009F, bidirectional marks, line separators) and bytes that are not UTF-8 become escapes such
 * as \x1b and \u202e. All other text stays as it is.
 * text: NULL is read as "".
 * out, capacity: as for snprintf. At most `capacity` bytes are written, NUL included, and the text
 * is cut between characters.
 * Returns the length of the whole result.
 * Texts of plm_last_error, the log and plm_model_summary are safe already. */
PLM_API size_t plm_printable(const char *text, char *out, size_t capacity);
/* Writes a text as a cell of a CSV file (RFC 4180). The text is put in double quotes, with quotes
 * in it doubled, if it contains the separator, another common separator, a quote or a line end, or
 * if it begins or ends with a blank. Names in plm_history may need it.
 * text: NULL is read as "".
 * separator: NULL = ",".
 * out, capacity: as for snprintf.
 * Returns the length of the whole result. */
PLM_API size_t plm_csv_cell(const char *text, const char *separator, char *out, size_t capacity);
/* Returns the instruction set in use, such as "avx512". */
PLM_API const char *plm_isa(const plm *w);
/* Writes the measured choices of this machine as text for plm_options.tuning of later runtimes.
 * out, capacity: as for snprintf.
 * Returns the length of the whole text; 0 = nothing was measured yet. */
PLM_API size_t plm_tuning(const plm *w, char *out, size_t capacity);
/* Returns the number of threads that the runtime started, the caller's included. */
PLM_API int plm_threads(const plm *w);
/* Returns the instruction set with this index, the best first, among those that this build has and
 * this machine can run; NULL after the last. */
PLM_API const char *plm_isa_available(int index);
/* Returns help as text.
 * family, name: ("layer", "dense") describes one kind; name NULL lists the family; family NULL
 * lists all families; family "" looks for the name in all of them.
 * Returns NULL if the family or name is unknown. The text is valid until the next plm_describe. */
PLM_API const char *plm_describe(plm *w, const char *family, const char *name);
/* Returns help as JSON, for editors, bindings and other tools: an array of families, each with its
 * kinds, and each kind with its arguments (name, type, default, min, max, choices, help). family:
 * name of one family, or NULL for all.
 * Borrowed until the next plm_describe or plm_describe_json; NULL if the family is unknown. */
PLM_API const char *plm_describe_json(plm *w, const char *family);

/* ---- model ----
 * A stack of layers:
 *     plm_model *m = plm_model_new(w);
 *     plm_add(m, "input(28, 28)");
 *     plm_add(m, "flatten()");
 *     plm_add(m, "dense(%d, activation=softmax)", 10);
 *     plm_status status = plm_compile(m, "adam", "sparse_categorical_crossentropy", "accuracy");
 *
 * Two inputs, one output:
 *     plm_value a = plm_input(m, "a", 1, (int64_t[]){4});
 *     plm_value b = plm_input(m, "b", 1, (int64_t[]){4});
 *     plm_value sum = plm_merge(m, 2, (plm_value[]){a, b}, "add()");
 *     plm_output(m, plm_apply(m, sum, "dense(1)")); */

/* Makes an empty model. Returns NULL if there is no memory. */
PLM_API plm_model *plm_model_new(plm *w);
/* Reads a model file.
 * format: NULL = recognised by the first bytes of the file.
 * Returns a model that is compiled with the settings it was saved with, ready to predict, evaluate
 * or be trained further. Its optimizer starts from scratch; to continue a fit exactly, see
 * plm_fit_options.resume. Returns NULL on failure. */
PLM_API plm_model *plm_model_load(plm *w, const char *path, const char *format);
/* Writes a model file: layers, parameters and settings. The model must be compiled.
 * format: NULL = by the ending of the path; "safetensors" for unknown endings.
 * The file appears whole or not at all: after an error the old file is as it was.
 * Errors: E_ORDER, E_IO; E_UNSUPPORTED for the ending of another program's format, such as .keras
 * or .onnx. */
PLM_API PLM_CHECKED plm_status plm_model_save(const plm_model *m, const char *path,
                                              const char *format);
/* Frees a model; NULL is fine. Does nothing to a model that a run file lends (plummet_run.h). */
PLM_API void plm_model_free(plm_model *m);
/* Adds a layer on top of the one added last: plm_add(m, "dense(%d, activation=relu)", 64).
 * The first layer must be the input: "input(28, 28)". A later input(...) is a further input.
 * An arrow names other layers as inputs: plm_add(m, "add() <- left right").
 * A chain adds several layers, and repeats them: "20 * dense(100) | batch_normalization | relu".
 * Returns the output of the (last) layer; id 0 = failed. */
PLM_API plm_value plm_add(plm_model *m, const char *spec, ...) PLM_PRINTF(2, 3);
/* Adds an input; a model has at most 4.
 * name: NULL = "input", then "input_1", ...
 * rank, dims: the shape of one row, so an input [n, 28, 28] has rank 2. */
PLM_API plm_value plm_input(plm_model *m, const char *name, int rank, const int64_t *dims);
/* Applies a layer, or a chain of layers, to x. Returns the output of the (last) layer. */
PLM_API plm_value plm_apply(plm_model *m, plm_value x, const char *spec, ...) PLM_PRINTF(3, 4);
/* Applies a layer such as "add" or "concatenate" to several values.
 * count, x: 1 to 8 values; the array is borrowed for the call.
 * Returns the output of the layer. */
PLM_API plm_value plm_merge(plm_model *m, int count, const plm_value *x, const char *spec, ...)
    PLM_PRINTF(4, 5);
/* Returns the output of the layer with this name: the one given by name=, or else "dense",
 * "dense_1", ... Returns id 0 if there is none. */
PLM_API plm_value plm_find(const plm_model *m, const char *name);
/* Declares an output of the model. Call it once for each output, in order; at most 4. Without it,
 * the output of the last layer is the output of the model. */
PLM_API void plm_output(plm_model *m, plm_value y);
/* Checks the shapes and initializes the parameters. May be called again: parameters with the same
 * name and shape then keep their values, and the optimizer starts from scratch.
 * optimizer: "adam(0.001)". NULL = the model only predicts; loss and metrics may then be NULL too.
 * loss: "mse". For several outputs: one loss for all, or one for each in their order ("mse,
 * sparse_categorical_crossentropy"), or by the name of the output's layer ("price=mse, kind=...").
 * metrics: "accuracy, mae"; NULL = none. For several outputs, metrics are assigned as losses are;
 * several metrics of one output are in brackets: "price=[mae, mse], kind=accuracy". An output that
 * is not named has no metric.
 * Errors: E_SPEC, E_SHAPE, E_MEMORY, and the first error of the calls that built the net. After an
 * error the parameters are kept, and the model must be compiled again.
 * Memory for batches is allocated when the first batch comes. */
PLM_API PLM_CHECKED plm_status plm_compile(plm_model *m, const char *optimizer, const char *loss,
                                           const char *metrics);
/* Sets the weight of each output's loss in the total loss. Takes effect at the next plm_compile,
 * which also reports errors in the text. Saved with the model. Removing outputs resets it.
 * weights: "1, 0.2" in the order of the outputs, or "aux=0.2" by name; NULL or "" = 1 each. */
PLM_API PLM_CHECKED plm_status plm_model_set_loss_weights(plm_model *m, const char *weights);
/* Removes the last `count` layers, to put another head on a trained body. Compile afterwards.
 * Remaining layers keep their parameters; layers added later are initialized even if they have the
 * name of a removed one. All declared outputs are cleared, also if count is 0. If count is above 0,
 * values of earlier calls are no longer valid: see plm_find.
 * Errors: E_ORDER if the model has fewer layers. */
PLM_API PLM_CHECKED plm_status plm_model_pop(plm_model *m, int count);
/* Removes the layers whose names match, such as the head of an auxiliary task. Remaining layers
 * keep their parameters, and remaining outputs stay outputs. Values of earlier calls are no longer
 * valid: see plm_find.
 * patterns: separated by '|', with * and ?: "aux*|other".
 * Errors: E_SPEC if no layer matches; E_ORDER if a remaining layer has a removed one as input. */
PLM_API PLM_CHECKED plm_status plm_model_remove(plm_model *m, const char *patterns);
/* Freezes (false) or unfreezes (true) the layers whose names match. Takes effect at the next
 * plm_compile. A frozen batch_normalization uses its moving statistics in training too.
 * patterns: "dense*|norm?".
 * Errors: E_SPEC if no layer matches. */
PLM_API PLM_CHECKED plm_status plm_model_set_trainable(plm_model *m, const char *patterns,
                                                       bool trainable);
/* Multiplies the learning rate of the layers whose names match, for example to train the lower
 * layers of a trained net more slowly. A pattern with a slash, such as "dense?/bias", matches
 * single parameters; their factor and that of their layer are multiplied. Takes effect at the next
 * plm_compile. Saved with the model, like learning_rate_factor= of a layer.
 * factor: 0 to 1e6; 1 = no change.
 * Errors: E_SPEC if no layer matches; plm_compile if no parameter does. */
PLM_API PLM_CHECKED plm_status plm_model_set_learning_rate_factor(plm_model *m,
                                                                  const char *patterns,
                                                                  double factor);
/* Returns a compiled copy with the same parameters; the caller frees it. Its optimizer starts from
 * scratch. Returns NULL on failure. */
PLM_API plm_model *plm_model_clone(const plm_model *m);
/* Joins 2 to 8 models with the same inputs and outputs into one. Its outputs are the means of their
 * outputs: means of probabilities after softmax or sigmoid, else of the numbers. Layers of model k
 * are called netK_NAME; the mean has the output's name. The result is compiled like models[0]; the
 * caller frees it, and the models too. NULL = failed: E_SHAPE if inputs, outputs or columns
 * differ, also if models of a table were trained on other rows (another seed draws other rows),
 * since each has learned the means and words of its columns from them; E_ORDER for another number
 * of models, or NULL among them. */
PLM_API plm_model *plm_model_join(int count, const plm_model *const *models);
/* Computes the statistics (means, variances) of layers such as normalization from the data, in one
 * pass over d for each such layer. plm_fit does this by itself, unless the model was trained or
 * loaded before. Call it before a loop of plm_train_batch. The model remembers the names of d's
 * columns, as in plm_fit. */
PLM_API PLM_CHECKED plm_status plm_adapt(plm_model *m, plm_data *d);
/* Returns the usual loss, as a spec, of the output with index `output`, for the target of the same
 * index in d:
 *   softmax, class numbers                 sparse_categorical_crossentropy
 *   softmax, one-hot rows                  categorical_crossentropy
 *   sigmoid, targets 0 and 1               binary_crossentropy
 *   no activation, classes in the data     sparse_categorical_crossentropy(from_logits=true)
 *   else                                   mean_squared_error
 * Targets in memory are inspected; targets read from a stream are not. A model that is not compiled
 * is compiled without optimizer and loss. The text is static. Returns NULL on failure. */
PLM_API const char *plm_model_default_loss(plm_model *m, const plm_data *d, int output);
/* Returns a table of layers, output shapes and numbers of parameters as text.
 * width: number of characters of a line, at least 30; smaller = 80.
 * The text is valid until the next call. Returns NULL if the model is not compiled. */
PLM_API const char *plm_model_summary(plm_model *m, int width);
/* The memory that training needs, in bytes. */
typedef struct {
    int64_t batch; /* number of rows in a batch, not bytes */
    /* Weights and layer state. The gradients of the weights too, where they must be stored as a
     * whole (clipping by norm, ...). */
    size_t parameters;
    /* slots of the optimizer, moving averages, accumulated gradients, and a copy of them */
    size_t optimizer;
    /* Values of a batch and their gradients, packed copies of weights, and scratch memory of each
     * thread. */
    size_t activations;
    /* Rows held in memory and batches that are prepared ahead. The caller's own arrays are not
     * counted. */
    size_t data;
    size_t tables; /* descriptions of layers, and execution plans */
    size_t total;  /* the sum of all above */
} plm_memory_need;

/* Computes the memory that training on d needs; only small tables are allocated for it.
 * d: NULL = batches of 32 rows from elsewhere.
 * Errors: E_ORDER if the model is not compiled with an optimizer. */
PLM_API PLM_CHECKED plm_status plm_model_memory(plm_model *m, const plm_data *d,
                                                plm_memory_need *out);
/* Returns a setting of the model as text, as it was last given here or before the model was saved.
 * key: "optimizer", "loss", "metrics" (the arguments of the last plm_compile) and "loss_weights".
 * Also "inputs" and "targets": the names of the columns that the model was trained on, if its data
 * had names, written as for inputs= and target= of csv: "['age', 'height']", for several inputs
 * "[['age'], ['height']]".
 * Returns "" if the setting was never given or m is NULL; NULL for an unknown key. Borrowed. */
PLM_API const char *plm_model_setting(const plm_model *m, const char *key);
/* Gives the shape of a row of the first input.
 * dims: filled with the lengths of the axes, without the batch; may be NULL.
 * Returns the rank; -1 if the model is not compiled. */
PLM_API int plm_model_input_shape(const plm_model *m, int64_t dims[8]);
/* Gives the shape of a row of the first output. dims and result: as in plm_model_input_shape. */
PLM_API int plm_model_output_shape(const plm_model *m, int64_t dims[8]);

/* An input or output of a model. Strings are borrowed from the model. */
typedef struct {
    const char *name; /* name of its layer */
    const char *loss; /* loss of an output, as given to plm_compile; "" = none */
    int rank;
    int64_t dims[8]; /* without the batch */
} plm_port;

/* Describes the index-th input, in the order of the layers.
 * out: filled if index is in range; may be NULL.
 * Returns the number of inputs; -1 if the model is not compiled. */
PLM_API int plm_model_inputs(const plm_model *m, int index, plm_port *out);
/* Describes the index-th output, in the order in which outputs were declared. out: filled if index
 * is in range; may be NULL. Returns the number of outputs; -1 if the model is not compiled. */
PLM_API int plm_model_outputs(const plm_model *m, int index, plm_port *out);

/* ---- data ----
 *     plm_data *train = plm_data_open(w, "csv('a.csv', target=y) | shuffle | batch(64)");
 *     plm_data *validation = plm_data_split(train, "split(0.2, shuffle=true)");
 *     plm_data_info info;
 *     plm_status status = plm_data_get_info(train, &info);
 * Calls that return a stream return NULL on failure. The caller frees the stream by
 * plm_data_free. */

/* Opens a stream: a source, then transforms, separated by '|'. plm_describe lists the families
 * "source" and "transform". Without batch(...), a batch has 32 rows. */
PLM_API plm_data *plm_data_open(plm *w, const char *pipeline, ...) PLM_PRINTF(2, 3);
/* Opens a stream for a model that was trained before.
 * If the table has column names, the columns that the model was trained on (plm_model_setting) are
 * found by name and given in the model's order. Other columns are ignored; a missing one is E_DATA.
 * inputs= and target= in the pipeline take precedence. Without column names, columns are taken by
 * position. A model of table(...) refuses csv(...) and npy(...), and a model of csv(...) refuses
 * table(...): E_DATA.
 * targets: true = rows with targets, to evaluate. false = rows to predict: a target column is not
 * read and need not exist, and every row comes once, in order. shuffle and drop_remainder are then
 * left out with a warning; take, skip, keep_classes and drop_classes still select rows. */
PLM_API plm_data *plm_data_open_for(const plm_model *m, bool targets, const char *pipeline, ...)
    PLM_PRINTF(3, 4);
/* Makes a stream over arrays.
 * x, y: [rows, ...], any dtype; y may be NULL. The arrays are borrowed until the stream is freed,
 * the views only for the call.
 * transforms: "shuffle | batch(64)", without a source; NULL = none. */
PLM_API plm_data *plm_data_arrays(plm *w, const plm_view *x, const plm_view *y,
                                  const char *transforms);
/* Arrays of the program as data. Zero in every field means none. */
typedef struct {
    size_t size;            /* sizeof(plm_arrays) */
    int inputs, targets;    /* number of views below: 1 to 4 inputs, 0 to 4 targets */
    const plm_view *input;  /* [inputs], each [rows, ...] */
    const plm_view *target; /* [targets], each [rows, ...] */
    const plm_view *weight; /* sample weights [rows], each 0 or more; NULL = all 1 */
    const char *transforms; /* transforms such as "shuffle | batch(64)"; NULL = none */
} plm_arrays;

/* Makes a stream over several inputs and targets, with sample weights. The arrays are borrowed
 * until the stream is freed, the views only for the call. */
PLM_API plm_data *plm_data_from_arrays(plm *w, const plm_arrays *a);
/* One batch. A batch from plm_data_next is borrowed until the next call on the stream. You may also
 * fill one yourself, for plm_train_batch. */
typedef struct {
    int64_t rows;        /* number of rows in this batch */
    int inputs, targets; /* number of views below */
    plm_view input[4];   /* float32 [rows, ...] */
    plm_view target[4];  /* float32 [rows, ...]; class labels are whole numbers [rows] */
    const float *weight; /* sample weights [rows], each 0 or more; NULL = all 1 */
} plm_batch;

/* Rows that your program makes on request. Use it for rows without end, from a device, or too large
 * for memory. */
typedef struct {
    size_t size; /* sizeof(plm_generator) */
    /* number of rows in an epoch; 0 = the epoch ends when `next` makes no row */
    int64_t rows;
    int inputs, targets; /* number of inputs, 1 to 4; number of targets, 0 to 4 */
    int input_rank[4];   /* shape of a row, without the batch; rank 0 = one number */
    int64_t input_dims[4][8];
    int target_rank[4];
    int64_t target_dims[4][8];
    bool weighted; /* true = `next` also gives sample weights */
    /* Called when an epoch begins; epochs count from 0. It is also called before each pass of
     * plm_adapt and plm_evaluate. NULL = not wanted. */
    plm_status (*begin)(void *self, int64_t epoch);
    /* Makes rows. Writes at most batch->rows of them to batch->input[i].data and
     * batch->target[i].data (float32, row-major), then sets batch->rows to the number written;
     * 0 ends the epoch.
     * weight: memory for batch->rows sample weights; NULL unless `weighted`.
     * Returns PLM_OK, or an error (below 0), which ends the reading. Any other status is
     * PLM_E_SPEC. Called by the thread that asks for batches; with "prefetch" by another thread. */
    plm_status (*next)(void *self, plm_batch *batch, float *weight);
    void *self; /* passed to begin and next */
    /* transforms such as "shuffle(1000) | batch(64) | prefetch(4)"; NULL = none */
    const char *transforms;
} plm_generator;

/* Makes a stream over generated rows. It cannot be split: make a second generator for
 * validation. */
PLM_API plm_data *plm_data_generator(plm *w, const plm_generator *g);
/* Moves rows out of `train` into a new stream with the same transforms, in their original order and
 * unshuffled. May be called again to take more rows. Free the two streams in any order.
 * spec: "split(0.1)" takes the last tenth, as Keras does; "split(0.2, shuffle=true)" takes a random
 * fifth, chosen by the seed.
 * Errors: E_ORDER if a batch was read from `train` before. */
PLM_API plm_data *plm_data_split(plm_data *train, const char *spec, ...) PLM_PRINTF(2, 3);
/* Frees a stream; NULL is fine. */
PLM_API void plm_data_free(plm_data *d);

/* What a stream contains. */
typedef struct {
    int64_t rows;        /* rows in an epoch; -1 = not known before its end */
    int64_t batch;       /* rows in a batch; the last one of an epoch may have fewer */
    int inputs, targets; /* number of each */
    int input_rank[4];   /* shape of a row, without the batch */
    int64_t input_dims[4][8];
    int target_rank[4];
    int64_t target_dims[4][8];
    /* number of classes of the first target; 0 = the source does not know it */
    int64_t classes;
    /* short name for use in file names, such as "digits", "fashion_mnist" or "iris" */
    const char *name;
    bool weighted; /* true = batches have sample weights */
    /* Columns of a csv file that became inputs and targets, as text for messages: "size, rooms" or,
     * without a header, "columns 0 to 3"; long lists are cut. A target column is included even if
     * rows for a prediction do not read it. "" = another source, or none. Valid as long as the
     * stream. */
    const char *input_columns, *target_columns;
} plm_data_info;

/* Describes a stream. Strings in *out are borrowed from the stream. */
PLM_API PLM_CHECKED plm_status plm_data_get_info(const plm_data *d, plm_data_info *out);
/* Gives the next batch.
 * Returns PLM_END after the last batch of an epoch, and again until plm_data_rewind.
 * A new stream is at the first batch of epoch 0. plm_fit and plm_evaluate rewind the stream first
 * and leave it at the end of an epoch. */
PLM_API PLM_CHECKED plm_status plm_data_next(plm_data *d, plm_batch *out);
/* Goes back to the first batch.
 * epoch: from 0; the same seed and epoch give the same shuffled order. */
PLM_API PLM_CHECKED plm_status plm_data_rewind(plm_data *d, int64_t epoch);

/* ---- train ----
 *     plm_fit_result result;
 *     plm_status status = plm_fit(m, train, PLM_FIT(.epochs = 50, .validation = validation,
 *                                                   .observers = "early_stopping(patience=5)",
 *                                                   .checkpoint = "run.safetensors",
 *                                                   .result = &result)); */

/* The events of a fit. */
typedef enum {
    PLM_FIT_BEGIN,
    PLM_EPOCH_BEGIN,
    PLM_BATCH_END,
    PLM_EPOCH_END,
    PLM_FIT_END
} plm_event_kind;

/* An event, as given to an observer. `log` has the loss first, then the metrics in the order given
 * to plm_compile. At BATCH_END these are running means. At EPOCH_END they are the values of the
 * epoch; validation values follow with names that begin with val_. Then come learning_rate,
 * gradient_norm (before clipping; the mean over the first update of the epoch and every tenth) and,
 * if there are penalties, penalty_share (the part of the loss that they make up). */
typedef struct {
    plm_event_kind kind;
    /* number of the epoch, from 0; at FIT_END the total number of epochs requested */
    int64_t epoch;
    /* Batches trained since plm_compile, over all fits; resuming continues the count. */
    int64_t step;
    int64_t row, rows;      /* rows of this epoch trained so far, and in total (-1 = unknown) */
    int64_t epochs;         /* total number of epochs requested */
    double seconds;         /* since the fit began */
    double rows_per_second; /* rows trained per second in this epoch so far, without validation */
    int logs;               /* length of log */
    const plm_log *log;     /* [logs]; borrowed for the call */
    double batch_loss;      /* at BATCH_END: mean loss of this batch alone; else NaN */
    bool rate_moves;        /* true = a schedule or an observer may change the learning rate */
} plm_event;

/* An observer: a function that is called during a fit, with its state. */
typedef struct {
    const char *name; /* any name, for your own use; may be NULL */
    /* Called at each event; may be NULL.
     * Returns PLM_OK to continue. PLM_STOPPED or an error (below 0) ends the fit: the remaining
     * observers are still called, then plm_fit returns that status. Any other status is PLM_E_SPEC.
     * After FIT_BEGIN there is always a FIT_END. See "Callbacks" above. */
    plm_status (*on_event)(void *self, plm_run *run, const plm_event *event);
    void (*free)(void *self); /* frees the observer's state; not called for your own observers,
                               * which you free yourself */
    void *self;               /* passed to on_event */
} plm_observer;

/* The progress of a fit, and why it ended. */
typedef struct {
    int64_t epochs;  /* finished epochs, counting those before resume or initial_epoch */
    int64_t batches; /* finished batches of the next epoch, if the fit stopped within one */
    int64_t epochs_requested; /* total number of epochs requested */
    int64_t best_epoch;       /* number of the best epoch, from 1; 0 = no observer determines it */
    /* The epoch, from 1, whose weights the model now has: the best epoch if an observer restored
     * it; after E_NUMERIC the last epoch with a finite loss. 0 = the weights are those of the last
     * step. */
    int64_t kept_epoch;
    bool averaged; /* the weights are moving averages (use_ema) */
    bool trained;  /* false = all epochs had been trained before */
    /* true = all epochs are done, or an observer made from a spec ended the fit. false = an
     * observer of your own or an error interrupted it, so it can be resumed. */
    bool ended;
    char stopped_by[64]; /* the observer that ended the fit, such as "early_stopping"; "" = none */
} plm_fit_result;

/* A value of plm_fit_options.epochs that trains nothing. The layers are adapted to the data, and
 * the metrics of the untrained model are measured: observers get one EPOCH_END with epoch -1, and
 * the history has a row for epoch 0. A checkpoint is written: a fit that resumes it trains from the
 * first epoch, and its history has the epochs alone. A resumed fit that has trained is not measured
 * again. */
#define PLM_NO_EPOCHS INT64_MIN

/* Options of plm_fit. Zero in every field means its default. */
typedef struct {
    size_t size; /* sizeof(plm_fit_options) */
    /* Total number of epochs, counting those done earlier (initial_epoch, resume). 0 means 1 epoch;
     * PLM_NO_EPOCHS trains nothing. */
    int64_t epochs;
    plm_data *validation; /* NULL = none */
    /* specs of observers, such as "csv_logger('log.csv'), terminate_on_nan"; NULL = none */
    const char *observers;
    const plm_observer *extra; /* [extras] your own observers; borrowed for the call */
    int extras;                /* length of extra */
    /* Checkpoint from which to continue, bit for bit; NULL = start from scratch.
     * If the fit that wrote it had ended (see plm_fit_result.ended), only its model is restored,
     * unless `epochs` was changed and is larger than the number of epochs done. Early stopping then
     * restarts its patience. An observer that now monitors another value than in the checkpoint, or
     * another loss, begins anew, with a warning. */
    const char *resume;
    /* [classes] class weights: the weight of a row is that of the class of its first target; NULL =
     * all 1. It is an error if the data has sample weights as well, or if a row of that target has
     * several classes or none. */
    const float *class_weight;
    int classes; /* length of class_weight; a larger label is an error */
    /* Number of epochs done by an earlier fit. This fit continues to count from there. */
    int64_t initial_epoch;
    /* Validate every N epochs (0 means 1). In other epochs val_ metrics are NaN, and observers
     * that monitor one are skipped. */
    int64_t validation_freq;
    /* Path of the checkpoint that this fit writes, so that it can be resumed; NULL = none.
     * Written after an epoch, but at most once a second, and always when the fit ends or stops,
     * even within an epoch. After E_NUMERIC it is that of the last epoch that ended with a finite
     * loss; if there is none, nothing is written, and a file of this name stays. It is a model file
     * that also has the state of the optimizer and the history. Borrowed for the call. */
    const char *checkpoint;
    /* write the checkpoint only every N epochs, and when the fit ends; 0 means 1 */
    int64_t checkpoint_epochs;
    plm_fit_result *result; /* filled when the fit is over; NULL = not wanted */
    /* Folder to which relative file names in `observers` refer. Observers may not write outside of
     * it (E_SPEC for an absolute name, ".." or a link), so specs from other people are safe.
     * NULL = the current folder, and any file. Borrowed for the call. */
    const char *folder;
    bool outside; /* true = observers may write outside of `folder` */
    /* Further settings that define the training, such as the name of the data, as lines
     * "key: value". They are stored in checkpoints and compared when the fit is resumed.
     * A different value for a key is E_SPEC, unless config_changes names the key ("data, seed"); it
     * then gives a warning. Keys that begin with "rows of the " cannot be named there.
     * Some differences are checked without a key: different layers are always E_FORMAT; a different
     * number of rows is E_SPEC unless config_changes names data; a different seed, optimizer or
     * loss gives a warning.
     * NULL = none. Borrowed for the call. */
    const char *config;
    const char *config_changes;
    /* Number of batches in an epoch; 0 = all of the data. If it is set, an epoch begins at the row
     * where the previous one ended. At the end of the data, the fit starts again at its beginning,
     * newly shuffled. */
    int64_t steps_per_epoch;
} plm_fit_options;

/* Trains the model.
 * o: options, or NULL for the defaults (one epoch).
 * If the data has column names, the model remembers them (see plm_model_setting). Columns that it
 * already knows must be at the same positions (else E_DATA), unless inputs= or target= of the
 * pipeline lists the columns one by one.
 * Returns PLM_OK, or PLM_STOPPED if an observer ended the fit, which is not an error.
 * Errors: E_NUMERIC if the loss becomes NaN or infinite; E_SHAPE or E_DATA if the data does not fit
 * the model; E_ORDER without an optimizer; E_SPEC for options and observers.
 * After an error the model keeps what it has learned. After E_NUMERIC it has the weights of the
 * last epoch that ended with a finite loss (before the first, those it had before the fit), or of
 * the best epoch if an observer restores it. The optimizer, too, has its state of that epoch, and
 * the learning rate that was set then, so another fit can go on once the cause is mended. */
PLM_API PLM_CHECKED plm_status plm_fit(plm_model *m, plm_data *train, const plm_fit_options *o);
/* The values of all metrics by epoch. Everything is borrowed until the model is trained or
 * freed. */
typedef struct {
    int64_t rows;            /* number of epochs */
    int columns;             /* number of values in a row */
    const char *const *name; /* [columns] "epoch" (from 1), then "loss", "val_accuracy", ... */
    const double *value;     /* [rows][columns]; NaN = not measured in that epoch */
} plm_history;

/* Gives the history of the last fit and of the fits that it continued (resume, initial_epoch).
 * During a fit, an observer calls it on plm_run_model(run). */
PLM_API PLM_CHECKED plm_status plm_model_history(const plm_model *m, plm_history *out);
/* Options of plm_pretrain. Zero in every field means its default. */
typedef struct {
    size_t size; /* sizeof(plm_pretrain_options) */
    /* Number of layers already pretrained, which are skipped; use it to resume a pretraining. */
    int first_layer;
    const char *observers;     /* observers of each layer's fit, as in plm_fit_options */
    const plm_observer *extra; /* [extras] your own observers; borrowed for the call */
    int extras;                /* length of extra */
    /* Called before a layer is trained (done false) and after it (done true). index: number of the
     * layer, from 0, among `count` layers. Any status but PLM_OK ends the pretraining. NULL = not
     * wanted. */
    plm_status (*on_layer)(void *self, int index, int count, const char *name, bool done);
    void *self; /* passed to on_layer */
    /* Folder and permission of files that observers write, as in plm_fit_options. */
    const char *folder;
    bool outside;
} plm_pretrain_options;

/* Pretrains the hidden dense layers of a compiled model, one after the other, on rows; targets are
 * not used. Then fine-tune by plm_fit.
 * method: "autoencoder(epochs=20, noise=gaussian_noise(0.3), tied=true)"; NULL = "autoencoder". See
 * plm_describe of "pretraining".
 * o: options, or NULL for the defaults.
 * Returns PLM_STOPPED if an observer ended it; the model keeps what it has learned.
 * Errors: E_SPEC if the model has no hidden dense layer; those of plm_fit. */
PLM_API PLM_CHECKED plm_status plm_pretrain(plm_model *m, plm_data *unlabelled, const char *method,
                                            const plm_pretrain_options *o);
/* Makes a stream of all labelled rows and of the unlabelled rows whose class the model predicts
 * with enough confidence; these rows get the predicted class as label. The stream is shuffled, in
 * batches like those of `labelled`, and the caller frees it.
 * confidence: 0 to 1, the smallest probability of the predicted class. For a single sigmoid output
 * p, this probability is the larger of p and 1 - p.
 * added: number of unlabelled rows taken; may be NULL.
 * Returns NULL on failure. */
PLM_API plm_data *plm_pseudo_labels(plm_model *m, plm_data *labelled, plm_data *unlabelled,
                                    double confidence, int64_t *added);
/* Returns the number of epochs that were done when a checkpoint was written; a plm_status below 0
 * on failure. */
PLM_API int64_t plm_checkpoint_epochs(plm *w, const char *path);
/* Gives the progress of the fit that wrote a checkpoint, and whether it had ended. kept_epoch,
 * averaged and trained of *out have no meaning here. */
PLM_API PLM_CHECKED plm_status plm_checkpoint_get_info(plm *w, const char *path,
                                                       plm_fit_result *out);
/* Returns the number of threads that a training step of the model uses now, 1 to plm_threads. A
 * step too small for several threads uses one. For larger steps, short measurements during training
 * find out whether fewer threads are faster; they are repeated, since the load of the machine may
 * change. See plm_options.fixed_threads. Returns 0 if the model has not trained since it was
 * compiled. */
PLM_API int plm_model_threads(const plm_model *m);

/* ---- train and predict batch by batch ----
 *     plm_batch batch;
 *     plm_log loss;
 *     while ((status = plm_data_next(train, &batch)) == PLM_OK &&
 *            (status = plm_train_batch(m, &batch, &loss, 1)) == PLM_OK)
 *         printf("%g\n", loss.value); */

/* Trains on one batch, for a training loop of your own. Call plm_adapt before the first batch.
 * out: filled with the loss, then the metrics of this batch before the update; at most `capacity`
 * of them. Unused entries get the name NULL. out may be NULL.
 * Errors: E_DATA for a label or a sample weight that cannot be; the batch then changes nothing.
 * E_NUMERIC if the loss is not finite: weights and optimizer are no longer usable then, since they
 * are updated during the backward pass, before the loss is known. Leave out such batches before, or
 * go on from a saved model; plm_fit returns to the last good epoch by itself. */
PLM_API PLM_CHECKED plm_status plm_train_batch(plm_model *m, const plm_batch *b, plm_log *out,
                                               int capacity);
/* Computes the loss and metrics of one batch without an update. out, capacity: as in
 * plm_train_batch. */
PLM_API PLM_CHECKED plm_status plm_evaluate_batch(plm_model *m, const plm_batch *b, plm_log *out,
                                                  int capacity);
/* Computes the loss and metrics over one pass through d. out, capacity: as in plm_train_batch. Like
 * plm_train_batch, it needs a model that was compiled with an optimizer and a loss. Errors: E_DATA
 * if d has other column names than the model, or in another order; see plm_data_open_for. */
PLM_API PLM_CHECKED plm_status plm_evaluate(plm_model *m, plm_data *d, plm_log *out, int capacity);
/* Predicts: y = net(x), for a model with one input. No optimizer is needed.
 * x: [n, ...], any dtype.
 * y: view of the caller's float32 memory [n, ...], which is filled; see plm_model_outputs. If the
 * model has several outputs, y is the first.
 * Errors of all calls that predict, which leave y as it was: E_ORDER if the model is not compiled;
 * E_SHAPE for a wrong number of views, or one that is NULL or does not fit; E_UNSUPPORTED for an
 * unknown dtype, an output that is not float32, and here for a model of several inputs.
 * Several threads may call this and plm_predict_several on one model at once, as long as no other
 * call on the model or its runtime runs. Each call has its own memory, which later calls reuse, and
 * gives the same bits as if it ran alone. The first of several simultaneous calls uses the threads
 * of the runtime; each other call runs on its caller's thread only.
 * The status tells each caller whether its call failed. plm_last_error has the error of the last
 * call that failed in any thread, and may be read only after all calls have returned; servers use
 * plm_predict_with_error. */
PLM_API PLM_CHECKED plm_status plm_predict(plm_model *m, const plm_view *x, plm_view *y);
/* Predicts with several inputs and outputs.
 * inputs, x: all inputs, in the order of plm_model_inputs.
 * outputs, y: the first outputs in the order of plm_model_outputs; may be fewer than all. */
PLM_API PLM_CHECKED plm_status plm_predict_several(plm_model *m, int inputs, const plm_view *x,
                                                   int outputs, plm_view *y);
/* Predicts like plm_predict_several and gives the caller its own error, for servers.
 * error: gets the error of this call, even while other threads use the same model. After a success
 * its status is PLM_OK and its texts are "". NULL = not wanted. */
PLM_API PLM_CHECKED plm_status plm_predict_with_error(plm_model *m, int inputs, const plm_view *x,
                                                      int outputs, plm_view *y,
                                                      plm_error_record *error);
/* Monte Carlo dropout: predicts each row `samples` times with dropout and similar noise active. It
 * gives the mean and the population standard deviation of each output. (Gal and Ghahramani, Dropout
 * as a Bayesian approximation, ICML 2016.)
 * samples: 1 or more.
 * mean, deviation: views of the caller's float32 memory [n, ...].
 * Every row and every call has its own random numbers; the same calls in the same order give the
 * same bits. */
PLM_API PLM_CHECKED plm_status plm_predict_monte_carlo(plm_model *m, const plm_view *x, int samples,
                                                       plm_view *mean, plm_view *deviation);
/* Does the same as plm_predict_monte_carlo for several inputs and outputs. Fills mean[outputs] and
 * deviation[outputs]. */
PLM_API PLM_CHECKED plm_status plm_predict_several_monte_carlo(plm_model *m, int inputs,
                                                               const plm_view *x, int samples,
                                                               int outputs, plm_view *mean,
                                                               plm_view *deviation);

/* ---- parameters and learning rate ----
 *     plm_parameter p;
 *     for (int64_t i = 0; i < plm_parameters(m, i, &p); i++)
 *         printf("%s: %d axes, %s\n", p.name, p.rank, p.trainable ? "trained" : "fixed"); */

/* A parameter, such as "dense/kernel" of layer "dense". The names are valid until the next
 * plm_compile. */
typedef struct {
    const char *name, *layer;
    int rank;
    int64_t dims[8];
    /* false = it belongs to a frozen layer, or is layer state such as a moving mean */
    bool trainable;
} plm_parameter;

/* Describes the index-th parameter.
 * out: filled if index is in range; may be NULL.
 * Returns the number of parameters; 0 before plm_compile. */
PLM_API int64_t plm_parameters(const plm_model *m, int64_t index, plm_parameter *out);
/* Copies the values of a parameter to out.
 * out: as many floats as the product of its dims, row-major; a kernel is [fan_in, fan_out].
 * Errors: E_ORDER if there is no such index. */
PLM_API PLM_CHECKED plm_status plm_parameter_read(const plm_model *m, int64_t index, float *out);
/* Sets the values of a parameter. values: laid out as in plm_parameter_read. */
PLM_API PLM_CHECKED plm_status plm_parameter_write(plm_model *m, int64_t index,
                                                   const float *values);
/* Returns the learning rate of the last step, or of the first step if none was made yet. Returns 0
 * if the model is not compiled with an optimizer. */
PLM_API double plm_model_learning_rate(const plm_model *m);
/* Replaces the schedule by a fixed learning rate, from the next step until the next plm_compile.
 * For a training loop of your own, or between two fits.
 * rate: below 0 = back to the schedule.
 * Errors: E_SPEC for NaN and infinity. */
PLM_API PLM_CHECKED plm_status plm_model_set_learning_rate(plm_model *m, double rate);
/* Sets the number of steps of a run for a training loop of your own. Schedules with parts of the
 * run (decay_steps=all, or a number below 1) need it; plm_fit sets it by itself. Call it again if
 * the number changes.
 * Errors: E_ORDER if the model is not compiled with an optimizer, E_SPEC for less than 1 step. */
PLM_API PLM_CHECKED plm_status plm_model_set_steps(plm_model *m, int64_t steps);
/* Returns the learning rate within a fit, as plm_model_learning_rate does. */
PLM_API double plm_run_learning_rate(const plm_run *r);
/* Sets the learning rate within a fit; values and errors as of plm_model_set_learning_rate. */
PLM_API PLM_CHECKED plm_status plm_run_set_learning_rate(plm_run *r, double rate);
/* Returns the model that is being fitted. */
PLM_API plm_model *plm_run_model(plm_run *r);

/* ---- files ----
 *     plm_file *f = plm_file_open(w, "result.txt");
 *     status = plm_file_print(f, "accuracy %.4f\n", accuracy);
 *     if (!PLM_FAILED(status))
 *         status = plm_file_commit(f);
 *     else
 *         plm_file_abandon(f); */

/* A file that is being written. plm_model_save, checkpoints and observers use the same calls. */
typedef struct plm_file plm_file;

/* Starts to write a file that appears whole or not at all. Until plm_file_commit, `path` keeps the
 * old file, even after an error, a signal or a power cut.
 * The new bytes go to a file without a name in the same folder or, where the system has no such
 * files, to PATH.XXXXXXXX.part (8 random hexadecimal digits). The folder must be writable, and so
 * must an old file, else E_IO.
 * A symbolic link is followed: the file that it names is written, even if it does not exist yet.
 * The new file gets the mode of the old one and, where the system allows it, the owner. Other hard
 * links keep the old content.
 * A pipe, terminal or device such as /dev/null is written to directly. /dev/stdout, /dev/stderr and
 * /dev/fd/N mean the open descriptor.
 * Returns NULL on failure. */
PLM_API plm_file *plm_file_open(plm *w, const char *path);
/* Opens a file to append to it, such as a log; creates it if needed. Readers see what was written
 * at each plm_file_flush. If a write fails, what was added since the last flush is removed again.
 * Returns NULL on failure. */
PLM_API plm_file *plm_file_append(plm *w, const char *path);
/* Writes bytes through a buffer. The first error is kept: later calls, plm_file_commit included,
 * return it too. */
PLM_API PLM_CHECKED plm_status plm_file_write(plm_file *f, const void *data, size_t bytes);
/* Writes a text, formatted as by printf in the C locale. */
PLM_API PLM_CHECKED plm_status plm_file_print(plm_file *f, const char *format, ...)
    PLM_PRINTF(2, 3);
/* Overwrites bytes that were written before, such as a header that holds a length.
 * offset: from the beginning of the file.
 * Errors: E_IO for a pipe; E_ORDER for a file from plm_file_append. */
PLM_API PLM_CHECKED plm_status plm_file_write_at(plm_file *f, int64_t offset, const void *data,
                                                 size_t bytes);
/* Hands the buffered bytes to the system. */
PLM_API PLM_CHECKED plm_status plm_file_flush(plm_file *f);
/* Hands the buffered bytes to the system and waits until they are on the disk. */
PLM_API PLM_CHECKED plm_status plm_file_sync(plm_file *f);
/* Finishes the file: waits until it is on the disk and gives it its name. Always frees f. After an
 * error the old file is as it was. */
PLM_API PLM_CHECKED plm_status plm_file_commit(plm_file *f);
/* Frees f without a commit, so that an old file stays as it was. A file from plm_file_append is
 * closed. NULL is fine. */
PLM_API void plm_file_abandon(plm_file *f);
/* Removes files PATH.XXXXXXXX.part left by programs that were killed while they wrote PATH. Call it
 * only while nobody writes PATH. */
PLM_API PLM_CHECKED plm_status plm_file_tidy(plm *w, const char *path);

/* Sets options by name and leaves all others at their default: plm_open(PLM_OPTIONS(.threads = 2)).
 * C only. */
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
