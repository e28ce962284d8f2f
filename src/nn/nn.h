/* The families of kinds that users name: layers, initializers and optimizers here, schedules in
 * schedule.h, metrics in metric.h, regularizers and constraints in penalty.h. Layers and optimizers
 * have a file for each kind; the other families have a table. */
#ifndef PLM_NN_NN_H
#define PLM_NN_NN_H

#include "base/random.h"
#include "graph/op.h"
#include "nn/metric.h"
#include "nn/schedule.h"

/* ---- layers ---- */

/* The object into which a layer emits ops. After the first error every call returns a failed value,
 * and the first error is kept. */
typedef struct {
    plm_graph *graph;
    const char *layer; /* name of the layer; a parameter is called layer/name */
    const char *where; /* place for messages, such as "layer 3, dense(10)" */
    bool trainable;    /* false = frozen */
    double learning_rate_factor;
    plm_status status;
} plm_builder;

/* Emits an op. op: its spec, formatted as by printf. */
plm_value plm_emit(plm_builder *b, int count, const plm_value *x, const char *op, ...)
    PLM_PRINTF(4, 5);
/* A parameter that a layer asks for. Specs may be NULL, which means zeros, no regularizer, no
 * constraint. */
typedef struct {
    const char *name;
    const plm_spec *initializer, *regularizer, *constraint;
    bool state; /* true = never trained */
    int rank;
    int64_t dims[PLM_RANK];
} plm_weight_request;

/* Makes a parameter. Errors: E_SHAPE if it is too large. */
plm_value plm_weight_new(plm_builder *b, const plm_weight_request *request);
/* Makes a parameter with one number for each of `width` columns, such as those of a normalization
 * layer. */
plm_value plm_weight_of_columns(plm_builder *b, const char *name, int64_t width,
                                const plm_spec *initializer, const plm_spec *regularizer,
                                const plm_spec *constraint);
/* Returns the parameter `name` of another layer, such as "kernel" of "dense", to share it. If there
 * is none, returns a value with id 0, without an error. The op that reads a shared parameter must
 * add to its gradient if plm_operand.adds is set. */
plm_value plm_weight_find(plm_builder *b, const char *layer, const char *name);
/* True if ops like dense can apply this activation themselves. False also if the activation is
 * invalid: then b has the error. */
bool plm_runs_inside(plm_builder *b, const plm_spec *activation);
/* A kind of noise. mode: the mode of the op noise. amount: a rate or a standard deviation, as a
 * number or a schedule, at most `high`. key: the layer's key for the amount, for messages. */
typedef struct {
    const char *mode, *key;
    const plm_spec *amount;
    double high;
} plm_noise;
/* Emits noise such as dropout (op noise).
 * noise_shape: a length for each axis of x, where 1 means that all elements along the axis share
 * the noise; or NULL.
 * seed: own seed, or -1. */
plm_value plm_emit_noise(plm_builder *b, plm_value x, const plm_noise *noise,
                         const plm_ints *noise_shape, int64_t seed);
/* Makes a plm_noise for a layer whose amount is a rate below 1. */
#define PLM_NOISE_RATE(mode_, rate_)                                                               \
    (&(plm_noise){.mode = mode_, .key = "rate", .amount = rate_, .high = 0.999999})
/* The keys noise_shape and seed, for the field tables of layers with noise. */
#define PLM_FIELD_NOISE_SHAPE(type)                                                                \
    PLM_FIELD(type, noise_shape, PLM_INTS, "", 1, 1e9,                                             \
              "a number for each axis, without the batch: the length of the axis, or 1 to use "    \
              "the same noise along the axis")
#define PLM_FIELD_NOISE_SEED(type)                                                                 \
    PLM_FIELD(type, seed, PLM_INT, "-1", 0, 9e15,                                                  \
              "own seed, which gives the same noise wherever the layer is used; none = the seed "  \
              "of the run")
/* Emits an op that takes a list of numbers as its last argument. op: the beginning of its spec, up
 * to this argument, formatted as by printf, such as "discretize(". */
