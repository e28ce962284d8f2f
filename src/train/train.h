/* Declares the training of models: the optimizer and its state, metrics, the loop, observers. It
 * knows models and data, but no file format and no command. */
#ifndef PLM_TRAIN_TRAIN_H
#define PLM_TRAIN_TRAIN_H

#include "data/data.h"
#include "model/document.h"
#include "model/model.h"
#include "nn/penalty.h"

/* Limits. PLM_MEMORIES: numbers that an observer stores in a checkpoint. PLM_METRICS: metrics.
 * PLM_RESULTS: values of all metrics together. PLM_LOGS: values in the logs of an epoch (training,
 * validation, epoch, learning rate, gradient norm, share of the penalty). */
enum {
    PLM_MEMORIES = 8,
    PLM_METRICS = 16,
    PLM_RESULTS = 64,
    PLM_LOGS = 2 * (PLM_RESULTS + PLM_TARGETS + 1) + 4
};

/* The numbers of a training that belong to its fallback state (good.c), in this order. */
enum {
    PLM_GOOD_STEP,
    PLM_GOOD_UPDATES,
    PLM_GOOD_GATHERED,
    PLM_GOOD_RATE,
    PLM_GOOD_FORCED_RATE,
    PLM_GOOD_STATE,
    PLM_GOOD_NUMBERS = PLM_GOOD_STATE + 4
};

/* Names in the logs of values of the training that are not metrics. */
#define PLM_LOG_RATE "learning_rate"
#define PLM_LOG_NORM "gradient_norm"
#define PLM_LOG_PENALTY "penalty_share"

/* A metric of one output. */
typedef struct {
    /* [results] names in the logs, such as "accuracy" and "val_accuracy" */
    const char **name, **val_name;
    int results; /* number of values that the metric gives */
    /* kind and its settings */
    const plm_metric_kind *kind;
    const void *config;
    int target; /* index of the output */
    /* weighted: sample weights are used. named: the user gave the name. */
    bool weighted, named;
    /* for a metric that is a mean over rows: the weighted sum of its values in this epoch, and the
     * sum of the weights */
    double sum, weight;
    /* for a metric that is not a mean over rows (such as an area under a curve): what was counted
     * in this epoch */
    plm_gathered gathered;
    /* shown: the value of an area computed last within an epoch; shown_rows: the number of rows
     * from which it was computed */
    double shown;
    int64_t shown_rows;
    /* true = a warning that the value is undefined was given: [0] in training, [1] in validation */
    bool warned[2];
} plm_metric;

/* What is done with a parameter besides the update by the optimizer. */
typedef struct {
    plm_penalty penalty;
    plm_constraint constraint;
    bool penalized, decays;
    double
        /* [rows + columns] working memory of a penalty on the whole matrix; NULL = there is no such
         * penalty */
        *work;
    double decay;  /* weight decay of this parameter; below 0 = the weight decay of the optimizer
                    * applies */
    size_t memory; /* index in plm_training.memory of the optimizer's memory for this parameter */
    int group;     /* index in plm_training.span of the group that has this parameter's learning
                    * rate factor */
} plm_rule;

/* The loss of one output in this epoch. */
typedef struct {
    double loss_sum; /* sum of this output's loss over the rows, before it is multiplied by
                      * loss_weight */
    /* names of this output's loss in the logs; NULL if there is only one output */
    const char *loss_name, *val_loss_name;
} plm_head_loss;

/* The norm of the gradient before clipping, over all trained parameters. It is measured in the
 * first update of an epoch and in every tenth (norm.c). */
typedef struct {
    /* [cells] partial sums of squares of this update; each is written by one thread only */
    double *square;
    size_t *first; /* [graph.weights] index in `square` of the first partial sum of each
                    * parameter */
    size_t cells;
    bool wanted;   /* true = a fit is running, whose logs contain the norm of the gradient */
    bool measured; /* true = the next update is measured */
    double sum;    /* sum of the norms that were measured in this epoch */
    double count;  /* number of norms that were measured in this epoch */
} plm_gradient_norm;

/* What plm_compile makes of its arguments. Allocated separately; most of what it points to is in
 * model->built. The model owns it. */
