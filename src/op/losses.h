/* Inside of the losses: their functions lie in loss_elements.c and loss_classes.c, their rows in
 * loss_table.c. Metrics of the same name read them through the descriptors here. */
#ifndef PLM_OP_LOSSES_H
#define PLM_OP_LOSSES_H

#include "op/op.h"

/* Keras's epsilon: probabilities are kept this far from 0 and 1. */
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

typedef void plm_loss_function(const plm_loss_rows *r);

/* Means over elements. */
plm_loss_function plm_loss_squared, plm_loss_absolute, plm_loss_percentage,
    plm_loss_squared_logarithmic, plm_loss_huber, plm_loss_log_cosh, plm_loss_hinge,
    plm_loss_squared_hinge, plm_loss_poisson, plm_loss_divergence, plm_loss_binary;
/* Of the whole last axis. */
plm_loss_function plm_loss_sparse, plm_loss_categorical, plm_loss_categorical_hinge,
    plm_loss_cosine;

/* Sum of n numbers in 16 lanes, folded 8, 4, 2, 1: the same bits however it is compiled. */
plm_real plm_loss_fold(plm_real lane[PLM_LANES]);

/* fits: target dims equal the prediction's (trailing ones aside); or leave out its last axis. */
bool plm_loss_fits_same(const void *config, const plm_shape *prediction, const plm_shape *target,
                        const char **why);
/* As the prediction, and there is more than one class to choose among. */
bool plm_loss_fits_classes(const void *config, const plm_shape *prediction, const plm_shape *target,
                           const char **why);
bool plm_loss_fits_labels(const void *config, const plm_shape *prediction, const plm_shape *target,
                          const char **why);
/* counted of the sparse loss: labels other than ignore_class. */
size_t plm_loss_counted(const void *config, const plm_real *target, size_t count, size_t stride);

#endif
