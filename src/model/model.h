/* A model: what was said (layers), what it became (graph), where its numbers live (the long
 * vectors). Internal. */
#ifndef PLM_MODEL_MODEL_H
#define PLM_MODEL_MODEL_H

#include "base/index.h"
#include "base/lock.h"
#include "graph/plan.h"
#include "model/history.h"
#include "model/words.h"
#include "nn/nn.h"
#include "op/op.h"

enum { PLM_INPUTS = 4, PLM_TARGETS = 4 };

/* What the user said, one per plm_add, plm_input, plm_apply or plm_merge. Lives in the model's
 * arena. */
typedef struct {
    const char *name;           /* unique in the model */
    const char *text;           /* canonical spec, without name */
    const char *where;          /* "layer 3 (dense)": for messages */
    const plm_layer_kind *kind; /* NULL = an input made by plm_input */
    const void *config;
    bool trainable;
    double learning_rate_factor;
    const plm_spec *activity_regularizer; /* NULL = none */
    bool is_input;
    plm_shape shape; /* of an input */
    int inputs;
    int input[PLM_OPERANDS]; /* indices of layers */
} plm_layer;

/* The long vectors: parameters, and for each optimizer slot another of the same length;
 * gradients only where they must be stored whole. Trained parameters first, frozen ones next,
 * state last. */
typedef struct {
    plm_real *p, *g;
    plm_real *slot[PLM_SLOTS];
    size_t length;  /* numbers of each vector */
    size_t trained; /* the first so many learn */
} plm_parameters_vector;

struct plm_training;

/* TRAIN runs forward, losses, backward and updates; EVALUATE forward and losses; PREDICT forward
 * alone; NOISY forward with dropout and its kind at work (Monte Carlo dropout). */
typedef enum {
    PLM_PLAN_TRAIN,
    PLM_PLAN_EVALUATE,
    PLM_PLAN_PREDICT,
    PLM_PLAN_NOISY,
    PLM_PLANS
} plm_plan_use;

struct plm_model {
    plm *w;
    plm_arena arena;        /* layers */
    plm_status fault;       /* first error of a builder */
    plm_error kept_fault;   /* its texts */
    plm_error kept_compile; /* what the last plm_compile failed of */
    const char *running; /* the call that works on the model, for calls from within it; or NULL */
    bool free_wanted;    /* plm_model_free was called from within it */
    uint32_t tag;        /* the upper bits of its values: those of another model are refused */
    plm_layer *layer;
    size_t layers, layer_room;
    plm_index layer_of;          /* names of layers to their numbers */
    plm_index next_free;         /* names of kinds to the number where free names may begin */
    int output[PLM_TARGETS];     /* layers */
    int outputs;                 /* 0 = the last layer is the output */
    const char *word[PLM_WORDS]; /* see words.h; "" = nothing */

    bool compiled, adapted;
    bool restoring;  /* it is being read from a file: what it was given once is not judged again */
    plm_arena built; /* all below, thrown away by the next compile */
    plm_graph graph;
    plm_value *value; /* [layers] */
    plm_value input[PLM_INPUTS], target[PLM_TARGETS], weight, prediction[PLM_TARGETS],
        losses[PLM_TARGETS];
    const plm_loss_kind *loss_kind[PLM_TARGETS];
    const void *loss_config[PLM_TARGETS];
    const char *loss_text[PLM_TARGETS]; /* of each output */
    double loss_weight[PLM_TARGETS];    /* in the sum */
    int inputs, targets;
    /* [parts] values, one number a row, whose sum is the loss; none without a loss */
    plm_value *part;
    int parts;
    plm_parameters_vector vector;
    plm_plan *plan[PLM_PLANS]; /* made when first needed */
    plm_lock predicting;       /* guards idle, memory and errors of predictions */
    struct plm_context *idle;  /* plans of predictions, one for each call at a time */
    /* weight passes update as they go; else gradients are stored whole */
    bool fused;
    bool outputs_unread; /* no metric: training and evaluation need no output, only the losses */
    struct plm_training *training; /* optimizer, its state, metrics; train/ makes and frees it */
    void (*training_free)(struct plm_training *t);
    float *ones; /* [ones_rows] sample weights of rows that have none */
    int64_t ones_rows;
    int64_t noisy_rows; /* rows that Monte Carlo predictions have drawn numbers for */
    plm_epochs epochs;  /* of the last fit and those that it continued */
    char *summary;      /* lent by plm_model_summary */
};

