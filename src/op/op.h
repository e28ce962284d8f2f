/* Families of functions that live in ops: activations (activation_table.c; used by the ops
 * activation, dense, dense_transpose) and losses (loss_table.c; used by the op loss). */
#ifndef PLM_OP_OP_H
#define PLM_OP_OP_H

#include "graph/op.h"

/* ---- activations ---- */

typedef enum {
    PLM_ACT_ELEMENT, /* vector code of the kernel table, by id */
    PLM_ACT_ROW      /* softmax, log_softmax: along the line */
} plm_activation_type;

typedef struct {
    plm_kind kind;
    plm_activation_type type;
    plm_activation_id id; /* ELEMENT */
    bool logarithm;       /* ROW: log_softmax */
    /* Fills the kernel's parameters from a bound config; NULL = none. May choose a faster id for
     * the config. */
    plm_activation_id (*parameters)(const void *config, plm_real p[4]);
} plm_activation_kind;
extern const plm_kind *const plm_activation_table[];

/* A bound activation, ready to run. */
typedef struct {
    const plm_activation_kind *kind;
    plm_activation_id id;
    plm_real p[4];
} plm_activation;

/* spec NULL = linear. Errors: E_SPEC with the nearest name. */
PLM_CHECKED plm_status plm_activation_bind(plm_arena *a, const plm_spec *spec, plm_activation *out);
/* Binds spec for all steps of an op, as its state: a plm_activation. */
PLM_CHECKED plm_status plm_activation_state(plm_shaping *o, const plm_spec *spec);
/* What a node of op "activation" applies; NULL for a node of any other op. */
const plm_activation *plm_activation_of(const plm_node *node);
/* What a node of these ops applies to its result; NULL for other ops. */
const plm_activation *plm_dense_function(const plm_node *node);
const plm_activation *plm_dense_transpose_function(const plm_node *node);

/* ---- losses ---- */

/* How the losses of a batch become one number: their mean (sum_over_batch_size, mean), their
 * sum, or their weighted sum by the sum of the weights (mean_with_sample_weight). */
typedef struct {
    const char *reduction;
} plm_loss_common;
extern const plm_field plm_loss_common_fields[];

/* Losses of rows: value[i] = weight[i] * loss(i); gradient row i (when not NULL) = factor *
 * weight[i] * d loss(i) / d prediction, padding up to stride set to 0. Mean over the last axis
 * is inside loss(i), as in Keras. */
typedef struct {
    const plm_kernels *kernel;
    const void *config;
    const plm_real *prediction; /* [rows][stride], width used */
    const plm_real *target;     /* [rows][target_stride], target_width used */
    const plm_real *weight;     /* [rows] or NULL = 1 */
    /* [rows][value_stride]: the first number of each; or NULL = not wanted */
    plm_real *value;
    plm_real *gradient; /* [rows][stride] or NULL; never the prediction itself */
    plm_real factor;
    size_t rows, width, stride, target_width, target_stride, value_stride;
} plm_loss_rows;

typedef struct {
    plm_kind kind;
    /* Do prediction and target fit? On false sets *why to a reason in static words. */
    bool (*fits)(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why);
    void (*rows)(const plm_loss_rows *r);
    bool sparse; /* targets are whole-number labels 0 .. width - 1 */
    /* "softmax": when the prediction comes from that activation and from_logits is false, */
    const char *logits_of;
    /* the loss may take its input instead, with this bool of the config set */
    size_t from_logits_offset;
    bool shares; /* targets lie between 0 and 1 */
    /* numbers of the last axis belong together: operands must be stored by lines */
    bool along_axis;
    /* How many of `count` targets, `stride` apart, take part; the op then takes the mean over
     * those. NULL = all. */
    size_t (*counted)(const void *config, const plm_real *target, size_t count, size_t stride);
} plm_loss_kind;
extern const plm_kind *const plm_loss_table[];

#endif