plm_value plm_emit_with_numbers(plm_builder *b, plm_value x, const plm_reals *numbers,
                                const char *op, ...) PLM_PRINTF(4, 5);
/* The ways to encode ids, as choices for field tables. plm_encode encodes ids x, 0 .. ids - 1: for
 * "int" it returns x, for the other ways it emits the op encode. */
#define PLM_ENCODINGS "int|one_hot|multi_hot|count"
plm_value plm_emit_encoding(plm_builder *b, plm_value x, const char *mode, int64_t ids);
/* Adds a penalty on the size of x to the loss: l1 sum |x| + l2 sum x^2 for each row, averaged over
 * rows. */
void plm_penalize_activity(plm_builder *b, plm_value x, double l1, double l2);
/* Returns the length of an axis of x, without the batch; negative axes count from the end. Returns
 * 0 if x has no such axis, or is the value that a call returns after an error. */
int64_t plm_dim(plm_builder *b, plm_value x, int axis);
/* Returns the number of axes of x, without the batch. */
int plm_rank(plm_builder *b, plm_value x);
/* Returns x stored by vectors of its last axis (see plm_graph_lines). */
plm_value plm_last_axis(plm_builder *b, plm_value x);
/* Returns x stored as whole rows. */
plm_value plm_whole_rows(plm_builder *b, plm_value x);
/* Does the same as plm_last_axis for layers that work on columns. Sets *width to the number of
 * columns. Fails if x has rank 0. */
plm_value plm_columns(plm_builder *b, plm_value x, int64_t *width);
/* The axes of a value, ordered so that the axes that a layer works on come last. (axes.c) */
typedef struct {
    /* number of axes, without the batch; number of chosen axes, which come last */
    int rank, chosen;
    int order[PLM_RANK];    /* order[i] = the axis, from 0, that becomes axis i */
    int64_t dims[PLM_RANK]; /* their lengths in that order */
} plm_axes;
/* Chooses axes of x. axis [count]: the axes as in Keras, where 0 is the batch and -1 the last axis.
 * Returns false, with an error, if x does not have these axes. */
bool plm_axes_choose(plm_builder *b, plm_value x, int count, const int64_t *axis, plm_axes *out);
/* Returns x with the chosen axes moved to the end and joined to one, stored by vectors of this
 * axis. */
plm_value plm_axes_last(plm_builder *b, plm_value x, const plm_axes *a);
/* Undoes plm_axes_last: returns y, which has the shape of its result, with all axes in their old
 * order. */
plm_value plm_axes_back(plm_builder *b, plm_value y, const plm_axes *a);
/* Records an error of this layer in the builder. Returns the value of a failed call. */
plm_value plm_layer_fail(plm_builder *b, plm_status status, const char *hint, const char *what, ...)
    PLM_PRINTF(4, 5);
/* Makes b fail with E_MEMORY if there was no memory for the whole text. Call it before plm_emit
 * takes a text that was put together from parts. */
void plm_require_text(plm_builder *b, const plm_text *t);
/* Returns an activation as the text of its spec, for plm_emit; "linear" for NULL. */
const char *plm_activation_text(plm_builder *b, const plm_spec *s);

/* The keys that all layers share. */
typedef struct {
    const char *name;
    bool trainable;
    double learning_rate_factor;
    const plm_spec *activity_regularizer; /* penalty on the output; NULL = none */
} plm_layer_common;
/* The field table of these keys. */
extern const plm_field plm_layer_common_fields[];

/* Statistics of a layer's input, computed for plm_adapt. */
typedef struct {
    int64_t rows;                  /* number of vectors that were measured */
    int64_t width;                 /* numbers in a vector */
    const double *mean, *variance; /* [width], population variance */
    /* [width] the quartiles, with linear interpolation, the minimum and the maximum; NULL unless
     * the layer needs PLM_MEASURE_QUARTILES */
    const double *quarter, *median, *three_quarters, *lowest, *highest;
} plm_statistics;