/* ---- running.c ---- */

/* PLM_OK unless a call works on the model: E_ORDER then, from within a callback of it. */
PLM_CHECKED plm_status plm_model_idle(const plm_model *m, const char *caller);
/* A call that works on the model begins, E_ORDER within another; and ends with its status. After
 * the end the model may be gone. */
PLM_CHECKED plm_status plm_model_begin(plm_model *m, const char *caller);
PLM_CHECKED plm_status plm_model_end(plm_model *m, plm_status status);
/* Keeps the last error, to be recorded again later: errors of other objects may come between. */
void plm_model_keep_error(plm_model *m, plm_error *kept, plm_status status);
PLM_CHECKED plm_status plm_model_tell_error(const plm_model *m, const plm_error *kept);

/* ---- model.c: what adds layers uses ---- */
/* A new layer at the end, which does not count yet; NULL = no memory. */
plm_layer *plm_model_layer_new(plm_model *m);
/* Counts the new layer. Returns its value; id 0 = no memory. */
plm_value plm_model_layer_done(plm_model *m);
/* Keeps the first error of a builder in the model. Returns the value of a failed layer, id 0. */
plm_value plm_model_fail_layer(plm_model *m, plm_status status);
/* E_SPEC when a name that was given cannot be printed or is taken. where may be NULL. */
PLM_CHECKED plm_status plm_model_check_name(const plm_model *m, const char *where,
                                            const char *name);
/* Makes l an input of a shape without the batch; E_SHAPE when an axis or their number is wrong. */
PLM_CHECKED plm_status plm_model_input_shape_of(plm_model *m, plm_layer *l, int rank,
                                                const int64_t *dims);

/* ---- layer_names.c ---- */

/* What a layer gives, as the user holds it, and back: false = no value of this model. */
plm_value plm_model_value(const plm_model *m, size_t layer);
bool plm_model_layer_of(const plm_model *m, plm_value v, size_t *layer);
/* Values given before are no longer valid. */
void plm_model_new_tag(plm_model *m);

bool plm_model_name_taken(const plm_model *m, const char *name);
/* A name for a layer of that kind which has none of its own; NULL = no memory. */
const char *plm_model_free_name(plm_model *m, const char *kind);
/* The name of a layer is taken; belongs to the layer at another place; is free again. */
PLM_CHECKED plm_status plm_model_keep_name(plm_model *m, size_t layer);
void plm_model_move_name(plm_model *m, size_t layer, size_t to);
void plm_model_drop_name(plm_model *m, size_t layer);

/* ---- build.c ---- */

/* Layers to graph, shapes checked, outputs found. loss NULL or "" = none. Errors name the layer. */
PLM_CHECKED plm_status plm_model_build(plm_model *m, const char *loss);
/* Throws away what build made (not the long vector's old values: see parameters.c). */
void plm_model_unbuild(plm_model *m);

/* ---- plans.c ---- */

/* A plan and blocks of rows, for one prediction at a time. */
typedef struct plm_context {
    struct plm_context *next;
    plm_plan *plan;
    plm_plan_use use;
    int64_t rows;
    /* [rows] as float32, of inputs that do not come so; NULL until needed */
    float *block[PLM_INPUTS];
} plm_context;

/* The plan of a use, for at least `rows` rows; kept when large enough. */
PLM_CHECKED plm_status plm_model_plan(plm_model *m, plm_plan_use use, int64_t rows, plm_plan **out);
/* Bytes that a plan of that use takes; none is made. */
PLM_CHECKED plm_status plm_model_plan_bytes(plm_model *m, plm_plan_use use, int64_t rows,
                                            size_t *out);
