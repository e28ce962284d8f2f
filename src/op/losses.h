/* The inside of the losses: loss_elements.c and loss_classes.c have their functions, loss_table.c
 * their rows. Metrics of the same name use them through the descriptors there. */
#ifndef PLM_OP_LOSSES_H
#define PLM_OP_LOSSES_H

#include "op/op.h"

/* Keras's epsilon: probabilities are clipped to [epsilon, 1 - epsilon]. */
#define PLM_LOSS_EPSILON 1e-7

typedef struct {
    bool from_logits;
    double label_smoothing;
} plm_crossentropy_config;

typedef struct {
    bool from_logits;
    double ignore_class; /* inf = none */
} plm_sparse_config;

typedef struct {
    double delta;
} plm_huber_config;

extern const plm_field plm_crossentropy_fields[];
extern const plm_field plm_sparse_fields[];

/* Computes the losses and gradients of rows: plm_loss_kind.rows. */
typedef void plm_loss_function(const plm_loss_rows *r);

/* Losses that are a mean (or sum) over elements (loss_elements.c). */
plm_loss_function plm_loss_squared, plm_loss_absolute, plm_loss_percentage,
    plm_loss_squared_logarithmic, plm_loss_huber, plm_loss_log_cosh, plm_loss_hinge,
    plm_loss_squared_hinge, plm_loss_poisson, plm_loss_divergence, plm_loss_binary;
/* Losses of the last axis as a whole (loss_classes.c). */
plm_loss_function plm_loss_sparse, plm_loss_categorical, plm_loss_categorical_hinge,
    plm_loss_cosine;

/* The sum of 16 lanes, folded in the fixed order 8, 4, 2, 1, so that the bits do not depend on the
 * compiler. Overwrites the lanes. */
plm_real plm_loss_fold(plm_real lane[PLM_LANES]);

/* plm_loss_kind.fits: the target has the prediction's dims; trailing axes of length 1 do not
 * count. */
bool plm_loss_fits_same(const void *config, const plm_shape *prediction, const plm_shape *target,
                        const char **why);
/* The same, and the last axis has at least two classes. */
bool plm_loss_fits_classes(const void *config, const plm_shape *prediction, const plm_shape *target,
                           const char **why);
/* The target has the prediction's dims without the last axis, which has at least two classes. */
bool plm_loss_fits_labels(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why);
/* plm_loss_kind.counted of the sparse loss: the number of labels other than ignore_class. */
size_t plm_loss_counted(const void *config, const plm_real *target, size_t count, size_t stride);

#endif