/* Which statistics of the data a layer needs. */
typedef enum {
    PLM_MEASURE_MOMENTS,   /* mean and variance */
    PLM_MEASURE_QUARTILES, /* the moments, the quartiles, minimum and maximum */
    PLM_MEASURE_NOTHING    /* the config has everything */
} plm_measure;

/* The descriptor of a layer. */
typedef struct plm_layer_kind {
    plm_kind kind;
    /* Emits the ops of the layer. x: `count` inputs. Returns its output. */
    plm_value (*emit)(plm_builder *b, const void *config, int count, const plm_value *x);
    int inputs_low, inputs_high; /* minimum and maximum number of inputs; both 0 = exactly one */
    /* For layers that take statistics from the data: computes their state parameters from the
     * statistics of their input. values[i]: where the i-th state parameter is stored, row-major;
     * they are counted in the order in which the layer made them. NULL = the layer takes no
     * statistics. */
    void (*adapt)(const void *config, const plm_statistics *statistics, float *const *values);
    /* Returns which statistics adapt needs; NULL = the moments. */
    plm_measure (*measures)(const void *config);
    /* Returns true if adapt takes the statistics of the targets of the output that the layer
     * computes, instead of the statistics of its input. NULL = never. */
    bool (*adapts_to_targets)(const void *config);
} plm_layer_kind;

/* ---- initializers ---- */

/* What an initializer is told about a parameter. */
typedef struct {
    int rank;
    int64_t dims[PLM_RANK];
    double fan_in, fan_out;
    size_t count;  /* number of elements */
    uint64_t seed; /* seed of the runtime; an initializer may have its own instead */
    /* index of the parameter; each parameter has its own stream of random numbers */
    uint32_t stream;
} plm_initialize;

/* The descriptor of an initializer. */
typedef struct {
    plm_kind kind;
    /* Fills values [count], row-major. w: the runtime, to allocate memory. */
    plm_status (*fill)(plm *w, const void *config, const plm_initialize *about, plm_real *values);
} plm_initializer_kind;
/* Computes fan_in and fan_out of a shape as Keras does. Rank 0: 1 and 1. Rank 1 [n]: n and n. Rank
 * 2: number of rows and of columns. Higher ranks: the lengths of the last two axes, each times the
 * product of the axes before. */
void plm_fans(int rank, const int64_t *dims, double *fan_in, double *fan_out);
/* Fills values [about->count] by the initializer of a spec; spec == NULL: zeros. */
PLM_CHECKED plm_status plm_initialize_weight(plm_arena *a, const plm_spec *spec,
                                             const plm_initialize *about, plm_real *values);

/* ---- optimizers ---- */

/* A span: neighbouring elements of the parameter vectors, which are updated together. Arrays are
 * aligned to 64 bytes and count is a multiple of 16. Padding is zero in p, g and slots, and must
 * stay zero. */
typedef struct {
    plm_real *p; /* [count] parameters */
    plm_real *g; /* [count] gradient; may be overwritten */
    /* [count] each: state of the optimizer for each parameter; NULL = unused */
    plm_real *slot[PLM_SLOTS];
    size_t count;
    double rate;               /* learning rate of this step */
    int64_t step;              /* number of this update, from 1 */
    double scalar[8];          /* values that begin() has computed for this step */
    const char *isa;           /* instruction set, for PLM_PER_ISA (kernel/per_isa.h) */
    const plm_kernels *kernel; /* its kernel table */
    /* a function for Adam's step that is faster on this machine than the optimizer's own; NULL =
     * there is none (train/roots.h) */
    plm_adam_step *adam;
} plm_span;

/* The arguments of plm_optimizer_kind.update_whole besides the span. */
typedef struct {
    const plm_weight *weight;
    const plm_kernels *kernel;
    /* [memory()] numbers that the optimizer keeps for this parameter from step to step, aligned to
     * 64 bytes */
    plm_real *memory;
    /* [work()] numbers of working memory, aligned to 64 bytes; undefined at the beginning of a
     * call */
    plm_real *work;
} plm_whole;