typedef struct plm_training {
    plm_model *m;
    const plm_optimizer_kind *optimizer; /* NULL = the model only predicts */
    void *config;
    plm_optimizer_common common;
    plm_rule *rule; /* [graph.weights] penalty, constraint and decay of each parameter */
    bool penalized, constrained;
    bool constrains_first; /* true = a constraint is enforced before the first step, too */
    /* true = a trained matrix has a penalty that needs the whole matrix */
    bool penalized_whole;
    plm_schedule schedule, decay; /* schedules of the learning rate and of the weight decay */
    /* weight decay of the last step, or of the next one once it is computed */
    double weight_decay;
    /* progress of the training, for schedules; its step and rate are set before each use */
    plm_clock clock;
    double rate; /* learning rate of the last or next step */
    /* learning rate set by plm_run_set_learning_rate; below 0 = the schedule is used */
    double forced_rate;
    int64_t step;    /* number of batches seen; schedules and noise use it */
    int64_t updates; /* number of updates made; optimizers use it */
    /* [trained] average: moving average of the weights. gathered: sum of accumulated gradients.
     * slow: slow weights of lookahead. NULL = unused */
    plm_real *average, *gathered, *slow;
    /* memory: what an optimizer with update_whole keeps for all parameters [memories]. work:
     * working memory of its calls [threads][work_size] */
    plm_real *memory, *work;
    size_t memories, work_size;
    /* The fallback state, the last one known to be finite: the parameters [vector.length], a copy
     * of each vector that plm_snapshot_own lists [trained], then `memory` [memories]. NULL until a
     * fit begins. good_number: the numbers that belong to it. */
    plm_real *good;
    double good_number[PLM_GOOD_NUMBERS];
    /* true = a checkpoint contained the parameters of `good`; all of `good` */
    bool good_known, good_whole;
    int64_t gathered_batches; /* number of batches whose gradients are in `gathered` */
    bool weighed;             /* true = a row of this fit had a sample weight above 0 */
    bool weightless;          /* true = a warning told that evaluated rows have no weight above 0 */
    double state[4];          /* scalars that the optimizer keeps from step to step */
    /* [groups] for each group of layers with the same learning rate factor: its rate and its
     * scalars in this step. Spans of its parameters begin as copies of it. Group 0 has the factor
     * 1. */
    plm_span *span;
    double *factor; /* [groups] learning rate factors */
    int groups;
    plm_metric metric[PLM_METRICS];
    /* metrics: number of metrics; results: number of values of all metrics */
    int metrics, results;
    plm_real *value; /* [value_rows] values of a metric for each vector of a batch */
    int64_t value_rows;
    /* [2][own_rows] predictions and targets of a batch in the target's own unit; NULL = no metric
     * needs them */
    plm_real *own;
    int64_t own_rows;
    const float *class_weight; /* [classes] class weights of this fit, or NULL */
    int classes;
    float *row_weight; /* [value_rows] sample weights made from class_weight */
    /* penalty of the weights before the last step; it is part of the loss of that step */
    double penalty;
    /* sum of the losses over the rows of this epoch, with penalties and loss weights */
    double loss_sum;
    /* the part of loss_sum that comes from penalties on weights and activations */
    double penalty_sum;
    plm_gradient_norm norm;
    plm_head_loss head[PLM_TARGETS]; /* [heads of the model] */
    int64_t rows;                    /* number of rows of this epoch so far */
    /* the stream being read, for error messages; NULL = batches of the caller */
    const plm_data *data;
    /* the probe that measures steps, see probe.h; borrowed from its owner; NULL = none */
    const struct plm_probe_hook *probe;
} plm_training;

/* ---- rules.c ---- */

/* Binds penalties, constraints and the options that all optimizers share. Decides whether weights
 * can be updated as soon as their gradient is known (fused). */
PLM_CHECKED plm_status plm_training_rules(plm_training *t);
/* Returns the sum of all penalties for the current weights. */
double plm_training_penalty(const plm_training *t);
/* True if the loss contains penalties, on weights or on activations. */
bool plm_training_has_penalty(const plm_training *t);

/* ---- update_span.c ---- */

/* Adds the gradient of the penalty of a span to its gradient g [count]. offset: where its weights
 * begin in the parameter vector. */
void plm_training_penalize(const plm_training *t, const plm_weight *weight, size_t offset,
                           plm_real *g, size_t count);
/* Updates a span of a parameter, `count` numbers from index `offset` of the parameter vector on,
 * from its gradient g: clipping by value, decay, optimizer, lookahead, moving average. thread:
 * number of the thread that calls. */
void plm_training_update_span(const plm_training *t, const plm_weight *weight, size_t offset,
                              plm_real *g, size_t count, int thread);

/* ---- update_stored.c ---- */

/* True if an update follows the gradient of this batch; with accumulation, that of every
 * gradient_accumulation_steps-th batch. */
