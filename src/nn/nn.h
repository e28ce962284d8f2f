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

/* What a layer emits ops into. Errors stick: after the first one, every call returns a failed
 * value, and the first error is kept. */
typedef struct {
    plm_graph *graph;
    const char *layer; /* name of the layer; a parameter is called layer/name */
    const char *where; /* "layer 3, dense(10)": for messages */
    bool trainable;    /* false = frozen */
    double learning_rate_factor;
    plm_status status;
} plm_builder;

/* Emits an op. op: its spec, formatted as by printf. */
plm_value plm_emit(plm_builder *b, int count, const plm_value *x, const char *op, ...)
    PLM_PRINTF(4, 5);
/* A parameter that a layer asks for. Specs may be NULL (= zeros, no regularizer, no constraint). */
typedef struct {
    const char *name;
    const plm_spec *initializer, *regularizer, *constraint;
    bool state; /* true = never trained */
    int rank;
    int64_t dims[PLM_RANK];
} plm_weight_request;

/* Makes a parameter. Errors: E_SHAPE if it is too large. */
plm_value plm_weight_new(plm_builder *b, const plm_weight_request *request);
/* Makes a parameter with one number for each of `width` columns, as normalization layers need it.
 */
plm_value plm_weight_of_columns(plm_builder *b, const char *name, int64_t width,
                                const plm_spec *initializer, const plm_spec *regularizer,
                                const plm_spec *constraint);
/* Returns the parameter `name` of another layer, such as "kernel" of "dense", to share it. If there
 * is none, returns a value with id 0, without an error. The op that takes a shared parameter must
 * add to its gradient if plm_operand.adds is set. */
plm_value plm_weight_find(plm_builder *b, const char *layer, const char *name);
/* True if ops like dense can apply this activation themselves. False also if the activation is
 * invalid: then b has the error. */
bool plm_runs_inside(plm_builder *b, const plm_spec *activation);
/* A kind of noise. mode: that of op noise. amount: its rate or deviation, a number or a schedule,
 * at most `high`. key: name of the amount, for messages. */
typedef struct {
    const char *mode, *key;
    const plm_spec *amount;
    double high;
} plm_noise;
/* Emits noise such as dropout (op noise).
 * noise_shape: a number for each axis of x, 1 = all numbers along this axis share the noise; or
 * NULL.
 * seed: own seed, or -1. */
plm_value plm_emit_noise(plm_builder *b, plm_value x, const plm_noise *noise,
                         const plm_ints *noise_shape, int64_t seed);
/* Makes plm_noise for a layer whose rate is below 1. */
#define PLM_NOISE_RATE(mode_, rate_)                                                               \
    (&(plm_noise){.mode = mode_, .key = "rate", .amount = rate_, .high = 0.999999})
/* The keys noise_shape and seed of layers with noise, for their field tables. */
#define PLM_FIELD_NOISE_SHAPE(type)                                                                \
    PLM_FIELD(type, noise_shape, PLM_INTS, "", 1, 1e9,                                             \
              "a number for each axis, without the batch: its length, or 1 = the same noise "      \
              "along the axis")
#define PLM_FIELD_NOISE_SEED(type)                                                                 \
    PLM_FIELD(type, seed, PLM_INT, "-1", 0, 9e15,                                                  \
              "own seed, for the same noise wherever the layer is used; none = the run's")
/* Emits an op that takes a list of numbers as its last argument. op: its spec up to there,
 * formatted as by printf, such as "discretize(". */
plm_value plm_emit_with_numbers(plm_builder *b, plm_value x, const plm_reals *numbers,
                                const char *op, ...) PLM_PRINTF(4, 5);
/* The ways to encode ids, for field tables; and the encoding of ids x, 0 .. ids - 1, in one of
 * them: "int" returns x, the others emit op encode. */
#define PLM_ENCODINGS "int|one_hot|multi_hot|count"
plm_value plm_emit_encoding(plm_builder *b, plm_value x, const char *mode, int64_t ids);
/* Adds a penalty on the size of x to the loss: l1 sum |x| + l2 sum x^2 for each row, averaged over
 * rows. */
void plm_penalize_activity(plm_builder *b, plm_value x, double l1, double l2);
/* Returns the length of an axis of x, without the batch; negative axes count from the end. Returns
 * 0 if x failed or has no such axis. */