/* The descriptor of an optimizer. */
typedef struct plm_optimizer_kind {
    /* kind.fields must include learning_rate, a number or a schedule: PLM_SPEC of family
     * schedule */
    plm_kind kind;
    size_t rate_offset; /* offsetof(config, learning_rate) */
    /* offset in the config of the double (momentum, beta_1) that a schedule may change; 0 = none */
    size_t momentum_offset;
    /* default of the optimizer's decoupled weight decay; 0.004 for adamw */
    double weight_decay;
    const char *const *slots; /* names of all slots, as in Keras; the list ends with NULL */
    /* Returns the slots that this config uses, as a bit mask; NULL = all. */
    uint32_t (*uses)(const void *config);
    /* Returns the initial value of a slot; NULL = 0. Padding is always 0. */
    double (*slot_start)(const void *config, int slot);
    /* Called once a step, before any update: computes span->scalar from rate and step. state: 4
     * numbers kept from step to step, zero at first, stored in checkpoints. NULL = nothing to
     * compute. */
    void (*begin)(const void *config, plm_span *span, double state[4]);
    /* Updates the parameters and slots of a span. NULL = the optimizer has update_whole. */
    void (*update)(const void *config, const plm_span *span);
    /* Does the same as update for optimizers that need a whole parameter, for its norm or the means
     * of its rows. The span is the whole parameter. Its gradient is stored before, so it is
     * complete. A single thread updates a parameter, so its sums have a fixed order. */
    void (*update_whole)(const void *config, const plm_span *span, const plm_whole *whole);
    /* memory() returns how many numbers update_whole keeps for a parameter from step to step (zero
     * at first, stored in checkpoints). work() returns how many numbers it needs during a call.
     * NULL = none. */
    size_t (*memory)(const void *config, const plm_weight *weight);
    size_t (*work)(const void *config, const plm_weight *weight);
    /* Returns the weight decay of a parameter to which the key weight_decay does not apply; below 0
     * = the key applies. NULL = the key applies to all parameters. */
    double (*decay)(const void *config, const plm_weight *weight);
    /* For optimizers whose weights for evaluation (validation and saving) differ from those for
     * training. Replaces the parameters of the span by the weights for evaluation or, if resting is
     * false, by those for training again. NULL = there is no difference. */
    void (*rest)(const void *config, const plm_span *span, bool resting);
    uint32_t copies; /* bit mask of the slots that start as a copy of the weights */
    bool is_adam;    /* true = update() uses plm_span.adam, so it is chosen before training */
} plm_optimizer_kind;

/* The keys that all optimizers share. They change gradients before the update, and weights before
 * or after it. */
typedef struct {
    /* x -= weight_decay * rate * x before the update; a number or a schedule */
    const plm_spec *weight_decay;
    const char *exclude_from_weight_decay; /* patterns of parameter names, such as "*bias|norm*" */
    /* limits of the gradient: norm of each parameter, size of each element, norm of all parameters;
     * 0 = off. At most one of them is set. */
    double clipnorm, clipvalue, global_clipnorm;
    /* true = keep a moving average of the weights, which replaces the weights at the end of a
     * fit */
    bool use_ema;
    double ema_momentum;
    /* each time this number of updates is done, the average replaces the weights; 0 = only at the
     * end */
    int64_t ema_overwrite_frequency;
    /* number of batches whose mean gradient is used for one update; 0 or 1 = off */
    int64_t gradient_accumulation_steps;
    /* Lookahead: after each `lookahead_steps` updates, the slow weights move towards the weights by
     * the fraction lookahead_rate of the distance, and the weights are set to the slow weights; 0 =
     * off */
    int64_t lookahead_steps;
    double lookahead_rate;
} plm_optimizer_common;
/* The field table of these keys. */
extern const plm_field plm_optimizer_common_fields[];

#endif