/* A plan that belongs to the caller. */
PLM_CHECKED plm_status plm_model_new_plan(plm_model *m, plm_plan_use use, int64_t rows,
                                          plm_plan **out);
/* Throws plans away: the next use makes new ones. */
void plm_model_forget_plans(plm_model *m);
/* After parameters were written from outside. */
void plm_model_stale(plm_model *m);
/* PLM_OK when m is there and neither it nor its runtime is spoiled. */
PLM_CHECKED plm_status plm_model_sound(const plm_model *m);
/* PLM_OK when m is sound and compiled; else the error, recorded where there is a runtime. */
PLM_CHECKED plm_status plm_model_ready(const plm_model *m);
/* An idle context of that use for at least `rows` rows, or a new one; the caller puts it back on
 * m->idle. Under the lock `predicting`. */
PLM_CHECKED plm_status plm_model_take_context(plm_model *m, plm_plan_use use, int64_t rows,
                                              plm_context **out);

/* ---- outputs.c ---- */

/* The name of the layer that gives output k. */
const char *plm_model_output_name(const plm_model *m, int k);
/* What was said for each output under a key such as "loss": one for all, one for each in their
 * order, or by name as in "mse, aux=mae"; out[k] NULL = nothing. The specs lie in the arena.
 * Errors: E_SPEC, within the key. */
PLM_CHECKED plm_status plm_model_by_output(const plm_model *m, plm_arena *a, const char *key,
                                           const char *text, const plm_spec *out[PLM_TARGETS]);

/* ---- known_columns.c ---- */

/* What the model was trained on, and what to do about a column that it knows and the data lacks. */
typedef enum { PLM_COLUMNS_SAME, PLM_COLUMNS_NEW } plm_columns_use;

/* Columns of data that have names, against those that the model knows: E_DATA for one that
 * stands in another place, and, where they must be the SAME, for one that is missing. Columns
 * that were said one by one are taken as said. targets: theirs, too. */
PLM_CHECKED plm_status plm_model_check_columns(const plm_model *m, const plm_data *d, bool targets,
                                               plm_columns_use use);
/* The model knows the columns of this data from now on, where they have names; its targets where
 * they are taught, too. */
PLM_CHECKED plm_status plm_model_learn_columns(plm_model *m, const plm_data *d, bool targets);
/* Takes over such specs, which may come from a stranger: E_FORMAT for what is no list of names. */
PLM_CHECKED plm_status plm_model_set_columns(plm_model *m, const char *inputs, const char *targets,
                                             const char *where);

/* ---- parameters.c ---- */

/* Gives every parameter its place, takes the long vector p, fills it: values kept from `old`
 * where name and shape are the same, initializers for the rest. old may be NULL. */
PLM_CHECKED plm_status plm_parameters_place(plm_model *m, const plm_graph *old,
                                            const plm_real *old_p);
/* Takes slot and gradient vectors (zeroed); mask: which slots. */
PLM_CHECKED plm_status plm_parameters_slots(plm_model *m, uint32_t mask, bool gradient);
void plm_parameters_free(plm_model *m);
/* Row-major copies of one parameter out of and into any of the long vectors. values:
 * weight->count numbers. */
void plm_weight_read(const plm_weight *weight, const plm_real *vector, plm_real *values);
void plm_weight_write(const plm_weight *weight, plm_real *vector, const plm_real *values);

/* ---- batch.c ---- */

/* Does a batch have the inputs and (targets wanted) targets of the model, in number and size? */
PLM_CHECKED plm_status plm_model_check_batch(const plm_model *m, const plm_batch *b, bool targets);
/* Hands rows [first, first + rows) of a batch to a plan. Targets and weights too unless the plan
 * only predicts. */
void plm_model_bind(plm_model *m, plm_plan *plan, const plm_batch *b, int64_t first, int64_t rows);

#endif