bool plm_training_update_due(const plm_training *t);
/* Ends the backward pass of a batch whose gradients are stored: adds them to the accumulated ones,
 * if gradients are accumulated, and, if `due`, updates the parameters. */
void plm_training_update_stored(plm_training *t, plm_plan *plan, bool due);
/* Updates by the mean of the gradients that were accumulated since the last update. */
void plm_training_update_gathered(plm_training *t);

/* ---- whole.c: optimizers that update whole parameters, or have separate evaluation weights
 * ---- */

/* Allocates the optimizer's memory for each parameter, and the working memory of its calls. */
PLM_CHECKED plm_status plm_training_whole_open(plm_training *t);
/* Replaces the training weights by the evaluation weights (plm_optimizer_kind.rest), unless this is
 * done already. */
void plm_training_rest(plm_training *t);
/* Replaces the evaluation weights by the training weights again, before a step. */
void plm_training_wake(plm_training *t);

/* ---- update.c ---- */

/* Ends a fit. If there are accumulated gradients, makes an update from them. If a moving average is
 * kept, the weights become the average, and the function returns true. */
bool plm_training_finish(plm_training *t);
/* Sets the momentum of the next step in the optimizer's config, if the schedule changes it. */
void plm_training_momentum(plm_training *t);
/* Computes the learning rate (and momentum) of the next step. Errors: the schedule gives no valid
 * rate. */
PLM_CHECKED plm_status plm_training_rate(plm_training *t);
/* Sets the number of the run's last step, for schedules whose lengths are fractions of
 * the run; 0 = unknown. */
void plm_training_set_steps(plm_training *t, int64_t steps);
/* Checks that the schedule gives a valid rate in each epoch from `first` on. Errors: those of
 * plm_training_rate. */
PLM_CHECKED plm_status plm_training_rates_ahead(const plm_training *t, int64_t first,
                                                int64_t epochs);
/* Runs one training step on a bound plan: forward, backward, update. Allocates nothing. */
void plm_training_step(plm_training *t, plm_plan *plan);

/* ---- norm.c ---- */

/* Allocates the partial sums for the norm of the gradient. */
PLM_CHECKED plm_status plm_training_norm_open(plm_training *t);
/* Decides whether the norm of the next update is measured. due: true = there will be an update. */
void plm_training_norm_begin(plm_training *t, bool due);
/* Adds the squares of the gradient g [count] of a span of a parameter to its partial sums. */
void plm_training_norm_add(const plm_training *t, const plm_weight *weight, size_t offset,
                           const plm_real *g, size_t count);
/* Adds the gradient norm of the update that was just made to the sums of the epoch. */
void plm_training_norm_end(plm_training *t);
/* Returns the mean gradient norm of this epoch; NaN = none was measured. */
double plm_training_norm(const plm_training *t);

/* ---- measure.c ---- */

/* Sets the sums of losses and metrics to zero, for a new epoch or evaluation. */
void plm_training_reset(plm_training *t);
/* Allocates memory for the values of a batch of `rows` rows. */
PLM_CHECKED plm_status plm_training_reserve(plm_training *t, int64_t rows);
/* Sets the sample weights of a batch to the weights of its classes, if this fit has class
 * weights. */
PLM_CHECKED plm_status plm_training_weigh(plm_training *t, plm_batch *b);
/* Adds the losses and metrics of a batch to the sums. The plan has just run on it. Returns the
 * mean loss of the batch. */
double plm_training_add_batch(plm_training *t, const plm_plan *plan, int64_t rows);
/* Evaluates one batch without training, and adds its losses and metrics to the sums. */
PLM_CHECKED plm_status plm_training_evaluate_batch(plm_training *t, const plm_batch *b);
/* Evaluates the model on one pass through d. Afterwards the sums of t are those of this pass. */
PLM_CHECKED plm_status plm_training_evaluate(plm_training *t, plm_data *d);
/* True if some row of the batch has a sample weight above 0. */
bool plm_training_has_weight(const plm_batch *b);

/* ---- targets.c ---- */

/* Appends where a row of the batch comes from, for errors about a target: its file and line, if
 * known. */
void plm_training_place(const plm_training *t, int64_t row, int target, plm_text *out);
/* Checks the targets of a batch: labels must be classes, probabilities must be between 0 and 1, and
 * metrics must be able to interpret the targets. */
PLM_CHECKED plm_status plm_training_check_targets(const plm_training *t, const plm_batch *b);

/* ---- own_unit.c ---- */

