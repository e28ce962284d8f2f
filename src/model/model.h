/* A model has its layers as the user gave them, the graph that is built from them, and the
 * parameter vectors. Internal. */
#ifndef PLM_MODEL_MODEL_H
#define PLM_MODEL_MODEL_H

#include "base/index.h"
#include "base/lock.h"
#include "graph/plan.h"
#include "model/history.h"
#include "model/schema.h"
#include "model/settings.h"
#include "nn/nn.h"
#include "op/op.h"

/* Maximum number of inputs; maximum number of outputs, each of which has a target. */
enum { PLM_INPUTS = 4, PLM_TARGETS = 4 };

/* A layer as the user gave it by plm_add, plm_input, plm_apply or plm_merge. In the model's arena.
 */
typedef struct {
    const char *name;           /* unique in the model */
    const char *text;           /* canonical spec, without the name */
    const char *where;          /* place for messages, such as "layer 3 (dense)" */
    const plm_layer_kind *kind; /* NULL = an input made by plm_input */
    const void *config;         /* the struct of the kind, bound to the spec */
    bool trainable;             /* false = frozen */
    /* factor that multiplies the learning rate of the layer's parameters */
    double learning_rate_factor;
    const plm_spec *activity_regularizer; /* NULL = none */
    bool is_input;
    plm_shape shape;         /* shape of the rows of an input */
    int inputs;              /* number of the layer's inputs; 0 for an input layer */
    int input[PLM_OPERANDS]; /* [inputs] indices of the layers whose outputs this layer takes */
} plm_layer;

/* The parameter vectors. All parameters of the model are in one long vector p: trained ones first,
 * then frozen ones, then layer state. Each slot of the optimizer is a vector with the same layout
 * for the trained parameters. Gradients g exist only if they must be stored as a whole. */
typedef struct {
    plm_real *p, *g;           /* [length], [trained]; g NULL = not stored */
    plm_real *slot[PLM_SLOTS]; /* slots of the optimizer, each with `trained` elements; NULL = the
                                * optimizer does not use this slot */
    size_t length;             /* number of elements of p */
    size_t trained;            /* the first `trained` elements are trained */
} plm_parameters_vector;

/* An output of a built model, with its target and its loss. */
typedef struct {
    plm_value prediction, target; /* values in the graph */
    /* the loss of each row, before it is multiplied by loss_weight; id 0 = none */
    plm_value losses;
    const plm_loss_kind *loss; /* NULL = none */
    const void *loss_config;   /* the struct of the kind */
    const char *loss_text;     /* canonical spec */
    double loss_weight;        /* factor in the total loss */
} plm_model_head;

struct plm_training;

/* What a plan is used for, and what it runs. TRAIN: forward, losses, backward, updates. EVALUATE:
 * forward, losses. PREDICT: forward. NOISY: forward with dropout and similar noise active (Monte
 * Carlo dropout). */
typedef enum {
    PLM_PLAN_TRAIN,
    PLM_PLAN_EVALUATE,
    PLM_PLAN_PREDICT,
    PLM_PLAN_NOISY,
    PLM_PLANS
} plm_plan_use;

/* A model. */
struct plm_model {
    plm *w;
    plm_arena arena; /* layers, names, settings */
    /* the first error of plm_add and similar calls; every later call returns it */
    plm_status fault;
    plm_error kept_fault;   /* the texts of `fault`, to record the error again */
    plm_error kept_compile; /* the error of the last plm_compile, to record it again */
    /* name of the call that is running on this model and may call callbacks; NULL = none */
    const char *running;
    /* true = a callback called plm_model_free, so the model is freed when the running call ends */
    bool free_wanted;
    /* true = the model belongs to a run file, which callers borrow; plm_model_free ignores it */
    bool borrowed;
    /* upper bits of the ids of its plm_values, so that values of other models are rejected */
    uint32_t tag;
    plm_layer *layer; /* [layers], with memory for layer_capacity; inputs come before their users */
    size_t layers, layer_capacity;
    /* finds the index of a layer by its name */
    plm_index layer_of;
    /* for each kind of layer: the number at which the search for a free name (dense_1, ...)
     * begins */
    plm_index next_free;
    int output[PLM_TARGETS];           /* [outputs] indices of layers */
    int outputs;                       /* 0 = the last layer is the output */
    const char *setting[PLM_SETTINGS]; /* settings, see settings.h; "" = not given */
    /* the columns of the table that the model is trained on, read from the setting `schema`; NULL =
     * it is not a table with types */
    const plm_schema *schema;

