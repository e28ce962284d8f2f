/* Declares two families of functions that ops use, activations and losses. activation/ has the rows
 * of the activations; the ops activation, dense and dense_transpose use them. loss_table.c has the
 * rows of the losses, loss_elements.c and loss_classes.c have the loops; the op loss uses them. */
#ifndef PLM_OP_OP_H
#define PLM_OP_OP_H

#include "graph/op.h"

/* ---- activations ---- */

/* The arguments of a function of whole vectors: `lines` vectors of `width` numbers each. The
 * vectors of x are x_stride numbers apart, the vectors of y y_stride numbers. */
typedef struct {
    const plm_kernels *kernel;
    size_t lines, width, x_stride, y_stride;
} plm_activation_lines;

/* Describes one activation function of the op activation. Each is `const plm_activation_kind
 * plm_activation_NAME` in a file of the folder activation/; the build collects them in a table. */
typedef struct {
    plm_kind kind;
    /* Id of the kernel function of an activation that works number by number. `parameters`, if it
     * is set, may choose another id. */
    plm_activation_id id;
    /* Fills the parameters p of the kernel function from the config. Returns the id of the kernel
     * function to use, which is a faster one than `id` if the config allows. NULL = the function
     * has no parameters. */
    plm_activation_id (*parameters)(const void *config, plm_real p[4]);
    /* Computes y and sets its padding to 0. Set only for an activation that needs all numbers of a
     * vector, such as softmax; the config of such an activation is a plm_axis_config. NULL = the
     * activation works number by number. */
    void (*forward)(const plm_activation_lines *l, plm_real *y, const plm_real *x);
    /* Computes dx from dy and from y or, if reads_x is true, x; sets the padding of dx to 0. dy has
     * the strides of y, dx those of x. */
    void (*backward)(const plm_activation_lines *l, plm_real *dx, const plm_real *dy,
                     const plm_real *v);
    bool reads_x; /* backward reads x, not y */
    bool halves;  /* true = y has half as many numbers on the last axis as x, such as glu */
    /* Where the function is nearly flat: where y is at or below flat[0], or at or above flat[1],
     * the slope is below some 6 % of the largest slope. Either number may be infinite; both 0 = the
     * function is flat nowhere. */
    double flat[2];
    /* true = y is exactly 0 for all x below some number, as with relu, so that units can die */
    bool zeroes;
} plm_activation_kind;

/* The config of activations that work along an axis, such as softmax. */
typedef struct {
    int64_t axis; /* only -1, the last one */
} plm_axis_config;
/* The key of activations that work along an axis. */
extern const plm_field plm_axis_fields[];

/* The linear activation. It is used if no activation is given. */
extern const plm_activation_kind plm_activation_linear;

/* A bound activation, ready to run. */
typedef struct {
    const plm_activation_kind *kind;
    plm_activation_id id;
    plm_real p[4]; /* parameters of the kernel function: see PLM_ACTIVATIONS in kernel.h */
} plm_activation;

/* Finds the activation that a spec names and reads its arguments; spec NULL = linear. Errors:
 * E_SPEC with the nearest name. */
PLM_CHECKED plm_status plm_activation_bind(plm_arena *a, const plm_spec *spec, plm_activation *out);
/* Makes the activation that `spec` names the state of the op. The shape() of an op calls it. */
PLM_CHECKED plm_status plm_activation_state(plm_shaping *o, const plm_spec *spec);
/* Returns the activation that a node of the op "activation" computes; NULL for a node of any other
 * op. */
const plm_activation *plm_activation_of(const plm_node *node);
/* Returns the activation that a node of the op dense applies to its result; NULL for a node of any
 * other op. */
const plm_activation *plm_dense_function(const plm_node *node);
/* Returns the activation that a node of the op dense_transpose applies to its result; NULL for a
 * node of any other op. */
const plm_activation *plm_dense_transpose_function(const plm_node *node);

/* True if the node converts standardized numbers back (op standardize with invert). Its input is
 * standardized; its output is in the unit of the targets. */
bool plm_standardize_inverts(const plm_node *node);
/* True if the node multiplies by a constant and adds another; sets *scale and *shift to them. */
bool plm_scale_shift_numbers(const plm_node *node, double *scale, double *shift);
/* For a node that converts standardized numbers back: true if its second parameter is a variance,
 * false if it is a standard deviation. */
bool plm_standardize_by_variance(const plm_node *node);

/* ---- losses ---- */

/* Keys of every loss. reduction says how the losses of a batch become one number: by their mean
 * (sum_over_batch_size, mean), their sum, or their weighted sum divided by the sum of the weights
 * (mean_with_sample_weight). */
typedef struct {
    const char *reduction;
} plm_loss_common;
/* The keys that every loss has. */
extern const plm_field plm_loss_common_fields[];

/* The arguments of a loss function, for a number of rows:
 *     value[i]    = weight[i] loss(i)
 *     gradient[i] = factor weight[i] d loss(i) / d prediction[i], with padding set to 0
 * loss(i) includes the mean over the last axis, as in Keras. */
typedef struct {
    const plm_kernels *kernel;
    const void *config;
    const plm_real *prediction; /* [rows][stride], of which `width` are used */
    const plm_real *target;     /* [rows][target_stride], of which `target_width` are used */
    const plm_real *weight;     /* [rows]; NULL = all 1 */
    /* [rows][value_stride]: the first number of each row; NULL = not wanted */
    plm_real *value;
    plm_real *gradient; /* [rows][stride]; NULL = not wanted; it never overlaps the prediction */
    plm_real factor;
    size_t rows, width, stride, target_width, target_stride, value_stride;
} plm_loss_rows;

/* A loss. Each is `const plm_loss_kind plm_loss_NAME` in any file; the build lists them. */
typedef struct {
    plm_kind kind;
    /* True if the shapes of prediction and target fit the loss. If they do not, sets *why to a hint
     * for the user, a static text. */
    bool (*fits)(const void *config, const plm_shape *prediction, const plm_shape *target,
                 const char **why);
    /* Computes the values and gradients of some rows. */
    void (*rows)(const plm_loss_rows *r);
    bool sparse; /* true = targets are whole-number labels 0 .. width - 1 */
    /* The name of an activation, for example "softmax". If the prediction comes from that
     * activation, and from_logits is false, the loss is computed from the input of the activation,
     * which is more exact. NULL = the loss has no such activation. */
    const char *logits_of;
    /* offset in the config of the bool from_logits, which the op sets to true if it uses
     * logits_of */
    size_t from_logits_offset;
    bool shares; /* true = targets are probabilities or shares, from 0 to 1 */
    /* true = the loss of a row combines all elements of the last axis, so prediction and target
     * must be stored by vectors along that axis */
    bool along_axis;
    /* true = the loss of a row combines all elements of the row, so prediction and target must be
     * stored as whole rows */
    bool whole_rows;
    /* true = the loss depends only on prediction - target, so it may be computed in another unit.
     * If the output was converted back from a standardized number, the loss is computed from that
     * number */
    bool of_difference;
    /* Returns how many targets take part in the loss, out of `count` targets that are `stride`
     * numbers apart. The op then takes the mean over these targets. NULL = all targets take
     * part. */
    size_t (*counted)(const void *config, const plm_real *target, size_t count, size_t stride);
} plm_loss_kind;

#endif
