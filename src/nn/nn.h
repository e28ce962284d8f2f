/* What people say: layers, initializers, optimizers, regularizers, constraints, metrics,
 * schedules. One kind a file for layers and optimizers, one row of a table for the rest. */
#ifndef PLM_NN_NN_H
#define PLM_NN_NN_H

#include "base/random.h"
#include "graph/op.h"
#include "nn/expression.h"
#include "nn/scores.h"

/* ---- layers ---- */

/* What a layer emits into. Errors stick: a failed value makes every later one fail, the first
 * error stays. */
typedef struct {
    plm_graph *graph;
    const char *layer; /* its name: parameters are called layer/name */
    const char *where; /* "layer 3, dense(10)": for messages */
    bool trainable;    /* false = frozen */
    double learning_rate_factor;
    plm_status status;
} plm_builder;

/* Appends an op; the spec is printf-formatted. */
plm_value plm_emit(plm_builder *b, int count, const plm_value *x, const char *op, ...)
    PLM_PRINTF(4, 5);
/* A trainable parameter. Specs may be NULL (= zeros, no regularizer, no constraint). */
typedef struct {
    const char *name;
    const plm_spec *initializer, *regularizer, *constraint;
    bool state; /* never trained */
    int rank;
    int64_t dims[PLM_RANK];
} plm_weight_request;
plm_value plm_weight_new(plm_builder *b, const plm_weight_request *request);
/* The usual one of normalizing layers: a number for each of `width` columns, asked for with its
 * three specs. */
plm_value plm_weight_of_columns(plm_builder *b, const char *name, int64_t width,
                                const plm_spec *initializer, const plm_spec *regularizer,
                                const plm_spec *constraint);
/* A parameter that another layer has made, to be shared: "dense", "kernel". Id 0 = there is
 * none; no error is recorded. The op that takes it adds to a gradient where plm_operand.adds
 * says so. */
plm_value plm_weight_find(plm_builder *b, const char *layer, const char *name);
/* Can ops like dense apply this activation themselves? False also for one that is not
 * understood: b has the error. */
bool plm_runs_inside(plm_builder *b, const plm_spec *activation);
/* Dropout and its kind (op noise): mode, rate or deviation; noise_shape: a number for each axis
 * of x, 1 where what is dropped is shared, or NULL; seed: own, or -1. */
plm_value plm_emit_noise(plm_builder *b, plm_value x, const char *mode, double amount,
                         const plm_ints *noise_shape, int64_t seed);
/* The two keys of noisy layers, for their tables. */
#define PLM_FIELD_NOISE_SHAPE(type)                                                                \
    PLM_FIELD(type, noise_shape, PLM_INTS, "", 1, 1e9,                                             \
              "a number for each axis, without the batch: its length, or 1 = what is dropped "     \
              "there is shared")
#define PLM_FIELD_NOISE_SEED(type)                                                                 \
    PLM_FIELD(type, seed, PLM_INT, "-1", 0, 9e15,                                                  \
              "own seed, then the same draws wherever the layer stands; none = the run's")
/* A penalty on the size of x joins the loss: l1 sum |x| + l2 sum x^2 of each row, the mean over
 * rows. */
void plm_penalize_activity(plm_builder *b, plm_value x, double l1, double l2);
/* Length of an axis of x without the batch; negative counts from the end. 0 when x failed or has
 * no such axis. */
int64_t plm_dim(plm_builder *b, plm_value x, int axis);
int plm_rank(plm_builder *b, plm_value x);
/* x with its last axis as the line (see plm_graph_lines), or whole rows as lines. */
plm_value plm_last_axis(plm_builder *b, plm_value x);
plm_value plm_whole_rows(plm_builder *b, plm_value x);
/* The same as plm_last_axis for a layer of columns: an error for rank 0, else the number of
 * columns in *width. */
plm_value plm_columns(plm_builder *b, plm_value x, int64_t *width);
/* Records an error of this layer: E_SHAPE or E_SPEC. Returns the failed value. */
plm_value plm_layer_fail(plm_builder *b, plm_status status, const char *hint, const char *what, ...)
    PLM_PRINTF(4, 5);
/* Text of a spec for pasting into plm_emit; "linear" for NULL. */
const char *plm_said(plm_builder *b, const plm_spec *s);

/* Common keys of all layers. */
typedef struct {
    const char *name;
    bool trainable;
    double learning_rate_factor;
    const plm_spec *activity_regularizer; /* of the output; NULL = none */
} plm_layer_common;
extern const plm_field plm_layer_common_fields[];