    /* compiled: plm_compile succeeded, and nothing was changed since. adapted: layers have their
     * statistics of the training data, so a fit need not compute them */
    bool compiled, adapted;
    /* true = plm_compile does not search for settings that make no sense (train/sense.c), for
     * example because the model is loaded from a file and was checked before */
    bool restoring;
    /* arena of the graph, and of the arrays and texts below that belong to the graph; freed by
     * plm_model_unbuild */
    plm_arena built;
    plm_graph graph;
    plm_value *value; /* [layers] output of each layer in the graph */
    /* values of the graph: inputs [inputs], and the sample weights */
    plm_value input[PLM_INPUTS], weight;
    plm_model_head head[PLM_TARGETS]; /* [heads] */
    int inputs, heads;
    int64_t ids[PLM_INPUTS]; /* number of ids of each input; 0 = the input may have any numbers */
    /* [parts] values with one number for each row; their sum is the loss. Without a loss there are
     * none. */
    plm_value *part;
    int parts;
    plm_parameters_vector vector;
    plm_plan *plan[PLM_PLANS]; /* one plan for each use, made when first needed */
    /* lock that predictions running at the same time take while they use the list `idle`, or the
     * runtime's memory and errors */
    plm_lock predicting;
    /* first of the list of contexts that no prediction uses at the moment; NULL = none */
    struct plm_context *idle;
    /* true = weights are updated as soon as their gradient is known; false = all gradients are
     * stored first */
    bool fused;
    /* true = there is no metric: training and evaluation need only the losses, not the outputs */
    bool outputs_unread;
    /* optimizer with its state, and metrics; made by train/, freed by training_free */
    struct plm_training *training;
    void (*training_free)(struct plm_training *t);
    /* [ones_rows] sample weights of 1, for batches without weights */
    float *ones;
    int64_t ones_rows;
    /* number of rows predicted with noise so far; further rows get other random numbers */
    int64_t noisy_rows;
    /* the metrics of all epochs of the last fit, and of earlier fits that it continued */
    plm_epochs epochs;
    char *summary; /* the text that plm_model_summary returned last */
};

/* ---- running.c ---- */

/* Returns E_ORDER if a call is running on the model, since the caller is then one of its callbacks;
 * else PLM_OK. */
PLM_CHECKED plm_status plm_model_idle(const plm_model *m, const char *caller);
/* Marks the model as used by a running call; E_ORDER if another call is running. */
PLM_CHECKED plm_status plm_model_begin(plm_model *m, const char *caller);
/* Ends the running call and returns its status. The model may be freed by this. */
PLM_CHECKED plm_status plm_model_end(plm_model *m, plm_status status);
/* Stores a copy of the last error in *kept, so that it can be recorded again after other errors. If
 * the last error has another status, only `status` is stored. The texts are in the model's
 * arena. */
void plm_model_keep_error(plm_model *m, plm_error *kept, plm_status status);
/* Records a stored error again and returns its status. */
PLM_CHECKED plm_status plm_model_report_error(const plm_model *m, const plm_error *kept);

/* ---- model.c, for add.c ---- */
/* Returns memory for a new layer after the others. The layer is counted only when
 * plm_model_layer_done is called. NULL = no memory. */
plm_layer *plm_model_layer_new(plm_model *m);
/* Adds 1 to the number of layers when the description of the new layer is complete. Returns the
 * layer's value; id 0 = no memory. */
plm_value plm_model_layer_done(plm_model *m);
/* Stores the first error of plm_add and similar calls in the model. Returns id 0, the value of a
 * failed call. */
plm_value plm_model_fail_layer(plm_model *m, plm_status status);
/* Adds this layer to the last error as its place, unless the error names a layer already. The layer
 * may be the one that is being added. Returns the status. */
plm_status plm_model_fail_in_layer(const plm_model *m, size_t layer, plm_status status);
/* Checks a name that the user gave: it must be printable, so that it can be shown anywhere, and not
 * taken. Errors: E_SPEC. where may be NULL. */
PLM_CHECKED plm_status plm_model_check_name(const plm_model *m, const char *where,
                                            const char *name);
/* Makes l an input with this shape, given without the batch. Errors: E_SHAPE. */
PLM_CHECKED plm_status plm_model_input_shape_of(plm_model *m, plm_layer *l, int rank,
                                                const int64_t *dims);

/* ---- layer_names.c ---- */

