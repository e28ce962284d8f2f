/* Training: the optimizer and its state, metrics, the loop, observers. Knows models and data, no
 * codec, no command. */
#ifndef PLM_TRAIN_TRAIN_H
#define PLM_TRAIN_TRAIN_H

#include "data/data.h"
#include "model/document.h"
#include "model/model.h"
#include "nn/penalty.h"

enum {
    PLM_MEMORIES = 8,
    PLM_METRICS = 16,
    PLM_RESULTS = 64,
    PLM_LOGS = 2 * (PLM_RESULTS + PLM_TARGETS + 1) + 2
};

/* A metric of one output. */
typedef struct {
    const char **name, **val_name; /* [results] as said: "accuracy", "val_accuracy" */
    int results;
    const plm_metric_kind *kind;
    const void *config;
    int target;
    bool weighted, named;  /* sample weights count; the user gave the name */
    double sum, weight;    /* of this epoch: figures of rows, and what they weigh */
    plm_gathered gathered; /* of this epoch, for a kind that gathers */
    double shown;          /* an exact area within the epoch, and of how many rows it is */
    int64_t shown_rows;
    bool warned[2]; /* of a value without a meaning, in training and in validation */
} plm_metric;

/* What is asked of one parameter, beside the optimizer. */
typedef struct {
    plm_penalty penalty;
    plm_constraint constraint;
    bool penalized, decays;
    int group; /* which of the training's spans moves it */
} plm_rule;

/* What plm_compile made of its words; owned by the model. Lives in the model's built arena, but
 * for nothing. */
typedef struct plm_training {
    plm_model *m;
    const plm_optimizer_kind *optimizer; /* NULL = the model only predicts */
    void *config;
    plm_optimizer_common common;
    plm_rule *rule; /* [graph.weights] */
    bool penalized, constrained;
    plm_schedule schedule;
    plm_clock clock;    /* what a schedule's rule may ask, but for step and rate */
    double rate;        /* in force */
    double forced_rate; /* set by plm_run_set_learning_rate; < 0 = the schedule rules */
    int64_t step;       /* batches seen: what schedules and noise count */
    int64_t updates;    /* updates done: what optimizers count */
    plm_real *average,
        /* [trained] EMA of the weights; sum of gradients to be accumulated. NULL = unused */
        *gathered;
    plm_real *good;  /* [vector.length] weights known to be finite, NULL until a fit begins */
    bool good_known; /* a checkpoint gave them */
    int64_t gathered_batches; /* whose sum that is */
    bool weighed;             /* a row of this fit had a weight above 0 */
    double state[4];          /* of the optimizer */
    /* [groups] templates of this step: rate, scalars. One for each factor of the learning rate
     * that a layer has; the first has factor 1. */
    plm_span *span;
    double *factor; /* [groups] */
    int groups;
    plm_metric metric[PLM_METRICS];
    int metrics, results; /* how many, and how many numbers they give */
    plm_real *figure;     /* [figure_rows] figures of a metric's rows */
    int64_t figure_rows;
    const float *class_weight; /* [classes] of this fit, or NULL */
    int classes;
    float *row_weight;               /* [figure_rows] what class_weight makes of a batch */
    double penalty;                  /* of the weights before the last step: part of its loss */
    double loss_sum;                 /* of this epoch, weighted by rows */
    double output_loss[PLM_TARGETS]; /* of each output, before its loss weight */
    /* where there are several outputs, else NULL */
    const char *loss_name[PLM_TARGETS], *val_loss_name[PLM_TARGETS];
    int64_t rows;         /* of this epoch so far */
    const plm_data *data; /* whose epoch this is; NULL = batches of the caller */
} plm_training;

/* ---- update.c ---- */

/* Binds penalties, constraints and common options; decides whether updates can be fused. */
PLM_CHECKED plm_status plm_training_rules(plm_training *t);
/* Sum of all penalties at the weights as they are. */
double plm_training_penalty(const plm_training *t);
/* At the end of a fit: the average, where one is kept, becomes the weights. */
bool plm_training_settle(plm_training *t);
/* Puts the momentum of the coming step into the optimizer's config, where the schedule turns it. */
void plm_training_momentum(plm_training *t);
/* Works out the rate (and momentum) of the coming step. Errors: the schedule gives none. */
PLM_CHECKED plm_status plm_training_rate(plm_training *t);
/* Does a rule give a rate in each epoch from `first` on? The same errors. */
PLM_CHECKED plm_status plm_training_rates_ahead(const plm_training *t, int64_t first,
                                                int64_t epochs);