int64_t plm_dim(plm_builder *b, plm_value x, int axis);
/* Returns the number of axes of x, without the batch. */
int plm_rank(plm_builder *b, plm_value x);
/* Returns x stored by vectors of its last axis (see plm_graph_lines). */
plm_value plm_last_axis(plm_builder *b, plm_value x);
/* Returns x stored as whole rows. */
plm_value plm_whole_rows(plm_builder *b, plm_value x);
/* As plm_last_axis, for layers that work on columns. Sets *width to the number of columns. Fails if
 * x has rank 0. */
plm_value plm_columns(plm_builder *b, plm_value x, int64_t *width);
/* The axes of a value, in an order in which those that a layer works on come last. (axes.c) */
typedef struct {
    int rank, chosen;       /* number of axes, without the batch; number of those that come last */
    int order[PLM_RANK];    /* order[i] = the axis, from 0, that becomes axis i */
    int64_t dims[PLM_RANK]; /* their lengths in that order */
} plm_axes;
/* Chooses axes of x. axis [count]: as in Keras, the batch is 0 and -1 is the last. Returns false,
 * with an error, if x does not have them. */
bool plm_axes_choose(plm_builder *b, plm_value x, int count, const int64_t *axis, plm_axes *out);
/* Returns x with the chosen axes at the end and as one, stored by its vectors. */
plm_value plm_axes_last(plm_builder *b, plm_value x, const plm_axes *a);
/* Returns y, which has the shape of plm_axes_last, with all axes where they were in x. */
plm_value plm_axes_back(plm_builder *b, plm_value y, const plm_axes *a);
/* Records an error of this layer. Returns the failed value. */
plm_value plm_layer_fail(plm_builder *b, plm_status status, const char *hint, const char *what, ...)
    PLM_PRINTF(4, 5);
/* Call it before plm_emit takes a text that was put together from parts. If there was no memory for
 * the text, b fails with E_MEMORY. */
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

/* Statistics of a layer's input, for plm_adapt. */
typedef struct {
    int64_t rows;                  /* number of vectors that were measured */
    int64_t width;                 /* numbers in a vector */
    const double *mean, *variance; /* [width], population variance */
    /* [width] the quartiles, with linear interpolation, and the extremes; NULL unless the layer
     * asks for PLM_MEASURE_QUARTILES */
    const double *quarter, *median, *three_quarters, *lowest, *highest;
} plm_statistics;

/* What a layer must know about the data. */
typedef enum {
    PLM_MEASURE_MOMENTS,   /* mean and variance */
    PLM_MEASURE_QUARTILES, /* those, the quartiles and the extremes */
    PLM_MEASURE_NOTHING    /* the config has everything */
} plm_measure;

/* The descriptor of a layer. */
typedef struct plm_layer_kind {
    plm_kind kind;
    /* Emits the ops of the layer. x: `count` inputs. Returns its output. */
    plm_value (*emit)(plm_builder *b, const void *config, int count, const plm_value *x);
    int inputs_low, inputs_high; /* minimum and maximum number of inputs; both 0 = exactly one */
    /* For layers that take statistics from the data: computes the state parameters from the
     * statistics of the input of the layer. values[i]: the i-th state parameter, to be filled,
     * row-major, in the order of emission. NULL = the layer takes no statistics. */
    void (*adapt)(const void *config, const plm_statistics *statistics, float *const *values);
    /* Returns what adapt needs; NULL = the moments. */
    plm_measure (*measures)(const void *config);
    /* True if adapt takes the statistics of the targets of the output that the layer computes, not
     * those of its input. NULL = never. */
    bool (*adapts_to_targets)(const void *config);
} plm_layer_kind;

/* ---- initializers ---- */

/* What an initializer knows of a parameter. */
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
    /* Fills values [count], row-major. w: to allocate memory. */
    plm_status (*fill)(plm *w, const void *config, const plm_initialize *about, plm_real *values);
} plm_initializer_kind;
/* Computes fan_in and fan_out of a shape as Keras does. Rank 0: 1 and 1. Rank 1 [n]: n and n. Rank
 * 2: number of rows and of columns. Higher ranks: the lengths of the last two axes, each times the
 * product of the axes before. */
void plm_fans(int rank, const int64_t *dims, double *fan_in, double *fan_out);
/* Fills values [about->count] by the initializer of a spec; spec NULL = zeros. */
PLM_CHECKED plm_status plm_initialize_weight(plm_arena *a, const plm_spec *spec,
                                             const plm_initialize *about, plm_real *values);

/* ---- optimizers ---- */