/* Returns the value that stands for the output of a layer in the public interface. */
plm_value plm_model_value(const plm_model *m, size_t layer);
/* Sets *layer to the layer whose output the value stands for; false = not a value of this model. */
bool plm_model_layer_of(const plm_model *m, plm_value v, size_t *layer);
/* Makes all values given so far invalid. */
void plm_model_new_tag(plm_model *m);

/* True if a layer has this name. */
bool plm_model_name_taken(const plm_model *m, const char *name);
/* Returns a free name for a layer of this kind; NULL = no memory. */
const char *plm_model_free_name(plm_model *m, const char *kind);
/* Registers the name of a layer. */
PLM_CHECKED plm_status plm_model_keep_name(plm_model *m, size_t layer);
/* Changes the number of `layer` in the index of names to `to`. */
void plm_model_move_name(plm_model *m, size_t layer, size_t to);
/* Makes the name of a layer free again. */
void plm_model_drop_name(plm_model *m, size_t layer);

/* ---- build.c ---- */

/* Builds the graph from the layers, checks shapes, finds the outputs, adds the losses.
 * loss: NULL or "" = none.
 * Errors name the layer. */
PLM_CHECKED plm_status plm_model_build(plm_model *m, const char *loss);
/* Frees what plm_model_build made. The parameter vectors stay, for plm_parameters_place. */
void plm_model_unbuild(plm_model *m);

/* ---- spots.c ---- */

/* What the doctor and similar code can look at in a layer: its values in a training plan. */
typedef struct {
    size_t layer; /* index in plm_model.layer */
    /* the value before the activation, whose gradient is dz, and the output */
    plm_value z, a;
    const char *function; /* name of the activation, such as "relu"; NULL = the layer has none */
    /* two values of the output: at and beyond them the activation is nearly flat; infinite = it is
     * not flat on that side */
    double low, high;
    bool zeroes;   /* true = the activation makes all numbers below 0 exactly 0 */
    int64_t depth; /* number of layers between this one and the nearest output; 0 = an output */
} plm_spot;

/* Lists the spots of all layers except inputs in *out, in the order of the model, and sets *count
 * to their number. The model must be compiled. The array is in arena a. Errors: E_MEMORY. */
PLM_CHECKED plm_status plm_model_spots(const plm_model *m, plm_arena *a, plm_spot **out,
                                       size_t *count);

/* ---- plans.c ---- */

/* The context of a prediction: a plan, and memory for a block of rows. Predictions that run at the
 * same time have a context each. */
typedef struct plm_context {
    struct plm_context *next; /* the next idle context */
    plm_plan *plan;
    plm_plan_use use;
    int64_t rows; /* capacity in rows */
    /* for each input: [rows, numbers of a row], converted to float32 if the input has another type;
     * NULL until needed */
    float *block[PLM_INPUTS];
} plm_context;

/* Sets *out to the plan of a use for at least `rows` rows. The model owns it; if it is too small, a
 * new one replaces it. */
PLM_CHECKED plm_status plm_model_plan(plm_model *m, plm_plan_use use, int64_t rows, plm_plan **out);
/* Sets *out to the memory, in bytes, that a plan of this use for `rows` rows would take. No such
 * memory is allocated. */
PLM_CHECKED plm_status plm_model_plan_bytes(plm_model *m, plm_plan_use use, int64_t rows,
                                            size_t *out);
/* Makes a plan that belongs to the caller, who frees it by plm_plan_close. */
PLM_CHECKED plm_status plm_model_new_plan(plm_model *m, plm_plan_use use, int64_t rows,
                                          plm_plan **out);
/* Frees all plans and contexts; the next use makes new ones. */
void plm_model_forget_plans(plm_model *m);
/* Marks the packed copies of weights as dirty; call it after parameters were written. */
void plm_model_mark_dirty(plm_model *m);
/* Returns PLM_OK, or the first error of the model or its runtime; E_ORDER for NULL. */
PLM_CHECKED plm_status plm_model_sound(const plm_model *m);
/* Returns PLM_OK if the model has no error and is compiled; otherwise records the error. */
PLM_CHECKED plm_status plm_model_ready(const plm_model *m);
/* Takes an idle context of this use for at least `rows` rows out of the list, or makes one. The
 * caller puts it back on m->idle. Needs the lock `predicting`. */
PLM_CHECKED plm_status plm_model_take_context(plm_model *m, plm_plan_use use, int64_t rows,
                                              plm_context **out);