/* One update on a bound plan: forward, backward, optimizer. Allocates nothing. */
void plm_training_step(plm_training *t, plm_plan *plan);

/* ---- measure.c ---- */

/* Sums to zero: a new epoch or a new evaluation begins. */
void plm_training_reset(plm_training *t);
/* Room for the figures of so many rows. */
PLM_CHECKED plm_status plm_training_room(plm_training *t, int64_t rows);
/* Gives the rows of a batch the weights of their classes, where this fit has such. */
PLM_CHECKED plm_status plm_training_weigh(plm_training *t, plm_batch *b);
/* Adds where a row of the batch, with a wrong target, comes from. */
void plm_training_place(const plm_training *t, int64_t row, int target, plm_text *out);
/* Labels of a batch against the number of classes. */
PLM_CHECKED plm_status plm_training_check(const plm_training *t, const plm_batch *b);
/* Adds a batch's losses and metrics to the sums; the plan has just run. Returns the batch's mean
 * loss. */
double plm_training_count(plm_training *t, const plm_plan *plan, int64_t rows);
/* One batch without training, added to the sums. */
PLM_CHECKED plm_status plm_training_judge(plm_training *t, const plm_batch *b);
/* One pass over d without training; sums end in t. */
PLM_CHECKED plm_status plm_training_evaluate(plm_training *t, plm_data *d);

/* ---- results.c ---- */

/* Means so far: loss first, then metrics in the order said, with val_ names for a validation.
 * Returns how many. */
int plm_training_logs(plm_training *t, bool validation, plm_log *out, int room);
/* The same within an epoch of training: what takes long may be that of some rows fewer. */
int plm_training_logs_so_far(plm_training *t, plm_log *out, int room);
/* Warns, once for each metric, where the epoch's rows give no meaning to its value. */
void plm_training_warn(plm_training *t, bool validation);
/* From here on, once again. */
void plm_training_warn_anew(plm_training *t);

/* ---- log_names.c ---- */

/* Gives every value of the logs a name of its own: a second "auc" becomes "auc_1". Error: a name
 * that the user gave is already that of another value. */
PLM_CHECKED plm_status plm_training_name_once(plm_training *t);
/* Which way the value of that name in the logs gets better: losses fall, metrics as their kind has
 * it. */
plm_direction plm_training_direction(const plm_training *t, const char *name);

/* ---- adapt.c ---- */

/* plm_adapt on data whose columns are known. */
PLM_CHECKED plm_status plm_training_adapt(plm_model *m, plm_data *d);

/* ---- fit.c ---- */

/* Puts another batch in the place of one; the new one is borrowed until the next call. */
typedef plm_status plm_batch_change(void *self, plm_batch *b);
/* plm_fit on what `change` makes of the batches of train; validation data are left as they are. */
PLM_CHECKED plm_status plm_training_fit(plm_model *m, plm_data *train, const plm_fit_options *o,
                                        plm_batch_change *change, void *self);

/* ---- observers ---- */

typedef struct plm_observer_kind {
    plm_kind kind;
    /* Makes an observer from a bound config. */
    plm_status (*open)(plm *w, const void *config, plm_observer *out);
    /* What it remembers, for checkpoints: PLM_MEMORIES numbers out or in. NULL = nothing. */
    void (*remember)(void *self, double number[PLM_MEMORIES]);
    void (*recall)(void *self, const double number[PLM_MEMORIES]);
    /* Weights it keeps, model->vector.length numbers; make = take memory for them if there are
     * none. NULL = none. */
    plm_real *(*weights)(void *self, const plm_model *m, bool make);
    /* Told when a fit that an observer had ended goes on. NULL = nothing to do. */
    void (*again)(void *self);
    bool moves_rate; /* it may change the learning rate: the rate becomes one of the figures */
} plm_observer_kind;

/* A compiled model from a document; *out NULL on error. where = path, for messages. Missing,
 * surplus or misshapen tensors are errors that name the tensor. */
PLM_CHECKED plm_status plm_document_to_model(plm *w, const plm_document *d, const char *where,
                                             plm_model **out);

#endif