/* Statistics that a layer takes from the data before training; see plm_adapt. Column sums in
 * double. */
typedef struct {
    int64_t rows;                  /* lines seen */
    int64_t width;                 /* numbers of a line */
    const double *mean, *variance; /* [width], population variance */
} plm_statistics;

typedef struct plm_layer_kind {
    plm_kind kind;
    /* count inputs -> one value */
    plm_value (*emit)(plm_builder *b, const void *config, int count, const plm_value *x);
    int inputs_low, inputs_high; /* how many it takes; both 0 = exactly one */
    /* A layer that adapts: fills its state parameters (row-major, in emit order) from the
     * statistics of its input. values[i] has room for the i-th parameter. NULL = does not adapt. */
    void (*adapt)(const void *config, const plm_statistics *statistics, float *const *values);
} plm_layer_kind;

/* ---- initializers ---- */

typedef struct {
    int rank;
    int64_t dims[PLM_RANK];
    double fan_in, fan_out;
    size_t count;
    uint64_t seed;   /* of the runtime, or the initializer's own */
    uint32_t stream; /* number of the parameter */
} plm_initialize;

typedef struct {
    plm_kind kind;
    /* Fills values [count], row-major in the user's order. allocate by w. */
    plm_status (*fill)(plm *w, const void *config, const plm_initialize *about, plm_real *values);
} plm_initializer_kind;
extern const plm_kind *const plm_initializer_table[];
/* Fans of a shape as Keras counts them: rank 0 -> 1, 1; 1 -> n, n; 2 -> rows, columns; higher ->
 * leading product. */
void plm_fans(int rank, const int64_t *dims, double *fan_in, double *fan_out);
/* Finds, binds, fills; spec NULL = zeros. */
PLM_CHECKED plm_status plm_initialize_weight(plm_arena *a, const plm_spec *spec,
                                             const plm_initialize *about, plm_real *values);

/* ---- optimizers ---- */

/* A run of neighbouring numbers of the long vectors. All arrays are aligned to 64 bytes and
 * count is a multiple of 16; padding is zero in p, g and slots and must stay so. */
typedef struct {
    plm_real *p;
    plm_real *g; /* may be scratched */
    plm_real *slot[PLM_SLOTS];
    size_t count;
    double rate;      /* learning rate in force */
    int64_t step;     /* 1 at the first update */
    double scalar[8]; /* what begin() worked out for this step */
    const char *isa;  /* of the kernel table: see kernel/per_isa.h */
} plm_span;

typedef struct plm_optimizer_kind {
    /* its fields hold learning_rate, a number or a schedule: PLM_SPEC of family schedule */
    plm_kind kind;
    size_t rate_offset; /* offsetof(config, learning_rate) */
    /* of the double that a schedule may turn (momentum, beta_1); 0 = there is none */
    size_t momentum_offset;
    double weight_decay;      /* decoupled decay when the user says none: 0.004 for adamw */
    const char *const *slots; /* all slot names, Keras's, ended by NULL */
    /* Which of the slots this config uses, as a bit mask; NULL = all. */
    uint32_t (*uses)(const void *config);
    /* First value of slot i; NULL = 0. Padding gets 0 all the same. */
    double (*slot_start)(const void *config, int slot);
    /* Once a step, before any update: works out scalars from rate and step; state holds 4
     * numbers kept between steps (zero at first) and saved with the model's checkpoint. NULL =
     * nothing to work out. */
    void (*begin)(const void *config, plm_span *span, double state[4]);
    void (*update)(const void *config, const plm_span *span);
} plm_optimizer_kind;

/* Keys all optimizers share: what happens to a gradient before, and to the weights around, the
 * update. */
typedef struct {
    double weight_decay;                   /* x -= weight_decay * rate * x before the update */
    const char *exclude_from_weight_decay; /* patterns of parameter names, "*bias|norm*" */
    double clipnorm, clipvalue, global_clipnorm; /* 0 = off; only one of the three */
    /* keep an average of the weights, written into them at the end of fit */
    bool use_ema;
    double ema_momentum;
    int64_t ema_overwrite_frequency;     /* updates; 0 = only at the end */
    int64_t gradient_accumulation_steps; /* 0 or 1 = off */
} plm_optimizer_common;
extern const plm_field plm_optimizer_common_fields[];

/* ---- schedules ---- */

/* Where a training is, as far as it is known. */
typedef struct {
    int64_t step;            /* from 0 */
    int64_t epoch, epochs;   /* from 0, and how many were asked for; -1 = not within a fit */
    int64_t steps_per_epoch; /* 0 = unknown */
    bool fresh;              /* this is the first step of the epoch */
    double rate;             /* in force until now */
} plm_clock;