/* ---- outputs.c ---- */

/* Returns the name of the layer whose output is output k. */
const char *plm_model_output_name(const plm_model *m, int k);
/* Finds the entry of a setting for each output. text has one entry for all outputs, one entry for
 * each output in order, or entries by name, as in "mse, aux=mae". key: the setting, such as "loss",
 * for errors. a: arena for the specs. out[k]: the entry of output k; NULL = none.
 * Errors: E_SPEC. */
PLM_CHECKED plm_status plm_model_by_output(const plm_model *m, plm_arena *a, const char *key,
                                           const char *text, const plm_spec *out[PLM_TARGETS]);

/* ---- known_columns.c ---- */

/* What is allowed if the data lacks a column that the model knows: SAME = it is an error, NEW = it
 * is accepted. */
typedef enum { PLM_COLUMNS_SAME, PLM_COLUMNS_NEW } plm_columns_use;

/* Compares the named columns of data with those that the model knows. Columns that the user listed
 * one by one are accepted as they are.
 * targets: true = compare the target columns too.
 * Errors: E_DATA for a column at another position and, with PLM_COLUMNS_SAME, for a missing one or
 * for data that is encoded otherwise. */
PLM_CHECKED plm_status plm_model_check_columns(const plm_model *m, const plm_data *d, bool targets,
                                               plm_columns_use use);
/* Stores the names of the columns of data in the model, if they have names. targets = true: also
 * those of the target columns. */
PLM_CHECKED plm_status plm_model_learn_columns(plm_model *m, const plm_data *d, bool targets);
/* Sets the names of the columns from specs, which may come from an untrusted file. Errors: E_FORMAT
 * if a spec is not a list of names. */
PLM_CHECKED plm_status plm_model_set_columns(plm_model *m, const char *inputs, const char *targets,
                                             const char *where);

/* Sets the schema from its text, which may come from an untrusted file; NULL or "" = none. Errors:
 * E_FORMAT. (schema.c) */
PLM_CHECKED plm_status plm_model_set_schema(plm_model *m, const char *text, const char *where);

/* ---- factors.c ---- */

/* Sets the learning rate factor of the parameters whose names match, at the next build. */
PLM_CHECKED plm_status plm_model_add_factor(plm_model *m, const char *patterns, double factor);
/* Multiplies the factors of the parameters of a built graph by those in the setting. Errors: E_SPEC
 * if an entry matches no parameter. */
PLM_CHECKED plm_status plm_model_apply_factors(plm_model *m);

/* ---- parameters.c ---- */

/* Gives every parameter a position in the parameter vector p, allocates p and fills it. A parameter
 * with the name and shape of one in the previous graph, `old`, keeps its values; others are
 * initialized. old may be NULL; old_p is its parameter vector. */
PLM_CHECKED plm_status plm_parameters_place(plm_model *m, const plm_graph *old,
                                            const plm_real *old_p);
/* Allocates zeroed vectors for the slots in mask (bit i = slot i) and, if `gradient`, for the
 * gradients. Vectors that exist are kept. */
PLM_CHECKED plm_status plm_parameters_slots(plm_model *m, uint32_t mask, bool gradient);
/* Frees the long vectors. */
void plm_parameters_free(plm_model *m);
/* Copies one parameter out of the parameter vector. values: weight->count numbers, row-major. */
void plm_weight_read(const plm_weight *weight, const plm_real *vector, plm_real *values);
/* Copies one parameter into the parameter vector. values: weight->count numbers, row-major. */
void plm_weight_write(const plm_weight *weight, plm_real *vector, const plm_real *values);

/* ---- ids.c ---- */

/* Finds the inputs whose numbers must be ids, for example for an embedding. Fills m->ids. */
void plm_model_find_ids(plm_model *m);
/* Checks that x [count], elements of input i, are ids if they must be. Errors: E_DATA. */
PLM_CHECKED plm_status plm_model_check_ids(const plm_model *m, int i, const float *x,
                                           int64_t count);

/* ---- batch.c ---- */

/* Checks the number, shapes and rows of a batch's inputs and, if `targets`, of its targets. */
PLM_CHECKED plm_status plm_model_check_batch(const plm_model *m, const plm_batch *b, bool targets);
/* Gives rows [first, first + rows) of a batch to a plan, with targets and weights unless the plan
 * only predicts. */
void plm_model_bind(plm_model *m, plm_plan *plan, const plm_batch *b, int64_t first, int64_t rows);

#endif