/* A span: neighbouring elements of the long vectors, for an update. Arrays are aligned to 64 bytes
 * and count is a multiple of 16. Padding is zero in p, g and slots, and must stay zero. */
typedef struct {
    plm_real *p; /* [count] parameters */
    plm_real *g; /* [count] gradient; may be overwritten */
    /* [count] each: state of the optimizer for each parameter; NULL = unused */
    plm_real *slot[PLM_SLOTS];
    size_t count;
    double rate;      /* learning rate of this step */
    int64_t step;     /* number of this update, from 1 */
    double scalar[8]; /* values that begin() computed for this step */
    const char *isa;  /* instruction set, for PLM_PER_ISA (kernel/per_isa.h) */
} plm_span;

/* What plm_optimizer_kind.update_whole gets besides the span. */
typedef struct {
    const plm_weight *weight;
    const plm_kernels *kernel;
    plm_real *memory; /* [memory()] kept from step to step, aligned to 64 bytes */
    plm_real *work;   /* [work()] for this call, aligned to 64 bytes; holds anything */
} plm_whole;

/* The descriptor of an optimizer. */
typedef struct plm_optimizer_kind {
    /* its fields hold learning_rate, a number or a schedule: PLM_SPEC of family schedule */
    plm_kind kind;
    size_t rate_offset; /* offsetof(config, learning_rate) */
    /* offsetof the double that a schedule may change (momentum, beta_1); 0 = none */
    size_t momentum_offset;
    /* decoupled weight decay if the user gives none; 0.004 for adamw */
    double weight_decay;
    const char *const *slots; /* names of all slots, as in Keras, ended by NULL */
    /* Returns the slots that this config uses, as a bit mask; NULL = all. */
    uint32_t (*uses)(const void *config);
    /* Returns the first value of a slot; NULL = 0. Padding is 0 in any case. */
    double (*slot_start)(const void *config, int slot);
    /* Called once a step, before any update: computes span->scalar from rate and step. state: 4
     * numbers kept from step to step, zero at first, stored in checkpoints. NULL = nothing to
     * compute. */
    void (*begin)(const void *config, plm_span *span, double state[4]);
    /* Updates the parameters and slots of a span. NULL = the optimizer has update_whole. */
    void (*update)(const void *config, const plm_span *span);
    /* As update, for optimizers that need a whole parameter: its norm, the means of its rows. The
     * span is all of the parameter. Gradients are then stored first. One thread updates a
     * parameter, so its sums have one order. */
    void (*update_whole)(const void *config, const plm_span *span, const plm_whole *whole);
    /* Return how many numbers update_whole keeps for a parameter from step to step (zero at first,
     * stored in checkpoints), and how many it needs during a call. NULL = none. */
    size_t (*memory)(const void *config, const plm_weight *weight);
    size_t (*work)(const void *config, const plm_weight *weight);
    /* Returns the weight decay of a parameter that the key weight_decay does not hold for; below 0
     * = it does. NULL = it holds for all. */
    double (*decay)(const void *config, const plm_weight *weight);
    /* For optimizers whose weights are at one point while they train and at another when they are
     * used: moves the span there, or back (resting false). NULL = there is one point. */
    void (*rest)(const void *config, const plm_span *span, bool resting);
    uint32_t copies; /* slots that start as a copy of the weights, as a bit mask */
} plm_optimizer_kind;

/* The keys that all optimizers share: what is done to gradients before the update, and to weights
 * around it. */
typedef struct {
    /* x -= weight_decay * rate * x before the update; a number or a schedule */
    const plm_spec *weight_decay;
    const char *exclude_from_weight_decay; /* patterns of parameter names, "*bias|norm*" */
    /* limits of the gradient: norm for each parameter, size of a number, norm of all; 0 = off. At
     * most one of them is set. */
    double clipnorm, clipvalue, global_clipnorm;
    /* keep a moving average of the weights, which replaces them at the end of a fit */
    bool use_ema;
    double ema_momentum;
    /* number of updates between two times that the average replaces the weights; 0 = only at the
     * end */
    int64_t ema_overwrite_frequency;
    /* number of batches whose mean gradient makes one update; 0 or 1 = off */
    int64_t gradient_accumulation_steps;
    /* Lookahead: every so many updates the weights go back to the slow weights, plus
     * lookahead_rate of the way that they have come since; 0 = off */
    int64_t lookahead_steps;
    double lookahead_rate;
} plm_optimizer_common;
/* The field table of these keys. */
extern const plm_field plm_optimizer_common_fields[];

#endif