typedef enum { PLM_RULE_NONE, PLM_RULE_EPOCH, PLM_RULE_STEP } plm_rule_time;

typedef struct {
    plm_kind kind;
    /* Rate at the 0-based step. NULL where a rule of the user's says it. */
    double (*rate)(const void *config, int64_t step);
    /* Momentum at the 0-based step, in place of the optimizer's; NaN = the optimizer's own. NULL
     * = that throughout. */
    double (*momentum)(const void *config, int64_t step);
    /* What is wrong with a config that its field table cannot see, in static words; NULL result
     * = nothing. Or NULL. */
    const char *(*fault)(const void *config);
    plm_rule_time rule; /* when the user's rule is asked; see schedule_rule.c */
} plm_schedule_kind;
extern const plm_kind *const plm_schedule_table[];

/* A bound schedule, ready to ask. kind NULL = the constant rate. */
typedef struct {
    const plm_schedule_kind *kind;
    const void *config;
    double constant; /* of a rule: the initial rate, or NaN */
    plm_expression rule;
} plm_schedule;

/* spec: a number or a schedule. Errors: E_SPEC, also for a rate that is not finite and above 0. */
PLM_CHECKED plm_status plm_schedule_bind(plm_arena *a, const plm_spec *spec, plm_schedule *out);
/* The rate before the first step; 0 where only a rule will tell. */
double plm_schedule_first(const plm_schedule *s);
/* Momentum at the 0-based step; NaN = the optimizer's own. */
double plm_schedule_momentum(const plm_schedule *s, int64_t step);
/* The rate of the step that comes now. Takes no memory. Errors: a rule that gives no rate
 * (E_NUMERIC), or reads what is not known. */
PLM_CHECKED plm_status plm_schedule_ask(plm *w, const plm_schedule *s, const plm_clock *clock,
                                        double *rate);

/* ---- metrics ---- */

/* Figures of rows: prediction [rows][stride] of width, target [rows][target_stride] of
 * target_width, into value[rows]. */
typedef struct {
    const plm_kernels *kernel;
    const void *config;
    const plm_real *prediction;
    const plm_real *target;
    plm_real *value;
    /* of each line, or NULL = 1; for `gather`, the means of `rows` are weighted outside */
    const plm_real *weight;
    size_t rows, width, stride, target_width, target_stride;
} plm_metric_rows;

/* What a metric that gathers has of an epoch. */
typedef struct {
    double *figure;
    size_t figures;
    plm_scores *scores; /* [curves] */
    int curves;
} plm_gathered;

typedef struct {
    plm_kind kind;
    /* Do prediction and target fit? On false sets *why to a reason in static words. */
    bool (*fits)(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why);
    void (*rows)(const plm_metric_rows *m);
    /* Does a line with this label take part in the mean over rows? NULL = all do. */
    bool (*counts)(const void *config, plm_real label);
    /* A metric that is no mean over rows (rows NULL): gathers figures over an epoch, in the
     * order of the rows, and works out its numbers from them. */
    size_t (*figures)(const void *config, const plm_shape *prediction);
    /* How many lists of predictions it gathers as well; NULL = none. A line adds at most as many
     * predictions to them, together, as it is wide. */
    int (*curves)(const void *config, const plm_shape *prediction);
    void (*gather)(const plm_metric_rows *m, plm_gathered *g);
    /* How many numbers it gives; NULL = one. Number `at` is called as the metric, and where
     * there are several by what number(at) tells besides: precision_0.25; NULL = by at itself. */
    int (*results)(const void *config, const plm_shape *prediction);
    double (*number)(const void *config, int at);
    /* Where there is nothing to measure, *why becomes the reason in static words (untouched
     * otherwise), and the result is NaN, or what scikit-learn has by convention. */
    double (*result)(const void *config, const plm_gathered *g, int at, const char **why);
} plm_metric_kind;
extern const plm_kind *const plm_metric_table[];

/* Keys all metrics share. */
typedef struct {
    const char *name; /* in logs; "" = as said */
    bool weighted;    /* sample weights count: a mean divides by their sum */
} plm_metric_common;
extern const plm_field plm_metric_common_fields[];

/* "accuracy" (acc) and "crossentropy" (ce) mean what fits the shapes: the binary_, categorical_ or
 * sparse_categorical_ kind. Any other name stays. */
PLM_CHECKED plm_status plm_metric_resolve(plm *w, const char *name, const plm_shape *prediction,
                                          const plm_shape *target, const char **resolved);

#endif