/* True if the target of an output is learned standardized. */
bool plm_is_standardized(const plm_model *m, int output);
/* Returns a number of a target in its own unit; what is as good as a whole number becomes one. */
double plm_own_number(plm_scale s, double number);
/* Takes memory for rows in the target's own unit, if a metric needs them. */
PLM_CHECKED plm_status plm_training_reserve_own(plm_training *t, int64_t rows);
/* Replaces the rows of a metric by rows in the target's own unit, where it needs them. */
void plm_training_to_own(const plm_training *t, const plm_metric *metric, plm_metric_rows *r);

/* ---- results.c ---- */

/* Writes the losses and metrics of the rows so far to the logs: the loss first, then metrics in the
 * order given to plm_compile. validation: true = use the names for validation (val_...). Returns
 * the number of values. */
int plm_training_logs(plm_training *t, bool validation, plm_log *out, int capacity);
/* Writes the losses and metrics so far to the logs, within an epoch. A value that is slow to
 * compute may be the one computed a few batches ago. */
int plm_training_logs_so_far(plm_training *t, plm_log *out, int capacity);
/* Warns, once for each metric, if its value is undefined for the rows of the epoch. */
void plm_training_warn(plm_training *t, bool validation);
/* Allows plm_training_warn to warn about each metric once more. */
void plm_training_reset_warnings(plm_training *t);

/* ---- compile_metrics.c ---- */

/* Binds all metrics. text: the list of metrics; if there are several outputs, an entry for each.
 * Errors: E_SPEC, E_SHAPE, E_MEMORY. */
PLM_CHECKED plm_status plm_training_metrics(plm_training *t, const char *text);

/* ---- log_names.c ---- */

/* Makes the names in the logs unique: a second "auc" becomes "auc_1". Errors: the user gave a name
 * that another value has. */
PLM_CHECKED plm_status plm_training_unique_names(plm_training *t);
/* Returns the name in the logs of the value that `name` means: the name itself, or that of the only
 * metric of which it is another name, such as val_accuracy for val_sparse_categorical_accuracy or
 * val_acc. NULL = no metric, or several. Losses are not searched. (log_names.c) */
const char *plm_training_log_name(const plm_training *t, const char *name);
/* True for the name of a loss in the logs: of the total loss, or of the loss of one output. */
bool plm_training_is_loss(const plm_training *t, const char *name);
/* Returns whether a higher or a lower value is better, for the value with this name. For losses
 * lower is better; the kind of a metric says it. */
plm_direction plm_training_direction(const plm_training *t, const char *name);

/* ---- adapt.c ---- */

/* Computes the statistics of layers such as normalization from the data: the work of plm_adapt,
 * after the columns were checked. */
PLM_CHECKED plm_status plm_training_adapt(plm_model *m, plm_data *d);

/* ---- fit.c ---- */

/* Replaces a batch by another one, which is borrowed until the next call. */
typedef plm_status plm_batch_change(void *self, plm_batch *b);
/* Trains the model as plm_fit does, but calls `change` for each batch of `train` to replace it;
 * NULL = batches are not replaced. Batches of validation are never replaced. self: first argument
 * of `change`. */
PLM_CHECKED plm_status plm_training_fit(plm_model *m, plm_data *train, const plm_fit_options *o,
                                        plm_batch_change *change, void *self);

/* ---- observers ---- */

/* The descriptor of an observer. */
typedef struct plm_observer_kind {
    plm_kind kind;
    /* Makes an observer from a bound config. */
    plm_status (*open)(plm *w, const void *config, plm_observer *out);
    /* Write (remember) and read (recall) the PLM_MEMORIES numbers that a checkpoint stores for the
     * observer. NULL = there are no such numbers. */
    void (*remember)(void *self, double number[PLM_MEMORIES]);
    void (*recall)(void *self, const double number[PLM_MEMORIES]);
    /* Returns the weights that the observer keeps, model->vector.length numbers, for checkpoints;
     * NULL = none. make: true = allocate them if there are none. */
    plm_real *(*weights)(void *self, const plm_model *m, bool make);
    /* Returns what the observer monitors, so that a resumed fit can tell whether its best value
     * still counts; NULL = nothing. */
    const struct plm_monitor *(*monitor)(const void *self);
    /* Called when a fit that had ended is resumed for more epochs. NULL = nothing to do. */
    void (*again)(void *self);
    /* true = the observer may change the learning rate, so the logs contain the rate */
    bool moves_rate;
} plm_observer_kind;

/* Makes a compiled model from a document. *out is NULL on error.
 * where: path, for errors.
 * Errors: tensors that are missing, unused or of another shape are named. */
PLM_CHECKED plm_status plm_document_to_model(plm *w, const plm_document *d, const char *where,
                                             plm_model **out);

#endif
